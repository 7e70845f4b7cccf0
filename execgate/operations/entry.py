"""What the catalogue says of one callable.

An entry is a signature and effects, written as one line of a family's table:

    "os.rename(src, dst)": move("src", "dst"),

The key is the qualified name with its parameters, as the library documents them: `*` before keyword-only
ones, `*rest` and `**options` where it takes any number.  Effects name parameters; an argument that a call
leaves out does not count, unless the effect gives a default.  For a method the qualified name is the
type's (`sqlite3.Connection.execute(sql, parameters)`) and the receiver is named `self`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class Effect:
    """Something that a call does to the world; the analysis turns it into operations."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Files(Effect):
    """`operation` on the paths that the parameters hold; `default` where the first is left out."""

    operation: str
    paths: tuple[str, ...]
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Opens(Effect):
    """Opens `path` as the mode string in `mode` says: r, w, a, x, with or without +.

    With `kind="flags"` the mode is a number of `os.O_*` flags.
    """

    path: str
    mode: str | None = "mode"
    default: str = "r"
    kind: str = "mode"


@dataclass(frozen=True, slots=True)
class Reaches(Effect):
    """Contacts a host.

    One of `url` (a parameter with a URL), `address` (with a `(host, port)` pair or a socket path), or `host`
    (with `port` a parameter or a number).  A fixed host stands as `fixed`.  `method` is fixed text, or a
    parameter's name behind `=`, such as `"=method"`.  `default` is the URL or host where none is passed.
    """

    url: str | None = None
    address: str | None = None
    host: str | None = None
    port: str | int | None = None
    scheme: str | None = None
    method: str | None = None
    fixed: str | None = None
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Spawns(Effect):
    """Starts the program of `command`, a list or a text.

    `shell` is whether a text goes to a shell: True, False, or the name of the parameter that says so.
    `rest` names the `*args` parameter that holds further arguments; `words` splits a text without a shell.
    `fixed` is a program that is always started.
    """

    command: str | None
    shell: bool | str = False
    rest: str | None = None
    fixed: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Environment(Effect):
    """`operation` (read, write, list) on the variable that `name` holds; None means all."""

    operation: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Sql(Effect):
    """Runs the statement of `statement`, in the database that the receiver was connected to.

    `operation` and `table` stand for a call that is no SQL text, such as `DataFrame.to_sql`.
    """

    statement: str | None = None
    operation: str | None = None
    table: str | None = None
    destination: str | None = None


@dataclass(frozen=True, slots=True)
class Dynamic(Effect):
    """Makes or reaches code; `code` is the parameter with its text, which is analysed besides if constant."""

    kind: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Imports(Effect):
    """Imports the module that `module` names; dynamic only where that is not constant."""

    module: str


@dataclass(frozen=True, slots=True)
class Native(Effect):
    """Reaches native code of a kind (ctypes, cffi, mmap)."""

    kind: str


@dataclass(frozen=True, slots=True)
class Deserializes(Effect):
    """Makes objects of bytes in a format that can run code; `path` names a file that it reads."""

    format: str
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Installs(Effect):
    """Installs the packages of `packages`."""

    packages: str


@dataclass(frozen=True, slots=True)
class Controls(Effect):
    """Controls processes: kill, signal, priority, identity, limits."""

    operation: str


@dataclass(frozen=True, slots=True)
class Accesses(Effect):
    """Looks at or acts on the machine: processes, resources, interfaces, users, hardware, screen, input."""

    kind: str


@dataclass(frozen=True, slots=True)
class Calls(Effect):
    """Calls `function`, with the elements of the sequence in `arguments`, of `*rest`, or of one unknown each.

    `each` names iterables of which one element goes in for each parameter, as `map` does.
    """

    function: str
    arguments: str | None = None
    keywords: str | None = None
    each: tuple[str, ...] = ()
    rest: str | None = None


@dataclass(frozen=True, slots=True)
class Pays(Effect):
    """A payment call; the parameters that hold amount, currency and recipient.

    `unit` is `minor` (of the currency), `major`, or `token`.
    """

    provider: str
    operation: str
    amount: str | None = None
    currency: str | None = None
    recipient: tuple[str, ...] = ()
    unit: str = "minor"


@dataclass(frozen=True, slots=True)
class Unlisted(Effect):
    """The catalogue knows that it can't say what the call does: a gap that denies."""

    why: str


@dataclass(frozen=True, slots=True)
class Entry:
    """The parameters of a callable, its effects, and the type of what it returns.

    `returns` is a qualified type name under which the catalogue lists methods, or None.  `keeps` are
    parameters whose values the result holds on to, under their names (a connection keeps its path).
    """

    name: str
    parameters: tuple[str, ...]
    effects: tuple[Effect, ...] = ()
    returns: str | None = None
    keeps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Does:
    """The right side of a table's line: effects, and what comes back."""

    effects: tuple[Effect, ...] = ()
    returns: str | None = None
    keeps: tuple[str, ...] = ()

    def __add__(self, other: Does) -> Does:
        """Join two: both happen, and the first that returns or keeps something says what."""
        return Does(
            self.effects + other.effects,
            self.returns or other.returns,
            self.keeps or other.keeps,
        )


Table = dict[str, Does]


def returns(type_name: str, *keeps: str) -> Does:
    """Nothing happens, and an object of a known type comes back."""
    return Does((), type_name, keeps)


def effect(*effects: Effect, gives: str | None = None, keeps: tuple[str, ...] = ()) -> Does:
    """Return what does all of `effects`."""
    return Does(effects, gives, keeps)


def read(*paths: str, default: str | None = None) -> Does:
    """Read files."""
    return Does((Files("read", paths, default),))


def write(*paths: str) -> Does:
    """Write (replace) files."""
    return Does((Files("write", paths),))


def append(*paths: str) -> Does:
    """Append to files."""
    return Does((Files("append", paths),))


def create(*paths: str) -> Does:
    """Create files or folders."""
    return Does((Files("create", paths),))


def delete(*paths: str) -> Does:
    """Delete files or folders."""
    return Does((Files("delete", paths),))


def move(*paths: str) -> Does:
    """Move the first path to the second."""
    return Does((Files("move", paths),))


def copy(*paths: str) -> Does:
    """Copy the first path to the second."""
    return Does((Files("copy", paths),))


def listing(*paths: str, default: str | None = None) -> Does:
    """List folders."""
    return Does((Files("list", paths, default),))


def stat(*paths: str) -> Does:
    """Ask whether or what something is."""
    return Does((Files("stat", paths),))


def chmod(*paths: str) -> Does:
    """Change modes, owners or times."""
    return Does((Files("chmod", paths),))


def link(*paths: str) -> Does:
    """Make a link."""
    return Does((Files("link", paths),))


def nothing() -> Does:
    """Nothing that a policy judges."""
    return Does()


def parse(key: str, does: Does) -> Entry:
    """Return the entry that a table's line stands for."""
    name, _, rest = key.partition("(")
    parameters = tuple(part.strip() for part in rest.rstrip(")").split(",") if part.strip())
    return Entry(name, parameters, does.effects, does.returns, does.keeps)


def table(*parts: Table, **_: Any) -> Table:
    """Return one table of several; a name that stands in two is an error."""
    joined: Table = {}
    for part in parts:
        for key, does in part.items():
            if key in joined:
                raise ValueError(f"twice in the catalogue: {key}")
            joined[key] = does
    return joined
