"""What a test says of a name where it holds: `if kind == "csv":` leaves of several constants the one.

Only constants, and texts of which the start is known, are ruled out.  Nothing becomes known by a test: an
object of a class of the program, or of a library for tests, can equal whatever it is compared with.
"""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from execgate.analysis.machine import Machine
from execgate.analysis.values import (
    MAX_ALTERNATIVES,
    Const,
    Map,
    Seq,
    Str,
    Value,
    alternatives,
    union,
)

_LITERALS = (cst.SimpleString, cst.ConcatenatedString)
"""Texts that are written out."""

_Rule = Callable[[Value], "list[Value]"]
"""From one thing that a name can be to what of it is left."""


def narrow(m: Machine, test: cst.BaseExpression, *, holds: bool) -> None:
    """Leave to the names in `test` only what they can be where it holds, or where it does not."""
    if isinstance(test, cst.UnaryOperation):
        if isinstance(test.operator, cst.Not):
            narrow(m, test.expression, holds=not holds)
    elif isinstance(test, cst.BooleanOperation):
        if isinstance(test.operator, cst.And) == holds:
            narrow(m, test.left, holds=holds)
            narrow(m, test.right, holds=holds)
    elif isinstance(test, cst.Comparison):
        _compared(m, test, holds=holds)
    elif isinstance(test, cst.Call):
        _started(m, test, holds=holds)


def _compared(m: Machine, test: cst.Comparison, *, holds: bool) -> None:
    if len(test.comparisons) != 1 or not isinstance(test.left, cst.Name):
        return
    comparison = test.comparisons[0]
    positive = _POSITIVE.get(type(comparison.operator))
    if positive is None or not _is_plain(comparison.comparator):
        return
    value, one = m.evaluate(comparison.comparator), type(comparison.operator) in _OF_ONE
    options = _options(value, one=one)
    if options is None:
        return
    if positive == holds:
        _keep(m, test.left, _among(options))
    elif one or (isinstance(value, Seq) and value.kind == "tuple"):
        # Of a list or a dictionary it is known what it can hold, not what it holds.
        _keep(m, test.left, _not_among(options))


_POSITIVE: dict[type[cst.CSTNode], bool] = {
    cst.Equal: True,
    cst.In: True,
    cst.NotEqual: False,
    cst.NotIn: False,
}
"""Whether a comparison that holds says that the name is one of the constants."""

_OF_ONE = {cst.Equal, cst.NotEqual}


def _is_plain(node: cst.BaseExpression) -> bool:
    """Return whether evaluating an expression once more does nothing."""
    if isinstance(node, cst.Attribute):
        return _is_plain(node.value)
    if isinstance(node, (cst.Tuple, cst.List, cst.Set)):
        return all(isinstance(element.value, _LITERALS) for element in node.elements)
    return isinstance(node, (cst.Name, *_LITERALS))


def _options(value: Value, *, one: bool) -> list[str] | None:
    """Return the texts that a name was compared with, None where there are others or they aren't known."""
    found: list[Value]
    if one:
        found = [value]
    elif isinstance(value, Seq) and value.more is None:
        found = value.items
    elif isinstance(value, Map) and value.more is None and value.keys is None and not value.loose:
        found = [Const(key) for key in value.items]
    else:
        return None
    options = [option.value for option in found if isinstance(option, Const) and type(option.value) is str]
    return options if 0 < len(options) == len(found) <= MAX_ALTERNATIVES else None


def _among(options: list[str]) -> _Rule:
    def rule(value: Value) -> list[Value]:
        return [value] if not isinstance(value, Const) or value.value in options else []

    return rule


def _not_among(options: list[str]) -> _Rule:
    def rule(value: Value) -> list[Value]:
        return [] if isinstance(value, Const) and value.value in options else [value]

    return rule


def _started(m: Machine, test: cst.Call, *, holds: bool) -> None:
    function = test.func
    if (
        not isinstance(function, cst.Attribute)
        or not isinstance(function.value, cst.Name)
        or function.attr.value != "startswith"
        or len(test.args) != 1
        or not isinstance(test.args[0].value, _LITERALS)
    ):
        return
    prefix = m.evaluate(test.args[0].value)
    if isinstance(prefix, Const) and isinstance(prefix.value, str):
        _keep(m, function.value, _starting(prefix.value) if holds else _not_starting(prefix.value))


def _starting(prefix: str) -> _Rule:
    def rule(value: Value) -> list[Value]:
        first = value.parts[0] if isinstance(value, Str) else getattr(value, "value", None)
        if not isinstance(first, str):
            return [value]
        # More may come behind what is written of a text with holes.
        starts = first.startswith(prefix) or (isinstance(value, Str) and prefix.startswith(first))
        return [value] if starts else []

    return rule


def _not_starting(prefix: str) -> _Rule:
    def rule(value: Value) -> list[Value]:
        first = value.parts[0] if isinstance(value, Str) else getattr(value, "value", None)
        return [] if isinstance(first, str) and first.startswith(prefix) else [value]

    return rule


def _keep(m: Machine, name: cst.Name, rule: _Rule) -> None:
    """Leave to a local name what a rule leaves; where that is nothing, all that it had."""
    scope, key = m.scope, m.identifier(name.value)
    held = scope.names.get(key)
    if held is None or key in scope.globals or key in scope.nonlocals or m.timeless or m.monotone:
        return
    kept = [value for alternative in alternatives(held) for value in rule(alternative)]
    if kept:
        scope.names[key] = union(kept)
        if scope.shared and scope.names[key].key() != held.key():
            # What functions did that saw more says nothing of what they do now.
            m.rebound += 1
