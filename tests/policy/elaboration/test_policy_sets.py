"""What the files of a policy set say together."""

from __future__ import annotations

import pytest

from execgate.model.operation import ModuleImport, PaymentCall, ToolCall
from execgate.model.program import Program
from execgate.model.source import Source, Span
from execgate.model.verdict import Decision
from execgate.policy import PolicySet

BASE = {"via": "x", "location": Span(1, 0, 1, 1)}
TOOL = ToolCall(stage="execute", tool="search", **BASE)
IMPORT = ModuleImport(module="math", **BASE)
PAYMENT = PaymentCall(provider="stripe", operation="charge", amount="1.00", currency="USD", **BASE)

PAYING = """
can "payment" with constraints {
  allowed_providers: ["stripe"] allowed_payment_operations: ["charge"] max_amount: 5.00_usd
}
"""


def judge(body: str, *operations, action: str = "code_execution"):
    policies = PolicySet.parse(f'agent "a" {{ {body} }}')
    return policies.judge(Program(Source(""), operations, action=action), "a")


def test_what_is_done_takes_its_capability() -> None:
    tool = 'can "tool" with constraints { allowed_executed_tools: ["search"] }'
    assert judge(tool, TOOL, action="tool_call").decision is Decision.ALLOW
    assert judge('can "code_execution"', IMPORT).decision is Decision.ALLOW
    verdict = judge(tool, IMPORT)
    assert [one.constraint for one in verdict.all_violations] == ["code_execution"]
    verdict = judge('can "code_execution"', TOOL, action="tool_call")
    (violation,) = verdict.all_violations
    assert (violation.constraint, violation.message) == (
        "tool",
        'agent `a` may not call tools: it has no `can "tool"`',
    )
    assert violation.help == 'to permit it, add `can "tool" with constraints { ... }` to the agent'


def test_an_action_that_nothing_grants_is_denied() -> None:
    (violation,) = judge('can "code_execution"', action="dance").all_violations
    assert violation.constraint == "dance"
    assert violation.message == 'agent `a` may not do `dance`: it has no `can "dance"`'
    assert violation.help is None


def test_a_payment_in_code_takes_both_grants() -> None:
    assert judge('can "code_execution"' + PAYING, PAYMENT).decision is Decision.ALLOW
    assert judge(PAYING, PAYMENT).decision is Decision.DENY
    assert judge('can "code_execution"', PAYMENT).decision is Decision.DENY


def test_constraints_of_all_grants_are_recorded_without_floats() -> None:
    policy = PolicySet.parse(
        f'agent "a" {{ {PAYING} can "tool" with constraints {{ allowed_executed_tools: [] }} }}'
    ).agent("a")
    assert policy.constraints_json() == {
        "allowed_executed_tools": [],
        "allowed_payment_operations": ["charge"],
        "allowed_providers": ["stripe"],
        "max_amount": "5.00_usd",
    }


def test_lets_rules_phases_and_windows_of_any_file_hold_for_all(tmp_path) -> None:
    (tmp_path / "a.policy").write_text(
        'agent "a" { can "code_execution" with constraints { allowed_imports: s } }'
    )
    (tmp_path / "b.policy").write_text(
        'let s = ["math"]\n'
        "phases { allowed_payment_phase: PAY LOOK: [PAY] PAY: [] }\n"
        'window day { zone: "Europe/Berlin" hours: "09:00-17:00" }\n'
        'rule by_day { when not (time in day) deny "at night" }\n'
    )
    policies = PolicySet.load(tmp_path)
    assert policies.agents == ("a",)
    assert policies.phases.may_move("LOOK", "PAY")
    assert list(policies.windows) == ["day"]
    canonical = policies.agent("a").canonical
    for part in ("rule by_day on all {", "phases {\n", "window day {\n"):
        assert part in canonical
    (policy,) = PolicySet.parse(canonical)
    assert policy.digest == policies.agent("a").digest


def test_a_folder_has_to_have_an_agent_somewhere(tmp_path, report) -> None:
    assert [one.partition(" @ ")[0] for one in report('let x = ["y"]')] == ["no agents: the policy is empty"]
    (tmp_path / "a.policy").write_text("")
    (tmp_path / "b.policy").write_text('agent "b" { }')
    assert PolicySet.load(tmp_path).agents == ("b",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "phases { A: [] }\nphases { A: [] }\n",
            "`phases` a second time @ 2:1 = the first is at a.policy:1; join the two",
        ),
        (
            'window w { zone: "Europe/Berlin" hours: "09:00-17:00" }\nwindow w { zone: "Europe/Berlin" hours: "09:00-17:00" }\n',
            "window `w` a second time @ 2:1 = the first is at a.policy:1; rename one of the two",
        ),
        (
            'let w = ["x"]\nwindow w { zone: "Europe/Berlin" hours: "09:00-17:00" }\n',
            "`w` is a set already @ 2:1 = rename one of the two",
        ),
        ('rule r on payments { when turn > 1 deny "x" }\n', None),
    ],
)
def test_what_stands_twice_is_a_mistake(report, text, expected) -> None:
    found = report(text + 'agent "a" { }')
    assert len(found) == 1
    if expected is not None:
        assert found == [expected]


def test_a_window_that_is_none_is_no_window(report) -> None:
    found = report('window w { hours: "09:00-17:00" }\nagent "a" { }')
    assert [one.partition(" @ ")[0] for one in found] == ["a window needs its zone"]


def test_the_digest_of_a_set_is_that_of_its_policies() -> None:
    one = PolicySet.parse('agent "a" { } agent "b" { can "code_execution" }')
    other = PolicySet.parse('agent "b" { can "code_execution" } agent "a" { }')
    assert one.digest == other.digest == PolicySet(list(one)).digest
    assert one.digest != PolicySet.parse('agent "a" { } agent "b" { }').digest
    assert [policy.block for policy in one] == ["a", "b"]


def test_a_rule_in_a_grant_stands_there_in_the_canonical_text() -> None:
    text = 'agent "a" { can "payment" with constraints { rule big because "r" { when cost > 5_usd escalate "big" } } }'
    policy = PolicySet.parse(text).agent("a")
    assert '    rule big on payment because "r" {\n' in policy.canonical
    assert PolicySet.parse(policy.canonical).agent("a").digest == policy.digest


def test_agents_with_the_same_rules_share_them() -> None:
    policies = PolicySet.parse('rule r { when turn > 1 deny "x" } agent "a" { } agent "b" { }')
    assert policies.agent("a").rules is policies.agent("b").rules
