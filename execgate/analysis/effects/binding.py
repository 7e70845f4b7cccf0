"""Which argument of a call lands in which parameter of a catalogue entry."""

from __future__ import annotations

import libcst as cst

from execgate.analysis import iteration
from execgate.analysis.machine import Machine
from execgate.analysis.values import (
    Anything,
    Args,
    Const,
    Inst,
    Map,
    Obj,
    Seq,
    Value,
    alternatives,
    derived,
    union,
)
from execgate.operations.entry import Entry

Bindings = dict[str, Value]


def bind(entry: Entry, args: Args) -> Bindings:
    """Return the value of every parameter that the call fills, or may fill with unknown `*` or `**`."""
    bound: Bindings = {}
    keywords = dict(args.keywords)
    positional = list(args.positional)
    by_position = True
    for parameter in entry.parameters:
        if parameter == "/":
            continue
        if parameter == "*":
            by_position = False
        elif parameter.startswith("**"):
            bound[parameter[2:]] = Map(keywords, args.others)
            keywords = {}
        elif parameter.startswith("*"):
            by_position = False
            bound[parameter[1:]] = Seq(positional, args.rest, "tuple")
            positional = []
        elif by_position and positional:
            bound[parameter] = positional.pop(0)
        elif parameter in keywords:
            bound[parameter] = keywords.pop(parameter)
        else:
            unknown = [
                value for value in (args.rest if by_position else None, args.others) if value is not None
            ]
            if unknown:
                bound[parameter] = union(unknown)
    # What fits no parameter is an error when it runs, or a parameter that the catalogue doesn't list.
    for name, value in keywords.items():
        bound.setdefault(name, value)
    return bound


def place(m: Machine, bound: Bindings, where: str, node: cst.CSTNode) -> Value | None:
    """Return the value at a place such as `path`, `self.host` or `data.items[].amount`, None without one.

    `[]` is any element of a list or value of a mapping, `{}` any key of a mapping.
    """
    head, *rest = where.replace("[]", ".[]").split(".")
    value = bound.get(head)
    for step in rest:
        if value is None:
            return None
        value = _step(m, value, step, node)
    if isinstance(value, Const) and value.value is None:
        return None
    return value


def _step(m: Machine, value: Value, step: str, node: cst.CSTNode) -> Value | None:
    results: list[Value] = []
    for alternative in alternatives(value):
        if step == "[]":
            results.append(
                alternative.element()
                if isinstance(alternative, Map)
                else iteration.element(m, alternative, node)
            )
        elif step == "{}":
            results.append(iteration.element(m, alternative, node))
        elif isinstance(alternative, Obj):
            if step in alternative.fields:
                results.append(alternative.fields[step])
        elif isinstance(alternative, Map):
            if step in alternative.items:
                results.append(alternative.items[step])
            elif alternative.more is not None:
                results.append(alternative.more)
        elif isinstance(alternative, Inst):
            if step in alternative.attributes:
                results.append(alternative.attributes[step])
        elif isinstance(alternative, (Anything, Seq)):
            results.append(derived(f"`{step}` comes from a value that is not known", [alternative]))
    return union(results) if results else None


def is_false(value: Value | None) -> bool:
    """Return whether a flag is certainly not set."""
    return value is None or (isinstance(value, Const) and not value.value)
