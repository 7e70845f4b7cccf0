"""What the lists of a grant newly permit, each with an operation that as a whole is newly permitted."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from execgate.model.verdict import Clause
from execgate.policy.constraints import CONSTRAINTS
from execgate.policy.constraints.files import WHOLE_TREE
from execgate.policy.matching.pairs import Listing, Shape
from execgate.policy.problems import quoted
from execgate.policy.search.pairs import Pairing, differences, of
from execgate.policy.search.space import Budget, Hit, Reach
from execgate.policy.search.spaces import EVERY_NOUN
from execgate.policy.search.views import Fields, Noun, View

MOST = 8
"""How many examples of one pair of constraints are told, each of another cause."""


@dataclass(frozen=True, slots=True)
class Found:
    """An operation that the new lists permit and the old ones do not, as they say; and why."""

    noun: Noun
    fields: Fields
    constraint: str
    why: str
    clause: Clause | None
    others: Iterable[Fields] = ()
    """The same with other values of what it needs besides, for rules that stand against the first."""


@dataclass(frozen=True, slots=True)
class Grants:
    """The lists of two agents; `old` is None where the grant is missing.

    `gains` says that `new` is the newer one, otherwise the words are those of a loss.
    """

    old: Mapping[str, Listing] | None
    new: Mapping[str, Listing]
    budget: Budget
    gains: bool

    def pairing(self, noun: str) -> Pairing:
        """Return the new pair of a noun."""
        return of(self.new, noun)

    def before(self, noun: str) -> Pairing | None:
        """Return the old pair of a noun, None where the grant is missing."""
        return None if self.old is None else of(self.old, noun)

    def values(self, noun: str, reach: Reach | None = None, most: int = 100) -> Iterator[Fields]:
        """Yield fields with values that the new lists permit, `most` at most."""
        found = differences(EVERY_NOUN[noun], None, self.pairing(noun), self.budget)
        for view, hit in itertools.islice(found, most):
            if reach is None or view.reach is reach:
                yield view.fields(hit.text)

    def judged(self, noun: str) -> bool:
        """Return whether the new policy has a list for an open noun."""
        pairing = self.pairing(noun)
        return pairing.allowed is not None or pairing.disallowed is not None

    def found(self, noun: Noun) -> Iterator[Found]:
        """Yield what a pair of constraints newly permits, the shortest first, and one of each cause.

        Raises TooMuchWorkError where not all could be looked at.
        """
        complete = _COMPLETE.get(noun.name, _nothing)
        for view, hit in self.causes(noun, lambda view, hit: any(True for _ in complete(self, view, hit))):
            known = view.fields(hit.text)
            ways = ({**fields, **known} for fields in complete(self, view, hit))
            yield replace(self.told(noun, hit, next(ways)), others=ways)

    def causes(
        self, noun: Noun, fits: Callable[[View, Hit], bool] = lambda _view, _hit: True
    ) -> Iterator[tuple[View, Hit]]:
        """Yield values that make a difference and fit, one of each cause; raises TooMuchWorkError."""
        seen = set()
        for view, hit in differences(noun, self.before(noun.name), self.pairing(noun.name), self.budget):
            cause = hit.by, hit.freed_from
            if cause not in seen and fits(view, hit):
                seen.add(cause)
                yield view, hit
                if len(seen) == MOST:
                    return

    def told(self, noun: Noun, hit: Hit, fields: Fields) -> Found:
        """Return what was found in words, with the constraint and the entry that make the difference."""
        allow, deny = f"allowed_{noun.name}", f"disallowed_{noun.name}"
        added, removed = ("new in", "gone from") if self.gains else ("gone from", "new in")
        before = self.before(noun.name)
        if before is None:
            constraint = allow if allow in CONSTRAINTS else deny
            why = "the grant is new" if self.gains else "the grant is gone"
            return Found(noun, fields, constraint, why, self._place(noun))
        if hit.by is not None and not _has(before.allowed, hit.by):
            entry = _clause(self.pairing(noun.name).allowed, hit.by)
            return Found(noun, fields, allow, f"{quoted(hit.by.text)} is {added} `{allow}`", entry)
        if hit.freed_from:
            entries = ", ".join(quoted(shape.text) for shape in hit.freed_from)
            are = "are" if len(hit.freed_from) > 1 else "is"
            clause = _clause(before.disallowed, hit.freed_from[0])
            return Found(noun, fields, deny, f"{entries} {are} {removed} `{deny}`", clause)
        listing = before.allowed or before.disallowed
        name = allow if listing is None else listing.name
        clause = None if listing is None else listing.clause
        return Found(noun, fields, name, f"the list `{name}` is {removed.split()[0]}", clause)

    def _place(self, noun: Noun) -> Clause | None:
        pairing = self.pairing(noun.name)
        listing = pairing.allowed or pairing.disallowed
        return None if listing is None else listing.clause


def _has(listing: Listing | None, shape: Shape) -> bool:
    return listing is not None and any(entry.shape == shape for entry in listing.entries)


def _clause(listing: Listing | None, shape: Shape) -> Clause | None:
    entries = () if listing is None else listing.entries
    return next((entry.clause for entry in entries if entry.shape == shape), None)


# --- what else an operation needs ---------------------------------------------------------------------------

_Complete = Callable[[Grants, View, Hit], Iterator[Fields]]


def _nothing(_grants: Grants, _view: View, _hit: Hit) -> Iterator[Fields]:
    yield {}


def _path_for(grants: Grants, _view: View, hit: Hit) -> Iterator[Fields]:
    """Yield a path for a file operation."""
    if not grants.judged("file_paths"):
        yield {"paths": ("x",)}
    else:
        yield from grants.values("file_paths", Reach.TREE if hit.text in WHOLE_TREE else Reach.PLACE)


def _file_operation_for(grants: Grants, view: View, _hit: Hit) -> Iterator[Fields]:
    """Yield a file operation for a path: one that is done to it in the way that was looked at."""
    for fields in grants.values("file_operations"):
        tree = fields["operation"] in WHOLE_TREE
        if view.reach is Reach.WHOLE or tree == (view.reach is Reach.TREE):
            yield fields


def _table(grants: Grants) -> Iterator[Fields]:
    if not grants.judged("tables"):
        yield {"tables": ("x",)}
    else:
        yield from grants.values("tables")
        yield {"tables": ()}


def _database(grants: Grants) -> Iterator[Fields]:
    if not grants.judged("databases"):
        yield {"destination": None}
    else:
        yield from grants.values("databases")


def _database_rest(grants: Grants, _view: View, hit: Hit) -> Iterator[Fields]:
    for table in _table(grants):
        if table["tables"] or hit.text != "execute":
            yield from ({**table, **database} for database in _database(grants))


def _for_table(grants: Grants, _view: View, _hit: Hit) -> Iterator[Fields]:
    for done in grants.values("database_operations"):
        yield from ({**done, **database} for database in _database(grants))


def _for_database(grants: Grants, _view: View, _hit: Hit) -> Iterator[Fields]:
    for done in grants.values("database_operations"):
        for table in _table(grants):
            if table["tables"] or done["operation"] != "execute":
                yield {**done, **table}


_COMPLETE: Mapping[str, _Complete] = {
    "file_operations": _path_for,
    "file_paths": _file_operation_for,
    "database_operations": _database_rest,
    "tables": _for_table,
    "databases": _for_database,
}
