"""One pair of lists against another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from execgate.policy.matching.pairs import MAX_VALUE, Listing, Shape
from execgate.policy.search.space import Budget, Hit, Lists, Space
from execgate.policy.search.spaces import EVERY_NOUN
from execgate.policy.search.views import UNKNOWN, Noun, View
from execgate.policy.search.walk import Search


@dataclass(frozen=True, slots=True)
class Pairing:
    """`allowed_<noun>` and `disallowed_<noun>` as one agent has them; None where one is not given."""

    allowed: Listing | None = None
    disallowed: Listing | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A value that one pair permits and another does not.

    `text` is the value as people write it, `entry` the entry that permits it (None where no allow list is
    asked for), `freed_from` the entries of the other pair that forbid it and are not in the first.
    """

    noun: str
    text: str
    entry: str | None
    freed_from: tuple[str, ...] = ()


def wider(
    noun: str, old: Pairing | None, new: Pairing | None, budget: Budget | None = None
) -> Example | None:
    """Return the shortest value that `new` permits and `old` does not, None where there is none.

    `noun` is what the two constraints share: `imports`, `file_paths`.  None in place of a pair is an agent
    that lacks the grant, and permits nothing.  Exact; raises TooMuchWorkError where that takes too much work,
    or more than is left of a `budget` that several comparisons share.
    """
    found: Hit | None = None
    for _, hit in differences(EVERY_NOUN[noun], old, new, budget or Budget(), first=True):
        if found is None or hit.size < found.size:
            found = hit
    return None if found is None else example(noun, found)


def example(noun: str, hit: Hit) -> Example:
    """Return what a search found as an example."""
    entry = None if hit.by is None else hit.by.text
    return Example(noun, hit.text, entry, tuple(shape.text for shape in hit.freed_from))


def differences(
    noun: Noun, old: Pairing | None, new: Pairing | None, budget: Budget, *, first: bool = False
) -> Iterator[tuple[View, Hit]]:
    """Yield values that `new` permits and `old` does not, for each way to look at them the shortest first.

    All that makes a difference of its own has one, and where `first`, each way has at most one.
    """
    before, after = lists(noun, old), lists(noun, new)
    if before != after:
        yield from _known(noun, before, after, budget, first=first)
    if noun.unknown is not None and not _judges(new) and (old is None or _judges(old)):
        fields = noun.unknown
        yield View(_UNKNOWN, fields=lambda _: fields), Hit(UNKNOWN, (), None, (), MAX_VALUE)


def _known(
    noun: Noun, before: Lists, after: Lists, budget: Budget, *, first: bool
) -> Iterator[tuple[View, Hit]]:
    for view in noun.views(before, after):
        for hit in Search(view.space, view.lists(before), view.lists(after), budget).hits(view.reach):
            yield view, hit
            if first:
                break


_UNKNOWN = Space(lambda _: UNKNOWN)


def _judges(pairing: Pairing | None) -> bool:
    """Return whether there is a list that an open pair judges by."""
    return pairing is not None and (pairing.allowed is not None or pairing.disallowed is not None)


def lists(noun: Noun, pairing: Pairing | None) -> Lists:
    """Return the entries of a pair."""
    if pairing is None:
        return Lists(())
    allowed, disallowed = pairing.allowed, pairing.disallowed
    return Lists(
        None if allowed is None else _shapes(allowed),
        () if disallowed is None else _shapes(disallowed),
        noun.open,
    )


def _shapes(listing: Listing) -> tuple[Shape, ...]:
    return tuple(dict.fromkeys(entry.shape for entry in listing.entries))


def of(lists_: Mapping[str, Listing], noun: str) -> Pairing:
    """Return the pair of a noun among the lists of a grant."""
    return Pairing(lists_.get(f"allowed_{noun}"), lists_.get(f"disallowed_{noun}"))
