"""Tools are judged by what is done with them; those that are payments keep to the spending, too."""

from __future__ import annotations

import pytest

from execgate.model.context import Context
from execgate.model.operation import ModuleImport
from execgate.policy import PolicySet
from execgate.policy.constraints import CONSTRAINTS, ListConstraint
from execgate.policy.constraints.tools import payment_test

from .conftest import AT, judged, payment, policy, tool

TOOLS = 'allowed_proposed_tools: ["search"] allowed_executed_tools: ["search", "pay_*"]'
PAYING = f'{TOOLS} payment_tools: ["pay_*"]'
SPENDING = "max_amount: 10.00_usd"


def broken(verdict) -> list[tuple[str, str | None]]:
    return [(violation.constraint, violation.help) for violation in verdict.all_violations]


def test_an_agent_without_the_grant_uses_no_tool() -> None:
    verdict = judged(policy(), tool("search"))
    assert not verdict.allowed
    assert verdict.all_violations[0].constraint == "tool"


def test_a_tool_needs_no_right_to_run_code() -> None:
    text = f'agent "a" {{ can "tool" with constraints {{ {TOOLS} }} }}'
    assert judged(PolicySet.parse(text).agent("a"), tool("search")).allowed


@pytest.mark.parametrize(
    ("stage", "name", "allowed"),
    [
        ("propose", "search", True),
        ("execute", "search", True),
        ("execute", "pay_now", True),
        ("propose", "pay_now", False),
        ("execute", "Search", False),
        ("execute", "search2", False),
        ("execute", "", False),
    ],
)
def test_a_tool_is_judged_by_its_stage_and_name(stage, name, allowed) -> None:
    assert judged(policy(tool=TOOLS), tool(name, stage)).allowed is allowed


def test_a_tool_that_is_not_listed_is_named_in_the_help() -> None:
    assert broken(judged(policy(tool=TOOLS), tool("mail"))) == [
        ("allowed_executed_tools", 'to permit this, add "mail" to allowed_executed_tools')
    ]
    assert broken(judged(policy(tool=TOOLS), tool("ma*l"))) == [("allowed_executed_tools", None)]


def test_the_more_specific_of_two_tools_wins_and_a_tie_denies() -> None:
    both = policy(tool='allowed_executed_tools: ["*", "pay_now"] disallowed_executed_tools: ["pay_*"]')
    assert judged(both, tool("pay_now")).allowed
    assert not judged(both, tool("pay_later")).allowed
    tie = policy(tool='allowed_executed_tools: ["pay_*"] disallowed_executed_tools: ["pay_*"]')
    assert not judged(tie, tool("pay_now")).allowed


def test_a_tool_that_is_a_payment_needs_the_grant_of_payments() -> None:
    verdict = judged(policy(tool=PAYING), tool("pay_now"), {"cost": "1 USD"})
    assert [name for name, _ in broken(verdict)] == ["payment"]
    assert judged(policy(SPENDING, PAYING), tool("pay_now"), {"cost": "1 USD"}).allowed
    assert judged(policy(tool=PAYING), tool("search")).allowed


@pytest.mark.parametrize(
    ("spending", "context", "allowed"),
    [
        (SPENDING, {"cost": "10.00 USD"}, True),
        (SPENDING, {"cost": "10.01 USD"}, False),
        (SPENDING, {"cost": "1 EUR"}, False),
        (SPENDING, {}, False),
        ("max_amount: unlimited", {}, True),
        ("", {"cost": "1 USD"}, False),
        (f"{SPENDING} max_amount_per_day: 20_usd", {"cost": "1 USD", "spent": {"day": "19 USD"}}, True),
        (f"{SPENDING} max_amount_per_day: 20_usd", {"cost": "1.01 USD", "spent": {"day": "19 USD"}}, False),
        (f'{SPENDING} allowed_currencies: ["usd"]', {"cost": "1 USD"}, True),
        (f'{SPENDING} disallowed_currencies: ["usd"]', {"cost": "1 USD"}, False),
        (f'{SPENDING} allowed_customers: ["cus_1"]', {"cost": "1 USD", "customer": "cus_1"}, True),
        (f'{SPENDING} allowed_customers: ["cus_1"]', {"cost": "1 USD", "customer": "cus_2"}, False),
        (f'{SPENDING} allowed_customers: ["cus_1"]', {"cost": "1 USD"}, False),
        (f'{SPENDING} allowed_recipients: ["*"]', {"cost": "1 USD"}, False),
        (f'{SPENDING} allowed_providers: ["stripe"]', {"cost": "1 USD"}, True),
        (f"{SPENDING} halt_at: 90%", {"cost": "1 USD", "budget_ratio": "0.9"}, False),
        (f"{SPENDING} halt_at: 90%", {"cost": "1 USD", "budget_ratio": "0.89"}, True),
    ],
)
def test_a_tool_that_is_a_payment_keeps_to_the_spending(spending, context, allowed) -> None:
    assert judged(policy(spending, PAYING), tool("pay_now"), context).allowed is allowed


def test_a_restricted_tool_is_no_operation_that_a_list_could_name() -> None:
    context = {"cost": "1 USD", "budget_ratio": "0.8"}
    gated = policy(f"{SPENDING} restrict_at: 75%", PAYING)
    assert judged(gated, tool("pay_now"), context).decision.value == "ESCALATE"
    listed = policy(f'{SPENDING} restrict_at: 75% restricted_payment_operations: ["*"]', PAYING)
    verdict = judged(listed, tool("pay_now"), context)
    assert broken(verdict) == [("restricted_payment_operations", None)]


def test_what_costs_something_is_a_payment_and_what_costs_nothing_is_none() -> None:
    assert not judged(policy(tool=TOOLS), tool("search"), {"cost": "0.05 USD"}).allowed
    assert judged(policy(SPENDING, TOOLS), tool("search"), {"cost": "0.05 USD"}).allowed
    assert judged(policy(tool=TOOLS), tool("search"), {"cost": "0.00 USD"}).allowed


def test_to_propose_a_payment_is_not_to_pay() -> None:
    proposing = policy(tool='allowed_proposed_tools: ["pay_*"] payment_tools: ["pay_*"]')
    assert judged(proposing, tool("pay_now", "propose"), {"cost": "99 USD"}).allowed


def test_the_message_has_the_cost() -> None:
    verdict = judged(policy(SPENDING, PAYING), tool("pay_now"), {"cost": "10.01 USD"})
    assert verdict.all_violations[0].message == (
        "agent `a` may not execute the tool `pay_now` for 10.01 USD: 10.01 USD of at most 10.00 USD"
    )


def test_a_payment_in_code_is_no_tool() -> None:
    assert not judged(policy(tool=PAYING), payment()).allowed


@pytest.mark.parametrize(
    ("operation", "context", "listed", "expected"),
    [
        (payment(None), {}, False, True),
        (tool("pay_now"), {}, True, True),
        (tool("pay_now"), {}, False, False),
        (tool("search"), {}, True, False),
        (tool("search"), {"cost": "0.01 USD"}, False, True),
        (tool("search"), {"cost": "0 USD"}, False, False),
        (tool("pay_now", "propose"), {"cost": "1 USD"}, True, False),
        (ModuleImport(module="stripe", **AT), {"cost": "1 USD"}, True, False),
    ],
)
def test_what_a_payment_is(operation, context, listed, expected) -> None:
    tools = policy(tool=PAYING).grants["tool"].lists["payment_tools"] if listed else None
    assert payment_test(tools)(operation, Context.from_json(context)) is expected


def test_a_further_entry_narrows_what_denies_and_what_counts_as_payment() -> None:
    narrowing = {name for name, one in CONSTRAINTS.items() if isinstance(one, ListConstraint) and one.narrows}
    assert narrowing == {name for name in CONSTRAINTS if name.startswith("disallowed_")} | {"payment_tools"}


@pytest.mark.parametrize(("cost", "allowed"), [("1 USD", True), ("1 EUR", False), (None, False)])
def test_a_tool_that_is_a_payment_names_a_currency_where_a_list_asks_for_it(cost, allowed) -> None:
    agent = policy('max_amount: unlimited allowed_currencies: ["usd"]', PAYING)
    verdict = judged(agent, tool("pay_rent"), {} if cost is None else {"cost": cost})
    assert verdict.allowed is allowed
    assert [one.constraint for one in verdict.all_violations] == ([] if allowed else ["allowed_currencies"])
