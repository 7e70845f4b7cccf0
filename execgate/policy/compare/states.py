"""The states and the fields that rules can tell apart, by the constants that their conditions name."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from execgate.model.context import SCOPES, Context, Tally
from execgate.model.money import Money
from execgate.policy.agent import EXECUTOR, INTERSECT, AgentPolicy
from execgate.policy.conditions import literals
from execgate.policy.conditions.attributes import Kind
from execgate.policy.conditions.literals import Literal
from execgate.policy.conditions.rules import Rule
from execgate.policy.conditions.windows import Recurring, Window
from execgate.policy.constraints.quantities import BadLimitError
from execgate.policy.language.syntax import (
    Comparison,
    Condition,
    Junction,
    Negation,
    Presence,
    Reference,
    Scalar,
    Sequence,
)

MOST = 400
"""How many states are tried."""

_MONDAY = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)
_STEP = Decimal("0.01")

Constants = Mapping[str, list[Any]]
"""By the name of an attribute, the texts and the literals that it is compared with."""


def stateful(policy: AgentPolicy) -> bool:
    """Return whether a policy decides by more than its constraints."""
    return (
        bool(policy.rules)
        or policy.settings.delegation != EXECUTOR
        or policy.phases.allowed_payment_phase is not None
    )


def constants(rules: Iterable[Rule]) -> dict[str, list[Any]]:
    """Return what every attribute that some rules read is compared with."""
    found: dict[str, list[Any]] = {}
    for rule in rules:
        for attribute in rule.condition.attributes:
            found.setdefault(attribute.name, [])
        for name, value in _compared(rule.condition.tree):
            if value not in found.setdefault(name, []):
                found[name].append(value)
    return found


def _compared(tree: Condition) -> Iterator[tuple[str, Any]]:
    if isinstance(tree, Junction):
        for operand in tree.operands:
            yield from _compared(operand)
    elif isinstance(tree, Negation):
        yield from _compared(tree.operand)
    elif isinstance(tree, Comparison):
        for one, other in ((tree.left, tree.right), (tree.right, tree.left)):
            if isinstance(one, Reference):
                yield from ((".".join(one.path), value) for value in _values(other))
    elif isinstance(tree, Presence):
        yield ".".join(tree.reference.path), ""


def _values(tree: Condition) -> Iterator[Any]:
    if isinstance(tree, Scalar):
        if tree.kind != "NUMBER":
            yield tree.text
            return
        try:
            yield literals.read(tree.text)
        except BadLimitError:
            return
    elif isinstance(tree, Sequence):
        for item in tree.items:
            yield from _values(item)
    elif isinstance(tree, Reference):
        # A phase is a bare word.
        yield tree.path[-1]


def contexts(base: Context, policies: Iterable[AgentPolicy], agent: str) -> Iterator[Context]:
    """Yield the state `base`, and those that the rules of some policies tell apart from it, MOST at most."""
    policies = tuple(policies)
    named = constants(rule for policy in policies for rule in policy.rules.rules)
    choices: dict[str, list[Any]] = {}
    if any(policy.phases.allowed_payment_phase is not None for policy in policies) or "phase" in named:
        names = (name for policy in policies for name in policy.phases.names)
        choices["phase"] = list(dict.fromkeys((*_texts(named.get("phase", ())), *names)))
    for name in ("suggester", "group", "customer"):
        if name in named:
            choices[name] = list(dict.fromkeys((*_texts(named[name]), agent, "x")))
    if any(policy.settings.delegation == INTERSECT for policy in policies):
        choices.setdefault("suggester", []).insert(0, agent)
    for name in ("turn", "spend_velocity"):
        if name in named:
            choices[name] = sorted({0, *(int(at) for at in _beside(named[name], Decimal(1)))})
    if "budget_ratio" in named:
        choices["budget_ratio"] = sorted({Decimal(0), *_beside(named["budget_ratio"], _STEP)})
    if "cost" in named and base.cost is None:
        choices["cost"] = [Money(_STEP, "USD"), *_around(named["cost"])]
    if "time" in named:
        choices["time"] = list(_times(policies))
    for scope in SCOPES:
        if f"spent.{scope}" in named:
            choices[f"spent.{scope}"] = list(_tallies(named[f"spent.{scope}"]))
    yield base
    yield from itertools.islice(_product(base, choices), MOST)


def _product(base: Context, choices: Mapping[str, list[Any]]) -> Iterator[Context]:
    for chosen in itertools.product(*choices.values()):
        fields: dict[str, Any] = {}
        spent = dict(base.spent)
        for name, value in zip(choices, chosen, strict=True):
            if name.startswith("spent."):
                spent[name.removeprefix("spent.")] = value
            else:
                fields[name] = value
        yield replace(base, **fields, spent=spent)


def _texts(values: Iterable[Any]) -> list[str]:
    return [value.replace("*", "x") for value in values if isinstance(value, str) and value]


def _beside(values: Iterable[Any], step: Decimal) -> Iterator[Decimal]:
    """Yield numbers from zero on, and those beside them."""
    for value in values:
        if isinstance(value, Literal) and value.kind is not Kind.MONEY:
            yield from (at for at in (value.value - step, value.value, value.value + step) if at >= 0)


def _around(values: Iterable[Any]) -> list[Money]:
    """Return amounts, and those a little below and above."""
    return [
        Money(amount, value.value.currency)
        for value in values
        if isinstance(value, Literal) and value.kind is Kind.MONEY
        for amount in (value.value.amount, value.value.amount + _STEP, value.value.amount - _STEP)
        if amount >= 0
    ]


def _tallies(values: Iterable[Any]) -> Iterator[Tally]:
    values = list(values)
    yield Tally()
    for money in _around(values):
        yield Tally((money,), 0)
    for count in _beside(values, Decimal(1)):
        yield Tally((), int(count))


def _times(policies: Iterable[AgentPolicy]) -> Iterator[datetime]:
    """Yield a time for each set of windows that can hold at once, as far as their own bounds tell."""
    rules = (rule for policy in policies for rule in policy.rules.rules)
    windows = list({window.canonical: window for rule in rules for window in rule.condition.windows}.values())
    seen = set()
    for time in itertools.chain((_MONDAY,), *map(_bounds, windows)):
        holding = tuple(window.holds(time) for window in windows)
        if holding not in seen:
            seen.add(holding)
            yield time


def _bounds(window: Window) -> Iterator[datetime]:
    """Yield the instants at which a window begins and ends, and those just before."""
    span = window.span
    if not isinstance(span, Recurring):
        for moment in (span.start, span.end):
            yield from (moment, moment - timedelta(minutes=1))
        return
    for day in range(7):
        midnight = datetime(2026, 3, 2 + day, tzinfo=span.zone)
        for hours in span.hours:
            for seconds in (hours.start_s, hours.end_s):
                moment = midnight + timedelta(seconds=seconds)
                yield from (moment, moment - timedelta(minutes=1))


def variants(fields: Mapping[str, Any], named: Constants) -> Iterator[dict[str, Any]]:
    """Yield the fields of an operation as they are, and with the constants that rules name in their place."""
    yield dict(fields)
    for name, values in named.items():
        if name.startswith("args."):
            for value in values:
                yield {**fields, "arguments_json": _arguments(name.split(".")[1:], value)}
        elif name in {"amount", "cost"}:
            for money in _around(values) if "amount" in fields else ():
                yield {**fields, "amount": str(money), "currency": money.currency}
        elif name in fields:
            for value in values:
                put = _put(fields[name], value)
                if put is not None:
                    yield {**fields, name: put}


def _put(was: Any, value: Any) -> Any:
    """Return a constant as a field like `was` holds it, None where it can't."""
    if isinstance(value, Literal):
        return int(value.value) if was is None or isinstance(was, int) else None
    text = value.replace("**", "x").replace("*", "x")
    if not text:
        return None
    return (text,) if isinstance(was, tuple) else text if was is None or isinstance(was, str) else None


def _arguments(path: list[str], value: Any) -> str:
    """Return the arguments of a tool as one JSON object that holds a value at a path."""
    inner: Any = value.replace("*", "x") if isinstance(value, str) else int(value.value)
    for part in reversed(path):
        inner = {part: inner}
    return json.dumps(inner, sort_keys=True, separators=(",", ":"))
