"""Whether what a program touched is among what the analysis says that it does.

What an operation says it covers, with all that its texts stand for: holes, wild cards, what lies below a
folder that is worked on as a whole.  What is permitted without being known covers what such code has to do,
and no more:

| operation | covers |
| --- | --- |
| a call of an opaque library | files in the places for work, modules, code, where the library is at it |
| a program that is started | files in the places for work and signals, where that program is at it |
| dynamic code | that code is made and looked at |
| an import of what is not known | modules; by its own line also code, and files in the places for work |
| a deserialization | that objects are made, and the modules of their classes at its line |
| native code | that it is called |

A file elsewhere, a host, another program, a signal to another process has to be predicted, whoever's doing it
is.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from ipaddress import ip_address

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
    ProcessControl,
    ProcessSpawn,
)
from execgate.model.places import HOME, WORKSPACE
from execgate.model.values import Hole, Template, Text, Unknown
from execgate.sandbox.watching.events import (
    CODE,
    CONTROL,
    CUT,
    FILE,
    IMPORT,
    NATIVE,
    OBJECTS,
    Sight,
    is_common,
    path_of,
)
from execgate.sandbox.watching.matching import Part, Wild, leads_through, matches

SCRATCH = re.compile(
    rf"(?:{WORKSPACE}|/tmp|/dev/shm|{HOME}/\.(?:cache|config|local|matplotlib))(?:/(?s:.*))?"
)
"""Places for work: what lies there is the program's, and goes with the run."""
_WILD_CARD = re.compile(r"\*|\?|\[[^\[\]]*\]")

# What is done to a file, and the operations that say so.
SAID_BY: dict[str, frozenset[str]] = {
    "read": frozenset(("read", "copy", "move", "execute")),
    "write": frozenset(("write", "create", "copy", "move")),
    "append": frozenset(("append", "write")),
    "create": frozenset(("create", "write", "append", "copy", "move")),
    "delete": frozenset(("delete", "move")),
    "move": frozenset(("move",)),
    "list": frozenset(("list", "read", "copy", "move", "delete")),
    "link": frozenset(("link", "copy", "move")),
    "chmod": frozenset(("chmod", "copy", "move", "create")),
    "database": frozenset(("read", "write", "create")),
    "socket": frozenset(("read", "write", "create")),
}
OF_DATABASES = frozenset(("database", "stat", "read", "write", "append", "create", "delete"))
BESIDE_DATABASES = ("-journal", "-wal", "-shm")
"""What SQLite calls the files that it keeps beside a database, while it changes it."""
# Everything that is done to a file tells whether it is there, so that any word covers `stat`.


def covered(sight: Sight, operations: Iterable[Operation]) -> bool:
    """Return whether one of the operations says what was touched, or could not say of what it is."""
    return any(covers(operation, sight) for operation in operations)


def covers(operation: Operation, sight: Sight) -> bool:
    """Return whether one operation says it."""
    if isinstance(operation, OpaqueCall):
        return _is_of(operation.library, sight) and _is_free(sight, (CODE, NATIVE, OBJECTS, IMPORT))
    if isinstance(operation, DynamicCode) and operation.kind == "import" and _is_at(operation, sight):
        return _is_free(sight, (CODE, OBJECTS, IMPORT))
    if isinstance(operation, ProcessSpawn) and sight.event.started and _is_free(sight, (CONTROL,)):
        return True
    match sight.kind:
        case "file":
            return _covers_file(operation, sight)
        case "host":
            return isinstance(operation, NetworkCall) and _covers_host(operation, sight)
        case "process":
            return isinstance(operation, ProcessSpawn) and _covers_process(operation, sight)
        case "import":
            return _covers_import(operation, sight)
        case "environment":
            return (
                isinstance(operation, EnvironmentAccess)
                and (
                    operation.operation == sight.word
                    or operation.operation == "list" != sight.word != "write"
                )
                and (
                    operation.operation == "list" or any(_is(name, sight.operand) for name in operation.names)
                )
            )
        case "code":
            return isinstance(operation, DynamicCode)
        case "native":
            return isinstance(operation, NativeCode)
        case "objects":
            return isinstance(operation, Deserialization)
        case "control":
            return isinstance(operation, ProcessControl)
        case "watch":
            return False
    raise AssertionError(sight.kind)


def _is_at(operation: Operation, sight: Sight) -> bool:
    """Return whether it is done by the operation's own line."""
    return operation.location.line <= sight.event.line <= operation.location.end_line


def _is_of(library: str, sight: Sight) -> bool:
    """Return whether a function of the library is at it; of a system call nobody can tell."""
    if sight.event.kernel:
        return not sight.event.started
    top = library.partition(".")[0]
    return any(function.partition(".")[0] == top for function in sight.event.through)


def _is_free(sight: Sight, kinds: tuple[str, ...]) -> bool:
    """Return whether code that is permitted without being known may do it."""
    if sight.kind == FILE:
        return SCRATCH.fullmatch(sight.operand or "") is not None
    return sight.kind in kinds


def _covers_host(operation: NetworkCall, sight: Sight) -> bool:
    # A name that is granted leads to an address of this machine, where the way to the proxy begins.
    if operation.destination is None or (sight.word != "listen" and _is_loopback(sight.operand)):
        return True
    return any(_is(operation.destination, name) for name in (sight.operand, *sight.also))


def _is_loopback(host: str | None) -> bool:
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False


def _covers_file(operation: Operation, sight: Sight) -> bool:
    if isinstance(operation, DatabaseOperation):
        return sight.word in OF_DATABASES and any(
            _is_path(destination, path, below=False)
            for destination in _destinations(operation)
            for path in _with_main_file(sight.operand or "")
        )
    if isinstance(operation, Deserialization):
        return sight.word in {"read", "stat"} and any(
            _is_path(path, sight.operand, below=False) for path in operation.paths
        )
    if not isinstance(operation, FileOperation):
        return False
    said = operation.operation
    if isinstance(said, str) and sight.word != "stat" and said not in SAID_BY[sight.word]:
        return False
    if any(_is_path(path, sight.operand, below=operation.recursive) for path in operation.paths):
        return True
    operand = sight.operand or ""
    if said in {"copy", "move"}:
        # What is copied or moved to a folder lands in it, and a folder is moved with all that it holds.
        return any(_is_path(path, operand, below=True) for path in operation.paths)
    if said == "create" and sight.word == "create":
        # A folder is made with those above it that are missing.
        return any(_is_above(operand, path) for path in operation.paths)
    # Of a folder that a pattern leads through no more is told than what matches.
    return said == sight.word == "list" and any(
        _is_above(operand, path, wild=True) for path in operation.paths
    )


def _destinations(operation: DatabaseOperation) -> Iterator[Text]:
    """Yield where a database lies: an address is also the name of a file to who does not say `uri=True`."""
    if operation.destination is not None:
        yield operation.destination
        if isinstance(operation.destination, str) and operation.destination.startswith("file:"):
            yield path_of(operation.destination)


def _with_main_file(path: str) -> Iterator[str]:
    """Yield a path, and the database that it could be kept beside of."""
    yield path
    for end in BESIDE_DATABASES:
        if path.endswith(end):
            yield path.removesuffix(end)


def _covers_process(operation: ProcessSpawn, sight: Sight) -> bool:
    if any(isinstance(program, Unknown) for program in operation.programs):
        return True
    if sight.word == "fork":
        return True  # what a copy of this process does is told as the program's own
    if sight.word == "shell":
        if operation.shell and not isinstance(operation.command, tuple):
            return _is(operation.command, sight.operand)
        return any(_is(program, name) for program in operation.programs for name in sight.also)
    name = sight.operand or ""
    if is_common(name) and any(_is(program, posixpath.basename(name)) for program in operation.programs):
        return True
    return any(
        _is(program, name) or (_is_a_path(program) and _is_path(program, _from_here(name), below=False))
        for program in operation.programs
    )


def _is_a_path(program: Text) -> bool:
    parts = program.parts if isinstance(program, Template) else (program,)
    return any(isinstance(part, str) and "/" in part for part in parts)


def _from_here(name: str) -> str:
    return posixpath.normpath(posixpath.join(WORKSPACE, name))


def _covers_import(operation: Operation, sight: Sight) -> bool:
    if isinstance(operation, Deserialization):
        return _is_at(operation, sight)  # what is unpickled names the modules of its classes
    if isinstance(operation, DynamicCode):
        return operation.kind == "import"
    if not isinstance(operation, ModuleImport):
        return False
    module, name = operation.module, sight.operand or ""
    if name.rpartition(".")[0] == module and _is_at(operation, sight):
        return True  # `from module import name`: whether that is a module, the library alone says
    return _is(module, name) or (isinstance(module, str) and module.startswith(f"{name}."))


def _is(text: Text, value: str | None) -> bool:
    """Return whether `value` is one of the texts that `text` stands for."""
    if isinstance(text, Unknown):
        return True
    if value is not None and value.endswith(CUT):
        known, start = value.removesuffix(CUT), text.parts[0] if isinstance(text, Template) else text
        return not isinstance(start, str) or start[: len(known)] == known[: len(start)]
    if isinstance(text, Template):
        return value is not None and matches(text.parts, value)
    return text == value


def _is_path(text: Text, path: str | None, *, below: bool) -> bool:
    """Return whether `path` is what `text` leads to, or lies below that."""
    if isinstance(text, Unknown):
        return True
    ways = _absolute(text.parts if isinstance(text, Template) else (text,))
    return path is not None and any(matches(parts, path, below=below) for parts in ways)


def _is_above(folder: str, text: Text, *, wild: bool = False) -> bool:
    """Return whether the way to what `text` leads to goes through `folder`; `wild` with wild cards in it."""
    if isinstance(text, Unknown):
        return True
    for parts in _absolute(text.parts if isinstance(text, Template) else (text,)):
        if leads_through(_wildly(parts) if wild else parts, folder):
            return True
    return False


def _wildly(parts: Iterable[str | Hole]) -> Iterator[Part]:
    """Yield a text with what its wild cards stand for."""
    for part in parts:
        if not isinstance(part, str):
            yield part
            continue
        for index, name in enumerate(part.split("/")):
            yield from ("/",) if index else ()
            if name == "**":
                yield Hole.ANY
                continue
            first, *others = _WILD_CARD.split(name)
            yield first
            for other in others:
                yield from (Wild.NAME, other)


def literal(text: Text) -> tuple[str, ...]:
    """Return the absolute paths of a text that is known to its last letter, none for another."""
    if not isinstance(text, str):
        return ()
    return tuple("".join(map(str, parts)) for parts in _ways((text,)))


@lru_cache(maxsize=512)
def _absolute(parts: tuple[str | Hole, ...]) -> tuple[tuple[str | Hole, ...], ...]:
    """Return the text as absolute paths: a `~` is the home folder for a judge, and a name for `open`."""
    return tuple(_ways(parts))


def _ways(parts: tuple[str | Hole, ...]) -> Iterator[tuple[str | Hole, ...]]:
    first = parts[0]
    if first is Hole.ANY:
        yield parts
        return
    if isinstance(first, str) and first.startswith("/"):
        yield _normal(parts)
        return
    if isinstance(first, str) and (first == "~" or first.startswith("~/")):
        yield _normal((HOME + first[1:], *parts[1:]))
    yield _normal((f"{WORKSPACE}/", *parts))


def _normal(parts: tuple[str | Hole, ...]) -> tuple[str | Hole, ...]:
    """Normalise a text as `os.path.normpath` does, its holes as letters of a name."""
    marks = {Hole.NUMBER: "\ue000", Hole.WORD: "\ue001", Hole.ANY: "\ue002"}
    flat = posixpath.normpath("".join(part if isinstance(part, str) else marks[part] for part in parts))
    holes = {mark: hole for hole, mark in marks.items()}
    return tuple(holes.get(part, part) for part in re.split("([\ue000-\ue002])", flat) if part)
