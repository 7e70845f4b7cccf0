"""Which clauses of a policy some case made decide, and which nobody has tried.

A clause is what is written: an entry of a list, an allow list as a whole (which denies what it does not
hold), a limit, a rule, the phase of payments, a grant.  One that several agents inherit, or share through a
set, is one clause.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from execgate.model.operation import PaymentCall
from execgate.model.program import Program
from execgate.model.verdict import Clause, Decision, Opinion, Ruling, Says, Verdict
from execgate.policy.agent import AgentPolicy
from execgate.policy.conditions.phases import ALLOWED_PAYMENT_PHASE
from execgate.policy.constraints import CAPABILITIES, LIMITS, RUNNING
from execgate.policy.constraints.capabilities import PAYMENT, taken_by
from execgate.policy.policyset import PolicySet

Key: TypeAlias = "tuple[str, str | None, Clause]"

ENFORCED = frozenset(one.name for one in (*LIMITS, *RUNNING))
"""What the sandbox holds while a program runs: no verdict depends on it."""

RECORDED = frozenset({"compensation", "compensation_timeout", "payment_tools"})
"""What is recorded for others to act on, or says which tools the other clauses judge as payments."""

_ALLOWED, _DENIED = "allowed", "denied"
_DENYING = frozenset({Says.FORBIDS, Says.ESCALATES, Says.WARNS})


@dataclass(slots=True)
class Row:
    """One clause: how often it allowed and denied, and how often it was looked at.

    To ask for approval and to warn are counted as denials; that something was not known is neither.  `wants`
    is what the clause is there to do; it is covered once it did.
    """

    agent: str
    constraint: str
    entry: str | None
    clause: Clause
    wants: str
    allowed: int = 0
    denied: int = 0
    looked: int = 0

    @property
    def covered(self) -> bool:
        """Whether some case made it do what it is there for."""
        return bool(self.denied if self.wants == _DENIED else self.allowed)

    def to_json(self) -> dict[str, Any]:
        """Return the row as the JSON document holds it."""
        return {
            "agent": self.agent,
            "constraint": self.constraint,
            "entry": self.entry,
            "policy": self.clause.to_json(),
            "wants": self.wants,
            "allowed": self.allowed,
            "denied": self.denied,
            "looked_at": self.looked,
            "covered": self.covered,
        }


class Coverage:
    """The clauses of one policy set, counted over the verdicts that are added."""

    def __init__(self, policies: PolicySet) -> None:
        self._rows: dict[Key, Row] = {}
        for policy in policies:
            for row in _rows(policy):
                self._rows.setdefault((row.constraint, row.entry, row.clause), row)
        self._grants = {policy.block: policy for policy in policies}

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every clause, by its place."""
        return tuple(
            sorted(
                self._rows.values(),
                key=lambda row: (
                    row.clause.file,
                    row.clause.span.line,
                    row.clause.span.column,
                    row.constraint,
                    row.entry or "",
                ),
            )
        )

    def add(self, verdict: Verdict) -> None:
        """Count what the clauses said in one verdict."""
        self._add_grants(verdict)
        for ruling in verdict.rulings:
            broken = {violation.constraint for violation in ruling.violations}
            for opinion in dict.fromkeys(ruling.opinions):
                row = self._rows.get((opinion.constraint, opinion.entry, opinion.clause))
                if row is not None and opinion.constraint not in CAPABILITIES:
                    _count(row, opinion, broken)

    def _add_grants(self, verdict: Verdict) -> None:
        """Count what became of the operations that each grant is for."""
        policy = self._grants.get(verdict.policy_block or "")
        if policy is None or verdict.program is None:
            return
        for capability, grant in policy.grants.items():
            row = self._rows.get((capability, None, grant.clause))
            if row is None:  # pragma: no cover - every grant of the set has its row
                continue
            outcome = _outcome(capability, verdict, verdict.program)
            row.looked += outcome is not None
            row.allowed += outcome is True
            row.denied += outcome is False


def _outcome(capability: str, verdict: Verdict, program: Program) -> bool | None:
    """Return whether what a grant is for was permitted, None where a verdict was about something else."""
    judged: list[Ruling] = [
        ruling
        for ruling in verdict.rulings
        if program.operations[ruling.operation].type == _OPERATION_OF.get(capability)
    ]
    if judged:
        return all(ruling.permitted for ruling in judged)
    return verdict.decision is Decision.ALLOW if capability == taken_by(program.action) else None


_OPERATION_OF = {PAYMENT: PaymentCall.type}


def _count(row: Row, opinion: Opinion, broken: set[str]) -> None:
    row.looked += 1
    silent = opinion.says is Says.SILENT
    row.denied += opinion.says in _DENYING or (silent and opinion.constraint in broken)
    # A rule that does not apply lets pass.
    row.allowed += opinion.says is Says.PERMITS or (silent and opinion.constraint.startswith("rule "))


def _rows(policy: AgentPolicy) -> Iterator[Row]:
    for capability, grant in policy.grants.items():
        yield Row(policy.block, capability, None, grant.clause, _ALLOWED)
        for name, listing in grant.lists.items():
            if name in ENFORCED | RECORDED:
                continue
            wants = _DENIED if name.startswith("disallowed_") else _ALLOWED
            if wants == _ALLOWED:
                yield Row(policy.block, name, None, listing.clause, _DENIED)
            for entry in listing.entries:
                yield Row(policy.block, name, entry.shape.text, entry.clause, wants)
        for name in grant.values:
            if name not in ENFORCED | RECORDED:
                yield Row(policy.block, name, None, grant.clauses[name], _DENIED)
    for rule in policy.rules.rules:
        yield Row(policy.block, rule.constraint, None, rule.clause, _DENIED)
    if policy.phases.payment is not None:
        _, clause = policy.phases.payment
        yield Row(policy.block, ALLOWED_PAYMENT_PHASE, None, clause, _DENIED)
