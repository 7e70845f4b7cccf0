"""Limits: what the sandbox newly lets a program use."""

from __future__ import annotations

from collections.abc import Iterator

from execgate.policy.agent import AgentPolicy
from execgate.policy.compare.changes import Change
from execgate.policy.constraints import LIMITS
from execgate.policy.constraints.capabilities import CODE_EXECUTION


def limits(before: AgentPolicy, after: AgentPolicy, *, gains: bool) -> Iterator[Change]:
    """Yield every limit of code that is greater in `after`, with the amount that is newly permitted."""
    old, new = before.grants.get(CODE_EXECUTION), after.grants.get(CODE_EXECUTION)
    if old is None or new is None:
        return
    newer, older = (new, old) if gains else (old, new)
    for limit in LIMITS:
        name = limit.name
        less, more = (getattr(policy.limits, str(limit.field)) for policy in (before, after))
        if less is not None and (more is None or more > less):
            yield Change(
                name,
                _moved(old.limits[name], new.limits[name], gains=gains),
                newer.clauses.get(name) or older.clauses.get(name),
                value=new.limits[name],
            )


def _moved(less: str, more: str, *, gains: bool) -> str:
    return f"raised from `{less}` to `{more}`" if gains else f"lowered from `{more}` to `{less}`"
