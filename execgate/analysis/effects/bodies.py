"""What the body of a request says: JSON, a form, or a dictionary that becomes one."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

from execgate.analysis import iteration
from execgate.analysis.effects.binding import is_false
from execgate.analysis.effects.site import Site
from execgate.analysis.machine import Machine
from execgate.analysis.values import Anything, Const, Inst, Map, Obj, Seq, Value, alternatives


def sent(site: Site) -> Value | None:
    """Return the body of a request: of what the call passes, or of the request that was made before."""
    for name in ("json", "data", "body", "content", "fields"):
        for where in (name, f"url.{name}", f"fullurl.{name}", f"request.{name}"):
            value = site.at(where)
            if value is not None and not is_false(value):
                return value
    return None


def read(m: Machine, value: Value) -> Value:
    """Return what a body says: a form or JSON in a text as the values it stands for."""
    if isinstance(value, Seq):
        rows = [exact(m, item) for item in exact(m, value)]
        if rows and all(len(row) == 2 and isinstance(row[0], Const) for row in rows):
            return _unfolded(m, {row[0].value: row[1] for row in rows if isinstance(row[0], Const)})
        return value
    if isinstance(value, Map):
        return _unfolded(m, value.items) if value.more is None else value
    if isinstance(value, Const) and isinstance(value.value, (str, bytes)):
        text = value.value if isinstance(value.value, str) else value.value.decode("utf-8", "replace")
        if text.lstrip().startswith(("{", "[")):
            try:
                return _lifted(m, json.loads(text, parse_float=Decimal))
            except (ValueError, ArithmeticError, RecursionError):  # also an exponent beyond all numbers
                return Anything("the body of the request is no JSON")
        # Of a name that is there twice the last counts for some providers and the first for others.
        pairs = parse_qsl(text, keep_blank_values=True)
        if len(dict(pairs)) < len(pairs):
            return Anything("the body of the request says a thing twice")
        return _unfolded(m, {name: Const(text) for name, text in pairs})
    return value if isinstance(value, (Obj, Inst)) else Anything("the body of the request is not known")


def _lifted(m: Machine, value: Any) -> Value:
    if isinstance(value, dict):
        return Map({key: _lifted(m, inner) for key, inner in value.items()}, path=m.path)
    if isinstance(value, list):
        return m.sequence([_lifted(m, inner) for inner in value])
    return Const(value)


def _unfolded(m: Machine, items: dict[Any, Value]) -> Map:
    """Return a form with the names that stand for a place (`items[0][price]`) as what they stand for."""
    nested: dict[Any, Any] = {}
    for key, value in items.items():
        steps = key.replace("]", "").split("[") if isinstance(key, str) and "[" in key else [key]
        target = nested
        for step in steps[:-1]:
            inner = target.get(step)
            if not isinstance(inner, dict):
                inner = target[step] = {}
            target = inner
        target[steps[-1]] = value
    return Map({key: _folded(m, value) for key, value in nested.items()}, path=m.path)


def _folded(m: Machine, value: Any) -> Value:
    if not isinstance(value, dict):
        return value if isinstance(value, Value) else Const(value)
    if value and all(isinstance(key, str) and (key.isdigit() or not key) for key in value):
        return m.sequence([_folded(m, inner) for inner in value.values()])
    return Map({key: _folded(m, inner) for key, inner in value.items()}, path=m.path)


def exact(m: Machine, value: Value) -> list[Value]:
    """Return the elements of a list; one that is not known stands for those of a list that is not."""
    found: list[Value] = []
    for alternative in alternatives(value):
        items = iteration.exact_items(m, alternative) if isinstance(alternative, Seq) else None
        if items is not None and len(alternatives(value)) == 1:
            found += items
        else:
            found.append(Anything("how many items there are could not be worked out"))
    return found
