"""Agents by name and by pattern: which policy is whose."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from execgate.errors import UnknownAgentError
from execgate.model.operation import ModuleImport
from execgate.model.program import Program
from execgate.model.source import Source, Span
from execgate.policy import PolicySet
from execgate.policy.elaboration import names
from execgate.policy.elaboration.names import Names
from execgate.policy.matching.patterns import segment, segment_contains

OS = ModuleImport(module="os", via="import", location=Span(1, 0, 1, 1))


def agents(*blocks: str) -> PolicySet:
    return PolicySet.parse(" ".join(f'agent "{block}" {{ }}' for block in blocks))


def test_a_name_wins_over_patterns_and_the_most_specific_pattern_over_others() -> None:
    policies = agents("*", "analyst_*", "analyst_eu_*", "analyst_eu_7")
    found = {
        name: policies.agent(name).block for name in ("analyst_eu_7", "analyst_eu_8", "analyst_us", "coder")
    }
    assert found == {
        "analyst_eu_7": "analyst_eu_7",
        "analyst_eu_8": "analyst_eu_*",
        "analyst_us": "analyst_*",
        "coder": "*",
    }


def test_the_verdict_names_the_agent_and_its_block() -> None:
    policies = PolicySet.parse(
        'agent "analyst_*" { can "code_execution" with constraints { disallowed_imports: ["os"] } }'
    )
    verdict = policies.judge(Program(Source(""), (OS,)), "analyst_7")
    assert (verdict.agent, verdict.policy_block) == ("analyst_7", "analyst_*")
    assert verdict.policy_text == policies.agent("analyst_8").canonical
    (violation,) = verdict.all_violations
    assert violation.message.startswith("agent `analyst_7` (of `analyst_*`) may not import `os`")
    again = PolicySet.parse(verdict.policy_text or "").judge(Program(Source(""), (OS,)), "analyst_7")
    assert [one.message for one in again.all_violations] == [violation.message]


def test_an_agent_without_a_pattern_that_fits_has_no_policy() -> None:
    policies = agents("analyst_*", "coder")
    for name in ("analyst", "codex", "", "x" * 10_000, "analyst_" + "x" * 200):
        with pytest.raises(UnknownAgentError):
            policies.agent(name)
    assert policies.agent("analyst_" + "x" * 192).block == "analyst_*"


def test_patterns_that_leave_two_answers_are_a_mistake(report) -> None:
    assert report('agent "a_*" { }\nagent "*_b" { }') == [
        (
            "two patterns for one agent: `*_b` and `a_*` both match `a_b` @ 2:7 = make one more specific, or name "
            'the agent, as in `agent "a_b" { ... }`'
        )
    ]


def test_a_third_that_is_within_both_decides() -> None:
    assert agents("a*", "*b", "a*b").agent("a_b").block == "a*b"
    assert agents("a_*", "*_a", "a_*_a", "a_a").agent("a_a").block == "a_a"


def test_what_a_third_leaves_open_is_named(report) -> None:
    (found,) = report('agent "a_*" { } agent "*_a" { } agent "a_*_a" { }')
    assert "both match `a_a`" in found


@pytest.mark.parametrize(("one", "other"), [("a", "a"), ("a_*", "a_*"), ("a_*", "a_**")])
def test_a_name_or_pattern_stands_once(report, one, other) -> None:
    (found,) = report(f'agent "{one}" {{ }}\nagent "{other}" {{ }}')
    assert found.endswith("a second time @ 2:7 = the first is at a.policy:1; join the two, or rename one")


def test_patterns_are_printed_in_one_spelling() -> None:
    assert agents("a***").agent("a1").canonical == 'agent "a*" {\n}\n'


def test_more_overlaps_than_are_looked_at_are_a_mistake(monkeypatch, report) -> None:
    monkeypatch.setattr(names, "MAX_OVERLAPS", 3)
    text = " ".join(f'agent "*{letter}*" {{ }}' for letter in "abcd")
    found = report(text)
    assert len(found) == 4
    assert found[-1].startswith("two patterns for one agent: ")
    assert sum("both match" in each for each in found) == 3


def test_a_search_for_names_that_takes_too_long_is_a_mistake(monkeypatch) -> None:
    monkeypatch.setattr(names, "_MAX_STEPS", 2)
    assert [overlap.example for overlap in Names(["*abc*", "*def*", "*ghi*"]).overlaps()] == [None]


LETTERS = "ab"
PATTERNS = st.lists(st.text("ab*", min_size=1, max_size=4).map(names.spelled), max_size=5, unique=True)


def covering(known: list[str], name: str) -> list[str]:
    return [each for each in known if segment_contains(segment(each), name)]


def answers(known: list[str], name: str) -> set[str]:
    """Return the patterns that cover a name and that no other that covers it is within."""
    if name in known:
        return {name}
    found = covering(known, name)
    return {
        one
        for one in found
        if not any(other != one and segment_contains(segment(one), segment(other)) for other in found)
    }


@settings(max_examples=150, deadline=None)
@given(PATTERNS)
def test_what_is_found_is_the_one_most_specific_and_what_is_open_is_told(known) -> None:
    finder = Names(known)
    open_ = list(finder.overlaps())
    for overlap in open_:
        assert overlap.example is not None
        assert {overlap.one, overlap.other} <= set(covering(known, overlap.example))
    undecided = 0
    for size in range(1, 7):
        for letters in itertools.product("abc", repeat=size):
            name = "".join(letters)
            expected = answers(known, name)
            if len(expected) < 2:
                assert finder.find(name) == next(iter(expected), None)
            else:
                undecided += 1
    assert bool(undecided) == bool(open_)


def test_many_patterns_take_as_many_steps_as_few() -> None:
    def steps(count: int) -> int:
        finder = Names(
            [f"team_{number}_*" for number in range(count)] + [f"*_of_{n}" for n in range(3)] + ["*"]
        )
        return sum(1 for _ in finder._likely("team_7_x", "team_7_x"))

    assert steps(10) == steps(10_000)


def test_many_patterns_that_overlap_are_refused_without_comparing_each_with_all(monkeypatch) -> None:
    few = Names(["a*", "*b", "a*b"])
    assert list(few.overlaps()) == []
    monkeypatch.setattr(names, "_MAX_COMPARED", 5)
    assert list(Names(["a*", "*b", "a*b"]).overlaps()) == []
    (first, second) = Names(["a*", "*b", "*c"]).overlaps()
    assert (first.example, second.example) == ("ab", None)
