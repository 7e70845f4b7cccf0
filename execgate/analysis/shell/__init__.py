"""What a command line does: which programs it starts, which files it redirects, which packages it installs.

A command line is a shell text or an argument list.  The programs are all that are started, by the shell or by
one another, each as written; an Unknown among them stands for one that could not be named.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from execgate.analysis.holes import flatten, has_hole, restore
from execgate.analysis.shell import installs
from execgate.analysis.shell.starter_table import starter
from execgate.analysis.shell.starters import Argument, argument, changes_programs
from execgate.analysis.shell.text import read
from execgate.analysis.shell.words import Command, Script
from execgate.model.values import Text, Unknown

MAX_DEPTH = 12
"""How many programs may start each other, one within the other."""

# What the shell does itself, without starting a program; some take names of variables.
_SILENT = frozenset(
    [":", "cd", "exit", "return", "break", "continue", "shift", "umask", "wait", "times", "set", "getopts"]
)
_NAMING = frozenset(["export", "readonly", "local", "read", "unset"])
_OPAQUE = {
    ".": "the file that it reads is not analysed",
    "source": "the file that it reads is not analysed",
    **dict.fromkeys(["alias", "hash", "enable"], "it changes which programs names stand for"),
    **dict.fromkeys(
        ["bind", "complete", "compgen", "mapfile", "readarray", "fc", "let", "declare", "typeset", "shopt"],
        "not every shell knows it, and it can run commands",
    ),
}
_CHANGES_FOLDER = re.compile(r"\b(?:cd|pushd|popd)\b")
# These come before functions of the same name, so that a function does not stand in for them.
_SPECIAL = frozenset(
    [
        *(
            ".",
            ":",
            "break",
            "continue",
            "eval",
            "exec",
            "exit",
            "export",
            "readonly",
            "return",
            "set",
            "shift",
        ),
        *("times", "trap", "unset"),
    ]
)
# Words that `test` and `printf` of bash calculate with can hold a command: `a[$(id)]`.
_CALCULATING = frozenset(["test", "[", "printf"])


def programs(text: Text) -> tuple[Text, ...]:
    """Return every program that a shell text starts, as written, each once."""
    if isinstance(text, Unknown):
        return (text,)
    flat = flatten(text)
    if flat is None:
        return (Unknown("the shell text holds a character that is none"),)
    return tuple(dict.fromkeys(_Finder().text(flat)))


def started_by(argv: Sequence[Text]) -> tuple[Text, ...]:
    """Return the program of an argument list, and every one that it starts for its arguments."""
    return tuple(dict.fromkeys(_Finder().argv([argument(value) for value in argv])))


def redirections(text: Text) -> tuple[tuple[str, Text], ...]:
    """Return what a shell text redirects to and from: read, write or append, and the path as written."""
    flat = None if isinstance(text, Unknown) else flatten(text)
    if flat is None:
        return ()
    script = read(flat)
    folders = _folders(flat, script)
    found: list[tuple[str, Text]] = []
    for operation, word in script.redirections:
        if word.value is None:
            home = re.fullmatch(r"~/[\w./-]*", word.raw)
            found.append((operation, word.raw if home else Unknown(word.why)))
        elif word.value not in {"/dev/null", "/dev/stdin", "/dev/stdout", "/dev/stderr"}:
            found += [(operation, path) for path in _in_folders(word.value, folders)]
    return tuple(dict.fromkeys(found))


def _folders(text: str, script: Script) -> tuple[str, ...] | None:
    """Return the folders in which commands can run, relative to the first; None where they are not known."""
    commands = [[word.value for word in command.words] for command in script.commands]
    changes = sum(len(_CHANGES_FOLDER.findall(value)) for words in commands for value in words if value)
    if not changes and not _CHANGES_FOLDER.search(text):
        return ("",)
    first = commands[0] if commands else []
    plain = len(first) == 2 and first[0] == "cd" and first[1] is not None and re.match(r"[\w./]", first[1])
    if changes == 1 and plain and len(_CHANGES_FOLDER.findall(text)) == 1:
        return ("", f"{first[1]}/")  # the second only if the folder is there
    return None


def _in_folders(path: str, folders: tuple[str, ...] | None) -> list[Text]:
    if path.startswith("/"):
        return [restore(path)]
    if folders is None:
        return [Unknown("the folder that the path is relative to is only known when it runs")]
    return [restore(folder + path) for folder in folders]


def packages(command: Text | Sequence[Text]) -> tuple[Text, ...]:
    """Return what a shell text or an argument list installs: names of packages without version, each once.

    What is taken from a file, a folder, an address or another index is Unknown.
    """
    finder = _Finder()
    if isinstance(command, Sequence) and not isinstance(command, str):
        finder.argv([argument(value) for value in command])
    else:
        flat = None if isinstance(command, Unknown) else flatten(command)
        finder.text(flat or "")
    return tuple(dict.fromkeys(name for arguments in finder.seen for name in installs.packages(arguments)))


class _Finder:
    """Finds programs; `seen` are the argument lists that it came across, in order."""

    def __init__(self) -> None:
        self.seen: list[list[Argument]] = []
        self._depth = 0

    def shell(self, text: Argument) -> list[Text]:
        """Return the programs of a shell text that another program is given."""
        return [Unknown("the shell text is only known when it runs")] if text is None else self.text(text)

    def argv(self, arguments: Sequence[Argument]) -> list[Text]:
        """Return the program of an argument list and what it starts."""
        if not arguments:
            return []
        program = arguments[0]
        if program is None:
            return [Unknown("which program is started is only known when it runs")]
        if has_hole(program) or not program:
            return [restore(program), Unknown("which program is started is only known when it runs")]
        if self._depth >= MAX_DEPTH:
            return [program, Unknown("programs that start each other are nested too deeply")]
        self.seen.append(list(arguments))
        reads = starter(program)
        if reads is None:
            return [program]
        self._depth += 1
        found = reads(self, list(arguments[1:]))
        self._depth -= 1
        return [program, *found]

    def text(self, text: str) -> list[Text]:
        """Return the programs of a shell text."""
        if self._depth >= MAX_DEPTH:
            return [Unknown("shell texts are nested too deeply")]
        self._depth += 1
        script = read(text)
        found: list[Text] = []
        for name in script.assigned:
            found += _assigned(name)
        for command in script.commands:
            for name in command.assigned:
                found += _assigned(name)
            found += self._command(command, script)
        for _, word in script.redirections:
            if word.value is not None and re.match(r"/dev/(?:tcp|udp)/", word.value):
                found.append(Unknown("the shell itself opens a network connection"))
        if _folders(text, script) != ("",) and any(
            isinstance(name, str) and "/" in name and not name.startswith("/") for name in found
        ):
            found.append(Unknown("the folder that a program is relative to is only known when it runs"))
        if script.why_not_more is not None:
            found.append(Unknown(script.why_not_more))
        self._depth -= 1
        return found

    def _command(self, command: Command, script: Script) -> list[Text]:
        if not command.words:
            return []
        if command.words[0].value is None:
            return [Unknown(f"which program is started is not known: {command.words[0].why}")]
        return self._words([word.value for word in command.words], script)

    def _words(self, words: list[Argument], script: Script) -> list[Text]:
        """Return what the shell runs for the words of a command."""
        name, rest = words[0] or "", words[1:]
        if name in script.functions and name not in _SPECIAL:
            return []
        if name in _SILENT:
            return []
        if name in _NAMING:
            return _named(name, rest, script)
        if name in _OPAQUE:
            return [Unknown(f"`{name}`: {_OPAQUE[name]}")]
        if name == "eval":
            if any(word is None for word in rest):
                return [Unknown("what `eval` runs is only known when it runs")]
            return self.text(" ".join(word for word in rest if word is not None))
        if name == "trap":
            return self._trap(rest)
        if name in {"exec", "command", "builtin"}:
            return self._prefixed(name, rest, script)
        found = self.argv(words)
        if name in _CALCULATING and (
            any(word is not None and re.search(r"\[.*[$`]", word) for word in rest) or rest[:1] == ["-v"]
        ):
            found.append(Unknown("an index that bash calculates can run commands"))
        return found

    def _prefixed(self, name: str, rest: list[Argument], script: Script) -> list[Text]:
        """Return what runs behind `exec`, `command` or `builtin`."""
        while rest and rest[0] is not None and rest[0].startswith("-"):
            option = rest[0]
            if name == "command" and option in {"-v", "-V"}:
                return []
            if name == "exec" and option == "-a":
                rest = rest[1:]
            elif option not in {"-p", "-c", "-l", "-cl", "--"}:
                return [Unknown(f"an option of `{name}` is not known")]
            rest = rest[1:]
        if not rest:
            return []
        if rest[0] is None:
            return [Unknown("which program is started is only known when it runs")]
        return self.argv(rest) if name == "exec" else self._words(rest, Script(assigned=script.assigned))

    def _trap(self, rest: list[Argument]) -> list[Text]:
        if rest[:1] == ["--"]:
            rest = rest[1:]
        if len(rest) < 2 or rest[0] in {"-", ""}:
            return []
        return self.shell(rest[0])


def _assigned(name: str) -> list[Text]:
    return [Unknown(f"`{name[:40]}` decides which programs are started")] if changes_programs(name) else []


def _named(command: str, words: list[Argument], script: Script) -> list[Text]:
    """Return what follows from the variables that a command sets."""
    found: list[Text] = []
    for word in words:
        if word is None or "[" in word:
            found.append(Unknown(f"which variable `{command}` sets is only known when it runs"))
        elif command == "unset" and word.startswith("-") and "f" in word and script.functions:
            found.append(Unknown("a function is removed, and its name may be a program's"))
        elif not word.startswith("-"):
            found += _assigned(word.partition("=")[0])
    return found
