"""Limits of spending that can never be reached, and what is asked for but has no effect."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from decimal import Decimal

from execgate.model.context import SCOPES
from execgate.policy.agent import AgentPolicy
from execgate.policy.constraints.capabilities import PAYMENT
from execgate.policy.constraints.gates import GATES
from execgate.policy.findings.notebook import Doubt, Notebook
from execgate.policy.grant import Grant

_MONEY = ("max_amount", *(f"max_amount_per_{scope}" for scope in SCOPES))
_RESTRICTED = "restricted_payment_operations"
_NEEDED = ("allowed_providers", "allowed_payment_operations", "max_amount")


def look(agent: AgentPolicy, grant: Grant, notebook: Notebook) -> None:
    """Note what can never be in one grant of payments of an agent."""
    notebook.holds(grant.clause, PAYMENT)
    for name, clause in grant.clauses.items():
        notebook.holds(clause, name)
    for doubt in (*_empty(grant), *_unreached(grant), *_gates(grant), *_unrestricted(agent, grant)):
        notebook.doubt(doubt)


def _empty(grant: Grant) -> Iterator[Doubt]:
    missing = [
        name
        for name in _NEEDED
        if name not in grant.values and (name not in grant.lists or not grant.lists[name].entries)
    ]
    if missing:
        named = " and ".join(f"`{name}`" for name in missing)
        yield Doubt(
            grant.clause,
            PAYMENT,
            f'`can "{PAYMENT}"` permits no payment without {named}',
            "a payment needs its provider and its operation on allow lists, and `max_amount`",
        )


def _amounts(grant: Grant, name: str) -> dict[str, Decimal]:
    return {money.currency: money.amount for money in grant.values.get(name) or ()}


def _unreached(grant: Grant) -> Iterator[Doubt]:
    """Yield amounts that a lower limit keeps every payment below."""
    for name in ("max_amount", "approval_above"):
        own = _amounts(grant, name)
        for other in _MONEY:
            most = _amounts(grant, other)
            beyond = [
                currency
                for currency in own
                if currency in most
                and (
                    own[currency] > most[currency]
                    or (name != "max_amount" and own[currency] == most[currency])
                )
            ]
            if beyond and other != name:
                effect = "is never reached" if name == "max_amount" else "never asks for approval"
                yield Doubt(
                    grant.clauses[name],
                    name,
                    f"`{name}` {effect}: `{other}` of `{grant.limits[other]}` denies before",
                    f"lower `{name}`, or raise `{other}`",
                )
                break


def _gates(grant: Grant) -> Iterator[Doubt]:
    given = [name for name in GATES if name in grant.values]
    for name, later in itertools.pairwise(given):
        if grant.values[name] >= grant.values[later]:
            at = grant.limits[later]
            yield Doubt(
                grant.clauses[name],
                name,
                f"`{name}` of `{grant.limits[name]}` has no effect: `{later}` comes at `{at}`",
                "the gates go up: `warn_at` below `restrict_at` below `halt_at`",
            )


def _unrestricted(agent: AgentPolicy, grant: Grant) -> Iterator[Doubt]:
    """Yield the list of what passes while payments are restricted, where nothing ever restricts them."""
    listing = grant.lists.get(_RESTRICTED)
    rules = (rule.action == "restrict" and rule.limited is None for rule in agent.rules.rules)
    if listing is None or "restrict_at" in grant.values or any(rules):
        return
    notice = f"`{_RESTRICTED}` has no effect: nothing restricts payments"
    yield Doubt(listing.clause, _RESTRICTED, notice, "add `restrict_at`, as in `restrict_at: 75%`, or a rule")
