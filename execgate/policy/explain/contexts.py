"""The fewest fields of a context that, if they were otherwise, would let a program pass."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, TypeAlias

from execgate.model.context import SCOPES, Context
from execgate.model.program import Program
from execgate.model.verdict import Decision, Verdict
from execgate.policy.policyset import PolicySet

_MOST_AGENTS = 50
_MOST_FIELDS = 4
_HOURS = 7 * 24
_SOME_MOMENT = datetime(2026, 1, 5, tzinfo=timezone.utc)
_MOST_TRIED = 400

Changes: TypeAlias = tuple[tuple[str, Any], ...]


def other_context(
    policies: PolicySet, program: Program, agent: str, context: Context, *, denied: bool
) -> tuple[Changes, Decision | None]:
    """Return fields with other JSON values than those of `context`, and the verdict that they lead to.

    The fewest with which the program is allowed; where there are none and it is denied, the fewest with which
    it needs approval; () where none of those tried do.  Tried are every phase, every agent as suggester, the
    hours of a week where rules ask for the time, and of what is not known a state in which nothing was spent.
    """
    given = context.to_json()

    def judged(changes: Changes) -> Verdict:
        return policies.judge(program, agent, Context.from_json({**given, **dict(changes)}))

    offered = list(_offered(policies, agent, context))
    escalated: Changes = ()
    # What leaves the same clauses broken by itself may still matter together with others.
    for tried in (_telling(offered, judged), _ordered(offered)):
        for changes in itertools.islice(_several(tried), _MOST_TRIED):
            decision = judged(changes).decision
            if decision is Decision.ALLOW:
                return _scopes_needed(changes, context, lambda fewer: judged(fewer).allowed), decision
            if decision is Decision.ESCALATE and denied and not escalated:
                escalated = changes
    return escalated, Decision.ESCALATE if escalated else None


def _several(offered: Sequence[tuple[str, Any]]) -> Iterator[Changes]:
    """Yield sets of changes, the smallest first, of each field one value."""
    for count in range(1, _MOST_FIELDS + 1):
        for changes in itertools.combinations(offered, count):
            if len({name for name, _ in changes}) == count:
                yield changes


def _ordered(offered: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Return what is offered with the fields of few values first, for only so many sets are tried."""
    values = list(offered)
    counts = Counter(name for name, _ in values)
    return sorted(values, key=lambda one: counts[one[0]])


def _telling(
    offered: Iterable[tuple[str, Any]], judged: Callable[[Changes], Verdict]
) -> list[tuple[str, Any]]:
    """Return one of those that break the same clauses by themselves, those that break the fewest first."""
    found: dict[tuple[str, frozenset[tuple[str, int | None]]], tuple[str, Any]] = {}
    for name, value in offered:
        broken = frozenset((one.constraint, one.operation) for one in judged(((name, value),)).all_violations)
        found.setdefault((name, broken), (name, value))
    return [found[key] for key in sorted(found, key=lambda key: len(key[1]))]


def _scopes_needed(changes: Changes, context: Context, allowed: Callable[[Changes], bool]) -> Changes:
    """Return changes that tell what was spent in those scopes alone that are asked for."""
    spent = dict(changes).get("spent", {})
    for scope in [scope for scope in spent if scope not in context.spent]:
        fewer = {name: value for name, value in spent.items() if name != scope}
        less = tuple((name, fewer if name == "spent" else value) for name, value in changes)
        if fewer and allowed(less):
            spent, changes = fewer, less
    return changes


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
