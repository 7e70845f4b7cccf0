"""Entries of lists that can never decide.  Candidates are found by their patterns, and each is proven.

The proof is that both pairs, with the entries and without, permit the same.  Of names without structure that
follows from what the entries cover; of others it is searched for, within a bound on work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import cast

from execgate.model.verdict import Clause
from execgate.policy.findings.notebook import Doubt, Notebook
from execgate.policy.matching.pairs import Listing
from execgate.policy.problems import Severity, clipped, place
from execgate.policy.search import Pairing, TooMuchWorkError
from execgate.policy.search.pairs import differences
from execgate.policy.search.space import Budget
from execgate.policy.search.spaces import NOUNS

_MOST_ALONE = 20
"""How many candidates are proven one by one, where all together do not hold."""

_MOST_NAMED = 5

# There what an entry covers does not say all: a port, a folder with all that is below it.
_INTRICATE = frozenset({"hosts", "file_paths", "tables"})

# Lists that say nothing without another one that permits something.
_NEEDS = {
    "file_paths": "file_operations",
    "tables": "database_operations",
    "databases": "database_operations",
}


def look(lists: Mapping[str, Listing], notebook: Notebook, budget: Budget) -> None:
    """Note what can never decide among the lists of one grant, within a budget for all of them."""
    for listing in lists.values():
        notebook.holds(listing.clause, listing.name)
        for clause in {entry.clause for entry in listing.entries}:
            notebook.holds(clause, f"entry of {listing.name}")
    for noun in dict.fromkeys(name.partition("_")[2] for name in lists if "allowed_" in name):
        pair = _Pair(noun, lists.get(f"allowed_{noun}"), lists.get(f"disallowed_{noun}"), budget)
        for doubt in pair.doubts():
            notebook.doubt(doubt)
    for noun, needed in _NEEDS.items():
        given, other = lists.get(f"allowed_{noun}"), lists.get(f"allowed_{needed}")
        if given is not None and given.entries and (other is None or not other.entries):
            notebook.doubt(
                Doubt(
                    given.clause,
                    given.name,
                    f"`{given.name}` permits nothing: `allowed_{needed}` permits no operation",
                    f"add the operations, as in `allowed_{needed}: "
                    f'["{"read" if noun == "file_paths" else "select"}"]`',
                )
            )


class _Pair:
    def __init__(
        self, noun: str, allowed: Listing | None, disallowed: Listing | None, budget: Budget
    ) -> None:
        self._noun = noun
        self._budget = budget
        self._allowed, self._disallowed = allowed, disallowed

    def doubts(self) -> Iterator[Doubt]:
        """Yield what can never decide: each entry once, for the first reason there is."""
        for listing in (self._allowed, self._disallowed):
            if listing is None:
                continue
            idle: set[int] = set()
            for reasons, tell in self._kinds(listing):
                found = self._proven(listing, {at: why for at, why in reasons.items() if at not in idle})
                idle |= found.keys()
                yield from tell(listing, found)

    def _kinds(
        self, listing: Listing
    ) -> Iterator[tuple[dict[int, int], Callable[[Listing, dict[int, int]], Iterator[Doubt]]]]:
        if listing is self._allowed:
            yield self._beaten(listing), self._tell_beaten
            yield _covered(listing), _tell_covered
        else:
            yield _covered(listing), _tell_covered
            yield self._idle(listing), _tell_idle

    def _beaten(self, listing: Listing) -> dict[int, int]:
        """Return the entries of the allow list that one of the disallow list covers, and that one."""
        found: dict[int, int] = {}
        if self._disallowed is not None:
            for at, entry in enumerate(listing.entries):
                for other in self._disallowed.index.covering(entry.pattern):
                    if not entry.narrower_than(self._disallowed.entries[other]):
                        found[at] = other
                        break
        return found

    def _idle(self, listing: Listing) -> dict[int, int]:
        """Return the entries of the disallow list that take nothing away which the allow list permits."""
        if self._allowed is None:
            closed = self._noun in NOUNS and not NOUNS[self._noun].open
            return dict.fromkeys(range(len(listing.entries)), 0) if closed else {}
        return {
            at: 0
            for at, entry in enumerate(listing.entries)
            if all(
                self._allowed.entries[other].narrower_than(entry)
                for other in self._allowed.index.meeting(entry.pattern)
            )
        }

    def _proven(self, listing: Listing, reasons: dict[int, int]) -> dict[int, int]:
        """Return those of the candidates that can go, with all entries that stand at the same place."""
        groups: dict[Clause, set[int]] = {}
        for at, entry in enumerate(listing.entries):
            groups.setdefault(entry.clause, set()).add(at)
        whole = [group for group in groups.values() if group <= reasons.keys()]
        if whole and not self._same_without(listing, set().union(*whole)):
            whole = [group for group in whole[:_MOST_ALONE] if self._same_without(listing, group)]
        return {min(group): reasons[min(group)] for group in whole}

    def _same_without(self, listing: Listing, gone: AbstractSet[int]) -> bool:
        """Return whether the pair permits the same without some entries of one of its lists."""
        if self._noun not in _INTRICATE and self._obviously_same(listing, gone):
            return True
        if self._noun not in NOUNS:
            return False
        rest = [entry for at, entry in enumerate(listing.entries) if at not in gone]
        left = Listing(listing.name, listing.clause, rest)
        before = Pairing(self._allowed, self._disallowed)
        allows = listing is self._allowed
        after = Pairing(left, self._disallowed) if allows else Pairing(self._allowed, left)
        try:
            return not (self._differ(before, after) or self._differ(after, before))
        except TooMuchWorkError:
            return False

    def _differ(self, old: Pairing, new: Pairing) -> bool:
        return any(True for _ in differences(NOUNS[self._noun], old, new, self._budget, first=True))

    def _obviously_same(self, listing: Listing, gone: AbstractSet[int]) -> bool:
        """Return the same of names without structure, by what each entry can do alone."""
        other, idle = self._disallowed, self._beaten
        if listing is self._disallowed:
            other, idle = self._allowed, self._idle
        free = (
            other is None or not any(other.index.meeting(listing.entries[at].pattern) for at in gone)
        ) and all(_cover(listing, at) is not None for at in gone)
        return free or gone <= idle(listing).keys()

    def _tell_beaten(self, listing: Listing, found: dict[int, int]) -> Iterator[Doubt]:
        disallowed = cast("Listing", self._disallowed)  # there is one, where one of its entries forbids
        for at, other in found.items():
            entry, against = listing.entries[at], disallowed.entries[other]
            yield Doubt(
                entry.clause,
                f"entry of {listing.name}",
                f"`{clipped(entry.shape.text)}` in `{listing.name}` permits nothing: "
                f"`{clipped(against.shape.text)}` in `{disallowed.name}` forbids it",
                f"remove it here, or there: {place(against.clause)}",
            )


def _covered(listing: Listing) -> dict[int, int]:
    """Return the entries that another of their list covers, and that one; of two alike, the later."""
    found: dict[int, int] = {}
    for at in range(len(listing.entries)):
        cover = _cover(listing, at)
        if cover is not None:
            found[at] = cover
    return found


def _cover(listing: Listing, at: int) -> int | None:
    entry = listing.entries[at]
    for other in listing.index.covering(entry.pattern):
        outer = listing.entries[other]
        alike = outer.shape.within(entry.shape)
        if outer.clause != entry.clause and entry.shape.within(outer.shape) and (other < at or not alike):
            return other
    return None


def _tell_covered(listing: Listing, found: dict[int, int]) -> Iterator[Doubt]:
    for at, other in found.items():
        entry, outer = listing.entries[at], listing.entries[other]
        where = place(outer.clause)
        text, by = clipped(entry.shape.text), clipped(outer.shape.text)
        twice = entry.shape.text == outer.shape.text
        yield Doubt(
            entry.clause,
            f"entry of {listing.name}",
            f"`{text}` in `{listing.name}` a second time"
            if twice
            else f"`{text}` in `{listing.name}` decides nothing: `{by}` covers it",
            f"remove it; the first is at {where}" if twice else f"remove it, or the wider one at {where}",
        )


def _tell_idle(listing: Listing, found: dict[int, int]) -> Iterator[Doubt]:
    """Say it of all entries of a list at once: to forbid more than is needed is no slip."""
    if not found:
        return
    texts = [f"`{clipped(listing.entries[at].shape.text)}`" for at in found]
    verb = "forbids" if len(texts) == 1 else "forbid"
    yield Doubt(
        listing.entries[min(found)].clause,
        f"entry of {listing.name}",
        f"{_series(texts)} in `{listing.name}` {verb} what nothing allows anyway",
        "leave it to say so, or remove it",
        Severity.NOTE,
    )


def _series(texts: Sequence[str]) -> str:
    named = list(texts[:_MOST_NAMED])
    if len(texts) > _MOST_NAMED:
        named.append(f"{len(texts) - _MOST_NAMED:,} more")
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
