"""Library objects that are changed after they were made, so that they act on something else.

What an object acts on is named where it is made.  An attribute that says so anew is judged as making the
object again with it; one of which it is not known what it stands for makes unknown all that it acts on.
"""

from __future__ import annotations

import re
import sys
from functools import cache

import libcst as cst

from execgate.analysis import names
from execgate.analysis.machine import Machine
from execgate.analysis.values import (
    Anything,
    Args,
    Class,
    Func,
    Inst,
    Obj,
    Property,
    Ref,
    Value,
    alternatives,
    join,
)
from execgate.operations import lookup
from execgate.operations.effects import Connects, Fetches, Files, Opens, Reaches, Spawns
from execgate.operations.types import HELD_AS


def changed(
    m: Machine, target: Obj, name: str, value: Value, node: cst.CSTNode, *, own: bool = False
) -> None:
    """Judge that an attribute of a library's object is set.

    With `own` it is an instance of the program's own subclass, whose attributes have names of its own.
    """
    _set(m, f"{target.type}.{name}", [target, value], node)
    parameter = HELD_AS.get(f"{target.type}.{name}", name)
    operands = _operands(target.maker)
    if parameter != name:
        held = target.fields.get(parameter)
        target.fields[parameter] = m.merged(target.path, held, value)
    if parameter in operands:
        m.call(Ref(target.maker), Args([], {parameter: value}), node)
    elif parameter == name and not own and name not in target.fields:
        if is_internal(target.type, name):
            m.gap(f"`{name}` is private to `{target.type}`: what setting it does can't be named", node)
        elif _NAMES.search(name.lower()):
            _unsettle(m, target, operands, name, node)


def _set(m: Machine, name: str, given: list[Value], node: cst.CSTNode) -> None:
    """Judge what a library does once an attribute of it is set, where the catalogue lists that."""
    hook = f"{name}.__set__"
    if lookup(hook) is not None:
        m.call(Ref(hook), Args(given), node)


def changed_on_module(m: Machine, target: Ref, name: str, value: Value, node: cst.CSTNode) -> None:
    """Judge that an attribute of a module or class of a library is set."""
    _set(m, f"{target.name}.{name}", [value], node)


def made_again(m: Machine, target: Obj, args: Args, node: cst.CSTNode) -> Value:
    """Judge `object.__init__(...)`: from here on it may be what it is made to be."""
    result = m.call(Ref(target.maker), args, node)
    for again in alternatives(result):
        for name, value in again.fields.items() if isinstance(again, Obj) else ():
            held = target.fields.get(name)
            target.fields[name] = join(held, value) if held is not None else value
    return result


def acts(target: Obj) -> bool:
    """Return whether a library's object acts on something that its attributes say."""
    return bool(_operands(target.maker)) or any(_NAMES.search(name) for name in target.fields)


def _unsettle(m: Machine, target: Obj, operands: frozenset[str], name: str, node: cst.CSTNode) -> None:
    """Let all that an object acts on be unknown."""
    unknown = Anything(f"the attribute `{name}` is set after the object was made")
    for field, held in target.fields.items():
        if _NAMES.search(field.lower()):
            target.fields[field] = join(held, unknown)
    if operands:
        m.call(Ref(target.maker), Args([], dict.fromkeys(sorted(operands), unknown)), node)


_NAMES = re.compile(
    r"(?:^|_)(?:path|file|dir|directory|folder|ur[il]|host|server|addr|address|endpoint|prox(?:y|ies)|command"
    r"|cmd|executable|database|dsn)s?$|(?:filename|filepath|hostname|baseurl)$"
)
"""The names under which objects keep what they act on."""

_WHERE = {
    Files: ("paths",),
    Opens: ("path",),
    Reaches: ("url", "address", "host", "port", "base"),
    Connects: ("source", "host", "port"),
    Fetches: ("name",),
    Spawns: ("command", "program"),
}
"""The fields of effects that name a parameter with what is acted on."""


@cache
def _operands(maker: str) -> frozenset[str]:
    """Return the parameters of a class that say what its objects act on."""
    entry = lookup(maker) if maker.rpartition(".")[2][:1].isupper() else None
    found: set[str] = set()
    for effect in entry.effects if entry is not None else ():
        for field in _WHERE.get(type(effect), ()):
            value = getattr(effect, field)
            for place in value if isinstance(value, tuple) else (value,):
                if isinstance(place, str):
                    found.update(part.partition(".")[0] for part in place.split("|"))
    return frozenset(found - {"self"}).intersection(entry.parameters if entry is not None else ())


def is_internal(type_name: str, name: str) -> bool:
    """Return whether a name is private to a class of the standard library that acts."""
    if not name.startswith("_") or name.startswith("__"):
        return False
    module = type_name.partition(".")[0]
    acts = names.standing(type_name) is not names.Standing.PURE or bool(_operands(type_name))
    return module in sys.stdlib_module_names and acts and not _is_named_tuple(name)


def _is_named_tuple(name: str) -> bool:
    return name in {"_asdict", "_replace", "_fields", "_make"}


def inherited(m: Machine, base: Ref, attributes: dict[str, Value], node: cst.CSTNode) -> None:
    """Judge what a class of the program puts in the place of attributes that a library's class has."""
    entry = lookup(base.name)
    kind = (entry.returns if entry is not None else None) or base.name
    for name, value in attributes.items():
        if name in _operands(base.name) or f"{kind}.{name}" in HELD_AS or _is_hook(kind, name):
            given = value
            if isinstance(value, (Property, Inst)):
                given = Anything(f"the attribute `{name}` is worked out by the program")
            if not isinstance(given, (Func, Class)):
                changed(m, Obj(kind, maker=base.name), name, given, node, own=True)


def _is_hook(kind: str, name: str) -> bool:
    return not name.startswith("__") and lookup(f"{kind}.{name}.__set__") is not None


def borrowed(m: Machine, name: str, receiver: Value, node: cst.CSTNode) -> None:
    """Judge a method of a library's class that is called with an object of the program as its receiver."""
    for alternative in alternatives(receiver):
        cls = alternative.cls if isinstance(alternative, Inst) else alternative
        if isinstance(cls, Class) and not any(True for _ in cls.foreign_bases()):
            m.gap(f"`{name}` is called with an object that is none of its own", node)
