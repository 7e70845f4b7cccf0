"""What calling a value does, and gives back."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from execgate.analysis import (
    attributes,
    changing,
    classes,
    effects,
    escaping,
    folding,
    functions,
    iteration,
    models,
    names,
    paths,
    subscripts,
    unknown,
)
from execgate.analysis.effects.site import CALLED
from execgate.analysis.machine import Machine
from execgate.analysis.models import data as data_models
from execgate.analysis.values import (
    DYNAMIC,
    MAX_ALTERNATIVES,
    NONE,
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
    derived,
    join,
    union,
)
from execgate.model.operation import OpaqueCall
from execgate.operations import lookup
from execgate.operations.types import FILES


def arguments(m: Machine, given: Sequence[cst.Arg]) -> Args:
    """Evaluate the arguments of a call."""
    args = Args()
    for argument in given:
        value = m.evaluate(argument.value)
        if argument.star == "*":
            items = iteration.exact_items(m, value)
            if items is not None and args.rest is None:
                args.positional.extend(items)
            else:
                element = iteration.element(m, value, argument)
                args.rest = join(args.rest, element) if args.rest is not None else element
        elif argument.star == "**":
            _keywords(m, args, value, argument)
        elif argument.keyword is not None:
            args.keywords[m.identifier(argument.keyword.value)] = value
        elif args.rest is None:
            args.positional.append(value)
        else:
            # Behind an unknown number of arguments, any place is possible.
            args.rest = join(args.rest, value)
    return args


def _keywords(m: Machine, args: Args, value: Value, node: cst.CSTNode) -> None:
    if isinstance(value, Inst) and (value.made is not None or value.cls.lookup("__getitem__") is not None):
        value = data_models.dictionary(m, Args([value]), node)
    if isinstance(value, Map):
        for key, inner in value.items.items():
            if isinstance(key, str):
                args.keywords[key] = inner
        if value.more is not None:
            args.others = join(args.others, value.more) if args.others is not None else value.more
    else:
        subscripts.read_whole(m, [value], node)
        more = derived("it comes from unknown `**` arguments", [value])
        args.others = join(args.others, more) if args.others is not None else more


def call(m: Machine, function: Value, args: Args, node: cst.CSTNode) -> Value:
    """Call `function`, whatever it can be."""
    m.step()
    if isinstance(function, Union):
        return union([call(m, alternative, args, node) for alternative in function.values[:MAX_ALTERNATIVES]])
    if isinstance(function, Ref):
        return reference(m, function.name, args, node)
    if isinstance(function, Func):
        return functions.enter(m, function, args, node)
    if isinstance(function, Method):
        return call(m, function.function, args.after(function.receiver), node)
    if isinstance(function, Bound):
        return _bound(m, function, args, node)
    if isinstance(function, Class):
        return classes.construct(m, function, args, node)
    if isinstance(function, Partial):
        return call(m, function.function, _combined(function.args, args), node)
    if isinstance(function, Inst):
        hook = function.cls.lookup("__call__")
        if hook is not None:
            return call(m, attributes.get(m, function, "__call__", node), args, node)
        if function.made is not None:
            return call(m, function.made, args, node)
    if isinstance(function, Obj):
        return _object(m, function, args, node)
    if isinstance(function, Anything) and function.carries:
        results = [
            call(m, carried, args, node) for carried in function.carries if not isinstance(carried, Inst)
        ]
        escaping.let_go(m, args.values(), node)
        return union([derived("it is the result of an unknown function", args.values()), *results])
    if isinstance(function, Anything) and function.why.endswith("is not defined here"):
        m.gap(
            f"a call of something that can't be identified: {function.why}",
            node,
            "define or import it in this code; names of other blocks are kept by interpreter sessions alone",
        )
    escaping.let_go(m, args.values(), node)
    return derived("it is the result of an unknown function", args.values())


def _combined(first: Args, second: Args) -> Args:
    return Args(
        [*first.positional, *second.positional],
        {**first.keywords, **second.keywords},
        join(first.rest, second.rest) if first.rest is not None else second.rest,
        join(first.others, second.others) if first.others is not None else second.others,
    )


def reference(m: Machine, name: str, args: Args, node: cst.CSTNode) -> Value:
    """Call a library's function or class by its canonical name."""
    model = models.FUNCTIONS.get(name)
    if model is not None:
        return model(m, args, node)
    entry = lookup(name)
    if entry is not None:
        if entry.parameters[:1] == ("self",) and args.positional:
            changing.borrowed(m, name, args.positional[0], node)
        result = effects.perform(m, entry, args, node)
        computed = paths.function(name, args, m.folders)
        if computed is not None:
            return computed
        folded = folding.function(m, name, args)
        return folded if folded is not None else result
    computed = paths.function(name, args, m.folders)
    if computed is not None:
        return computed
    folded = folding.function(m, name, args)
    if folded is not None:
        escaping.let_go(m, args.values(), node)
        return folded
    if name in FILES:
        escaping.let_go(m, args.values(), node)
        return Obj(name)
    if name.endswith(".__new__") and args.positional:
        return reference(m, "builtins.object.__new__", args, node)
    if name.endswith(".__init__") and args.positional:
        return _started(m, Ref(name.removesuffix(".__init__")), args, node)
    method = data_models.unbound(m, name, args, node)
    return method if method is not None else _unlisted(m, name, args, node)


def _started(m: Machine, base: Ref, args: Args, node: cst.CSTNode) -> Value:
    """Call the `__init__` of a library's class: it makes of an object what the class itself would make."""
    given = args.without_first()
    for receiver in alternatives(args.positional[0]):
        if isinstance(receiver, Obj):
            changing.made_again(m, receiver, given, node)
            continue
        made = call(m, base, given, node)
        if isinstance(receiver, Inst) and not isinstance(made, Anything):
            receiver.made = join(receiver.made, made)
    return NONE


def _unlisted(m: Machine, name: str, args: Args, node: cst.CSTNode) -> Value:
    standing = names.standing(name)
    if standing is names.Standing.OPAQUE:
        unknown.told(m, name, args, node)
        escaping.let_go(m, args.values(), node, args.positional)
        opaque(m, name, node)
        return derived(f"it is the result of `{name}`", args.values())
    if _is_exception(name):
        # What it is made from comes out again where it is caught.
        return Obj(name, {"args": m.sequence(list(args.positional), args.rest, "tuple")})
    if standing is not names.Standing.PURE:
        m.gap(f"`{name}` is not in the catalogue, so what it does can't be named", node)
    escaping.let_go(m, args.values(), node, args.positional)
    return derived(f"it is the result of `{name}`", args.values())


def opaque(m: Machine, name: str, node: cst.CSTNode) -> None:
    """Record, once, that a library is called whose effects the catalogue does not know."""
    library = name.partition(".")[0]
    if not names.is_harmless(name) and ("opaque", library) not in m.memory:
        m.memory[("opaque", library)] = NUM
        m.report(OpaqueCall, node, library=library, via=library)


def _is_exception(name: str) -> bool:
    return name.rpartition(".")[2].endswith(
        ("Error", "Exception", "Warning", "Exit", "Interrupt", "Iteration", "ExceptionGroup")
    )


def _object(m: Machine, value: Obj, args: Args, node: cst.CSTNode) -> Value:
    if value.type == DYNAMIC:
        m.gap(
            "a call of something that was reached by a name only known at run time",
            node,
            "name it in the code",
        )
        escaping.let_go(m, args.values(), node)
        return value
    special = models.METHODS.get(value.type)
    if special is not None:
        return special(m, value, "__call__", args, node)
    entry = lookup(f"{value.type}.__call__")
    if entry is not None:
        return effects.perform(m, entry, args.after(value), node)
    escaping.let_go(m, args.values(), node, (value,))
    return derived(f"it is the result of calling a `{value.type}`", [value, *args.values()])


def _bound(m: Machine, bound: Bound, args: Args, node: cst.CSTNode) -> Value:
    receiver, name = bound.receiver, bound.name
    if isinstance(receiver, Obj):
        return _method(m, receiver, name, args, node)
    if isinstance(receiver, (Const, Str, Num, Seq, Map)):
        result = folding.method(m, receiver, name, args, node)
        if result is not None:
            escaping.let_go(m, folding.handed_on(receiver, name, args), node)
            return result
    if isinstance(receiver, (Func, Method, Partial)) and name == "__call__":
        return call(m, receiver, args, node)
    if isinstance(receiver, Anything):
        return unknown.method(m, receiver, name, args, node)
    if isinstance(receiver, (Inst, Super, Class)):
        escaping.let_go(m, args.values(), node, (receiver,))
        return derived(f"it is the result of `{name}`", [receiver, *args.values()])
    escaping.let_go(m, args.values(), node, (receiver,) if not isinstance(receiver, (Seq, Map)) else ())
    return derived(f"it is the result of `{name}`", [receiver, *args.values()])


def _method(m: Machine, receiver: Obj, name: str, args: Args, node: cst.CSTNode) -> Value:
    special = models.METHODS.get(receiver.type)
    if special is not None:
        return special(m, receiver, name, args, node)
    if name in {"result", "get"} and CALLED in receiver.fields:
        return receiver.fields[CALLED]
    full = names.canonical(f"{receiver.type}.{name}")
    entry = lookup(full)
    if entry is not None:
        result = effects.perform(m, entry, args.after(receiver), node)
        if receiver.type == paths.PATH:
            computed = paths.method(name, receiver, args, m.folders)
            return computed if computed is not None else result
        dated = folding.date_method(receiver, name, args)
        return dated if dated is not None else result
    if receiver.type == paths.PATH:
        computed = paths.method(name, receiver, args, m.folders)
        if computed is not None:
            return computed
    dated = folding.date_method(receiver, name, args)
    if dated is not None:
        return dated
    if name == "__init__":
        return changing.made_again(m, receiver, args, node)
    if name == "__setattr__":
        return reference(m, "builtins.setattr", args.after(receiver), node)
    escaping.let_go(m, args.values(), node, (receiver,))
    if names.standing(receiver.type) is names.Standing.OPAQUE:
        opaque(m, full, node)
    elif changing.is_internal(receiver.type, name):
        m.gap(f"`{full}` is private, so what it does can't be named", node)
    return derived(f"it is the result of `{full}`", [receiver, *args.values()])
