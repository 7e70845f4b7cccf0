"""Classes of the program: making them, with all that Python calls while it does, and making instances."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import libcst as cst

from execgate.analysis import attributes, changing, described, escaping, iteration
from execgate.analysis.machine import Machine
from execgate.analysis.values import (
    PLAIN,
    Anything,
    Args,
    Class,
    Const,
    Func,
    Inst,
    Map,
    Method,
    Obj,
    Property,
    Ref,
    Seq,
    Value,
    alternatives,
    capabilities,
    derived,
    join,
    union,
)

CONTAINERS = frozenset(
    """
    builtins.dict builtins.list builtins.set builtins.frozenset builtins.tuple builtins.str builtins.int
    builtins.float builtins.bytes collections.OrderedDict collections.defaultdict collections.Counter
    collections.deque collections.ChainMap collections.UserDict collections.UserList collections.UserString
    functools.partial
    """.split()
)
"""Bases that make what their instances hold, whatever the class's own `__init__` does."""

TUPLES = frozenset(["typing.NamedTuple"])

MAX_INSTANCES = 16
"""How many instances of a class are told apart where any of them may be meant."""

MAX_AT_ONE_PLACE = 1
"""How many instances of a class are told apart that the same code makes."""

# Making classes.


def metaclass(cls: Class, given: Value | None) -> Value | None:
    """Return the class of a class: the one that is named, or that of a base."""
    if given is not None:
        return given
    for base in cls.mro[1:]:
        if isinstance(base, Class) and base.metaclass is not None:
            return base.metaclass
    return None


def prepared(m: Machine, cls: Class, keywords: dict[str, Value], node: cst.CSTNode) -> dict[str, Value]:
    """Return the names that the body of a class starts with."""
    hook = cls.metaclass.lookup("__prepare__") if isinstance(cls.metaclass, Class) else None
    if hook is None:
        return {}
    given = _made_from(m, cls, {})
    if isinstance(hook, Func) and hook.static:
        given = given.after(cls.metaclass or cls) if hook.static == "class" else given
    found: dict[str, Value] = {}
    namespace = m.call(hook, Args(given.positional[:-1], keywords), node)
    for alternative in alternatives(namespace):
        held = alternative.made if isinstance(alternative, Inst) else alternative
        if isinstance(held, Map):
            found.update({key: value for key, value in held.items.items() if isinstance(key, str)})
        elif not isinstance(held, PLAIN):
            m.gap("the names that the body of this class starts with are not known", node)
    return found


def _made_from(m: Machine, cls: Class, namespace: dict[str, Value]) -> Args:
    bases = m.sequence(list(cls.bases), kind="tuple")
    return Args([Const(cls.name), bases, Map(namespace, path=attributes.NEVER)])


def finish(m: Machine, cls: Class, keywords: dict[str, Value], node: cst.CSTNode) -> Value:
    """Do what Python does when the body of a class is at its end, and return what its name is bound to."""
    foreign = list(cls.foreign_bases())
    _make_members(m, cls, foreign)
    cls.tuple = any(isinstance(base, Ref) and base.name in TUPLES for base in foreign)
    cls.intercepts = any(cls.lookup(hook) is not None for hook in ("__setattr__", "__getattribute__"))
    _inherit_fields(cls)
    known = all(isinstance(base, Ref) and base.name == "builtins.object" for base in foreign)
    for name, value in list(cls.attributes.items()):
        for alternative in alternatives(value):
            if isinstance(alternative, Inst) and alternative.cls.lookup("__set_name__") is not None:
                hook = attributes.get(m, alternative, "__set_name__", node)
                m.call(hook, Args([cls, Const(name)]), node)
            elif isinstance(alternative, (Func, Property, Inst, Class, *PLAIN)):
                continue
            elif name.startswith("__") or not known:
                # Python, or the library's base, calls it by itself, at a time that we don't follow.
                escaping.let_go(m, [alternative], node)
    for base in foreign:
        if isinstance(base, Ref) and base.name != "builtins.object":
            changing.inherited(m, base, cls.attributes, node)
    inherited = cls.found_in(cls.mro[1:], "__init_subclass__")
    if inherited is not None:
        m.call(inherited, Args([cls], keywords), node)
    return _by_metaclass(m, cls, keywords, node)


def _by_metaclass(m: Machine, cls: Class, keywords: dict[str, Value], node: cst.CSTNode) -> Value:
    if cls.metaclass is None or isinstance(cls.metaclass, Ref):
        return cls
    given = _made_from(m, cls, cls.attributes)
    given.keywords.update(keywords)
    if not isinstance(cls.metaclass, Class):
        return _either(cls, m.call(cls.metaclass, given, node))
    results: list[Value] = [cls]
    maker = cls.metaclass.lookup("__new__")
    if maker is not None:
        results.append(_either(cls, m.call(maker, given.after(cls.metaclass), node)))
    for finished in alternatives(union(results)):
        start = cls.metaclass.lookup("__init__")
        if start is not None and isinstance(finished, Class):
            m.call(start, given.after(finished), node)
    return union(results)


def _either(cls: Class, result: Value) -> Value:
    """Return a class, or what was made in its place; nothing that is known is the class."""
    made = [
        alternative
        for alternative in alternatives(result)
        if not isinstance(alternative, PLAIN)
        and not (isinstance(alternative, Anything) and not alternative.carries)
    ]
    return union([cls, *made])


def built(m: Machine, args: Args, node: cst.CSTNode, of: Class | None = None) -> Value:
    """Return the class that `type(name, bases, namespace)` makes."""
    name, bases, namespace = (*args.positional[:3], *[Anything("it is not given")] * 3)[:3]
    members: dict[str, Value] = {}
    for alternative in alternatives(namespace):
        held = alternative.made if isinstance(alternative, Inst) else alternative
        if isinstance(held, Map):
            for key, value in held.items.items():
                if isinstance(key, str):
                    members[key] = join(members.get(key), value)
        if not isinstance(held, Map) or held.more is not None:
            m.gap("the members of a class that is made here are not known", node)
    items = iteration.exact_items(m, bases)
    parents = items if items is not None else [iteration.element(m, bases, node)]
    flat = [alternative for parent in parents for alternative in alternatives(parent)]
    title = name.value if isinstance(name, Const) and isinstance(name.value, str) else "type"
    cls = Class(title, flat, members, certain=len(flat) == len(items or ()))
    m.version += bool(flat)
    cls.metaclass = metaclass(cls, of)
    for member in members.values():
        for alternative in alternatives(member):
            if isinstance(alternative, Func):
                alternative.cls = cls
    if of is None:
        return finish(m, cls, dict(args.keywords), node)
    # Whoever is making it calls the metaclass's own hooks.
    cls.metaclass = None
    finish(m, cls, dict(args.keywords), node)
    cls.metaclass = of
    return cls


def _make_members(m: Machine, cls: Class, foreign: Iterable[Value]) -> None:
    """Turn the constants of an enumeration into its members."""
    kinds = {base.name for base in foreign if isinstance(base, Ref)}
    if not any(kind.startswith("enum.") for kind in kinds):
        return
    for name, value in list(cls.attributes.items()):
        if name.startswith("_") or isinstance(value, (Func, Property, Class)):
            continue
        member = Inst(cls, m.path)
        automatic = isinstance(value, Anything) and "enum.auto" in value.why
        plain = Const(name.lower() if "enum.StrEnum" in kinds else len(cls.members) + 1)
        held = plain if automatic else value
        member.attributes.update({"name": Const(name), "_name_": Const(name), "value": held, "_value_": held})
        if kinds & CONTAINERS or not kinds.isdisjoint({"enum.IntEnum", "enum.StrEnum", "enum.IntFlag"}):
            member.made = held
        start = cls.lookup("__init__")
        if start is not None:
            items = iteration.exact_items(m, held) if isinstance(held, Seq) else None
            m.call(Method(start, member), Args(items if items is not None else [held]), cst.Pass())
        cls.attributes[name] = member
        cls.members.add(name)


def _inherit_fields(cls: Class) -> None:
    inherited: list[str] = []
    for base in reversed(cls.mro[1:]):
        if isinstance(base, Class):
            inherited += [name for name in base.fields if name not in inherited]
    cls.fields[:] = [*inherited, *(name for name in cls.fields if name not in inherited)]


# Making instances.


def construct(m: Machine, cls: Class, args: Args, node: cst.CSTNode) -> Value:
    """Return what calling a class of the program gives."""
    m.step()
    if isinstance(cls.metaclass, Class):
        hook = cls.metaclass.lookup("__call__")
        if hook is not None:
            return m.call(hook, args.after(cls), node)
    return instance_of(m, cls, args, node)


def instance_of(m: Machine, cls: Class, args: Args, node: cst.CSTNode) -> Value:
    """Return a new instance of a class of the program, as `type.__call__` makes it."""
    if cls.members:
        return union(iteration.element(m, cls, node) for _ in args.positional[:1]) if args.positional else cls
    foreign = list(cls.foreign_bases())
    if (
        any(isinstance(base, Ref) and base.name == "builtins.type" for base in foreign)
        and len(args.positional) >= 3
    ):
        made = Class(f"{cls.name} instance", [], {})
        return _either(made, built(m, args, node, cls))
    maker = cls.lookup("__new__")
    if maker is None:
        return _started(m, cls, _fresh(m, cls, node), args, node)
    results: list[Value] = []
    for alternative in alternatives(m.call(maker, args.after(cls), node)):
        if isinstance(alternative, Inst) and cls in alternative.cls.mro:
            results.append(_started(m, cls, alternative, args, node))
        elif isinstance(alternative, (Anything, Class)) or alternative.key() == _NOTHING:
            # What `object.__new__` gives.
            started = _started(m, cls, _fresh(m, cls, node), args, node)
            carried = capabilities([alternative])
            results += [started, *(value for value in carried if value is not cls)]
        else:
            results.append(alternative)
    return union(results)


_NOTHING = Const(None).key()


def _fresh(m: Machine, cls: Class, node: cst.CSTNode) -> Inst:
    """Return a new instance; of many that are made at one place, the last stands for all that follow."""
    made = m.made.setdefault((node, cls), [])
    if len(made) >= MAX_AT_ONE_PLACE:
        made[-1].path = attributes.NEVER
        return made[-1]
    instance = Inst(cls, m.path)
    made.append(instance)
    if len(cls.instances) < MAX_INSTANCES:
        cls.instances.append(instance)
    return instance


def _started(m: Machine, cls: Class, instance: Inst, args: Args, node: cst.CSTNode) -> Value:
    foreign = list(cls.foreign_bases())
    start = cls.lookup("__init__")
    for base in foreign:
        if isinstance(base, Ref) and (base.name in CONTAINERS or _is_exception(base.name)):
            own = start is not None and base.name in CONTAINERS
            instance.made = join(instance.made, m.call(base, Args() if own else args, node))
    if start is not None:
        m.call(attributes.get(m, instance, "__init__", node), args, node)
    else:
        _fill_fields(m, cls, instance, args, node)
        for base in foreign:
            if isinstance(base, Ref) and base.name not in CONTAINERS and not _is_exception(base.name):
                instance.made = join(instance.made, m.call(base, args, node))
        if any(not isinstance(base, Ref) for base in foreign):
            escaping.let_go(m, args.values(), node, (instance,))
    after = cls.lookup("__post_init__")
    if after is not None:
        m.call(attributes.get(m, instance, "__post_init__", node), Args(), node)
    return instance


def _is_exception(name: str) -> bool:
    return name.endswith(("Error", "Exception", "Warning", "ExceptionGroup"))


def _fill_fields(m: Machine, cls: Class, instance: Inst, args: Args, node: cst.CSTNode) -> None:
    """Bind the fields of a data class or named tuple, which has no `__init__` of its own."""
    names = cls.fields or [
        name for name, value in cls.attributes.items() if name[:2] != "__" and not isinstance(value, Func)
    ]
    given = dict(zip(names, args.positional, strict=False))
    given.update(args.keywords)
    unknown = [value for value in (args.rest, args.others) if value is not None]
    more = derived("it is a field of an object", unknown) if unknown else None
    for name in names:
        default = _default(m, cls, name, node)
        if name in given:
            continue
        if more is not None:
            given[name] = join(default, more) if default is not None else more
        elif default is not None:
            given[name] = default
    for name, value in given.items():
        held = instance.attributes.get(name)
        instance.attributes[name] = m.merged(instance.path, held, value) if held is not None else value
    if len(args.positional) > len(names):
        escaping.let_go(m, args.positional[len(names) :], node)


def _default(m: Machine, cls: Class, name: str, node: cst.CSTNode) -> Value | None:
    """Return what a field is that is not given."""
    value = cls.lookup(name)
    if value is None:
        return None
    results: list[Value] = []
    for alternative in alternatives(value):
        if isinstance(alternative, Obj) and alternative.type == described.FIELD:
            results += _field_default(m, alternative, node)
        elif not isinstance(alternative, (Property, Func)):
            results.append(alternative)
    return union(results) if results else None


def _field_default(m: Machine, field: Obj, node: cst.CSTNode) -> Iterator[Value]:
    if "default" in field.fields:
        yield field.fields["default"]
    if "default_factory" in field.fields:
        yield m.call(field.fields["default_factory"], Args(), node)
