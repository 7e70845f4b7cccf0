"""What each statement does to names, and which way it goes on.

Every rule returns whether the statement after it can be reached.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst

from execgate.analysis import (
    branching,
    classes,
    imports,
    iteration,
    loops,
    patterns,
    subscripts,
    targets,
)
from execgate.analysis.machine import Machine
from execgate.analysis.operators import AUGMENTED, binary
from execgate.analysis.scopes import Scope
from execgate.analysis.targets import assign
from execgate.analysis.values import (
    NONE,
    Anything,
    Args,
    Class,
    Func,
    Map,
    Ref,
    Seq,
    Union,
    Value,
    alternatives,
)


def block(m: Machine, node: cst.BaseSuite | cst.Module) -> bool:
    """Follow the statements of a block in order."""
    reached = True
    for statement in node.body:
        # What stands behind a `return` is followed all the same: it costs little, and hides nothing.
        reached = m.run(statement) and reached
    return reached


def _line(m: Machine, node: cst.SimpleStatementLine) -> bool:
    reached = True
    for statement in node.body:
        reached = m.run(statement) and reached
    return reached


def _expr(m: Machine, node: cst.Expr) -> bool:
    m.evaluate(node.value)
    return True


def _pass(m: Machine, node: cst.CSTNode) -> bool:
    del m, node
    return True


def _leave(m: Machine, node: cst.CSTNode) -> bool:
    del m, node
    return False


def _assign(m: Machine, node: cst.Assign) -> bool:
    value = m.evaluate(node.value)
    for target in node.targets:
        assign(m, target.target, value)
    return True


def _ann_assign(m: Machine, node: cst.AnnAssign) -> bool:
    m.evaluate(node.annotation.annotation)
    if isinstance(node.target, cst.Name) and isinstance(m.scope.cls, Class) and m.scope.kind == "class":
        name = m.identifier(node.target.value)
        if name not in m.scope.cls.fields:
            m.scope.cls.fields.append(name)
    if node.value is not None:
        assign(m, node.target, m.evaluate(node.value))
    elif not isinstance(node.target, cst.Name):
        m.evaluate(node.target)
    return True


def _aug_assign(m: Machine, node: cst.AugAssign) -> bool:
    current = m.evaluate(node.target)
    value = m.evaluate(node.value)
    operator = AUGMENTED.get(type(node.operator))
    if operator is cst.BitOr and subscripts.is_environment(current):
        subscripts.update_environment(m, value, node)
        return True
    if operator is cst.Add and isinstance(current, Seq) and current.kind != "tuple":
        iteration.extend(m, current, value)
        result: Value = current
    elif operator is cst.BitOr and isinstance(current, Map):
        subscripts.update(m, current, value)
        result = current
    else:
        result = binary(m, operator, current, value, node)
    assign(m, node.target, result)
    return True


def _return(m: Machine, node: cst.Return) -> bool:
    m.frames[-1].returned.append(m.evaluate(node.value) if node.value is not None else NONE)
    return False


def _assert(m: Machine, node: cst.Assert) -> bool:
    m.evaluate(node.test)
    if node.msg is not None:
        m.evaluate(node.msg)
    return True


def _global(m: Machine, node: cst.Global) -> bool:
    m.scope.globals.update(m.identifier(item.name.value) for item in node.names)
    return True


def _nonlocal(m: Machine, node: cst.Nonlocal) -> bool:
    m.scope.nonlocals.update(m.identifier(item.name.value) for item in node.names)
    return True


def _function(m: Machine, node: cst.FunctionDef) -> bool:
    from execgate.analysis.functions import define

    function = define(m, node)
    if m.scope.kind == "class" and isinstance(m.scope.cls, Class):
        function.cls = m.scope.cls
    value = _decorated(m, node.decorators, function)
    m.bind(m.identifier(node.name.value), value)
    return True


_WRAPPERS = {"builtins.staticmethod": "static", "builtins.classmethod": "class"}


_PASSES_ON = {
    "abc.abstractmethod",
    "contextlib.contextmanager",
    "contextlib.asynccontextmanager",
    "typing.overload",
    "typing.final",
    "typing.override",
    "typing.no_type_check",
    "typing.runtime_checkable",
    "functools.total_ordering",
    "dataclasses.dataclass",
    "enum.unique",
}
"""Decorators that give back what they are given."""


def _decorated(m: Machine, decorators: Sequence[cst.Decorator], value: Value) -> Value:
    evaluated = [(decorator, m.evaluate(decorator.decorator)) for decorator in decorators]
    for node, decorator in reversed(evaluated):
        name = decorator.name if isinstance(decorator, Ref) else None
        if isinstance(value, Func) and name in _WRAPPERS:
            value.static = _WRAPPERS[name]
        elif name not in _PASSES_ON:
            result = m.call(decorator, Args([value]), node.decorator)
            # A decorator that we don't follow most often gives back what it was given.
            value = value if isinstance(result, Anything) and result.carries else result
    return value


def _class(m: Machine, node: cst.ClassDef) -> bool:
    bases: list[Value] = []
    certain = True
    for argument in node.bases:
        value = m.evaluate(argument.value)
        bases.extend(alternatives(value))
        certain = certain and not isinstance(value, Union)
    keywords = {
        m.identifier(argument.keyword.value): m.evaluate(argument.value)
        for argument in node.keywords
        if argument.keyword is not None
    }
    scope = Scope("class", m.scope)
    cls = Class(m.identifier(node.name.value), bases, scope.names, certain=certain)
    m.step(len(cls.mro))
    m.version += bool(bases)  # The classes that it inherits from have one more below them.
    cls.metaclass = classes.metaclass(cls, keywords.pop("metaclass", None))
    scope.cls = cls
    scope.names.update(classes.prepared(m, cls, keywords, node))
    m.scope = scope
    try:
        block(m, node.body)
    finally:
        m.scope = scope.parent or scope
    cls.attributes = scope.names
    value = classes.finish(m, cls, keywords, node)
    m.bind(cls.name, _decorated(m, node.decorators, value))
    return True


def _type_alias(m: Machine, node: Any) -> bool:
    m.evaluate(node.value)
    return True


RULES: dict[type[cst.CSTNode], Callable[[Machine, Any], bool]] = {
    **branching.RULES,
    **loops.RULES,
    **patterns.RULES,
    **targets.RULES,
    cst.SimpleStatementLine: _line,
    cst.SimpleStatementSuite: _line,
    cst.IndentedBlock: block,
    cst.Expr: _expr,
    cst.Pass: _pass,
    cst.Break: _leave,
    cst.Continue: _leave,
    cst.Import: imports.plain,
    cst.ImportFrom: imports.from_module,
    cst.Assign: _assign,
    cst.AnnAssign: _ann_assign,
    cst.AugAssign: _aug_assign,
    cst.Return: _return,
    cst.Assert: _assert,
    cst.Global: _global,
    cst.Nonlocal: _nonlocal,
    cst.FunctionDef: _function,
    cst.ClassDef: _class,
    cst.TypeAlias: _type_alias,
}
