"""What one agent says by itself of each capability: its lists and limits, read, and not yet inherited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from execgate.model.verdict import Clause
from execgate.policy.constraints import (
    CAPABILITIES,
    CAPABILITY_OF,
    CONSTRAINTS,
    Limit,
    ListConstraint,
    reading,
)
from execgate.policy.elaboration import settings
from execgate.policy.elaboration.sets import Sets
from execgate.policy.language import syntax
from execgate.policy.language.syntax import Scalar
from execgate.policy.matching.pairs import BadEntryError, Entry, Listing
from execgate.policy.problems import Problems, clipped, did_you_mean, quoted, suggestion

_LONGEST_ENTRY = 1024


@dataclass(frozen=True, slots=True)
class Own:
    """The constraints that one block spells: lists and limits by name, and where each stands."""

    lists: Mapping[str, Listing] = field(default_factory=dict)
    limits: Mapping[str, Limit] = field(default_factory=dict)
    trees: Mapping[str, syntax.Constraint] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OwnGrant:
    """`can "capability"` as one agent spells it."""

    tree: syntax.Grant
    own: Own

    @property
    def clause(self) -> Clause:
        """Its place."""
        return self.tree.clause


class Reader:
    """Reads constraints; lists that name a set share what was read of it."""

    __slots__ = ("_problems", "_read", "_sets")

    def __init__(self, sets: Sets, problems: Problems) -> None:
        self._sets = sets
        self._problems = problems
        self._read: dict[tuple[str, str], tuple[Entry, ...]] = {}

    def grants(self, trees: tuple[syntax.Grant, ...]) -> dict[str, OwnGrant]:
        """Return the grants of an agent by capability."""
        found: dict[str, OwnGrant] = {}
        for tree in trees:
            word = tree.capability.text
            if tree.capability.kind == syntax.MISSING:
                self.constraints(tree.constraints, None)
            elif word not in CAPABILITIES:
                self._problems.at(
                    tree.capability.clause,
                    f"unknown capability `{clipped(word)}`",
                    suggestion(word, tuple(CAPABILITIES), what="there are", quoted=True),
                )
                self.constraints(tree.constraints, None)
            elif word in found:
                self._problems.at(
                    tree.capability.clause,
                    f"capability `{word}` a second time",
                    f"the first is on line {found[word].clause.span.line}; join the two",
                )
                self.constraints(tree.constraints, word)
            else:
                found[word] = OwnGrant(tree, self.constraints(tree.constraints, word))
        return found

    def constraints(self, trees: tuple[syntax.Constraint, ...], capability: str | None) -> Own:
        """Return what the constraints of one block say; what is wrong with them is a problem.

        Where the capability is not known, those of each may be meant.
        """
        lists: dict[str, Listing] = {}
        limits: dict[str, Limit] = {}
        first: dict[str, syntax.Constraint] = {}
        reasons: dict[str, str] = {}
        for tree in trees:
            constraint = CONSTRAINTS.get(tree.name)
            if constraint is None or capability not in {None, CAPABILITY_OF[tree.name]}:
                self._problems.at(tree.clause, *_foreign(tree.name))
                continue
            if tree.name in first:
                self._problems.at(
                    tree.clause,
                    f"constraint `{tree.name}` a second time",
                    f"the first is on line {first[tree.name].clause.span.line}; join the two",
                )
            first.setdefault(tree.name, tree)
            why = settings.reason(tree.reason, self._problems)
            if why is not None:
                reasons[tree.name] = why
            if isinstance(constraint, ListConstraint):
                lists[tree.name] = self._listing(constraint, tree)
            else:
                limit = reading.limit(constraint, tree, self._problems, self._sets)
                if limit is not None:
                    limits[tree.name] = limit
        return Own(lists, limits, first, reasons)

    def _listing(self, constraint: ListConstraint, tree: syntax.Constraint) -> Listing:
        value = tree.value
        shorthands = constraint.shorthands or {}
        if isinstance(value, Scalar):
            if value.kind == "NAME" and value.text in self._sets:
                return self._joined(constraint, value.clause, self._of_set(constraint, value))
            if value.kind == "STRING" and value.text in shorthands:
                texts = shorthands[value.text]
                shapes = [shape for text in texts for shape in constraint.read(text, constraint.denies)]
                return Listing(
                    constraint.name, value.clause, [Entry(shape, value.clause) for shape in shapes]
                )
            self._problems.at(value.clause, *self._no_list(constraint, value))
            return Listing(constraint.name, value.clause, ())
        entries: list[Entry] = []
        for item in value.items:
            if item.kind == "NAME" and item.text in self._sets:
                entries += self._of_set(constraint, item)
            else:
                entries += self._entries(constraint, item)
        return self._joined(constraint, value.clause, entries)

    def _joined(self, constraint: ListConstraint, clause: Clause, entries: Sequence[Entry]) -> Listing:
        """Return the list of all its entries; what is wrong with them together is a problem."""
        found = constraint.conflict([entry.shape for entry in entries]) if constraint.conflict else None
        if found is not None:
            self._problems.at(clause, *found)
        return sorted_listing(constraint.name, clause, entries)

    def _of_set(self, constraint: ListConstraint, name: Scalar) -> tuple[Entry, ...]:
        """Return the entries of a set as this list reads them; a mistake in one is reported once a list."""
        key = name.text, constraint.name
        entries = self._read.get(key)
        if entries is None:
            through = f", which names `{name.text}`"
            items = self._sets[name.text]
            found = [entry for item in items for entry in self._entries(constraint, item, through)]
            entries = self._read[key] = tuple(found)
        return entries if self._sets.spend(len(entries), name.clause) else ()

    def _no_list(self, constraint: ListConstraint, value: Scalar) -> tuple[str, str]:
        shorthands = constraint.shorthands or {}
        message = f"`{constraint.name}` takes a list of strings, got {reading.shown(value)}"
        if value.kind != "NUMBER" and value.text in shorthands:
            return message, f'did you mean "{value.text}"?'
        close = did_you_mean(value.text, shorthands) if value.kind != "NUMBER" else None
        if close is not None:
            return message, f'did you mean "{close}"?'
        close = self._sets.close(value.text) if value.kind == "NAME" else None
        if close is not None:
            return f"unknown set `{clipped(value.text)}`", f"did you mean `{close}`?"
        return message, f"did you mean `[{clipped(quoted(value.text))}]`?"

    def _entries(self, constraint: ListConstraint, item: Scalar, through: str = "") -> list[Entry]:
        if item.kind != "STRING":
            close = self._sets.close(item.text) if item.kind == "NAME" else None
            if close is not None:
                self._problems.at(
                    item.clause, f"unknown set `{clipped(item.text)}`", f"did you mean `{close}`?"
                )
                return []
            self._problems.at(
                item.clause,
                f"`{constraint.name}`{through} takes strings, got {reading.shown(item)}",
                f"write it in quotes: {clipped(quoted(item.text))}",
            )
            return []
        if len(item.text) > _LONGEST_ENTRY:
            self._problems.at(item.clause, f"an entry has at most {_LONGEST_ENTRY:,} characters")
            return []
        try:
            return [Entry(shape, item.clause) for shape in constraint.read(item.text, constraint.denies)]
        except BadEntryError as error:
            shown = clipped(quoted(item.text))
            self._problems.at(item.clause, f"{error}: {shown} in `{constraint.name}`{through}", error.help)
            return []


def sorted_listing(name: str, clause: Clause, entries: Iterable[Entry]) -> Listing:
    """Return a list whose entries are sorted: which of several decides does not hang on their order."""
    return Listing(name, clause, sorted(entries, key=attrgetter("shape.text")))


def _foreign(name: str) -> tuple[str, str]:
    owner = CAPABILITY_OF.get(name)
    if owner is not None:
        return (
            f'`{name}` belongs to `can "{owner}"`',
            f'move it into `can "{owner}" with constraints {{ ... }}`',
        )
    close = did_you_mean(name, CONSTRAINTS)
    help_ = f"did you mean `{close}`?" if close else "docs/policy.md lists the constraints"
    return f"unknown constraint `{clipped(name)}`", help_
