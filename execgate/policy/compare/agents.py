"""Two policy sets, agent by agent."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from execgate.model.verdict import Clause
from execgate.policy.agent import AgentPolicy
from execgate.policy.compare import amounts, states, suggesters
from execgate.policy.compare.changes import (
    AgentChanges,
    Case,
    Change,
    Comparison,
    Sides,
    UnconfirmedError,
    policy_of,
    unconfirmed,
)
from execgate.policy.compare.code import Found, Grants
from execgate.policy.compare.names import pairs_of_agents
from execgate.policy.compare.payments import Spending
from execgate.policy.compare.rules import Rules
from execgate.policy.compare.suggesters import Suggested
from execgate.policy.constraints.capabilities import CODE_EXECUTION, PAYMENT
from execgate.policy.policyset import PolicySet
from execgate.policy.search.space import Budget, TooMuchWorkError
from execgate.policy.search.spaces import NOUNS
from execgate.policy.search.views import operation

_STEPS = 60_000_000
"""How much work there may be in all."""

_MOST_OTHERS = 16
"""How many other ways to do what is newly permitted are tried, where a rule stands against the first."""


def compare(old: PolicySet, new: PolicySet, agent: str | None = None) -> Comparison:
    """Return what `new` permits and `old` does not, and the other way round; of one agent or of all.

    Raises UnknownAgentError where neither has a policy for `agent`, and UnconfirmedError for a defect.
    """
    if agent is not None and policy_of(old, agent) is None:
        new.agent(agent)
    names = pairs_of_agents(old, new)
    budget = Budget(_STEPS)
    known: dict[str, AgentChanges] = {}
    if agent is None or suggesters.asks(Sides(old, new, agent)):
        known = {name: _agent(old, new, name, budget) for name in names}
    asked = names if agent is None else [agent]
    changes = [
        _with_suggesters(old, new, known.get(name) or _agent(old, new, name, budget), known, budget)
        for name in asked
    ]
    return Comparison(tuple(one for one in changes if not one.empty), len(changes))


def _with_suggesters(
    old: PolicySet, new: PolicySet, one: AgentChanges, known: Mapping[str, AgentChanges], budget: Budget
) -> AgentChanges:
    """Return the changes of an agent with those that it has because others may suggest more, or less."""
    sides = Sides(old, new, one.agent)
    if not suggesters.asks(sides):
        return one
    permitted = Suggested(sides, budget, gains=True).changes(known.values())
    denied = Suggested(Sides(new, old, one.agent), budget, gains=False).changes(known.values())
    return replace(one, permitted=(*one.permitted, *permitted), denied=(*one.denied, *denied))


def _agent(old: PolicySet, new: PolicySet, name: str, budget: Budget) -> AgentChanges:
    before, after = policy_of(old, name), policy_of(new, name)
    known = after or before
    block = name if known is None else known.block
    there = before is not None, after is not None
    if before is not None and after is not None and before.digest == after.digest:
        return AgentChanges(name, block, there)
    unfinished: dict[str, None] = {}
    permitted, denied = (
        tuple(_Direction(Sides(*sets, name), *policies, gains, unfinished, budget).changes())
        for sets, policies, gains in (
            ((old, new), (before, after), True),
            ((new, old), (after, before), False),
        )
    )
    return AgentChanges(name, block, there, permitted, denied, tuple(unfinished))


@dataclass(frozen=True, slots=True)
class _Direction:
    """What `after` permits and `before` does not."""

    sides: Sides
    before: AgentPolicy | None
    after: AgentPolicy | None
    gains: bool
    unfinished: dict[str, None]
    budget: Budget

    def changes(self) -> Iterator[Change]:
        """Yield all that is found."""
        if self.after is None:
            return
        yield from self._granted(self.after)
        yield from self._lists(self.after)
        try:
            yield from Spending(self.sides, self.before, self.after, self._part(), self.gains).changes()
        except TooMuchWorkError:
            self.unfinished[PAYMENT] = None
        if self.before is not None:
            try:
                yield from Rules(self.sides, self.before, self.after, self._part(), self.gains).changes()
            except TooMuchWorkError:
                self.unfinished["rules"] = None
            yield from amounts.limits(self.before, self.after, gains=self.gains)
            yield from amounts.running(self.before, self.after, gains=self.gains)

    def _part(self) -> Budget:
        return Budget(whole=self.budget)

    def _granted(self, after: AgentPolicy) -> Iterator[Change]:
        """Yield the grant itself: a program that does nothing runs."""
        if after.grant is None or (self.before is not None and self.before.grant is not None):
            return
        what = "the agent" if self.before is None else f'`can "{CODE_EXECUTION}"`'
        why = f"{what} is {'new' if self.gains else 'gone'}"
        yield self._confirmed(Case(), CODE_EXECUTION, why, after.grant.clause)

    def _lists(self, after: AgentPolicy) -> Iterator[Change]:
        if after.grant is None:
            return
        old = None if self.before is None or self.before.grant is None else self.before.grant.lists
        for noun in NOUNS.values():
            grants = Grants(old, after.grant.lists, self._part(), self.gains)
            try:
                for found in grants.found(noun):
                    yield from self._found(found)
            except TooMuchWorkError:
                self.unfinished[f"allowed_{noun.name}"] = None

    def _found(self, found: Found) -> Iterator[Change]:
        ways = itertools.chain((found.fields,), itertools.islice(found.others, _MOST_OTHERS))
        cases = (Case((operation(found.noun.operation, fields),)) for fields in ways)
        changes = (self._confirmed(case, found.constraint, found.why, found.clause) for case in cases)
        first = next(changes)
        yield first if first.confirmed else next((one for one in changes if one.confirmed), first)

    def _confirmed(self, case: Case, constraint: str, why: str, clause: Clause | None) -> Change:
        """Return the change with the case as its example, in the first state that confirms it."""
        both = [policy for policy in (self.after, self.before) if policy is not None]
        for context in states.contexts(case.context, both, self.sides.agent):
            told = replace(case, context=context)
            if self.sides.confirms(told):
                return Change(constraint, why, clause, told, decisions=self.sides.decisions(told))
        if any(states.stateful(policy) for policy in both):
            return unconfirmed(constraint, why, clause, gains=self.gains)
        raise UnconfirmedError(f"{constraint}: {why}: {case.operations}")
