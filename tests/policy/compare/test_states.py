"""Payments, tools, rules, phases and delegation: examples with the state that they are judged in."""

from __future__ import annotations

from typing import Any

import pytest

from execgate.policy import PolicySet
from execgate.policy.compare import agents, states
from execgate.policy.compare.agents import compare
from execgate.policy.compare.changes import Change
from execgate.policy.search import TooMuchWorkError

PAY = 'allowed_providers: ["stripe"] allowed_payment_operations: ["charge"] max_amount: 10_usd '


def policies(
    *outside: str, code: str | None = "", pay: str | None = None, tool: str | None = None, settings: str = ""
):
    grants = [
        f'can "{capability}" with constraints {{ {body} }}'
        for capability, body in (("code_execution", code), ("payment", pay), ("tool", tool))
        if body is not None
    ]
    return PolicySet.parse("\n".join([f'agent "a" {{ {settings} {" ".join(grants)} }}', *outside]))


def permitted(old: PolicySet, new: PolicySet) -> list[Change]:
    return [change for agent in compare(old, new).agents for change in agent.permitted]


def shown(change: Change) -> tuple[Any, ...]:
    """Return the constraint, and of the example what it is about."""
    if change.case is None:
        return change.constraint, change.value
    about: list[Any] = []
    for call in change.case.operations:
        about += [
            getattr(call, name, None)
            for name in ("amount", "currency", "recipient", "customer", "tool", "operation")
        ]
    assert change.decisions is not None
    return (
        change.constraint,
        [one for one in about if one is not None],
        change.case.context.to_json(),
        "-".join(decision.value for decision in change.decisions),
    )


def spent(**tally: Any) -> dict[str, Any]:
    amounts = {"USD": "0.00"} if tally.get("payments") else {}
    return {
        "spent": {
            "day": {
                "amounts": amounts,
                "payments": int(tally.get("amounts", {}).get("USD", "0.00") != "0.00"),
                **tally,
            }
        }
    }


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            PAY,
            PAY.replace("10_usd", "20_usd"),
            [("max_amount", ["10.01", "USD", "charge"], {}, "DENY-ALLOW")],
        ),
        (
            PAY,
            PAY.replace("10_usd", "unlimited"),
            [("max_amount", ["10.01", "USD", "charge"], {}, "DENY-ALLOW")],
        ),
        (PAY.replace("10_usd", "unlimited"), PAY, []),
        (
            PAY,
            PAY.replace("10_usd", "[10_usd, 1_jpy]"),
            [("max_amount", ["1", "JPY", "charge"], {}, "DENY-ALLOW")],
        ),
        (
            PAY.replace("max_amount: 10_usd", ""),
            PAY,
            [("max_amount", ["0.01", "USD", "charge"], {}, "DENY-ALLOW")],
        ),
        (PAY, PAY.replace("max_amount: 10_usd", ""), []),
        (
            PAY + "max_amount_per_day: 15_usd",
            PAY + "max_amount_per_day: 16_usd",
            [
                (
                    "max_amount_per_day",
                    ["0.01", "USD", "charge"],
                    spent(amounts={"USD": "15.00"}),
                    "DENY-ALLOW",
                )
            ],
        ),
        (
            PAY + "max_payments_per_day: 3_payments",
            PAY + "max_payments_per_day: 4_payments",
            [("max_payments_per_day", ["0.01", "USD", "charge"], spent(payments=3), "DENY-ALLOW")],
        ),
        (
            PAY + "max_payments_per_day: 0_payments",
            PAY,
            [("max_payments_per_day", ["0.01", "USD", "charge"], spent(), "DENY-ALLOW")],
        ),
        (
            PAY + "approval_above: 1_usd",
            PAY + "approval_above: 2_usd",
            [("approval_above", ["1.01", "USD", "charge"], {}, "ESCALATE-ALLOW")],
        ),
        (
            PAY + "halt_at: 80%",
            PAY + "halt_at: 90%",
            [("halt_at", ["0.01", "USD", "charge"], {"budget_ratio": "0.80"}, "DENY-ALLOW")],
        ),
        (PAY + "halt_at: 90%", PAY + "halt_at: 80% compensation_timeout: 9_s", []),
        (PAY + "compensation_timeout: 1_s", PAY + "compensation_timeout: 9_s", []),
        (
            PAY + "restrict_at: 75%",
            PAY + 'restrict_at: 75% restricted_payment_operations: ["charge"]',
            [
                (
                    "restricted_payment_operations",
                    ["0.01", "USD", "charge"],
                    {"budget_ratio": "0.75"},
                    "ESCALATE-ALLOW",
                )
            ],
        ),
        (
            PAY + 'restrict_at: 75% restricted_payment_operations: ["charge"]',
            PAY + "restrict_at: 75%",
            [],
        ),
        (
            PAY + 'restrict_at: 75% restricted_payment_operations: ["charge"]',
            PAY + 'restrict_at: 75% restricted_payment_operations: ["charge", "charge"]',
            [],
        ),
        (
            PAY + 'allowed_recipients: ["acct_1"] allowed_customers: ["cus_1"]',
            PAY + 'allowed_recipients: ["acct_*"] allowed_customers: ["cus_1"]',
            [
                (
                    "allowed_recipients",
                    ["0.01", "USD", "acct_", "cus_1", "charge"],
                    {"customer": "cus_1"},
                    "DENY-ALLOW",
                )
            ],
        ),
        (
            PAY + 'allowed_currencies: ["eur"]',
            PAY + 'allowed_currencies: ["*"]',
            [("allowed_currencies", ["0.01", "USD", "charge"], {}, "DENY-ALLOW")],
        ),
        (
            PAY.replace('"charge"', ""),
            PAY.replace('"charge"', '"void"'),
            [("allowed_payment_operations", ["void"], {}, "DENY-ALLOW")],
        ),
        (
            PAY + "max_amount_per_day: 0_usd",
            PAY + "max_amount_per_day: 1_usd",
            [("max_amount_per_day", ["0.01", "USD", "charge"], spent(amounts={"USD": "0.00"}), "DENY-ALLOW")],
        ),
        # Of two limits the other one still denies whatever the larger one would permit.
        (
            PAY + "max_amount_per_session: 5_usd max_payments_per_session: 0_payments",
            PAY + "max_amount_per_session: 6_usd max_payments_per_session: 0_payments",
            [],
        ),
        (
            PAY + "max_payments_per_day: 0_payments halt_at: 80%",
            PAY + "max_payments_per_day: 0_payments halt_at: 90%",
            [],
        ),
        # Nothing is permitted at all, whatever else grows.
        (
            'allowed_providers: ["stripe"] halt_at: 80% max_amount_per_day: 0_usd max_payments_per_day: 0_payments',
            'allowed_providers: ["stripe"] halt_at: 90% max_amount_per_day: 1_usd max_payments_per_day: 1_payments',
            [],
        ),
        (
            PAY.replace("10_usd", "unlimited") + 'allowed_currencies: ["usd"]',
            PAY.replace("10_usd", "unlimited") + f'allowed_currencies: ["usd", "0x{"a" * 40}"]',
            [("allowed_currencies", ["0.01", f"0x{'a' * 40}", "charge"], {}, "DENY-ALLOW")],
        ),
        (
            PAY.replace("10_usd", "unlimited") + 'allowed_currencies: ["*"]',
            PAY.replace("10_usd", "unlimited"),
            [("allowed_currencies", ["charge"], {}, "DENY-ALLOW")],
        ),
        (
            PAY.replace("10_usd", "unlimited") + 'allowed_currencies: ["usd"]',
            PAY.replace("10_usd", "unlimited") + 'allowed_currencies: ["usd", "zzzz"]',
            [("allowed_currencies", ["0.01", "ZZZZ", "charge"], {}, "DENY-ALLOW")],
        ),
        (None, PAY, [("payment", ["0.01", "USD", "charge"], {}, "DENY-ALLOW")]),
        (None, "", []),
        (PAY, None, []),
    ],
)
def test_payments(old, new, expected) -> None:
    found = permitted(policies(pay=old), policies(pay=new))
    assert [shown(change) for change in found] == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            {"tool": 'allowed_executed_tools: ["a*"]'},
            {"tool": 'allowed_executed_tools: ["*"] allowed_proposed_tools: ["b"]'},
            [
                ("allowed_proposed_tools", ["b"], {}, "DENY-ALLOW"),
                ("allowed_executed_tools", ["x"], {}, "DENY-ALLOW"),
            ],
        ),
        (
            {},
            {"tool": 'allowed_executed_tools: ["b"]'},
            [("allowed_executed_tools", ["b"], {}, "DENY-ALLOW")],
        ),
        (
            {"tool": 'allowed_executed_tools: ["*"] payment_tools: ["pay_*", "buy"]'},
            {"tool": 'allowed_executed_tools: ["*"] payment_tools: ["buy"]'},
            [("payment_tools", ["pay_"], {}, "DENY-ALLOW")],
        ),
        (
            {"tool": 'allowed_executed_tools: ["*"] payment_tools: ["buy"]'},
            {"tool": 'allowed_executed_tools: ["*"]'},
            [("payment_tools", ["buy"], {}, "DENY-ALLOW")],
        ),
        (
            {"code": None, "pay": PAY, "tool": 'allowed_executed_tools: ["buy"]'},
            {"code": None, "pay": PAY.replace("10", "20"), "tool": 'allowed_executed_tools: ["buy"]'},
            [("max_amount", ["buy"], {"cost": "10.01 USD"}, "DENY-ALLOW")],
        ),
        (
            {"code": None, "pay": PAY + 'allowed_customers: ["c"]', "tool": 'payment_tools: ["buy"]'},
            {
                "code": None,
                "pay": PAY + 'allowed_customers: ["c"]',
                "tool": 'payment_tools: ["buy"] allowed_executed_tools: ["buy"]',
            },
            [("allowed_executed_tools", ["buy"], {"customer": "c", "cost": "0.01 USD"}, "DENY-ALLOW")],
        ),
    ],
)
def test_tools(old, new, expected) -> None:
    found = permitted(policies(**old), policies(**new))
    assert [shown(change) for change in found] == expected


WINDOW = 'window open { zone: "Europe/Berlin" days: ["monday"] hours: "09:00-17:00" }'
ONCE = 'window open { zone: "UTC" from: "2026-05-01T10:00" until: "2026-05-01T12:00" }'
CODE = 'allowed_imports: ["os"] allowed_hosts: ["*"] allowed_file_operations: ["read"]'
ALL = {"code": CODE, "pay": PAY, "tool": 'allowed_executed_tools: ["*"]'}


def rule(condition: str, action: str = 'deny "no"', on: str = "", name: str = "r") -> str:
    return f"rule {name} {on} {{ when {condition} {action} }}"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([rule("phase != COMMIT")], [], [("rule r", ["0.01", "USD", "charge"], {}, "DENY-ALLOW")]),
        ([], [rule("phase != COMMIT")], []),
        ([rule("phase != COMMIT")], [rule("phase != COMMIT", 'deny "other words"', name="q")], []),
        # What warns denies where it can't be decided.
        ([rule("turn > 5", 'warn "w"', on="on module_import")], [], [("rule r", [], {}, "DENY-ALLOW")]),
        (
            [rule("turn > 5", 'warn "w"', on="on module_import")],
            [rule("turn > 7", 'warn "w"', on="on module_import")],
            [],
        ),
        ([rule("true", 'warn "w"')], [], []),
        ([rule("cost > 5_usd")], [rule("cost > 4_usd")], []),
        ([rule("cost > 5_usd", 'escalate "e"')], [rule("cost > 4_usd")], []),
        (
            [rule("cost > 4_usd")],
            [rule("cost > 5_usd")],
            [("rule r", ["4.01", "USD", "charge"], {}, "DENY-ALLOW")],
        ),
        (
            [rule("cost > 4_usd")],
            [rule("cost > 4_usd", 'escalate "e"')],
            [("rule r", ["4.01", "USD", "charge"], {}, "DENY-ESCALATE")],
        ),
        (
            [rule("budget_ratio >= 90%")],
            [rule("budget_ratio >= 95%")],
            [("rule r", ["0.01", "USD", "charge"], {"budget_ratio": "0.9"}, "DENY-ALLOW")],
        ),
        ([rule("budget_ratio >= 90% or turn > 3")], [rule("turn > 2 or budget_ratio >= 90%")], []),
        (
            [rule('not (group == "lab")', on="on module_import")],
            [rule('group in ["shop"]', on="on module_import")],
            [("rule r", [], {"group": "a"}, "DENY-ALLOW")],
        ),
        (
            [rule('suggester == "bob"', on="on module_import")],
            [rule('suggester == "al"', on="on module_import")],
            [("rule r", [], {"suggester": "bob"}, "DENY-ALLOW")],
        ),
        (
            [rule("not (time in open)", on="on module_import"), WINDOW],
            [rule("not (time in open)", on="on module_import"), WINDOW.replace("17", "18")],
            [("rule r", [], {"time": "2026-03-02T17:00:00+01:00"}, "DENY-ALLOW")],
        ),
        (
            [rule("time in open", on="on module_import"), ONCE],
            [],
            [("rule r", [], {}, "DENY-ALLOW")],
        ),
        (
            [rule("spent.day > 5_usd or spent.day >= 3_payments")],
            [rule("spent.day > 5_usd or spent.day >= 4_payments")],
            [("rule r", ["0.01", "USD", "charge"], spent(payments=3), "DENY-ALLOW")],
        ),
        ([rule("spent.day > 5_usd")], [rule("spent.day > 4_usd")], []),
        ([rule("budget_ratio >= 0.5%")], [rule("budget_ratio >= 0.4%")], []),
        ([rule("resolved == true", on="on module_import")], [], [("rule r", [], {}, "DENY-ALLOW")]),
        ([rule("port == 443 and has port")], [], [("rule r", [], {}, "DENY-ALLOW")]),
        ([rule("has port and port == 443")], [], [("rule r", [], {}, "DENY-ALLOW")]),
        ([rule("cost > 4_usd", on="on tool_call")], [], [("rule r", ["x"], {}, "DENY-ALLOW")]),
        ([rule('destination matches "*.evil.com"')], [], [("rule r", [], {}, "DENY-ALLOW")]),
        ([rule("port == 8080", on="on network_call")], [], [("rule r", [], {}, "DENY-ALLOW")]),
        ([rule('has args.to.name and args.to.name == "x"')], [], [("rule r", ["x"], {}, "DENY-ALLOW")]),
        ([rule("has args.sum and args.sum > 5")], [], [("rule r", ["x"], {}, "DENY-ALLOW")]),
        (
            [rule("true", 'restrict "r" { allowed_hosts: ["a.com"] }', on="on network_call")],
            [rule("true", 'restrict "r" { allowed_hosts: ["b.com"] }', on="on network_call")],
            [("rule r", [], {}, "DENY-ALLOW")],
        ),
        (
            [rule("true", 'restrict "r" { allowed_hosts: ["a.com"] }', on="on network_call")],
            [rule("not false", 'restrict "r" { allowed_hosts: ["a.com"] }', on="on network_call")],
            [],
        ),
        (
            [rule('via matches "odd.*.thing"', on="on module_import")],
            [rule('via matches "odd.*.thin*"', on="on module_import")],
            [("rule r", None)],
        ),
        (
            ["phases { allowed_payment_phase: COMMIT EXPLORE: [DECIDE] DECIDE: [COMMIT] COMMIT: [] }"],
            ["phases { allowed_payment_phase: DECIDE EXPLORE: [DECIDE] DECIDE: [COMMIT] COMMIT: [EXPLORE] }"],
            [
                ("allowed_payment_phase", ["0.01", "USD", "charge"], {"phase": "DECIDE"}, "DENY-ALLOW"),
                ("phases", "the move from COMMIT to EXPLORE"),
            ],
        ),
    ],
)
def test_rules(old, new, expected) -> None:
    found = permitted(policies(*old, **ALL), policies(*new, **ALL))
    assert [shown(change) for change in found] == expected


def test_an_example_of_a_list_is_one_that_the_rules_permit_too() -> None:
    asks = rule("phase != COMMIT")
    found = permitted(
        policies(asks, pay=PAY), policies(asks, pay=PAY.replace('"stripe"', '"stripe", "paypal"'))
    )
    assert [shown(change) for change in found] == [
        ("allowed_providers", ["0.01", "USD", "charge"], {"phase": "COMMIT"}, "DENY-ALLOW")
    ]


def test_what_the_rules_never_permit_is_told_without_an_example() -> None:
    never = rule("true", on="on module_import, payment")
    old, new = (
        policies(never, code='allowed_imports: ["os"]', pay=PAY),
        policies(never, pay=PAY.replace("10", "20")),
    )
    found = permitted(old, new)
    assert [shown(change) for change in found] == [("allowed_imports", None), ("max_amount", None)]
    assert all("no example was found, and it may permit more" in change.why for change in found)
    (denied,) = [c for c in compare(new, old).agents[0].denied if c.constraint == "max_amount"]
    assert denied.why.endswith("it may deny more")


def test_delegation_that_asks_nobody_permits_more() -> None:
    asks, asks_nobody = policies(settings="delegation: intersect"), policies()
    assert [shown(one) for one in permitted(asks, asks_nobody)] == [("delegation", [], {}, "DENY-ALLOW")]
    assert permitted(asks_nobody, asks) == []


def test_the_same_payment_tools_are_no_change_whatever_rules_there_are() -> None:
    asks, tool = rule("phase != COMMIT"), 'allowed_executed_tools: ["*"] payment_tools: ["buy"]'
    assert (
        permitted(policies(asks, tool=tool), policies(asks, tool=tool, code="disallowed_imports: []")) == []
    )


def test_who_may_do_nothing_is_permitted_no_more() -> None:
    asks, asks_nobody = policies(code=None, settings="delegation: intersect"), policies(code=None)
    assert permitted(asks, asks_nobody) == []
    asks = policies(code=None, pay=PAY, settings="delegation: intersect")
    assert permitted(asks, policies(code=None, pay=PAY)) == []
    less, more = (policies(code=None, pay=PAY.replace("10", most)) for most in ("10", "20"))
    assert permitted(less, more) == []


def test_a_tool_that_rules_never_permit_is_told_without_an_example() -> None:
    never = rule("true", on="on tool")
    old, new = policies(never, tool=""), policies(never, tool='allowed_proposed_tools: ["x"]')
    assert [shown(one) for one in permitted(old, new)] == [("allowed_proposed_tools", None)]


@pytest.mark.parametrize("name", ["rules", "payment"])
def test_what_takes_too_much_work_is_told_by_its_room(monkeypatch, name) -> None:
    def fails(_self: object) -> Any:
        raise TooMuchWorkError

    kind = agents.Rules if name == "rules" else agents.Spending
    monkeypatch.setattr(kind, "changes", fails)
    (agent,) = compare(policies(), policies(code='allowed_packages: ["x"]')).agents
    assert agent.unfinished == (name,)


def test_an_example_under_delegation_is_suggested_by_the_agent_itself() -> None:
    old = policies(code="allowed_imports: []", settings="delegation: intersect")
    new = policies(code='allowed_imports: ["os"]', settings="delegation: intersect")
    assert [shown(one) for one in permitted(old, new)] == [
        ("allowed_imports", [], {"suggester": "a"}, "DENY-ALLOW")
    ]


def test_states_that_are_too_many_are_not_taken_for_all(monkeypatch) -> None:
    monkeypatch.setattr(states, "_MOST_STATES", 2)
    old, new = (policies(rule(f"cost > {most}_usd"), pay=PAY) for most in (5, 4))
    assert [shown(one) for one in permitted(old, new)] == [("rule r", None)]


def test_a_rule_over_arguments_is_tried_on_tools_alone() -> None:
    old = PolicySet.parse(
        """rule r on all { when args.to == "a" or agent == "b" deny "m" }
        agent "a" { can "code_execution" can "tool" with constraints { allowed_executed_tools: ["t"] } }"""
    )
    new = PolicySet.parse(old.agent("a").canonical.replace("deny", "warn"))
    (agent,) = compare(old, new).agents
    assert [one.case.action for one in agent.permitted if one.case] == ["tool_call"]
    assert [one.constraint for one in agent.permitted] == ["rule r"]


JOINED = """agent "a" {
  can "code_execution" with constraints {
    allowed_file_operations: ["write"]
    allowed_file_paths: ["/data", "/workspace"]
    rule stay on file_operation { when %s deny "kept" }
  }
}
"""


@pytest.mark.parametrize(
    ("condition", "shown"),
    [
        ('paths matches "/data"', ("/workspace",)),
        ("true", None),
    ],
)
def test_where_a_rule_stands_against_the_first_path_another_is_shown(condition, shown):
    found = compare(PolicySet.parse('agent "b" { }'), PolicySet.parse(JOINED % condition), "a")
    (written,) = (one for one in found.agents[0].permitted if one.constraint == "allowed_file_operations")
    assert (written.case and written.case.operations[0].paths) == shown
