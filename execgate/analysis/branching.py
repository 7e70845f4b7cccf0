"""Which way a program goes on: arms that meet again, what is raised and caught, and what is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import libcst as cst

from execgate.analysis import iteration, subscripts
from execgate.analysis.machine import Machine
from execgate.analysis.names import BUILTINS
from execgate.analysis.narrowing import narrow
from execgate.analysis.scopes import Scope, merge
from execgate.analysis.targets import assign
from execgate.analysis.values import (
    Anything,
    Args,
    Class,
    Inst,
    Obj,
    Ref,
    Value,
    alternatives,
    capabilities,
    join,
)


def _raise(m: Machine, node: cst.Raise) -> bool:
    for raised in (node.exc, node.cause.item if node.cause is not None else None):
        if raised is not None:
            throw(m, m.evaluate(raised), node)
    return False


def throw(m: Machine, value: Value, node: cst.CSTNode) -> None:
    """Note what an exception carries to whoever catches it."""
    for raised in alternatives(value):
        # A class stands for an instance of it.
        alternative = m.call(raised, Args(), node) if isinstance(raised, Class) else raised
        if isinstance(alternative, Inst):
            inner = [*alternative.attributes.values()]
            if alternative.made is not None:
                inner.append(alternative.made)
        elif isinstance(alternative, Obj):
            inner = [*alternative.fields.values()]
        else:
            inner = []
        held = capabilities(inner)
        if held:
            m.pour("raised", [alternative, *(value for value in held if isinstance(value, (Inst, Obj)))])


def fallback(scope: Scope, name: str) -> Value | None:
    """Return what a name of a module or class stands for where it is not bound there."""
    found = scope.parent.lookup(name, late=False) if scope.parent is not None else None
    if isinstance(scope.cls, Class):
        inherited = scope.cls.lookup(name)
        found = join(found, inherited) if inherited is not None else found
    if found is None and name in BUILTINS:
        found = Ref(f"builtins.{name}")
    return found


def branches(m: Machine, arms: Sequence[Callable[[], bool]]) -> bool:
    """Follow each arm from the same state, and go on from what any of them leaves."""
    scope = m.scope
    start = scope.names
    ends: list[dict[str, Value]] = []
    for arm in arms:
        scope.names = dict(start)
        before, rebound = m.branch(), m.rebound
        if arm():
            ends.append(scope.names)
        m.rejoin(before)
        back(m, rebound)
    if not ends:
        scope.names = start
        return False
    merged = ends[0]
    for end in ends[1:]:
        merged = merge(merged, end, scope, fallback)
    scope.names = merged
    return True


def back(m: Machine, rebound: int) -> None:
    """Note, where a branch ends, that names may stand for what they did before, and calls give that."""
    if m.rebound != rebound:
        m.rebound += 1


def _if(m: Machine, node: cst.If) -> bool:
    # A series of `elif`s nests as deep as it is long, so it is walked in a loop.
    arms: list[Callable[[], bool]] = []
    failed: list[cst.BaseExpression] = []
    current: cst.If | cst.Else | None = node
    while isinstance(current, cst.If):
        m.evaluate(current.test)
        arms.append(partial(_arm, m, failed[-MAX_FAILED:], current.test, current.body))
        failed.append(current.test)
        current = current.orelse
    arms.append(partial(_arm, m, failed[-MAX_FAILED:], None, current.body if current is not None else None))
    return branches(m, arms)


MAX_FAILED = 4
"""How many tests that failed before an arm of an `elif` is reached are looked at there."""


def _arm(
    m: Machine,
    failed: Sequence[cst.BaseExpression],
    test: cst.BaseExpression | None,
    body: cst.BaseSuite | None,
) -> bool:
    for other in failed:
        narrow(m, other, holds=False)
    if test is not None:
        narrow(m, test, holds=True)
    return m.run(body) if body is not None else True


def _else(m: Machine, node: cst.Else | cst.Finally) -> bool:
    return m.run(node.body)


def _interrupted(m: Machine, body: cst.BaseSuite) -> tuple[bool, dict[str, Value]]:
    """Follow a body that may end anywhere; return whether its end is reached, and its names where it ended.

    What it put into lists and dictionaries, and replaced or took out again, may be in them, too.
    """
    scope = m.scope
    start = dict(scope.names)
    outer, m.trail = m.trail, []
    passed, m.passed = m.passed, []
    before, rebound = m.branch(), m.rebound
    reached = m.run(body)
    m.rejoin(before)
    back(m, rebound)
    trail, m.trail = m.trail, outer
    if outer is not None:
        outer.extend(trail)
    for container, key, old in m.passed:
        subscripts.may_still_hold(m, container, key, old)
    m.passed = passed
    # An exception may come from anywhere in the body.
    raised = merge(start, scope.names, scope, fallback)
    for bound, name, value in trail:
        if bound is scope:
            raised[name] = join(raised.get(name), value)
    return reached, raised


def _try(m: Machine, node: cst.Try | cst.TryStar) -> bool:
    scope = m.scope
    reached, raised = _interrupted(m, node.body)
    normal = scope.names

    def finish() -> bool:
        scope.names = dict(normal)
        return (m.run(node.orelse) if node.orelse is not None else True) and reached

    def handle(handler: cst.ExceptHandler | cst.ExceptStarHandler) -> Callable[[], bool]:
        def arm() -> bool:
            scope.names = dict(raised)
            if handler.type is not None:
                m.evaluate(handler.type)
            if handler.name is not None:
                assign(m, handler.name.name, caught(m))
            return m.run(handler.body)

        return arm

    reached = branches(m, [finish, *(handle(handler) for handler in node.handlers)])
    if node.finalbody is not None:
        scope.names = merge(scope.names, raised, scope, fallback)
        reached = m.run(node.finalbody) and reached
    return reached


def caught(m: Machine) -> Value:
    """Return what a caught exception can be."""
    return Anything("it is a caught exception", m.draw("raised"))


def _with(m: Machine, node: cst.With) -> bool:
    managers = []
    for item in node.items:
        manager = m.evaluate(item.item)
        managers.append((manager, item.item))
        value = iteration.enter(m, manager, item.item)
        if item.asname is not None:
            assign(m, item.asname.name, value)
    if not any(iteration.may_swallow(manager) for manager, _ in managers):
        reached = m.run(node.body)
        raised = None
    else:
        reached, raised = _interrupted(m, node.body)
    for manager, place in reversed(managers):
        # Whoever leaves may swallow what was raised, and go on.
        reached = iteration.leave(m, manager, place) or reached
    if raised is not None:
        m.scope.names = merge(m.scope.names, raised, m.scope, fallback)
    return reached


RULES: dict[type[cst.CSTNode], Callable[[Machine, Any], bool]] = {
    cst.If: _if,
    cst.Else: _else,
    cst.Finally: _else,
    cst.Try: _try,
    cst.TryStar: _try,
    cst.With: _with,
    cst.Raise: _raise,
}
"""One rule for each kind of node that this module is about."""
