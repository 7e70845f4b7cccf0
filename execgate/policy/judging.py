"""What judges the operations of an agent's programs: its constraints, and its rules and phase beside them."""

from __future__ import annotations

from collections.abc import Mapping

from execgate.model.context import Context
from execgate.model.operation import Operation
from execgate.model.verdict import Opinion, Says
from execgate.policy.conditions.phases import Phases
from execgate.policy.conditions.referee import Referee
from execgate.policy.conditions.rules import RuleBook
from execgate.policy.constraints import FAMILY_OF, Family, Given, Judge, Limit
from execgate.policy.constraints.capabilities import CODE_EXECUTION
from execgate.policy.grant import Grant
from execgate.policy.matching.pairs import Breach, Finding
from execgate.policy.problems import clipped

_CONTEXTUAL = frozenset(kind for kind, family in FAMILY_OF.items() if family.contextual)


class Judges:
    """Judges the operations of programs that take `own`, one of an agent's `grants`.

    Each family is compiled at its first operation: of many agents, few judge anything.
    """

    __slots__ = ("_compiled", "_grants", "_own", "referee")

    def __init__(self, own: Grant, grants: Mapping[str, Grant], rules: RuleBook, phases: Phases) -> None:
        self._own = own
        self._grants = grants
        self._compiled: dict[type[Operation], Judge] = {}
        asked = bool(rules) or phases.payment is not None
        self.referee = Referee(rules, phases, self._given) if asked else None
        """Who asks the rules and the phase; None where there is nothing to ask."""

    def finding(self, operation: Operation, context: Context) -> Finding:
        """Return what the constraints say of one operation."""
        kind = type(operation)
        judge = self._compiled.get(kind)
        if judge is None:
            judge = self._compiled[kind] = self._judge(kind)
        return judge(operation, context) if kind in _CONTEXTUAL else judge(operation)

    def _judge(self, kind: type[Operation]) -> Judge:
        family = FAMILY_OF.get(kind)
        if family is None:
            return _nothing_judges(self._own, "no constraint judges this type of operation")
        if family.capability == CODE_EXECUTION and CODE_EXECUTION not in self._grants:
            # What a tool does is not what code does, whose lists may be open.
            return _nothing_judges(self._own, f'the agent has no `can "{CODE_EXECUTION}"`')
        return family.compile(self._given(family))

    def _given(self, family: Family) -> Given:
        """Return what a family is compiled of: the lists and limits of every grant, whose names differ."""
        grants = self._grants
        return Given(
            grants.get(family.capability, self._own).clause,
            {name: listing for one in grants.values() for name, listing in one.lists.items()},
            {
                name: Limit(name, value, one.limits[name], one.clauses[name])
                for one in grants.values()
                for name, value in one.values.items()
            },
            {capability: one.clause for capability, one in grants.items()},
            family.capability,
        )


def _nothing_judges(grant: Grant, why: str) -> Judge:
    def judge(operation: Operation) -> Finding:
        breach = Breach(operation.type, f"do `{clipped(operation.type)}`", why, grant.clause)
        silent = Opinion(CODE_EXECUTION, Says.SILENT, grant.clause, why=why)
        return Finding((), (breach,), (silent,))

    return judge
