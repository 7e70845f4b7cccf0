"""Constraints that take a number, an amount or a word: what the sandbox enforces, what spending keeps to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from execgate.model.context import SCOPES
from execgate.model.limits import CONSTRAINTS
from execgate.model.money import Money
from execgate.model.verdict import Clause
from execgate.policy.constraints.capabilities import CODE_EXECUTION, PAYMENT
from execgate.policy.constraints.quantities import (
    BYTES,
    CPUS,
    FILES,
    MONEY,
    PAYMENTS,
    PERCENT,
    PROCESSES,
    TIME,
    BadLimitError,
    Quantity,
)
from execgate.policy.problems import quoted

UNLIMITED = "unlimited"


@dataclass(frozen=True, slots=True)
class LimitConstraint:
    """A constraint that takes a quantity, and `unlimited` where it is `endless`.

    `field` is its place in `Limits`, for those that the sandbox enforces.  One that takes `several` takes a
    list of them, too: money, one amount a currency.  Where it is not given nothing is permitted if it
    `grants`; of the others, those with a `field` have a default, and no other limits anything.
    """

    name: str
    quantity: Quantity
    field: str | None = None
    capability: str = CODE_EXECUTION
    several: bool = False
    endless: bool = True
    grants: bool = False

    def combined(self, values: Iterable[Any]) -> Any:
        """Return what several values are together; raises BadLimitError for none, or two of a currency."""
        if not self.several:
            (value,) = values
            return value
        found: dict[str, Money] = {}
        for money in values:
            if money.currency in found:
                raise BadLimitError(
                    f"two amounts of one currency: `{self.quantity.show(found[money.currency])}` and "
                    f"`{self.quantity.show(money)}`",
                    "leave the one that holds",
                )
            found[money.currency] = money
        if not found:
            raise BadLimitError("a list of amounts that holds none", f"write `0_usd`, or `{UNLIMITED}`")
        return tuple(found[currency] for currency in sorted(found))

    def show(self, value: Any) -> str:
        """Return a value in canonical form; there is none of `unlimited`, which is spelled as it is."""
        if not self.several:
            return self.quantity.show(value)
        shown = [self.quantity.show(money) for money in value]
        return shown[0] if len(shown) == 1 else f"[{', '.join(shown)}]"

    def within(self, inner: Any, outer: Any) -> bool:
        """Return whether the limit `inner` permits no more than `outer`; None is `unlimited`."""
        if outer is None or inner is None:
            return outer is None
        if not self.several:
            return bool(inner <= outer)
        most = {money.currency: money.amount for money in outer}
        return all(money.currency in most and money.amount <= most[money.currency] for money in inner)


@dataclass(frozen=True, slots=True)
class WordConstraint:
    """A constraint that takes one of a few words, as a string.

    With a `default` each of the `words` permits all that those before it do; without, they limit nothing.
    """

    name: str
    words: tuple[str, ...]
    capability: str
    default: str | None = None

    def show(self, value: str) -> str:
        """Return a word in canonical form."""
        return quoted(value)

    def within(self, inner: str, outer: str) -> bool:
        """Return whether the word `inner` permits no more than `outer`."""
        return self.words.index(inner) <= self.words.index(outer)


@dataclass(frozen=True, slots=True)
class NameConstraint:
    """A constraint that takes a name, as a string that `pattern` fits; no name is narrower than another."""

    name: str
    pattern: re.Pattern[str]
    what: str
    example: str
    capability: str

    def show(self, value: str) -> str:
        """Return a name in canonical form."""
        return quoted(value)

    def within(self, inner: str, outer: str) -> bool:
        """Return whether both are the same."""
        return inner == outer


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit as one agent has it.

    `value` is None where it is `unlimited`, a tuple of `Money` in order of the currencies, a `Decimal`, or a
    word; `text` is it in canonical form, `clause` its place.
    """

    name: str
    value: Any
    text: str
    clause: Clause


LIMITS = (
    LimitConstraint(CONSTRAINTS["wall_s"], TIME, "wall_s"),
    LimitConstraint(CONSTRAINTS["memory_bytes"], BYTES, "memory_bytes"),
    LimitConstraint(CONSTRAINTS["cpus"], CPUS, "cpus"),
    LimitConstraint(CONSTRAINTS["processes"], PROCESSES, "processes"),
    LimitConstraint(CONSTRAINTS["output_bytes"], BYTES, "output_bytes"),
    LimitConstraint(CONSTRAINTS["disk_bytes"], BYTES, "disk_bytes"),
    LimitConstraint(CONSTRAINTS["cpu_s"], TIME, "cpu_s"),
    LimitConstraint(CONSTRAINTS["files"], FILES, "files"),
    LimitConstraint(CONSTRAINTS["file_bytes"], BYTES, "file_bytes"),
)
"""What the sandbox enforces."""

COMPENSATIONS = ("refund_request", "credit", "value_loss", "none")

PAYMENT_LIMITS: tuple[LimitConstraint | WordConstraint, ...] = (
    LimitConstraint("max_amount", MONEY, capability=PAYMENT, several=True, grants=True),
    *(
        LimitConstraint(f"max_amount_per_{scope}", MONEY, capability=PAYMENT, several=True)
        for scope in SCOPES
    ),
    *(LimitConstraint(f"max_payments_per_{scope}", PAYMENTS, capability=PAYMENT) for scope in SCOPES),
    LimitConstraint("approval_above", MONEY, capability=PAYMENT, several=True),
    LimitConstraint("warn_at", PERCENT, capability=PAYMENT, endless=False),
    LimitConstraint("restrict_at", PERCENT, capability=PAYMENT, endless=False),
    LimitConstraint("halt_at", PERCENT, capability=PAYMENT, endless=False),
    LimitConstraint("compensation_timeout", TIME, capability=PAYMENT, endless=False),
    WordConstraint("compensation", COMPENSATIONS, PAYMENT),
)
"""What spending stays below, and what happens where it does not."""
