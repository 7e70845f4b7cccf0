"""What is reported: one file of a run with its verdict, its operations or its error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from execgate.errors import ExecgateError, SourceError
from execgate.model.program import Program
from execgate.model.source import Source, Span
from execgate.model.verdict import Decision, Reason, Verdict, Violation, Warning  # noqa: A004 - the word that policies use
from execgate.report.wording import describe


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one path: judged (`verdict`), only analysed (`program`), or neither (`error`).

    `agent` is None where nothing was to be judged.  `source` is None where the path held no text.
    """

    path: str
    agent: str | None = None
    source: Source | None = None
    program: Program | None = None
    verdict: Verdict | None = None
    error: ExecgateError | None = None

    @property
    def decision(self) -> Decision | None:
        """The verdict's decision; DENY where an agent was given and there was nothing to judge."""
        if self.verdict is not None:
            return self.verdict.decision
        return Decision.DENY if self.agent is not None else None

    @property
    def unusable(self) -> bool:
        """Whether the path could not be read, or holds no program and nobody asked for a verdict."""
        if self.error is None:
            return False
        return self.agent is None or not isinstance(self.error, SourceError)

    @property
    def analysed(self) -> Program | None:
        """The program with its operations, None where there is none."""
        return self.program if self.verdict is None else self.verdict.program

    @property
    def error_text(self) -> str | None:
        """Why there was nothing to judge, with line and column (from 0) where there are any."""
        if self.verdict is not None:
            return self.verdict.error
        if self.error is None:
            return None
        place = self.error_place
        if place is None:
            return self.error.message  # It names the line, if one is known.
        return f"{self.error.message} (line {place.line}, column {place.column})"

    @property
    def error_place(self) -> Span | None:
        """Where in the text the error is, None where that is not known to the column."""
        if not isinstance(self.error, SourceError) or self.error.column is None:
            return None
        return location_of(self.error)

    @property
    def violations(self) -> tuple[Violation, ...]:
        """Every reason for the decision; never empty for a denial."""
        if self.verdict is not None:
            return _reasons(self.verdict)
        if self.decision is None:
            return ()
        if self.error is None:
            return (Violation("gate", "nothing was judged", Reason.SYSTEM),)
        reason = Reason.ANALYSIS if isinstance(self.error, SourceError) else Reason.SYSTEM
        return (
            Violation(
                "source",
                self.error.message,
                reason,
                location=location_of(self.error),
                help=self.error.help,
            ),
        )

    @property
    def warnings(self) -> tuple[Warning, ...]:
        """What the policy's author asked to be told of; none of it decides."""
        return () if self.verdict is None else self.verdict.all_warnings


@dataclass(frozen=True, slots=True)
class Summary:
    """How many files there were, and what became of them.

    A path that could not be read is an error and nothing else; a program that could not be analysed is an
    error beside its decision.  `warnings` counts those of all files.
    """

    files: int
    allowed: int
    denied: int
    escalated: int
    errors: int
    warnings: int = 0

    @classmethod
    def of(cls, reports: Sequence[FileReport]) -> Summary:
        """Count `reports`."""
        decisions = [report.decision for report in reports if not report.unusable]
        return cls(
            files=len(reports),
            allowed=decisions.count(Decision.ALLOW),
            denied=decisions.count(Decision.DENY),
            escalated=decisions.count(Decision.ESCALATE),
            errors=sum(report.error_text is not None for report in reports),
            warnings=sum(len(report.warnings) for report in reports),
        )


def location_of(error: ExecgateError) -> Span | None:
    """Return the place in the code that `error` names, None where it names none."""
    if not isinstance(error, SourceError) or error.line is None:
        return None
    column = error.column or 0
    return Span(error.line, column, error.line, column + 1)


def _reasons(verdict: Verdict) -> tuple[Violation, ...]:
    """Return the verdict's violations, and one for each operation that lacks evidence alone."""
    found = list(verdict.all_violations)
    if verdict.program is not None:
        operations = verdict.program.operations
        for ruling in verdict.rulings:
            if ruling.evidence or ruling.violations or not 0 <= ruling.operation < len(operations):
                continue
            operation = operations[ruling.operation]
            found.append(
                Violation(
                    "evidence",
                    f"nothing permits that the code {describe(operation)}",
                    operation=ruling.operation,
                    location=operation.location,
                )
            )
    if not found and not verdict.allowed:
        found.append(Violation("gate", "the verdict is incomplete, so nothing is permitted", Reason.SYSTEM))
    return tuple(found)
