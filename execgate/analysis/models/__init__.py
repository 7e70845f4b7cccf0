"""Functions of Python itself that hand values on: what they give back.

The catalogue says what a call does to the world; these say where values go.
"""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from execgate.analysis import (
    attributes,
    effects,
    escaping,
    iteration,
    names,
    storing,
    subscripts,
    texts,
)
from execgate.analysis.effects import code as code_effects
from execgate.analysis.effects import placed
from execgate.analysis.machine import Machine
from execgate.analysis.models import classes as class_models
from execgate.analysis.models import data as data_models
from execgate.analysis.models import functions as function_models
from execgate.analysis.models import iterators, modelling
from execgate.analysis.models import parsing as parsing_models
from execgate.analysis.values import (
    DYNAMIC,
    FALSE,
    MAX_ALTERNATIVES,
    NONE,
    NUM,
    TRUE,
    Anything,
    Args,
    Class,
    Const,
    Inst,
    Map,
    Obj,
    Ref,
    Seq,
    Str,
    Value,
    alternatives,
    join,
    union,
)
from execgate.model.operation import DynamicCode, EnvironmentAccess, ModuleImport
from execgate.model.values import Hole, Unknown
from execgate.operations import lookup

_TRUTH = union([TRUE, FALSE])


def _getattr(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    target, name = args.get(0), args.get(1)
    default = args.get(2)
    if target is None or name is None:
        return Anything("it is read from nothing")
    found = modelling.attribute_by_value(m, target, name, "getattr", node)
    return join(found, default) if default is not None else found


def _setattr(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    target, name, value = args.get(0), args.get(1), args.get(2)
    if target is None or name is None or value is None:
        return NONE
    for alternative in alternatives(name):
        if isinstance(alternative, Const) and isinstance(alternative.value, str):
            storing.store(m, target, m.identifier(alternative.value), value, node)
        else:
            own = all(isinstance(t, (Inst, Anything)) for t in alternatives(target))
            if not own:
                m.report(DynamicCode, node, kind="attribute", via="setattr")
            escaping.let_go(m, [value], node, (target,))
            for receiver in alternatives(target):
                if isinstance(receiver, Inst):
                    for key in [*receiver.attributes]:
                        receiver.attributes[key] = join(receiver.attributes[key], value)
    return NONE


def _delattr(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    target, name = args.get(0), args.get(1)
    for alternative in alternatives(name) if name is not None and target is not None else ():
        if isinstance(alternative, Const) and isinstance(alternative.value, str):
            storing.delete(m, target or NONE, m.identifier(alternative.value), node)
    return NONE


def _vars(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    target = args.get(0)
    if target is None:
        return _locals(m, args, node)
    results: list[Value] = []
    for alternative in alternatives(target):
        if isinstance(alternative, Ref):
            m.report(DynamicCode, node, kind="namespace", via="vars")
            results.append(Obj(attributes.NAMESPACE, {"of": alternative}))
        else:
            results.append(attributes.get(m, alternative, "__dict__", node))
    return union(results)


def _globals(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    """Return the program's own namespace: which name is taken from it decides whether that is dynamic."""
    del m, args, node
    return Obj(attributes.NAMESPACE)


def _locals(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    if m.scope.parent is None:
        return _globals(m, args, node)
    return Map(dict(m.scope.names))


def _quiet(result: Value) -> modelling.Model:
    """Model a function that looks at what it is given and keeps nothing of it."""

    def model(m: Machine, args: Args, node: cst.CSTNode) -> Value:
        for value in args.values():
            for alternative in alternatives(value):
                if isinstance(alternative, Inst):
                    _text_hooks(m, alternative, node)
                elif isinstance(alternative, Obj) and alternative.type == attributes.ENVIRON:
                    m.report(EnvironmentAccess, node, operation="list", names=(), via="os.environ")
        return result

    return model


def _dir(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    _quiet(NONE)(m, args, node)
    target = args.get(0)
    own = modelling.own_names(target) if target is not None else None
    if own is None or len(own) >= MAX_ALTERNATIVES:
        return m.sequence([], modelling.ANY_TEXT)
    return m.sequence([], union([_OF_EVERY_OBJECT, *map(Const, own)]))


_OF_EVERY_OBJECT = Str(("__", Hole.ANY))
"""The names that every object has."""


def _text_hooks(m: Machine, value: Inst, node: cst.CSTNode) -> None:
    for hook in ("__str__", "__repr__", "__len__", "__hash__", "__bool__", "__format__"):
        if value.cls.lookup(hook) is not None:
            m.call(attributes.get(m, value, hook, node), Args(), node)


def _instance_check(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    """Model `isinstance` and `issubclass`, in which a metaclass may have a say."""
    value, kind = args.get(0), args.get(1)
    if value is not None and kind is not None:
        kinds = iteration.exact_items(m, kind) if isinstance(kind, Seq) else None
        for alternative in alternatives(union(kinds) if kinds else kind):
            for name in ("__instancecheck__", "__subclasscheck__"):
                hooks = (
                    attributes.of_metaclass(m, alternative, name, node)
                    if isinstance(alternative, Class)
                    else []
                )
                for hook in hooks:
                    m.call(hook, Args([value]), node)
    return _quiet(_TRUTH)(m, args, node)


def _members(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    """Model `inspect.getmembers`: everything that an object has, by name."""
    results: list[Value] = []
    for target in alternatives(args.get(0, "object") or NONE):
        if isinstance(target, (Inst, Class)):
            cls = target.cls if isinstance(target, Inst) else target
            held = [target.attributes] if isinstance(target, Inst) else []
            held += [base.attributes for base in cls.mro if isinstance(base, Class)]
            for name in dict.fromkeys(name for names in held for name in names):
                found = attributes.get(m, target, name, node)
                results.append(m.sequence([Const(name), found], kind="tuple"))
        else:
            m.report(DynamicCode, node, kind="introspection", via="inspect.getmembers")
            results.append(m.sequence([modelling.ANY_TEXT, Obj(DYNAMIC)], kind="tuple"))
    return m.sequence(results)


def _second(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    del m, node
    value = args.get(1)
    return value if value is not None else NONE


def _import(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    name = args.get(0, "name")
    if name is None:
        return NONE
    module = code_effects.import_by_name(m, name, "__import__", node)
    fromlist = args.get(3, "fromlist")
    whole = fromlist is not None and not (
        isinstance(fromlist, Seq) and not fromlist.items and not fromlist.more
    )
    results: list[Value] = []
    for alternative in alternatives(module):
        if (
            isinstance(alternative, Ref)
            and "." in alternative.name
            and not (whole and not data_models.is_none(fromlist))
        ):
            results.append(Ref(names.canonical(alternative.name.partition(".")[0])))
        else:
            results.append(alternative)
    return union(results)


def _print(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    file = args.keywords.get("file")
    for alternative in alternatives(file) if file is not None else ():
        if isinstance(alternative, Obj):
            placed.put_into(m, alternative, texts.concat(_printed(args)), node, "print")
        if isinstance(alternative, Inst):
            write = attributes.get(m, alternative, "write", node)
            for piece in dict.fromkeys(_printed(args)):
                m.call(write, Args([piece]), node)
    return _quiet(NONE)(m, args, node)


def _printed(args: Args) -> list[Value]:
    """Return the texts that are written, one after the other."""
    if args.rest is not None or args.others is not None:
        return [modelling.ANY_TEXT]
    between, end = args.keywords.get("sep", NONE), args.keywords.get("end", NONE)
    between = Const(" ") if data_models.is_none(between) else between
    pieces = [piece for value in args.positional for piece in (between, value)][1:]
    return [*pieces, Const("\n") if data_models.is_none(end) else end]


def _text(value: Value) -> modelling.Model:
    return lambda _m, _args, _node: value


def _caught(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    del args, node
    return Anything("it is a caught exception", m.draw("raised"))


FUNCTIONS: dict[str, modelling.Model] = {
    **class_models.FUNCTIONS,
    **data_models.FUNCTIONS,
    **function_models.FUNCTIONS,
    **parsing_models.FUNCTIONS,
    **iterators.FUNCTIONS,
    "sys.exc_info": _caught,
    "sys.exception": _caught,
    "builtins.getattr": _getattr,
    "builtins.setattr": _setattr,
    "builtins.delattr": _delattr,
    "builtins.hasattr": _quiet(_TRUTH),
    "builtins.vars": _vars,
    "builtins.globals": _globals,
    "builtins.locals": _locals,
    "builtins.dir": _dir,
    "inspect.getmembers": _members,
    "inspect.getmembers_static": _members,
    "builtins.isinstance": _instance_check,
    "builtins.issubclass": _instance_check,
    "builtins.callable": _quiet(_TRUTH),
    "builtins.print": _print,
    "builtins.len": _quiet(NUM),
    "builtins.id": _quiet(NUM),
    "builtins.hash": _quiet(NUM),
    "builtins.any": _quiet(_TRUTH),
    "builtins.all": _quiet(_TRUTH),
    "builtins.input": _text(Anything("it is read from standard input")),
    "builtins.memoryview": modelling.same,
    "types.MappingProxyType": modelling.same,
    "typing.cast": _second,
    "asyncio.run": modelling.same,
    "asyncio.create_task": modelling.same,
    "asyncio.ensure_future": modelling.same,
    "asyncio.wait_for": modelling.same,
    "asyncio.shield": modelling.same,
    "builtins.__import__": _import,
    "importlib.__import__": _import,
    "contextlib.nullcontext": modelling.same,
    "contextlib.closing": modelling.same,
    "joblib.delayed": modelling.same,
}
"""Where the values go that these functions are given."""


# Objects with a dictionary's methods.


def _environ(m: Machine, receiver: Obj, name: str, args: Args, node: cst.CSTNode) -> Value:
    entry = lookup(f"{attributes.ENVIRON}.{name}")
    if entry is not None:
        effects.perform(m, entry, args.after(receiver), node)
    else:
        m.report(EnvironmentAccess, node, operation="list", names=(), via="os.environ")
    result = Anything("it comes from the environment")
    default = args.get(1)
    return join(result, default) if name in {"get", "pop", "setdefault"} and default is not None else result


def _sys_modules(m: Machine, receiver: Obj, name: str, args: Args, node: cst.CSTNode) -> Value:
    key = args.get(0)
    if name in {"get", "pop", "__getitem__", "setdefault"} and key is not None:
        return subscripts.item(m, receiver, key, node)
    if name in {"keys", "__contains__"}:
        return Seq([], modelling.ANY_TEXT)
    m.report(DynamicCode, node, kind="namespace", via="sys.modules")
    m.report(ModuleImport, node, module=Unknown("any module that is loaded"), via="sys.modules")
    return Obj(DYNAMIC)


def _namespace(m: Machine, receiver: Obj, name: str, args: Args, node: cst.CSTNode) -> Value:
    key, default = args.get(0), args.get(1)
    if name in {"get", "pop", "__getitem__", "setdefault"} and key is not None:
        found = subscripts.item(m, receiver, key, node)
        return join(found, default) if default is not None else found
    if name == "update":
        _update_namespace(m, receiver, args, node)
        return NONE
    if name in {"keys", "__contains__"}:
        return Seq([], modelling.ANY_TEXT)
    m.report(DynamicCode, node, kind="namespace", via=attributes.namespace_of(receiver))
    return Obj(DYNAMIC)


def _update_namespace(m: Machine, receiver: Obj, args: Args, node: cst.CSTNode) -> None:
    given = data_models.dictionary(m, args, node)
    if isinstance(given, Map) and given.more is None and receiver.fields.get("of") is None:
        for key, value in given.items.items():
            if isinstance(key, str):
                m.bind(key, value, m.scope.module)
    else:
        escaping.let_go(m, args.values(), node)


def _sys_path(m: Machine, receiver: Obj, name: str, args: Args, node: cst.CSTNode) -> Value:
    del receiver, args
    if name not in {"index", "count", "copy", "__len__", "__contains__"}:
        m.report(DynamicCode, node, kind="import", via="sys.path")
    return modelling.ANY_TEXT


def _formatter(m: Machine, receiver: Obj, name: str, args: Args, node: cst.CSTNode) -> Value:
    """Format as `str.format` does, which walks attributes and items of what it is given."""
    template = args.get(0, "format_string")
    if name not in {"format", "vformat"} or template is None:
        escaping.let_go(m, args.values(), node)
        entry = lookup(f"{receiver.type}.{name}")
        if entry is None:
            return modelling.ANY_TEXT
        return effects.perform(m, entry, args.after(receiver), node)
    given = args.without_first()
    if name == "vformat":
        given = Args(rest=args.get(1, "args"), others=args.get(2, "kwargs"))
        for alternative in alternatives(given.rest or NONE):
            items = iteration.exact_items(m, alternative)
            given = Args(items, None, None, given.others) if items is not None else given
    return m.call(attributes.get(m, template, "format", node), given, node)


METHODS: dict[str, Callable[[Machine, Obj, str, Args, cst.CSTNode], Value]] = {
    parsing_models.TEMPLATE: parsing_models.template_method,
    parsing_models.URL: parsing_models.url_method,
    attributes.ENVIRON: _environ,
    attributes.SYS_MODULES: _sys_modules,
    attributes.NAMESPACE: _namespace,
    attributes.SYS_PATH: _sys_path,
    "string.Formatter": _formatter,
    "functools.singledispatch": function_models.single_dispatch,
}
