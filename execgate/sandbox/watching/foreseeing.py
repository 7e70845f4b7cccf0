"""The operations of one program, arranged so that what covers a sight is found soon.

A program may have thousands of operations and touch thousands of things, and each thing is held against them
while the program's clock runs.  Files that are named as they are stand in an index.  Of the others, the one
that covered something last is asked first: what a loop touches, one operation covers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from execgate.model.operation import FileOperation, Operation
from execgate.sandbox.watching.covering import covers, literal
from execgate.sandbox.watching.events import FILE, Sight

_AROUND = frozenset(("copy", "move", "create", "list"))
"""What is said of a path and also covers what lies above or below it."""


class Foreseen:
    """What a program was found to do, to be asked about one thing after the other."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._named: dict[str, list[Operation]] = {}
        self._unnamed: list[Operation] = []
        self._all: list[Operation] = []
        for operation in operations:
            self._all.append(operation)
            paths = tuple(_exact(operation))
            for path in paths:
                self._named.setdefault(path, []).append(operation)
            if not paths:
                self._unnamed.append(operation)
        self._asked: dict[tuple[str, str], list[Operation]] = {}

    def covers(self, sight: Sight) -> bool:
        """Return whether one of the operations says what was touched, or could not say of what it is."""
        is_file = sight.kind == FILE
        if is_file and any(covers(one, sight) for one in self._named.get(sight.operand or "", ())):
            return True
        every = self._unnamed if is_file else self._all
        asked = self._asked.setdefault((sight.kind, sight.word), list(every))
        for index, operation in enumerate(asked):
            if covers(operation, sight):
                if index:
                    asked.insert(0, asked.pop(index))
                return True
        return False


def _exact(operation: Operation) -> Iterator[str]:
    """Yield the absolute paths that an operation is about, where it covers nothing but these very files."""
    if (
        not isinstance(operation, FileOperation)
        or operation.recursive
        or not isinstance(operation.operation, str)
        or operation.operation in _AROUND
    ):
        return
    found = [literal(path) for path in operation.paths]
    if all(found):
        for paths in found:
            yield from paths
