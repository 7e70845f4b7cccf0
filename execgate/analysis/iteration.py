"""What values give out one by one, in loops, `with` statements and unpacking."""

from __future__ import annotations

import libcst as cst

from execgate.analysis import attributes, paths
from execgate.analysis.machine import Machine
from execgate.analysis.values import (
    DYNAMIC,
    MAX_ALTERNATIVES,
    NUM,
    PLAIN,
    Anything,
    Args,
    Bound,
    Class,
    Const,
    Inst,
    Map,
    Obj,
    Seq,
    Str,
    Value,
    alternatives,
    derived,
    join,
    union,
)
from execgate.model.operation import EnvironmentAccess
from execgate.model.values import Hole
from execgate.operations import CATALOGUE


def members(cls: Class) -> list[Value]:
    """Return the members of an enumeration."""
    return [value for name, value in cls.attributes.items() if name in cls.members]


def exact_items(m: Machine, value: Value) -> list[Value] | None:
    """Return the elements of a value whose elements are all known, in order; else None."""
    if isinstance(value, Seq) and value.more is None:
        # A set of several has no order that is known.
        return list(value.items) if value.kind != "set" or len(value.items) < 2 else None
    if isinstance(value, Const) and isinstance(value.value, str) and len(value.value) <= MAX_ALTERNATIVES:
        return [Const(letter) for letter in value.value]
    if isinstance(value, Const) and isinstance(value.value, bytes) and len(value.value) <= MAX_ALTERNATIVES:
        return [Const(number) for number in value.value]
    if isinstance(value, Map) and value.more is None and value.keys is None:
        return [Const(key) for key in value.items]
    if isinstance(value, Inst) and value.cls.lookup("__iter__") is None:
        if value.made is not None:
            return exact_items(m, value.made)
        fields = value.cls.fields
        if value.cls.tuple and fields and all(name in value.attributes for name in fields):
            return [value.attributes[name] for name in fields]
    return None


def element(m: Machine, iterable: Value, node: cst.CSTNode) -> Value:
    """Return what one element of an iterable can be."""
    results: list[Value] = []
    for value in alternatives(iterable):
        items = exact_items(m, value)
        if items is not None:
            results += items or [Anything("it is an element of an empty sequence")]
        elif isinstance(value, Seq):
            results.append(value.element())
        elif isinstance(value, Map):
            results.append(join(value.keys, Anything("it is a key of a dictionary")))
        elif isinstance(value, (Const, Str)):
            results.append(Str((Hole.ANY,)))
        elif isinstance(value, Obj):
            results.append(_object_element(m, value, node))
        elif isinstance(value, Inst):
            results.append(_instance_element(m, value, node))
        elif isinstance(value, Class):
            hooks = attributes.of_metaclass(m, value, "__iter__", node)
            if hooks:
                results.append(element(m, m.call(union(hooks), Args(), node), node))
            results += members(value) or [derived("it is an element of a class", [value])]
        else:
            results.append(derived("it is an element of an unknown value", [value]))
    return union(results)


def _object_element(m: Machine, value: Obj, node: cst.CSTNode) -> Value:
    if value.type == attributes.ENVIRON:
        m.report(EnvironmentAccess, node, operation="list", names=(), via="os.environ")
        return Anything("it comes from the environment")
    if value.type == DYNAMIC:
        return value
    if value.type in {attributes.NAMESPACE, attributes.SYS_MODULES}:
        return Str((Hole.ANY,))
    if value.type == "builtins.range":
        return NUM
    if value.type.startswith("io."):
        return Anything("it was read from a file")
    if f"{value.type}.__iter__" in CATALOGUE:
        return element(m, m.call(Bound(value, "__iter__"), Args(), node), node)
    return derived(f"it is an element of a `{value.type}`", [value])


def _instance_element(m: Machine, value: Inst, node: cst.CSTNode) -> Value:
    hook = value.cls.lookup("__iter__") or value.cls.lookup("__aiter__")
    step = value.cls.lookup("__next__") or value.cls.lookup("__anext__")
    results: list[Value] = []
    for iterator in (
        alternatives(m.call(attributes.bound(m, hook, value, node), Args(), node)) if hook is not None else ()
    ):
        if iterator is value:
            continue
        own = isinstance(iterator, Inst) and iterator.cls is value.cls
        if not own:
            results.append(element(m, iterator, node))
    if step is not None:
        results.append(m.call(attributes.bound(m, step, value, node), Args(), node))
    hook = value.cls.lookup("__getitem__") if not results else None
    if hook is not None:
        results.append(m.call(attributes.bound(m, hook, value, node), Args([NUM]), node))
    if value.made is not None and not results:
        results.append(element(m, value.made, node))
    held = [*value.attributes.values()]
    return union(results) if results else derived(f"it is an element of `{value.cls.name}`", [value, *held])


def enter(m: Machine, manager: Value, node: cst.CSTNode) -> Value:
    """Return what `with manager as x` binds x to."""
    results: list[Value] = []
    for value in alternatives(manager):
        if isinstance(value, Inst):
            hook = value.cls.lookup("__enter__") or value.cls.lookup("__aenter__")
            results.append(
                m.call(attributes.bound(m, hook, value, node), Args(), node) if hook is not None else value
            )
        elif isinstance(value, Seq) and value.kind == "generator":
            # It stands under `contextmanager`.
            results.append(value.element())
        elif isinstance(value, Obj) and value.type == "tempfile.TemporaryDirectory":
            results.append(paths.temporary(value.fields.get("dir")))
        else:
            results.append(value)
    return union(results)


def may_swallow(manager: Value) -> bool:
    """Return whether the end of a `with` may keep an exception from going on."""
    for value in alternatives(manager):
        if isinstance(value, Inst):
            if value.cls.lookup("__exit__") or value.cls.lookup("__aexit__"):
                return True
        elif isinstance(value, (Seq, Anything)) or (isinstance(value, Obj) and value.type in _SWALLOWING):
            return True
    return False


_SWALLOWING = frozenset({"contextlib.ExitStack", "contextlib.AsyncExitStack", DYNAMIC, PLAIN})
"""Library objects that swallow what they are told to, and those of which nothing is known."""


def leave(m: Machine, manager: Value, node: cst.CSTNode) -> bool:
    """Follow the end of a `with`, and return whether it may swallow an exception."""
    swallows = False
    for value in alternatives(manager):
        if isinstance(value, Inst):
            hook = value.cls.lookup("__exit__") or value.cls.lookup("__aexit__")
            if hook is not None:
                raised = m.draw("raised")
                given = Args([Anything("the type of an exception", raised)] * 2)
                given.positional.append(Obj("types.TracebackType"))
                result = m.call(attributes.bound(m, hook, value, node), given, node)
                swallows = swallows or any(
                    not isinstance(r, Const) or bool(r.value) for r in alternatives(result)
                )
        elif isinstance(value, (Seq, Anything)):
            swallows = True
    return swallows


def extend(m: Machine, target: Seq, value: Value) -> None:
    """Add the elements of `value` to a list in place."""
    items = exact_items(m, value)
    if m.at_any_time:
        m.leave(("container", target.site), element(m, value, cst.Name("_")))
    if (
        items is not None
        and target.more is None
        and target.path == m.path
        and len(target.items) + len(items) <= MAX_ITEMS
    ):
        if items:
            m.version += 1
            m.oldest = min(m.oldest, target.path)
            m.passes(target, None)
        target.items.extend(items)
        return
    added = union(items) if items else (value.element() if isinstance(value, Seq) else None)
    if added is None:
        added = derived("it comes from an unknown value", [value])
    target.more = m.merged(target.path, target.more, added)


MAX_ITEMS = 4096
"""How many elements of a list are told apart."""
