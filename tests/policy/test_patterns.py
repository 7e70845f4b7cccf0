"""The matching kernel against brute force: every answer is checked on concrete instances."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execgate.model.values import Hole, Template
from execgate.policy.matching import paths
from execgate.policy.matching.index import Index
from execgate.policy.matching.pairs import Shape
from execgate.policy.matching.patterns import (
    DEEP,
    Glob,
    Wild,
    contains,
    meets,
    segment,
    segment_contains,
    segment_meets,
    split,
)

# `z` is in no pattern: it stands for every character that an author did not name.
TEXTS = ["".join(chars) for size in range(4) for chars in itertools.product("abz", repeat=size)]
NAMES = ["a", "b", "ab", "z", "za", "az"]
PATHS = [path for size in range(5) for path in itertools.product(["a", "b", "z", "az"], repeat=size)]

segments = st.text("ab*", max_size=4).map(segment)
holed = st.lists(st.sampled_from(["a", "b", Wild.ONE, Wild.MANY]), max_size=4).map(
    lambda symbols: "".join(symbols) if all(isinstance(s, str) for s in symbols) else Glob(tuple(symbols))
)
patterns = st.lists(st.sampled_from(["a", "b", segment("*"), segment("a*"), DEEP]), max_size=4).map(tuple)


def matches_text(glob, text: str) -> bool:
    symbols = glob if isinstance(glob, str) else glob.symbols
    regex = "".join({Wild.ONE: ".", Wild.MANY: ".*"}.get(s) or re.escape(s) for s in symbols)
    return re.fullmatch(regex, text, re.DOTALL) is not None


def matches_path(pattern, path) -> bool:
    if not pattern:
        return not path
    if pattern[0] is DEEP:
        return any(matches_path(pattern[1:], path[at:]) for at in range(len(path) + 1))
    return bool(path) and matches_text(pattern[0], path[0]) and matches_path(pattern[1:], path[1:])


@given(segments, holed)
def test_a_segment_contains_another_where_every_text_of_it_matches(outer, inner) -> None:
    instances = [text for text in TEXTS if matches_text(inner, text)]
    if segment_contains(outer, inner):
        assert all(matches_text(outer, text) for text in instances)
    elif len(inner if isinstance(inner, str) else inner.symbols) <= 3:
        assert not all(matches_text(outer, text) for text in instances)


@given(segments, holed)
def test_segments_meet_where_a_text_matches_both(one, other) -> None:
    length = sum(len(s if isinstance(s, str) else s.symbols) for s in (one, other))
    texts = TEXTS if length <= 3 else [*TEXTS, *map("".join, itertools.product("ab", repeat=4))]
    if any(matches_text(one, text) and matches_text(other, text) for text in texts):
        assert segment_meets(one, other)
        assert segment_meets(other, one)
    elif length <= 3:
        assert not segment_meets(one, other)


@given(patterns, patterns)
def test_a_pattern_contains_another_where_every_path_of_it_matches(outer, inner) -> None:
    every = all(matches_path(outer, path) for path in PATHS if matches_path(inner, path))
    if contains(outer, inner):
        assert every
    elif len(inner) <= 3 and len(outer) <= 3:
        assert not every


@given(patterns, patterns)
def test_patterns_meet_where_a_path_matches_both(one, other) -> None:
    common = any(matches_path(one, path) and matches_path(other, path) for path in PATHS)
    if common:
        assert meets(one, other)
        assert meets(other, one)
    elif len(one) + len(other) <= 4:
        assert not meets(one, other)


@given(st.lists(patterns, max_size=5), patterns)
def test_an_index_finds_what_looking_at_each_entry_finds(entries, value) -> None:
    shapes = [Shape(str(number), pattern, pattern) for number, pattern in enumerate(entries)]
    index = Index(shapes)
    assert index.covering(value) == [at for at, pattern in enumerate(entries) if contains(pattern, value)]
    assert index.meeting(value) == [at for at, pattern in enumerate(entries) if meets(pattern, value)]


def test_every_small_segment_contains_and_meets_another_as_their_texts_do() -> None:
    symbols = ["a", "b", Wild.ONE, Wild.MANY]
    small = [
        "".join(one) if all(isinstance(symbol, str) for symbol in one) else Glob(one)
        for size in range(3)
        for one in itertools.product(symbols, repeat=size)
    ]
    texts = [*TEXTS, *map("".join, itertools.product("ab", repeat=4))]
    having = {one: frozenset(text for text in texts if matches_text(one, text)) for one in small}
    for one, other in itertools.product(small, repeat=2):
        assert segment_meets(one, other) is bool(having[one] & having[other]), (one, other)
        if isinstance(one, str) or Wild.ONE not in one.symbols:
            assert segment_contains(one, other) is (having[one] >= having[other]), (one, other)


def test_wild_parts_are_free_where_each_of_them_can_grow() -> None:
    free = {one: Glob(one).free for size in range(4) for one in itertools.product(["a", *Wild], repeat=size)}
    assert free["a", Wild.MANY, "a"]
    assert free[Wild.ONE, Wild.MANY, "a"]
    assert not free["a", Wild.ONE]
    assert not free[Wild.MANY, "a", Wild.ONE]
    assert not free[Wild.ONE, "a", Wild.MANY]
    assert not free["a", "a"]


def test_each_wild_part_takes_as_many_characters_as_it_must() -> None:
    behind, before = Glob((Wild.MANY, "a", Wild.ONE, Wild.MANY)), Glob((Wild.ONE, Wild.MANY, "a", Wild.MANY))
    for text, one, other in [
        ("a", False, False),
        ("ba", False, True),
        ("ab", True, False),
        ("bab", True, True),
    ]:
        assert (segment_meets(behind, text), segment_meets(before, text)) == (one, other)


def test_a_glob_matches_every_small_text_as_an_expression_does() -> None:
    wilds = [(Wild.MANY,), (Wild.ONE, Wild.MANY)]
    texts = ["".join(chars) for size in range(6) for chars in itertools.product("ab", repeat=size)]
    for size in range(1, 5):
        for parts in itertools.product([("a",), ("b",), *wilds], repeat=size):
            glob = Glob(tuple(itertools.chain(*parts)))
            if Wild.MANY in glob.symbols:
                expression = re.compile(
                    "".join({Wild.ONE: ".", Wild.MANY: ".*"}.get(symbol, symbol) for symbol in glob.symbols)
                )
                for text in texts:
                    assert glob.matches(text) is (expression.fullmatch(text) is not None), (glob, text)


# Every pattern of at most two items, and those of three that are most alike.
ITEMS = ["a", "ab", *map(segment, ["*", "a*", "*b", "a*b"]), DEEP]
SMALL = [
    *(pattern for size in range(3) for pattern in itertools.product(ITEMS, repeat=size)),
    *itertools.product(["a", segment("*"), segment("a*"), DEEP], repeat=3),
]
# As many segments as it takes, and a text for each way in which a segment can differ.
PLACES = [
    path for size in range(5) for path in itertools.product(["a", "b", "ab", "az", "azb", "zb"], repeat=size)
]
HOLED = [Glob((Wild.ONE, Wild.MANY)), Glob(("a", Wild.ONE, Wild.MANY)), Glob((Wild.ONE, Wild.MANY, "b"))]


@pytest.fixture(scope="module")
def covered() -> dict:
    """Return which of the places each small pattern covers."""
    fits = {
        (item, text): matches_text(item, text)
        for item in ITEMS[:-1]
        for text in ["a", "b", "ab", "az", "azb", "zb"]
    }

    def fit(pattern, path) -> bool:
        if not pattern or pattern[0] is DEEP:
            if len(pattern) < 2:
                return bool(pattern) or not path
            return any(fit(pattern[1:], path[at:]) for at in range(len(path) + 1))
        return bool(path) and fits[pattern[0], path[0]] and fit(pattern[1:], path[1:])

    return {pattern: frozenset(path for path in PLACES if fit(pattern, path)) for pattern in SMALL}


def test_small_patterns_contain_and_meet_each_other_as_their_paths_do(covered) -> None:
    for outer, inner in itertools.product(SMALL, repeat=2):
        assert contains(outer, inner) is (covered[outer] >= covered[inner]), (outer, inner)
        assert meets(outer, inner) is bool(covered[outer] & covered[inner]), (outer, inner)


def test_a_part_of_a_known_length_meets_what_its_characters_can_be() -> None:
    two = Glob((Wild.ONE, Wild.ONE))
    assert segment_meets(segment("*a*b"), two)
    assert not segment_meets(segment("*a*b*c"), two)


@pytest.mark.parametrize("entries", [SMALL, SMALL[::-1]], ids=["one way", "the other way round"])
def test_an_index_of_every_small_pattern_finds_what_looking_at_each_finds(entries) -> None:
    index = Index(_shapes(entries))
    for value in [*SMALL, *itertools.product([*HOLED, "a", DEEP], repeat=2), *((hole,) for hole in HOLED)]:
        assert index.covering(value) == [at for at, one in enumerate(entries) if contains(one, value)], value
        assert index.meeting(value) == [at for at, one in enumerate(entries) if meets(one, value)], value


def test_an_index_of_two_entries_gives_each_once_and_in_order() -> None:
    for pair in itertools.permutations(SMALL[::3], 2):
        index = Index(_shapes(pair))
        for value in [("a",), ("a", "a"), ("ab", "a")]:
            assert index.covering(value) == [at for at, one in enumerate(pair) if contains(one, value)]


@given(patterns)
def test_containing_is_reflexive(pattern) -> None:
    assert contains(pattern, pattern)


@given(patterns, patterns, patterns)
def test_containing_is_transitive(one, two, three) -> None:
    if contains(one, two) and contains(two, three):
        assert contains(one, three)


def test_a_deep_of_the_inner_pattern_may_be_spread_over_several_items_of_the_outer() -> None:
    assert contains(("x", segment("*"), DEEP), ("x", DEEP, "y"))
    assert not contains(("x", segment("*"), segment("*"), DEEP), ("x", DEEP, "y"))


def test_many_stars_take_no_exponential_time() -> None:
    stars = segment("*a" * 40 + "*b")
    assert not segment_contains(stars, "a" * 4000)
    deep = (*[DEEP, "a"] * 12, "b")
    assert not contains(deep, ("a",) * 200)


# --- how much a value can cost, in steps that are counted and not timed ---------------------------------------


@pytest.fixture
def steps(monkeypatch) -> list[str]:
    """Note each text that a glob is compared with."""
    found: list[str] = []
    compare = Glob.matches
    monkeypatch.setattr(Glob, "matches", lambda glob, text: found.append(text) or compare(glob, text))
    return found


def _shapes(patterns) -> list[Shape]:
    return [Shape(str(number), pattern, pattern) for number, pattern in enumerate(patterns)]


def test_only_globs_that_begin_and_end_alike_are_compared(steps) -> None:
    index = Index(_shapes(("d", segment(f"set{n}_*.csv")) for n in range(1000)))
    assert index.covering(("d", "set7_x.csv")) == [7]
    assert index.meeting(("d", Glob((*"set7_", Wild.ONE, Wild.MANY)))) == [7]
    assert len(steps) == 1


def test_a_value_that_is_partly_known_is_compared_with_what_begins_alike(steps) -> None:
    index = Index(_shapes(("d", f"set{n}") for n in range(1000)))
    assert index.meeting(("d", Glob((*"set99", Wild.ONE, Wild.MANY)))) == list(range(990, 1000))
    assert len(steps) == 11


def test_a_list_of_many_deep_entries_is_walked_once_for_all_of_them(steps) -> None:
    index = Index(_shapes((DEEP, "a", DEEP, f"b{n}", DEEP) for n in range(1000)))
    value = (*["a", "x"] * 1000, "b7", "c")
    assert index.covering(value) == index.meeting(value) == [7]
    assert not steps


def test_all_below_a_place_is_covered_by_what_covers_every_depth() -> None:
    star = segment("*")
    index = Index(
        _shapes([("d", DEEP), ("d", star, DEEP), ("d", DEEP, star), (DEEP,), ("d", DEEP, "x"), ("d",)])
    )
    assert index.covering(("d", DEEP)) == [0, 3]
    assert index.covering(("d", "e", DEEP)) == [0, 1, 2, 3]
    assert index.covering(("d", DEEP, "x")) == [0, 1, 2, 3, 4]


def test_of_two_patterns_that_are_too_hard_to_compare_neither_is_more_specific() -> None:
    star = segment("*")
    hard: tuple = (DEEP, "a", *[star] * 12, DEEP)
    inner: tuple = (*[DEEP, "a"] * 12, star, DEEP)
    assert not contains(hard, inner)
    assert contains(hard, inner, if_too_hard=True)
    one, other = _shapes([hard, inner])
    assert not one.narrower_than(other)
    assert not other.narrower_than(one)
    easy: tuple = (*[DEEP, "a"] * 3, star, DEEP)
    assert contains((DEEP, "a", *[star] * 3, DEEP), easy)


def test_a_path_that_no_entry_can_spell_has_no_narrowest_entry() -> None:
    assert paths.exact(paths.resolve(Template(("/data/a?", Hole.WORD)))) is None
    assert paths.exact(paths.resolve("/data/a?")) is None
    assert paths.exact(paths.resolve(Template(("/data/a", Hole.WORD)))) == "/data/a*"


@pytest.mark.parametrize(
    ("value", "separator", "expected"),
    [
        ("/a/b", "/", ["", "a", "b"]),
        ("a.b", None, ["a.b"]),
        (Template(("/a/", Hole.WORD, ".csv")), "/", ["", "a", Glob((Wild.ONE, Wild.MANY, *".csv"))]),
        (Template(("x", Hole.WORD)), None, [Glob(("x", Wild.ONE, Wild.MANY))]),
        (Template((Hole.WORD, "/b")), "/", [Glob((Wild.ONE, Wild.MANY)), "b"]),
    ],
)
def test_a_value_is_split_at_its_separators(value, separator, expected) -> None:
    assert split(value, separator) == expected


@pytest.mark.parametrize(
    "segment_of_it", ["ab", Glob(("a", Wild.ONE, Wild.MANY))], ids=["text", "partly known"]
)
def test_a_place_that_is_reached_in_many_ways_is_looked_at_once(steps, segment_of_it) -> None:
    index = Index(_shapes([(DEEP, segment("a*")) * 6]))
    assert index.covering((segment_of_it,) * 12) == [0]
    assert len(steps) <= 6 * 12
