"""The operations of one program, arranged so that what covers a sight is found soon.

A program may have thousands of operations and touch thousands of things, and each thing is held against them
while the program's clock runs.  Files that are named as they are stand in an index.  Of the others, the one
that covered something last is asked first: what a loop touches, one operation covers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from execgate.model.operation import FileOperation, Operation
from execgate.model.places import WORKSPACE
from execgate.model.source import Source
from execgate.sandbox.watching.covering import covers, literal
from execgate.sandbox.watching.events import FILE, IMPORT, Sight

_AROUND = frozenset(("copy", "move", "create", "list"))
"""What is said of a path and also covers what lies above or below it."""
_LOADING = frozenset(("read", "list", "stat"))
"""What the machinery of imports does to files."""


class Foreseen:
    """What a program was found to do, to be asked about one thing after the other.

    `staged` are the files that it may import: they were judged with it, so that to load one is foreseen.
    """

    def __init__(self, operations: Iterable[Operation], staged: Iterable[Source] = ()) -> None:
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
        self._modules: set[str] = set()
        self._loaded: set[str] = set()
        for file in staged:
            self._stage(file.path)
        self._asked: dict[tuple[str, str], list[Operation]] = {}

    def covers(self, sight: Sight) -> bool:
        """Return whether one of the operations says what was touched, or could not say of what it is."""
        is_file = sight.kind == FILE
        if sight.kind == IMPORT and sight.operand in self._modules:
            return True
        if is_file and sight.event.importing and sight.word in _LOADING and sight.operand in self._loaded:
            return True
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

    def _stage(self, path: str) -> None:
        """Have a file foreseen as a module, and each folder that it lies in as a package."""
        parts = path.removesuffix(".py").split("/")
        for end in range(1, len(parts) + 1):
            self._modules.add(".".join(parts[:end]))
            self._loaded.add("/".join((WORKSPACE, *parts[:end])))
        self._loaded.add(f"{WORKSPACE}/{path}")


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
