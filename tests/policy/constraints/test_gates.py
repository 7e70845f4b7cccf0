"""Gates warn, restrict and halt at exactly their share of the budget."""

from __future__ import annotations

from fractions import Fraction

import pytest

from execgate.model.context import Context
from execgate.policy.constraints import Limit
from execgate.policy.constraints.gates import percent
from execgate.policy.constraints.spending import budget_ratio

from .conftest import judged, payment, policy

GATES = "max_amount: unlimited max_amount_per_session: 10.00_usd warn_at: 50% restrict_at: 75% halt_at: 90%"
LISTED = f'{GATES} restricted_payment_operations: ["void", "refund"]'


@pytest.mark.parametrize(
    ("spent", "decision", "warns"),
    [
        ("0", "ALLOW", False),
        ("4.99", "ALLOW", False),
        ("5.00", "ALLOW", True),
        ("7.49", "ALLOW", True),
        ("7.499999999999999999", "ALLOW", True),
        ("7.50", "ESCALATE", True),
        ("8.99", "ESCALATE", True),
        ("9.00", "DENY", True),
        ("9.01", "DENY", True),
    ],
)
def test_each_gate_closes_at_its_share_and_not_before(pay, spent, decision, warns) -> None:
    verdict = pay(GATES, payment("0.01"), spent={"session": f"{spent} USD"})
    assert verdict.decision.value == decision
    assert [warning.constraint for warning in verdict.all_warnings] == ["warn_at"] * warns


def test_a_warning_has_its_place_and_lets_pass(pay) -> None:
    (warning,) = pay(GATES, payment("0.01"), spent={"session": "5 USD"}).all_warnings
    assert warning.message == "agent `a`: 50% of the budget is used up"
    assert (warning.operation, warning.location, warning.clause.text.count("warn_at")) == (
        0,
        payment().location,
        1,
    )


def test_what_is_listed_passes_while_payments_are_restricted(pay, said) -> None:
    spent = {"session": "7.50 USD"}
    verdict = pay(LISTED, payment(None, None, operation="void"), spent=spent)
    assert verdict.allowed
    assert said(verdict)["restrict_at"][0] == "overruled"
    assert said(verdict)["restricted_payment_operations"][0] == "permits"
    verdict = pay(LISTED, payment("0.01"), spent=spent)
    (violation,) = verdict.all_violations
    assert violation.constraint == "restricted_payment_operations"
    assert violation.message.endswith(
        "75% of the budget is used up, and from 75% on payments are restricted, and "
        "`restricted_payment_operations` does not cover it"
    )
    assert violation.help == 'to permit this, add "charge" to restricted_payment_operations'
    assert verdict.decision.value == "DENY"
    assert pay(LISTED, payment("0.01"), spent={"session": "7.49 USD"}).allowed


def test_halted_payments_halt_all(pay) -> None:
    assert not pay(LISTED, payment(None, None, operation="void"), spent={"session": "9.00 USD"}).allowed


def test_the_share_that_the_caller_tells_comes_first(pay) -> None:
    spent = {"session": "9.99 USD"}
    assert pay(GATES, payment("0.01"), spent=spent, budget_ratio="0.1").allowed
    assert not pay(GATES, payment("0.01"), spent={"session": []}, budget_ratio="0.9").allowed
    only = "max_amount: unlimited halt_at: 90%"
    assert pay(only, payment(), budget_ratio="0.899999").allowed
    assert not pay(only, payment(), budget_ratio="1.5").allowed


def test_a_share_that_nobody_knows_denies_once(pay, said) -> None:
    for gates, context in (
        ("warn_at: 50% halt_at: 90%", {}),
        ("warn_at: 50% halt_at: 90% max_amount_per_day: 10_usd", {}),
    ):
        verdict = pay(f"max_amount: unlimited {gates}", payment(), **context)
        first = [violation for violation in verdict.all_violations if violation.constraint.endswith("_at")]
        assert [violation.constraint for violation in first] == ["warn_at"]
        assert "`--context budget_ratio=0.25`" in first[0].help
        assert {said(verdict)[name][0] for name in ("warn_at", "halt_at")} == {"undecided"}


def ratio(limits: str, cost=None, **context):
    grant = policy(limits).grants["payment"]
    given = {n: Limit(n, v, grant.limits[n], grant.clauses[n]) for n, v in grant.values.items()}
    return budget_ratio(given, Context.from_json(context), cost)


@pytest.mark.parametrize(
    ("limits", "context", "expected"),
    [
        ("", {}, None),
        ("max_amount: 10_usd", {"spent": {"session": "5 USD"}}, None),
        ("max_amount_per_session: 10_usd", {"spent": {"session": "5 USD"}}, Fraction(1, 2)),
        ("max_amount_per_session: 3_usd", {"spent": {"session": "1 USD"}}, Fraction(1, 3)),
        ("max_amount_per_session: 10_usd", {"spent": {"session": "12 USD"}}, Fraction(6, 5)),
        ("max_amount_per_session: 10_usd", {"spent": {"session": "12 EUR"}}, Fraction(0)),
        ("max_amount_per_session: 0_usd", {"spent": {"session": []}}, Fraction(1)),
        ("max_amount_per_session: unlimited", {}, Fraction(0)),
        ("max_amount_per_session: 10_usd", {}, None),
        ("max_amount_per_session: 10_usd", {"budget_ratio": "0.3"}, Fraction(3, 10)),
        (
            "max_amount_per_session: 10_usd max_amount_per_day: 20_usd",
            {"spent": {"session": "1 USD", "day": "15 USD"}},
            Fraction(3, 4),
        ),
        (
            "max_amount_per_session: 10_usd max_amount_per_day: 20_usd",
            {"spent": {"session": "1 USD"}},
            None,
        ),
        (
            "max_amount_per_session: unlimited max_amount_per_day: 10_usd",
            {"spent": {"session": "1 USD", "day": "9 USD"}},
            Fraction(9, 10),
        ),
        ("max_amount_per_session: unlimited max_amount_per_day: 10_usd", {}, None),
        (
            "max_amount_per_organisation: 10_usd",
            {"spent": {"session": "1 USD", "organisation": "9 USD"}},
            Fraction(9, 10),
        ),
        (
            "max_amount_per_session: [10_usd, 10_eur]",
            {"spent": {"session": ["1 USD", "9 EUR"]}},
            Fraction(9, 10),
        ),
    ],
)
def test_the_share_is_the_greatest_of_all_limits_of_amounts(limits, context, expected) -> None:
    assert ratio(limits, **context) == expected


def test_a_payment_uses_up_the_budget_of_its_own_currency(pay) -> None:
    gates = "max_amount: unlimited max_amount_per_session: [10_usd, 10_eur] halt_at: 90%"
    spent = {"session": ["1 USD", "9 EUR"]}
    assert pay(gates, payment("1", "USD"), spent=spent).allowed
    assert not pay(gates, payment("1", "EUR"), spent=spent).allowed


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (Fraction(1, 2), "50%"),
        (Fraction(1, 3), "33.33%"),
        (Fraction(8999999, 10**7), "89.99%"),
        (Fraction(9), "900%"),
        (Fraction(1, 10**6), "0%"),
        (Fraction(1), "100%"),
    ],
)
def test_a_share_is_never_shown_greater_than_it_is(share, text) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(("entry", "allowed"), [("*", True), ("a*", False), ("charge", False)])
def test_what_could_be_any_operation_is_restricted_unless_all_are_listed(entry, allowed) -> None:
    agent = policy(
        'allowed_providers: ["*"] allowed_payment_operations: ["*"] max_amount: unlimited restrict_at: 75% '
        f'restricted_payment_operations: ["{entry}"]'
    )
    verdict = judged(agent, payment(operation="any"), {"budget_ratio": "0.8"})
    assert verdict.allowed is allowed
    if not allowed:
        (violation,) = verdict.all_violations
        assert violation.help == 'to permit this, add "*" to restricted_payment_operations'


def test_each_gate_has_an_opinion_whether_it_closes_or_not(pay, said) -> None:
    gates = "max_amount: unlimited max_amount_per_day: 10_usd warn_at: 50% restrict_at: 75% halt_at: 90%"
    at_half = said(pay(gates, payment("0.01"), spent={"day": "5 USD"}))
    assert at_half["warn_at"] == ("warns", "50% of the budget is used up")
    assert at_half["restrict_at"] == ("permits", "50% of the budget is used up, less than 75%")
    assert at_half["halt_at"] == ("permits", "50% of the budget is used up, less than 90%")
    assert said(pay(gates, payment("0.01"), spent={"day": "4.99 USD"}))["warn_at"][0] == "permits"
    at_most = said(pay(gates, payment("0.01"), spent={"day": "9 USD"}))
    assert [at_most[name][0] for name in ("warn_at", "restrict_at", "halt_at")] == [
        "warns",
        "escalates",
        "forbids",
    ]


def test_a_closed_gate_of_another_kind_of_payment_than_those_listed_names_the_list(pay, said) -> None:
    gates = (
        "max_amount: unlimited max_amount_per_day: 10_usd restrict_at: 75% "
        'restricted_payment_operations: ["void"]'
    )
    verdict = pay(gates, payment("0.01"), spent={"day": "8 USD"})
    assert said(verdict)["restrict_at"][0] == "forbids"
    assert said(verdict)["restricted_payment_operations"][0] == "silent"
    (violation,) = verdict.all_violations
    assert not violation.escalates
    assert violation.help == 'to permit this, add "charge" to restricted_payment_operations'
