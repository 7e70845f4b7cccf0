"""Functions that call, wrap or make functions."""

from __future__ import annotations

import libcst as cst

from execgate.analysis import attributes, iteration, storing, subscripts
from execgate.analysis.machine import Machine
from execgate.analysis.models import modelling
from execgate.analysis.values import (
    NONE,
    Anything,
    Args,
    Bound,
    Const,
    Func,
    Inst,
    Num,
    Obj,
    Partial,
    Ref,
    Seq,
    Value,
    alternatives,
    derived,
    join,
)
from execgate.operations import CATALOGUE


def _map(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    if not args.positional:
        return Anything("it maps an unknown function")
    m.defer(lambda: _mapped(m, args, node), node)
    return _mapped(m, args, node)


def _mapped(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    function, iterables = args.positional[0], args.positional[1:]
    exact = iteration.exact_items(m, iterables[0]) if len(iterables) == 1 else None
    if exact is not None and len(exact) <= 64:
        return m.sequence([m.call(function, Args([item]), node) for item in exact])
    given = Args([iteration.element(m, value, node) for value in iterables], rest=args.rest)
    return m.sequence([], m.call(function, given, node))


def _filter(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    if args.get(1) is None:
        return m.sequence([])
    m.defer(lambda: _filtered(m, args, node), node)
    return _filtered(m, args, node)


def _filtered(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    function, iterable = args.get(0), args.get(1) or NONE
    element = iteration.element(m, iterable, node)
    if function is not None and not (isinstance(function, Const) and function.value is None):
        m.call(function, Args([element]), node)
    return m.sequence([], element)


def _partial(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    del m, node
    if not args.positional:
        return Anything("it is a partial call of nothing")
    return Partial(args.positional[0], args.without_first())


def _reduce(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    function, iterable = args.get(0), args.get(1)
    if function is None or iterable is None:
        return NONE
    items = iteration.exact_items(m, iterable)
    start = args.get(2)
    if items is not None and 0 < len(items) <= 64:
        rest = items if start is not None else items[1:]
        result = start if start is not None else items[0]
        for item in rest:
            result = m.call(function, Args([result, item]), node)
        return result
    element = iteration.element(m, iterable, node)
    result = m.call(function, Args([join(element, start), element]), node)
    return derived("it is the result of `reduce`", [result, element])


def _getter(kind: str) -> modelling.Model:
    def model(m: Machine, args: Args, node: cst.CSTNode) -> Value:
        del m, node
        return Partial(Ref(f"operator.{kind}()"), Args(list(args.positional), dict(args.keywords)))

    return model


def _get_attribute(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    *wanted, target = args.positional or [NONE]
    results: list[Value] = []
    for name in wanted:
        if isinstance(name, Const) and isinstance(name.value, str):
            value = target
            for part in name.value.split("."):
                value = attributes.get(m, value, part, node)
            results.append(value)
        else:
            results.append(modelling.attribute_by_value(m, target, name, "operator.attrgetter", node))
    return results[0] if len(results) == 1 else m.sequence(results, kind="tuple")


def _get_item(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    *wanted, target = args.positional or [NONE]
    results = [subscripts.item(m, target, key, node) for key in wanted]
    return results[0] if len(results) == 1 else m.sequence(results, kind="tuple")


def _call_method(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    if len(args.positional) < 2:
        return NONE
    name, *given, target = args.positional
    method = modelling.attribute_by_value(m, target, name, "operator.methodcaller", node)
    return m.call(method, Args(given, args.keywords), node)


def _apply(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    if not args.positional:
        return NONE
    return m.call(args.positional[0], args.without_first(), node)


def _operator(kind: type[cst.CSTNode]) -> modelling.Model:
    def model(m: Machine, args: Args, node: cst.CSTNode) -> Value:
        from execgate.analysis.operators import binary

        if len(args.positional) < 2:
            return Anything("it is computed from unknown arguments")
        return binary(m, kind, args.positional[0], args.positional[1], node)

    return model


def _operator_item(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    if len(args.positional) < 2:
        return Anything("it is computed from unknown arguments")
    return subscripts.item(m, args.positional[0], args.positional[1], node)


def _operator_store(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    if len(args.positional) >= 3:
        subscripts.store_item(m, args.positional[0], args.positional[1], args.positional[2], node)
    return NONE


def _starmap(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    function, iterable = args.get(0), args.get(1)
    if function is None or iterable is None:
        return m.sequence([])
    results = []
    for row in iteration.exact_items(m, iterable) or [iteration.element(m, iterable, node)]:
        items = iteration.exact_items(m, row)
        given = Args(items) if items is not None else Args(rest=iteration.element(m, row, node))
        results.append(m.call(function, given, node))
    return m.sequence(results)


def _partial_method(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    del m, node
    return Partial(attributes.PARTIAL_METHOD, args)


def _wraps(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    del m, node
    return Partial(Ref("functools.update_wrapper"), Args([], {"wrapped": args.get(0, "wrapped") or NONE}))


def _update_wrapper(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    wrapper, wrapped = args.get(0, "wrapper") or NONE, args.get(1, "wrapped") or NONE
    for alternative in alternatives(wrapper):
        if isinstance(alternative, (Func, Inst)):
            storing.store_raw(m, alternative, "__wrapped__", wrapped, node)
    return wrapper


def _cached(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    function = args.get(0, "user_function")
    if function is None or isinstance(function, (Const, Num)):
        return Ref("functools.cache")
    return _update_wrapper(m, Args([function, function]), node)


def _dispatch(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    """Model `singledispatch`: a call goes to any of the functions that are registered."""
    del node
    return Obj("functools.singledispatch", {"registry": m.sequence([args.get(0) or NONE])})


def _dispatched(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    functions, *given = args.positional
    return m.call(
        iteration.element(m, functions, node), Args(given, args.keywords, args.rest, args.others), node
    )


def single_dispatch(m: Machine, receiver: Obj, name: str, args: Args, node: cst.CSTNode) -> Value:
    """Call a function that dispatches on its argument, or register another."""
    functions = receiver.fields["registry"]
    if name == "__call__":
        return _dispatched(m, args.after(functions), node)
    if name == "register":
        function = args.get(1, "func")
        if function is None and not isinstance(args.get(0), Func):
            given = args.get(0)
            if isinstance(given, Ref) and given.name in CATALOGUE and isinstance(functions, Seq):
                # It may be what is registered, and the type be its annotation.
                iteration.extend(m, functions, m.sequence([given]))
            return Bound(receiver, "register")
        function = function or args.get(0) or NONE
        iteration.extend(m, functions, m.sequence([function])) if isinstance(functions, Seq) else None
        return function
    if name == "dispatch":
        return iteration.element(m, functions, node)
    return functions


FUNCTIONS: dict[str, modelling.Model] = {
    "functools.wraps": _wraps,
    "functools.update_wrapper": _update_wrapper,
    "functools.cache": _cached,
    "functools.lru_cache": _cached,
    "functools.singledispatch": _dispatch,
    "functools.singledispatchmethod": _dispatch,
    "builtins.map": _map,
    "builtins.filter": _filter,
    "itertools.filterfalse": _filter,
    "functools.partial": _partial,
    "functools.partialmethod": _partial_method,
    "functools.reduce": _reduce,
    "itertools.starmap": _starmap,
    "operator.attrgetter": _getter("attrgetter"),
    "operator.itemgetter": _getter("itemgetter"),
    "operator.methodcaller": _getter("methodcaller"),
    "operator.attrgetter()": _get_attribute,
    "operator.itemgetter()": _get_item,
    "operator.methodcaller()": _call_method,
    "operator.call": _apply,
    "operator.add": _operator(cst.Add),
    "operator.concat": _operator(cst.Add),
    "operator.iadd": _operator(cst.Add),
    "operator.mod": _operator(cst.Modulo),
    "operator.truediv": _operator(cst.Divide),
    "operator.mul": _operator(cst.Multiply),
    "operator.getitem": _operator_item,
    "operator.setitem": _operator_store,
}
"""Where the values go that these functions are given."""
