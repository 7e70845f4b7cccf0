"""How to read from a program's arguments what it does to files, hosts and the machine.

The table is in `program_table`.

A program that is not in the table is only known by its name: whoever allows it allows what it is made for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from execgate.analysis.shell.starters import Argument
from execgate.model.operation import Operation


class Acts(Protocol):
    """Where it is noted what a program does."""

    def files(self, operation: str, paths: Sequence[Argument], *, recursive: bool = False) -> None:
        """Note a file operation on each of some paths."""

    def reaches(self, address: Argument, *, method: str | None = None, scheme: str | None = None) -> None:
        """Note that a host is contacted, by its name or by a URL."""

    def note(self, family: type[Operation], /, via: str = "", **fields: Any) -> None:
        """Note another operation."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a program was given: its options with their values, what is left, and all as it stands."""

    options: tuple[tuple[str, Argument], ...]
    operands: tuple[Argument, ...]
    arguments: tuple[Argument, ...]

    def has(self, *names: str) -> bool:
        """Return whether one of some options is there."""
        return any(_means(name, names) for name, _ in self.options)

    def values(self, *names: str) -> tuple[Argument, ...]:
        """Return the values of some options, in order."""
        return tuple(value for name, value in self.options if _means(name, names))


def _means(name: str, names: Sequence[str]) -> bool:
    """Return whether an option is one of `names`; most programs take the start of a long one for it."""
    return name in names or (len(name) > 1 and any(long.startswith(name) for long in names))


Rule: TypeAlias = Callable[[Given, Acts], None]


@dataclass(frozen=True, slots=True)
class Program:
    """How a program reads its arguments, and what it does.

    `valued` are the letters of options with a value, `long` the long names of those.
    """

    rule: Rule
    valued: str = ""
    long: frozenset[str] = frozenset()

    def act(self, arguments: Sequence[Argument], acts: Acts) -> None:
        """Note what the program does for its arguments."""
        self.rule(self._given(arguments), acts)

    def _given(self, arguments: Sequence[Argument]) -> Given:
        options: list[tuple[str, Argument]] = []
        operands: list[Argument] = []
        waiting = list(arguments)
        while waiting:
            value = waiting.pop(0)
            if value == "--":
                operands += waiting
                break
            if value is None or not value.startswith("-") or value == "-":
                operands.append(value)
            elif value.startswith("--"):
                name, equals, text = value[2:].partition("=")
                if not equals and name in self.long:
                    options.append((name, waiting.pop(0) if waiting else ""))
                else:
                    is_start = not equals and _means(name, tuple(self.long))
                    # It may be another option without a value, so what follows stays an operand too.
                    options.append((name, waiting[0] if is_start and waiting else text))
            else:
                options += self._letters(value[1:], waiting)
        return Given(tuple(options), tuple(operands), tuple(arguments))

    def _letters(self, letters: str, waiting: list[Argument]) -> list[tuple[str, Argument]]:
        """Return the options in a cluster such as `-rf`; a value may be the next argument."""
        found: list[tuple[str, Argument]] = []
        for index, letter in enumerate(letters):
            if letter not in self.valued:
                found.append((letter, ""))
                continue
            rest = letters[index + 1 :]
            found.append((letter, rest or (waiting.pop(0) if waiting else "")))
            break
        return found


def program(rule: Rule, valued: str = "", long: str = "") -> Program:
    """Return how a program is read; `long` are the names of its long options with a value."""
    return Program(rule, valued, frozenset(long.split()))


# Rules


def each(operation: str, *, without: str | None = None, recursive: str = "", skip: int = 0) -> Rule:
    """Return the rule of a program that does one thing to each of its operands but the first `skip`.

    `without` is the path where there is none; `recursive` are the options by which all below counts too.
    """
    letters = tuple(recursive.split())

    def rule(given: Given, acts: Acts) -> None:
        paths = list(given.operands[skip:])
        if not paths and without is not None:
            paths = [without]
        acts.files(operation, [path for path in paths if path != "-"], recursive=given.has(*letters))

    return rule


def both(operation: str, *, recursive: str = "") -> Rule:
    """Return the rule of a program that copies, moves or links: sources, and at last where to."""
    letters = tuple(recursive.split())

    def rule(given: Given, acts: Acts) -> None:
        paths = [*given.operands, *given.values("t", "target-directory")]
        acts.files(operation, paths, recursive=given.has(*letters))

    return rule


def several(*rules: Rule) -> Rule:
    """Return the rule of a program that does several things."""

    def rule(given: Given, acts: Acts) -> None:
        for one in rules:
            one(given, acts)

    return rule


def option(names: str, operation: str) -> Rule:
    """Return the rule of options whose value is a path."""
    wanted = tuple(names.split())

    def rule(given: Given, acts: Acts) -> None:
        acts.files(operation, [path for path in given.values(*wanted) if path != "-"])

    return rule


def notes(family: type[Operation], /, **fields: Any) -> Rule:
    """Return the rule of a program that does the same for all arguments."""

    def rule(_given: Given, acts: Acts) -> None:
        acts.note(family, **fields)

    return rule


def nothing(_given: Given, _acts: Acts) -> None:
    """Note nothing: the program computes and prints."""
