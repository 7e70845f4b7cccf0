"""Values of a case file, as the JSON values that they stand for and as operations."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import MISSING, dataclass
from dataclasses import fields as fields_of
from typing import Any

from execgate.model.operation import OPERATION_TYPES, Operation, ToolCall
from execgate.model.program import Program
from execgate.model.tool import tool_program
from execgate.model.values import Hole, Template, Unknown
from execgate.model.verdict import Clause
from execgate.policy.problems import Problems, clipped, did_you_mean, quoted, suggestion
from execgate.policy.testing.tree import Atom, Block, Field, Items, Tool, Value

KINDS = {kind.type: kind for kind in OPERATION_TYPES if kind is not ToolCall}
"""The types of operations that code can hold, by name."""

_WORDS = {"true": True, "false": False, "null": None}
_AMOUNT = re.compile(r"(-?[0-9]+(?:_[0-9]{3})*(?:\.[0-9]+)?)_([A-Za-z][A-Za-z0-9]*)")
_RATIO = re.compile(r"([0-9]+(?:\.[0-9]+)?)(?:%|_percent)")
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_DECIMAL = re.compile(r"-?[0-9]{1,40}\.[0-9]{1,40}")
_HOLES = {hole.value: hole for hole in Hole}
_HOLE = re.compile(r"\{([a-z]+)\}")


class _WrongError(Exception):
    """A value that does not fit; `help` says what would."""

    def __init__(self, message: str, help: str | None = None) -> None:  # noqa: A002 - the field's word
        super().__init__(message)
        self.help = help


def plain(value: Value, problems: Problems, *, tool: bool = False) -> Any:
    """Return the JSON value that `value` stands for.

    `9.50_usd` is `"9.50 USD"`, `75%` is `"0.75"`, and a bare word is a string.  A number with a point is a
    string of its digits, but for a `tool`, which takes it as it is.
    """
    if isinstance(value, Items):
        return [plain(item, problems, tool=tool) for item in value.items]
    if isinstance(value, Block):
        return {
            field.name: plain(field.value, problems, tool=tool) for field in unique(value.fields, problems)
        }
    if value.kind == "NAME":
        return _WORDS.get(value.text, value.text)
    if value.kind == "NUMBER":
        try:
            number = _number(value.text)
        except _WrongError as error:
            problems.at(value.clause, str(error), error.help)
            return 0
        return float(number) if tool and number == value.text else number
    if value.kind != "STRING":
        problems.at(value.clause, f"`{value.kind}` stands for a value of an operation alone")
    return value.text


def _number(text: str) -> int | str:
    if _WHOLE.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return text
    amount, ratio = _AMOUNT.fullmatch(text), _RATIO.fullmatch(text)
    if amount is not None and amount[2] != "percent":
        return f"{amount[1].replace('_', '')} {amount[2].upper()}"
    if ratio is not None:
        whole, _, fraction = ratio[1].partition(".")
        digits = whole.zfill(3)
        return f"{digits[:-2]}.{digits[-2:]}{fraction}"
    raise _WrongError(f"`{clipped(text)}` is no number", "as in `3`, `0.5`, `9.50_usd` or `75%`")


def unique(fields: Iterable[Field], problems: Problems) -> tuple[Field, ...]:
    """Return the fields, each name once; what stands a second time is a problem."""
    found: dict[str, Field] = {}
    for field in fields:
        if field.name in found:
            problems.at(field.clause, f"`{clipped(field.name)}` a second time")
        found.setdefault(field.name, field)
    return tuple(found.values())


def operation(word: Atom | None, block: Block, place: Clause, problems: Problems) -> Operation | None:
    """Return the operation that a block of fields describes, None where it describes none."""
    before = len(problems.found)
    fields = {field.name: field for field in unique(block.fields, problems)}
    named = fields.pop("type", None)
    if word is None and named is not None and isinstance(named.value, Atom):
        word = named.value
    if word is None:
        problems.at(place, "an operation without its type", "as in `operation: network_call { ... }`")
        return None
    kind = KINDS.get(word.text)
    if kind is None:
        problems.at(
            word.clause,
            f"unknown type of operation `{clipped(word.text)}`",
            suggestion(word.text, list(KINDS), what="there are"),
        )
        return None
    # What `analyze` prints besides tells nothing that the other fields do not.
    for told in ("resolved", "unresolved", "location"):
        fields.pop(told, None)
    values = _fields(kind, fields, place, problems)
    if len(problems.found) > before:
        return None
    return kind(**values, location=place.span)


def tool_call(tool: Tool, problems: Problems) -> Program | None:
    """Return the call of a tool, as the gate judges it."""
    arguments = plain(tool.block, problems, tool=True) if tool.block is not None else {}
    word = "execute" if tool.stage is None else tool.stage.text
    stages = ToolCall.word[1]
    if word not in stages:
        problems.at(
            tool.clause,
            f"a tool is proposed or executed, got `{clipped(word)}`",
            suggestion(word, stages, what="the words are"),
        )
        return None
    return tool_program(tool.name.text, arguments, stage=word)


def _fields(
    kind: type[Operation], given: dict[str, Field], place: Clause, problems: Problems
) -> dict[str, Any]:
    values: dict[str, Any] = {"via": kind.type}
    own = {field.name: field for field in fields_of(kind) if field.name != "location"}
    for name, field in given.items():
        slot = own.get(name)
        if slot is None:
            known = [one for one in own if one != "via"]
            problems.at(
                field.clause,
                f"a {kind.type} has no field `{clipped(name)}`",
                suggestion(name, known, what="its fields are"),
            )
            continue
        try:
            values[name] = _READERS[str(slot.type)](field.value)
        except _WrongError as error:
            problems.at(field.value.clause, f"`{name}` {error}", error.help)
            continue
        _check_word(kind, name, values[name], field, problems)
    for name, slot in own.items():
        if name not in given and name != "via" and slot.default is MISSING:
            filled = _FILLED.get((kind.type, name))
            if filled is None:
                problems.at(place, f"a {kind.type} needs `{name}`", _example(kind, name))
            else:
                values[name] = filled(values)
    return values


def _example(kind: type[Operation], name: str) -> str:
    if kind.word is not None and kind.word[0] == name:
        return f"one of {', '.join(map(quoted, kind.word[1]))}"
    return (
        f'as in `{name}: {"[" * (name.endswith("s"))}"..."{"]" * (name.endswith("s"))}`, or `unknown "why"`'
    )


def _check_word(kind: type[Operation], name: str, value: object, field: Field, problems: Problems) -> None:
    if kind.word is None or kind.word[0] != name or not isinstance(value, str):
        return
    known = kind.word[1]
    if value not in known:
        problems.at(
            field.value.clause,
            f"unknown {name} of a {kind.type}: {clipped(quoted(value))}",
            suggestion(value, known, what="there are", quoted=True),
        )


def _text(value: Value) -> str | Template | Unknown:
    if isinstance(value, Atom):
        if value.kind == "STRING":
            return value.text
        if value.kind == "unknown":
            return Unknown(value.text)
        if value.kind == "template":
            return _template(value)
    raise _WrongError(
        f"takes a string, got {_shown(value)}",
        'a string, `unknown "why"`, or `template "/data/{number}.csv"`',
    )


def _template(value: Atom) -> Template:
    parts: list[str | Hole] = []
    at = 0
    for match in _HOLE.finditer(value.text):
        hole = _HOLES.get(match[1])
        if hole is None:
            close = did_you_mean(match[1], _HOLES)
            raise _WrongError(
                f"has an unknown hole `{clipped(match[0])}`",
                f"did you mean `{{{close}}}`?" if close else "the holes are `{number}`, `{word}` and `{any}`",
            )
        parts += [value.text[at : match.start()], hole]
        at = match.end()
    parts.append(value.text[at:])
    try:
        return Template(tuple(part for part in parts if part != ""))
    except ValueError as error:
        raise _WrongError(
            "has a template without a hole", "write the string alone, or a hole such as `{number}`"
        ) from error


def _known(value: Value) -> str:
    if isinstance(value, Atom) and value.kind == "STRING":
        return value.text
    raise _WrongError(f"takes a string, got {_shown(value)}")


def _texts(value: Value) -> tuple[str | Template | Unknown, ...]:
    if isinstance(value, Items):
        return tuple(map(_text, value.items))
    raise _WrongError(f"takes a list, got {_shown(value)}", "write it in brackets")


def _truth(value: Value) -> bool:
    if isinstance(value, Atom) and value.kind == "NAME" and isinstance(_WORDS.get(value.text), bool):
        return value.text == "true"
    raise _WrongError(f"is `true` or `false`, got {_shown(value)}")


def _port(value: Value) -> int | Unknown | None:
    if isinstance(value, Atom):
        if value.kind == "NUMBER" and _WHOLE.fullmatch(value.text):
            return int(value.text)
        if value.kind == "unknown":
            return Unknown(value.text)
        if _is_null(value):
            return None
    raise _WrongError(f"takes a whole number, got {_shown(value)}")


def _command(value: Value) -> Any:
    return _texts(value) if isinstance(value, Items) else _text(value)


def _or_null(read: Callable[[Value], Any]) -> Callable[[Value], Any]:
    return lambda value: None if _is_null(value) else read(value)


def _is_null(value: Value) -> bool:
    return isinstance(value, Atom) and value.kind == "NAME" and value.text == "null"


def _shown(value: Value) -> str:
    if isinstance(value, Items):
        return "a list"
    if isinstance(value, Block):
        return "a block"
    return (
        f"the string {clipped(quoted(value.text))}" if value.kind == "STRING" else f"`{clipped(value.text)}`"
    )


@dataclass(frozen=True, slots=True)
class _Filled:
    """What a field is where a case leaves it out."""

    value: Any

    def __call__(self, _: dict[str, Any]) -> Any:
        return self.value


def _programs(values: dict[str, Any]) -> Any:
    """Return the programs of a command: the first word of a list, nothing that is known of a text."""
    command = values["command"]
    return command[:1] if isinstance(command, tuple) else (Unknown("the case names no `programs`"),)


def _no_command(values: dict[str, Any]) -> Any:
    return values.get("programs", Unknown("the case names no `command`"))


_FILLED: dict[tuple[str, str], Callable[[dict[str, Any]], Any]] = {
    ("process_spawn", "command"): _no_command,
    ("process_spawn", "shell"): _Filled(value=False),
    ("process_spawn", "programs"): _programs,
    ("database_operation", "tables"): _Filled(()),
}

_READERS: dict[str, Callable[[Value], Any]] = {
    "str": _known,
    "Text": _text,
    "Text | None": _or_null(_text),
    "bool": _truth,
    "int | Unknown | None": _port,
    "tuple[Text, ...]": _texts,
    "tuple[Text, ...] | Text": _command,
}
"""By the annotation of an operation's field, what reads it."""
