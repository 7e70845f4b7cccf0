"""`can "payment"`: through whom, what, in which currency, to whom, on whose account, and how much."""

from __future__ import annotations

import re
from collections.abc import Sequence

from execgate.model.context import Context
from execgate.model.money import EXPONENTS, TOKENS
from execgate.model.operation import PaymentCall
from execgate.model.values import Text, Unknown
from execgate.model.verdict import Opinion, Says
from execgate.model.vocabulary import (
    ANY_PAYMENT,
    PAYMENT_OPERATIONS,
    PAYMENT_PROVIDERS,
    STILL_OPERATIONS,
)
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
from execgate.policy.constraints.capabilities import PAYMENT
from execgate.policy.constraints.gates import Gates
from execgate.policy.constraints.quantities import currency_help
from execgate.policy.constraints.spending import Cost, Spending
from execgate.policy.matching.pairs import (
    BadEntryError,
    Breach,
    Finding,
    Pair,
    Shape,
    Subject,
    UnresolvableError,
    known,
    total,
)
from execgate.policy.matching.patterns import EVERYTHING, Pattern, split
from execgate.policy.problems import clipped

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
        known_ = currency.upper() in EXPONENTS or currency.upper() in TOKENS
        # Of three letters they are all known: one that is not is a slip, and would go unnoticed.
        if not _CURRENCY.fullmatch(currency) or (len(currency) <= 3 and not known_):
            raise BadEntryError("not a currency", currency_help(currency))
    return (glob(currency),)


class Names:
    """The lists of what a payment names beside its operation: currencies, recipients, customers."""

    __slots__ = ("_currencies", "_customers", "_recipients")

    def __init__(self, given: Given) -> None:
        self._currencies = given.pair("currencies", read_currency, open_=True)
        self._recipients = given.pair("recipients", read_recipient, open_=True)
        self._customers = given.pair("customers", read_customer, open_=True)

    def judge(
        self, currency: Text | None, recipient: Text | None, customer: Text | None, *, moves: bool = True
    ) -> list[Finding]:
        """Return what the lists say that judge something; what moves no money may name no currency."""
        found = []
        if self._currencies.judges and (moves or currency is not None):
            name = currency.lower() if isinstance(currency, str) else currency
            found.append(_named(self._currencies, name, "pay in", "currency"))
        if self._recipients.judges:
            found.append(_named(self._recipients, recipient, "pay", "recipient"))
        if self._customers.judges:
            found.append(_named(self._customers, customer, "pay on the account of", "customer"))
        return found


def _named(pair: Pair, value: Text | None, act: str, what: str) -> Finding:
    missing = Unknown(f"the call names no {what}")
    try:
        pattern: Pattern = tuple(split(known(missing if value is None else value, what), None))
    except UnresolvableError as error:
        help_ = f"name the {what} by a constant"
        return pair.puzzle(f"{act} a {what} that could not be worked out", str(error), help_)
    entry = value if isinstance(value, str) and "*" not in value else None
    return pair.judge(Subject(pattern, pattern, lambda: (f"{act} `{clipped(str(value))}`", entry)))


def ungranted(given: Given, capability: str, act: str, what: str) -> Finding:
    """Return what is said of an operation whose capability the agent lacks."""
    why = f'the agent has no `can "{capability}"`, which alone grants {what}'
    breach = Breach(
        capability,
        act,
        why,
        given.grant,
        f'to permit it, add `can "{capability}" with constraints {{ ... }}` to the agent',
    )
    return Finding((), (breach,), (Opinion(capability, Says.SILENT, given.grant, why=why),))


def _compile(given: Given) -> Judge:
    if PAYMENT not in given.grants:
        return lambda operation, _: ungranted(given, PAYMENT, _act(operation), "payments")
    providers = given.pair("providers", read_provider)
    operations = given.pair("payment_operations", read_operation)
    named, spending, gates = Names(given), Spending(given), Gates(given)

    def judge(operation: PaymentCall, context: Context) -> Finding:
        act, word, provider = _act(operation), operation.operation, operation.provider
        anything: Pattern = EVERYTHING if word == ANY_PAYMENT else (word,)
        entry = "*" if word == ANY_PAYMENT else word
        moves = word not in STILL_OPERATIONS
        cost = Cost.of(operation.amount, operation.currency, operation.customer)
        findings = (
            providers.judge(Subject((provider,), (provider,), lambda: (act, provider))),
            operations.judge(Subject(anything, anything, lambda: (act, entry))),
            *named.judge(operation.currency, operation.recipient, operation.customer, moves=moves),
            spending.judge(cost, context, act) if moves else spending.still(word, act),
            *gates.judge(operation, cost, context, act),
        )
        return total(findings)

    return judge


def _act(operation: PaymentCall) -> str:
    amount = operation.amount if isinstance(operation.amount, str) else ""
    currency = operation.currency if isinstance(operation.currency, str) and amount else ""
    money = " ".join(filter(None, (clipped(amount, 40), clipped(currency, 20))))
    through = f"through `{clipped(operation.provider)}` (`{clipped(operation.operation)}`)"
    return f"pay {money} {through}" if money else f"pay {through}"


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
        contextual=True,
    ),
)
