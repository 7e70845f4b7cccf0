"""Which databases and queues are connected to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from execgate.analysis import iteration, texts
from execgate.analysis.effects.site import Site, first_filled
from execgate.analysis.values import Anything, Const, Obj, Seq, Str, Value, alternatives, union
from execgate.model.operation import FileOperation, NetworkCall
from execgate.model.values import Template, Text, Unknown
from execgate.operations import effects as catalogue

SERVER = "server"
"""The field of a connection that holds the path or the host of its database."""


def _connects(site: Site, effect: catalogue.Connects) -> None:
    from execgate.analysis import dsn

    source = first_filled(site, (effect.source or "").split("|"))
    found: list[dsn.Server] = []
    if source is not None:
        for alternative in alternatives(source):
            if effect.or_object and not isinstance(alternative, (Const, Str)):
                continue
            if isinstance(alternative, Obj) and alternative.type != "pathlib.Path":
                kept = alternative.fields.get("url")
                if kept is None:
                    continue
                alternative = kept  # noqa: PLW2901 - a URL in the form of an object
            items = iteration.exact_items(site.m, alternative) if isinstance(alternative, Seq) else None
            for one in items if items is not None else [alternative]:
                for text in site.texts(one, "address"):
                    found += dsn.read(text, effect.scheme)
    named_by_it = source is not None and effect.host in (effect.source or "").split("|")
    if not named_by_it:
        # What is passed by name goes before what stands in the text.
        port = _port(site, effect)
        host = first_filled(site, (effect.host or "").split("|"))
        named: list[Text] = site.texts(host, "host") if host is not None else []
        if host is None and source is None and effect.default is not None:
            named = [effect.default]
        for text in named:
            found += [replace(one, port=one.port or port) for one in dsn.read(text, effect.scheme)]
    for server in found:
        if server.host is not None:
            site.report(
                NetworkCall, destination=server.host, port=server.port, scheme=server.scheme, method="connect"
            )
        elif server.file is not None and server.scheme not in dsn.FILES:
            # A socket in the file system.
            site.report(FileOperation, operation="write", paths=(server.file,))
    held = [_value(server.name) for server in found if server.name is not None]
    if held:
        site.kept[SERVER] = union(held)


def _port(site: Site, effect: catalogue.Connects) -> int | Unknown | None:
    if isinstance(effect.port, int):
        return effect.port
    value = site.at(effect.port) if effect.port is not None else None
    if value is None:
        return None
    if isinstance(value, Const) and str(value.value).isdecimal():
        return int(value.value)
    return Unknown("the port could not be worked out")


def _value(text: Text) -> Value:
    if isinstance(text, Unknown):
        return Anything(text.why)
    return texts.from_parts(text.parts) if isinstance(text, Template) else Const(text)


RULES: dict[type[catalogue.Effect], Callable[[Site, Any], None]] = {
    catalogue.Connects: _connects,
}
"""The rules of these effects."""
