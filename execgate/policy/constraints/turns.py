"""Several payments of one program: each is judged as if those that stand before it had been made."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from decimal import Decimal

from execgate.model.context import Context, Tally
from execgate.model.money import Money
from execgate.model.operation import Operation, PaymentCall
from execgate.model.source import Span
from execgate.model.vocabulary import STILL_OPERATIONS
from execgate.policy.constraints.quantities import EXACT
from execgate.policy.constraints.spending import NO_CURRENCY, Cost


def contexts(operations: Sequence[Operation], context: Context) -> Sequence[Context]:
    """Return the context of each operation: what payments before it cost counts as spent.

    Payments of one place in the code are alternatives, of which the dearest counts; how often a place is
    reached is not asked.  An amount that is not known is denied by every limit, and so counts for none.
    """
    if sum(isinstance(operation, PaymentCall) for operation in operations) < 2:
        return (context,) * len(operations)
    found: list[Context] = []
    made: dict[Span, list[Cost]] = {}
    for operation in operations:
        if not isinstance(operation, PaymentCall) or operation.operation in STILL_OPERATIONS:
            found.append(context)
            continue
        before = [costs for place, costs in made.items() if place != operation.location]
        found.append(_after(context, before, operation) if before else context)
        cost = Cost.of(operation.amount, operation.currency, operation.customer)
        made.setdefault(operation.location, []).append(cost)
    return found


def _after(context: Context, made: list[list[Cost]], operation: PaymentCall) -> Context:
    spent: dict[str, Tally] = {}
    for scope, tally in context.spent.items():
        counted = made if scope != "customer" else [costs for costs in made if _concerns(costs, operation)]
        try:
            spent[scope] = _added(tally, counted)
        except ValueError:
            continue  # more than can be said, so that it is not known: no limit is kept
    velocity = context.spend_velocity
    return dataclasses.replace(
        context, spent=spent, spend_velocity=None if velocity is None else velocity + len(made)
    )


def _concerns(costs: list[Cost], operation: PaymentCall) -> bool:
    """Return whether payments can be on the account of the customer who pays now."""
    now = operation.customer
    return any(
        not isinstance(now, str) or not isinstance(cost.customer, str) or cost.customer == now
        for cost in costs
    )


def _added(tally: Tally, made: list[list[Cost]]) -> Tally:
    amounts = {money.currency: money.amount for money in tally.amounts}
    for costs in made:
        dearest: dict[str, Decimal] = {}
        for cost in costs:
            if tally.summed and cost.amount is not None and cost.currency is not None:
                dearest[cost.currency] = max(cost.amount, dearest.get(cost.currency, Decimal(0)))
        for currency, amount in dearest.items():
            amounts[currency] = EXACT.add(amounts.get(currency, Decimal(0)), amount)
    if tally.summed:
        # Payments of no known amount leave what was spent before as known as it was.
        amounts.setdefault(NO_CURRENCY, Decimal(0))
    return Tally(
        tuple(Money(amount, currency) for currency, amount in amounts.items()),
        tally.payments + len(made) if tally.counted else 0,
    )
