"""Shell text as a tree: words, commands, and what holds them together.

Places are offsets into the text that was read.  What stands in backquotes is unquoted before it is read, so
all of it has the place of the whole substitution.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Place: TypeAlias = tuple[int, int]
"""Where something begins and ends."""


# Parts of a word


@dataclass(frozen=True, slots=True)
class Literal:
    """Characters that stand for themselves; unquoted ones can be a pattern, or a tilde for a folder."""

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """`$name`, or `${name}` with an operator and the word behind it; `index` as in `${name[index]}`.

    The operator is one of `-`, `=`, `?`, `+` (also with `:`), `%`, `%%`, `#`, `##`, `length`, or `other` for
    what bash makes of the value in other ways.
    """

    name: str
    operator: str = ""
    word: tuple[Part, ...] = ()
    index: str | None = None
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Output:
    """`$(...)`: what a list of commands prints."""

    body: Sequence
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Stream:
    """`<(...)` or `>(...)`: the name of a pipe to or from a list of commands."""

    body: Sequence


@dataclass(frozen=True, slots=True)
class Calculation:
    """`$((...))`: a number; the expression is kept for the variables in it."""

    expression: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Braces of bash: one word for each of the options."""

    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Free:
    """What a shell replaces in a way that is not followed."""

    why: str


Part: TypeAlias = "Literal | Parameter | Output | Stream | Calculation | Choice | Free"


@dataclass(frozen=True, slots=True)
class Word:
    """One word as it is written."""

    parts: tuple[Part, ...]
    raw: str
    place: Place

    @property
    def literal(self) -> str | None:
        """The word without its quotes; None where a part of it is only known when it runs."""
        texts = [part.text for part in self.parts if isinstance(part, Literal)]
        return "".join(texts) if len(texts) == len(self.parts) else None

    @property
    def is_plain(self) -> bool:
        """Whether it is written without quotes and expansions, so that it can be a keyword."""
        return self.literal == self.raw


# Commands


@dataclass(frozen=True, slots=True)
class Assignment:
    """`name=word`, `name+=word`, or with several words in brackets an array; `index` as in `name[index]=`."""

    name: str
    words: tuple[Word, ...]
    appends: bool = False
    is_array: bool = False
    index: str | None = None


@dataclass(slots=True)
class Here:
    """The text of a here-document or here-string; that of the first is read behind the command's line."""

    parts: tuple[Part, ...] = ()
    at: int = 0
    """Where it begins."""
    exact: bool = False
    """Whether it stands in the program as it is, so that places in it are places in the program."""


@dataclass(frozen=True, slots=True)
class Redirection:
    """`operator` is `<`, `>`, `>>`, `<>`, `&` (a descriptor is copied) or `<<` (then `here` is its text)."""

    operator: str
    target: Word
    here: Here | None = None
    descriptor: str = ""


@dataclass(frozen=True, slots=True)
class Simple:
    """A simple command."""

    assignments: tuple[Assignment, ...]
    words: tuple[Word, ...]
    redirections: tuple[Redirection, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Commands of which each reads what the one before it prints."""

    stages: tuple[Command, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Chain:
    """Commands joined by `&&` and `||`: each of `rest` with the operator before it."""

    first: Command
    rest: tuple[tuple[str, Command], ...]


@dataclass(frozen=True, slots=True)
class Sequence:
    """Commands one after the other; those in `background` (by index) run beside what follows."""

    commands: tuple[Command, ...]
    background: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Group:
    """`{ ...; }`, or `( ... )`, which runs in a shell of its own."""

    body: Sequence
    is_subshell: bool
    redirections: tuple[Redirection, ...] = ()


@dataclass(frozen=True, slots=True)
class If:
    """Conditions with what follows each, and what is done where none holds."""

    arms: tuple[tuple[Sequence, Sequence], ...]
    otherwise: Sequence | None
    redirections: tuple[Redirection, ...] = ()


@dataclass(frozen=True, slots=True)
class Loop:
    """`while` or `until`."""

    condition: Sequence
    body: Sequence
    until: bool
    redirections: tuple[Redirection, ...] = ()


@dataclass(frozen=True, slots=True)
class For:
    """`for name in words`; without words it goes through the arguments."""

    name: str
    words: tuple[Word, ...] | None
    body: Sequence
    place: Place
    redirections: tuple[Redirection, ...] = ()


@dataclass(frozen=True, slots=True)
class Counting:
    """`for ((...))`: its three expressions as one text."""

    expressions: str
    body: Sequence
    place: Place
    redirections: tuple[Redirection, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """`case`: the bodies, each with its patterns."""

    subject: Word
    arms: tuple[tuple[tuple[Word, ...], Sequence], ...]
    redirections: tuple[Redirection, ...] = ()


@dataclass(frozen=True, slots=True)
class Function:
    """The definition of a function."""

    name: str
    body: Command
    place: Place


@dataclass(frozen=True, slots=True)
class Test:
    """`[[ ... ]]`: its words, without the operators that are no words."""

    words: tuple[Word, ...]
    place: Place
    redirections: tuple[Redirection, ...] = ()


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`(( ... ))`."""

    expression: str
    place: Place
    redirections: tuple[Redirection, ...] = ()


@dataclass(frozen=True, slots=True)
class Timed:
    """`time` before a pipeline: a keyword to bash, a program to others."""

    body: Command
    place: Place


Command: TypeAlias = (
    "Simple | Pipeline | Chain | Sequence | Group | If | Loop | For | Counting | Case | Function | Test"
    " | Arithmetic | Timed"
)
