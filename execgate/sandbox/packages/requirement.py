"""What a program asks `pip` for, as far as it is a plain name with versions; anything else is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass

from execgate.sandbox.packages.wheel import normalised

_VERSION = r"(?:===?|[~!<>]=|[<>])\s?[A-Za-z0-9.*+!_-]{1,60}"
_REQUIREMENT = re.compile(
    r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?)"
    r"(?P<extras>\[[A-Za-z0-9._, -]{1,200}\])?"
    rf"(?P<versions>\s?{_VERSION}(?:\s?,\s?{_VERSION}){{0,9}})?"
)


@dataclass(frozen=True, order=True, slots=True)
class Requirement:
    """A package by `name` (normalised), with the `rest` as it was asked for: extras and versions."""

    name: str
    rest: str = ""

    def __str__(self) -> str:
        return self.name + self.rest


def parse(text: str) -> Requirement | None:
    """Return what is asked for, None for an address, a path, an option or a marker."""
    match = _REQUIREMENT.fullmatch(" ".join(text.split()))
    if match is None:
        return None
    rest = (match["extras"] or "") + (match["versions"] or "")
    return Requirement(normalised(match["name"]), rest.replace(" ", ""))
