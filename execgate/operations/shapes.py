"""What many libraries for data do alike, in one word each."""

from __future__ import annotations

from functools import cache

from execgate.operations.effects import Files, Opens, Reaches
from execgate.operations.entry import Does, effect


@cache
def reads(*paths: str, gives: str | None = None, each: str | None = None) -> Does:
    """Read files or, where a URL is given, what is behind it."""
    return effect(*(Files("read", (path,), urls=True) for path in paths), gives=gives, each=each)


@cache
def opens(path: str, mode: str | None, default: str = "w") -> Does:
    """Write a file, or what its mode says; without a parameter for a mode it is replaced."""
    return effect(Opens(path, mode, default=default, urls=True))


@cache
def downloads(host: str, cache_folder: str, *, into: str | None = None, gives: str | None = None) -> Does:
    """Get something from a host and keep it, below `cache_folder` if `into` names no other folder."""
    return effect(
        Reaches(fixed=host, scheme="https", method="GET"),
        Files("write", (into,) if into else (), cache_folder),
        gives=gives,
    )
