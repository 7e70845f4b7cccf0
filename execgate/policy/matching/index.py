"""The entries of one list as a tree of segments, so that a decision does not look at each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from execgate.policy.matching.patterns import (
    DEEP,
    Glob,
    Pattern,
    Segment,
    contains,
    segment_contains,
    segment_meets,
)


class HasPattern(Protocol):
    """What an index holds."""

    @property
    def pattern(self) -> Pattern:
        """What it covers."""
        ...


T = TypeVar("T", bound=HasPattern)


@dataclass(slots=True, eq=False)
class _Node(Generic[T]):
    literal: dict[str, _Node[T]] = field(default_factory=dict)
    globs: dict[Glob, _Node[T]] = field(default_factory=dict)
    deep: _Node[T] | None = None
    """The node behind a DEEP, where one stands here."""
    loops: bool = False
    """Whether this node is behind a DEEP and stays for any segment."""
    ends: list[int] = field(default_factory=list)


class Index(Generic[T]):
    """Finds the entries that cover a value, and those that could."""

    __slots__ = ("_entries", "_root")

    def __init__(self, entries: Iterable[T]) -> None:
        self._entries = tuple(entries)
        self._root: _Node[T] = _Node()
        for number, entry in enumerate(self._entries):
            node = self._root
            for item in entry.pattern:
                node = _child(node, item)
            node.ends.append(number)

    def covering(self, value: Pattern) -> list[int]:
        """Return the numbers, in order, of the entries that cover everything that `value` can be."""
        if DEEP in value:
            return [number for number, entry in enumerate(self._entries) if contains(entry.pattern, value)]
        return self._walk(value, segment_contains)

    def meeting(self, value: Pattern) -> list[int]:
        """Return the numbers, in order, of the entries that cover something that `value` can be."""
        return self._walk(value, segment_meets)

    def _walk(self, value: Pattern, matches: Callable[[Segment, Segment], bool]) -> list[int]:
        nodes = _close([self._root])
        for item in value:
            if item is DEEP:
                nodes = _below(nodes)
                continue
            following: list[_Node[T]] = []
            for node in nodes:
                if node.loops:
                    following.append(node)
                if isinstance(item, str):
                    child = node.literal.get(item)
                    if child is not None:
                        following.append(child)
                    following += (child for glob, child in node.globs.items() if segment_contains(glob, item))
                else:
                    following += (child for text, child in node.literal.items() if matches(text, item))
                    following += (child for glob, child in node.globs.items() if matches(glob, item))
            nodes = _close(following)
        ends = [number for node in nodes for number in node.ends]
        if len(ends) > 1:
            ends.sort()
        return ends


def _child(node: _Node[T], item: Segment | object) -> _Node[T]:
    if isinstance(item, str):
        return node.literal.setdefault(item, _Node())
    if isinstance(item, Glob):
        return node.globs.setdefault(item, _Node())
    if node.deep is None:
        node.deep = _Node(loops=True)
    return node.deep


def _close(nodes: list[_Node[T]]) -> list[_Node[T]]:
    """Add what a DEEP reaches without a segment; each node once."""
    for node in nodes:
        if node.deep is not None:
            nodes.append(node.deep)  # noqa: PERF401 - the list that is read
    return list(dict.fromkeys(nodes)) if len(nodes) > 1 else nodes


def _below(nodes: list[_Node[T]]) -> list[_Node[T]]:
    """Return the nodes and every one below them; each once."""
    found: dict[_Node[T], None] = {}
    todo = list(nodes)
    while todo:
        node = todo.pop()
        if node in found:
            continue
        found[node] = None
        todo += node.literal.values()
        todo += node.globs.values()
        if node.deep is not None:
            todo.append(node.deep)
    return list(found)
