"""Faults that gates of spending are known to have: each is a test, beside its nearest honest twin."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import pytest

from execgate.gate import Gate
from execgate.model.context import SCOPES, Context, Tally
from execgate.model.money import Money
from execgate.model.operation import PaymentCall
from execgate.model.program import Program
from execgate.model.source import Source, Span
from execgate.model.tool import tool_program
from execgate.model.values import Unknown
from execgate.model.verdict import Decision
from execgate.policy import PolicySet

ALLOW, DENY, ESCALATE = Decision.ALLOW, Decision.DENY, Decision.ESCALATE
CODE = 'can "code_execution" with constraints { allowed_imports: ["stripe"] }\n'


def usd(amount: str) -> Money:
    return Money.parse(amount, "USD")


def agent(payment: str = "", *, grants: str = "", outside: str = "", settings: str = "") -> PolicySet:
    """Return an agent that charges through stripe, with what else its grant of payments says."""
    return PolicySet.parse(
        f'agent "payer" {{ {settings} {CODE} can "payment" with constraints {{\n'
        'allowed_providers: ["stripe"] allowed_payment_operations: ["charge", "refund"]\n'
        f"{payment} }}\n{grants} }}\n{outside}"
    )


def call(amount: object = "5.00", currency: object = "usd", **fields: object) -> Program:
    """Return a program that charges once."""
    known = {"provider": "stripe", "operation": "charge", "recipient": None, **fields}
    place = Span(1, 0, 1, 4)
    paid = PaymentCall(via="stripe.x", location=place, amount=amount, currency=currency, **known)
    return Program(Source("pay()"), (paid,))


def decided(policies: PolicySet, program: Program, **known: object) -> Decision:
    return policies.judge(program, "payer", Context(**known)).decision


# --- zero, unlimited, and what is no amount ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "limit", ["max_amount: 0_usd", "max_amount: unlimited max_amount_per_session: 0_usd"]
)
def test_a_budget_of_zero_is_zero_and_not_unlimited(limit):
    nothing_spent = {"session": Tally()}
    assert decided(agent(limit), call("999999"), spent=nothing_spent) is DENY
    assert decided(agent(limit), call("0.01"), spent=nothing_spent) is DENY
    assert decided(agent(limit.replace("0_usd", "unlimited")), call("999999"), spent=nothing_spent) is ALLOW


def test_a_grant_without_an_amount_moves_nothing():
    assert decided(agent(), call("0.01")) is DENY
    assert decided(agent("max_amount: 0.01_usd"), call("0.01")) is ALLOW


@pytest.mark.parametrize(
    "amount",
    [
        "NaN",
        "sNaN",
        "inf",
        "Infinity",
        "-1",
        "-0",
        "+5",
        "5e0",
        "5,00",
        "\u0665",
        "\uff15",
        "0x5",
        " 5",
        "",
        "1_0",
    ],
)
def test_what_is_no_amount_passes_no_limit_not_even_unlimited(amount):
    assert decided(agent("max_amount: unlimited"), call(amount)) is DENY
    assert decided(agent("max_amount: unlimited"), call("5")) is ALLOW


def test_an_amount_that_is_none_leaves_the_budget_in_force():
    policies = agent("max_amount: unlimited max_amount_per_day: 200_usd")
    first, second = call("NaN").operations[0], call("150").operations[0]
    program = Program(Source("a()\nb()"), (first, second))
    assert decided(policies, program, spent={"day": Tally()}) is DENY
    assert decided(policies, call("150"), spent={"day": Tally((usd("150"),), 1)}) is DENY
    assert decided(policies, call("50"), spent={"day": Tally((usd("150"),), 1)}) is ALLOW


# --- a missing field skips no check -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "field", "value"),
    [
        ('allowed_recipients: ["acct_1"]', "recipient", "acct_1"),
        ('disallowed_recipients: ["acct_9"]', "recipient", "acct_1"),
        ('allowed_customers: ["cus_1"]', "customer", "cus_1"),
        ('disallowed_customers: ["cus_9"]', "customer", "cus_1"),
        ('allowed_currencies: ["usd"]', "currency", "usd"),
        ('disallowed_currencies: ["eur"]', "currency", "usd"),
    ],
)
def test_what_a_payment_does_not_name_is_on_no_list(limit, field, value):
    policies = agent(f"max_amount: unlimited {limit}")
    assert decided(policies, call(**{field: None}), customer="cus_1") is DENY
    assert decided(policies, call(**{field: Unknown("input")}), customer="cus_1") is DENY
    assert decided(policies, call(**{field: value})) is ALLOW


def test_a_currency_without_a_limit_is_no_way_around_one():
    policies = agent("max_amount: 50_usd")
    assert decided(policies, call("49", "btc")) is DENY
    assert decided(policies, call("49", "usdc")) is DENY
    assert decided(policies, call("49", None)) is DENY
    assert decided(policies, call("49", "USD")) is ALLOW


def test_the_customer_of_the_context_pays_for_no_call_that_names_none():
    policies = agent("max_amount: unlimited max_amount_per_customer: 10_usd")
    spent = {"customer": Tally()}
    assert decided(policies, call(), customer="cus_1", spent=spent) is DENY
    assert decided(policies, call(customer="cus_2"), customer="cus_1", spent=spent) is DENY
    assert decided(policies, call(customer="cus_1"), spent=spent) is DENY
    assert decided(policies, call(customer="cus_1"), customer="cus_1", spent=spent) is ALLOW


def test_a_rule_on_what_a_customer_spent_reads_that_of_the_one_who_pays():
    rule = 'rule cap on payment { when spent.customer >= 100_usd deny "enough" }'
    policies = agent("max_amount: unlimited", outside=rule)
    spent = {"customer": Tally((usd("1"),), 1)}
    assert decided(policies, call(customer="cus_2"), customer="cus_1", spent=spent) is DENY
    assert decided(policies, call(), customer="cus_1", spent=spent) is DENY
    assert decided(policies, call(customer="cus_1"), customer="cus_1", spent=spent) is ALLOW


# --- one ledger: what was spent counts, whichever half of it is told ------------------------------------------------


def test_payments_whose_number_nobody_told_are_not_none():
    policies = agent("max_amount: unlimited max_payments_per_day: 20_payments")
    assert decided(policies, call(), spent={"day": Tally((usd("900"),))}) is DENY
    assert decided(policies, call(), spent={"day": Tally((usd("900"),), 19)}) is ALLOW
    assert decided(policies, call(), spent={"day": Tally()}) is ALLOW


def test_payments_whose_amounts_nobody_told_are_not_free():
    policies = agent("max_amount: unlimited max_amount_per_day: 20_usd halt_at: 90%")
    assert decided(policies, call(), spent={"day": Tally((), 12)}) is DENY
    assert decided(policies, call(), spent={"day": Tally((usd("0"),), 12)}) is ALLOW


@pytest.mark.parametrize(
    ("condition", "half", "whole"),
    [
        ("spent.day >= 20_payments", Tally((usd("900"),)), Tally((usd("900"),), 3)),
        ("spent.day >= 20_usd", Tally((), 3), Tally((usd("1"),), 3)),
    ],
)
def test_half_of_a_tally_leaves_a_rule_undecided(condition, half, whole):
    policies = agent("max_amount: unlimited", outside=f'rule cap {{ when {condition} deny "enough" }}')
    assert decided(policies, call(), spent={"day": half}) is DENY
    assert decided(policies, call(), spent={"day": whole}) is ALLOW


def test_of_two_payments_of_one_program_half_of_a_tally_stays_half():
    first = call("1").operations[0]
    second = replace(first, location=Span(2, 0, 2, 4))
    both = Program(Source("a()\nb()"), (first, second))
    counts = agent("max_amount: unlimited max_payments_per_day: 9_payments")
    sums = agent("max_amount: unlimited max_amount_per_day: 9_usd")
    for policies, half in ((counts, Tally((usd("3"),))), (sums, Tally((), 3))):
        verdict = policies.judge(both, "payer", Context(spent={"day": half}))
        assert [ruling.permitted for ruling in verdict.rulings] == [False, False]
        whole = Context(spent={"day": Tally((usd("3"),), 3)})
        assert policies.judge(both, "payer", whole).decision is ALLOW


def test_a_denied_payment_eats_no_budget():
    policies = agent("max_amount: 100_usd max_amount_per_session: 200_usd")
    context = Context(spent={"session": Tally((usd("150"),), 2)})
    assert policies.judge(call("5000"), "payer", context).decision is DENY
    assert policies.judge(call("50"), "payer", context).decision is ALLOW


@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_that_nobody_told_of_denies(scope):
    policies = agent(f"max_amount: unlimited max_amount_per_{scope}: 100_usd")
    assert decided(policies, call(customer="cus_1"), customer="cus_1") is DENY
    assert decided(policies, call(customer="cus_1"), customer="cus_1", spent={scope: Tally()}) is ALLOW


# --- boundaries ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spent", "decision"),
    [
        ("49.99", ALLOW),
        ("50.00", ALLOW),
        ("74.99", ALLOW),
        ("75.00", ESCALATE),
        ("89.99", ESCALATE),
        ("90", DENY),
    ],
)
def test_gates_hold_at_exactly_their_share(spent, decision):
    policies = agent(
        "max_amount: 1_usd max_amount_per_session: 100_usd warn_at: 50% restrict_at: 75% halt_at: 90%"
    )
    context = Context(spent={"session": Tally((usd(spent),), 5)})
    verdict = policies.judge(call("0.01"), "payer", context)
    assert verdict.decision is decision
    assert bool(verdict.all_warnings) is (Decimal(spent) >= 50)


def test_restricted_payments_are_those_of_the_list():
    policies = agent(
        'max_amount: 1_usd max_amount_per_session: 100_usd restrict_at: 75% restricted_payment_operations: ["refund"]'
    )
    spent = {"session": Tally((usd("80"),), 5)}
    assert decided(policies, call("1"), spent=spent) is DENY
    assert decided(policies, call("1", operation="refund"), spent=spent) is ALLOW


def test_approval_is_asked_for_whatever_is_left_of_the_budget():
    policies = agent("max_amount: unlimited approval_above: 0.50_usd max_amount_per_session: 10_usd")
    fresh, used = {"session": Tally()}, {"session": Tally((usd("9.80"),), 3)}
    assert decided(policies, call("0.50"), spent=fresh) is ALLOW
    assert decided(policies, call("0.51"), spent=fresh) is ESCALATE
    assert decided(policies, call("0.51"), spent=used) is DENY


# --- phases, and conditions ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", ["EXPLORE", "DECIDE", "commit", "COMMIT ", "", None])
def test_money_moves_in_one_phase_alone(phase):
    block = "phases { allowed_payment_phase: COMMIT EXPLORE: [DECIDE] DECIDE: [COMMIT] COMMIT: [] }"
    policies = agent("max_amount: unlimited", outside=block)
    assert decided(policies, call(), phase=phase) is DENY
    assert decided(policies, call(), phase="COMMIT") is ALLOW


def test_phases_lead_to_the_next_alone_and_the_last_to_none():
    names = ("EXPLORE", "DECIDE", "COMMIT")
    may = {(old, new) for old in names for new in names if agent().phases.may_move(old, new)}
    assert may == {("EXPLORE", "DECIDE"), ("DECIDE", "COMMIT")}


def test_to_explore_proposes_no_payment_and_to_decide_does():
    rule = 'rule look on tool { when phase == EXPLORE and tool matches "pay_*" deny "only look" }'
    tools = 'can "tool" with constraints { allowed_proposed_tools: ["*"] payment_tools: ["pay_*"] }'
    policies = agent("max_amount: 1_usd", grants=tools, outside=rule)
    proposed = tool_program("pay_invoice", {}, stage="propose")
    assert decided(policies, proposed, phase="EXPLORE") is DENY
    assert decided(policies, proposed, phase="DECIDE") is ALLOW
    assert decided(policies, tool_program("look_up", {}, stage="propose"), phase="EXPLORE") is ALLOW


def test_a_pace_is_kept_to():
    policies = agent(
        "max_amount: 1_usd", outside='rule pace { when spend_velocity >= 3_payments deny "slowly" }'
    )
    assert decided(policies, call("1"), spend_velocity=3) is DENY
    assert decided(policies, call("1")) is DENY
    assert decided(policies, call("1"), spend_velocity=2) is ALLOW


def test_an_argument_of_a_tool_has_a_cap_that_text_and_lists_are_no_way_around():
    tools = 'can "tool" with constraints { allowed_executed_tools: ["refund"] }'
    policies = agent(grants=tools, outside='rule cap { when args.amount > 100 deny "too much" }')
    for amount in (101, 100.01, [5, 500], "101", "5", True, None, {"value": 5}, []):
        assert decided(policies, tool_program("refund", {"amount": amount})) is DENY
    assert decided(policies, tool_program("refund", {})) is DENY
    assert decided(policies, tool_program("refund", {"amount": 100})) is ALLOW
    assert decided(policies, tool_program("refund", {"amount": 99.99})) is ALLOW


def test_a_day_begins_where_its_zone_says_also_when_the_clocks_change():
    outside = 'window work { zone: "Europe/Berlin" hours: "02:30-03:30" }\nrule hours { when time not in work deny "closed" }'
    policies = agent(
        "max_amount: 1_usd", outside=f"{outside}".replace("rule hours {", "rule hours on payment {")
    )

    def at(text: str) -> Decision:
        return decided(policies, call("1"), time=datetime.fromisoformat(text))

    # In spring 02:30 never comes: the window begins with the first moment after, 03:00.
    assert [at(f"2026-03-29T{time}:00+00:00") for time in ("00:59", "01:00", "01:29", "01:30")] == [
        DENY,
        ALLOW,
        ALLOW,
        DENY,
    ]
    # In autumn it comes twice.
    assert [at(f"2026-10-25T{time}:00+00:00") for time in ("00:29", "00:30", "01:00", "01:30")] == [
        DENY,
        ALLOW,
        DENY,
        ALLOW,
    ]


# --- who asks --------------------------------------------------------------------------------------------------------


def test_no_policy_that_asks_for_the_suggester_decides_without_it():
    policies = agent("max_amount: 5_usd", settings="delegation: intersect")
    own = policies.agent("payer")
    assert own.judge(call(), Context(suggester="payer")).decision is ALLOW
    assert own.judge(call(), Context(suggester="other")).decision is DENY
    assert own.judge(call()).decision is DENY
    assert policies.judge(call(), "payer", Context(suggester="payer")).decision is ALLOW


@pytest.mark.parametrize("suggester", ["", " ", "\t", None])
def test_nobody_is_no_suggester_even_where_everybody_has_a_policy(suggester):
    everybody = f'agent "*" {{ {CODE} can "payment" with constraints {{ allowed_providers: ["*"] '
    everybody += 'allowed_payment_operations: ["*"] max_amount: unlimited } }'
    policies = agent("max_amount: 5_usd", settings="delegation: intersect", outside=everybody)
    assert decided(policies, call(), suggester=suggester) is DENY
    assert decided(policies, call(), suggester="somebody") is ALLOW


@pytest.mark.parametrize("suggester", ["Payer", "payer ", "\uff50ayer", "p\u0430yer", "payer\u200b"])
def test_a_name_that_only_looks_like_the_own_is_another(suggester):
    policies = agent("max_amount: 5_usd", settings="delegation: intersect")
    assert decided(policies, call(), suggester=suggester) is DENY
    assert decided(policies, call(), suggester="payer") is ALLOW


def test_authority_to_spend_does_not_leak_through_a_conversation():
    other = f'agent "reader" {{ {CODE} }}'
    policies = agent("max_amount: 5_usd", settings="delegation: intersect", outside=other)
    verdict = policies.judge(call(), "payer", Context(suggester="reader"))
    assert verdict.decision is DENY
    assert "suggester `reader`" in verdict.all_violations[0].message
    assert policies.judge(call(), "reader", Context(suggester="payer")).decision is DENY


# --- the state that it is decided in -------------------------------------------------------------------------------


class Equal(str):
    """A text that is equal to every other."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return hash("COMMIT")


def test_a_text_is_equal_to_itself_alone_whatever_its_class_says():
    block = "phases { allowed_payment_phase: COMMIT EXPLORE: [COMMIT] COMMIT: [] }"
    policies = agent("max_amount: unlimited", outside=block)
    assert decided(policies, call(), phase=Equal("EXPLORE")) is DENY
    assert decided(policies, call(), phase=Equal("COMMIT")) is ALLOW


@pytest.mark.parametrize(
    "fields",
    [
        {"cost": "0.10 USD"},
        {"cost": Decimal("0.10")},
        {"cost": 0},
        {"budget_ratio": 0.5},
        {"budget_ratio": "0.5"},
        {"budget_ratio": Fraction(1, 2)},
        {"phase": b"COMMIT"},
        {"customer": 1},
        {"suggester": ["payer"]},
        {"group": object()},
        {"time": "2026-03-01T09:00:00+01:00"},
        {"time": datetime(2026, 3, 1, 9)},  # noqa: DTZ001 - that is the point
        {"time": datetime(2026, 3, 1, 9, tzinfo=timezone.utc).date()},
        {"spent": [("day", Tally())]},
        {"spent": {"day": Decimal(0)}},
        {"spent": {"day": "0 USD"}},
        {"spent": {"Day": Tally()}},
        {"turn": 1.0},
        {"spend_velocity": "0"},
    ],
)
def test_a_state_of_the_wrong_type_is_refused(fields):
    with pytest.raises(ValueError, match=r" is a | needs its zone|no scope of spending|is a whole number"):
        Context(**fields)


@pytest.mark.parametrize("amounts", [(Decimal(1),), ("1 USD",), "1 USD", (None,)])
def test_what_was_spent_is_money(amounts):
    with pytest.raises(ValueError, match="what was spent is a tuple of Money"):
        Tally(amounts)


@pytest.mark.parametrize(
    "ratio",
    ["NaN", "sNaN", "Infinity", "-1", "+0.5", "0_5", "\u0660.\u0665", "\uff10", " 0.5", "", True, 0.5],
)
def test_a_share_is_written_in_plain_digits(ratio):
    with pytest.raises(ValueError, match=r"budget.ratio"):
        Context.from_json({"budget_ratio": ratio})
    assert Context.from_json({"budget_ratio": "5E-1"}) == Context(budget_ratio=Decimal("0.5"))


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01",
        "20260301T090000+0100",
        "2026-W09-7T09:00:00+01:00",
        "2026-03-01T09+01:00",
        "2026-03-01T09:00:00,5+01:00",
        "2026-03-01T09:00.5+01:00",
        "2026-03-01T09:00:00",
        "2026-03-01T09:00:00+01",
        "2026-03-01t09:00:00+01:00",
        "\uff12026-03-01T09:00:00+01:00",
        "2026-02-30T09:00:00+01:00",
        "",
    ],
)
def test_a_time_is_written_as_every_version_reads_it(text):
    with pytest.raises(ValueError, match="time"):
        Context.from_json({"time": text})


def test_a_time_is_read_to_the_microsecond():
    moment = datetime(2026, 3, 1, 9, 0, 0, 500000, tzinfo=timezone(timedelta(hours=1)))
    for text in ("2026-03-01T09:00:00.5+01:00", "2026-03-01 08:00:00.500000Z"):
        assert Context.from_json({"time": text}).time == moment
    assert Context.from_json({"time": "2026-03-01T08:00z"}).time == moment.replace(microsecond=0)


# --- code and tools ------------------------------------------------------------------------------------------------


def test_code_that_pays_keeps_to_the_limits_with_code_execution_on(tmp_path):
    gate = Gate(agent("max_amount: 5_usd"), home=tmp_path)
    code = "import stripe\nstripe.PaymentIntent.create(amount={}, currency='{}')\n"
    assert gate.analyze(code.format(500, "usd"), agent="payer").decision is ALLOW
    assert gate.analyze(code.format(501, "usd"), agent="payer").decision is DENY
    assert gate.analyze(code.format(-500, "usd"), agent="payer").decision is DENY
    assert gate.analyze(code.format(5, "jpy"), agent="payer").decision is DENY
    assert gate.analyze(code.format("int(input())", "usd"), agent="payer").decision is DENY


def test_a_tool_that_pays_has_a_cost_or_is_denied(tmp_path):
    tools = 'can "tool" with constraints { allowed_executed_tools: ["*"] payment_tools: ["pay_*"] }'
    gate = Gate(agent("max_amount: 5_usd", grants=tools), home=tmp_path)
    judge = gate.judge_tool
    assert judge("pay_invoice", {"amount": 1}, agent="payer").decision is DENY
    assert judge("pay_invoice", {}, agent="payer", context=Context(cost=usd("5.01"))).decision is DENY
    assert judge("pay_invoice", {}, agent="payer", context=Context(cost=usd("5"))).decision is ALLOW
    assert judge("send_mail", {}, agent="payer", context=Context(cost=usd("5.01"))).decision is DENY
    assert judge("send_mail", {}, agent="payer").decision is ALLOW


def test_each_call_is_judged_anew_and_the_same_state_gives_the_same_verdict():
    policies = agent("max_amount: unlimited max_amount_per_session: 2000_usd")
    passed = 0
    for _ in range(5):
        context = Context(spent={"session": Tally((usd(f"{1000 * passed}"),) if passed else (), passed)})
        verdict = policies.judge(call("1000"), "payer", context)
        assert verdict == policies.judge(call("1000"), "payer", Context.from_json(context.to_json()))
        passed += verdict.allowed
    assert passed == 2


@pytest.mark.parametrize("approves", [True, False])
def test_what_a_rule_restricts_says_whether_somebody_can_approve(approves):
    listed = "" if approves else ' { restricted_payment_operations: ["refund"] max_amount: 1_usd }'
    rule = f'rule late {{ when phase == DECIDE restrict "not yet"{listed} }}'
    verdict = agent("max_amount: unlimited", outside=rule).judge(call(), "payer", Context(phase="DECIDE"))
    assert verdict.decision is (ESCALATE if approves else DENY)
    (violation,) = verdict.all_violations
    assert violation.message.startswith(f"agent `payer` {'needs approval to' if approves else 'may not'} ")
