"""What `itertools`, `heapq` and `queue` give out: rearrangements of what they are given."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import libcst as cst

from execgate.analysis import escaping, iteration
from execgate.analysis.machine import Machine
from execgate.analysis.models import modelling
from execgate.analysis.models.data import is_none
from execgate.analysis.values import (
    MAX_ALTERNATIVES,
    NONE,
    NUM,
    PLAIN,
    Anything,
    Args,
    Const,
    Seq,
    Value,
    join,
    union,
)


def _tuple(m: Machine, items: Iterable[Value]) -> Value:
    return m.sequence(list(items), kind="tuple")


def _exact(m: Machine, values: Sequence[Value]) -> list[list[Value]] | None:
    """Return the elements of each of several iterables; None unless those of all are known."""
    found = [iteration.exact_items(m, value) for value in values]
    known = [items for items in found if items is not None]
    return known if len(known) == len(found) else None


def _whole_number(value: Value | None, default: int | None = None) -> int | None:
    if value is None:
        return default
    return value.value if isinstance(value, Const) and type(value.value) is int else None


def _few(rows: Iterable[tuple[Value, ...]]) -> list[tuple[Value, ...]] | None:
    """Return rows one by one; None where they are too many to be told apart."""
    found = list(itertools.islice(rows, MAX_ALTERNATIVES + 1))
    return found if len(found) <= MAX_ALTERNATIVES else None


def _product(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    repeat = _whole_number(args.keywords.get("repeat"), 1)
    exact = _exact(m, args.positional) if args.rest is None else None
    if exact is not None and repeat is not None and 0 <= repeat <= MAX_ALTERNATIVES:
        rows = _few(itertools.product(*exact, repeat=repeat))
        if rows is not None:
            return m.sequence([_tuple(m, row) for row in rows])
    columns = [iteration.element(m, value, node) for value in args.positional]
    if repeat == 1:
        return m.sequence([], m.sequence(columns, args.rest, "tuple"))
    return m.sequence([], m.sequence([], union(columns) if columns else NONE, "tuple"))


def _chosen(rows_of: Callable[..., Iterable[tuple[Any, ...]]]) -> modelling.Model:
    """Model a function that gives tuples of elements of one iterable."""

    def model(m: Machine, args: Args, node: cst.CSTNode) -> Value:
        value = args.get(0, "iterable")
        if value is None:
            return m.sequence([])
        items = iteration.exact_items(m, value)
        size = _whole_number(args.get(1, "r"), len(items) if items is not None else None)
        if items is not None and size is not None and 0 <= size <= MAX_ALTERNATIVES:
            rows = _few(rows_of(items, size))
            if rows is not None:
                return m.sequence([_tuple(m, row) for row in rows])
        element = iteration.element(m, value, node)
        row = m.sequence([element] * size) if size is not None and size <= 8 else m.sequence([], element)
        row.kind = "tuple"
        return m.sequence([], row)

    return model


def _pairwise(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    return _chosen(lambda items, _: itertools.pairwise(items))(
        m, Args([*args.positional[:1], Const(2)]), node
    )


def _flattened(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    value = args.get(0, "iterable")
    if value is None:
        return m.sequence([])
    outer = iteration.exact_items(m, value)
    exact = _exact(m, outer) if outer is not None else None
    if exact is not None:
        return m.sequence([item for items in exact for item in items])
    return m.sequence([], iteration.element(m, iteration.element(m, value, node), node))


def _some(place: int) -> modelling.Model:
    """Model a function that gives some of the elements of its argument at a place, once or again."""

    def model(m: Machine, args: Args, node: cst.CSTNode) -> Value:
        value = args.get(place)
        if value is None:
            return m.sequence([])
        element = iteration.element(m, value, node)
        key = args.get(place + 1, "key")
        if key is not None and not isinstance(key, PLAIN):
            m.call(key, Args([element]), node)
        return m.sequence([], element)

    return model


def _while(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    predicate, value = args.get(0, "predicate"), args.get(1, "iterable")
    if predicate is None or value is None:
        return m.sequence([])
    element = iteration.element(m, value, node)
    m.call(predicate, Args([element]), node)
    m.defer(lambda: m.call(predicate, Args([element]), node), node)
    return m.sequence([], element)


def _slice(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    value = args.get(0)
    if value is None:
        return m.sequence([])
    items = iteration.exact_items(m, value)
    bounds = [v.value for v in args.positional[1:] if isinstance(v, Const)]
    if items is not None and args.rest is None and len(bounds) == len(args.positional) - 1:
        try:
            return m.sequence(list(itertools.islice(items, *bounds)))
        except (TypeError, ValueError):
            return Anything("its computation fails")
    return m.sequence([], iteration.element(m, value, node))


def _repeated(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    del node
    return m.sequence([], args.get(0, "object") or NONE)


def _counted(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    del args, node
    return m.sequence([], NUM)


def _grouped(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    value, key = args.get(0, "iterable"), args.get(1, "key")
    if value is None:
        return m.sequence([])
    element = iteration.element(m, value, node)
    named = m.call(key, Args([element]), node) if key is not None and not is_none(key) else element
    return m.sequence([], _tuple(m, [named, m.sequence([], element)]))


def _accumulated(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    value, function = args.get(0, "iterable"), args.get(1, "func")
    if value is None:
        return m.sequence([])
    element = join(iteration.element(m, value, node), args.keywords.get("initial"))
    if function is None or is_none(function):
        return m.sequence([], Anything("it is a sum of elements") if not _is_number(element) else NUM)
    first = m.call(function, Args([element, element]), node)
    return m.sequence([], union([element, first, m.call(function, Args([first, element]), node)]))


def _is_number(value: Value) -> bool:
    return value is NUM or (isinstance(value, Const) and type(value.value) in {int, float})


def _copies(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    value = args.get(0, "iterable")
    if value is None:
        return m.sequence([])
    items = iteration.exact_items(m, value)
    made = m.sequence(items) if items is not None else m.sequence([], iteration.element(m, value, node))
    times = _whole_number(args.get(1, "n"), 2)
    return m.sequence([made] * times if times is not None and times <= 16 else [], made, "tuple")


def _keys(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    """Model `dict.fromkeys`."""
    keys, value = args.get(0, "iterable"), args.get(1, "value") or NONE
    items = iteration.exact_items(m, keys) if keys is not None else None
    if items is not None and all(isinstance(item, Const) for item in items):
        return m.mapping({item.value: value for item in items if isinstance(item, Const)})
    result = m.mapping({}, value)
    result.keys = iteration.element(m, keys, node) if keys is not None else None
    return result


# Heaps are lists, and queues are held to be: what goes in comes out, in some order.


def _pushed(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    heap, item = args.get(0), args.get(1)
    if isinstance(heap, Seq) and item is not None:
        iteration.extend(m, heap, m.sequence([], item))
    elif heap is not None and item is not None:
        escaping.let_go(m, [item], node, (heap,))
    return NONE


def _popped(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    heap = args.get(0)
    return iteration.element(m, heap, node) if heap is not None else NONE


def _exchanged(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    _pushed(m, args, node)
    return _popped(m, args, node)


def _queue(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    del args, node
    return m.sequence([], kind="queue")


FUNCTIONS: dict[str, modelling.Model] = {
    "itertools.product": _product,
    "itertools.permutations": _chosen(itertools.permutations),
    "itertools.combinations": _chosen(itertools.combinations),
    "itertools.combinations_with_replacement": _chosen(itertools.combinations_with_replacement),
    "itertools.pairwise": _pairwise,
    "itertools.chain.from_iterable": _flattened,
    "itertools.cycle": _some(0),
    "itertools.compress": _some(0),
    "itertools.takewhile": _while,
    "itertools.dropwhile": _while,
    "itertools.islice": _slice,
    "itertools.repeat": _repeated,
    "itertools.count": _counted,
    "itertools.groupby": _grouped,
    "itertools.accumulate": _accumulated,
    "itertools.tee": _copies,
    "builtins.dict.fromkeys": _keys,
    "collections.OrderedDict.fromkeys": _keys,
    "random.sample": _some(0),
    "random.choices": _some(0),
    "heapq.heappush": _pushed,
    "heapq.heappop": _popped,
    "heapq.heappushpop": _exchanged,
    "heapq.heapreplace": _exchanged,
    "heapq.nlargest": _some(1),
    "heapq.nsmallest": _some(1),
    "queue.Queue": _queue,
    "queue.LifoQueue": _queue,
    "queue.PriorityQueue": _queue,
    "queue.SimpleQueue": _queue,
    "asyncio.Queue": _queue,
    "asyncio.LifoQueue": _queue,
    "asyncio.PriorityQueue": _queue,
    "asyncio.as_completed": _some(0),
    "concurrent.futures.as_completed": _some(0),
}
"""Where the values go that these functions are given."""
