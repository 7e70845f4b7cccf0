"""Time zones, from the `tzdata` package and never from the system's files: the same on every machine."""

from __future__ import annotations

import functools
from importlib import resources
from zoneinfo import ZoneInfo

from execgate.policy.problems import did_you_mean


@functools.cache
def names() -> tuple[str, ...]:
    """Return the name of every zone that there is."""
    return tuple(resources.files("tzdata").joinpath("zones").read_text("utf-8").split())


@functools.cache
def zone(name: str) -> ZoneInfo:
    """Return the zone with a name of `names()`."""
    with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def likely(name: str) -> str | None:
    """Return the zone that `name` is likely a slip of."""
    folded = name.casefold().replace(" ", "_")
    for known in names():
        if folded in {known.casefold(), known.rpartition("/")[2].casefold()}:
            return known
    return did_you_mean(name, names())
