"""What a payment costs, against the limits of a policy and what was spent before.

Amounts are compared and added exactly, and never converted: a limit denies a currency that it does not name.
What is not known satisfies `unlimited` alone.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from execgate.model.context import SCOPES, Context, Tally
from execgate.model.money import EXPONENTS, TOKENS, Money, currency_code, digits
from execgate.model.values import Text, Unknown
from execgate.model.verdict import Clause, Opinion, Says
from execgate.policy.constraints._family import Given
from execgate.policy.constraints.capabilities import PAYMENT
from execgate.policy.constraints.limits import UNLIMITED, Limit
from execgate.policy.constraints.quantities import EXACT, MONEY
from execgate.policy.matching.pairs import Breach, Finding
from execgate.policy.problems import clipped

NO_CURRENCY = "XXX"  # as ISO 4217 has it: amounts are read alike in all

_MOST_DIGITS = 64  # more than an amount and a currency can have
_MOST_REMEMBERED = 1024  # texts and sums, which come again; what is said never depends on it

_AS_DIGITS = "write digits with at most one point, such as `19.99`"

_SPENT = {
    "session": "this session",
    "conversation": "in this conversation",
    "agent": "by this agent",
    "customer": "for this customer",
    "day": "this day",
    "organisation": "by the organisation",
}


@dataclass(frozen=True, slots=True)
class Cost:
    """What a payment moves, in the major unit; `amount` and `currency` are None where they are not known.

    `why` says why that is so; `hostile` that the amount is known to be none, which satisfies nothing.
    `customer` is on whose account it goes, None where the call does not say.
    """

    amount: Decimal | None
    currency: str | None
    why: str = ""
    customer: Text | None = None
    hostile: bool = False

    @classmethod
    def of(cls, amount: Text | None, currency: Text | None, customer: Text | None = None) -> Cost:
        """Return what the operands of a payment say; what is no exact amount of a currency is not known."""
        code, why = _currency(currency)
        known, puzzle = _amount(amount)
        return cls(known, code, puzzle or why, customer, hostile=known is None and isinstance(amount, str))


def _currency(currency: Text | None) -> tuple[str | None, str]:
    if currency is None:
        return None, "the call names no currency"
    if not isinstance(currency, str):
        return None, f"the currency is not known: {_puzzle(currency)}"
    code = _code(currency) if len(currency) <= _MOST_DIGITS else None
    return code, "" if code is not None else f"`{clipped(currency)}` is no currency that a limit can name"


@functools.lru_cache(maxsize=_MOST_REMEMBERED)
def _code(currency: str) -> str | None:
    try:
        return currency_code(currency)
    except ValueError:
        return None


def _amount(amount: Text | None) -> tuple[Decimal | None, str]:
    if amount is None:
        return None, "the call does not say the amount"
    if not isinstance(amount, str):
        return None, f"the amount is not known: {_puzzle(amount)}"
    known = _digits(amount) if len(amount) <= _MOST_DIGITS else None
    return known, "" if known is not None else f"`{clipped(amount)}` is no amount of money"


@functools.lru_cache(maxsize=_MOST_REMEMBERED)
def _digits(amount: str) -> Decimal | None:
    try:
        return Money.parse(amount, NO_CURRENCY).amount
    except ValueError:
        return None


def _puzzle(value: Text) -> str:
    if isinstance(value, Unknown):
        return clipped(value.why, 300)
    return f"`{clipped(str(value))}` depends on a value that is only known when it runs"


@functools.lru_cache(maxsize=_MOST_REMEMBERED)
def shown(amount: Decimal, currency: str) -> str:
    """Return an amount as people read it, with all digits that its currency is written with."""
    whole, _, fraction = f"{amount:f}".partition(".")
    fraction = fraction.rstrip("0").ljust(EXPONENTS.get(currency, 0), "0")
    return f"{whole}.{fraction} {currency}" if fraction else f"{whole} {currency}"


def _as_limit(amount: Decimal, currency: str) -> str | None:
    """Return an amount as an author writes it, None where no limit can be so exact or large."""
    if currency not in EXPONENTS and currency not in TOKENS:
        return None
    try:
        money = Money(amount, currency)
    except ValueError:
        return None
    return MONEY.show(money) if len(str(money).partition(".")[2]) <= digits(currency) else None


def tally(context: Context, scope: str, customer: Text | None) -> Tally | None:
    """Return what was spent in a scope, None where it is not known.

    What was spent for the customer of the context says nothing of another one, nor of a payment that names
    none.
    """
    if scope == "customer" and (customer is None or customer != context.customer):
        return None
    return context.spent.get(scope)


def budget_ratio(limits: Mapping[str, Limit], context: Context, cost: Cost | None = None) -> Fraction | None:
    """Return the share of the budget that was used up before, None where it is not known.

    It is the caller's, else the greatest share of all limits of amounts per scope, of those alone that are in
    the currency of `cost` where that is known.  A limit of 0 is used up, one that is `unlimited` never is.
    """
    if context.budget_ratio is not None:
        return Fraction(context.budget_ratio)
    shares: list[Fraction] = []
    for scope in SCOPES:
        limit = limits.get(f"max_amount_per_{scope}")
        if limit is None:
            continue
        if limit.value is None:
            shares.append(Fraction(0))
            continue
        spent = tally(context, scope, cost.customer if cost is not None else context.customer)
        if spent is None or not spent.summed:
            return None
        shares += [
            _share(spent.amount(most.currency), most.amount)
            for most in limit.value
            if cost is None or cost.currency is None or cost.currency == most.currency
        ]
    return max(shares, default=None)


@functools.lru_cache(maxsize=_MOST_REMEMBERED)
def _share(spent: Decimal, most: Decimal) -> Fraction:
    return Fraction(spent) / Fraction(most) if most else Fraction(1)


class Case:
    """What is said of one operation, as it is collected; `act` says what the operation does."""

    __slots__ = ("_breaches", "_evidence", "_opinions", "_warnings", "act")

    def __init__(self, act: str) -> None:
        self.act = act
        self._evidence: list[Clause] = []
        self._breaches: list[Breach] = []
        self._opinions: list[Opinion] = []
        self._warnings: list[Breach] = []

    def finding(self) -> Finding:
        """Return all of it."""
        return Finding(
            tuple(self._evidence), tuple(self._breaches), tuple(self._opinions), tuple(self._warnings)
        )

    def permits(self, limit: Limit, why: str) -> None:
        """Note that a limit is kept."""
        self._evidence.append(limit.clause)
        self._opinions.append(Opinion(limit.name, Says.PERMITS, limit.clause, why=why))

    def denies(self, limit: Limit, why: str, help_: str | None, says: Says = Says.FORBIDS) -> None:
        """Note that a limit is not kept, what it `says` being that it forbids, is undecided, or escalates."""
        escalates = says is Says.ESCALATES
        self._breaches.append(Breach(limit.name, self.act, why, limit.clause, help_, escalates))
        self._opinions.append(Opinion(limit.name, says, limit.clause, why=why))

    def warns(self, limit: Limit, why: str) -> None:
        """Note that a limit warns."""
        self._warnings.append(Breach(limit.name, self.act, why, limit.clause))
        self._opinions.append(Opinion(limit.name, Says.WARNS, limit.clause, why=why))

    def ungranted(self, grant: Clause, cost: Cost | None) -> None:
        """Note that nothing says how much may be paid; `cost` is None for what moves no money."""
        why = "there is no `max_amount`"
        text = UNLIMITED
        if cost is None:
            text = "0_usd"
        elif cost.amount is not None and cost.currency is not None:
            text = _as_limit(cost.amount, cost.currency) or UNLIMITED
        help_ = f"to permit this, add `max_amount: {text}`"
        self._breaches.append(Breach("max_amount", self.act, why, grant, help_))
        self._opinions.append(Opinion(PAYMENT, Says.SILENT, grant, why=why))


class Spending:
    """The limits of one agent's `can "payment"`, ready to be asked."""

    __slots__ = ("_checks", "_grant", "_most")

    def __init__(self, given: Given) -> None:
        self._grant = given.grants[PAYMENT]
        self._most = given.limits.get("max_amount")
        self._checks = [
            (given.limits[name], check) for name, check in _CHECKS.items() if name in given.limits
        ]

    def judge(self, cost: Cost, context: Context, act: str) -> Finding:
        """Return what the limits say of a payment that costs `cost`; `act` says what it does."""
        case = Case(act)
        if self._most is None:
            case.ungranted(self._grant, cost)
        for limit, (check, scope) in self._checks:
            check(case, limit, scope, cost, context)
        return case.finding()

    def still(self, operation: str, act: str) -> Finding:
        """Return what the limits say of a payment operation that moves no money."""
        case = Case(act)
        if self._most is None:
            case.ungranted(self._grant, None)
        else:
            case.permits(self._most, f"`{operation}` moves no money")
        return case.finding()


class _Bound(NamedTuple):
    """An amount that is known, and what a limit says of its currency."""

    amount: Decimal
    currency: str
    earlier: Decimal
    """What was spent before in the scope of the limit."""
    most: Decimal

    @property
    def total(self) -> Decimal:
        return EXACT.add(self.earlier, self.amount)


def _bound(case: Case, limit: Limit, scope: str | None, cost: Cost, context: Context) -> _Bound | None:
    """Return what there is to compare; None where that is settled, and noted."""
    if cost.hostile:
        case.denies(limit, cost.why, _AS_DIGITS)
        return None
    if limit.value is None:
        case.permits(limit, f"`{UNLIMITED}`")
        return None
    if cost.amount is None or cost.currency is None:
        help_ = f"make amount and currency constants; `{limit.name}: {UNLIMITED}` takes any"
        case.denies(limit, cost.why, help_, Says.UNDECIDED)
        return None
    earlier = Decimal(0)
    if scope is not None:
        spent = tally(context, scope, cost.customer)
        if spent is None or not spent.summed:
            case.denies(limit, *_not_told(scope, cost, context), Says.UNDECIDED)
            return None
        earlier = spent.amount(cost.currency)
    for money in limit.value:
        if money.currency == cost.currency:
            return _Bound(cost.amount, cost.currency, earlier, money.amount)
    enough = _as_limit(EXACT.add(earlier, cost.amount), cost.currency)
    change = f"to permit this, add `{enough}` to {limit.name}" if enough else None
    case.denies(limit, f"`{limit.name}` names no amount in {cost.currency}", change)
    return None


def _amount_kept(case: Case, limit: Limit, scope: str | None, cost: Cost, context: Context) -> None:
    """Judge an amount, together with what was spent in a scope before."""
    bound = _bound(case, limit, scope, cost, context)
    if bound is None:
        return
    now = shown(bound.amount, bound.currency)
    most = shown(bound.most, bound.currency)
    why = f"{now} of at most {most}"
    if scope is not None:
        earlier, total = shown(bound.earlier, bound.currency), shown(bound.total, bound.currency)
        why = f"{earlier} spent {_SPENT[scope]} and {now} now: {total} of at most {most}"
    if bound.total <= bound.most:
        case.permits(limit, why)
    else:
        enough = _as_limit(bound.total, bound.currency)
        case.denies(limit, why, f"to permit this, raise {limit.name} to `{enough}`" if enough else None)


def _approved(case: Case, limit: Limit, scope: str | None, cost: Cost, context: Context) -> None:
    """Judge whether somebody has to approve an amount."""
    bound = _bound(case, limit, scope, cost, context)
    if bound is None:
        return
    most = shown(bound.most, bound.currency)
    if bound.amount <= bound.most:
        case.permits(limit, f"up to {most} needs no approval")
    else:
        case.denies(limit, f"it is more than {most}", "have it approved", Says.ESCALATES)


def _count_kept(case: Case, limit: Limit, scope: str, cost: Cost, context: Context) -> None:
    """Judge the number of payments in a scope, this one among them."""
    if limit.value is None:
        case.permits(limit, f"`{UNLIMITED}`")
        return
    spent = tally(context, scope, cost.customer)
    if spent is None or not spent.counted:
        case.denies(limit, *_not_told(scope, cost, context, counts=True), Says.UNDECIDED)
        return
    number = spent.payments + 1
    why = f"payment {number} {_SPENT[scope]}, of at most {limit.value:f}"
    if number <= limit.value:
        case.permits(limit, why)
    else:
        case.denies(limit, why, f"to permit this, raise {limit.name} to `{number}_payments`")


def _not_told(scope: str, cost: Cost, context: Context, *, counts: bool = False) -> tuple[str, str]:
    """Return why it is not known what was spent in a scope, and what makes it known."""
    if scope == "customer" and not isinstance(cost.customer, str):
        why = "on whose account it is paid is not known, nor what was spent for it"
        return why, "name the customer: in code by a constant, of a tool as `customer` with the context"
    if scope == "customer" and cost.customer != context.customer:
        why = f"what was spent for `{clipped(str(cost.customer))}` is not known"
        return why, "pass `customer` and `spent.customer` of who pays with the context"
    if counts and scope in context.spent:
        why = f"how many payments were made {_SPENT[scope]} is not known"
        return why, f"pass it with the context, as `payments` of `spent.{scope}`"
    how = f'`--context "spent.{scope}=0.00 USD"`, or `Context(spent={{"{scope}": Tally()}})`'
    return f"what was spent {_SPENT[scope]} is not known", f"pass it: {how} where nothing was"


_CHECKS: Mapping[str, tuple[Callable[..., None], str | None]] = {
    "max_amount": (_amount_kept, None),
    **{f"max_amount_per_{scope}": (_amount_kept, scope) for scope in SCOPES},
    **{f"max_payments_per_{scope}": (_count_kept, scope) for scope in SCOPES},
    "approval_above": (_approved, None),
}
