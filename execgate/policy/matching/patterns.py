"""Patterns over segments: the one kind of matching that every constraint uses.

A module is segments between dots, a path between slashes, a host its labels from the right.  A segment is a
literal or a `Glob`; `DEEP` stands for any number of segments.  A value that is partly known is a pattern too:
its holes are globs.  So the questions are between patterns:

`contains(outer, inner)`  all that `inner` can be is in `outer`
`meets(one, other)`       something is in both
"""

from __future__ import annotations

import enum
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from execgate.model.values import Hole, Template


class Wild(enum.Enum):
    """A part of a segment that is not fixed: exactly one character, or any number of them."""

    ONE = "?"
    MANY = "*"


FOREIGN: Final = "\U0010ffff"
"""Stands for a character that an author did not name: Unicode gives this one to nobody."""


@dataclass(frozen=True, slots=True)
class Glob:
    """A segment with wild parts; every literal symbol is one character."""

    symbols: tuple[str | Wild, ...]
    head: str = field(init=False, repr=False, compare=False)
    """What every text of it starts with."""
    tail: str = field(init=False, repr=False, compare=False)
    """What every text of it ends with, behind its last wild part."""
    free: bool = field(init=False, repr=False, compare=False)
    """Whether it has wild parts, and each can be of any length from some on."""
    _inner: tuple[tuple[int, str], ...] = field(init=False, repr=False, compare=False)
    """What stands between head and tail, each with the fewest characters before it."""
    _least: int = field(init=False, repr=False, compare=False)
    """The fewest characters before the tail."""

    def __post_init__(self) -> None:
        texts, wilds = [""], []
        for literal, run in itertools.groupby(self.symbols, _is_literal):
            if literal:
                texts[-1] = "".join(map(str, run))
            else:
                wilds.append(tuple(run))
                texts.append("")
        least = [wild.count(Wild.ONE) for wild in wilds]
        head, *inner = texts
        tail = inner.pop() if inner else ""
        self._set("head", head)
        self._set("tail", tail)
        self._set("free", bool(wilds) and all(Wild.MANY in wild for wild in wilds))
        self._set("_inner", tuple(zip(least, inner, strict=False)))
        self._set("_least", least[-1] if least else 0)

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def matches(self, text: str) -> bool:
        """Return whether `text` is one of its texts; it has to be free.

        In time that grows with the text's length alone: what comes first is the best place for each part, as
        every wild part can grow.
        """
        at, end = len(self.head), len(text) - len(self.tail)
        if end < at or not (text.startswith(self.head) and text.endswith(self.tail)):
            return False
        for least, part in self._inner:
            found = text.find(part, at + least, end)
            if found < 0:
                return False
            at = found + len(part)
        return at + self._least <= end

    @property
    def worst(self) -> str:
        """The text of it that the fewest other patterns match: each wild part is FOREIGN."""
        return "".join(symbol if isinstance(symbol, str) else FOREIGN for symbol in self.symbols)

    @staticmethod
    def symbols_of(segment: Segment) -> Sequence[str | Wild]:
        """Return the symbols of any segment."""
        return segment if isinstance(segment, str) else segment.symbols

    def __str__(self) -> str:
        return "".join(
            symbol if isinstance(symbol, str) else "*" if symbol is Wild.MANY else ""
            for symbol in self.symbols
        )


def _is_literal(symbol: str | Wild) -> bool:
    return isinstance(symbol, str)


class _Deep(enum.Enum):
    DEEP = "**"


DEEP: Final = _Deep.DEEP
Segment: TypeAlias = "str | Glob"
Pattern: TypeAlias = "tuple[str | Glob | Literal[_Deep.DEEP], ...]"

ANY_SEGMENT: Final = Glob((Wild.MANY,))
EVERYTHING: Final[Pattern] = (DEEP,)


def segment(text: str) -> Segment:
    """Return the segment that an author wrote, in which `*` stands for any number of characters."""
    if "*" not in text:
        return text
    symbols: list[str | Wild] = []
    for char in text:
        symbol = Wild.MANY if char == "*" else char
        if symbol is not Wild.MANY or symbols[-1:] != [Wild.MANY]:
            symbols.append(symbol)
    return Glob(tuple(symbols))


def split(value: str | Template, separator: str | None) -> list[Segment]:
    """Return the segments of a value.  No hole spans segments: a WORD holds no separator of a path.

    Where `separator` can stand in a WORD (a dot), the caller has to widen what this returns.
    """
    if isinstance(value, str):
        return list(value.split(separator)) if separator else [value]
    segments: list[list[str | Wild]] = [[]]
    for part in value.parts:
        if isinstance(part, Hole):
            segments[-1] += [Wild.ONE, Wild.MANY]
            continue
        first, *others = part.split(separator) if separator else [part]
        segments[-1] += first
        segments += ([*other] for other in others)
    return [_joined(symbols) for symbols in segments]


def _joined(symbols: list[str | Wild]) -> Segment:
    literal = [symbol for symbol in symbols if isinstance(symbol, str)]
    return "".join(literal) if len(literal) == len(symbols) else Glob(tuple(symbols))


def segment_contains(outer: Segment, inner: Segment) -> bool:
    """Return whether every text of `inner` is one of `outer`.

    Exact: a wild part of `inner` is treated as a character that `outer` does not name, which only a `*` of
    `outer` can take; and what a `*` takes may as well be any text.  `outer` is an author's (no `Wild.ONE`).
    """
    if isinstance(outer, str):
        return outer == inner
    if isinstance(inner, str):
        return outer.matches(inner)
    return FOREIGN not in outer.symbols and outer.matches(inner.worst)


def segment_meets(one: Segment, other: Segment) -> bool:
    """Return whether some text is in both; exact but for what a hole can't hold, where it errs on True."""
    if isinstance(one, str):
        if isinstance(other, str):
            return one == other
        one, other = other, one
    if one.free:
        if isinstance(other, str):
            return one.matches(other)
        if other.free:
            # Whatever stands between fits into a wild part of the other.
            return _start_alike(one.head, other.head) and _start_alike(one.tail[::-1], other.tail[::-1])
    return _meet_step_by_step(Glob.symbols_of(one), Glob.symbols_of(other))


def _start_alike(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _meet_step_by_step(left: Sequence[str | Wild], right: Sequence[str | Wild]) -> bool:
    reached = {(0, 0)}
    todo = [(0, 0)]
    while todo:
        i, j = todo.pop()
        if i == len(left) and j == len(right):
            return True
        a = left[i] if i < len(left) else None
        b = right[j] if j < len(right) else None
        for state in _moves(i, j, a, b):
            if state not in reached:
                reached.add(state)
                todo.append(state)
    return False


def _moves(i: int, j: int, a: str | Wild | None, b: str | Wild | None) -> list[tuple[int, int]]:
    moves = []
    if a is Wild.MANY:
        moves.append((i + 1, j))
        if b is not None:
            moves.append((i, j + 1))
    elif b is Wild.MANY:
        moves.append((i, j + 1))
        if a is not None:
            moves.append((i + 1, j))
    elif a is not None and b is not None and (a == b or Wild.ONE in {a, b}):
        moves.append((i + 1, j + 1))
    return moves


_ANY_NAME: Final = Glob((Wild.ONE,))
"""A segment that no author named."""

_MOST_STATES = 5_000


def contains(outer: Pattern, inner: Pattern, *, if_too_hard: bool = False) -> bool:
    """Return whether everything that `inner` covers is covered by `outer` too.  Exact.

    The positions reached in `outer` are followed over the worst text of each segment of `inner`.  For a
    `DEEP` of `inner` that is any number of segments that `outer` does not name: all their sets are tried.
    Where `inner` has one `DEEP` at most, as each value of a program, these are no more than both have
    segments together.  Two patterns of an author with many `DEEP`s can have too many: then the answer is
    `if_too_hard`.
    """
    known = len(outer) - 1
    if known >= 0 and outer[known] is DEEP and outer[:known] == inner[:known]:
        return True
    start = _close(outer, {0})
    todo = [(0, start)]
    seen = {(0, start)}
    while todo:
        at, states = todo.pop()
        if at == len(inner):
            if len(outer) not in states:
                return False
            continue
        item = inner[at]
        if item is DEEP:
            following = [(at + 1, states), (at, _step(outer, states, _ANY_NAME))]
        else:
            following = [(at + 1, _step(outer, states, item))]
        for state in following:
            if state not in seen:
                seen.add(state)
                todo.append(state)
        if len(seen) > _MOST_STATES:
            return if_too_hard
    return True


def _close(pattern: Pattern, states: Iterable[int]) -> frozenset[int]:
    closed: set[int] = set()
    for state in states:
        last = state
        while last < len(pattern) and pattern[last] is DEEP:
            last += 1
        closed.update(range(state, last + 1))
    return frozenset(closed)


def _step(pattern: Pattern, states: frozenset[int], value: Segment) -> frozenset[int]:
    following = set()
    for state in states:
        if state == len(pattern):
            continue
        item = pattern[state]
        if item is DEEP:
            following.add(state)
        elif segment_contains(item, value):
            following.add(state + 1)
    return _close(pattern, following)


def meets(one: Pattern, other: Pattern) -> bool:
    """Return whether something is covered by both."""
    reached = {(0, 0)}
    todo = [(0, 0)]
    while todo:
        i, j = todo.pop()
        if i == len(one) and j == len(other):
            return True
        a = one[i] if i < len(one) else None
        b = other[j] if j < len(other) else None
        moves = []
        if a is DEEP:
            moves.append((i + 1, j))
            if b is not None:
                moves.append((i, j + 1))
        if b is DEEP:
            moves.append((i, j + 1))
            if a is not None:
                moves.append((i + 1, j))
        if a is not None and b is not None and a is not DEEP and b is not DEEP and segment_meets(a, b):
            moves.append((i + 1, j + 1))
        for state in moves:
            if state not in reached:
                reached.add(state)
                todo.append(state)
    return False
