"""How to read from a program's arguments which other programs it starts; the table is in `starter_table`.

What it starts is named where the arguments say so in a way that can be read; for all else an Unknown stands
beside the program, which satisfies no allow list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from execgate.analysis.holes import ANY, WORD, flatten, has_hole
from execgate.model.values import Text, Unknown

Argument: TypeAlias = str | None
"""An argument with marks for its holes; None for one that can be anything, an option among it."""


@dataclass(frozen=True, slots=True)
class Input:
    """What a command reads from: a known text, which stands at `at`, a file, or something unknown."""

    text: str | None = None
    path: str | None = None
    at: int | None = None


Starter: TypeAlias = Callable[["Context", list[Argument]], list[Text]]
"""Returns what a program starts for its arguments, without the program itself."""


class Context(Protocol):
    """How the programs are found that a program starts."""

    def argv(self, arguments: Sequence[Argument]) -> list[Text]:
        """Return the program of an argument list, and what it starts."""

    def shell(
        self, text: Argument, *, bash: bool | None = None, arguments: Sequence[Argument] = ()
    ) -> list[Text]:
        """Return the programs of a shell text; `bash` says whether that shell reads it, None the same."""

    def python(self, text: Argument, at: int | None = None) -> list[Text]:
        """Take the text of a Python program; returns what stands for one that is not known."""

    def script(self, path: Argument, language: str, arguments: Sequence[Argument] = ()) -> list[Text]:
        """Take the file of a program that is run; returns the programs that it starts."""

    input: Input | None
    """What standard input is, None where it is empty."""


def argument(value: Text) -> Argument:
    """Return `value` as the table reads it: None where it could be an option, or anything."""
    flat = None if isinstance(value, Unknown) else flatten(value)
    return None if flat is None or flat[:1] in {ANY, WORD} else flat


def words(text: str) -> frozenset[str]:
    """Return the words of `text` as a set."""
    return frozenset(text.split())


# Programs that run the command which follows their options


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a program: letters without and with a value, long names without and with one."""

    flags: str = ""
    valued: str = ""
    long: frozenset[str] = frozenset()
    long_valued: frozenset[str] = frozenset()

    def skip(self, arguments: list[Argument]) -> int | None:
        """Return how many arguments the options take; None where one is not known."""
        at = 0
        while at < len(arguments):
            option = arguments[at]
            if option is None:
                return None
            if option == "--":
                return at + 1
            if not option.startswith("-") or option == "-":
                return at
            if option.startswith("--"):
                name, equals, _ = option[2:].partition("=")
                if name in self.long_valued:
                    at += 1 if equals else 2
                elif name in self.long and not equals:
                    at += 1
                else:
                    return None
                continue
            letters = option[1:]
            while letters and letters[0] in self.flags:
                letters = letters[1:]
            if letters and letters[0] not in self.valued:
                return None
            at += 2 if len(letters) == 1 else 1
        return at


def wrapper(
    flags: str = "",
    valued: str = "",
    long: str = "",
    long_valued: str = "",
    *,
    positionals: int = 0,
    assigns: bool = False,
) -> Starter:
    """Return the starter of a program that runs what follows its options and some positional arguments."""
    options = Options(flags, valued, frozenset(long.split()), frozenset(long_valued.split()))

    def starter(context: Context, arguments: list[Argument]) -> list[Text]:
        skipped = options.skip(arguments)
        if skipped is None:
            return [Unknown("an option stands before the program that is started, and it is not known")]
        rest = arguments[skipped + positionals :]
        while assigns and rest and rest[0] is not None and re.match(r"[^=/]+=", rest[0]):
            if changes_programs(rest[0].partition("=")[0]):
                return [
                    Unknown(f"`{rest[0].partition('=')[0][:40]}` decides which programs are started"),
                    *context.argv(rest[1:]),
                ]
            rest = rest[1:]
        return context.argv(rest)

    return starter


def changes_programs(variable: str) -> bool:
    """Return whether an environment variable of this name can decide which programs are run."""
    return has_hole(variable) or _CHANGES_PROGRAMS.search(variable.upper()) is not None


_CHANGES_PROGRAMS = re.compile(
    r"""
    PATH | HOME$ | ^TMP | ^LD_ | ^DYLD_ | ^GCONV | ^NLSPATH | PRELOAD | LIB | LOADER
    | MODULE | PLUGIN
    | ^BASH | ^ENV$ | ^IFS$ | ^PS[0-4]$ | PROMPT | SHELL | RC$ | STARTUP | HOOK | CONFIG | TERMINFO
    | OPTS?$ | OPTIONS?$ | FLAGS | COMMAND | CMD | EXEC | PROG | WRAPPER | LAUNCHER
    | COMPILER | ^CC$ | ^CXX$ | ^MAKE
    | PAGER | LESS | EDITOR | VISUAL | BROWSER | ASKPASS | RSH | SSH | ^GIT_
    | ^PYTHON(?!UNBUFFERED$|HASHSEED$|DONTWRITEBYTECODE$|IOENCODING$|UTF8$)
    | ^PERL | ^RUBY | ^NODE_ | ^_?JAVA | ^PIP_ | ^UV_ | ^NPM_ | INDEX_URL | REGISTRY | PROXY
    """,
    re.VERBOSE,
)
"""Parts of the names of variables by which programs find others, or their options."""


def opaque(why: str) -> Starter:
    """Return the starter of a program that runs others in ways that are not read here."""

    def starter(_context: Context, _arguments: list[Argument]) -> list[Text]:
        return [Unknown(why)]

    return starter


def unless(pattern: str, why: str) -> Starter:
    """Return the starter of a program that starts others only for arguments that match `pattern`."""
    compiled = re.compile(pattern, re.DOTALL)

    def starter(_context: Context, arguments: list[Argument]) -> list[Text]:
        return [Unknown(why)] if any(a is None or compiled.match(a) for a in arguments) else []

    return starter


def subcommands(plain: str, *, refuses: str) -> Starter:
    """Return the starter of a program of which some subcommands start no other, but for some arguments."""
    names = frozenset(plain.split())
    compiled = re.compile(refuses)

    def starter(_context: Context, arguments: list[Argument]) -> list[Text]:
        if arguments and arguments[0] not in names:
            return [Unknown("what this subcommand runs is not known")]
        if any(a is None or compiled.match(a) for a in arguments):
            return [Unknown("one of its arguments can make it run a program")]
        return []

    return starter


# Programs with options that name a command


def commands_of(names: str, *, refuses: str = "") -> Starter:
    """Return the starter of a program with options that have a shell text as value.

    `names` are those options (`-e`, `--rsh`); `refuses` is a pattern of other arguments that start some.
    """
    options = names.split()
    bad = re.compile(refuses or r"(?!)", re.DOTALL)

    def starter(context: Context, arguments: list[Argument]) -> list[Text]:
        found: list[Text] = []
        at = 0
        while at < len(arguments):
            value = arguments[at]
            at += 1
            if value is None:
                found.append(Unknown("one of its arguments can be an option that starts a program"))
                continue
            name, equals, text = value.partition("=")
            short = next((o for o in options if not o.startswith("--") and value.startswith(o)), None)
            if name in options or (equals and name in options):
                if not equals:
                    text_argument = arguments[at] if at < len(arguments) else ""
                    at += 1
                else:
                    text_argument = text
            elif short is not None and len(value) > len(short):
                text_argument = value[len(short) :]
            elif name.startswith("--") and any(
                option.startswith(name) for option in options if len(name) > 2
            ):
                found.append(Unknown("an abbreviated option can start a program"))
                continue
            else:
                if bad.match(value):
                    found.append(
                        Unknown("one of its arguments can start a program in a way that is not read")
                    )
                continue
            found += context.shell(text_argument)
        return found

    return starter
