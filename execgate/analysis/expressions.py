"""What each expression can be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import libcst as cst

from execgate.analysis import (
    attributes,
    comprehensions,
    iteration,
    literals,
    operators,
    subscripts,
    texts,
)
from execgate.analysis.calls import arguments
from execgate.analysis.effects.site import CALLED
from execgate.analysis.machine import Machine
from execgate.analysis.names import BUILTINS, Standing, canonical, is_known_module, standing
from execgate.analysis.narrowing import narrow
from execgate.analysis.values import (
    DYNAMIC,
    FALSE,
    NONE,
    STATELESS,
    TRUE,
    Anything,
    Args,
    Bound,
    Const,
    Inst,
    Obj,
    Ref,
    Seq,
    Str,
    Value,
    alternatives,
    derived,
    union,
)
from execgate.model.operation import DynamicCode
from execgate.model.places import WORKSPACE
from execgate.operations import CATALOGUE, modules

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
        return texts.ANY_TEXT
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


RULES: dict[type[cst.CSTNode], Callable[[Machine, Any], Value]] = {
    **operators.RULES,
    **comprehensions.RULES,
    **literals.RULES,
    cst.Name: _name,
    cst.Attribute: _attribute,
    cst.Call: _call,
    cst.Subscript: _subscript,
    cst.IfExp: _conditional,
    cst.NamedExpr: _walrus,
    cst.Lambda: _lambda,
    cst.Await: _await,
    cst.Yield: _yield,
}
