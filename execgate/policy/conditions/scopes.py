"""What a rule judges: the words behind `on`, and what follows where there are none.

A tool call that moves money is a payment too: `on payment` covers it.  Without `on`, a rule judges the
operations that have the fields it reads; one that reads none of them and asks for what is spent (`phase`,
`cost`, `customer`, `budget_ratio`, `spend_velocity`, `spent.day`) judges payments, or all of the grant that
it stands in; any other judges every operation.
"""

from __future__ import annotations

from collections.abc import Iterable

from execgate.model.operation import OPERATION_TYPES, Operation, PaymentCall, ToolCall
from execgate.policy.conditions.attributes import Attribute, Origin
from execgate.policy.constraints.capabilities import CODE_EXECUTION, PAYMENT, TOOL
from execgate.policy.language.syntax import Scalar
from execgate.policy.problems import Problems, clipped, suggestion

PAYING = "paying tool_call"
"""The part of the tool calls that are payments."""

Scope = frozenset[str]
"""What is judged: names of operation types, tool calls in two parts."""

_TYPES = {kind.type: kind for kind in OPERATION_TYPES}
_TOOLS: Scope = frozenset({ToolCall.type, PAYING})
PAYMENTS: Scope = frozenset({PaymentCall.type, PAYING})
EVERYTHING: Scope = frozenset({*_TYPES, PAYING})

SUBJECTS: dict[str, Scope] = {
    "all": EVERYTHING,
    CODE_EXECUTION: EVERYTHING - PAYMENTS - _TOOLS,
    PAYMENT: PAYMENTS,
    TOOL: _TOOLS,
    **{name: frozenset({name}) for name in _TYPES if name != ToolCall.type},
    ToolCall.type: _TOOLS,
}
"""Every word that can stand behind `on`, the widest first."""


def part(operation: Operation, *, pays: bool) -> str:
    """Return which part of a scope an operation is of."""
    return PAYING if pays and isinstance(operation, ToolCall) else operation.type


def types(scope: Scope) -> frozenset[type[Operation]]:
    """Return the types of operations that a scope holds."""
    return frozenset(ToolCall if name == PAYING else _TYPES[name] for name in scope)


def inferred(attributes: Iterable[Attribute], within: Scope) -> Scope:
    """Return what a rule without `on` judges, of what is judged where it stands."""
    read = tuple(attributes)
    fields = [one for one in read if one.origin is Origin.FIELD]
    if not fields and within == EVERYTHING and any(one.origin is Origin.SPENDING for one in read):
        return PAYMENTS
    scope = within
    for one in fields:
        scope &= frozenset[str]().union(*(SUBJECTS[kind.type] for kind in one.operations))
    return scope


def read(subjects: Iterable[Scalar], within: Scope, problems: Problems) -> Scope | None:
    """Return what the words behind `on` say, of what is judged where the rule stands."""
    scope: Scope = frozenset()
    known = True
    for subject in subjects:
        said = SUBJECTS.get(subject.text)
        if said is None:
            problems.at(
                subject.clause,
                f"`{clipped(subject.text)}` is no type of operation and no capability",
                suggestion(subject.text, list(SUBJECTS), what="there are"),
            )
            known = False
        elif not said & within:
            problems.at(
                subject.clause,
                f"a rule in a grant judges what it grants: there is no `{subject.text}` in it",
                "move the rule out of the grant, or leave out `on`",
            )
            known = False
        else:
            scope |= said & within
    return scope if known else None


def spelled(scope: Scope, within: Scope = EVERYTHING) -> str:
    """Return the words for a scope: the fewest, the widest first."""
    words: list[str] = []
    left = scope
    for word, covered in SUBJECTS.items():
        if word == "all" and within != EVERYTHING:
            continue
        inside = covered & within
        if inside <= scope and inside & left:
            words.append(word)
            left -= inside
    return ", ".join(words)
