"""What came of a call: for each block its verdict, its receipts and, where it was run, its result."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from execgate.errors import ReceiptError, SandboxUnavailableError
from execgate.model.execution import Artifact, ExecutionResult
from execgate.model.verdict import Decision, Verdict

if TYPE_CHECKING:
    from execgate.receipts import Receipt

DENIED_EXIT_CODE = 126
"""What a denied call returns: the shell's status for a command that may not be executed."""


@dataclass(frozen=True, slots=True)
class Execution:
    """One program's way through the gate; `result` and `outcome` are None where it was not run.

    `unrecorded` is why a program that did run has no outcome receipt: its decision then stands in the log
    without one.
    """

    verdict: Verdict
    decision: Receipt
    result: ExecutionResult | None = None
    outcome: Receipt | None = None
    unrecorded: ReceiptError | None = None


@dataclass(frozen=True, slots=True)
class BlocksExecution:
    """All blocks of one call: either every one was allowed, or none was run."""

    blocks: tuple[Execution, ...]
    artifacts: tuple[Artifact, ...] = ()

    @property
    def decision(self) -> Decision:
        """The strictest of the blocks' decisions."""
        return strictest(block.verdict for block in self.blocks)

    @property
    def allowed(self) -> bool:
        """Whether the call as a whole was allowed to run."""
        return self.decision is Decision.ALLOW

    @property
    def exit_code(self) -> int:
        """126 for a denied call, else the last block's that ran; 1 where a limit or the engine ended it."""
        if not self.allowed:
            return DENIED_EXIT_CODE
        codes = [block.result.exit_code for block in self.blocks if block.result is not None]
        if not codes:
            return 0
        return 1 if codes[-1] is None else codes[-1]


class NotRunError(SandboxUnavailableError):
    """There was no sandbox for a program that may run; `execution` holds its verdict and its receipts."""

    def __init__(self, error: SandboxUnavailableError, execution: Execution) -> None:
        super().__init__(error.message, help=error.help)
        self.execution = execution


def strictest(verdicts: Iterable[Verdict]) -> Decision:
    """Return the decision on a call of several parts: each may deny the whole; none at all is denied."""
    decisions = {verdict.decision for verdict in verdicts}
    for decision in (Decision.DENY, Decision.ESCALATE):
        if decision in decisions:
            return decision
    return Decision.ALLOW if decisions else Decision.DENY
