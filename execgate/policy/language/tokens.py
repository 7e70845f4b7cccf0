"""From policy text to words and signs.  What is none is a mistake, and reading goes on behind it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

from lark import Lark, Token, lexer
from lark.exceptions import UnexpectedCharacters

from execgate import _resources
from execgate.model.source import Span
from execgate.policy.language.text import PolicyText
from execgate.policy.problems import MAX_FOUND, clipped, visible

_QUOTES = "'\u2018\u2019\u201c\u201d"
_IN_OTHER_QUOTES = re.compile(f'[{_QUOTES}]([^\\\\\n\t"{_QUOTES}]*)[{_QUOTES}]')
_WITH_TABS = re.compile(r'"[^"\n]*\t[^"\n]*"')
# Where a string without an end likely was to end: no name, host or path holds what comes next.
_LIKELY_STRING = re.compile(r'"[^\s"{}\[\],]*')
_STRAY = re.compile(r"""->|[^\s\w"'{}\[\]()<>=!.:,/#]+|.""")
# What other languages write, the word that it stands for here, and what to say.
_STANDS_FOR = {
    "*": ("STRING", '"*"', 'write it in quotes: "*"'),
    "->": ("COLON", ":", "write `:`"),
    "&&": ("AND", "and", "write `and`"),
    "&": ("AND", "and", "write `and`"),
    "||": ("OR", "or", "write `or`"),
    "|": ("OR", "or", "write `or`"),
    "!": ("NOT", "not", "write `not`"),
}


@functools.cache
def grammar(*, strict: bool = False) -> Lark:
    """Return the grammar's parser; `strict` also proves that no two terminals collide, which a test asks for.

    That proof needs interegular, and takes six times as long as all the rest.
    """
    # Where interegular happens to be installed lark compares all terminals, its own grammar's too, unasked.
    found = lexer.has_interegular
    lexer.has_interegular = found and strict
    try:
        return Lark(
            _resources.text("grammar", "policy.lark"),
            parser="lalr",
            lexer="basic",  # a keyword is one everywhere: `cannot` is no `can`, and a lost `}` shows at once
            strict=strict,
            propagate_positions=True,
            maybe_placeholders=False,
        )
    finally:
        lexer.has_interegular = found


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is no word or sign.

    `instead` is what its author likely meant.  `sure` says that nobody could have meant anything else, so
    that what stands around it can be judged.
    """

    span: Span
    message: str
    help: str | None
    end: int
    instead: Token | None = None
    sure: bool = False


@dataclass(slots=True)
class Words:
    """The tokens of a text, and its mistakes, each with the number of tokens that stand before it.

    `whole` is False where reading ended before the text did.
    """

    tokens: list[Token] = field(default_factory=list)
    mistakes: list[tuple[int, Mistake]] = field(default_factory=list)
    whole: bool = True


def read(policy: PolicyText, most: int) -> Words:
    """Return what `policy` consists of, and at most one token more than `most`."""
    words = Words()
    position, blamed = 0, 0
    while True:
        try:
            for token in _lex(policy.text, position):
                words.tokens.append(token)
                if len(words.tokens) > most:
                    words.whole = False
                    return words
        except UnexpectedCharacters as error:
            line, start = error.line, error.pos_in_stream or 0
            mistake = None
            again = line == blamed
            if policy.text[start] == '"' and not again:
                mistake, blamed = _earlier(policy, words.tokens, line), line
            mistake = mistake or _mistake(policy, line, error.column - 1, start, again=again)
        else:
            return words
        words.mistakes.append((len(words.tokens), mistake))
        if mistake.instead is not None:
            words.tokens.append(mistake.instead)
        position = mistake.end
        if position >= len(policy.text) or len(words.mistakes) >= MAX_FOUND:
            words.whole = words.whole and _ends(policy, mistake)
            return words


@functools.cache
def keywords() -> frozenset[str]:
    """Return the words that the language keeps for itself."""
    return frozenset(word.pattern.value for word in grammar().terminals if word.pattern.value.isalpha())


def span(token: Token) -> Span:
    """Return the place of a token."""
    line, column = token.line or 1, (token.column or 1) - 1
    return Span(line, column, line, column + len(token))


def _lex(text: str, position: int) -> Iterator[Token]:
    parser = grammar().parse_interactive(text)
    lexer = parser.lexer_thread
    lexer.state.line_ctr.feed(text[:position])  # type: ignore[union-attr]  # there is one: it was given a text
    return cast("Iterator[Token]", lexer.lex(parser.parser_state))  # type: ignore[no-untyped-call]  # lark's gap


def _ends(policy: PolicyText, mistake: Mistake) -> bool:
    """Return whether the text was read to its end; a comment without one hides what follows."""
    return mistake.end >= len(policy.text) and not mistake.message.startswith("a comment")


def _earlier(policy: PolicyText, tokens: list[Token], line: int) -> Mistake | None:
    """Return the string that took the quote of the next for its own, and drop what was read from there on.

    A word stands directly behind it: `"a { can "code_execution"`.
    """
    first = len(tokens)
    while first and tokens[first - 1].line == line:
        first -= 1
    for at in range(first, len(tokens) - 1):
        token, following = tokens[at], tokens[at + 1]
        if token.type == "STRING" and token.end_pos == following.start_pos and following[0].isalnum():
            del tokens[at:]
            return _endless(policy, line, (token.column or 1) - 1, token.start_pos or 0)
    return None


def _endless(policy: PolicyText, line: int, column: int, start: int, *, again: bool = False) -> Mistake:
    """Return the mistake of a string without an end; a line's second is not read any further."""
    rest = policy.lines[line - 1][column:]
    likely = _LIKELY_STRING.match(rest)
    text = likely[0] if likely and not again else rest
    place = Span(line, column, line, column + len(rest))
    return Mistake(
        place,
        'a string that does not end: expected `"` on the same line',
        "a backslash is written as `\\\\`" if "\\" in rest else 'close it with `"`',
        start + len(text),
        None if again else _token("STRING", f'{text}"', place, start, len(text)),
    )


def _mistake(policy: PolicyText, line: int, column: int, start: int, *, again: bool) -> Mistake:
    text = policy.text
    here = Span(line, column, line, column + 1)
    to_line_end = Span(line, column, line, max(column + 1, len(policy.lines[line - 1])))
    char = text[start]
    if char == '"':
        tabs = _WITH_TABS.match(text, start)
        if tabs is None:
            return _endless(policy, line, column, start, again=again)
        plain = _token("STRING", '" "', here, start, len(tabs[0]))
        return Mistake(to_line_end, "a tab in a string", "write it as \\t", tabs.end(), plain)
    if text.startswith("/*", start):
        return Mistake(to_line_end, "a comment that does not end: expected `*/`", None, len(text))
    if char in _QUOTES:
        message = f"expected a string in double quotes, got {visible(char)}"
        other = _IN_OTHER_QUOTES.match(text, start)
        if other is None:
            return Mistake(here, message, 'quote with `"`', start + 1)
        meant = _token("STRING", f'"{other[1]}"', here, start, len(other[0]))
        return Mistake(here, message, 'quote with `"`', other.end(), meant, sure=True)
    return _stray(policy, line, column, start)


def _stray(policy: PolicyText, line: int, column: int, start: int) -> Mistake:
    found = _STRAY.match(policy.text, start)
    signs = found[0] if found else policy.text[start]
    kind, meant, help_ = _STANDS_FOR.get(signs, (None, "", None))
    if signs.startswith(";"):
        help_ = "remove it: nothing ends with `;`"
    place = Span(line, column, line, column + len(signs))
    instead = _token(kind, meant, place, start, len(signs)) if kind else None
    return Mistake(
        place,
        f"unexpected character{'s' if len(signs) > 1 else ''} `{clipped(signs)}`",
        help_,
        start + len(signs),
        instead,
        sure=kind is not None or signs == ";",
    )


def _token(kind: str, text: str, place: Span, start: int, length: int) -> Token:
    line, column = place.line, place.column + 1
    return Token(kind, text, start, line, column, line, column + length, start + length)
