"""What several parents are together: the base that a child stands on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import TypeVar

from execgate.model.verdict import Override
from execgate.policy.agent import INTERSECT
from execgate.policy.build.flat import Flat, FlatGrant, ReadRule
from execgate.policy.build.grants import sorted_listing
from execgate.policy.constraints import CONSTRAINTS, Limit, ListConstraint
from execgate.policy.language.syntax import Agent
from execgate.policy.matching.pairs import Entry, Listing
from execgate.policy.problems import Problems, clipped, quoted

_T = TypeVar("_T")


class Parents:
    """Joins the parents of one child: what denies is joined, and what only one of them says holds.

    What two of them say differently is a conflict, unless the child says it itself.
    """

    def __init__(self, child: Agent, parents: Sequence[Flat], problems: Problems) -> None:
        self._child = child
        self._parents = parents
        self._problems = problems

    def joined(self) -> Flat:
        """Return the base."""
        if len(self._parents) == 1:
            return self._parents[0]
        names = sorted({name for parent in self._parents for name in parent.grants})
        strict = next(
            (parent for parent in self._parents if parent.delegation == INTERSECT), self._parents[0]
        )
        return Flat(
            name=" and ".join(parent.name for parent in self._parents),
            clause=self._child.clause,
            grants={name: self._grant(name) for name in names},
            rules=self._rules(),
            delegation=strict.delegation,
            delegation_reason=strict.delegation_reason,
            delegation_clause=strict.delegation_clause,
            overrides=united(parent.overrides for parent in self._parents),
        )

    def _grant(self, capability: str) -> FlatGrant:
        given = [
            (parent, parent.grants[capability]) for parent in self._parents if capability in parent.grants
        ]
        settled = {
            one.name
            for grant in self._child.grants
            if grant.capability.text == capability
            for one in grant.constraints
        }
        lists: dict[str, Listing] = {}
        limits: dict[str, Limit] = {}
        reasons: dict[str, str] = {}
        rivals: dict[str, tuple[Listing | Limit, ...]] = {}
        for name in sorted({name for _, grant in given for name in (*grant.lists, *grant.limits)}):
            constraint = CONSTRAINTS[name]
            if isinstance(constraint, ListConstraint):
                several = [(parent, grant.lists[name]) for parent, grant in given if name in grant.lists]
                if constraint.narrows:
                    lists[name] = join(listing for _, listing in several)
                else:
                    lists[name], *others = self._one(several, name, settled, lambda each: each.texts)
                    rivals[name] = tuple(others)
            else:
                values = [(parent, grant.limits[name]) for parent, grant in given if name in grant.limits]
                limits[name], *more = self._one(values, name, settled, lambda each: each.text)
                rivals[name] = tuple(more)
        for name in ("", *lists, *limits):
            said = [grant.reasons[name] for _, grant in given if name in grant.reasons]
            if said:
                reasons[name] = together(said)
        for name, kept in self._beaten(given, lists, settled):
            rivals[name] = (*rivals[name], kept)
        return FlatGrant(given[0][1].clause, lists, limits, reasons, rivals)

    def _one(
        self, given: list[tuple[Flat, _T]], name: str, settled: Collection[str], said: Callable[[_T], object]
    ) -> tuple[_T, ...]:
        """Return what the parents say of a constraint, each once; the child has to settle a difference."""
        several = {said(value): (parent, value) for parent, value in reversed(given)}
        (first, value), *others = reversed(several.values())
        if others and name not in settled:
            help_ = f"write `{name}` in `{clipped(self._child.name.text)}`"
            self._conflict(f"`{name}`", first, others[0][0], help_)
        return value, *(other for _, other in others)

    def _rules(self) -> dict[str, ReadRule]:
        own = {rule.name.text for rule in self._child.rules}
        own |= {rule.name.text for grant in self._child.grants for rule in grant.rules}
        rules: dict[str, ReadRule] = {}
        whose: dict[str, Flat] = {}
        for parent in self._parents:
            for name, rule in parent.rules.items():
                first = rules.setdefault(name, rule)
                whose.setdefault(name, parent)
                if first.tree is not rule.tree and name not in own:
                    self._conflict(f"rule `{clipped(name)}`", whose[name], parent, "rename one of the two")
        return rules

    def _beaten(
        self, given: list[tuple[Flat, FlatGrant]], lists: dict[str, Listing], settled: Collection[str]
    ) -> Iterator[tuple[str, Listing]]:
        """Note where what one parent allows would win over what another denies.

        Where the child settles it, yield what is allowed without the entries that would.
        """
        for name, listing in lists.items():
            noun = name.removeprefix("allowed_")
            if noun == name:
                continue
            allowing = next(parent for parent, grant in given if name in grant.lists)
            for parent, grant in given:
                denied = grant.lists.get(f"disallowed_{noun}")
                if parent is allowing or denied is None or name in grant.lists:
                    continue
                found = list(beating(listing, denied))
                if found and name in settled:
                    winning = {id(entry) for entry, _ in found}
                    yield (
                        name,
                        sorted_listing(
                            name,
                            listing.clause,
                            (each for each in listing.entries if id(each) not in winning),
                        ),
                    )
                elif found:
                    entry, other = (quoted(each.shape.text) for each in found[0])
                    self._conflict(
                        f"{entry} in `{name}` and {other} in `disallowed_{noun}`",
                        allowing,
                        parent,
                        f"write `{name}` in `{clipped(self._child.name.text)}`",
                    )

    def _conflict(self, what: str, one: Flat, other: Flat, help_: str) -> None:
        self._problems.at(
            self._child.parents[-1].clause,
            f"conflicting parents: {what} of `{clipped(one.name)}` and `{clipped(other.name)}`",
            f"{help_}, or extend one of them",
        )


def beating(allowed: Listing, disallowed: Listing) -> Iterator[tuple[Entry, Entry]]:
    """Yield the entries that allow and are more specific than one that denies, and that one."""
    for other in disallowed.entries:
        for number in allowed.index.meeting(other.pattern):
            entry = allowed.entries[number]
            if entry.narrower_than(other):
                yield entry, other


def join(listings: Iterable[Listing]) -> Listing:
    """Return the entries of several lists as one, at the place of the last; what is the same stays itself."""
    several = list(dict.fromkeys(listings))
    if len(several) == 1:
        return several[0]
    # What is inherited twice is one object; to compare entries themselves takes long.
    entries = {id(entry): entry for listing in several for entry in listing.entries}.values()
    return sorted_listing(several[-1].name, several[-1].clause, entries)


def together(reasons: Iterable[str]) -> str:
    """Return several reasons as one, in an order of their own."""
    return "; ".join(sorted(set(reasons)))


def united(several: Iterable[tuple[Override, ...]]) -> tuple[Override, ...]:
    """Return overrides each once, by name."""
    return tuple(
        sorted(
            {override: None for overrides in several for override in overrides},
            key=lambda each: (each.constraint, each.base, each.clause.file, each.clause.span.line),
        )
    )
