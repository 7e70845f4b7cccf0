"""What payments and tools are newly permitted: by their lists, and by amounts, counts and gates.

The values of lists come from the same search as all others.  Of amounts and states, those are tried at which
some limit of either policy changes what is decided, or just beyond: between two of them nothing changes.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from execgate.model.context import NO_MONEY, SCOPES, Context, Tally
from execgate.model.money import Money, digits
from execgate.model.operation import PaymentCall, ToolCall
from execgate.model.tool import ACTION as TOOL_CALL
from execgate.model.verdict import Clause
from execgate.model.vocabulary import STILL_OPERATIONS
from execgate.policy.agent import AgentPolicy
from execgate.policy.compare import states
from execgate.policy.compare.changes import Case, Change, Sides, unconfirmed
from execgate.policy.compare.code import MOST, Grants
from execgate.policy.constraints import PAYMENT_LIMITS, LimitConstraint
from execgate.policy.constraints.capabilities import CODE_EXECUTION, PAYMENT, TOOL
from execgate.policy.constraints.gates import GATES
from execgate.policy.grant import Grant
from execgate.policy.matching.pairs import Listing
from execgate.policy.search.pairs import Pairing, differences
from execgate.policy.search.space import Budget
from execgate.policy.search.spaces import PAYMENT_NOUNS, TOOL_NOUNS
from execgate.policy.search.views import Fields, Noun, operation

_MOST_TRIES = 1_200
_USD = "USD"
_STEP = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Spending:
    """Payments and tools of two agents; `gains` says that `after` is of the newer policy."""

    sides: Sides
    before: AgentPolicy | None
    after: AgentPolicy
    budget: Budget
    gains: bool

    def changes(self) -> Iterator[Change]:
        """Yield what is newly permitted, each with an example that the judge confirms."""
        old, new = self._grants(PAYMENT)
        if new is not None and old is None:
            yield from self._first(PAYMENT, self._new("the grant"), new.clause, self.payments({}))
        elif new is not None and old is not None:
            for noun in PAYMENT_NOUNS.values():
                yield from self._listed(noun, old, new)
            for limit in PAYMENT_LIMITS:
                if isinstance(limit, LimitConstraint):
                    yield from self._limited(limit, old, new)
            yield from self._restricted(old, new)
        old, new = self._grants(TOOL)
        if new is not None:
            for noun in TOOL_NOUNS.values():
                yield from self._listed(noun, old, new)
            yield from self._payment_tools(old, new)

    def _grants(self, capability: str) -> tuple[Grant | None, Grant | None]:
        old = None if self.before is None else self.before.grants.get(capability)
        return old, self.after.grants.get(capability)

    def _new(self, what: str) -> str:
        return f"{what} is {'new' if self.gains else 'gone'}"

    def _first(
        self, constraint: str, why: str, clause: Clause | None, cases: Iterator[Case]
    ) -> Iterator[Change]:
        """Yield the first case that is confirmed; where none is, nothing unless states decide, too."""
        both = [policy for policy in (self.after, self.before) if policy is not None]
        stated = (
            replace(case, context=context)
            for case in cases
            for context in states.contexts(case.context, both, self.sides.agent)
        )
        for case in itertools.islice(stated, _MOST_TRIES):
            if self.sides.confirms(case):
                yield Change(constraint, why, clause, case, decisions=self.sides.decisions(case))
                return
        if any(states.stateful(policy) for policy in both):
            yield unconfirmed(constraint, why, clause, gains=self.gains)

    # --- lists ----------------------------------------------------------------------------------------------

    def _listed(self, noun: Noun, old: Grant | None, new: Grant) -> Iterator[Change]:
        grants = Grants(None if old is None else old.lists, new.lists, self.budget, self.gains)
        for view, hit in grants.causes(noun):
            fixed = view.fields(hit.text)
            cases = self.payments(fixed) if noun.operation is PaymentCall else self.calls(fixed)
            found = grants.told(noun, hit, fixed)
            yield from self._first(found.constraint, found.why, found.clause, cases)

    def _restricted(self, old: Grant, new: Grant) -> Iterator[Change]:
        """Yield what passes while payments are restricted, and did not."""
        name = "restricted_payment_operations"
        less, more = old.lists.get(name), new.lists.get(name)
        if more is None or (less is not None and set(more.texts) <= set(less.texts)):
            return
        ratios = [gate for gate in GATES[1:] if gate in new.values]
        cases = (
            replace(case, context=replace(case.context, budget_ratio=new.values[gate]))
            for gate in ratios
            for word in self._words("payment_operations", new)
            for case in self.payments(word)
        )
        yield from self._first(name, self._moved(name), more.clause, cases)

    def _payment_tools(self, old: Grant | None, new: Grant) -> Iterator[Change]:
        """Yield tools that do no longer count as payments."""
        name = "payment_tools"
        counted = None if old is None else old.lists.get(name)
        if counted is None:
            return
        counts = new.lists.get(name) or Listing(name, counted.clause, ())
        noun = TOOL_NOUNS["executed_tools"]
        found = differences(noun, Pairing(counts), Pairing(counted), self.budget)
        names = [view.fields(hit.text) for view, hit in itertools.islice(found, MOST)]
        if not names:
            return
        cases = (case for fixed in names for case in self.calls(fixed))
        yield from self._first(name, self._moved(name), counted.clause, cases)

    def _moved(self, name: str) -> str:
        return f"other entries in `{name}`"

    # --- limits ---------------------------------------------------------------------------------------------

    def _limited(self, limit: LimitConstraint, old: Grant, new: Grant) -> Iterator[Change]:
        name = limit.name
        if not _is_wider(limit, old, new):
            return
        newer, older = (new, old) if self.gains else (old, new)
        clause = newer.clauses.get(name) or older.clauses.get(name)
        was, now = old.limits.get(name, "not given"), new.limits.get(name, "not given")
        if not self.gains:
            was, now = now, was
        cases: Iterator[Case] = self.payments({})
        if CODE_EXECUTION not in self.after.grants:
            cases = itertools.chain.from_iterable(map(self.calls, self._words("executed_tools", None)))
        focus = [scope for scope in SCOPES if name.endswith(f"_per_{scope}")]
        gates = name in GATES
        cases = (
            replace(case, context=context)
            for case in cases
            for context in self._around(case.context, _cost(case), focus, gates=gates)
        )
        # Another change may permit it too: it is an example of this one where the limit forbade it.
        blamed = (case for case in itertools.islice(cases, _MOST_TRIES) if self.sides.blames(case, name))
        yield from self._first(name, f"from `{was}` to `{now}`", clause, blamed)

    def _around(
        self, context: Context, cost: Money | None, focus: list[str], *, gates: bool
    ) -> Iterator[Context]:
        """Yield states about the limits of one constraint."""
        if gates:
            for gate in GATES:
                for share in self._values(gate):
                    yield replace(context, budget_ratio=share)
        if not focus:
            yield context
            return
        (scope,) = focus
        amount = Decimal(0) if cost is None else cost.amount
        currency = _USD if cost is None else cost.currency
        for most in self._money(currency, f"max_amount_per_{scope}"):
            for spent in (most - amount, most, most + _least(currency)):
                if spent >= 0:
                    tally = Tally((Money(spent, currency),), 1 if spent else 0)
                    yield replace(context, spent={**context.spent, scope: tally})
        for count in self._values(f"max_payments_per_{scope}"):
            for before in (int(count) - 1, int(count)):
                if before >= 0:
                    made = Tally((NO_MONEY,) if before else (), before)
                    yield replace(context, spent={**context.spent, scope: made})

    def _values(self, name: str) -> list[Decimal]:
        """Return what both policies give for a constraint that takes one number."""
        values = [
            grant.values[name]
            for grant in self._grants(PAYMENT)
            if grant is not None and grant.values.get(name) is not None
        ]
        return sorted(set(values))

    def _money(self, currency: str, *names: str) -> list[Decimal]:
        """Return the amounts in a currency that both policies give, for some constraints or for all."""
        found = {
            money.amount
            for grant in self._grants(PAYMENT)
            if grant is not None
            for name, value in grant.values.items()
            if isinstance(value, tuple) and (not names or name in names)
            for money in value
            if money.currency == currency
        }
        return sorted(found)

    # --- operations -----------------------------------------------------------------------------------------

    def _words(self, noun: str, grant: Grant | None, most: int = 100) -> list[Fields]:
        """Return values that the new lists permit, those first that the old ones permit too."""
        every = PAYMENT_NOUNS | TOOL_NOUNS
        capability = PAYMENT if noun in PAYMENT_NOUNS else TOOL
        old, new = self._grants(capability)
        grant = grant or new
        if grant is None:
            return []
        found = list(Grants(None, grant.lists, self.budget, self.gains).values(every[noun].name, most=most))
        if old is None:
            return found
        before = list(Grants(None, old.lists, self.budget, self.gains).values(noun, most=most))
        return [*(one for one in found if one in before), *(one for one in found if one not in before)]

    def payments(self, fixed: Fields) -> Iterator[Case]:
        """Yield payments in code of which the new lists permit every name, in states that permit them."""
        grant = self.after.grants[PAYMENT]
        choices = []
        lists = Grants(None, grant.lists, self.budget, self.gains)
        for noun, field in (
            ("providers", "provider"),
            ("payment_operations", "operation"),
            ("recipients", "recipient"),
            ("customers", "customer"),
        ):
            if field in fixed:
                choices.append([{field: fixed[field]}])
            elif PAYMENT_NOUNS[noun].open and not lists.judged(noun):
                choices.append([{}])
            else:
                choices.append(_few(self._words(noun, grant)))
        for chosen in itertools.product(*choices):
            fields = {name: value for one in chosen for name, value in one.items()}
            for paid in self._paid(fixed, still=fields["operation"] in STILL_OPERATIONS):
                call = operation(PaymentCall, {**fields, **paid})
                yield Case((call,), self._state(fields.get("customer")))

    def _paid(self, fixed: Fields, *, still: bool) -> Iterator[Fields]:
        """Yield amounts and currencies as a payment has them."""
        chosen = fixed.get("currency")
        if still and "currency" not in fixed:
            yield {}
        elif "currency" in fixed and chosen is None:
            yield from ({}, {"amount": str(_STEP)})
        elif chosen is not None and chosen.startswith("0x"):  # the contract of a token, which has no limits
            yield {"amount": str(_STEP), "currency": chosen}
        else:
            yield from ({"amount": str(one), "currency": one.currency} for one in self._amounts(fixed))

    def calls(self, fixed: Fields) -> Iterator[Case]:
        """Yield calls of a tool: as they are, and as payments."""
        call = operation(ToolCall, fixed)
        yield Case((call,), Context(), TOOL_CALL)
        if PAYMENT not in self.after.grants or fixed["stage"] != "execute":
            return
        lists = Grants(None, self.after.grants[PAYMENT].lists, self.budget, self.gains)
        customers = _few(self._words("customers", None)) if lists.judged("customers") else [{}]
        for customer in customers:
            for money in self._amounts({}):
                state = self._state(customer.get("customer"))
                yield Case((call,), replace(state, cost=money), TOOL_CALL)

    def _amounts(self, fixed: Fields) -> Iterator[Money]:
        """Yield the amounts at which something changes, the plainest first."""
        named = [
            money.currency
            for grant in self._grants(PAYMENT)
            if grant is not None
            for value in grant.values.values()
            if isinstance(value, tuple)
            for money in value
        ]
        chosen = fixed.get("currency")
        for currency in [chosen] if chosen else dict.fromkeys((*named, _USD)):
            least = _least(currency)
            limits = self._money(currency)
            near = sorted({limit + step for limit in limits for step in (-least, Decimal(0), least)})
            for amount in dict.fromkeys((least, Decimal(0), *(amount for amount in near if amount >= 0))):
                yield Money(amount, currency)

    def _state(self, customer: str | None) -> Context:
        """Return the state that a payment is permitted in if in any: nothing was spent before."""
        asked = dict.fromkeys(
            scope
            for grant in self._grants(PAYMENT)
            if grant is not None
            for scope in SCOPES
            if any(name.endswith(f"_per_{scope}") for name in grant.values)
        )
        gated = any(
            gate in grant.values for grant in self._grants(PAYMENT) if grant is not None for gate in GATES
        )
        return Context(
            customer=customer,
            spent={scope: Tally() for scope in asked},
            budget_ratio=Decimal(0) if gated else None,
        )


def _is_wider(limit: LimitConstraint, old: Grant, new: Grant) -> bool:
    """Return whether a limit of payments can permit more than it did."""
    name = limit.name
    if name == "compensation_timeout":
        return False  # decides nothing
    if name in old.values and name in new.values:
        return not limit.within(new.values[name], old.values[name])
    return name in (new.values if limit.grants else old.values)


def _few(found: list[Fields]) -> list[Fields]:
    """Return as many as it takes: of operations one that moves money and one that moves none."""
    moving = [one for one in found if one.get("operation") not in STILL_OPERATIONS]
    still = [one for one in found if one.get("operation") in STILL_OPERATIONS]
    return [*moving[:1], *still[:1]]


def _least(currency: str) -> Decimal:
    """Return the smallest amount above zero that a currency is paid in."""
    try:
        return Decimal(1).scaleb(-digits(currency))
    except ValueError:
        return _STEP


def _cost(case: Case) -> Money | None:
    (call,) = case.operations
    if isinstance(call, PaymentCall) and isinstance(call.amount, str) and isinstance(call.currency, str):
        return Money.parse(call.amount, call.currency)
    return case.context.cost
