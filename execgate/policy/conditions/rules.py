"""Rules: read from their trees, and asked about operations.

A rule never permits anything: what it says comes beside what the constraints say.  Where it can't be decided,
because something that it asks for is not known, the operation is denied, whatever the rule's action.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, TypeAlias

from execgate.model.operation import Operation, PaymentCall, ToolCall
from execgate.model.verdict import Clause, Opinion, Says, Violation, Warning  # noqa: A004 - the word of policies
from execgate.policy.conditions import checking, comparing, literals, naming, printing, scopes
from execgate.policy.conditions.attributes import Origin
from execgate.policy.conditions.checking import Checked, Names
from execgate.policy.conditions.facts import Facts
from execgate.policy.conditions.scopes import Scope
from execgate.policy.conditions.values import Answer, Missing
from execgate.policy.constraints import CAPABILITIES, CAPABILITY_OF, FAMILIES, Limit
from execgate.policy.constraints.capabilities import CODE_EXECUTION, PAYMENT
from execgate.policy.language import syntax
from execgate.policy.matching.pairs import Breach, Listing
from execgate.policy.problems import Problems, clipped, quoted

_MOST_REMEMBERED = 256
_LONGEST_MESSAGE = 500


class Spelled(Protocol):
    """The constraints of one block, as whoever reads an agent's reads them."""

    @property
    def lists(self) -> Mapping[str, Listing]:
        """The lists by name."""

    @property
    def limits(self) -> Mapping[str, Limit]:
        """All else by name."""


ConstraintReader: TypeAlias = "Callable[[tuple[syntax.Constraint, ...], str], Spelled]"
"""Reads the constraints of a block that belong to one capability; mistakes go where it puts them."""


@dataclass(frozen=True, slots=True)
class Limited:
    """The constraints of a `restrict`: they replace the agent's of the same names while its rule holds."""

    lists: Mapping[str, Listing]
    limits: Mapping[str, Limit]

    @property
    def canonical(self) -> list[str]:
        """The constraints in canonical form, a line each."""
        texts = {name: f"[{', '.join(map(quoted, one.texts))}]" for name, one in self.lists.items()}
        texts.update((name, limit.text) for name, limit in self.limits.items())
        return [f"{name}: {text}" for name, text in sorted(texts.items())]


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A rule that was checked; `limited` is what a `restrict` with a block asks for besides."""

    name: str
    scope: Scope
    condition: Checked
    action: str
    message: str
    clause: Clause
    limited: Limited | None = None
    reason: str | None = None
    override: Clause | None = None
    capability: str | None = None
    """That of the grant it stands in, None outside."""
    _remembered: dict[tuple[Any, ...], tuple[Answer, Opinion]] = field(default_factory=dict, repr=False)

    @property
    def constraint(self) -> str:
        """What violations and opinions call it."""
        return f"rule {self.name}"

    def ask(self, facts: Facts, part: str) -> tuple[Answer, Opinion]:
        """Return whether the rule applies to an operation of one part of its scope, and its opinion.

        Both follow from the attributes that it reads, and are remembered for some time.
        """
        values = tuple([attribute.read(facts) for attribute in self.condition.attributes])
        key = (part, values)
        found = self._remembered.get(key)
        if found is None:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            answer = comparing.asked(self.condition.test, values)
            found = self._remembered[key] = answer, self._opinion(answer, values, part)
        return found

    def _opinion(self, answer: Answer, values: tuple[Any, ...], part: str) -> Opinion:
        if isinstance(answer, Missing):
            return Opinion(self.constraint, Says.UNDECIDED, self.clause, why=answer.what)
        says = Says.SILENT
        if answer and self.action != "restrict":
            says = _SAYS[self.action]
        elif answer and self.limited is None and part not in scopes.PAYMENTS:
            says = Says.ESCALATES
        return Opinion(self.constraint, says, self.clause, why=self.why(values))

    def why(self, values: tuple[Any, ...]) -> str:
        """Return what the rule read, each attribute with its value."""
        read = zip(self.condition.attributes, values, strict=True)
        said = ", ".join(
            f"{attribute.name} is {literals.shown(value, attribute.kind)}"
            for attribute, value in read
            if not isinstance(value, Missing)
        )
        return said or "it reads nothing"

    @property
    def help(self) -> str:
        """What makes it pass."""
        return f"it passes where {printing.condition(printing.opposite(self.condition.tree))}"

    @property
    def canonical(self) -> list[str]:
        """The rule's lines in the one spelling, to stand in its grant, or outside where it has none."""
        within = scopes.EVERYTHING if self.capability is None else scopes.SUBJECTS[self.capability]
        reason = f" because {quoted(self.reason)}" if self.reason is not None else ""
        action = f"  {self.action} {quoted(self.message)}"
        block = [f"    {line}" for line in self.limited.canonical] if self.limited is not None else []
        return [
            f"rule {self.name} on {scopes.spelled(self.scope, within)}{reason} {{",
            f"  when {printing.condition(self.condition.tree)}",
            *([action] if self.limited is None else [f"{action} {{", *block, "  }"]),
            "}",
        ]


_SAYS = {"deny": Says.FORBIDS, "escalate": Says.ESCALATES, "warn": Says.WARNS}


def read(
    tree: syntax.Rule, names: Names, capability: str | None, constraints: ConstraintReader, problems: Problems
) -> Rule | None:
    """Return the rule of a tree; None where it has a mistake, which goes to `problems`.

    `capability` is that of the grant that it stands in, None outside; `constraints` reads those of a
    `restrict`.
    """
    within = scopes.EVERYTHING if capability is None else scopes.SUBJECTS[capability]
    name = tree.name.text
    attributes = naming.attributes_in(tree.condition)
    scope: Scope | None
    if tree.subjects:
        scope = scopes.read(tree.subjects, within, problems)
    else:
        scope = scopes.inferred(attributes, within)
        if not scope:
            several = ", ".join(f"`{one.name}`" for one in attributes if one.origin is Origin.FIELD)
            problems.at(
                tree.clause,
                f"rule `{clipped(name)}` judges nothing: no operation has all of {several}",
                "say which it judges: `rule name on network_call { ... }`",
            )
            scope = None
    message = tree.action.message
    if not message.text.strip():
        problems.at(message.clause, "a rule without a message", "say why: it is what the agent is told")
    elif len(message.text) > _LONGEST_MESSAGE:
        problems.at(message.clause, f"a message has at most {_LONGEST_MESSAGE} characters")
    judged = scopes.types(scope or scopes.EVERYTHING)
    checked = checking.check(tree.condition, names, judged, problems)
    limited = _limited(tree.action, judged, constraints, problems)
    if checked is None or scope is None:
        return None
    return Rule(
        name,
        scope,
        checked,
        tree.action.word,
        message.text,
        tree.clause,
        limited,
        tree.reason.text if tree.reason is not None else None,
        tree.override,
        capability,
    )


def _limited(
    action: syntax.Action,
    judged: frozenset[type[Operation]],
    constraints: ConstraintReader,
    problems: Problems,
) -> Limited | None:
    """Return what a `restrict` asks for; None where it has no block."""
    if not action.constraints:
        return None
    lists: dict[str, Listing] = {}
    limits: dict[str, Limit] = {}
    for capability in CAPABILITIES:
        own = tuple(each for each in action.constraints if _owner(each.name) == capability)
        fitting = tuple(each for each in own if judged.intersection(_JUDGED_BY.get(each.name, judged)))
        for each in own:
            if each not in fitting:
                problems.at(
                    each.clause,
                    f"`{each.name}` judges nothing that the rule judges",
                    "say `on` with what it is to judge, or remove it",
                )
            elif each.override is not None:
                problems.at(each.override, "a rule inherits no constraints: there is nothing to override")
        if fitting:
            spelled = constraints(fitting, capability)
            lists.update(spelled.lists)
            limits.update(spelled.limits)
    clauses = {name: limit.clause for name, limit in limits.items()}
    clauses.update((name, listing.clause) for name, listing in lists.items())
    for name, clause in clauses.items():
        if name not in _JUDGED_BY and CAPABILITY_OF[name] == CODE_EXECUTION:
            problems.at(
                clause,
                f"`{name}` holds for a run as a whole, not for an operation",
                "move it into the grant",
            )
    return Limited(lists, limits)


def _owner(constraint: str) -> str:
    return CAPABILITY_OF.get(constraint, CODE_EXECUTION)


_JUDGED_BY: dict[str, frozenset[type[Operation]]] = {
    **{one.name: frozenset({family.operation}) for family in FAMILIES for one in family.constraints},
    **{name: frozenset({PaymentCall, ToolCall}) for name in CAPABILITIES[PAYMENT]},
}
"""The operations that a constraint judges, by its name."""


class Outcome(NamedTuple):
    """What all rules say of one operation."""

    violations: tuple[Violation, ...] = ()
    warnings: tuple[Warning, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    restrictions: tuple[Rule, ...] = ()
    """The rules whose constraints have to permit the operation besides."""
    restricted: tuple[Rule, ...] = ()
    """The rules that put a payment into the restricted state."""


NOTHING = Outcome()


class RuleBook:
    """The rules of one agent, by what they judge: what no rule judges costs a look into a table."""

    __slots__ = ("_parts", "rules")

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self.rules = tuple(sorted(rules, key=lambda rule: rule.name))
        self._parts: Mapping[str, tuple[Rule, ...]] | None = None

    @property
    def _by_part(self) -> Mapping[str, tuple[Rule, ...]]:
        """The table, made at the first question: of many agents, few judge anything."""
        if self._parts is None:
            by_part: dict[str, list[Rule]] = {}
            for rule in self.rules:
                for part in rule.scope:
                    by_part.setdefault(part, []).append(rule)
            self._parts = {name: tuple(found) for name, found in by_part.items()}
        return self._parts

    def __bool__(self) -> bool:
        return bool(self.rules)

    def canonical(self, capability: str | None) -> list[str]:
        """Return the lines of the rules of one grant, or of those outside of the grants, in one spelling."""
        return [line for rule in self.rules if rule.capability == capability for line in rule.canonical]

    @property
    def canonical_windows(self) -> str:
        """The windows that the rules ask for, in one spelling."""
        asked = {window.name: window for rule in self.rules for window in rule.condition.windows}
        return "".join(window.canonical for _, window in sorted(asked.items()))

    def asks(self, part: str) -> bool:
        """Return whether a rule judges a part of a scope."""
        return part in self._by_part

    def judge(self, facts: Facts, who: str, index: int, *, pays: bool) -> Outcome:
        """Return what the rules say of the operation `index`; `who` is the agent as messages name it.

        `pays` says that a tool call is a payment.
        """
        part = scopes.part(facts.operation, pays=pays)
        rules = self._by_part.get(part)
        if rules is None:
            return NOTHING
        opinions: list[Opinion] = []
        violations: list[Violation] = []
        warnings: list[Warning] = []
        restrictions: list[Rule] = []
        restricted: list[Rule] = []
        for rule in rules:
            answer, opinion = rule.ask(facts, part)
            opinions.append(opinion)
            if answer is False:
                continue
            if isinstance(answer, Missing):
                violations.append(_undecided(rule, answer, facts.operation, who, index))
            elif rule.action == "warn":
                warnings.append(_warning(rule, facts.operation, who, index))
            elif rule.limited is not None:
                restrictions.append(rule)
            elif rule.action == "restrict" and part in scopes.PAYMENTS:
                restricted.append(rule)
            else:
                violations.append(_violation(rule, opinion, facts.operation, who, index))
        return Outcome(
            tuple(violations), tuple(warnings), tuple(opinions), tuple(restrictions), tuple(restricted)
        )


def act(operation: Operation) -> str:
    """Return what an operation does, as messages say it."""
    if isinstance(operation, ToolCall):
        return f"{operation.stage} the tool `{clipped(operation.tool)}`"
    return f"use `{clipped(operation.via)}`"


def _violation(rule: Rule, opinion: Opinion, operation: Operation, who: str, index: int) -> Violation:
    message, help_ = clipped(rule.message, _LONGEST_MESSAGE), f"{rule.help}; here {opinion.why}"
    escalates = rule.action != "deny"
    breach = Breach(rule.constraint, act(operation), message, rule.clause, help_, escalates)
    return breach.violation(who, operation, index)


def _undecided(rule: Rule, missing: Missing, operation: Operation, who: str, index: int) -> Violation:
    why = f"rule `{clipped(rule.name)}` can't be decided: {missing.what}"
    breach = Breach(rule.constraint, act(operation), why, rule.clause, missing.help)
    return breach.violation(who, operation, index)


def _warning(rule: Rule, operation: Operation, who: str, index: int) -> Warning:
    return Warning(
        constraint=rule.constraint,
        message=f"{who} may {act(operation)}, but: {clipped(rule.message, _LONGEST_MESSAGE)}",
        operation=index,
        location=operation.location,
        clause=rule.clause,
    )
