"""One agent's policy, compiled: it judges programs, and prints itself in one canonical form."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from execgate.model.context import Context
from execgate.model.limits import Limits
from execgate.model.operation import Gap, Operation
from execgate.model.program import Program
from execgate.model.verdict import Clause, Opinion, Reason, Ruling, Says, Verdict, Violation
from execgate.policy.constraints import FAMILIES, Given, Judge
from execgate.policy.matching.pairs import Breach, Finding, Listing
from execgate.policy.problems import clipped, quoted

CODE_EXECUTION = "code_execution"
UNRESOLVED_CODE = "unresolved_code"

_NOTHING_KNOWN = Context()

_BY_OPERATION = {family.operation: family for family in FAMILIES}


@dataclass(frozen=True, slots=True)
class Grant:
    """`can "code_execution"` as one agent has it: its lists by name, and what its limits are called."""

    clause: Clause
    lists: Mapping[str, Listing]
    limits: Mapping[str, str]
    """Every limit in canonical form, those too that stand by default."""


@dataclass(frozen=True, slots=True, eq=False)
class AgentPolicy:
    """What one agent may do.

    `canonical` is the whole policy, flattened, in one spelling: it parses to a policy that judges the same.
    `digest` is `sha256:` and the hex digest of it.
    """

    name: str
    clause: Clause
    limits: Limits
    grant: Grant | None
    canonical: str = field(init=False, repr=False)
    digest: str = field(init=False)
    _judges: dict[type[Operation], Judge] = field(init=False, repr=False)
    """The compiled families, each from its first use on: of many agents, few judge anything."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "canonical", _canonical(self.name, self.grant))
        data = self.canonical.encode("ascii")
        object.__setattr__(self, "digest", "sha256:" + hashlib.sha256(data).hexdigest())
        object.__setattr__(self, "_judges", {})

    def constraints_json(self) -> dict[str, Any]:
        """Return every constraint by name: lists of entries, limits as text; empty without a grant."""
        if self.grant is None:
            return {}
        lists = {name: list(listing.texts) for name, listing in self.grant.lists.items()}
        return dict(sorted({**lists, **self.grant.limits}.items()))

    def judge(self, program: Program, context: Context = _NOTHING_KNOWN) -> Verdict:
        """Return the verdict on `program`: one ruling per operation, and a violation for every gap.

        Pure and total: the same program and context give the same verdict anywhere, and no operation raises.
        """
        general = [_gap(gap) for gap in program.gaps]
        if self.grant is None:
            general.insert(0, self._ungranted())
        return Verdict(
            source=program.source,
            agent=self.name,
            program=program,
            rulings=tuple(self._rule(index, operation) for index, operation in enumerate(program.operations)),
            violations=tuple(general),
            limits=self.limits,
            policy_digest=self.digest,
            policy_text=self.canonical,
            constraints=self.constraints_json(),
            context=context,
        )

    def _rule(self, index: int, operation: Operation) -> Ruling:
        if self.grant is None:
            return Ruling(index)
        finding = self._judge(self.grant, type(operation))(operation)
        violations = tuple(self._violation(index, operation, breach) for breach in finding.breaches)
        return Ruling(index, finding.evidence, violations, opinions=finding.opinions)

    def _judge(self, grant: Grant, kind: type[Operation]) -> Judge:
        judge = self._judges.get(kind)
        if judge is None:
            family = _BY_OPERATION.get(kind)
            judge = family.compile(Given(grant.clause, grant.lists)) if family else _nothing_judges(grant)
            self._judges[kind] = judge
        return judge

    def _violation(self, index: int, operation: Operation, breach: Breach) -> Violation:
        return Violation(
            constraint=breach.constraint,
            message=f"agent `{clipped(self.name)}` may not {breach.act}: {breach.why}",
            operation=index,
            location=operation.location,
            clause=breach.clause,
            help=breach.help,
        )

    def _ungranted(self) -> Violation:
        return Violation(
            constraint=CODE_EXECUTION,
            message=f'agent `{clipped(self.name)}` may not run code: it has no `can "{CODE_EXECUTION}"`',
            clause=self.clause,
            help=f'to permit it, add `can "{CODE_EXECUTION}" with constraints {{ ... }}` to the agent',
        )


def _nothing_judges(grant: Grant) -> Judge:
    def judge(operation: Operation) -> Finding:
        why = "no constraint judges this type of operation"
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


def _canonical(name: str, grant: Grant | None) -> str:
    lines = [f"agent {quoted(name)} {{"]
    if grant is not None:
        constraints = {
            **{
                name: "[" + ", ".join(map(quoted, listing.texts)) + "]"
                for name, listing in grant.lists.items()
            },
            **grant.limits,
        }
        lines.append(f'  can "{CODE_EXECUTION}" with constraints {{')
        lines += (f"    {name}: {value}" for name, value in sorted(constraints.items()))
        lines.append("  }")
    return "\n".join([*lines, "}", ""])
