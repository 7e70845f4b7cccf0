"""What is paid, by a library or by HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from typing import Any

from execgate.analysis.effects.binding import is_false, place
from execgate.analysis.effects.site import Site, first_filled
from execgate.analysis.values import (
    MAX_ALTERNATIVES,
    Anything,
    Const,
    Map,
    Value,
    alternatives,
)
from execgate.model.operation import (
    PaymentCall,
)
from execgate.model.values import Text, Unknown
from execgate.operations import entry as catalogue


def _pays(site: Site, effect: catalogue.Pays) -> None:
    amount = first_filled(site, (effect.amount or "").split("|"))
    currency = first_filled(site, (effect.currency or "").split("|"))
    recipient = first_filled(site, effect.recipient)
    report_payment(site, effect.provider, effect.operation, effect.unit, (amount, currency, recipient))


def report_payment(
    site: Site,
    provider: str,
    operation: str,
    unit: str,
    operands: tuple[Value | None, Value | None, Value | None],
) -> None:
    """Record a payment, with its amount in the currency's major unit."""
    amount, currency, recipient = operands
    currencies: list[Text | None] = list(site.texts(currency, "currency")) if currency is not None else [None]
    recipients: list[Text | None] = (
        list(site.texts(recipient, "recipient")) if recipient is not None else [None]
    )
    amounts = alternatives(amount) if amount is not None else (None,)
    for value, money, payee in list(product(amounts, currencies, recipients))[:MAX_ALTERNATIVES]:
        code = money.upper() if isinstance(money, str) else money
        site.report(
            PaymentCall,
            provider=provider,
            operation=operation,
            amount=_amount(value, code, unit, provider),
            currency=code,
            recipient=payee,
        )


def _amount(value: Value | None, currency: Text | None, unit: str, provider: str) -> Text | None:
    from execgate.model import money

    if value is None:
        return None
    if (
        not isinstance(value, Const)
        or isinstance(value.value, bool)
        or not isinstance(value.value, (int, str, float))
    ):
        return Unknown(value.why if isinstance(value, Anything) else "the amount could not be worked out")
    if unit != "minor":
        return str(value.value)
    if not isinstance(currency, str) or not str(value.value).isascii() or not str(value.value).isdecimal():
        return Unknown("the amount is in a minor unit, and its currency is not known")
    try:
        return money.major(int(value.value), currency, provider)
    except ValueError as error:
        return Unknown(str(error))


def pay_by_http(site: Site, host: Text, path: Text, method: Text | None) -> None:
    """Record the payment that a request to a provider is."""
    from execgate.operations.payments import payment_at

    if not isinstance(host, str):
        return
    found = payment_at(
        host,
        method if isinstance(method, str) else None,
        str(path) if not isinstance(path, Unknown) else None,
    )
    if found is None:
        return
    body = None
    for name in ("data", "json", "params", "body", "content"):
        value = site.bound.get(name)
        if value is not None and not is_false(value):
            body = value
            break

    def operand(keys: Iterable[str]) -> Value | None:
        if body is None:
            return None
        for key in keys:
            value = place(site.m, {"body": body}, f"body.{key}", site.node) if key else None
            if value is not None:
                return value
        return (
            None
            if isinstance(body, Map) and body.more is None
            else Anything("the body of the request is not known")
        )

    report_payment(
        site,
        found.provider,
        found.operation,
        found.unit,
        (
            operand((found.amount or "").split("|")),
            operand((found.currency or "").split("|")),
            operand(found.recipient),
        ),
    )


RULES: dict[type[catalogue.Effect], Callable[[Site, Any], None]] = {
    catalogue.Pays: _pays,
}
"""The rules of these effects."""
