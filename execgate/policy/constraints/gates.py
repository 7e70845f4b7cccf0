"""Gates: what happens to payments when much of the budget is used up, from exactly that share on."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from execgate.model.context import Context
from execgate.model.operation import Operation, PaymentCall
from execgate.model.verdict import Clause, Opinion, Says
from execgate.model.vocabulary import ANY_PAYMENT
from execgate.policy.constraints._family import Given
from execgate.policy.constraints.limits import Limit
from execgate.policy.constraints.quantities import PERCENT
from execgate.policy.constraints.spending import Case, Cost, budget_ratio
from execgate.policy.matching.pairs import Breach, Finding, Listing
from execgate.policy.matching.patterns import EVERYTHING, Pattern
from execgate.policy.problems import clipped

GATES = ("warn_at", "restrict_at", "halt_at")
"""In the order in which they are to come."""

_NO_SHARE = "how much of the budget is used up is not known"
_HOW_TO_TELL = (
    "pass what was spent in each scope with a limit, or the share itself: `--context budget_ratio=0.25`, "
    'or `Context(budget_ratio=Decimal("0.25"))`'
)


class Gates:
    """`warn_at`, `restrict_at` and `halt_at` of one agent, ready to be asked."""

    __slots__ = ("_gates", "_limits", "_restricted")

    def __init__(self, given: Given) -> None:
        self._limits = given.limits
        self._gates = [given.limits[name] for name in GATES if name in given.limits]
        self._restricted = Restricted(given)

    def judge(self, operation: Operation, cost: Cost, context: Context, act: str) -> list[Finding]:
        """Return what the gates say of a payment that costs `cost`; `act` says what it does."""
        if not self._gates:
            return []
        ratio = budget_ratio(self._limits, context, cost)
        if ratio is None:
            return [_untold(self._gates, act)]
        case = Case(act)
        found = []
        for gate in self._gates:
            used = f"{percent(ratio)} of the budget is used up"
            from_here = f"{used}, and from {PERCENT.show(gate.value)} on payments"
            if ratio < Fraction(gate.value):
                case.permits(gate, f"{used}, less than {PERCENT.show(gate.value)}")
            elif gate.name == "warn_at":
                case.warns(gate, used)
            elif gate.name == "halt_at":
                case.denies(gate, f"{from_here} halt", None)
            else:
                why = f"{from_here} are restricted"
                found.append(self._restricted.judge(operation, gate.name, gate.clause, act, why))
        return [case.finding(), *found]


def _untold(gates: Sequence[Limit], act: str) -> Finding:
    """Return what gates say where nobody told how much was spent: each the same, and so once."""
    breach = Breach(gates[0].name, act, _NO_SHARE, gates[0].clause, _HOW_TO_TELL)
    opinions = tuple(Opinion(gate.name, Says.UNDECIDED, gate.clause, why=_NO_SHARE) for gate in gates)
    return Finding((), (breach,), opinions)


class Restricted:
    """What still passes while payments are restricted: the operations of a list; without one all escalate."""

    __slots__ = ("_listing",)

    def __init__(self, given: Given) -> None:
        self._listing: Listing | None = given.lists.get("restricted_payment_operations")

    def judge(self, operation: Operation, constraint: str, clause: Clause, act: str, why: str) -> Finding:
        """Return what is said of a payment that `constraint`, at its place, restricts, and `why` it does."""
        listing = self._listing
        if listing is None:
            breach = Breach(constraint, act, why, clause, "have it approved", escalates=True)
            return Finding((), (breach,), (Opinion(constraint, Says.ESCALATES, clause, why=why),))
        word = operation.operation if isinstance(operation, PaymentCall) else None
        pattern: Pattern = EVERYTHING if word == ANY_PAYMENT else (word or "",)
        numbers = listing.index.covering(pattern) if word is not None else ()
        if numbers:
            opinions = tuple(listing.opinion(number, Says.PERMITS) for number in numbers)
            warned = Opinion(constraint, Says.OVERRULED, clause, why=why)
            return Finding((listing.clause,), (), (warned, *opinions))
        entry = "*" if word == ANY_PAYMENT else word
        change = f'to permit this, add "{clipped(entry)}" to {listing.name}' if entry is not None else None
        breach = Breach(listing.name, act, f"{why}, and `{listing.name}` does not cover it", clause, change)
        return Finding((), (breach,), (Opinion(constraint, Says.FORBIDS, clause, why=why), listing.silent))


def percent(ratio: Fraction) -> str:
    """Return a ratio as people read it, never rounded up to what it does not reach."""
    whole, hundredths = divmod(ratio.numerator * 10_000 // ratio.denominator, 100)
    return f"{whole}.{hundredths:02}".rstrip("0").rstrip(".") + "%"
