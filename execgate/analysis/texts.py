"""Texts with holes: joining, formatting and cutting them, exactly or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from execgate.analysis.values import (
    MAX_ALTERNATIVES,
    MAX_TEXT,
    PLAIN,
    Anything,
    Const,
    Inst,
    Interpreter,
    Map,
    Num,
    Obj,
    Part,
    Str,
    Union,
    Value,
    alternatives,
    union,
)
from execgate.model.values import Hole, Template, Text, Unknown

_ANY = (Hole.ANY,)

_MAX_NAMED = 16
"""How many parts a text may have in which the path of the interpreter is remembered."""

UUID = "uuid.UUID"

_PLAIN_SPEC = re.compile(r"[+-]?(0\d{0,3})?[,_]?(\.\d{1,3})?[bcdeEfFgGnoxX%]?\Z")
"""Format specifications that put no white space or fill of their own beside a number."""

ANY_TEXT = Str((Hole.ANY,))
"""A text of which nothing is known."""


def is_interpreter(value: Value) -> bool:
    """Return whether a value is the path of the interpreter, and nothing more."""
    return isinstance(value, Str) and value.named == (Interpreter.PATH,)


def _named_parts(value: Value) -> tuple[Part | Interpreter, ...]:
    """Return the same as `parts_of`, with the path of the interpreter as itself."""
    return value.named if isinstance(value, Str) and value.named is not None else parts_of(value)


def parts_of(value: Value) -> tuple[Part, ...]:
    """Return the text that formatting `value` gives, as literals and holes."""
    if isinstance(value, Const):
        text = value.value if isinstance(value.value, str) else str(value.value)
        return (text,) if text else ()
    if isinstance(value, Str):
        return value.parts
    if isinstance(value, Num):
        return (Hole.NUMBER,)
    if isinstance(value, Inst) and isinstance(value.made, PLAIN) and value.cls.lookup("__str__") is None:
        return parts_of(value.made)
    if isinstance(value, Obj):
        if value.type == UUID:
            return (Hole.WORD,)
        path = value.fields.get("path")
        if value.type == "pathlib.Path" and path is not None and not isinstance(path, Union):
            return parts_of(path)
    return _ANY


def from_parts(parts: Iterable[Part]) -> Value:
    """Return the text that `parts` make: a constant where there is no hole."""
    merged: list[Part] = []
    size = 0
    for part in parts:
        if isinstance(part, str):
            if not part:
                continue
            size += len(part)
            if size > MAX_TEXT:
                return Str(_ANY)
            if merged and isinstance(merged[-1], str):
                merged[-1] += part
                continue
        elif part is Hole.ANY and merged and merged[-1] is Hole.ANY:
            continue
        merged.append(part)
    if len(merged) > 256:
        return Str(_ANY)
    if not merged:
        return Const("")
    if len(merged) == 1 and isinstance(merged[0], str):
        return Const(merged[0])
    if merged == [Hole.ANY] or _makes_dots(merged):
        return Str(_ANY)
    return Str(tuple(merged))


def from_named(parts: Sequence[Part | Interpreter]) -> Value:
    """Return the text that `parts` make, among which the path of the interpreter may be."""
    plain = from_parts(Hole.ANY if isinstance(part, Interpreter) else part for part in parts)
    if not isinstance(plain, Str) or Interpreter.PATH not in parts or len(parts) > _MAX_NAMED:
        return plain
    named: list[Part | Interpreter] = []
    for part in parts:
        if isinstance(part, str) and named and isinstance(named[-1], str):
            named[-1] += part
        else:
            named.append(part)
    if sum(len(part) for part in named if isinstance(part, str)) > MAX_TEXT:
        return plain
    return Str(plain.parts, tuple(named))


def _makes_dots(parts: Sequence[Part]) -> bool:
    """Return whether a word that is a part of a name, which can be `.`, and what is beside it can be `..`."""
    for index, part in enumerate(parts):
        if part is not Hole.WORD:
            continue
        before = parts[index - 1] if index else ""
        after = parts[index + 1] if index + 1 < len(parts) else ""
        if after is Hole.WORD or (isinstance(before, str) and before.rpartition("/")[2] == "."):
            return True
        if isinstance(after, str) and after.partition("/")[0] == "." and len(parts) > 1:
            return True
    return False


def concat(values: Sequence[Value]) -> Value:
    """Return the texts one after the other, for every combination of what they can be."""
    combinations: list[list[Part | Interpreter]] = [[]]
    for value in values:
        options = [
            _named_parts(inner)
            for alternative in alternatives(value)
            for inner in alternatives(_inner(alternative))
        ]
        if len(combinations) * len(options) > MAX_ALTERNATIVES:
            options = [_ANY]
        if len(options) == 1:
            for known in combinations:
                known.extend(options[0])
        else:
            combinations = [[*left, *right] for left in combinations for right in options]
    return union(map(from_named, combinations))


def _inner(value: Value) -> Value:
    """Unfold a path object whose text is one of several."""
    if isinstance(value, Obj) and value.type == "pathlib.Path":
        return value.fields.get("path", value)
    return value


def formatted(value: Value, conversion: str | None, spec: Value | None) -> Value:
    """Return what an f-string's replacement field gives."""
    results: list[Value] = []
    for alternative in alternatives(value):
        if conversion in {"r", "a"} and spec is None and is_interpreter(alternative):
            results.append(concat([Const("'"), alternative, Const("'")]))
        elif conversion in {"r", "a"}:
            known = isinstance(alternative, Const) and spec is None
            results.append(
                Const(repr(alternative.value) if conversion == "r" else ascii(alternative.value))
                if known and isinstance(alternative, Const)
                else Str(_ANY)
            )
        elif spec is None or (isinstance(spec, Const) and spec.value == ""):
            results.append(concat([alternative]))
        else:
            results.append(_with_spec(alternative, spec))
    return union(results)


def _with_spec(value: Value, spec: Value) -> Value:
    if not isinstance(spec, Const) or not isinstance(spec.value, str):
        return Str(_ANY)
    if isinstance(value, Const) and not _is_wide(spec.value):
        try:
            return Const(format(value.value, spec.value))
        except (ValueError, TypeError, OverflowError):
            return Str(_ANY)
    if isinstance(value, Num) and _PLAIN_SPEC.match(spec.value) and spec.value[-1:] not in {"c", "%"}:
        return Str((Hole.WORD if spec.value[-1:] in "xXeEgGn" else Hole.NUMBER,))
    if isinstance(value, Obj) and value.type in DATE_TYPES:
        return dated(spec.value)
    return Str(_ANY)


def _is_wide(spec: str) -> bool:
    return any(len(digits) > 4 for digits in re.findall(r"\d+", spec))


DATE_TYPES = {"datetime.datetime", "datetime.date", "datetime.time"}

_DATE_NUMBERS = set("YmdHMSfjyUWuwGVs")
_DATE_WORDS = set("aAbBpZ")


def dated(layout: str) -> Value:
    """Return the text that `strftime` gives for a layout: a hole for each directive."""
    parts: list[Part] = []
    position = 0
    while position < len(layout):
        letter = layout[position]
        if letter != "%":
            parts.append(letter)
            position += 1
            continue
        directive = layout[position + 1 : position + 2]
        if directive in {"-", "#", "_"}:
            position += 1
            directive = layout[position + 1 : position + 2]
        if directive == "%":
            parts.append("%")
        elif directive in _DATE_NUMBERS or directive == "F":
            parts.append(Hole.NUMBER)
        elif directive == "T":
            parts += [Hole.NUMBER, ":", Hole.NUMBER, ":", Hole.NUMBER]
        elif directive in _DATE_WORDS:
            parts.append(Hole.WORD)
        else:
            return Str(_ANY)
        position += 2
    return from_parts(parts)


MOMENT = Str((Hole.NUMBER, " ", Hole.NUMBER, ":", Hole.NUMBER, ":", Hole.NUMBER))
"""What `str(datetime.now())` gives."""


def _directive(match: re.Match[str]) -> str:
    """Return a directive without the name in it."""
    return "%" + match[0][match.end("name") - match.start() + 1 :] if match["name"] is not None else match[0]


_DIRECTIVE = re.compile(
    r"%(%|(?:\((?P<name>\w+)\))?([-+ #0]*)(\d*)(?:\.(\d+))?([diouxXeEfFgGcrsa])|.?)", re.DOTALL
)


def percent(template: Value, argument: Value, items: Sequence[Value] | None) -> Value:
    """Return what `template % argument` gives; `items` are the elements where it is a known tuple."""
    if not isinstance(template, Const) or not isinstance(template.value, str):
        return Str(_ANY)
    values = list(items) if items is not None else [argument]
    pieces: list[Value] = []
    used = 0
    position = 0
    text = template.value
    for match in _DIRECTIVE.finditer(text):
        pieces.append(Const(text[position : match.start()]))
        position = match.end()
        if match.group(1) == "%":
            pieces.append(Const("%"))
            continue
        kind = match.group(6)
        name = match["name"]
        if name is not None:
            value = argument.items.get(name) if isinstance(argument, Map) else None
            if value is None or isinstance(value, Union) or not isinstance(argument, Map) or argument.maybe:
                return Str(_ANY)
        elif kind is None or used >= len(values):
            return Str(_ANY)
        else:
            value = values[used]
            used += 1
        flags, width = match.group(3), match.group(4)
        padded = bool(width) and "0" not in flags
        if isinstance(value, Const) and len(width) < 4 and len(match.group(5) or "") < 4:
            try:
                pieces.append(Const(_directive(match) % (value.value,)))
            except (TypeError, ValueError, OverflowError):
                pieces.append(Str(_ANY))
        elif kind in "diu" and not padded and " " not in flags:
            pieces.append(Str((Hole.NUMBER,)))
        elif kind in "fF" and not padded and " " not in flags:
            pieces.append(Str((Hole.WORD,)))
        elif kind == "s" and not width and match.group(5) is None:
            pieces.append(value)
        else:
            pieces.append(Str(_ANY))
    pieces.append(Const(text[position:]))
    return concat(pieces)


def to_text(value: Value, why: str) -> Text:
    """Return what a policy judges of one value (not a union)."""
    if isinstance(value, Const):
        if isinstance(value.value, str):
            return value.value
        if isinstance(value.value, bytes):
            return value.value.decode("utf-8", "surrogateescape")
        return Unknown(why)
    if isinstance(value, Str):
        if value.parts == _ANY:
            return Unknown(why)
        return Template(value.parts)
    if isinstance(value, Num):
        return Template((Hole.NUMBER,))
    if isinstance(value, Anything):
        return Unknown(value.why)
    return Unknown(why)
