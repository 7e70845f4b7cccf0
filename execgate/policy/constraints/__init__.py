"""What each constraint means, one file a family.

A new family is one file here with its `FAMILIES`, and its line in the table below.
"""

from __future__ import annotations

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
from execgate.policy.constraints.limits import LIMITS, UNLIMITED, BadLimitError, LimitConstraint, Quantity

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

CONSTRAINTS: dict[str, ListConstraint | LimitConstraint] = {
    **{constraint.name: constraint for family in FAMILIES for constraint in family.constraints},
    **{limit.name: limit for limit in LIMITS},
}
"""Every constraint of `can "code_execution"` by its name, in the order of the documentation."""

__all__ = [
    "CONSTRAINTS",
    "FAMILIES",
    "LIMITS",
    "UNLIMITED",
    "BadLimitError",
    "Family",
    "Given",
    "Judge",
    "LimitConstraint",
    "ListConstraint",
    "Quantity",
]
