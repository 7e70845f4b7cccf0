"""What each expression can be."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import libcst as cst

from execgate.analysis import attributes, folding, iteration, paths, subscripts, texts
from execgate.analysis.calls import arguments
from execgate.analysis.effects.site import CALLED
from execgate.analysis.machine import Machine
from execgate.analysis.names import BUILTINS, Standing, canonical, is_known_module, standing
from execgate.analysis.narrowing import narrow
from execgate.analysis.scopes import Scope
from execgate.analysis.values import (
    DYNAMIC,
    FALSE,
    MAX_ALTERNATIVES,
    MAX_TEXT,
    NONE,
    NUM,
    STATELESS,
    TRUE,
    Anything,
    Args,
    Bound,
    Const,
    Inst,
    Map,
    Num,
    Obj,
    Ref,
    Seq,
    Str,
    Union,
    Value,
    alternatives,
    derived,
    join,
    union,
)
from execgate.model.operation import DynamicCode
from execgate.model.places import WORKSPACE
from execgate.model.values import Hole
from execgate.operations import CATALOGUE, modules

_ANY_TEXT = Str((Hole.ANY,))

_LITERALS = {"True": TRUE, "False": FALSE, "None": NONE}


def _name(m: Machine, node: cst.Name) -> Value:
    name = node.value
    literal = _LITERALS.get(name)
    if literal is not None:
        return literal
    return named(m, m.identifier(name), node)


def named(m: Machine, name: str, node: cst.CSTNode) -> Value:
    """Return what a name is bound to: by the program, by a star import, or by Python."""
    value = m.scope.names.get(name)
    if value is not None and name not in m.scope.globals and not m.timeless:
        return value
    value = m.scope.lookup(name, late=m.late)
    if m.timeless:
        value = m.reread(("name", name), value)
    if value is not None:
        if not isinstance(value, STATELESS):
            m.frames[-1].stateful = True
        return value
    starred: list[Value] = [
        attributes.of_reference(m, Ref(module), name, node)
        for module in m.scope.module.stars
        if f"{module}.{name}" in CATALOGUE or f"{module}.{name}" in modules.CONSTANTS or name not in BUILTINS
    ]
    if name in _MODULE_NAMES:
        return _module_name(m, name, node)
    if name in BUILTINS:
        return union([Ref(f"builtins.{name}"), *starred])
    if starred:
        return union(starred)
    if is_known_module(name) and standing(name) in {Standing.LISTED, Standing.REFUSED}:
        # Code that counts on somebody else's import does what it says if it is run where that was made.
        return Ref(canonical(name))
    return Anything(f"`{name}` is not defined here")


_MODULE_NAMES = {
    "__builtins__",
    "__loader__",
    "__spec__",
    "__file__",
    "__name__",
    "__doc__",
    "__import__",
    "__build_class__",
}


def _module_name(m: Machine, name: str, node: cst.CSTNode) -> Value:
    if name == "__builtins__":
        m.report(DynamicCode, node, kind="namespace", via=name)
        return Ref("builtins")
    if name in {"__loader__", "__spec__"}:
        m.report(DynamicCode, node, kind="introspection", via=name)
        return Obj(DYNAMIC)
    if name == "__name__":
        return Const("__main__")
    if name == "__file__":
        return Const(f"{WORKSPACE}/main.py")
    if name == "__doc__":
        return _ANY_TEXT
    return Ref(f"builtins.{name}")


def _attribute(m: Machine, node: cst.Attribute) -> Value:
    return attributes.get(m, m.evaluate(node.value), m.identifier(node.attr.value), node)


def _call(m: Machine, node: cst.Call) -> Value:
    function = m.evaluate(node.func)
    given = arguments(m, node.args)
    if _uses_up(function):
        m.at_once(argument.value for argument in node.args)
    return m.call(function, given, node)


_USING_UP = frozenset(
    """
    builtins.list builtins.tuple builtins.set builtins.frozenset builtins.dict builtins.sorted builtins.sum
    builtins.min builtins.max builtins.any builtins.all collections.Counter asyncio.run
    """.split()
)
"""What uses up an iterable, or runs a coroutine, before it returns."""


def _uses_up(function: Value) -> bool:
    if isinstance(function, Bound):
        return function.name == "join" and isinstance(function.receiver, (Const, Str))
    return isinstance(function, Ref) and function.name in _USING_UP


def _subscript(m: Machine, node: cst.Subscript) -> Value:
    receiver = m.evaluate(node.value)
    return subscripts.item(m, receiver, subscripts.index_of(m, node), node)


# Literals.


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
                pieces.append(_ANY_TEXT)
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


# Operators.

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
        return NUM if numbers else _ANY_TEXT
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
            options = [_ANY_TEXT]
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
        return NUM if numbers else _ANY_TEXT
    if numbers and max(abs(left), abs(right)) > MAX_NUMBER:
        return NUM
    if kind in {cst.Power, cst.LeftShift} and (not numbers or abs(right) > 64 or abs(left) > 1 << 32):
        return NUM
    if kind is cst.Add and not numbers and _length(left) + _length(right) > MAX_TEXT:
        return _ANY_TEXT
    if kind is cst.Multiply and not numbers:
        times = right if isinstance(right, int) else left
        if isinstance(times, int) and max(_length(left), _length(right)) * times > MAX_TEXT:
            return _ANY_TEXT
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


def _conditional(m: Machine, node: cst.IfExp) -> Value:
    m.evaluate(node.test)
    arms = ((node.body, True), (node.orelse, False))
    return union([_where(m, node.test, arm, holds=holds) for arm, holds in arms])


def _where(m: Machine, test: cst.BaseExpression, node: cst.BaseExpression, *, holds: bool) -> Value:
    """Evaluate an arm of a conditional expression, with what its test says of the names in it."""
    scope, rebound = m.scope, m.rebound
    before = dict(scope.names)
    narrow(m, test, holds=holds)
    narrowed = {name: value for name, value in scope.names.items() if value is not before.get(name)}
    result = m.evaluate(node)
    for name, value in narrowed.items():
        if scope.names.get(name) is value:
            scope.names[name] = before[name]
    if m.rebound != rebound:
        m.rebound += 1
    return result


def _walrus(m: Machine, node: cst.NamedExpr) -> Value:
    value = m.evaluate(node.value)
    if isinstance(node.target, cst.Name):
        scope, name = m.scope, m.identifier(node.target.value)
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent
        m.bind(name, value, scope)
    return value


# Functions and comprehensions.


def _lambda(m: Machine, node: cst.Lambda) -> Value:
    from execgate.analysis.functions import define

    return define(m, node)


_PROMISES = {"asyncio.Future", "asyncio.Task"}
"""Objects that something is put into later."""


def _await(m: Machine, node: cst.Await) -> Value:
    results: list[Value] = []
    awaited = m.evaluate(node.expression)
    m.at_once([node.expression])
    for alternative in alternatives(awaited):
        if isinstance(alternative, Obj) and CALLED in alternative.fields:
            results.append(alternative.fields[CALLED])
        elif isinstance(alternative, Obj) and alternative.type in _PROMISES:
            results.append(derived("it is what was promised", [*alternative.fields.values()]))
            continue
        hook = alternative.cls.lookup("__await__") if isinstance(alternative, Inst) else None
        if hook is None:
            results.append(alternative)
            continue
        steps = m.call(attributes.get(m, alternative, "__await__", node), Args(), node)
        results += [
            made.result if isinstance(made, Seq) and made.result is not None else made
            for made in alternatives(steps)
        ]
    return union(results)


def _yield(m: Machine, node: cst.Yield) -> Value:
    frame = m.frames[-1]
    if isinstance(node.value, cst.From):
        source = m.evaluate(node.value.item)
        frame.yielded.append(iteration.element(m, source, node))
        return union(
            alternative.result
            if isinstance(alternative, Seq) and alternative.result is not None
            else derived("it is what a generator returned", [alternative])
            for alternative in alternatives(source)
        )
    frame.yielded.append(m.evaluate(node.value) if node.value is not None else NONE)
    function = frame.function
    return Anything("it is sent into a generator", m.draw(("sent", id(function.node))) if function else ())


def _comprehension(m: Machine, node: cst.ListComp | cst.SetComp | cst.GeneratorExp) -> Value:
    return _comprehended(m, node.for_in, lambda: m.evaluate(node.elt))


def _generator(m: Machine, node: cst.GeneratorExp) -> Value:
    result = _comprehension(m, node)
    scope = m.scope
    scope.share()

    def later() -> None:
        outer, m.scope = m.scope, scope
        try:
            _comprehension(m, node)
        finally:
            m.scope = outer

    m.defer(later, node)
    return result


def _comprehended(m: Machine, clause: cst.CompFor, element: Callable[[], Value]) -> Value:
    iterable = m.evaluate(clause.iter)
    items = None
    if not clause.ifs and clause.inner_for_in is None:
        items = iteration.exact_items(m, iterable)
    outer = m.scope
    m.scope = Scope("comprehension", outer)
    before = m.branch()
    try:
        if items is not None and 0 < len(items) <= MAX_ALTERNATIVES:
            results = []
            for value in items:
                _bind_target(m, clause, value)
                results.append(element())
            return Seq(results, None, "list", before)
        _clauses(m, clause, iterable)
        return Seq([], element(), "list", before)
    finally:
        m.scope = outer
        m.rejoin(before)


def _bind_target(m: Machine, clause: cst.CompFor, value: Value) -> None:
    from execgate.analysis.statements import assign

    assign(m, clause.target, value)


def _clauses(m: Machine, clause: cst.CompFor, iterable: Value) -> None:
    _bind_target(m, clause, iteration.element(m, iterable, clause.iter))
    for condition in clause.ifs:
        m.evaluate(condition.test)
        narrow(m, condition.test, holds=True)
    if clause.inner_for_in is not None:
        _clauses(m, clause.inner_for_in, m.evaluate(clause.inner_for_in.iter))


def _dict_comprehension(m: Machine, node: cst.DictComp) -> Value:
    pairs: list[tuple[Value, Value]] = []

    def pair() -> Value:
        pairs.append((m.evaluate(node.key), m.evaluate(node.value)))
        return NONE

    _comprehended(m, node.for_in, pair)
    result = m.mapping()
    for key, value in pairs:
        subscripts.store_item(m, result, key, value, node)
    return result


RULES: dict[type[cst.CSTNode], Callable[[Machine, Any], Value]] = {
    cst.Name: _name,
    cst.Attribute: _attribute,
    cst.Call: _call,
    cst.Subscript: _subscript,
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
    cst.BinaryOperation: _binary,
    cst.BooleanOperation: _boolean,
    cst.UnaryOperation: _unary,
    cst.Comparison: _comparison,
    cst.IfExp: _conditional,
    cst.NamedExpr: _walrus,
    cst.Lambda: _lambda,
    cst.Await: _await,
    cst.Yield: _yield,
    cst.ListComp: _comprehension,
    cst.SetComp: _comprehension,
    cst.GeneratorExp: _generator,
    cst.DictComp: _dict_comprehension,
}
