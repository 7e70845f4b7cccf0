"""What is known around a call beside its code: who, when, in which phase, and what was spent before.

Rules of a policy read it.  None, and a scope that is missing, mean that the caller does not know: what a rule
needs and is missing denies.  The same code, policy and context give the same verdict.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from execgate.errors import ContextError
from execgate.model.conversation import Conversation
from execgate.model.money import Money

SCOPES = ("session", "conversation", "agent", "customer", "day", "organisation")
"""What spending is counted for, from the narrowest."""

NO_MONEY = Money(Decimal(0), "USD")
"""What says that payments moved nothing, rather than that nobody told what they moved."""

_MOST_DIGITS = 40  # a number such as 1E+999999999 is short to write, and endless to compute with


@dataclass(frozen=True, slots=True)
class Tally:
    """What was spent in one scope before this call: at most one amount a currency, and how many payments.

    Money that no payment spent, and payments of no amount at all, are half of what there is to say: the other
    half is not known then.
    """

    amounts: tuple[Money, ...] = ()
    payments: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.amounts, (tuple, list)) or not all(
            isinstance(money, Money) for money in self.amounts
        ):
            raise ValueError(f"what was spent is a tuple of Money, got {self.amounts!r:.80}")
        currencies = [money.currency for money in self.amounts]
        if len(set(currencies)) != len(currencies):
            raise ValueError(f"a currency twice in one tally: {', '.join(currencies)}")
        if isinstance(self.payments, bool) or not isinstance(self.payments, int) or self.payments < 0:
            raise ValueError(f"a number of payments is a whole number from 0, got {self.payments!r}")
        object.__setattr__(self, "amounts", tuple(sorted(self.amounts, key=lambda money: money.currency)))

    @property
    def counted(self) -> bool:
        """Whether the number of payments is known."""
        return self.payments > 0 or not any(money.amount for money in self.amounts)

    @property
    def summed(self) -> bool:
        """Whether the amounts are known."""
        return bool(self.amounts) or not self.payments

    def amount(self, currency: str) -> Decimal:
        """Return what was spent in a currency, in its major unit; 0 where nothing was."""
        return next((money.amount for money in self.amounts if money.currency == currency), Decimal(0))

    def to_json(self) -> dict[str, Any]:
        """Return amounts by currency as decimal strings, and the count."""
        return {
            "amounts": {money.currency: str(money) for money in self.amounts},
            "payments": self.payments,
        }


@dataclass(frozen=True, slots=True)
class Context:
    """The state that a decision is taken in, besides code and policy."""

    suggester: str | None = None
    """The agent whose message held the code; None where it is not known."""
    group: str | None = None
    """The group chat's name."""
    turn: int | None = None
    """The index of the suggesting message in the conversation, from 0."""
    phase: str | None = None
    time: datetime | None = None
    """When it is decided; with a zone."""
    cost: Money | None = None
    """What the call costs, where the caller knows; that of a payment in code is its own amount."""
    customer: str | None = None
    """Whom the call concerns, where the caller knows; that of a payment in code is its own."""
    budget_ratio: Decimal | None = None
    """The share of the budget that is used up, 0 to 1 and more; else worked out of `spent` and the limits."""
    spend_velocity: int | None = None
    """Payments in the last 60 seconds, without this one."""
    spent: Mapping[str, Tally] = field(default_factory=dict, hash=False)
    """By scope, of SCOPES; a scope that is missing is not known."""

    def __post_init__(self) -> None:
        for name, kind in _TYPES.items():
            value = getattr(self, name)
            if value is not None and not isinstance(value, kind):
                what = "text" if kind is str else kind.__name__
                raise ValueError(f"{name} is a {what}, got {type(value).__name__}")
            if isinstance(value, str):
                # The text itself: what is equal to it, and what it is hashed as, is no affair of a subclass.
                object.__setattr__(self, name, str.__str__(value))
        unknown = [scope for scope in self.spent if scope not in SCOPES]
        if unknown:
            raise ValueError(f"no scope of spending: {unknown[0]!r}; there are: {', '.join(SCOPES)}")
        for scope, tally in self.spent.items():
            if not isinstance(tally, Tally):
                raise ValueError(f"spent.{scope} is a Tally, got {type(tally).__name__}")  # noqa: TRY004 - one error for all
        if self.time is not None and self.time.utcoffset() is None:
            raise ValueError("a time needs its zone, such as `2026-03-01T09:00:00+01:00`")
        ratio = self.budget_ratio
        if ratio is not None and not (
            ratio.is_finite() and ratio >= 0 and abs(ratio.adjusted()) <= _MOST_DIGITS
        ):
            raise ValueError(f"a budget ratio is a number from 0 to 10^{_MOST_DIGITS}, got {ratio}")
        for name in ("turn", "spend_velocity"):
            value = getattr(self, name)
            if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
                raise ValueError(f"{name} is a whole number from 0, got {value!r}")
        object.__setattr__(
            self, "spent", MappingProxyType({s: self.spent[s] for s in SCOPES if s in self.spent})
        )

    @classmethod
    def of(cls, conversation: Conversation | None, **known: Any) -> Context:
        """Return the context of an execution in a conversation, with what else is known."""
        if conversation is None:
            return cls(**known)
        return cls(
            suggester=conversation.suggester,
            group=conversation.group_chat,
            turn=conversation.turn_number,
            **known,
        )

    def to_json(self) -> dict[str, Any]:
        """Return what is known, as receipts and test cases hold it: no floats, and no nulls."""
        document: dict[str, Any] = {
            name: value
            for name in ("suggester", "group", "turn", "phase", "customer", "spend_velocity")
            if (value := getattr(self, name)) is not None
        }
        if self.time is not None:
            document["time"] = self.time.isoformat()
        if self.cost is not None:
            document["cost"] = f"{self.cost} {self.cost.currency}"
        if self.budget_ratio is not None:
            document["budget_ratio"] = f"{self.budget_ratio:f}"
        if self.spent:
            document["spent"] = {scope: tally.to_json() for scope, tally in self.spent.items()}
        return document

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Context:
        """Return the context that `to_json` gave, or that a person wrote; raises ValueError with the field.

        An amount is `"9.50 USD"`; the tally of a scope may be a single amount, or a list of them.
        """
        unknown = [name for name in document if name not in _READERS]
        if unknown:
            raise ValueError(f"no field of a context: {unknown[0]!r}; there are: {', '.join(_READERS)}")
        return cls(**{name: _read(name, value) for name, value in document.items()})


def agreed(conversation: Conversation, context: Context) -> tuple[Conversation, Context]:
    """Return both with what the other knows; raises ContextError where they contradict each other."""
    both: dict[str, Any] = {}
    for name, told, state in (
        ("suggester", conversation.suggester, context.suggester),
        ("group", conversation.group_chat, context.group),
        ("turn", conversation.turn_number, context.turn),
    ):
        if told is not None and state is not None and told != state:
            raise ContextError(
                f"the context names another {name} than the conversation",
                help=f"leave the {name} out of the context: the conversation has it",
            )
        both[name] = state if told is None else told
    known = replace(context, **both)
    said = replace(conversation, suggester=known.suggester, group_chat=known.group, turn_number=known.turn)
    return said, known


_TYPES: Mapping[str, type] = MappingProxyType(
    {
        **dict.fromkeys(("suggester", "group", "phase", "customer"), str),
        "time": datetime,
        "cost": Money,
        "budget_ratio": Decimal,
        "spent": Mapping,
    }
)
"""What each field is, where it is not None; whole numbers are asked by themselves."""

# What every version of Python reads alike; digits are those of ASCII.
_RATIO = re.compile(r"-?[0-9]{1,99}(?:\.[0-9]{1,999})?(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)
_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})(:[0-9]{2})?(\.[0-9]{1,6})?"
    r"(Z|z|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{6})?)?)?",
    re.ASCII,
)


def _read(name: str, value: object) -> Any:
    try:
        return _READERS[name](value)
    except (ValueError, TypeError, ArithmeticError) as error:
        raise ValueError(f"{name}: {error}") from error


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"expected a text, got {type(value).__name__}")  # noqa: TRY004 - one error for all
    return value


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"expected a whole number, got {type(value).__name__}")  # noqa: TRY004 - as above
    return value


def _money(value: object) -> Money:
    amount, _, currency = _text(value).strip().partition(" ")
    if not currency:
        raise ValueError(f"an amount needs its currency, as in `9.50 USD`, got {amount[:40]!r}")
    return Money.parse(amount, currency.strip())


def _ratio(value: object) -> Decimal:
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    text = _text(value)
    if not _RATIO.fullmatch(text):
        raise ValueError(f"a budget ratio is a number such as `0.75`, got {text[:40]!r}")
    return Decimal(text)


def _tally(value: object) -> Tally:
    if isinstance(value, str):
        return Tally((_money(value),))
    if isinstance(value, (list, tuple)):
        return Tally(tuple(map(_money, value)))
    if not isinstance(value, Mapping) or set(value) - {"amounts", "payments"}:
        raise ValueError("expected an amount, a list of amounts, or `amounts` and `payments`")
    amounts = value.get("amounts", {})
    if isinstance(amounts, Mapping):
        amounts = [f"{amount} {currency}" for currency, amount in amounts.items()]
    return Tally(tuple(map(_money, amounts)), _whole(value.get("payments", 0)))


def _spent(value: object) -> dict[str, Tally]:
    if not isinstance(value, Mapping):
        raise ValueError("expected a mapping from scope to amount")  # noqa: TRY004 - as above
    return {_text(scope): _tally(tally) for scope, tally in value.items()}


def _time(value: object) -> datetime:
    text = _text(value)
    parts = _TIME.fullmatch(text)
    if parts is None or (parts[4] and not parts[3]):
        raise ValueError(f"a time is written as `2026-03-01T09:00:00+01:00`, got {text[:40]!r}")
    day, minutes, seconds, fraction, zone = parts.groups()
    fraction = f"{fraction:0<7}" if fraction else ""
    zone = "+00:00" if zone in {"Z", "z"} else zone or ""
    return datetime.fromisoformat(f"{day}T{minutes}{seconds or ':00'}{fraction}{zone}")


_READERS: dict[str, Callable[[object], Any]] = {
    **dict.fromkeys(("suggester", "group", "phase", "customer"), _text),
    **dict.fromkeys(("turn", "spend_velocity"), _whole),
    "time": _time,
    "cost": _money,
    "budget_ratio": _ratio,
    "spent": _spent,
}
