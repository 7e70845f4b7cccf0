"""The words and signs of a case file, each at its place."""

from __future__ import annotations

import json
import re
import textwrap
from dataclasses import dataclass

from execgate.model.source import Span
from execgate.model.verdict import Clause
from execgate.policy.language.text import PolicyText
from execgate.policy.problems import Problems, clipped, visible

_TOKEN = re.compile(
    r"""
    (?P<SKIP>[ \t\r\n]+|(?://|\#)[^\n]*|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/)
  | (?P<FENCE>`{3,})
  | (?P<STRING>"(?:[^"\\\x00-\x1f]|\\[^\x00-\x1f])*")
  | (?P<NUMBER>-?[0-9][0-9A-Za-z_.]*%?)
  | (?P<NAME>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<SIGN>[{}\[\]:,])
  | (?P<WRONG>["`/]?.[^\s{}\[\]:,"`]*)
    """,
    re.VERBOSE,
)
_FENCE = re.compile(r"(?P<marks>`{3,})[ \t]*(?P<word>[^`\r\n]*?)[ \t]*\r?\n")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or sign.

    `kind` is STRING (`text` is what it holds), NUMBER, NAME, SIGN, CODE (`text` is the code, `word` its
    language) or END.
    """

    kind: str
    text: str
    clause: Clause
    word: str = ""


def scan(policy: PolicyText, problems: Problems) -> list[Token]:
    """Return every token of the text, and END behind the last; what is none is a problem."""
    return _Scanner(policy, problems).tokens()


class _Scanner:
    def __init__(self, policy: PolicyText, problems: Problems) -> None:
        self._policy = policy
        self._problems = problems
        self._text = policy.text
        self._line = 1
        self._line_start = 0
        self._counted = 0

    def tokens(self) -> list[Token]:
        found: list[Token] = []
        at = 0
        while at < len(self._text):
            match = _TOKEN.match(self._text, at)
            if match is None:  # pragma: no cover - WRONG takes whatever is left
                break
            kind, end = str(match.lastgroup), match.end()
            if kind == "FENCE":
                token, end = self._code(at)
                found.append(token)
            elif kind == "WRONG":
                self._wrong(match[0], at)
            elif kind != "SKIP":
                clause = self._place(at, end)
                text = self._unquoted(match[0], clause) if kind == "STRING" else match[0]
                found.append(Token(kind, text, clause))
            at = end
        found.append(Token("END", "", self._end()))
        return found

    def _code(self, at: int) -> tuple[Token, int]:
        """Read a block of code: from a fence to the line that holds nothing but one as long."""
        opening = _FENCE.match(self._text, at)
        if opening is None:
            end = self._text.find("\n", at)
            end = len(self._text) if end < 0 else end
            clause = self._place(at, end)
            self._problems.at(
                clause,
                "code starts on the line behind the backticks and the name of its language",
                "write ```python, the code on lines of its own, and ``` on the last",
            )
            return Token("CODE", "", clause), end
        clause = self._place(at, opening.end())
        closing = re.compile(rf"^[ \t]*{opening['marks']}[ \t]*$", re.MULTILINE).search(
            self._text, opening.end()
        )
        if closing is None:
            self._problems.at(
                clause, "code without an end", f"close it with {opening['marks']} on a line of its own"
            )
            return Token("CODE", "", clause), len(self._text)
        code = textwrap.dedent(self._text[opening.end() : closing.start()].replace("\r\n", "\n"))
        return Token("CODE", code, clause, opening["word"].strip()), closing.end()

    def _wrong(self, text: str, at: int) -> None:
        clause = self._place(at, at + len(text))
        if text.startswith('"'):
            self._problems.at(clause, "a string without an end", 'close it with `"` on the same line')
        elif text.startswith("/*"):
            self._problems.at(clause, "a comment without an end", "close it with `*/`")
        else:
            self._problems.at(clause, f"`{clipped(text)}` means nothing here")

    def _unquoted(self, literal: str, clause: Clause) -> str:
        if visible(literal) != literal:
            self._problems.at(
                clause,
                f"a character that does not show in {clipped(literal)}",
                'write it as an escape, such as "\\u200b"',
            )
            return literal[1:-1]
        try:
            text: str = json.loads(literal)
        except ValueError:
            self._problems.at(
                clause,
                f"unknown escape in {clipped(literal)}",
                'write a backslash as \\\\; the escapes are \\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX',
            )
            return literal[1:-1]
        if any(0xD800 <= ord(char) <= 0xDFFF for char in text):
            self._problems.at(clause, f"lone surrogate in {clipped(literal)}", "write the character itself")
            return literal[1:-1]
        return text

    def _place(self, start: int, end: int) -> Clause:
        """Return the place of a stretch, at most to the end of its line; places are asked for in order."""
        newlines = self._text.count("\n", self._counted, start)
        if newlines:
            self._line += newlines
            self._line_start = self._text.rfind("\n", 0, start) + 1
        self._counted = start
        stop = self._text.find("\n", start)
        last = max(start + 1, min(end, len(self._text) if stop < 0 else stop))
        column = start - self._line_start
        return self._policy.clause(Span(self._line, column, self._line, column + last - start))

    def _end(self) -> Clause:
        at = max(0, len(self._text.rstrip()) - 1)
        line = self._text.count("\n", 0, at) + 1
        column = at - (self._text.rfind("\n", 0, at) + 1)
        return self._policy.clause(Span(line, column, line, column + 1))
