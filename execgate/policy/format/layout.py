"""The one layout.  It works on words and comments: every construct starts lines and opens blocks alike."""

from __future__ import annotations

from collections.abc import Sequence

from lark import Token

from execgate.policy.format import comments
from execgate.policy.format.comments import Gap

WIDTH = 100
"""How long a line may get where it can be broken, in characters."""

_INDENT = 2

_STARTS = {"AGENT", "LET", "PHASES", "WINDOW", "OVERRIDE", "WHEN", "DENY", "ESCALATE", "WARN", "RESTRICT"}
# Behind these a word is a name, whatever else it could be: `when agent == "x"`.
_NAMES_FOLLOW = frozenset("WHEN AND OR NOT HAS IN COMPARE LPAR DOT".split())
_STARTS_UNLESS_OVERRIDDEN = {"CAN", "RULE"}
_CLINGS = {"COLON", "COMMA", "DOT", "RPAR", "RSQB"}
_OPENS = {"LPAR", "LSQB", "DOT"}
_JOINS = {"AND", "OR"}
# A comment to the end of the line before one of these stands behind it.
_MOVES_AHEAD = {"LBRACE", "COLON", "COMMA"}


class Layout:
    """Lays out the words of one text that parses."""

    def __init__(self, text: str, words: Sequence[Token]) -> None:
        self._words = words
        self._gaps = _gaps(text, words)
        self._lines: list[str] = []
        self._depth = 0
        self._fresh = True
        """Whether nothing stands yet in the block, list or file."""

    def lines(self) -> str:
        """Return the text, laid out."""
        at, count = 0, len(self._words)
        while at < count:
            end = at + 1
            while end < count and not self._starts_line(end):
                end += 1
            closes = self._words[at].type == "RBRACE"
            blank = not self._depth and not closes and at > 0 and self._is_apart(at)
            lead = self._between(self._gaps[at], closes=closes, blank=blank)
            self._depth -= closes
            self._statement(at, end, lead)
            self._fresh = self._words[end - 1].type == "LBRACE"
            self._depth += self._fresh
            at = end
        self._between(self._gaps[count], closes=True)
        return "".join(f"{line.rstrip()}\n" for line in self._lines)

    def _starts_line(self, at: int) -> bool:
        kind, before = self._words[at].type, self._words[at - 1].type
        if kind == "RBRACE":
            return before != "LBRACE" or bool(self._gaps[at].comments)
        if before == "LBRACE":
            return True
        if before in _NAMES_FOLLOW:
            return False
        if kind in _STARTS:
            return True
        if before == "OVERRIDE":
            return False
        return kind in _STARTS_UNLESS_OVERRIDDEN or (kind == "NAME" and self._kind(at + 1) == "COLON")

    def _is_apart(self, at: int) -> bool:
        """Return whether a blank line stands before what begins at a word outside of any block."""
        return self._words[at].type != "LET" or self._words[at - 1].type == "RBRACE"

    def _kind(self, at: int) -> str:
        return self._words[at].type if at < len(self._words) else "$END"

    def _between(self, gap: Gap, *, closes: bool, blank: bool = False) -> str:
        """Write the comments before what starts a line, and return those that stand directly before it.

        `closes` says that it ends a block, a list or the file; `blank` asks for a blank line.
        """
        left = list(gap.comments)
        broken = bool(gap.breaks) or any(comment.breaks for comment in left)
        if self._lines and (broken or closes):
            while left and not left[0].breaks:
                # A comment to the end of the line is the last of it: a line break follows.
                self._lines[-1] += f"  {left.pop(0).text}"
        lead: list[str] = []
        behind = gap.breaks
        while left and not (closes or behind or left[-1].ends_line):
            behind = left[-1].breaks
            lead.insert(0, left.pop().text)
        for index, comment in enumerate(left):
            if index and not comment.breaks:
                self._lines[-1] += f" {comment.text}"
                continue
            self._break(blank=comment.breaks > 1 or blank)
            blank = False
            self._lines.append(self._margin() + comment.text)
        if not closes:
            self._break(blank=behind > 1 or blank)
        return "".join(f"{text} " for text in lead)

    def _break(self, *, blank: bool) -> None:
        if blank and not self._fresh and self._lines:
            self._lines.append("")
        self._fresh = False

    def _margin(self) -> str:
        return " " * (_INDENT * self._depth)

    def _statement(self, start: int, end: int, lead: str) -> None:
        """Write what begins with one word that starts a line and ends before another."""
        flat = self._flat(start, end)
        long = len(self._margin()) + len(lead.rpartition("\n")[2]) + len(flat) > WIDTH
        self._lines.append(self._margin() + lead)
        joined = long and self._words[start].type == "WHEN"
        depth, at = 0, start
        while at < end:
            word = self._words[at]
            depth += (word.type == "LPAR") - (word.type == "RPAR")
            if at > start:
                self._inline(at)
                if joined and not depth and word.type in _JOINS:
                    self._go_on()
            if not self._is_dropped(at):
                self._put(at)
            at += 1
            if word.type == "LSQB":
                close = self._closing(at)
                flat_list = self._flat(at - 1, close + 1)
                tall = any(gap.tall for gap in self._gaps[at : close + 1])
                too_long = long if not joined else _INDENT * (self._depth + 2) + len(flat_list) > WIDTH
                if tall or (too_long and close > at):
                    self._list(at, close)
                    at = close + 1

    def _inline(self, at: int) -> None:
        """Write the comments before a word within a line."""
        for comment in self._gaps[at].comments:
            self._lines[-1] += f"{self._space()}{comment.text}"
            if comment.ends_line:
                self._go_on()

    def _go_on(self) -> None:
        self._lines[-1] = self._lines[-1].rstrip()
        self._lines.append(self._margin() + " " * _INDENT)

    def _space(self) -> str:
        line = self._lines[-1]
        return "" if not line or line.isspace() else " "

    def _put(self, at: int) -> None:
        line = self._lines[-1]
        if line and not line[-1].isspace() and self._is_apart_from(at):
            line += " "
        self._lines[-1] = line + self._words[at]

    def _is_apart_from(self, at: int) -> bool:
        """Return whether a space stands before a word within a line."""
        return self._words[at].type not in _CLINGS and (
            self._words[at - 1].type not in _OPENS or bool(self._gaps[at].comments)
        )

    def _closing(self, at: int) -> int:
        while self._words[at].type != "RSQB":
            at += 1
        return at

    def _flat(self, start: int, end: int) -> str:
        """Return the words from one to before another on one line, with a comma behind no last entry."""
        line = str(self._words[start])
        for at in range(start + 1, end):
            for comment in self._gaps[at].comments:
                line += f" {comment.text}"
            if self._is_dropped(at):
                continue
            line += f" {self._words[at]}" if self._is_apart_from(at) else self._words[at]
        return line

    def _is_dropped(self, at: int) -> bool:
        return self._words[at].type == "COMMA" and self._kind(at + 1) == "RSQB"

    def _list(self, at: int, close: int) -> None:
        """Write the entries of a list, each on a line of its own, and the bracket that closes it."""
        self._depth += 1
        self._fresh = True
        while True:
            gap = self._gaps[at]
            if self._words[at].type == "COMMA":
                at += 1
                gap = comments.joined(gap, self._gaps[at])
            if at == close:
                break
            lead = self._between(gap, closes=False)
            self._lines.append(f"{self._margin()}{lead}{self._words[at]},")
            at += 1
        self._between(gap, closes=True)
        self._depth -= 1
        self._lines.append(self._margin() + "]")


def _gaps(text: str, words: Sequence[Token]) -> list[Gap]:
    """Return what stands before each word, and behind the last."""
    ends = [0, *(word.end_pos or 0 for word in words)]
    starts = [*(word.start_pos or 0 for word in words), len(text)]
    between = [text[end:start] for end, start in zip(ends, starts, strict=True)]
    for at, word in enumerate(words):
        if word.type in _MOVES_AHEAD and comments.read(between[at]).tall:
            between[at], between[at + 1] = "", between[at] + between[at + 1]
    return [comments.read(gap) for gap in between]
