"""The conditions of governance files, `cost > 0.50 and phase != COMMIT`, in the words of the policy language.

Each comparison is typed: a number beside `cost` is money, one beside `budget_ratio` a share.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn

from execgate.model.context import SCOPES
from execgate.model.source import Span
from execgate.model.verdict import Clause
from execgate.policy.conditions import phases
from execgate.policy.conditions.attributes import ATTRIBUTES, Kind
from execgate.policy.conditions.values import MIRRORED, ORDERED
from execgate.policy.constraints.quantities import MONEY, BadLimitError
from execgate.policy.governance.reading import Word, plain
from execgate.policy.problems import Problems, clipped, did_you_mean, quoted

AMOUNT, RATIO, COUNT, TEXT, PHASE = "money", "ratio", "count", "text", "phase"

_KINDS = {
    Kind.PHASE: PHASE,
    Kind.MONEY: AMOUNT,
    Kind.TALLY: AMOUNT,
    Kind.RATIO: RATIO,
    Kind.COUNT: COUNT,
    Kind.NUMBER: COUNT,
    Kind.TEXT: TEXT,
}
_NAMES: dict[str, str] = {
    name: _KINDS[ATTRIBUTES[name].kind]
    for name in (
        *"phase cost budget_ratio spend_velocity turn".split(),
        *(f"spent.{scope}" for scope in SCOPES),
        *"agent suggester group customer provider operation currency recipient tool".split(),
    )
}
"""The attributes that a condition can name, and what each is compared with."""

_OTHER_NAMES = {
    "current_phase": "phase",
    "amount": "cost",
    "call_cost": "cost",
    "estimated_cost": "cost",
    "budget_used": "budget_ratio",
    "budget_usage": "budget_ratio",
    "budget_utilization": "budget_ratio",
    "velocity": "spend_velocity",
    "session_spent": "spent.session",
    "session_spend": "spent.session",
    "session_cost": "spent.session",
    "spent": "spent.session",
    "daily_spent": "spent.day",
    "daily_spend": "spent.day",
    "day_spent": "spent.day",
    "agent_name": "agent",
    "tool_name": "tool",
    "customer_id": "customer",
}
"""Names that such files use for the same."""

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<STRING>"[^"\\]*"|'[^'\\]*')
  | (?P<NUMBER>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)%?(?![0-9A-Za-z_.]))
  | (?P<NAME>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)
  | (?P<SIGN>==|!=|<=|>=|&&|\|\||[<>!()\[\],])
  | (?P<WRONG>[0-9][0-9A-Za-z_.%]*|\S)
    )""",
    re.VERBOSE,
)
_WORDS = {"&&": "and", "||": "or", "!": "not"}
_MOST_DEPTH = 50


class _MistakeError(Exception):
    """A mistake in a condition; nothing behind it is read."""

    def __init__(self, token: _Token, message: str, help: str | None = None) -> None:  # noqa: A002 - the field's word
        super().__init__(message)
        self.token = token
        self.message = message
        self.help = help


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int

    @property
    def shown(self) -> str:
        return f"`{clipped(self.text)}`" if self.text else "the end"


@dataclass(frozen=True, slots=True)
class Wording:
    """What conditions are put in words with: a currency for their numbers, and the phases that there are."""

    currency: str
    phases: Sequence[str]


def translated(source: Word, wording: Wording, problems: Problems) -> str | None:
    """Return a condition in the policy language, None where it has a mistake, which goes to `problems`."""
    reader = _Reader(source.text, wording)
    try:
        return reader.whole()
    except _MistakeError as mistake:
        problems.at(_within(source, mistake.token), mistake.message, mistake.help)
        return None


def _within(source: Word, token: _Token) -> Clause:
    """Return the place of a token, or of the whole condition where that does not stand as it is on a line."""
    clause = source.clause
    span = clause.span
    start = span.column if source.bare else span.column + 1
    line = clause.text[start : start + len(source.text)]
    if span.line != span.end_line or line != source.text:
        return clause
    column = start + token.start
    return Clause(
        clause.file, Span(span.line, column, span.line, column + max(1, len(token.text))), clause.text
    )


class _Reader:
    """Reads one condition from left to right."""

    def __init__(self, text: str, wording: Wording) -> None:
        self._wording = wording
        self._tokens = [
            _Token(str(found.lastgroup), found[str(found.lastgroup)], found.start(str(found.lastgroup)))
            for found in _TOKEN.finditer(text.rstrip())
        ]
        self._end = _Token("END", "", len(text.rstrip()))
        self._at = 0

    def whole(self) -> str:
        if not self._tokens:
            raise _MistakeError(self._end, "a condition without words", "write one, such as `cost > 0.50`")
        found = self._either(0)
        if self._next.kind != "END":
            self._wrong("expected `and`, `or` or the end")
        return found

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else self._end

    def _word(self) -> str:
        """Return the next token as a word of a condition, whichever spelling it has."""
        token = self._next
        if token.kind == "SIGN":
            return _WORDS.get(token.text, token.text)
        return token.text.lower() if token.kind == "NAME" else ""

    def _take(self) -> _Token:
        token = self._next
        self._at += 1
        return token

    def _wrong(self, expected: str) -> NoReturn:
        token = self._next
        help_ = None
        if token.text == "=":
            help_ = "did you mean `==`?"
        elif token.text in {"&", "|"}:
            help_ = f"did you mean `{token.text * 2}`?"
        raise _MistakeError(token, f"{expected}, got {token.shown}", help_)

    def _either(self, depth: int) -> str:
        return self._joined("or", self._both, depth)

    def _both(self, depth: int) -> str:
        return self._joined("and", self._test, depth)

    def _joined(self, word: str, read: Callable[[int], str], depth: int) -> str:
        parts = [read(depth)]
        while self._word() == word:
            self._take()
            parts.append(read(depth))
        return f" {word} ".join(parts)

    def _test(self, depth: int) -> str:
        if depth > _MOST_DEPTH:
            raise _MistakeError(self._next, "nested too deeply", "write the condition flat")
        word = self._word()
        if word == "not":
            sign = self._take()
            if self._word() == "(":
                return f"not {self._test(depth + 1)}"
            if sign.text == "!" and self._word() != "not":
                self._wrong("expected `(` behind `!`")
            return f"not ({self._test(depth + 1)})"
        if word == "(":
            self._take()
            found = self._either(depth + 1)
            if self._word() != ")":
                self._wrong("expected `)`")
            self._take()
            return f"({found})"
        return self._comparison()

    def _comparison(self) -> str:
        left = self._operand()
        negated = self._word() == "not"
        if negated:
            self._take()
        if self._word() == "in":
            self._take()
            return self._membership(left, "not in" if negated else "in")
        if negated or self._next.text not in MIRRORED:
            self._wrong("expected a comparison such as `==` or `>`")
        sign = self._take().text
        right = self._operand()
        if self._next.text in MIRRORED:
            raise _MistakeError(
                self._next, "two comparisons in one", "write both, with `and` between: `1 < x and x < 5`"
            )
        return self._compared(left, sign, right)

    def _operand(self) -> _Token:
        if self._next.kind not in {"STRING", "NUMBER", "NAME"}:
            self._wrong("expected a name, a number or a text")
        return self._take()

    def _compared(self, left: _Token, sign: str, right: _Token) -> str:
        name = _known(left)
        if name is None:
            name, left, right, sign = _known(right), right, left, MIRRORED[sign]
        if name is None:
            unknown = next((token for token in (right, left) if token.kind == "NAME"), None)
            if unknown is None:
                raise _MistakeError(right, "a comparison of two values that never change")
            raise _unknown(unknown)
        kind = _NAMES[name]
        if sign in ORDERED and kind in {TEXT, PHASE}:
            raise _MistakeError(left, f"`{name}` has no order", "compare it with `==` or `!=`")
        return f"{name} {sign} {self._value(kind, right, name)}"

    def _membership(self, left: _Token, word: str) -> str:
        name = _known(left)
        if name is None:
            raise _unknown(left)
        kind = _NAMES[name]
        if self._word() not in {"[", "("}:
            self._wrong("expected a list such as `[EXPLORE, DECIDE]`")
        closing = {"[": "]", "(": ")"}[self._take().text]
        items = [self._value(kind, self._operand(), name)]
        while self._word() == ",":
            self._take()
            if self._word() == closing:
                break
            items.append(self._value(kind, self._operand(), name))
        if self._word() != closing:
            self._wrong(f"expected `,` or `{closing}`")
        self._take()
        # Written out, so that every kind of value can stand in such a list.
        sign, joint = ("==", " or ") if word == "in" else ("!=", " and ")
        found = joint.join(f"{name} {sign} {item}" for item in items)
        return f"({found})" if len(items) > 1 else found

    def _value(self, kind: str, token: _Token, said: str) -> str:
        """Return a value as the language writes what `said` is compared with."""
        if token.kind == "NAME" and kind != PHASE:
            raise _MistakeError(
                token,
                f"`{said}` is compared with the word {token.shown}",
                f"write it in quotes: {quoted(token.text)}" if kind == TEXT else "compare it with a number",
            )
        if kind in {AMOUNT, RATIO, COUNT}:
            return self._number(kind, token, said)
        text = token.text[1:-1] if token.kind == "STRING" else token.text
        if token.kind == "NUMBER":
            raise _MistakeError(
                token, f"`{said}` is compared with a number", f"write it in quotes: {quoted(text)}"
            )
        return quoted(text) if kind == TEXT else self._phase(token, text)

    def _phase(self, token: _Token, text: str) -> str:
        folded = {name.lower(): name for name in self._wording.phases}
        if text in self._wording.phases:
            return text
        if text.lower() in folded:
            return folded[text.lower()]
        help_ = phases.known(text, self._wording.phases)
        raise _MistakeError(token, f"unknown phase `{clipped(text)}`", help_)

    def _number(self, kind: str, token: _Token, said: str) -> str:
        text = token.text[1:-1] if token.kind == "STRING" else token.text
        percent = text.endswith("%")
        if not re.fullmatch(r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)%?", text, re.ASCII) or len(text) > 40:
            raise _MistakeError(token, f"`{said}` is compared with a text", "compare it with a number")
        number = Decimal(text.rstrip("%"))
        if kind == RATIO:
            return f"{number:f}%" if percent else f"{number:f}"
        if percent:
            raise _MistakeError(token, f"`{said}` is no share of something", "leave the `%` out")
        if kind == COUNT:
            if number != number.to_integral_value():
                raise _MistakeError(token, f"`{said}` counts whole ones, got {token.shown}")
            return f"{number:f}" if said == "turn" else f"{number:f}_payments"
        try:
            return MONEY.show(MONEY.read(f"{number:f}_{self._wording.currency}"))
        except BadLimitError as error:
            raise _MistakeError(token, str(error), error.help) from error


def _known(token: _Token) -> str | None:
    """Return the name of what a word stands for, None where it stands for nothing that is known."""
    if token.kind != "NAME":
        return None
    name = ".".join(plain(part) for part in token.text.split("."))
    name = _OTHER_NAMES.get(name, name)
    return name if name in _NAMES else None


def _unknown(token: _Token) -> _MistakeError:
    names = sorted({*_NAMES, *_OTHER_NAMES})
    close = did_you_mean(token.text, names)
    help_ = (
        f"did you mean `{close}`?" if close else "the names are " + ", ".join(f"`{name}`" for name in _NAMES)
    )
    if token.kind != "NAME":
        return _MistakeError(token, f"expected a name, got {token.shown}", help_)
    return _MistakeError(token, f"unknown name `{clipped(token.text)}`", help_)
