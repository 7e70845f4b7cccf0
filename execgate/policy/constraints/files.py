"""`allowed_file_operations`, `allowed_file_paths` and their twins: what is done to which files."""

from __future__ import annotations

import dataclasses
import functools

from execgate.model.operation import FileOperation
from execgate.model.values import Text
from execgate.model.vocabulary import FILE_OPERATIONS
from execgate.policy.constraints._family import ALL, Family, Given, Judge, twins
from execgate.policy.matching import paths
from execgate.policy.matching.pairs import (
    BadEntryError,
    Finding,
    Pair,
    Shape,
    Subject,
    UnresolvableError,
    known,
    total,
)
from execgate.policy.matching.patterns import DEEP, EVERYTHING, Pattern
from execgate.policy.problems import clipped, quoted, suggestion

SHORTHANDS = {
    "none": (),
    "read_only": ("read", "list", "stat"),
    "read_write": ("read", "list", "stat", "write", "append", "create", "copy", "move", "delete"),
}

WHOLE_TREE = frozenset({"delete", "move", "copy", "link"})
"""Operations that, if it is to a folder that they are done, are done to all below it."""

_CONSTANT_PATH = "make the path a constant, or a constant folder with one name behind it"


def read_operation(text: str, _denies: bool) -> tuple[Shape, ...]:  # noqa: FBT001 - the reader's flag
    """Read a file operation."""
    if text == "*":
        return (ALL,)
    if text in SHORTHANDS:
        raise BadEntryError(f"`{text}` stands for a whole list", f'write `: "{text}"` without brackets')
    if text not in FILE_OPERATIONS:
        raise BadEntryError(
            "unknown file operation", suggestion(text, FILE_OPERATIONS, what="there are", quoted=True)
        )
    pattern: Pattern = (*_name(text), DEEP)
    return (Shape(text, pattern, pattern),)


def _name(operation: str) -> tuple[str, ...]:
    # Asking whether and what a file is, is a lesser way of reading it.
    return ("read", "stat") if operation == "stat" else (operation,)


def read_path(text: str, _denies: bool) -> tuple[Shape, ...]:  # noqa: FBT001 - the reader's flag
    """Read a path pattern."""
    return (paths.entry(text),)


def _compile(given: Given) -> Judge:
    operations = given.pair("file_operations", read_operation)
    places = given.pair("file_paths", read_path, open_=True)

    # There are as many as the vocabulary has.
    done = functools.cache(functools.partial(_judge_operation, pair=operations))

    def judge(operation: FileOperation) -> Finding:
        word = operation.operation
        finding = done(word) if isinstance(word, str) else _judge_operation(word, operations)
        if not places.judges:
            return _narrowed(finding, operation.paths) if operations.grants_nothing else finding
        named = operation.paths
        if not named:
            act = f"{_verb(operation.operation)} a path that could not be worked out"
            return finding + places.puzzle(act, "the call names no path", _CONSTANT_PATH)
        if len(named) == 1:
            return finding + _judge_path(operation, named[0], places)
        return finding + total([_judge_path(operation, path, places) for path in named])

    return judge


def permitted(given: Given) -> frozenset[str]:
    """Return the operations that are permitted, on whatever path."""
    pair = given.pair("file_operations", read_operation)
    return frozenset(word for word in FILE_OPERATIONS if _judge_operation(word, pair).evidence)


def _verb(operation: Text) -> str:
    return clipped(operation) if isinstance(operation, str) else "use"


def _judge_operation(operation: Text, pair: Pair) -> Finding:
    if not isinstance(operation, str):
        act = "do a file operation that could not be worked out"
        why = getattr(operation, "why", f"`{operation}` is not known before it runs")
        return pair.puzzle(act, why, "make the mode a constant")
    name = _name(operation)
    return pair.judge(Subject(name, name, lambda: (f"{clipped(operation)} files", operation)))


def _narrowed(finding: Finding, named: tuple[Text, ...]) -> Finding:
    """Let the help of a first grant name the paths too: without them it would be for every path."""
    try:
        entries = [paths.exact(paths.resolve(known(path, "path"))) for path in named]
    except UnresolvableError:
        return finding
    if not entries or None in entries:
        return finding
    listed = ", ".join(quoted(entry) for entry in entries if entry)
    added = tuple(breach.also(f"`allowed_file_paths: [{listed}]`") for breach in finding.breaches)
    return dataclasses.replace(finding, breaches=added)


def _judge_path(operation: FileOperation, path: Text, pair: Pair) -> Finding:
    done = operation.operation
    try:
        place = paths.resolve(known(path, "path"))
    except UnresolvableError as error:
        return pair.puzzle(f"{_verb(done)} a path that could not be worked out", str(error), _CONSTANT_PATH)
    below: Pattern = (*place, DEEP) if place != EVERYTHING else place
    covered = below if operation.recursive else place
    touched = below if operation.recursive or not isinstance(done, str) or done in WHOLE_TREE else place

    def describe() -> tuple[str, str | None]:
        act = f"{_verb(done)} `{clipped(str(path))}`" + (" and all below it" if operation.recursive else "")
        return act, paths.exact(covered)

    return pair.judge(Subject(covered, touched, describe))


FAMILIES = (
    Family(
        FileOperation,
        (
            *twins("file_operations", read_operation, SHORTHANDS, FILE_OPERATIONS),
            *twins("file_paths", read_path),
        ),
        _compile,
    ),
)
