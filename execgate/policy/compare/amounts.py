"""What the sandbox newly lets a program use, share and see."""

from __future__ import annotations

from collections.abc import Iterator

from execgate.policy.agent import AgentPolicy
from execgate.policy.compare.changes import Change
from execgate.policy.constraints import LIMITS, RUNNING, UNLIMITED, ListConstraint, WordConstraint
from execgate.policy.constraints.capabilities import CODE_EXECUTION
from execgate.policy.constraints.running import uncovered
from execgate.policy.problems import clipped


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
                _moved(old.limits.get(name, UNLIMITED), new.limits.get(name, UNLIMITED), gains=gains),
                newer.clauses.get(name) or older.clauses.get(name),
                value=new.limits.get(name, UNLIMITED),
            )


def _moved(less: str, more: str, *, gains: bool) -> str:
    return f"raised from `{less}` to `{more}`" if gains else f"lowered from `{more}` to `{less}`"


def running(before: AgentPolicy, after: AgentPolicy, *, gains: bool) -> Iterator[Change]:
    """Yield what else holds for a run as a whole and is wider in `after`, or another name."""
    old, new = before.grants.get(CODE_EXECUTION), after.grants.get(CODE_EXECUTION)
    if old is None or new is None:
        return
    newer, older = (new, old) if gains else (old, new)
    for constraint in RUNNING:
        name = constraint.name
        if isinstance(constraint, ListConstraint):
            less, more = old.lists.get(name), new.lists.get(name)
            known = () if less is None else [entry.shape for entry in less.entries]
            for entry in () if more is None else more.entries:
                if uncovered(known, [entry.shape]):
                    text = entry.shape.text
                    why = f"`{clipped(text)}` is {'new' if gains else 'gone'}"
                    yield Change(name, why, entry.clause, value=text)
            continue
        default = constraint.default if isinstance(constraint, WordConstraint) else None
        was, now = old.values.get(name, default), new.values.get(name, default)
        if was == now or (was is not None and now is not None and constraint.within(now, was)):
            continue
        shown = [
            "none named" if value is None else f"`{constraint.show(value)}`"
            for value in ((was, now) if gains else (now, was))
        ]
        clause = newer.clauses.get(name) or older.clauses.get(name)
        value = now if now is not None else "the one that fits"
        yield Change(name, f"changed from {shown[0]} to {shown[1]}", clause, value=value)
