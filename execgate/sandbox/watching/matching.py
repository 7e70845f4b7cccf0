"""Whether a text is one of those that a template stands for, in a time that grows with their lengths alone.

The program makes both, and a search that goes back (`re`) can be made to take for ever by them.  Here nothing
goes back: bit `p` of a number says that the parts so far can end before letter `p`, and each part moves all
of these places at once.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TypeAlias

from execgate.model.values import Hole


class Wild(enum.Enum):
    """What stands in a pattern of files beside the holes."""

    NAME = "name"
    """A part of a name, or nothing."""


Part: TypeAlias = "str | Hole | Wild"

_DIGITS = "0123456789.+-"


def matches(parts: Sequence[Part], text: str, *, below: bool = False) -> bool:
    """Return whether `parts`, one after the other, can be `text`; with `below` also a path above it."""
    first, last = parts[0], parts[-1]
    if isinstance(first, str) and not text.startswith(first):
        return False
    if isinstance(last, str) and not below and not text.endswith(last):
        return False
    *_, (_, places) = _walk(parts, text)
    ends = 1 << len(text)
    if below:
        ends |= _starts("/", text)
    return bool(places & ends)


def leads_through(parts: Iterable[Part], text: str) -> bool:
    """Return whether `text` is a folder, below the root, on the way to what `parts` can be."""
    split = (
        piece
        for part in parts
        for index, name in enumerate(part.split("/") if isinstance(part, str) else (part,))
        for piece in (("/", name) if index else (name,))
    )
    slashes, before = 0, 1
    for part, places in _walk(split, text):
        slashes += part == "/"
        if part == "/" and slashes > 1 and before >> len(text) & 1:
            return True
        before = places
    return False


def _walk(parts: Iterable[Part], text: str) -> Iterator[tuple[Part, int]]:
    """Yield each part with the places where it can end, until there are none, which are yielded too."""
    places = 1
    for part in parts:
        places = _after(part, places, text)
        yield part, places
        if not places:
            return


def _after(part: Part, places: int, text: str) -> int:
    """Return where a part can end that begins in one of `places`."""
    if isinstance(part, str):
        return (places & _starts(part, text)) << len(part)
    if part is Hole.ANY:
        return (1 << len(text) + 1) - (places & -places)
    if part is Hole.NUMBER:
        digits = _letters(text, _DIGITS)
        return _along((places & digits) << 1, digits)
    names = ~_letters(text, "/") & (1 << len(text)) - 1
    if part is Wild.NAME:
        return _along(places, names)
    return _along((places & names & ~_dots(text)) << 1, names)


def _along(places: int, letters: int) -> int:
    """Return `places` and all that are reached from them over `letters`: the carry of a sum runs along."""
    return places | (((places & letters) + letters) ^ letters)


@lru_cache(maxsize=1024)
def _starts(literal: str, text: str) -> int:
    """Return where in a text a literal begins."""
    if not literal:
        return (1 << len(text) + 1) - 1
    found, at = 0, text.find(literal)
    while at >= 0:
        found |= 1 << at
        at = text.find(literal, at + 1)
    return found


@lru_cache(maxsize=16)
def _letters(text: str, which: str) -> int:
    """Return where in a text a letter of `which` is."""
    return int("0" + "".join("01"[letter in which] for letter in reversed(text)), 2)


@lru_cache(maxsize=16)
def _dots(text: str) -> int:
    """Return where in a text a part of a path begins that leads to itself or upwards, if it begins there."""
    ended = f"{text}/"
    return _starts("./", ended) | _starts("../", ended)
