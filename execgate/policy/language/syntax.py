"""From policy text to a tree of plain values, each with its place; what they mean is not asked here."""

from __future__ import annotations

import bisect
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from lark import Token, Tree

from execgate.model.source import Span
from execgate.model.verdict import Clause
from execgate.policy.language import tokens
from execgate.policy.language.mending import Mender
from execgate.policy.language.text import PolicyText
from execgate.policy.problems import Problems, clipped, visible

MAX_TOKENS = 100_000
"""How many words and signs are read at once, over all files: what takes the time is their number."""

MISSING = "MISSING"
"""The kind of a name that a mistake took away."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A string, number or bare word; `kind` is STRING, NUMBER, NAME or MISSING, `text` a string's content."""

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


class Parser:
    """Parses the texts of one load, which share a bound of MAX_TOKENS."""

    __slots__ = ("_left", "_problems")

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._left = MAX_TOKENS

    def parse(self, policy: PolicyText) -> tuple[Agent, ...]:
        """Return the agents of one text.  Each syntax mistake is a problem; what it spoils is left out."""
        words = tokens.read(policy, self._left)
        self._left -= len(words.tokens)
        if self._left < 0:
            self._problems.at(
                policy.clause(tokens.span(words.tokens[-1])),
                f"too much policy: at most {MAX_TOKENS:,} words and signs are read",
                "split the policy, and load the agents that are needed",
            )
            self._left = 0
            return ()
        mender = Mender(policy, words, self._problems)
        tree = mender.parse()
        reader = _Reader(policy, self._problems, sorted(mender.spoiled))
        return tuple(reader.agent(node) for node in _trees(tree))


class _Reader:
    """Turns the parser's tree into ours."""

    def __init__(self, policy: PolicyText, problems: Problems, spoiled: list[tuple[int, int]]) -> None:
        self._policy = policy
        self._problems = problems
        self._spoiled = spoiled

    def agent(self, tree: Tree[Token]) -> Agent:
        name = self._scalar(_token(tree))
        grants = tuple(self._grant(node) for node in _trees(tree))
        return Agent(name, grants, self._clause(tree, name.clause.span))

    def _grant(self, tree: Tree[Token]) -> Grant:
        capability = self._scalar(_token(tree))
        constraints = tuple(
            self._constraint(node)
            for block in _trees(tree)
            for node in _trees(block)
            if node.children[1] and not (self._spoiled and self._spoils(node))
        )
        return Grant(capability, constraints, self._clause(tree, capability.clause.span))

    def _spoils(self, tree: Tree[Token]) -> bool:
        """Return whether a mistake stands in a constraint."""
        meta = tree.meta
        at = bisect.bisect_left(self._spoiled, (meta.line, meta.column - 1))
        return at < len(self._spoiled) and self._spoiled[at] < (meta.end_line, meta.end_column - 1)

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
        if not token:
            return Scalar(MISSING, "", clause)
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
        return self._policy.clause(tokens.span(token))

    def _clause(self, tree: Tree[Token], end: Span) -> Clause:
        meta = tree.meta
        return self._policy.clause(Span(meta.line, meta.column - 1, end.end_line, end.end_column))


def _trees(tree: Tree[Token]) -> Iterator[Tree[Token]]:
    return (child for child in tree.children if isinstance(child, Tree))


def _token(tree: Tree[Token]) -> Token:
    return cast("Token", tree.children[0])
