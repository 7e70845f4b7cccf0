"""What attributes of values are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import libcst as cst

from execgate.analysis import changing, described, names, paths
from execgate.analysis.machine import Machine
from execgate.analysis.texts import DATE_TYPES, UUID
from execgate.analysis.values import (
    DYNAMIC,
    NONE,
    NUM,
    Anything,
    Args,
    Bound,
    Class,
    Const,
    Func,
    Inst,
    Interpreter,
    Map,
    Method,
    Num,
    Obj,
    Partial,
    Property,
    Ref,
    Str,
    Super,
    Union,
    Value,
    alternatives,
    derived,
    union,
)
from execgate.model.operation import DynamicCode, ModuleImport
from execgate.model.values import Hole
from execgate.operations import ATTRIBUTES, CATALOGUE, modules
from execgate.operations.submodules import SUBMODULES

NAMESPACE = "namespace"
"""The type of the dictionary of a module; the field `of` is the module."""


def namespace_of(namespace: Obj) -> str:
    """Return how a module's dictionary was reached, for people."""
    of = namespace.fields.get("of")
    return f"{of.name}.__dict__" if isinstance(of, Ref) else "globals"


ENVIRON = "os._Environ"

INTERPRETER = "sys.executable"

SYS_MODULES = "sys.modules"

SYS_PATH = "sys.path"
"""The type of the lists that decide where imports come from."""

_SPECIAL = {
    "os.environ": ENVIRON,
    "os.environb": ENVIRON,
    "sys.modules": SYS_MODULES,
    "sys.path": SYS_PATH,
    "sys.meta_path": SYS_PATH,
    "sys.path_hooks": SYS_PATH,
    "sys.path_importer_cache": SYS_PATH,
}


def get(m: Machine, value: Value, name: str, node: cst.CSTNode) -> Value:
    """Return what attribute `name` of `value` can be."""
    m.step()
    if isinstance(value, Union):
        return union(get(m, alternative, name, node) for alternative in value.values)
    if name == "__getattribute__":
        reader = _reader(value)
        if reader is not None:
            return reader
    if name in names.INTROSPECTION and not _own(value, name):
        m.report(DynamicCode, node, kind="introspection", via=name)
        return Obj(DYNAMIC)
    rule = _GET.get(type(value))
    if rule is not None:
        return rule(m, value, name, node)
    return Bound(value, name)


def _of_number(m: Machine, value: Const | Str | Num, name: str, node: cst.CSTNode) -> Value:
    del m, node
    if isinstance(value, Const) and value.value is None:
        return Anything("it is an attribute of None")
    return NUM if name in {"real", "imag", "numerator", "denominator"} else Bound(value, name)


def _of_bound(m: Machine, value: Bound, name: str, node: cst.CSTNode) -> Value:
    """Return an attribute of what is an attribute rather than a method, then, of something not known."""
    owner = value.receiver.type if isinstance(value.receiver, Obj) else None
    why = f"`{value.name}` of a `{owner}` is not known" if owner else f"`{value.name}` is not known"
    return get(m, derived(why, [value.receiver]), name, node)


def _of_anything(m: Machine, value: Anything, name: str, node: cst.CSTNode) -> Value:
    place = id(value), name
    if place in m.reading:
        return Bound(value, name)  # what it carries leads back to it
    m.reading.add(place)
    try:
        reached = [get(m, carried, name, node) for carried in value.carries]
    finally:
        m.reading.discard(place)
    return union([Bound(value, name), *reached, *_of_exception(m, name)])


def _of_exception(m: Machine, name: str) -> tuple[Value, ...]:
    """Return what an exception can lead to: others, and what a generator returned."""
    if name == "exceptions":
        return (m.sequence([], Anything("it is one of a group", m.draw("raised"))),)
    return m.draw("raised") if name in {"__cause__", "__context__", "value"} else ()


def _of_function(m: Machine, value: Func, name: str, node: cst.CSTNode) -> Value:
    if name == "__dict__":
        return Map(value.attributes, path=NEVER)
    del node
    if name in value.attributes:
        m.frames[-1].stateful = True
        return m.reread((value.name, name), value.attributes[name]) or NONE
    if name == "__defaults__":
        return m.sequence([*value.defaults.values()], NONE, "tuple")
    if name == "__kwdefaults__":
        return Map(dict(value.defaults), path=NEVER)
    if name in {"__annotations__", "__type_params__"}:
        return Map({}, derived("it is an annotation", value.annotations), NEVER)
    return m.reread((value.name, name), Bound(value, name)) or NONE


def _of_partial(m: Machine, value: Partial, name: str, node: cst.CSTNode) -> Value:
    del node
    if name == "func":
        return value.function
    if name == "args":
        return m.sequence(list(value.args.positional), value.args.rest, "tuple")
    if name == "keywords":
        return Map(dict(value.args.keywords), value.args.others, m.path)
    return Bound(value, name)


def _of_property(m: Machine, value: Property, name: str, node: cst.CSTNode) -> Value:
    del m, node
    if name in {"setter", "getter", "deleter"}:
        return Partial(Ref(f"builtins.property.{name}()"), Args([value]))
    if name == "fget":
        return value.getter or NONE
    if name == "fset":
        return value.setter or NONE
    if name == "fdel":
        return value.deleter or NONE
    return Bound(value, name)


def _own(value: Value, name: str) -> bool:
    """Return whether reaching an attribute is no introspection: a class's own hook, a module's function."""
    if name == "__import__":
        return isinstance(value, Ref) and value.name in {"builtins", "importlib"}
    if name in {"__subclasses__", "__bases__", "__base__", "__mro__"}:
        return isinstance(value, Class) and all(isinstance(base, Class) for base in value.mro)
    return name in names.OWN_HOOKS and isinstance(value, (Inst, Class, Super))


def _reader(value: Value) -> Value | None:
    """Return what `__getattribute__` of a value is: `getattr` of it, or of an instance of it.

    None where the program may have written its own, or it can't be told.
    """
    if isinstance(value, (Anything, Super)) or (isinstance(value, Obj) and value.type == DYNAMIC):
        return None
    cls = value.cls if isinstance(value, Inst) else value
    if isinstance(cls, Class) and cls.lookup("__getattribute__") is not None:
        return None
    of_instances = isinstance(value, Class) or (isinstance(value, Ref) and value.name in _TYPES)
    return _GETATTR if of_instances else Partial(_GETATTR, Args([value]))


_GETATTR = Ref("builtins.getattr")

_TYPES = frozenset({"builtins.object", "builtins.type", "types.ModuleType", "types.SimpleNamespace"})
"""Types whose way of reading attributes is called with an instance."""


def of_reference(m: Machine, value: Ref, name: str, node: cst.CSTNode) -> Value:
    """Return what a library's module, class or function has under a name: judged by what it is."""
    written = f"{value.name}.{name}"
    if value.name == MAIN:
        return own_name(m, name)
    full = names.canonical(written)
    if full in _SPECIAL:
        return Obj(_SPECIAL[full])
    if name == "__call__" and full not in CATALOGUE and value.name != "builtins.type":
        return value
    if written in SUBMODULES:
        return Ref(written)
    if full != written and names.module_behind(written) is not None:
        # A module stays what it is, whoever re-exports it.
        if names.is_known_module(full) or full.partition(".")[0] != written.partition(".")[0]:
            m.imported(full, written, node)
        return Ref(full)
    if full in m.reset:
        return Anything(f"the program sets `{full}`")
    if full in modules.CONSTANTS:
        return Const(modules.CONSTANTS[full])
    if full == INTERPRETER:
        return Str((Hole.ANY,), (Interpreter.PATH,))
    if full in ATTRIBUTES:
        kind = ATTRIBUTES[full]
        return Obj(kind)
    if name == "__dict__":
        m.report(DynamicCode, node, kind="namespace", via=full)
        return Obj(NAMESPACE, {"of": value})
    if name == "__class__":
        return Anything("it is the type of a library's object")
    if full in CATALOGUE or names.is_known_module(full):
        return Ref(full)
    hidden = names.hidden_module(value.name, name)
    if hidden is not None:
        m.report(ModuleImport, node, module=hidden, via=written)
        return Ref(names.canonical(hidden))
    return Ref(full)


def _of_object(m: Machine, value: Obj, name: str, node: cst.CSTNode) -> Value:
    if value.type == DYNAMIC:
        return value
    if value.type == NAMESPACE:
        return Bound(value, name)
    if name == "__class__":
        return type_of(value)
    if name == "__dict__" and changing.acts(value):
        m.report(DynamicCode, node, kind="namespace", via=f"{value.type}.__dict__")
    if value.type in _PARTS:
        found = _PARTS[value.type].get(name)
        if found is not None:
            return found
    if value.type == paths.PATH:
        found = paths.attribute(value, name)
        if found is not None:
            return found
    full = names.canonical(f"{value.type}.{name}")
    if full in ATTRIBUTES:
        # What is below an open file is the same file.
        return Obj(ATTRIBUTES[full], value.fields if ATTRIBUTES[full] == value.type else dict(value.fields))
    if name in value.fields and full not in CATALOGUE:
        return value.fields[name]
    if name == "name" and "file" in value.fields:
        return value.fields["file"]
    if name == "name" and value.type in {"io.File", "tempfile.TemporaryDirectory"}:
        return paths.temporary(value.fields.get("dir"))
    if f"{value.type}.__getattr__" in CATALOGUE and full not in CATALOGUE:
        return m.call(Bound(value, "__getattr__"), Args([Const(name)]), node)
    return union([Bound(value, name), *_of_exception(m, name)])


_DATE_PARTS: dict[str, Value] = dict.fromkeys(
    ("year", "month", "day", "hour", "minute", "second", "microsecond"), NUM
)

_PARTS: dict[str, dict[str, Value]] = {
    **dict.fromkeys(DATE_TYPES, _DATE_PARTS),
    UUID: {"hex": Str((Hole.WORD,)), "int": NUM},
}
"""Attributes of objects of the standard library that have a form."""


def type_of(value: Obj) -> Ref:
    """Return the class of a library's object."""
    # The class of an open file opens others.
    return Ref("builtins.open" if value.type == "io.File" else value.type)


def _of_instance(m: Machine, value: Inst, name: str, node: cst.CSTNode) -> Value:
    if name == "__class__":
        return value.cls
    if name == "__dict__":
        return Map(value.attributes, path=NEVER)
    found: list[Value] = []
    if value.cls.intercepts and name != "__getattribute__":
        hook = value.cls.lookup("__getattribute__")
        if hook is not None:
            found.append(m.call(bound(m, hook, value, node), Args([Const(name)]), node))
    if name in value.attributes:
        found.append(value.attributes[name])
    inherited = value.cls.lookup(name)
    if inherited is not None:
        found += [
            bound(m, alternative, value, node)
            for alternative in alternatives(inherited)
            if not (found and isinstance(alternative, Obj) and alternative.type == described.FIELD)
        ]
    if not found and name in described.OF_INSTANCES:
        declared = described.of_class(m, value.cls, name)
        found += [declared] if declared is not None else []
    if not found or value.made is not None:
        foreign = [_of_base(m, base, name, node, value) for base in value.cls.foreign_bases()]
        found += foreign if not found else [f for f in foreign if not isinstance(f, Bound)]
        hook = value.cls.lookup("__getattr__")
        if hook is not None:
            found.append(m.call(bound(m, hook, value, node), Args([Const(name)]), node))
    result = (
        union(found) if found else Anything(f"attribute `{name}` of `{value.cls.name}` is set nowhere here")
    )
    return _at_any_time(m, value.cls, name, result) or result


def _at_any_time(m: Machine, cls: Class, name: str, value: Value | None) -> Value | None:
    """Return what an attribute can be where code that may run at any time sets it."""
    if m.timeless:
        for base in cls.mro:
            if isinstance(base, Class):
                value = m.reread((base.name, name), value)
    return value


def bound(m: Machine, attribute: Value, receiver: Inst, node: cst.CSTNode) -> Value:
    """Return what looking a class's attribute up on an instance gives."""
    if isinstance(attribute, Func):
        if attribute.static == "static":
            return attribute
        return Method(attribute, receiver.cls if attribute.static == "class" else receiver)
    if isinstance(attribute, Union):
        return union(bound(m, alternative, receiver, node) for alternative in attribute.values)
    return _described(m, attribute, receiver, receiver.cls, node)


def _described(m: Machine, attribute: Value, receiver: Value, cls: Class, node: cst.CSTNode) -> Value:
    """Return what an attribute of a class gives that may be a descriptor."""
    if isinstance(attribute, Property) and receiver is not NONE:
        return m.call(attribute.getter, Args([receiver]), node) if attribute.getter is not None else NONE
    if isinstance(attribute, Partial) and attribute.function is PARTIAL_METHOD:
        function, *given = attribute.args.positional
        return Partial(function, Args([receiver, *given], dict(attribute.args.keywords)))
    if isinstance(attribute, Inst):
        hook = attribute.cls.lookup("__get__")
        if hook is not None:
            return m.call(bound(m, hook, attribute, node), Args([receiver, cls]), node)
    return attribute


PARTIAL_METHOD = Ref("functools.partialmethod()")
"""What stands for the function in a `partialmethod`, which comes first among its arguments."""


def _of_base(m: Machine, base: Value, name: str, node: cst.CSTNode, receiver: Value) -> Value:
    """Return what a base that a library defines gives an instance: its method."""
    if name in _MIXED_IN and isinstance(receiver, Inst) and isinstance(base, Ref):
        mixed = _mixed_in(m, base, name, node, receiver)
        if mixed is not None:
            return mixed
    if isinstance(receiver, Inst) and receiver.made is not None:
        return get(m, receiver.made, name, node)
    if isinstance(base, Ref):
        if f"{base.name}.{name}" in CATALOGUE:
            return Bound(Obj(base.name), name)
        if name == "__init__" and not base.name.startswith("builtins."):
            return Partial(Ref(f"{base.name}.__init__"), Args([receiver]))
        return Bound(Anything(f"`{base.name}` defines it"), name)
    return (
        get(m, base, name, node)
        if not isinstance(base, Anything)
        else Bound(derived(base.why, [receiver]), name)
    )


_MIXED_IN = frozenset("get items keys pop popitem setdefault values".split())
"""What the classes for containers of one's own make of the methods that every such class has to have."""


def _mixed_in(m: Machine, base: Ref, name: str, node: cst.CSTNode, receiver: Inst) -> Value | None:
    """Return a method that asks the program's own `__getitem__`, None where there is none to ask."""
    own = receiver.cls.lookup("__getitem__")
    if own is None or not base.name.startswith(("collections.abc.", "collections.User")):
        return None
    key = Args([Anything("it is any key")])
    given = m.call(get(m, receiver, "__getitem__", node), key, node)
    return Bound(derived("it is what `__getitem__` gives", [given]), name)


def _of_class(m: Machine, value: Class, name: str, node: cst.CSTNode) -> Value:
    found = value.lookup(name)
    found = _at_any_time(m, value, name, found)
    if found is not None:
        return union(_on_class(m, alternative, value, node) for alternative in alternatives(found))
    if name == "__dict__":
        return Map(value.attributes, path=NEVER)
    declared = described.of_class(m, value, name)
    if declared is not None:
        return declared
    if name in {"__name__", "__qualname__"}:
        return Const(value.name)
    if name in {"__members__", "_member_map_"}:
        return Map(dict(value.attributes))
    results = [get(m, base, name, node) for base in value.foreign_bases() if isinstance(base, Ref)]
    results += of_metaclass(m, value, name, node)
    return (
        union(results) if results else Anything(f"attribute `{name}` of `{value.name}` is set nowhere here")
    )


def of_metaclass(m: Machine, value: Class, name: str, node: cst.CSTNode) -> list[Value]:
    """Return what a class's own class has under a name, for that class."""
    if not isinstance(value.metaclass, Class):
        return []
    found = value.metaclass.lookup(name)
    if found is not None:
        return [
            Method(alternative, value)
            if isinstance(alternative, Func)
            else _described(m, alternative, value, value, node)
            for alternative in alternatives(found)
        ]
    hook = value.metaclass.lookup("__getattr__")
    return [m.call(hook, Args([value, Const(name)]), node)] if hook is not None else []


def _on_class(m: Machine, attribute: Value, cls: Class, node: cst.CSTNode) -> Value:
    if isinstance(attribute, Func):
        return Method(attribute, cls) if attribute.static == "class" else attribute
    return _described(m, attribute, NONE, cls, node)


def _of_super(m: Machine, value: Super, name: str, node: cst.CSTNode) -> Value:
    receiver = value.receiver
    results = [
        _after(m, value.cls, alternative, name, node)
        for alternative in alternatives(receiver)
        if isinstance(alternative, (Inst, Class))
    ]
    found = [result for result in results if result is not None]
    if found:
        return union(found)
    if name in _OF_OBJECT:
        return Partial(Ref(_OF_OBJECT[name]), Args([receiver] if name != "__new__" else []))
    foreign = [_of_base(m, base, name, node, receiver) for base in value.cls.foreign_bases()]
    return union(foreign) if foreign else Bound(Anything("it is a method of `object`"), name)


_OF_OBJECT = {
    "__setattr__": "builtins.object.__setattr__",
    "__getattribute__": "builtins.getattr",
    "__call__": "builtins.type.__call__",
    "__new__": "builtins.type.__new__",
}
"""What `super()` leads to where no class of the program has it."""


def _after(m: Machine, cls: Class, receiver: Inst | Class, name: str, node: cst.CSTNode) -> Value | None:
    """Return what the classes behind `cls`, in the order of the receiver's class, have under a name."""
    own = receiver.cls if isinstance(receiver, Inst) else receiver
    order = own.mro if cls in own.mro else cls.mro
    if (
        isinstance(receiver, Class)
        and isinstance(receiver.metaclass, Class)
        and cls in receiver.metaclass.mro
    ):
        order = receiver.metaclass.mro
    found = own.found_in(order[order.index(cls) + 1 :], name)
    if found is None:
        return None
    results: list[Value] = []
    for alternative in alternatives(found):
        if isinstance(alternative, Func):
            first = own if alternative.static == "class" else receiver
            results.append(alternative if alternative.static == "static" else Method(alternative, first))
        else:
            results.append(_described(m, alternative, receiver, own, node))
    return union(results)


NEVER = -1
"""The branch of what is never changed for certain."""

MAIN = "__main__"
"""The program's own module."""


def own_name(m: Machine, name: str) -> Value:
    """Return what the program's own namespace has under a name."""
    found = m.scope.module.lookup(name, late=True)
    if found is not None:
        return found
    return Ref("builtins") if name == "__builtins__" else Obj(DYNAMIC)


_GET: dict[type[Value], Callable[[Machine, Any, str, cst.CSTNode], Value]] = {
    Ref: of_reference,
    Obj: _of_object,
    Inst: _of_instance,
    Class: _of_class,
    Super: _of_super,
    Anything: _of_anything,
    Func: _of_function,
    Partial: _of_partial,
    Property: _of_property,
    Bound: _of_bound,
    Const: _of_number,
    Str: _of_number,
    Num: _of_number,
}
"""From a kind of value to the rule that says what its attributes are."""
