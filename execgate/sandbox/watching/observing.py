"""What a guest says that happened, held against what the analysis said would: observations and surprises.

1. What comes from a guest is a claim.  A line that no guest of ours sends ends its run; there is a cap on
   lines and bytes, and on what is kept.
2. One thing counts once, however often and by whichever way it was seen.
3. What is nobody's doing (see `attribution`) is neither observed nor a surprise.
4. Each observation is a surprise, or some predicted operation covers it.
5. What is sent is looked at a little at a time: who sends much gains no time beyond its deadline.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterable, Sequence
from math import inf
from time import monotonic
from typing import Any

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
from execgate.model.source import Span
from execgate.sandbox.files import escaped
from execgate.sandbox.frames import GuestError
from execgate.sandbox.watching.attribution import is_made_by_tempfile, reworded, whose
from execgate.sandbox.watching.covering import covered
from execgate.sandbox.watching.events import CUT, PROCESS, Event, Sight, sights
from execgate.sandbox.watching.foreseeing import Foreseen

OBSERVED = 1000
SURPRISES = 100
"""How many observations and surprises are kept; the rest is counted."""
LINES = 50_000
BYTES = 16 << 20
"""The most that a guest may send; its own caps are lower."""

_IMPORTING, _KERNEL, _STARTED = 1, 2, 4
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_./]{0,79}")
_TEXT = 8_300
_WORDS = 42

NOWHERE = Span(0, 0, 0, 0)
"""The place of what no line of the program could be found for."""


def surprises(program: Program, observed: Iterable[Sight]) -> list[Sight]:
    """Return those of `observed` that no operation of `program` covers, in their order."""
    foreseen = Foreseen(program.operations, program.staged)
    return [sight for sight in observed if not _is_foreseen(program, foreseen, sight)]


def _is_foreseen(program: Program, foreseen: Foreseen, sight: Sight) -> bool:
    if foreseen.covers(sight):
        return True
    if program.source.language == "python":
        return False
    # A shell runs the program's own text, and what it starts is told besides.
    text = (sight.operand or "").removesuffix(CUT)
    is_own = sight.kind == PROCESS and sight.word == "shell" and program.source.text.startswith(text)
    return is_own or covered(sight, (_SHELL,))


_SHELL = ProcessSpawn(via="sh", location=NOWHERE, command=(), shell=False, programs=())
"""What a text of a shell is, before a word of it is read: a program that is started."""


_FORGED = Event("watch.forged", ())
_OVERRUN = Event("watch.overrun", ())


class Observer:
    """Takes in the frames of one run.

    `program` is what was foreseen, `text` the name of its file in the working folder.
    """

    def __init__(self, program: Program, text: str) -> None:
        self.observed: list[Operation] = []
        self.surprises: list[Operation] = []
        self.omitted = 0
        """How many observations were not kept, by the guest or here."""
        self._program = program
        self._foreseen = Foreseen(program.operations, program.staged)
        self._waiting: deque[bytes] = deque()
        self._text = text
        self._lines = 0
        self._bytes = 0
        self._seen: set[tuple[str, ...]] = set()
        self._told: set[tuple[str, str, str | None]] = set()
        self._made: set[str] = set()

    def receive(self, payload: bytes) -> None:
        """Take one frame in, for `look`; raises GuestError where no guest of ours sends so much."""
        self._bytes += len(payload)
        lines = [line for line in payload.split(b"\n") if line]
        self._lines += len(lines)
        if self._bytes > BYTES or self._lines > LINES:
            raise GuestError("more of what happened than it may send")
        self._waiting.extend(lines)

    @property
    def is_behind(self) -> bool:
        """Whether there is something that was taken in and not looked at."""
        return bool(self._waiting)

    def look(self, seconds: float = inf) -> None:
        """Hold what was taken in against what was foreseen, for so long at most and then one thing more.

        Raises GuestError for what no guest of ours sends.
        """
        until = monotonic() + seconds
        while self._waiting:
            self._look_at(self._waiting.popleft())
            if monotonic() >= until:
                return

    def end(self, seconds: float) -> None:
        """Look at the rest, for so long at most; what is left then is counted, and told as a surprise."""
        try:
            self.look(seconds)
        except GuestError:
            self._waiting.append(b"")  # the program has ended, and a lie about it is one thing more
        if self._waiting:
            self.omitted += len(self._waiting)
            self._waiting.clear()
            self.surprises[SURPRISES - 1 :] = [operation(sight) for sight in sights(_OVERRUN)]

    def _look_at(self, line: bytes) -> None:
        event = parse(line)
        if event.name == "watch.omitted":
            self.omitted += _omitted(event)
            return
        try:
            found = list(sights(event))
        except (AttributeError, LookupError, TypeError, ValueError):
            found = None
        if found is None or not all(map(_is_plain, found)):
            found = list(sights(_FORGED))  # well-formed, but no hook of ours writes it
        for sight in found:
            self._take(sight)

    def _take(self, sight: Sight) -> None:
        if is_made_by_tempfile(sight) and sight.operand is not None:
            self._made.add(sight.operand)
        what = (sight.kind, sight.word, _name(sight))
        if not sight.event.kernel:
            self._told.add(what)
        elif what in self._told:
            return
        if whose(sight, self._made, text=self._text) is not None:
            return
        sight = reworded(sight)
        key = (sight.kind, sight.word, sight.operand or "", *sight.command)
        if key in self._seen:
            return
        self._seen.add(key)
        if len(self.observed) < OBSERVED:
            self.observed.append(operation(sight))
        else:
            self.omitted += 1
        if len(self.surprises) < SURPRISES and not _is_foreseen(self._program, self._foreseen, sight):
            self.surprises.append(operation(sight))


def _is_plain(sight: Sight) -> bool:
    """Return whether what was read from an event is of the types that it is said to be."""
    texts = (*sight.command, *sight.also, *(() if sight.operand is None else (sight.operand,)))
    return all(isinstance(text, str) for text in texts)


def _omitted(event: Event) -> int:
    """Return how many observations a guest says that it left out; raises GuestError for no number of them."""
    match event.arguments:
        case (int(count),) if count > 0 and not isinstance(count, bool):
            return count
    raise GuestError("a number of observations that there can't be")


def _name(sight: Sight) -> str | None:
    if sight.kind == PROCESS and sight.word == "spawn":
        return (sight.operand or "").rpartition("/")[2]  # looked for in one folder after the other
    return sight.operand


def parse(line: bytes) -> Event:
    """Return the event that a line holds; raises GuestError where it is none."""
    try:
        document = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise GuestError("an event that is no JSON") from error
    if not isinstance(document, list) or len(document) != 5:
        raise GuestError("an event of the wrong form")
    name, arguments, number, through, marks = document
    if not (
        isinstance(name, str)
        and _NAME.fullmatch(name)
        and isinstance(arguments, list)
        and len(arguments) <= 8
        and all(map(_is_argument, arguments))
        and _is_number(number)
        and 0 <= number < 1 << 24
        and isinstance(through, list)
        and len(through) <= 16
        and all(isinstance(one, str) and len(one) <= 200 for one in through)
        and _is_number(marks)
        and 0 <= marks < 8
    ):
        raise GuestError("an event of the wrong form")
    return Event(
        name,
        tuple(arguments),
        number,
        tuple(through),
        bool(marks & _IMPORTING),
        bool(marks & _KERNEL),
        bool(marks & _STARTED),
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 63


def _is_argument(value: Any) -> bool:
    if isinstance(value, list):
        return len(value) <= _WORDS and all(one is None or _is_simple(one) for one in value)
    return value is None or _is_simple(value)


def _is_simple(value: Any) -> bool:
    return isinstance(value, bool) or _is_number(value) or (isinstance(value, str) and len(value) <= _TEXT)


def operation(sight: Sight) -> Operation:
    """Return what was seen as an operation of which every argument is known.

    Its `via` is the event or system call.  Bytes that are no UTF-8 stand as their numbers behind a backslash.
    """
    place = NOWHERE
    if sight.event.line:
        place = Span(sight.event.line, 0, sight.event.line, 0)
    said: dict[str, Any] = {"via": sight.event.name, "location": place}
    operand = None if sight.operand is None else _shown(sight.operand)
    match sight.kind:
        case "file" if sight.word == "database":
            return DatabaseOperation(operation="execute", tables=(), destination=operand, **said)
        case "file":
            word = "write" if sight.word == "socket" else sight.word
            return FileOperation(operation=word, paths=(operand or "",), **said)
        case "host":
            method = None if sight.word == "request" else sight.word
            return NetworkCall(destination=operand, port=sight.port, method=method, **said)
        case "process":
            return _spawned(sight, operand, said)
        case "import":
            return ModuleImport(module=operand or "", **said)
        case "environment":
            return EnvironmentAccess(
                operation=sight.word, names=() if operand is None else (operand,), **said
            )
        case "code":
            return DynamicCode(kind=sight.word, **said)
        case "watch":
            return DynamicCode(kind="introspection", **said)
        case "native":
            return NativeCode(kind=sight.word, **said)
        case "objects":
            return Deserialization(format=sight.word, **said)
        case "control":
            return ProcessControl(operation=sight.word, **said)
    raise AssertionError(sight.kind)


def line_of(found: Operation) -> str:
    """Return an operation that was seen as one line for people."""
    said = []
    for name, value in found.arguments():
        words = value if isinstance(value, tuple) else (value,)
        if name not in {"recursive", "shell", "programs"}:
            said += [str(word) for word in words if word is not None]
    return f"{found.type} {escaped(' '.join(said), 300)} by {found.via}"


def _spawned(sight: Sight, operand: str | None, said: dict[str, Any]) -> ProcessSpawn:
    if sight.word == "shell":
        programs = tuple(map(_shown, sight.also))
        is_shell = True  # it was one: nothing is started here
        return ProcessSpawn(command=operand or "", shell=is_shell, programs=programs, **said)
    command = _shown_all(sight.command)
    programs = () if operand is None else (operand,)
    return ProcessSpawn(command=command, shell=False, programs=programs, **said)


def _shown_all(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(_shown, words))


def _shown(text: str) -> str:
    """Return a text that every encoding of Unicode holds: what is no character stands as its bytes."""
    text = text.removesuffix(CUT) + ("..." if text.endswith(CUT) else "")
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode("utf-8")
