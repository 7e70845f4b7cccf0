"""The entries of one list as a tree of segments, so that a decision does not look at each of them.

A literal is found by its name, a glob by the text before its first wild part and behind its last, so that
only those are tried that fit there.  What is behind a `DEEP` with nothing more to ask for fits at once.  So a
value costs as many steps as it has segments, however long the list is; at worst each segment looks once at
each entry that all before it fit.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from execgate.policy.matching.patterns import (
    ANY_SEGMENT,
    DEEP,
    FOREIGN,
    Glob,
    Pattern,
    Segment,
    contains,
    segment_meets,
)


class HasPattern(Protocol):
    """What an index holds."""

    @property
    def pattern(self) -> Pattern:
        """What it covers."""
        ...


@dataclass(slots=True, eq=False)
class _Node:
    """A place in the tree: what the entries that lead here ask for next."""

    literal: dict[str, _Node] = field(default_factory=dict)
    globs: dict[Glob, _Node] = field(default_factory=dict)
    deep: _Node | None = None
    """The node behind a DEEP, where one stands here."""
    loops: bool = False
    """Whether this node is behind a DEEP and stays for any segment."""
    ends: list[int] = field(default_factory=list)
    star: _Node | None = None
    """The node behind a glob that any segment fits."""
    affixes: list[tuple[int, int, dict[tuple[str, str], list[tuple[Glob, _Node]]]]] = field(
        default_factory=list
    )
    """The other globs by the texts that they start and end with, for each pair of their lengths."""
    names: list[str] = field(default_factory=list)
    """The literals, sorted: those that begin alike stand together."""
    live: tuple[_Node, ...] = ()
    """The nodes that are reached together with this one, it too, but for those that all fits."""
    sunk: tuple[int, ...] = ()
    """The entries that fit, with all that may follow, as soon as this node is reached."""

    def child(self, item: Segment | object) -> _Node:
        """Return the node behind `item`, made where there is none."""
        if isinstance(item, str):
            return self.literal.setdefault(item, _Node())
        if isinstance(item, Glob):
            return self.globs.setdefault(item, _Node())
        if self.deep is None:
            self.deep = _Node(loops=True)
        return self.deep

    def children(self) -> Iterator[_Node]:
        """Yield the nodes below this one."""
        yield from self.literal.values()
        yield from self.globs.values()
        if self.deep is not None:
            yield self.deep

    def finish(self) -> None:
        """Make what a question needs; the nodes below are finished."""
        tables: dict[tuple[int, int], dict[tuple[str, str], list[tuple[Glob, _Node]]]] = {}
        self.names = sorted(self.literal)
        self.star = self.globs.get(ANY_SEGMENT)
        for glob, node in self.globs.items():
            if node is self.star:
                continue
            table = tables.setdefault((len(glob.head), len(glob.tail)), {})
            table.setdefault((glob.head, glob.tail), []).append((glob, node))
        self.affixes = [(head, tail, table) for (head, tail), table in tables.items()]
        live, sunk = (self.deep.live, self.deep.sunk) if self.deep is not None else ((), ())
        if self.loops and not self.literal and not self.globs:
            self.live, self.sunk = live, (*self.ends, *sunk)
        else:
            self.live, self.sunk = (self, *live), sunk

    def fitting(self, text: str) -> Iterator[_Node]:
        """Yield the nodes behind the globs that `text` fits."""
        if self.star is not None:
            yield self.star
        yield from self.affixed(text)

    def affixed(self, text: str) -> Iterator[_Node]:
        """Yield those of them that say something of it."""
        length = len(text)
        for head, tail, table in self.affixes:
            if head + tail <= length:
                for glob, node in table.get((text[:head], text[length - tail :]), ()):
                    if glob.matches(text):
                        yield node


class Index:
    """Finds the entries that cover a value, and those that could."""

    __slots__ = ("_patterns", "_root")

    def __init__(self, entries: Iterable[HasPattern]) -> None:
        self._patterns = [entry.pattern for entry in entries]
        self._root = _Node()
        nodes = [self._root]
        for number, pattern in enumerate(self._patterns):
            node = self._root
            for item in pattern:
                node = node.child(item)
            node.ends.append(number)
        for node in nodes:
            nodes.extend(node.children())
        for node in reversed(nodes):
            node.finish()

    def covering(self, value: Pattern) -> Sequence[int]:
        """Return the numbers, in order, of the entries that cover everything that `value` can be."""
        if DEEP not in value:
            return self._walk(value, _covered)
        if DEEP in value[:-1]:
            return [number for number, pattern in enumerate(self._patterns) if contains(pattern, value)]
        return self._below(value[:-1])

    def meeting(self, value: Pattern) -> Sequence[int]:
        """Return the numbers, in order, of the entries that cover something that `value` can be."""
        return self._walk(value, _met)

    def _walk(self, value: Pattern, behind: Callable[[_Node, Glob], Iterable[_Node]]) -> Sequence[int]:
        nodes, found = self._reach(value, behind)
        for node in nodes:
            found += node.ends
        return sorted(set(found)) if len(found) > 1 else found

    def _reach(
        self, value: Pattern, behind: Callable[[_Node, Glob], Iterable[_Node]]
    ) -> tuple[Sequence[_Node], list[int]]:
        """Return the nodes that `value` leads to, and the entries that fit whatever follows."""
        nodes: Sequence[_Node] = self._root.live
        found = [*self._root.sunk]
        for item in value:
            following: list[_Node] = []
            loops = False
            if isinstance(item, str):
                for node in nodes:
                    if node.loops:
                        following += node.live
                        loops = True
                    child = node.literal.get(item)
                    if child is not None:
                        following += child.live
                        found += child.sunk
                    child = node.star
                    if child is not None:
                        following += child.live
                        found += child.sunk
                    if node.affixes:
                        for child in node.affixed(item):
                            following += child.live
                            found += child.sunk
            elif item is DEEP:
                following = _all_below(nodes)
                for node in following:
                    found += node.sunk
            else:
                for node in nodes:
                    if node.loops:
                        following += node.live
                        loops = True
                    for child in behind(node, item):
                        following += child.live
                        found += child.sunk
            # Only a node that stays is reached in two ways.
            nodes = list(dict.fromkeys(following)) if loops else following
            if not nodes:
                break
        return nodes, found

    def _below(self, place: Pattern) -> Sequence[int]:
        """Return the entries that cover `place` and all below it.

        They fit whatever number of segments follow that no author named.  From as many on as the tree is
        deep, one more changes nothing.
        """
        nodes, found = self._reach(place, _covered)
        sunk = set(found)
        fitting: set[int] | None = None
        seen = set(nodes)
        while True:
            ends = sunk.union(*(node.ends for node in nodes))
            fitting = ends if fitting is None else fitting & ends
            following: dict[_Node, None] = {}
            for node in nodes:
                if node.loops:
                    following.update(dict.fromkeys(node.live))
                for child in node.fitting(FOREIGN):
                    following.update(dict.fromkeys(child.live))
                    sunk.update(child.sunk)
            now = set(following)
            if not fitting or now == seen:
                return sorted(fitting)
            nodes, seen = list(following), now


def _covered(node: _Node, item: Glob) -> Iterable[_Node]:
    return node.fitting(item.worst)


def _met(node: _Node, item: Glob) -> Iterator[_Node]:
    head = item.head
    for at in range(bisect.bisect_left(node.names, head), len(node.names)):
        text = node.names[at]
        if not text.startswith(head):
            break
        if segment_meets(text, item):
            yield node.literal[text]
    for glob, child in node.globs.items():
        if segment_meets(glob, item):
            yield child


def _all_below(nodes: Iterable[_Node]) -> list[_Node]:
    """Return the nodes and every one below them; each once."""
    found: dict[_Node, None] = {}
    todo = list(nodes)
    while todo:
        node = todo.pop()
        if node not in found:
            found[node] = None
            todo += node.children()
    return list(found)
