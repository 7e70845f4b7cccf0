"""One agent's policy, compiled: it judges programs, and prints itself in one canonical form."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, NamedTuple

from execgate.model.confines import Confines
from execgate.model.context import Context
from execgate.model.limits import Limits
from execgate.model.operation import Gap, Operation
from execgate.model.program import Program
from execgate.model.verdict import Clause, Override, Reason, Ruling, Verdict, Violation
from execgate.policy import canonical, confining
from execgate.policy.conditions import phases
from execgate.policy.conditions.phases import Phases
from execgate.policy.conditions.rules import NOTHING, RuleBook
from execgate.policy.constraints import turns
from execgate.policy.constraints.capabilities import CODE_EXECUTION, PAYMENT, TOOL, taken_by
from execgate.policy.grant import INTERSECT, Grant, Settings
from execgate.policy.judging import Judges
from execgate.policy.problems import clipped

DELEGATION = "delegation"
UNRESOLVED_CODE = "unresolved_code"

NOTHING_KNOWN = Context()

_ACTS = {CODE_EXECUTION: "run code", TOOL: "call tools"}
"""What a program does, by the capability that it takes."""


class _Recorded(NamedTuple):
    """What is the same in every verdict of a policy."""

    text: str
    digest: str
    constraints: dict[str, Any]
    confines: Confines

    @classmethod
    def of(cls, policy: AgentPolicy) -> _Recorded:
        """Return what is recorded of a policy."""
        grants = policy.grants
        text = canonical.text(policy.block, policy.settings, grants, policy.rules, policy.phases)
        found: dict[str, Any] = {}
        for grant in grants.values():
            found.update((name, list(listing.texts)) for name, listing in grant.lists.items())
            found.update(grant.limits)
        digest = "sha256:" + hashlib.sha256(text.encode("ascii")).hexdigest()
        return cls(text, digest, dict(sorted(found.items())), confining.confines(grants))


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
    _judges: dict[str, Judges] = field(init=False, repr=False)
    """What judges the programs that take a grant, by capability, once there was one."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "block", self.name)
        object.__setattr__(self, "_shared", [])
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
        What `delegation: intersect` asks of the suggester, `PolicySet.judge` alone can ask; here it denies.
        """
        verdict = self.alone(program, context)
        if not self.asks(context.suggester):
            return verdict
        return self.undelegated(
            verdict, "the suggester's policy is not at hand", "ask the whole set of policies"
        )

    def asks(self, suggester: str | None) -> bool:
        """Return whether the suggester's policy is to be asked: nobody stands up to the own one twice."""
        return self.settings.delegation == INTERSECT and suggester != self.name

    def undelegated(self, verdict: Verdict, why: str, help_: str | None) -> Verdict:
        """Return the verdict on what somebody suggested who can't be asked."""
        violation = Violation(
            constraint=DELEGATION,
            message=f"{self.who} may not act for another: {why}",
            clause=self.settings.clauses[DELEGATION],
            help=help_,
        )
        return replace(verdict, violations=(violation, *verdict.violations))

    def alone(self, program: Program, context: Context = NOTHING_KNOWN) -> Verdict:
        """Return what this policy says by itself, whoever else is to be asked: no verdict to act on."""
        general = [_gap(gap) for gap in program.gaps]
        judges = self._judges_of(program.action)
        if judges is None:
            general.insert(0, self._ungranted(program.action))
        recorded = self._recorded
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
                    self._rule(judges, index, each, state)
                    for index, (each, state) in enumerate(zip(operations, states, strict=True))
                ]
            ),
            violations=tuple(general),
            limits=self.limits,
            confines=confining.of_program(recorded.confines, program),
            policy_digest=recorded.digest,
            policy_text=recorded.text,
            policy_block=self.block,
            policy_version=self.settings.version,
            policy_description=self.settings.description,
            constraints=recorded.constraints,
            overrides=self.overrides,
            context=context,
        )

    def _judges_of(self, action: str) -> Judges | None:
        """Return what judges the programs of an action; None where what it takes is not granted."""
        capability = taken_by(action)
        judges = self._judges.get(capability)
        if judges is None and capability in self.grants:
            judges = Judges(self.grants[capability], self.grants, self.rules, self.phases)
            self._judges[capability] = judges
        return judges

    def _rule(self, judges: Judges | None, index: int, operation: Operation, context: Context) -> Ruling:
        if judges is None:
            return Ruling(index)
        finding = judges.finding(operation, context)
        outcome = NOTHING
        if judges.referee is not None:
            outcome = judges.referee.judge(operation, context, self.name, self.who, index)
        if outcome is NOTHING and not (finding.breaches or finding.warnings):
            return Ruling(index, finding.evidence, (), (), finding.opinions)
        who = self.who
        violations = tuple(breach.violation(who, operation, index) for breach in finding.breaches)
        warnings = tuple(breach.warning(who, operation, index) for breach in finding.warnings)
        return Ruling(
            index,
            finding.evidence,
            violations + outcome.violations,
            warnings + outcome.warnings,
            finding.opinions + outcome.opinions,
        )

    @property
    def who(self) -> str:
        """The agent as messages name it, with the pattern where the policy is not its alone."""
        block = "" if self.block == self.name else f" (of `{clipped(self.block)}`)"
        return f"{self.role} `{clipped(self.name)}`{block}"

    def _ungranted(self, action: str) -> Violation:
        capability = taken_by(action)
        act = _ACTS.get(capability)
        return Violation(
            constraint=capability,
            message=f"{self.who} may not {act or f'do `{clipped(action)}`'}: "
            f'it has no `can "{clipped(capability)}"`',
            clause=self.clause,
            help=f'to permit it, add `can "{capability}" with constraints {{ ... }}` to the agent'
            if act is not None
            else None,
        )


_ATTRIBUTES = tuple(each.name for each in fields(AgentPolicy))


def _gap(gap: Gap) -> Violation:
    return Violation(
        constraint=UNRESOLVED_CODE,
        message=clipped(gap.why, 300),
        reason=Reason.ANALYSIS,
        location=gap.location,
        help=gap.help,
    )
