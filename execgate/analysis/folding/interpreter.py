"""Functions of texts with the path of the interpreter in them: the few that commands are put together by."""

from __future__ import annotations

import shlex
from collections.abc import Callable

from execgate.analysis import texts
from execgate.analysis.machine import Machine
from execgate.analysis.values import Args, Interpreter, Str, Value

_PLACE = "\ufdd3"
"""Stands for the path while a text is cut: a noncharacter, which no command holds."""

_QUOTES = frozenset({"shlex.quote", "pipes.quote"})


def function(m: Machine, name: str, args: Args) -> Value | None:
    """Return what a library's function gives for such a text, None where it is not one of these."""
    if len(args.positional) != 1 or args.keywords or args.rest is not None or args.others is not None:
        return None
    if name in _QUOTES and texts.is_interpreter(args.positional[0]):
        return args.positional[0]  # no image of ours has it where a shell would see more than a word
    return cut(m, args.positional[0], shlex.split) if name == "shlex.split" else None


def cut(m: Machine, value: Value, split: Callable[[str], list[str]]) -> Value | None:
    """Return the words of such a text; None where more than the path is not known of it."""
    if not isinstance(value, Str) or value.named is None:
        return None
    flat = ""
    for part in value.named:
        if not isinstance(part, (str, Interpreter)) or (isinstance(part, str) and _PLACE in part):
            return None
        flat += part if isinstance(part, str) else _PLACE
    try:
        words = split(flat)
    except ValueError:
        return None
    return m.sequence([_restored(word) for word in words])


def _restored(word: str) -> Value:
    before, *rest = word.split(_PLACE)
    pieces: list[str | Interpreter] = [before]
    for text in rest:
        pieces += [Interpreter.PATH, text]
    return texts.from_named([piece for piece in pieces if piece])
