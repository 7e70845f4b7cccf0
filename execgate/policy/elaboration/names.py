"""Agents' names and patterns: which policy is whose, found in a time that does not grow with their number.

A name stands for itself and wins; else the most specific pattern does, the one that all others contain.
Patterns that leave two answers for some name are a mistake.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from execgate.policy.matching.patterns import (
    Glob,
    Wild,
    segment,
    segment_contains,
    segment_meets,
)

LONGEST = 200
"""How long an agent's name may be, in characters: what is longer is no agent."""

MAX_OVERLAPS = 200
"""How many pairs of patterns may overlap without one containing the other."""

_MAX_STEPS = 10_000
"""How much is searched for names that two patterns leave open, over all pairs."""

_MAX_COMPARED = 100_000
"""How many patterns and names are compared with two that overlap, over all such pairs."""

_OTHER = "x0123456789abcdefghijklmnopqrstuvwyz"
"""What stands in an example for a character that no pattern names."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two patterns that leave it open whose policy `example` has; None where it was too much to work out."""

    one: str
    other: str
    example: str | None


@dataclass(slots=True)
class _Named:
    """A pattern with what it begins and ends with."""

    text: str
    glob: Glob
    prefix: str
    suffix: str

    @property
    def rank(self) -> tuple[int, int, str]:
        """What sorts a pattern before all that contain it: it has as many letters, and no more stars."""
        stars = self.glob.symbols.count(Wild.MANY)
        return stars - len(self.glob.symbols), stars, self.text


def spelled(text: str) -> str:
    """Return a name or pattern in one spelling: `a**` is `a*`."""
    return str(segment(text))


def is_pattern(text: str) -> bool:
    """Return whether a name stands for several agents."""
    return "*" in text


class Names:
    """Finds the name or pattern that an agent's policy stands under."""

    __slots__ = ("_compared", "_ends", "_exact", "_patterns", "_prefix_lengths", "_steps", "_suffix_lengths")

    def __init__(self, texts: Iterable[str]) -> None:
        known = list(texts)
        self._exact = frozenset(text for text in known if not is_pattern(text))
        self._patterns = sorted(
            (_named(text) for text in known if is_pattern(text)), key=lambda one: one.rank
        )
        # The patterns by what they begin and end with, and how long that is: few lookups find the likely.
        self._ends: dict[tuple[str, str], list[_Named]] = {}
        lengths: dict[str, set[int]] = {}
        for one in self._patterns:
            self._ends.setdefault((one.prefix, one.suffix), []).append(one)
            lengths.setdefault(one.prefix, set()).add(len(one.suffix))
        self._suffix_lengths = {prefix: tuple(sorted(each)) for prefix, each in lengths.items()}
        self._prefix_lengths = tuple(sorted({len(prefix) for prefix in lengths}))
        self._steps = _MAX_STEPS
        self._compared = 0

    def find(self, name: str) -> str | None:
        """Return the name or the most specific pattern that covers `name`, None where there is none."""
        if name in self._exact:
            return name
        if not 0 < len(name) <= LONGEST:
            return None
        covering = (one for one in self._likely(name, name) if segment_contains(one.glob, name))
        best = min(covering, key=lambda one: one.rank, default=None)
        return None if best is None else best.text

    def overlaps(self) -> Iterator[Overlap]:
        """Yield the pairs of patterns that leave it open whose policy some agent has.

        A third pattern, or a name, that is within both decides for what it covers.
        """
        for number, (one, other) in enumerate(self._meeting()):
            if number == MAX_OVERLAPS:
                yield Overlap(one.text, other.text, None)
                return
            open_ = self._undecided(one, other)
            if open_ is not None:
                yield open_
                if open_.example is None:
                    return

    def _likely(self, start: str, end: str) -> Iterator[_Named]:
        """Yield the patterns that begin and end as the two texts may."""
        for length in self._prefix_lengths:
            if length > len(start):
                break
            prefix = start[:length]
            for size in self._suffix_lengths.get(prefix, ()):
                if size > len(end):
                    break
                yield from self._ends.get((prefix, end[len(end) - size :]), ())

    def _meeting(self) -> Iterator[tuple[_Named, _Named]]:
        """Yield the pairs that have something in common and of which neither contains the other."""
        longer: dict[tuple[str, str], list[_Named]] = {}
        for one in self._patterns:
            for at in range(len(one.suffix) + 1):
                longer.setdefault((one.prefix, one.suffix[at:]), []).append(one)
        seen: set[tuple[str, str]] = set()
        for one in self._patterns:
            crossing = (
                other
                for length in self._prefix_lengths
                if length <= len(one.prefix)
                for other in longer.get((one.prefix[:length], one.suffix), ())
            )
            for other in itertools.chain(self._likely(one.prefix, one.suffix), crossing):
                first, second = sorted((one, other), key=lambda each: each.rank)
                if one is other or segment_contains(second.glob, first.glob):
                    continue
                key = first.text, second.text
                if key not in seen and segment_meets(first.glob, second.glob):
                    seen.add(key)
                    yield first, second

    def _undecided(self, one: _Named, other: _Named) -> Overlap | None:
        """Search for the shortest name in both patterns that nothing within both covers, by its letters."""
        self._compared += len(self._patterns) + len(self._exact)
        if self._compared > max(_MAX_COMPARED, len(self._patterns) + len(self._exact)):
            return Overlap(one.text, other.text, None)
        globs = (one.glob, other.glob, *self._within(one, other))
        letters = sorted({symbol for glob in globs for symbol in glob.symbols if isinstance(symbol, str)})
        letters += [char for char in _OTHER if char not in letters][:1]
        start = tuple(_closed(glob, frozenset({0})) for glob in globs)
        todo = deque([(start, "")])
        seen = {start}
        while todo:
            states, text = todo.popleft()
            ended = [len(glob.symbols) in state for glob, state in zip(globs, states, strict=True)]
            if ended[0] and ended[1] and not any(ended[2:]) and text:
                return Overlap(one.text, other.text, text)
            for letter in letters:
                following = tuple(
                    _after(glob, state, letter) for glob, state in zip(globs, states, strict=True)
                )
                if following[0] and following[1] and following not in seen:
                    self._steps -= 1
                    if self._steps < 0:
                        return Overlap(one.text, other.text, None)
                    seen.add(following)
                    todo.append((following, text + letter))
        return None

    def _within(self, one: _Named, other: _Named) -> list[Glob]:
        """Return what is within both patterns, without what something else there contains."""
        prefix, suffix = max(one.prefix, other.prefix, key=len), max(one.suffix, other.suffix, key=len)
        names = (
            Glob(tuple(name)) for name in self._exact if name.startswith(prefix) and name.endswith(suffix)
        )
        patterns = (
            third.glob
            for third in reversed(self._patterns)
            if third.prefix.startswith(prefix) and third.suffix.endswith(suffix)
        )
        found: list[Glob] = []
        for third in itertools.chain(patterns, names):
            if (
                segment_contains(one.glob, third)
                and segment_contains(other.glob, third)
                and not any(segment_contains(wider, third) for wider in found)
            ):
                found.append(third)
        return found


def _named(text: str) -> _Named:
    glob = segment(text)
    symbols = Glob.symbols_of(glob)
    return _Named(text, Glob(tuple(symbols)), text.partition("*")[0], text.rpartition("*")[2])


def _closed(glob: Glob, states: frozenset[int]) -> frozenset[int]:
    """Return the positions and those behind a star that takes nothing."""
    return states | {
        state + 1 for state in states if state < len(glob.symbols) and glob.symbols[state] is Wild.MANY
    }


def _after(glob: Glob, states: frozenset[int], letter: str) -> frozenset[int]:
    """Return the positions behind one more letter."""
    following = set()
    for state in states:
        symbol = glob.symbols[state] if state < len(glob.symbols) else None
        if symbol is Wild.MANY:
            following.add(state)
        elif symbol == letter:
            following.add(state + 1)
    return _closed(glob, frozenset(following))
