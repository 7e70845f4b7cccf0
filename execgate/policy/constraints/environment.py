"""`allowed_environment` and `disallowed_environment`: variables by name pattern."""

from __future__ import annotations

import re

from execgate.model.operation import EnvironmentAccess
from execgate.model.values import Text
from execgate.policy.constraints._family import ALL, Family, Given, Judge, twins
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
from execgate.policy.matching.patterns import EVERYTHING, segment, split
from execgate.policy.problems import clipped

_IN_SHELL = re.compile(r"\$([\w*]+)|\$\{([\w*]+)\}|%([\w*]+)%")


def read(text: str, _denies: bool) -> tuple[Shape, ...]:  # noqa: FBT001 - the reader's flag
    """Read a name pattern, in which `*` stands for any characters."""
    if text == "*":
        return (ALL,)
    plain = _IN_SHELL.fullmatch(text)
    if plain:
        name = plain[1] or plain[2] or plain[3]
        raise BadEntryError("a variable is named without the signs of a shell", f'did you mean "{name}"?')
    if not text or "=" in text or any(char.isspace() or char == "\0" for char in text):
        raise BadEntryError("not the name of an environment variable", 'as in "HOME" or "APP_*"')
    pattern = (segment(text),)
    return (Shape(str(pattern[0]), pattern, pattern),)


def _compile(given: Given) -> Judge:
    pair = given.pair("environment", read)

    def judge(operation: EnvironmentAccess) -> Finding:
        verb = clipped(operation.operation)
        if operation.operation == "list":
            every = Subject(EVERYTHING, EVERYTHING, lambda: ("list the environment", "*"))
            return total((pair.judge(every), *(_judge(verb, name, pair) for name in operation.names)))
        if not operation.names:
            return _puzzle(verb, "the call names no variable", pair)
        return total(_judge(verb, name, pair) for name in operation.names)

    return judge


def _judge(verb: str, name: Text, pair: Pair) -> Finding:
    try:
        value = known(name, "name")
    except UnresolvableError as error:
        return _puzzle(verb, str(error), pair)
    pattern = tuple(split(value, None))
    entry = value if isinstance(value, str) and _writable(value) else None
    return pair.judge(
        Subject(pattern, pattern, lambda: (f"{verb} the environment variable `{clipped(str(name))}`", entry))
    )


def _writable(name: str) -> bool:
    return bool(name) and not any(char in "*=\0" or char.isspace() for char in name)


def _puzzle(verb: str, why: str, pair: Pair) -> Finding:
    act = f"{verb} an environment variable that could not be worked out"
    return pair.puzzle(act, why, "name the variable by a constant")


FAMILIES = (Family(EnvironmentAccess, twins("environment", read), _compile),)
