"""Code that is made or reached at run time, and functions that a call calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import libcst as cst

from execgate.analysis import iteration
from execgate.analysis.effects.binding import is_false
from execgate.analysis.effects.site import Site
from execgate.analysis.machine import Machine
from execgate.analysis.values import (
    DYNAMIC,
    NONE,
    NUM,
    OWN,
    Anything,
    Args,
    Const,
    Func,
    Map,
    Method,
    Num,
    Obj,
    Partial,
    Ref,
    Value,
    alternatives,
    derived,
    union,
)
from execgate.model.operation import (
    DynamicCode,
    ModuleImport,
    NativeCode,
    OpaqueCall,
    SystemAccess,
)
from execgate.model.values import Unknown
from execgate.operations import effects as catalogue


def _dynamic(site: Site, effect: catalogue.Dynamic) -> None:
    if effect.when is not None and is_false(site.at(effect.when)):
        return
    code = site.at(effect.code) if effect.code is not None else None
    if effect.code is not None and code is None:
        return
    options = alternatives(code) if code is not None else ()
    functions = [option for option in options if isinstance(option, (Func, Method, Partial))]
    for function in functions:
        site.m.call(function, Args(), site.node)
    if functions and len(functions) == len(options):
        return
    site.report(DynamicCode, kind=effect.kind)
    results: list[Value] = []
    for alternative in options:
        if isinstance(alternative, Const) and isinstance(alternative.value, (str, bytes)):
            from execgate.analysis.nested import follow

            results.append(follow(site.m, alternative.value, effect.kind, site.node))
        elif isinstance(alternative, Obj) and alternative.type == "builtins.code":
            results.append(alternative.fields.get("value", NONE))
        else:
            results.append(Obj(DYNAMIC))
    if effect.kind == "compile":
        site.result = Obj("builtins.code", {"value": union(results)} if results else {})
    elif effect.kind in {"eval", "exec", "attribute"} and site.entry.returns is None:
        site.result = union(results) if results else Obj(DYNAMIC)


def _imports(site: Site, effect: catalogue.Imports) -> None:
    value = site.at(effect.module)
    if value is not None and not all(isinstance(v, NO_NAMES) for v in alternatives(value)):
        package = site.bound.get("package")
        named = union(_absolute(name, package) for name in alternatives(value))
        site.result = import_by_name(site.m, named, site.entry.name, site.node)


def _absolute(name: Value, package: Value | None) -> Value:
    """Return the full name of a module that counts from a package, `.parser` from `email`."""
    if not (isinstance(name, Const) and isinstance(name.value, str) and name.value.startswith(".")):
        return name
    if not (isinstance(package, Const) and isinstance(package.value, str)):
        return name if package is None else Anything("the package that its name counts from is not constant")
    inner = name.value.lstrip(".")
    outer = package.value.split(".")
    kept = outer[: len(outer) + 1 - (len(name.value) - len(inner))]
    return Const(".".join([*kept, inner] if inner else kept)) if kept else name


NO_NAMES = (Ref, *OWN, Num)
"""Values that are no text, which could name a module."""


def import_by_name(m: Machine, value: Value, via: str, node: cst.CSTNode) -> Value:
    """Record an import whose module is a value, and return the module."""
    from execgate.analysis.names import canonical

    results: list[Value] = []
    for alternative in alternatives(value):
        if isinstance(alternative, Const) and isinstance(alternative.value, str):
            m.imported(alternative.value, via, node)
            results.append(Ref(canonical(alternative.value)))
        else:
            m.report(DynamicCode, node, kind="import", via=via)
            why = alternative.why if isinstance(alternative, Anything) else "its name is not constant"
            m.report(ModuleImport, node, module=Unknown(why), via=via)
            results.append(Obj(DYNAMIC))
    return union(results)


def _native(site: Site, effect: catalogue.Native) -> None:
    site.report(NativeCode, kind=effect.kind)


def _accesses(site: Site, effect: catalogue.Accesses) -> None:
    site.report(SystemAccess, kind=effect.kind)


def _row(m: Machine, row: Value, node: cst.CSTNode) -> Args:
    """Return the arguments that rows hold: each what it is in any of the rows, where all are as long."""
    exact = [iteration.exact_items(m, alternative) for alternative in alternatives(row)]
    known = [items for items in exact if items is not None]
    if len(known) == len(exact) and len({len(items) for items in known}) == 1:
        return Args([union(column) for column in zip(*known, strict=True)])
    return Args(rest=iteration.element(m, row, node))


MAX_CALLS = 64
"""How many calls of a function, one for each element of an iterable, are told apart."""


def _turns(m: Machine, iterables: Sequence[Value | None]) -> list[list[Value]] | None:
    """Return what is taken from iterables that are used side by side, turn by turn; None if not known."""
    exact = [iteration.exact_items(m, value) if value is not None else None for value in iterables]
    known = [items for items in exact if items is not None]
    if not known or len(known) < len(exact) or min(map(len, known)) > MAX_CALLS:
        return None
    return [list(turn) for turn in zip(*known, strict=False)]


def _side_by_side(site: Site, places: Iterable[str]) -> list[Args]:
    """Return the arguments of each call that takes one element of each iterable, as `map` does.

    A parameter such as `*iterables` holds any number of them.
    """
    m, iterables = site.m, list[Value | None]()
    for where in places:
        value = site.at(where)
        several = value if f"*{where}" in site.entry.parameters else None
        iterables += iteration.exact_items(m, several) or [several] if several is not None else [value]
    turns = _turns(m, iterables)
    if turns is not None:
        return [Args(turn) for turn in turns]
    each = [iteration.element(m, value, site.node) if value is not None else NUM for value in iterables]
    return [Args(each)]


def _given(site: Site, effect: catalogue.Calls) -> Args:
    """Return the arguments of the one call that is made."""
    args = Args()
    if effect.arguments is not None or effect.rest is not None:
        value = (
            site.at(effect.arguments) if effect.arguments is not None else site.bound.get(effect.rest or "")
        )
        if value is not None:
            items = iteration.exact_items(site.m, value)
            if items is not None:
                args.positional.extend(items)
            else:
                args.rest = iteration.element(site.m, value, site.node)
    else:
        args.rest = derived("it is passed by the library", site.bound.values())
    keywords = site.at(effect.keywords) if effect.keywords is not None else None
    for alternative in alternatives(keywords) if keywords is not None else ():
        if isinstance(alternative, Map):
            args.keywords.update({k: v for k, v in alternative.items.items() if isinstance(k, str)})
            args.others = alternative.more
    return args


def _calls(site: Site, effect: catalogue.Calls) -> None:
    function = site.at(effect.function)
    if function is None:
        return
    m, node = site.m, site.node
    if effect.each:
        calls = _side_by_side(site, effect.each)
    elif effect.rows is not None:
        value = site.at(effect.rows)
        calls = [_row(m, iteration.element(m, value, node) if value is not None else NUM, node)]
    else:
        calls = [_given(site, effect)]

    def follow() -> list[Value]:
        return [m.call(function, args, node) for args in calls]

    results = follow()
    # It may be called later, in another state of the program.
    m.defer(follow, node)
    if effect.each or effect.rows is not None:
        known = len(calls) != 1
        site.called = m.sequence(results) if known else m.sequence([], union(results))
        if site.result is None and site.entry.returns is None:
            site.result = site.called
        return
    site.called = union(results)
    if site.result is None and site.entry.returns is None:
        site.result = derived(f"it is the result of `{site.entry.name}`", [*results, *site.bound.values()])


def _unlisted(site: Site, effect: catalogue.Unlisted) -> None:
    if effect.when is not None and is_false(site.at(effect.when)):
        return
    site.m.gap(f"`{site.entry.name}`: {effect.why}", site.node)


def _opaque(site: Site, effect: catalogue.Opaque) -> None:
    del effect
    library = site.entry.name.partition(".")[0]
    if ("opaque", library) not in site.m.memory:
        site.m.memory[("opaque", library)] = NUM
        site.m.report(OpaqueCall, site.node, library=library, via=library)


RULES: dict[type[catalogue.Effect], Callable[[Site, Any], None]] = {
    catalogue.Dynamic: _dynamic,
    catalogue.Imports: _imports,
    catalogue.Native: _native,
    catalogue.Accesses: _accesses,
    catalogue.Calls: _calls,
    catalogue.Unlisted: _unlisted,
    catalogue.Opaque: _opaque,
}
"""The rules of these effects."""
