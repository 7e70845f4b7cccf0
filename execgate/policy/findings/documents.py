"""What nothing uses, and rules that can never speak: read from the text, whatever else it means."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator

from execgate.model.verdict import Clause
from execgate.policy.language import syntax
from execgate.policy.language.syntax import (
    Comparison,
    Condition,
    Document,
    Junction,
    Negation,
    Reference,
    Rule,
    Scalar,
    Truth,
)
from execgate.policy.problems import Problem, Severity, clipped, place

_STRENGTH = {"warn": 0, "restrict": 1, "escalate": 2, "deny": 3}


def look(documents: Iterable[Document]) -> list[Problem]:
    """Return what is doubtful in the texts of one policy set."""
    texts = list(documents)
    return [*_unused(texts), *(problem for text in texts for problem in _idle_rules(text))]


def _unused(texts: list[Document]) -> Iterator[Problem]:
    used = {name for text in texts for name in _names(text)}
    for text in texts:
        for sort, named in (("set", text.lets), ("window", text.windows)):
            for one in named:
                if one.name.text not in used:
                    yield _problem(
                        one.name.clause,
                        f"{sort} `{clipped(one.name.text)}` is used nowhere",
                        "use it, or remove it",
                        Severity.NOTE,
                    )


def _names(value: object) -> Iterator[str]:
    """Yield the bare words of values and conditions, not the names that things are given."""
    if isinstance(value, Scalar):
        if value.kind == "NAME":
            yield value.text
    elif isinstance(value, Reference):
        yield value.path[0]
    elif isinstance(value, tuple):
        for one in value:
            yield from _names(one)
    elif dataclasses.is_dataclass(value) and not isinstance(value, Clause):
        named = isinstance(value, (syntax.Let, syntax.Window, Rule))
        for field in dataclasses.fields(value):
            if not (named and field.name == "name"):
                yield from _names(getattr(value, field.name))


def _idle_rules(text: Document) -> Iterator[Problem]:
    groups = [text.rules]
    for agent in text.agents:
        groups += [agent.rules, *(grant.rules for grant in agent.grants)]
    for rules in groups:
        yield from _never(rules)
        yield from _shadowed(rules)


def _never(rules: Iterable[Rule]) -> Iterator[Problem]:
    for rule in rules:
        if truth(rule.condition) is False:
            yield _problem(
                rule.name.clause,
                f"rule `{clipped(rule.name.text)}` never speaks: its condition is false whatever happens",
                "correct the condition, or remove the rule",
            )


def _shadowed(rules: tuple[Rule, ...]) -> Iterator[Problem]:
    """Yield the rules beside which another, under the same condition, does as much or more."""
    first: dict[object, Rule] = {}
    for rule in sorted(rules, key=lambda rule: (-_STRENGTH[rule.action.word], rule.clause.span.line)):
        if rule.action.constraints:
            continue
        key = (_plain(rule.condition), frozenset(subject.text for subject in rule.subjects))
        stronger = first.setdefault(key, rule)
        if stronger is not rule:
            yield _problem(
                rule.name.clause,
                f"rule `{clipped(rule.name.text)}` adds nothing: rule `{clipped(stronger.name.text)}` "
                f"does `{stronger.action.word}` under the same condition",
                f"remove it, or change its condition; the other is at {place(stronger.clause)}",
            )


def _plain(value: object) -> object:
    """Return a condition without its places, to compare it."""
    if isinstance(value, tuple):
        return tuple(_plain(one) for one in value)
    if dataclasses.is_dataclass(value):
        return type(value).__name__, *(
            _plain(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if field.name != "clause"
        )
    return value


def truth(condition: Condition) -> bool | None:
    """Return what a condition comes to whatever happens, None where that depends."""
    if isinstance(condition, Truth):
        return condition.value
    if isinstance(condition, Negation):
        inner = truth(condition.operand)
        return None if inner is None else not inner
    if isinstance(condition, Junction):
        truths = [truth(operand) for operand in condition.operands]
        if condition.word == "and":
            if False in truths or _two_phases(condition):
                return False
            return None if None in truths else True
        if True in truths:
            return True
        return None if None in truths else False
    return None


def _two_phases(junction: Junction) -> bool:
    """Return whether a conversation would have to be in two phases at once."""
    asked = {
        operand.right.path
        for operand in junction.operands
        if isinstance(operand, Comparison)
        and operand.sign == "=="
        and isinstance(operand.left, Reference)
        and operand.left.path == ("phase",)
        and isinstance(operand.right, Reference)
    }
    return len(asked) > 1


def _problem(clause: Clause, message: str, help_: str, severity: Severity = Severity.WARNING) -> Problem:
    return Problem(clause.file, message, clause, help_, severity)
