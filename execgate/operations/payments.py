"""Calls that move money: what `payments.csv` says, as entries of the catalogue and by URL.

A line of the file is one operation of a provider.  `call` and `async_call` are functions of its library,
`client_call` a method of its client; `hosts` (with `*` in them), `method` and `path` (with `{id}` for any
one segment) are the same by HTTP.  `amount`, `currency` and `recipient` are the places of the operands in
what is sent, several with `|` between them; `unit` is that of the amount.  A list of items has no amount of
its own: what each of them costs is not in the call.
"""

from __future__ import annotations

import csv
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from execgate.operations.entry import Does, Pays, Reaches, Table, effect, nothing, returns

STRIPE = "stripe.StripeClient"
PAYPAL = "paypalserversdk.paypal_serversdk_client.PaypalServersdkClient"


class Line(NamedTuple):
    """One line of the file, by its columns."""

    provider: str
    call: str
    async_call: str
    client_call: str
    operation: str
    amount: str
    currency: str
    recipient: str
    unit: str
    hosts: str
    method: str
    path: str

    def pays(self, prefix: str = "") -> Pays:
        """Return the effect, with its places below `prefix`."""

        def below(places: str) -> list[str]:
            return [prefix + place for place in places.split("|") if place]

        return Pays(
            self.provider,
            self.operation,
            "|".join(below(self.amount)) or None,
            "|".join(below(self.currency)) or None,
            tuple(below(self.recipient)),
            self.unit,
        )


def _read() -> tuple[Line, ...]:
    with Path(__file__).with_name("payments.csv").open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        next(lines)
        return tuple(Line(*line) for line in lines)


LINES = _read()


def _stripe(line: Line) -> tuple[Table, dict[str, str]]:
    """Return the functions and client methods of a line for Stripe, and the attributes that lead to these."""
    table: Table = {}
    identifier = "id, " if "{" in line.path else ""
    if line.call:
        places = f"{line.amount}|{line.currency}|{line.recipient}".split("|")
        named = dict.fromkeys(place.partition(".")[0] for place in places if place)
        signature = f"({identifier}*, {', '.join((*named, '**params'))})"
        for name in filter(None, (line.call, line.async_call)):
            table[name + signature] = effect(line.pays())
    attributes: dict[str, str] = {}
    owner, _, method = line.client_call.removeprefix("client.").rpartition(".")
    does = effect(line.pays("params."))
    for name in (method, f"{method}_async"):
        table[f"{STRIPE}.{owner}.{name}(self, {identifier}params, options)"] = does
    steps = owner.split(".")
    for end in range(1, len(steps) + 1):
        reached = ".".join(steps[:end])
        attributes[f"{STRIPE}.{reached}"] = f"{STRIPE}.{reached}"
        if reached.startswith("v1."):  # older clients have no version in between
            attributes[f"{STRIPE}.{reached.removeprefix('v1.')}"] = f"{STRIPE}.{reached}"
    return table, attributes


def _paypal(line: Line) -> tuple[Table, dict[str, str]]:
    """Return the methods of a line for PayPal: of a client's controllers, or of the older resources."""
    owner, _, method = line.call.rpartition(".")
    controller = owner.removeprefix("paypalserversdk.")
    if controller != owner:
        return {f"{line.call}(self, options)": effect(line.pays("options."))}, {
            f"{PAYPAL}.{controller}": owner
        }
    prefix = "self.attributes." if method == "create" else "attributes."
    return {
        f"{line.call}(self, attributes, **options)": effect(line.pays(prefix)),
        f"{owner}(attributes, api, **options)": returns(owner, "attributes"),
        f"{owner}.find(resource_id, api, **options)": returns(owner),
    }, {}


def _raw() -> Does:
    """Return a request whose path decides what it does; its parameters as a whole are no amount."""
    return effect(Pays("stripe", "any", "params", None, ()))


TABLE: Table = {
    f"{STRIPE}(api_key, **options)": returns(STRIPE),
    f"{STRIPE}.raw_request(self, method_, url_, **params)": _raw(),
    f"{STRIPE}.raw_request_async(self, method_, url_, **params)": _raw(),
    f"{STRIPE}.construct_event(self, payload, sig_header, secret, tolerance)": nothing(),
    "stripe.raw_request(method_, url_, **params)": _raw(),
    "stripe.raw_request_async(method_, url_, **params)": _raw(),
    "stripe.Webhook.construct_event(payload, sig_header, secret, tolerance, api_key)": nothing(),
    "stripe.*(*args, **params)": effect(Reaches(fixed="api.stripe.com", scheme="https", method="connect")),
    f"{PAYPAL}(**options)": returns(PAYPAL),
    "paypalrestsdk.configure(options, **config)": nothing(),
    "paypalrestsdk.*(*args, **options)": effect(
        Reaches(fixed="api.paypal.com", scheme="https", method="connect")
    ),
}
ATTRIBUTES: dict[str, str] = {}
for _line in LINES:
    if _line.provider in {"stripe", "paypal"} and (_line.call or _line.client_call):
        _table, _attributes = (_stripe if _line.provider == "stripe" else _paypal)(_line)
        TABLE.update(_table)
        ATTRIBUTES.update(_attributes)


@cache
def payment_at(host: str, method: str | None, path: str | None) -> Pays | None:
    """Return the payment that an HTTP request is, with places in its body; None where it is none.

    `method` and `path` are None where they are not known, and `*` in the path stands for a part that is not:
    what they could be counts, and with more than one thing that they could be the operation is `any`.
    """
    host = host.lower().rstrip(".")
    found: dict[Pays, None] = {}
    for line in LINES:
        if (
            any(fnmatchcase(host, pattern) for pattern in line.hosts.split("|"))
            and (method is None or method.upper() in {line.method, "*"})
            and (path is None or _can_be(path, line.path))
        ):
            pays = line.pays()
            if path is not None and _segments(path) == _segments(line.path):
                return _in_body(pays)
            found[_in_body(pays)] = None
    if len(found) == 1:
        return next(iter(found))
    return Pays(next(iter(found)).provider, "any") if found else None


def _segments(path: str) -> list[str]:
    return [unquote(segment) for segment in path.partition("?")[0].partition("#")[0].split("/") if segment]


def _can_be(path: str, pattern: str) -> bool:
    """Return whether `path`, with `*` for what is not known of it, can be one that `pattern` describes."""
    have, want = _segments(path), _segments(pattern)
    if "*" not in path:
        return len(have) == len(want) and all(map(_same, have, want))
    free = [index for index, segment in enumerate(have) if "*" in segment]
    start, end = have[: free[0]], have[free[-1] + 1 :]
    return len(start) + len(end) <= len(want) and all(
        map(_same, start + end, want[: len(start)] + want[len(want) - len(end) :])
    )


def _same(have: str, want: str) -> bool:
    return want.startswith("{") or have == want


def _in_body(pays: Pays) -> Pays:
    """Return the payment with its places as they are in the body itself."""

    def inner(place: str | None) -> str | None:
        return "|".join(_bare(part) for part in place.split("|")) if place else None

    return Pays(
        pays.provider,
        pays.operation,
        inner(pays.amount),
        inner(pays.currency),
        tuple(_bare(place) for place in pays.recipient),
        pays.unit,
    )


def _bare(place: str) -> str:
    return place.removeprefix("body").removeprefix("[]").removeprefix(".")
