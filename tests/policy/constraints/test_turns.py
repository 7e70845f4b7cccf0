"""Payments of one program add up: what each of two keeps to, both together may not."""

from __future__ import annotations

import dataclasses

import pytest

from execgate.analysis import analyze
from execgate.model.context import Context
from execgate.model.operation import ModuleImport
from execgate.model.program import Program
from execgate.model.source import Source, Span
from execgate.model.values import Unknown
from execgate.policy.constraints.turns import contexts

from .conftest import AT, WHO, payment, policy

SESSION = {"spent": {"session": "1.00 USD"}}


def on_line(line: int, operation):
    return dataclasses.replace(operation, location=Span(line, 0, line, 4))


def decided(limits: str, *operations, **context) -> list[bool]:
    agent = policy(f"{WHO} max_amount: unlimited {limits}")
    verdict = agent.judge(Program(Source("x"), operations), Context.from_json(context))
    return [ruling.permitted for ruling in verdict.rulings]


@pytest.mark.parametrize(("second", "allowed"), [("3.00", True), ("3.01", False)])
def test_two_payments_keep_to_a_limit_together(second, allowed) -> None:
    both = (on_line(1, payment("6.00")), on_line(2, payment(second)))
    assert decided("max_amount_per_session: 10_usd", *both, **SESSION) == [True, allowed]


def test_what_they_are_together_is_said() -> None:
    agent = policy(f"{WHO} max_amount: unlimited max_amount_per_session: 10_usd")
    both = (on_line(1, payment("6.00")), on_line(2, payment("6.00")))
    verdict = agent.judge(Program(Source("x"), both), Context.from_json(SESSION))
    (violation,) = verdict.all_violations
    assert violation.operation == 1
    assert violation.message.endswith(
        "7.00 USD spent this session and 6.00 USD now: 13.00 USD of at most 10.00 USD"
    )
    assert verdict.context == Context.from_json(SESSION)


def test_each_place_counts_as_one_payment() -> None:
    three = tuple(on_line(line, payment("1")) for line in (1, 2, 3))
    assert decided("max_payments_per_day: 2", *three, spent={"day": []}) == [True, True, False]


def test_what_can_be_one_of_several_at_one_place_counts_once_at_its_dearest() -> None:
    either = (payment("6.00"), payment("2.00"), payment("4.00", "EUR"))
    limits = "max_amount_per_session: [10_usd, 10_eur]"
    after = on_line(2, payment("4.00"))
    assert decided(limits, *either, after, spent={"session": []}) == [True, True, True, True]
    after = on_line(2, payment("4.01"))
    assert decided(limits, *either, after, spent={"session": []}) == [True, True, True, False]


def test_what_moves_no_money_and_what_is_no_payment_count_for_nothing() -> None:
    others = (
        ModuleImport(module="stripe", **AT),
        on_line(1, payment(None, None, operation="void")),
        on_line(2, payment("10")),
    )
    assert decided("max_amount_per_session: 10_usd", *others, spent={"session": []}) == [True, True, True]


def test_an_amount_that_is_not_known_counts_as_a_payment() -> None:
    both = (on_line(1, payment(Unknown("why"))), on_line(2, payment("1")))
    assert decided("max_payments_per_day: 1", *both, spent={"day": []}) == [True, False]
    assert decided("max_amount_per_day: 1_usd", *both, spent={"day": []}) == [False, True]


def test_a_customer_has_only_the_payments_on_the_own_account() -> None:
    limit = "max_amount_per_customer: 10_usd"

    def second(first: object, then: object) -> bool:
        both = (
            on_line(1, payment("6.00", customer=first)),
            on_line(2, payment("6.00", customer=then)),
        )
        return decided(limit, *both, customer="cus_1", spent={"customer": []})[1]

    assert second("cus_2", "cus_1")
    assert not second("cus_1", "cus_1")
    assert not second(None, "cus_1")
    assert not second("cus_1", "cus_2")
    assert not second("cus_1", None)


def test_the_pace_and_the_gates_see_the_payments_before() -> None:
    both = (on_line(1, payment("6")), on_line(2, payment("1")))
    context = Context.from_json({"spend_velocity": 2, "spent": {"day": []}})
    first, second = contexts(both, context)
    assert (first.spend_velocity, second.spend_velocity) == (2, 3)
    gates = "max_amount_per_day: 10_usd halt_at: 60%"
    assert decided(gates, *both, spent={"day": []}) == [True, False]


def test_more_than_can_be_said_is_not_known() -> None:
    most = "9" * 18
    both = (on_line(1, payment(most)), on_line(2, payment("1")))
    limit = "max_amount_per_day: 10_usd"
    assert decided(limit, *both, spent={"day": "1 USD"}) == [False, False]
    assert decided("max_amount_per_day: unlimited", *both, spent={"day": "1 USD"}) == [True, True]


def test_payments_of_a_program_are_told_apart_by_where_they_stand() -> None:
    charge = "stripe.Charge.create(amount=600, currency='usd')\n"
    limited = policy(f"{WHO} max_amount: unlimited max_amount_per_day: 10_usd")
    context = Context.from_json({"spent": {"day": []}})

    def denied(code: str) -> list[str]:
        verdict = limited.judge(analyze(Source("import stripe\n" + code)), context)
        return [v.constraint for v in verdict.all_violations if v.constraint.startswith("max_amount")]

    assert denied(charge) == []
    assert denied(charge * 2) == ["max_amount_per_day"]
