"""The comparison agrees with z3, to which the same lists are regular expressions."""

from __future__ import annotations

import functools
import random

import pytest

from execgate.model.source import Span
from execgate.model.verdict import Clause
from execgate.policy.constraints import CONSTRAINTS, ListConstraint
from execgate.policy.matching.pairs import Entry, Listing
from execgate.policy.matching.patterns import DEEP, Glob, Pattern, Wild, contains
from execgate.policy.search.pairs import Pairing, differences, lists
from execgate.policy.search.space import Budget, Lists, Reach
from execgate.policy.search.spaces import NOUNS
from execgate.policy.search.views import UNKNOWN

z3 = pytest.importorskip("z3")

SECONDS = 20
ALPHABET = "abxyAB"
"""Two letters of which entries are made, in either case, and two that none names."""

CLAUSE = Clause("x.policy", Span(1, 0, 1, 1), "x")

_SEGMENTS = {
    "imports": ("a", "b", "ab", "a*", "*b", "a*b", "*a*", "*"),
    "file_paths": ("a", "b", "ab", "a*", "*b", "a*b", "*a*", "*", "**"),
}
_GLOBS = {"environment": "AB*", "packages": "ab-*", "commands": "ab*"}
NOUNS_ = (*_SEGMENTS, *_GLOBS)


def _entry(noun: str, chance: random.Random) -> str:
    if noun == "imports":
        return ".".join(chance.choices(_SEGMENTS[noun], k=chance.randint(1, 3)))
    if noun == "file_paths":
        return "/" + "/".join(chance.choices(_SEGMENTS[noun], k=chance.randint(0, 3)))
    while True:
        text = "".join(chance.choices(_GLOBS[noun], k=chance.randint(1, 4))).replace("**", "*")
        if text.strip("-") == text and "--" not in text:
            return text


def _sample(noun: str, chance: random.Random) -> Pairing:
    return Pairing(*(_listing(noun, prefix, chance) for prefix in ("allowed", "disallowed")))


def _listing(noun: str, prefix: str, chance: random.Random) -> Listing | None:
    count = chance.choice((None, 1, 1, 2, 3))
    if count is None:
        return None
    constraint = CONSTRAINTS[f"{prefix}_{noun}"]
    assert isinstance(constraint, ListConstraint)
    shapes = [
        shape for _ in range(count) for shape in constraint.read(_entry(noun, chance), constraint.denies)
    ]
    return Listing(constraint.name, CLAUSE, [Entry(shape, CLAUSE) for shape in shapes])


def _char(chars: str):
    return z3.Union(*(z3.Re(char) for char in chars)) if len(chars) > 1 else z3.Re(chars)


@functools.cache
def _any_char():
    return z3.Union(_char(ALPHABET), z3.Re("-"))


def _sequence(parts: list):
    return z3.Concat(*parts) if len(parts) > 1 else parts[0] if parts else z3.Re("")


@functools.cache
def _pattern(pattern: Pattern):
    """Return a pattern over texts in which `/` stands behind each segment."""
    parts = []
    for item in pattern:
        if item is DEEP:
            parts.append(z3.Star(z3.Concat(z3.Plus(_any_char()), z3.Re("/"))))
        elif isinstance(item, Glob):
            symbols = [z3.Star(_any_char()) if one is Wild.MANY else z3.Re(one) for one in item.symbols]
            parts.append(z3.Concat(_sequence(symbols), z3.Re("/")))
        else:
            parts.append(z3.Re(f"{item}/"))
    return _sequence(parts)


@functools.cache
def _values(noun: str):
    """Return the texts that are values of a constraint."""
    word = z3.Plus(_char(ALPHABET))
    if noun == "packages":
        word = z3.Concat(word, z3.Star(z3.Concat(z3.Re("-"), word)))
    segment = z3.Concat(word, z3.Re("/"))
    if noun in _GLOBS:
        return segment
    return z3.Star(segment) if noun == "file_paths" else z3.Plus(segment)


def _permits(value, one: Lists):
    allowed = one.allowed or ()
    denied = [(shape, z3.InRe(value, _pattern(shape.pattern))) for shape in one.disallowed]
    ways = []
    for shape in allowed:
        beaten = [
            z3.Not(meets)
            for other, meets in denied
            if not (contains(other.scope, shape.scope) and not contains(shape.scope, other.scope))
        ]
        ways.append(z3.And(z3.InRe(value, _pattern(shape.pattern)), *beaten))
    if one.unlisted:
        ways.append(z3.And(*(z3.Not(meets) for _, meets in denied)) if denied else z3.BoolVal(val=True))
    return z3.Or(*ways) if ways else z3.BoolVal(val=False)


def _differs(noun: str, old: Lists, new: Lists, most: int | None = None):
    """Return whether z3 finds a value that `new` permits and `old` does not, of at most `most` characters."""
    value = z3.String("value")
    solver = z3.Solver()
    solver.set("timeout", SECONDS * 1000)
    solver.add(z3.InRe(value, _values(noun)), _permits(value, new), z3.Not(_permits(value, old)))
    if most is not None:
        solver.add(z3.Length(value) <= most)
    return solver.check()


def _first(noun: str, old: Pairing, new: Pairing) -> str | None:
    """Return what the search finds among the plain values."""
    for view, hit in differences(NOUNS[noun], old, new, Budget()):
        if (
            view.reach is Reach.PLACE
            and hit.text not in {view.space.anything, UNKNOWN}
            and "./" not in hit.text
        ):
            return hit.text
    return None


def _agree(noun: str, couples: int, chance: random.Random) -> int:
    """Compare so many random couples, and return how many of them z3 could not decide in its time."""
    undecided = 0
    for _ in range(couples):
        old, new = _sample(noun, chance), _sample(noun, chance)
        before, after = lists(NOUNS[noun], old), lists(NOUNS[noun], new)
        found = _first(noun, old, new)
        told = before, after
        if found is None:
            answer = _differs(noun, before, after)
            undecided += answer == z3.unknown
            assert answer != z3.sat, (*told,)
            continue
        length = 0 if found == "/" else len(found) if noun == "file_paths" else len(found) + 1
        there = _differs(noun, before, after, length)
        shorter = _differs(noun, before, after, length - 1) if length else z3.unsat
        undecided += z3.unknown in (shorter, there)
        assert there != z3.unsat, (*told, found)
        assert shorter != z3.sat, (*told, found)
    return undecided


@pytest.mark.parametrize("noun", NOUNS_)
def test_a_solver_finds_nothing_that_is_not_found_and_nothing_shorter(noun) -> None:
    assert _agree(noun, 50, random.Random(noun)) <= 5


@pytest.mark.slow
@pytest.mark.parametrize("noun", NOUNS_)
@pytest.mark.timeout(7200)
def test_as_many_couples_as_are_asked_for(noun, pairs, record_property) -> None:
    couples = max(1, pairs // len(NOUNS_))
    undecided = _agree(noun, couples, random.Random(f"all {noun}"))
    record_property("undecided", undecided)
    assert undecided <= couples // 50
