"""What every receipt must satisfy, one after the other, wherever it came from.

`Audit` walks receipts in the order of the log.  It believes nothing of what it is given: not that a
field is there, not that a list is a list.  The first thing that is wrong is raised as `BrokenError`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from execgate.model.context import Context
from execgate.receipts import canonical, dsse, tree
from execgate.receipts.bodies import Body, referred
from execgate.receipts.canonical import MalformedError
from execgate.receipts.keys import PublicKey
from execgate.receipts.predicate import DECISION, MAX_ENTRY_BYTES, OUTCOME, STATEMENT, contradiction, views
from execgate.receipts.values import Finding, Kind, Receipt

Bodies = Callable[[str], Body | None]
"""Gives the body of a digest, None where it was erased; may raise MalformedError."""

_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_MESSAGES = ("message_from_suggester", "message_from_executor")
_VERDICTS = ("ALLOW", "DENY", "ESCALATE")


class BrokenError(Exception):
    """Something is wrong; `finding` says what and where."""

    def __init__(
        self, problem: str, detail: str, merkle_index: int | None = None, receipt_id: str | None = None
    ) -> None:
        super().__init__(f"{problem}: {detail}")
        self.finding = Finding(problem, detail, merkle_index, receipt_id)


@dataclass(frozen=True, slots=True)
class Decided:
    """What an outcome has to agree with."""

    leaf_hash: str
    summary: tuple[str, str, str | None, str]
    approved: bool


class Audit:
    """Checks receipts in the order of the log; holds what later ones are checked against."""

    def __init__(self, key: PublicKey, *, complete: bool = True) -> None:
        self.decisions = self.outcomes = self.pending = self.erased = 0
        self.bodies: set[str] = set()
        """The digests that the receipts so far refer to."""
        self._key = key
        self._complete = complete
        self._decided: dict[str, Decided] = {}
        self._ids: set[str] = set()
        self._ended: set[str] = set()
        self._time = ""

    def take(self, index: int, envelope: bytes, bodies: Bodies) -> Receipt:
        """Check the next receipt and return it with its bodies; raises BrokenError."""
        receipt_id = None
        try:
            self._authenticate(envelope)
            receipt = read(index, envelope)
            receipt_id = receipt.receipt_id
            return self._checked(receipt, bodies)
        except BrokenError as error:
            found = error.finding
            raise BrokenError(found.problem, found.detail, index, receipt_id) from error
        except MalformedError as error:
            raise BrokenError("malformed receipt", str(error), index, receipt_id) from error
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            # Signed, but not by this program: a field is missing or of another type.
            detail = f"a field is missing or of the wrong type ({type(error).__name__}: {error})"
            raise BrokenError("malformed receipt", detail, index, receipt_id) from error

    def _authenticate(self, envelope: bytes) -> None:
        if len(envelope) > MAX_ENTRY_BYTES:
            raise BrokenError("malformed receipt", f"{len(envelope):,} bytes are too many for an entry")
        if dsse.signer(envelope) != self._key.keyid:
            raise BrokenError(
                "unknown key", f"signed with {dsse.signer(envelope)}, expected {self._key.keyid}"
            )
        if not dsse.is_signed(envelope, self._key):
            raise BrokenError("bad signature", "the envelope is not what the key signed")

    def _checked(self, receipt: Receipt, bodies: Bodies) -> Receipt:
        predicate = receipt.predicate
        if receipt.receipt_id in self._ids:
            raise BrokenError("malformed receipt", "another receipt has the same id")
        time = predicate["timestamp"]
        if not _TIMESTAMP.fullmatch(time):
            raise BrokenError("malformed receipt", f"{time!r} is no time in UTC with microseconds")
        if time < self._time:
            raise BrokenError("time runs backwards", f"{time} after {self._time}")
        held = self._gathered(receipt, bodies)
        receipt = Receipt(
            receipt.kind,
            receipt.receipt_id,
            receipt.merkle_index,
            receipt.leaf_hash,
            receipt.envelope,
            predicate,
            held,
        )
        if receipt.kind == "decision":
            check_decision(receipt)
            self._decided[receipt.receipt_id] = Decided(
                receipt.leaf_hash, _subject(receipt), receipt.approved
            )
            self.decisions += 1
            self.pending += receipt.approved
        else:
            self._check_outcome(receipt)
            self.outcomes += 1
        self._ids.add(receipt.receipt_id)
        self._time = time
        return receipt

    def _gathered(self, receipt: Receipt, bodies: Bodies) -> dict[str, Body]:
        held = {}
        for digest, erasable in references(receipt):
            self.bodies.add(digest)
            body = bodies(digest)
            if body is not None and body.digest != digest:
                raise BrokenError("body digest mismatch", f"the text kept for {digest} is another")
            if body is not None:
                held[digest] = body
            elif not erasable:
                raise BrokenError("body missing", f"{digest} is a part of the receipt, and can't be erased")
            else:
                self.erased += 1
        return held

    def _check_outcome(self, receipt: Receipt) -> None:
        pointer = receipt.predicate["decision"]
        decided = self._decided.get(pointer["receipt_id"])
        if decided is None:
            if self._complete:
                raise BrokenError(
                    "decision missing for outcome", f"no decision {pointer['receipt_id']} stands before it"
                )
            return
        if pointer["leaf_hash"] != decided.leaf_hash:
            raise BrokenError("decision missing for outcome", "the leaf hash it names is not the decision's")
        if _subject(receipt) != decided.summary:
            raise BrokenError("contradiction", "code, agents or verdict differ from the decision's")
        if not decided.approved:
            raise BrokenError("contradiction", "the outcome of a decision that was not approved")
        if pointer["receipt_id"] in self._ended:
            raise BrokenError("contradiction", "a second outcome of one decision")
        self._ended.add(pointer["receipt_id"])
        self.pending -= 1


def read(index: int, envelope: bytes) -> Receipt:
    """Return the receipt that an envelope holds, its signature unchecked; raises MalformedError."""
    statement = canonical.decode(dsse.payload(envelope))
    match statement:
        case {
            "_type": str(kind),
            "subject": [{"digest": {"sha256": str(digest), **others}, **named}],
            "predicateType": str(about),
            "predicate": {
                "receipt_id": str(receipt_id),
                "code_hash": str(code_hash),
                "executor_agent": str(),
                "timestamp": str(),
                **_fields,
            } as predicate,
            **rest,
        } if kind == STATEMENT and about in {DECISION, OUTCOME} and not (others or named or rest):
            if f"sha256:{digest}" != code_hash or not _DIGEST.fullmatch(code_hash):
                raise MalformedError("the subject is not the code that the receipt is about")
            _check_shape(about, predicate)
        case _:
            raise MalformedError("not an in-toto statement with a predicate of this version")
    form: Kind = "decision" if about == DECISION else "outcome"
    leaf = "sha256:" + tree.leaf_hash(envelope).hex()
    return Receipt(form, receipt_id, index, leaf, envelope, predicate)


def references(receipt: Receipt) -> list[tuple[str, bool]]:
    """Return the digests of the bodies that a receipt refers to, and whether each may be erased."""
    predicate = receipt.predicate
    if receipt.kind == "outcome":
        return [(digest, False) for digest in _large(predicate["result"])]
    evaluation, context = predicate["policy_evaluation"], predicate["conversation_context"]
    kept = [*_large(evaluation), *_large(evaluation["analysis"])]
    messages = [context[name] for name in _MESSAGES if context[name] is not None]
    found = dict.fromkeys([predicate["code_hash"], *messages], True) | dict.fromkeys(kept, False)
    return list(found.items())


def check_decision(receipt: Receipt) -> None:
    """Derive from what a decision records whether it may approve; raises BrokenError where it does not hold.

    Approval takes the verdict ALLOW, a policy, a call that was approved as a whole, and that there is no
    violation, no gap and no error.
    """
    predicate = receipt.predicate
    evaluation = predicate["policy_evaluation"]
    analysis = {name: receipt.resolved(value) for name, value in evaluation["analysis"].items()}
    flaws = [
        name
        for name, flawed in (
            ("violations", bool(receipt.resolved(evaluation["violations"]))),
            ("gaps", bool(analysis["gaps"])),
            ("an error", evaluation["error"] is not None),
            ("no policy", evaluation["policy_digest"] is None),
        )
        if flawed
    ]
    verdict, call = evaluation["verdict"], predicate["call"]
    if verdict not in _VERDICTS or not 0 <= call["index"] < call["count"]:
        raise BrokenError("malformed receipt", "the verdict or the part of the call is none")
    if verdict == "ALLOW" and flaws:
        raise BrokenError("contradiction", f"the verdict is ALLOW, but there is {flaws[0]}")
    if verdict == "ESCALATE" and (
        flaws != ["violations"]
        or not all(found["escalates"] for found in receipt.resolved(evaluation["violations"]))
    ):
        raise BrokenError("contradiction", "the verdict is ESCALATE, but approval is not all that is missing")
    if call["approved"] and verdict != "ALLOW":
        raise BrokenError("contradiction", f"the call is approved, but this part of it has verdict {verdict}")
    if evaluation["approved"] is not (verdict == "ALLOW" and call["approved"] is True):
        raise BrokenError("contradiction", "`approved` does not follow from the verdict and the call")
    for whose in ("policy", "suggester_policy"):
        # Receipts of the first version know no suggester's policy, and no context.
        text = evaluation.get(f"{whose}_text")
        if text is not None and text["body"] != evaluation[f"{whose}_digest"]:
            raise BrokenError("contradiction", "the policy's text is not that of its digest")
    _check_context(receipt, evaluation)
    derived = views(analysis["operations"])
    for name, view in derived.items():
        if analysis[name] != view:
            raise BrokenError("contradiction", f"`{name}` does not follow from the operations")
    code = receipt.bodies.get(predicate["code_hash"])
    if code is not None and len(code.data) != predicate["code"]["size"]:
        raise BrokenError("contradiction", "the code has another size")


def _check_context(receipt: Receipt, evaluation: Mapping[str, Any]) -> None:
    """Raise BrokenError where the state of a decision is none, or another than the conversation's."""
    recorded = receipt.resolved(evaluation.get("context"))
    if recorded is None:
        return
    try:
        context = Context.from_json(recorded)
    except ValueError as error:
        raise BrokenError("malformed receipt", f"the context is none: {error}") from error
    found = contradiction(context, receipt.predicate)
    if found is not None:
        raise BrokenError("contradiction", found)


def _check_shape(about: str, predicate: Mapping[str, Any]) -> None:
    """Raise MalformedError unless all that is read without checks is there."""
    match predicate:
        case {
            "suggester_agent": str() | None,
            "conversation_context": {
                "message_from_suggester": str() | None,
                "message_from_executor": str() | None,
            },
            "call": {"index": int(), "count": int(), "approved": bool()},
            "code": {"size": int()},
            "policy_evaluation": {
                "approved": bool(),
                "verdict": str(),
                "policy_digest": str() | None,
                "policy_text": {"body": str(), "size": int()} | None,
                "violations": [*_] | {"body": str(), "size": int()},
                "analysis": {
                    "operations": [*_] | {"body": str(), "size": int()},
                    "gaps": [*_] | {"body": str(), "size": int()},
                },
            },
        } if about == DECISION:
            return
        case {
            "suggester_agent": str() | None,
            "verdict": str(),
            "decision": {"receipt_id": str(), "leaf_hash": str()},
            "result": {**_result},
        } if about == OUTCOME:
            return
        case _:
            raise MalformedError("a field of the predicate is missing or of the wrong type")


def _large(part: Mapping[str, Any]) -> list[str]:
    return [digest for value in part.values() if (digest := referred(value)) is not None]


def _subject(receipt: Receipt) -> tuple[str, str, str | None, str]:
    summary = receipt.summary
    return summary.code_hash, summary.executor_agent, summary.suggester_agent, summary.verdict
