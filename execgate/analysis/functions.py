"""Functions and classes of the program: defining them, and following a call into them."""

from __future__ import annotations

import libcst as cst

from execgate.analysis import attributes
from execgate.analysis.machine import MAX_DEPTH, Frame, Machine
from execgate.analysis.scopes import Scope
from execgate.analysis.values import (
    NONE,
    Anything,
    Args,
    Class,
    Const,
    Func,
    Inst,
    Map,
    Obj,
    Ref,
    Seq,
    Value,
    alternatives,
    derived,
    join,
    union,
)


def define(m: Machine, node: cst.FunctionDef | cst.Lambda) -> Func:
    """Return the function that a `def` or `lambda` makes here; its defaults are evaluated now."""
    defaults: dict[str, Value] = {}
    parameters = node.params
    for parameter in (*parameters.posonly_params, *parameters.params, *parameters.kwonly_params):
        if parameter.annotation is not None:
            m.evaluate(parameter.annotation.annotation)
        if parameter.default is not None:
            defaults[m.identifier(parameter.name.value)] = m.evaluate(parameter.default)
    for starred in (parameters.star_arg, parameters.star_kwarg):
        if isinstance(starred, cst.Param) and starred.annotation is not None:
            m.evaluate(starred.annotation.annotation)
    if isinstance(node, cst.FunctionDef) and node.returns is not None:
        m.evaluate(node.returns.annotation)
    function = Func(node, m.scope, defaults)
    m.functions.setdefault(id(node), []).append(function)
    return function


def enter(m: Machine, function: Func, args: Args, node: cst.CSTNode) -> Value:
    """Follow a call of a function of the program and return what it can return."""
    m.step()
    depth = sum(1 for frame in m.frames if frame.function is not None)
    again = sum(
        1 for frame in m.frames if frame.function is not None and frame.function.node is function.node
    )
    if depth >= MAX_DEPTH or again >= 2:
        # Too deep to follow with these arguments, so it is followed once with any.
        attributes.let_go(m, args.values(), node)
        m.escape(function, args.values())
        return derived(f"`{function.name}` calls itself too deeply to follow", args.values())
    key = ("call", id(function), args.key(), m.late)
    known = m.memory.get(key)
    if known is not None:
        return known
    m.entered.add(id(function.node))
    result = follow(m, function, args)
    m.memory[key] = result
    return result


def follow(m: Machine, function: Func, args: Args) -> Value:
    """Follow a function's body with these arguments."""
    node = function.node
    scope = Scope("function", function.scope)
    _bind_parameters(m, function, args, scope)
    if function.cls is not None:
        scope.cls = function.cls
        scope.receiver = args.positional[0] if args.positional else None
    frame = Frame(function)
    outer = (m.scope, m.statement, m.trail)
    m.scope, m.trail = scope, None
    m.frames.append(frame)
    before = m.branch()
    try:
        if isinstance(node, cst.Lambda):
            frame.returned.append(m.evaluate(node.body))
        elif m.run(node.body):
            frame.returned.append(NONE)
    finally:
        m.frames.pop()
        m.rejoin(before)
        m.scope, m.statement, m.trail = outer
    if frame.yielded:
        return m.sequence([], union(frame.yielded))
    return union(frame.returned) if frame.returned else NONE


def _bind_parameters(m: Machine, function: Func, args: Args, scope: Scope) -> None:
    parameters = function.node.params
    positional = [*parameters.posonly_params, *parameters.params]
    given = list(args.positional)
    keywords = dict(args.keywords)
    names = scope.names
    for index, parameter in enumerate(positional):
        name = m.identifier(parameter.name.value)
        if index < len(given):
            names[name] = given[index]
        elif name in keywords:
            names[name] = keywords.pop(name)
        else:
            names[name] = _missing(function, name, args)
    for parameter in parameters.kwonly_params:
        name = m.identifier(parameter.name.value)
        names[name] = keywords.pop(name) if name in keywords else _missing(function, name, args)
    star = parameters.star_arg
    if isinstance(star, cst.Param):
        names[m.identifier(star.name.value)] = m.sequence(given[len(positional) :], args.rest, "tuple")
    if parameters.star_kwarg is not None:
        names[m.identifier(parameters.star_kwarg.name.value)] = Map(dict(keywords), args.others, m.path)


def _missing(function: Func, name: str, args: Args) -> Value:
    default = function.defaults.get(name)
    unknown = [value for value in (args.rest, args.others) if value is not None]
    if unknown:
        return union([*unknown, *([default] if default is not None else [])])
    if default is not None:
        return default
    return Anything(f"parameter `{name}` of `{function.name}` is not given")


def anyhow(m: Machine, function: Func) -> None:
    """Follow a function with any arguments: nothing here calls it, or code that we don't follow may."""
    parameters = function.node.params
    receiver: Value | None = None
    positional = [*parameters.posonly_params, *parameters.params]
    if function.cls is not None and function.static != "static" and positional:
        receiver = function.cls if function.static == "class" else _some_instance(function.cls)

    def anything(name: str) -> Value:
        value: Value = Anything(
            f"it is parameter `{name}` of `{function.name}`, whose caller is not seen here",
            tuple(function.carries),
        )
        default = function.defaults.get(name)
        return join(default, value) if default is not None else value

    given = [anything(m.identifier(parameter.name.value)) for parameter in positional]
    if receiver is not None:
        given[0] = receiver
    keywords = {
        name: anything(name) for name in (m.identifier(p.name.value) for p in parameters.kwonly_params)
    }
    rest = anything("*") if isinstance(parameters.star_arg, cst.Param) else None
    others = anything("**") if parameters.star_kwarg is not None else None
    follow(m, function, Args(given, keywords, rest, others))


def _some_instance(cls: Class) -> Value:
    if not cls.instances:
        cls.instances.append(Inst(cls))
    return union(cls.instances)


def construct(m: Machine, cls: Class, args: Args, node: cst.CSTNode) -> Value:
    """Return a new instance of a class of the program."""
    m.step()
    foreign = list(cls.foreign_bases())
    made = _made_by_library(m, cls, foreign, args, node)
    if made is not None:
        return made
    instance = Inst(cls)
    if len(cls.instances) < 16:
        cls.instances.append(instance)
    maker = cls.lookup("__new__")
    if maker is not None:
        for alternative in alternatives(m.call(maker, args.after(cls), node)):
            if isinstance(alternative, (Obj, Seq)):
                return alternative
    start = cls.lookup("__init__")
    if start is not None:
        m.call(attributes.get(m, instance, "__init__", node), args, node)
    else:
        _fields(m, cls, instance, args)
        for base in foreign:
            if isinstance(base, Ref):
                instance.made = join(instance.made, m.call(base, args, node))
        if foreign:
            attributes.let_go(m, args.values(), node, (instance,))
    after = cls.lookup("__post_init__")
    if after is not None:
        m.call(attributes.get(m, instance, "__post_init__", node), Args(), node)
    return instance


def _made_by_library(
    m: Machine, cls: Class, foreign: list[Value], args: Args, node: cst.CSTNode
) -> Value | None:
    """Return a member of an enumeration, None for a class of any other kind."""
    for base in foreign:
        if isinstance(base, Ref) and base.name.startswith("enum.") and args.positional:
            return union(
                [value for name, value in cls.attributes.items() if not name.startswith("_")] or [Const(None)]
            )
    del m, node
    return None


def _fields(m: Machine, cls: Class, instance: Inst, args: Args) -> None:
    """Bind the fields of a dataclass or named tuple, which has no `__init__` of its own."""
    names = [
        name
        for name, value in cls.attributes.items()
        if not name.startswith("__") and not isinstance(value, Func)
    ]
    for index, value in enumerate(args.positional):
        if index < len(names):
            instance.attributes[names[index]] = value
    for name, value in args.keywords.items():
        instance.attributes[name] = value
    if args.rest is not None or args.others is not None or len(args.positional) > len(names):
        more = derived("it is a field of an object", args.values())
        for name in names:
            instance.attributes.setdefault(name, more)
    del m
