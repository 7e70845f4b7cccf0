"""What assigning to a target of any shape binds, and what deleting one unbinds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst

from execgate.analysis import iteration, storing, subscripts
from execgate.analysis.machine import Machine
from execgate.analysis.values import (
    Anything,
    Value,
    alternatives,
    union,
)


def assign(m: Machine, target: cst.CSTNode, value: Value) -> None:
    """Bind a target, of whatever shape, to a value."""
    if isinstance(target, cst.Name):
        m.bind(m.identifier(target.value), value)
    elif isinstance(target, (cst.Tuple, cst.List)):
        _unpack(m, target.elements, value)
    elif isinstance(target, cst.Attribute):
        storing.store(m, m.evaluate(target.value), m.identifier(target.attr.value), value, target)
    elif isinstance(target, cst.Subscript):
        subscripts.store_item(m, m.evaluate(target.value), subscripts.index_of(m, target), value, target)
    elif isinstance(target, (cst.StarredElement, cst.Element)):
        assign(m, target.value, value)


def _unpack(m: Machine, elements: Sequence[cst.BaseElement], value: Value) -> None:
    columns: list[list[Value]] = [[] for _ in elements]
    starred = next((i for i, e in enumerate(elements) if isinstance(e, cst.StarredElement)), None)
    for alternative in alternatives(value):
        items = iteration.exact_items(m, alternative)
        if items is not None and starred is None and len(items) == len(elements):
            for column, item in zip(columns, items, strict=True):
                column.append(item)
        elif items is not None and starred is not None and len(items) >= len(elements) - 1:
            tail = len(elements) - starred - 1
            middle = items[starred : len(items) - tail]
            fitted = [*items[:starred], m.sequence(list(middle)), *items[len(items) - tail :]]
            for column, item in zip(columns, fitted, strict=True):
                column.append(item)
        else:
            element = iteration.element(m, alternative, elements[0])
            for index, column in enumerate(columns):
                column.append(m.sequence([], element) if index == starred else element)
    for element_node, column in zip(elements, columns, strict=True):
        assign(m, element_node.value, union(column) if column else Anything("it is unpacked from nothing"))


def _delete(m: Machine, node: cst.Del) -> bool:
    _unbind(m, node.target)
    return True


def _unbind(m: Machine, target: cst.CSTNode) -> None:
    if isinstance(target, cst.Name):
        m.scope.unbind(m.identifier(target.value))
    elif isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            _unbind(m, element.value)
    elif isinstance(target, cst.Subscript):
        subscripts.delete_item(m, m.evaluate(target.value), subscripts.index_of(m, target), target)
    elif isinstance(target, cst.Attribute):
        storing.delete(m, m.evaluate(target.value), m.identifier(target.attr.value), target)


RULES: dict[type[cst.CSTNode], Callable[[Machine, Any], bool]] = {
    cst.Del: _delete,
}
"""One rule for each kind of node that this module is about."""
