"""What was noticed in the agents so far, and what of it holds for all whom it concerns."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from execgate.model.verdict import Clause
from execgate.policy.problems import Problem, Severity


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something doubtful at a place of a policy; `subject` is the name of what stands there."""

    clause: Clause
    subject: str
    message: str
    help: str
    severity: Severity = Severity.WARNING


class Notebook:
    """Doubts about clauses that several agents share, by inheritance or a set.

    One counts where it holds in each agent that has the clause: what is idle in one of them decides in
    another.
    """

    def __init__(self) -> None:
        self._held: Counter[tuple[Clause, str]] = Counter()
        self._doubts: dict[tuple[Clause, str], list[Doubt]] = {}

    def holds(self, clause: Clause, subject: str) -> None:
        """Note that an agent has a clause."""
        self._held[clause, subject] += 1

    def doubt(self, doubt: Doubt) -> None:
        """Note what is doubtful in one agent, of each clause one thing at most."""
        self._doubts.setdefault((doubt.clause, doubt.subject), []).append(doubt)

    def problems(self) -> list[Problem]:
        """Return what holds for all agents that have the clause, for whichever reason: the first is told."""
        return [
            Problem(first.clause.file, first.message, first.clause, first.help, first.severity)
            for key, (first, *others) in self._doubts.items()
            if 1 + len(others) >= self._held[key]
        ]
