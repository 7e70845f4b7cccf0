"""The numbers of conditions: what each spelling stands for, and its one canonical spelling."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from execgate.model.context import Tally
from execgate.model.money import Money
from execgate.model.values import Text, Unknown
from execgate.policy.conditions.attributes import Kind
from execgate.policy.conditions.facts import Loose
from execgate.policy.conditions.values import Texts
from execgate.policy.constraints.quantities import EXACT, MONEY, PAYMENTS, plain
from execgate.policy.problems import clipped, quoted

_PLAIN = re.compile(r"(-?)([0-9]{1,30}(?:\.[0-9]{1,30})?)(%|_percent)?")
_MANY_DIGITS = 40
_MILLIONTH = Decimal("0.000001")
_MOST_SHOWN = 5
_UNIT = re.compile(r"-?[0-9][0-9_.]*_([A-Za-z][A-Za-z0-9_]*)")


class Literal(NamedTuple):
    """A number with its kind; `value` is a Money for MONEY, else a Decimal."""

    kind: Kind
    value: Any

    def __str__(self) -> str:
        """Return the canonical spelling."""
        if self.kind is Kind.MONEY:
            return MONEY.show(self.value)
        if self.kind is Kind.COUNT:
            return PAYMENTS.show(self.value)
        if self.kind is Kind.RATIO:
            return f"{plain(EXACT.multiply(self.value, Decimal(100)))}%"
        return plain(self.value)


def read(text: str) -> Literal:
    """Return what a number says; raises BadLimitError."""
    match = _PLAIN.fullmatch(text)
    if match is not None:
        value = Decimal(match[1] + match[2])
        if match[3] is None:
            return Literal(Kind.NUMBER, value)
        return Literal(Kind.RATIO, EXACT.divide(value, Decimal(100)))
    unit = _UNIT.fullmatch(text)
    if unit is None:
        return Literal(Kind.MONEY, MONEY.read(text))
    if unit[1] in PAYMENTS.units:
        return Literal(Kind.COUNT, PAYMENTS.read(text))
    return Literal(Kind.MONEY, MONEY.read(text))


def _text(item: Text) -> str:
    return "not known" if isinstance(item, Unknown) else clipped(quoted(str(item)))


def shown(value: Any, kind: Kind = Kind.ANY) -> str:
    """Return a value that was read, for the `why` of an opinion: equal values are shown alike."""
    if kind is Kind.PHASE:
        return clipped(quoted(value))
    if kind is Kind.RATIO:
        return f"{shown(Fraction(value) * 100)}%"
    if isinstance(value, Money):
        return f"{value} {value.currency}"
    if isinstance(value, Tally) and kind is Kind.MONEY:
        return "nothing"
    if isinstance(value, Tally):
        sums = [f"{money} {money.currency}" for money in value.amounts if money.amount]
        return f"{', '.join(sums) or 'nothing'} in {value.payments} payments"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Fraction):
        value = EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))
        value = (
            value
            if len(value.as_tuple().digits) < _MANY_DIGITS
            else value.quantize(_MILLIONTH, context=EXACT)
        )
    if isinstance(value, Decimal):
        return clipped(plain(value))
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Texts):
        return ", ".join(_text(item) for item in value.items[:_MOST_SHOWN])
    if isinstance(value, Loose):
        return ", ".join(
            shown(item) if kind != "text" else _text(item) for kind, item in value.items[:_MOST_SHOWN]
        )
    return clipped(str(value))
