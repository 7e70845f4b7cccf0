"""What `match` binds names to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import libcst as cst

from execgate.analysis import attributes, iteration, subscripts
from execgate.analysis.branching import branches
from execgate.analysis.machine import Machine
from execgate.analysis.values import (
    Const,
    Inst,
    Value,
    alternatives,
    derived,
    union,
)


def _match(m: Machine, node: cst.Match) -> bool:
    subject = m.evaluate(node.subject)

    def arm(case: cst.MatchCase) -> Callable[[], bool]:
        def follow() -> bool:
            _pattern(m, case.pattern, subject)
            if case.guard is not None:
                m.evaluate(case.guard)
            return m.run(case.body)

        return follow

    return branches(m, [*(arm(case) for case in node.cases), lambda: True])


def _pattern(m: Machine, node: cst.CSTNode | None, subject: Value) -> None:
    if node is None:
        return
    if isinstance(node, cst.MatchAs):
        _pattern(m, node.pattern, subject)
        if node.name is not None:
            m.bind(m.identifier(node.name.value), subject)
    elif isinstance(node, cst.MatchStar):
        if node.name is not None:
            m.bind(m.identifier(node.name.value), m.sequence([], subject))
    elif isinstance(node, (cst.MatchValue, cst.MatchSingleton)):
        m.evaluate(node.value)
    elif isinstance(node, cst.MatchOr):
        for option in node.patterns:
            _pattern(m, option.pattern, subject)
    elif isinstance(node, (cst.MatchList, cst.MatchTuple)):
        items = iteration.exact_items(m, subject)
        inner = iteration.element(m, subject, node)
        for index, pattern in enumerate(node.patterns):
            known = items is not None and len(items) == len(node.patterns)
            _pattern(m, getattr(pattern, "value", pattern), items[index] if known and items else inner)
    elif isinstance(node, cst.MatchMapping):
        for entry in node.elements:
            inner = subscripts.item(m, subject, m.evaluate(entry.key), node)
            _pattern(m, entry.pattern, inner)
        if node.rest is not None:
            m.bind(m.identifier(node.rest.value), subject)
    elif isinstance(node, cst.MatchClass):
        m.evaluate(node.cls)
        for index, part in enumerate(node.patterns):
            _pattern(m, getattr(part, "value", part), _matched(m, subject, index, node))
        for keyword in node.kwds:
            inner = attributes.get(m, subject, m.identifier(keyword.key.value), node)
            _pattern(m, keyword.pattern, inner)


def _matched(m: Machine, subject: Value, index: int, node: cst.CSTNode) -> Value:
    """Return what a class pattern compares with its pattern at a position."""
    results: list[Value] = []
    for alternative in alternatives(subject):
        if isinstance(alternative, Inst):
            names = alternative.cls.lookup("__match_args__")
            items = iteration.exact_items(m, names) if names is not None else None
            known = [v.value for v in items or () if isinstance(v, Const) and isinstance(v.value, str)]
            known = known or alternative.cls.fields
            held = list(alternative.attributes.values())
            results.append(
                attributes.get(m, alternative, known[index], node)
                if index < len(known)
                else derived("it is a part of a matched value", held)
            )
        else:
            # `str(x)` binds all of it.
            results.append(alternative)
    return union(results)


RULES: dict[type[cst.CSTNode], Callable[[Machine, Any], bool]] = {
    cst.Match: _match,
}
"""One rule for each kind of node that this module is about."""
