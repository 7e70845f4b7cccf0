"""Phases: which lead to which, in which money moves, and every mistake in the block."""

from __future__ import annotations

import pytest

from execgate.policy.conditions import phases
from execgate.policy.conditions.phases import Phases
from execgate.policy.problems import Problems

USUAL = "allowed_payment_phase: COMMIT EXPLORE: [DECIDE] DECIDE: [COMMIT] COMMIT: []"


@pytest.fixture
def read(parse):
    def run(body: str, problems: Problems | None = None) -> Phases:
        found = Problems() if problems is None else problems
        (tree,) = parse(f"phases {{ {body} }}").phases
        result = phases.read(tree, found)
        if problems is None:
            found.raise_if_any()
        return result

    return run


def test_a_phase_leads_where_the_block_says_and_nowhere_else(read) -> None:
    found = read(USUAL)
    names = ("EXPLORE", "DECIDE", "COMMIT")
    assert found.names == ("COMMIT", "DECIDE", "EXPLORE")
    moves = {(old, new) for old in names for new in names if found.may_move(old, new)}
    assert moves == {("EXPLORE", "DECIDE"), ("DECIDE", "COMMIT")}
    assert not found.may_move("LUNCH", "EXPLORE")
    assert not found.may_move("EXPLORE", "LUNCH")
    assert found.allowed_payment_phase == "COMMIT"


def test_without_a_block_the_usual_phases_hold_and_none_is_asked_for() -> None:
    assert set(phases.DEFAULT.names) == set(phases.USUAL)
    assert phases.DEFAULT.may_move("EXPLORE", "DECIDE")
    assert not phases.DEFAULT.may_move("EXPLORE", "COMMIT")
    assert phases.DEFAULT.allowed_payment_phase is None
    assert phases.DEFAULT.canonical == ""


def test_the_canonical_block_is_the_same_for_every_order_and_says_the_same(read) -> None:
    one = read("A: [C, B, B] B: [A] C: [] allowed_payment_phase: B")
    other = read("allowed_payment_phase: B C: [] B: [A] A: [B, C]")
    assert one.canonical == other.canonical
    assert one.canonical == "phases {\n  allowed_payment_phase: B\n  A: [B, C]\n  B: [A]\n  C: []\n}\n"
    again = read(one.canonical.removeprefix("phases {").rstrip().removesuffix("}"))
    assert (again.transitions, again.allowed_payment_phase) == (one.transitions, "B")
    assert read("A: []").canonical == "phases {\n  A: []\n}\n"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", ["phases without a phase / write each with those it leads to: `EXPLORE: [COMMIT]`"]),
        ("A: [b] B: []", ["unknown phase `b` / did you mean `B`?", "phase `B` is never reached"]),
        ("EXPLORE: [COMIT] COMMIT: []", ["unknown phase `COMIT` / did you mean `COMMIT`?", "phase `COMMIT`"]),
        ("A: [A]", ["`A` leads to itself / to stay in a phase is no move"]),
        ("A: [B] B: [] A: []", ["`A` a second time / join the two"]),
        (
            'A: ["B"] B: []',
            ["a phase is a bare word / write `B` without quotes", "phase `B` is never reached"],
        ),
        ("A: B B: [A]", ["`A` takes the list of the phases that it leads to / write `[B]`"]),
        ('A: "x"', ["`A` takes the list of the phases that it leads to / as in `[COMMIT]`; `[]` for none"]),
        (
            "A: [B] B: [] C: [B]",
            ["phase `C` is never reached: no way leads there from `A` / name it among those that another"],
        ),
        (
            "A: [] allowed_payment_phase: B",
            ["unknown phase `B` / there are: `A`"],
        ),
        (
            'A: [] allowed_payment_phase: "A"',
            ["`allowed_payment_phase` takes one phase, a bare word / write `A`"],
        ),
        (
            "A: [] allowed_payment_phase: [A]",
            ["`allowed_payment_phase` takes one phase, a bare word / as in `allowed_payment_phase: A`"],
        ),
        (
            "A: [] allowed_payment_phase: A allowed_payment_phase: A",
            ["`allowed_payment_phase` a second time / join the two"],
        ),
        ('A: [] because "x"', ["phases are not inherited: they take no", "phases without a phase"]),
        ("override A: []", ["phases are not inherited: they take no", "phases without a phase"]),
        (" ".join(f"P{n}: []" for n in range(101)), ["at most 100 phases are read, got 101"]),
    ],
)
def test_every_mistake_is_named(read, mistakes, body, expected) -> None:
    problems = Problems()
    read(body, problems)
    found = mistakes(problems)
    assert len(found) == len(expected), found
    for one, start in zip(found, expected, strict=True):
        assert one.startswith(start)


def test_any_phase_of_a_circle_is_reached(read) -> None:
    assert read("A: [B] B: [C] C: [A]").may_move("C", "A")
