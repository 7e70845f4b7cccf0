"""What is paid, by a library or by HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal, DecimalException
from functools import reduce
from itertools import product
from typing import Any, NamedTuple, TypeAlias

from execgate.analysis import iteration
from execgate.analysis.effects import bodies
from execgate.analysis.effects.binding import Bindings, place
from execgate.analysis.effects.site import Site
from execgate.analysis.machine import Machine
from execgate.analysis.values import (
    MAX_ALTERNATIVES,
    Anything,
    Const,
    Inst,
    Map,
    Obj,
    Ref,
    Seq,
    Value,
    alternatives,
    union,
)
from execgate.model.operation import (
    PaymentCall,
)
from execgate.model.values import Template, Text, Unknown
from execgate.operations import effects as catalogue

_NOT_SAID = "the call does not say how much: the provider does"


class _Total(NamedTuple):
    """What one payment comes to: numbers that are added up, or why they are not known, and to whom."""

    amounts: tuple[Decimal | str, ...] | Unknown | None
    currency: Text | None
    recipient: Text | None
    unit: str


class _Payment:
    """The operands of one payment, at the places of the catalogue."""

    def __init__(self, site: Site, effect: catalogue.Pays, bound: Bindings) -> None:
        self.site = site
        self.effect = effect
        self.bound = bound
        self.currencies = effect.currency.split("|") if effect.currency else []

    def totals(self) -> Iterator[_Total]:
        """Yield every payment that this can be; a list of payees is one for each."""
        places = self.effect.amount.split("|") if self.effect.amount else []
        units = self.effect.unit.split("|")
        for position, where in enumerate(places):
            among = _list_in(where)
            if among is None:
                terms = [self._term(term, self.bound) for term in where.split("+")]
                filled = [term for term in terms if term is not None]
            else:
                filled = list(self._items(where, among))
            if filled:
                unit = units[min(position, len(units) - 1)]
                yield from self._whole(filled, unit) if among is None else self._all(filled, among, unit)
                return
        unknown = Unknown(_NOT_SAID) if places else None
        for currency, recipient in product(self._texts(self._currency()), self._texts(self._payee())):
            yield _Total(unknown, currency, recipient, units[-1])

    def _term(self, where: str, bound: Bindings) -> list[Value] | None:
        """Return an amount, with how often it counts behind it; None where it is not passed."""
        if where == "?":
            return [Anything(_NOT_SAID)]
        amount, _, count = where.partition("*")
        value = place(self.site.m, bound, amount, self.site.node)
        if value is None:
            return None
        times = place(self.site.m, bound, count, self.site.node) if count else None
        return [value] if times is None else [value, times]

    def _items(self, where: str, among: str) -> Iterator[list[Value]]:
        """Yield the amounts of a list's items, each with what it holds bound to the list's place."""
        for bound in self._each(among):
            yield self._term(where.replace(f"{among}[]", _ITEM), bound) or [
                Anything("what an item costs is not in the call")
            ]

    def _each(self, among: str) -> Iterator[Bindings]:
        """Yield the parameters once for each item of a list, with the item among them."""
        for item in self._elements(among):
            yield {**self.bound, _ITEM: item}

    def _elements(self, among: str) -> list[Value]:
        outer, nested, inner = among.partition("[]")
        value = place(self.site.m, self.bound, outer, self.site.node)
        if value is None:
            return []
        found = bodies.exact(self.site.m, value)
        if not nested:
            return found
        below = [place(self.site.m, {_ITEM: item}, _ITEM + inner, self.site.node) for item in found]
        return [item for listed in below if listed is not None for item in bodies.exact(self.site.m, listed)]

    def _whole(self, terms: list[list[Value]], unit: str) -> Iterator[_Total]:
        currencies = self._texts(self._currency())
        recipients = self._texts(self._payee())
        for amounts, currency, recipient in product(_sums(terms), currencies, recipients):
            yield _Total(amounts, currency, recipient, unit)

    def _all(self, terms: list[list[Value]], among: str, unit: str) -> Iterator[_Total]:
        """Yield what a list comes to: one payment for each item that names a payee, else one in all."""
        listed = f"{among}[]"
        bindings = list(self._each(among))
        currencies = [self._currency(bound, listed) for bound in bindings]
        payees = [self._payee(bound, listed) for bound in bindings]
        if len(terms) > 1 and any(where.startswith(listed) for where in self.effect.recipient):
            for term, currency, named_payee in zip(terms, currencies, payees, strict=True):
                for amounts, code, who in product(
                    _sums([term]), self._texts(currency), self._texts(named_payee)
                ):
                    yield _Total(amounts, code, who, unit)
            return
        known = [value for value in currencies if value is not None]
        named = [value for value in payees if value is not None]
        codes = self._texts(union(known) if known else None)
        mixed = len(terms) > 1 and len(codes) > 1
        whose = self._texts(union(named) if named else None)
        for amounts, code, payee in product(_sums(terms), codes, whose):
            yield _Total(
                Unknown("the items are in several currencies") if mixed else amounts, code, payee, unit
            )

    def _currency(self, bound: Bindings | None = None, listed: str = "") -> Value | None:
        for where in self.currencies:
            if where.startswith("="):
                return Const(where[1:])
            value = self._at(where, bound, listed)
            if value is not None:
                return value
        return None

    def customers(self) -> list[Text | None]:
        """Return on whose account the payment can be."""
        return self._texts(self._someone(self.effect.customer))

    def _payee(self, bound: Bindings | None = None, listed: str = "") -> Value | None:
        return self._someone(self.effect.recipient, bound, listed)

    def _someone(
        self, places: tuple[str, ...], bound: Bindings | None = None, listed: str = ""
    ) -> Value | None:
        for where in places:
            value = self._at(where, bound, listed)
            if value is None:
                continue
            found = [_named(self.site.m, alternative, self.site) for alternative in alternatives(value)]
            named = [each for each in found if each is not None]
            if named:
                return union(named)
        return None

    def _at(self, where: str, bound: Bindings | None, listed: str) -> Value | None:
        if bound is not None and listed and where.startswith(listed):
            return place(self.site.m, bound, where.replace(listed, _ITEM), self.site.node)
        return place(self.site.m, self.bound, where, self.site.node)

    def _texts(self, value: Value | None) -> list[Text | None]:
        if value is None:
            return [None]
        found: list[Text | None] = []
        for alternative in alternatives(value):
            if isinstance(alternative, Ref):
                # A member of an enumeration is called as what it stands for.
                found.append(alternative.name.rpartition(".")[2])
            elif isinstance(alternative, Const) and isinstance(alternative.value, (int, type(None))):
                found.append(None if alternative.value is None else str(alternative.value))
            else:
                found += self.site.texts(alternative, "operand")
        return list(dict.fromkeys(found))[:MAX_ALTERNATIVES]


_ITEM = "item()"
"""The name under which an item of a list is looked at."""


def _list_in(where: str) -> str | None:
    """Return the place of the list whose items are added up, up to its last `[]`."""
    amount = where.partition("*")[0]
    return amount[: amount.rindex("[]")] if "[]" in amount else None


_NAMES = """
    id email email_address paypal_id merchant_id iban balanceAccountId transferInstrumentId
    storedPaymentMethodId accountNumber account_number account address href number token
""".split()
"""What names whoever is described by several fields, the surest first."""


def _named(m: Machine, value: Value, site: Site, depth: int = 4) -> Value | None:
    """Return the one thing that names a payee; None for a description that names nobody."""
    if isinstance(value, Seq):
        items = iteration.exact_items(m, value)
        found = [_named(m, item, site, depth - 1) for item in items] if items is not None and depth else []
        named = [each for each in found if each is not None]
        return union(named) if named else (None if items is not None else value)
    if not isinstance(value, (Map, Obj, Inst)):
        return value
    for name in _NAMES:
        inner = place(m, {_ITEM: value}, f"{_ITEM}.{name}", site.node)
        if inner is not None and not isinstance(inner, (Map, Seq)):
            return inner
    if isinstance(value, Map) and depth:
        for inner in value.items.values():
            if isinstance(inner, Map):
                named_inside = _named(m, inner, site, depth - 1)
                if named_inside is not None:
                    return named_inside
    return None


def _sums(terms: list[list[Value]]) -> list[tuple[Decimal | str, ...] | Unknown]:
    """Return what the terms can come to: for each choice of what they can be, the products to add up."""
    factors = [alternatives(value) for term in terms for value in term]
    sizes = [len(term) for term in terms]
    count = reduce(lambda product_, options: product_ * len(options), factors, 1)
    if count > MAX_ALTERNATIVES:
        return [Unknown("the amount can be one of too many")]
    sums: list[tuple[Decimal | str, ...] | Unknown] = []
    for choice in product(*factors):
        numbers = [_number(value) for value in choice]
        unknown = next((number for number in numbers if isinstance(number, Unknown)), None)
        if unknown is not None:
            sums.append(unknown)
            continue
        products: list[Decimal | str] = []
        position = 0
        for size in sizes:
            whole = numbers[position : position + size]
            position += size
            known = [number for number in whole if not isinstance(number, Unknown)]
            products.append(known[0] if size == 1 else _times(known))
        sums.append(tuple(products))
    return list(dict.fromkeys(sums))


def _times(numbers: Sequence[Decimal | str]) -> Decimal:
    return reduce(lambda a, b: a * Decimal(b), numbers, Decimal(1))


def _number(value: Value) -> Decimal | str | Unknown:
    """Return a number as its digits are written, or why it is not known."""
    if isinstance(value, Anything):
        return Unknown(value.why)
    if isinstance(value, Const) and not isinstance(value.value, bool):
        raw = value.value
        if isinstance(raw, bytes):
            raw = raw.decode("ascii", "replace")
        if isinstance(raw, (int, float, Decimal)):
            raw = str(raw)
        if isinstance(raw, str) and raw.isascii() and len(raw) <= MAX_DIGITS and not raw[:1].isspace():
            try:
                number = Decimal(raw)
            except DecimalException:
                return Unknown("the amount is no number")
            if number.is_finite() and "_" not in raw and abs(number.adjusted()) <= MAX_DIGITS:
                return raw if "e" not in raw.lower() and not raw.startswith("+") else f"{number:f}"
    return Unknown("the amount could not be worked out")


MAX_DIGITS = 60
"""How long an amount may be."""


def _pays(site: Site, effect: catalogue.Pays) -> None:
    _report(site, effect, site.bound)


def _report(site: Site, effect: catalogue.Pays, bound: Bindings) -> None:
    """Record a payment, with its amount in the currency's major unit."""
    payment = _Payment(site, effect, bound)
    operands = dict.fromkeys(
        (
            _amount(total, _code(total.currency), effect.provider),
            _code(total.currency),
            total.recipient,
            customer,
        )
        for total, customer in product(payment.totals(), payment.customers())
    )
    # What is left out would be paid unseen: of too many, what they do not share is not known.
    several = len(operands) > MAX_ALTERNATIVES
    for amount, currency, recipient, customer in [_shared(operands)] if several else operands:
        site.report(
            PaymentCall,
            provider=effect.provider,
            operation=effect.operation,
            amount=amount,
            currency=currency,
            recipient=recipient,
            customer=customer,
        )


_Operands: TypeAlias = "tuple[Text | None, Text | None, Text | None, Text | None]"


def _shared(operands: Iterable[_Operands]) -> _Operands:
    """Return what all of them share; each of the rest is not known."""
    unknown = Unknown("it can be one of too many")
    amount, currency, recipient, customer = (
        found.pop() if len(found) == 1 else unknown for found in map(set, zip(*operands, strict=True))
    )
    return amount, currency, recipient, customer


def _code(currency: Text | None) -> Text | None:
    """Return a currency as it is written in the field: of a pair of them the first."""
    from execgate.model import money

    if not isinstance(currency, str):
        return currency
    try:
        return money.currency_code(currency.partition("/")[0].partition(":")[0])
    except ValueError:
        return currency


def _amount(total: _Total, currency: Text | None, provider: str) -> Text | None:
    from execgate.model import money

    if total.amounts is None or isinstance(total.amounts, Unknown):
        return total.amounts
    if len(total.amounts) == 1 and total.unit == "major":
        return str(total.amounts[0])
    amount = reduce(lambda a, b: a + Decimal(b), total.amounts, Decimal(0))
    if total.unit == "major":
        return f"{amount:f}"
    if not isinstance(currency, str):
        return Unknown(f"the amount is in a {total.unit} unit, and its currency is not known")
    try:
        if total.unit == "token":
            return _shifted(amount, money.token_exponent(currency))
        if amount == amount.to_integral_value():
            sign = "-" if amount < 0 else ""
            return sign + money.major(abs(int(amount)), currency, provider if provider in money.OWN else None)
        return _shifted(amount, money.exponent(currency, provider if provider in money.OWN else None))
    except ValueError as error:
        return Unknown(str(error))


def _shifted(amount: Decimal, digits: int) -> str:
    """Return an amount with its point moved to the left, without zeros at its end."""
    text = f"{amount.scaleb(-digits):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def pay_by_http(site: Site, host: Text, path: Text, method: Text | None, body: Value | None = None) -> None:
    """Record the payment that a request to a provider is; what is sent is `body`, or what the call passes."""
    from execgate.operations.payments import payment_at

    if not isinstance(host, str):
        return
    shown = path if isinstance(path, str) else str(path) if isinstance(path, Template) else None
    found = payment_at(host, method if isinstance(method, str) else None, shown)
    if found is None:
        return
    sent = body if body is not None else bodies.sent(site)
    bound: Bindings = {
        name: Const(value) if "*" not in value else Anything("a part of the path is not known")
        for name, value in found.named.items()
    }
    if sent is not None:
        bound["body"] = union(bodies.read(site.m, alternative) for alternative in alternatives(sent))
    _report(site, found.pays, bound)


def _pays_at(site: Site, effect: catalogue.PaysAt) -> None:
    def text(where: str) -> Text:
        value = site.at(where)
        found = site.texts(value, where) if value is not None else []
        return found[0] if len(found) == 1 else Unknown(f"the {where} could not be worked out")

    method = text(effect.method[1:]) if effect.method.startswith("=") else effect.method
    path = text(effect.path)
    if isinstance(path, str) and "://" in path:
        path = "/" + path.partition("://")[2].partition("/")[2]
    body = site.at(effect.body)
    pay_by_http(site, effect.fixed, path, method, body if body is not None else Const(""))


def _scales(site: Site, effect: catalogue.Scales) -> None:
    from execgate.model import money

    value = site.at(effect.value)
    unit = Const(effect.by) if effect.unit is None else site.at(effect.unit)
    if value is None or unit is None:
        return
    results: list[Value] = []
    for number, name in product(alternatives(value), alternatives(unit)):
        known = _number(number)
        if isinstance(known, Unknown) or not isinstance(name, Const):
            results.append(Anything("the amount could not be worked out"))
            continue
        try:
            results.append(Const(money.smallest(Decimal(known), name.value)))
        except ValueError as error:
            results.append(Anything(str(error)))
    site.result = union(results)


RULES: dict[type[catalogue.Effect], Callable[[Site, Any], None]] = {
    catalogue.Pays: _pays,
    catalogue.PaysAt: _pays_at,
    catalogue.Scales: _scales,
}
"""The rules of these effects."""
