"""Which of two entries is more specific where that is hard to say, and which values are judged at all."""

from __future__ import annotations

import pytest

from execgate.model.source import Span
from execgate.model.values import Hole, Template, Unknown
from execgate.model.verdict import Clause
from execgate.policy.matching import pairs, patterns
from execgate.policy.matching.pairs import (
    MAX_TEMPLATE,
    MAX_VALUE,
    Entry,
    Listing,
    Pair,
    Shape,
    Subject,
    UnresolvableError,
    known,
)
from execgate.policy.matching.patterns import DEEP, contains, segment

LONG = ("a",) * 20


def _shape(*pattern) -> Shape:
    return Shape("it", pattern, pattern)


@pytest.fixture
def hard(monkeypatch) -> None:
    """Make everything too hard to say that takes more than a few steps."""
    monkeypatch.setattr(patterns, "_MOST_STATES", 8)


def test_an_entry_is_more_specific_than_one_that_covers_all_of_it_and_more() -> None:
    assert _shape(*LONG, "b").narrower_than(_shape(*LONG, DEEP))
    assert not _shape(*LONG, DEEP).narrower_than(_shape(*LONG, "b"))
    assert not _shape(*LONG).narrower_than(_shape(*LONG))


def test_an_entry_is_not_more_specific_where_it_is_too_hard_to_say_that_the_other_covers_more(hard) -> None:
    assert _shape(*LONG, "b").within(_shape(*LONG, DEEP))
    assert not _shape(*LONG, "b").narrower_than(_shape(*LONG, DEEP))


def test_nothing_is_said_to_be_covered_where_that_is_too_hard_to_say(hard) -> None:
    assert not _shape(*LONG, "b").within(_shape(DEEP, "b"))
    assert not contains((DEEP, "b"), (*LONG, "b"))
    assert contains((DEEP, "b"), (*LONG, "b"), if_too_hard=True)


def test_the_bound_of_what_is_too_hard_is_the_number_of_steps(monkeypatch) -> None:
    # From nothing over each of the twenty-one segments: as many states, and the first.
    monkeypatch.setattr(patterns, "_MOST_STATES", 22)
    assert contains((DEEP, "b"), (*LONG, "b"))
    monkeypatch.setattr(patterns, "_MOST_STATES", 21)
    assert not contains((DEEP, "b"), (*LONG, "b"))


def test_the_longest_value_that_is_judged_is_judged_and_the_next_is_not() -> None:
    assert known("x" * 4096, "path") == "x" * 4096
    with pytest.raises(UnresolvableError, match="longer than 4,096 characters"):
        known("x" * 4097, "path")
    assert MAX_VALUE == 4096


def test_the_same_holds_of_a_template_whose_holes_count_as_one_character() -> None:
    longest = Template(("x" * 511, Hole.WORD))
    assert known(longest, "path") is longest
    with pytest.raises(UnresolvableError, match="more than 512 known characters"):
        known(Template(("x" * 512, Hole.WORD)), "path")
    assert MAX_TEMPLATE == 512


def test_a_value_that_is_not_known_is_not_judged() -> None:
    with pytest.raises(UnresolvableError, match="it is read from a file"):
        known(Unknown("it is read from a file"), "path")


GRANT = Clause("a.policy", Span(1, 0, 1, 3), "can")


def _listing(name: str, *texts: str) -> Listing:
    clauses = [Clause("a.policy", Span(at, 0, at, 9), text) for at, text in enumerate(texts, start=3)]
    entries = [Entry(_read(text)[0], clause) for text, clause in zip(texts, clauses, strict=True)]
    return Listing(name, Clause("a.policy", Span(2, 0, 2, 9), name), entries)


def _read(text: str, denies: bool = False) -> tuple[Shape, ...]:  # noqa: FBT001, FBT002 - the reader's flag
    assert not denies  # what is to be added stands in an allow list
    return tuple(_shape_of(part, text) for part in text.split("|"))


def _shape_of(part: str, text: str) -> Shape:
    pattern = (segment(part),)
    return Shape(text, pattern, pattern)


def _pair(allowed: list[str] | None, disallowed: list[str] | None, *, open_: bool = False) -> Pair:
    lists = [None if texts is None else _listing("list", *texts) for texts in (allowed, disallowed)]
    return Pair("names", *lists, GRANT, _read, open_=open_, capability="payment")


def _subject(text: str, entry: str | None = "", **fits) -> Subject:
    return Subject((text,), (text,), lambda: (f"name `{text}`", text if entry == "" else entry), **fits)


def _helps(finding) -> list[str | None]:
    return [breach.help for breach in finding.breaches]


def _said(finding) -> list[tuple[str, str]]:
    return [(opinion.entry or opinion.constraint, opinion.says.value) for opinion in finding.opinions]


def test_what_an_open_pair_permits_without_an_allow_list_is_by_the_grant_that_says_so() -> None:
    pair = _pair(None, ["b*"], open_=True)
    free, caught = pair.judge(_subject("a")), pair.judge(_subject("b1"))
    assert (free.evidence, free.breaches) == ((GRANT,), ())
    assert _said(free) == [("payment", "permits"), ("list", "silent")]
    assert [(breach.constraint, breach.help) for breach in caught.breaches] == [
        ("disallowed_names", 'to permit this, add `allowed_names: ["*", "b1"]`')
    ]
    assert _said(caught) == [("payment", "overruled"), ("b*", "forbids")]


def test_a_pair_that_asks_for_an_allow_list_permits_nothing_without_one_and_the_grant_is_silent() -> None:
    finding = _pair(None, ["b*"]).judge(_subject("a"))
    assert [(breach.constraint, breach.clause, breach.help) for breach in finding.breaches] == [
        ("allowed_names", GRANT, 'to permit this, add `allowed_names: ["a"]`')
    ]
    assert _said(finding) == [("payment", "silent"), ("list", "silent")]


def test_what_two_lists_say_is_said_entry_by_entry() -> None:
    pair = _pair(["a*", "*"], ["*b"])
    assert _said(pair.judge(_subject("ab"))) == [("a*", "overruled"), ("*", "overruled"), ("*b", "forbids")]
    assert _said(_pair(["ab", "*"], ["*b"]).judge(_subject("ab"))) == [
        ("ab", "permits"),
        ("*", "overruled"),
        ("*b", "overruled"),
    ]


def test_denials_that_one_entry_beats_and_another_does_not_are_the_ones_that_forbid() -> None:
    finding = _pair(["ab*"], ["a*", "*c"]).judge(_subject("abc"))
    assert _said(finding) == [("ab*", "overruled"), ("a*", "overruled"), ("*c", "forbids")]
    (breach,) = finding.breaches
    assert breach.why == '"*c" in `disallowed_names` forbids it'
    assert breach.help == 'to permit this, add "abc" to allowed_names'


def test_denials_that_are_beaten_each_by_another_entry_forbid_together() -> None:
    finding = _pair(["ab*", "*bc"], ["a*", "*c"]).judge(_subject("abc"))
    assert _said(finding)[2:] == [("a*", "forbids"), ("*c", "forbids")]
    assert [breach.constraint for breach in finding.breaches] == ["disallowed_names"]


def test_what_is_neither_listed_nor_free_has_both_changes_told() -> None:
    finding = _pair(["x"], ["a"]).judge(_subject("a"))
    assert [(breach.constraint, breach.help) for breach in finding.breaches] == [
        ("allowed_names", 'to permit this, add "a" to allowed_names'),
        ("disallowed_names", 'to permit this, remove "a" from disallowed_names'),
    ]


def test_what_is_not_known_is_undecided_by_each_list_there_is() -> None:
    puzzled = {
        (None, None): ["payment silent"],
        (None, ("b",)): ["payment silent", "list undecided"],
        (("a",), None): ["list undecided"],
        (("a",), ("b",)): ["list undecided", "list undecided"],
    }
    for (allowed, disallowed), said in puzzled.items():
        finding = _pair(allowed, disallowed).puzzle("name it", "it is not known")
        assert [" ".join(one) for one in _said(finding)] == said
        assert [breach.constraint for breach in finding.breaches] == ["allowed_names"]


def test_what_is_not_known_breaks_the_list_that_an_open_pair_has() -> None:
    for allowed, disallowed, name in [(("a",), None, "allowed_names"), (None, ("b",), "disallowed_names")]:
        finding = _pair(allowed, disallowed, open_=True).puzzle("name it", "it is not known")
        assert [breach.constraint for breach in finding.breaches] == [name]
        assert finding.evidence == ()


def test_an_open_pair_without_lists_permits_what_is_not_known_by_its_grant() -> None:
    finding = _pair(None, None, open_=True).puzzle("name it", "it is not known")
    assert (finding.evidence, finding.breaches) == ((GRANT,), ())
    assert _said(finding) == [("payment", "permits")]


@pytest.mark.parametrize(
    ("allowed", "disallowed", "open_", "nothing", "judges"),
    [
        (None, None, False, True, True),
        (None, None, True, False, False),
        (("a",), None, False, False, True),
        (("a",), None, True, False, True),
        (None, ("a",), False, True, True),
        (None, ("a",), True, False, True),
    ],
)
def test_a_pair_judges_where_it_has_a_list_or_misses_one(allowed, disallowed, open_, nothing, judges) -> None:
    pair = _pair(allowed, disallowed, open_=open_)
    assert (pair.grants_nothing, pair.judges) == (nothing, judges)


def test_a_pair_keeps_no_more_outcomes_than_its_bound_and_says_the_same(monkeypatch) -> None:
    monkeypatch.setattr(pairs, "MAX_OUTCOMES", 3)
    names = [f"a{number}" for number in range(8)]
    pair = _pair(names, ["a3", "a9"])
    first = [pair.judge(_subject(name)).evidence for name in names]
    assert len(pair._outcomes) <= 3
    assert [pair.judge(_subject(name)).evidence for name in names] == first
    assert [bool(evidence) for evidence in first] == [name != "a3" for name in names]


def test_the_same_entries_are_weighed_once(monkeypatch) -> None:
    pair = _pair(["a*"], ["b"])
    pair.judge(_subject("a1"))
    pair.judge(_subject("b"))
    monkeypatch.setattr(Pair, "_decide", None)
    assert pair.judge(_subject("a2")).evidence


def test_an_open_pair_with_an_allow_list_permits_only_what_it_lists() -> None:
    pair = _pair(["x"], None, open_=True)
    assert pair.judge(_subject("x")).evidence
    finding = pair.judge(_subject("a"))
    assert [breach.constraint for breach in finding.breaches] == ["allowed_names"]
    assert _said(finding) == [("list", "silent")]


def test_the_first_entry_that_permits_is_the_evidence() -> None:
    for texts in (["a*", "*b"], ["*b", "a*"]):
        finding = _pair(texts, None).judge(_subject("ab"))
        assert [clause.text for clause in finding.evidence] == texts[:1]
        assert _said(finding) == [(text, "permits") for text in texts]


def test_a_denial_that_any_entry_beats_is_not_the_one_that_forbids() -> None:
    finding = _pair(["ab*", "*"], ["a*", "*c"]).judge(_subject("abc"))
    assert _said(finding)[2:] == [("a*", "overruled"), ("*c", "forbids")]


def test_an_open_pair_that_denies_what_is_not_known_overrules_its_grant() -> None:
    finding = _pair(None, ["b"], open_=True).puzzle("name it", "it is not known")
    assert _said(finding) == [("payment", "overruled"), ("list", "undecided")]


def test_what_an_author_can_not_write_has_no_entry_in_its_help() -> None:
    assert _helps(_pair(["x"], None).judge(_subject("a", None))) == [None]
    removal = 'to permit this, remove "a*" from disallowed_names'
    assert _helps(_pair(["*"], ["a*"]).judge(_subject("a", None))) == [removal]


def test_an_entry_that_would_not_permit_it_is_not_told() -> None:
    assert _helps(_pair(["x"], None).judge(_subject("a", "b"))) == [None]
    assert _helps(_pair(["x"], None).judge(_subject("a", admits=lambda _shape: False))) == [None]
    told = 'to permit this, add "b|a" to allowed_names'
    assert _helps(_pair(["x"], None).judge(_subject("a", "b|a"))) == [told]
    assert _helps(_pair(["x"], None).judge(_subject("a", "b|a", admits=lambda _shape: True))) == [told]


def test_an_entry_that_does_not_admit_it_does_not_permit_it() -> None:
    pair = _pair(["a*", "*"], None)
    narrow = pair.judge(_subject("ab", admits=lambda shape: shape.text == "*"))
    assert _said(narrow) == [("*", "permits")]
    assert pair.judge(_subject("ab", admits=lambda _shape: False)).breaches


def test_a_denial_that_does_not_catch_it_does_not_forbid_it() -> None:
    pair = _pair(["*"], ["a*", "*b"])
    caught = pair.judge(_subject("ab", catches=lambda shape: shape.text == "*b"))
    assert _said(caught) == [("*", "overruled"), ("*b", "forbids")]
    assert pair.judge(_subject("ab", catches=lambda _shape: False)).evidence
