"""What makes classes, parts of them, and objects of them."""

from __future__ import annotations

import libcst as cst

from execgate.analysis import attributes, classes, described, escaping, storing
from execgate.analysis.machine import Machine
from execgate.analysis.models import data as data_models
from execgate.analysis.models import modelling
from execgate.analysis.values import (
    DYNAMIC,
    MAX_ALTERNATIVES,
    NONE,
    Anything,
    Args,
    Class,
    Const,
    Func,
    Inst,
    Map,
    Obj,
    Property,
    Ref,
    Seq,
    Super,
    Value,
    alternatives,
    derived,
    join,
    union,
)


def _type(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    if len(args.positional) == 3:
        return classes.built(m, args, node)
    target = args.get(0)
    results: list[Value] = []
    for alternative in alternatives(target) if target is not None else ():
        if isinstance(alternative, Inst):
            results.append(alternative.cls)
        elif isinstance(alternative, Obj) and alternative.type not in {
            DYNAMIC,
            attributes.NAMESPACE,
        }:
            results.append(attributes.type_of(alternative))
        else:
            results.append(derived("it is the type of a value", [alternative]))
    return union(results) if results else Anything("it is the type of nothing")


def _super(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    del node
    cls, receiver = args.get(0), args.get(1)
    scope = m.scope
    while scope.receiver is None and scope.parent is not None:
        scope = scope.parent
    if cls is None:
        cls, receiver = scope.cls, scope.receiver
    if receiver is None:
        receiver = scope.receiver
    supers = [
        Super(alternative, receiver)
        for alternative in (alternatives(cls) if cls is not None else ())
        if isinstance(alternative, Class) and receiver is not None
    ]
    return union(supers) if supers else Anything("it is the base of a class that is not known")


def _named_tuple(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    del m, node
    fields = args.get(1)
    found: list[str] = []
    if isinstance(fields, Const) and isinstance(fields.value, str):
        found = fields.value.replace(",", " ").split()
    elif isinstance(fields, Seq):
        found = [v.value for v in fields.items if isinstance(v, Const) and isinstance(v.value, str)]
    cls = Class("namedtuple", [], {})
    cls.fields.extend(found)
    cls.tuple = True
    return cls


def _fields(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    """Model `dataclasses.fields`, of a data class of the program or an instance of it."""
    del node
    results: list[Value] = []
    for alternative in alternatives(args.get(0) or NONE):
        cls = alternative.cls if isinstance(alternative, Inst) else alternative
        names = described.fields_of(cls) if isinstance(cls, Class) else []
        parts: list[Value] = [Obj(described.FIELD, {"name": Const(name)}) for name in names]
        results.append(
            m.sequence(parts, kind="tuple")
            if parts
            else derived("it describes the fields of an object", [alternative])
        )
    return union(results)


def _subclasses(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    """Model `Base.__subclasses__()` of a class of the program."""
    del node
    # Whoever calls this again may find more.
    m.frames[-1].stateful = True
    found = [cls.subclasses for cls in alternatives(args.get(0) or NONE) if isinstance(cls, Class)]
    below: list[Value] = [cls for classes_below in found for cls in classes_below]
    return m.sequence(below) if len(below) <= MAX_ALTERNATIVES else m.sequence([], union(below))


def _type_call(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    return union(
        classes.instance_of(m, alternative, args.without_first(), node)
        if isinstance(alternative, Class)
        else m.call(alternative, args.without_first(), node)
        for alternative in alternatives(args.get(0) or NONE)
    )


def _type_new(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    first = args.get(0)
    of = first if isinstance(first, Class) else None
    if len(args.positional) >= 4:
        return classes.built(m, args.without_first(), node, of)
    return _object_new(m, args, node)


def _object_new(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    given = args.without_first()
    results: list[Value] = []
    for alternative in alternatives(args.get(0) or NONE):
        if isinstance(alternative, Class):
            instance = Inst(alternative, m.path)
            alternative.instances[16:] = []
            alternative.instances.append(instance)
            for base in alternative.foreign_bases() if given.values() else ():
                if isinstance(base, Ref) and base.name not in _NO_PART_OF_IT:
                    # A text, a tuple or a path is made here, and not by `__init__`.
                    instance.made = join(instance.made, m.call(base, given, node))
            results.append(instance)
        elif isinstance(alternative, Ref) and given.values():
            results.append(m.call(alternative, given, node))
        else:
            results.append(derived("it is an object of a class that is not known", [alternative]))
    return union(results)


_NO_PART_OF_IT = frozenset({"builtins.object", "builtins.type", "enum.Enum"})
"""Bases that make nothing of what `__new__` is given."""


def _object_store(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    target, name, value = args.get(0), args.get(1), args.get(2)
    if target is None or name is None or value is None:
        return NONE
    for alternative in alternatives(name):
        if isinstance(alternative, Const) and isinstance(alternative.value, str):
            storing.store_raw(m, target, m.identifier(alternative.value), value, node)
        else:
            escaping.let_go(m, [value], node, (target,))
    return NONE


def _property(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    del m, node
    return Property(args.get(0, "fget"), args.get(1, "fset"), args.get(2, "fdel"))


def _property_part(part: str) -> modelling.Model:
    """Model `@x.setter` and its like, which give a property with one function replaced."""

    def model(m: Machine, args: Args, node: cst.CSTNode) -> Value:
        del m, node
        old, function = args.get(0), args.get(1)
        if not isinstance(old, Property):
            return old or NONE
        parts = {"getter": old.getter, "setter": old.setter, "deleter": old.deleter, part: function}
        return Property(parts["getter"], parts["setter"], parts["deleter"])

    return model


def _wrapper(kind: str) -> modelling.Model:
    """Model `staticmethod(f)` and `classmethod(f)`."""

    def model(m: Machine, args: Args, node: cst.CSTNode) -> Value:
        del m, node
        results: list[Value] = []
        for alternative in alternatives(args.get(0) or NONE):
            if isinstance(alternative, Func):
                wrapped = Func(alternative.node, alternative.scope, alternative.defaults)
                wrapped.static, wrapped.cls = kind, alternative.cls
                results.append(wrapped)
            else:
                results.append(alternative)
        return union(results)

    return model


def _field(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    del m, node
    return Obj("dataclasses.Field", dict(args.keywords))


def _replace(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    results: list[Value] = []
    for alternative in alternatives(args.get(0) or NONE):
        if isinstance(alternative, Inst):
            new = Inst(alternative.cls, m.path)
            new.attributes.update(alternative.attributes)
            new.attributes.update(args.keywords)
            results.append(new)
        else:
            escaping.let_go(m, args.keywords.values(), node, (alternative,))
            results.append(alternative)
    return union(results)


def _as_dict(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    del node
    return union(
        Map(dict(alternative.attributes), path=m.path)
        if isinstance(alternative, Inst)
        else derived("it is made of an object", [alternative])
        for alternative in alternatives(args.get(0) or NONE)
    )


def _as_tuple(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    del node
    return union(
        m.sequence(list(alternative.attributes.values()), kind="tuple")
        if isinstance(alternative, Inst)
        else derived("it is made of an object", [alternative])
        for alternative in alternatives(args.get(0) or NONE)
    )


def _namespace_object(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    cls = Class("SimpleNamespace", [], {})
    instance = Inst(cls, m.path)
    held = data_models.dictionary(m, args, node)
    if isinstance(held, Map):
        instance.attributes.update({k: v for k, v in held.items.items() if isinstance(k, str)})
        if held.more is not None:
            escaping.let_go(m, [held.more], node, (instance,))
    return instance


FUNCTIONS: dict[str, modelling.Model] = {
    "builtins.type.__call__": _type_call,
    "builtins.type.__new__": _type_new,
    "builtins.object.__new__": _object_new,
    "builtins.object.__setattr__": _object_store,
    "builtins.type.__setattr__": _object_store,
    "builtins.property": _property,
    "builtins.property.getter()": _property_part("getter"),
    "builtins.property.setter()": _property_part("setter"),
    "builtins.property.deleter()": _property_part("deleter"),
    "functools.cached_property": _property,
    "types.DynamicClassAttribute": _property,
    "enum.property": _property,
    "abc.abstractproperty": _property,
    "builtins.staticmethod": _wrapper("static"),
    "builtins.classmethod": _wrapper("class"),
    "dataclasses.field": _field,
    "dataclasses.replace": _replace,
    "copy.replace": _replace,
    "dataclasses.asdict": _as_dict,
    "dataclasses.astuple": _as_tuple,
    "builtins.type": _type,
    "builtins.super": _super,
    "builtins.type.__subclasses__()": _subclasses,
    "dataclasses.fields": _fields,
    "types.SimpleNamespace": _namespace_object,
    "collections.namedtuple": _named_tuple,
}
"""Where the values go that these functions are given."""
