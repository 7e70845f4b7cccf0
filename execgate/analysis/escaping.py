"""What becomes of capabilities that go where they are not followed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import libcst as cst

from execgate.analysis import attributes, names
from execgate.analysis.machine import Machine
from execgate.analysis.values import (
    Anything,
    Args,
    Bound,
    Class,
    Func,
    Inst,
    Method,
    Obj,
    Partial,
    Ref,
    Value,
    alternatives,
    capabilities,
)
from execgate.model.operation import DynamicCode, EnvironmentAccess
from execgate.operations import CATALOGUE
from execgate.operations.types import FILES


def let_go(m: Machine, values: Iterable[Value], node: cst.CSTNode, with_them: Sequence[Value] = ()) -> None:
    """Judge capabilities that go where we don't follow them: whoever has them may use them, with anything."""
    gone = capabilities(values)
    if not gone:
        return
    carried = capabilities([*gone, *with_them])
    for value in gone:
        rule = _LET_GO.get(type(value))
        if rule is not None:
            rule(m, value, carried, node)


_UNSEEN = "it is called by code that is not seen here"


def _let_function_go(m: Machine, value: Func, carried: Sequence[Value], node: cst.CSTNode) -> None:
    del node
    m.escape(value, carried)


def _let_method_go(m: Machine, value: Method, carried: Sequence[Value], node: cst.CSTNode) -> None:
    if isinstance(value.function, Func):
        m.escape(value.function, carried)
    elif not isinstance(value.receiver, Anything):
        let_go(m, [value.function], node, carried)


def _let_reference_go(m: Machine, value: Ref, carried: Sequence[Value], node: cst.CSTNode) -> None:
    del carried
    if value.name in CATALOGUE:
        m.call(value, Args(rest=Anything(_UNSEEN)), node)
    elif names.is_known_module(value.name) and names.standing(value.name) is not names.Standing.PURE:
        m.gap(f"the module `{value.name}` goes where it is not followed", node, "use it where it is imported")


def _let_bound_go(m: Machine, value: Bound, carried: Sequence[Value], node: cst.CSTNode) -> None:
    del carried
    if not isinstance(value.receiver, Anything):
        m.call(value, Args(rest=Anything(_UNSEEN)), node)


def _let_partial_go(m: Machine, value: Partial, carried: Sequence[Value], node: cst.CSTNode) -> None:
    let_go(m, [value.function, *value.args.values()], node, carried)


def _let_object_go(m: Machine, value: Obj, carried: Sequence[Value], node: cst.CSTNode) -> None:
    del carried
    if value.type in FILES:
        m.written.let_go(value, node, m.statement)
    if value.type == attributes.ENVIRON:
        m.report(EnvironmentAccess, node, operation="list", names=(), via="os.environ")
    elif value.type == attributes.NAMESPACE:
        m.report(DynamicCode, node, kind="namespace", via=attributes.namespace_of(value))


def _let_class_go(m: Machine, value: Class, carried: Sequence[Value], node: cst.CSTNode) -> None:
    del node
    m.step()
    for attribute in value.attributes.values():
        for alternative in alternatives(attribute):
            if isinstance(alternative, Func):
                m.escape(alternative, carried)


def _let_instance_go(m: Machine, value: Inst, carried: Sequence[Value], node: cst.CSTNode) -> None:
    if not value.gone:
        m.step()
        value.gone = True
        held = [v for v in value.attributes.values() if not isinstance(v, (Func, Class))]
        let_go(m, held, node, carried)


_LET_GO: dict[type[Value], Callable[[Machine, Any, Sequence[Value], cst.CSTNode], None]] = {
    Func: _let_function_go,
    Method: _let_method_go,
    Ref: _let_reference_go,
    Bound: _let_bound_go,
    Partial: _let_partial_go,
    Obj: _let_object_go,
    Class: _let_class_go,
    Inst: _let_instance_go,
}
