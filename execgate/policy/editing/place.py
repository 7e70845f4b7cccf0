"""Where in a text the cursor is: in which block, in which part of which construct."""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from lark import Token

from execgate.policy.language import syntax, tokens
from execgate.policy.language.text import PolicyText

_SCAN = re.compile(r'"(?:[^"\\\n]|\\[^\n])*"?|//[^\n]*|#[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)
_WORD = re.compile(r"[\w.%]*\Z")

_STARTS = {"AGENT", "LET", "PHASES", "WINDOW", "OVERRIDE", "WHEN", "DENY", "ESCALATE", "WARN", "RESTRICT"}
_BLOCKS = {
    "AGENT": "agent",
    "CAN": "grant",
    "RULE": "rule",
    "PHASES": "phases",
    "WINDOW": "window",
    "RESTRICT": "restrict",
}


@dataclass(slots=True)
class Block:
    """A block that is open at the cursor; `kind` of the whole file is `file`."""

    kind: str
    capability: str | None = None
    given: list[str] = field(default_factory=list)
    """The names of the constraints and settings that stand in it."""


@dataclass(frozen=True, slots=True)
class Place:
    """What is around the cursor.

    `typed` is the part of a word or string before it, from column `start` on; `words` are the tokens of the
    construct so far, without it; `quoted` says that it is in a string.
    """

    block: Block
    words: tuple[Token, ...]
    typed: str
    start: int
    quoted: bool

    @property
    def kinds(self) -> list[str]:
        """The kinds of the words, without `override`."""
        return [word.type for word in self.words if word.type != "OVERRIDE"]

    @property
    def last(self) -> str | None:
        """The kind of the last word of the construct."""
        return self.words[-1].type if self.words else None

    @property
    def in_list(self) -> bool:
        """Whether a list is open."""
        return self.kinds.count("LSQB") > self.kinds.count("RSQB")


def offset(text: str, line: int, column: int) -> int:
    """Return where a line and column are, within the line."""
    lines = text.split("\n")
    number = min(max(line, 1), len(lines)) - 1
    return sum(len(one) + 1 for one in lines[:number]) + min(column, len(lines[number]))


def find(text: str, line: int, column: int) -> Place | None:
    """Return what is around the cursor, None in a comment."""
    at = offset(text, line, column)
    quoted, start = False, None
    for found in _SCAN.finditer(text):
        if found.start() >= at:
            break
        closed = found.end() < at or (found.end() == at and found[0][0] == '"' and _closes(found[0]))
        if closed or (found.end() == at and found[0].startswith("/*") and found[0].endswith("*/")):
            continue
        if found[0][0] != '"':
            return None
        quoted, start = True, found.start() + 1
    if start is None:
        word = _WORD.search(text[:at])
        start = word.start() if word else at
    before = text[: start - quoted]
    words = tokens.read(PolicyText("", before), syntax.MAX_TOKENS).tokens
    block, statement = _around(words)
    return Place(block, tuple(statement), text[start:at], start - (text.rfind("\n", 0, start) + 1), quoted)


def word_at(text: str, line: int, column: int) -> tuple[Sequence[Token], int] | None:
    """Return all words of a text, and the number of the one at a place."""
    at = offset(text, line, column)
    words = tokens.read(PolicyText("", text), syntax.MAX_TOKENS).tokens
    index = bisect.bisect_right([word.start_pos or 0 for word in words], at) - 1
    if index >= 0 and at == words[index].start_pos and index and words[index - 1].end_pos == at:
        # Between two words the longer one is meant: a name, not the sign behind it.
        index -= not words[index].type.isalpha() or len(words[index]) < len(words[index - 1])
    if index < 0 or at > (words[index].end_pos or 0):
        return None
    return words, index


def around(words: Sequence[Token], index: int) -> tuple[Block, list[Token]]:
    """Return the block that a word stands in, and the construct so far with it."""
    return _around(words[: index + 1])


def _closes(string: str) -> bool:
    return len(string) > 1 and string.endswith('"')


def _around(words: Sequence[Token]) -> tuple[Block, list[Token]]:
    blocks = [Block("file")]
    statement: list[Token] = []
    for at, word in enumerate(words):
        if word.type == "LBRACE":
            blocks.append(_opened(statement, blocks[-1]))
            statement = []
        elif word.type == "RBRACE":
            if len(blocks) > 1:
                blocks.pop()
            statement = []
        else:
            following = words[at + 1].type if at + 1 < len(words) else None
            overridden = [one.type for one in statement] == ["OVERRIDE"]
            named = word.type == "NAME" and following == "COLON"
            if named:
                blocks[-1].given.append(str(word))
            if not overridden and (word.type in _STARTS or word.type in {"CAN", "RULE"} or named):
                statement = []
            statement.append(word)
    return blocks[-1], statement


def _opened(statement: Sequence[Token], outer: Block) -> Block:
    head = next((word.type for word in statement if word.type != "OVERRIDE"), "")
    capability = outer.capability
    if head == "CAN":
        capability = next((word[1:-1] for word in statement if word.type == "STRING"), None)
    return Block(_BLOCKS.get(head, "file"), capability)
