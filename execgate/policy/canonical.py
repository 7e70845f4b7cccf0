"""The canonical text of an agent's policy: flattened, sorted, in one spelling.

It holds everything that decides, and what its author says of it.  It parses to a policy with the same text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from execgate.policy.conditions.phases import Phases
from execgate.policy.conditions.rules import RuleBook
from execgate.policy.grant import EXECUTOR, Grant, Settings
from execgate.policy.problems import quoted


def text(block: str, settings: Settings, grants: Mapping[str, Grant], rules: RuleBook, phases: Phases) -> str:
    """Return the agent under the name or pattern of its `block`, and what its rules are decided by."""
    lines = [f"agent {quoted(block)} {{"]
    lines += (f"  {line}" for line in _settings(settings))
    lines += (f"  {line}" for line in rules.canonical(None))
    for capability, grant in sorted(grants.items()):
        lines.append(f'  can "{capability}"{_because(grant.reasons.get(""))} with constraints {{')
        lines += (f"    {line}" for line in _constraints(grant))
        lines += (f"    {line}" for line in rules.canonical(capability))
        lines.append("  }")
    return "\n".join([*lines, "}", ""]) + phases.canonical + rules.canonical_windows


def _constraints(grant: Grant) -> Iterator[str]:
    values = {name: _list(listing.texts) for name, listing in grant.lists.items()}
    for name, value in sorted({**values, **grant.limits}.items()):
        yield f"{name}: {value}{_because(grant.reasons.get(name))}"


def _list(entries: Iterable[str]) -> str:
    return f"[{', '.join(map(quoted, entries))}]"


def _because(reason: str | None) -> str:
    return "" if reason is None else f" because {quoted(reason)}"


def _settings(settings: Settings) -> Iterator[str]:
    # What holds without being said is not said: the text of an agent without settings has none.
    if settings.delegation != EXECUTOR:
        yield f"delegation: {settings.delegation}{_because(settings.reason)}"
    for name, value in (("description", settings.description), ("version", settings.version)):
        if value is not None:
            yield f"{name}: {quoted(value)}"
