"""Agents from the body of a grant, and programs from operations."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from execgate.model.operation import Gap, Operation
from execgate.model.program import Program
from execgate.model.source import Source, Span
from execgate.model.verdict import Verdict
from execgate.policy import AgentPolicy, PolicySet

HERE = Span(1, 0, 1, 4)


@pytest.fixture(scope="session")
def here() -> Span:
    return HERE


@pytest.fixture(scope="session")
def agent() -> Callable[[str], AgentPolicy]:
    """Return the agent `a` whose grant holds the given constraints."""

    def build(constraints: str) -> AgentPolicy:
        text = f'agent "a" {{\ncan "code_execution" with constraints {{\n{constraints}\n}}\n}}\n'
        return PolicySet.parse(text, "a.policy").agent("a")

    return build


@pytest.fixture(scope="session")
def judge(agent) -> Callable[..., Verdict]:
    """Return the verdict of a policy, or of the constraints of one, on some operations."""

    def run(policy: str | AgentPolicy, *operations: Operation, gaps: tuple[Gap, ...] = ()) -> Verdict:
        compiled = agent(policy) if isinstance(policy, str) else policy
        return compiled.judge(Program(Source("code"), operations, gaps))

    return run


@pytest.fixture(scope="session")
def constraints_broken(judge) -> Callable[..., list[str]]:
    """Return the names of the constraints that an operation breaks; an empty list is ALLOW."""

    def run(policy: str | AgentPolicy, *operations: Operation) -> list[str]:
        verdict = judge(policy, *operations)
        broken = [violation.constraint for violation in verdict.all_violations]
        assert verdict.allowed is (not broken)
        return broken

    return run
