"""From a condition's tree to a test that can be asked, or to every mistake in it.

Types are checked where a policy is loaded; only the arguments of tools have theirs when they are asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from execgate.model.operation import Operation
from execgate.model.verdict import Clause
from execgate.policy.conditions import comparing, phases
from execgate.policy.conditions.attributes import ARGUMENT, ATTRIBUTES, Attribute, Kind
from execgate.policy.conditions.comparing import Test
from execgate.policy.conditions.constants import Answered, Constants, listed
from execgate.policy.conditions.naming import attribute, attributes_in
from execgate.policy.conditions.phases import Phases
from execgate.policy.conditions.values import MIRRORED, ORDERED, Domain, Missing, all_of, any_of, negation
from execgate.policy.conditions.windows import Sets, Window
from execgate.policy.language.syntax import (
    Comparison,
    Condition,
    Junction,
    Negation,
    Presence,
    Reference,
    Scalar,
    Sequence,
    Truth,
)
from execgate.policy.matching.pairs import BadEntryError
from execgate.policy.matching.patterns import Pattern
from execgate.policy.problems import Problems, clipped, did_you_mean, quoted, suggestion


@dataclass(frozen=True, slots=True)
class Names:
    """What a condition can name beside attributes."""

    sets: Sets = field(default_factory=dict)
    windows: Mapping[str, Window] = field(default_factory=dict)
    phases: Phases = phases.DEFAULT


class Checked(NamedTuple):
    """A condition that can be asked: `test` takes the values of `attributes`, in their order.

    `tree` is the condition with sets spelled out and each literal in its one spelling.
    """

    tree: Condition
    attributes: tuple[Attribute, ...]
    test: Test
    windows: tuple[Window, ...] = ()
    """The windows that it asks for, by name."""


def check(
    tree: Condition, names: Names, types: frozenset[type[Operation]], problems: Problems
) -> Checked | None:
    """Return the condition of a rule that judges `types`; None where it has a mistake, which is noted."""
    before = len(problems.found)
    attributes = attributes_in(tree)
    checker = _Checker(names, types, {one.name: at for at, one in enumerate(attributes)}, problems)
    answered = checker.answer(tree)
    if answered is None or len(problems.found) > before:
        return None
    asked = tuple(window for _, window in sorted(checker.windows.items()))
    return Checked(answered[0], attributes, answered[1], asked)


class _Checker:
    """Checks the conditions of one rule."""

    def __init__(
        self, names: Names, types: frozenset[type[Operation]], places: Mapping[str, int], problems: Problems
    ) -> None:
        self._names = names
        self._types = types
        self._places = places
        self._problems = problems
        self._constants = Constants(types, places, problems)
        # Behind the values that are asked stand all that there are: see `comparing.asked`.
        self._among = {name: len(places) + at for name, at in places.items()}
        self.windows: dict[str, Window] = {}

    def answer(self, tree: Condition) -> Answered | None:
        """Return a condition that is true, false or missing."""
        if isinstance(tree, Junction):
            found = [self.answer(each) for each in tree.operands]
            parts = [one for one in found if one is not None]
            tests = tuple(test for _, test in parts)
            joined = all_of if tree.word == "and" else any_of
            flat = Junction(tree.word, tuple(part for part, _ in parts), tree.clause)
            return (
                (flat, lambda values: joined(test(values) for test in tests))
                if len(parts) == len(found)
                else None
            )
        if isinstance(tree, Negation):
            inner = self.answer(tree.operand)
            if inner is None:
                return None
            asked = inner[1]
            return Negation(inner[0], tree.clause), lambda values: negation(asked(values))
        if isinstance(tree, Truth):
            constant = tree.value
            return tree, lambda _: constant
        if isinstance(tree, Presence):
            return self._presence(tree)
        if isinstance(tree, Comparison):
            return self._comparison(tree)
        if isinstance(tree, Reference):
            return self._truth(tree)
        self._at(
            tree, f"a condition is true or false, got {_described(tree)}", "compare it with an attribute"
        )
        return None

    def _presence(self, tree: Presence) -> Answered | None:
        found = self._attribute(tree.reference)
        if found is None:
            return None
        at = self._places[found.name]
        return tree, lambda values: not (isinstance(values[at], Missing) and values[at].absent)

    def _truth(self, tree: Reference) -> Answered | None:
        found = self._attribute(tree)
        if found is None:
            return None
        if found.kind not in {Kind.TRUTH, Kind.ANY}:
            self._at(
                tree,
                f"a condition is true or false, and `{found.name}` is {found.kind.value}",
                f"compare it, or ask `has {found.name}`",
            )
            return None
        return tree, comparing.truth(self._places[found.name], found.name)

    def _attribute(self, tree: Reference) -> Attribute | None:
        """Return the attribute that is named, which an operation that the rule judges has."""
        found = attribute(tree.path)
        if found is None:
            self._at(tree, *self._unknown(tree.path))
            return None
        if not self._types.intersection(found.operations):
            has = ", ".join(f"`{kind.type}`" for kind in found.operations)
            self._at(
                tree,
                f"no operation that the rule judges has `{found.name}`",
                f"it is of {has}: say `on`, or write a rule for each",
            )
            return None
        return found

    def _unknown(self, path: tuple[str, ...]) -> tuple[str, str]:
        name = ".".join(path)
        known = [*ATTRIBUTES, *({"args.name"} if path[0] != ARGUMENT else ())]
        if path == (ARGUMENT,):
            return "`args` stands before the name of an argument", "as in `args.amount`"
        if path[0] == "spent":
            scopes = [one for one in ATTRIBUTES if one.startswith("spent.")]
            return f"unknown scope of spending `{clipped(name)}`", suggestion(name, scopes, what="there are")
        if name in self._names.windows:
            return f"`{name}` is a window", f"ask `time in {name}`"
        if name in self._names.sets:
            return f"`{name}` is a set", f"compare with it: `attribute in {name}`"
        if name in self._names.phases.names:
            return f"`{name}` is a phase", f"compare with it: `phase == {name}`"
        close = did_you_mean(name, known)
        help_ = f"did you mean `{close}`?" if close else "docs/policy.md lists the attributes"
        return f"unknown attribute `{clipped(name)}`", help_

    def _comparison(self, tree: Comparison) -> Answered | None:
        left, sign, right = tree.left, tree.sign, tree.right
        if _is_constant(left) and isinstance(right, Reference):
            if sign in MIRRORED:
                return self._comparison(Comparison(right, MIRRORED[sign], left, tree.clause))
            many = attribute(right.path)
            if sign in {"in", "not in"} and many is not None and (many.many or many.kind is Kind.ANY):
                return self._among_several(tree, right)
        if not isinstance(left, Reference):
            what = (
                "two constants are compared"
                if _is_constant(left) and _is_constant(right)
                else (f"an attribute is compared, got {_described(left)}")
            )
            self._at(tree, what, "name the attribute on the left: `phase == COMMIT`")
            return None
        found = attribute(left.path)
        if found is None and isinstance(right, Reference) and sign in MIRRORED and right.path == ("phase",):
            return self._comparison(Comparison(right, MIRRORED[sign], left, tree.clause))
        found = self._attribute(left)
        if found is None:
            return None
        if found.kind is Kind.PHASE:
            return self._phase(tree, left)
        if found.kind is Kind.TIME:
            return self._time(tree)
        if sign == "matches":
            return self._matches(tree, found)
        if sign in {"in", "not in"}:
            return self._membership(tree, found)
        if isinstance(right, Reference):
            return self._two(tree, found, right)
        if not isinstance(right, (Scalar, Truth)):
            self._at(
                right,
                f"`{found.name}` is {found.kind.value}, compared with {_described(right)}",
                "`in` compares with each of a list" if isinstance(right, Sequence) else None,
            )
            return None
        read = self._constants.read(found, right, sign)
        if read is None:
            return None
        canonical, test = read
        return Comparison(left, sign, canonical, tree.clause), test

    def _phase(self, tree: Comparison, left: Reference) -> Answered | None:
        if tree.sign not in {"==", "!=", "in", "not in"}:
            self._at(tree, "phases have no order", "`==`, `!=` and `in` compare them")
            return None
        right = tree.right
        several = tree.sign.endswith("in")
        words: list[tuple[str, str, Clause]]
        if isinstance(right, Reference):
            words = [("NAME", ".".join(right.path), right.clause)]
        elif isinstance(right, Sequence):
            words = [(item.kind, item.text, item.clause) for item in right.items]
        elif isinstance(right, Scalar):
            words = [(right.kind, right.text, right.clause)]
        else:
            words = [("", "", right.clause)]
        if several is not isinstance(right, Sequence) and not (several and words[0][1] in self._names.sets):
            example = "`phase in [DECIDE, COMMIT]`" if several else "`phase == COMMIT`"
            self._at(
                right,
                f"`phase` is compared with {_described(right)} by `{tree.sign}`",
                f"write it as in {example}",
            )
            return None
        if several and isinstance(right, Reference):
            words = [("NAME", item.text, item.clause) for item in self._names.sets[words[0][1]]]
        known = self._names.phases.names
        for kind, text, clause in words:
            if kind != "NAME":
                self._problems.at(clause, "a phase is a bare word", f"write `{clipped(text)}` without quotes")
            elif text not in known:
                self._problems.at(clause, f"unknown phase `{clipped(text)}`", phases.known(text, known))
        if several and not words:
            self._at(right, "an empty list: nothing is in it")
        wanted = frozenset(text for _, text, _ in words)
        items = tuple(Scalar("NAME", text, right.clause) for text in sorted(wanted))
        canonical = Sequence(items, right.clause) if several else right
        test = comparing.phase(
            self._places["phase"], wanted, frozenset(known), holds=tree.sign in {"==", "in"}
        )
        return Comparison(left, tree.sign, canonical, tree.clause), test

    def _time(self, tree: Comparison) -> Answered | None:
        right = tree.right
        if tree.sign not in {"in", "not in"} or not isinstance(right, Reference):
            self._at(
                tree,
                "a time is compared with windows alone",
                "`time in a_window`, with `window a_window { ... }`",
            )
            return None
        name = ".".join(right.path)
        window = self._names.windows.get(name)
        if window is None:
            known = list(self._names.windows)
            help_ = (
                suggestion(name, known, what="there are")
                if known
                else f"write `window {clipped(name)} {{ ... }}`"
            )
            self._at(right, f"unknown window `{clipped(name)}`", help_)
            return None
        self.windows[name] = window
        return tree, comparing.window(self._places["time"], window, holds=tree.sign == "in")

    def _matches(self, tree: Comparison, found: Attribute) -> Answered | None:
        right = tree.right
        if found.kind not in {Kind.TEXT, Kind.ANY} or not isinstance(right, Scalar):
            self._at(tree, f"only texts match a pattern, and `{found.name}` is {found.kind.value}", None)
            return None
        patterns: dict[Domain, tuple[Pattern, ...]] = {}
        error: BadEntryError | None = None
        for domain in self._constants.domains(found):
            try:
                patterns[domain] = domain.entry(right.text)
            except BadEntryError as bad:  # noqa: PERF203 - a domain or two
                error = bad
        if not patterns and error is not None:
            self._at(right, f"{error}: {clipped(quoted(right.text))}", error.help)
            return None
        words = self._constants.words(found)
        if words is not None and not any(comparing.covers(patterns.values(), word) for word in words):
            self._at(right, f"no `{found.name}` matches {clipped(quoted(right.text))}", listed(words))
            return None
        return tree, comparing.pattern(self._places[found.name], found.name, patterns)

    def _among_several(self, tree: Comparison, right: Reference) -> Answered | None:
        """Return whether a constant is among the values of an attribute."""
        found = self._attribute(right)
        if found is None:
            return None
        if not isinstance(tree.left, (Scalar, Truth)):
            # A list among the values: what is wrong with that is said of a comparison with one.
            return self.answer(Comparison(right, "==", tree.left, tree.clause))
        read = Constants(self._types, self._among, self._problems).read(found, tree.left, "==")
        if read is None:
            return None
        canonical, equal = read
        if tree.sign == "in":
            return Comparison(right, "==", canonical, tree.clause), equal
        return Comparison(canonical, tree.sign, right, tree.clause), lambda values: negation(equal(values))

    def _membership(self, tree: Comparison, found: Attribute) -> Answered | None:
        right = tree.right
        other = attribute(right.path) if isinstance(right, Reference) else None
        if isinstance(right, Reference) and other is not None and (other.many or other.kind is Kind.ANY):
            same = self._two(replace(tree, sign="=="), found, right, self._among)
            if same is None or tree.sign == "in":
                return same and (tree, same[1])
            equal = same[1]
            return tree, lambda values: negation(equal(values))
        items = self._items(tree, found)
        if items is None:
            return None
        if not items:
            self._at(right, "an empty list: nothing is in it")
            return None
        read = [self._constants.read(found, item, "==") for item in items]
        tests = tuple(one[1] for one in read if one is not None)
        if len(tests) < len(read):
            return None
        spelled = {
            canonical.text: canonical for one in read if one and isinstance(canonical := one[0], Scalar)
        }
        canonical = Sequence(tuple(spelled[text] for text in sorted(spelled)), right.clause)
        test = comparing.member(self._places[found.name], tests, holds=tree.sign == "in")
        return Comparison(tree.left, tree.sign, canonical, tree.clause), test

    def _items(self, tree: Comparison, found: Attribute) -> list[Scalar] | None:
        """Return what stands in a list, sets in it resolved."""
        right = tree.right
        if isinstance(right, Reference):
            return self._set(right, ".".join(right.path), found)
        if not isinstance(right, Sequence):
            self._at(right, f"`{tree.sign}` takes a list, got {_described(right)}", "as in `[...]`, or `==`")
            return None
        parts = [self._set(item, item.text, found) if item.kind == "NAME" else [item] for item in right.items]
        whole = [part for part in parts if part is not None]
        return [item for part in whole for item in part] if len(whole) == len(parts) else None

    def _set(self, place: Reference | Scalar, name: str, found: Attribute) -> list[Scalar] | None:
        """Return the entries of a named set."""
        if name in self._names.sets:
            return list(self._names.sets[name])
        if name in self._names.windows:
            self._at(place, f"`{name}` is a window, and `{found.name}` is no time", f"`time in {name}`")
            return None
        known = list(self._names.sets)
        help_ = did_you_mean(name, known)
        written = f"write {clipped(quoted(name))}, or `let {clipped(name)} = [...]`"
        self._at(place, f"unknown set `{clipped(name)}`", f"did you mean `{help_}`?" if help_ else written)
        return None

    def _two(
        self, tree: Comparison, found: Attribute, right: Reference, places: Mapping[str, int] | None = None
    ) -> Answered | None:
        """Return how two attributes compare; `places` are those of the one on the right, where others."""
        other = self._attribute(right)
        if other is None:
            return None
        kinds = {found.kind, other.kind}
        ordered = tree.sign in ORDERED
        if Kind.TALLY in kinds and kinds != {Kind.TALLY, Kind.MONEY}:
            fits = False
        elif kinds <= {Kind.NUMBER, Kind.COUNT, Kind.RATIO, Kind.ANY} or kinds == {Kind.TALLY, Kind.MONEY}:
            fits = True
        elif kinds <= {Kind.TEXT, Kind.ANY} or kinds == {Kind.TRUTH}:
            fits = not ordered
        else:
            fits = kinds == {Kind.MONEY}
        if not fits:
            how = f"`{found.name}` is {found.kind.value}, and `{other.name}` is {other.kind.value}"
            self._at(tree, f"`{tree.sign}` can't compare them: {how}")
            return None
        if found.name == other.name:
            self._at(tree, f"`{found.name}` is compared with itself")
            return None
        at, against = self._places[found.name], (places or self._places)[other.name]
        return tree, comparing.two(at, against, found.name, other.name, tree.sign)

    def _at(self, tree: Condition, message: str, help_: str | None = None) -> None:
        self._problems.at(tree.clause, message, help_)


def _is_constant(tree: Condition) -> bool:
    return isinstance(tree, (Scalar, Truth, Sequence))


def _described(tree: Condition) -> str:
    if isinstance(tree, Scalar):
        return (
            f"the text {clipped(quoted(tree.text))}" if tree.kind == "STRING" else f"the number `{tree.text}`"
        )
    if isinstance(tree, Sequence):
        return "a list"
    if isinstance(tree, Reference):
        return f"`{clipped('.'.join(tree.path))}`"
    return "true or false" if isinstance(tree, Truth) else "a condition"
