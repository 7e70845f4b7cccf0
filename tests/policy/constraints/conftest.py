"""Agents that pay and use tools, and what is said of one payment or tool."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from execgate.model.context import Context
from execgate.model.operation import Operation, PaymentCall, ToolCall
from execgate.model.program import Program
from execgate.model.source import Source, Span
from execgate.model.verdict import Verdict
from execgate.policy import AgentPolicy, PolicySet

AT = {"via": "x", "location": Span(1, 0, 1, 4)}
WHO = 'allowed_providers: ["stripe"] allowed_payment_operations: ["charge", "void"]'


def policy(payment: str | None = None, tool: str | None = None) -> AgentPolicy:
    grants = ['can "code_execution"']
    if payment is not None:
        grants.append(f'can "payment" with constraints {{ {payment} }}')
    if tool is not None:
        grants.append(f'can "tool" with constraints {{ {tool} }}')
    return PolicySet.parse(f'agent "a" {{ {" ".join(grants)} }}', "a.policy").agent("a")


def judged(agent: AgentPolicy, operation: Operation, context: dict[str, Any] | None = None) -> Verdict:
    action = "tool_call" if isinstance(operation, ToolCall) else "code_execution"
    return agent.judge(Program(Source("x"), (operation,), action=action), Context.from_json(context or {}))


def payment(amount: Any = "9.50", currency: Any = "USD", **fields: Any) -> PaymentCall:
    given = {"provider": "stripe", "operation": "charge", **fields, **AT}
    return PaymentCall(amount=amount, currency=currency, **given)


def tool(name: str, stage: str = "execute") -> ToolCall:
    return ToolCall(stage=stage, tool=name, **AT)


@pytest.fixture(scope="session")
def pay() -> Callable[..., Verdict]:
    """Return the verdict on a payment by the constraints that stand beside provider and operation."""

    def run(constraints: str, operation: PaymentCall, **context: Any) -> Verdict:
        return judged(policy(f"{WHO} {constraints}"), operation, context)

    return run


@pytest.fixture(scope="session")
def said() -> Callable[[Verdict], dict[str, tuple[str, str | None]]]:
    """Return what each constraint says, in a word, and why."""

    def run(verdict: Verdict) -> dict[str, tuple[str, str | None]]:
        (ruling,) = verdict.rulings
        return {opinion.constraint: (opinion.says.value, opinion.why) for opinion in ruling.opinions}

    return run
