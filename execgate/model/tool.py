"""A call of a tool as the gate judges it: a program of one operation, whose text is the call itself."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from execgate.errors import InputError
from execgate.model.operation import ToolCall
from execgate.model.program import Program
from execgate.model.source import Source, Span

ACTION = "tool_call"
LANGUAGE = "json"


MAX_DEPTH = 64
"""How deep arguments may be nested."""

MAX_VALUES = 100_000
"""How many values arguments may hold, each as often as it stands there."""

_MAX_BITS = 4096
_HELP = "pass arguments by name, made of texts, numbers, truth values, lists and mappings"


def tool_program(name: str, arguments: Mapping[str, Any], *, stage: str = "execute") -> Program:
    """Return the call of the tool `name` with `arguments` by name; `stage` is `propose` or `execute`.

    Raises InputError for arguments that have no JSON form or are too many, and for another stage.
    """
    try:
        written = _canonical(_Plain().of(dict(arguments), 0))
        text = _canonical({"arguments": json.loads(written), "stage": stage, "tool": _named(name)})
        source = Source(text, "<tool call>", LANGUAGE)
        place = Span(1, 0, 1, len(text))
        call = ToolCall(via=name, location=place, stage=stage, tool=name, arguments_json=written)
    except Exception as error:
        raise InputError(f"no call of a tool: {error}", help=_HELP) from error
    return Program(source, (call,), action=ACTION)


def _named(name: object) -> str:
    if not isinstance(name, str) or not name:
        raise ValueError("a tool has a name, which is a text")
    if any(0xD800 <= ord(char) <= 0xDFFF for char in name):
        raise ValueError("the name of the tool is not a text: it holds a lone surrogate")
    return name


class _Plain:
    """Copies arguments as what JSON has, so that they can't change or differ when they are read again."""

    __slots__ = ("_count",)

    def __init__(self) -> None:
        self._count = 0

    def of(self, value: object, depth: int) -> Any:
        """Return a copy of `value`; raises ValueError for what is none of JSON's, or too much of it."""
        self._count += 1
        if self._count > MAX_VALUES:
            raise ValueError(f"more than {MAX_VALUES:,} values")
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return str.__str__(value)
        if isinstance(value, int):
            if value.bit_length() > _MAX_BITS:
                raise ValueError("a number of more than 4,096 bits")
            return int(value)
        if isinstance(value, float):
            if not math.isfinite(value):
                raise ValueError(f"{float(value)!r} is no number of JSON")
            return float(value)
        return self._several(value, depth + 1)

    def _several(self, value: object, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise ValueError(f"nested more than {MAX_DEPTH} deep")
        if isinstance(value, (list, tuple)):
            return [self.of(item, depth) for item in value]
        if not isinstance(value, dict):
            raise ValueError(f"{type(value).__name__} has no form in JSON")  # noqa: TRY004 - one error for all
        copied = {}
        for key, item in dict.items(value):
            if not isinstance(key, str):
                raise ValueError(f"a name has to be a text, got {type(key).__name__}")  # noqa: TRY004 - as above
            copied[str.__str__(key)] = self.of(item, depth)
        return copied


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def read_program(text: str) -> Program:
    """Return the program whose source `text` is; raises InputError for a text that is no call of a tool."""
    try:
        call = json.loads(text)
        return tool_program(call["tool"], call["arguments"], stage=call["stage"])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise InputError(
            "no call of a tool", help="pass the text of one, as `tool_program` wrote it"
        ) from error
