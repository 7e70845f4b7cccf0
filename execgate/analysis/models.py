"""Functions of Python itself that hand values on, and what an unknown object's method may be.

The catalogue says what a call does to the world; these say where values go.
"""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from execgate.analysis import (
    attributes,
    classes,
    effects,
    escaping,
    folding,
    iteration,
    names,
    storing,
    subscripts,
    texts,
)
from execgate.analysis.machine import Machine
from execgate.analysis.values import (
    DYNAMIC,
    FALSE,
    NONE,
    NUM,
    TRUE,
    Anything,
    Args,
    Bound,
    Class,
    Const,
    Func,
    Inst,
    Map,
    Num,
    Obj,
    Partial,
    Property,
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
from execgate.model.operation import DynamicCode, EnvironmentAccess, ModuleImport
from execgate.model.values import Hole, Unknown
from execgate.operations import lookup

_ANY_TEXT = Str((Hole.ANY,))
_TRUTH = union([TRUE, FALSE])

Model = Callable[[Machine, Args, cst.CSTNode], Value]


def _getattr(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    target, name = args.get(0), args.get(1)
    default = args.get(2)
    if target is None or name is None:
        return Anything("it is read from nothing")
    found = attribute_by_value(m, target, name, "getattr", node)
    return join(found, default) if default is not None else found


def attribute_by_value(m: Machine, target: Value, name: Value, via: str, node: cst.CSTNode) -> Value:
    """Return an attribute whose name is a value: dynamic only where that is not constant."""
    results: list[Value] = []
    for alternative in alternatives(name):
        if isinstance(alternative, Const) and isinstance(alternative.value, str):
            results.append(attributes.get(m, target, m.identifier(alternative.value), node))
        else:
            m.report(DynamicCode, node, kind="attribute", via=via)
            results.append(Obj(DYNAMIC))
    return union(results)


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
    del m, args, node
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
    del args
    m.report(DynamicCode, node, kind="namespace", via="globals")
    return Obj(attributes.NAMESPACE)


def _locals(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    if m.scope.parent is None:
        return _globals(m, args, node)
    return Map(dict(m.scope.names))


def _type(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    if len(args.positional) == 3:
        return classes.built(m, args, node)
    target = args.get(0)
    results: list[Value] = []
    for alternative in alternatives(target) if target is not None else ():
        if isinstance(alternative, Inst):
            results.append(alternative.cls)
        elif isinstance(alternative, Obj) and alternative.type not in {
            DYNAMIC,
            attributes.NAMESPACE,
        }:
            results.append(attributes.type_of(alternative))
        else:
            results.append(derived("it is the type of a value", [alternative]))
    return union(results) if results else Anything("it is the type of nothing")


def _super(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    del node
    cls, receiver = args.get(0), args.get(1)
    scope = m.scope
    while scope.receiver is None and scope.parent is not None:
        scope = scope.parent
    if cls is None:
        cls, receiver = scope.cls, scope.receiver
    if receiver is None:
        receiver = scope.receiver
    supers = [
        Super(alternative, receiver)
        for alternative in (alternatives(cls) if cls is not None else ())
        if isinstance(alternative, Class) and receiver is not None
    ]
    return union(supers) if supers else Anything("it is the base of a class that is not known")


def _quiet(result: Value) -> Model:
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
    return m.sequence([], _ANY_TEXT)


def _text_hooks(m: Machine, value: Inst, node: cst.CSTNode) -> None:
    for hook in ("__str__", "__repr__", "__len__", "__hash__", "__bool__", "__format__"):
        if value.cls.lookup(hook) is not None:
            m.call(attributes.get(m, value, hook, node), Args(), node)


def _str(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    value = args.get(0, "object")
    if value is None:
        return Const("")
    if len(args.positional) > 1 and isinstance(value, Const) and isinstance(value.value, bytes):
        decoded = folding.method(m, value, "decode", args.without_first(), node)
        return decoded if decoded is not None else _ANY_TEXT
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
        return folding.method(m, value, "encode", args.without_first(), node) or _ANY_TEXT
    if isinstance(value, Const) and isinstance(value.value, bytes):
        return value
    items = iteration.exact_items(m, value) if isinstance(value, Seq) else None
    if items is not None:
        numbers = [
            i.value for i in items if isinstance(i, Const) and isinstance(i.value, int) and 0 <= i.value < 256
        ]
        if len(numbers) == len(items):
            return Const(bytes(numbers))
    return _ANY_TEXT


def _collection(kind: str) -> Model:
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


def _dict(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    result = Map(dict(args.keywords), args.others, m.path)
    value = args.get(0)
    for alternative in alternatives(value) if value is not None and args.positional else ():
        if isinstance(alternative, Map):
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


def _enumerate(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    value = args.get(0, "iterable")
    if value is None:
        return m.sequence([])
    items = iteration.exact_items(m, value)
    if items is not None and args.get(1, "start") is None:
        return m.sequence([m.sequence([Const(i), item], kind="tuple") for i, item in enumerate(items)])
    return m.sequence([], m.sequence([NUM, iteration.element(m, value, node)], kind="tuple"))


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


def _sorted(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    value = args.get(0)
    if value is None:
        return m.sequence([])
    element = iteration.element(m, value, node)
    key = args.keywords.get("key")
    if key is not None and not (isinstance(key, Const) and key.value is None):
        m.call(key, Args([element]), node)
    return m.sequence([], element)


def _extreme(m: Machine, args: Args, node: cst.CSTNode) -> Value:
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
    return m.sequence([], iteration.element(m, value, node))


def _element(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    value = args.get(0)
    if value is None:
        return Anything("it is an element of nothing")
    if isinstance(value, Inst) and value.cls.lookup("__next__") is not None:
        return m.call(attributes.get(m, value, "__next__", node), Args(), node)
    found = iteration.element(m, value, node)
    default = args.get(1)
    return join(found, default) if default is not None else found


def _same(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    del m, node
    value = args.get(0)
    return value if value is not None else NONE


def _second(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    del m, node
    value = args.get(1)
    return value if value is not None else NONE


def _iter(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    value, sentinel = args.get(0), args.get(1)
    if value is None:
        return NONE
    if sentinel is not None:
        return m.sequence([], m.call(value, Args(), node))
    return value


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


def _getter(kind: str) -> Model:
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
            results.append(attribute_by_value(m, target, name, "operator.attrgetter", node))
    return results[0] if len(results) == 1 else m.sequence(results, kind="tuple")


def _get_item(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    *wanted, target = args.positional or [NONE]
    results = [subscripts.item(m, target, key, node) for key in wanted]
    return results[0] if len(results) == 1 else m.sequence(results, kind="tuple")


def _call_method(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    if len(args.positional) < 2:
        return NONE
    name, *given, target = args.positional
    method = attribute_by_value(m, target, name, "operator.methodcaller", node)
    return m.call(method, Args(given, args.keywords), node)


def _apply(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    if not args.positional:
        return NONE
    return m.call(args.positional[0], args.without_first(), node)


def _operator(kind: type[cst.CSTNode]) -> Model:
    def model(m: Machine, args: Args, node: cst.CSTNode) -> Value:
        from execgate.analysis.expressions import binary

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


def _chained(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    result = m.sequence([])
    for value in args.positional:
        iteration.extend(m, result, value)
    if args.rest is not None:
        result.more = iteration.element(m, args.rest, node)
    return result


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


def _default_dict(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    factory = args.get(0)
    made = m.call(factory, Args(), node) if factory is not None and not _is_none(factory) else None
    result = Map(dict(args.keywords), None, m.path)
    for value in args.positional[1:]:
        subscripts.update(m, result, _dict(m, Args([value]), node))
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


def _is_none(value: Value | None) -> bool:
    return isinstance(value, Const) and value.value is None


def _import(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    name = args.get(0, "name")
    if name is None:
        return NONE
    module = effects.import_by_name(m, name, "__import__", node)
    fromlist = args.get(3, "fromlist")
    whole = fromlist is not None and not (
        isinstance(fromlist, Seq) and not fromlist.items and not fromlist.more
    )
    results: list[Value] = []
    for alternative in alternatives(module):
        if (
            isinstance(alternative, Ref)
            and "." in alternative.name
            and not (whole and not _is_none(fromlist))
        ):
            results.append(Ref(names.canonical(alternative.name.partition(".")[0])))
        else:
            results.append(alternative)
    return union(results)


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


def _named_tuple(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    del m, node
    fields = args.get(1)
    found: list[str] = []
    if isinstance(fields, Const) and isinstance(fields.value, str):
        found = fields.value.replace(",", " ").split()
    elif isinstance(fields, Seq):
        found = [v.value for v in fields.items if isinstance(v, Const) and isinstance(v.value, str)]
    cls = Class("namedtuple", [], {})
    cls.fields.extend(found)
    cls.tuple = True
    return cls


def _print(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    file = args.keywords.get("file")
    for alternative in alternatives(file) if file is not None else ():
        if isinstance(alternative, Inst):
            m.call(attributes.get(m, alternative, "write", node), Args([texts.concat(args.positional)]), node)
    return _quiet(NONE)(m, args, node)


def _text(value: Value) -> Model:
    return lambda _m, _args, _node: value


def _type_call(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    return union(
        classes.instance_of(m, alternative, args.without_first(), node)
        if isinstance(alternative, Class)
        else Anything("it is an instance of a class that is not known")
        for alternative in alternatives(args.get(0) or NONE)
    )


def _type_new(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    first = args.get(0)
    of = first if isinstance(first, Class) else None
    if len(args.positional) >= 4:
        return classes.built(m, args.without_first(), node, of)
    return _object_new(m, args, node)


def _object_new(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    del node
    results: list[Value] = []
    for alternative in alternatives(args.get(0) or NONE):
        if isinstance(alternative, Class):
            instance = Inst(alternative, m.path)
            alternative.instances[16:] = []
            alternative.instances.append(instance)
            results.append(instance)
        else:
            results.append(derived("it is an object of a class that is not known", [alternative]))
    return union(results)


def _object_store(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    target, name, value = args.get(0), args.get(1), args.get(2)
    if target is None or name is None or value is None:
        return NONE
    for alternative in alternatives(name):
        if isinstance(alternative, Const) and isinstance(alternative.value, str):
            storing.store_raw(m, target, m.identifier(alternative.value), value, node)
        else:
            escaping.let_go(m, [value], node, (target,))
    return NONE


def _property(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    del m, node
    return Property(args.get(0, "fget"), args.get(1, "fset"))


def _property_part(part: str) -> Model:
    """Model `@x.setter` and its like, which give a property with one function replaced."""

    def model(m: Machine, args: Args, node: cst.CSTNode) -> Value:
        del m, node
        old, function = args.get(0), args.get(1)
        if not isinstance(old, Property) or part == "deleter":
            return old or NONE
        return Property(function, old.setter) if part == "getter" else Property(old.getter, function)

    return model


def _wrapper(kind: str) -> Model:
    """Model `staticmethod(f)` and `classmethod(f)`."""

    def model(m: Machine, args: Args, node: cst.CSTNode) -> Value:
        del m, node
        results: list[Value] = []
        for alternative in alternatives(args.get(0) or NONE):
            if isinstance(alternative, Func):
                wrapped = Func(alternative.node, alternative.scope, alternative.defaults)
                wrapped.static, wrapped.cls = kind, alternative.cls
                results.append(wrapped)
            else:
                results.append(alternative)
        return union(results)

    return model


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
    return Obj("functools.singledispatch", {"functions": m.sequence([args.get(0) or NONE])})


def _dispatched(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    functions, *given = args.positional
    return m.call(
        iteration.element(m, functions, node), Args(given, args.keywords, args.rest, args.others), node
    )


def _single_dispatch(m: Machine, receiver: Obj, name: str, args: Args, node: cst.CSTNode) -> Value:
    functions = receiver.fields["functions"]
    if name == "__call__":
        return _dispatched(m, args.after(functions), node)
    if name == "register":
        function = args.get(1, "func")
        if function is None and not isinstance(args.get(0), Func):
            return Bound(receiver, "register")
        function = function or args.get(0) or NONE
        iteration.extend(m, functions, m.sequence([function])) if isinstance(functions, Seq) else None
        return function
    return functions


def _field(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    del m, node
    return Obj("dataclasses.Field", dict(args.keywords))


def _replace(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    results: list[Value] = []
    for alternative in alternatives(args.get(0) or NONE):
        if isinstance(alternative, Inst):
            new = Inst(alternative.cls, m.path)
            new.attributes.update(alternative.attributes)
            new.attributes.update(args.keywords)
            results.append(new)
        else:
            escaping.let_go(m, args.keywords.values(), node, (alternative,))
            results.append(alternative)
    return union(results)


def _as_dict(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    del node
    return union(
        Map(dict(alternative.attributes), path=m.path)
        if isinstance(alternative, Inst)
        else derived("it is made of an object", [alternative])
        for alternative in alternatives(args.get(0) or NONE)
    )


def _as_tuple(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    del node
    return union(
        m.sequence(list(alternative.attributes.values()), kind="tuple")
        if isinstance(alternative, Inst)
        else derived("it is made of an object", [alternative])
        for alternative in alternatives(args.get(0) or NONE)
    )


def _namespace_object(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    cls = Class("SimpleNamespace", [], {})
    instance = Inst(cls, m.path)
    held = _dict(m, args, node)
    if isinstance(held, Map):
        instance.attributes.update({k: v for k, v in held.items.items() if isinstance(k, str)})
        if held.more is not None:
            escaping.let_go(m, [held.more], node, (instance,))
    return instance


def _caught(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    del args, node
    return Anything("it is a caught exception", m.draw("raised"))


def _unbound(owner: str, m: Machine, name: str, args: Args, node: cst.CSTNode) -> Value | None:
    """Call `list.append(x, 1)`: a method of a built-in type, with its receiver as an argument."""
    del owner
    if not args.positional:
        return None
    return m.call(attributes.get(m, args.positional[0], name, node), args.without_first(), node)


def unbound(m: Machine, qualified: str, args: Args, node: cst.CSTNode) -> Value | None:
    """Call a method of a built-in type as a function; None where `qualified` is none."""
    module, _, name = qualified.rpartition(".")
    if module not in _BUILT_IN_TYPES or name in {"fromkeys", "maketrans", "fromhex", "__new__"}:
        return None
    return _unbound(module, m, name, args, node)


_BUILT_IN_TYPES = frozenset(
    """
    builtins.list builtins.dict builtins.set builtins.str builtins.bytes builtins.bytearray builtins.tuple
    builtins.object collections.deque collections.OrderedDict collections.UserDict collections.UserList
    """.split()
)


FUNCTIONS: dict[str, Model] = {
    "builtins.type.__call__": _type_call,
    "builtins.type.__new__": _type_new,
    "builtins.object.__new__": _object_new,
    "builtins.object.__setattr__": _object_store,
    "builtins.type.__setattr__": _object_store,
    "builtins.property": _property,
    "builtins.property.getter()": _property_part("getter"),
    "builtins.property.setter()": _property_part("setter"),
    "builtins.property.deleter()": _property_part("deleter"),
    "functools.cached_property": _property,
    "types.DynamicClassAttribute": _property,
    "enum.property": _property,
    "abc.abstractproperty": _property,
    "builtins.staticmethod": _wrapper("static"),
    "builtins.classmethod": _wrapper("class"),
    "functools.wraps": _wraps,
    "functools.update_wrapper": _update_wrapper,
    "functools.cache": _cached,
    "functools.lru_cache": _cached,
    "functools.singledispatch": _dispatch,
    "functools.singledispatchmethod": _dispatch,
    "dataclasses.field": _field,
    "dataclasses.replace": _replace,
    "copy.replace": _replace,
    "dataclasses.asdict": _as_dict,
    "dataclasses.astuple": _as_tuple,
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
    "builtins.type": _type,
    "builtins.super": _super,
    "builtins.isinstance": _quiet(_TRUTH),
    "builtins.issubclass": _quiet(_TRUTH),
    "builtins.callable": _quiet(_TRUTH),
    "builtins.print": _print,
    "builtins.len": _quiet(NUM),
    "builtins.id": _quiet(NUM),
    "builtins.hash": _quiet(NUM),
    "builtins.any": _quiet(_TRUTH),
    "builtins.all": _quiet(_TRUTH),
    "builtins.input": _text(Anything("it is read from standard input")),
    "builtins.str": _str,
    "builtins.int": _int,
    "builtins.float": _float,
    "builtins.bytes": _bytes,
    "builtins.bytearray": _bytes,
    "builtins.memoryview": _same,
    "builtins.list": _collection("list"),
    "builtins.tuple": _collection("tuple"),
    "builtins.set": _collection("set"),
    "builtins.frozenset": _collection("set"),
    "collections.deque": _collection("list"),
    "builtins.dict": _dict,
    "collections.OrderedDict": _dict,
    "collections.ChainMap": _chain_map,
    "types.MappingProxyType": _same,
    "types.SimpleNamespace": _namespace_object,
    "collections.defaultdict": _default_dict,
    "collections.namedtuple": _named_tuple,
    "builtins.range": _range,
    "builtins.zip": _zip,
    "itertools.zip_longest": _zip,
    "builtins.enumerate": _enumerate,
    "builtins.map": _map,
    "builtins.filter": _filter,
    "itertools.filterfalse": _filter,
    "builtins.sorted": _sorted,
    "builtins.min": _extreme,
    "builtins.max": _extreme,
    "builtins.reversed": _reversed,
    "builtins.next": _element,
    "builtins.anext": _element,
    "random.choice": _element,
    "secrets.choice": _element,
    "builtins.iter": _iter,
    "builtins.aiter": _iter,
    "copy.copy": _copied,
    "copy.deepcopy": _copied,
    "typing.cast": _second,
    "asyncio.run": _same,
    "asyncio.create_task": _same,
    "asyncio.ensure_future": _same,
    "asyncio.wait_for": _same,
    "asyncio.shield": _same,
    "functools.partial": _partial,
    "functools.partialmethod": _partial_method,
    "functools.reduce": _reduce,
    "itertools.chain": _chained,
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
    "builtins.__import__": _import,
    "builtins.str.maketrans": _maketrans,
    "builtins.bytes.maketrans": _maketrans,
    "contextlib.nullcontext": _same,
    "contextlib.closing": _same,
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
        return Seq([], _ANY_TEXT)
    m.report(DynamicCode, node, kind="namespace", via="sys.modules")
    m.report(ModuleImport, node, module=Unknown("any module that is loaded"), via="sys.modules")
    return Obj(DYNAMIC)


def _namespace(m: Machine, receiver: Obj, name: str, args: Args, node: cst.CSTNode) -> Value:
    key = args.get(0)
    if name in {"get", "pop", "__getitem__", "setdefault"} and key is not None:
        return subscripts.item(m, receiver, key, node)
    if name == "update":
        escaping.let_go(m, args.values(), node)
        return NONE
    if name in {"keys", "__contains__"}:
        return Seq([], _ANY_TEXT)
    return Obj(DYNAMIC)


def _sys_path(m: Machine, receiver: Obj, name: str, args: Args, node: cst.CSTNode) -> Value:
    del receiver, args
    if name not in {"index", "count", "copy", "__len__", "__contains__"}:
        m.report(DynamicCode, node, kind="import", via="sys.path")
    return _ANY_TEXT


METHODS: dict[str, Callable[[Machine, Obj, str, Args, cst.CSTNode], Value]] = {
    attributes.ENVIRON: _environ,
    attributes.SYS_MODULES: _sys_modules,
    attributes.NAMESPACE: _namespace,
    attributes.SYS_PATH: _sys_path,
    "functools.singledispatch": _single_dispatch,
}
