"""The canonical text of an agent's policy: flattened, sorted, in one spelling.

It holds everything that decides, and what its author says of it.  It parses to a policy with the same text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from execgate.policy.problems import quoted

if TYPE_CHECKING:
    from execgate.policy.agent import AgentPolicy, Settings
    from execgate.policy.matching.pairs import Listing


def text(policy: AgentPolicy) -> str:
    """Return the agent under the name or pattern of its block, and what its rules are decided by."""
    lines = [f"agent {quoted(policy.block)} {{"]
    lines += (f"  {line}" for line in _settings(policy.settings))
    lines += (f"  {line}" for line in policy.rules.canonical(None))
    for capability, grant in sorted(policy.grants.items()):
        lines.append(f'  can "{capability}"{_because(grant.reasons.get(""))} with constraints {{')
        lines += (f"    {line}" for line in constraints(grant.lists, grant.limits, grant.reasons))
        lines += (f"    {line}" for line in policy.rules.canonical(capability))
        lines.append("  }")
    return "\n".join([*lines, "}", ""]) + policy.phases.canonical + policy.rules.canonical_windows


def constraints(
    lists: Mapping[str, Listing], limits: Mapping[str, str], reasons: Mapping[str, str]
) -> Iterator[str]:
    """Yield a line for each constraint, by name."""
    values = {name: _list(listing.texts) for name, listing in lists.items()}
    for name, value in sorted({**values, **limits}.items()):
        yield f"{name}: {value}{_because(reasons.get(name))}"


def _list(entries: Iterable[str]) -> str:
    return f"[{', '.join(map(quoted, entries))}]"


def _because(reason: str | None) -> str:
    return "" if reason is None else f" because {quoted(reason)}"


def _settings(settings: Settings) -> Iterator[str]:
    # What holds without being said is not said: the text of an agent without settings has none.
    if settings.delegation != "executor":
        yield f"delegation: {settings.delegation}{_because(settings.reason)}"
    for name, value in (("description", settings.description), ("version", settings.version)):
        if value is not None:
            yield f"{name}: {quoted(value)}"
