"""The entries that would cover what an operation does, the narrowest first."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from execgate.model.context import Context
from execgate.model.operation import (
    DatabaseOperation,
    FileOperation,
    NetworkCall,
    Operation,
    PaymentCall,
    ToolCall,
)
from execgate.model.values import Template, Text
from execgate.policy.constraints import UNLIMITED, LimitConstraint, ListConstraint
from execgate.policy.constraints.packages import normalised
from execgate.policy.constraints.quantities import PERCENT
from execgate.policy.matching import paths
from execgate.policy.matching.pairs import BadEntryError, UnresolvableError, known
from execgate.policy.matching.patterns import DEEP

EVERY_INTERFACE = "0.0.0.0"  # noqa: S104 - a name for what listens everywhere, nothing is bound


def entries(constraint: ListConstraint, operation: Operation) -> list[str]:
    """Return entries of a list that may cover the operation, or a part of it, `*` last.

    Each can stand in the list; whether it is enough, only a verdict tells.
    """
    found = _READERS[constraint.name.partition("_")[2]]
    return [text for text in dict.fromkeys((*found(operation), "*")) if _stands(text, constraint)]


def _stands(text: str, constraint: ListConstraint) -> bool:
    try:
        return bool(constraint.read(text, constraint.denies))
    except BadEntryError:
        return False


def _of(field: str) -> Callable[[Any], Iterator[str]]:
    """Return a reader of one field, or of every element of it."""

    def read(operation: Operation) -> Iterator[str]:
        value = getattr(operation, field, None)
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, (str, Template)):
                yield str(one)

    return read


def _modules(operation: Operation) -> Iterator[str]:
    for name in _of("module")(operation):
        # What a hole can hold may have dots in it: then only what stands before it is sure to cover it.
        parts = name.split(".")
        for count in range(len(parts), 0, -1):
            yield ".".join(parts[:count])


def _paths(operation: FileOperation) -> Iterator[str]:
    for path in operation.paths:
        place = _place(path)
        if place is None:
            continue
        yield from _above((*place, DEEP) if operation.recursive else place)


def _place(path: Text | None) -> Any:
    if path is None:
        return None
    try:
        return paths.resolve(known(path, "path"))
    except UnresolvableError:
        return None


def _above(place: Any) -> Iterator[str]:
    """Yield the entry for a place, and the one for the folder above what can't be written as an entry."""
    entry = paths.exact(place)
    if entry is not None:
        yield entry
    solid = [item for item in place if isinstance(item, str)]
    if entry is None and len(solid) > 1:
        yield posixpath.join("/", *solid[:-1])


def _hosts(operation: NetworkCall) -> Iterator[str]:
    host = operation.destination or EVERY_INTERFACE
    yield str(host)
    for port in (operation.port, "*"):
        if isinstance(port, (int, str)):
            yield f"{host}:{port}"
            yield f"[{host}]:{port}"


def _programs(operation: Operation) -> Iterator[str]:
    for program in _of("programs")(operation):
        yield program
        yield posixpath.basename(program)


def _names(operation: Operation) -> Iterator[str]:
    yield from _of("names")(operation)


def _databases(operation: DatabaseOperation) -> Iterator[str]:
    yield from _of("destination")(operation)
    place = _place(operation.destination)
    if place is not None:
        yield from _above(place)


def _packages(operation: Operation) -> Iterator[str]:
    for package in _of("packages")(operation):
        yield package
        yield normalised(
            package.partition("=")[0].partition("<")[0].partition(">")[0].partition("[")[0].strip()
        )


def _stage(stage: str) -> Callable[[ToolCall], Iterator[str]]:
    return lambda operation: iter([operation.tool] if operation.stage == stage else [])


_READERS: dict[str, Callable[[Any], Iterator[str]]] = {
    "imports": _modules,
    "file_operations": _of("operation"),
    "file_paths": _paths,
    "hosts": _hosts,
    "commands": _programs,
    "environment": _names,
    "database_operations": _of("operation"),
    "tables": _of("tables"),
    "databases": _databases,
    "dynamic_code": _of("kind"),
    "native_code": _of("kind"),
    "deserialization": _of("format"),
    "packages": _packages,
    "process_control": _of("operation"),
    "system_access": _of("kind"),
    "providers": _of("provider"),
    "payment_operations": _of("operation"),
    "currencies": _of("currency"),
    "recipients": _of("recipient"),
    "customers": _of("customer"),
    "proposed_tools": _stage("propose"),
    "executed_tools": _stage("execute"),
}
"""By noun of an allow list, what reads the operations that it judges."""


def limits(constraint: LimitConstraint, operation: Operation, context: Context) -> list[str]:
    """Return the values of a limit that may let the operation pass, the lowest first."""
    if constraint.quantity is PERCENT:
        return []
    found: list[str] = []
    scope = constraint.name.rpartition("_per_")[2]
    tally = context.spent.get(scope)
    if constraint.name.startswith("max_payments_per_"):
        if tally is not None:
            found.append(f"{tally.payments + 1}_payments")
        return [*found, UNLIMITED]
    cost = _cost(operation, context)
    if cost is not None:
        amount, currency = cost
        if tally is not None:
            amount += tally.amount(currency.upper())
        found.append(f"{amount:f}_{currency.lower()}")
    return [*found, UNLIMITED]


def _cost(operation: Operation, context: Context) -> tuple[Decimal, str] | None:
    if isinstance(operation, PaymentCall):
        amount, currency = operation.amount, operation.currency
        if isinstance(amount, str) and isinstance(currency, str) and _is_amount(amount):
            return Decimal(amount), currency
        return None
    return None if context.cost is None else (context.cost.amount, context.cost.currency)


def _is_amount(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal() and len(text) < 40
