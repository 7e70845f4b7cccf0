"""What the words of the language mean, in a line each, and the words that fit in places."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from execgate.policy.constraints.capabilities import CODE_EXECUTION, PAYMENT, TOOL
from execgate.policy.elaboration import settings

KEYWORDS: Mapping[str, str] = MappingProxyType(
    {
        "agent": 'What one agent may do: `agent "name" { ... }`. `*` in the name stands for any characters.',
        "extends": "What is inherited from other agents; it can only be narrowed, unless with `override`.",
        "can": 'A grant: `can "code_execution" with constraints { ... }`. What no grant covers is denied.',
        "with": "Before the constraints of a grant.",
        "constraint": "Before the constraints of a grant.",
        "constraints": "Before the constraints of a grant.",
        "because": 'Why: `because "reason"`. It shows up in explanations and receipts.',
        "override": "Lets an agent be wider than what it extends; it needs a reason: `because`.",
        "let": 'A set of entries with a name, for lists to hold: `let apis = ["api.example.com"]`.',
        "rule": 'A condition and what happens where it holds: `rule name { when ... deny "message" }`.',
        "on": "What a rule judges: capabilities, operation types, or `all`.",
        "when": "The condition of a rule. One that can't be decided denies.",
        "deny": "Denies the operation, with a message.",
        "escalate": "Asks for approval, with a message.",
        "warn": "Lets the operation pass, with a warning.",
        "restrict": "Asks that the operation also keeps to these constraints.",
        "phases": "The phases of a conversation, each with those that it leads to.",
        "window": "Hours of days, or a time from one moment until another, in a time zone.",
        "and": "Holds where both sides do.",
        "or": "Holds where one side does.",
        "not": "Holds where the condition does not.",
        "has": "Holds where an attribute is known: `has customer`.",
        "in": "Holds where a list, a set or a window has the value.",
        "matches": "Holds where a pattern covers the value; `*` stands for any characters.",
        "true": "Always.",
        "false": "Never.",
    }
)
"""Every word that the language keeps for itself."""

SETTINGS: Mapping[str, str] = MappingProxyType(
    {name: f"{line[0].upper()}{line[1:]}." for name, line in settings.SETTINGS.items()}
)
"""The settings of an agent."""

CAPABILITY_DOCS: Mapping[str, str] = MappingProxyType(
    {
        CODE_EXECUTION: "Running code, and all that it does.",
        PAYMENT: "Moving money.",
        TOOL: "Proposing and calling tools.",
    }
)
"""What each capability is about."""
