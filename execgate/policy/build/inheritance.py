"""`agent "x" extends "base"`: a child may only narrow, and says `override ... because "..."` where it widens.

Each pair of lists, each limit, rule and setting is compared with what the parents say of it together.  What
the child does not say is inherited as it stands; so without an override a child permits nothing that its base
denies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from execgate.model.limits import Limits
from execgate.model.verdict import Clause, Override
from execgate.policy.agent import INTERSECT, Settings
from execgate.policy.build import settings
from execgate.policy.build.flat import Flat, FlatGrant, ReadRule
from execgate.policy.build.grants import OwnGrant
from execgate.policy.build.narrowing import Narrowing
from execgate.policy.build.parents import join, together, united
from execgate.policy.constraints import CAPABILITIES, CONSTRAINTS, Limit, LimitConstraint, ListConstraint
from execgate.policy.language import syntax
from execgate.policy.language.syntax import Scalar
from execgate.policy.matching.pairs import Listing
from execgate.policy.problems import Problems, clipped

_DEFAULTS = Limits()


@dataclass(frozen=True, slots=True)
class OwnAgent:
    """What one agent says by itself."""

    name: str
    """Its name or pattern, in one spelling."""
    tree: syntax.Agent
    settings: Settings
    setting_trees: Mapping[str, syntax.Constraint]
    grants: Mapping[str, OwnGrant]
    rules: Mapping[str, ReadRule]


class Child:
    """One agent on its base, None where it extends none."""

    def __init__(self, own: OwnAgent, base: Flat | None, narrowing: Narrowing, problems: Problems) -> None:
        self._own = own
        self._base = base
        self._narrowing = narrowing
        self._problems = problems
        self._overrides: list[Override] = []

    def flat(self) -> Flat:
        """Return the agent with what it inherits; where it widens what it may only narrow is a problem."""
        base, own = self._base, self._own
        inherited = base.grants if base is not None else {}
        grants = {
            name: self._grant(name, own.grants.get(name), inherited.get(name))
            for name in sorted({*inherited, *own.grants})
        }
        rules = self._rules()
        return Flat(
            own.name,
            own.tree.clause,
            grants,
            rules,
            *self._delegation(),
            united((base.overrides if base is not None else (), tuple(self._overrides))),
        )

    def _grant(self, capability: str, own: OwnGrant | None, base: FlatGrant | None) -> FlatGrant:
        if own is None:
            assert base is not None  # noqa: S101 - one of the two has it
            return base
        why = settings.reason(own.tree.reason, self._problems)
        if base is None:
            self._new_grant(capability, own)
            reasons = dict(own.own.reasons)
            if why is not None:
                reasons[""] = why
            return FlatGrant(own.clause, own.own.lists, own.own.limits, reasons)
        if own.tree.override is not None:
            self._idle(own.tree.override, f'`can "{capability}"`', "it is inherited")
        lists, limits, reasons = dict(base.lists), dict(base.limits), dict(base.reasons)
        if why is not None:
            reasons[""] = why
        for name, tree in own.own.trees.items():
            said = own.own.reasons.get(name)
            joined = False
            if name in own.own.lists:
                constraint = CONSTRAINTS[name]
                joined = (
                    isinstance(constraint, ListConstraint) and constraint.narrows and tree.override is None
                )
                listing = own.own.lists[name]
                lists[name] = join((base.lists[name], listing)) if joined and name in base.lists else listing
            elif name in own.own.limits:
                self._limit(tree, own.own.limits[name], base)
                limits[name] = own.own.limits[name]
            if said is not None:
                reasons[name] = together((said, reasons[name])) if joined and name in reasons else said
            elif not joined:
                reasons.pop(name, None)
        self._lists(own, base, lists)
        return FlatGrant(own.clause, lists, limits, reasons)

    def _new_grant(self, capability: str, own: OwnGrant) -> None:
        """Note a grant that no parent has, and overrides in it, where nothing is to be overridden."""
        if self._base is None:
            if own.tree.override is not None:
                self._idle(own.tree.override, f'`can "{capability}"`', "the agent extends no other")
        else:
            message = f'agent `{clipped(self._base.name)}` has no `can "{capability}"`'
            self._widened(own.tree.override, own.tree.reason, own.clause, capability, message)
        for name, tree in own.own.trees.items():
            if tree.override is not None:
                self._idle(tree.override, f"`{name}`", "nothing is inherited of it")

    def _lists(self, own: OwnGrant, base: FlatGrant, lists: Mapping[str, Listing]) -> None:
        """Compare the lists that the child spells with those of the base, pair by pair.

        First what it allows, under the denials that hold for the child; then the denials that it takes away,
        under what it allows.  So each widening has the clause that makes it.
        """
        trees = own.own.trees
        for name in own.own.lists:
            tree = trees[name]
            kind, _, noun = name.partition("_")
            if kind not in {"allowed", "disallowed"}:
                self._lone_list(tree, lists[name], base)
                continue
            twins = f"allowed_{noun}", f"disallowed_{noun}"
            allowed, disallowed = (lists.get(twin) for twin in twins)
            before = base.lists.get(name)
            if kind == "allowed":
                tried = (
                    self._narrowing.widened(noun, (each, disallowed), (allowed, disallowed))
                    for each in (before, *base.rivals.get(name, ()))
                    if not isinstance(each, Limit)
                )
                found = next((each for each in tried if each is not None), None)
            elif tree.override is None:
                continue
            else:
                found = self._narrowing.widened(noun, (allowed, before), (allowed, disallowed))
            self._judge_list(tree, found)

    def _lone_list(self, tree: syntax.Constraint, listing: Listing, base: FlatGrant) -> None:
        """Compare a list without a twin: one that narrows is joined, any other lists what passes."""
        before = base.lists.get(tree.name)
        constraint = CONSTRAINTS[tree.name]
        found: str | None = None
        if isinstance(constraint, ListConstraint) and constraint.narrows:
            if tree.override is not None:
                found = self._narrowing.uncovered(listing, before)
        elif before is not None or (self._base is not None and self._narrowing.restricts(self._base)):
            rivals = (each for each in base.rivals.get(tree.name, ()) if isinstance(each, Listing))
            tried = (self._narrowing.uncovered(each, listing) for each in (before, *rivals))
            found = next((each for each in tried if each is not None), None)
        self._judge_list(tree, found)

    def _judge_list(self, tree: syntax.Constraint, found: str | None) -> None:
        if found is not None:
            message = f"it permits {found}, which agent `{clipped(self._name)}` does not"
            self._widened(tree.override, tree.reason, tree.clause, tree.name, message)
        elif tree.override is not None:
            self._idle(tree.override, f"`{tree.name}`", "it permits nothing that is not inherited")

    def _limit(self, tree: syntax.Constraint, limit: Limit, base: FlatGrant) -> None:
        constraint = CONSTRAINTS[tree.name]
        before = base.limits.get(tree.name)
        old: str | None = None
        if isinstance(constraint, LimitConstraint) and tree.name not in settings.FREE:
            if before is not None:
                less = (
                    each
                    for each in (before, *base.rivals.get(tree.name, ()))
                    if isinstance(each, Limit) and not constraint.within(limit.value, each.value)
                )
                old = next((f"has `{each.text}`" for each in less), None)
            elif constraint.field is not None:
                default = settings.default(constraint, _DEFAULTS)
                old = None if constraint.within(limit.value, default) else f"has `{constraint.show(default)}`"
            elif constraint.grants:
                old = "has none, and so permits nothing"
        if old is not None:
            message = f"`{limit.text}` is more than agent `{clipped(self._name)}` has: it {old}"
            self._widened(tree.override, tree.reason, tree.clause, tree.name, message)
        elif tree.override is not None:
            self._idle(tree.override, f"`{tree.name}`", "it permits no more than what is inherited")

    def _rules(self) -> Mapping[str, ReadRule]:
        base = self._base.rules if self._base is not None else {}
        if not self._own.rules:
            return base
        rules = dict(base)
        for name, rule in self._own.rules.items():
            tree = rule.tree
            if name in base:
                message = f"agent `{clipped(self._name)}` has a rule of this name"
                self._widened(tree.override, tree.reason, tree.clause, f"rule {name}", message)
            elif tree.override is not None:
                why = "no rule of this name is inherited"
                self._idle(tree.override, f"`rule {clipped(name)}`", why)
            rules[name] = rule
        return rules

    def _delegation(self) -> tuple[str, str | None, Clause | None]:
        """Return what holds, why, and where that stands."""
        own, base = self._own.settings, self._base
        for name, tree in self._own.setting_trees.items():
            if name != "delegation" and tree.override is not None:
                self._idle(tree.override, f"`{name}`", "it is not inherited")
        tree_ = self._own.setting_trees.get("delegation")
        if tree_ is None:
            if base is None:
                return own.delegation, None, None
            return base.delegation, base.delegation_reason, base.delegation_clause
        if base is not None and base.delegation == INTERSECT and own.delegation != INTERSECT:
            message = f"agent `{clipped(base.name)}` asks for the suggester's policy too"
            self._widened(tree_.override, tree_.reason, tree_.clause, "delegation", message)
        elif tree_.override is not None:
            self._idle(tree_.override, "`delegation`", "it permits no more than what is inherited")
        return own.delegation, own.reason, tree_.clause

    @property
    def _name(self) -> str:
        return self._base.name if self._base is not None else ""

    def _widened(
        self, override: Clause | None, reason: Scalar | None, clause: Clause, constraint: str, message: str
    ) -> None:
        """Note that something is wider than the base, unless it says so and why."""
        if override is None:
            self._problems.at(
                clause,
                f"`{clipped(constraint)}` widens what is inherited: {message}",
                f'narrow it, or write `override {_spelled(constraint)} because "..."`',
            )
        elif reason is None:
            self._problems.at(
                override, f"an override of `{constraint}` without a reason", 'write `because "..."` behind it'
            )
        else:
            self._overrides.append(Override(constraint, reason.text, clause, self._name))

    def _idle(self, override: Clause, what: str, why: str) -> None:
        self._problems.at(
            override, f"an override of {what} that overrides nothing: {why}", "remove `override`"
        )


def _spelled(constraint: str) -> str:
    """Return how what is overridden begins."""
    if constraint in CAPABILITIES:
        return f'can "{constraint}"'
    return clipped(constraint) if constraint.startswith("rule ") else f"{constraint}: ..."
