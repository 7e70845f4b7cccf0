"""`agent "x" extends "base"`: a child may only narrow, and says `override ... because "..."` where it widens.

Each pair of lists, each limit, rule and setting is compared with what every parent says of it.  What the
child does not say is inherited as it stands; so without an override a child permits nothing that one of its
parents denies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from execgate.model.limits import Limits
from execgate.model.verdict import Clause, Override
from execgate.policy.constraints import CAPABILITIES, CONSTRAINTS, Limit, LimitConstraint, ListConstraint
from execgate.policy.elaboration import settings
from execgate.policy.elaboration.flat import Base, Flat, FlatGrant, ReadRule
from execgate.policy.elaboration.grants import OwnGrant
from execgate.policy.elaboration.narrowing import Narrowing
from execgate.policy.elaboration.parents import join, together, united
from execgate.policy.grant import INTERSECT, Settings
from execgate.policy.language import syntax
from execgate.policy.language.syntax import Scalar
from execgate.policy.matching.pairs import Listing
from execgate.policy.problems import Problems, clipped

_DEFAULTS = Limits()

_Parents = Sequence[tuple[Flat, FlatGrant]]


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

    def __init__(self, own: OwnAgent, base: Base | None, narrowing: Narrowing, problems: Problems) -> None:
        self._own = own
        self._above = base
        self._base = base.flat if base is not None else None
        self._narrowing = narrowing
        self._problems = problems
        self._overrides: list[Override] = []

    def flat(self) -> Flat:
        """Return the agent with what it inherits; where it widens what it may only narrow is a problem."""
        base, own = self._base, self._own
        inherited = base.grants if base is not None else {}
        grants = {
            name: self._grant(name, own.grants[name]) if name in own.grants else inherited[name]
            for name in sorted({*inherited, *own.grants})
        }
        rules = {
            name: rule
            for name, rule in self._rules().items()
            if rule.rule is None or rule.rule.capability is None or rule.rule.capability in grants
        }
        return Flat(
            own.name,
            own.tree.clause,
            grants,
            rules,
            *self._delegation(),
            united((base.overrides if base is not None else (), tuple(self._overrides))),
        )

    def _grant(self, capability: str, own: OwnGrant) -> FlatGrant:
        above = self._above
        base = None
        if above is not None:
            base = above.flat.grants.get(capability, above.partly.get(capability))
            if capability not in above.flat.grants:
                lacking = next(parent for parent in above.parents if capability not in parent.grants)
                message = f'agent `{clipped(lacking.name)}` has no `can "{capability}"`'
                self._widened(own.tree.override, own.tree.reason, own.clause, capability, message)
            elif own.tree.override is not None:
                self._idle(own.tree.override, f'`can "{capability}"`', "it is inherited")
        elif own.tree.override is not None:
            self._idle(own.tree.override, f'`can "{capability}"`', "the agent extends no other")
        why = settings.reason(own.tree.reason, self._problems)
        if base is None:
            return self._new_grant(own, why)
        lists, limits, reasons = dict(base.lists), dict(base.limits), dict(base.reasons)
        if why is not None:
            reasons[""] = why
        parents = above.granting(capability) if above is not None else []
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
                self._limit(tree, own.own.limits[name], parents)
                limits[name] = own.own.limits[name]
            if said is not None:
                reasons[name] = together((said, reasons[name])) if joined and name in reasons else said
            elif not joined:
                reasons.pop(name, None)
        self._lists(own, parents, base, lists)
        return FlatGrant(own.clause, lists, limits, reasons)

    def _new_grant(self, own: OwnGrant, why: str | None) -> FlatGrant:
        """Return a grant that no parent has; to override something in it is a problem."""
        for name, tree in own.own.trees.items():
            if tree.override is not None:
                self._idle(tree.override, f"`{name}`", "nothing is inherited of it")
        reasons = dict(own.own.reasons)
        if why is not None:
            reasons[""] = why
        return FlatGrant(own.clause, own.own.lists, own.own.limits, reasons)

    def _lists(self, own: OwnGrant, parents: _Parents, base: FlatGrant, lists: Mapping[str, Listing]) -> None:
        """Compare the lists that the child spells with those of its parents, pair by pair.

        First what it allows, under the denials of each parent, or under those that the child puts in their
        place; then the denials that it takes away, under what it allows.  So each widening has the clause
        that makes it.
        """
        trees = own.own.trees
        for name in own.own.lists:
            tree = trees[name]
            kind, _, noun = name.partition("_")
            if kind not in {"allowed", "disallowed"}:
                self._lone_list(tree, lists[name], parents, base)
                continue
            twins = f"allowed_{noun}", f"disallowed_{noun}"
            allowed, disallowed = (lists.get(twin) for twin in twins)
            if kind == "allowed":
                denials = trees.get(twins[1])
                replaced = denials is not None and denials.override is not None
                tried = (
                    (parent, (grant.lists.get(name), disallowed if replaced else grant.lists.get(twins[1])))
                    for parent, grant in parents
                )
                new = allowed, disallowed
                self._judge_list(
                    tree, ((parent, self._narrowing.widened(noun, old, new)) for parent, old in tried)
                )
            elif tree.override is not None:
                before = base.lists.get(name)
                found = self._narrowing.widened(noun, (allowed, before), (allowed, disallowed))
                if found is None and twins[0] in trees and trees[twins[0]].override is None:
                    # What the child allows beats the inherited denials, and so may do it only without them.
                    above = base.lists.get(twins[0]), before
                    found = self._narrowing.widened(noun, above, (allowed, disallowed))
                self._judge_list(tree, ((self._base, found),))

    def _lone_list(
        self, tree: syntax.Constraint, listing: Listing, parents: _Parents, base: FlatGrant
    ) -> None:
        """Compare a list without a twin: one that narrows is joined, any other lists what passes."""
        constraint = CONSTRAINTS[tree.name]
        grants = isinstance(constraint, ListConstraint) and constraint.grants
        if not (isinstance(constraint, ListConstraint) and constraint.narrows):
            self._judge_list(
                tree,
                (
                    (parent, self._narrowing.uncovered(grant.lists.get(tree.name), listing))
                    for parent, grant in parents
                    if grants or tree.name in grant.lists or self._narrowing.restricts(parent)
                ),
            )
        elif tree.override is not None:
            found = self._narrowing.uncovered(listing, base.lists.get(tree.name))
            self._judge_list(tree, ((self._base, found),))

    def _judge_list(self, tree: syntax.Constraint, tried: Iterable[tuple[Flat | None, str | None]]) -> None:
        """Note the first example of what a list permits and a parent does not."""
        for parent, found in tried:
            if found is not None:
                name = clipped(parent.name) if parent is not None else ""
                message = f"it permits {found}, which agent `{name}` does not"
                self._widened(tree.override, tree.reason, tree.clause, tree.name, message)
                return
        if tree.override is not None:
            self._idle(tree.override, f"`{tree.name}`", "it permits nothing that is not inherited")

    def _limit(self, tree: syntax.Constraint, limit: Limit, parents: _Parents) -> None:
        for parent, grant in parents:
            old = _less(limit, grant)
            if old is not None:
                message = f"`{limit.text}` is more than agent `{clipped(parent.name)}` has: it {old}"
                self._widened(tree.override, tree.reason, tree.clause, tree.name, message)
                return
        if tree.override is not None:
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


def _less(limit: Limit, grant: FlatGrant) -> str | None:
    """Return what a parent has of a limit, where that permits less."""
    constraint = CONSTRAINTS[limit.name]
    if isinstance(constraint, ListConstraint) or limit.name in settings.FREE:
        return None
    before = grant.limits.get(limit.name)
    if before is not None:
        return None if constraint.within(limit.value, before.value) else f"has `{before.text}`"
    held = settings.holding(constraint, _DEFAULTS)
    if held is not None:
        (most,) = held
        return None if constraint.within(limit.value, most) else f"has `{constraint.show(most)}`"
    grants = isinstance(constraint, LimitConstraint) and constraint.grants
    return "has none, and so permits nothing" if grants else None


def _spelled(constraint: str) -> str:
    """Return how what is overridden begins."""
    if constraint in CAPABILITIES:
        return f'can "{constraint}"'
    return clipped(constraint) if constraint.startswith("rule ") else f"{constraint}: ..."
