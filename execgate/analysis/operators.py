"""What operators give: of numbers, texts, containers, and of objects that have a say in it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import libcst as cst

from execgate.analysis import attributes, folding, iteration, paths, subscripts, texts
from execgate.analysis.machine import Machine
from execgate.analysis.values import (
    FALSE,
    MAX_ALTERNATIVES,
    MAX_TEXT,
    NUM,
    TRUE,
    Anything,
    Args,
    Const,
    Inst,
    Map,
    Num,
    Obj,
    Seq,
    Str,
    Union,
    Value,
    alternatives,
    derived,
    union,
)

_FOLDED: dict[type[cst.CSTNode], Callable[[Any, Any], Any]] = {
    cst.Add: operator.add,
    cst.Subtract: operator.sub,
    cst.Multiply: operator.mul,
    cst.Divide: operator.truediv,
    cst.FloorDivide: operator.floordiv,
    cst.Modulo: operator.mod,
    cst.Power: operator.pow,
    cst.BitOr: operator.or_,
    cst.BitAnd: operator.and_,
    cst.BitXor: operator.xor,
    cst.LeftShift: operator.lshift,
    cst.RightShift: operator.rshift,
}


_HOOKS: dict[type[cst.CSTNode], str] = {
    cst.Add: "add",
    cst.Subtract: "sub",
    cst.Multiply: "mul",
    cst.Divide: "truediv",
    cst.FloorDivide: "floordiv",
    cst.Modulo: "mod",
    cst.Power: "pow",
    cst.BitOr: "or",
    cst.BitAnd: "and",
    cst.BitXor: "xor",
    cst.LeftShift: "lshift",
    cst.RightShift: "rshift",
    cst.MatrixMultiply: "matmul",
}


AUGMENTED: dict[type[cst.CSTNode], type[cst.CSTNode]] = {
    cst.AddAssign: cst.Add,
    cst.SubtractAssign: cst.Subtract,
    cst.MultiplyAssign: cst.Multiply,
    cst.DivideAssign: cst.Divide,
    cst.FloorDivideAssign: cst.FloorDivide,
    cst.ModuloAssign: cst.Modulo,
    cst.PowerAssign: cst.Power,
    cst.BitOrAssign: cst.BitOr,
    cst.BitAndAssign: cst.BitAnd,
    cst.BitXorAssign: cst.BitXor,
    cst.LeftShiftAssign: cst.LeftShift,
    cst.RightShiftAssign: cst.RightShift,
    cst.MatrixMultiplyAssign: cst.MatrixMultiply,
}
"""The operator that each augmented assignment applies."""


def _binary(m: Machine, node: cst.BinaryOperation) -> Value:
    # A long sum nests to the left, as deep as it is long, so the spine is walked in a loop.
    spine: list[cst.BinaryOperation] = []
    current: cst.BaseExpression = node
    while isinstance(current, cst.BinaryOperation):
        spine.append(current)
        current = current.left
    result = m.evaluate(current)
    for operation in reversed(spine):
        result = binary(m, type(operation.operator), result, m.evaluate(operation.right), operation)
    return result


def binary(m: Machine, kind: type[cst.CSTNode] | None, left: Value, right: Value, node: cst.CSTNode) -> Value:
    """Return what an operator gives for every combination of what its operands can be."""
    m.step()
    subscripts.read_whole(m, [left, right], node)
    if not isinstance(left, Union) and not isinstance(right, Union):
        return _binary_one(m, kind, left, right, node)
    lefts, rights = alternatives(left), alternatives(right)
    if len(lefts) * len(rights) > MAX_ALTERNATIVES:
        if kind is cst.Add and all(map(_is_text, (*lefts, *rights))):
            return texts.concat([left, right])
        return derived("it is computed from many values", [left, right])
    return union(_binary_one(m, kind, a, b, node) for a in lefts for b in rights)


def _is_text(value: Value) -> bool:
    return isinstance(value, Str) or (isinstance(value, Const) and isinstance(value.value, str))


def _is_date(value: Value) -> bool:
    return isinstance(value, Obj) and value.type in texts.DATE_TYPES


def _is_path(value: Value) -> bool:
    return isinstance(value, Obj) and value.type == paths.PATH


def _binary_one(
    m: Machine, kind: type[cst.CSTNode] | None, left: Value, right: Value, node: cst.CSTNode
) -> Value:
    if isinstance(left, Inst) or isinstance(right, Inst):
        hooked = _hooked(m, kind, left, right, node)
        if hooked is not None:
            return hooked
    if kind is cst.Divide and (_is_path(left) or _is_path(right)):
        return paths.make(paths.each(paths.join_parts, left, right))
    if isinstance(left, Const) and isinstance(right, Const):
        return _fold(kind, left.value, right.value)
    if kind in {cst.Add, cst.Subtract} and _is_date(left) and not _is_date(right):
        return left
    if kind is cst.Add:
        if _is_text(left) or _is_text(right):
            return texts.concat([left, right])
        if isinstance(left, Seq) and isinstance(right, Seq):
            result = m.sequence(list(left.items), left.more, left.kind)
            iteration.extend(m, result, right)
            return result
    if kind in _OF_SETS and isinstance(left, Seq) and left.kind == "set":
        return folding.combined(m, left, [right], both=kind in _OF_BOTH)
    if kind is cst.Modulo and (_is_text(left)):
        items = (
            right.items if isinstance(right, Seq) and right.kind == "tuple" and right.more is None else None
        )
        if items is not None and any(len(alternatives(value)) > 1 for value in items):
            return union(texts.percent(left, right, [*combination]) for combination in _combinations(items))
        return texts.percent(left, right, items)
    if isinstance(left, (Num, Const)) and isinstance(right, (Num, Const)):
        numbers = all(isinstance(v, Num) or isinstance(v.value, _NUMBERS) for v in (left, right))
        return NUM if numbers else texts.ANY_TEXT
    if kind is cst.Multiply and isinstance(left, Seq):
        return m.sequence([], left.element(), left.kind)
    if kind in {cst.BitOr, cst.BitOrAssign} and isinstance(left, Map) and isinstance(right, Map):
        merged = Map(dict(left.items), left.more, m.path)
        subscripts.update(m, merged, right)
        return merged
    return derived("it is computed from a value that is not known", [left, right])


_OF_BOTH = {cst.BitOr, cst.BitXor}


_OF_SETS = {*_OF_BOTH, cst.BitAnd, cst.Subtract}
"""Operators between sets."""


def _combinations(items: Sequence[Value]) -> list[list[Value]]:
    combinations: list[list[Value]] = [[]]
    for value in items:
        options = list(alternatives(value))
        if len(combinations) * len(options) > MAX_ALTERNATIVES:
            options = [texts.ANY_TEXT]
        combinations = [[*left, right] for left in combinations for right in options]
    return combinations


def _hooked(
    m: Machine, kind: type[cst.CSTNode] | None, left: Value, right: Value, node: cst.CSTNode
) -> Value | None:
    name = _HOOKS.get(kind) if kind is not None else None
    if name is None:
        return None
    results = []
    for receiver, argument, prefixes in ((left, right, ("", "i")), (right, left, ("r",))):
        if isinstance(receiver, Inst):
            for prefix in prefixes:
                if receiver.cls.lookup(f"__{prefix}{name}__") is not None:
                    hook = attributes.get(m, receiver, f"__{prefix}{name}__", node)
                    results.append(m.call(hook, Args([argument]), node))
    return union(results) if results else None


MAX_BITS = 1 << 13
"""How long a number may be that stands in the text."""


MAX_NUMBER = 1 << 256
"""The greatest number that is computed with."""


def _length(value: Any) -> int:
    return len(value) if isinstance(value, (str, bytes)) else 0


_NUMBERS = (int, float, Decimal)


def _fold(kind: type[cst.CSTNode] | None, left: Any, right: Any) -> Value:
    function = _FOLDED.get(kind) if kind is not None else None
    numbers = isinstance(left, _NUMBERS) and isinstance(right, _NUMBERS)
    if function is None:
        return NUM if numbers else texts.ANY_TEXT
    if numbers and max(abs(left), abs(right)) > MAX_NUMBER:
        return NUM
    if kind in {cst.Power, cst.LeftShift} and (not numbers or abs(right) > 64 or abs(left) > 1 << 32):
        return NUM
    if kind is cst.Add and not numbers and _length(left) + _length(right) > MAX_TEXT:
        return texts.ANY_TEXT
    if kind is cst.Multiply and not numbers:
        times = right if isinstance(right, int) else left
        if isinstance(times, int) and max(_length(left), _length(right)) * times > MAX_TEXT:
            return texts.ANY_TEXT
    if kind is cst.Modulo and isinstance(left, str):
        return texts.percent(Const(left), Const(right), None)
    try:
        result = function(left, right)
        return Const(result) if not isinstance(result, Decimal) or folding.is_small(result) else NUM
    except (TypeError, ValueError, ArithmeticError):
        return Anything("it is computed from values that don't fit")


def _boolean(m: Machine, node: cst.BooleanOperation) -> Value:
    spine: list[cst.BooleanOperation] = []
    current: cst.BaseExpression = node
    while isinstance(current, cst.BooleanOperation):
        spine.append(current)
        current = current.left
    result = m.evaluate(current)
    for operation in reversed(spine):
        right = m.evaluate(operation.right)
        if isinstance(operation.operator, cst.Or) and isinstance(result, Const) and not result.value:
            result = right
        else:
            result = union([result, right])
    return result


def _unary(m: Machine, node: cst.UnaryOperation) -> Value:
    value = m.evaluate(node.expression)
    if isinstance(node.operator, cst.Not):
        return union([TRUE, FALSE])
    if isinstance(value, Const) and isinstance(value.value, (int, float)):
        number = value.value
        if isinstance(node.operator, cst.Minus):
            return Const(-number)
        if isinstance(node.operator, cst.BitInvert) and isinstance(number, int):
            return Const(~number)
        return Const(number)
    if isinstance(value, Inst):
        for kind, hook in ((cst.Minus, "__neg__"), (cst.Plus, "__pos__"), (cst.BitInvert, "__invert__")):
            if isinstance(node.operator, kind) and value.cls.lookup(hook) is not None:
                return m.call(attributes.get(m, value, hook, node), Args(), node)
    return (
        NUM if isinstance(value, Num) else derived("it is computed from a value that is not known", [value])
    )


_COMPARISONS = {
    cst.Equal: "__eq__",
    cst.NotEqual: "__ne__",
    cst.LessThan: "__lt__",
    cst.GreaterThan: "__gt__",
    cst.LessThanEqual: "__le__",
    cst.GreaterThanEqual: "__ge__",
}


def _comparison(m: Machine, node: cst.Comparison) -> Value:
    results: list[Value] = [TRUE, FALSE]
    left = m.evaluate(node.left)
    for target in node.comparisons:
        right = m.evaluate(target.comparator)
        kind = type(target.operator)
        if kind in {cst.In, cst.NotIn}:
            _contained(m, left, right, target)
        else:
            name = _COMPARISONS.get(kind)
            if name is not None:
                for receiver, argument in ((left, right), (right, left)):
                    for alternative in alternatives(receiver):
                        if isinstance(alternative, Inst) and alternative.cls.lookup(name) is not None:
                            hook = attributes.get(m, alternative, name, target)
                            results.append(m.call(hook, Args([argument]), target))
        left = right
    return union(results)


def _contained(m: Machine, needle: Value, haystack: Value, node: cst.CSTNode) -> None:
    for alternative in alternatives(haystack):
        if isinstance(alternative, Inst) and alternative.cls.lookup("__contains__") is not None:
            m.call(attributes.get(m, alternative, "__contains__", node), Args([needle]), node)
        elif isinstance(alternative, Obj) and alternative.type == attributes.ENVIRON:
            subscripts.item(m, alternative, needle, node)


RULES: dict[type[cst.CSTNode], Callable[[Machine, Any], Value]] = {
    cst.BinaryOperation: _binary,
    cst.BooleanOperation: _boolean,
    cst.UnaryOperation: _unary,
    cst.Comparison: _comparison,
}
"""One rule for each kind of node that this module is about."""
