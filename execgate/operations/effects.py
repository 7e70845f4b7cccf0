"""What a call can do to the world, as the catalogue says it.

An effect names what it acts on by a *place*: a parameter (`path`), what the receiver, or another object that
is passed, keeps under a name (`self.host`), or a part of a parameter's value, by key (`data.amount`) and of
every element of a list or value of a mapping (`body.purchase_units[].amount.value`, `proxies[]`), or of every
key of a mapping (`volumes.{}`).  Some texts hold places in braces, which stand for what is there:
`{self.region_name}.example.com`.
"""

from __future__ import annotations

from dataclasses import dataclass


class Effect:
    """Something that a call does to the world; the analysis turns it into operations."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Files(Effect):
    """`operation` on the paths that the parameters hold; `default` where the first is left out or missing.

    An open file, a descriptor or a buffer that is read or written in place of a path is no operation:
    whoever made it was judged.  With `urls` a URL in place of a path is contacted instead.  With `below`
    it happens to something in the folders, of one word that is not known; with `recursive` to the folders and
    all below them; with `above` to each folder on the way to them, too.  With `base` the paths are relative
    to the folder that this parameter holds, if it is passed; with `beside` the first is relative to where the
    second lies.  With `pattern` a path's wild cards stand for any names.  With `when` it happens only if that
    parameter is passed and not false.

    With `endings` the files are called as the paths with each of these at the end, of which `*` is one word
    that is not known.  With `ending_of` it is one of them: that which stands behind `=` in the ending that
    begins with what this parameter holds, or any word.
    """

    operation: str
    paths: tuple[str, ...]
    default: str | None = None
    urls: bool = False
    below: bool = False
    recursive: bool = False
    when: str | None = None
    above: bool = False
    base: str | None = None
    endings: tuple[str, ...] = ()
    ending_of: str | None = None
    beside: bool = False
    pattern: bool = False


@dataclass(frozen=True, slots=True)
class Opens(Effect):
    """Opens `path` as the mode string in `mode` says: r, w, a, x, with or without +.

    With `kind="flags"` the mode is a number of `os.O_*` flags; with `kind="dbm"` it is one letter: r reads,
    w reads and writes, c creates besides, n begins anew; with `kind="archive"` what is appended to is read,
    too.  A `mode` of None is `default`.  `urls`, `endings` and open files are as for Files.
    """

    path: str
    mode: str | None = "mode"
    default: str = "r"
    kind: str = "mode"
    urls: bool = False
    endings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Writes(Effect):
    """Puts `text`, with `each` the texts in it, into the file that `into` names or that was opened as it.

    A file in place of the text stands for what is in it.  Without a `text` what goes in is not known.
    """

    text: str | None
    into: str
    each: bool = False


@dataclass(frozen=True, slots=True)
class Reads(Effect):
    """Gives back what is in the file that `out_of` names or that was opened as it."""

    out_of: str


@dataclass(frozen=True, slots=True)
class Runs(Effect):
    """Runs the file that `path` names as code of `language`: what the program wrote there is followed."""

    path: str
    language: str = "python"


@dataclass(frozen=True, slots=True)
class Reaches(Effect):
    """Contacts a host.

    One of `url` (a place with a URL, or several with `|` between them), `address` (with a `(host, port)` pair
    or a socket path), or `host` (with `port` a place or a number).  A fixed host stands as `fixed`, beside
    one of them only for where that is not passed.  `method` is fixed text, or a place behind `=`, such as
    `"=method"`.  `default` is the URL or host where none is passed.  `fixed` can hold places in braces, each
    for labels of the host's name: an empty place leaves out the dot behind it, too.  `{service:aws}` is what
    the family `aws` calls a service in its hosts.

    A `url` can be relative: to the URL in the place `base`, or to the host.  An object that keeps a `url`
    stands for it (a request that was made before).  Without a `method` it is POST if one of the parameters
    in `body` is passed, else GET.  Where a `listen` names no host it is on every interface.
    """

    url: str | None = None
    address: str | None = None
    host: str | None = None
    port: str | int | None = None
    scheme: str | None = None
    method: str | None = None
    fixed: str | None = None
    default: str | None = None
    base: str | None = None
    body: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Connects(Effect):
    """Connects to a database or a queue, and lets what comes back keep which as its `server`.

    `source` is a place with a URL, or with a text such as `host=...` or `SERVER=...;`, or several with `|`
    between them, of which the first that is filled counts; without one it is `host` and `port`, and `default`
    where none is passed.  A `source` that names a file reaches nobody; neither does an object that a library
    made.  With `or_object` it is usually one, so that what is not known counts as one, too.
    """

    source: str | None = None
    host: str | None = None
    port: str | int | None = None
    scheme: str | None = None
    default: str | None = None
    or_object: bool = False


@dataclass(frozen=True, slots=True)
class Spawns(Effect):
    """Starts the program of `command`, a list or a text.

    `shell` is whether a text goes to a shell: True, False, or the name of the parameter that says so; with
    `!` in front of it the text is split as by a shell unless that parameter is passed.  `rest` names the
    parameter that holds further arguments.  `fixed` are the first words of a program that is always started;
    `=sh` stands for what the name of the function has behind `sh`.  `program`, if passed, is what really runs
    in place of the first word (or of the shell), which is then only what the program sees as its name.
    Nothing is started where the parameter `by` holds one of `alone`: a text, or an object of that type.
    """

    command: str | None
    shell: bool | str = False
    rest: str | None = None
    fixed: tuple[str, ...] | None = None
    program: str | None = None
    by: str | None = None
    alone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Environment(Effect):
    """`operation` (read, write, list) on the variable that `name` holds.

    Instead, `fixed` are the names, `mapping` is a place with a mapping whose keys are the names, and `within`
    a text that names variables as `$NAME`.  With none of these it is all of them: a write is then of names
    unknown.
    """

    operation: str
    name: str | None = None
    fixed: tuple[str, ...] = ()
    mapping: str | None = None
    within: str | None = None


@dataclass(frozen=True, slots=True)
class Sql(Effect):
    """Runs the statement of `statement`, in the database that the receiver was connected to.

    `operation` and `table` stand for a call that is no SQL text, such as `DataFrame.to_sql`.  An object that
    keeps a `text` stands for the statement.  `table` can be several places with `+` between them, whose names
    are joined by dots.  `destination` is a place with the path or URL of the database, or several with `|`
    between them, of which the first that is filled counts.
    """

    statement: str | None = None
    operation: str | None = None
    table: str | None = None
    destination: str | None = None


@dataclass(frozen=True, slots=True)
class OpensDatabase(Effect):
    """Opens the database that is the file of `path`, and makes it where there is none.

    What statements then do there says the same and more, so that with one of them this is left out.
    """

    path: str


@dataclass(frozen=True, slots=True)
class Dynamic(Effect):
    """Makes or reaches code; `code` is the parameter with its text, which is analysed besides if constant.

    A function in place of the text is called instead.  With `when` it happens only if that parameter is
    passed and not false.
    """

    kind: str
    code: str | None = None
    when: str | None = None


@dataclass(frozen=True, slots=True)
class Formula(Effect):
    """Works out `text`, an expression in the language of a library: `price > @limit`, `x**2 + 1`.

    Names in it are columns or symbols.  What it calls by the program's names (`@os.system(...)`) or by those
    of Python is followed as code; a text of which nothing is known is code that is made at run time.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Fetches(Effect):
    """Loads what `name` names: a file or folder if it is written as a path, or something by its URL.

    Any other name is of something that is had from `origin` and kept below `cache`, or, without an origin, of
    something that the library brings with it.
    """

    name: str
    origin: str | None = None
    cache: str | None = None


@dataclass(frozen=True, slots=True)
class Captures(Effect):
    """Takes pictures from `source`: a camera if it is a number, else a file or what is behind a URL."""

    source: str


@dataclass(frozen=True, slots=True)
class Takes(Effect):
    """Takes `data`, or reads it where that is a path or URL.

    A value of which nothing is known counts as data: whoever made it has been judged.
    """

    data: str


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
    """Makes objects of bytes in a format that can run code; `path` names a file that it reads.

    It happens only if the parameter `when`, if there is one, is passed and not false, and none of `unless`
    holds: a parameter that is passed and not false, or that is passed a named thing or text
    (`Loader=yaml.SafeLoader`).  Objects of the types `made` in place of a path hold what there is to know.
    """

    format: str
    path: str | None = None
    when: str | None = None
    unless: tuple[str, ...] = ()
    made: tuple[str, ...] = ()


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

    `each` names iterables of which one element goes in for each parameter, as `map` does; `rows` one whose
    elements hold all arguments of a call, as `starmap` does.
    """

    function: str
    arguments: str | None = None
    keywords: str | None = None
    each: tuple[str, ...] = ()
    rows: str | None = None
    rest: str | None = None


@dataclass(frozen=True, slots=True)
class Pays(Effect):
    """A payment call; the places that hold amount, currency, recipient, and on whose account it is.

    `amount` and `currency` can name several places with `|` between them: the first that is filled counts.
    So does the first of `recipient`, and of `customer`.  `unit` is `minor` (of the currency), `major`, or
    `token` (its smallest part), or one for each place of `amount`.

    Of an amount, `a+b` adds up, `items[].price*items[].quantity` is for all items together, and `?` is known
    to the provider alone; `=ETH` is the currency that is always meant.
    """

    provider: str
    operation: str
    amount: str | None = None
    currency: str | None = None
    recipient: tuple[str, ...] = ()
    unit: str = "minor"
    customer: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PaysAt(Effect):
    """Sends `body` to the provider at `fixed`: what it pays is what the path in `path` says.

    `method` is fixed text, or a place behind `=`.
    """

    fixed: str
    method: str
    path: str
    body: str


@dataclass(frozen=True, slots=True)
class Scales(Effect):
    """Gives back `value` in the smallest part of a unit: named by the place `unit`, or always `by`."""

    value: str
    unit: str | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Unlisted(Effect):
    """The catalogue knows that it can't say what the call does: a gap that denies.

    With `when` only if that parameter is passed and not false.
    """

    why: str
    when: str | None = None


@dataclass(frozen=True, slots=True)
class Opaque(Effect):
    """Does what the catalogue does not know, as the calls of a library do that it does not list."""
