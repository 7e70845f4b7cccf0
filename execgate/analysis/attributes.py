"""What values give out: attributes, items and elements, and what storing into them means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import libcst as cst

from execgate.analysis import names, paths
from execgate.analysis.machine import Machine
from execgate.analysis.texts import from_parts
from execgate.analysis.values import (
    MAX_ALTERNATIVES,
    NUM,
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

DYNAMIC = "dynamic"
"""The type of what was reached by a name that is only known at run time, or by introspection."""

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
    if isinstance(value, Union):
        return union(get(m, alternative, name, node) for alternative in value.values)
    if name in names.INTROSPECTION and not _own(value, name):
        m.report(DynamicCode, node, kind="introspection", via=name)
        return Obj(DYNAMIC)
    if isinstance(value, Ref):
        return of_reference(m, value, name, node)
    if isinstance(value, Obj):
        return _of_object(value, name)
    if isinstance(value, Inst):
        return _of_instance(m, value, name, node)
    if isinstance(value, Class):
        return _of_class(m, value, name, node)
    if isinstance(value, Super):
        return _of_super(m, value, name, node)
    if isinstance(value, Anything):
        reached = [get(m, carried, name, node) for carried in value.carries]
        return union([Bound(value, name), *reached])
    if isinstance(value, (Const, Str, Num)) and name in {"real", "imag", "numerator", "denominator"}:
        return NUM
    return Bound(value, name)


def _own(value: Value, name: str) -> bool:
    return name in names.OWN_HOOKS and isinstance(value, (Inst, Class, Super))


def of_reference(m: Machine, value: Ref, name: str, node: cst.CSTNode) -> Value:
    """Return what a library's module, class or function has under a name: judged by what it is."""
    written = f"{value.name}.{name}"
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


def _of_object(value: Obj, name: str) -> Value:
    if value.type == DYNAMIC:
        return value
    if value.type == NAMESPACE:
        return Bound(value, name)
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
    return Bound(value, name)


def _of_instance(m: Machine, value: Inst, name: str, node: cst.CSTNode) -> Value:
    if name == "__class__":
        return value.cls
    if name == "__dict__":
        return Map(dict(value.attributes))
    found: list[Value] = []
    if name in value.attributes:
        found.append(value.attributes[name])
    inherited = value.cls.lookup(name)
    if inherited is not None:
        found += [_bound(m, alternative, value, node) for alternative in alternatives(inherited)]
    if not found:
        found += [_of_base(m, base, name, node, value) for base in value.cls.foreign_bases()]
        hook = value.cls.lookup("__getattr__")
        if hook is not None:
            found.append(m.call(_bound(m, hook, value, node), Args([Const(name)]), node))
    return (
        union(found) if found else Anything(f"attribute `{name}` of `{value.cls.name}` is set nowhere here")
    )


def _bound(m: Machine, attribute: Value, receiver: Inst, node: cst.CSTNode) -> Value:
    """Return what looking a class's attribute up on an instance gives."""
    if isinstance(attribute, Func):
        if attribute.static == "static":
            return attribute
        if attribute.static == "class":
            return Method(attribute, receiver.cls)
        if attribute.static == "property":
            return m.call(Method(attribute, receiver), Args(), node)
        return Method(attribute, receiver)
    return attribute


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
        results: list[Value] = []
        for alternative in alternatives(found):
            if isinstance(alternative, Func) and alternative.static == "class":
                results.append(Method(alternative, value))
            else:
                results.append(alternative)
        return union(results)
    if name == "__dict__":
        m.report(DynamicCode, node, kind="namespace", via=f"{value.name}.__dict__")
        return Obj(DYNAMIC)
    inherited = [get(m, base, name, node) for base in value.foreign_bases() if isinstance(base, Ref)]
    return (
        union(inherited)
        if inherited
        else Anything(f"attribute `{name}` of `{value.name}` is set nowhere here")
    )


def _of_super(m: Machine, value: Super, name: str, node: cst.CSTNode) -> Value:
    for base in value.cls.bases:
        if isinstance(base, Class):
            found = base.lookup(name)
            if found is not None:
                return union(
                    Method(alternative, value.receiver)
                    if isinstance(alternative, Func) and alternative.static != "static"
                    else alternative
                    for alternative in alternatives(found)
                )
    foreign = [_of_base(m, base, name, node, value.receiver) for base in value.cls.foreign_bases()]
    return union(foreign) if foreign else Bound(Anything("it is a method of `object`"), name)


def store(m: Machine, receiver: Value, name: str, value: Value, node: cst.CSTNode) -> None:
    """Set an attribute."""
    if name in names.INTROSPECTION and name not in names.OWN_HOOKS:
        m.report(DynamicCode, node, kind="introspection", via=name)
        return
    for target in alternatives(receiver):
        if isinstance(target, (Inst, Class)):
            target.attributes[name] = join(target.attributes.get(name), value)
        elif isinstance(target, Obj) and target.type not in {DYNAMIC, NAMESPACE}:
            target.fields[name] = join(target.fields.get(name), value)
            let_go(m, [value], node, (target,))
        else:
            if isinstance(target, Ref):
                if f"{target.name}.{name}" == "os.environ":
                    m.report(
                        EnvironmentAccess,
                        node,
                        operation="write",
                        names=(Unknown("all of it"),),
                        via="os.environ",
                    )
                elif target.name == "sys" and name in {
                    "path",
                    "meta_path",
                    "path_hooks",
                    "modules",
                    "stdout",
                    "stderr",
                }:
                    if name not in {"stdout", "stderr"}:
                        m.report(DynamicCode, node, kind="import", via=f"sys.{name}")
                elif names.standing(target.name) is not names.Standing.OPAQUE and capabilities([value]):
                    # Whoever calls the library calls this instead.
                    m.report(DynamicCode, node, kind="attribute", via=f"{target.name}.{name}")
            let_go(m, [value], node, (target,))


def let_go(m: Machine, values: Iterable[Value], node: cst.CSTNode, with_them: Sequence[Value] = ()) -> None:
    """Judge capabilities that go where we don't follow them: whoever has them may use them, with anything."""
    gone = capabilities(values)
    if not gone:
        return
    carried = capabilities([*gone, *with_them])
    for value in gone:
        if isinstance(value, Func):
            m.escape(value, carried)
        elif isinstance(value, Method) and isinstance(value.function, Func):
            m.escape(value.function, carried)
        elif isinstance(value, Ref):
            if value.name in CATALOGUE:
                m.call(value, Args(rest=Anything("it is called by code that is not seen here")), node)
        elif isinstance(value, Bound):
            if not isinstance(value.receiver, Anything):
                m.call(value, Args(rest=Anything("it is called by code that is not seen here")), node)
        elif isinstance(value, Partial):
            let_go(m, [value.function, *value.args.values()], node, carried)
        elif isinstance(value, Obj) and value.type == ENVIRON:
            m.report(EnvironmentAccess, node, operation="list", names=(), via="os.environ")
        elif isinstance(value, Class):
            for attribute in value.attributes.values():
                for alternative in alternatives(attribute):
                    if isinstance(alternative, Func):
                        m.escape(alternative, carried)


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
        if isinstance(key, Const) and _hashable(constant):
            if constant in target.items:
                return target.items[constant]
            return target.more if target.more is not None else Anything("its key is not in the dictionary")
        return target.element()
    if isinstance(target, Obj):
        return _object_item(m, target, key, node)
    if isinstance(target, Inst):
        hook = target.cls.lookup("__getitem__")
        if hook is not None:
            return m.call(_bound(m, hook, target, node), Args([key]), node)
        foreign = list(target.cls.foreign_bases())
        return derived(f"it is an item of `{target.cls.name}`", [*foreign, *target.attributes.values()])
    if isinstance(target, Class):
        hook = target.lookup("__class_getitem__")
        if hook is not None:
            return m.call(Method(hook, target), Args([key]), node)
        return target
    if isinstance(target, Ref):
        # `list[int]`, `Popen[str]`: a type with parameters is still that type.
        return target
    return derived("it is an item of an unknown value", [target])


def _hashable(value: object) -> bool:
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
        from execgate.analysis.texts import to_text

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
            constant = key.value if isinstance(key, Const) else None
            known = (
                type(constant) is int
                and target.more is None
                and -len(target.items) <= constant < len(target.items)
            )
            if known and type(constant) is int:
                certain = target.path == m.path
                target.items[constant] = value if certain else join(target.items[constant], value)
            else:
                target.more = join(target.more, value) if target.more is not None else value
        elif isinstance(target, Map):
            if isinstance(key, Const) and _hashable(key.value) and len(target.items) < 256:
                certain = target.path == m.path or key.value not in target.items
                target.items[key.value] = value if certain else join(target.items[key.value], value)
            else:
                target.more = join(target.more, value) if target.more is not None else value
        elif isinstance(target, Inst):
            hook = target.cls.lookup("__setitem__")
            if hook is not None:
                m.call(_bound(m, hook, target, node), Args([key, value]), node)
            else:
                let_go(m, [value], node)
        elif isinstance(target, Obj) and target.type == ENVIRON:
            from execgate.analysis.texts import to_text

            name = to_text(key, "the name of the variable is not constant")
            m.report(EnvironmentAccess, node, operation="write", names=(name,), via="os.environ")
        elif isinstance(target, Obj) and target.type in {SYS_MODULES, NAMESPACE, DYNAMIC}:
            of = target.fields.get("of")
            if (
                target.type == NAMESPACE
                and of is None
                and isinstance(key, Const)
                and isinstance(key.value, str)
            ):
                m.scope.module.bind(key.value, value)
            else:
                m.report(DynamicCode, node, kind="namespace", via=target.type)
                let_go(m, [value], node)
        else:
            let_go(m, [value], node, (target,))


def delete_item(m: Machine, receiver: Value, key: Value, node: cst.CSTNode) -> None:
    """Delete an item."""
    for target in alternatives(receiver):
        if isinstance(target, Obj) and target.type == ENVIRON:
            from execgate.analysis.texts import to_text

            name = to_text(key, "the name of the variable is not constant")
            m.report(EnvironmentAccess, node, operation="write", names=(name,), via="os.environ")
        elif isinstance(target, Seq):
            target.more, target.items = target.element(), []
        elif isinstance(target, Inst):
            hook = target.cls.lookup("__delitem__")
            if hook is not None:
                m.call(_bound(m, hook, target, node), Args([key]), node)


def exact_items(m: Machine, value: Value) -> list[Value] | None:
    """Return the elements of a value whose elements are all known, in order; else None."""
    del m
    if isinstance(value, Seq) and value.more is None:
        return list(value.items)
    if isinstance(value, Const) and isinstance(value.value, str) and len(value.value) <= MAX_ALTERNATIVES:
        return [Const(letter) for letter in value.value]
    if isinstance(value, Const) and isinstance(value.value, bytes) and len(value.value) <= MAX_ALTERNATIVES:
        return [Const(number) for number in value.value]
    if isinstance(value, Map) and value.more is None:
        return [Const(key) for key in value.items]
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
    hook = value.cls.lookup("__iter__")
    if hook is not None:
        iterator = m.call(_bound(m, hook, value, node), Args(), node)
        if iterator is value or not isinstance(iterator, (Inst, Union)):
            step = value.cls.lookup("__next__")
            if step is not None and iterator is value:
                return m.call(_bound(m, step, value, node), Args(), node)
        if iterator is not value:
            return element(m, iterator, node)
    hook = value.cls.lookup("__getitem__") or value.cls.lookup("__next__")
    if hook is not None:
        arguments = Args([NUM]) if value.cls.lookup("__next__") is not hook else Args()
        return m.call(_bound(m, hook, value, node), arguments, node)
    return derived(f"it is an element of `{value.cls.name}`", [value])


def enter(m: Machine, manager: Value, node: cst.CSTNode) -> Value:
    """Return what `with manager as x` binds x to."""
    results: list[Value] = []
    for value in alternatives(manager):
        if isinstance(value, Inst):
            hook = value.cls.lookup("__enter__") or value.cls.lookup("__aenter__")
            leave = value.cls.lookup("__exit__") or value.cls.lookup("__aexit__")
            results.append(m.call(_bound(m, hook, value, node), Args(), node) if hook is not None else value)
            if leave is not None:
                m.call(_bound(m, leave, value, node), Args([Const(None)] * 3), node)
        elif isinstance(value, Seq):
            # A generator under `contextmanager`.
            results.append(value.element())
        elif isinstance(value, Obj) and value.type == "tempfile.TemporaryDirectory":
            results.append(paths.temporary(value.fields.get("dir")))
        else:
            results.append(value)
    return union(results)


def extend(m: Machine, target: Seq, value: Value) -> None:
    """Add the elements of `value` to a list in place."""
    items = exact_items(m, value)
    if (
        items is not None
        and target.more is None
        and target.path == m.path
        and len(target.items) + len(items) <= 4096
    ):
        target.items.extend(items)
        return
    added = union(items) if items else (value.element() if isinstance(value, Seq) else None)
    if added is None:
        added = derived("it comes from an unknown value", [value])
    target.more = join(target.more, added) if target.more is not None else added
