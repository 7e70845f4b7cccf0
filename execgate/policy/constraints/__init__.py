"""What each constraint means, one file a family.

A new family is one file here with its `FAMILIES`, and its line in the table below.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

from execgate.model.operation import Operation
from execgate.policy.constraints import (
    commands,
    databases,
    environment,
    files,
    hosts,
    imports,
    kinds,
    packages,
    payments,
    tools,
)
from execgate.policy.constraints._family import Family, Given, Judge, ListConstraint
from execgate.policy.constraints.capabilities import CODE_EXECUTION, PAYMENT, TOOL
from execgate.policy.constraints.limits import (
    LIMITS,
    PAYMENT_LIMITS,
    UNLIMITED,
    Limit,
    LimitConstraint,
    NameConstraint,
    WordConstraint,
)
from execgate.policy.constraints.quantities import BadLimitError, Quantity
from execgate.policy.constraints.running import RUNNING

FAMILIES: tuple[Family, ...] = (
    *imports.FAMILIES,
    *files.FAMILIES,
    *hosts.FAMILIES,
    *commands.FAMILIES,
    *environment.FAMILIES,
    *databases.FAMILIES,
    *kinds.FAMILIES,
    *packages.FAMILIES,
    *payments.FAMILIES,
    *tools.FAMILIES,
)

FAMILY_OF: Mapping[type[Operation], Family] = MappingProxyType({one.operation: one for one in FAMILIES})
"""The family that judges a type of operation."""

Constraint: TypeAlias = "ListConstraint | LimitConstraint | WordConstraint | NameConstraint"

_ALL: tuple[tuple[str, Constraint], ...] = (
    *((family.capability, constraint) for family in FAMILIES for constraint in family.constraints),
    *((limit.capability, limit) for limit in (*LIMITS, *PAYMENT_LIMITS)),
    *((CODE_EXECUTION, one) for one in RUNNING),
)

CAPABILITIES: Mapping[str, Mapping[str, Constraint]] = MappingProxyType(
    {
        capability: MappingProxyType({one.name: one for owner, one in _ALL if owner == capability})
        for capability in (CODE_EXECUTION, PAYMENT, TOOL)
    }
)
"""The constraints of each capability by their names, in the order of the documentation."""

CONSTRAINTS: Mapping[str, Constraint] = MappingProxyType({one.name: one for _, one in _ALL})
"""Every constraint by its name: no two capabilities have one of the same name."""

CAPABILITY_OF: Mapping[str, str] = MappingProxyType({one.name: capability for capability, one in _ALL})
"""The capability that a constraint belongs to, by its name."""

__all__ = [
    "CAPABILITIES",
    "CAPABILITY_OF",
    "CONSTRAINTS",
    "FAMILIES",
    "FAMILY_OF",
    "LIMITS",
    "PAYMENT_LIMITS",
    "RUNNING",
    "UNLIMITED",
    "BadLimitError",
    "Constraint",
    "Family",
    "Given",
    "Judge",
    "Limit",
    "LimitConstraint",
    "ListConstraint",
    "NameConstraint",
    "Quantity",
    "WordConstraint",
]
