"""What models of functions share."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from execgate.analysis import attributes
from execgate.analysis.machine import Machine
from execgate.analysis.values import (
    DYNAMIC,
    NONE,
    Anything,
    Args,
    Class,
    Const,
    Inst,
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
            continue
        known = _named_like(target, alternative)
        if known is not None:
            results += [attributes.get(m, target, found, node) for found in known]
            continue
        m.report(DynamicCode, node, kind="attribute", via=via)
        results.append(Obj(DYNAMIC))
    return union(results) if results else Anything("it has no attribute of such a name")


def _named_like(target: Value, name: Value) -> list[str] | None:
    """Return which attributes of the program's own objects `do_*` can name; None where it can name others.

    What starts with an underscore can lead anywhere.
    """
    first = name.parts[0] if isinstance(name, Str) else None
    if not isinstance(first, str) or first.startswith("_"):
        return None
    own = own_names(target)
    return [found for found in own if found.startswith(first)] if own is not None else None


def own_names(target: Value) -> list[str] | None:
    """Return the attributes of the program's own objects; None where there may be others."""
    found: dict[str, None] = {}
    for alternative in alternatives(target):
        cls = alternative.cls if isinstance(alternative, Inst) else alternative
        if not isinstance(cls, Class) or cls.intercepts or cls.lookup("__getattr__") is not None:
            return None
        if not all(isinstance(base, Class) for base in cls.mro):
            return None
        held = alternative.attributes if isinstance(alternative, Inst) else {}
        own = [cls.attributes for cls in cls.mro if isinstance(cls, Class)]
        found.update(dict.fromkeys(n for names in (held, *own) for n in names))
    return list(found)
