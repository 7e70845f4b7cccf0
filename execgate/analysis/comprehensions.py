"""What comprehensions and generator expressions give, and when they run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import libcst as cst

from execgate.analysis import iteration, subscripts
from execgate.analysis.machine import Machine
from execgate.analysis.narrowing import narrow
from execgate.analysis.scopes import Scope
from execgate.analysis.targets import assign
from execgate.analysis.values import (
    MAX_ALTERNATIVES,
    NONE,
    Seq,
    Value,
)


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
    cst.ListComp: _comprehension,
    cst.SetComp: _comprehension,
    cst.GeneratorExp: _generator,
    cst.DictComp: _dict_comprehension,
}
"""One rule for each kind of node that this module is about."""
