"""An agent with all that it inherits: what is judged, hashed and printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from execgate.model.verdict import Clause, Override
from execgate.policy.conditions.rules import Rule
from execgate.policy.constraints import Limit
from execgate.policy.constraints.capabilities import PAYMENT
from execgate.policy.grant import EXECUTOR
from execgate.policy.language import syntax
from execgate.policy.matching.pairs import Listing


@dataclass(frozen=True, slots=True)
class FlatGrant:
    """`can "capability"` with what is inherited."""

    clause: Clause
    lists: Mapping[str, Listing] = field(default_factory=dict)
    limits: Mapping[str, Limit] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    """By the name of the constraint; that of the grant itself by ""."""


@dataclass(frozen=True, slots=True)
class ReadRule:
    """A rule as it is spelled and as it judges: it is read once, whoever inherits it."""

    tree: syntax.Rule
    rule: Rule | None = None
    """The rule, checked; None where it has a mistake."""


@dataclass(frozen=True, slots=True)
class Flat:
    """One agent, flattened."""

    name: str
    clause: Clause
    grants: Mapping[str, FlatGrant] = field(default_factory=dict)
    rules: Mapping[str, ReadRule] = field(default_factory=dict)
    """By name, without those of top level."""
    delegation: str = EXECUTOR
    delegation_reason: str | None = None
    delegation_clause: Clause | None = None
    overrides: tuple[Override, ...] = ()
    """Its own and the inherited, by name of the constraint."""

    @property
    def restricts(self) -> bool:
        """Whether something puts its payments into the restricted state."""
        grant = self.grants.get(PAYMENT)
        return (grant is not None and "restrict_at" in grant.limits) or any(
            map(puts_restricted, self.rules.values())
        )


@dataclass(frozen=True, slots=True)
class Base:
    """What a child stands on: its parents, and what they are together."""

    flat: Flat
    """What all of them permit."""
    parents: tuple[Flat, ...]
    partly: Mapping[str, FlatGrant] = field(default_factory=dict)
    """Grants that some of them lack and the child spells, as the others have them together."""

    def granting(self, capability: str) -> list[tuple[Flat, FlatGrant]]:
        """Return the parents that have a grant, with it."""
        return [(parent, parent.grants[capability]) for parent in self.parents if capability in parent.grants]


def puts_restricted(rule: ReadRule) -> bool:
    """Return whether a rule restricts without saying to what."""
    action = rule.tree.action
    return action.word == "restrict" and not action.constraints
