"""The entries that are compared as one automaton: which of them cover what was read so far, and which could.

Entries are numbered; a set of them is an int with their bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from execgate.policy.matching.patterns import ANY_SEGMENT, Glob, Pattern, Wild, segment_contains


@dataclass(slots=True, eq=False)
class Node:
    """A place between two segments of entries that begin alike."""

    number: int
    literal: dict[str, Node] = field(default_factory=dict)
    globs: dict[Glob, Node] = field(default_factory=dict)
    deep: Node | None = None
    loops: bool = False
    """Whether it is behind a DEEP and stays for any segment."""
    ends: int = 0
    """The entries that end here."""
    below: int = 0
    """The entries that end here or further on."""


State: TypeAlias = tuple[Node, ...]
"""The places that are reached, by number."""


class Automaton:
    """Reads segments of values."""

    __slots__ = ("_count", "start")

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._count = 0
        root = self._node()
        for number, pattern in enumerate(patterns):
            bit = 1 << number
            node = root
            node.below |= bit
            for item in pattern:
                node = self._child(node, item)
                node.below |= bit
            node.ends |= bit
        self.start = closed([root])

    def _node(self, *, loops: bool = False) -> Node:
        self._count += 1
        return Node(self._count, loops=loops)

    def _child(self, node: Node, item: object) -> Node:
        if isinstance(item, str):
            child = node.literal.get(item)
            if child is None:
                child = node.literal[item] = self._node()
            return child
        if isinstance(item, Glob):
            child = node.globs.get(item)
            if child is None:
                child = node.globs[item] = self._node()
            return child
        if node.deep is None:
            node.deep = self._node(loops=True)
        return node.deep


def closed(nodes: Iterable[Node]) -> State:
    """Return the nodes and what a DEEP reaches from them without a segment."""
    found = {node.number: node for node in nodes}
    for node in list(found.values()):
        if node.deep is not None:
            found[node.deep.number] = node.deep
    return tuple(found[number] for number in sorted(found))


def after(state: State, word: str) -> State:
    """Return what is reached behind one more segment."""
    following = []
    for node in state:
        if node.loops:
            following.append(node)
        child = node.literal.get(word)
        if child is not None:
            following.append(child)
        following += (child for glob, child in node.globs.items() if segment_contains(glob, word))
    return closed(following)


def after_any(state: State) -> State:
    """Return what is reached behind one more segment that no entry names."""
    following = [node for node in state if node.loops]
    following += (node.globs[ANY_SEGMENT] for node in state if ANY_SEGMENT in node.globs)
    return closed(following)


def ends(state: State) -> int:
    """Return the entries that cover what was read."""
    found = 0
    for node in state:
        found |= node.ends
    return found


def below(state: State) -> int:
    """Return the entries that cover it, or something that begins with it."""
    found = 0
    for node in state:
        found |= node.below
    return found


def certain(state: State) -> int:
    """Return entries that cover it and all that begins with it, whatever follows."""
    found = 0
    for node in state:
        if node.loops:
            found |= node.ends
    return found


def whole(state: State) -> int:
    """Return the entries that cover it and all below it, exactly."""
    found = ends(state)
    seen = {state}
    while True:
        state = after_any(state)
        if state in seen:
            return found
        seen.add(state)
        found &= ends(state)


def bits(entries: int) -> Iterator[int]:
    """Yield the numbers of the entries."""
    while entries:
        low = entries & -entries
        yield low.bit_length() - 1
        entries ^= low


class Matcher:
    """One glob read character by character; the positions that are reached are the bits of an int.

    Of positions that a later `*` makes needless, only the later is kept: so there are no more sets of them
    than a glob has symbols, times what of it can overlap with itself.
    """

    __slots__ = ("accept", "chars", "free", "stars", "start")

    def __init__(self, glob: Glob) -> None:
        self.chars: dict[str, int] = {}
        self.stars = 0
        for position, symbol in enumerate(glob.symbols):
            if isinstance(symbol, str):
                self.chars[symbol] = self.chars.get(symbol, 0) | 1 << position
            else:
                self.stars |= 1 << position
        self.accept = 1 << len(glob.symbols)
        self.free = self.accept >> 1 if glob.symbols[-1:] == (Wild.MANY,) else 0
        """The position from which on any characters fit."""
        self.start = self._closed(1)

    def _closed(self, positions: int) -> int:
        stars = positions & self.stars
        if stars:
            last = stars.bit_length() - 1
            positions = (positions | stars << 1) >> last << last
        return positions

    def step(self, positions: int, char: str) -> int:
        """Return the positions behind one more character."""
        return self._closed((positions & self.chars.get(char, 0)) << 1 | positions & self.stars)

    def next_chars(self, positions: int) -> Iterator[str]:
        """Yield the characters that lead on from some position."""
        return (char for char, places in self.chars.items() if places & positions)
