"""What an agent may newly do for others: `delegation: intersect` asks the policy of whoever suggested it.

There the own policy can be the same as before, and still more is permitted: all that the suggester's newly
permits, as far as the own one does too.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from execgate.model.operation import Operation
from execgate.policy.agent import DELEGATION
from execgate.policy.compare import states
from execgate.policy.compare.changes import AgentChanges, Case, Change, Sides, policy_of, unconfirmed
from execgate.policy.compare.code import MOST, Grants
from execgate.policy.constraints.capabilities import CODE_EXECUTION
from execgate.policy.grant import INTERSECT
from execgate.policy.search.space import Budget, TooMuchWorkError
from execgate.policy.search.spaces import NOUNS


def asks(sides: Sides) -> bool:
    """Return whether both policies of the agent ask the suggester's."""
    policies = policy_of(sides.old, sides.agent), policy_of(sides.new, sides.agent)
    return all(policy is not None and policy.settings.delegation == INTERSECT for policy in policies)


@dataclass(frozen=True, slots=True)
class Suggested:
    """What an agent that asks its suggesters may newly do because one of those may."""

    sides: Sides
    budget: Budget
    gains: bool

    def changes(self, others: Iterable[AgentChanges]) -> Iterator[Change]:
        """Yield one change for each agent that may do more, MOST at most."""
        told = 0
        for other in others:
            if other.agent == self.sides.agent or told == MOST:
                continue
            found = self._of(other)
            if found is not None:
                told += 1
                yield found

    def _of(self, other: AgentChanges) -> Change | None:
        changes = other.permitted if self.gains else other.denied
        # An amount of the sandbox is the executor's alone, and whom a suggester asks is nobody's.
        mattering = [one for one in changes if one.value is None and one.constraint != DELEGATION]
        if not mattering and not other.unfinished:
            return None
        now = "permitted more" if self.gains else "denied more"
        why = f"`{other.agent}`, who may suggest it, is {now}"
        clause = next((one.clause for one in mattering), None)
        cases = (one.case for one in mattering if one.case is not None)
        for asked in itertools.chain.from_iterable(self._stated(case, other.agent) for case in cases):
            if self.sides.confirms(asked):
                return Change(DELEGATION, why, clause, asked, decisions=self.sides.decisions(asked))
        if not other.unfinished and all(one.case and not self._can(one.case) for one in mattering):
            return None
        return unconfirmed(DELEGATION, why, clause, gains=self.gains)

    def _stated(self, case: Case, suggester: str) -> Iterator[Case]:
        """Yield an example of the suggester's in the states that the own rules tell apart."""
        policies = [one.agent(self.sides.agent) for one in (self.sides.old, self.sides.new)]
        for context in states.contexts(case.context, policies, self.sides.agent):
            yield replace(case, context=replace(context, suggester=suggester))

    def _can(self, case: Case) -> bool:
        """Return whether the own policy permits anything of the kind of an example."""
        code = self.sides.new.agent(self.sides.agent).grants.get(CODE_EXECUTION)
        grants = None if code is None else Grants(None, code.lists, Budget(whole=self.budget), self.gains)
        return any(self._permits(grants, operation) for operation in case.operations)

    def _permits(self, grants: Grants | None, operation: Operation) -> bool:
        nouns = [noun.name for noun in NOUNS.values() if isinstance(operation, noun.operation)]
        if not nouns:
            return True
        if grants is None:
            return False
        try:
            return all(any(True for _ in grants.values(noun, most=1)) for noun in nouns)
        except TooMuchWorkError:
            return True
