"""What rules, phases and delegation newly permit.

A rule permits nothing by itself: only where one is gone, or says something else, can more be permitted.  An
example is looked for among operations that the new lists permit and states that the conditions name; where
none is found, it is said that the change may permit more.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace

from execgate.model.context import Context
from execgate.model.operation import Operation, ToolCall
from execgate.policy.agent import AgentPolicy
from execgate.policy.compare import states
from execgate.policy.compare.changes import Case, Change, Sides, unconfirmed
from execgate.policy.compare.code import Grants
from execgate.policy.compare.payments import Spending
from execgate.policy.conditions import scopes
from execgate.policy.conditions.facts import Facts
from execgate.policy.conditions.phases import ALLOWED_PAYMENT_PHASE
from execgate.policy.conditions.rules import Rule
from execgate.policy.conditions.values import Missing
from execgate.policy.constraints.capabilities import CODE_EXECUTION, PAYMENT, TOOL
from execgate.policy.grant import EXECUTOR, INTERSECT
from execgate.policy.matching.pairs import Listing
from execgate.policy.search.space import Budget
from execgate.policy.search.spaces import NOUNS, TOOL_NOUNS
from execgate.policy.search.views import operation

_MOST_TRIES = 1_500
_EXAMPLES = 12
"""How many payments, and how many operations of each kind, are tried."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules of two agents; `gains` says that `after` is of the newer policy."""

    sides: Sides
    before: AgentPolicy
    after: AgentPolicy
    budget: Budget
    gains: bool

    def changes(self) -> Iterator[Change]:
        """Yield what is newly permitted, with an example where one was found."""
        yield from self._delegation()
        yield from self._phases()
        kept = {_meaning(rule) for rule in self.after.rules.rules}
        names = {rule.name for rule in self.after.rules.rules}
        for rule in self.before.rules.rules:
            # One that warns matters too: where it is undecided, it denies.
            if rule.condition.attributes or rule.action != "warn":
                if _meaning(rule) in kept or self._is_upheld(rule):
                    continue
                how = "says something else" if rule.name in names else "is gone" if self.gains else "is new"
                yield self._found(rule.constraint, f"`{rule.constraint}` {how}", rule)

    def _is_upheld(self, rule: Rule) -> bool:
        """Return whether the rule of the same name stops, in every state, at least what this one stops."""
        for other in self.after.rules.rules:
            if other.name == rule.name and other.scope >= rule.scope and _is_as_strict(other, rule):
                states_ = states.every_state((self.before, self.after), (rule, other), self.sides.agent)
                if states_ is None:
                    return False
                part = next(iter(sorted(rule.scope)))
                return all(
                    _stops(other, state, self.sides.agent, part)
                    for state in states_
                    if _stops(rule, state, self.sides.agent, part)
                )
        return False

    def _delegation(self) -> Iterator[Change]:
        was, now = self.before.settings.delegation, self.after.settings.delegation
        if was == now or now != EXECUTOR:
            return
        why = f"`{INTERSECT}` is {'gone' if self.gains else 'new'}"
        clause = self.before.settings.clauses.get("delegation")
        for case in self._cases():
            if self.sides.confirms(case) and self.sides.blames(case, "delegation"):
                yield Change("delegation", why, clause, case, decisions=self.sides.decisions(case))
                return

    def _phases(self) -> Iterator[Change]:
        before, after = self.before.phases, self.after.phases
        clause = before.payment[1] if before.payment is not None else after.clause
        if before.payment is not None and before.allowed_payment_phase != after.allowed_payment_phase:
            yield self._found(
                ALLOWED_PAYMENT_PHASE, f"`{before.allowed_payment_phase}` is not asked for", None
            )
        for name, targets in after.transitions.items():
            for target in targets:
                if not before.may_move(name, target):
                    word = "new" if self.gains else "gone"
                    yield Change(
                        "phases", f"the move is {word}", clause, value=f"the move from {name} to {target}"
                    )

    def _found(self, constraint: str, why: str, rule: Rule | None) -> Change:
        clause = self.before.phases.payment[1] if rule is None and self.before.phases.payment else None
        clause = clause if rule is None else rule.clause
        for case in itertools.islice(self._stated(rule), _MOST_TRIES):
            if self.sides.confirms(case) and self.sides.blames(case, constraint):
                return Change(constraint, why, clause, case, decisions=self.sides.decisions(case))
        return unconfirmed(constraint, why, clause, gains=self.gains)

    def _stated(self, rule: Rule | None) -> Iterator[Case]:
        """Yield what a rule judges, in all states that matter."""
        named = {} if rule is None else states.constants([rule])
        both = self.before, self.after
        for case in self._cases():
            (call,) = case.operations or (None,)
            if call is None or (rule is not None and not _judges(rule, call)):
                continue
            for changed in _variants(call, named):
                for context in states.contexts(case.context, both, self.sides.agent):
                    yield replace(case, operations=(changed,), context=context)

    def _cases(self) -> Iterator[Case]:
        """Yield operations that the new lists permit, a few of each kind, in the plainest state."""
        code = self.after.grants.get(CODE_EXECUTION)
        if code is not None:
            yield Case()
            yield from self._code(code.lists)
            for rule in self.after.rules.rules:
                if rule.limited is not None:
                    yield from self._code({**code.lists, **rule.limited.lists}, rule.limited.lists)
        spending = Spending(self.sides, self.before, self.after, self.budget, self.gains)
        if PAYMENT in self.after.grants:
            yield from itertools.islice(spending.payments({}), _EXAMPLES)
        tools = self.after.grants.get(TOOL)
        if tools is not None:
            grants = Grants(None, tools.lists, self.budget, self.gains)
            for noun in TOOL_NOUNS.values():
                for one in grants.values(noun.name, most=_EXAMPLES):
                    yield from itertools.islice(spending.calls(one), _EXAMPLES)

    def _code(
        self, lists: Mapping[str, Listing], asked: Mapping[str, Listing] | None = None
    ) -> Iterator[Case]:
        """Yield operations of code that lists permit, of all nouns or of those that `asked` has lists for."""
        grants = Grants(None, lists, self.budget, self.gains)
        for noun in NOUNS.values():
            if asked is None or {f"allowed_{noun.name}", f"disallowed_{noun.name}"} & set(asked):
                for found in itertools.islice(grants.found(noun), _EXAMPLES):
                    yield Case((operation(found.noun.operation, found.fields),))


def _meaning(rule: Rule) -> tuple[object, ...]:
    """Return what a rule does: two that mean the same differ in name, message and reason alone."""
    windows = tuple(window.canonical for window in rule.condition.windows)
    limited = None if rule.limited is None else tuple(rule.limited.canonical)
    return rule.scope, str(rule.canonical[1]), windows, rule.action, limited


def _is_as_strict(one: Rule, other: Rule) -> bool:
    """Return whether a rule, where it holds, stops what another does, as firmly."""
    if one.action == "deny" or other.action == "warn":
        return True
    if one.limited is not None or other.limited is not None:
        texts = [None if rule.limited is None else rule.limited.canonical for rule in (one, other)]
        return one.action == other.action and texts[0] == texts[1]
    return one.action == other.action


def _stops(rule: Rule, state: Context, agent: str, part: str) -> bool:
    """Return whether a rule that reads the state alone speaks in it, or can't say."""
    call = operation(ToolCall, {"stage": "execute", "tool": "x"})
    answer, _ = rule.ask(Facts(call, state, agent), part)
    return isinstance(answer, Missing) or (answer and rule.action != "warn")


def _judges(rule: Rule, call: Operation) -> bool:
    return scopes.part(call, pays=False) in rule.scope or scopes.part(call, pays=True) in rule.scope


def _variants(call: Operation, named: states.Constants) -> Iterator[Operation]:
    """Yield an operation, and those with the constants of a rule in its fields that can be."""
    own = {field.name: getattr(call, field.name) for field in fields(call)}
    for variant in states.variants(own, named):
        with contextlib.suppress(ValueError):
            yield type(call)(**variant)
