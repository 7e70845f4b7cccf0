"""What stands in an agent beside its grants: `version`, `description`, `delegation`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from execgate.model.limits import Limits
from execgate.model.verdict import Clause
from execgate.policy.constraints import (
    CAPABILITY_OF,
    CONSTRAINTS,
    Constraint,
    LimitConstraint,
    WordConstraint,
)
from execgate.policy.grant import DELEGATIONS, Settings
from execgate.policy.language import syntax
from execgate.policy.language.syntax import Scalar
from execgate.policy.problems import Problems, clipped, did_you_mean, quoted, suggestion

SETTINGS: Mapping[str, str] = {
    "version": 'the version of the policy, for people and receipts: `version: "1.2"`',
    "description": "a text that says what the agent is for",
    "delegation": "whose policy decides: `executor`, or `intersect` for the suggester's as well",
}
"""Every setting of an agent, and what it says."""


FREE = frozenset({"compensation", "compensation_timeout"})
"""Constraints that permit nothing: a child may give any value."""

LONGEST_TEXT = 1024
"""How long a version, a description or a reason may be, in characters."""


def read(
    trees: tuple[syntax.Constraint, ...], problems: Problems
) -> tuple[Settings, dict[str, syntax.Constraint]]:
    """Return an agent's settings, and where each that it gives stands."""
    values: dict[str, str] = {}
    found: dict[str, syntax.Constraint] = {}
    misplaced = [tree for tree in trees if tree.name in CONSTRAINTS]
    for tree in trees:
        if tree.name not in SETTINGS:
            # A bracket too many leaves a whole grant's constraints outside of it: that is one slip.
            if tree not in misplaced[1:]:
                help_ = _meant(tree.name, len(misplaced) - 1)
                problems.at(tree.clause, f"unknown setting `{clipped(tree.name)}` of an agent", help_)
            continue
        if tree.name in found:
            problems.at(
                tree.clause,
                f"setting `{tree.name}` a second time",
                f"the first is on line {found[tree.name].clause.span.line}; remove one",
            )
            continue
        found[tree.name] = tree
        why = reason(tree.reason, problems)
        if why is not None and tree.name == "delegation":
            values["reason"] = why
        text = _delegation(tree, problems) if tree.name == "delegation" else _text(tree, problems)
        if text is not None:
            values[tree.name] = text
    clauses: dict[str, Clause] = {name: tree.clause for name, tree in found.items()}
    return Settings(**values, clauses=clauses), found


def reason(tree: Scalar | None, problems: Problems) -> str | None:
    """Return what stands behind `because`, where something does."""
    if tree is None:
        return None
    if not tree.text.strip() and tree.kind != syntax.MISSING:
        problems.at(tree.clause, "a reason without words", "say why, for whoever reviews the policy")
    elif len(tree.text) > LONGEST_TEXT:
        problems.at(tree.clause, f"a reason has at most {LONGEST_TEXT:,} characters")
    return tree.text


def default(constraint: LimitConstraint, defaults: Limits) -> Decimal | None:
    """Return what stands where a limit of the sandbox is not given."""
    value = getattr(defaults, constraint.field or "", None)
    return None if value is None else Decimal(str(value))


def holding(constraint: Constraint, defaults: Limits) -> tuple[Any] | None:
    """Return what holds where a constraint that is no list is not given, None where nothing does."""
    if isinstance(constraint, LimitConstraint) and constraint.field is not None:
        return (default(constraint, defaults),)
    if isinstance(constraint, WordConstraint) and constraint.default is not None:
        return (constraint.default,)
    return None


def _meant(name: str, others: int) -> str:
    if name in CONSTRAINTS:
        more = f", and so {'does' if others == 1 else 'do'} {others} more here" if others else ""
        grant = f'`can "{CAPABILITY_OF[name]}" with constraints {{ {name}: ... }}`'
        return f"constraints stand in a grant: {grant}{more}"
    close = did_you_mean(name, SETTINGS)
    if close is None and did_you_mean(name, CONSTRAINTS):
        return 'constraints stand in a grant: `can "code_execution" with constraints { ... }`'
    return f"did you mean `{close}`?" if close else suggestion(name, tuple(SETTINGS), what="there are")


def _text(tree: syntax.Constraint, problems: Problems) -> str | None:
    value = tree.value
    if not isinstance(value, Scalar) or value.kind != "STRING":
        got = f"did you mean `{clipped(quoted(value.text))}`?" if isinstance(value, Scalar) else None
        problems.at(value.clause, f"`{tree.name}` takes a text in double quotes", got)
        return None
    if len(value.text) > LONGEST_TEXT:
        problems.at(value.clause, f"`{tree.name}` has at most {LONGEST_TEXT:,} characters")
        return None
    return value.text


def _delegation(tree: syntax.Constraint, problems: Problems) -> str | None:
    value = tree.value
    if isinstance(value, Scalar) and value.kind == "NAME" and value.text in DELEGATIONS:
        return value.text
    text = value.text if isinstance(value, Scalar) else ""
    problems.at(
        value.clause,
        "`delegation` takes whose policy is asked: `executor`, or `intersect` for the suggester's too",
        f"did you mean `{text}`?"
        if text in DELEGATIONS
        else suggestion(text, DELEGATIONS, what="write one of"),
    )
    return None
