"""Which values each constraint judges, and what an operation with such a value is."""

from __future__ import annotations

import dataclasses
import itertools
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from execgate.model import vocabulary
from execgate.model.money import EXPONENTS, TOKENS
from execgate.model.operation import (
    DatabaseOperation,
    Deserialization,
    DynamicCode,
    EnvironmentAccess,
    FileOperation,
    ModuleImport,
    NativeCode,
    NetworkCall,
    OpaqueCall,
    Operation,
    PackageInstall,
    PaymentCall,
    ProcessControl,
    ProcessSpawn,
    SystemAccess,
    ToolCall,
    Word,
)
from execgate.model.source import Span
from execgate.model.values import Unknown
from execgate.model.vocabulary import ANY_PAYMENT
from execgate.policy.constraints import files
from execgate.policy.constraints.commands import STANDARD
from execgate.policy.constraints.databases import MEMORY
from execgate.policy.constraints.hosts import Call
from execgate.policy.matching import hosts, paths
from execgate.policy.matching.hosts import DEFAULT_PORTS, HostShape
from execgate.policy.matching.pairs import Shape
from execgate.policy.matching.patterns import ANY_SEGMENT, DEEP
from execgate.policy.search.space import Lists, Reach, Space

HERE = Span(1, 0, 1, 0)

Fields: TypeAlias = dict[str, Any]
_Kinds: TypeAlias = "frozenset[tuple[str | None, int | str | None]]"
"""Schemes and ports of entries."""


@dataclass(frozen=True, slots=True)
class View:
    """One way to look at a pair: which of its entries matter, and what is done with the value."""

    space: Space
    reach: Reach = Reach.PLACE
    keeps: Callable[[Shape, bool], bool] | None = None
    """Whether an entry matters at all, which stands in a disallow list or not; None where all do."""
    fields: Callable[[str], Fields] = lambda _: {}
    """The fields of an operation with a value."""

    def lists(self, lists: Lists) -> Lists:
        """Return the entries that matter."""
        keeps = self.keeps
        if keeps is None:
            return lists
        allowed = lists.allowed
        return dataclasses.replace(
            lists,
            allowed=None if allowed is None else tuple(one for one in allowed if keeps(one, False)),  # noqa: FBT003
            disallowed=tuple(one for one in lists.disallowed if keeps(one, True)),  # noqa: FBT003
        )


Views: TypeAlias = Callable[[Lists, Lists], Iterator[View]]


@dataclass(frozen=True, slots=True)
class Noun:
    """A pair of constraints, `allowed_<name>` and `disallowed_<name>`."""

    name: str
    operation: type[Operation]
    views: Views
    open: bool = False
    unknown: Fields | None = None
    """Fields with a value that is not known, which only lists that are not there permit."""


UNKNOWN = "?"
"""What stands for a value that is not known."""

_WHEN_IT_RUNS = Unknown("it is only known when the program runs")


def operation(kind: type[Operation], fields: Fields) -> Operation:
    """Return an operation, as examples have it."""
    return kind(**{"via": "example", "location": HERE, **fields})


# --- words of a fixed list ----------------------------------------------------------------------------------


def _words(known: tuple[str, ...], field: str) -> Views:
    def views(_old: Lists, _new: Lists) -> Iterator[View]:
        for word in known:
            space = Space(_always(word), prefix=_prefix(known, word), least=0, most=0)
            yield View(space, fields=lambda word: {field: word})

    return views


def _always(word: str) -> Callable[[tuple[str, ...]], str]:
    return lambda _: word


def _prefix(known: tuple[str, ...], word: str) -> tuple[str, ...]:
    if known is not vocabulary.FILE_OPERATIONS:
        return (word,)
    (shape,) = files.read_operation(word, False)  # noqa: FBT003 - the reader's flag
    return tuple(part for part in shape.pattern if isinstance(part, str))


def _kinds(kind: type[Operation], noun: str) -> Noun:
    field, known = cast("Word", kind.word)
    return Noun(noun, kind, _words(known, field))


# --- modules ------------------------------------------------------------------------------------------------

_NORMAL = unicodedata.ucd_3_2_0  # the same in every version of Python


def _modules(field: str) -> Views:
    space = Space(
        ".".join,
        never=frozenset({""}),
        follows=lambda before, char: (f"a{char}" if before else char or "a").isidentifier(),
        real=lambda words: all(_NORMAL.normalize("NFKC", word) == word for word in words),
    )
    return lambda _old, _new: iter((View(space, fields=lambda text: {field: text}),))


# --- files --------------------------------------------------------------------------------------------------

_NO_NAMES = frozenset({"", ".", ".."})
_ANYWHERE = "/proc/self/root"


def _path(words: tuple[str, ...]) -> str:
    return "/" + "/".join(words)


_PATHS = Space(_path, size=1, least=0, never=_NO_NAMES, excluded=paths.MAGIC, anything=_ANYWHERE)


def _file_paths(_old: Lists, _new: Lists) -> Iterator[View]:
    yield View(_PATHS, Reach.PLACE, fields=lambda text: {"paths": (text,)})
    yield View(_PATHS, Reach.TREE, fields=lambda text: {"paths": (text,)})
    yield View(_PATHS, Reach.WHOLE, fields=lambda text: {"paths": (text,), "recursive": True})


# --- hosts --------------------------------------------------------------------------------------------------

_SCHEMES = ("https", "http", "ftp", "ssh", "smtp", "redis", "postgres", "mysql")
_PORTS = (8080, 9000, 9090, 5000)
_TOP = ("com", "org", "net", "example", "xyz")


def _labels(words: tuple[str, ...]) -> str:
    return ".".join(reversed(words))


def _is_address(label: str) -> bool:
    return "." in label or label.startswith("[")


def _short(words: tuple[str, ...]) -> bool:
    return len(_labels(words)) <= 253


_PLAIN_HOSTS = Space(
    _labels,
    prefix=("host",),
    never=frozenset({""}),
    complete=_is_address,
    endless=False,
    names=_TOP,
    real=_short,
)


def _admits(words: tuple[str, ...], shape: Shape) -> bool:
    host = hosts.parse(_labels(words))
    return not host.guarded or (isinstance(shape, HostShape) and shape.names(host))


_OUTSIDE = hosts.parse("x.com")


def _names_all(shape: Shape) -> bool:
    """Return whether an entry covers hosts that lead inside as it does others."""
    return DEEP not in shape.pattern


def _is_outside(shape: Shape) -> bool:
    """Return whether an entry covers no host that leads inside."""
    if DEEP in shape.pattern:
        return not cast("HostShape", shape).names(_OUTSIDE)
    return not hosts.parse(_labels(tuple(map(str, shape.pattern)))).guarded


_HOSTS = dataclasses.replace(
    _PLAIN_HOSTS,
    prefix=(),
    marks=(
        (ANY_SEGMENT,),
        *((*hosts.parse(suffix).pattern, DEEP) for suffix in hosts.GUARDED_SUFFIXES),
        *hosts.METADATA,
    ),
    admits=_admits,
    certain=_names_all,
    tame=_is_outside,
)


def _profiles(shapes: list[HostShape]) -> Iterator[Fields]:
    """Yield the ways to reach a host that entries can tell apart, the plainest first."""
    named = dict.fromkeys(shape.scheme for shape in shapes if shape.scheme is not None)
    ports = dict.fromkeys(shape.port for shape in shapes if isinstance(shape.port, int))
    other_port = next(port for port in itertools.chain(_PORTS, itertools.count(10_000)) if port not in ports)
    others = [scheme for scheme in (*_SCHEMES, *DEFAULT_PORTS) if scheme not in named]
    strange = next(
        word for number in itertools.count() if (word := f"x{number or ''}") not in {*named, *DEFAULT_PORTS}
    )
    schemes: list[str | None] = [*others[:1], *named, None, *others[1:], strange]
    for scheme in schemes:
        usual = [443, 80, None] if scheme is None else [None]
        for port in (*usual, *ports, other_port):
            yield {"scheme": scheme, "port": port, "method": "connect" if scheme is None else "GET"}
    yield {"scheme": None, "port": None, "method": "resolve"}


def _network(old: Lists, new: Lists) -> Iterator[View]:
    shapes = [
        shape
        for lists in (old, new)
        for shape in (*(lists.allowed or ()), *lists.disallowed)
        if isinstance(shape, HostShape)
    ]
    kinds = {(shape.scheme, shape.port): shape for shape in shapes}
    seen = set()
    for profile in _profiles(list(kinds.values())):
        call = Call(NetworkCall(via="example", location=HERE, destination=_OUTSIDE.text, **profile))
        admitted = frozenset(kind for kind, shape in kinds.items() if call.admitted_by(shape))
        caught = frozenset(kind for kind, shape in kinds.items() if call.caught_by(shape))
        if (admitted, caught) not in seen:
            seen.add((admitted, caught))
            yield _call_view(profile, admitted, caught)


def _call_view(profile: Fields, admitted: _Kinds, caught: _Kinds) -> View:
    scheme, port = profile["scheme"], profile["port"]
    before = "" if scheme is None else f"{scheme}://"
    behind = "" if port is None else f":{port}"
    if profile["method"] == "resolve":
        behind = " (looked up)"
    return View(
        dataclasses.replace(_HOSTS, show=lambda words: before + _labels(words) + behind),
        keeps=lambda shape, denies: (
            isinstance(shape, HostShape) and (shape.scheme, shape.port) in (caught if denies else admitted)
        ),
        fields=lambda text: {
            **profile,
            "destination": text.removeprefix(before).removesuffix(behind),
        },
    )


# --- programs -----------------------------------------------------------------------------------------------


def _program(words: tuple[str, ...]) -> str:
    name, *folders = words
    if not folders:
        return name
    *between, root = folders
    start = "./" if root == "." and not between else "" if root == "." else "/"
    return start + "/".join([*reversed(between), name])


def _no_space(_before: str, char: str) -> bool:
    return not char.isspace()


_NAMES = Space(_program, most=1, never=_NO_NAMES, follows=_no_space)
_PROGRAMS = Space(
    _program,
    least=2,
    last=("", "."),
    never=_NO_NAMES,
    excluded=tuple((ANY_SEGMENT, *folders) for folders in STANDARD),
    follows=_no_space,
)


def _spawns(text: str) -> Fields:
    return {"command": (text,), "shell": False, "programs": (text,)}


def _commands(_old: Lists, _new: Lists) -> Iterator[View]:
    yield View(_NAMES, fields=_spawns)
    yield View(_PROGRAMS, fields=_spawns)


# --- variables and packages ---------------------------------------------------------------------------------

_ALL_VARIABLES = "(all variables)"
_A_FOLDER = "./x"


def _one(words: tuple[str, ...]) -> str:
    return words[0]


_VARIABLES = Space(
    _one,
    most=1,
    never=frozenset({""}),
    follows=lambda _before, char: char != "=" and not char.isspace(),
    anything=_ALL_VARIABLES,
)


def _environment(_old: Lists, _new: Lists) -> Iterator[View]:
    yield View(
        _VARIABLES,
        fields=lambda text: (
            {"operation": "list", "names": ()}
            if text == _ALL_VARIABLES
            else {"operation": "read", "names": (text,)}
        ),
    )


_PACKAGES = Space(
    _one,
    most=1,
    never=frozenset({""}),
    endless=False,
    follows=lambda before, char: before == "a" or char not in {"-", ""},
    kind=lambda char: "-" if char == "-" else "a",
    anything=_A_FOLDER,
)


def _packages(_old: Lists, _new: Lists) -> Iterator[View]:
    yield View(_PACKAGES, fields=lambda text: {"packages": (text,)})


# --- databases ----------------------------------------------------------------------------------------------

_TABLES = Space(_labels, never=frozenset({""}))


def _tables(_old: Lists, _new: Lists) -> Iterator[View]:
    yield View(_TABLES, Reach.TREE, fields=lambda text: {"tables": (text,)})


_DATABASES = (
    View(
        Space(_always(MEMORY), prefix=(MEMORY,), size=len(MEMORY), least=0, most=0),
        fields=lambda text: {"destination": text, "via": "sqlite3.connect"},
    ),
    View(
        Space(
            _path,
            prefix=("file",),
            size=1,
            least=0,
            never=_NO_NAMES,
            excluded=tuple(("file", *magic) for magic in paths.MAGIC),
            anything=_ANYWHERE,
        ),
        fields=lambda text: {"destination": text, "via": "sqlite3.connect"},
    ),
    View(_PLAIN_HOSTS, fields=lambda text: {"destination": text, "via": "psycopg2.connect"}),
)


# --- payments and tools -------------------------------------------------------------------------------------

_ANY = Space(_always(ANY_PAYMENT), most=0, anything=ANY_PAYMENT)
_TEXTS = Space(_one, most=1, never=frozenset({""}), follows=_no_space)
_USUAL = ("USD", "EUR", "GBP")


def _payment_operations(old: Lists, new: Lists) -> Iterator[View]:
    yield from _words(vocabulary.PAYMENT_OPERATIONS, "operation")(old, new)
    yield View(_ANY, fields=lambda text: {"operation": text})


def _currencies(old: Lists, new: Lists) -> Iterator[View]:
    """Yield those that have a name, and what entries name besides, such as the contract of a token."""
    shapes = [shape for lists in (old, new) for shape in (*(lists.allowed or ()), *lists.disallowed)]
    named = (shape.text.upper() for shape in shapes if isinstance(shape.pattern[0], str))
    for currency in dict.fromkeys((*_USUAL, *EXPONENTS, *TOKENS, *named)):
        text = currency if not currency.startswith("0X") else currency.lower()
        space = Space(_always(text), prefix=(text.lower(),), least=0, most=0)
        yield View(space, fields=lambda text: {"currency": text})


def _texts(field: str, **more: Any) -> Views:
    view = View(_TEXTS, fields=lambda text: {field: text, **more})
    return lambda _old, _new: iter((view,))


# --- all of them --------------------------------------------------------------------------------------------

NOUNS: dict[str, Noun] = {
    noun.name: noun
    for noun in (
        Noun("imports", ModuleImport, _modules("module"), open=True, unknown={"module": _WHEN_IT_RUNS}),
        Noun("opaque_libraries", OpaqueCall, _modules("library"), open=True),
        Noun("file_operations", FileOperation, _words(vocabulary.FILE_OPERATIONS, "operation")),
        Noun("file_paths", FileOperation, _file_paths, open=True, unknown={"paths": (_WHEN_IT_RUNS,)}),
        Noun("hosts", NetworkCall, _network),
        Noun("commands", ProcessSpawn, _commands),
        Noun("environment", EnvironmentAccess, _environment),
        Noun("database_operations", DatabaseOperation, _words(vocabulary.DATABASE_OPERATIONS, "operation")),
        Noun("tables", DatabaseOperation, _tables, open=True, unknown={"tables": (_WHEN_IT_RUNS,)}),
        Noun(
            "databases",
            DatabaseOperation,
            lambda _old, _new: iter(_DATABASES),
            open=True,
            unknown={"destination": None},
        ),
        _kinds(DynamicCode, "dynamic_code"),
        _kinds(NativeCode, "native_code"),
        _kinds(Deserialization, "deserialization"),
        Noun("packages", PackageInstall, _packages),
        _kinds(ProcessControl, "process_control"),
        _kinds(SystemAccess, "system_access"),
    )
}
"""Every pair of `can "code_execution"`, by the name that its two constraints share."""

PAYMENT_NOUNS: dict[str, Noun] = {
    noun.name: noun
    for noun in (
        Noun("providers", PaymentCall, _words(vocabulary.PAYMENT_PROVIDERS, "provider")),
        Noun("payment_operations", PaymentCall, _payment_operations),
        Noun("currencies", PaymentCall, _currencies, open=True, unknown={"currency": None}),
        Noun("recipients", PaymentCall, _texts("recipient"), open=True, unknown={"recipient": None}),
        Noun("customers", PaymentCall, _texts("customer"), open=True, unknown={"customer": None}),
    )
}
"""The pairs of `can "payment"`."""

TOOL_NOUNS: dict[str, Noun] = {
    noun.name: noun
    for noun in (
        Noun("proposed_tools", ToolCall, _texts("tool", stage="propose")),
        Noun("executed_tools", ToolCall, _texts("tool", stage="execute")),
    )
}
"""The pairs of `can "tool"`."""

EVERY_NOUN: dict[str, Noun] = {**NOUNS, **PAYMENT_NOUNS, **TOOL_NOUNS}
"""Every pair that there is."""
