"""What the search falls back on: letters that run out, values that are too long, work that ends."""

from __future__ import annotations

import string

import pytest

from execgate.policy.search import TooMuchWorkError, walk, wider
from execgate.policy.search.space import Budget


def shortest(worlds, noun: str, old: list[str], new: list[str]) -> str | None:
    world = worlds[noun]
    found = wider(noun, *(world.pairing(world.agent(entries, None)) for entries in (old, new)))
    return None if found is None else found.text


def test_where_all_letters_are_named_a_name_has_two(worlds) -> None:
    letters = [*string.ascii_lowercase, *string.digits]
    assert shortest(worlds, "packages", letters, ["*"]) == "xx"
    assert shortest(worlds, "packages", [*letters, "xx"], ["*"]) == "xy"
    assert shortest(worlds, "packages", [f"{letter}*" for letter in letters], ["*"]) == "./x"


def test_where_the_letters_of_ascii_are_named_there_are_others(worlds) -> None:
    assert shortest(worlds, "imports", [*string.ascii_lowercase], ["*"]) == "\u4e00"


def test_a_literal_is_no_example_of_the_glob_that_covers_it_and_others(worlds) -> None:
    assert shortest(worlds, "environment", ["x", "B*"], ["*"]) == "y"
    assert shortest(worlds, "environment", ["A", "Ax", "B*"], ["A*"]) == "Ay"
    every = [f"A{letter}" for letter in "xyzwvutsrqponmlkjihgfedcba0123456789"]
    assert shortest(worlds, "environment", ["A", *every, "B*"], ["A*"]) == "A\u4e00"


def test_what_is_longer_than_any_value_is_no_example(worlds, monkeypatch) -> None:
    assert shortest(worlds, "environment", [], ["ABC*"]) == "ABC"
    monkeypatch.setattr(walk, "MAX_VALUE", 2)
    assert shortest(worlds, "environment", [], ["ABC*"]) is None


def test_the_work_is_bounded_by_itself_and_as_a_part() -> None:
    whole = Budget(10)
    part = Budget(100, whole)
    part.spend(10)
    with pytest.raises(TooMuchWorkError):
        part.spend(1)
    with pytest.raises(TooMuchWorkError):
        Budget(1).spend(2)


def test_a_comparison_of_many_entries_is_searched_and_not_paired(worlds, monkeypatch) -> None:
    monkeypatch.setattr(walk, "EASY", 0)
    many = [f"A{number}*" for number in range(70)]
    assert shortest(worlds, "environment", many, [*many, "B"]) == "B"
    assert shortest(worlds, "environment", [*many, "B"], many) is None
