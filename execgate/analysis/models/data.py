"""Functions that make texts, numbers and containers, and take them apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import libcst as cst

from execgate.analysis import attributes, folding, iteration, subscripts, texts
from execgate.analysis.machine import Machine
from execgate.analysis.models import modelling
from execgate.analysis.values import (
    NONE,
    NUM,
    Anything,
    Args,
    Const,
    Inst,
    Map,
    Obj,
    Seq,
    Str,
    Union,
    Value,
    alternatives,
    derived,
    join,
    union,
)
from execgate.model.operation import EnvironmentAccess
from execgate.model.values import Hole


def _str(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    value = args.get(0, "object")
    if value is None:
        return Const("")
    if len(args.positional) > 1 and isinstance(value, Const) and isinstance(value.value, bytes):
        decoded = folding.method(m, value, "decode", args.without_first(), node)
        return decoded if decoded is not None else modelling.ANY_TEXT
    subscripts.read_whole(m, [value], node)
    results: list[Value] = []
    for alternative in alternatives(value):
        if isinstance(alternative, Inst) and alternative.cls.lookup("__str__") is not None:
            results.append(m.call(attributes.get(m, alternative, "__str__", node), Args(), node))
        elif isinstance(alternative, Obj) and alternative.type in texts.DATE_TYPES:
            results.append(Str((Hole.NUMBER,)) if alternative.type == "datetime.date" else texts.MOMENT)
        elif isinstance(alternative, Const) and isinstance(alternative.value, bytes):
            results.append(Const(str(alternative.value)))
        else:
            results.append(texts.concat([alternative]))
    return union(results)


def _int(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    del m, node
    if all(isinstance(v, Const) for v in args.positional) and 0 < len(args.positional) <= 2 and not args.rest:
        raw = [v.value for v in args.positional if isinstance(v, Const)]
        try:
            if len(str(raw[0])) < 1000:
                return Const(int(*raw))
        except (TypeError, ValueError, OverflowError):
            return Anything("its computation fails")
    return NUM


def _float(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    del m, node
    value = args.get(0)
    if isinstance(value, Const) and isinstance(value.value, (str, int, float)):
        try:
            return Const(float(value.value))
        except (ValueError, OverflowError):
            return Anything("its computation fails")
    return NUM


def _bytes(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    value = args.get(0)
    if isinstance(value, Const) and isinstance(value.value, str) and len(args.positional) > 1:
        return folding.method(m, value, "encode", args.without_first(), node) or modelling.ANY_TEXT
    if isinstance(value, Const) and isinstance(value.value, bytes):
        return value
    items = iteration.exact_items(m, value) if isinstance(value, Seq) else None
    if items is not None:
        numbers = [
            i.value for i in items if isinstance(i, Const) and isinstance(i.value, int) and 0 <= i.value < 256
        ]
        if len(numbers) == len(items):
            return Const(bytes(numbers))
    return modelling.ANY_TEXT


def _collection(kind: str) -> modelling.Model:
    def model(m: Machine, args: Args, node: cst.CSTNode) -> Value:
        value = args.get(0)
        if value is None:
            return m.sequence([], kind=kind)
        results: list[Value] = []
        for alternative in alternatives(value):
            items = iteration.exact_items(m, alternative)
            if items is not None:
                results.append(m.sequence(items, kind=kind))
            else:
                results.append(m.sequence([], iteration.element(m, alternative, node), kind))
        return union(results)

    return model


def _is_mapping(value: Value) -> bool:
    """Return whether an instance of one of the program's classes gives out items by key."""
    if not isinstance(value, Inst) or value.cls.lookup("__getitem__") is None:
        return False
    return value.cls.lookup("keys") is not None or any(value.cls.foreign_bases())


def dictionary(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    """Return the dictionary that `dict` makes."""
    result = m.mapping(dict(args.keywords), args.others)
    value = args.get(0)
    for alternative in alternatives(value) if value is not None and args.positional else ():
        if isinstance(alternative, Map) or _is_mapping(alternative):
            subscripts.update(m, result, alternative)
        elif isinstance(alternative, Obj) and alternative.type == attributes.ENVIRON:
            m.report(EnvironmentAccess, node, operation="list", names=(), via="os.environ")
            result.more = Anything("it comes from the environment")
        else:
            for pair in iteration.exact_items(m, alternative) or []:
                items = iteration.exact_items(m, pair)
                if items is not None and len(items) == 2:
                    subscripts.store_item(m, result, items[0], items[1], node)
                else:
                    result.more = derived("it is a part of a value that is not known", [alternative])
            if iteration.exact_items(m, alternative) is None:
                result.more = derived("it is a part of a value that is not known", [alternative])
    return result


def _range(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    del node
    raw = [v.value for v in args.positional if isinstance(v, Const) and type(v.value) is int]
    if len(raw) == len(args.positional) and 1 <= len(raw) <= 3 and args.rest is None:
        try:
            numbers = range(*raw)
            if len(numbers) <= 16:
                return m.sequence([Const(number) for number in numbers])
        except (ValueError, OverflowError):
            return Anything("its computation fails")
    return Obj("builtins.range")


def _zip(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    exact = [iteration.exact_items(m, value) for value in args.positional]
    if args.positional and args.rest is None and all(items is not None for items in exact):
        rows = zip(*(items for items in exact if items is not None), strict=False)
        return m.sequence([m.sequence(list(row), kind="tuple") for row in rows])
    return m.sequence(
        [], m.sequence([iteration.element(m, v, node) for v in args.positional], args.rest, "tuple")
    )


def _zip_longest(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    missing = args.keywords.get("fillvalue", NONE)
    columns = [join(iteration.element(m, value, node), missing) for value in args.positional]
    return m.sequence([], m.sequence(columns, args.rest, "tuple"))


def _enumerate(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    value = args.get(0, "iterable")
    if value is None:
        return m.sequence([])
    items = iteration.exact_items(m, value)
    if items is not None and args.get(1, "start") is None:
        return m.sequence([m.sequence([Const(i), item], kind="tuple") for i, item in enumerate(items)])
    return m.sequence([], m.sequence([NUM, iteration.element(m, value, node)], kind="tuple"))


def _sorted(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    value = args.get(0)
    if value is None:
        return m.sequence([])
    element = iteration.element(m, value, node)
    key = args.keywords.get("key")
    if key is not None and not (isinstance(key, Const) and key.value is None):
        m.call(key, Args([element]), node)
        return m.sequence([], element)
    is_set = isinstance(value, Seq) and value.kind == "set" and value.more is None
    items = value.items if is_set and isinstance(value, Seq) else iteration.exact_items(m, value)
    known = folding.constant(m, sorted, Args([Seq(items)], args.keywords)) if items is not None else None
    return known if known is not None else m.sequence([], element)


def _extreme(computed: Callable[..., Any]) -> modelling.Model:
    """Model `min` or `max`."""

    def model(m: Machine, args: Args, node: cst.CSTNode) -> Value:
        known = folding.constant(m, computed, args)
        return known if known is not None else _any_of(m, args, node)

    return model


def _any_of(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    key = args.keywords.get("key")
    values = (
        args.positional
        if len(args.positional) > 1
        else [iteration.element(m, v, node) for v in args.positional]
    )
    result = union(values) if values else Anything("it is the greatest of nothing")
    if key is not None and not (isinstance(key, Const) and key.value is None):
        m.call(key, Args([result]), node)
    default = args.keywords.get("default")
    return join(result, default) if default is not None else result


def _reversed(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    value = args.get(0)
    if value is None:
        return m.sequence([])
    items = iteration.exact_items(m, value)
    if items is not None:
        return m.sequence(items[::-1])
    hooked = [
        m.call(attributes.get(m, alternative, "__reversed__", node), Args(), node)
        for alternative in alternatives(value)
        if isinstance(alternative, Inst) and alternative.cls.lookup("__reversed__") is not None
    ]
    return union([*hooked, m.sequence([], iteration.element(m, value, node))])


def first_element(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    """Return any element of the first argument, or the default behind it."""
    value = args.get(0)
    if value is None:
        return Anything("it is an element of nothing")
    if isinstance(value, Inst) and value.cls.lookup("__next__") is not None:
        return m.call(attributes.get(m, value, "__next__", node), Args(), node)
    found = iteration.element(m, value, node)
    default = args.get(1)
    return join(found, default) if default is not None else found


def _iter(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    value, sentinel = args.get(0), args.get(1)
    if value is None:
        return NONE
    if sentinel is not None:
        return m.sequence([], m.call(value, Args(), node))
    return value


def _chained(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    result = m.sequence([])
    for value in args.positional:
        iteration.extend(m, result, value)
    if args.rest is not None:
        result.more = iteration.element(m, args.rest, node)
    return result


def _default_dict(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    factory = args.get(0)
    made = m.call(factory, Args(), node) if factory is not None and not is_none(factory) else None
    result = m.mapping(dict(args.keywords))
    for value in args.positional[1:]:
        subscripts.update(m, result, dictionary(m, Args([value]), node))
    result.more = join(result.more, made) if made is not None else result.more
    return result


def _chain_map(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    del node
    return union(args.values()) if args.positional else Map(path=m.path)


def _copied(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    value = args.get(0)
    return copy_of(m, value, node, {}) if value is not None else NONE


def copy_of(m: Machine, value: Value, node: cst.CSTNode, done: dict[int, Value]) -> Value:
    """Return a copy, of which a change leaves the original as it is."""
    known = done.get(id(value))
    if known is not None:
        return known
    if isinstance(value, Union):
        return union([copy_of(m, alternative, node, done) for alternative in value.values])
    if isinstance(value, Seq):
        sequence = done[id(value)] = m.sequence([], value.more, value.kind)
        sequence.items = [copy_of(m, item, node, done) for item in value.items]
        sequence.maker, sequence.result = value.maker, value.result
        return sequence
    if isinstance(value, Map):
        mapping = Map({}, value.more, m.path)
        done[id(value)] = mapping
        mapping.items = {key: copy_of(m, item, node, done) for key, item in value.items.items()}
        mapping.maybe = set(value.maybe)
        return mapping
    if isinstance(value, Inst):
        hooks = [h for h in ("__copy__", "__deepcopy__") if value.cls.lookup(h) is not None]
        if hooks:
            return union(
                m.call(attributes.get(m, value, hook, node), Args(rest=NONE), node) for hook in hooks
            )
        instance = Inst(value.cls, m.path)
        done[id(value)] = instance
        for name, held in value.attributes.items():
            instance.attributes[name] = copy_of(m, held, node, done)
        instance.made = copy_of(m, value.made, node, done) if value.made is not None else None
        return instance
    return value


def is_none(value: Value | None) -> bool:
    """Return whether a value certainly is None."""
    return isinstance(value, Const) and value.value is None


def _maketrans(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    del m, node
    raw = [v.value for v in args.positional if isinstance(v, Const)]
    if len(raw) == len(args.positional) and raw and all(isinstance(v, (str, bytes)) for v in raw):
        try:
            if isinstance(raw[0], bytes):
                return Const(bytes.maketrans(*raw))
            return Map({key: Const(value) for key, value in str.maketrans(*raw).items()})
        except (TypeError, ValueError):
            return Anything("its computation fails")
    value = args.get(0)
    if isinstance(value, Map) and value.more is None:
        return Map({ord(k) if isinstance(k, str) and len(k) == 1 else k: v for k, v in value.items.items()})
    return Anything("it is a table that is not known")


def unbound(m: Machine, qualified: str, args: Args, node: cst.CSTNode) -> Value | None:
    """Call a method of a built-in type as a function; None where `qualified` is none."""
    module, _, name = qualified.rpartition(".")
    if module not in _BUILT_IN_TYPES or name in {"fromkeys", "maketrans", "fromhex", "__new__"}:
        return None
    if not args.positional:
        return None
    return m.call(attributes.get(m, args.positional[0], name, node), args.without_first(), node)


_BUILT_IN_TYPES = frozenset(
    """
    builtins.list builtins.dict builtins.set builtins.str builtins.bytes builtins.bytearray builtins.tuple
    builtins.object collections.deque collections.OrderedDict collections.UserDict collections.UserList
    """.split()
)


FUNCTIONS: dict[str, modelling.Model] = {
    "builtins.str": _str,
    "builtins.int": _int,
    "builtins.float": _float,
    "builtins.bytes": _bytes,
    "builtins.bytearray": _bytes,
    "builtins.list": _collection("list"),
    "builtins.tuple": _collection("tuple"),
    "builtins.set": _collection("set"),
    "builtins.frozenset": _collection("set"),
    "collections.deque": _collection("list"),
    "builtins.dict": dictionary,
    "collections.OrderedDict": dictionary,
    "collections.ChainMap": _chain_map,
    "collections.defaultdict": _default_dict,
    "builtins.range": _range,
    "builtins.zip": _zip,
    "itertools.zip_longest": _zip_longest,
    "builtins.enumerate": _enumerate,
    "builtins.sorted": _sorted,
    "builtins.min": _extreme(min),
    "builtins.max": _extreme(max),
    "builtins.reversed": _reversed,
    "builtins.next": first_element,
    "builtins.anext": first_element,
    "random.choice": first_element,
    "secrets.choice": first_element,
    "builtins.iter": _iter,
    "builtins.aiter": _iter,
    "copy.copy": _copied,
    "copy.deepcopy": _copied,
    "itertools.chain": _chained,
    "builtins.str.maketrans": _maketrans,
    "builtins.bytes.maketrans": _maketrans,
}
"""Where the values go that these functions are given."""
