"""The comparisons of conditions, each as a test that takes the values of the attributes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from execgate.model.context import Tally
from execgate.model.money import Money
from execgate.policy.conditions.facts import Loose
from execgate.policy.conditions.values import (
    PLAIN,
    SIGNS,
    Answer,
    Domain,
    Missing,
    Texts,
    any_of,
    negation,
    ordered,
)
from execgate.policy.conditions.windows import Window
from execgate.policy.matching.pairs import UnresolvableError
from execgate.policy.matching.patterns import Pattern, contains

Values: TypeAlias = "tuple[Any, ...]"
Test: TypeAlias = Callable[[Values], Answer]


_MOST_ASKED = 1024


def asked(test: Test, values: Values) -> Answer:
    """Return the answer for all values together, or for each of several by itself, if that is yes.

    A comparison holds where it does for any of several values, and so its negation only where it does for
    none.  Asked of each by itself, `not paths matches "/data"` holds where one path is elsewhere.

    The test takes the values twice: those that are asked, and behind them all that there are, for what asks
    whether something is among them.
    """
    several = [tuple(single(value)) for value in values]
    count = math.prod(map(len, several))
    together = test((*values, *values))
    if count == 1 or together is True:
        return together
    if count > _MOST_ASKED:
        return Missing("too many values to ask of each")
    return any_of((together, *(test((*each, *values)) for each in itertools.product(*several))))


def truth(at: int, name: str) -> Test:
    """Return whether an attribute that is true or false is true."""
    return constant_truth(at, name, True, holds=True)  # noqa: FBT003 - the value that is compared


def constant_truth(at: int, name: str, wanted: bool, *, holds: bool) -> Test:  # noqa: FBT001 - as above
    """Return whether an attribute is `wanted`; the opposite where not `holds`."""

    def test(values: Values) -> Answer:
        value = values[at]
        if isinstance(value, Loose):
            return any_of(
                (item is wanted) is holds if kind == "truth" else _unlike(name, "truth", kind)
                for kind, item in value.items
            )
        return value if isinstance(value, Missing) else (value is wanted) is holds

    return test


def numbers(at: int, name: str, sign: str, literal: Any) -> Test:
    """Return how a number, an amount or a tally compares with a literal."""

    def test(values: Values) -> Answer:
        value = values[at]
        if isinstance(value, Loose):
            return any_of(
                ordered(sign, item, literal) if kind == "number" else _unlike(name, "number", kind)
                for kind, item in value.items
            )
        return value if isinstance(value, Missing) else _compared(name, value, sign, literal)

    return test


def texts(at: int, name: str, literals: Mapping[Domain, tuple[Pattern, ...]], *, holds: bool) -> Test:
    """Return whether any text of an attribute is the literal; whether any is not, where not `holds`."""
    return _each_text(at, name, lambda domain, item, _: _equal(domain, literals, item), holds=holds)


def pattern(at: int, name: str, patterns: Mapping[Domain, tuple[Pattern, ...]]) -> Test:
    """Return whether any text of an attribute matches."""

    def matched(domain: Domain, item: Any, below: bool) -> Answer:  # noqa: FBT001 - of the attribute
        return domain.matches(patterns[domain], item, below=below) if domain in patterns else False

    return _each_text(at, name, matched, holds=True)


def _equal(domain: Domain, literals: Mapping[Domain, tuple[Pattern, ...]], item: Any) -> Answer:
    return domain.equal(literals[domain], item) if domain in literals else False


def _each_text(at: int, name: str, ask: Callable[[Domain, Any, bool], Answer], *, holds: bool) -> Test:
    def answers(value: Texts | Loose) -> Iterator[Answer]:
        if isinstance(value, Loose):
            for kind, item in value.items:
                yield ask(PLAIN, item, False) if kind == "text" else _unlike(name, "text", kind)  # noqa: FBT003 - below
        else:
            for item in value.items:
                yield _named(name, ask(value.domain, item, value.below))

    def test(values: Values) -> Answer:
        value = values[at]
        if isinstance(value, Missing):
            return value
        return any_of(answer if holds else negation(answer) for answer in answers(value))

    return test


def covers(patterns: Iterable[tuple[Pattern, ...]], word: str) -> bool:
    """Return whether one of the patterns covers a word."""
    return any(contains(one, (word,)) for several in patterns for one in several)


def member(at: int, tests: tuple[Test, ...], *, holds: bool) -> Test:
    """Return whether one value of an attribute is one of several; whether one is none, where not `holds`."""

    def test(values: Values) -> Answer:
        value = values[at]
        if isinstance(value, Missing):
            return value
        found = []
        for one in single(value):
            alone = (*values[:at], one)  # tests of a constant read no other
            answer = any_of(each(alone) for each in tests)
            found.append(answer if holds else negation(answer))
        return any_of(found)

    return test


def single(value: Any) -> Iterator[Any]:
    """Yield each of several values by itself; what is one value, or missing, as it is."""
    if isinstance(value, Texts):
        for item in value.items:
            yield Texts(value.domain, (item,), value.below)
    elif isinstance(value, Loose):
        for pair in value.items:
            yield Loose((pair,))
    else:
        yield value


def phase(at: int, wanted: frozenset[str], known: frozenset[str], *, holds: bool) -> Test:
    """Return whether the phase is one of `wanted`; what is no phase is not known."""

    def test(values: Values) -> Answer:
        value = values[at]
        if isinstance(value, Missing):
            return value
        if value not in known:
            return Missing(
                f"`{value[:80]!a}` is no phase of this policy", "pass a phase: `--context phase=...`"
            )
        return (value in wanted) is holds

    return test


def window(at: int, wanted: Window, *, holds: bool) -> Test:
    """Return whether the time is in a window."""

    def test(values: Values) -> Answer:
        value = values[at]
        return value if isinstance(value, Missing) else wanted.holds(value) is holds

    return test


def two(at: int, against: int, name: str, other: str, sign: str) -> Test:
    """Return how two attributes compare."""

    def test(values: Values) -> Answer:
        left, right = values[at], values[against]
        missing = [value for value in (left, right) if isinstance(value, Missing)]
        if missing:
            return any_of(missing)
        return any_of(
            _both(name, one, sign, other, another) for one in single(left) for another in single(right)
        )

    return test


def _both(name: str, left: Any, sign: str, other: str, right: Any) -> Answer:
    left, right = (_tight(value) for value in (left, right))
    if isinstance(left, Texts) and isinstance(right, Texts):
        if sign not in {"==", "!="}:
            return Missing(f"texts have no order: `{name}` and `{other}`")
        try:
            literal = right.domain.value(right.items[0])
        except UnresolvableError as error:
            return Missing(f"`{other}`: {error}")
        if not all(isinstance(part, str) for part in literal):
            return Missing(f"`{other}` is not known in full before it runs")
        answer = _named(name, left.domain.equal((literal,), left.items[0]))
        return answer if sign == "==" else negation(answer)
    if (
        isinstance(left, Texts)
        or isinstance(right, Texts)
        or isinstance(left, bool) is not isinstance(right, bool)
    ):
        return Missing(f"`{name}` and `{other}` are of different types")
    if isinstance(left, bool):
        return SIGNS[sign](left, right) if sign in {"==", "!="} else Missing(f"`{name}` has no order")
    return _compared(name, left, sign, right)


def _tight(value: Any) -> Any:
    """Return a value whose type is known by now as one of that type."""
    if not isinstance(value, Loose):
        return value
    ((kind, item),) = value.items
    return Texts(PLAIN, (item,)) if kind == "text" else item


def _compared(name: str, left: Any, sign: str, right: Any) -> Answer:
    """Compare numbers, or amounts of one currency."""
    currency = next((one.currency for one in (left, right) if isinstance(one, Money)), None)
    if currency is None:
        if isinstance(left, Tally):
            if not left.counted:
                return Missing(f"how many payments `{name}` holds is not known", "pass their number, too")
            left = left.payments
        return ordered(sign, left, right)
    amounts: list[Decimal] = []
    for one in (left, right):
        if isinstance(one, Tally):
            if not one.summed:
                return Missing(f"how much `{name}` holds is not known", "pass the amounts, too")
            amounts.append(one.amount(currency))
        elif one.currency == currency:
            amounts.append(one.amount)
        else:
            return Missing(
                f"`{name}` is in {left.currency}, compared with {right.currency}",
                "compare amounts of one currency: no rate is known",
            )
    return ordered(sign, amounts[0], amounts[1])


def _unlike(name: str, wanted: str, kind: str) -> Missing:
    return Missing(f"`{name}` is a {kind}, compared with a {wanted}", f"pass a {wanted} as `{name}`")


def _named(name: str, answer: Answer) -> Answer:
    if isinstance(answer, Missing):
        return Missing(f"`{name}`: {answer.what}", f"let a constant say `{name}`")
    return answer
