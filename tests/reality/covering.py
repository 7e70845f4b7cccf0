"""Whether what a program touched is among what the analysis says that it does."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from execgate.model.operation import (
    DatabaseOperation,
    Deserialization,
    DynamicCode,
    EnvironmentAccess,
    FileOperation,
    ModuleImport,
    NativeCode,
    NetworkCall,
    Operation,
    ProcessControl,
    ProcessSpawn,
)
from execgate.model.program import Program
from execgate.model.values import Hole, Template, Text, Unknown

from .attribution import is_made_by_tempfile, reworded, whose
from .recording import Record
from .touches import Touch, touches

WORKSPACE, HOME = "/workspace", "/home/agent"

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
# Everything that is done to a file tells whether it is there, so that any word covers `stat`.


def own(records: Iterable[Record]) -> Iterator[Touch]:
    """Yield what the records say that the program itself touched, each thing from each line once."""
    seen = set()
    made: set[str] = set()
    for record in records:
        for touch in touches(record):
            if is_made_by_tempfile(touch) and touch.operand is not None:
                made.add(touch.operand)
            key = (touch.kind, touch.word, touch.operand, record.line)
            if key not in seen and whose(touch, made) is None:
                seen.add(key)
                yield reworded(touch)


def uncovered(records: Iterable[Record], program: Program, *, loosely: bool = False) -> list[Touch]:
    """Return what was touched and is covered by no operation of `program`; nothing where that has a gap.

    Code that is reached while the program runs can do anything, and the operation that says so covers what is
    done by its line; `loosely` it covers all.
    """
    if program.gaps or (loosely and any(isinstance(o, DynamicCode) for o in program.operations)):
        return []
    return [touch for touch in own(records) if not covered(touch, program.operations)]


def covered(touch: Touch, operations: Iterable[Operation]) -> bool:
    """Return whether one of the operations says what was touched, or could not say of what it is."""
    return any(_covers(operation, touch) for operation in operations)


def unobserved(records: Iterable[Record], program: Program) -> list[Operation]:
    """Return the operations on files, hosts and processes of which a run showed nothing."""
    found = list(own(records))
    return [
        operation
        for operation in program.operations
        if isinstance(operation, (FileOperation, NetworkCall, ProcessSpawn))
        and not any(_covers(operation, touch) for touch in found)
    ]


def _covers(operation: Operation, touch: Touch) -> bool:
    if isinstance(operation, (DynamicCode, Deserialization)):
        place = operation.location
        if place.line <= touch.record.line <= place.end_line:
            return True
    match touch.kind:
        case "file":
            return _covers_file(operation, touch)
        case "host":
            return isinstance(operation, NetworkCall) and (
                operation.destination is None
                or any(_is(operation.destination, name) for name in (touch.operand, *touch.also))
            )
        case "process":
            return isinstance(operation, ProcessSpawn) and _covers_process(operation, touch)
        case "import":
            return _covers_import(operation, touch)
        case "environment":
            return (
                isinstance(operation, EnvironmentAccess)
                and (
                    operation.operation == touch.word
                    or operation.operation == "list" != touch.word != "write"
                )
                and (
                    operation.operation == "list" or any(_is(name, touch.operand) for name in operation.names)
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
    raise AssertionError(touch.kind)


def _covers_file(operation: Operation, touch: Touch) -> bool:
    if isinstance(operation, DatabaseOperation):
        return operation.destination is not None and (
            touch.word in {"database", "stat"} and _is_path(operation.destination, touch.operand, below=False)
        )
    if isinstance(operation, Deserialization):
        return touch.word in {"read", "stat"} and any(
            _is_path(path, touch.operand, below=False) for path in operation.paths
        )
    if not isinstance(operation, FileOperation):
        return False
    said = operation.operation
    if isinstance(said, str) and touch.word != "stat" and said not in SAID_BY[touch.word]:
        return False
    if any(_is_path(path, touch.operand, below=operation.recursive) for path in operation.paths):
        return True
    operand = touch.operand or ""
    if said in {"copy", "move"}:
        # What is copied or moved to a folder lands in it, and a folder is moved with all that it holds.
        return any(_is_path(path, operand, below=True) for path in operation.paths)
    if said == "create" and touch.word == "create":
        # A folder is made with those above it that are missing.
        return any(_is_above(operand, path) for path in operation.paths)
    # Of a folder that a pattern leads through no more is told than what matches.
    return said == touch.word == "list" and any(
        _is_above(operand, path, wild=True) for path in operation.paths
    )


def _covers_process(operation: ProcessSpawn, touch: Touch) -> bool:
    if any(isinstance(program, Unknown) for program in operation.programs):
        return True
    if touch.word == "fork":
        return True  # what a copy of this process does is told as the program's own
    if touch.word == "shell" and operation.shell and not isinstance(operation.command, tuple):
        return _is(operation.command, touch.operand)
    names = [touch.operand or "", *touch.also]
    names += [posixpath.basename(name) for name in names]
    return any(_is(program, name) for program in operation.programs for name in names)


def _covers_import(operation: Operation, touch: Touch) -> bool:
    if isinstance(operation, Deserialization):
        return not touch.record.arguments[2]  # what is unpickled names the modules of its classes
    if isinstance(operation, DynamicCode):
        return operation.kind == "import"
    if not isinstance(operation, ModuleImport):
        return False
    module, name = operation.module, touch.operand or ""
    return _is(module, name) or (isinstance(module, str) and module.startswith(f"{name}."))


def _is(text: Text, value: str | None) -> bool:
    """Return whether `value` is one of the texts that `text` stands for."""
    if isinstance(text, Unknown):
        return True
    if isinstance(text, Template):
        return value is not None and _pattern(text.parts).fullmatch(value) is not None
    return text == value


def _is_path(text: Text, path: str | None, *, below: bool) -> bool:
    """Return whether `path` is what `text` leads to, or lies below that."""
    if isinstance(text, Unknown):
        return True
    for parts in _absolute(text.parts if isinstance(text, Template) else (text,)):
        pattern = _pattern(parts, below=below)
        if path is not None and pattern.fullmatch(path) is not None:
            return True
    return False


def _is_above(folder: str, text: Text, *, wild: bool = False) -> bool:
    """Return whether the way to what `text` leads to goes through `folder`; `wild` with wild cards in it."""
    if isinstance(text, Unknown):
        return True
    for parts in _absolute(text.parts if isinstance(text, Template) else (text,)):
        levels: list[list[str | Hole]] = [[]]
        for part in parts:
            first, *others = part.split("/") if isinstance(part, str) else [part]
            levels[-1].append(first)
            levels += [[other] for other in others]
        for end in range(2, len(levels)):
            way = "/".join(
                "".join(map(_letters if not wild else _wild_letters, level)) for level in levels[:end]
            )
            if re.fullmatch(way, folder):
                return True
    return False


def _letters(part: str | Hole) -> str:
    return re.escape(part) if isinstance(part, str) else _HOLES[part]


def _wild_letters(part: str | Hole) -> str:
    if part == "**":
        return ".*"
    return (
        "[^/]*".join(map(re.escape, re.split(r"\*|\?|\[.*?\]", part)))
        if isinstance(part, str)
        else _HOLES[part]
    )


def _absolute(parts: tuple[str | Hole, ...]) -> Iterator[tuple[str | Hole, ...]]:
    """Yield the text as absolute paths: a `~` is the home folder for a judge, and a name for `open`."""
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


_HOLES = {Hole.NUMBER: r"[0-9.+-]+", Hole.WORD: r"(?!\.{1,2}(?:/|$))[^/]+", Hole.ANY: r"(?s:.*)"}


def _pattern(parts: tuple[str | Hole, ...], *, below: bool = False) -> re.Pattern[str]:
    text = "".join(re.escape(part) if isinstance(part, str) else _HOLES[part] for part in parts)
    return re.compile(text + (r"(?:/(?s:.*))?" if below else ""))
