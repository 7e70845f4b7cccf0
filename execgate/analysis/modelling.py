"""What models of functions share."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from execgate.analysis import attributes
from execgate.analysis.machine import Machine
from execgate.analysis.values import (
    DYNAMIC,
    NONE,
    Args,
    Const,
    Obj,
    Str,
    Value,
    alternatives,
    union,
)
from execgate.model.operation import DynamicCode
from execgate.model.values import Hole

ANY_TEXT = Str((Hole.ANY,))

Model = Callable[[Machine, Args, cst.CSTNode], Value]


def same(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    """Give back what is given."""
    del m, node
    value = args.get(0)
    return value if value is not None else NONE


def attribute_by_value(m: Machine, target: Value, name: Value, via: str, node: cst.CSTNode) -> Value:
    """Return an attribute whose name is a value: dynamic only where that is not constant."""
    results: list[Value] = []
    for alternative in alternatives(name):
        if isinstance(alternative, Const) and isinstance(alternative.value, str):
            results.append(attributes.get(m, target, m.identifier(alternative.value), node))
        else:
            m.report(DynamicCode, node, kind="attribute", via=via)
            results.append(Obj(DYNAMIC))
    return union(results)
