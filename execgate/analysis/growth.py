"""Whether a value can be more than it could before: what tells a loop that another turn adds nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from execgate.analysis.values import (
    MAX_ALTERNATIVES,
    NUM,
    PLAIN,
    WALKED,
    Anything,
    Const,
    Func,
    Inst,
    Map,
    Method,
    Num,
    Obj,
    Seq,
    Union,
    Value,
    alternatives,
    capabilities,
    derived,
    rough_key,
    union,
)

_MAX_DEPTH = 2
"""How far objects are compared that hold each other."""


def grew(old: Value, new: Value) -> bool:
    """Return whether `new` can be something that `old` can't."""
    comparison = _Comparison()
    result = comparison.grew(old, new, 0)
    WALKED.add(4 * len(comparison.known))
    return result


class _Comparison:
    """Compares two values by their parts, each pair of which is compared once."""

    def __init__(self) -> None:
        self.known: dict[tuple[int, int, int], bool] = {}
        """Whether two parts, by identity, are alike at a depth."""

    def grew(self, old: Value, new: Value, depth: int) -> bool:
        if old is new or old.key() == new.key():
            return False
        held = alternatives(old)
        keys = {value.key() for value in held}
        added = [value for value in alternatives(new) if value.key() not in keys]
        if not added:
            return False
        open_ended = [value for value in held if isinstance(value, Anything)]
        numbers = any(isinstance(value, Num) for value in held)
        return any(
            not any(type(other) is type(value) and self.alike(value, other, depth) for other in held)
            and not (open_ended and _covered(value, open_ended))
            and not (numbers and is_number(value))
            for value in added
        )

    def alike(self, left: Value, right: Value, depth: int) -> bool:
        """Return whether two values are the same, or made alike of the same parts."""
        if left is right or left.key() == right.key():
            return True
        if type(left) is not type(right) or depth > _MAX_DEPTH:
            return False
        rule = _RULES.get(type(left))
        if rule is None:
            return False
        pair = (id(left), id(right), depth)
        if pair not in self.known:
            self.known[pair] = rule(self, left, right, depth + 1)
        return self.known[pair]

    # What follows compares two values of one type; `depth` is that of their parts.

    def unions(self, left: Value, right: Value, depth: int) -> bool:
        return not self.grew(left, right, depth)

    def _both(self, left: Value | None, right: Value | None, depth: int) -> bool:
        if left is None or right is None:
            return left is right
        return self.alike(left, right, depth)

    def _all(self, left: dict[Any, Value], right: dict[Any, Value], depth: int) -> bool:
        return left.keys() == right.keys() and all(self.alike(left[key], right[key], depth) for key in left)

    def sequences(self, left: Seq, right: Seq, depth: int) -> bool:
        return (
            len(left.items) == len(right.items)
            and left.kind == right.kind
            and self._both(left.more, right.more, depth)
            and self._both(left.result, right.result, depth)
            and all(self.alike(a, b, depth) for a, b in zip(left.items, right.items, strict=True))
        )

    def maps(self, left: Map, right: Map, depth: int) -> bool:
        return (
            self._all(left.items, right.items, depth)
            and self._both(left.more, right.more, depth)
            and self._both(left.keys, right.keys, depth)
        )

    def instances(self, left: Inst, right: Inst, depth: int) -> bool:
        return (
            left.cls is right.cls
            and self._all(left.attributes, right.attributes, depth)
            and self._both(left.made, right.made, depth)
        )

    def objects(self, left: Obj, right: Obj, depth: int) -> bool:
        return left.type == right.type and self._all(left.fields, right.fields, depth)

    def methods(self, left: Method, right: Method, depth: int) -> bool:
        return self.alike(left.function, right.function, depth) and self.alike(
            left.receiver, right.receiver, depth
        )

    def functions(self, left: Func, right: Func, depth: int) -> bool:
        del depth
        return left.node is right.node and left.scope is right.scope


_RULES: dict[type[Value], Callable[[_Comparison, Any, Any, int], bool]] = {
    Seq: _Comparison.sequences,
    Map: _Comparison.maps,
    Inst: _Comparison.instances,
    Obj: _Comparison.objects,
    Method: _Comparison.methods,
    Func: _Comparison.functions,
    Anything: _Comparison.unions,
    Union: _Comparison.unions,
}


def _covered(value: Value, open_ended: list[Anything]) -> bool:
    """Return whether a value is nothing but what one of which nothing is known can be."""
    if isinstance(value, Anything):
        shape = value.shape
    else:
        shape = frozenset(rough_key(carried) for carried in capabilities([value]))
    return all(any(key in held.shape for held in open_ended) for key in shape)


def is_number(value: Value) -> bool:
    """Return whether a value is some number."""
    return isinstance(value, Num) or (isinstance(value, Const) and type(value.value) in {int, float})


def widened(value: Value, *, wholly: bool) -> Value:
    """Return a value that stands for all that `value` may still grow to: a number, a text, anything.

    Objects are still told apart, unless it is `wholly` given up on.
    """
    found = alternatives(value)
    if len(found) == 1 and not isinstance(value, Const):
        return value
    if all(map(is_number, found)):
        return NUM
    objects = [v for v in found if not isinstance(v, PLAIN)]
    if wholly or len(objects) > MAX_ALTERNATIVES // 4:
        return derived("it changes in a loop", found)
    plain = [v for v in found if isinstance(v, PLAIN)]
    known = [v for v in plain if isinstance(v, Const) and type(v.value) in {bool, type(None)}]
    grown = [] if len(known) == len(plain) else [Anything("it changes in a loop")]
    return union([*known, *grown, *objects])
