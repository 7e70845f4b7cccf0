"""Which values each constraint judges, and what an operation with such a value is."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from typing import Any, cast

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
from execgate.model.values import Unknown
from execgate.model.vocabulary import ANY_PAYMENT
from execgate.policy.constraints import files
from execgate.policy.constraints.commands import STANDARD
from execgate.policy.constraints.databases import MEMORY
from execgate.policy.matching import paths
from execgate.policy.matching.patterns import ANY_SEGMENT
from execgate.policy.search.network import NAMED_HOSTS, labels, network
from execgate.policy.search.space import Lists, Reach, Space
from execgate.policy.search.views import Fields, Noun, View, Views

_WHEN_IT_RUNS = Unknown("it is only known when the program runs")


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

_TABLES = Space(labels, never=frozenset({""}))


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
    View(NAMED_HOSTS, fields=lambda text: {"destination": text, "via": "psycopg2.connect"}),
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
        Noun("hosts", NetworkCall, network),
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
