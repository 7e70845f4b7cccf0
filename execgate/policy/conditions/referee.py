"""What the rules of one agent, and the phase, say of an operation, with what they ask of its constraints."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from execgate.model.context import Context
from execgate.model.operation import Operation, PaymentCall, ToolCall
from execgate.model.verdict import Clause, Opinion, Says
from execgate.policy.conditions.facts import Facts
from execgate.policy.conditions.phases import ALLOWED_PAYMENT_PHASE, Phases
from execgate.policy.conditions.rules import NOTHING, Outcome, Rule, RuleBook, act
from execgate.policy.constraints import CAPABILITY_OF, FAMILY_OF, Family, Given, Judge
from execgate.policy.constraints.capabilities import PAYMENT
from execgate.policy.constraints.gates import Restricted
from execgate.policy.constraints.spending import Cost, budget_ratio
from execgate.policy.constraints.tools import payment_test
from execgate.policy.matching.pairs import Breach, Finding
from execgate.policy.problems import clipped, quoted


class _Asked(NamedTuple):
    """One question: `who` is the agent as messages name it, `number` the place of the operation."""

    operation: Operation
    context: Context
    who: str
    number: int


class Referee:
    """Asks the rules of one agent; `given` is what its policy gives to a family of constraints."""

    __slots__ = ("_book", "_given", "_is_payment", "_judges", "_limits", "_phases", "_restricted", "_silent")

    def __init__(self, book: RuleBook, phases: Phases, given: Callable[[Family], Given]) -> None:
        self._book = book
        self._phases = phases
        self._given = given
        of_payments = given(FAMILY_OF[PaymentCall])
        self._limits = of_payments.limits
        self._is_payment = payment_test(of_payments.lists.get("payment_tools"))
        self._restricted = Restricted(of_payments)
        self._judges: dict[tuple[str, type[Operation]], Judge] = {}
        self._silent = frozenset(
            kind.type
            for kind in FAMILY_OF
            if not book.asks(kind.type) and kind not in {PaymentCall, ToolCall}
        )

    def judge(self, operation: Operation, context: Context, agent: str, who: str, index: int) -> Outcome:
        """Return what is said of the operation `index`; `who` is the agent as messages name it.

        Restrictions are settled in it: they are violations where the operation does not keep to them.
        """
        if operation.type in self._silent:
            return NOTHING
        asked = _Asked(operation, context, who, index)
        pays = self._is_payment(operation, context)
        facts = Facts(operation, context, agent, lambda: self._ratio(operation, context))
        outcome = self._book.judge(facts, who, index, pays=pays)
        if pays and self._phases.payment is not None:
            outcome = _in_phase(outcome, *self._phases.payment, asked)
        for rule in outcome.restrictions:
            outcome = self._limited(outcome, rule, asked)
        for rule in outcome.restricted:
            finding = self._restricted.judge(
                operation, rule.constraint, rule.clause, act(operation), rule.message
            )
            outcome = _joined(outcome, rule, finding, asked)
        return outcome

    def _ratio(self, operation: Operation, context: Context) -> Fraction | None:
        cost = None
        if isinstance(operation, PaymentCall):
            cost = Cost.of(operation.amount, operation.currency, operation.customer)
        return budget_ratio(self._limits, context, cost)

    def _limited(self, outcome: Outcome, rule: Rule, asked: _Asked) -> Outcome:
        """Judge an operation by the agent's constraints, those of a rule in their places."""
        limited, operation = rule.limited, asked.operation
        family = FAMILY_OF[type(operation)]
        if limited is None or not any(_concerns(name, family) for name in (*limited.lists, *limited.limits)):
            return outcome
        key = rule.name, type(operation)
        judge = self._judges.get(key)
        if judge is None:
            given = self._given(family)
            lists, limits = {**given.lists, **limited.lists}, {**given.limits, **limited.limits}
            judge = family.compile(dataclasses.replace(given, lists=lists, limits=limits))
            self._judges[key] = judge
        finding = judge(operation, asked.context) if family.contextual else judge(operation)
        return _joined(outcome, rule, finding, asked)


def _in_phase(outcome: Outcome, allowed: str, clause: Clause, asked: _Asked) -> Outcome:
    """Add what `allowed_payment_phase` says of a payment."""
    phase = asked.context.phase
    why = "`phase` is not known" if phase is None else f"phase is {clipped(quoted(phase))}"
    says = Says.PERMITS if phase == allowed else Says.UNDECIDED if phase is None else Says.FORBIDS
    opinions = (*outcome.opinions, Opinion(ALLOWED_PAYMENT_PHASE, says, clause, why=why))
    if phase == allowed:
        return outcome._replace(opinions=opinions)
    told = f"payments are made in phase {allowed} alone, and {why}"
    help_ = f"pass the phase: `--context phase={allowed}`" if phase is None else f"go to {allowed} first"
    breach = Breach(ALLOWED_PAYMENT_PHASE, act(asked.operation), told, clause, help_)
    violation = breach.violation(asked.who, asked.operation, asked.number)
    return outcome._replace(violations=(*outcome.violations, violation), opinions=opinions)


def _concerns(constraint: str, family: Family) -> bool:
    """Return whether a constraint is one that a family judges by; those of payments judge tools, too."""
    if any(one.name == constraint for one in family.constraints):
        return True
    return CAPABILITY_OF[constraint] == PAYMENT and family.operation in {PaymentCall, ToolCall}


def _joined(outcome: Outcome, rule: Rule, finding: Finding, asked: _Asked) -> Outcome:
    """Add what is found while a rule holds; what is permitted then is permitted by the agent's own alone."""
    violations = tuple(
        dataclasses.replace(breach, constraint=rule.constraint, why=_why(rule, breach)).violation(
            asked.who, asked.operation, asked.number
        )
        for breach in finding.breaches
    )
    if not violations:
        return outcome
    says = Says.ESCALATES if all(one.escalates for one in violations) else Says.FORBIDS
    opinions = tuple(
        dataclasses.replace(opinion, says=says) if opinion.constraint == rule.constraint else opinion
        for opinion in outcome.opinions
    )
    return outcome._replace(violations=(*outcome.violations, *violations), opinions=opinions)


def _why(rule: Rule, breach: Breach) -> str:
    return rule.message if breach.why == rule.message else f"{rule.message} ({breach.why})"
