"""Calls that move money: what `payments.csv` says, as entries of the catalogue and by URL.

A line of the file is one operation of a provider.  `calls` are the functions and methods of its libraries
that do it, with `;` between them; `hosts` (with `*` in them), `method` and `path` (with `{id}` for any one
segment) are the same by HTTP.  `amount`, `currency`, `recipient` and `customer`, on whose account it is, are
the places of the operands in what is sent; `unit` is that of the amount: `minor` or `major` of the currency,
or `token` for a token's smallest part.

A call is a signature of the catalogue with these short forms:

- `Type:payments.create(...)` is a method of what the attribute `payments` of a `Type` is;
- `=body` and `**=options` are the parameters that hold what is sent, `=options.body` a place in one;
- `[v1.]` is there or not, `{buy,sell}` is either, and `-> Type` is what comes back.

Of several places with `|` between them the first that is filled counts.  `+` adds up what is filled, and
`items[].price*quantity` adds up all items, each as often as it says itself.  `=ETH` is the currency itself,
and `?` an amount that the provider knows and the call does not say.

`payment_objects.csv` lists what clients, and what describes a payment, are made by, with the host that is
asked for it; `each` stands before what there are several of, and a line without parentheses is an attribute.
What such a call is passed stays with the object.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from itertools import product
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from execgate.operations.effects import Opaque, Pays, PaysAt, Reaches, Scales
from execgate.operations.entry import EVERYTHING, Does, Table, effect


class Line(NamedTuple):
    """One line of the file, by its columns."""

    provider: str
    operation: str
    calls: str
    amount: str
    currency: str
    recipient: str
    customer: str
    unit: str
    hosts: str
    method: str
    path: str

    def pays(self, *bodies: str, parameters: tuple[str, ...] = ()) -> Pays:
        """Return the effect of a call with `parameters`, what is sent being at the places `bodies`."""
        found = [
            _below(places, bodies, parameters)
            for places in (self.amount, self.currency, self.recipient, self.customer)
        ]
        amount, currency, recipient, customer = found
        units = dict(zip(self.amount.split("|"), self.unit.split("|"), strict=False))
        unit = self.unit.split("|")[-1]
        return Pays(
            self.provider,
            self.operation,
            "|".join(place for place, _ in amount) or None,
            "|".join(place for place, _ in currency) or None,
            tuple(place for place, _ in recipient),
            "|".join(units.get(original, unit) for _, original in amount) if "|" in self.unit else unit,
            tuple(place for place, _ in customer),
        )


def _read(name: str) -> Iterator[list[str]]:
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        next(lines)
        yield from lines


LINES = tuple(Line(*line) for line in _read("payments.csv"))

_HEAD = re.compile(r"[^.\[*+]*")
_CHOICE = re.compile(r"\[([^\]]+)\]|\{([^{}]*,[^{}]*)\}")


def _below(places: str, bodies: tuple[str, ...], parameters: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return places of what is sent as places of a call, each with the one that it was made of."""
    found: list[tuple[str, str]] = []
    for place in filter(None, places.split("|")):
        head = _HEAD.match(place)
        if place.startswith(("=", "?", "self.")) or (head is not None and head[0] in parameters):
            found.append((_spelled_out(place), place))
        if not place.startswith(("=", "?", "self.")):
            outer = [b.rpartition(".")[0] for b in bodies if "." in b and not b.startswith("self.")]
            wholes = [*(outer if not place.startswith("[]") else ()), *filter(None, bodies)]
            found += [(_spelled_out(place, whole), place) for whole in wholes]
    return found


def _spelled_out(place: str, whole: str = "") -> str:
    """Return a place below another, with the count behind `*` as a place of its own."""
    terms = []
    for term in place.split("+"):
        amount, _, count = term.partition("*")
        among = amount[: amount.rindex("[]") + 2] + "." if "[]" in amount else ""
        parts = [amount, among + count] if count else [amount]
        joined = [
            part if not whole else whole + part if part.startswith("[]") else f"{whole}.{part}"
            for part in parts
        ]
        terms.append("*".join(joined))
    return "+".join(terms)


def spelled(text: str) -> list[str]:
    """Return all texts that one with `[...]` and `{...,...}` stands for."""
    pieces: list[tuple[str, ...]] = []
    position = 0
    for match in _CHOICE.finditer(text):
        pieces.append((text[position : match.start()],))
        pieces.append(("", match[1]) if match[1] is not None else tuple(match[2].split(",")))
        position = match.end()
    return ["".join(choice) for choice in product(*pieces, (text[position:],))]


def _leads(owner: str, steps: list[str]) -> dict[str, str]:
    """Return the attributes that lead from a type to what its methods are methods of."""
    reached = [".".join([owner, *steps[:end]]) for end in range(1, len(steps) + 1)]
    return dict(zip(reached, reached, strict=True))


def _calls(line: Line) -> tuple[Table, dict[str, str]]:
    """Return the functions and methods of a line, and the attributes that lead to these."""
    table: Table = {}
    attributes: dict[str, str] = {}
    for call in filter(None, line.calls.split("; ")):
        signature, _, back = call.partition("->")
        name, _, rest = signature.partition("(")
        given = [part.strip() for part in rest.rstrip(")").split(",") if part.strip()]
        bodies = tuple(part.replace("*", "")[1:] for part in given if part.lstrip("*").startswith("="))
        parameters = [
            part.replace("=", "").partition(".")[0] for part in given if not part.startswith("=self.")
        ]
        named = tuple(p for p in parameters if p not in bodies and not p.startswith("*"))
        pays = line.pays(*bodies, parameters=named)
        for spelling in spelled(name):
            owner, colon, path = spelling.partition(":")
            if colon:
                *steps, method = path.split(".")
                attributes.update(_leads(owner, steps))
                spelling = ".".join([owner, *steps, method])  # noqa: PLW2901 - the name without its short form
            receiver = ["self"] if colon else []
            key = f"{spelling}({', '.join([*receiver, *parameters])})"
            table[key] = effect(pays, gives=back or None, keeps=(EVERYTHING,) if back else ())
    return table, attributes


def _objects() -> tuple[Table, dict[str, str]]:
    """Return what makes clients and descriptions of payments, and their attributes."""
    table: Table = {}
    attributes: dict[str, str] = {}
    for call, returns, host in _read("payment_objects.csv"):
        # Without them, what has no parameter of its own stays with the object under its own name.
        name, parenthesis, rest = (
            call.replace(", **options)", ")").replace("(**options)", "()").partition("(")
        )
        asked = (Reaches(fixed=host, scheme="https", method="connect"),) if host else ()
        for spelling in spelled(name):
            if parenthesis:
                each = returns.removeprefix("each ") if returns.startswith("each ") else None
                given = returns if each is None else ""
                table[f"{spelling}({rest}"] = Does(asked, given or None, (EVERYTHING,) if given else (), each)
            else:
                attributes[spelling] = returns
    return table, attributes


_STRIPE = PaysAt("api.stripe.com", method="=method_", path="url_", body="params")
_DWOLLA = PaysAt("api.dwolla.com", method="POST", path="url", body="body")
_WEI = Scales("number", "unit")

TABLE: Table = {
    **dict.fromkeys(
        (
            "stripe.raw_request(method_, url_, **params)",
            "stripe.raw_request_async(method_, url_, **params)",
            "stripe.StripeClient.raw_request(self, method_, url_, **params)",
            "stripe.StripeClient.raw_request_async(self, method_, url_, **params)",
        ),
        effect(_STRIPE),
    ),
    "dwollav2.Token.post(self, url, body, headers, **options)": effect(_DWOLLA),
    "paypalrestsdk.Api.post(self, action, params, *args)": effect(
        PaysAt("api.paypal.com", method="POST", path="action", body="params")
    ),
    "razorpay.Client.post(self, path, data, **options)": effect(
        PaysAt("api.razorpay.com", method="POST", path="path", body="data")
    ),
    "ccxt.*(config)": effect(Opaque(), gives="ccxt.Exchange", keeps=(EVERYTHING,)),
    "ccxt.Exchange.*(self, *args, **options)": effect(Opaque()),
    "web3.Web3.to_wei(number, unit)": effect(_WEI),
    "web3.AsyncWeb3.to_wei(number, unit)": effect(_WEI),
    "web3.Client.to_wei(self, number, unit)": effect(_WEI),
    "eth_utils.to_wei(number, unit)": effect(_WEI),
    "eth_utils.currency.to_wei(number, unit)": effect(_WEI),
    "cdp.parse_units(value, decimals)": effect(Scales("value", "decimals")),
    "cdp.utils.parse_units(value, decimals)": effect(Scales("value", "decimals")),
    "xrpl.utils.xrp_to_drops(xrp)": effect(Scales("xrp", by="xrp")),
    **dict.fromkeys(
        (
            "web3.HTTPProvider(endpoint_uri, **options)",
            "web3.Web3.HTTPProvider(endpoint_uri, **options)",
            "web3.AsyncHTTPProvider(endpoint_uri, **options)",
            "web3.AsyncWeb3.AsyncHTTPProvider(endpoint_uri, **options)",
        ),
        effect(Reaches(url="endpoint_uri", method="POST"), gives="web3.Provider"),
    ),
}
ATTRIBUTES: dict[str, str] = {}
for _table, _attributes in (_objects(), *map(_calls, LINES)):
    TABLE.update(_table)
    ATTRIBUTES.update(_attributes)


class Request(NamedTuple):
    """What a request pays, with what its path names."""

    pays: Pays
    named: dict[str, str]


class _Known(NamedTuple):
    """A request that pays: its line, hosts, and the segments of its path."""

    line: Line
    hosts: tuple[str, ...]
    segments: list[str]

    def request(self, path: str | None) -> Request:
        """Return what it pays, what is sent being at `body`, and what `path` has for each `{id}`."""
        names = [segment.strip("{}") if segment.startswith("{") else "" for segment in self.segments]
        pays = self.line.pays("body", parameters=tuple(filter(None, names)))
        have = _segments(path) if path is not None else []
        return Request(pays, {name: value for name, value in zip(names, have, strict=False) if name})


@cache
def _known() -> tuple[_Known, ...]:
    return tuple(
        _Known(line, tuple(line.hosts.split("|")), _segments(path))
        for line in LINES
        if line.hosts
        for path in spelled(line.path)
    )


@cache
def payment_at(host: str, method: str | None, path: str | None) -> Request | None:
    """Return the payment that an HTTP request is, with places in its `body`; None where it is none.

    `method` and `path` are None where they are not known, and `*` in the path stands for a part that is not:
    what they could be counts, and with more than one thing that they could be the operation is `any`.
    """
    host = unquote(host).lower().rstrip(".")
    found: dict[Pays, Request] = {}
    for known in _known():
        if (
            any(fnmatchcase(host, pattern) for pattern in known.hosts)
            and (method is None or method.upper() in {known.line.method, "*"})
            and (path is None or _can_be(path, known.segments))
        ):
            request = known.request(path)
            if path is not None and "*" not in path and _segments(path) == known.segments:
                return request
            found[request.pays] = request
    if len(found) > 1:
        return Request(Pays(next(iter(found)).provider, "any"), {})
    return next(iter(found.values()), None)


def _segments(path: str) -> list[str]:
    return [unquote(segment) for segment in path.partition("?")[0].partition("#")[0].split("/") if segment]


def _can_be(path: str, want: list[str]) -> bool:
    """Return whether `path`, with `*` for what is not known of it, can be one that `want` describes."""
    have = _segments(path)
    if "*" not in path:
        return len(have) == len(want) and all(map(_same, have, want))
    free = [index for index, segment in enumerate(have) if "*" in segment]
    start, end = have[: free[0]], have[free[-1] + 1 :]
    return len(start) + len(end) <= len(want) and all(
        map(_same, start + end, want[: len(start)] + want[len(want) - len(end) :])
    )


def _same(have: str, want: str) -> bool:
    return want.startswith("{") or have == want
