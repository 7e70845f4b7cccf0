"""How an allow list and a disallow list decide together.

An entry is more specific than another where all that it covers is covered by the other too, and not the
other way round.  A value is permitted where an entry of the allow list covers everything that it can be, and
is more specific than every entry of the disallow list that covers something of it.  So a tie is a denial, and
so is a pair of entries of which neither contains the other.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from execgate.model.operation import Operation
from execgate.model.values import Template, Text, Unknown
from execgate.model.verdict import Clause, Opinion, Says, Violation, Warning  # noqa: A004 - the word of policies
from execgate.policy.matching.index import Index
from execgate.policy.matching.patterns import Pattern, contains
from execgate.policy.problems import clipped, quoted

MAX_VALUE = 4096
"""The longest value that is judged, in characters: what is longer is no path, host or name."""


MAX_TEMPLATE = 512
"""The same of one that is only partly known, which takes longer to match."""

MAX_OUTCOMES = 4096
"""How many outcomes a pair keeps at a time; what the lists say never depends on it."""


_T = TypeVar("_T", Clause, Opinion, "Breach")


class BadEntryError(Exception):
    """A text that is no entry of its list; `help` is what to write instead."""

    def __init__(self, message: str, help: str | None = None) -> None:  # noqa: A002 - the field's word
        super().__init__(message)
        self.help = help


class UnresolvableError(Exception):
    """A value that can't be judged, and why."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What an entry covers.

    `text` is the entry in canonical form, `pattern` what it matches, `scope` what is compared to say which of
    two entries is more specific: the same reading of an entry for both lists of a pair.
    """

    text: str
    pattern: Pattern
    scope: Pattern

    def within(self, other: Shape, *, if_too_hard: bool = False) -> bool:
        """Return whether `other` covers all that this one does."""
        return contains(other.scope, self.scope, if_too_hard=if_too_hard)

    def narrower_than(self, other: Shape) -> bool:
        """Return whether it is more specific than `other`; where that is too hard to say, it is not."""
        return self.within(other) and not other.within(self, if_too_hard=True)


Reader = Callable[[str, bool], "Sequence[Shape]"]
"""Reads an entry's text; the flag says whether it stands in a disallow list.  Raises BadEntryError."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list, at its place."""

    shape: Shape
    clause: Clause

    @property
    def pattern(self) -> Pattern:
        """What it matches."""
        return self.shape.pattern

    def narrower_than(self, other: Entry) -> bool:
        """Return whether it is more specific than `other`."""
        return self.shape.narrower_than(other.shape)


class Listing:
    """A list constraint of one agent, ready to be asked."""

    __slots__ = ("_index", "_texts", "clause", "entries", "name", "silent")

    def __init__(self, name: str, clause: Clause, entries: Sequence[Entry]) -> None:
        self.name = name
        self.clause = clause
        self.entries = tuple(entries)
        self.silent = Opinion(name, Says.SILENT, clause)
        """What the list says of that which no entry of it covers."""
        self._index: Index | None = None
        self._texts: tuple[str, ...] | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """The entries in canonical form, sorted and each once; worked out at the first question."""
        if self._texts is None:
            self._texts = tuple(sorted({entry.shape.text for entry in self.entries}))
        return self._texts

    @property
    def index(self) -> Index:
        """The entries, ready to be asked; made at the first question."""
        if self._index is None:
            self._index = Index(self.entries)
        return self._index

    def opinion(self, number: int, says: Says) -> Opinion:
        """Return what the entry of that number says."""
        entry = self.entries[number]
        return Opinion(self.name, says, entry.clause, entry.shape.text)


@dataclass(frozen=True, slots=True)
class Breach:
    """One reason against an operation; `act` says what it does, `why` what stands against it.

    One that `escalates` is lifted by somebody's approval.
    """

    constraint: str
    act: str
    why: str
    clause: Clause
    help: str | None = None
    escalates: bool = False

    def violation(self, who: str, operation: Operation, index: int) -> Violation:
        """Return it as a violation by the operation `index`; `who` is the agent as messages name it."""
        return Violation(
            constraint=self.constraint,
            message=f"{who} {'needs approval to' if self.escalates else 'may not'} {self.act}: {self.why}",
            operation=index,
            location=operation.location,
            clause=self.clause,
            help=self.help,
            escalates=self.escalates,
        )

    def warning(self, who: str, operation: Operation, index: int) -> Warning:
        """Return it as a warning, which lets the operation pass."""
        return Warning(self.constraint, f"{who}: {self.why}", index, operation.location, self.clause)

    def also(self, change: str) -> Breach:
        """Return the breach with a second part of its help."""
        return dataclasses.replace(self, help=f"{self.help} and {change}") if self.help else self


@dataclass(frozen=True, slots=True)
class Finding:
    """What one family says of one operation: the clauses that permit it, and the breaches.

    `opinions` are what each clause says that looked at it, whether it decided or not; `warnings` what an
    author asked to be told of.
    """

    evidence: tuple[Clause, ...] = ()
    breaches: tuple[Breach, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    warnings: tuple[Breach, ...] = ()

    def __add__(self, other: Finding) -> Finding:
        """Return both as one; `other` is of other lists, so that it has no opinion twice."""
        evidence = _by_identity((*self.evidence, *other.evidence))
        return Finding(
            evidence,
            self.breaches + other.breaches,
            self.opinions + other.opinions,
            self.warnings + other.warnings,
        )


class Subject(NamedTuple):
    """A value to be judged.

    `covered` is all that it can be, `met` all that it can touch (a deleted folder touches what is below).
    `describe` says what is done, and the narrowest entry that covers it, None where an author can't write
    one; only a denial asks.  `admits` and `catches` may leave out entries that match by pattern alone (for a
    host, by its port).
    """

    covered: Pattern
    met: Pattern
    describe: Callable[[], tuple[str, str | None]]
    admits: Callable[[Shape], bool] | None = None
    catches: Callable[[Shape], bool] | None = None


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What two lists say of all values that the same entries of both fit."""

    finding: Finding
    """Without breaches; with evidence where the values are permitted."""
    standing: tuple[Entry, ...]
    """The entries that forbid them, where some do."""


class Pair:
    """An allow list and its disallow list; either may be missing.

    An `open` pair asks for no allow list: without one, all is permitted that is not disallowed.  Opinions of
    the grant go by the name of its `capability`.
    """

    __slots__ = (
        "_allow_name",
        "_allowed",
        "_capability",
        "_deny_name",
        "_disallowed",
        "_grant",
        "_open",
        "_outcomes",
        "_read",
        "_ungranted",
        "_unpuzzled",
    )

    def __init__(
        self,
        noun: str,
        allowed: Listing | None,
        disallowed: Listing | None,
        grant: Clause,
        read: Reader,
        *,
        open_: bool,
        capability: str,
    ) -> None:
        self._allow_name, self._deny_name = f"allowed_{noun}", f"disallowed_{noun}"
        self._allowed, self._disallowed = allowed, disallowed
        self._grant = grant
        self._open = open_
        self._read = read
        self._capability = capability
        self._ungranted = f"there is no `{self._allow_name}`"
        self._unpuzzled = Finding((grant,), (), (self._of_grant(contested=False),))
        self._outcomes: dict[tuple[tuple[int, ...], tuple[int, ...]], _Outcome] = {}

    @property
    def grants_nothing(self) -> bool:
        """Whether an allow list that is asked for is missing."""
        return self._allowed is None and not self._open

    @property
    def judges(self) -> bool:
        """Whether there is a list that a value has to stand up to."""
        return self._allowed is not None or self._disallowed is not None or self.grants_nothing

    def judge(self, subject: Subject) -> Finding:
        """Return what the two lists say of `subject`."""
        allowing: tuple[int, ...] = ()
        if self._allowed is not None:
            allowing = tuple(self._allowed.index.covering(subject.covered))
            if subject.admits is not None and allowing:
                entries = self._allowed.entries
                allowing = tuple([number for number in allowing if subject.admits(entries[number].shape)])
        against: tuple[int, ...] = ()
        if self._disallowed is not None:
            against = tuple(self._disallowed.index.meeting(subject.met))
            if subject.catches is not None and against:
                entries = self._disallowed.entries
                against = tuple([number for number in against if subject.catches(entries[number].shape)])
        outcome = self._outcomes.get((allowing, against))
        if outcome is None:
            outcome = self._decide(allowing, against)
            if len(self._outcomes) >= MAX_OUTCOMES:
                self._outcomes.clear()
            self._outcomes[allowing, against] = outcome
        if outcome.finding.evidence:
            return outcome.finding
        met = _chosen(self._disallowed, against)
        act, entry = subject.describe()
        breaches = []
        if not allowing and not (self._allowed is None and self._open):
            breaches.append(self._unlisted(subject, act, entry, met))
        if met:
            breaches.append(self._forbidden(subject, act, entry, outcome.standing, met))
        return Finding((), tuple(breaches), outcome.finding.opinions)

    def _decide(self, allowing: tuple[int, ...], against: tuple[int, ...]) -> _Outcome:
        """Return what is said of every value that just these entries of the two lists fit."""
        ones, others = _chosen(self._allowed, allowing), _chosen(self._disallowed, against)
        beaten = [[one.narrower_than(other) for other in others] for one in ones]
        winning = [all(row) for row in beaten]
        opinions: list[Opinion] = []
        evidence: tuple[Clause, ...] = ()
        if self._allowed is None:
            opinions.append(self._of_grant(contested=bool(against)))
            if self._open and not against:
                evidence = (self._grant,)
        elif not ones:
            opinions.append(self._allowed.silent)
        else:
            evidence = tuple(one.clause for one, wins in zip(ones, winning, strict=True) if wins)[:1]
            opinions += (
                self._allowed.opinion(number, Says.PERMITS if wins else Says.OVERRULED)
                for number, wins in zip(allowing, winning, strict=True)
            )
        standing: list[int] = []
        if self._disallowed is not None:
            if not others:
                opinions.append(self._disallowed.silent)
            elif not evidence:
                unbeaten = [number for at, number in enumerate(against) if not any(row[at] for row in beaten)]
                standing = unbeaten or list(against)
            opinions += (
                self._disallowed.opinion(number, Says.FORBIDS if number in standing else Says.OVERRULED)
                for number in against
            )
        return _Outcome(Finding(evidence, (), tuple(opinions)), _chosen(self._disallowed, standing))

    def _of_grant(self, *, contested: bool) -> Opinion:
        """Return what the grant says where there is no allow list."""
        if not self._open:
            return Opinion(self._capability, Says.SILENT, self._grant, why=self._ungranted)
        says = Says.OVERRULED if contested else Says.PERMITS
        return Opinion(self._capability, says, self._grant, why=f"{self._ungranted}: the rest is permitted")

    def puzzle(self, act: str, why: str, help_: str | None = None) -> Finding:
        """Return what the two lists say of a value that could not be worked out."""
        if not self.judges:
            return self._unpuzzled
        why = clipped(why, 300)
        opinions = [
            Opinion(listing.name, Says.UNDECIDED, listing.clause, why=why)
            for listing in (self._allowed, self._disallowed)
            if listing is not None
        ]
        if self._allowed is None:
            opinions.insert(0, self._of_grant(contested=True))
        name, listing = self._allow_name, self._allowed
        if self._allowed is None and self._open:
            name, listing = self._deny_name, self._disallowed
        clause = listing.clause if listing is not None else self._grant
        return Finding((), (Breach(name, act, why, clause, help_),), tuple(opinions))

    def _unlisted(self, subject: Subject, act: str, entry: str | None, against: Sequence[Entry]) -> Breach:
        if self._allowed is None:
            why, clause = self._ungranted, self._grant
        else:
            why, clause = f"`{self._allow_name}` does not cover it", self._allowed.clause
        # What also is disallowed has a breach, and a change, of its own.
        change = self._addition(subject, entry, against)
        if change is None and against:
            change = self._addition(subject, entry, ())
        return Breach(self._allow_name, act, why, clause, change)

    def _forbidden(
        self,
        subject: Subject,
        act: str,
        entry: str | None,
        standing: Sequence[Entry],
        against: Sequence[Entry],
    ) -> Breach:
        change = self._addition(subject, entry, against)
        if change is None:
            removed = ", ".join(dict.fromkeys(quoted(other.shape.text) for other in standing))
            change = f"to permit this, remove {removed} from {self._deny_name}"
        why = f"{quoted(standing[0].shape.text)} in `{self._deny_name}` forbids it"
        return Breach(self._deny_name, act, why, standing[0].clause, change)

    def _addition(self, subject: Subject, text: str | None, against: Sequence[Entry]) -> str | None:
        """Return the help that adds the narrowest entry, `text`, where that alone permits the subject."""
        if text is None or not self._suffices(text, subject, against):
            return None
        if self._allowed is not None:
            return f"to permit this, add {quoted(text)} to {self._allow_name}"
        # An open pair without an allow list permits the rest: the new list has to go on doing so.
        entries = f'"*", {quoted(text)}' if self._open else quoted(text)
        return f"to permit this, add `{self._allow_name}: [{entries}]`"

    def _suffices(self, text: str, subject: Subject, against: Sequence[Entry]) -> bool:
        try:
            shapes = self._read(text, False)  # noqa: FBT003 - the reader's flag
        except BadEntryError:
            return False
        return any(
            contains(shape.pattern, subject.covered)
            and (subject.admits is None or subject.admits(shape))
            and all(shape.narrower_than(other.shape) for other in against)
            for shape in shapes
        )


def known(value: Text, what: str) -> str | Template:
    """Return `value` where it can be judged; raises UnresolvableError with the reason where not."""
    if isinstance(value, Unknown):
        raise UnresolvableError(value.why or f"the {what} could not be worked out")
    if isinstance(value, Template):
        if not value.bounded:
            raise UnresolvableError(f"`{clipped(str(value))}` has a part that could be anything")
        if sum(len(part) if isinstance(part, str) else 1 for part in value.parts) > MAX_TEMPLATE:
            raise UnresolvableError(f"the {what} has more than {MAX_TEMPLATE:,} known characters")
        return value
    if len(value) > MAX_VALUE:
        raise UnresolvableError(f"the {what} is longer than {MAX_VALUE:,} characters")
    return value


def total(findings: Iterable[Finding]) -> Finding:
    """Return all findings as one."""
    found = tuple(findings)
    if len(found) == 1:
        return found[0]
    evidence: list[Clause] = []
    breaches: list[Breach] = []
    opinions: list[Opinion] = []
    warnings: list[Breach] = []
    for finding in found:
        evidence += finding.evidence
        breaches += finding.breaches
        opinions += finding.opinions
        warnings += finding.warnings
    if breaches:
        return Finding(_by_identity(evidence), _by_value(breaches), _by_value(opinions), _by_value(warnings))
    # What lists say of what they permit is made once and handed on: each is one object.
    return Finding(_by_identity(evidence), (), _by_identity(opinions), _by_value(warnings))


def _by_identity(items: Sequence[_T]) -> tuple[_T, ...]:
    return tuple({id(item): item for item in items}.values())


def _by_value(items: Sequence[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(items)) if len(items) > 1 else tuple(items)


def _chosen(listing: Listing | None, numbers: Iterable[int]) -> tuple[Entry, ...]:
    return tuple(listing.entries[number] for number in numbers) if listing is not None else ()
