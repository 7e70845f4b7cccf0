"""Which modules do nothing but compute, and which act on the world.

PURE: a call of any name below it that the catalogue does not list has no effect that a policy judges.
LISTED: it acts on the world, and its catalogue is meant to be complete: a call of a name below it that is not
listed is a gap.  A module of the standard library in neither is a gap as a whole; a module of anyone else is
opaque: its calls are `opaque_call`s.

A longer name decides before a shorter one: `xml` is pure though `xml.etree.ElementTree.parse` reads a file.
"""

from __future__ import annotations

PURE: frozenset[str] = frozenset(
    """
    math json re
    """.split()
)

LISTED: frozenset[str] = frozenset(
    """
    os shutil pathlib
    """.split()
)

ALIASES: dict[str, str] = {
    # another spelling -> the name under which the catalogue lists it (longest prefix replaced)
    "posixpath": "os.path",
    "posix": "os",
    "io.open": "builtins.open",
    "_io.open": "builtins.open",
}

SENSITIVE: frozenset[str] = frozenset(
    # modules that stay themselves when another module re-exports them (random._os, linecache.os)
    """
    os sys subprocess socket shutil ctypes importlib builtins posix pty pickle marshal
    """.split()
)

CONSTANTS: dict[str, object] = {
    "os.sep": "/",
    "os.O_RDONLY": 0,
}
