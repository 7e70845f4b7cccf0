"""Payments: no constraint of `code_execution` grants them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from execgate.model.money import EXPONENTS, TOKENS
from execgate.model.operation import PaymentCall
from execgate.model.verdict import Opinion, Says
from execgate.model.vocabulary import ANY_PAYMENT, PAYMENT_OPERATIONS, PAYMENT_PROVIDERS
from execgate.policy.constraints._family import (
    ALL,
    Family,
    Given,
    Judge,
    ListConstraint,
    glob,
    names,
    some_words,
    twins,
)
from execgate.policy.constraints.quantities import currency_help
from execgate.policy.matching.pairs import BadEntryError, Breach, Finding, Shape
from execgate.policy.problems import clipped

PAYMENT = "payment"

_CURRENCY = re.compile(r"[a-z][a-z0-9]{1,11}|0x[0-9a-f]{40}")

read_provider = some_words(PAYMENT_PROVIDERS, "payment provider")
read_recipient = names("a recipient", "acct_*")
read_customer = names("a customer", "cus_*")
_operation_words = some_words(PAYMENT_OPERATIONS, "payment operation")


def read_operation(text: str, denies: bool) -> Sequence[Shape]:  # noqa: FBT001 - the reader's flag
    """Read a payment operation; what could be any of them is covered by `*` alone."""
    if text == ANY_PAYMENT:
        raise BadEntryError("not a payment operation", 'write "*" for all')
    return _operation_words(text, denies)


def read_currency(text: str, _denies: bool) -> tuple[Shape, ...]:  # noqa: FBT001 - the reader's flag
    """Read a currency in any case: a code of ISO 4217, a token by its name or its contract's address."""
    if text and not text.strip("*"):
        return (ALL,)
    currency = text.lower()
    if "*" not in text:
        known = currency.upper() in EXPONENTS or currency.upper() in TOKENS
        # Of three letters they are all known: one that is not is a slip, and would go unnoticed.
        if not _CURRENCY.fullmatch(currency) or (len(currency) <= 3 and not known):
            raise BadEntryError("not a currency", currency_help(currency))
    return (glob(currency),)


def _compile(given: Given) -> Judge:
    def judge(operation: PaymentCall) -> Finding:
        act = f"pay through `{clipped(operation.provider)}` (`{clipped(operation.operation)}`)"
        why = 'the agent has no `can "payment"`, which alone grants payments'
        silent = Opinion(PAYMENT, Says.SILENT, given.grant, why=why)
        return Finding((), (Breach(PAYMENT, act, why, given.grant),), (silent,))

    return judge


FAMILIES = (
    Family(
        PaymentCall,
        (
            *twins("providers", read_provider, known=PAYMENT_PROVIDERS),
            *twins("payment_operations", read_operation, known=PAYMENT_OPERATIONS),
            *twins("currencies", read_currency),
            *twins("recipients", read_recipient),
            *twins("customers", read_customer),
            ListConstraint("restricted_payment_operations", read_operation, known=PAYMENT_OPERATIONS),
        ),
        _compile,
        PAYMENT,
    ),
)
