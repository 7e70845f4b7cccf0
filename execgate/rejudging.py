"""Verdicts derived again from receipts alone: from the code, the policy and the context that they hold.

What an auditor does who trusts the signature and asks whether the decision was right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import execgate
from execgate.errors import ExecgateError
from execgate.judging import judge
from execgate.model.context import Context
from execgate.model.source import Source
from execgate.model.tool import LANGUAGE, read_program
from execgate.model.verdict import Verdict
from execgate.policy import PolicySet
from execgate.receipts import Receipt, canonical

_COMPARED = ("constraint", "message", "reason", "operation", "location", "escalates")
"""What of a violation follows from code, policy and context; its place was in a file that is not kept."""


@dataclass(frozen=True, slots=True)
class Rejudged:
    """What came of judging one decision again.

    `why` it could not be judged, or how the verdict `differs`; both None where it is what the receipt says.
    """

    receipt: Receipt
    why: str | None = None
    differs: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return both beside the receipt's id."""
        return {"receipt_id": self.receipt.receipt_id, "why": self.why, "differs": self.differs}


def judged_again(receipts: Iterable[Receipt]) -> list[Rejudged]:
    """Judge every decision of `receipts` again, from what stands in it.

    Files that earlier blocks of a call left to a later one are taken from the receipts of those.
    """
    decisions = [receipt for receipt in receipts if receipt.kind == "decision"]
    sources = {receipt.predicate["code_hash"]: receipt for receipt in decisions if receipt.code is not None}
    return [_again(receipt, sources.get) for receipt in decisions]


def _again(receipt: Receipt, known: Callable[[str], Receipt | None]) -> Rejudged:
    evaluation = receipt.predicate["policy_evaluation"]
    if evaluation["policy_text"] is None:
        return Rejudged(receipt, "no policy judged it")
    if receipt.code is None:
        return Rejudged(receipt, "its code was erased")
    if "context" not in evaluation:
        return Rejudged(receipt, "it does not tell its context")
    version = receipt.predicate["gate_version"]
    if version != execgate.__version__:
        return Rejudged(receipt, f"it was judged by version {version}, this is {execgate.__version__}")
    analysis = {name: receipt.resolved(value) for name, value in evaluation["analysis"].items()}
    staged = {}
    for path, digest in analysis["staged"].items():
        other = known(digest)
        if other is None or other.code is None:
            return Rejudged(receipt, f"the file {path} that it could use was erased, or is in no receipt")
        staged[path] = Source(other.code, path, other.predicate["code"]["language"])
    earlier = []
    for digest in analysis.get("earlier", ()):
        other = known(digest)
        if other is None or other.code is None:
            return Rejudged(receipt, "a program that ran before it was erased, or is in no receipt")
        earlier.append(Source(other.code, other.predicate["code"]["path"]))
    try:
        verdict = _verdict(receipt, evaluation, receipt.code, staged, earlier)
    except (ExecgateError, ValueError) as error:
        return Rejudged(receipt, differs=f"it can't be judged again: {error}")
    return Rejudged(receipt, differs=_difference(receipt, evaluation, analysis, verdict))


def _verdict(
    receipt: Receipt,
    evaluation: Mapping[str, Any],
    code: str,
    staged: Mapping[str, Source],
    earlier: Sequence[Source],
) -> Verdict:
    described, agent = receipt.predicate["code"], receipt.predicate["executor_agent"]
    policies = _policies(receipt, evaluation)
    recorded = receipt.resolved(evaluation["context"])
    context = None if recorded is None else Context.from_json(recorded)
    if described["language"] == LANGUAGE:
        return policies.judge(read_program(code), agent, context)
    source = Source(code, described["path"], described["language"])
    return judge(source, agent, policies, staged, context, earlier=earlier)


def _policies(receipt: Receipt, evaluation: Mapping[str, Any]) -> PolicySet:
    texts = {
        evaluation[f"{whose}_text"]["body"]
        for whose in ("policy", "suggester_policy")
        if evaluation[f"{whose}_text"]
    }
    return PolicySet(
        agent for digest in texts for agent in PolicySet.parse(receipt.bodies[digest].text, "<receipt>")
    )


def _difference(
    receipt: Receipt, evaluation: Mapping[str, Any], analysis: Mapping[str, Any], verdict: Verdict
) -> str | None:
    """Return what of a verdict is not as the receipt has it, None where all is."""
    if verdict.policy_digest != evaluation["policy_digest"]:
        return f"the policy's digest is {verdict.policy_digest} once it is read again"
    program = {} if verdict.program is None else verdict.program.to_json()
    if canonical.plain(program.get("operations", [])) != analysis["operations"]:
        return "its code does something else than the operations say"
    if verdict.decision.value != evaluation["verdict"]:
        return f"the verdict is {verdict.decision.value}, the receipt says {evaluation['verdict']}"
    for word, value in (("limits", verdict.limits.to_json()), ("confines", verdict.confines.to_json())):
        # A receipt that was written before there was the field does not have it.
        if word in evaluation and receipt.resolved(evaluation[word]) != canonical.plain(value):
            return f"its {word} are others"
    found = [_compared(canonical.plain(violation.to_json())) for violation in verdict.all_violations]
    told = [_compared(violation) for violation in receipt.resolved(evaluation["violations"])]
    if sorted(found) != sorted(told):
        return "the verdict has other reasons"
    return None


def _compared(violation: Mapping[str, Any]) -> str:
    return canonical.encode([violation[name] for name in _COMPARED]).decode()
