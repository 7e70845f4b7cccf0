"""What a dotted name really is: the catalogue's own aliases, and an index of what packages re-export.

The index is made by `scripts/reexports.py` from the sources of popular packages, whose versions it names, and
of the standard library.  It has a text a package, read when a program first reaches something of that package
that the catalogue does not decide.  A line is a module and what it hands on: modules, and things of modules
behind a colon, under the last part of their names or under the one in front of `=`.  Names of the package
itself begin with a dot.

    .io.common codecs com=.core.common np=numpy os urllib.request:urlopen
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from execgate.operations.aliases import ALIASES

STANDARD = "python"
"""The text of the standard library."""

MAX_STEPS = 16
"""How often a name is replaced by what it really is: the tables lead in no circle, but must not have to."""

_WRITTEN_AS = {"os.path": "posixpath"}
"""Modules whose source stands under another name."""

_FOLDER = Path(__file__).with_name("reexports")


def renamed(name: str) -> str:
    """Return a name with its longest prefix replaced that the catalogue lists under another."""
    for _ in range(MAX_STEPS):
        prefix = name
        while prefix and prefix not in ALIASES:
            prefix = prefix.rpartition(".")[0]
        if not prefix or ALIASES[prefix] + name[len(prefix) :] == name:
            return name
        name = ALIASES[prefix] + name[len(prefix) :]
    return name


@lru_cache(maxsize=8192)
def resolved(name: str) -> tuple[str, bool]:
    """Return what a name really is, and whether the index says that it is a module of another name.

    The longest prefix that is something else is replaced by what it is, and so on.
    """
    module = False
    for _ in range(MAX_STEPS):
        prefix = name
        target: str | None = None
        while prefix:
            target = ALIASES.get(prefix)
            if target is not None:
                break
            target = _offered(prefix)
            if target is not None:
                module = ":" not in target and prefix == name
                target = target.replace(":", ".")
                break
            prefix = prefix.rpartition(".")[0]
        if target is None or target == prefix:
            return name, module
        name = target + name[len(prefix) :]
    return name, module


def is_module(name: str) -> bool:
    """Return whether the index has a module of this name inside a package, or modules inside of it."""
    top, _, inner = name.partition(".")
    text = _text(top)
    return bool(inner) and any(f"\n.{inner}{end}" in text for end in " .")


def reexported(name: str) -> str | None:
    """Return what the index says that a name is, None where it is its module's own or not known."""
    owner, _, attribute = name.rpartition(".")
    handed_on = _line(owner) if owner else None
    return handed_on.get(attribute) if handed_on is not None else None


def _offered(name: str) -> str | None:
    """Return what a name really is; what a module offers keeps its name, whatever private thing it is."""
    target = reexported(name)
    if target is None or ":" not in target or name.rpartition(".")[2].startswith("_"):
        return target
    return None if target.rpartition(":")[2].startswith("_") else target


@lru_cache(maxsize=1024)
def _line(owner: str) -> dict[str, str] | None:
    """Return what a module hands on."""
    owner = _WRITTEN_AS.get(owner, owner)
    top = owner.partition(".")[0]
    text = _text(top)
    written = owner[len(top) :] or "."
    if not text:
        text, written = _text(STANDARD), owner
    start = text.find(f"\n{written} ")
    if start < 0:
        return None
    found: dict[str, str] = {}
    for entry in text[start + len(written) + 2 : text.index("\n", start + 1)].split():
        name, _, target = entry.rpartition("=")
        if target[0] in ".:":
            target = top + target.rstrip(".")
        found[name or target.replace(":", ".").rpartition(".")[2]] = target
    return found


@lru_cache(maxsize=128)
def _text(package: str) -> str:
    if not package.isidentifier():
        return ""
    try:
        return (_FOLDER / f"{package}.txt").read_text(encoding="utf-8")
    except OSError:
        return ""
