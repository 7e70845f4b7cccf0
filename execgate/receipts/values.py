"""What the receipt store takes and gives: parts of a call, receipts, findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from execgate.receipts.bodies import Body, referred
from execgate.receipts.canonical import encode_base64

Kind = Literal["decision", "outcome"]

_UNANCHORED = "UNANCHORED: no checkpoint from outside was given, so receipts may have been cut off at the end"
_SELF_ASSERTED = (
    "SELF-ASSERTED key: the keys came with the receipts, so whoever can replace both can forge both"
)


@dataclass(frozen=True, slots=True)
class CallPart:
    """Which block of how many of one call, and whether the call as a whole may run.

    `index` counts from 0.
    """

    index: int = 0
    count: int = 1
    approved: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.index < self.count:
            raise ValueError(f"block {self.index} of {self.count} blocks")

    def to_json(self) -> dict[str, Any]:
        """Return the three under their names."""
        return {"index": self.index, "count": self.count, "approved": self.approved}


@dataclass(frozen=True, slots=True)
class PolicySource:
    """Which version of the policy files decided, by the digest of their contents.

    `refused` is why what lay in their place by then could not be taken over, None where nothing did;
    `refused_digest` is of that, None where it could not be read.
    """

    digest: str
    refused: str | None = None
    refused_digest: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the digest, and error and digest of the refused version together."""
        refused = None
        if self.refused is not None:
            refused = {"error": self.refused, "digest": self.refused_digest}
        return {"digest": self.digest, "refused": refused}


@dataclass(frozen=True, slots=True)
class Receipt:
    """One entry of the log, with what lies beside it.

    `envelope` are the exact signed bytes, `predicate` what they say.  `bodies` are the texts that the
    predicate names by digest, as far as they have not been erased; each matches its digest.
    """

    kind: Kind
    receipt_id: str
    merkle_index: int
    leaf_hash: str
    """`sha256:` and the hex hash of the leaf in the Merkle tree."""
    envelope: bytes
    predicate: Mapping[str, Any]
    bodies: Mapping[str, Body] = field(default_factory=dict, repr=False)

    @property
    def approved(self) -> bool:
        """Whether the code was allowed to run; an outcome follows only where it was."""
        return self.kind == "outcome" or bool(self.predicate["policy_evaluation"]["approved"])

    @property
    def summary(self) -> ReceiptSummary:
        """What lists show."""
        predicate = self.predicate
        verdict = (
            predicate["verdict"] if self.kind == "outcome" else predicate["policy_evaluation"]["verdict"]
        )
        return ReceiptSummary(
            receipt_id=self.receipt_id,
            kind=self.kind,
            verdict=verdict,
            executor_agent=predicate["executor_agent"],
            suggester_agent=predicate["suggester_agent"],
            timestamp=predicate["timestamp"],
            code_hash=predicate["code_hash"],
            merkle_index=self.merkle_index,
        )

    @property
    def code(self) -> str | None:
        """The text that was judged; None where it was erased."""
        return self._text(self.predicate["code_hash"])

    @property
    def messages(self) -> dict[str, str | None]:
        """The messages that the decision was made after, by field name; None where one was erased.

        Fields without a message are left out.
        """
        context = self.predicate.get("conversation_context", {})
        return {
            name: self._text(context[name])
            for name in ("message_from_suggester", "message_from_executor")
            if context.get(name) is not None
        }

    def resolved(self, value: Any) -> Any:
        """Return a field of the predicate whole, where it may stand there by its digest."""
        digest = referred(value)
        if digest is None:
            return value
        body = self.bodies.get(digest)
        return None if body is None else body.value

    def to_json(self) -> dict[str, Any]:
        """Return the receipt whole: what is signed, where it lies in the log, and the texts beside it."""
        return {
            "receipt_id": self.receipt_id,
            "kind": self.kind,
            "merkle_index": self.merkle_index,
            "leaf_hash": self.leaf_hash,
            "predicate": dict(self.predicate),
            "envelope": self.envelope.decode("utf-8"),
            "code": self.code,
            "messages": self.messages,
            "bodies": {digest: body.to_json() for digest, body in sorted(self.bodies.items())},
        }

    def _text(self, digest: str) -> str | None:
        body = self.bodies.get(digest)
        return None if body is None else body.text


@dataclass(frozen=True, slots=True)
class ReceiptSummary:
    """One line of a list; every field is read from what is signed, save the place in the log."""

    receipt_id: str
    kind: Kind
    verdict: str
    executor_agent: str
    suggester_agent: str | None
    timestamp: str
    code_hash: str
    merkle_index: int

    def to_json(self) -> dict[str, Any]:
        """Return the fields under their names."""
        return {
            "receipt_id": self.receipt_id,
            "kind": self.kind,
            "verdict": self.verdict,
            "executor_agent": self.executor_agent,
            "suggester_agent": self.suggester_agent,
            "timestamp": self.timestamp,
            "code_hash": self.code_hash,
            "merkle_index": self.merkle_index,
        }


@dataclass(frozen=True, slots=True)
class Finding:
    """The first thing that is wrong.

    `problem` is one of a small fixed set of phrases (`bad signature`, `root mismatch`, ...); `merkle_index`
    is None where no single receipt is to blame.
    """

    problem: str
    detail: str
    merkle_index: int | None = None
    receipt_id: str | None = None

    def __str__(self) -> str:
        where = ""
        if self.merkle_index is not None:
            where = f"receipt {self.merkle_index}"
            where += f" ({self.receipt_id}): " if self.receipt_id else ": "
        return f"{where}{self.problem}: {self.detail}"

    def to_json(self) -> dict[str, Any]:
        """Return the fields under their names."""
        return {
            "problem": self.problem,
            "detail": self.detail,
            "merkle_index": self.merkle_index,
            "receipt_id": self.receipt_id,
        }


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verification found; the counts are of what was verified before `finding`.

    `pending` are approved decisions without an outcome: runs that never came to an end, or blocks after one
    that failed.  `erased` counts texts that were taken out on purpose.
    """

    finding: Finding | None
    decisions: int = 0
    outcomes: int = 0
    pending: int = 0
    erased: int = 0
    size: int = 0
    root: bytes = b""
    anchored: bool = False
    """Whether a checkpoint from outside was given, and agrees."""
    pinned: bool = False
    """Whether the keys were given from outside; else they are those that came with the receipts."""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return self.finding is None

    @property
    def caveats(self) -> tuple[str, ...]:
        """What the verification can't say, a sentence each."""
        found = []
        if not self.anchored:
            found.append(_UNANCHORED)
        if not self.pinned:
            found.append(_SELF_ASSERTED)
        return tuple(found)

    def to_json(self) -> dict[str, Any]:
        """Return the result under fixed names."""
        return {
            "verified": self.ok,
            "finding": None if self.finding is None else self.finding.to_json(),
            "decisions": self.decisions,
            "outcomes": self.outcomes,
            "pending": self.pending,
            "erased": self.erased,
            "tree_size": self.size,
            "root": encode_base64(self.root),
            "anchored": self.anchored,
            "pinned": self.pinned,
            "caveats": list(self.caveats),
        }

    def __str__(self) -> str:
        if self.finding is not None:
            return f"verification failed: {self.finding}"
        total = self.decisions + self.outcomes
        kinds = f"{_count(self.decisions, 'decision')}, {_count(self.outcomes, 'outcome')}"
        log = f"a log of {self.size}, root {encode_base64(self.root)}"
        lines = [f"verified {_count(total, 'receipt')} ({kinds}) in {log}"]
        if self.pending:
            lines.append(f"{self.pending} approved without an outcome")
        if self.erased:
            lines.append(f"{_count(self.erased, 'text')} erased")
        return "\n".join([*lines, *self.caveats])


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
