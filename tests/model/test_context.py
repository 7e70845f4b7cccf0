"""The state of a decision: what it may be, and its form in receipts and test cases."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execgate.model.context import SCOPES, Context, Tally
from execgate.model.conversation import Conversation
from execgate.model.money import Money

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=timezone.utc)


def usd(amount: str) -> Money:
    return Money.parse(amount, "USD")


def test_a_tally_has_one_amount_a_currency_and_nothing_in_others():
    tally = Tally((usd("1.50"), Money.parse("2", "EUR")), 3)
    assert [money.currency for money in tally.amounts] == ["EUR", "USD"]
    assert tally.amount("USD") == Decimal("1.5")
    assert tally.amount("GBP") == 0
    assert tally.to_json() == {"amounts": {"EUR": "2.00", "USD": "1.50"}, "payments": 3}
    with pytest.raises(ValueError, match="a currency twice in one tally: USD, USD"):
        Tally((usd("1"), usd("2")))


@pytest.mark.parametrize("payments", [-1, True, 1.0])
def test_payments_are_counted_in_whole_numbers(payments):
    with pytest.raises(ValueError, match="a whole number from 0"):
        Tally((), payments)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"spent": {"week": Tally()}}, "no scope of spending: 'week'; there are: session"),
        ({"time": datetime(2026, 3, 2)}, "a time needs its zone"),  # noqa: DTZ001 - that is the point
        ({"budget_ratio": Decimal(-1)}, "a budget ratio is a number from 0 to .*, got -1"),
        ({"budget_ratio": Decimal("NaN")}, "a budget ratio is a number from 0 to .*, got NaN"),
        ({"turn": -1}, "turn is a whole number from 0"),
        ({"turn": True}, "turn is a whole number from 0"),
        ({"spend_velocity": "2"}, "spend_velocity is a whole number from 0"),
    ],
)
def test_what_can_be_no_state_is_refused(fields, told):
    with pytest.raises(ValueError, match=told):
        Context(**fields)


def test_what_was_spent_can_not_be_changed_afterwards():
    spent = {"day": Tally(), "session": Tally()}
    context = Context(spent=spent)
    spent["agent"] = Tally()
    assert list(context.spent) == ["session", "day"]
    with pytest.raises(TypeError):
        context.spent["agent"] = Tally()  # type: ignore[index]


def test_a_conversation_says_who_where_and_which_turn():
    conversation = Conversation("planner", "team", "text", "text", 3, "c-1")
    assert Context.of(conversation, phase="COMMIT") == Context(
        suggester="planner", group="team", turn=3, phase="COMMIT"
    )
    assert Context.of(None, turn=1) == Context(turn=1)


def test_nothing_known_is_nothing_written():
    assert Context().to_json() == {}
    assert Context.from_json({}) == Context()


amounts = st.integers(0, 10**9).map(lambda cents: Money(Decimal(cents).scaleb(-2), "USD"))
tallies = st.builds(lambda money, count: Tally((money,), count), amounts, st.integers(0, 99))
contexts = st.builds(
    Context,
    suggester=st.none() | st.text(),
    group=st.none() | st.text(),
    turn=st.none() | st.integers(0, 10**6),
    phase=st.none() | st.text(),
    time=st.none()
    | st.datetimes(timezones=st.sampled_from([timezone.utc, timezone(timedelta(hours=-5, minutes=-30))])),
    cost=st.none() | amounts,
    customer=st.none() | st.text(),
    budget_ratio=st.none() | st.decimals(0, 10, allow_nan=False, allow_infinity=False),
    spend_velocity=st.none() | st.integers(0, 10**6),
    spent=st.dictionaries(st.sampled_from(SCOPES), tallies),
)


@given(contexts)
def test_what_is_written_is_read_back(context):
    assert Context.from_json(context.to_json()) == context


def test_people_write_it_in_fewer_words():
    written = {
        "time": "2026-03-02T09:30:00Z",
        "cost": " 0.45  usd",
        "budget_ratio": 1,
        "spent": {"session": "9.50 USD", "day": ["1 USD", "2 EUR"], "agent": {"payments": 4}},
    }
    assert Context.from_json(written) == Context(
        time=NOW,
        cost=usd("0.45"),
        budget_ratio=Decimal(1),
        spent={
            "session": Tally((usd("9.5"),)),
            "day": Tally((usd("1"), Money.parse("2", "EUR"))),
            "agent": Tally((), 4),
        },
    )
    listed = {"spent": {"day": {"amounts": ["1 USD"], "payments": 2}}}
    assert Context.from_json(listed) == Context(spent={"day": Tally((usd("1"),), 2)})


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"phas": "A"}, "no field of a context: 'phas'; there are: suggester"),
        ({"phase": 3}, "phase: expected a text, got int"),
        ({"turn": "3"}, "turn: expected a whole number, got str"),
        ({"turn": True}, "turn: expected a whole number, got bool"),
        ({"cost": "9.50"}, "cost: an amount needs its currency, as in `9.50 USD`"),
        ({"cost": "-1 USD"}, "cost: not an amount of money"),
        ({"budget_ratio": "x"}, "budget_ratio: "),
        ({"budget_ratio": 0.5}, "budget_ratio: expected a text, got float"),
        ({"spent": "9 USD"}, "spent: expected a mapping from scope to amount"),
        ({"spent": {"day": 9}}, "spent: expected an amount, a list of amounts, or `amounts` and `payments`"),
        ({"spent": {"day": {"amount": 9}}}, "spent: expected an amount, a list of amounts"),
        ({"spent": {"day": {"payments": "9"}}}, "spent: expected a whole number"),
        ({"spent": {"week": "9 USD"}}, "no scope of spending: 'week'"),
        ({"time": "noon"}, "time: "),
    ],
)
def test_what_can_not_be_read_is_named(document, told):
    with pytest.raises(ValueError) as caught:
        Context.from_json(document)
    assert str(caught.value).startswith(told)
