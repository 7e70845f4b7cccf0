"""A call of a tool as the gate judges it: a program of one operation, whose text is the call itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from execgate.errors import InputError
from execgate.model.operation import ToolCall
from execgate.model.program import Program
from execgate.model.source import Source, Span

ACTION = "tool_call"
LANGUAGE = "json"


def tool_program(name: str, arguments: Mapping[str, Any], *, stage: str = "execute") -> Program:
    """Return the call of the tool `name` with `arguments` by name; `stage` is `propose` or `execute`.

    Raises InputError for arguments that have no JSON form, and for another stage.
    """
    try:
        written = _canonical(dict(arguments))
        text = _canonical({"arguments": json.loads(written), "stage": stage, "tool": name})
        source = Source(text, "<tool call>", LANGUAGE)
        place = Span(1, 0, 1, len(text))
        call = ToolCall(via=name, location=place, stage=stage, tool=name, arguments_json=written)
    except (TypeError, ValueError, RecursionError) as error:
        why = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise InputError(
            f"no call of a tool: {why}",
            help="pass arguments by name, made of texts, numbers, truth values, lists and mappings",
        ) from error
    return Program(source, (call,), action=ACTION)


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
