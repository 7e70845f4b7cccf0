"""What a qualified name really is, and what calling it can be said to do."""

from __future__ import annotations

import builtins
import enum
import sys
from functools import lru_cache

from execgate.operations import CATALOGUE, modules, reexports
from execgate.operations.submodules import SUBMODULES

BUILTINS: frozenset[str] = frozenset(dir(builtins)) | frozenset(
    "BaseExceptionGroup EncodingWarning ExceptionGroup PythonFinalizationError aiter anext".split()
)
"""Names that mean something without being bound, in any Python from 3.10 to 3.13."""


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


def canonical(name: str) -> str:
    """Return the name under which the catalogue lists `name`: what it really is."""
    return name if name in CATALOGUE else reexports.resolved(name)[0]


def module_behind(name: str) -> str | None:
    """Return the module that `name` really is where it is one under another name, None where it is not."""
    found, is_module = reexports.resolved(name)
    if found == name or not (is_module or is_known_module(found)):
        return None
    return found


def module_name(name: str) -> str:
    """Return the name under which the attributes of a module are looked up.

    A module inside of a package of the standard library keeps its own, also where the catalogue lists what it
    has under its package: what it imports is not its package's.
    """
    return name if name in SUBMODULES else canonical(name)


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


def is_harmless(name: str) -> bool:
    """Return whether `name` belongs to what a library offers of which the catalogue lists all that acts."""
    library, *inner = name.split(".")
    return library in modules.KNOWN and not any(map(_is_private, inner))


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def is_known_module(name: str) -> bool:
    """Return whether `name` is a module of the standard library, or one that the catalogue classifies."""
    if "." in name:
        return name in SUBMODULES or name in modules.LISTED or name in modules.REFUSED
    return any(name in table for table in (modules.PURE, modules.LISTED, modules.REFUSED, modules.ALIASES))


def hidden_module(owner: str, name: str) -> str | None:
    """Return the module that an attribute which no table lists is by its name, None where it is none.

    What a package that is not in the index has under the name of a module that acts is that module, under a
    private name too.
    """
    bare = name.lstrip("_")
    if bare in modules.SENSITIVE:
        if owner == bare or owner.startswith(f"{bare}."):
            return None
        told = bare in _UNMISTAKABLE or name.startswith("_") or standing(owner) is not Standing.OPAQUE
        return bare if told else None
    outer = f"{owner.rpartition('.')[2].lstrip('_')}.{bare}"
    return outer if outer in _UNMISTAKABLE_INSIDE and owner != outer.partition(".")[0] else None


_UNMISTAKABLE = frozenset(
    """os sys subprocess shutil socket ctypes importlib builtins posix nt pty marshal pickle gc runpy pathlib
    tempfile zipimport webbrowser""".split()
)
"""Module names that nothing else bears: `scipy.io` and `torch.types` are modules of their own."""

_UNMISTAKABLE_INSIDE = frozenset("concurrent.futures importlib.util urllib.request".split())
"""The same of modules inside packages, whose own names say too little."""

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
