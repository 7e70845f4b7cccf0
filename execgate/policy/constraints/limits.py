"""`max_...`: what the sandbox enforces, in exact arithmetic."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

from execgate.policy.problems import suggestion

UNLIMITED = "unlimited"

_NUMBER = re.compile(r"(-?)([0-9]+(?:_[0-9]+)*(?:\.[0-9]+)?)(?:_([A-Za-z][A-Za-z0-9_]*))?")
_MOST_DIGITS = 40


class BadLimitError(Exception):
    """A text that is no limit of its kind; `help` is what to write instead."""

    def __init__(self, message: str, help: str | None = None) -> None:  # noqa: A002 - the field's word
        super().__init__(message)
        self.help = help


@dataclass(frozen=True, slots=True)
class Quantity:
    """What is measured: its units with their size in the first of them, which canonical text uses.

    `whole` quantities are counted; `bare` ones may be written without a unit.
    """

    what: str
    units: Mapping[str, Decimal]
    most: Decimal
    whole: bool = False
    bare: bool = False

    @property
    def unit(self) -> str:
        """The unit of canonical text."""
        return next(iter(self.units))

    def read(self, text: str) -> Decimal:
        """Return the amount in the first unit; raises BadLimitError where `text` is none above zero."""
        match = _NUMBER.fullmatch(text)
        if match is None or len(text) > 2 * _MOST_DIGITS:
            raise BadLimitError(f"`{text[:_MOST_DIGITS]}` is no {self.what}", self._example(text))
        sign, digits, unit = match.groups()
        number = Decimal(digits.replace("_", ""))
        if unit is None and not self.bare:
            raise BadLimitError(f"a {self.what} needs a unit", f"did you mean `{text}_{self.unit}`?")
        if unit is not None and unit not in self.units:
            raise BadLimitError(
                f"unknown unit `{unit[:_MOST_DIGITS]}` of a {self.what}",
                suggestion(unit, list(self.units), what="the units are"),
            )
        with localcontext() as context:
            context.prec = 4 * _MOST_DIGITS
            amount = number * (self.units[unit] if unit is not None else 1)
        if sign or not amount:
            raise BadLimitError(
                f"a {self.what} must be greater than 0, got `{text}`", "`unlimited` is the word for no limit"
            )
        if amount > self.most:
            raise BadLimitError(
                f"a {self.what} of `{text}` is too large: at most {self.most:,f} {self.unit}",
                "`unlimited` is the word for no limit",
            )
        if self.whole and amount != amount.to_integral_value():
            raise BadLimitError(
                f"`{text}` is no whole number of {self.unit}",
                f"write it as in `{int(amount) + 1}_{self.unit}`",
            )
        return amount

    def show(self, amount: Decimal) -> str:
        """Return the amount in canonical form."""
        text = f"{amount:f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        return f"{text}_{self.unit}"

    def _example(self, text: str) -> str:
        glued = re.fullmatch(r"(-?[0-9.]+)([A-Za-z]+)", text)
        if glued and glued[2] in self.units:
            return f"did you mean `{glued[1]}_{glued[2]}`?"
        return f"write a number and a unit, such as `10_{self.unit}`"


def _units(**sizes: int | str) -> dict[str, Decimal]:
    return {name: Decimal(size) for name, size in sizes.items()}


def _with_plural(sizes: Mapping[str, int]) -> dict[str, Decimal]:
    found = {}
    for name, size in sizes.items():
        found[f"{name}s"] = found[name] = Decimal(size)
    return found


TIME = Quantity(
    "time",
    _units(
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
BYTES = Quantity(
    "size",
    {
        **_with_plural(
            {
                "byte": 1,
                **{f"{prefix}byte": 1000**n for n, prefix in enumerate(("kilo", "mega", "giga", "tera"), 1)},
                **{f"{prefix}byte": 1024**n for n, prefix in enumerate(("kibi", "mebi", "gibi", "tebi"), 1)},
            }
        ),
        **_units(kb=1000, mb=1000**2, gb=1000**3, tb=1000**4),
        **_units(kib=1024, mib=1024**2, gib=1024**3, tib=1024**4),
    },
    Decimal(2**63 - 1),
    whole=True,
)
CPUS = Quantity("number of cpus", _units(cpus=1, cpu=1, cores=1, core=1), Decimal(65536), bare=True)
PROCESSES = Quantity(
    "number of processes", _units(processes=1, process=1), Decimal(2**22), whole=True, bare=True
)


@dataclass(frozen=True, slots=True)
class LimitConstraint:
    """A constraint that takes a quantity or `unlimited`; `field` is its place in `Limits`."""

    name: str
    quantity: Quantity
    field: str


LIMITS = (
    LimitConstraint("max_execution_time", TIME, "wall_s"),
    LimitConstraint("max_memory", BYTES, "memory_bytes"),
    LimitConstraint("max_cpus", CPUS, "cpus"),
    LimitConstraint("max_processes", PROCESSES, "processes"),
    LimitConstraint("max_output", BYTES, "output_bytes"),
    LimitConstraint("max_disk", BYTES, "disk_bytes"),
)
