"""What a comparison found, and how it is confirmed: by judging."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from execgate.errors import UnknownAgentError
from execgate.model.context import Context
from execgate.model.operation import Operation
from execgate.model.program import Program
from execgate.model.source import Source
from execgate.model.verdict import Clause, Decision
from execgate.policy.agent import AgentPolicy
from execgate.policy.policyset import PolicySet

_RANKS = {Decision.DENY: 0, Decision.ESCALATE: 1, Decision.ALLOW: 2}


class UnconfirmedError(Exception):
    """An example that the judge does not confirm: a defect of the comparison."""


@dataclass(frozen=True, slots=True)
class Case:
    """What an example asks the judge: the operations of a program, and the state that it is judged in."""

    operations: tuple[Operation, ...] = ()
    context: Context = field(default_factory=Context)
    action: str = "code_execution"

    @property
    def program(self) -> Program:
        """A program that does this and nothing else."""
        return Program(Source(""), self.operations, action=self.action)


@dataclass(frozen=True, slots=True)
class Sides:
    """Two policy sets, and the agent that is looked at; `gained` is what the second permits of the first."""

    old: PolicySet
    new: PolicySet
    agent: str

    def decisions(self, case: Case) -> tuple[Decision, Decision]:
        """Return what the old and the new policies decide."""
        return _decide(self.old, self.agent, case), _decide(self.new, self.agent, case)

    def confirms(self, case: Case) -> bool:
        """Return whether the new policies permit more of it than the old ones do."""
        after = _decide(self.new, self.agent, case)
        # Most cases that are tried are denied, and then nobody has to ask the old policies.
        return after is not Decision.DENY and _RANKS[after] > _RANKS[_decide(self.old, self.agent, case)]

    def blames(self, case: Case, constraint: str) -> bool:
        """Return whether a constraint of the old policies stands against it."""
        if policy_of(self.old, self.agent) is None:
            return False
        verdict = self.old.judge(case.program, self.agent, case.context)
        return any(violation.constraint == constraint for violation in verdict.all_violations)


def policy_of(policies: PolicySet, name: str) -> AgentPolicy | None:
    """Return the policy of an agent, None where it has none."""
    try:
        return policies.agent(name)
    except UnknownAgentError:
        return None


def _decide(policies: PolicySet, agent: str, case: Case) -> Decision:
    if policy_of(policies, agent) is None:
        return Decision.DENY
    return policies.judge(case.program, agent, case.context).decision


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that one policy permits and the other does not.

    `constraint` makes the difference and `why` says how; `clause` is its place in the policy that has it.
    `case` is the shortest example, None for a limit (`value`), and where none could be found: then the
    change may permit more, and `why` says why that is not known.
    """

    constraint: str
    why: str
    clause: Clause | None = None
    case: Case | None = None
    value: str | None = None
    decisions: tuple[Decision, Decision] | None = None
    """What is decided without the change, and with it."""

    @property
    def confirmed(self) -> bool:
        """Whether there is an example."""
        return self.case is not None or self.value is not None

    def to_json(self, *, permits: bool) -> dict[str, Any]:
        """Return the change for the JSON document."""
        old, new = (self.decisions or (None, None))[:: 1 if permits else -1]
        case = self.case
        return {
            "constraint": self.constraint,
            "why": self.why,
            "policy": None if self.clause is None else self.clause.to_json(),
            "confirmed": self.confirmed,
            "value": self.value,
            "example": None
            if case is None
            else {
                "action": case.action,
                "operations": [_operation(operation) for operation in case.operations],
                "context": case.context.to_json(),
            },
            "old": None if old is None else old.value,
            "new": None if new is None else new.value,
        }


def unconfirmed(constraint: str, why: str, clause: Clause | None, *, gains: bool) -> Change:
    """Return a change of which nothing shows that it makes a difference, and nothing that it does not."""
    may = "permit" if gains else "deny"
    return Change(constraint, f"{why}; no example was found, and it may {may} more", clause)


def _operation(operation: Operation) -> dict[str, Any]:
    document = operation.to_json()
    del document["location"]
    return document


@dataclass(frozen=True, slots=True)
class AgentChanges:
    """What differs for one agent: an agent's name, or for a pattern a name that it covers.

    `block` is the name or pattern in the new policy, else in the old one; `there` says in which of the two
    the agent has a policy.
    """

    agent: str
    block: str
    there: tuple[bool, bool]
    permitted: tuple[Change, ...] = ()
    denied: tuple[Change, ...] = ()
    unfinished: tuple[str, ...] = ()
    """Constraints whose comparison would have taken too much work."""

    @property
    def empty(self) -> bool:
        """Whether nothing differs."""
        return not self.permitted and not self.denied and not self.unfinished

    def to_json(self) -> dict[str, Any]:
        """Return the changes for the JSON document."""
        return {
            "agent": self.agent,
            "block": self.block,
            "in_old": self.there[0],
            "in_new": self.there[1],
            "newly_permitted": [change.to_json(permits=True) for change in self.permitted],
            "newly_denied": [change.to_json(permits=False) for change in self.denied],
            "not_compared": list(self.unfinished),
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two policy sets; agents for which nothing does are left out."""

    agents: tuple[AgentChanges, ...] = ()
    compared: int = 0
    """How many agents were looked at."""

    @property
    def permits_more(self) -> bool:
        """Whether something is newly permitted, or could be."""
        return any(agent.permitted or agent.unfinished for agent in self.agents)
