"""What a command line does: the programs that it starts, and what these do to files, hosts and the machine.

A command line is a shell text or an argument list.  The way through a text: `reader` and `grammar` make a
`tree` of it, which `follow` goes through in a `state`, with the words that `expansion` makes.  `builtins` is
what the shell does itself, `program_table` what well-known programs do, `starter_table` which of them start
others, `installs` what installers install, and `notes` takes down what is found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from execgate.analysis.holes import flatten
from execgate.analysis.shell import installs
from execgate.analysis.shell.follow import Follower
from execgate.analysis.shell.notes import Effect, Found, Nested
from execgate.analysis.shell.starters import argument
from execgate.analysis.shell.state import State
from execgate.analysis.work import Work
from execgate.model.operation import FileOperation
from execgate.model.values import Text, Unknown

__all__ = [
    "Effect",
    "Found",
    "Line",
    "Nested",
    "block",
    "line",
    "packages",
    "programs",
    "redirections",
    "started_by",
]

SHELLS = ("sh", "bash")
"""What a shell is called that opens files itself."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a command line does that a program starts.

    `programs` are all that are started, by the shell or by one another, each as written; an Unknown among
    them stands for one that could not be named.
    """

    programs: tuple[Text, ...]
    found: Found
    arguments: tuple[tuple[str | None, ...], ...] = ()
    """The argument list of every program."""

    @property
    def redirections(self) -> tuple[tuple[str, Text], ...]:
        """What the shell itself opens: read, write or append, and the path as written."""
        opened: dict[tuple[str, Text], None] = {}
        for effect in self.found.effects:
            fields: dict[str, Any] = dict(effect.fields)
            if effect.kind is FileOperation and fields["via"] in SHELLS and fields["operation"] != "stat":
                opened.update(dict.fromkeys((fields["operation"], path) for path in fields["paths"]))
        return tuple(opened)


def line(
    command: Text | Sequence[Text], *, files_known: Mapping[str, str] | None = None, work: Work | None = None
) -> Line:
    """Return what a shell text or an argument list does, for as long as there is `work` left."""
    follower = Follower(bash=False, counts_builtins=True, files_known=files_known, work=work)
    if isinstance(command, Sequence) and not isinstance(command, str):
        names = follower.words_of([argument(value) for value in command])
    elif isinstance(command, Unknown):
        names = [command]
    else:
        flat = flatten(command)
        character = Unknown("the shell text holds a character that is none")
        names = [character] if flat is None else follower.text_of(flat, State(inherits=True))
    return Line(tuple(dict.fromkeys(names)), follower.found, tuple(map(tuple, follower.seen)))


def block(
    text: str, *, bash: bool, files_known: Mapping[str, str] | None = None, work: Work | None = None
) -> Found:
    """Return what a shell program does, in the order in which it was followed."""
    follower = Follower(bash=bash, files_known=files_known, work=work)
    follower.text(text, State())
    return follower.found


def programs(text: Text) -> tuple[Text, ...]:
    """Return every program that a shell text starts, as written, each once."""
    return line(text).programs


def started_by(argv: Sequence[Text]) -> tuple[Text, ...]:
    """Return the program of an argument list, and every one that it starts for its arguments."""
    return line(tuple(argv)).programs


def redirections(text: Text) -> tuple[tuple[str, Text], ...]:
    """Return what a shell text redirects to and from: read, write or append, and the path as written."""
    return line(text).redirections


def packages(command: Text | Sequence[Text]) -> tuple[Text, ...]:
    """Return what a shell text or an argument list installs: names of packages without version, each once.

    What is taken from a file, a folder, an address or another index is Unknown.
    """
    return tuple(dict.fromkeys(name for one in line(command).arguments for name in installs.packages(one)))
