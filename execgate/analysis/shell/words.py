"""Words of shell text: quotes, expansions, and what is substituted in them.

Reading a word is part of reading a list, since a substitution holds one: `text` has the other half.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field

MAX_DEPTH = 20
"""How deep substitutions, groups and subshells may be nested."""

METACHARACTERS = frozenset(" \t\n;&|<>()")
_PARAMETER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-]", re.ASCII)
_ARITHMETIC = re.compile(r"[0-9\s+*/%<>=!&|^~?:,()-]*", re.ASCII)
_EXPANSION_OPERATOR = re.compile(r":?[-=?+]|%%?|##?", re.ASCII)
# A shell takes the line end away first, so that `$`, it and `(` are `$(`.
SPLIT = "a line that is continued within a word is not read"


class ShellError(ValueError):
    """Text that can't be read any further; the message says why."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word without its quotes; `value` is None where it is only known when it runs, `why` says so."""

    value: str | None
    raw: str
    why: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether the word is written without quotes and expansions, so that it can be a keyword."""
        return self.value == self.raw


@dataclass(frozen=True, slots=True)
class Command:
    """A simple command: the names that it assigns to, and its words without them."""

    assigned: tuple[str, ...]
    words: tuple[Word, ...]


@dataclass(slots=True)
class Script:
    """What was found in a text, in its order; `why_not_more` is set where the reading ended early."""

    commands: list[Command] = field(default_factory=list)
    redirections: list[tuple[str, Word]] = field(default_factory=list)
    functions: set[str] = field(default_factory=set)
    """Names that are sure to be functions wherever they are called: defined before anything else is run."""
    assigned: set[str] = field(default_factory=set)
    """Variables that are set other than by an assignment before a command."""
    why_not_more: str | None = None


class WordReader(ABC):
    """Reads words from a stretch of text into a script, and the lists in them by its other half."""

    def __init__(self, text: str, script: Script, depth: int) -> None:
        self._text = text
        self._script = script
        self._depth = depth
        self._at = 0

    @abstractmethod
    def whole(self) -> None:
        """Read everything; raises ShellError."""

    @abstractmethod
    def _list(self, ends: frozenset[str]) -> None:
        """Read commands up to one of `ends`, which is not consumed; raises ShellError."""

    def expansions(self) -> None:
        """Read a text in which quotes and blanks mean nothing; raises ShellError."""
        while self._at < len(self._text):
            self._quoted_character("\0")

    def _word(self) -> Word:
        """Read one word; raises ShellError where there is none."""
        start = self._at
        value: list[str] = []
        why = ""
        while self._at < len(self._text):
            character = self._text[self._at]
            if character in "<>" and self._text.startswith("(", self._at + 1):
                self._at += 2
                self._list(frozenset({")"}))
                self._expect(")")
                why = why or "it is the output of another command"
            elif character in METACHARACTERS:
                break
            elif character == "'":
                end = self._text.find("'", self._at + 1)
                if end < 0:
                    raise ShellError("a quote is not closed")
                value.append(self._text[self._at + 1 : end])
                self._at = end + 1
            elif character == '"':
                self._at += 1
                why = self._quoted(value) or why
            elif character == "\\":
                if self._at + 1 == len(self._text):
                    raise ShellError("the shell text ends with a backslash")
                if self._text[self._at + 1] != "\n":
                    value.append(self._text[self._at + 1])
                elif self._text[self._at + 2 : self._at + 3] not in {" ", "\t"}:
                    raise ShellError(SPLIT)
                self._at += 2
            elif character in "$`":
                why = self._expansion(quoted=False, value=value) or why
            else:
                if character in "*?[" or (character == "{" and not self._ahead("{}")):
                    why = why or "the shell replaces a pattern in it"
                if character == "~" and (self._at == start or self._text[self._at - 1] in ":="):
                    value.append(character)
                    why = why or "`~` stands for a folder that is only known when it runs"
                    self._at += 1
                    continue
                value.append(character)
                self._at += 1
        if self._at == start:
            raise ShellError("a word is missing")
        raw = self._text[start : self._at]
        if raw in {"[", "{"}:
            return Word(raw, raw)
        return Word(None if why else "".join(value), raw, why)

    def _quoted(self, value: list[str]) -> str:
        """Read the rest of a string in double quotes; return why it is not known, if so."""
        why = ""
        while not self._ahead('"'):
            if self._at >= len(self._text):
                raise ShellError("a quote is not closed")
            text = self._quoted_character('"')
            if text is None:
                why = "it holds a variable or the output of a command"
            else:
                value.append(text)
        self._at += 1
        return why

    def _quoted_character(self, quote: str) -> str | None:
        """Read one character or expansion where quotes and blanks mean nothing; None for an expansion."""
        character = self._text[self._at]
        if character == "\\":
            following = self._text[self._at + 1 : self._at + 2]
            if following == "\n" and self._text[self._at - 1] == "$":
                raise ShellError(SPLIT)
            self._at += 2
            if following == "\n":
                return ""
            return following if following in {"$", "`", "\\", quote} else "\\" + following
        if character in "$`":
            value: list[str] = []
            if self._expansion(quoted=True, value=value):
                return None
            return "".join(value)
        self._at += 1
        return character

    def _expansion(self, *, quoted: bool, value: list[str]) -> str:
        """Read what `$` or a backquote begins; return why it is not known, if so."""
        if self._ahead("`"):
            self._backquotes(quoted=quoted)
            return "it is the output of another command"
        if self._ahead("$(("):
            self._arithmetic()
            return "it is calculated when it runs"
        if self._ahead("$("):
            self._at += 2
            if self._ahead("\\\n"):
                raise ShellError(SPLIT)
            self._list(frozenset({")"}))
            self._expect(")")
            return "it is the output of another command"
        if self._ahead("${"):
            self._braces(quoted=quoted)
            return "it holds a variable"
        if self._ahead("$[") or (not quoted and (self._ahead("$'") or self._ahead('$"'))):
            raise ShellError(f"shells differ on `{self._text[self._at : self._at + 2]}`")
        match = _PARAMETER.match(self._text, self._at + 1)
        if match is None:
            value.append("$")
            self._at += 1
            return ""
        self._at = match.end()
        return "it holds a variable"

    def _backquotes(self, *, quoted: bool) -> None:
        inner: list[str] = []
        self._at += 1
        while not self._ahead("`"):
            if self._at >= len(self._text):
                raise ShellError("a backquote is not closed")
            if self._ahead("\\") and self._text[self._at + 1 : self._at + 2] in {"`", "$", "\\"}:
                self._at += 1
            elif quoted and self._ahead('\\"'):
                raise ShellError("shells differ on a quote in backquotes in quotes")
            inner.append(self._text[self._at])
            self._at += 1
        self._at += 1
        type(self)("".join(inner), self._script, self._depth + 1).whole()

    def _arithmetic(self) -> None:
        # A variable in it can hold an index, and that a command: bash runs `a[$(id)]` when it calculates.
        match = _ARITHMETIC.match(self._text, self._at + 3)
        inner = match[0] if match else ""
        close = inner.find("))")
        depth = 0
        for index, character in enumerate(inner):
            depth += (character == "(") - (character == ")")
            if depth < 0:
                close = index
                break
        if depth >= 0 or not inner.startswith("))", close):
            raise ShellError("a calculation with variables can run commands")
        self._at += 3 + close + 2

    def _braces(self, *, quoted: bool) -> None:
        """Read `${name}`, `${#name}` or `${name` operator word `}`."""
        self._at += 2
        if self._ahead("#") and not self._ahead("#}"):
            self._at += 1
        match = _PARAMETER.match(self._text, self._at)
        if match is None:
            raise ShellError("shells differ on what stands in `${`")
        self._at = match.end()
        if self._ahead("}"):
            self._at += 1
            return
        operator = _EXPANSION_OPERATOR.match(self._text, self._at)
        if operator is None:
            raise ShellError("shells differ on what stands in `${`")
        if "=" in operator[0]:
            self._script.assigned.add(match[0])
        self._at = operator.end()
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ShellError("the shell text is nested too deeply")
        while not self._ahead("}"):
            if self._at >= len(self._text):
                raise ShellError("`${` is not closed")
            if self._text[self._at] in "'\"\\":
                raise ShellError("shells differ on quotes in `${`")
            self._quoted_character('"' if quoted else "}")
        self._depth -= 1
        self._at += 1

    def _ahead(self, text: str) -> bool:
        return self._text.startswith(text, self._at)

    def _expect(self, text: str) -> None:
        if not self._ahead(text):
            raise ShellError(f"`{text}` is missing")
        self._at += len(text)

    def _blanks(self) -> None:
        while self._at < len(self._text):
            if self._text[self._at] in " \t":
                self._at += 1
            elif self._ahead("\\\n"):
                self._at += 2
            else:
                return
