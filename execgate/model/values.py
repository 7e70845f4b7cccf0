"""What is known of a string before the program runs."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TypeAlias


class Hole(enum.Enum):
    """A part of a string that is only known when the program runs.

    WORD can't be empty, holds no separator of any kind (slash, backslash, `:`, `@`, `?`, `#`, space) and is
    neither `.` nor `..`: an integer, a date, a name that `listdir` gave.  A NUMBER is a WORD of ASCII digits,
    `-`, `+` and `.` alone, so that unlike a file's name it can't hold a quote, `;` or `$`: an integer, a date
    in digits.  ANY can be anything.
    """

    NUMBER = "number"
    WORD = "word"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Template:
    """A string with holes, such as `/data/` and a number and `.csv`.

    `parts` alternate freely between non-empty literals and holes; at least one is a hole.
    """

    parts: tuple[str | Hole, ...]

    def __post_init__(self) -> None:
        if not any(isinstance(part, Hole) for part in self.parts):
            raise ValueError("a template without a hole is a string")

    @property
    def bounded(self) -> bool:
        """Whether no hole is ANY, so that where the string points is known."""
        return Hole.ANY not in self.parts

    def __str__(self) -> str:
        """Show each hole as `*`."""
        return "".join("*" if isinstance(part, Hole) else part for part in self.parts)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value of which nothing is known; `why` is said to people.  It satisfies no constraint."""

    why: str

    def __str__(self) -> str:
        return "?"


Text: TypeAlias = str | Template | Unknown


def is_resolved(value: Text | int | None) -> bool:
    """Return whether a judge can work with `value`: known, or free only within one word."""
    if isinstance(value, Template):
        return value.bounded
    return not isinstance(value, Unknown)


def shown(value: Text | int | None) -> str | int | None:
    """Return `value` as JSON shows it: holes as `*`, None where nothing is known."""
    if isinstance(value, Unknown):
        return None
    return str(value) if isinstance(value, Template) else value
