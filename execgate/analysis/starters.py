"""Which programs start other programs for their arguments: one table, and what it takes to read it.

A program that is not in the table is taken to start no other in its plain use; whoever allows `ls` or `pip` allows
what they are made for.  In the table stand those that are made to run something else, or can be told to.  What
they run is named where the arguments say so in a way that can be read; for all else an Unknown stands
beside them, which satisfies no allow list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from execgate.analysis.holes import ANY, NUMBER, WORD, flatten, has_hole, restore
from execgate.model.values import Text, Unknown

Argument: TypeAlias = str | None
"""An argument with marks for its holes; None for one that can be anything, an option among it."""

Starter: TypeAlias = Callable[["Context", list[Argument]], list[Text]]
"""Returns what a program starts for its arguments, without the program itself."""

MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Context:
    """How programs named by programs are found: `text` reads a shell text, `argv` an argument list."""

    text: Callable[[str, int], list[Text]]
    depth: int

    def argv(self, arguments: Sequence[Argument]) -> list[Text]:
        """Return the program of an argument list, and what it starts."""
        return started(arguments, self.text, self.depth + 1)

    def shell(self, text: Argument) -> list[Text]:
        """Return the programs of a shell text."""
        if text is None:
            return [Unknown("the shell text is only known when it runs")]
        return self.text(text, self.depth + 1)


def argument(value: Text) -> Argument:
    """Return `value` as the table reads it."""
    flat = None if isinstance(value, Unknown) else flatten(value)
    return None if flat is None or flat[:1] in {ANY, WORD} or flat == "" and not isinstance(value, str) else flat


def started(arguments: Sequence[Argument], text: Callable[[str, int], list[Text]], depth: int = 0) -> list[Text]:
    """Return the program of an argument list and what it starts, in order; nothing for no arguments."""
    if not arguments:
        return []
    program = arguments[0]
    if program is None:
        return [Unknown("which program is started is only known when it runs")]
    if has_hole(program):
        return [restore(program), Unknown("which program is started is only known when it runs")]
    if depth > MAX_DEPTH:
        return [program, Unknown("programs that start each other are nested too deeply")]
    starter = _starter(program.rsplit("/", 1)[-1])
    found: list[Text] = [program]
    if starter is not None:
        found += starter(Context(text, depth), list(arguments[1:]))
    return found


def _starter(name: str) -> Starter | None:
    starter = _TABLE.get(name)
    if starter is not None:
        return starter
    return next((candidate for pattern, candidate in _PATTERNS if pattern.fullmatch(name)), None)


# Programs that run the command which follows their options


@dataclass(frozen=True, slots=True)
class _Options:
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


def _wrapper(
    flags: str = "", valued: str = "", long: str = "", long_valued: str = "", *, positionals: int = 0, assigns: bool = False
) -> Starter:
    """Return the starter of a program that runs what follows its options and some positional arguments."""
    options = _Options(flags, valued, frozenset(long.split()), frozenset(long_valued.split()))

    def starter(context: Context, arguments: list[Argument]) -> list[Text]:
        skipped = options.skip(arguments)
        if skipped is None:
            return [Unknown("an option stands before the program that is started, and it is not known")]
        rest = arguments[skipped + positionals :]
        while assigns and rest and rest[0] is not None and re.match(r"[^=/]+=", rest[0]):
            if changes_programs(rest[0].partition("=")[0]):
                return [Unknown(f"`{rest[0].partition('=')[0][:40]}` decides which programs are started"), *context.argv(rest[1:])]
            rest = rest[1:]
        return context.argv(rest)

    return starter


def changes_programs(variable: str) -> bool:
    """Return whether an environment variable of this name can decide which programs are run."""
    return has_hole(variable) or _CHANGES_PROGRAMS.search(variable.upper()) is not None


_CHANGES_PROGRAMS = re.compile(
    r"""PATH | ^LD_ | ^DYLD_ | ^BASH | ^ENV$ | ^IFS$ | ^PS[0-4]$ | PROMPT | SHELL | PRELOAD | OPTS?$ | OPTIONS?$ | FLAGS
    | COMMAND | CMD | PAGER | LESS | EDITOR | VISUAL | BROWSER | ASKPASS | RSH | SSH | ^GIT_ | HOOK | STARTUP | ^HOME$
    | HOME$ | ^TMP | EXEC | PROG | CONFIG | RC$ | LIB | LOADER | MODULE | PLUGIN | ^PYTHON(?!UNBUFFERED$|HASHSEED$
    | DONTWRITEBYTECODE$|IOENCODING$|UTF8$) | ^PERL | ^RUBY | ^NODE_ | ^JAVA | ^_JAVA | ^GCONV | ^NLSPATH | ^CC$ | ^CXX$
    | ^MAKE | COMPILER | WRAPPER | LAUNCHER | TERMINFO | ^PIP_ | ^UV_ | ^NPM_ | INDEX_URL | REGISTRY | PROXY""",
    re.VERBOSE,
)


def _env(context: Context, arguments: list[Argument]) -> list[Text]:
    """`env`: like a wrapper, but `-S` splits a text into arguments."""
    if any(a is None or a.startswith(("-S", "--split")) or re.match(r"-[a-z0-9]*S", a) for a in arguments[:4]):
        split = next((a for a in arguments[:4] if a is not None and a.startswith("-") and "S" in a), None)
        return [Unknown("`env` splits its arguments itself" if split else "the arguments of `env` are not known")]
    return _plain_env(context, arguments)


_plain_env = _wrapper(
    "i0v", "uC", "ignore-environment null debug", "unset chdir", assigns=True
)


# Shells and interpreters


def _shell(context: Context, arguments: list[Argument]) -> list[Text]:
    """A POSIX shell: the text of `-c`, else a script that is not read here."""
    at = 0
    takes_text = False
    while at < len(arguments):
        option = arguments[at]
        if option is None:
            return [Unknown("the arguments of the shell are only known when it runs")]
        if not re.match(r"[-+].", option):
            break
        at += 1
        if option == "--":
            break
        if not re.fullmatch(r"[-+][aceEfhmnuvxC]+|-o|\+o", option):
            return [Unknown("the shell is started in a way that can run other files")]
        takes_text = takes_text or "c" in option
        at += option[1:] == "o"
    if not takes_text:
        return [Unknown("the shell runs a script or its input, which is not analysed")]
    if at >= len(arguments):
        return []
    return context.shell(arguments[at])


def _runs_code(context: Context, arguments: list[Argument]) -> list[Text]:
    """An interpreter: nothing but its version is without effect."""
    del context
    if len(arguments) == 1 and arguments[0] in {"--version", "-V", "--help", "-h"}:
        return []
    return [Unknown("the code that it runs is not analysed")]


def _python(context: Context, arguments: list[Argument]) -> list[Text]:
    options = re.compile(r"-[uIEsBSq]+")
    rest = list(arguments)
    while rest and rest[0] is not None and options.fullmatch(rest[0]):
        del rest[0]
    if rest[:1] == ["-m"] and rest[1:2] == ["pip"]:
        return []
    return _runs_code(context, rest)


def _opaque(why: str) -> Starter:
    """Return the starter of a program that runs others in ways that are not read here."""

    def starter(_context: Context, _arguments: list[Argument]) -> list[Text]:
        return [Unknown(why)]

    return starter


def _unless(pattern: str, why: str, *, known: bool = True) -> Starter:
    """Return the starter of a program that starts others only for arguments that match `pattern`."""
    compiled = re.compile(pattern, re.DOTALL)

    def starter(_context: Context, arguments: list[Argument]) -> list[Text]:
        if any(a is None and known or a is not None and compiled.match(a) for a in arguments):
            return [Unknown(why)]
        return []

    return starter
