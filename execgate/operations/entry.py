"""What the catalogue says of one callable.

An entry is a signature and effects, written as one line of a family's table:

    "os.rename(src, dst)": move("src", "dst"),

The key is the qualified name with its parameters, as the library documents them: `*` before keyword-only
ones, `*rest` and `**options` where it takes any number.  Effects name parameters; an argument that a call
leaves out does not count, unless the effect gives a default.  For a method the qualified name is the
type's (`sqlite3.Connection.execute(self, sql, parameters)`) and the receiver is named `self`.  A name that
ends in `.*` stands for every name below it that is not listed, one that ends in `_*` for every one that
begins so.  `__getitem__` and `__getattr__` say what an object gives for a key, or for an attribute that is
not listed; `name.__set__` is what happens once an attribute is set.

Signatures of several versions of a library are joined into one.  How an effect names what it acts on is said
in `effects`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from execgate.operations.effects import Effect, Files, Spawns

EVERYTHING = "*"
"""Stands among what is kept for all that is passed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The parameters of a callable, its effects, and the type of what it returns.

    `returns` is a qualified type name under which the catalogue lists methods, or None; a parameter in braces
    stands for its value (`botocore.client.{service_name}`).  `yields` is the type of the elements of what is
    returned.  `keeps` are parameters whose values the result holds on to, under their
    names (a connection keeps its path), EVERYTHING for all of them; a method's result holds on to what its
    receiver keeps, too.
    """

    name: str
    parameters: tuple[str, ...]
    effects: tuple[Effect, ...] = ()
    returns: str | None = None
    keeps: tuple[str, ...] = ()
    yields: str | None = None


@dataclass(frozen=True, slots=True)
class Does:
    """The right side of a table's line: effects, and what comes back."""

    effects: tuple[Effect, ...] = ()
    returns: str | None = None
    keeps: tuple[str, ...] = ()
    yields: str | None = None

    def __add__(self, other: Does) -> Does:
        """Join two: both happen, and the first that returns or keeps something says what."""
        return Does(
            self.effects + other.effects,
            self.returns or other.returns,
            self.keeps or other.keeps,
            self.yields or other.yields,
        )


Table = dict[str, Does]


# The builders make one value for each line that says the same: the tables are read whenever a program starts.


@cache
def returns(type_name: str, *keeps: str) -> Does:
    """Nothing happens, and an object of a known type comes back."""
    return Does((), type_name, keeps)


@cache
def yields(type_name: str) -> Does:
    """Nothing happens, and objects of a known type come back."""
    return Does(yields=type_name)


def effect(
    *effects: Effect, gives: str | None = None, keeps: tuple[str, ...] = (), each: str | None = None
) -> Does:
    """Return what does all of `effects`."""
    return Does(effects, gives, keeps, each)


@cache
def read(*paths: str, default: str | None = None) -> Does:
    """Read files."""
    return Does((Files("read", paths, default),))


@cache
def write(*paths: str) -> Does:
    """Write (replace) files."""
    return Does((Files("write", paths),))


@cache
def create(*paths: str) -> Does:
    """Create files or folders."""
    return Does((Files("create", paths),))


@cache
def delete(*paths: str) -> Does:
    """Delete files or folders."""
    return Does((Files("delete", paths),))


@cache
def move(*paths: str) -> Does:
    """Move the first path to the second."""
    return Does((Files("move", paths),))


@cache
def copy(*paths: str) -> Does:
    """Copy the first path to the second."""
    return Does((Files("copy", paths),))


@cache
def listing(*paths: str, default: str | None = None) -> Does:
    """List folders."""
    return Does((Files("list", paths, default),))


@cache
def stat(*paths: str, default: str | None = None) -> Does:
    """Ask whether or what something is."""
    return Does((Files("stat", paths, default),))


@cache
def chmod(*paths: str) -> Does:
    """Change modes, owners or times."""
    return Does((Files("chmod", paths),))


@cache
def link(*paths: str) -> Does:
    """Make a link."""
    return Does((Files("link", paths),))


def shell_text(command: str) -> Spawns:
    """Return the effect of a text that always goes to a shell."""
    return Spawns(command, shell=True)  # noqa: S604 - nothing is started here


@cache
def nothing() -> Does:
    """Nothing that a policy judges."""
    return Does()


def parse(key: str, does: Does) -> Entry:
    """Return the entry that a table's line stands for."""
    name, _, rest = key.partition("(")
    parameters = tuple(part.strip() for part in rest.rstrip(")").split(",") if part.strip())
    return Entry(name, parameters, does.effects, does.returns, does.keeps, does.yields)
