"""What is known when a condition is asked, and how each attribute is read of it."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from datetime import MAXYEAR, MINYEAR, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from execgate.model import operation as ops
from execgate.model.context import SCOPES, Context, Tally
from execgate.model.money import Money
from execgate.model.operation import Operation
from execgate.model.values import Unknown
from execgate.model.vocabulary import ANY_PAYMENT, STILL_OPERATIONS
from execgate.policy.conditions import values
from execgate.policy.conditions.values import Domain, Missing, Texts
from execgate.policy.constraints import databases, files
from execgate.policy.constraints.spending import tally
from execgate.policy.problems import clipped

NOTHING = Tally()
"""What a payment operation costs that moves no money: nothing, in every currency."""


class Facts(NamedTuple):
    """What a condition is asked about: an operation, and all that is known around it."""

    operation: Operation
    context: Context
    agent: str
    ratio: Callable[[], Decimal | Fraction | None] = lambda: None
    """The share of the budget that is used up, as the limits have it; None where it can't be said."""


def absent(name: str) -> Missing:
    """Return what is missing where an operation has no such attribute."""
    return Missing(f"the operation has no `{name}`", f"ask first: `has {name} and ...`", absent=True)


def _untold(name: str, example: str, argument: str) -> Missing:
    return Missing(
        f"`{name}` is not known",
        f"pass it: `--context {example}`, or `Context({argument})`",
        absent=True,
    )


def text_field(name: str, domain: Domain) -> Callable[[Facts], Any]:
    """Return the reader of a field that is one text."""
    none = absent(name)

    def read(facts: Facts) -> Texts | Missing:
        value = getattr(facts.operation, name, None)
        return none if value is None else Texts(domain, (value,))

    return read


def list_field(name: str, domain: Domain) -> Callable[[Facts], Any]:
    """Return the reader of a field that is several texts, of which there has to be one."""
    none = absent(name)

    def read(facts: Facts) -> Texts | Missing:
        items = getattr(facts.operation, name, None)
        if items:
            return Texts(domain, items)
        return (
            none if items is None else Missing(f"the call names no {name}", f"name the {name} by constants")
        )

    return read


def truth_field(name: str) -> Callable[[Facts], Any]:
    """Return the reader of a field that is true or false."""
    none = absent(name)

    def read(facts: Facts) -> bool | Missing:
        value = getattr(facts.operation, name, None)
        return none if value is None else bool(value)

    return read


_EVERY_INTERFACE = "0.0.0.0"  # noqa: S104 - a name for what listens everywhere, nothing is bound


def paths(facts: Facts) -> Texts | Missing:
    """Return the paths, and whether what is done is done to all below them."""
    operation = facts.operation
    if isinstance(operation, ops.FileOperation):
        if not operation.paths:
            return Missing("the call names no path", "make the path a constant")
        done = operation.operation
        below = operation.recursive or not isinstance(done, str) or done in files.WHOLE_TREE
        return Texts(values.PATHS, operation.paths, below)
    if isinstance(operation, ops.Deserialization) and operation.paths:
        return Texts(values.PATHS, operation.paths)
    return absent("paths")


def variables(facts: Facts) -> Texts | Missing:
    """Return the environment variables; to list them is to read all."""
    operation = facts.operation
    if not isinstance(operation, ops.EnvironmentAccess):
        return absent("names")
    if operation.operation == "list":
        return Texts(values.ALL_VARIABLES, (*operation.names, ""))
    if not operation.names:
        return Missing("the call names no variable", "name the variable by a constant")
    return Texts(values.VARIABLES, operation.names)


def destination(facts: Facts) -> Texts | Missing:
    """Return the host, or the database."""
    operation = facts.operation
    destination = getattr(operation, "destination", None)
    if isinstance(operation, ops.NetworkCall):
        if not destination and operation.method == "listen":
            destination = _EVERY_INTERFACE
        return Texts(values.HOSTS, (destination,)) if destination else absent("destination")
    if destination is None:
        return absent("destination")
    file = operation.via.partition(".")[0] in databases.FILE_LIBRARIES
    return Texts(values.FILE_DATABASES if file else values.DATABASES, (destination,))


def programs(facts: Facts) -> Texts | Missing:
    """Return the programs that are started."""
    programs = getattr(facts.operation, "programs", None)
    if programs is None:
        return absent("programs")
    return Texts(values.PROGRAMS, programs) if programs else Missing("no program could be named")


def tables(facts: Facts) -> Texts | Missing:
    """Return the tables that a statement names."""
    operation = facts.operation
    if not isinstance(operation, ops.DatabaseOperation):
        return absent("tables")
    if operation.tables:
        return Texts(values.TABLES, operation.tables)
    surely_none = isinstance(operation.operation, str) and operation.operation != "execute"
    return Missing("the statement names no table", absent=surely_none)


def port(facts: Facts) -> Any:
    """Return the port."""
    port = getattr(facts.operation, "port", None)
    if port is None:
        return absent("port")
    return Missing(f"`port`: {port.why}") if isinstance(port, Unknown) else port


def done(facts: Facts) -> Texts | Missing:
    """Return what is done."""
    done = getattr(facts.operation, "operation", None)
    if done is None:
        return absent("operation")
    if isinstance(facts.operation, ops.PaymentCall) and done == ANY_PAYMENT:
        done = Unknown("it could be any payment operation")
    return Texts(values.PLAIN, (done,))


def amount(facts: Facts) -> Money | Tally | Missing:
    """Return amount and currency of a payment; `NOTHING` where it moves no money."""
    operation = facts.operation
    if not isinstance(operation, ops.PaymentCall):
        return absent("amount")
    if operation.amount is None:
        return NOTHING if operation.operation in STILL_OPERATIONS else absent("amount")
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


def cost(facts: Facts) -> Money | Tally | Missing:
    """Return what the call costs; that of a payment is its amount."""
    if isinstance(facts.operation, ops.PaymentCall):
        return amount(facts)
    return facts.context.cost or _UNTOLD["cost"]


def customer(facts: Facts) -> Texts | Missing:
    """Return whom it concerns; that of a payment is its own."""
    pays = isinstance(facts.operation, ops.PaymentCall)
    customer = (
        facts.operation.customer if isinstance(facts.operation, ops.PaymentCall) else facts.context.customer
    )
    if customer is None:
        return absent("customer") if pays else _UNTOLD["customer"]
    return Texts(values.PLAIN, (customer,))


def context_text(name: str) -> Callable[[Facts], Any]:
    """Return the reader of a text that the caller tells."""

    def read(facts: Facts) -> Texts | Missing:
        value = getattr(facts.context, name)
        return _UNTOLD[name] if value is None else Texts(values.PLAIN, (value,))

    return read


def context_value(name: str) -> Callable[[Facts], Any]:
    """Return the reader of what else the caller tells."""

    def read(facts: Facts) -> Any:
        value = getattr(facts.context, name)
        return _UNTOLD[name] if value is None else value

    return read


def time(facts: Facts) -> Any:
    """Return when it is decided, in UTC."""
    time = facts.context.time
    if time is None:
        return _UNTOLD["time"]
    # A day of the first and of the last year may be none in another zone.
    if time.year in {MINYEAR, MAXYEAR}:
        return Missing("`time` is out of range")
    return time.astimezone(timezone.utc)


def ratio(facts: Facts) -> Any:
    """Return the share of the budget that is used up."""
    given = facts.context.budget_ratio
    ratio = facts.ratio() if given is None else given
    return _UNTOLD["budget_ratio"] if ratio is None else ratio


def spent(scope: str) -> Callable[[Facts], Any]:
    """Return the reader of what was spent in one scope."""

    def read(facts: Facts) -> Any:
        context = facts.context
        pays = isinstance(facts.operation, ops.PaymentCall)
        customer = facts.operation.customer if isinstance(facts.operation, ops.PaymentCall) else None
        told = tally(context, scope, customer) if pays else context.spent.get(scope)
        return _UNTOLD[f"spent.{scope}"] if told is None else told

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
def arguments(text: str) -> Any:
    """Return the arguments of a tool call, numbers exactly; None where they can't be read."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=lambda _: None)
    except (ValueError, ArithmeticError, RecursionError):
        return None  # no JSON, an exponent beyond all numbers, or nested without end


class Loose(NamedTuple):
    """A value whose type is only known when it is asked: texts, numbers or truths, one or of a list."""

    items: tuple[tuple[str, Any], ...]


def loose(name: str, value: Any) -> Loose | Missing:
    """Return a JSON value as a condition compares it: one or a flat list of texts, numbers and truths."""
    if value == []:
        return Missing(
            f"`{clipped(name)}` is an empty list", f"ask first: `has {clipped(name)} and ...`", absent=True
        )
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


def type_of(facts: Facts) -> Texts:
    """Return the type of the operation."""
    return Texts(values.PLAIN, (facts.operation.type,))


def agent(facts: Facts) -> Texts:
    """Return the agent that executes."""
    return Texts(values.PLAIN, (facts.agent,))
