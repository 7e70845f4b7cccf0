"""What setting an attribute means."""

from __future__ import annotations

import libcst as cst

from execgate.analysis import attributes, changing, escaping, names
from execgate.analysis.machine import Machine
from execgate.analysis.values import (
    DYNAMIC,
    PLAIN,
    Args,
    Class,
    Const,
    Func,
    Inst,
    Obj,
    Property,
    Ref,
    Value,
    alternatives,
    capabilities,
    join,
)
from execgate.model.operation import DynamicCode, EnvironmentAccess
from execgate.model.values import Unknown
from execgate.operations.modules import CONSTANTS


def store(m: Machine, receiver: Value, name: str, value: Value, node: cst.CSTNode) -> None:
    """Set an attribute."""
    if (name in names.INTROSPECTION and name not in names.OWN_HOOKS) or name in _DEFAULTS:
        m.report(DynamicCode, node, kind="introspection", via=name)
        return
    for target in alternatives(receiver):
        if isinstance(target, Inst):
            _store_on_instance(m, target, name, value, node)
        else:
            store_raw(m, target, name, value, node)


_DEFAULTS = {"__defaults__", "__kwdefaults__"}
"""What a function is called with where nothing is given."""


def _store_on_instance(m: Machine, target: Inst, name: str, value: Value, node: cst.CSTNode) -> None:
    if target.cls.intercepts:
        hook = target.cls.lookup("__setattr__")
        if hook is not None:
            m.call(attributes.bound(m, hook, target, node), Args([Const(name), value]), node)
    described = target.cls.lookup(name)
    for attribute in alternatives(described) if described is not None else ():
        if isinstance(attribute, Property):
            if attribute.setter is not None:
                m.call(attribute.setter, Args([target, value]), node)
            return
        if isinstance(attribute, Inst) and attribute.cls.lookup("__set__") is not None:
            m.call(attributes.get(m, attribute, "__set__", node), Args([target, value]), node)
            return
    store_raw(m, target, name, value, node)


def delete(m: Machine, receiver: Value, name: str, node: cst.CSTNode) -> None:
    """Delete an attribute."""
    for target in alternatives(receiver):
        if not isinstance(target, Inst):
            continue
        hook = target.cls.lookup("__delattr__")
        if hook is not None:
            m.call(attributes.bound(m, hook, target, node), Args([Const(name)]), node)
        described = target.cls.lookup(name)
        for attribute in alternatives(described) if described is not None else ():
            if isinstance(attribute, Property) and attribute.deleter is not None:
                m.call(attribute.deleter, Args([target]), node)
            elif isinstance(attribute, Inst) and attribute.cls.lookup("__delete__") is not None:
                m.call(attributes.get(m, attribute, "__delete__", node), Args([target]), node)


def store_raw(m: Machine, receiver: Value, name: str, value: Value, node: cst.CSTNode) -> None:
    """Set an attribute as `object` does."""
    for target in alternatives(receiver):
        if isinstance(target, Inst):
            if name == "__class__":
                _become(m, target, value, node)
                continue
            if target.gone:
                escaping.let_go(m, [value], node)
            m.leave((target.cls.name, name), value)
            target.attributes[name] = m.merged(target.path, target.attributes.get(name), value)
            for made in alternatives(target.made) if target.made is not None else ():
                if isinstance(made, Obj):
                    changing.changed(m, made, name, value, node, own=True)
            if m.late and not isinstance(value, PLAIN):
                m.reveal(f"{target.cls.name}.{name}", value)
        elif isinstance(target, Class):
            m.leave((target.name, name), value)
            held = target.attributes.get(name)
            target.attributes[name] = join(held, value) if held is not None else value
            m.rebound += 1
            if name.startswith("__"):
                escaping.let_go(m, [value], node)
        elif isinstance(target, Func):
            m.leave((target.name, name), value)
            target.attributes[name] = m.merged(0, target.attributes.get(name), value)
        elif isinstance(target, Obj) and target.type not in {DYNAMIC, attributes.NAMESPACE}:
            changing.changed(m, target, name, value, node)
            target.fields[name] = m.merged(target.path, target.fields.get(name), value)
            escaping.let_go(m, [value], node, (target,))
        else:
            if isinstance(target, Ref):
                changing.changed_on_module(m, target, name, value, node)
                _store_on_library(m, target, name, value, node)
            escaping.let_go(m, [value], node, (target,))


def _become(m: Machine, target: Inst, value: Value, node: cst.CSTNode) -> None:
    """`instance.__class__ = other`: from here on it is an instance of either."""
    for alternative in alternatives(value):
        if isinstance(alternative, Class) and alternative is not target.cls:
            target.cls = Class(target.cls.name, [target.cls, alternative], {}, certain=False)
        elif not isinstance(alternative, Class):
            m.gap("the class of an object is replaced by one that is not known", node)


def _store_on_library(m: Machine, target: Ref, name: str, value: Value, node: cst.CSTNode) -> None:
    if target.name == attributes.MAIN:
        m.bind(name, value, m.scope.module)
    elif f"{target.name}.{name}" == "os.environ":
        everything = (Unknown("all of it"),)
        m.report(EnvironmentAccess, node, operation="write", names=everything, via="os.environ")
    elif target.name == "sys" and name in _IMPORT_STATE:
        m.report(DynamicCode, node, kind="import", via=f"sys.{name}")
    elif target.name == "sys" and name in {"stdout", "stderr"}:
        pass
    elif (full := names.canonical(f"{target.name}.{name}")) in CONSTANTS or full == attributes.INTERPRETER:
        # Libraries that read it do something else from now on, and so does what this program has before it.
        m.moved = m.moved or full not in m.reset
        m.reset.add(full)
        m.report(DynamicCode, node, kind="attribute", via=full)
    elif names.standing(target.name) is not names.Standing.OPAQUE and (
        name.startswith("_") or capabilities([value])
    ):
        # Whoever calls the library calls this instead.
        m.report(DynamicCode, node, kind="attribute", via=f"{target.name}.{name}")


_IMPORT_STATE = {"path", "meta_path", "path_hooks", "modules"}
