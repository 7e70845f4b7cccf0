"""What limits are measured in: each quantity reads its spellings, exactly, and has one that is canonical."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any, Protocol

from execgate.model.money import EXPONENTS, TOKENS, Money, digits
from execgate.policy.problems import did_you_mean, suggestion

_NUMBER = re.compile(r"(-?)([0-9]+(?:_[0-9]+)*(?:\.[0-9]+)?)(?:_([A-Za-z][A-Za-z0-9_]*))?")
_GLUED = re.compile(r"([0-9]+(?:\.[0-9]+)?)([A-Za-z]+)")
_MOST_DIGITS = 40
_UNLIMITED = "`unlimited` is the word for no limit"

EXACT = Context(prec=4 * _MOST_DIGITS)
"""Enough digits for every sum and product of what a policy or a caller can say."""


class BadLimitError(Exception):
    """A text that is no limit of its kind; `help` is what to write instead."""

    def __init__(self, message: str, help: str | None = None) -> None:  # noqa: A002 - the field's word
        super().__init__(message)
        self.help = help


class Quantity(Protocol):
    """A kind of limit: `what` it is called, how an author writes one, and its units."""

    @property
    def what(self) -> str:
        """What one is called, behind `a`."""

    @property
    def example(self) -> str:
        """One in canonical form."""

    @property
    def units(self) -> tuple[str, ...]:
        """Every unit that is read."""

    def read(self, text: str) -> Any:
        """Return what a number with its unit says; raises BadLimitError."""

    def show(self, value: Any) -> str:
        """Return a value in canonical form."""


def _parsed(text: str, what: str, help_: str) -> tuple[str, str, str | None]:
    """Return sign, digits and unit of a number; raises BadLimitError."""
    match = _NUMBER.fullmatch(text)
    if match is None or len(text) > 2 * _MOST_DIGITS:
        raise BadLimitError(f"`{text[:_MOST_DIGITS]}` is no {what}", help_)
    sign, number, unit = match.groups()
    return sign, number.replace("_", ""), unit


def _glued(text: str, known: Callable[[str], bool]) -> str | None:
    """Return a number whose unit lacks its underscore as it was meant."""
    glued = _GLUED.fullmatch(text)
    if glued is None or not known(glued[2]):
        return None
    return f"did you mean `{glued[1]}_{glued[2]}`?"


def plain(value: Decimal) -> str:
    """Return a number without exponent and without needless zeros."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured: its units with their size in the first of them, which canonical text uses.

    `whole` quantities are counted; `bare` ones may be written without a unit.  All are above zero, unless
    `zero` is one of them.
    """

    what: str
    sizes: Mapping[str, Decimal]
    most: Decimal
    whole: bool = False
    bare: bool = False
    zero: bool = False

    @property
    def unit(self) -> str:
        """The unit of canonical text."""
        return next(iter(self.sizes))

    @property
    def units(self) -> tuple[str, ...]:
        """Every unit that is read, that of canonical text first."""
        return tuple(self.sizes)

    @property
    def example(self) -> str:
        """One in canonical form."""
        return f"10_{self.unit}"

    def read(self, text: str) -> Decimal:
        """Return the amount in the first unit; raises BadLimitError where `text` is none."""
        likely = _glued(text, self.sizes.__contains__)
        help_ = likely or f"write a number and a unit, such as `{self.example}`"
        sign, number, unit = _parsed(text, self.what, help_)
        if unit is None and not self.bare:
            raise BadLimitError(f"a {self.what} needs a unit", f"did you mean `{text}_{self.unit}`?")
        if unit is not None and unit not in self.sizes:
            raise BadLimitError(
                f"unknown unit `{unit[:_MOST_DIGITS]}` of a {self.what}",
                suggestion(unit, list(self.sizes), what="the units are"),
            )
        amount = EXACT.multiply(Decimal(number), self.sizes[unit] if unit is not None else Decimal(1))
        if sign or not (amount or self.zero):
            least = "0 or more" if self.zero else "greater than 0"
            raise BadLimitError(f"a {self.what} must be {least}, got `{text}`", _UNLIMITED)
        if amount > self.most:
            raise BadLimitError(
                f"a {self.what} of `{text}` is too large: at most {self.most:,f} {self.unit}", _UNLIMITED
            )
        if self.whole and amount != amount.to_integral_value():
            raise BadLimitError(
                f"`{text}` is no whole number of {self.unit}",
                f"write it as in `{int(amount) + 1}_{self.unit}`",
            )
        return amount

    def show(self, value: Decimal) -> str:
        """Return the amount in canonical form."""
        return f"{plain(value)}_{self.unit}"


_CALLED = {
    **dict.fromkeys(("dollar", "dollars", "us_dollar", "us_dollars", "bucks"), "usd"),
    **dict.fromkeys(("euro", "euros"), "eur"),
    **dict.fromkeys(("pound", "pounds", "sterling", "pounds_sterling"), "gbp"),
    **dict.fromkeys(("yen",), "jpy"),
    **dict.fromkeys(("yuan", "renminbi", "rmb"), "cny"),
    **dict.fromkeys(("franc", "francs", "swiss_francs"), "chf"),
    **dict.fromkeys(("bitcoin", "bitcoins"), "btc"),
    **dict.fromkeys(("ether", "ethers"), "eth"),
}
"""Currencies as people call them, which no policy does: a dollar is not always one of the United States."""


def currency_help(word: str) -> str:
    """Return the help for what is no currency."""
    close = _CALLED.get(word.lower()) or did_you_mean(word, _USUAL) or did_you_mean(word, _CURRENCIES)
    if close is not None:
        return f"did you mean `{close}`?"
    return "a currency is a code of ISO 4217, such as `usd` or `eur`, or a token, such as `usdc` or `eth`"


_USUAL = ("usd", "eur", "gbp", "jpy", "chf", "cny", "cad", "aud", "btc", "eth", "usdc")
_CURRENCIES = tuple(code.lower() for code in (*EXPONENTS, *TOKENS))


@dataclass(frozen=True, slots=True)
class Amount:
    """Money: an amount in the major unit and its currency, `50.00_usd`.  Zero is an amount like others."""

    what: str = "amount of money"
    example: str = "50.00_usd"

    @property
    def units(self) -> tuple[str, ...]:
        """Every currency, in lower case as in canonical text."""
        return _CURRENCIES

    def read(self, text: str) -> Money:
        """Return the amount; raises BadLimitError for all that is none, down to a tenth of a cent."""
        help_ = _glued(text, self._knows) or f"write an amount and its currency, such as `{self.example}`"
        sign, number, unit = _parsed(text, self.what, help_)
        if unit is None:
            raise BadLimitError("money without a currency", f"did you mean `{text}_usd`?")
        if not self._knows(unit):
            raise BadLimitError(f"unknown currency `{unit[:_MOST_DIGITS]}`", currency_help(unit))
        if sign:
            raise BadLimitError(f"an {self.what} must be 0 or more, got `{text}`", _UNLIMITED)
        most = digits(unit)
        if len(number.partition(".")[2]) > most:
            raise BadLimitError(
                f"`{text}` has more digits than the currency: `{unit.lower()}` has {most or 'none'} "
                "behind the point",
                f"write it as in `{self.show(Money(Decimal(10), unit.upper()))}`",
            )
        try:
            return Money.parse(plain(Decimal(number)), unit)
        except ValueError:
            raise BadLimitError(
                f"an {self.what} of `{text[:_MOST_DIGITS]}` is too large", _UNLIMITED
            ) from None

    def show(self, value: Money) -> str:
        """Return the amount in canonical form."""
        return f"{value}_{value.currency.lower()}"

    @staticmethod
    def _knows(currency: str) -> bool:
        return currency.upper() in EXPONENTS or currency.upper() in TOKENS


@dataclass(frozen=True, slots=True)
class Share:
    """A percentage, `75%`, from nothing to the whole; its value is the ratio, 0.75."""

    what: str = "percentage"
    example: str = "75%"
    units: tuple[str, ...] = ("%", "percent")

    def read(self, text: str) -> Decimal:
        """Return the ratio; raises BadLimitError where `text` is none from 0 to 1."""
        help_ = f"write a number and `%`, such as `{self.example}`"
        sign, number, unit = _parsed(text.removesuffix("%"), self.what, help_)
        if not text.endswith("%") and unit is None:
            percent = Decimal(number).scaleb(2) if Decimal(number) <= 1 else Decimal(number)
            raise BadLimitError(f"a {self.what} needs its `%`", f"did you mean `{plain(percent)}%`?")
        if unit is not None and (unit != "percent" or text.endswith("%")):
            raise BadLimitError(f"unknown unit `{unit[:_MOST_DIGITS]}` of a {self.what}", help_)
        ratio = Decimal(number).scaleb(-2, EXACT)
        if sign or ratio > 1:
            raise BadLimitError(f"a {self.what} is one from 0% to 100%, got `{text}`", help_)
        return ratio

    def show(self, value: Decimal) -> str:
        """Return the percentage in canonical form."""
        return f"{plain(value.scaleb(2, EXACT))}%"


def _sizes(**sizes: int | str) -> dict[str, Decimal]:
    return {name: Decimal(size) for name, size in sizes.items()}


def _with_plural(sizes: Mapping[str, int]) -> dict[str, Decimal]:
    found = {}
    for name, size in sizes.items():
        found[f"{name}s"] = found[name] = Decimal(size)
    return found


TIME = Measure(
    "time",
    _sizes(
        seconds=1,
        second=1,
        s=1,
        milliseconds="0.001",
        millisecond="0.001",
        ms="0.001",
        minutes=60,
        minute=60,
        min=60,
        hours=3600,
        hour=3600,
        h=3600,
    ),
    Decimal(10**9),
)
BYTES = Measure(
    "size",
    {
        **_with_plural(
            {
                "byte": 1,
                **{f"{prefix}byte": 1000**n for n, prefix in enumerate(("kilo", "mega", "giga", "tera"), 1)},
                **{f"{prefix}byte": 1024**n for n, prefix in enumerate(("kibi", "mebi", "gibi", "tebi"), 1)},
            }
        ),
        **_sizes(kb=1000, mb=1000**2, gb=1000**3, tb=1000**4),
        **_sizes(kib=1024, mib=1024**2, gib=1024**3, tib=1024**4),
    },
    Decimal(2**63 - 1),
    whole=True,
)
CPUS = Measure("number of cpus", _sizes(cpus=1, cpu=1, cores=1, core=1), Decimal(65536), bare=True)
PROCESSES = Measure(
    "number of processes", _sizes(processes=1, process=1), Decimal(2**22), whole=True, bare=True
)
FILES = Measure("number of files", _sizes(files=1, file=1), Decimal(2**31), whole=True, bare=True)
PAYMENTS = Measure(
    "number of payments", _sizes(payments=1, payment=1), Decimal(10**12), whole=True, bare=True, zero=True
)
MONEY = Amount()
PERCENT = Share()
