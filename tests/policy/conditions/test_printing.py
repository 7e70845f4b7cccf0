"""Conditions as text: what is printed is read as the same tree, in one spelling."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timezone
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execgate.model.context import Tally
from execgate.model.money import Money
from execgate.model.source import Span
from execgate.model.values import Unknown
from execgate.model.verdict import Clause
from execgate.policy.conditions import printing
from execgate.policy.conditions.attributes import Kind
from execgate.policy.conditions.facts import Loose
from execgate.policy.conditions.literals import shown
from execgate.policy.conditions.values import PLAIN, Texts
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

HERE = Clause("a", Span(1, 0, 1, 1), "")
WORDS = st.sampled_from(["phase", "cost", "agent", "x_1", "COMMIT"])
NAMES = st.sampled_from(["amount", "on", "agent", "rule", "or", "has", "not"])
REFERENCES = st.tuples(WORDS, st.lists(NAMES, max_size=2)).map(lambda one: Reference((one[0], *one[1]), HERE))
STRINGS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8).map(
    lambda text: Scalar("STRING", text, HERE)
)
NUMBERS = st.sampled_from(
    ["0", "-3", "0.5", "50%", "0.50_usd", "1_btc", "20_payments", "5..5", "3_parsecs"]
).map(lambda text: Scalar("NUMBER", text, HERE))
BARE = st.sampled_from(["COMMIT", "tools"]).map(lambda text: Scalar("NAME", text, HERE))
LISTS = st.lists(STRINGS | NUMBERS | BARE, max_size=3).map(lambda items: Sequence(tuple(items), HERE))
TRUTHS = st.booleans().map(lambda value: Truth(value, HERE))
OPERANDS = REFERENCES | STRINGS | NUMBERS | LISTS | TRUTHS


def _deeper(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    sides = OPERANDS | inner
    signs = st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "in", "not in"])
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Comparison, sides, signs, sides, st.just(HERE)),
        st.builds(Comparison, sides, st.just("matches"), STRINGS, st.just(HERE)),
        st.builds(Negation, inner, st.just(HERE)),
        st.builds(Presence, REFERENCES, st.just(HERE)),
        st.builds(Junction, st.sampled_from(["and", "or"]), several, st.just(HERE)),
    )


CONDITIONS = st.recursive(OPERANDS, _deeper, max_leaves=12)


def plain(tree: object) -> object:
    """Return a tree without its places."""
    if isinstance(tree, tuple):
        return tuple(map(plain, tree))
    if not dataclasses.is_dataclass(tree):
        return tree
    values = {
        field.name: plain(getattr(tree, field.name))
        for field in dataclasses.fields(tree)
        if field.name != "clause"
    }
    return type(tree).__name__, values


@given(CONDITIONS)
def test_what_is_printed_is_read_as_the_same(parse, tree) -> None:
    text = printing.condition(tree)
    (rule,) = parse(f'rule r {{ when {text} deny "m" }}').rules
    assert plain(rule.condition) == plain(tree)
    assert printing.condition(rule.condition) == text


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("((phase == COMMIT))", "phase == COMMIT"),
        ("(a or b) and c", "(a or b) and c"),
        ("(a and b) or c", "a and b or c"),
        ("a or (b or c)", "a or (b or c)"),
        ("not (a and b)", "not (a and b)"),
        ("not (a == 1)", "not a == 1"),
        ("not not a", "not not a"),
        ("(a == 1) == true", "(a == 1) == true"),
        ("cost > 0.5_USD", "cost > 0.50_usd"),
        ("x > 75.0_percent", "x > 75%"),
        ("x > 0.90", "x > 0.9"),
        ("x > -0", "x > 0"),
        ("x in [1.0,\n 2]", "x in [1, 2]"),
        ("x > 1_payment", "x > 1_payments"),
        ('x matches "\\u00e9"', 'x matches "\\u00e9"'),
    ],
)
def test_there_is_one_spelling(parse, text, printed) -> None:
    (rule,) = parse(f'rule r {{ when {text} deny "m" }}').rules
    assert printing.condition(rule.condition) == printed


@pytest.mark.parametrize(
    ("text", "opposite"),
    [
        ("phase != COMMIT", "phase == COMMIT"),
        ("cost > 1.00_usd and turn <= 3", "cost <= 1.00_usd or turn > 3"),
        ("a or not b", "not a and b"),
        ("x in [1]", "x not in [1]"),
        ('x matches "a*"', 'not x matches "a*"'),
        ("has x", "not has x"),
        ("true", "false"),
    ],
)
def test_the_opposite_is_said_plainly(parse, text, opposite) -> None:
    (rule,) = parse(f'rule r {{ when {text} deny "m" }}').rules
    assert printing.condition(printing.opposite(rule.condition)) == opposite


def test_equal_values_are_shown_alike() -> None:
    assert shown(Decimal("0.50"), Kind.RATIO) == shown(Fraction(1, 2), Kind.RATIO) == "50%"
    assert shown(Fraction(1, 3), Kind.RATIO) == "33.333333%"
    assert shown(Fraction(10**60, 3), Kind.RATIO).endswith("33.333333%")
    assert shown(Money(Decimal("5.0"), "USD")) == shown(Money(Decimal(5), "USD")) == "5.00 USD"
    assert shown(Tally(), Kind.MONEY) == "nothing"
    assert shown(Tally((Money(Decimal(5), "USD"),), 2), Kind.TALLY) == "5.00 USD in 2 payments"
    assert shown(True) == "true"  # noqa: FBT003 - the value that is shown
    assert shown(3) == shown(Decimal("3.0")) == "3"
    assert shown(Texts(PLAIN, ("a", Unknown("?")))) == '"a", not known'
    assert shown(Loose((("text", "a"), ("number", Decimal("1.50")), ("truth", False)))) == '"a", 1.5, false'
    assert shown(datetime(2026, 3, 1, tzinfo=timezone.utc)) == "2026-03-01T00:00:00+00:00"
    assert shown("COMMIT", Kind.PHASE) == '"COMMIT"'
