"""One agent's policy, compiled: it judges programs, and prints itself in one canonical form."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

from execgate.model import verdict as verdicts
from execgate.model.context import Context
from execgate.model.limits import Limits
from execgate.model.operation import Gap, Operation
from execgate.model.program import Program
from execgate.model.verdict import Clause, Opinion, Override, Reason, Ruling, Says, Verdict, Violation
from execgate.policy import canonical
from execgate.policy.conditions import phases
from execgate.policy.conditions.phases import Phases
from execgate.policy.conditions.referee import Referee
from execgate.policy.conditions.rules import NOTHING, Outcome, RuleBook
from execgate.policy.constraints import FAMILIES, Family, Given, Judge, Limit, turns
from execgate.policy.matching.pairs import Breach, Finding, Listing
from execgate.policy.problems import clipped

CODE_EXECUTION = "code_execution"
PAYMENT = "payment"
TOOL = "tool"
EXECUTOR = "executor"
INTERSECT = "intersect"
UNRESOLVED_CODE = "unresolved_code"

NOTHING_KNOWN = Context()

# What an action of a program takes that is not called as its capability is, and how actions are called.
_CAPABILITY_OF = {"tool_call": TOOL}
_ACTS = {"code_execution": "run code", "tool_call": "call tools"}

_BY_OPERATION = {family.operation: family for family in FAMILIES}
_CONTEXTUAL = frozenset(family.operation for family in FAMILIES if family.contextual)


@dataclass(frozen=True, slots=True)
class Grant:
    """`can "capability"` as one agent has it: its lists by name, and what its limits are called."""

    clause: Clause
    lists: Mapping[str, Listing]
    limits: Mapping[str, str]
    """Every constraint that is no list, in canonical form, limits too that stand by default."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """What was read of each constraint that is no list, by its name: those alone that the author gave."""
    clauses: Mapping[str, Clause] = field(default_factory=dict)
    """Where each constraint stands that the author gave."""
    reasons: Mapping[str, str] = field(default_factory=dict)
    """What stands behind `because`, by the name of the constraint; that of the grant itself by ""."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an author says of an agent beside its grants; `clauses` has the place of each by name."""

    version: str | None = None
    description: str | None = None
    delegation: str = EXECUTOR
    reason: str | None = None
    """What stands behind `because` of the delegation."""
    clauses: Mapping[str, Clause] = field(default_factory=dict)


class _Recorded(NamedTuple):
    """What is the same in every verdict of a policy."""

    text: str
    digest: str
    constraints: dict[str, Any]

    @classmethod
    def of(cls, policy: AgentPolicy) -> _Recorded:
        """Return what is recorded of a policy."""
        grants = policy.grants
        text = canonical.text(policy)
        found: dict[str, Any] = {}
        for grant in grants.values():
            found.update((name, list(listing.texts)) for name, listing in grant.lists.items())
            found.update(grant.limits)
        digest = "sha256:" + hashlib.sha256(text.encode("ascii")).hexdigest()
        return cls(text, digest, dict(sorted(found.items())))


@dataclass(frozen=True, slots=True, eq=False)
class AgentPolicy:
    """What one agent may do, with all that it inherits.

    `name` is the agent's own, `block` the name or pattern that its policy stands under.
    """

    name: str
    clause: Clause
    limits: Limits
    grants: Mapping[str, Grant]
    """By capability."""
    settings: Settings = field(default_factory=Settings)
    overrides: tuple[Override, ...] = ()
    """Where it is wider than what it extends, by name of the constraint."""
    rules: RuleBook = field(default_factory=RuleBook)
    """Its own, those that it inherits, and those of every agent."""
    phases: Phases = phases.DEFAULT
    block: str = field(init=False)
    role: str = field(init=False, default="agent")
    """What messages call it: the agent that executes, or the suggester."""
    _shared: list[_Recorded] = field(init=False, repr=False)
    """What verdicts record of it, once it was asked for."""
    _referees: list[Referee] = field(init=False, repr=False)
    """Who asks the rules, once an operation was judged."""
    _judges: dict[type[Operation], Judge] = field(init=False, repr=False)
    """The compiled families, each from its first use on: of many agents, few judge anything."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "block", self.name)
        object.__setattr__(self, "_shared", [])
        object.__setattr__(self, "_referees", [])
        object.__setattr__(self, "_judges", {})

    def named(self, name: str, role: str = "agent") -> AgentPolicy:
        """Return the policy as that of the agent `name`, whom the block's pattern covers."""
        # What is made of the policy is shared, and made once.
        other = object.__new__(AgentPolicy)
        for attribute in _ATTRIBUTES:
            object.__setattr__(other, attribute, getattr(self, attribute))
        object.__setattr__(other, "name", name)
        object.__setattr__(other, "role", role)
        return other

    @property
    def grant(self) -> Grant | None:
        """The grant of `code_execution`, None where there is none."""
        return self.grants.get(CODE_EXECUTION)

    @property
    def canonical(self) -> str:
        """The whole policy, flattened, in one spelling: it parses to a policy that judges the same."""
        return self._recorded.text

    @property
    def digest(self) -> str:
        """`sha256:` and the hex digest of the canonical form."""
        return self._recorded.digest

    def constraints_json(self) -> dict[str, Any]:
        """Return every constraint of every grant by name: lists of entries, all else as text.

        All verdicts share it: it is to be read, not changed.
        """
        return self._recorded.constraints

    @property
    def _recorded(self) -> _Recorded:
        if not self._shared:
            self._shared.append(_Recorded.of(self))
        return self._shared[0]

    def judge(self, program: Program, context: Context = NOTHING_KNOWN) -> Verdict:
        """Return the verdict on `program`: one ruling per operation, and a violation for every gap.

        Pure and total: the same program and context give the same verdict anywhere, and nothing raises.
        What the policy asks of the suggester is `PolicySet.judge`'s.
        """
        general = [_gap(gap) for gap in program.gaps]
        grant = self.grants.get(_CAPABILITY_OF.get(program.action, program.action))
        if grant is None:
            general.insert(0, self._ungranted(program.action))
        recorded = self._recorded
        who = self.who if self.rules or self.phases.payment is not None else None
        operations = program.operations
        states = (
            turns.contexts(operations, context) if PAYMENT in self.grants else (context,) * len(operations)
        )
        return Verdict(
            source=program.source,
            agent=self.name,
            program=program,
            rulings=tuple(
                [
                    self._rule(grant, index, each, state, who)
                    for index, (each, state) in enumerate(zip(operations, states, strict=True))
                ]
            ),
            violations=tuple(general),
            limits=self.limits,
            policy_digest=recorded.digest,
            policy_text=recorded.text,
            policy_block=self.block,
            policy_version=self.settings.version,
            policy_description=self.settings.description,
            constraints=recorded.constraints,
            overrides=self.overrides,
            context=context,
        )

    def _rule(
        self, grant: Grant | None, index: int, operation: Operation, context: Context, who: str | None
    ) -> Ruling:
        """Return the ruling on one operation; `who` is the agent where there are rules to ask, else None."""
        if grant is None:
            return Ruling(index)
        kind = type(operation)
        judge = self._judge(grant, kind)
        finding = judge(operation, context) if kind in _CONTEXTUAL else judge(operation)
        if who is not None:
            outcome = self._referee(grant).judge(operation, context, self.name, who, index)
            if outcome is not NOTHING:
                return self._joined(index, operation, finding, outcome)
        if not (finding.breaches or finding.warnings):
            return Ruling(index, finding.evidence, (), (), finding.opinions)
        violations = tuple(self._violation(index, operation, breach) for breach in finding.breaches)
        warnings = tuple(self._warning(index, operation, breach) for breach in finding.warnings)
        return Ruling(index, finding.evidence, violations, warnings, finding.opinions)

    def _joined(self, index: int, operation: Operation, finding: Finding, outcome: Outcome) -> Ruling:
        """Return the ruling where rules had something to say."""
        violations = tuple(self._violation(index, operation, breach) for breach in finding.breaches)
        warnings = tuple(self._warning(index, operation, breach) for breach in finding.warnings)
        return Ruling(
            index,
            finding.evidence,
            violations + outcome.violations,
            warnings + outcome.warnings,
            finding.opinions + outcome.opinions,
        )

    def _referee(self, grant: Grant) -> Referee:
        if not self._referees:
            given = Referee(self.rules, self.phases, lambda family: self._given(grant, family))
            self._referees.append(given)
        return self._referees[0]

    def _judge(self, grant: Grant, kind: type[Operation]) -> Judge:
        judge = self._judges.get(kind)
        if judge is None:
            family = _BY_OPERATION.get(kind)
            if family is None:
                judge = _nothing_judges(grant, "no constraint judges this type of operation")
            elif family.capability == CODE_EXECUTION and CODE_EXECUTION not in self.grants:
                # What a tool does is not what code does, whose lists may be open.
                judge = _nothing_judges(grant, f'the agent has no `can "{CODE_EXECUTION}"`')
            else:
                judge = family.compile(self._given(grant, family))
            self._judges[kind] = judge
        return judge

    def _given(self, grant: Grant, family: Family) -> Given:
        """Return what a family is compiled of: the lists and limits of every grant, whose names differ."""
        own = self.grants.get(family.capability, grant)
        return Given(
            own.clause,
            {name: listing for one in self.grants.values() for name, listing in one.lists.items()},
            {
                name: Limit(name, value, one.limits[name], one.clauses[name])
                for one in self.grants.values()
                for name, value in one.values.items()
            },
            {capability: one.clause for capability, one in self.grants.items()},
            family.capability,
        )

    def _violation(self, index: int, operation: Operation, breach: Breach) -> Violation:
        may = "needs approval to" if breach.escalates else "may not"
        return Violation(
            constraint=breach.constraint,
            message=f"{self.who} {may} {breach.act}: {breach.why}",
            operation=index,
            location=operation.location,
            clause=breach.clause,
            help=breach.help,
            escalates=breach.escalates,
        )

    def _warning(self, index: int, operation: Operation, breach: Breach) -> verdicts.Warning:
        return verdicts.Warning(
            breach.constraint, f"{self.who}: {breach.why}", index, operation.location, breach.clause
        )

    @property
    def who(self) -> str:
        """The agent as messages name it, with the pattern where the policy is not its alone."""
        block = "" if self.block == self.name else f" (of `{clipped(self.block)}`)"
        return f"{self.role} `{clipped(self.name)}`{block}"

    def _ungranted(self, action: str) -> Violation:
        capability, act = _CAPABILITY_OF.get(action, action), _ACTS.get(action, f"do `{clipped(action)}`")
        return Violation(
            constraint=capability,
            message=f'{self.who} may not {act}: it has no `can "{clipped(capability)}"`',
            clause=self.clause,
            help=f'to permit it, add `can "{capability}" with constraints {{ ... }}` to the agent'
            if action in _ACTS
            else None,
        )


_ATTRIBUTES = tuple(each.name for each in fields(AgentPolicy))


def _nothing_judges(grant: Grant, why: str) -> Judge:
    def judge(operation: Operation) -> Finding:
        breach = Breach(operation.type, f"do `{clipped(operation.type)}`", why, grant.clause)
        silent = Opinion(CODE_EXECUTION, Says.SILENT, grant.clause, why=why)
        return Finding((), (breach,), (silent,))

    return judge


def _gap(gap: Gap) -> Violation:
    return Violation(
        constraint=UNRESOLVED_CODE,
        message=clipped(gap.why, 300),
        reason=Reason.ANALYSIS,
        location=gap.location,
        help=gap.help,
    )
