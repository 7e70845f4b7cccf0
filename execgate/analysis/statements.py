"""What each statement does to names, and which way it goes on.

Every rule returns whether the statement after it can be reached.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import libcst as cst

from execgate.analysis import attributes, imports
from execgate.analysis.machine import Machine
from execgate.analysis.scopes import Scope, merge
from execgate.analysis.values import (
    NONE,
    Anything,
    Args,
    Class,
    Const,
    Func,
    Obj,
    Ref,
    Seq,
    Value,
    alternatives,
    derived,
    join,
    union,
)

LOOP_PASSES = 3
"""How often a loop's body is followed at most, until what it binds no longer grows."""


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
    if node.value is not None:
        assign(m, node.target, m.evaluate(node.value))
    elif not isinstance(node.target, cst.Name):
        m.evaluate(node.target)
    return True


def _aug_assign(m: Machine, node: cst.AugAssign) -> bool:
    from execgate.analysis.expressions import AUGMENTED, binary

    current = m.evaluate(node.target)
    value = m.evaluate(node.value)
    operator = AUGMENTED.get(type(node.operator))
    if operator is cst.Add and isinstance(current, Seq) and current.kind != "tuple":
        attributes.extend(m, current, value)
        result: Value = current
    else:
        result = binary(m, operator, current, value, node)
    assign(m, node.target, result)
    return True


def assign(m: Machine, target: cst.CSTNode, value: Value) -> None:
    """Bind a target, of whatever shape, to a value."""
    if isinstance(target, cst.Name):
        m.bind(m.identifier(target.value), value)
    elif isinstance(target, (cst.Tuple, cst.List)):
        _unpack(m, target.elements, value)
    elif isinstance(target, cst.Attribute):
        attributes.store(m, m.evaluate(target.value), m.identifier(target.attr.value), value, target)
    elif isinstance(target, cst.Subscript):
        attributes.store_item(m, m.evaluate(target.value), attributes.index_of(m, target), value, target)
    elif isinstance(target, (cst.StarredElement, cst.Element)):
        assign(m, target.value, value)


def _unpack(m: Machine, elements: Sequence[cst.BaseElement], value: Value) -> None:
    columns: list[list[Value]] = [[] for _ in elements]
    starred = next((i for i, e in enumerate(elements) if isinstance(e, cst.StarredElement)), None)
    for alternative in alternatives(value):
        items = attributes.exact_items(m, alternative)
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
            element = attributes.element(m, alternative, elements[0])
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
        attributes.delete_item(m, m.evaluate(target.value), attributes.index_of(m, target), target)
    elif isinstance(target, cst.Attribute):
        m.evaluate(target.value)


def _return(m: Machine, node: cst.Return) -> bool:
    m.frames[-1].returned.append(m.evaluate(node.value) if node.value is not None else NONE)
    return False


def _raise(m: Machine, node: cst.Raise) -> bool:
    if node.exc is not None:
        m.evaluate(node.exc)
    if node.cause is not None:
        m.evaluate(node.cause.item)
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


def branches(m: Machine, arms: Sequence[Callable[[], bool]]) -> bool:
    """Follow each arm from the same state, and go on from what any of them leaves."""
    scope = m.scope
    start = scope.names
    ends: list[dict[str, Value]] = []
    for arm in arms:
        scope.names = dict(start)
        before = m.branch()
        if arm():
            ends.append(scope.names)
        m.rejoin(before)
    if not ends:
        scope.names = start
        return False
    merged = ends[0]
    for end in ends[1:]:
        merged = merge(merged, end)
    scope.names = merged
    return True


def _if(m: Machine, node: cst.If) -> bool:
    # A series of `elif`s nests as deep as it is long, so it is walked in a loop.
    arms: list[Callable[[], bool]] = []
    current: cst.If | cst.Else | None = node
    while isinstance(current, cst.If):
        m.evaluate(current.test)
        arms.append(partial(block, m, current.body))
        current = current.orelse
    arms.append(partial(block, m, current.body) if current is not None else lambda: True)
    return branches(m, arms)


def _else(m: Machine, node: cst.Else | cst.Finally) -> bool:
    return block(m, node.body)


def _while(m: Machine, node: cst.While) -> bool:
    def turn() -> None:
        m.evaluate(node.test)
        block(m, node.body)

    _loop(m, turn)
    if node.orelse is not None:
        m.run(node.orelse)
    return True


def _for(m: Machine, node: cst.For) -> bool:
    iterable = m.evaluate(node.iter)
    element = attributes.element(m, iterable, node.iter)

    def turn() -> None:
        assign(m, node.target, element)
        block(m, node.body)

    _loop(m, turn)
    if node.orelse is not None:
        m.run(node.orelse)
    return True


def _loop(m: Machine, turn: Callable[[], None]) -> None:
    """Follow a body until what it binds no longer grows: it may run any number of times."""
    scope = m.scope
    before = m.branch()
    outer, m.trail = m.trail, []
    try:
        for _ in range(LOOP_PASSES):
            start = scope.names
            scope.names = dict(start)
            del m.trail[:]
            turn()
            end = scope.names
            # A `break` or `continue` may leave from anywhere, so what was bound in between counts too.
            merged = merge(start, end)
            for bound, name, value in m.trail:
                if bound is scope:
                    merged[name] = join(merged.get(name), value)
            scope.names = merged
            if all(merged[name].key() == value.key() for name, value in start.items() if name in merged):
                break
        else:
            _widen(scope, start)
    finally:
        m.rejoin(before)
        if outer is not None:
            outer.extend(m.trail)
        m.trail = outer


def _widen(scope: Scope, before: dict[str, Value]) -> None:
    """Give up on names that grow with every turn."""
    for name, value in scope.names.items():
        old = before.get(name)
        if old is not None and old.key() != value.key():
            scope.names[name] = derived(f"`{name}` changes in a loop", [value])


def _try(m: Machine, node: cst.Try | cst.TryStar) -> bool:
    scope = m.scope
    start = dict(scope.names)
    outer, m.trail = m.trail, []
    before = m.branch()
    reached = block(m, node.body)
    m.rejoin(before)
    trail, m.trail = m.trail, outer
    if outer is not None:
        outer.extend(trail)
    # An exception may come from anywhere in the body.
    raised = merge(start, scope.names)
    for bound, name, value in trail:
        if bound is scope:
            raised[name] = join(raised.get(name), value)

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
                assign(m, handler.name.name, Anything("it is a caught exception"))
            return block(m, handler.body)

        return arm

    reached = branches(m, [finish, *(handle(handler) for handler in node.handlers)])
    if node.finalbody is not None:
        m.run(node.finalbody)
    return reached


def _with(m: Machine, node: cst.With) -> bool:
    for item in node.items:
        manager = m.evaluate(item.item)
        value = attributes.enter(m, manager, item.item)
        if item.asname is not None:
            assign(m, item.asname.name, value)
    return block(m, node.body)


def _match(m: Machine, node: cst.Match) -> bool:
    subject = m.evaluate(node.subject)

    def arm(case: cst.MatchCase) -> Callable[[], bool]:
        def follow() -> bool:
            _pattern(m, case.pattern, subject)
            if case.guard is not None:
                m.evaluate(case.guard)
            return block(m, case.body)

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
        items = attributes.exact_items(m, subject)
        inner = attributes.element(m, subject, node)
        for index, pattern in enumerate(node.patterns):
            known = items is not None and len(items) == len(node.patterns)
            _pattern(m, getattr(pattern, "value", pattern), items[index] if known and items else inner)
    elif isinstance(node, cst.MatchMapping):
        inner = derived("it is a part of a matched value", [subject])
        for entry in node.elements:
            m.evaluate(entry.key)
            _pattern(m, entry.pattern, inner)
        if node.rest is not None:
            m.bind(m.identifier(node.rest.value), inner)
    elif isinstance(node, cst.MatchClass):
        m.evaluate(node.cls)
        inner = derived("it is a part of a matched value", [subject])
        for part in (*node.patterns, *node.kwds):
            _pattern(m, part.value if isinstance(part, cst.MatchSequenceElement) else part.pattern, inner)


def _function(m: Machine, node: cst.FunctionDef) -> bool:
    from execgate.analysis.functions import define

    function = define(m, node)
    if m.scope.kind == "class" and isinstance(m.scope.cls, Class):
        function.cls = m.scope.cls
    value = _decorated(m, node.decorators, function)
    m.bind(m.identifier(node.name.value), value)
    return True


_KINDS = {"builtins.staticmethod": "static", "builtins.classmethod": "class", "builtins.property": "property"}

_TRANSPARENT = {
    "functools.wraps",
    "functools.cached_property",
    "abc.abstractmethod",
    "contextlib.contextmanager",
    "contextlib.asynccontextmanager",
    "typing.overload",
    "typing.final",
    "typing.no_type_check",
    "functools.lru_cache",
    "functools.cache",
    "functools.total_ordering",
    "functools.singledispatch",
    "dataclasses.dataclass",
    "enum.unique",
}


def _decorated(m: Machine, decorators: Sequence[cst.Decorator], value: Value) -> Value:
    evaluated = [(decorator, m.evaluate(decorator.decorator)) for decorator in decorators]
    for node, decorator in reversed(evaluated):
        name = decorator.name if isinstance(decorator, Ref) else None
        if isinstance(decorator, Obj) and decorator.type == "decorator":
            name = next((k for k in decorator.fields), None)
        if isinstance(value, Func) and name in _KINDS:
            value.static = _KINDS[name]
        elif isinstance(value, Func) and name == "functools.cached_property":
            value.static = "property"
        elif name in _TRANSPARENT or (
            isinstance(decorator, Ref) and decorator.name.endswith((".setter", ".getter", ".deleter"))
        ):
            continue
        else:
            result = m.call(decorator, Args([value]), node.decorator)
            # A decorator that we don't follow most often gives back what it was given.
            value = value if isinstance(result, Anything) and result.carries else result
    return value


def _class(m: Machine, node: cst.ClassDef) -> bool:
    bases: list[Value] = []
    for argument in node.bases:
        bases.extend(alternatives(m.evaluate(argument.value)))
    keywords = {
        argument.keyword.value: m.evaluate(argument.value) for argument in node.keywords if argument.keyword
    }
    scope = Scope("class", m.scope)
    cls = Class(m.identifier(node.name.value), bases, scope.names)
    scope.cls = cls
    m.scope = scope
    try:
        block(m, node.body)
    finally:
        m.scope = scope.parent or scope
    cls.attributes = scope.names
    for name, value in list(cls.attributes.items()):
        if name.startswith("__"):
            # Python calls a special method by itself, at a time that we don't follow.
            for alternative in alternatives(value):
                if not isinstance(alternative, (Func, Const, Seq)):
                    attributes.let_go(m, [alternative], node)
    for base in bases:
        hook = base.lookup("__init_subclass__") if isinstance(base, Class) else None
        if hook is not None:
            m.call(hook, Args([cls], keywords), node)
    metaclass = keywords.get("metaclass")
    if metaclass is not None:
        m.call(metaclass, Args([Const(cls.name), m.sequence(list(bases), kind="tuple"), cls]), node)
    value = _decorated(m, node.decorators, cls)
    m.bind(cls.name, value)
    return True


def _type_alias(m: Machine, node: Any) -> bool:
    m.evaluate(node.value)
    return True


RULES: dict[type[cst.CSTNode], Callable[[Machine, Any], bool]] = {
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
    cst.Del: _delete,
    cst.Return: _return,
    cst.Raise: _raise,
    cst.Assert: _assert,
    cst.Global: _global,
    cst.Nonlocal: _nonlocal,
    cst.If: _if,
    cst.Else: _else,
    cst.Finally: _else,
    cst.While: _while,
    cst.For: _for,
    cst.Try: _try,
    cst.TryStar: _try,
    cst.With: _with,
    cst.Match: _match,
    cst.FunctionDef: _function,
    cst.ClassDef: _class,
    cst.TypeAlias: _type_alias,
}
