"""What values give out: attributes, items and elements, and what storing into them means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import libcst as cst

from execgate.analysis import names, paths
from execgate.analysis.machine import Machine
from execgate.analysis.texts import DATE_TYPES, UUID, from_parts, to_text
from execgate.analysis.values import (
    DYNAMIC,
    MAX_ALTERNATIVES,
    NONE,
    NUM,
    PLAIN,
    Anything,
    Args,
    Bound,
    Class,
    Const,
    Func,
    Inst,
    Map,
    Method,
    Num,
    Obj,
    Partial,
    Property,
    Ref,
    Seq,
    Str,
    Super,
    Union,
    Value,
    alternatives,
    capabilities,
    derived,
    join,
    union,
)
from execgate.model.operation import DynamicCode, EnvironmentAccess, ModuleImport
from execgate.model.values import Hole, Unknown
from execgate.operations import ATTRIBUTES, CATALOGUE, modules

NAMESPACE = "namespace"
"""The type of the dictionary of a module; the field `of` is the module."""

ENVIRON = "os._Environ"
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
    reached = [get(m, carried, name, node) for carried in value.carries]
    return union([Bound(value, name), *reached, *_of_exception(m, name)])


def _of_exception(m: Machine, name: str) -> tuple[Value, ...]:
    """Return what an exception can lead to: others, and what a generator returned."""
    if name == "exceptions":
        return (m.sequence([], Anything("it is one of a group", m.draw("raised"))),)
    return m.draw("raised") if name in {"__cause__", "__context__", "value"} else ()


def _of_function(m: Machine, value: Func, name: str, node: cst.CSTNode) -> Value:
    if name == "__dict__":
        return Map(value.attributes, path=NEVER)
    if name in value.attributes:
        m.frames[-1].stateful = True
        return value.attributes[name]
    del node
    return Bound(value, name)


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
    return Bound(value, name)


def _own(value: Value, name: str) -> bool:
    return name in names.OWN_HOOKS and isinstance(value, (Inst, Class, Super))


def of_reference(m: Machine, value: Ref, name: str, node: cst.CSTNode) -> Value:
    """Return what a library's module, class or function has under a name: judged by what it is."""
    written = f"{value.name}.{name}"
    if value.name == MAIN:
        return own_name(m, name)
    full = names.canonical(written)
    if full in _SPECIAL:
        return Obj(_SPECIAL[full])
    if full != written and names.is_known_module(full):
        # A module stays what it is, whoever re-exports it.
        m.imported(full, written, node)
        return Ref(full)
    if full in modules.CONSTANTS:
        return Const(modules.CONSTANTS[full])
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
    # So does one under a private name that nobody has listed.
    bare = name.lstrip("_")
    if bare in modules.SENSITIVE and _reexports(value.name, name, bare):
        m.report(ModuleImport, node, module=bare, via=f"{value.name}.{name}")
        return Ref(names.canonical(bare))
    return Ref(full)


_UNMISTAKABLE = frozenset(
    """os sys subprocess shutil socket ctypes importlib builtins posix nt pty marshal pickle gc runpy pathlib
    tempfile zipimport webbrowser""".split()
)
"""Module names that nothing else bears: `scipy.io` and `torch.types` are modules of their own."""


def _reexports(owner: str, name: str, bare: str) -> bool:
    if owner == bare or owner.startswith(f"{bare}."):
        return False
    return bare in _UNMISTAKABLE or name.startswith("_") or names.standing(owner) is not names.Standing.OPAQUE


def _of_object(m: Machine, value: Obj, name: str, node: cst.CSTNode) -> Value:
    del node
    if value.type == DYNAMIC:
        return value
    if value.type == NAMESPACE:
        return Bound(value, name)
    if name == "__class__":
        return type_of(value)
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
        return Obj(ATTRIBUTES[full], dict(value.fields))
    if name in value.fields and full not in CATALOGUE:
        return value.fields[name]
    if name == "name" and "file" in value.fields:
        return value.fields["file"]
    if name == "name" and value.type in {"io.File", "tempfile.TemporaryDirectory"}:
        return paths.temporary(value.fields.get("dir"))
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
        found += [bound(m, alternative, value, node) for alternative in alternatives(inherited)]
    if not found or value.made is not None:
        foreign = [_of_base(m, base, name, node, value) for base in value.cls.foreign_bases()]
        found += foreign if not found else [f for f in foreign if not isinstance(f, Bound)]
        hook = value.cls.lookup("__getattr__")
        if hook is not None:
            found.append(m.call(bound(m, hook, value, node), Args([Const(name)]), node))
    return (
        union(found) if found else Anything(f"attribute `{name}` of `{value.cls.name}` is set nowhere here")
    )


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
    if isinstance(receiver, Inst) and receiver.made is not None:
        return get(m, receiver.made, name, node)
    if isinstance(base, Ref):
        if f"{base.name}.{name}" in CATALOGUE:
            return Bound(Obj(base.name), name)
        return Bound(Anything(f"`{base.name}` defines it"), name)
    return (
        get(m, base, name, node)
        if not isinstance(base, Anything)
        else Bound(derived(base.why, [receiver]), name)
    )


def _of_class(m: Machine, value: Class, name: str, node: cst.CSTNode) -> Value:
    found = value.lookup(name)
    if found is not None:
        return union(_on_class(m, alternative, value, node) for alternative in alternatives(found))
    if name == "__dict__":
        m.report(DynamicCode, node, kind="namespace", via=f"{value.name}.__dict__")
        return Obj(DYNAMIC)
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


_GET: dict[type[Value], Callable[[Machine, Any, str, cst.CSTNode], Value]] = {}
"""From a kind of value to the rule that says what its attributes are."""


NEVER = -1
"""The branch of what is never changed for certain."""


# Storing.


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
            m.call(bound(m, hook, target, node), Args([Const(name), value]), node)
    described = target.cls.lookup(name)
    for attribute in alternatives(described) if described is not None else ():
        if isinstance(attribute, Property):
            if attribute.setter is not None:
                m.call(attribute.setter, Args([target, value]), node)
            return
        if isinstance(attribute, Inst) and attribute.cls.lookup("__set__") is not None:
            m.call(get(m, attribute, "__set__", node), Args([target, value]), node)
            return
    store_raw(m, target, name, value, node)


def store_raw(m: Machine, receiver: Value, name: str, value: Value, node: cst.CSTNode) -> None:
    """Set an attribute as `object` does."""
    for target in alternatives(receiver):
        if isinstance(target, Inst):
            if name == "__class__":
                _become(m, target, value, node)
                continue
            if target.gone:
                let_go(m, [value], node)
            target.attributes[name] = m.merged(target.path, target.attributes.get(name), value)
            if m.late and not isinstance(value, PLAIN):
                m.reveal(f"{target.cls.name}.{name}", value)
        elif isinstance(target, Class):
            held = target.attributes.get(name)
            target.attributes[name] = join(held, value) if held is not None else value
            m.rebound += 1
            if name.startswith("__"):
                let_go(m, [value], node)
        elif isinstance(target, Func):
            target.attributes[name] = m.merged(0, target.attributes.get(name), value)
        elif isinstance(target, Obj) and target.type not in {DYNAMIC, NAMESPACE}:
            target.fields[name] = m.merged(0, target.fields.get(name), value)
            let_go(m, [value], node, (target,))
        else:
            if isinstance(target, Ref):
                _store_on_library(m, target, name, value, node)
            let_go(m, [value], node, (target,))


def _become(m: Machine, target: Inst, value: Value, node: cst.CSTNode) -> None:
    """`instance.__class__ = other`: from here on it is an instance of either."""
    for alternative in alternatives(value):
        if isinstance(alternative, Class) and alternative is not target.cls:
            target.cls = Class(target.cls.name, [target.cls, alternative], {}, certain=False)
        elif not isinstance(alternative, Class):
            m.gap("the class of an object is replaced by one that is not known", node)


def _store_on_library(m: Machine, target: Ref, name: str, value: Value, node: cst.CSTNode) -> None:
    if target.name == MAIN:
        m.bind(name, value, m.scope.module)
    elif f"{target.name}.{name}" == "os.environ":
        everything = (Unknown("all of it"),)
        m.report(EnvironmentAccess, node, operation="write", names=everything, via="os.environ")
    elif target.name == "sys" and name in _IMPORT_STATE:
        m.report(DynamicCode, node, kind="import", via=f"sys.{name}")
    elif target.name == "sys" and name in {"stdout", "stderr"}:
        pass
    elif names.standing(target.name) is not names.Standing.OPAQUE and (
        name.startswith("_") or capabilities([value])
    ):
        # Whoever calls the library calls this instead.
        m.report(DynamicCode, node, kind="attribute", via=f"{target.name}.{name}")


_IMPORT_STATE = {"path", "meta_path", "path_hooks", "modules"}

MAIN = "__main__"
"""The program's own module."""


def let_go(m: Machine, values: Iterable[Value], node: cst.CSTNode, with_them: Sequence[Value] = ()) -> None:
    """Judge capabilities that go where we don't follow them: whoever has them may use them, with anything."""
    gone = capabilities(values)
    if not gone:
        return
    carried = capabilities([*gone, *with_them])
    for value in gone:
        m.step()
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
    if value.type == ENVIRON:
        m.report(EnvironmentAccess, node, operation="list", names=(), via="os.environ")


def _let_class_go(m: Machine, value: Class, carried: Sequence[Value], node: cst.CSTNode) -> None:
    del node
    for attribute in value.attributes.values():
        for alternative in alternatives(attribute):
            if isinstance(alternative, Func):
                m.escape(alternative, carried)


def _let_instance_go(m: Machine, value: Inst, carried: Sequence[Value], node: cst.CSTNode) -> None:
    if not value.gone:
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


# Items and elements.


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
                return target.items[constant]
            except IndexError:
                return Anything("its index is out of range")
        return target.element() if not isinstance(key, Obj) else m.sequence([], target.element(), target.kind)
    if isinstance(target, Map):
        if isinstance(key, Const) and hashable(constant):
            if constant in target.items:
                missing = target.more if constant in target.maybe else None
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
        own = of_metaclass(m, target, "__getitem__", node)
        if own:
            return m.call(union(own), Args([key]), node)
        if target.members and isinstance(constant, str):
            return target.attributes.get(constant, NONE)
        return union([target, *_members(target)])
    if isinstance(target, Ref):
        # `list[int]`, `Popen[str]`: a type with parameters is still that type.
        return target
    return derived("it is an item of an unknown value", [target])


def _members(cls: Class) -> list[Value]:
    """Return the members of an enumeration."""
    return [value for name, value in cls.attributes.items() if name in cls.members]


def _instance_item(m: Machine, target: Inst, key: Value, node: cst.CSTNode) -> Value:
    hook = target.cls.lookup("__getitem__")
    if hook is not None:
        return m.call(bound(m, hook, target, node), Args([key]), node)
    results: list[Value] = []
    if target.made is not None:
        results.append(item(m, target.made, key, node))
        missing = target.cls.lookup("__missing__")
        if missing is not None:
            results.append(m.call(bound(m, missing, target, node), Args([key]), node))
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
    if target.type == ENVIRON:
        name = to_text(key, "the name of the variable is not constant")
        m.report(EnvironmentAccess, node, operation="read", names=(name,), via="os.environ")
        return Anything("it comes from the environment")
    if target.type == SYS_MODULES:
        if isinstance(constant, str):
            m.imported(constant, "sys.modules", node)
            return Ref(names.canonical(constant))
        m.report(DynamicCode, node, kind="import", via="sys.modules")
        m.report(
            ModuleImport, node, module=Unknown("the key of sys.modules is not constant"), via="sys.modules"
        )
        return Obj(DYNAMIC)
    if target.type == NAMESPACE:
        of = target.fields.get("of")
        if isinstance(constant, str) and of is not None:
            return get(m, of, constant, node)
        if isinstance(constant, str):
            return own_name(m, constant)
        return Obj(DYNAMIC)
    if target.type == DYNAMIC:
        return target
    return derived(f"it is an item of a `{target.type}`", [target])


def own_name(m: Machine, name: str) -> Value:
    """Return what the program's own namespace has under a name."""
    if name in {"__builtins__", "__builtin__"}:
        return Ref("builtins")
    found = m.scope.module.lookup(name, late=True)
    if found is not None:
        return found
    return Obj(DYNAMIC)


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
                m.call(bound(m, hook, target, node), Args([key, value]), node)
            elif target.made is not None:
                store_item(m, target.made, key, value, node)
            else:
                let_go(m, [value], node)
        elif isinstance(target, Obj) and target.type == ENVIRON:
            name = to_text(key, "the name of the variable is not constant")
            m.report(EnvironmentAccess, node, operation="write", names=(name,), via="os.environ")
        elif isinstance(target, Obj) and target.type in {SYS_MODULES, NAMESPACE, DYNAMIC}:
            _store_in_namespace(m, target, key, value, node)
        else:
            let_go(m, [value], node, (target,))


def _store_in_map(m: Machine, target: Map, key: Value, value: Value) -> None:
    constant = key.value if isinstance(key, Const) else None
    if isinstance(key, Const) and hashable(constant):
        if constant not in target.items and len(target.items) >= MAX_KEYS:
            target.more = m.merged(target.path, target.more, value)
            return
        old = target.items.get(constant)
        if m.replaces(target.path):
            m.changed(target.path, old, value)
            target.items[constant] = value
            target.maybe.discard(constant)
        else:
            if old is None:
                target.maybe.add(constant)
            target.items[constant] = m.merged(target.path, old, value)
        return
    # It may be any of the keys that are known.
    for known, old in target.items.items():
        if not (isinstance(key, Num) and isinstance(known, (str, bytes))):
            target.items[known] = m.merged(target.path, old, value)
    target.more = m.merged(target.path, target.more, value)


def _store_in_sequence(m: Machine, target: Seq, key: Value, value: Value, node: cst.CSTNode) -> None:
    constant = key.value if isinstance(key, Const) else None
    known = (
        type(constant) is int and target.more is None and -len(target.items) <= constant < len(target.items)
    )
    if known and type(constant) is int:
        old = target.items[constant]
        if m.replaces(target.path):
            m.changed(target.path, old, value)
            target.items[constant] = value
        else:
            target.items[constant] = m.merged(target.path, old, value)
        return
    if isinstance(constant, slice) or isinstance(key, Obj):
        # What stands behind a slice may move.
        value = union([element(m, value, node), *target.items])
        target.items = []
    for index, old in enumerate(target.items):
        target.items[index] = m.merged(target.path, old, value)
    target.more = m.merged(target.path, target.more, value)


def _store_in_namespace(m: Machine, target: Obj, key: Value, value: Value, node: cst.CSTNode) -> None:
    name = key.value if isinstance(key, Const) else None
    if target.type == NAMESPACE and target.fields.get("of") is None and isinstance(name, str):
        m.bind(name, value, m.scope.module)
    else:
        m.report(DynamicCode, node, kind="namespace", via=target.type)
        let_go(m, [value], node)


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
            more = held.more
        else:
            more = derived("it comes from an unknown dictionary", [alternative])
        if more is not None:
            _store_in_map(m, target, Anything("it is a key of an unknown dictionary"), more)


def delete_item(m: Machine, receiver: Value, key: Value, node: cst.CSTNode) -> None:
    """Delete an item."""
    for target in alternatives(receiver):
        if isinstance(target, Obj) and target.type == ENVIRON:
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
                m.call(bound(m, hook, target, node), Args([key]), node)
            elif target.made is not None:
                delete_item(m, target.made, key, node)


def forget(m: Machine, target: Map, key: Value) -> None:
    """Take a key out of a dictionary."""
    m.version += 1
    if isinstance(key, Const) and hashable(key.value):
        if m.replaces(target.path):
            target.items.pop(key.value, None)
        elif key.value in target.items:
            target.maybe.add(key.value)
    else:
        target.maybe.update(target.items)


def exact_items(m: Machine, value: Value) -> list[Value] | None:
    """Return the elements of a value whose elements are all known, in order; else None."""
    if isinstance(value, Seq) and value.more is None:
        return list(value.items)
    if isinstance(value, Const) and isinstance(value.value, str) and len(value.value) <= MAX_ALTERNATIVES:
        return [Const(letter) for letter in value.value]
    if isinstance(value, Const) and isinstance(value.value, bytes) and len(value.value) <= MAX_ALTERNATIVES:
        return [Const(number) for number in value.value]
    if isinstance(value, Map) and value.more is None:
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
            results.append(Anything("it is a key of a dictionary"))
        elif isinstance(value, (Const, Str)):
            results.append(Str((Hole.ANY,)))
        elif isinstance(value, Obj):
            results.append(_object_element(m, value, node))
        elif isinstance(value, Inst):
            results.append(_instance_element(m, value, node))
        elif isinstance(value, Class):
            hooks = of_metaclass(m, value, "__iter__", node)
            if hooks:
                results.append(element(m, m.call(union(hooks), Args(), node), node))
            results += _members(value) or [derived("it is an element of a class", [value])]
        else:
            results.append(derived("it is an element of an unknown value", [value]))
    return union(results)


def _object_element(m: Machine, value: Obj, node: cst.CSTNode) -> Value:
    if value.type == ENVIRON:
        m.report(EnvironmentAccess, node, operation="list", names=(), via="os.environ")
        return Anything("it comes from the environment")
    if value.type in {DYNAMIC, NAMESPACE, SYS_MODULES}:
        return Obj(DYNAMIC)
    if value.type == "builtins.range":
        return NUM
    if value.type.startswith("io."):
        return Anything("it was read from a file")
    return derived(f"it is an element of a `{value.type}`", [value])


def _instance_element(m: Machine, value: Inst, node: cst.CSTNode) -> Value:
    hook = value.cls.lookup("__iter__") or value.cls.lookup("__aiter__")
    step = value.cls.lookup("__next__") or value.cls.lookup("__anext__")
    results: list[Value] = []
    for iterator in (
        alternatives(m.call(bound(m, hook, value, node), Args(), node)) if hook is not None else ()
    ):
        if iterator is value:
            continue
        own = isinstance(iterator, Inst) and iterator.cls is value.cls
        if not own:
            results.append(element(m, iterator, node))
    if step is not None:
        results.append(m.call(bound(m, step, value, node), Args(), node))
    hook = value.cls.lookup("__getitem__") if not results else None
    if hook is not None:
        results.append(m.call(bound(m, hook, value, node), Args([NUM]), node))
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
            results.append(m.call(bound(m, hook, value, node), Args(), node) if hook is not None else value)
        elif isinstance(value, Seq):
            # A generator under `contextmanager`.
            results.append(value.element())
        elif isinstance(value, Obj) and value.type == "tempfile.TemporaryDirectory":
            results.append(paths.temporary(value.fields.get("dir")))
        else:
            results.append(value)
    return union(results)


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
                result = m.call(bound(m, hook, value, node), given, node)
                swallows = swallows or any(
                    not isinstance(r, Const) or bool(r.value) for r in alternatives(result)
                )
        elif isinstance(value, (Seq, Anything)):
            swallows = True
    return swallows


def extend(m: Machine, target: Seq, value: Value) -> None:
    """Add the elements of `value` to a list in place."""
    items = exact_items(m, value)
    if (
        items is not None
        and target.more is None
        and target.path == m.path
        and len(target.items) + len(items) <= MAX_ITEMS
    ):
        if items:
            m.version += 1
            m.oldest = min(m.oldest, target.path)
        target.items.extend(items)
        return
    added = union(items) if items else (value.element() if isinstance(value, Seq) else None)
    if added is None:
        added = derived("it comes from an unknown value", [value])
    target.more = m.merged(target.path, target.more, added)


MAX_KEYS = 256
"""How many keys of a dictionary are told apart."""

MAX_ITEMS = 4096
"""How many elements of a list are told apart."""


_GET.update(
    {
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
)
