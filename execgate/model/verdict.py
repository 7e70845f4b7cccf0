"""Verdicts, and the authorization that only an allowed one can give."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from execgate.errors import AuthorizationError
from execgate.model.confines import Confines
from execgate.model.context import Context
from execgate.model.limits import Limits
from execgate.model.program import Program
from execgate.model.source import Source, Span


class Decision(str, enum.Enum):
    """What is decided; DENY before ESCALATE before ALLOW."""

    ALLOW = "ALLOW"
    DENY = "DENY"
    ESCALATE = "ESCALATE"


class Reason(str, enum.Enum):
    """The family of a denial, so that a defect of the gate is never mistaken for a breach of policy."""

    POLICY = "policy"
    """A clause, or the lack of one, forbids the operation."""
    ANALYSIS = "analysis"
    """The code, or a part of it, could not be understood."""
    SYSTEM = "system"
    """The gate could not judge: no policy for the agent, or an error of its own."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A place in a policy: `text` is the whole first line that `span` covers, for showing."""

    file: str
    span: Span
    text: str

    def to_json(self) -> dict[str, Any]:
        """Return file, place and text."""
        return {"file": self.file, "location": self.span.to_json(), "text": self.text.strip()}


class Says(str, enum.Enum):
    """What a clause says of an operation that it looked at."""

    PERMITS = "permits"
    FORBIDS = "forbids"
    OVERRULED = "overruled"
    """It would forbid, or permit, and a more specific clause decides otherwise."""
    SILENT = "silent"
    """It does not cover the operation, and something else has to permit it."""
    ESCALATES = "escalates"
    WARNS = "warns"
    UNDECIDED = "undecided"
    """What it needs to know is not known; that denies."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one clause that looked at an operation says of it.

    `constraint` is its name (`allowed_hosts`, `rule block_explore_payments`, `code_execution` for the grant
    itself); `entry` the entry of a list in canonical form, None where it is the list, the limit or the rule
    as a whole; `clause` its place.
    """

    constraint: str
    says: Says
    clause: Clause
    entry: str | None = None
    why: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the opinion as `policy explain` prints it."""
        return {
            "constraint": self.constraint,
            "says": self.says.value,
            "entry": self.entry,
            "why": self.why,
            "policy": self.clause.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Warning:  # noqa: A001 - the word that policies use
    """What an author asked to be told of, and lets pass; `operation` and `location` as in a Violation."""

    constraint: str
    message: str
    operation: int | None = None
    location: Span | None = None
    clause: Clause | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the warning as the JSON document and the receipts hold it."""
        return {
            "constraint": self.constraint,
            "message": self.message,
            "operation": self.operation,
            "location": self.location.to_json() if self.location else None,
            "policy": self.clause.to_json() if self.clause else None,
        }


@dataclass(frozen=True, slots=True)
class Violation:
    """One reason why the code may not run.

    `operation` is the index into the program's operations, None where no operation is to blame; `location`
    is in the code, `clause` in the policy; `help` is the change that would permit it.
    """

    constraint: str
    message: str
    reason: Reason = Reason.POLICY
    operation: int | None = None
    location: Span | None = None
    clause: Clause | None = None
    help: str | None = None
    escalates: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the violation as the JSON document and the receipts hold it."""
        return {
            "constraint": self.constraint,
            "message": self.message,
            "reason": self.reason.value,
            "operation": self.operation,
            "location": self.location.to_json() if self.location else None,
            "policy": self.clause.to_json() if self.clause else None,
            "help": self.help,
            "escalates": self.escalates,
        }


@dataclass(frozen=True, slots=True)
class Override:
    """Where an agent's policy is wider than what it extends, and why its author says so.

    `constraint` is its name, the capability's for a whole grant, `rule NAME` for a rule; `base` the agent
    that it is inherited from.
    """

    constraint: str
    reason: str
    clause: Clause
    base: str

    def to_json(self) -> dict[str, Any]:
        """Return the override as the JSON document and the receipts hold it."""
        return {
            "constraint": self.constraint,
            "reason": self.reason,
            "base": self.base,
            "policy": self.clause.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the policy says of one operation.

    `evidence` are the clauses that permit it; `violations` why it is not permitted.  An operation is
    permitted where there is no violation *and* some evidence, be it the grant of `code_execution` itself.
    `opinions` are what every clause that looked at it says.
    """

    operation: int
    evidence: tuple[Clause, ...] = ()
    violations: tuple[Violation, ...] = ()
    warnings: tuple[Warning, ...] = ()
    opinions: tuple[Opinion, ...] = field(default=(), compare=False, repr=False)

    @property
    def permitted(self) -> bool:
        """Whether something allows the operation and nothing forbids it."""
        return bool(self.evidence) and not self.violations

    @property
    def decision(self) -> Decision:
        """What is decided of the operation, taken by itself."""
        if self.permitted:
            return Decision.ALLOW
        escalated = bool(self.violations) and all(violation.escalates for violation in self.violations)
        return Decision.ESCALATE if escalated else Decision.DENY


@dataclass(frozen=True, slots=True)
class Verdict:
    """One ruling per operation, and what follows from them.

    `program` is None where the source could not be analysed; `violations` holds those of no single
    operation (gaps, a missing grant, an error) and is followed by those of the rulings in `all_violations`.
    """

    source: Source
    agent: str
    program: Program | None = None
    rulings: tuple[Ruling, ...] = ()
    violations: tuple[Violation, ...] = ()
    limits: Limits = field(default_factory=Limits)
    confines: Confines = field(default_factory=Confines)
    policy_digest: str | None = None
    """`sha256:` and the hex digest of the agent's policy in canonical form; None without one."""
    policy_text: str | None = None
    """The agent's policy in canonical form, which `policy_digest` is of: enough to judge again later."""
    policy_block: str | None = None
    """The name or the pattern that the policy stands under; None without one."""
    policy_version: str | None = None
    """What the policy's author calls this version of it."""
    policy_description: str | None = None
    """What its author says that the agent is for."""
    suggester_policy_digest: str | None = None
    """The same of the suggester's policy, where the agent's asks for it; None where it does not."""
    suggester_policy_text: str | None = None
    """The suggester's policy in canonical form, which `suggester_policy_digest` is of."""
    overrides: tuple[Override, ...] = ()
    """Where the agent's policy is wider than what it extends."""
    constraints: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """The agent's constraints as receipts record them: JSON values without floats."""
    error: str | None = None
    """Why there was nothing to judge, with line and column where there are any."""
    context: Context | None = None
    """The state that it was decided in; None where no policy was asked."""
    warnings: tuple[Warning, ...] = ()
    """Those of no single operation; `all_warnings` has the rulings' too."""

    @property
    def all_violations(self) -> tuple[Violation, ...]:
        """Every violation, the general ones first, then by operation."""
        return self.violations + tuple(v for ruling in self.rulings for v in ruling.violations)

    @property
    def all_warnings(self) -> tuple[Warning, ...]:
        """Every warning, the general ones first, then by operation."""
        return self.warnings + tuple(w for ruling in self.rulings for w in ruling.warnings)

    @property
    def decision(self) -> Decision:
        """ALLOW takes a program without gaps and evidence for each of its operations."""
        found = self.all_violations
        if any(not violation.escalates for violation in found):
            return Decision.DENY
        program = self.program
        if (
            program is None
            or program.gaps
            or self.error is not None
            or self.policy_digest is None
            or program.source != self.source
            or [ruling.operation for ruling in self.rulings] != list(range(len(program.operations)))
        ):
            return Decision.DENY
        if found:
            return Decision.ESCALATE
        return Decision.ALLOW if all(ruling.permitted for ruling in self.rulings) else Decision.DENY

    @property
    def allowed(self) -> bool:
        """Whether the decision is ALLOW."""
        return self.decision is Decision.ALLOW


_MINT = object()


@dataclass(frozen=True, slots=True)
class Authorization:
    """The right to run one exact text, which only `Authorization.of` can give."""

    verdict: Verdict
    _mint: object = field(repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        if self._mint is not _MINT or not self.verdict.allowed:
            raise AuthorizationError("code runs only on a verdict that allows it")
        if self.verdict.program is None or self.verdict.program.action != "code_execution":
            raise AuthorizationError("the verdict is not about code, so nothing of it can run")

    @classmethod
    def of(cls, verdict: Verdict) -> Authorization:
        """Return the authorization that `verdict` gives; raises AuthorizationError unless it is ALLOW."""
        return cls(verdict, _MINT)

    @property
    def source(self) -> Source:
        """The text that was analysed, which is the text that may run."""
        return self.verdict.source

    @property
    def limits(self) -> Limits:
        """What the run may use."""
        return self.verdict.limits

    @property
    def confines(self) -> Confines:
        """What the kernel lets the run do."""
        return self.verdict.confines
