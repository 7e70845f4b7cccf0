"""Methods of lists and other sequences, and of dictionaries: what they give, and what they change."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from execgate.analysis import iteration, subscripts
from execgate.analysis.machine import Machine
from execgate.analysis.values import (
    NONE,
    NUM,
    Args,
    Const,
    Map,
    Seq,
    Str,
    Union,
    Value,
    alternatives,
    join,
    union,
)
from execgate.model.values import Hole

_ANY_TEXT = Str((Hole.ANY,))


def handed_on(receiver: Value, name: str, args: Args) -> Sequence[Value]:
    """Return the arguments of a folded method that go where they are not followed.

    What a list only keeps, and the default that a dictionary gives back, are followed.
    """
    if args.rest is not None or args.others is not None:
        return [*args.values()]
    if isinstance(receiver, Seq) and receiver.kind == "list" and name in {"append", "appendleft", "insert"}:
        return ()
    if isinstance(receiver, Map) and name in {"get", "pop", "setdefault"}:
        return args.positional[:1]
    return [*args.values()]


def list_method(m: Machine, receiver: Seq, name: str, args: Args) -> Value | None:
    """Return what a method of a sequence gives, None where it is not computed."""
    if receiver.kind == "queue":
        return _queue_method(m, receiver, name, args)
    if name in _COMBINING:
        return combined(m, receiver, args.positional, both=name not in _COMBINING_LESS)
    if receiver.kind == "generator":
        return _generator_method(m, receiver, name, args)
    first = args.get(0)
    if name in _ADDING:
        value = args.get(1) if name == "insert" else first
        if value is not None:
            _add(m, receiver, name, first, value)
        return receiver if name in {"__iadd__", "__ior__"} else Const(None)
    if name in {"remove", "discard", "clear", "sort", "reverse", "rotate"}:
        if name == "reverse" and m.replaces(receiver.path) and receiver.more is None:
            m.passes(receiver, None)
            receiver.items.reverse()
            m.version += 1
        elif receiver.items:
            receiver.more, receiver.items = receiver.element(), []
        return Const(None)
    if name in {"pop", "popleft"}:
        return _popped(m, receiver, first if name == "pop" else Const(0))
    if name == "copy":
        return Seq(list(receiver.items), receiver.more, receiver.kind, m.path)
    if name in {"index", "count", "__len__"}:
        return NUM
    if name == "__setitem__" and len(args.positional) == 2:
        subscripts.store_item(m, receiver, args.positional[0], args.positional[1], cst.Name("_"))
        return Const(None)
    if name == "__getitem__" and first is not None:
        return subscripts.item(m, receiver, first, cst.Name("_"))
    return _generator_method(m, receiver, name, args)


_ADDING = frozenset("append appendleft add insert extend extendleft update __init__ __iadd__ __ior__".split())


_COMBINING_LESS = frozenset({"intersection", "difference"})

_COMBINING = _COMBINING_LESS | {"union", "symmetric_difference"}
"""Methods of sets that make a new one."""


def combined(m: Machine, left: Seq, others: Sequence[Value], *, both: bool) -> Value:
    """Return the set that an operator on sets gives: elements of `left`, with `both` also of the others."""
    result = m.sequence([], left.element() if left.items or left.more is not None else None, "set")
    for other in others if both else ():
        added = iteration.element(m, other, cst.Name("_"))
        result.more = join(result.more, added)
    return result


def _queue_method(m: Machine, receiver: Seq, name: str, args: Args) -> Value | None:
    if name in {"put", "put_nowait"} and args.positional:
        _add(m, receiver, "append", None, args.positional[0])
        return NONE
    if name in {"get", "get_nowait"}:
        return _popped(m, receiver, Const(0)) if receiver.items or receiver.more else receiver.element()
    return NUM if name in {"qsize", "empty", "full", "maxsize"} else NONE


def _generator_method(m: Machine, receiver: Seq, name: str, args: Args) -> Value | None:
    if name in {"send", "asend"} and receiver.maker is not None:
        m.pour(("sent", id(receiver.maker.node)), args.values())
    elif name in {"throw", "athrow"}:
        m.pour("raised", args.values())
    elif name not in {"__next__", "__anext__", "close", "aclose"}:
        return None
    return receiver.element()


def _add(m: Machine, receiver: Seq, name: str, first: Value | None, value: Value) -> None:
    """Add a value, or the elements of one, to a list in place."""
    m.leave(("container", receiver.site), value)
    if name in {"extend", "extendleft", "update", "__init__", "__iadd__", "__ior__"}:
        if name == "extendleft" and receiver.items:
            receiver.more, receiver.items = receiver.element(), []
        iteration.extend(m, receiver, value)
        return
    where = first.value if name == "insert" and isinstance(first, Const) else 0
    exact = receiver.path == m.path and receiver.more is None and len(receiver.items) < iteration.MAX_ITEMS
    if exact and (name != "insert" or type(where) is int):
        m.passes(receiver, None)
        m.changed(receiver.path, None, value)
        if name in {"append", "add"}:
            receiver.items.append(value)
        else:
            receiver.items.insert(where, value)
        return
    if name in {"insert", "appendleft"} and receiver.items:
        # What stands behind it moves.
        receiver.more, receiver.items = receiver.element(), []
    receiver.more = m.merged(receiver.path, receiver.more, value)


def _popped(m: Machine, receiver: Seq, index: Value | None) -> Value:
    where = index.value if isinstance(index, Const) else (-1 if index is None else None)
    exact = m.replaces(receiver.path) and receiver.more is None
    if exact and type(where) is int and -len(receiver.items) <= where < len(receiver.items):
        m.version += 1
        m.passes(receiver, None, receiver.items[where])
        return receiver.items.pop(where)
    value = receiver.element()
    receiver.more, receiver.items = value, []
    return value


def dict_method(m: Machine, receiver: Map, name: str, args: Args) -> Value | None:
    """Return what a method of a dictionary gives, None where it is not computed."""
    first, second = args.get(0), args.get(1)
    if name in {"get", "pop", "setdefault"} and first is not None:
        result = union(_looked_up(receiver, key, second) for key in alternatives(first))
        if name == "setdefault" and second is not None:
            subscripts.store_item(m, receiver, first, result, cst.Name("_"))
        elif name == "pop":
            subscripts.forget(m, receiver, first if not isinstance(first, Union) else _ANY_TEXT)
        return result
    if name in {"clear", "popitem"}:
        value = receiver.element()
        key = join(receiver.keys, _ANY_TEXT)
        subscripts.forget(m, receiver, _ANY_TEXT)
        return Seq([key, value], kind="tuple") if name == "popitem" else Const(None)
    if name == "keys":
        more_keys = join(receiver.keys, _ANY_TEXT) if receiver.more is not None else receiver.keys
        return Seq([Const(key) for key in receiver.items], more_keys)
    if name == "values":
        return _view(m, receiver, Seq(list(receiver.items.values()), receiver.more), whole=False)
    if name == "items":
        pairs: list[Value] = [Seq([Const(key), value], kind="tuple") for key, value in receiver.items.items()]
        other = join(receiver.keys, _ANY_TEXT)
        more = Seq([other, receiver.more], kind="tuple") if receiver.more is not None else None
        return _view(m, receiver, Seq(pairs, more), whole=True)
    if name == "copy":
        return Map(dict(receiver.items), receiver.more, m.path)
    if name in {"update", "__init__", "__ior__"}:
        if first is not None:
            subscripts.update(m, receiver, first)
        subscripts.update(m, receiver, Map(dict(args.keywords), args.others))
        return receiver if name == "__ior__" else Const(None)
    if name == "__setitem__" and first is not None and second is not None:
        subscripts.store_item(m, receiver, first, second, cst.Name("_"))
        return Const(None)
    if name in {"__getitem__", "__missing__"} and first is not None:
        return subscripts.item(m, receiver, first, cst.Name("_"))
    if name == "fromkeys":
        return Map({}, second if second is not None else Const(None), m.path)
    return None


def _view(m: Machine, receiver: Map, view: Seq, *, whole: bool) -> Value:
    view.path = m.path
    receiver.views.append((view, whole))
    return view


def _looked_up(receiver: Map, key: Value, default: Value | None) -> Value:
    """Return what `get` gives for one key."""
    if not isinstance(key, Const):
        found = [*receiver.items.values()]
    elif subscripts.hashable(key.value) and key.value in receiver.items:
        found = [receiver.items[key.value]]
        if key.value not in receiver.maybe:
            return found[0]
    else:
        found = []
    if receiver.more is not None:
        found.append(receiver.more)
    return union([*found, default if default is not None else Const(None)])
