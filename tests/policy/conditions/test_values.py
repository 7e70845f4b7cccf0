"""Answers that may be missing, joined: what is decided whatever is not known, and what then is said."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from execgate.policy.conditions.values import Missing, all_of, any_of, negation, number

MISSING = Missing("`turn` is not known", "pass it")
ANSWERS = (True, False, MISSING)


@pytest.mark.parametrize(
    ("one", "other", "both", "either"),
    [
        (True, True, True, True),
        (True, False, False, True),
        (True, MISSING, MISSING, True),
        (False, False, False, False),
        (False, MISSING, False, MISSING),
        (MISSING, MISSING, MISSING, MISSING),
    ],
)
def test_what_is_missing_matters_where_the_rest_does_not_decide(one, other, both, either) -> None:
    for pair in ((one, other), (other, one)):
        assert all_of(pair) == both
        assert any_of(pair) == either
        assert negation(all_of(pair)) == any_of(negation(each) for each in pair)
    for third in ANSWERS:
        assert all_of((one, other, third)) == all_of((all_of((one, other)), third))
        assert any_of((one, other, third)) == any_of((any_of((one, other)), third))


def test_nothing_is_all_and_not_any() -> None:
    assert all_of(()) is True
    assert any_of(()) is False


def test_all_that_is_missing_is_said_once_in_one_order() -> None:
    first, second, third = Missing("b", "y"), Missing("a; b"), Missing("c", "x; y")
    for join in (all_of, any_of):
        assert join((first, second, third)) == join((third, second, first)) == Missing("a; b; c", "x; y")
        assert join((second, Missing("c"))) == Missing("a; b; c", None)


def test_a_number_is_one_that_is_compared_exactly() -> None:
    for value in (0, Fraction(1, 3), Decimal("1e60"), Decimal("1e-60")):
        assert number(value) == value
    for other in (Decimal("NaN"), Decimal("Infinity"), Decimal("1e61"), Decimal("1e-61"), "1", None):
        assert number(other) is None
