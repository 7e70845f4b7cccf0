"""The fewest fields of a context that, if they were otherwise, would let a program pass."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

from execgate.model.context import SCOPES, Context
from execgate.model.program import Program
from execgate.model.verdict import Decision
from execgate.policy.policyset import PolicySet

_MOST_AGENTS = 50
_MOST_FIELDS = 3
_HOURS = 7 * 24
_SOME_MOMENT = datetime(2026, 1, 5, tzinfo=timezone.utc)
_MOST_TRIED = 400


def other_context(
    policies: PolicySet, program: Program, agent: str, context: Context, *, denied: bool
) -> tuple[tuple[tuple[str, Any], ...], Decision | None]:
    """Return fields with other JSON values than those of `context`, and the verdict that they lead to.

    The fewest with which the program is allowed; where there are none and it is denied, the fewest with which
    it needs approval; () where none of those tried do.  Tried are every phase, every agent as suggester, the
    hours of a week where rules ask for the time, and of what is not known a state in which nothing was spent.
    """
    given = context.to_json()
    offered = list(_offered(policies, agent, context))
    several = (
        changes
        for count in range(1, _MOST_FIELDS + 1)
        for changes in itertools.combinations(offered, count)
        if len({name for name, _ in changes}) == count
    )
    escalated: tuple[tuple[str, Any], ...] = ()
    for changes in itertools.islice(several, _MOST_TRIED):
        decision = policies.judge(program, agent, Context.from_json({**given, **dict(changes)})).decision
        if decision is Decision.ALLOW:
            return changes, decision
        if decision is Decision.ESCALATE and denied and not escalated:
            escalated = changes
    return escalated, Decision.ESCALATE if escalated else None


def _offered(policies: PolicySet, agent: str, context: Context) -> Iterator[tuple[str, Any]]:
    policy = policies.agent(agent)
    for phase in policy.phases.names:
        if phase != context.phase:
            yield "phase", phase
    if any(scope not in context.spent for scope in SCOPES):
        known = context.to_json().get("spent", {})
        nothing = {"amounts": {}, "payments": 0}
        yield "spent", {**dict.fromkeys(SCOPES, nothing), **known}
    if context.budget_ratio is None:
        yield "budget_ratio", "0"
    if context.spend_velocity is None:
        yield "spend_velocity", 0
    for name in itertools.islice(policies.agents, _MOST_AGENTS):
        if name != context.suggester and "*" not in name:
            yield "suggester", name
    if any(rule.condition.windows for rule in policy.rules.rules):
        moment = context.time or _SOME_MOMENT
        for hours in range(1, _HOURS):
            yield "time", (moment + timedelta(hours=hours)).isoformat()
