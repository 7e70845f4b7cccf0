"""Which hosts are contacted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from execgate.analysis import iteration, texts
from execgate.analysis.effects import payments as payment_effects
from execgate.analysis.effects.binding import is_false
from execgate.analysis.effects.site import Site, first_filled
from execgate.analysis.values import (
    Const,
    Num,
    Obj,
    Seq,
    Str,
    Value,
    alternatives,
    union,
)
from execgate.model.operation import (
    FileOperation,
    NetworkCall,
)
from execgate.model.values import Hole, Template, Text, Unknown
from execgate.operations import effects as catalogue
from execgate.operations import words_of


def _reaches(site: Site, effect: catalogue.Reaches) -> None:
    method = _method(site, effect)
    url = first_filled(site, (effect.url or "").split("|"))
    if url is not None:
        for text in _urls(site, url):
            if effect.host is not None and not _names_host(text):
                _reach_host(site, effect, method, text)
            elif effect.base is not None and site.at(effect.base) is not None and not _names_host(text):
                _reach_below(site, effect.base, text, method)
            else:
                reach_url(site, text, method)
        return
    address = site.at(effect.address) if effect.address is not None else None
    if address is not None:
        _reach_address(site, effect, address, method)
        return
    base = site.at(effect.base) if effect.base is not None else None
    if base is not None:
        for text in site.texts(base, "URL"):
            reach_url(site, text, method)
        return
    _reach_host(site, effect, method)


def _names_host(url: Text) -> bool:
    """Return whether a URL that may be relative to a connection's host names one of its own."""
    first = url.parts[0] if isinstance(url, Template) else url
    return not isinstance(first, str) or "://" in first or first.startswith("//")


def _method(site: Site, effect: catalogue.Reaches) -> Text | None:
    if effect.method is None:
        if effect.url is None:
            return None
        given = site.at(f"{effect.url}.method")
        if given is not None:
            return _named_method(site, given)
        posted = any(not is_false(site.at(name)) for name in (*effect.body, f"{effect.url}.data"))
        return "POST" if posted else "GET"
    if not effect.method.startswith("="):
        return effect.method
    value = site.at(effect.method[1:])
    if value is None:
        return "GET"
    return _named_method(site, value)


def _named_method(site: Site, value: Value) -> Text:
    found = site.texts(value, "method")
    return (
        found[0].upper()
        if len(found) == 1 and isinstance(found[0], str)
        else Unknown("its method is not known")
    )


def _urls(site: Site, value: Value) -> list[Text]:
    found: list[Text] = []
    for alternative in alternatives(value):
        kept = alternative.fields.get("url") if isinstance(alternative, Obj) else None
        found += site.texts(kept if kept is not None else alternative, "URL")
    return found


def _reach_below(site: Site, base: str, url: Text, method: Text | None) -> None:
    """Reach the URL that a client was made for, at a path below its own or in place of it."""
    from execgate.analysis.urls import split

    value = site.at(base)
    for text in site.texts(value, "URL") if value is not None else ():
        parts = split(text)
        outer = parts.path if isinstance(parts.path, str) else "*"
        inner = str(url) if not isinstance(url, Unknown) else "*"
        whole = f"{outer.rstrip('/')}/{inner.lstrip('/')}"
        reach_url(site, text, method, dict.fromkeys((whole, inner)))


def reach_url(site: Site, url: Text, method: Text | None, paths: Iterable[str] = ()) -> None:
    """Record that a URL is contacted, and the payment that it may be, at `paths` in place of its own."""
    from execgate.analysis.urls import split

    if isinstance(url, Template):
        # A file's name can hold what ends a host; only a number can't.
        url = Template(tuple(Hole.ANY if part is Hole.WORD else part for part in url.parts))
    parts = split(url)
    if parts.scheme == "file":
        site.report(FileOperation, operation="read", paths=(parts.path,))
        return
    if parts.host is None:
        return
    site.report(NetworkCall, destination=parts.host, port=parts.port, scheme=parts.scheme, method=method)
    for path in paths or (parts.path,):
        payment_effects.pay_by_http(site, parts.host, path, method)


def _reach_address(site: Site, effect: catalogue.Reaches, value: Value, method: Text | None) -> None:
    for alternative in alternatives(value):
        if isinstance(alternative, Num) or (
            isinstance(alternative, Const) and isinstance(alternative.value, int)
        ):
            continue  # flags that stand before it
        items = iteration.exact_items(site.m, alternative) if isinstance(alternative, Seq) else None
        if items is not None and len(items) >= 2:
            _report_host(site, items[0], items[1], effect.scheme, method)
        elif isinstance(alternative, Const) and isinstance(alternative.value, (str, bytes)):
            # A socket in the file system.
            operation = "create" if method == "listen" else "write"
            site.report(FileOperation, operation=operation, paths=tuple(site.paths(alternative)))
        else:
            site.report(
                NetworkCall,
                destination=Unknown(f"the address of `{site.entry.name}` could not be worked out"),
                port=None,
                scheme=effect.scheme,
                method=method,
            )


def _reach_host(site: Site, effect: catalogue.Reaches, method: Text | None, path: Text | None = None) -> None:
    host = site.at(effect.host) if effect.host is not None else None
    if host is None:
        default = effect.fixed or effect.default
        if default is not None and "{" in default:
            host = _filled(site, default)
            site.kept["server"] = host
            _report_host(site, host, None, effect.scheme, method)
            return
        if default is None:
            if method == "listen":
                site.report(NetworkCall, destination=None, port=None, scheme=effect.scheme, method=method)
            return
        if "://" in default:
            reach_url(site, default, method)
            return
        host = Const(default)
    port: Value | None = None
    if isinstance(effect.port, int):
        port = Const(effect.port)
    elif effect.port is not None:
        port = site.at(effect.port)
    _report_host(site, host, port, effect.scheme, method)
    if path is not None:
        for text in site.texts(host, "host"):
            payment_effects.pay_by_http(site, text, path, method)


_PLACE = re.compile(r"\{([^}:]*)(?::(\w+))?\}(\.?)")
_LABELS = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?", re.ASCII)


def _filled(site: Site, host: str) -> Value:
    """Return a host whose labels stand in the call; one of which nothing is known is a label all the same.

    Who makes such a name from what is given checks that it is no more than a part of one.
    """
    parts: list[Value] = []
    position = 0
    for match in _PLACE.finditer(host):
        parts.append(Const(host[position : match.start()]))
        position = match.end()
        value = first_filled(site, match[1].split("|"))
        if value is None:
            continue
        words = words_of(match[2]) if match[2] is not None else {}
        labels: list[Value] = []
        for text in site.texts(value, "host"):
            if not isinstance(text, str) or _LABELS.fullmatch(text) is None:
                labels.append(Str((Hole.NUMBER,)))
            elif words.get(text, "").endswith(".com"):
                return Const(words[text])
            else:
                labels.append(Const(words.get(text, text)))
        parts += [union(labels), Const(match[3])]
    return texts.concat([*parts, Const(host[position:])])


def _report_host(
    site: Site, host: Value, port: Value | None, scheme: str | None, method: Text | None
) -> None:
    number: int | Unknown | None = None
    if isinstance(port, Const) and isinstance(port.value, (int, str)) and str(port.value).isdecimal():
        number = int(port.value)
    elif port is not None:
        number = Unknown("the port could not be worked out")
    for text in site.texts(host, "host"):
        named: Text | None = text
        if text == "" and method == "listen":
            named = None
        elif isinstance(text, str) and ":" in text and number is None and text.count(":") == 1:
            named, _, tail = text.partition(":")
            number = int(tail) if tail.isdecimal() else None
        elif isinstance(text, Template) and Hole.WORD in text.parts:
            named = Unknown("a part of the host could not be worked out")
        site.report(NetworkCall, destination=named, port=number, scheme=scheme, method=method)


RULES: dict[type[catalogue.Effect], Callable[[Site, Any], None]] = {
    catalogue.Reaches: _reaches,
}
"""The rules of these effects."""
