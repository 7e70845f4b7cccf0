"""From policy text to a tree of plain values, each with its place; what they mean is not asked here."""

from __future__ import annotations

import bisect
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from lark import Token, Tree

from execgate.model.source import Span
from execgate.model.verdict import Clause
from execgate.policy.language import tokens
from execgate.policy.language.mending import Mender
from execgate.policy.language.text import PolicyText
from execgate.policy.problems import Problems, clipped, visible

MAX_TOKENS = 100_000
"""How many words and signs are read at once, over all files: what takes the time is their number."""

MAX_DEPTH = 50
"""How deep a condition may be nested."""

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
    """`name: value`, in a grant what it is limited to, elsewhere a setting.

    `override` is the place of that word, `reason` what stands behind `because`; so with grants and rules.
    """

    name: str
    value: Scalar | Sequence
    clause: Clause
    """The name's place."""
    override: Clause | None = None
    reason: Scalar | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A name in a condition: `phase`, `args.amount`."""

    path: tuple[str, ...]
    clause: Clause


@dataclass(frozen=True, slots=True)
class Truth:
    """`true` or `false`."""

    value: bool
    clause: Clause


@dataclass(frozen=True, slots=True)
class Comparison:
    """`left sign right`; the sign is one of `== != < <= > >= in`, `not in`, `matches`."""

    left: Condition
    sign: str
    right: Condition
    clause: Clause


@dataclass(frozen=True, slots=True)
class Negation:
    """`not operand`."""

    operand: Condition
    clause: Clause


@dataclass(frozen=True, slots=True)
class Presence:
    """`has name`."""

    reference: Reference
    clause: Clause


@dataclass(frozen=True, slots=True)
class Junction:
    """Conditions of which all have to hold, for `and`, or one, for `or`."""

    word: str
    operands: tuple[Condition, ...]
    clause: Clause


Condition: TypeAlias = "Scalar | Sequence | Reference | Truth | Comparison | Negation | Presence | Junction"


@dataclass(frozen=True, slots=True)
class Action:
    """What a rule does where its condition holds: `deny`, `escalate`, `warn` or `restrict`."""

    word: str
    message: Scalar
    constraints: tuple[Constraint, ...]
    clause: Clause
    """The word's place."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`rule name on subjects { when condition action }`."""

    name: Scalar
    subjects: tuple[Scalar, ...]
    condition: Condition
    action: Action
    clause: Clause
    """The place of `rule name`."""
    override: Clause | None = None
    reason: Scalar | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """`can "capability" with constraints { ... }`."""

    capability: Scalar
    constraints: tuple[Constraint, ...]
    clause: Clause
    """The place of `can "capability"`."""
    rules: tuple[Rule, ...] = ()
    override: Clause | None = None
    reason: Scalar | None = None


@dataclass(frozen=True, slots=True)
class Agent:
    """`agent "name" extends "parent" { ... }`."""

    name: Scalar
    grants: tuple[Grant, ...]
    clause: Clause
    """The place of `agent "name"`."""
    parents: tuple[Scalar, ...] = ()
    settings: tuple[Constraint, ...] = ()
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Let:
    """`let name = [ ... ]`."""

    name: Scalar
    value: Sequence
    clause: Clause
    """The name's place."""


@dataclass(frozen=True, slots=True)
class Phases:
    """`phases { ... }`."""

    settings: tuple[Constraint, ...]
    clause: Clause


@dataclass(frozen=True, slots=True)
class Window:
    """`window name { ... }`."""

    name: Scalar
    settings: tuple[Constraint, ...]
    clause: Clause
    """The place of `window name`."""


@dataclass(frozen=True, slots=True)
class Document:
    """All of one text, each kind in the order of the text."""

    agents: tuple[Agent, ...] = ()
    lets: tuple[Let, ...] = ()
    rules: tuple[Rule, ...] = ()
    phases: tuple[Phases, ...] = ()
    windows: tuple[Window, ...] = ()


class Parser:
    """Parses the texts of one load, which share a bound of MAX_TOKENS."""

    __slots__ = ("_left", "_problems")

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._left = MAX_TOKENS

    def parse(self, policy: PolicyText) -> Document:
        """Return what one text says.  Each syntax mistake is a problem; what it spoils is left out."""
        words = tokens.read(policy, self._left)
        self._left -= len(words.tokens)
        if self._left < 0:
            self._problems.at(
                policy.clause(tokens.span(words.tokens[-1])),
                f"too much policy: at most {MAX_TOKENS:,} words and signs are read",
                "split the policy, and load the agents that are needed",
            )
            self._left = 0
            return Document()
        mender = Mender(policy, words, self._problems)
        tree = mender.parse()
        reader = _Reader(policy, self._problems, sorted(mender.spoiled))
        return reader.document(tree)


class _Reader:
    """Turns the parser's tree into ours."""

    def __init__(self, policy: PolicyText, problems: Problems, spoiled: list[tuple[int, int]]) -> None:
        self._policy = policy
        self._problems = problems
        self._spoiled = spoiled

    def document(self, tree: Tree[Token]) -> Document:
        sorts: dict[str, list[Any]] = {"agent": [], "let": [], "rule": [], "phases": [], "window": []}
        readers: dict[str, Callable[[Tree[Token]], object]] = {
            "agent": self._agent,
            "let": self._let,
            "rule": self._rule,
            "phases": self._phases,
            "window": self._window,
        }
        for node in _trees(tree):
            if node.data == "rule" and not self._is_sound(node):
                continue
            sorts[node.data].append(readers[node.data](node))
        agents, lets, rules, phases, windows = map(tuple, sorts.values())
        return Document(agents, lets, rules, phases, windows)

    def _agent(self, tree: Tree[Token]) -> Agent:
        name = self._scalar(_token(tree))
        parents = tuple(self._scalar(token) for part in _trees(tree, "parents") for token in _tokens(part))
        grants = tuple(self._grant(node) for node in _trees(tree, "grant"))
        settings, rules = self._constraints(tree), self._rules(tree)
        return Agent(name, grants, self._clause(tree, name.clause.span), parents, settings, rules)

    def _let(self, tree: Tree[Token]) -> Let:
        name = self._scalar(_token(tree))
        return Let(name, self._sequence(_last(tree)), name.clause)

    def _phases(self, tree: Tree[Token]) -> Phases:
        block = _last(tree)
        return Phases(self._constraints(block), self._clause(tree, _first_span(tree)))

    def _window(self, tree: Tree[Token]) -> Window:
        name = self._scalar(_token(tree))
        return Window(name, self._constraints(_last(tree)), self._clause(tree, name.clause.span))

    def _grant(self, tree: Tree[Token]) -> Grant:
        override, (token,) = self._override(tree)
        capability = self._scalar(token)
        blocks = list(_trees(tree, "constraints"))
        return Grant(
            capability,
            tuple(one for block in blocks for one in self._constraints(block)),
            self._clause(tree, capability.clause.span),
            tuple(rule for block in blocks for rule in self._rules(block)),
            override,
            self._reason(tree),
        )

    def _constraints(self, tree: Tree[Token]) -> tuple[Constraint, ...]:
        return tuple(
            self._constraint(node)
            for node in _trees(tree, "constraint")
            if all(_tokens(node)) and not (self._spoiled and self._spoils(node))
        )

    def _rules(self, tree: Tree[Token]) -> tuple[Rule, ...]:
        return tuple(self._rule(node) for node in _trees(tree, "rule") if self._is_sound(node))

    def _rule(self, tree: Tree[Token]) -> Rule:
        override, (token, *_) = self._override(tree)  # a condition of one word is a token too
        name = self._scalar(token)
        action = _last(tree)
        word, message = _tokens(action)
        subjects = tuple(self._scalar(token) for part in _trees(tree, "subjects") for token in _tokens(part))
        return Rule(
            name,
            subjects,
            self._condition(tree.children[-2]),
            Action(
                str(word),
                self._scalar(message),
                tuple(one for block in _trees(action, "constraints") for one in self._constraints(block)),
                self._place(word),
            ),
            self._clause(tree, name.clause.span),
            override,
            self._reason(tree),
        )

    def _condition(self, node: Tree[Token] | Token) -> Condition:
        if isinstance(node, Token):
            if node.type in {"TRUE", "FALSE"}:
                return Truth(node.type == "TRUE", self._place(node))
            return self._scalar(node)
        clause = self._whole(node)
        if node.data == "reference":
            return Reference(tuple(map(str, node.children)), clause)
        if node.data == "list":
            return self._sequence(node)
        if node.data == "negation":
            return Negation(self._condition(node.children[0]), clause)
        if node.data == "presence":
            reference = self._condition(node.children[0])
            return Presence(cast("Reference", reference), clause)
        if node.data == "comparison":
            left, *sign, right = node.children
            return Comparison(self._condition(left), " ".join(map(str, sign)), self._condition(right), clause)
        word = "or" if node.data == "either" else "and"
        return Junction(word, tuple(map(self._condition, node.children)), clause)

    def _is_sound(self, tree: Tree[Token]) -> bool:
        """Return whether a rule can be read; that its condition is nested too deep is a mistake."""
        deep = _deeper(tree, MAX_DEPTH)
        if deep is None:
            return not self._lacks(tree)
        self._problems.at(
            self._whole(deep),
            f"a condition is nested at most {MAX_DEPTH} deep",
            "write several rules, or lists behind `in`",
        )
        return False

    def _lacks(self, tree: Tree[Token]) -> bool:
        """Return whether a mistake took something of a rule away, or stands in it."""
        return (bool(self._spoiled) and self._spoils(tree)) or not all(tree.scan_values(_is_token))

    def _override(self, tree: Tree[Token]) -> tuple[Clause | None, list[Token]]:
        """Return the place of `override`, and the other words of a construct."""
        found = list(_tokens(tree))
        if found[0].type == "OVERRIDE":
            return self._place(found[0]), found[1:]
        return None, found

    def _reason(self, tree: Tree[Token]) -> Scalar | None:
        return next((self._scalar(_token(node)) for node in _trees(tree, "reason")), None)

    def _spoils(self, tree: Tree[Token]) -> bool:
        """Return whether a mistake stands in a constraint."""
        meta = tree.meta
        at = bisect.bisect_left(self._spoiled, (meta.line, meta.column - 1))
        return at < len(self._spoiled) and self._spoiled[at] < (meta.end_line, meta.end_column - 1)

    def _constraint(self, tree: Tree[Token]) -> Constraint:
        override, (name, *rest) = self._override(tree)
        reason = self._reason(tree)
        if rest:
            return Constraint(str(name), self._scalar(rest[0]), self._place(name), override, reason)
        (value,) = _trees(tree, "list")
        return Constraint(str(name), self._sequence(value), self._place(name), override, reason)

    def _sequence(self, tree: Tree[Token]) -> Sequence:
        return Sequence(tuple(self._scalar(token) for token in _tokens(tree)), self._whole(tree))

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

    def _whole(self, tree: Tree[Token]) -> Clause:
        meta = tree.meta
        return self._policy.clause(Span(meta.line, meta.column - 1, meta.end_line, meta.end_column - 1))

    def _clause(self, tree: Tree[Token], end: Span) -> Clause:
        meta = tree.meta
        return self._policy.clause(Span(meta.line, meta.column - 1, end.end_line, end.end_column))


def _trees(tree: Tree[Token], kind: str | None = None) -> Iterator[Tree[Token]]:
    return (
        child for child in tree.children if isinstance(child, Tree) and (kind is None or child.data == kind)
    )


def _tokens(tree: Tree[Token]) -> Iterator[Token]:
    return (child for child in tree.children if isinstance(child, Token))


def _token(tree: Tree[Token]) -> Token:
    return cast("Token", tree.children[0])


def _last(tree: Tree[Token]) -> Tree[Token]:
    return cast("Tree[Token]", tree.children[-1])


def _deeper(tree: Tree[Token], most: int) -> Tree[Token] | None:
    """Return a part that is nested deeper than `most`; without recursion, which has a bound itself."""
    todo = [(tree, 0)]
    while todo:
        node, depth = todo.pop()
        if depth > most:
            return node
        todo += ((child, depth + 1) for child in _trees(node))
    return None


def _is_token(_: object) -> bool:
    return True


def _first_span(tree: Tree[Token]) -> Span:
    """Return the place of a construct's keyword, which the tree does not hold."""
    line, column = tree.meta.line, tree.meta.column - 1
    return Span(line, column, line, column + len("phases"))
