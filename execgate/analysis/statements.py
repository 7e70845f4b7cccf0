"""What each statement does to names, and which way it goes on.

Every rule returns whether the statement after it can be reached.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import libcst as cst

from execgate.analysis import (
    attributes,
    classes,
    imports,
    iteration,
    paths,
    storing,
    subscripts,
)
from execgate.analysis.growth import grew, is_number, widened
from execgate.analysis.machine import EXACT_TURNS, PARTED_TURNS, Machine
from execgate.analysis.names import BUILTINS
from execgate.analysis.narrowing import narrow
from execgate.analysis.scopes import Scope, merge
from execgate.analysis.values import (
    NONE,
    Anything,
    Args,
    Class,
    Const,
    Func,
    Inst,
    Map,
    Obj,
    Ref,
    Seq,
    Str,
    Union,
    Value,
    alternatives,
    capabilities,
    derived,
    join,
    union,
)
from execgate.operations.types import FILES

MAX_TURNS = 12
"""How many turns of a loop are followed at most, until they add nothing."""


MAX_UNROLLED = 64
"""How many turns of a loop are followed one by one, where each adds to a text."""


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
    from execgate.analysis.expressions import AUGMENTED, binary

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


def _return(m: Machine, node: cst.Return) -> bool:
    m.frames[-1].returned.append(m.evaluate(node.value) if node.value is not None else NONE)
    return False


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
        _back(m, rebound)
    if not ends:
        scope.names = start
        return False
    merged = ends[0]
    for end in ends[1:]:
        merged = merge(merged, end, scope, fallback)
    scope.names = merged
    return True


def _back(m: Machine, rebound: int) -> None:
    """Note that names may stand again for what they did before: what calls gave since may not hold."""
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
    return block(m, body) if body is not None else True


def _else(m: Machine, node: cst.Else | cst.Finally) -> bool:
    return block(m, node.body)


def _while(m: Machine, node: cst.While) -> bool:
    def turn() -> None:
        m.evaluate(node.test)
        block(m, node.body)

    _loop(m, turn, node)
    if node.orelse is not None:
        m.run(node.orelse)
    return True


def _for(m: Machine, node: cst.For) -> bool:
    iterable = m.evaluate(node.iter)
    items = iteration.exact_items(m, iterable)
    if items is not None and 1 < len(items) <= MAX_UNROLLED and _puts_text_together(m, node.body, items):
        for item in items:
            assign(m, node.target, item)
            block(m, node.body)
    else:
        element = iteration.element(m, iterable, node.iter)

        def turn() -> None:
            assign(m, node.target, element)
            block(m, node.body)

        _loop(m, turn, node)
    if node.orelse is not None:
        m.run(node.orelse)
    return True


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
            _back(m, rebound)
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


def _try(m: Machine, node: cst.Try | cst.TryStar) -> bool:
    scope = m.scope
    start = dict(scope.names)
    outer, m.trail = m.trail, []
    before, rebound = m.branch(), m.rebound
    reached = block(m, node.body)
    m.rejoin(before)
    _back(m, rebound)
    trail, m.trail = m.trail, outer
    if outer is not None:
        outer.extend(trail)
    # An exception may come from anywhere in the body.
    raised = merge(start, scope.names, scope, fallback)
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
                assign(m, handler.name.name, caught(m))
            return block(m, handler.body)

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
    reached = block(m, node.body)
    for manager, place in reversed(managers):
        # Whoever leaves may swallow what was raised, and go on.
        reached = iteration.leave(m, manager, place) or reached
    return reached


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
