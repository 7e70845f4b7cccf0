"""From policy text to a tree of plain values, each with its place; what they mean is not asked here."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from execgate import _resources
from execgate.model.source import Span
from execgate.model.verdict import Clause
from execgate.policy.problems import Problems, clipped, did_you_mean, visible
from execgate.policy.text import PolicyText

MAX_TOKENS = 100_000
"""How many words and signs are read at once, over all files: what takes the time is their number."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A string, number or bare word; `kind` is STRING, NUMBER or NAME, `text` a string's content."""

    kind: str
    text: str
    clause: Clause


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list in brackets."""

    items: tuple[Scalar, ...]
    clause: Clause


@dataclass(frozen=True, slots=True)
class Constraint:
    """`name: value`."""

    name: str
    value: Scalar | Sequence
    clause: Clause
    """The name's place."""


@dataclass(frozen=True, slots=True)
class Grant:
    """`can "capability" with constraints { ... }`."""

    capability: Scalar
    constraints: tuple[Constraint, ...]
    clause: Clause
    """The place of `can "capability"`."""


@dataclass(frozen=True, slots=True)
class Agent:
    """`agent "name" { ... }`."""

    name: Scalar
    grants: tuple[Grant, ...]
    clause: Clause
    """The place of `agent "name"`."""


@functools.cache
def _parser(*, strict: bool = False) -> Lark:
    """Return the parser; `strict` also proves that no two terminals collide, which a test asks for.

    That proof needs interegular, and takes six times as long as all the rest.
    """
    return Lark(
        _resources.text("grammar", "policy.lark"),
        parser="lalr",
        strict=strict,
        propagate_positions=True,
        maybe_placeholders=False,
    )


class Parser:
    """Parses the texts of one load, which share a bound of MAX_TOKENS."""

    __slots__ = ("_left", "_problems")

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._left = MAX_TOKENS

    def parse(self, policy: PolicyText) -> tuple[Agent, ...]:
        """Return the agents of one text; its first syntax error is a problem, and then there are none."""
        interactive = _parser().parse_interactive(policy.text)
        last: Token | None = None
        try:
            for last in interactive.iter_parse():
                self._left -= 1
                if self._left < 0:
                    self._problems.at(
                        policy.clause(_token_span(last)),
                        f"too much policy: at most {MAX_TOKENS:,} words and signs are read",
                        "split the policy, and load the agents that are needed",
                    )
                    return ()
            tree: Tree[Token] = interactive.feed_eof(last)  # type: ignore[no-untyped-call]  # lark's gap
        except UnexpectedToken as error:
            error.interactive_parser = interactive
            return self._misread(policy, error)
        except UnexpectedCharacters as error:
            return self._misread(policy, error)
        reader = _Reader(policy, self._problems)
        return tuple(reader.agent(node) for node in _trees(tree))

    def _misread(
        self, policy: PolicyText, error: UnexpectedToken | UnexpectedCharacters
    ) -> tuple[Agent, ...]:
        span, message, help_ = _explain(policy, error)
        self._problems.at(policy.clause(span), message, help_)
        return ()


class _Reader:
    """Turns the parser's tree into ours."""

    def __init__(self, policy: PolicyText, problems: Problems) -> None:
        self._policy = policy
        self._problems = problems

    def agent(self, tree: Tree[Token]) -> Agent:
        name = self._scalar(_token(tree))
        grants = tuple(self._grant(node) for node in _trees(tree))
        return Agent(name, grants, self._clause(tree, name.clause.span))

    def _grant(self, tree: Tree[Token]) -> Grant:
        capability = self._scalar(_token(tree))
        constraints = tuple(self._constraint(node) for block in _trees(tree) for node in _trees(block))
        return Grant(capability, constraints, self._clause(tree, capability.clause.span))

    def _constraint(self, tree: Tree[Token]) -> Constraint:
        name, value = _token(tree), tree.children[1]
        if isinstance(value, Token):
            return Constraint(str(name), self._scalar(value), self._place(name))
        items = tuple(self._scalar(token) for token in value.children if isinstance(token, Token))
        meta = value.meta
        span = Span(meta.line, meta.column - 1, meta.end_line, meta.end_column - 1)
        return Constraint(str(name), Sequence(items, self._policy.clause(span)), self._place(name))

    def _scalar(self, token: Token) -> Scalar:
        clause = self._place(token)
        if token.type != "STRING":
            return Scalar(token.type, str(token), clause)
        return Scalar("STRING", self._unquote(str(token), clause), clause)

    def _unquote(self, literal: str, clause: Clause) -> str:
        if visible(literal) != literal:
            # Whoever reviews the policy has to see what it says.
            self._problems.at(
                clause,
                f"a character that does not show in {clipped(literal)}",
                'write it as an escape, such as "\\u200b"',
            )
            return literal[1:-1]
        if "\\" not in literal:
            return literal[1:-1]
        try:
            text = json.loads(literal)
        except ValueError:
            self._problems.at(
                clause,
                f"unknown escape in {clipped(literal)}",
                'write a backslash as \\\\; the escapes are \\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX',
            )
            return literal[1:-1]
        if not isinstance(text, str) or any(0xD800 <= ord(char) <= 0xDFFF for char in text):
            self._problems.at(clause, f"lone surrogate in {clipped(literal)}", "write the character itself")
            return literal[1:-1]
        return text

    def _place(self, token: Token) -> Clause:
        return self._policy.clause(_token_span(token))

    def _clause(self, tree: Tree[Token], end: Span) -> Clause:
        meta = tree.meta
        return self._policy.clause(Span(meta.line, meta.column - 1, end.end_line, end.end_column))


def quoted(text: str) -> str:
    """Return `text` as a string of the language, in ASCII."""
    return json.dumps(text)


def _trees(tree: Tree[Token]) -> Iterator[Tree[Token]]:
    return (child for child in tree.children if isinstance(child, Tree))


def _token(tree: Tree[Token]) -> Token:
    return cast("Token", tree.children[0])


def _token_span(token: Token) -> Span:
    line, column = token.line or 1, (token.column or 1) - 1
    return Span(line, column, line, column + len(token))


# --- syntax errors, in plain words -------------------------------------------------------------------------

_WORDS = {
    "AGENT": "`agent`",
    "CAN": "`can`",
    "WITH": "`with`",
    "CONSTRAINT": "`constraints`",
    "CONSTRAINTS": "`constraints`",
    "LBRACE": "`{`",
    "RBRACE": "`}`",
    "LSQB": "`[`",
    "RSQB": "`]`",
    "COLON": "`:`",
    "COMMA": "`,`",
    "STRING": "a string in double quotes",
    "NUMBER": "a number with its unit",
    "NAME": "a name",
    "$END": "the end of the file",
}
_VALUE = {"STRING", "NUMBER", "NAME", "LSQB"}


def _explain(
    policy: PolicyText, error: UnexpectedToken | UnexpectedCharacters
) -> tuple[Span, str, str | None]:
    """Return place, message and help of a syntax error."""
    if isinstance(error, UnexpectedToken):
        accepted = set(error.accepts or error.expected)
        token = error.token
        if token.type == "$END":
            end = policy.text.rstrip()
            line = end.count("\n") + 1
            column = len(end) - (end.rfind("\n") + 1)
            span = Span(line, max(0, column - 1), line, max(1, column))
            return span, f"the text ends too early: expected {_expected(accepted)}", _missing(accepted)
        message = f"expected {_expected(accepted)}, got `{clipped(str(token))}`"
        return _token_span(token), message, _hint(token, accepted)
    return _stray(policy, error.line, error.column - 1, error.pos_in_stream or 0)


def _expected(accepted: set[str]) -> str:
    if accepted >= _VALUE:
        accepted = accepted - _VALUE
        words = ["a value", *(word for word in dict.fromkeys(map(_WORDS.get, sorted(accepted))) if word)]
    else:
        words = [word for word in dict.fromkeys(map(_WORDS.get, sorted(accepted))) if word]
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]


def _missing(accepted: set[str]) -> str | None:
    if "RBRACE" in accepted:
        return "close the block with `}`"
    return "close the list with `]`" if "RSQB" in accepted else None


def _hint(token: Token, accepted: set[str]) -> str | None:
    word = str(token)
    if token.type == "NAME" and "STRING" in accepted and not accepted >= _VALUE:
        return f'write it in quotes: "{word}"'
    if token.type == "NAME":
        keywords = [word.strip("`") for key, word in _WORDS.items() if key in accepted and key.isalpha()]
        close = did_you_mean(word, [keyword for keyword in keywords if keyword.isalpha()])
        if close is not None:
            return f"did you mean `{close}`?"
        if "CAN" in accepted:
            return 'constraints stand in a grant: `can "code_execution" with constraints { ... }`'
    if token.type == "STRING" and "NAME" in accepted and "COLON" not in accepted and not accepted >= _VALUE:
        return "the name of a constraint stands without quotes"
    if "COMMA" in accepted:
        return "entries of a list stand apart with `,`, and `]` closes it"
    if accepted <= {"CONSTRAINT", "CONSTRAINTS"}:
        return 'write `can "code_execution" with constraints { ... }`'
    if token.type == "COMMA" and "NAME" in accepted:
        return "constraints stand apart by themselves: remove the comma"
    if token.type == "RBRACE":
        return "there is one `}` too many"
    if token.type == "LSQB" and "RSQB" in accepted:
        return "a list holds no lists"
    return "a constraint is `name: value`" if accepted == {"COLON"} else None


def _stray(policy: PolicyText, line: int, column: int, position: int) -> tuple[Span, str, str | None]:
    text = policy.text
    char = text[position]
    rest = len(policy.lines[line - 1]) - column
    here = Span(line, column, line, column + 1)
    to_line_end = Span(line, column, line, column + max(1, rest))
    if char == '"':
        if re.match(r'"[^"\n]*\t', text[position : position + 1000]):
            return to_line_end, "a tab in a string", "write it as \\t"
        return to_line_end, 'a string that does not end: expected `"` on the same line', None
    if text.startswith("/*", position):
        return to_line_end, "a comment that does not end: expected `*/`", None
    if char in "'\u2018\u2019\u201c\u201d":
        return here, f"expected a string in double quotes, got {visible(char)}", 'quote with `"`'
    help_ = {"*": 'write it in quotes: "*"', "=": "a constraint is `name: value`"}.get(char)
    return here, f"unexpected character `{visible(char)}`", help_
