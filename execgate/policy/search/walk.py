"""The shortest value that one pair of lists permits and another denies.

Values are read segment by segment, and where an entry has a wildcard within a segment, character by
character, through the automaton of all entries of both pairs at once: two beginnings that reach the same
places can only go on alike, so the shortest of them is followed.  A place is left where nothing behind it
can make a difference.  Without the bound on work, the search is exact.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from execgate.policy.matching.pairs import MAX_VALUE
from execgate.policy.matching.patterns import ANY_SEGMENT, Glob
from execgate.policy.search import automaton
from execgate.policy.search.automaton import Automaton, Matcher, Node, State
from execgate.policy.search.decision import Decision
from execgate.policy.search.space import Budget, Hit, Lists, Reach, Space

EASY = 400
"""How many beginnings are followed before it pays to look at the entries pair by pair."""

_ASCII = "xyzwvutsrqponmlkjihgfedcba0123456789"

_START, _BETWEEN, _WITHIN, _END = range(4)
_Within: TypeAlias = "tuple[tuple[int, ...], str | None, str]"
"""Where each glob is; what was read, where a literal begins so; the kind of the last character."""


@dataclass(frozen=True, slots=True)
class _Segment:
    """What can stand behind a state: its segments that entries name, and those that globs cover."""

    literals: tuple[str, ...]
    globs: tuple[Matcher, ...]
    children: tuple[Node, ...]
    loops: tuple[Node, ...]
    plain: bool
    """Whether all that is not named is treated alike."""
    taken: frozenset[str]
    """The segments that are followed by themselves, or are none."""
    prefixes: frozenset[str]
    """How those begin, where it matters."""


class _Beginning(NamedTuple):
    """The shortest way to somewhere."""

    stage: int
    at: State
    words: tuple[str, ...]
    within: _Within | None = None
    text: str = ""
    """What was read of the segment that it is within."""


class _Queue:
    """Beginnings, the shortest first, each place once."""

    __slots__ = ("_found", "_heap", "_order")

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, _Beginning]] = []
        self._order = itertools.count()
        self._found: set[object] = set()

    def push(self, size: int, beginning: _Beginning) -> None:
        """Add a beginning, unless it is too long for any value."""
        if size <= MAX_VALUE:
            heapq.heappush(self._heap, (size, next(self._order), beginning))

    def __iter__(self) -> Iterator[tuple[int, _Beginning]]:
        while self._heap:
            size, _, beginning = heapq.heappop(self._heap)
            place = beginning.stage, beginning.at, beginning.within
            if place not in self._found:
                self._found.add(place)
                yield size, beginning


class Search:
    """One search from `old` to `new` in a space."""

    def __init__(self, space: Space, old: Lists, new: Lists, budget: Budget) -> None:
        self._space = space
        self._budget = budget
        self._decision = Decision(space, old, new, budget)
        patterns = self._decision.patterns
        self._excluded = ((1 << len(space.excluded)) - 1) << len(patterns)
        self._automaton = Automaton([*patterns, *space.excluded, *space.marks])
        self._segments: dict[State, _Segment] = {}

    def hits(self, reach: Reach) -> Iterator[Hit]:
        """Yield values that make a difference, the shortest first; raises TooMuchWorkError.

        Not all: of those that reach the same places, one.
        """
        state = self._automaton.start
        for word in self._space.prefix:
            state = automaton.after(state, word)
        yield from self._walk(state, reach)
        anything = self._space.anything
        if anything is not None:
            # Told last: the others tell more.
            covering, touching = automaton.whole(state), automaton.below(state)
            hit = self._decision.difference(covering, touching, (), len(anything))
            if hit is not None:
                yield Hit(anything, (), hit.by, hit.freed_from, hit.size)

    def _walk(self, state: State, reach: Reach) -> Iterator[Hit]:
        space, decision = self._space, self._decision
        queue = _Queue()
        queue.push(space.size, _Beginning(_START, state, ()))
        for followed, (size, beginning) in enumerate(queue):
            if followed == EASY:
                decision.settle()
            if beginning.within is not None:
                self._spell(size, beginning, beginning.within, queue)
                continue
            stage, at, words = beginning[:3]
            self._budget.spend(1 + len(at))
            live = automaton.below(at)
            if stage != _END and decision.vain(live, automaton.certain(at)):
                continue
            here = automaton.ends(at)
            if here & self._excluded:
                continue
            if len(words) >= space.least and (stage == _END or not space.last):
                covering = automaton.whole(at) if reach is Reach.WHOLE else here
                touching = here if reach is Reach.PLACE else live
                hit = decision.difference(covering, touching, words, size)
                if hit is not None and space.real(words):
                    yield hit
            if stage == _END or len(words) == space.most or (words and space.complete(words[-1])):
                continue
            self._extend(size, beginning, queue)

    def _extend(self, size: int, beginning: _Beginning, queue: _Queue) -> None:
        """Push what can be reached behind one more segment."""
        space = self._space
        _, at, words, _, _ = beginning
        segment = self._segment(at)
        if words:
            for word in space.last:
                ended = (*words, word)
                queue.push(len(space.show(ended)), _Beginning(_END, automaton.after(at, word), ended))
            size += 1
        for word in segment.literals:
            following = automaton.after(at, word)
            self._budget.spend(1 + len(following))
            queue.push(size + len(word), _Beginning(_BETWEEN, following, (*words, word)))
        if segment.plain:
            word = self._fresh(segment, words)
            length = 1 if word in space.names else len(word)
            queue.push(size + length, _Beginning(_BETWEEN, automaton.after_any(at), (*words, word)))
        else:
            start = tuple(glob.start for glob in segment.globs), "", ""
            queue.push(size, _Beginning(_WITHIN, at, words, start))

    def _segment(self, at: State) -> _Segment:
        known = self._segments.get(at)
        if known is None:
            literals: dict[str, None] = {}
            globs: list[tuple[Glob, Node]] = []
            for node in at:
                literals.update(dict.fromkeys(node.literal))
                globs += node.globs.items()
            plain = all(glob == ANY_SEGMENT for glob, _ in globs)
            taken = frozenset((*literals, *self._space.never, *self._space.last))
            prefixes: set[str] = set()
            if not plain:
                for word in taken:
                    prefixes.update(word[:end] for end in range(len(word) + 1))
            known = self._segments[at] = _Segment(
                tuple(word for word in literals if word not in self._space.never | {*self._space.last}),
                tuple(Matcher(glob) for glob, _ in globs),
                tuple(child for _, child in globs),
                tuple(node for node in at if node.loops),
                plain,
                taken,
                frozenset(prefixes),
            )
        return known

    def _fresh(self, segment: _Segment, words: tuple[str, ...]) -> str:
        space = self._space
        names = iter(space.names if not words else ())
        letters = (
            letter
            for letter in self._letters()
            if space.follows("", letter) and space.follows(space.kind(letter), "")
        )
        for word in itertools.chain(names, letters):
            if word not in segment.taken:
                return word
        # All letters are taken: there are words of two, and in the end of as many as it takes.
        alphabet = _ASCII[:26]
        return next(
            word
            for length in itertools.count(2)
            for word in map("".join, itertools.product(alphabet, repeat=length))
            if word not in segment.taken
        )

    def _letters(self) -> Iterator[str]:
        yield from _ASCII
        if self._space.endless:
            # Letters of the same kind in every version of the tables.
            yield from map(chr, range(0x4E00, 0x9FA5))

    def _spell(self, size: int, beginning: _Beginning, within: _Within, queue: _Queue) -> None:
        """Push what can be reached within a segment by one more character, or by its end."""
        space = self._space
        _, at, words, _, text = beginning
        positions, prefix, before = within
        segment = self._segment(at)
        live = sure = 0
        for node in segment.loops:
            live |= node.below
            sure |= node.ends
        reached = list(segment.loops)
        chars: dict[str, None] = {}
        for glob, child, position in zip(segment.globs, segment.children, positions, strict=True):
            if not position:
                continue
            live |= child.below
            if position & glob.accept:
                reached.append(child)
            if position & glob.free:
                sure |= child.ends if space.most == 1 else 0
                sure |= child.deep.ends if child.deep is not None else 0
            chars.update(dict.fromkeys(glob.next_chars(position)))
        if self._decision.vain(live, sure):
            return
        if text and prefix not in segment.taken and space.follows(before, ""):
            queue.push(size, _Beginning(_BETWEEN, automaton.closed(reached), (*words, text)))
        self._budget.spend(2 + (1 + len(chars)) * len(positions))
        for char in (*self._unnamed(chars, text, before, prefix, segment), *chars):
            if not space.follows(before, char):
                continue
            longer = text + char
            kept = longer if prefix is not None and longer in segment.prefixes else None
            following = tuple(
                glob.step(position, char) if position else 0
                for glob, position in zip(segment.globs, positions, strict=True)
            )
            inside = following, kept, space.kind(char)
            queue.push(size + 1, _Beginning(_WITHIN, at, words, inside, longer))

    def _unnamed(
        self, chars: dict[str, None], text: str, before: str, prefix: str | None, segment: _Segment
    ) -> Iterator[str]:
        """Yield characters that stand for all that no entry asks for here."""
        for letter in self._letters():
            if letter in chars or not self._space.follows(before, letter):
                continue
            yield letter
            if prefix is None or text + letter not in segment.prefixes:
                return
