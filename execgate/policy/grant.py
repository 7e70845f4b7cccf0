"""What an agent is granted, and what its author says of it besides: plain values, read and inherited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from execgate.model.verdict import Clause
from execgate.policy.matching.pairs import Listing

EXECUTOR = "executor"
INTERSECT = "intersect"
DELEGATIONS = (EXECUTOR, INTERSECT)
"""Whose policy decides: the executing agent's alone, or the suggester's as well."""


@dataclass(frozen=True, slots=True)
class Grant:
    """`can "capability"` as one agent has it: its lists by name, and what its limits are called."""

    clause: Clause
    lists: Mapping[str, Listing]
    limits: Mapping[str, str]
    """Every constraint that is no list, in canonical form, limits too that stand by default."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """What was read of each constraint that is no list, by its name: those alone that the author gave."""
    clauses: Mapping[str, Clause] = field(default_factory=dict)
    """Where each constraint stands that the author gave."""
    reasons: Mapping[str, str] = field(default_factory=dict)
    """What stands behind `because`, by the name of the constraint; that of the grant itself by ""."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an author says of an agent beside its grants; `clauses` has the place of each by name."""

    version: str | None = None
    description: str | None = None
    delegation: str = EXECUTOR
    reason: str | None = None
    """What stands behind `because` of the delegation."""
    clauses: Mapping[str, Clause] = field(default_factory=dict)
