"""What would turn a verdict round: changes of the policy, of the context or of the code."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from execgate.model.source import Span
from execgate.model.verdict import Clause


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of one agent's policy.

    `verb` is one of `add` (an entry to a list), `begin` (a list that is not there yet, with its entries),
    `remove` (an entry from a list), `set` (a limit), `grant` (a capability), and `drop` (a whole constraint,
    rule or grant).  `block` is the agent's name or pattern, `constraint` the list, limit, rule or capability.
    """

    verb: str
    block: str
    constraint: str
    values: tuple[str, ...] = ()
    clause: Clause | None = None
    """Where it is to be made, None where there is nothing yet."""

    def __str__(self) -> str:
        listed = ", ".join(json.dumps(value) for value in self.values)
        if self.verb == "add":
            return f"add {listed} to {self.constraint}"
        if self.verb == "begin":
            return f"add `{self.constraint}: [{listed}]`"
        if self.verb == "remove":
            return f"remove {listed} from {self.constraint}"
        if self.verb == "set":
            return f"set {self.constraint} to {', '.join(self.values)}"
        if self.verb == "grant":
            return f'add `can "{self.constraint}" with constraints {{ ... }}`'
        return f"remove {self.constraint}"

    def to_json(self) -> dict[str, Any]:
        """Return the edit as the JSON document holds it."""
        return {
            "verb": self.verb,
            "agent": self.block,
            "constraint": self.constraint,
            "values": list(self.values),
            "text": str(self),
            "policy": None if self.clause is None else self.clause.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Fault:
    """A place in the code that no change of a list can permit; `help` is what to write instead."""

    why: str
    location: Span
    help: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the fault as the JSON document holds it."""
        return {"why": self.why, "location": self.location.to_json(), "help": self.help}


@dataclass(frozen=True, slots=True)
class Change:
    """The smallest change that was found to turn a verdict round; each part was tried, and does.

    `decision` is what it turns it into.  `edits` together turn it round by the policy alone, `context` does
    by the context alone, as fields with their JSON values; `context_decision` is what that leads to, which
    may be that an approval is needed.  `faults` are where the code is to blame, in which
    case `edits` turn round what is left once they are mended.
    """

    decision: str
    edits: tuple[Edit, ...] = ()
    context: tuple[tuple[str, Any], ...] = ()
    context_decision: str | None = None
    faults: tuple[Fault, ...] = ()
    approval: bool = False
    """Whether somebody's approval is enough."""
    instead: tuple[Fault, ...] = ()
    """What to write in the code instead of an edit that permits more than the code does."""
    why: str | None = None
    """Why there is no change to tell, where there is none."""

    def to_json(self) -> dict[str, Any]:
        """Return the change as the JSON document holds it."""
        return {
            "to": self.decision,
            "policy": [edit.to_json() for edit in self.edits],
            "context": dict(self.context),
            "context_to": self.context_decision,
            "code": [fault.to_json() for fault in self.faults],
            "instead": [fault.to_json() for fault in self.instead],
            "approval": self.approval,
            "why": self.why,
        }
