"""What several parents are together: the base that a child stands on."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from execgate.model.limits import Limits
from execgate.model.verdict import Override
from execgate.policy.constraints import (
    CAPABILITIES,
    CAPABILITY_OF,
    CONSTRAINTS,
    Limit,
    LimitConstraint,
    ListConstraint,
)
from execgate.policy.elaboration import settings
from execgate.policy.elaboration.flat import Base, Flat, FlatGrant, ReadRule
from execgate.policy.elaboration.grants import sorted_listing
from execgate.policy.elaboration.narrowing import Narrowing
from execgate.policy.grant import INTERSECT
from execgate.policy.language.syntax import Agent
from execgate.policy.matching.pairs import Listing
from execgate.policy.problems import Problems, clipped

_T = TypeVar("_T")
_Given = list[tuple[Flat, FlatGrant]]

_DEFAULTS = Limits()


class Parents:
    """Joins the parents of one child to what all of them permit.

    What denies is joined, and of what permits the narrowest holds: a list that is missing permits what it
    means, nothing or all.  Where none is within all others it is a conflict, unless the child says it itself.
    """

    def __init__(
        self, child: Agent, parents: Sequence[Flat], narrowing: Narrowing, problems: Problems
    ) -> None:
        self._child = child
        self._parents = tuple(parents)
        self._narrowing = narrowing
        self._problems = problems

    def base(self) -> Base:
        """Return what the child stands on."""
        first, *others = self._parents
        if not others:
            return Base(first, self._parents)
        common = set(first.grants).intersection(*(parent.grants for parent in others))
        spelled = {grant.capability.text for grant in self._child.grants}
        known = {name for parent in self._parents for name in parent.grants}
        strict = next((parent for parent in self._parents if parent.delegation == INTERSECT), first)
        grants = {name: self._grant(name) for name in sorted(common)}
        partly = {name: self._grant(name) for name in sorted((known - common) & spelled)}
        held = {**grants, **partly}
        flat = Flat(
            name=" and ".join(parent.name for parent in self._parents),
            clause=self._child.clause,
            grants=grants,
            rules=self._rules(),
            delegation=strict.delegation,
            delegation_reason=strict.delegation_reason,
            delegation_clause=strict.delegation_clause,
            overrides=united(
                tuple(each for each in parent.overrides if _holds(each, parent, held, strict.delegation))
                for parent in self._parents
            ),
        )
        return Base(flat, self._parents, partly)

    def _grant(self, capability: str) -> FlatGrant:
        given = Base(self._parents[0], self._parents).granting(capability)
        settled = {
            one.name
            for grant in self._child.grants
            if grant.capability.text == capability
            for one in grant.constraints
        }
        names = sorted({name for _, grant in given for name in (*grant.lists, *grant.limits)})
        lists: dict[str, Listing] = {}
        limits: dict[str, Limit] = {}
        for name in names:
            constraint = CONSTRAINTS[name]
            if isinstance(constraint, ListConstraint) and constraint.narrows:
                lists[name] = join(grant.lists[name] for _, grant in given if name in grant.lists)
        for name in names:
            constraint = CONSTRAINTS[name]
            if not isinstance(constraint, ListConstraint):
                limit = self._limit(given, name, settled)
                if limit is not None:
                    limits[name] = limit
            elif not constraint.narrows and name not in settled:
                noun = name.removeprefix("allowed_")
                found = (
                    self._lone(given, constraint)
                    if noun == name
                    else self._allowed(given, noun, lists.get(f"disallowed_{noun}"))
                )
                if found is not None:
                    lists[name] = found
        return FlatGrant(given[0][1].clause, lists, limits, _reasons(given, lists, limits))

    def _allowed(self, given: _Given, noun: str, denied: Listing | None) -> Listing | None:
        """Return the allow lists that, under the denials of all parents, permit nothing that one does not."""
        name = f"allowed_{noun}"
        pairs = [(grant.lists.get(name), grant.lists.get(f"disallowed_{noun}")) for _, grant in given]
        if not self._narrowing.opens(noun) and any(allowed is None for allowed, _ in pairs):
            return None
        within = [
            allowed
            for allowed in _distinct((allowed for allowed, _ in pairs), _texts)
            if all(self._narrowing.widened(noun, pair, (allowed, denied)) is None for pair in pairs)
        ]
        if not within:
            said = [(parent, pair) for (parent, _), pair in zip(given, pairs, strict=True)]
            self._conflict(name, said, functools.partial(self._narrowing.widened, noun))
        listings = [listing for listing in within if listing is not None]
        # No allow list permits all that is not denied: more than any does.
        return join(listings) if listings and len(listings) == len(within) else None

    def _lone(self, given: _Given, constraint: ListConstraint) -> Listing | None:
        """Return a list without a twin: what is granted, or still passes for payments that are restricted."""
        name = constraint.name
        if constraint.grants and not all(name in grant.lists for _, grant in given):
            return None
        asked = [
            (parent, grant.lists.get(name))
            for parent, grant in given
            if name in grant.lists or self._narrowing.restricts(parent)
        ]
        listings = [listing for _, listing in asked]
        within = [
            listing
            for listing in _distinct(listings, _texts)
            if listing is not None
            and all(self._narrowing.uncovered(each, listing) is None for each in listings)
        ]
        if within:
            return join(within)
        if not all(listing is None or "*" in listing.texts for listing in listings):
            self._conflict(name, asked, self._passing)
        return None

    def _passing(self, old: Listing | None, new: Listing | None) -> str | None:
        return "all that is approved" if new is None else self._narrowing.uncovered(old, new)

    def _limit(self, given: _Given, name: str, settled: Collection[str]) -> Limit | None:
        """Return the limit that is within those of all parents, None where what holds by default is."""
        constraint = CONSTRAINTS[name]
        values = [grant.limits.get(name) for _, grant in given]
        said = [limit for limit in values if limit is not None]
        if isinstance(constraint, ListConstraint) or name in settings.FREE:
            if len({limit.text for limit in said}) > 1 and name not in settled:
                self._differ(given, name)
            return said[0]
        if len(said) < len(values):
            if isinstance(constraint, LimitConstraint) and constraint.grants:
                return None
            held = settings.holding(constraint, _DEFAULTS)
            if held is not None and all(constraint.within(held[0], limit.value) for limit in said):
                return None
        within = [limit for limit in said if all(constraint.within(limit.value, each.value) for each in said)]
        if within:
            return within[0]
        if name not in settled:
            self._differ(given, name)
        return None

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
                    names = f"`{clipped(whose[name].name)}` and `{clipped(parent.name)}`"
                    self._report(f"rule `{clipped(name)}` of {names}", "rename one of the two")
        return rules

    def _differ(self, given: _Given, name: str) -> None:
        """Note that of what parents give none is within all."""
        said = [(parent, grant.limits[name]) for parent, grant in given if name in grant.limits]
        constraint = CONSTRAINTS[name]
        (one, limit), (other, more) = next(
            (first, second)
            for first, second in itertools.combinations(said, 2)
            if first[1].text != second[1].text
            and not (
                not isinstance(constraint, ListConstraint)
                and name not in settings.FREE
                and (
                    constraint.within(first[1].value, second[1].value)
                    or constraint.within(second[1].value, first[1].value)
                )
            )
        )
        self._report(
            f"`{name}`, `{limit.text}` in `{clipped(one.name)}` and `{more.text}` in `{clipped(other.name)}`",
            self._settle(name),
        )

    def _conflict(
        self, name: str, said: Sequence[tuple[Flat, _T]], widened: Callable[[_T, _T], str | None]
    ) -> None:
        """Note that no list is within all, by what `widened` shows of two of them in both directions."""
        tried = (
            (one, other, widened(that, this), widened(this, that))
            for (one, this), (other, that) in itertools.combinations(said, 2)
        )
        what = f"`{name}` is too much to compare"
        for one, other, more, less in tried:
            if more is not None and less is not None:
                ours, others = f"`{clipped(one.name)}`", f"`{clipped(other.name)}`"
                what = (
                    f"`{name}`, where {ours} permits {more}, which {others} does not, "
                    f"and {others} permits {less}, which {ours} does not"
                )
                break
        self._report(what, self._settle(name))

    def _settle(self, name: str) -> str:
        return f"write `{name}` in `{clipped(self._child.name.text)}`"

    def _report(self, what: str, help_: str) -> None:
        self._problems.at(
            self._child.parents[-1].clause,
            f"conflicting parents: {what}",
            f"{help_}, or extend one of them",
        )


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


def _holds(override: Override, parent: Flat, grants: Mapping[str, FlatGrant], delegation: str) -> bool:
    """Return whether what a parent overrides is what its child has of it, and not what another permits."""
    name = override.constraint
    if name == "delegation":
        return parent.delegation == delegation
    if name.startswith("rule "):
        return True
    if name in CAPABILITIES:
        return name in grants
    capability = CAPABILITY_OF[name]
    if capability not in grants:
        return False
    mine, its = parent.grants[capability], grants[capability]
    if name in mine.lists:
        return name in its.lists and its.lists[name].texts == mine.lists[name].texts
    return name in its.limits and its.limits[name].text == mine.limits[name].text


def _reasons(given: _Given, lists: dict[str, Listing], limits: dict[str, Limit]) -> dict[str, str]:
    """Return the reasons of those parents whose word holds."""
    reasons: dict[str, str] = {}
    for name in ("", *lists, *limits):
        said = [
            grant.reasons[name]
            for _, grant in given
            if name in grant.reasons
            and (name not in limits or grant.limits[name].text == limits[name].text)
            and (name not in lists or set(grant.lists[name].texts) <= set(lists[name].texts))
        ]
        if said:
            reasons[name] = together(said)
    return reasons


def _distinct(items: Iterable[_T], key: Callable[[_T], Hashable]) -> list[_T]:
    """Return the first item of each key."""
    found: dict[Hashable, _T] = {}
    for item in items:
        found.setdefault(key(item), item)
    return list(found.values())


def _texts(listing: Listing | None) -> tuple[str, ...] | None:
    return None if listing is None else listing.texts
