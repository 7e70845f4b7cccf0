"""Functions and classes of the program: defining them, and following a call into them."""

from __future__ import annotations

import libcst as cst

from execgate.analysis import escaping, together
from execgate.analysis.machine import MAX_DEPTH, Frame, Known, Machine
from execgate.analysis.scopes import Scope
from execgate.analysis.values import (
    NONE,
    STATELESS,
    Anything,
    Args,
    Class,
    Func,
    Inst,
    Map,
    Ref,
    Value,
    capabilities,
    derived,
    join,
    union,
)

MAX_AGAIN = 2
"""How many calls of one function are followed into each other."""

MAX_TIMES = 16
"""How often one call is followed anew, where what it looks at has changed in between."""

MAX_TIMES_LATE = 4
"""How often it is where the program's straight line is at its end, and what there is only grows."""


def define(m: Machine, node: cst.FunctionDef | cst.Lambda) -> Func:
    """Return the function that a `def` or `lambda` makes here; its defaults are evaluated now."""
    defaults: dict[str, Value] = {}
    annotations: list[Value] = []
    parameters = node.params
    for parameter in (*parameters.posonly_params, *parameters.params, *parameters.kwonly_params):
        if parameter.annotation is not None:
            annotations.append(m.evaluate(parameter.annotation.annotation))
        if parameter.default is not None:
            defaults[m.identifier(parameter.name.value)] = m.evaluate(parameter.default)
    annotations += [
        m.evaluate(starred.annotation.annotation)
        for starred in (parameters.star_arg, parameters.star_kwarg)
        if isinstance(starred, cst.Param) and starred.annotation is not None
    ]
    if isinstance(node, cst.FunctionDef) and node.returns is not None:
        annotations.append(m.evaluate(node.returns.annotation))
    function = Func(node, m.scope, defaults)
    function.annotations = tuple(annotations)
    m.scope.share()
    m.functions.setdefault(id(node), []).append(function)
    return function


def enter(m: Machine, function: Func, args: Args, node: cst.CSTNode) -> Value:
    """Follow a call of a function of the program and return what it can return."""
    m.step()
    depth = sum(1 for frame in m.frames if frame.function is not None)
    again = sum(
        1 for frame in m.frames if frame.function is not None and frame.function.node is function.node
    )
    if depth >= MAX_DEPTH or again >= MAX_AGAIN:
        # Too deep to follow with these arguments, so it is followed once with any.
        escaping.let_go(m, args.values(), node)
        m.escape(function, capabilities(args.values()))
        return derived(
            f"`{function.name}` calls itself too deeply to follow",
            (*args.values(), *m.draw(("returned", id(function.node)))),
        )
    caller = m.frames[-1]
    if m.spent.get(function.node, 0) > together.MAX_SPENT:
        args = together.merged(m, function, args)
    key = (id(function), args.key(), m.late, m.at_any_time)
    known = m.results.get(key)
    if known is None:
        known = m.results[key] = Known(args)
    elif known.times and known.rebound == m.rebound and (known.version == m.version or not known.stateful):
        caller.stateful = caller.stateful or known.stateful
        return known.result
    if known.times >= (MAX_TIMES_LATE if m.late else MAX_TIMES):
        return _in_any_state(m, function, args, known)
    known.times += 1
    m.entered.add(id(function.node))
    frame = Frame(function)
    frame.stateful = any(not isinstance(value, STATELESS) for value in args.values())
    work = m.work
    known.result = follow(m, function, args, frame)
    m.spent[function.node] = m.spent.get(function.node, 0) + work - m.work
    known.version, known.rebound, known.stateful = m.version, m.rebound, frame.stateful
    caller.stateful = caller.stateful or frame.stateful
    if _runs_later(function, frame):
        m.defer(lambda: follow(m, function, args, Frame(function)), node)
    return known.result


def _in_any_state(m: Machine, function: Func, args: Args, known: Known) -> Value:
    """Return what a call can give that was followed in many states of the program already.

    From here on no state is forgotten, so following it once more, at the end, finds what it does in any.
    """
    m.monotone = True
    if not known.postponed and not m.settling:
        known.postponed = True
        m.defer(lambda: follow(m, function, args, Frame(function)), function.node)
    pool = m.draw(("returned", id(function.node)))
    more = Anything(f"`{function.name}` is called in many states of the program", pool)
    return union([known.result, more]) if m.rebound or known.stateful else known.result


def _runs_later(function: Func, frame: Frame) -> bool:
    return bool(frame.yielded) or getattr(function.node, "asynchronous", None) is not None


def follow(m: Machine, function: Func, args: Args, frame: Frame) -> Value:
    """Follow a function's body with these arguments."""
    node = function.node
    scope = Scope("function", function.scope)
    _bind_parameters(m, function, args, scope)
    if function.cls is not None:
        scope.cls = function.cls
        scope.receiver = args.positional[0] if args.positional else None
    outer = (m.scope, m.statement, m.trail, m.site)
    m.scope, m.trail = scope, None
    m.site = m.site or scope.module.site
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
        m.scope, m.statement, m.trail, m.site = outer
    m.pour(("returned", id(node)), [*frame.returned, *frame.yielded])
    result = union(frame.returned) if frame.returned else NONE
    if _runs_later(function, frame):
        # What it returns at its end is in the exception that says so.
        m.pour("raised", frame.returned)
    if frame.yielded:
        generator = m.sequence([], union(frame.yielded), "generator")
        generator.maker, generator.result = function, result
        return generator
    return result


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
    m.at_any_time = id(function) in m.escaped or _runs_by_itself(function)
    try:
        result = follow(m, function, Args(given, keywords, rest, others), Frame(function))
    finally:
        m.at_any_time = False
    if id(function) in m.escaped or function.name in _REBUILT:
        escaping.let_go(m, [result], function.node)


def _runs_by_itself(function: Func) -> bool:
    """Return whether Python, or a library's base class, calls a method without the program saying so."""
    if function.cls is None:
        return False
    if function.name.startswith("__"):
        return function.name not in _FOLLOWED
    bases = function.cls.foreign_bases()
    return any(not isinstance(base, Ref) or not base.name.startswith(_QUIET) for base in bases)


_FOLLOWED = frozenset(
    """
    __init__ __new__ __post_init__ __enter__ __exit__ __aenter__ __aexit__ __call__ __iter__ __next__
    __aiter__ __anext__
    """.split()
)
"""Special methods that are followed wherever they are called."""

_QUIET = ("builtins.", "collections.", "typing.", "abc.", "enum.")
"""Where the base classes are defined that call none but special methods."""

_REBUILT = {"__reduce__", "__reduce_ex__", "__copy__", "__deepcopy__", "__getnewargs__"}
"""Methods whose results Python calls, or builds objects from."""


def _some_instance(cls: Class) -> Value:
    if not cls.instances:
        cls.instances.append(Inst(cls))
    return union(cls.instances)
