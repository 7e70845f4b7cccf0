"""What conditions can read: one table, from which the types, the evaluation and the reference are made."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from execgate.model import operation as ops
from execgate.model.context import SCOPES
from execgate.model.operation import OPERATION_TYPES, Operation
from execgate.model.vocabulary import PAYMENT_OPERATIONS
from execgate.policy.conditions import facts, values
from execgate.policy.conditions.facts import Facts
from execgate.policy.conditions.values import Domain, Missing


class Kind(enum.Enum):
    """The types of attributes and of what they are compared with, as messages name them."""

    TEXT = "a text"
    NUMBER = "a number"
    COUNT = "a number of payments"
    RATIO = "a ratio"
    MONEY = "an amount of money"
    TALLY = "what was spent"
    TRUTH = "true or false"
    TIME = "a time"
    PHASE = "a phase"
    ANY = "a value of any type"


class Origin(enum.Enum):
    """Where an attribute comes from, which says what a rule without `on` judges."""

    FIELD = "operation"
    SPENDING = "spending"
    CONTEXT = "context"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: `read` gives its value, or what is missing; `documentation` is a line of the reference.

    `operations` are the types that have it, for a FIELD; every rule can read the others.  `words` are all
    that a text can be, where it can't be any.  `many` says that it has several texts at once.
    """

    name: str
    kind: Kind
    origin: Origin
    read: Callable[[Facts], Any]
    documentation: str
    operations: tuple[type[Operation], ...] = OPERATION_TYPES
    domains: tuple[Domain, ...] = ()
    words: Mapping[type[Operation], tuple[str, ...]] | None = None
    many: bool = False


def argument(path: tuple[str, ...]) -> Attribute:
    """Return the attribute `args.<path>`, an argument of a tool call or a part of one."""
    name = ".".join(("args", *path))
    none = facts.absent(name)

    def read(asked: Facts) -> Any:
        if not isinstance(asked.operation, ops.ToolCall):
            return none
        value = facts.arguments(asked.operation.arguments_json)
        if value is None:
            return Missing(f"`{name}`: the arguments can't be read")
        for part in path:
            value = value.get(part) if isinstance(value, dict) else None
        return none if value is None else facts.loose(name, value)

    return Attribute(name, Kind.ANY, Origin.FIELD, read, "", (ops.ToolCall,), (values.PLAIN,))


def _kinds(*types: type[Operation]) -> Mapping[type[Operation], tuple[str, ...]]:
    return {kind: kind.word[1] for kind in types if kind.word is not None}


def _field(
    name: str,
    documentation: str,
    *types: type[Operation],
    domain: Domain = values.PLAIN,
    words: bool = False,
) -> Attribute:
    return Attribute(
        name,
        Kind.TEXT,
        Origin.FIELD,
        facts.text_field(name, domain),
        documentation,
        types,
        (domain,),
        _kinds(*types) if words else None,
    )


def _several(
    name: str,
    documentation: str,
    read: Callable[[Facts], Any],
    *types: type[Operation],
    domains: tuple[Domain, ...],
) -> Attribute:
    return Attribute(name, Kind.TEXT, Origin.FIELD, read, documentation, types, domains, many=True)


_WITH_OPERATION = (
    ops.FileOperation,
    ops.EnvironmentAccess,
    ops.DatabaseOperation,
    ops.PaymentCall,
    ops.ProcessControl,
)

_FIELDS = (
    Attribute(
        "type",
        Kind.TEXT,
        Origin.FIELD,
        facts.type_of,
        "the type of the operation",
        domains=(values.PLAIN,),
        words={kind: (kind.type,) for kind in OPERATION_TYPES},
    ),
    _field("via", "the qualified name that does it, such as `pandas.read_csv`", *OPERATION_TYPES),
    Attribute(
        "resolved",
        Kind.TRUTH,
        Origin.FIELD,
        facts.truth_field("resolved"),
        "whether every argument that a policy would judge is known before running",
    ),
    _field("module", "the full dotted name of the module", ops.ModuleImport, domain=values.MODULES),
    Attribute(
        "operation",
        Kind.TEXT,
        Origin.FIELD,
        facts.done,
        "what is done",
        _WITH_OPERATION,
        (values.PLAIN,),
        {**_kinds(*_WITH_OPERATION), ops.PaymentCall: PAYMENT_OPERATIONS},
    ),
    _several(
        "paths",
        "the paths, resolved",
        facts.paths,
        ops.FileOperation,
        ops.Deserialization,
        domains=(values.PATHS,),
    ),
    Attribute(
        "recursive",
        Kind.TRUTH,
        Origin.FIELD,
        facts.truth_field("recursive"),
        "whether it is surely done to all below the paths",
        (ops.FileOperation,),
    ),
    Attribute(
        "destination",
        Kind.TEXT,
        Origin.FIELD,
        facts.destination,
        "the host; of a database its host or path",
        (ops.NetworkCall, ops.DatabaseOperation),
        (values.HOSTS, values.DATABASES, values.FILE_DATABASES),
    ),
    Attribute(
        "port",
        Kind.NUMBER,
        Origin.FIELD,
        facts.port,
        "the port, where the code names one",
        (ops.NetworkCall,),
    ),
    _field("scheme", "the scheme, in any case", ops.NetworkCall, domain=values.FOLDED),
    _field(
        "method",
        "the method of HTTP, or `connect`, `listen`, `resolve`, `send`; in any case",
        ops.NetworkCall,
        domain=values.FOLDED,
    ),
    _several(
        "programs",
        "the programs that start",
        facts.programs,
        ops.ProcessSpawn,
        domains=(values.PROGRAMS,),
    ),
    Attribute(
        "shell",
        Kind.TRUTH,
        Origin.FIELD,
        facts.truth_field("shell"),
        "whether a shell reads the text",
        (ops.ProcessSpawn,),
    ),
    _several(
        "names",
        "the environment variables; to list them names all",
        facts.variables,
        ops.EnvironmentAccess,
        domains=(values.VARIABLES, values.ALL_VARIABLES),
    ),
    _several(
        "tables", "the tables of the statement", facts.tables, ops.DatabaseOperation, domains=(values.TABLES,)
    ),
    _field("provider", "who is paid through, such as `stripe`", ops.PaymentCall),
    Attribute(
        "amount",
        Kind.MONEY,
        Origin.FIELD,
        facts.amount,
        "amount and currency of it",
        (ops.PaymentCall,),
    ),
    _field("currency", "the currency of the payment, in any case", ops.PaymentCall, domain=values.FOLDED),
    _field("recipient", "who is paid", ops.PaymentCall),
    _field("kind", "what kind it is", ops.DynamicCode, ops.NativeCode, ops.SystemAccess, words=True),
    _field("format", "the format that is loaded", ops.Deserialization, words=True),
    _several(
        "packages",
        "the packages that are installed",
        facts.list_field("packages", values.PACKAGES),
        ops.PackageInstall,
        domains=(values.PACKAGES,),
    ),
    _field("library", "the library that is called into", ops.OpaqueCall, domain=values.MODULES),
    _field("tool", "the name of the tool", ops.ToolCall),
    _field("stage", "whether the tool is proposed or executed", ops.ToolCall, words=True),
)


def _beside(
    name: str, kind: Kind, origin: Origin, documentation: str, read: Callable[[Facts], Any] | None = None
) -> Attribute:
    texts = kind is Kind.TEXT
    reader = read or (facts.context_text(name) if texts else facts.context_value(name))
    return Attribute(name, kind, origin, reader, documentation, domains=(values.PLAIN,) if texts else ())


_AROUND = (
    _beside("agent", Kind.TEXT, Origin.CONTEXT, "the agent that executes", facts.agent),
    _beside("suggester", Kind.TEXT, Origin.CONTEXT, "the agent whose message held the code"),
    _beside("group", Kind.TEXT, Origin.CONTEXT, "the name of the group chat"),
    _beside("turn", Kind.NUMBER, Origin.CONTEXT, "the index of the message in the conversation, from 0"),
    _beside("time", Kind.TIME, Origin.CONTEXT, "when it is decided, for `time in a_window`", facts.time),
    _beside("phase", Kind.PHASE, Origin.SPENDING, "the phase of the conversation"),
    _beside(
        "cost",
        Kind.MONEY,
        Origin.SPENDING,
        "what it costs; that of a payment is its amount",
        facts.cost,
    ),
    _beside(
        "customer",
        Kind.TEXT,
        Origin.SPENDING,
        "whom it concerns; of a payment its own",
        facts.customer,
    ),
    _beside(
        "budget_ratio",
        Kind.RATIO,
        Origin.SPENDING,
        "the share of the budget that is used up: `0.9` is `90%`",
        facts.ratio,
    ),
    _beside(
        "spend_velocity", Kind.COUNT, Origin.SPENDING, "payments in the last 60 seconds, without this one"
    ),
    *(
        _beside(
            f"spent.{scope}",
            Kind.TALLY,
            Origin.SPENDING,
            f"what was spent before per {scope}: in the currency it is compared with, or as `20_payments`",
            facts.spent(scope),
        )
        for scope in SCOPES
    ),
)

ATTRIBUTES: Mapping[str, Attribute] = MappingProxyType({one.name: one for one in (*_FIELDS, *_AROUND)})
"""Every attribute but `args.<name>`, in the order of the reference."""

ARGUMENT = "args"
"""What the arguments of a tool call are called, behind which stands a name."""
