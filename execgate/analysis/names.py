"""What a qualified name really is, and what calling it can be said to do."""

from __future__ import annotations

import builtins
import enum
import sys
from functools import lru_cache

from execgate.operations import modules
from execgate.operations.submodules import SUBMODULES

BUILTINS: frozenset[str] = frozenset(dir(builtins))
"""Names that mean something without being bound."""


class Standing(enum.Enum):
    """How far the catalogue goes for a name."""

    PURE = "pure"
    """It only computes."""
    LISTED = "listed"
    """It acts on the world, and the catalogue lists all of it."""
    REFUSED = "refused"
    """It has no place in generated code."""
    OPAQUE = "opaque"
    """A library that the catalogue does not know."""


@lru_cache(maxsize=4096)
def canonical(name: str) -> str:
    """Return the name under which the catalogue lists `name`: its longest known prefix is replaced."""
    for _ in range(8):
        prefix = name
        while prefix and prefix not in modules.ALIASES:
            prefix = prefix.rpartition(".")[0]
        if not prefix:
            return name
        replaced = modules.ALIASES[prefix] + name[len(prefix) :]
        if replaced == name:
            return name
        name = replaced
    return name


@lru_cache(maxsize=4096)
def standing(name: str) -> Standing:
    """Return how far the catalogue goes for a canonical name: the longest prefix that it knows decides."""
    prefix = name
    while prefix:
        if prefix in modules.PURE:
            # What a module keeps to itself may be anything: only its public names are known to compute.
            inner = name[len(prefix) :].split(".")
            return Standing.REFUSED if any(map(_is_private, inner)) else Standing.PURE
        if prefix in modules.LISTED:
            return Standing.LISTED
        if prefix in modules.REFUSED:
            return Standing.REFUSED
        prefix = prefix.rpartition(".")[0]
    top = name.partition(".")[0]
    return Standing.REFUSED if top in sys.stdlib_module_names else Standing.OPAQUE


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def is_known_module(name: str) -> bool:
    """Return whether `name` is a module of the standard library, or one that the catalogue classifies."""
    tables = (SUBMODULES, modules.PURE, modules.LISTED, modules.REFUSED, modules.ALIASES)
    return any(name in table for table in tables)


INTROSPECTION = frozenset(
    {
        "__globals__",
        "__subclasses__",
        "__builtins__",
        "__bases__",
        "__base__",
        "__mro__",
        "mro",
        "__code__",
        "__closure__",
        "__getattribute__",
        "__reduce__",
        "__reduce_ex__",
        "__loader__",
        "__spec__",
        "__self__",
        "__func__",
        "__import__",
        "f_globals",
        "f_locals",
        "f_builtins",
        "f_back",
        "f_code",
        "gi_frame",
        "gi_code",
        "cr_frame",
        "cr_code",
        "ag_frame",
        "ag_code",
        "tb_frame",
        "__init_subclass__",
        "__set_name__",
        "__objclass__",
        "co_consts",
        "co_code",
    }
)
"""Attributes that lead from any object to the namespaces and classes behind it."""

OWN_HOOKS = frozenset(
    {"__init_subclass__", "__set_name__", "__getattribute__", "__reduce__", "__reduce_ex__"}
)
"""Those that a class may define itself: reaching its own one is no introspection."""
