"""Whether what a program touched is among what the analysis says that it does: the watch's own answer.

It is asked of more than the watch sees (every import, the environment, files that are only looked at), and less
strictly: code that is reached while the program runs can do anything, and the operation that says so covers what is
done by its line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from execgate.model.operation import (
    Deserialization,
    DynamicCode,
    FileOperation,
    NetworkCall,
    Operation,
    ProcessSpawn,
)
from execgate.model.program import Program
from execgate.sandbox.watching.attribution import is_made_by_tempfile, reworded, whose
from execgate.sandbox.watching.covering import covers
from execgate.sandbox.watching.events import Event, Sight

from .touches import touches


def own(events: Iterable[Event]) -> Iterator[Sight]:
    """Yield what the events say that the program itself touched, each thing from each line once."""
    seen = set()
    made: set[str] = set()
    for event in events:
        for sight in touches(event):
            if is_made_by_tempfile(sight) and sight.operand is not None:
                made.add(sight.operand)
            key = (sight.kind, sight.word, sight.operand, event.line)
            if key not in seen and whose(sight, made) is None:
                seen.add(key)
                yield reworded(sight)


def uncovered(events: Iterable[Event], program: Program, *, loosely: bool = False) -> list[Sight]:
    """Return what was touched and is covered by no operation of `program`; nothing where that has a gap.

    An operation of dynamic code covers what is done by its line; `loosely` it covers all.
    """
    if program.gaps or (loosely and any(isinstance(o, DynamicCode) for o in program.operations)):
        return []
    return [sight for sight in own(events) if not covered(sight, program.operations)]


def covered(sight: Sight, operations: Iterable[Operation]) -> bool:
    """Return whether one of the operations says what was touched, or could not say of what it is."""
    return any(_covers(operation, sight) for operation in operations)


def unobserved(events: Iterable[Event], program: Program) -> list[Operation]:
    """Return the operations on files, hosts and processes of which a run showed nothing."""
    found = list(own(events))
    return [
        operation
        for operation in program.operations
        if isinstance(operation, (FileOperation, NetworkCall, ProcessSpawn))
        and not any(_covers(operation, sight) for sight in found)
    ]


def _covers(operation: Operation, sight: Sight) -> bool:
    if isinstance(operation, (DynamicCode, Deserialization)):
        place = operation.location
        if place.line <= sight.event.line <= place.end_line:
            return True
        if isinstance(operation, Deserialization) and sight.kind == "import":
            return not sight.event.arguments[2]  # what is unpickled names the modules of its classes
        if isinstance(operation, DynamicCode) and sight.kind == "import":
            return operation.kind == "import"
    return covers(operation, sight)
