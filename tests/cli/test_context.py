"""The context of a decision on the command line: options, fields and files."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from decimal import Decimal

import pytest

from execgate.cli.context import add_context, context_of, says_something
from execgate.cli.parser import Parser, UsageError
from execgate.errors import InputError
from execgate.model.context import Context, Tally
from execgate.model.money import Money

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=timezone.utc)


def options(*arguments):
    parser = Parser(prog="x")
    add_context(parser)
    return parser.parse(arguments)


def context(*arguments):
    return context_of(options(*arguments), now=lambda: NOW)


def money(amount, currency="USD"):
    return Money.parse(amount, currency)


def test_nothing_said_is_the_time_alone():
    assert context() == Context(time=NOW)
    assert context_of(options()).time.utcoffset() is not None
    assert not says_something(options())
    assert says_something(options("--phase", "COMMIT"))
    assert says_something(options("--context", "turn=1"))


def test_every_field_can_be_said():
    found = context(
        *(
            "--suggester",
            "planner",
            "--group",
            "team",
            "--phase",
            "COMMIT",
            "--time",
            "2026-03-01T09:00:00+01:00",
        ),
        *("--context", "turn=3", "--context", "cost=0.45 USD", "--context", "customer=cus=1"),
        *("--context", "budget_ratio=12.5%", "--context", "spend_velocity=2"),
        *("--context", "spent.session=9.50 USD", "--context", "payments.session=4"),
        *("--context", "payments.day=12", "--context", "spent.organisation=1 USD, 2 EUR"),
    )
    assert found == Context(
        suggester="planner",
        group="team",
        turn=3,
        phase="COMMIT",
        time=datetime.fromisoformat("2026-03-01T09:00:00+01:00"),
        cost=money("0.45"),
        customer="cus=1",
        budget_ratio=Decimal("0.125"),
        spend_velocity=2,
        spent={
            "session": Tally((money("9.50"),), 4),
            "day": Tally((), 12),
            "organisation": Tally((money("1"), money("2", "EUR"))),
        },
    )


def test_a_file_is_read_and_single_fields_go_before_it(folder):
    known = {
        "phase": "EXPLORE",
        "turn": 3,
        "budget_ratio": 0.1,
        "spent": {"session": "1.00 USD", "day": ["2 USD"]},
    }
    (folder / "a.json").write_text(json.dumps(known))
    (folder / "b.json").write_text(json.dumps({"turn": 4, "spent": {"day": {"payments": 3}}}))
    assert context("--context", "a.json").budget_ratio == Decimal("0.1")
    found = context("--context", "a.json", "--context", "b.json", "--phase", "COMMIT")
    assert (found.phase, found.turn) == ("COMMIT", 4)
    assert found.spent == {"session": Tally((money("1"),)), "day": Tally((), 3)}
    found = context("--context", "payments.session=7", "--context", "payments.day=9", "--context", "a.json")
    assert found.spent == {"session": Tally((money("1"),), 7), "day": Tally((money("2"),), 9)}
    found = context("--context", "b.json", "--context", "spent.day=5 USD")
    assert found.spent["day"] == Tally((money("5"),), 3)


@pytest.mark.parametrize(
    ("arguments", "told", "help_"),
    [
        (["--time", "2026-03-01T09:00:00"], "a time needs its zone", "--time 2026-03-01T09:00:00+01:00"),
        (
            ["--time", "noon"],
            "time: a time is written as `2026-03-01T09:00:00+01:00`, got 'noon'",
            "--time 2026-03-01T09:00:00+01:00",
        ),
        (["--context", "phas=COMMIT"], "unknown field of a context `phas`", "did you mean `phase`?"),
        (["--context", "spent.sesion=1 USD"], "unknown field of a context `spent.sesion`", "spent.session"),
        (["--context", "turn=x"], "turn: expected a whole number, got `x`", "--context turn=3"),
        (["--context", "payments.day=-1"], "payments.day: expected a whole number", "payments.day=12"),
        (["--context", "cost=5"], "cost: an amount needs its currency", "cost=0.45 USD"),
        (["--context", "budget_ratio=x"], "budget_ratio: ", "`0.75` or `75%`"),
        (["--context", "budget_ratio=-1"], "a budget ratio is a number from 0", None),
        (["--context", "spent.day=5"], "spent: an amount needs its currency", "spent.session=9.50 USD"),
        (["--phase", "A", "--context", "phase=B"], "`phase` is given twice", "leave one of them out"),
        (["--context", "turn=1", "--context", "turn=1"], "`turn` is given twice", "leave one of them out"),
    ],
)
def test_what_makes_no_sense_is_said_with_the_fix(arguments, told, help_):
    with pytest.raises(UsageError) as caught:
        context(*arguments)
    assert caught.value.message.startswith(told)
    assert help_ is None or help_ in caught.value.help


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "no such file or folder"),
        (b"\xff", "not UTF-8"),
        (b"{", "not JSON: Expecting property name"),
        (b"[" * 100_000, "not JSON: "),
        (b'{"phase": "A", "phase": "B"}', "not JSON: `phase` is given twice"),
        (b'{"budget_ratio": NaN}', "not JSON: NaN is no number of JSON"),
        (b"[1]", "expected an object, got a list"),
        (b"null", "expected an object, got nothing"),
        (b'{"phas": "A"}', "no field of a context: 'phas'"),
        (b'{"turn": 1.5}', "turn: expected a whole number"),
        (b'{"spent": 3}', "spent: expected a mapping"),
        (b'{"time": "2026-03-01T09:00:00"}', "a time needs its zone"),
        (b" " * (1 << 20) + b"{}", "too large for a context"),
    ],
)
def test_a_file_that_holds_no_context_is_named(folder, text, told):
    if text is not None:
        (folder / "state.json").write_bytes(text)
    with pytest.raises(InputError) as caught:
        context("--context", "state.json")
    assert caught.value.message.startswith(f"state.json: {told}")


def test_analyze_and_run_judge_in_the_context(execgate, folder):
    (folder / "a.py").write_text("x = 1\n")
    judge = ("--agent", "reader", "--policy", "team.policy")
    assert execgate("analyze", "a.py", *judge, "--phase", "COMMIT").status == 0
    done = execgate("analyze", "a.py", *judge, "--context", "turn=x", "--format", "json")
    assert done.status == 2
    assert done.document["error"]["message"] == "turn: expected a whole number, got `x`"
    (folder / "b.py").write_text("import os\n")
    assert execgate("run", "b.py", *judge, "--context", "turn=x").status == 2
    done = execgate(
        *("run", "b.py", *judge, "--suggester", "planner", "--group", "team", "--context", "turn=2"),
        *("--time", "2026-03-01T09:00:00+01:00"),
    )
    assert done.status == 1
    (line,) = execgate("receipts", "list", "--format", "json").document["receipts"]
    assert line["suggester_agent"] == "planner"
    whole = execgate("receipts", "show", line["receipt_id"], "--format", "json").document["predicate"]
    assert whole["conversation_context"]["group_chat"] == "team"
    assert whole["conversation_context"]["turn_number"] == 2
    assert whole["policy_evaluation"]["context"]["time"] == "2026-03-01T09:00:00+01:00"


def test_a_context_without_an_agent_is_said_to_decide_nothing(execgate, folder):
    (folder / "a.py").write_text("x = 1\n")
    done = execgate("analyze", "a.py", "--phase", "COMMIT")
    assert done.status == 0
    assert "the context decides nothing without --agent" in done.err
