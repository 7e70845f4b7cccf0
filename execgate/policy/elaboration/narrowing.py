"""Whether one pair of lists permits more than another: what is plain is seen at once, else it is searched."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeAlias

from execgate.policy.elaboration.flat import Flat, ReadRule, puts_restricted
from execgate.policy.matching.hosts import HostShape
from execgate.policy.matching.pairs import Entry, Listing
from execgate.policy.matching.patterns import DEEP, contains
from execgate.policy.problems import clipped, quoted
from execgate.policy.search import Pairing, TooMuchWorkError, wider
from execgate.policy.search.space import Budget
from execgate.policy.search.spaces import EVERY_NOUN

Lists: TypeAlias = "tuple[Listing | None, Listing | None]"
"""What is allowed and what is disallowed; None where a list is not given."""

_STEPS = 3_000_000
"""How much all comparisons of one load may take."""

_LEAST = 100
"""What a comparison takes that has little to search."""


class Narrowing:
    """Compares lists; all comparisons of one load share a bound on their work."""

    __slots__ = ("_budget", "_common", "_known")

    def __init__(self, common: Collection[ReadRule]) -> None:
        self._budget = Budget(_STEPS)
        self._common = any(map(puts_restricted, common))
        # Lists are inherited as they are: many children have the same of the same parents.
        self._known: dict[tuple[str, Lists, Lists], str | None] = {}

    def restricts(self, base: Flat) -> bool:
        """Return whether something puts payments of an agent into the restricted state."""
        return self._common or base.restricts

    def opens(self, noun: str) -> bool:
        """Return whether a pair without an allow list permits what is not disallowed."""
        return EVERY_NOUN[noun].open

    def widened(self, noun: str, old: Lists, new: Lists) -> str | None:
        """Return, as text for a message, the shortest value that `new` permits and `old` does not."""
        key = noun, old, new
        if key not in self._known:
            self._known[key] = self._example(noun, old, new)
        return self._known[key]

    def _example(self, noun: str, old: Lists, new: Lists) -> str | None:
        if old == new or self._plainly_within(noun, old, new):
            return None
        found = None
        if self._budget.left > 0:
            try:
                found = wider(noun, Pairing(*old), Pairing(*new), self._budget)
            except TooMuchWorkError:
                self._budget.left = 0
            else:
                self._budget.spend(min(_LEAST, self._budget.left))
        if self._budget.left <= 0:
            return "too much to compare it with what is inherited, and so maybe something"
        return None if found is None else f"`{clipped(found.text)}`"

    def uncovered(self, old: Listing | None, new: Listing | None) -> str | None:
        """Return an entry of `new`, in quotes, that no entry of `old` contains."""
        known = old.entries if old is not None else ()
        for entry in new.entries if new is not None else ():
            if not any(contains(other.pattern, entry.pattern) for other in known):
                return f"{clipped(quoted(entry.shape.text))}"
        return None

    def _plainly_within(self, noun: str, old: Lists, new: Lists) -> bool:
        """Return whether each entry that allows has one of the old list that contains it and wins as often.

        The denials of `new` are those of `old`, or more.
        """
        (before, denied), (allowed, _) = old, new
        if allowed is None:
            return before is None and _within(old[1], new[1])
        if not _within(old[1], new[1]):
            return False
        if before is None and not EVERY_NOUN[noun].open:
            return not allowed.entries
        shapes = {entry.shape for entry in before.entries} if before is not None else set()
        return all(entry.shape in shapes or _stands(entry, before, denied) for entry in allowed.entries)


def _within(fewer: Listing | None, more: Listing | None) -> bool:
    """Return whether one list is the other, or a part of it."""
    if fewer is None or fewer is more:
        return True
    return more is not None and {each.shape for each in fewer.entries} <= {
        each.shape for each in more.entries
    }


def _stands(entry: Entry, before: Listing | None, denied: Listing | None) -> bool:
    """Return whether an old entry surely permits all that `entry` does.

    What a host entry covers depends on more than its pattern.
    """
    if isinstance(entry.shape, HostShape):
        return False
    against: list[Entry] = []
    if denied is not None:
        # An operation may touch what lies below the value that it names.
        below = entry.pattern if entry.pattern[-1:] == (DEEP,) else (*entry.pattern, DEEP)
        touched = (denied.entries[number] for number in denied.index.meeting(below))
        against = [other for other in touched if entry.narrower_than(other)]
    if before is None:
        return not against
    return any(
        all(before.entries[number].narrower_than(other) for other in against)
        for number in before.index.covering(entry.pattern)
    )
