"""What is between brackets: items of values, and what storing and deleting them means."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from execgate.analysis import attributes, escaping, iteration, names
from execgate.analysis.machine import Machine
from execgate.analysis.texts import from_parts, to_text
from execgate.analysis.values import (
    DYNAMIC,
    MAX_ALTERNATIVES,
    NONE,
    Anything,
    Args,
    Bound,
    Class,
    Const,
    Inst,
    Map,
    Num,
    Obj,
    Ref,
    Seq,
    Str,
    Value,
    alternatives,
    capabilities,
    derived,
    join,
    union,
)
from execgate.model.operation import DynamicCode, EnvironmentAccess, ModuleImport
from execgate.model.values import Hole, Text, Unknown
from execgate.operations import CATALOGUE, lookup


def index_of(m: Machine, node: cst.Subscript) -> Value:
    """Return what a subscript holds between its brackets."""
    if len(node.slice) == 1:
        inner = node.slice[0].slice
        if isinstance(inner, cst.Index):
            return m.evaluate(inner.value)
        return _slice(m, inner)
    items: list[Value] = []
    for element_node in node.slice:
        inner = element_node.slice
        items.append(m.evaluate(inner.value) if isinstance(inner, cst.Index) else _slice(m, inner))
    return m.sequence(items, kind="tuple")


def _slice(m: Machine, node: cst.BaseSlice) -> Value:
    bounds: list[int | None] = []
    exact = True
    for part in (getattr(node, "lower", None), getattr(node, "upper", None), getattr(node, "step", None)):
        value = m.evaluate(part) if part is not None else Const(None)
        if isinstance(value, Const) and (value.value is None or type(value.value) is int):
            bounds.append(value.value)
        else:
            exact = False
    return Const(slice(*bounds)) if exact else Obj("builtins.slice")


def item(m: Machine, receiver: Value, index: Value, node: cst.CSTNode) -> Value:
    """Return what `receiver[index]` can be."""
    results: list[Value] = []
    for target in alternatives(receiver):
        results.extend(_item(m, target, key, node) for key in alternatives(index)[:MAX_ALTERNATIVES])
    return union(results)


def _item(m: Machine, target: Value, key: Value, node: cst.CSTNode) -> Value:
    constant = key.value if isinstance(key, Const) else None
    if isinstance(target, Const) and isinstance(target.value, (str, bytes)):
        if isinstance(constant, (int, slice)) and not (isinstance(constant, slice) and constant.step == 0):
            try:
                return Const(target.value[constant])
            except (IndexError, TypeError):
                return Anything("its index is out of range")
        return Str((Hole.ANY,))
    if isinstance(target, Str):
        return _cut(target, constant)
    if isinstance(target, Seq):
        if isinstance(constant, slice):
            if target.more is None:
                try:
                    return m.sequence(target.items[constant], kind=target.kind)
                except ValueError:
                    return Anything("its slice has no step")
            return m.sequence([], target.element(), target.kind)
        if type(constant) is int and (target.more is None or 0 <= constant < len(target.items)):
            try:
                return join(target.items[constant], target.more if target.loose else None)
            except IndexError:
                return Anything("its index is out of range")
        return target.element() if not isinstance(key, Obj) else m.sequence([], target.element(), target.kind)
    if isinstance(target, Map):
        if isinstance(key, Const) and hashable(constant):
            if constant in target.items:
                missing = target.more if target.loose or constant in target.maybe else None
                return join(target.items[constant], missing)
            return target.more if target.more is not None else Anything("its key is not in the dictionary")
        return target.element()
    if isinstance(target, Obj):
        return _object_item(m, target, key, node)
    if isinstance(target, Inst):
        return _instance_item(m, target, key, node)
    if isinstance(target, Class):
        hook = target.lookup("__class_getitem__")
        if hook is not None:
            return m.call(hook, Args([target, key]), node)
        own = attributes.of_metaclass(m, target, "__getitem__", node)
        if own:
            return m.call(union(own), Args([key]), node)
        if target.members and isinstance(constant, str):
            return target.attributes.get(constant, NONE)
        return union([target, *iteration.members(target)])
    if isinstance(target, Ref):
        # `list[int]`, `Popen[str]`: a type with parameters is still that type.
        return target
    return derived("it is an item of an unknown value", [target])


def _instance_item(m: Machine, target: Inst, key: Value, node: cst.CSTNode) -> Value:
    hook = target.cls.lookup("__getitem__")
    if hook is not None:
        return m.call(attributes.bound(m, hook, target, node), Args([key]), node)
    results: list[Value] = []
    if target.made is not None:
        results.append(item(m, target.made, key, node))
        missing = target.cls.lookup("__missing__")
        if missing is not None:
            results.append(m.call(attributes.bound(m, missing, target, node), Args([key]), node))
    else:
        # A named tuple.
        fields = [v for name in target.cls.fields if (v := target.attributes.get(name)) is not None]
        if fields and len(fields) == len(target.cls.fields):
            return _item(m, m.sequence(fields, kind="tuple"), key, node)
        foreign = list(target.cls.foreign_bases())
        results.append(
            derived(f"it is an item of `{target.cls.name}`", [*foreign, *target.attributes.values()])
        )
    return union(results)


def hashable(value: object) -> bool:
    """Return whether a constant is a key that is told apart from others."""
    return isinstance(value, (str, bytes, int, float, bool, type(None)))


def _cut(target: Str, constant: object) -> Value:
    """Cut a text with holes where the cut lies within its literal start."""
    first = target.parts[0]
    if isinstance(first, str) and isinstance(constant, slice) and constant.step in {None, 1}:
        start, stop = constant.start or 0, constant.stop
        if 0 <= start <= len(first):
            if stop is None:
                return from_parts([first[start:], *target.parts[1:]])
            if 0 <= stop <= len(first):
                return Const(first[start:stop])
    return Str((Hole.ANY,))


def _object_item(m: Machine, target: Obj, key: Value, node: cst.CSTNode) -> Value:
    constant = key.value if isinstance(key, Const) else None
    if target.type == attributes.ENVIRON:
        name = to_text(key, "the name of the variable is not constant")
        m.report(EnvironmentAccess, node, operation="read", names=(name,), via="os.environ")
        return Anything("it comes from the environment")
    if target.type == attributes.SYS_MODULES:
        if constant == attributes.MAIN:
            return Ref(constant)
        if isinstance(constant, str):
            m.imported(constant, "sys.modules", node)
            return Ref(names.canonical(constant))
        m.report(DynamicCode, node, kind="import", via="sys.modules")
        m.report(
            ModuleImport, node, module=Unknown("the key of sys.modules is not constant"), via="sys.modules"
        )
        return Obj(DYNAMIC)
    if target.type == attributes.NAMESPACE:
        of = target.fields.get("of")
        if isinstance(constant, str) and of is not None:
            return attributes.get(m, of, constant, node)
        if isinstance(constant, str) and not constant.startswith("__"):
            return attributes.own_name(m, constant)
        m.report(DynamicCode, node, kind="namespace", via=attributes.namespace_of(target))
        return attributes.own_name(m, constant) if isinstance(constant, str) else Obj(DYNAMIC)
    if target.type == DYNAMIC:
        return target
    if lookup(f"{target.type}.__getitem__") is not None:
        return m.call(Bound(target, "__getitem__"), Args([key]), node)
    return derived(f"it is an item of a `{target.type}`", [target])


def store_item(m: Machine, receiver: Value, key: Value, value: Value, node: cst.CSTNode) -> None:
    """Set an item."""
    for target in alternatives(receiver):
        if isinstance(target, Seq):
            _store_in_sequence(m, target, key, value, node)
        elif isinstance(target, Map):
            _store_in_map(m, target, key, value)
        elif isinstance(target, Inst):
            hook = target.cls.lookup("__setitem__")
            if hook is not None:
                m.call(attributes.bound(m, hook, target, node), Args([key, value]), node)
            elif target.made is not None:
                store_item(m, target.made, key, value, node)
            else:
                escaping.let_go(m, [value], node)
        elif isinstance(target, Obj) and target.type == attributes.ENVIRON:
            name = to_text(key, "the name of the variable is not constant")
            m.report(EnvironmentAccess, node, operation="write", names=(name,), via="os.environ")
        elif isinstance(target, Obj) and target.type in {
            attributes.SYS_MODULES,
            attributes.NAMESPACE,
            DYNAMIC,
        }:
            _store_in_namespace(m, target, key, value, node)
        elif isinstance(target, Obj) and f"{target.type}.__setitem__" in CATALOGUE:
            m.call(Bound(target, "__setitem__"), Args([key, value]), node)
        else:
            escaping.let_go(m, [value], node, (target,))


def _store_in_map(m: Machine, target: Map, key: Value, value: Value) -> None:
    for view, whole in target.views:
        seen = m.sequence([key, value], kind="tuple") if whole else value
        view.more = m.merged(view.path, view.more, seen)
    m.leave(("container", target.site), value)
    constant = key.value if isinstance(key, Const) else None
    if isinstance(key, Const) and hashable(constant):
        if constant not in target.items and len(target.items) >= MAX_KEYS:
            target.more = m.merged(target.path, target.more, value)
            return
        old = target.items.get(constant)
        if m.replaces(target.path):
            m.passes(target, constant, old)
            m.changed(target.path, old, value)
            target.items[constant] = value
            target.maybe.discard(constant)
        else:
            if old is None:
                target.maybe.add(constant)
            target.items[constant] = m.merged(target.path, old, value)
        return
    if capabilities([key]):
        target.keys = m.merged(target.path, target.keys, key)
    # It may be any of the keys that are known.
    for known, old in target.items.items():
        if not (isinstance(key, Num) and isinstance(known, (str, bytes))):
            target.items[known] = m.merged(target.path, old, value)
    target.more = m.merged(target.path, target.more, value)


def _store_in_sequence(m: Machine, target: Seq, key: Value, value: Value, node: cst.CSTNode) -> None:
    m.leave(("container", target.site), value)
    constant = key.value if isinstance(key, Const) else None
    known = (
        type(constant) is int and target.more is None and -len(target.items) <= constant < len(target.items)
    )
    if known and type(constant) is int:
        old = target.items[constant]
        if m.replaces(target.path):
            m.passes(target, constant, old)
            m.changed(target.path, old, value)
            target.items[constant] = value
        else:
            target.items[constant] = m.merged(target.path, old, value)
        return
    if isinstance(constant, slice) or isinstance(key, Obj):
        # What stands behind a slice may move.
        value = union([iteration.element(m, value, node), *target.items])
        target.items = []
    for index, old in enumerate(target.items):
        target.items[index] = m.merged(target.path, old, value)
    target.more = m.merged(target.path, target.more, value)


def _store_in_namespace(m: Machine, target: Obj, key: Value, value: Value, node: cst.CSTNode) -> None:
    keys = alternatives(key)
    named = [k.value for k in keys if isinstance(k, Const) and isinstance(k.value, str)]
    if target.type == attributes.NAMESPACE and target.fields.get("of") is None and len(named) == len(keys):
        for name in named:
            old = m.scope.module.names.get(name) if len(named) > 1 else None
            m.bind(name, join(old, value), m.scope.module)
    else:
        via = attributes.namespace_of(target) if target.type == attributes.NAMESPACE else target.type
        m.report(DynamicCode, node, kind="namespace", via=via)
        escaping.let_go(m, [value], node)


def is_environment(value: Value) -> bool:
    """Return whether a value can be the mapping of the environment's variables."""
    return any(isinstance(held, Obj) and held.type == attributes.ENVIRON for held in alternatives(value))


def read_whole(m: Machine, values: Sequence[Value], node: cst.CSTNode) -> None:
    """Record that all that values hold is taken from them: of the environment that is every variable."""
    if any(map(is_environment, values)):
        m.report(EnvironmentAccess, node, operation="list", names=(), via="os.environ")


def update_environment(m: Machine, value: Value, node: cst.CSTNode) -> None:
    """Record which variables are set where a dictionary is added to the environment."""
    names: tuple[Text, ...] = (Unknown("not all names are known"),)
    if isinstance(value, Map) and value.more is None:
        names = tuple(key if isinstance(key, str) else str(key) for key in value.items)
    m.report(EnvironmentAccess, node, operation="write", names=names, via="os.environ")


def update(m: Machine, target: Map, value: Value) -> None:
    """Add what another dictionary holds."""
    for alternative in alternatives(value):
        held = alternative.made if isinstance(alternative, Inst) else alternative
        if isinstance(held, Map):
            certain = alternative is value
            for key, inner in list(held.items.items()):
                if certain and key not in held.maybe:
                    _store_in_map(m, target, Const(key), inner)
                else:
                    if key not in target.items:
                        target.maybe.add(key)
                    target.items[key] = m.merged(target.path, target.items.get(key), inner)
            more = held.more if held.keys is None else held.element()
            keys = held.keys
        else:
            more = derived("it comes from an unknown dictionary", [alternative])
            keys = None
        if isinstance(alternative, Inst) and alternative.cls.lookup("__getitem__") is not None:
            more = join(more, item(m, alternative, Str((Hole.ANY,)), cst.Name("_")))
        if more is not None:
            _store_in_map(m, target, join(keys, Anything("it is a key of an unknown dictionary")), more)


def delete_item(m: Machine, receiver: Value, key: Value, node: cst.CSTNode) -> None:
    """Delete an item."""
    for target in alternatives(receiver):
        if isinstance(target, Obj) and target.type == attributes.ENVIRON:
            name = to_text(key, "the name of the variable is not constant")
            m.report(EnvironmentAccess, node, operation="write", names=(name,), via="os.environ")
        elif isinstance(target, Seq):
            if target.items:
                target.more, target.items = target.element(), []
        elif isinstance(target, Map):
            forget(m, target, key)
        elif isinstance(target, Inst):
            hook = target.cls.lookup("__delitem__")
            if hook is not None:
                m.call(attributes.bound(m, hook, target, node), Args([key]), node)
            elif target.made is not None:
                delete_item(m, target.made, key, node)


def forget(m: Machine, target: Map, key: Value) -> None:
    """Take a key out of a dictionary."""
    m.version += 1
    if isinstance(key, Const) and hashable(key.value):
        if m.replaces(target.path):
            m.passes(target, key.value, target.items.pop(key.value, None))
        elif key.value in target.items:
            target.maybe.add(key.value)
    else:
        target.maybe.update(target.items)


def may_still_hold(m: Machine, container: Seq | Map, key: object, old: Value | None) -> None:
    """Undo that a change of a container is certain: what was there before it may be there still."""
    m.version += 1
    if isinstance(container, Map):
        if old is None or key not in container.items:
            container.maybe.add(key)
        if old is not None:
            container.items[key] = join(container.items.get(key), old)
        return
    held = [*container.items, *([old] if old is not None else [])]
    if held and not (old is None and container.loose):
        container.more = join(container.more, union(held))
        container.loose = True


MAX_KEYS = 256
"""How many keys of a dictionary are told apart."""
