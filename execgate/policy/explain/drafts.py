"""An agent's policy in canonical form, as lines that can be edited: what is tried can be written so."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from execgate.model.explanation import Edit
from execgate.policy.agent import AgentPolicy
from execgate.policy.constraints import CAPABILITY_OF, UNLIMITED
from execgate.policy.policyset import PolicySet
from execgate.policy.problems import quoted
from execgate.policy.search.spaces import EVERY_NOUN

_TURNS = {"grant": 0, "drop": 2}
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_DECODER = json.JSONDecoder()
_GRANT, _RULE = "  ", re.compile(r"( *)rule ([A-Za-z_][A-Za-z0-9_]*)\b")

OPEN = frozenset(name for name, noun in EVERY_NOUN.items() if noun.open)
"""What needs no allow list: one that is begun has to go on permitting the rest."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The canonical text of one agent with everything that its policy needs."""

    lines: tuple[str, ...]

    @classmethod
    def of(cls, policy: AgentPolicy) -> Draft:
        """Return the policy as it stands."""
        return cls(tuple(policy.canonical.split("\n")))

    @property
    def text(self) -> str:
        """The policy as text."""
        return "\n".join(self.lines)

    def agent(self, name: str) -> AgentPolicy:
        """Return what the text makes of the agent `name`; raises PolicyError where it is no policy."""
        return PolicySet.parse(self.text, "<edited policy>").agent(name)

    def has(self, constraint: str) -> bool:
        """Return whether a constraint is given."""
        return self._constraint(constraint) is not None

    def entries(self, constraint: str) -> tuple[str, ...]:
        """Return the entries of a list; empty where it is not given."""
        at = self._constraint(constraint)
        return () if at is None else tuple(_DECODER.raw_decode(self.lines[at], self._value(at))[0])

    def value(self, constraint: str) -> str | None:
        """Return the value of a constraint as it is written, None where it is not given."""
        at = self._constraint(constraint)
        return None if at is None else self.lines[at][self._value(at) :].partition(" because ")[0]

    def lists(self) -> dict[str, tuple[str, ...]]:
        """Return every list constraint that is given, by its name."""
        found = {}
        for at, line in enumerate(self.lines):
            name = line.strip().partition(":")[0]
            if name in CAPABILITY_OF and self._constraint(name) == at and line[self._value(at)] == "[":
                value = line[self._value(at) :]
                if value.startswith(('["', "[]")):
                    found[name] = tuple(_DECODER.raw_decode(value)[0])
        return found

    def apply(self, edits: Iterable[Edit]) -> Draft:
        """Return the policy with the edits made."""
        draft = self
        for edit in sorted(edits, key=_turn):
            draft = draft._edited(edit)
        return draft

    def keeping(self, kept: Mapping[str, Iterable[str]]) -> Draft:
        """Return the policy with some lists cut down to the entries that matter to one question."""
        draft = self
        for name, entries in kept.items():
            draft = draft._with_list(name, entries)
        return draft

    def _edited(self, edit: Edit) -> Draft:
        name = edit.constraint
        if edit.verb == "grant":
            # Behind the head of the agent, which is the only line that begins so.
            head = next(at for at, line in enumerate(self.lines) if line.startswith("agent "))
            return self._spliced(head + 1, head + 1, f'  can "{name}" with constraints {{', "  }")
        if edit.verb in {"add", "begin"}:
            before = self.entries(name)
            return self._with_list(name, (*before, *edit.values))
        if edit.verb == "remove":
            return self._with_list(name, [one for one in self.entries(name) if one not in edit.values])
        if edit.verb == "set":
            return self._with_value(name, _joined(self.value(name), edit.values[0]))
        return self._without(name)

    def _with_list(self, name: str, entries: Iterable[str]) -> Draft:
        return self._with_value(name, f"[{', '.join(map(quoted, dict.fromkeys(entries)))}]")

    def _with_value(self, name: str, value: str) -> Draft:
        at = self._constraint(name)
        if at is not None:
            return self._spliced(at, at + 1, self.lines[at][: self._value(at)] + value)
        grant = self._grant(CAPABILITY_OF[name])
        return self if grant is None else self._spliced(grant + 1, grant + 1, f"    {name}: {value}")

    def _without(self, name: str) -> Draft:
        for start, line in enumerate(self.lines):
            match = _RULE.match(line)
            if match is not None and f"rule {match[2]}" == name:
                return self._spliced(start, self._end(start, match[1]))
        at = self._constraint(name)
        if at is not None:
            return self._spliced(at, at + 1)
        grant = self._grant(name)
        if grant is not None:
            return self._spliced(grant, self._end(grant, _GRANT))
        setting = next((at for at, line in enumerate(self.lines) if line.startswith(f"  {name}: ")), None)
        return self if setting is None else self._spliced(setting, setting + 1)

    def _spliced(self, start: int, end: int, *lines: str) -> Draft:
        return Draft((*self.lines[:start], *lines, *self.lines[end:]))

    def _grant(self, capability: str) -> int | None:
        head = f'  can "{capability}"'
        return next((at for at, line in enumerate(self.lines) if line.startswith(head)), None)

    def _constraint(self, name: str) -> int | None:
        """Return the line of a constraint of a grant; those within rules are further in."""
        head = f"    {name}: "
        return next((at for at, line in enumerate(self.lines) if line.startswith(head)), None)

    def _value(self, at: int) -> int:
        return self.lines[at].index(": ") + 2

    def _end(self, at: int, indent: str) -> int:
        """Return the line behind the end of a construct that begins at `at`."""
        closing = f"{indent}}}"
        return next(below for below in range(at + 1, len(self.lines)) if self.lines[below] == closing) + 1


def _turn(edit: Edit) -> tuple[int, Decimal, tuple[str, ...]]:
    """Return when an edit is made: grants first, what takes away last, of two limits the higher later."""
    digits = _NUMBER.match(edit.values[0]) if edit.verb == "set" else None
    amount = (
        Decimal(0) if edit.verb != "set" else Decimal("Infinity") if digits is None else Decimal(digits[0])
    )
    return _TURNS.get(edit.verb, 1), amount, edit.values


def _joined(given: str | None, value: str) -> str:
    """Return a limit's new value: one amount takes the place of that in its currency, and the others stay."""
    currency = value.partition("_")[2]
    if given is None or UNLIMITED in {given, value} or value.startswith("["):
        return value
    amounts = [one for one in given.strip("[]").split(", ") if one.partition("_")[2] != currency]
    if not amounts:
        return value
    return f"[{', '.join(sorted([*amounts, value], key=lambda one: one.partition('_')[2]))}]"
