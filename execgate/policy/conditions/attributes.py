"""What conditions can read: one table, from which the types, the evaluation and the reference are made."""

from __future__ import annotations

import enum
import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, timezone
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NamedTuple

from execgate.model import operation as ops
from execgate.model.context import SCOPES, Context, Tally
from execgate.model.money import Money
from execgate.model.operation import OPERATION_TYPES, Operation
from execgate.model.values import Unknown
from execgate.model.vocabulary import ANY_PAYMENT, PAYMENT_OPERATIONS, STILL_OPERATIONS
from execgate.policy.conditions import values
from execgate.policy.conditions.values import Domain, Missing, Texts
from execgate.policy.constraints import databases, files
from execgate.policy.problems import clipped


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


NOTHING = Tally()
"""What a payment operation costs that moves no money: nothing, in every currency."""


class Facts(NamedTuple):
    """What a condition is asked about: an operation, and all that is known around it."""

    operation: Operation
    context: Context
    agent: str
    ratio: Callable[[], Decimal | Fraction | None] = lambda: None
    """The share of the budget that is used up, as the limits have it; None where it can't be said."""


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


def _absent(name: str) -> Missing:
    return Missing(f"the operation has no `{name}`", f"ask first: `has {name} and ...`", absent=True)


def _untold(name: str, example: str, argument: str) -> Missing:
    return Missing(
        f"`{name}` is not known",
        f"pass it: `--context {example}`, or `Context({argument})`",
        absent=True,
    )


def _text_field(name: str, domain: Domain) -> Callable[[Facts], Any]:
    absent = _absent(name)

    def read(facts: Facts) -> Texts | Missing:
        value = getattr(facts.operation, name, None)
        return absent if value is None else Texts(domain, (value,))

    return read


def _list_field(name: str, domain: Domain) -> Callable[[Facts], Any]:
    absent = _absent(name)

    def read(facts: Facts) -> Texts | Missing:
        items = getattr(facts.operation, name, None)
        if items:
            return Texts(domain, items)
        return (
            absent if items is None else Missing(f"the call names no {name}", f"name the {name} by constants")
        )

    return read


def _truth_field(name: str) -> Callable[[Facts], Any]:
    absent = _absent(name)

    def read(facts: Facts) -> bool | Missing:
        value = getattr(facts.operation, name, None)
        return absent if value is None else bool(value)

    return read


_EVERY_INTERFACE = "0.0.0.0"  # noqa: S104 - a name for what listens everywhere, nothing is bound


def _paths(facts: Facts) -> Texts | Missing:
    operation = facts.operation
    if isinstance(operation, ops.FileOperation):
        if not operation.paths:
            return Missing("the call names no path", "make the path a constant")
        done = operation.operation
        below = operation.recursive or not isinstance(done, str) or done in files.WHOLE_TREE
        return Texts(values.PATHS, operation.paths, below)
    if isinstance(operation, ops.Deserialization) and operation.paths:
        return Texts(values.PATHS, operation.paths)
    return _absent("paths")


def _names(facts: Facts) -> Texts | Missing:
    operation = facts.operation
    if not isinstance(operation, ops.EnvironmentAccess):
        return _absent("names")
    if operation.operation == "list":
        return Texts(values.ALL_VARIABLES, (*operation.names, ""))
    if not operation.names:
        return Missing("the call names no variable", "name the variable by a constant")
    return Texts(values.VARIABLES, operation.names)


def _destination(facts: Facts) -> Texts | Missing:
    operation = facts.operation
    destination = getattr(operation, "destination", None)
    if isinstance(operation, ops.NetworkCall):
        if not destination and operation.method == "listen":
            destination = _EVERY_INTERFACE
        return Texts(values.HOSTS, (destination,)) if destination else _absent("destination")
    if destination is None:
        return _absent("destination")
    file = operation.via.partition(".")[0] in databases.FILE_LIBRARIES
    return Texts(values.FILE_DATABASES if file else values.DATABASES, (destination,))


def _programs(facts: Facts) -> Texts | Missing:
    programs = getattr(facts.operation, "programs", None)
    if programs is None:
        return _absent("programs")
    return Texts(values.PROGRAMS, programs) if programs else Missing("no program could be named")


def _tables(facts: Facts) -> Texts | Missing:
    operation = facts.operation
    if not isinstance(operation, ops.DatabaseOperation):
        return _absent("tables")
    if operation.tables:
        return Texts(values.TABLES, operation.tables)
    surely_none = isinstance(operation.operation, str) and operation.operation != "execute"
    return Missing("the statement names no table", absent=surely_none)


def _port(facts: Facts) -> Any:
    port = getattr(facts.operation, "port", None)
    if port is None:
        return _absent("port")
    return Missing(f"`port`: {port.why}") if isinstance(port, Unknown) else port


def _operation(facts: Facts) -> Texts | Missing:
    done = getattr(facts.operation, "operation", None)
    if done is None:
        return _absent("operation")
    if isinstance(facts.operation, ops.PaymentCall) and done == ANY_PAYMENT:
        done = Unknown("it could be any payment operation")
    return Texts(values.PLAIN, (done,))


def _amount(facts: Facts) -> Money | Tally | Missing:
    operation = facts.operation
    if not isinstance(operation, ops.PaymentCall):
        return _absent("amount")
    if operation.amount is None:
        return NOTHING if operation.operation in STILL_OPERATIONS else _absent("amount")
    for name, value in (("amount", operation.amount), ("currency", operation.currency)):
        if not isinstance(value, str):
            why = getattr(value, "why", None) or "it is only known when it runs"
            return Missing(f"`{name}`: {why}" if value is not None else f"the payment names no `{name}`")
    return _money(str(operation.amount), str(operation.currency))


@functools.lru_cache(maxsize=1024)
def _money(amount: str, currency: str) -> Money | Missing:
    try:
        return Money.parse(amount, currency)
    except ValueError as error:
        return Missing(f"`amount`: {error}")


def _cost(facts: Facts) -> Money | Tally | Missing:
    if isinstance(facts.operation, ops.PaymentCall):
        return _amount(facts)
    return facts.context.cost or _UNTOLD["cost"]


def _customer(facts: Facts) -> Texts | Missing:
    pays = isinstance(facts.operation, ops.PaymentCall)
    customer = (
        facts.operation.customer if isinstance(facts.operation, ops.PaymentCall) else facts.context.customer
    )
    if customer is None:
        return _absent("customer") if pays else _UNTOLD["customer"]
    return Texts(values.PLAIN, (customer,))


def _context_text(name: str) -> Callable[[Facts], Any]:
    def read(facts: Facts) -> Texts | Missing:
        value = getattr(facts.context, name)
        return _UNTOLD[name] if value is None else Texts(values.PLAIN, (value,))

    return read


def _context_value(name: str) -> Callable[[Facts], Any]:
    def read(facts: Facts) -> Any:
        value = getattr(facts.context, name)
        return _UNTOLD[name] if value is None else value

    return read


def _time(facts: Facts) -> Any:
    time = facts.context.time
    if time is None:
        return _UNTOLD["time"]
    # A day of the first and of the last year may be none in another zone.
    if time.year in {MINYEAR, MAXYEAR}:
        return Missing("`time` is out of range")
    return time.astimezone(timezone.utc)


def _ratio(facts: Facts) -> Any:
    given = facts.context.budget_ratio
    ratio = facts.ratio() if given is None else given
    return _UNTOLD["budget_ratio"] if ratio is None else ratio


def _spent(scope: str) -> Callable[[Facts], Any]:
    def read(facts: Facts) -> Any:
        return facts.context.spent.get(scope) or _UNTOLD[f"spent.{scope}"]

    return read


_UNTOLD = {
    name: _untold(name, example, argument)
    for name, example, argument in (
        ("suggester", "suggester=analyst", 'suggester="analyst"'),
        ("group", "group=research", 'group="research"'),
        ("turn", "turn=3", "turn=3"),
        ("phase", "phase=COMMIT", 'phase="COMMIT"'),
        ("time", "time=2026-03-02T09:00:00+01:00", "time=datetime.now(timezone.utc)"),
        ("cost", '"cost=0.45 USD"', 'cost=Money.parse("0.45", "USD")'),
        ("customer", "customer=cus_1", 'customer="cus_1"'),
        ("budget_ratio", "budget_ratio=0.5", 'budget_ratio=Decimal("0.5")'),
        ("spend_velocity", "spend_velocity=2", "spend_velocity=2"),
        *(
            (f"spent.{scope}", f'"spent.{scope}=9.50 USD"', f'spent={{"{scope}": Tally(...)}}')
            for scope in SCOPES
        ),
    )
}


@functools.lru_cache(maxsize=128)
def _arguments(text: str) -> Any:
    """Return the arguments of a tool call, numbers exactly; None where they can't be read."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None


def argument(path: tuple[str, ...]) -> Attribute:
    """Return the attribute `args.<path>`, an argument of a tool call or a part of one."""
    name = ".".join(("args", *path))
    absent = _absent(name)

    def read(facts: Facts) -> Any:
        if not isinstance(facts.operation, ops.ToolCall):
            return absent
        value = _arguments(facts.operation.arguments_json)
        if value is None:
            return Missing(f"`{name}`: the arguments can't be read")
        for part in path:
            value = value.get(part) if isinstance(value, dict) else None
        return absent if value is None else loose(name, value)

    return Attribute(name, Kind.ANY, Origin.FIELD, read, "", (ops.ToolCall,), (values.PLAIN,))


class Loose(NamedTuple):
    """A value whose type is only known when it is asked: texts, numbers or truths, one or of a list."""

    items: tuple[tuple[str, Any], ...]


def loose(name: str, value: Any) -> Loose | Missing:
    """Return a JSON value as a condition compares it: one or a flat list of texts, numbers and truths."""
    found: list[tuple[str, Any]] = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str):
            found.append(("text", item))
        elif isinstance(item, bool):
            found.append(("truth", item))
        elif values.number(item) is not None:
            found.append(("number", item))
        else:
            return Missing(f"`{clipped(name)}` is no text, number or truth")
    return Loose(tuple(found))


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
        _text_field(name, domain),
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


def _type(facts: Facts) -> Texts:
    return Texts(values.PLAIN, (facts.operation.type,))


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
        _type,
        "the type of the operation",
        domains=(values.PLAIN,),
        words={kind: (kind.type,) for kind in OPERATION_TYPES},
    ),
    _field("via", "the qualified name that does it, such as `pandas.read_csv`", *OPERATION_TYPES),
    Attribute(
        "resolved",
        Kind.TRUTH,
        Origin.FIELD,
        _truth_field("resolved"),
        "whether every argument that a policy would judge is known before running",
    ),
    _field("module", "the full dotted name of the module", ops.ModuleImport, domain=values.MODULES),
    Attribute(
        "operation",
        Kind.TEXT,
        Origin.FIELD,
        _operation,
        "what is done",
        _WITH_OPERATION,
        (values.PLAIN,),
        {**_kinds(*_WITH_OPERATION), ops.PaymentCall: PAYMENT_OPERATIONS},
    ),
    _several(
        "paths",
        "the paths, resolved",
        _paths,
        ops.FileOperation,
        ops.Deserialization,
        domains=(values.PATHS,),
    ),
    Attribute(
        "recursive",
        Kind.TRUTH,
        Origin.FIELD,
        _truth_field("recursive"),
        "whether it is surely done to all below the paths",
        (ops.FileOperation,),
    ),
    Attribute(
        "destination",
        Kind.TEXT,
        Origin.FIELD,
        _destination,
        "the host; of a database its host or path",
        (ops.NetworkCall, ops.DatabaseOperation),
        (values.HOSTS, values.DATABASES, values.FILE_DATABASES),
    ),
    Attribute(
        "port", Kind.NUMBER, Origin.FIELD, _port, "the port, where the code names one", (ops.NetworkCall,)
    ),
    _field("scheme", "the scheme, in any case", ops.NetworkCall, domain=values.FOLDED),
    _field(
        "method",
        "the method of HTTP, or `connect`, `listen`, `resolve`, `send`; in any case",
        ops.NetworkCall,
        domain=values.FOLDED,
    ),
    _several(
        "programs", "every program that is started", _programs, ops.ProcessSpawn, domains=(values.PROGRAMS,)
    ),
    Attribute(
        "shell",
        Kind.TRUTH,
        Origin.FIELD,
        _truth_field("shell"),
        "whether a shell reads the text",
        (ops.ProcessSpawn,),
    ),
    _several(
        "names",
        "the environment variables; to list them names all",
        _names,
        ops.EnvironmentAccess,
        domains=(values.VARIABLES, values.ALL_VARIABLES),
    ),
    _several(
        "tables", "the tables of the statement", _tables, ops.DatabaseOperation, domains=(values.TABLES,)
    ),
    _field("provider", "who is paid through, such as `stripe`", ops.PaymentCall),
    Attribute(
        "amount", Kind.MONEY, Origin.FIELD, _amount, "amount and currency of the payment", (ops.PaymentCall,)
    ),
    _field("currency", "the currency of the payment, in any case", ops.PaymentCall, domain=values.FOLDED),
    _field("recipient", "who is paid", ops.PaymentCall),
    _field("kind", "what kind it is", ops.DynamicCode, ops.NativeCode, ops.SystemAccess, words=True),
    _field("format", "the format that is loaded", ops.Deserialization, words=True),
    _several(
        "packages",
        "the packages that are installed",
        _list_field("packages", values.PACKAGES),
        ops.PackageInstall,
        domains=(values.PACKAGES,),
    ),
    _field("library", "the library that is called into", ops.OpaqueCall, domain=values.MODULES),
    _field("tool", "the name of the tool", ops.ToolCall),
    _field("stage", "whether the tool is proposed or executed", ops.ToolCall, words=True),
)


def _agent(facts: Facts) -> Texts:
    return Texts(values.PLAIN, (facts.agent,))


def _beside(
    name: str, kind: Kind, origin: Origin, documentation: str, read: Callable[[Facts], Any] | None = None
) -> Attribute:
    texts = kind is Kind.TEXT
    reader = read or (_context_text(name) if texts else _context_value(name))
    return Attribute(name, kind, origin, reader, documentation, domains=(values.PLAIN,) if texts else ())


_AROUND = (
    _beside("agent", Kind.TEXT, Origin.CONTEXT, "the agent that executes", _agent),
    _beside("suggester", Kind.TEXT, Origin.CONTEXT, "the agent whose message held the code"),
    _beside("group", Kind.TEXT, Origin.CONTEXT, "the name of the group chat"),
    _beside("turn", Kind.NUMBER, Origin.CONTEXT, "the index of the message in the conversation, from 0"),
    _beside("time", Kind.TIME, Origin.CONTEXT, "when it is decided, for `time in a_window`", _time),
    _beside("phase", Kind.PHASE, Origin.SPENDING, "the phase of the conversation"),
    _beside(
        "cost", Kind.MONEY, Origin.SPENDING, "what the call costs; that of a payment is its amount", _cost
    ),
    _beside(
        "customer", Kind.TEXT, Origin.SPENDING, "whom it concerns; that of a payment is its own", _customer
    ),
    _beside(
        "budget_ratio",
        Kind.RATIO,
        Origin.SPENDING,
        "the share of the budget that is used up: `0.9` is `90%`",
        _ratio,
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
            _spent(scope),
        )
        for scope in SCOPES
    ),
)

ATTRIBUTES: Mapping[str, Attribute] = MappingProxyType({one.name: one for one in (*_FIELDS, *_AROUND)})
"""Every attribute but `args.<name>`, in the order of the reference."""

ARGUMENT = "args"
"""What the arguments of a tool call are called, behind which stands a name."""
