"""SQL text as tokens and statements, where every database would cut it in the same places.

Databases differ on what is a comment and where a string ends: behind `#`, `--` without a space, `/*!`, a
nested `/*`, a backslash in a string, `$$`.  Whoever is wrong there sees a comment where the database sees a
`DROP`.  So what could be cut differently is refused, unless the database is known and its rule is clear.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

MAX_NESTING = 16
"""The deepest nesting that is read: of brackets, of CASE, and of `NOT` and signs one behind the other.

The parser recurses about 25 calls a level, and what it makes of a text must not depend on how deep it was
called.
"""

_TOKEN = re.compile(
    r"""
    (?P<space>[ \t\n]+)
    | (?P<line_comment>--[^\n]*)
    | (?P<comment>/\*(?:[^*]|\*(?!/))*\*/)
    | (?P<string>'(?:[^']|'')*')
    | (?P<name>"(?:[^"]|"")*"|`[^`]*`|\[[^\[\]]*\])
    | (?P<dollar>\$(?P<tag>[A-Za-z_][A-Za-z0-9_]*|)\$)
    | (?P<param>(?:%s|%\([A-Za-z_][A-Za-z0-9_]*\)s|\?[0-9]*|[:@$][A-Za-z0-9_]+)(?![\w$]))
    | (?P<number>(?:0[xX][0-9A-Fa-f]+|[0-9]+(?:\.[0-9]+)?(?:[eE][0-9]+)?)(?![\w$]))
    | (?P<word>[^\W\d](?:\w|\$)*)
    | (?P<op>::|:=|/(?!\*)|[-+*%=<>!|&~^(),.;:@\[\]{}])
    """,
    re.VERBOSE,
)
_OPEN = {"(": ")", "{": "}", "[": "]", "CASE": "END"}
_PREFIXES = frozenset({"NOT", "-", "+", "~"})
_BACKSLASH_IS_PLAIN = frozenset({"sqlite", "tsql", "oracle", "duckdb"})
_DOLLAR_QUOTES = frozenset({"postgres", "duckdb"})
_PLAIN_NAME = re.compile(r"[\w .$:,-]*")


class SqlLexError(ValueError):
    """Text that could be cut into tokens in more than one way; the message says where."""


class Token(NamedTuple):
    """`kind` is word, string, name, number, param or op; `text` is as written, a word in upper case."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """One statement: its text without comments and with `?` for each parameter, and its tokens."""

    sql: str
    tokens: tuple[Token, ...]

    @property
    def words(self) -> frozenset[str]:
        """The bare words, in upper case."""
        return frozenset(token.text for token in self.tokens if token.kind == "word")


def lex(sql: str, dialect: str | None, stand_in: str = "") -> list[Piece]:
    """Return the statements of `sql` without the empty ones; `dialect` is None where it is not known.

    `stand_in` is the number that stands for one which is only known later, and may turn out negative.
    Raises SqlLexError.
    """
    sql = sql.replace("\r\n", "\n")
    pieces: list[Piece] = []
    written: list[str] = []
    tokens: list[Token] = []
    closers: list[str] = []
    prefixes = 0
    at = 0
    while at < len(sql):
        match = _TOKEN.match(sql, at)
        if match is None:
            raise SqlLexError(f"databases differ on what {sql[at]!r} means in SQL")
        kind = next(name for name, text in match.groupdict().items() if text is not None and name != "tag")
        text = match[kind]
        at = match.end()
        if kind in {"line_comment", "comment"}:
            _check_comment(text, dialect)
            written.append(" ")
            continue
        if kind == "dollar":
            at = _end_of_dollar_quote(sql, at, text, dialect)
            written.append("'dollar quoted'")
            tokens.append(Token("string", text))
            continue
        if text == ";" and not closers:
            pieces.append(Piece("".join(written).strip(), tuple(tokens)))
            written, tokens = [], []
            continue
        written.append("?" if kind == "param" else text)
        if kind == "space":
            continue
        if kind == "word" and text.upper().isascii() and not text.isascii():
            raise SqlLexError("a letter that is no ASCII becomes one in upper case")
        if kind in {"string", "name"}:
            _check_quoted(text, tokens, sql[match.start() - 1 : match.start()], dialect)
        if (
            kind == "number"
            and stand_in
            and text.startswith(stand_in)
            and sql.endswith("-", 0, match.start())
        ):
            raise SqlLexError("the sign of a number that is only known later could begin a comment")
        token = Token(kind, text.upper() if kind == "word" else text)
        prefixes = prefixes + 1 if token.text in _PREFIXES else 0
        if kind in {"op", "word"}:
            _nest(token.text, closers, prefixes)
        tokens.append(token)
    if closers:
        raise SqlLexError("a bracket is not closed")
    pieces.append(Piece("".join(written).strip(), tuple(tokens)))
    return [piece for piece in pieces if piece.tokens]


def _check_comment(text: str, dialect: str | None) -> None:
    if text.startswith("--"):
        if dialect in {None, "mysql"} and text[2:3] not in {"", " ", "\t"}:
            raise SqlLexError("`--` without a space behind it is no comment in MySQL")
    elif text[2:3] in {"!", "+"} or text[2:4] == "M!":
        raise SqlLexError("MySQL runs what stands in a comment that begins with `/*!`")
    elif "/*" in text[2:-2] or text.endswith("/*/"):
        raise SqlLexError("databases differ on where a comment within a comment ends")


def _check_quoted(text: str, tokens: list[Token], before: str, dialect: str | None) -> None:
    prefix = (
        tokens[-1].text
        if tokens and tokens[-1].kind == "word" and (before.isalnum() or before in "_$")
        else ""
    )
    if prefix and prefix not in {"X", "B", "N", "E"}:
        raise SqlLexError(f"databases differ on what a quote directly behind `{prefix[:20]}` means")
    if "\\" in text and (dialect not in _BACKSLASH_IS_PLAIN or prefix == "E"):
        raise SqlLexError("databases differ on what a backslash in quotes means")
    if text[0] in "`[" and not _PLAIN_NAME.fullmatch(text[1:-1]):
        raise SqlLexError(f"not every database quotes with `{text[0]}`")


def _end_of_dollar_quote(sql: str, at: int, tag: str, dialect: str | None) -> int:
    if dialect not in _DOLLAR_QUOTES:
        raise SqlLexError("not every database quotes with `$`")
    end = sql.find(tag, at)
    if end < 0:
        raise SqlLexError("a dollar quote is not closed")
    return end + len(tag)


def _nest(text: str, closers: list[str], prefixes: int) -> None:
    if text in _OPEN:
        closers.append(_OPEN[text])
    elif text == "END" and "END" not in closers:
        pass  # of a transaction, or of a block
    elif text in _OPEN.values() and (not closers or closers.pop() != text):
        raise SqlLexError("a bracket is closed that is not open")
    if len(closers) + prefixes > MAX_NESTING:
        raise SqlLexError("the SQL is nested too deeply")
