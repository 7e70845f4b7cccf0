"""A policy that was made of a governance file decides as the file says, at each of its boundaries."""

from __future__ import annotations

import pytest

from execgate.model.context import Context, Tally
from execgate.model.money import Money
from execgate.model.operation import PaymentCall
from execgate.model.program import Program
from execgate.model.source import Source, Span
from execgate.model.tool import tool_program
from execgate.model.verdict import Verdict
from execgate.policy import AgentPolicy, PolicySet
from execgate.policy.governance import Wanted, imported

TEAM = b"""\
phases:
  allowed_payment_phase: COMMIT
  transition_rules:
    EXPLORE: [DECIDE]
    DECIDE: [COMMIT]
    COMMIT: []
budget:
  session_limit: 10.00
  single_call_threshold: 0.50
  graduated_gates: {warning: 0.50, restrict: 0.75, halt: 0.90}
rules:
  - id: block_explore_payments
    condition: "phase != COMMIT"
    action: DENY
    message: "Payment tools require COMMIT phase"
  - id: require_approval_high_cost
    condition: "cost > 0.50"
    action: PENDING_APPROVAL
    message: "Cost exceeds threshold; approval required"
  - id: halt_budget_exhaustion
    condition: "budget_ratio > 0.90"
    action: DENY
    message: "Halt threshold reached"
"""
PHASES = ("EXPLORE", "DECIDE", "COMMIT")


@pytest.fixture(scope="module")
def policies() -> PolicySet:
    return PolicySet.parse(imported(TEAM, "team.yaml", Wanted(tools=("pay_*",))).text)


@pytest.fixture(scope="module")
def policy(policies: PolicySet) -> AgentPolicy:
    return policies.agent("billing")


def state(phase: str | None = "COMMIT", spent: str | None = "1.00", cost: str | None = None) -> Context:
    tallies = {} if spent is None else {"session": Tally((Money.parse(spent, "USD"),), 1)}
    return Context(phase=phase, spent=tallies, cost=None if cost is None else Money.parse(cost, "USD"))


def pay(policy: AgentPolicy, context: Context, amount: str = "0.30", currency: str = "USD") -> Verdict:
    call = PaymentCall(
        via="stripe.Charge.create",
        location=Span(1, 0, 1, 1),
        provider="stripe",
        operation="charge",
        amount=amount,
        currency=currency,
        recipient=None,
    )
    return policy.judge(Program(Source("pay()"), (call,)), context)


def names(verdict: Verdict) -> list[str]:
    return sorted(violation.constraint for violation in verdict.all_violations)


@pytest.mark.parametrize("phase", [*PHASES, "SHOP", None])
def test_payments_are_made_in_one_phase_alone(policy, phase):
    verdict = pay(policy, state(phase))
    if phase == "COMMIT":
        assert verdict.allowed
    else:
        assert verdict.decision.value == "DENY"
        assert "rule block_explore_payments" in names(verdict)


@pytest.mark.parametrize("old", PHASES)
@pytest.mark.parametrize("new", PHASES)
def test_phases_follow_each_other_as_the_file_says(policies, old, new):
    assert policies.phases.may_move(old, new) is ((old, new) in {("EXPLORE", "DECIDE"), ("DECIDE", "COMMIT")})


@pytest.mark.parametrize(
    ("amount", "decision"),
    [("0", "ALLOW"), ("0.49", "ALLOW"), ("0.50", "ALLOW"), ("0.51", "ESCALATE"), ("1000", "DENY")],
)
def test_more_than_the_threshold_needs_approval(policy, amount, decision):
    verdict = pay(policy, state(), amount)
    assert verdict.decision.value == decision
    if decision == "ESCALATE":
        assert names(verdict) == ["approval_above", "rule require_approval_high_cost"]


@pytest.mark.parametrize(
    ("spent", "decision", "warned"),
    [
        ("0", "ALLOW", False),
        ("4.99", "ALLOW", False),
        ("5.00", "ALLOW", True),
        ("7.49", "ALLOW", True),
        ("7.50", "ESCALATE", True),
        ("8.99", "ESCALATE", True),
        ("9.00", "DENY", True),
        ("9.01", "DENY", True),
        ("10.00", "DENY", True),
    ],
)
def test_the_gates_close_one_after_the_other(policy, spent, decision, warned):
    verdict = pay(policy, state(spent=spent))
    assert verdict.decision.value == decision
    assert bool(verdict.all_warnings) is warned
    assert ("halt_at" in names(verdict)) is (decision == "DENY")
    # The rule of the file holds above the share alone, the gate from it on.
    assert ("rule halt_budget_exhaustion" in names(verdict)) is (spent in {"9.01", "10.00"})


@pytest.mark.parametrize(
    ("amount", "spent", "decision"), [("5.50", "4.50", "ESCALATE"), ("5.51", "4.50", "DENY")]
)
def test_the_session_has_a_limit(policy, amount, spent, decision):
    verdict = pay(policy, state(spent=spent), amount)
    assert verdict.decision.value == decision
    assert ("max_amount_per_session" in names(verdict)) is (decision == "DENY")


def test_what_nobody_knows_denies(policy):
    assert pay(policy, state(spent=None)).decision.value == "DENY"
    assert pay(policy, Context()).decision.value == "DENY"
    assert pay(policy, state(), currency="EUR").decision.value == "DENY"


@pytest.mark.parametrize(
    ("tool", "context", "decision"),
    [
        ("pay_now", state(cost="0.30"), "ALLOW"),
        ("pay_now", state("EXPLORE", cost="0.30"), "DENY"),
        ("pay_now", state(cost="0.51"), "ESCALATE"),
        ("pay_now", state(spent="9.00", cost="0.30"), "DENY"),
        ("pay_now", state(), "DENY"),
        ("search", state(cost="0.30"), "DENY"),
    ],
)
def test_tools_that_pay_are_governed_alike(policy, tool, context, decision):
    assert policy.judge(tool_program(tool, {}), context).decision.value == decision


def test_without_the_grants_besides_nothing_is_paid():
    policy = PolicySet.parse(imported(TEAM, "team.yaml", Wanted(code=False, tools=())).text).agent("billing")
    assert "code_execution" in names(pay(policy, state()))
    assert policy.judge(tool_program("pay_now", {}), state(cost="0.30")).decision.value == "DENY"
