"""Paths: what an entry covers, and where a path of the code leads.

Lexical, on the sandbox's own tree: `/workspace` is the working folder, `/home/agent` the home folder.
Where the links of that tree lead is the sandbox's to confine.
"""

from __future__ import annotations

import re
from typing import Any

from execgate.model import places
from execgate.model.values import Template
from execgate.policy.matching.pairs import BadEntryError, Shape, UnresolvableError
from execgate.policy.matching.patterns import (
    ANY_SEGMENT,
    DEEP,
    EVERYTHING,
    Glob,
    Pattern,
    Segment,
    meets,
    segment,
    split,
)
from execgate.policy.problems import clipped

WORKING = tuple(places.WORKSPACE[1:].split("/"))
HOME = tuple(places.HOME[1:].split("/"))

# Links of the kernel that lead anywhere: to be seen as every path at once.
MAGIC: tuple[Pattern, ...] = (
    *((("proc", DEEP, link, DEEP)) for link in ("root", "cwd", "exe", "fd", "map_files")),
    ("dev", "fd", DEEP),
)


_MAGIC_FOLDERS = frozenset(str(magic[0]) for magic in MAGIC)
# An absolute path that is in canonical form already: no name starts with a dot, none is a pattern.
_PLAIN = re.compile(r"(?:/[a-zA-Z0-9_-][a-zA-Z0-9._-]*)+")
_UNWRITABLE = re.compile(r"[?*\[\]{}\0]")
_NO_STEP = frozenset({"", "."})


def entry(text: str) -> Shape:
    """Return what an entry of a path list covers; raises BadEntryError where it is no path pattern."""
    if text == "*":
        return Shape("/", EVERYTHING, EVERYTHING)
    if _PLAIN.fullmatch(text):
        plain: Pattern = (*text[1:].split("/"), DEEP)
        return Shape(text, plain, plain)
    pattern = _pattern(text)
    return Shape(show(pattern), pattern, pattern)


def _pattern(text: str) -> Pattern:
    if not text:
        raise BadEntryError("an empty path", "the working folder is `.`, every path is `/`")
    if "\0" in text:
        raise BadEntryError("a path holds no NUL character")
    plain = "/".join(part.strip(" \t\r\n") for part in text.split("/"))
    if text != plain:
        raise BadEntryError("a name with a space at its end", f'write "{clipped(plain)}"')
    for char in "?[]{}":
        if char in text:
            raise BadEntryError(f"`{char}` is no wildcard of a path", "the wildcards are `*` and `**`")
    parts = text.split("/")
    base: list[Any] = [] if text.startswith("/") else list(WORKING)
    if parts[0] == "~":
        base, parts = list(HOME), parts[1:]
    elif parts[0].startswith("~"):
        raise BadEntryError(f"the home folder of another user: `{parts[0]}`", "write the folder's path")
    for part in parts:
        if part == "**":
            if base[-1:] != [DEEP]:
                base.append(DEEP)
        elif "**" in part:
            raise BadEntryError("`**` stands alone between slashes", f"write `{part.replace('**', '**/*')}`")
        elif part == "..":
            if base and not isinstance(base[-1], str):
                raise BadEntryError("`..` behind a wildcard", "write the path without `..`")
            del base[-1:]
        elif part not in {"", "."}:
            base.append(segment(part))
    ends_wild = isinstance(base[-1], Glob) if base else False
    if base[-1:] != [DEEP] and (not ends_wild or parts[-1] in {"", "."}):
        base.append(DEEP)
    return tuple(base)


def show(pattern: Pattern) -> str:
    """Return the entry that stands for `pattern`."""
    items = ["**" if item is DEEP else str(item) for item in pattern]
    if pattern and pattern[-1] is DEEP and not (len(pattern) > 1 and isinstance(pattern[-2], Glob)):
        items.pop()
    return "/" + "/".join(items)


def resolve(value: str | Template) -> Pattern:
    """Return all that a path of the code can be; raises UnresolvableError where that can't be said.

    A `~` is the home folder where the text begins with it; a hole at the beginning is no `~`.
    """
    if isinstance(value, str) and value.startswith("/") and ".." not in value and "\0" not in value:
        plain = tuple([part for part in value.split("/") if part not in _NO_STEP])
        return _leading_on(plain) if plain and plain[0] in _MAGIC_FOLDERS else plain
    segments = split(value, "/")
    first = segments[0]
    base: list[Segment]
    if first == "" and len(segments) > 1:
        base = []
    elif first == "~":
        base, segments = list(HOME), segments[1:]
    elif str(first).startswith("~"):
        raise UnresolvableError(f"`{first}` is the home folder of a user that is not known")
    else:
        base = list(WORKING)
    for part in segments:
        if part == "..":
            del base[-1:]
        elif part not in _NO_STEP:
            if "\0" in (part if isinstance(part, str) else part.symbols):
                raise UnresolvableError("a path holds no NUL character")
            base.append(part)
    return _leading_on(tuple(base))


def _leading_on(path: tuple[Segment, ...]) -> Pattern:
    """Return the path, or every path where it leads through a link that can lead anywhere."""
    if any(meets(magic, path) for magic in MAGIC if _could_start(path, magic)):
        return EVERYTHING
    return path


def _could_start(path: tuple[Segment, ...], magic: Pattern) -> bool:
    return bool(path) and (path[0] == magic[0] or not isinstance(path[0], str))


def exact(pattern: Pattern) -> str | None:
    """Return the narrowest entry that covers a path of the code, None where an author can't write it.

    A `DEEP` at its end is all below the path.
    """
    if pattern and all(isinstance(item, str) for item in pattern):
        path = "/" + "/".join(map(str, pattern))
        return None if _UNWRITABLE.search(path) else path
    parts: list[Any] = []
    below = len(pattern) > 1 and pattern[-1] is DEEP
    for item in pattern[:-1] if below else pattern:
        if item is DEEP:
            return None
        text = str(item) if isinstance(item, str) else str(Glob(item.symbols))
        if any(char in text for char in "?[]{}\0") or (isinstance(item, str) and "*" in item):
            return None
        parts.append(item if isinstance(item, str) else _author(item))
    if below or not parts or not isinstance(parts[-1], Glob):
        parts.append(DEEP)
    return show(tuple(parts))


def _author(item: Glob) -> Segment:
    return segment(str(item)) if str(item) else ANY_SEGMENT
