"""Tools that an agent is given: no constraint of `code_execution` grants them."""

from __future__ import annotations

from execgate.model.operation import ToolCall
from execgate.policy.constraints._family import Family, Given, Judge
from execgate.policy.matching.pairs import Breach, Finding
from execgate.policy.problems import clipped

CONSTRAINT = "tool"


def _compile(given: Given) -> Judge:
    def judge(operation: ToolCall) -> Finding:
        act = f"{operation.stage} the tool `{clipped(operation.tool)}`"
        why = 'the agent has no `can "tool"`, which alone grants tools'
        return Finding((), (Breach(CONSTRAINT, act, why, given.grant),))

    return judge


FAMILIES = (Family(ToolCall, (), _compile),)
