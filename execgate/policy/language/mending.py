"""Syntax mistakes: each is reported, mended as its author likely meant it, and parsing goes on.

What comes out is for finding more mistakes, never for judging: a text with a problem is not loaded.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from typing import cast

from lark import Token, Tree
from lark.exceptions import UnexpectedToken
from lark.parsers.lalr_interactive_parser import InteractiveParser

from execgate.model.source import Span
from execgate.policy.language import mistakes
from execgate.policy.language.text import PolicyText
from execgate.policy.language.tokens import Words, grammar, keywords, span
from execgate.policy.problems import MAX_FOUND, Problems, did_you_mean

_AHEAD = 3
"""How many tokens behind a mistake are tried, and have to fit before another on its line is reported."""

_ENOUGH = 2
"""How many of them have to fit for a mend to be believed: another mistake may be near."""

_MISSING = (
    ("COLON",),
    ("COMMA",),
    ("STRING",),
    ("NAME",),
    ("LBRACE",),
    ("CONSTRAINTS",),
    ("EQUAL",),
    ("RSQB",),
    ("RPAR",),
    ("WHEN",),
    ("AND",),
    ("COMPARE",),
    ("WHEN", "TRUE"),
    ("TRUE", "DENY", "STRING"),
    ("DENY", "STRING"),
    ("DENY",),
)
# What ends the construct at hand, or is its next part where it can't end yet.
_ONWARD = (
    *("RSQB", "RPAR", "RBRACE", "STRING", "LBRACE", "COLON", "CONSTRAINTS"),
    *("WHEN", "DENY", "EQUAL", "LSQB", "IN", "NAME", "RULE"),
)
# What begins something new, or ends what is open; those that stand outside of everything else.
_OUTSIDE = {"AGENT", "LET", "PHASES", "WINDOW"}
_BEGIN = {*_OUTSIDE, "RULE", "OVERRIDE", "CAN", "RBRACE", "WHEN", "DENY", "ESCALATE", "WARN", "RESTRICT"}
# What has to stand behind a word that begins something within a line.
_BEHIND = {
    **{word: {"STRING"} for word in ("AGENT", "CAN", "DENY", "ESCALATE", "WARN", "RESTRICT")},
    **{word: {"NAME"} for word in ("LET", "RULE", "WINDOW")},
    "PHASES": {"LBRACE"},
}
# A name behind one of these is that of a constraint.
_BEFORE_CONSTRAINT = {"LBRACE", "RBRACE", "STRING", "NUMBER", "NAME", "RSQB", "OVERRIDE"}
# What stands behind a name in a list or condition.
_BEHIND_NAME = {"COMMA", "RSQB", "RPAR", "DOT", "COMPARE", "IN", "NOT", "MATCHES", "AND", "OR"}


class Mender:
    """Parses one text to its end, whatever it holds.

    `spoiled` are the places of mistakes: what stands around them is not what its author meant.
    """

    def __init__(self, policy: PolicyText, words: Words, problems: Problems) -> None:
        self.spoiled: list[tuple[int, int]] = []
        self._policy = policy
        self._tokens = words.tokens
        self._mistakes = [*words.mistakes, (len(words.tokens), None)]
        self._whole = words.whole
        self._problems = problems
        self._parser = grammar().parse_interactive("")
        self._mends = 0
        self._fed = 0
        self._fed_before = 0
        self._last: Span | None = None

    def parse(self) -> Tree[Token]:
        """Return the tree; an empty token in it stands for what is missing."""
        feed = self._parser.parser_state.feed_token
        at, count = 0, len(self._tokens)
        for before, mistake in self._mistakes:
            while at < min(before, count):
                if self._tokens[at].type == "NAME" and self._is_no_constraint(at):
                    at = self._mend(at)
                    continue
                try:
                    feed(self._tokens[at])
                except UnexpectedToken:
                    at = self._mend(at)
                else:
                    self._fed += 1
                    at += 1
            if mistake is not None:
                self._note(mistake.span, mistake.message, mistake.help, spoils=not mistake.sure)
        return self._end()

    def _end(self) -> Tree[Token]:
        last = self._tokens[-1] if self._tokens else Token("$END", "", 0, 1, 1, 1, 1, 0)
        end = Token.new_borrow_pos("$END", "", last)
        try:
            tree = self._parser.feed_token(end)
        except UnexpectedToken:
            if self._whole:
                self._note(*mistakes.early_end(self._policy, _accepted(self._parser)))
            self._feed(_holes(self._way_to("$END") or (), last))
            tree = self._parser.feed_token(end)
        return cast("Tree[Token]", tree)

    def _feed(self, tokens: Iterable[Token]) -> None:
        for token in tokens:
            self._parser.feed_token(token)

    def _note(self, place: Span, message: str, help_: str | None, *, spoils: bool = True) -> None:
        """Report a mistake, unless it likely follows from the one before it on the same line."""
        if spoils:
            self.spoiled.append((place.line, place.column))
        last, near = self._last, self._fed - self._fed_before < _AHEAD
        self._fed_before = self._fed
        if last is not None and place.line == last.line and (near or place.column < last.end_column):
            return
        self._last = place
        self._problems.at(self._policy.clause(place), message, help_)

    def _mend(self, at: int) -> int:
        """Report the token that does not fit, and return the number of the one to go on with."""
        token = self._tokens[at]
        accepted = _accepted(self._parser)
        place, message, help_ = mistakes.unexpected(self._tokens, at, accepted)
        whole = mistakes.sign(self._tokens, at)
        meant = mistakes.meant(whole, accepted)
        # Where something new begins, what stands before it is not complete.
        spoils = meant is None and (place != span(token) or not self._begins(at))
        self._note(place, message, help_, spoils=spoils)
        self._mends += 1
        if self._mends >= MAX_FOUND:
            self._whole = False
            return len(self._tokens)
        if meant is not None:
            kind, text, _ = meant
            self._feed([Token.new_borrow_pos(kind, text, whole)])
            return at + sum(
                (token.start_pos or 0) < (whole.end_pos or 0) for token in self._tokens[at : at + 3]
            )
        following = self._tokens[at + 1 : at + 1 + _AHEAD]
        mends = [(self._fitting(instead, following), instead) for instead in self._likely(at, accepted)]
        fitting, best = max(mends, key=lambda mend: mend[0])
        if fitting < min(_ENOUGH, len(following)):
            return self._skip(at, token)
        self._feed(best)
        self._fed += token in best[-1:]
        return at + 1

    def _likely(self, at: int, accepted: set[str]) -> Iterable[Sequence[Token]]:
        """Yield what may have been meant by a token, likely things first."""
        token = self._tokens[at]
        if token.type == "LBRACE" and "WITH" in accepted:
            yield (*_holes(("WITH", "CONSTRAINTS"), token), token)
        if token.type == "NAME":
            close = did_you_mean(token, [key.lower() for key in accepted if key.lower() in keywords()])
            if close is not None:
                yield (Token.new_borrow_pos(close.upper(), close, token),)
            if not self._begins(at):
                yield (Token.new_borrow_pos("STRING", f'"{token}"', token),)
        elif token.type == "STRING" or token in keywords():
            yield (Token.new_borrow_pos("NAME", token.strip('"'), token),)
        if at and token.type == "COLON":
            # The value before it was the name of the next constraint, and so was the entry of a list.
            yield (self._tokens[at - 1], token)
            yield (*_holes(("RSQB",), token), self._tokens[at - 1], token)
        # Nobody writes a word of the language by chance, but for one that stands there twice.
        chosen = token in keywords() and (not at or token != self._tokens[at - 1])
        left_out: tuple[Sequence[Token], ...] = ()
        if token.type == "RBRACE" or not self._begins(at):
            left_out = ((),)
        if not chosen:
            yield from left_out
        for missing in _MISSING:
            yield (*_holes(missing, token), token)
        if chosen:
            yield from left_out

    def _skip(self, at: int, token: Token) -> int:
        """Leave out what can't be mended, and close what has to be, to go on where something new begins."""
        depth = 0
        hopeless: set[str] = set()
        for index in range(at, len(self._tokens)):
            kind = self._tokens[index].type
            if kind == "LBRACE":
                depth += 1
            elif kind == "RBRACE" and depth:
                depth -= 1
            elif kind not in hopeless and (kind in _OUTSIDE or not depth) and self._begins(index):
                way = self._way_to(kind)
                if way is not None:
                    self._feed(_holes(way, token))
                    return index
                hopeless.add(kind)
        return len(self._tokens)

    def _begins(self, index: int) -> bool:
        """Return whether a token begins something new, or ends what is open."""
        token = self._tokens[index]
        following = self._kind(index + 1)
        first_of_line = index == 0 or self._tokens[index - 1].line != token.line
        if token.type != "NAME":
            return token.type in _BEGIN and (
                first_of_line or following in _BEHIND.get(token.type, {following})
            )
        return following == "COLON" or (first_of_line and following not in _BEHIND_NAME)

    def _is_no_constraint(self, index: int) -> bool:
        """Return whether a name that fits as a constraint's is likely a slip of a word that fits as well."""
        following = self._kind(index + 1)
        if following == "COLON" or index == 0 or self._tokens[index - 1].type not in _BEFORE_CONSTRAINT:
            return False
        accepted = _accepted(self._parser)
        if "NAME" not in accepted or "RBRACE" not in accepted:
            return False
        block = {"WITH", "CONSTRAINT", "CONSTRAINTS", "LBRACE"}
        if following in block or (following == "STRING" and self._kind(index + 2) in block):
            return True
        fitting = [key.lower() for key in accepted if key.lower() in keywords()]
        return did_you_mean(self._tokens[index], fitting) is not None

    def _kind(self, index: int) -> str:
        return self._tokens[index].type if index < len(self._tokens) else "$END"

    def _way_to(self, kind: str) -> tuple[str, ...] | None:
        """Return the tokens that lead to where one of this kind fits, a NAME as that of a constraint."""
        trial = self._trial()
        way: list[str] = []
        while True:
            accepted = _accepted(trial)
            if kind in accepted and (kind != "NAME" or "RBRACE" in accepted):
                return tuple(way)
            if "$END" in accepted:
                return None
            step = next(step for step in _ONWARD if step in accepted)
            trial.feed_token(Token(step, ""))
            way.append(step)

    def _fitting(self, instead: Sequence[Token], following: Sequence[Token]) -> int:
        """Return how many tokens fit behind what stands for one that does not, -1 if that itself does not."""
        trial = self._trial()
        fitting = -len(instead)
        try:
            for token in (*instead, *following):
                trial.feed_token(token)
                fitting += 1
        except UnexpectedToken:
            return max(fitting, -1)
        return fitting

    def _trial(self) -> InteractiveParser:
        """Return a copy of the parser that builds no tree."""
        trial: InteractiveParser = self._parser.copy(deepcopy_values=False)  # type: ignore[no-untyped-call]  # lark's gap
        trial.parser_state.parse_conf = copy.copy(trial.parser_state.parse_conf)
        trial.parser_state.parse_conf.callbacks = {}
        return trial


def _holes(kinds: Iterable[str], place: Token) -> list[Token]:
    return [Token.new_borrow_pos(kind, "", place) for kind in kinds]


def _accepted(parser: InteractiveParser) -> set[str]:
    """Return the kinds of tokens that fit."""
    return parser.accepts()  # type: ignore[no-untyped-call, no-any-return]  # lark's gap
