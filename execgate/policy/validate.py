"""The second pass: from the tree of a policy to agents that can judge, or to every mistake in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from execgate.model.limits import Limits
from execgate.policy.agent import CODE_EXECUTION, AgentPolicy, Grant
from execgate.policy.constraints import (
    CAPABILITIES,
    CAPABILITY_OF,
    CONSTRAINTS,
    LIMITS,
    Limit,
    ListConstraint,
    reading,
)
from execgate.policy.language import syntax
from execgate.policy.language.syntax import Scalar
from execgate.policy.language.text import PolicyText
from execgate.policy.matching.pairs import BadEntryError, Entry, Listing
from execgate.policy.problems import Problems, clipped, did_you_mean, quoted, suggestion, visible

_LONGEST_NAME = 200
_LONGEST_ENTRY = 1024
_DEFAULTS = Limits()


def agents(texts: Iterable[PolicyText], problems: Problems) -> tuple[AgentPolicy, ...]:
    """Return the agents of all texts, in order; what is wrong with them goes to `problems`."""
    found: dict[str, AgentPolicy] = {}
    parser = syntax.Parser(problems)
    for text in texts:
        before = len(problems.found)
        trees = parser.parse(text).agents
        if not trees and len(problems.found) == before:
            problems.whole(
                text.file,
                "no agents: the policy is empty",
                'write `agent "name" { can "code_execution" with constraints { ... } }`',
            )
        for tree in trees:
            agent = _agent(tree, problems)
            if tree.name.kind == syntax.MISSING:
                continue
            earlier = found.get(agent.name)
            if earlier is not None:
                problems.at(
                    tree.name.clause,
                    f"agent `{clipped(agent.name)}` a second time",
                    f"the first is at {visible(earlier.clause.file)}:{earlier.clause.span.line}; "
                    "join the two, or rename one",
                )
            else:
                found[agent.name] = agent
    return tuple(found.values())


def _agent(tree: syntax.Agent, problems: Problems) -> AgentPolicy:
    name = tree.name.text
    if not name.strip() and tree.name.kind != syntax.MISSING:
        problems.at(
            tree.name.clause, "an agent without a name", "write the name that the agent has in AutoGen"
        )
    elif len(name) > _LONGEST_NAME:
        problems.at(tree.name.clause, f"an agent's name has at most {_LONGEST_NAME} characters")
    elif visible(name) != name:
        problems.at(
            tree.name.clause, f"an agent's name with a character that does not show: {clipped(quoted(name))}"
        )
    grants: dict[str, Grant] = {}
    limits = _DEFAULTS
    for capability in tree.grants:
        word = capability.capability.text
        if capability.capability.kind == syntax.MISSING:
            _constraints(capability, CODE_EXECUTION, problems)
        elif word not in CAPABILITIES:
            problems.at(
                capability.capability.clause,
                f"unknown capability `{clipped(word)}`",
                suggestion(word, tuple(CAPABILITIES), what="there are", quoted=True),
            )
            _constraints(capability, CODE_EXECUTION, problems)
        elif word in grants:
            problems.at(
                capability.capability.clause,
                f"capability `{word}` a second time",
                f"the first is on line {grants[word].clause.span.line}; join the two",
            )
            _constraints(capability, CODE_EXECUTION, problems)
        else:
            lists, given = _constraints(capability, word, problems)
            if word == CODE_EXECUTION:
                limits = _limits(given)
            grants[word] = Grant(
                capability.clause,
                lists,
                _texts(word, limits, given),
                {name: limit.value for name, limit in given.items()},
                {name: limit.clause for name, limit in given.items()},
            )
    return AgentPolicy(name, tree.clause, limits, grants)


def _constraints(
    grant: syntax.Grant, capability: str, problems: Problems
) -> tuple[dict[str, Listing], dict[str, Limit]]:
    lists: dict[str, Listing] = {}
    limits: dict[str, Limit] = {}
    first: dict[str, int] = {}
    for tree in grant.constraints:
        constraint = CONSTRAINTS.get(tree.name)
        if constraint is None or CAPABILITY_OF[tree.name] != capability:
            problems.at(tree.clause, *_foreign(tree.name))
            continue
        if tree.name in first:
            problems.at(
                tree.clause,
                f"constraint `{tree.name}` a second time",
                f"the first is on line {first[tree.name]}; join the two",
            )
        first.setdefault(tree.name, tree.clause.span.line)
        if isinstance(constraint, ListConstraint):
            lists[tree.name] = _listing(constraint, tree, problems)
        else:
            limit = reading.limit(constraint, tree, problems)
            if limit is not None:
                limits[tree.name] = limit
    return lists, limits


def _foreign(name: str) -> tuple[str, str]:
    owner = CAPABILITY_OF.get(name)
    if owner is not None:
        return (
            f'`{name}` belongs to `can "{owner}"`',
            f'move it into `can "{owner}" with constraints {{ ... }}`',
        )
    close = did_you_mean(name, CONSTRAINTS)
    help_ = f"did you mean `{close}`?" if close else "docs/policy.md lists the constraints"
    return f"unknown constraint `{clipped(name)}`", help_


def _listing(constraint: ListConstraint, tree: syntax.Constraint, problems: Problems) -> Listing:
    value = tree.value
    shorthands = constraint.shorthands or {}
    if isinstance(value, Scalar):
        if value.kind == "STRING" and value.text in shorthands:
            texts = shorthands[value.text]
            shapes = [shape for text in texts for shape in constraint.read(text, constraint.denies)]
            return Listing(constraint.name, value.clause, [Entry(shape, value.clause) for shape in shapes])
        problems.at(value.clause, *_no_list(constraint, value))
        return Listing(constraint.name, value.clause, ())
    entries = []
    for item in value.items:
        entries += _entries(constraint, item, problems)
    return Listing(constraint.name, value.clause, entries)


def _no_list(constraint: ListConstraint, value: Scalar) -> tuple[str, str]:
    shorthands = constraint.shorthands or {}
    message = f"`{constraint.name}` takes a list of strings, got {reading.shown(value)}"
    if value.kind != "NUMBER" and value.text in shorthands:
        return message, f'did you mean "{value.text}"?'
    close = did_you_mean(value.text, shorthands) if value.kind != "NUMBER" else None
    if close is not None:
        return message, f'did you mean "{close}"?'
    return message, f"did you mean `[{clipped(quoted(value.text))}]`?"


def _entries(constraint: ListConstraint, item: Scalar, problems: Problems) -> list[Entry]:
    if item.kind != "STRING":
        problems.at(
            item.clause,
            f"`{constraint.name}` takes strings, got {reading.shown(item)}",
            f"write it in quotes: {clipped(quoted(item.text))}",
        )
        return []
    if len(item.text) > _LONGEST_ENTRY:
        problems.at(item.clause, f"an entry has at most {_LONGEST_ENTRY:,} characters")
        return []
    try:
        return [Entry(shape, item.clause) for shape in constraint.read(item.text, constraint.denies)]
    except BadEntryError as error:
        problems.at(item.clause, f"{error}: {clipped(quoted(item.text))} in `{constraint.name}`", error.help)
        return []


def _limits(given: Mapping[str, Limit]) -> Limits:
    fields: dict[str, int | float | None] = {}
    for constraint in LIMITS:
        if constraint.name in given and constraint.field is not None:
            amount = given[constraint.name].value
            whole = getattr(constraint.quantity, "whole", False)
            fields[constraint.field] = None if amount is None else int(amount) if whole else float(amount)
    return Limits(**fields)  # type: ignore[arg-type]  # which field takes which is in LIMITS


def _texts(capability: str, limits: Limits, given: Mapping[str, Limit]) -> dict[str, str]:
    texts = {name: limit.text for name, limit in given.items()}
    for constraint in LIMITS if capability == CODE_EXECUTION else ():
        default = getattr(limits, constraint.field or "")
        amount = None if default is None else Decimal(str(default))
        texts.setdefault(constraint.name, constraint.show(amount))
    return texts
