"""Tools that an agent is given: no constraint of `code_execution` grants them."""

from __future__ import annotations

from execgate.model.operation import ToolCall
from execgate.model.verdict import Opinion, Says
from execgate.policy.constraints._family import Family, Given, Judge, ListConstraint, names, twins
from execgate.policy.matching.pairs import Breach, Finding
from execgate.policy.problems import clipped

CONSTRAINT = "tool"

read_tool = names("the name of a tool", "send_*")


def _compile(given: Given) -> Judge:
    def judge(operation: ToolCall) -> Finding:
        act = f"{operation.stage} the tool `{clipped(operation.tool)}`"
        why = 'the agent has no `can "tool"`, which alone grants tools'
        silent = Opinion(CONSTRAINT, Says.SILENT, given.grant, why=why)
        return Finding((), (Breach(CONSTRAINT, act, why, given.grant),), (silent,))

    return judge


FAMILIES = (
    Family(
        ToolCall,
        (
            *twins("proposed_tools", read_tool),
            *twins("executed_tools", read_tool),
            ListConstraint("payment_tools", read_tool),
        ),
        _compile,
        CONSTRAINT,
    ),
)
