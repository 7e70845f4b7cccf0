"""Loops: followed until another turn adds nothing, or turn by turn where that keeps texts known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import libcst as cst

from execgate.analysis import iteration, paths
from execgate.analysis.branching import back, branches, fallback
from execgate.analysis.growth import grew, is_number, widened
from execgate.analysis.machine import EXACT_TURNS, PARTED_TURNS, Machine
from execgate.analysis.scopes import merge
from execgate.analysis.targets import assign
from execgate.analysis.values import (
    Const,
    Obj,
    Seq,
    Str,
    Value,
    alternatives,
    join,
)
from execgate.operations.types import FILES

MAX_TURNS = 12
"""How many turns of a loop are followed at most, until they add nothing."""


MAX_UNROLLED = 64
"""How many turns of a loop are followed one by one, where each adds to a text."""


def _while(m: Machine, node: cst.While) -> bool:
    def turn() -> None:
        m.evaluate(node.test)
        m.run(node.body)

    _loop(m, turn, node)
    _after(m, node)
    return True


def _for(m: Machine, node: cst.For) -> bool:
    iterable = m.evaluate(node.iter)
    items = iteration.exact_items(m, iterable)
    if items is not None and 1 < len(items) <= MAX_UNROLLED and _puts_text_together(m, node.body, items):
        for item in items:
            assign(m, node.target, item)
            m.run(node.body)
    else:
        element = iteration.element(m, iterable, node.iter)

        def turn() -> None:
            assign(m, node.target, element)
            m.run(node.body)

        _loop(m, turn, node)
    _after(m, node)
    return True


def _after(m: Machine, node: cst.For | cst.While) -> None:
    """Follow the `else` of a loop, which a `break` leaves out."""
    orelse = node.orelse
    if orelse is not None:
        branches(m, [lambda: m.run(orelse), lambda: True])


def _adds_to(m: Machine, call: cst.BaseExpression) -> bool:
    """Return whether an expression adds to a list that is known, or writes into a file."""
    target, name = _method_of(call.func) if isinstance(call, cst.Call) else (None, "")
    if name not in {"append", "write"} or not isinstance(target, cst.Name):
        return False
    held = m.scope.names.get(m.identifier(target.value))
    if isinstance(held, Seq):
        return held.kind == "list" and held.more is None
    return isinstance(held, Obj) and held.type in FILES


def _method_of(function: cst.BaseExpression) -> tuple[cst.BaseExpression | None, str]:
    """Return whose method is called, and its name: `x.append`, or `getattr(x, "append")`."""
    if isinstance(function, cst.Attribute):
        return function.value, function.attr.value
    if isinstance(function, cst.Call) and len(function.args) == 2:
        target, name = (argument.value for argument in function.args)
        if (
            isinstance(function.func, cst.Name)
            and function.func.value == "getattr"
            and isinstance(name, cst.SimpleString)
        ):
            return target, str(name.evaluated_value)
    return None, ""


def _is_known_text(m: Machine, target: cst.BaseExpression) -> bool:
    """Return whether a name stands for a constant text or path."""
    held = m.scope.names.get(m.identifier(target.value)) if isinstance(target, cst.Name) else None
    if isinstance(held, Obj) and held.type == paths.PATH:
        held = paths.text_of(held)
    return isinstance(held, Const) and isinstance(held.value, (str, bytes))


def _goes_on_from_itself(node: cst.Assign) -> bool:
    """Return whether a name is bound to what an operator or a call makes of it: `path = path / name`."""
    target, waiting = node.targets[0].target, [node.value]
    while waiting and isinstance(target, cst.Name):
        part = waiting.pop()
        if isinstance(part, cst.Name):
            if part.value == target.value:
                return True
        elif isinstance(part, cst.BinaryOperation):
            waiting += [part.left, part.right]
        elif isinstance(part, cst.Call):
            waiting += [argument.value for argument in part.args]
            if isinstance(part.func, cst.Attribute):
                waiting.append(part.func.value)
    return False


def _puts_text_together(m: Machine, body: cst.BaseSuite, items: list[Value]) -> bool:
    """Return whether a loop runs to its end, and adds to a known text: turn by turn it stays known.

    A list or a file that constants are added to counts, too.
    """
    constant = all(isinstance(item, Const) for item in items)
    adds = False
    waiting: list[cst.CSTNode] = [*body.body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (cst.SimpleStatementLine, cst.IndentedBlock, cst.SimpleStatementSuite)):
            waiting.extend(node.body)
        elif isinstance(node, (cst.If, cst.For)):
            waiting += [node.body, *([node.orelse] if node.orelse is not None else [])]
        elif isinstance(node, cst.Else):
            waiting.append(node.body)
        elif isinstance(node, cst.AugAssign) and isinstance(node.target, cst.Name):
            adds = adds or _is_known_text(m, node.target)
        elif isinstance(node, cst.Assign) and constant and _goes_on_from_itself(node):
            adds = adds or _is_known_text(m, node.targets[0].target)
        elif isinstance(node, cst.Expr) and constant and _adds_to(m, node.value):
            adds = True
        elif not isinstance(node, (cst.Expr, cst.Assign, cst.AnnAssign, cst.Pass, cst.AugAssign)):
            return False
    return adds


def _loop(m: Machine, turn: Callable[[], None], node: cst.CSTNode) -> None:
    """Follow a body until a turn adds nothing to what there is: it may run any number of times."""
    scope = m.scope
    before = m.branch()
    first_path = m.path
    outer = (m.trail, m.oldest, m.turn)
    m.trail = []
    oldest = m.oldest
    try:
        for count in range(MAX_TURNS):
            m.turn = max(outer[2], count)
            start = scope.names
            scope.names = dict(start)
            del m.trail[:]
            m.oldest = first_path
            rebound = m.rebound
            turn()
            back(m, rebound)
            oldest = min(oldest, m.oldest)
            # A `break` or `continue` may leave from anywhere, so what was bound in between counts too.
            merged = merge(start, scope.names, scope, fallback)
            for bound, name, value in m.trail:
                if bound is scope:
                    merged[name] = join(merged.get(name), value)
            scope.names = merged
            changed = [n for n, v in merged.items() if n not in start or grew(start[n], v)]
            if not changed and m.oldest >= first_path:
                break
            if count + 1 >= EXACT_TURNS:
                for name in _growing(changed, merged, count + 1):
                    scope.names[name] = widened(merged[name], wholly=count + 1 >= PARTED_TURNS)
        else:
            m.gap("what this loop hands on from turn to turn can't be followed to its end", node)
    finally:
        m.rejoin(before)
        if outer[0] is not None:
            outer[0].extend(m.trail)
        m.trail, _, m.turn = outer
        m.oldest = min(outer[1], oldest)


def _growing(changed: list[str], names: dict[str, Value], turns: int) -> list[str]:
    """Return which names to give up on: a text that holds a count is known once the count is any number."""
    if turns < PARTED_TURNS - 1:
        counts = [name for name in changed if all(map(is_number, alternatives(names[name])))]
        if counts or (turns > EXACT_TURNS and all(_counted(names[name]) for name in changed)):
            return counts
    return changed


def _counted(value: Value) -> bool:
    """Return whether a value is one of few texts, of which some hold a number."""
    found = alternatives(value)
    return len(found) <= PARTED_TURNS and any(isinstance(text, Str) for text in found)


RULES: dict[type[cst.CSTNode], Callable[[Machine, Any], bool]] = {
    cst.While: _while,
    cst.For: _for,
}
"""One rule for each kind of node that this module is about."""
