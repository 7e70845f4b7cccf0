"""The states that an example may be judged in."""

from __future__ import annotations

from collections.abc import Iterator

from execgate.model.context import Context
from execgate.policy.agent import EXECUTOR, AgentPolicy
from execgate.policy.compare.changes import Sides, policy_of


def plausible(sides: Sides) -> Iterator[Context]:
    """Yield states in which an example may be permitted as a whole, the plainest first."""
    yield Context()
    yield Context(suggester=sides.agent)


def matter(sides: Sides) -> bool:
    """Return whether a policy of the two decides by more than its lists."""
    return any(policy.settings.delegation != EXECUTOR for policy in _policies(sides))


def _policies(sides: Sides) -> Iterator[AgentPolicy]:
    found = policy_of(sides.old, sides.agent), policy_of(sides.new, sides.agent)
    return (policy for policy in found if policy is not None)
