"""What commands print, where that is known: for `$(...)`, and for what a pipe hands on."""

from __future__ import annotations

import re
from collections.abc import Callable

from execgate.analysis.holes import ANY, has_hole
from execgate.analysis.shell.expansion import MAX_COMBINATIONS, Expander, extended
from execgate.analysis.shell.state import SOME_NUMBER, UNKNOWN, State, Value, absolute, union
from execgate.analysis.shell.tree import Pipeline, Sequence, Simple

_DIGITS = re.compile(r"\+(?:%[YmdHMSsjyuwN]|[-+.])+")


def printed(body: Sequence, state: State) -> Value:
    """Return what a list of commands prints; the commands themselves are followed by someone else."""
    if len(body.commands) != 1:
        return UNKNOWN
    command = body.commands[0]
    if isinstance(command, Pipeline):
        last = command.stages[-1]
        return SOME_NUMBER if isinstance(last, Simple) and _counts(last, state) else UNKNOWN
    if not isinstance(command, Simple) or not command.words or command.assignments:
        return UNKNOWN
    if _counts(command, state):
        return SOME_NUMBER
    ways: list[list[str]] = [[]]
    for word in command.words:
        ways = extended(ways, _QUIET.fields(word, state.copy()))
        if len(ways) > MAX_COMBINATIONS:
            return UNKNOWN
    name = ways[0][0] if ways[0] else ""
    if any(way[:1] != [name] for way in ways) or name in state.functions:
        return UNKNOWN
    here = command.redirections[-1].here if command.redirections else None
    if name == "cat" and len(ways[0]) == 1 and here is not None:
        return _QUIET.value(here.parts, state.copy())
    rule = _PRINTS.get(name)
    if rule is None or command.redirections:
        return UNKNOWN
    return union(*(rule(way[1:], state) for way in ways))


def _ignored(*_: object) -> None:
    return None


_QUIET = Expander(
    lambda part, state: printed(part.body, state), _ignored, _ignored, _ignored, _ignored, _ignored
)
"""Expands words whose substitutions have been followed already."""


def _counts(command: Simple, state: State) -> bool:
    words = [word.literal for word in command.words]
    if words[:1] == ["wc"] and "wc" not in state.functions:
        return len(words) == 2 and words[1] in {"-l", "-w", "-c", "-m"}
    return False


def _echo(arguments: list[str], _state: State) -> Value:
    end = "\n"
    if arguments[:1] == ["-n"]:
        arguments, end = arguments[1:], ""
    text = " ".join(arguments)
    # Shells differ on options and on escapes.
    return UNKNOWN if "\\" in text or text.startswith("-") else (text + end,)


def _printf(arguments: list[str], _state: State) -> Value:
    form, rest = (arguments or [""])[0], arguments[1:]
    form = form.replace("\\n", "\n").replace("\\t", "\t")
    if "\\" in form or has_hole(form) or re.search(r"%(?!s)", form) or form.startswith("-"):
        return UNKNOWN
    pieces = form.split("%s")
    if len(rest) != len(pieces) - 1:
        return UNKNOWN
    return (pieces[0] + "".join(value + piece for value, piece in zip(rest, pieces[1:], strict=True)),)


def _pwd(arguments: list[str], state: State) -> Value:
    if arguments or state.inherits or any(ANY in folder for folder in state.folders):
        return UNKNOWN
    return tuple(absolute(folder) for folder in state.folders)


def _date(arguments: list[str], _state: State) -> Value:
    forms = [argument for argument in arguments if argument != "-u"]
    return SOME_NUMBER if len(forms) == 1 and _DIGITS.fullmatch(forms[0]) else UNKNOWN


def _basename(arguments: list[str], _state: State) -> Value:
    if not 1 <= len(arguments) <= 2 or ANY in arguments[0] or arguments[0].startswith("-"):
        return UNKNOWN
    name = arguments[0].rstrip("/").rpartition("/")[2] or "/"
    return (name.removesuffix(arguments[1]) if len(arguments) > 1 and arguments[1] != name else name,)


def _dirname(arguments: list[str], _state: State) -> Value:
    if len(arguments) != 1 or ANY in arguments[0] or arguments[0].startswith("-"):
        return UNKNOWN
    head, slash, _ = arguments[0].rstrip("/").rpartition("/")
    return (head.rstrip("/") or "/",) if slash else (".",)


_PRINTS: dict[str, Callable[[list[str], State], Value]] = {
    "echo": _echo,
    "printf": _printf,
    "pwd": _pwd,
    "date": _date,
    "basename": _basename,
    "dirname": _dirname,
}
