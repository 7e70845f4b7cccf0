"""`allowed_commands` and `disallowed_commands`: every program that is started, by name."""

from __future__ import annotations

from execgate.model.operation import ProcessSpawn
from execgate.model.values import Template, Text
from execgate.policy.constraints._family import Family, Given, Judge, twins
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
from execgate.policy.matching.patterns import DEEP, Pattern, segment, split
from execgate.policy.problems import clipped

# From the file's folder upwards; the empty name is the root.
STANDARD = (("bin", ""), ("bin", "usr", ""), ("bin", "local", "usr", ""))

_RELATIVE = "."


def upwards(path: str | Template) -> Pattern:
    """Return a program's path from its name up to the root, or its name alone; raises UnresolvableError."""
    parts = split(path, "/")
    if len(parts) == 1:
        if parts[0] == "":
            raise UnresolvableError("the program has no name")
        return (parts[0],)
    root = "" if parts[0] == "" else _RELATIVE
    kept = [part for part in parts if part not in {"", "."}]
    if ".." in kept or not kept or parts[-1] in {"", "."}:
        raise UnresolvableError(f"`{clipped(str(path))}` is not the plain path of a program")
    name, *folders = [*reversed(kept), root]
    return (name,) if tuple(folders) in STANDARD else (name, *folders)


def read(text: str, denies: bool) -> tuple[Shape, ...]:  # noqa: FBT001 - the reader's flag
    """Read a program's name, or its whole path; `*` is every name, and as a denial every path too."""
    if any(char.isspace() for char in text):
        raise BadEntryError(
            "a command is one program, without arguments",
            f'write "{clipped(text.split(maxsplit=1)[0])}"' if text.split() else None,
        )
    try:
        pattern = upwards(text)
    except UnresolvableError as error:
        raise BadEntryError(str(error), "write a program's name, or its whole path") from error
    if len(pattern) == 1:
        pattern = (segment(str(pattern[0])),)
        # A name that is forbidden is forbidden in every folder.
        scope = (*pattern, DEEP)
        return (Shape(str(pattern[0]), scope if denies else pattern, scope),)
    if "*" in text:
        raise BadEntryError(
            "a program outside of the standard folders is listed whole", "write its path without `*`"
        )
    return (Shape("/".join(map(str, reversed(pattern))), pattern, pattern),)


def _compile(given: Given) -> Judge:
    pair = given.pair("commands", read)

    def judge(operation: ProcessSpawn) -> Finding:
        if not operation.programs:
            return _puzzle(pair, "no program could be named")
        return total(_judge(program, pair) for program in operation.programs)

    return judge


def _judge(program: Text, pair: Pair) -> Finding:
    try:
        value = known(program, "program")
        pattern = upwards(value)
    except UnresolvableError as error:
        return _puzzle(pair, str(error))
    return pair.judge(
        Subject(pattern, pattern, lambda: (f"start `{clipped(str(program))}`", _exact(value, pattern)))
    )


def _exact(value: str | Template, pattern: Pattern) -> str | None:
    if not isinstance(value, str) or "*" in value or any(char.isspace() for char in value):
        return None
    return str(pattern[0]) if len(pattern) == 1 else value


def _puzzle(pair: Pair, why: str) -> Finding:
    return pair.puzzle("start a program that could not be worked out", why, "name the program by a constant")


FAMILIES = (Family(ProcessSpawn, twins("commands", read), _compile),)
