"""What literals and displays are: texts, numbers, and the containers that are written out."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst

from execgate.analysis import attributes, iteration, subscripts, texts
from execgate.analysis.machine import Machine
from execgate.analysis.operators import MAX_BITS
from execgate.analysis.values import (
    NUM,
    Args,
    Const,
    Inst,
    Value,
    alternatives,
    join,
)


def _string(m: Machine, node: cst.SimpleString) -> Value:
    del m
    text = node.value
    first = text[0]
    if first in "\"'" and "\\" not in text and text[1:3] != first * 2 and "\r" not in text:
        return Const(text[1:-1])
    return Const(ast.literal_eval(text))


def _concatenated(m: Machine, node: cst.ConcatenatedString) -> Value:
    pieces: list[Value] = []
    current: cst.BaseExpression = node
    while isinstance(current, cst.ConcatenatedString):
        pieces.append(m.evaluate(current.left))
        current = current.right
    pieces.append(m.evaluate(current))
    if all(isinstance(piece, Const) and isinstance(piece.value, bytes) for piece in pieces):
        return Const(b"".join(piece.value for piece in pieces if isinstance(piece, Const)))
    return texts.concat(pieces)


def _formatted(m: Machine, node: cst.FormattedString) -> Value:
    raw = "r" in node.start.lower()
    return _parts(m, node.parts, raw=raw)


def _parts(m: Machine, parts: Sequence[cst.BaseFormattedStringContent], *, raw: bool) -> Value:
    pieces: list[Value] = []
    for part in parts:
        if isinstance(part, cst.FormattedStringText):
            pieces.append(Const(_literal_part(part.value, raw=raw)))
        elif isinstance(part, cst.FormattedStringExpression):
            value = m.evaluate(part.expression)
            subscripts.read_whole(m, [value], part)
            spec = _parts(m, part.format_spec, raw=raw) if part.format_spec is not None else None
            if part.equal is not None:
                pieces.append(texts.ANY_TEXT)
                continue
            for alternative in alternatives(value):
                if isinstance(alternative, Inst):
                    hook = alternative.cls.lookup("__format__") or alternative.cls.lookup("__str__")
                    if hook is not None:
                        m.call(attributes.get(m, alternative, "__str__", part), Args(), part)
            pieces.append(texts.formatted(value, part.conversion, spec))
    return texts.concat(pieces)


def _literal_part(text: str, *, raw: bool) -> str:
    text = text.replace("{{", "{").replace("}}", "}")
    if raw or "\\" not in text:
        return text
    try:
        quoted = text.replace('"', "\\x22").replace("\n", "\\n").replace("\r", "\\r")
        return str(ast.literal_eval(f'"{quoted}"'))
    except (SyntaxError, ValueError):
        return text


def _integer(m: Machine, node: cst.Integer) -> Value:
    del m
    if len(node.value) > 4000:
        return NUM
    value = int(node.value.replace("_", ""), 0) if node.value.strip("0_") else 0
    # Python refuses to write down more than some 4,300 digits.
    return Const(value) if value.bit_length() < MAX_BITS else NUM


def _float(m: Machine, node: cst.Float) -> Value:
    del m
    return Const(float(node.value.replace("_", "")))


def _number(m: Machine, node: cst.CSTNode) -> Value:
    del m, node
    return NUM


def _ellipsis(m: Machine, node: cst.CSTNode) -> Value:
    del m, node
    return Const(...)


def _sequence(m: Machine, node: cst.Tuple | cst.List | cst.Set) -> Value:
    kind = {cst.Tuple: "tuple", cst.List: "list"}.get(type(node), "set")
    result = m.sequence([], kind=kind)
    for element in node.elements:
        value = m.evaluate(element.value)
        if isinstance(element, cst.StarredElement):
            iteration.extend(m, result, value)
        elif len(result.items) < 4096:
            result.items.append(value)
        else:
            result.more = join(result.more, value) if result.more is not None else value
    return result


def _dict(m: Machine, node: cst.Dict) -> Value:
    result = m.mapping()
    for element in node.elements:
        value = m.evaluate(element.value)
        if isinstance(element, cst.DictElement):
            subscripts.store_item(m, result, m.evaluate(element.key), value, element)
        else:
            subscripts.read_whole(m, [value], element)
            subscripts.update(m, result, value)
    return result


RULES: dict[type[cst.CSTNode], Callable[[Machine, Any], Value]] = {
    cst.SimpleString: _string,
    cst.ConcatenatedString: _concatenated,
    cst.FormattedString: _formatted,
    cst.Integer: _integer,
    cst.Float: _float,
    cst.Imaginary: _number,
    cst.Ellipsis: _ellipsis,
    cst.Tuple: _sequence,
    cst.List: _sequence,
    cst.Set: _sequence,
    cst.Dict: _dict,
}
"""One rule for each kind of node that this module is about."""
