"""Hosts, and the ways to reach them that entries can tell apart."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from typing import TypeAlias, cast

from execgate.model.operation import NetworkCall
from execgate.policy.constraints.hosts import Call
from execgate.policy.matching import hosts
from execgate.policy.matching.hosts import DEFAULT_PORTS, HostShape
from execgate.policy.matching.pairs import Shape
from execgate.policy.matching.patterns import ANY_SEGMENT, DEEP
from execgate.policy.search.space import Lists, Space
from execgate.policy.search.views import HERE, Fields, View

_Kinds: TypeAlias = "frozenset[tuple[str | None, int | str | None]]"
"""Schemes and ports of entries."""

_SCHEMES = ("https", "http", "ftp", "ssh", "smtp", "redis", "postgres", "mysql")
_PORTS = (8080, 9000, 9090, 5000)
_TOP = ("com", "org", "net", "example", "xyz")


def labels(words: tuple[str, ...]) -> str:
    """Return a host as it is written: its labels stand in the words from the right."""
    return ".".join(reversed(words))


def _is_address(label: str) -> bool:
    return "." in label or label.startswith("[")


def _short(words: tuple[str, ...]) -> bool:
    return len(labels(words)) <= 253


NAMED_HOSTS = Space(
    labels,
    prefix=("host",),
    never=frozenset({""}),
    complete=_is_address,
    endless=False,
    names=_TOP,
    real=_short,
)


def _admits(words: tuple[str, ...], shape: Shape) -> bool:
    host = hosts.parse(labels(words))
    return not host.guarded or (isinstance(shape, HostShape) and shape.names(host))


_OUTSIDE = hosts.parse("x.com")


def _names_all(shape: Shape) -> bool:
    """Return whether an entry covers hosts that lead inside as it does others."""
    return DEEP not in shape.pattern


def _is_outside(shape: Shape) -> bool:
    """Return whether an entry covers no host that leads inside."""
    if DEEP in shape.pattern:
        return not cast("HostShape", shape).names(_OUTSIDE)
    return not hosts.parse(labels(tuple(map(str, shape.pattern)))).guarded


_HOSTS = dataclasses.replace(
    NAMED_HOSTS,
    prefix=(),
    marks=(
        (ANY_SEGMENT,),
        *((*hosts.parse(suffix).pattern, DEEP) for suffix in hosts.GUARDED_SUFFIXES),
        *hosts.METADATA,
    ),
    admits=_admits,
    certain=_names_all,
    tame=_is_outside,
)


def _profiles(shapes: list[HostShape]) -> Iterator[Fields]:
    """Yield the ways to reach a host that entries can tell apart, the plainest first."""
    named = dict.fromkeys(shape.scheme for shape in shapes if shape.scheme is not None)
    ports = dict.fromkeys(shape.port for shape in shapes if isinstance(shape.port, int))
    other_port = next(port for port in itertools.chain(_PORTS, itertools.count(10_000)) if port not in ports)
    others = [scheme for scheme in (*_SCHEMES, *DEFAULT_PORTS) if scheme not in named]
    strange = next(
        word for number in itertools.count() if (word := f"x{number or ''}") not in {*named, *DEFAULT_PORTS}
    )
    schemes: list[str | None] = [*others[:1], *named, None, *others[1:], strange]
    for scheme in schemes:
        usual = [443, 80, None] if scheme is None else [None]
        for port in (*usual, *ports, other_port):
            yield {"scheme": scheme, "port": port, "method": "connect" if scheme is None else "GET"}
    yield {"scheme": None, "port": None, "method": "resolve"}


def network(old: Lists, new: Lists) -> Iterator[View]:
    """Yield a view for each way to reach a host that the entries tell apart."""
    shapes = [
        shape
        for lists in (old, new)
        for shape in (*(lists.allowed or ()), *lists.disallowed)
        if isinstance(shape, HostShape)
    ]
    kinds = {(shape.scheme, shape.port): shape for shape in shapes}
    seen = set()
    for profile in _profiles(list(kinds.values())):
        call = Call(NetworkCall(via="example", location=HERE, destination=_OUTSIDE.text, **profile))
        admitted = frozenset(kind for kind, shape in kinds.items() if call.admitted_by(shape))
        caught = frozenset(kind for kind, shape in kinds.items() if call.caught_by(shape))
        if (admitted, caught) not in seen:
            seen.add((admitted, caught))
            yield _call_view(profile, admitted, caught)


def _call_view(profile: Fields, admitted: _Kinds, caught: _Kinds) -> View:
    scheme, port = profile["scheme"], profile["port"]
    before = "" if scheme is None else f"{scheme}://"
    behind = "" if port is None else f":{port}"
    if profile["method"] == "resolve":
        behind = " (looked up)"
    return View(
        dataclasses.replace(_HOSTS, show=lambda words: before + labels(words) + behind),
        keeps=lambda shape, denies: (
            isinstance(shape, HostShape) and (shape.scheme, shape.port) in (caught if denies else admitted)
        ),
        fields=lambda text: {
            **profile,
            "destination": text.removeprefix(before).removesuffix(behind),
        },
    )
