"""Commands with the path of the interpreter in them: `sys.executable` is the sandbox's own Python.

Where it lies is not known, so it stays unknown as a path.  As the program that is started it is known: it is
`python3`, unless the program has set it, and then nothing is known of it.
"""

from __future__ import annotations

import re

from execgate.analysis import texts
from execgate.analysis.values import Const, Interpreter, Part, Str, Value, alternatives, union
from execgate.model.values import Hole

NAME = "python3"

_BEFORE = re.compile(r"(?:[\w./=,:@%+ -]*[;|&\n])*[ ]*(?:[A-Za-z_]\w*=[\w./:-]*[ ]+)*", re.ASCII)
"""What may stand before it: whole commands of plain words, in which no quote or expansion has begun."""

_AFTER = re.compile(r"[ ;|&\n]|\Z")


def word(value: Value) -> Value:
    """Return the first word of an argument list, in which the interpreter has its name.

    In the words behind it stands a path, of which its name would say where it lies.
    """
    return union(_word(alternative) for alternative in alternatives(value))


def text(value: Value) -> Value:
    """Return a shell text, in which the interpreter has its name wherever it is a command."""
    return union(_text(alternative) for alternative in alternatives(value))


def _word(value: Value) -> Value:
    return Const(NAME) if texts.is_interpreter(value) else value


def _text(value: Value) -> Value:
    if not isinstance(value, Str) or value.named is None:
        return value
    parts: list[Part] = []
    waiting = list(value.named)
    while waiting:
        part = waiting.pop(0)
        if not isinstance(part, Interpreter):
            parts.append(part)
            continue
        before = "".join(_PLAIN.get(one, "\0") if isinstance(one, Hole) else one for one in parts)
        quote = before[-1:] if before[-1:] in {"'", '"'} else ""
        after = waiting[0] if waiting and isinstance(waiting[0], str) else ("" if not waiting else "\0")
        rest = after.removeprefix(quote) if len(waiting) < 2 or after != quote else "\0"
        closed = after.startswith(quote) and _AFTER.match(rest)
        if closed and _BEFORE.fullmatch(before.removesuffix(quote) if quote else before):
            parts.append(NAME)
        else:
            parts.append(Hole.ANY)
    return texts.from_parts(parts)


_PLAIN = {Hole.NUMBER: "0"}
"""Holes that hold nothing a shell acts on, with a word of theirs."""
