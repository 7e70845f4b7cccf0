"""The states and the fields that rules can tell apart, by the constants that their conditions name."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from execgate.model.context import NO_MONEY, SCOPES, Context, Tally
from execgate.model.money import Money
from execgate.policy.agent import AgentPolicy
from execgate.policy.conditions import literals
from execgate.policy.conditions.attributes import ATTRIBUTES, Kind
from execgate.policy.conditions.literals import Literal
from execgate.policy.conditions.rules import Rule
from execgate.policy.conditions.windows import Recurring, Window
from execgate.policy.grant import EXECUTOR, INTERSECT
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

MOST = 150
"""How many states are tried."""

_MOST_STATES = 5_000
_STATE = frozenset(
    {"suggester", "group", "turn", "phase", "cost", "customer", "budget_ratio", "spend_velocity"}
    | {f"spent.{scope}" for scope in SCOPES}
)

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
        yield literals.read(tree.text)
    elif isinstance(tree, Sequence):
        for item in tree.items:
            yield from _values(item)
    elif isinstance(tree, Reference):
        # A phase is a bare word.
        yield tree.path[-1]


def contexts(base: Context, policies: Iterable[AgentPolicy], agent: str) -> Iterator[Context]:
    """Yield the state `base`, and those that the rules of some policies tell apart from it, MOST at most."""
    policies = tuple(policies)
    rules = [rule for policy in policies for rule in policy.rules.rules]
    choices = _choices(base, policies, rules, agent)
    yield base
    yield from itertools.islice(_product(base, choices), MOST)


def every_state(policies: Iterable[AgentPolicy], rules: Iterable[Rule], agent: str) -> list[Context] | None:
    """Return all states that some rules tell apart, and those in which something is not known.

    None where they can't be told, or are too many: fields of an operation, patterns, calendars.
    """
    rules = list(rules)
    if not all(map(_is_plain, rules)):
        return None
    choices = _choices(Context(), tuple(policies), rules, agent)
    whole = {name: [*values, None] for name, values in choices.items()}
    found = list(itertools.islice(_product(Context(), whole), _MOST_STATES + 1))
    return found if len(found) <= _MOST_STATES else None


def _is_plain(rule: Rule) -> bool:
    """Return whether a rule reads the state alone, and compares it with constants alone."""
    read = rule.condition.attributes
    return all(one.name in _STATE for one in read) and _is_constant(rule.condition.tree)


def _is_constant(tree: Condition) -> bool:
    if isinstance(tree, Junction):
        return all(map(_is_constant, tree.operands))
    if isinstance(tree, Negation):
        return _is_constant(tree.operand)
    if isinstance(tree, Comparison):
        sides = (tree.left, tree.right)
        names = [one for one in sides if isinstance(one, Reference) and ".".join(one.path) in ATTRIBUTES]
        return tree.sign != "matches" and len(names) == 1
    return True


def _choices(
    base: Context, policies: tuple[AgentPolicy, ...], rules: list[Rule], agent: str
) -> dict[str, list[Any]]:
    """Return by field of a state the values that some rules tell apart."""
    named = constants(rules)
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
        choices["time"] = list(_times(rules))
    for scope in SCOPES:
        if f"spent.{scope}" in named:
            choices[f"spent.{scope}"] = list(_tallies(named[f"spent.{scope}"]))
    return choices


def _product(base: Context, choices: Mapping[str, list[Any]]) -> Iterator[Context]:
    for chosen in itertools.product(*choices.values()):
        fields: dict[str, Any] = {}
        spent = dict(base.spent)
        for name, value in zip(choices, chosen, strict=True):
            if name.startswith("spent.") and value is None:
                continue
            if name.startswith("spent."):
                spent[name.removeprefix("spent.")] = value
            else:
                fields[name] = value
        yield replace(base, **fields, spent=spent)


def _texts(values: Iterable[Any]) -> list[str]:
    return [value.replace("*", "x") for value in values if isinstance(value, str) and value]


def _beside(values: Iterable[Any], step: Decimal) -> list[Decimal]:
    """Return numbers from zero on, and those near them."""
    numbers = [value.value for value in values if isinstance(value, Literal) and value.kind is not Kind.MONEY]
    return [number for number in (*numbers, *_near(numbers, step)) if number >= 0]


def _around(values: Iterable[Any]) -> list[Money]:
    """Return amounts, and in each currency those a little below and above, and between them."""
    found: dict[str, list[Decimal]] = {}
    for value in values:
        if isinstance(value, Literal) and value.kind is Kind.MONEY:
            found.setdefault(value.value.currency, []).append(value.value.amount)
    return [
        Money(amount, currency)
        for currency, amounts in found.items()
        for amount in dict.fromkeys((*amounts, *_near(amounts, _STEP)))
    ]


def _near(numbers: Iterable[Decimal], step: Decimal) -> Iterator[Decimal]:
    """Yield numbers from zero on a little below and above some, and between each two."""
    ordered = sorted(set(numbers))
    for number in ordered:
        yield number + step
        yield max(number - step, Decimal(0))
    for less, more in itertools.pairwise(ordered):
        yield (less + more) / 2


def _tallies(values: Iterable[Any]) -> Iterator[Tally]:
    values = list(values)
    yield Tally()
    for money in _around(values):
        yield Tally((money,), 1 if money.amount else 0)
    for count in _beside(values, Decimal(1)):
        yield Tally((NO_MONEY,) if count else (), int(count))


def _times(rules: Iterable[Rule]) -> Iterator[datetime]:
    """Yield a time for each set of windows that can hold at once, as far as their own bounds tell."""
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
            for value in values if "arguments_json" in fields else ():
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
        return int(value.value)
    text = value.replace("**", "x").replace("*", "x")
    if not text:
        return None
    return (text,) if isinstance(was, tuple) else text


def _arguments(path: list[str], value: Any) -> str:
    """Return the arguments of a tool as one JSON object that holds a value at a path."""
    inner: Any = value.replace("*", "x") if isinstance(value, str) else int(value.value)
    for part in reversed(path):
        inner = {part: inner}
    return json.dumps(inner, sort_keys=True, separators=(",", ":"))
