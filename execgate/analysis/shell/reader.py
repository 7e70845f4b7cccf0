"""Words of shell text: quotes, expansions, and what is substituted in them.

Reading a word is part of reading a list, since a substitution holds one: `grammar` has the other half.

There are two dialects.  In `sh` only that is read which dash, bash and BusyBox read alike, because the same
text can go to each of them; in `bash` what bash alone knows is read besides.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod

from execgate.analysis.shell.tree import (
    Calculation,
    Choice,
    Free,
    Literal,
    Output,
    Parameter,
    Part,
    Place,
    Sequence,
    Stream,
    Word,
)

MAX_DEPTH = 20
"""How deep substitutions, groups and subshells may be nested."""

METACHARACTERS = frozenset(" \t\n;&|<>()")
SPLIT = "a line that is continued within a word is not read"
# A shell takes the line end away first, so that `$`, it and `(` are `$(`.

_PARAMETER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-]", re.ASCII)
_BRACKET = re.compile(r"[()]|[^\w\s+*/%<>=!&|^~?:,{}#$-]", re.ASCII)
"""A bracket of a calculation, or what none is made of."""
_BARE = re.compile(r"[^ \t\n;&|<>()'\"\\$`{]+")
_INSIDE = re.compile(r"[^'\"\\$`}]+")
_OPERATOR = re.compile(r":?[-=?+]|%%?|##?", re.ASCII)
_INDEX = re.compile(r"\[([0-9]+|-[0-9]+|[@*]|\$?[A-Za-z_][A-Za-z0-9_]*)\]", re.ASCII)
_KEYS = re.compile(r"!([A-Za-z_]\w*)\[[@*]\]\}", re.ASCII)
_SLICE = re.compile(r":[ ]?-?[0-9]+(?::[ ]?-?[0-9]+)?\}", re.ASCII)
_BRACES = re.compile(r"\{([\w./:@%+=-]*(?:,[\w./:@%+=-]*)+)\}", re.ASCII)
_RANGE = re.compile(r"\{(-?[0-9]{1,4})\.\.(-?[0-9]{1,4})\}", re.ASCII)
_ESCAPES = re.compile(
    r"\\(?:([abeEfnrtv\\'\"?])|x([0-9A-Fa-f]{1,2})|([0-7]{1,3})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8}))"
)
_CONTROLS = dict(zip("abeEfnrtv", "\a\b\x1b\x1b\f\n\r\t\v", strict=True))


class ShellError(ValueError):
    """Text that can't be read any further; the message says why, `help` what to write instead."""

    def __init__(self, message: str, at: int = 0, help: str | None = None) -> None:  # noqa: A002 - errors say it so
        super().__init__(message)
        self.at = at
        self.help = help


class WordReader(ABC):
    """Reads words from a stretch of text, and the lists in them by its other half."""

    def __init__(self, text: str, *, bash: bool, depth: int = 0, origin: Place | None = None) -> None:
        self._text = text
        self._bash = bash
        self._depth = depth
        self._origin = origin
        self._at = 0

    @abstractmethod
    def whole(self) -> Sequence:
        """Read everything; raises ShellError."""

    @abstractmethod
    def _list(self, ends: frozenset[str]) -> Sequence:
        """Read commands up to one of `ends`, which is not consumed; raises ShellError."""

    def expansions(self) -> tuple[Part, ...]:
        """Read a text in which quotes and blanks mean nothing; raises ShellError."""
        parts: list[Part] = []
        while self._at < len(self._text):
            self._quoted_character(parts, "\0")
        return _joined(parts)

    def _fail(self, message: str, help: str | None = None) -> ShellError:  # noqa: A002 - errors say it so
        return ShellError(message, self._place(self._at)[0], help)

    def _differ(self, what: str) -> ShellError:
        """Return the error for what not every shell reads alike."""
        return self._fail(
            f"shells differ on {what}", "write it as every shell reads it, or label the block `bash`"
        )

    def _place(self, start: int, end: int | None = None) -> Place:
        if self._origin is not None:
            return self._origin
        return start, self._at if end is None else end

    def _word(self) -> Word:
        """Read one word; raises ShellError where there is none."""
        start = self._at
        parts: list[Part] = []
        while self._at < len(self._text):
            character = self._text[self._at]
            if character in "<>" and self._ahead("(", 1):
                self._at += 2
                body = self._list(frozenset({")"}))
                self._expect(")")
                parts.append(Stream(body))
            elif character in METACHARACTERS:
                break
            elif character == "'":
                parts.append(Literal(self._single_quoted(), quoted=True))
            elif character == '"':
                self._double_quoted(parts)
            elif character == "\\":
                if self._at + 1 == len(self._text):
                    raise self._fail("the shell text ends with a backslash")
                if self._text[self._at + 1] == "\n":
                    if self._at == start or self._text[self._at + 2 : self._at + 3] not in {" ", "\t"}:
                        raise self._fail(SPLIT)
                    break  # what is left of it is a blank
                parts.append(Literal(self._text[self._at + 1], quoted=True))
                self._at += 2
            elif character in "$`":
                self._expansion(parts, quoted=False)
            elif character == "{" and not self._ahead("{}"):
                self._braces(parts)
            else:
                parts.append(Literal(self._run(_BARE)))
        if self._at == start:
            raise self._fail("a word is missing")
        return Word(_joined(parts), self._text[start : self._at], self._place(start))

    def _single_quoted(self) -> str:
        end = self._text.find("'", self._at + 1)
        if end < 0:
            raise self._fail("a quote is not closed")
        text = self._text[self._at + 1 : end]
        self._at = end + 1
        return text

    def _double_quoted(self, parts: list[Part]) -> None:
        """Read a string in double quotes."""
        self._at += 1
        parts.append(Literal("", quoted=True))
        while not self._ahead('"'):
            if self._at >= len(self._text):
                raise self._fail("a quote is not closed")
            self._quoted_character(parts, '"')
        self._at += 1

    def _quoted_character(self, parts: list[Part], quote: str) -> None:
        """Read one character or expansion where quotes and blanks mean nothing."""
        character = self._text[self._at]
        if character == "\\":
            following = self._text[self._at + 1 : self._at + 2]
            if following == "\n" and self._text[self._at - 1] == "$":
                raise self._fail(SPLIT)
            self._at += 2
            if following != "\n":
                kept = following if following in {"$", "`", "\\", quote} else "\\" + following
                parts.append(Literal(kept, quoted=True))
        elif character in "$`":
            self._expansion(parts, quoted=True)
        else:
            parts.append(Literal(self._run(_INSIDE), quoted=True))

    # Expansions

    def _expansion(self, parts: list[Part], *, quoted: bool) -> None:
        """Read what `$` or a backquote begins."""
        if self._ahead("`"):
            parts.append(Output(self._backquotes(quoted=quoted), quoted))
        elif self._ahead("$(("):
            parts.append(Calculation(self._arithmetic(3)))
        elif self._ahead("$("):
            self._at += 2
            if self._ahead("\\\n"):
                raise self._fail(SPLIT)
            body = self._list(frozenset({")"}))
            self._expect(")")
            parts.append(Output(body, quoted))
        elif self._ahead("${"):
            parts.append(self._in_braces(quoted=quoted))
        elif not quoted and (self._ahead("$'") or self._ahead('$"')):
            if not self._bash:
                raise self._differ(f"`{self._text[self._at : self._at + 2]}`")
            if self._ahead("$'"):
                parts.append(Literal(self._escaped(), quoted=True))
            else:
                self._at += 1
                self._double_quoted(parts)
        elif self._ahead("$["):
            raise self._differ("`$[`")
        elif (match := _PARAMETER.match(self._text, self._at + 1)) is not None:
            parts.append(Parameter(match[0], quoted=quoted))
            self._at = match.end()
        else:
            parts.append(Literal("$", quoted=True))
            self._at += 1

    def _escaped(self) -> str:
        """Read `$'...'`."""
        found: list[str] = []
        self._at += 2
        while not self._ahead("'"):
            if self._at >= len(self._text):
                raise self._fail("a quote is not closed")
            match = _ESCAPES.match(self._text, self._at)
            if match is None:
                if self._ahead("\\"):
                    raise self._fail("an escape in `$'...'` is not known")
                found.append(self._text[self._at])
                self._at += 1
                continue
            plain, hexadecimal, octal, *unicode = match.groups()
            digits = hexadecimal or next((number for number in unicode if number), None)
            code = int(digits, 16) if digits else int(octal, 8) if octal else None
            if code is not None and not 0 < code < 0x80:
                raise self._fail("an escape in `$'...'` stands for a byte that is no character")
            found.append(chr(code) if code is not None else _CONTROLS.get(plain, plain))
            self._at = match.end()
        self._at += 1
        return "".join(found)

    def _backquotes(self, *, quoted: bool) -> Sequence:
        inner: list[str] = []
        start = self._at
        self._at += 1
        while not self._ahead("`"):
            if self._at >= len(self._text):
                raise self._fail("a backquote is not closed")
            if self._ahead("\\") and self._text[self._at + 1 : self._at + 2] in {"`", "$", "\\"}:
                self._at += 1
            elif quoted and self._ahead('\\"'):
                raise self._fail("shells differ on a quote in backquotes in quotes", "write `$(...)`")
            inner.append(self._text[self._at])
            self._at += 1
        self._at += 1
        if self._depth + 1 > MAX_DEPTH:
            raise self._fail("the shell text is nested too deeply")
        reader = type(self)("".join(inner), bash=self._bash, depth=self._depth + 1, origin=self._place(start))
        return reader.whole()

    def _arithmetic(self, opening: int) -> str:
        """Read an expression between double brackets, the first of which are `opening` characters."""
        start = self._at + opening
        depth = 0
        for match in _BRACKET.finditer(self._text, start):
            if match[0] not in "()":
                break
            depth += 1 if match[0] == "(" else -1
            if depth < 0:
                inner = self._text[start : match.start()]
                if "$(" in inner or not self._text.startswith("))", match.start()):
                    break
                self._at = match.start() + 2
                return inner
        raise self._fail(
            "a calculation that is not made of numbers, plain names and operators can run commands"
        )

    def _in_braces(self, *, quoted: bool) -> Parameter:
        """Read `${name}`, `${#name}` or `${name` operator word `}`."""
        self._at += 2
        if self._bash and (keys := _KEYS.match(self._text, self._at)) is not None:
            self._at = keys.end()
            return Parameter(keys[1], "other", quoted=quoted)
        length = self._ahead("#") and not self._ahead("#}")
        self._at += length
        match = _PARAMETER.match(self._text, self._at)
        if match is None or (match[0] == "!" and not self._ahead("!}")):
            raise self._differ("what stands in `${`")
        name = match[0]
        self._at = match.end()
        index = _INDEX.match(self._text, self._at) if self._bash else None
        self._at = index.end() if index else self._at
        item = index[1] if index else None
        if self._ahead("}"):
            self._at += 1
            return Parameter(name, "length" if length else "", (), item, quoted)
        if self._bash and (part := _SLICE.match(self._text, self._at)) is not None and not self._ahead(":-"):
            self._at = part.end()
            return Parameter(name, "other", (), item, quoted)
        operator = _OPERATOR.match(self._text, self._at)
        if length or (
            operator is None and not (self._bash and self._text[self._at : self._at + 1] in {"/", "^", ","})
        ):
            raise self._differ("what stands in `${`")
        self._at = operator.end() if operator else self._at + 1
        word = self._operand(quoted=quoted)
        return Parameter(name, operator[0] if operator else "other", word, item, quoted)

    def _operand(self, *, quoted: bool) -> tuple[Part, ...]:
        """Read the word behind an operator in `${...}`, and the brace that ends it."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._fail("the shell text is nested too deeply")
        parts: list[Part] = []
        while not self._ahead("}"):
            if self._at >= len(self._text):
                raise self._fail("`${` is not closed")
            character = self._text[self._at]
            if character == "'" and self._bash and not quoted:
                parts.append(Literal(self._single_quoted(), quoted=True))
            elif character == '"' and self._bash and not quoted:
                self._double_quoted(parts)
            elif character in "'\"\\":
                raise self._differ("quotes in `${`")
            else:
                self._quoted_character(parts, '"' if quoted else "}")
        self._depth -= 1
        self._at += 1
        return _joined(parts)

    def _braces(self, parts: list[Part]) -> None:
        """Read a brace in a word: bash makes several words of it, other shells leave it alone."""
        for pattern in (_BRACES, _RANGE) if self._bash else ():
            match = pattern.match(self._text, self._at)
            if match is not None and (pattern is _BRACES or abs(int(match[1]) - int(match[2])) < 64):
                parts.append(Choice(_counted(match) if pattern is _RANGE else tuple(match[1].split(","))))
                self._at = match.end()
                return
        alone = self._text[self._at + 1 : self._at + 2] in {"", " ", "\t", "\n"}
        parts.append(Literal("{") if alone else Free("shells differ on braces in a word"))
        self._at += 1

    # Steps

    def _run(self, pattern: re.Pattern[str]) -> str:
        """Read the next character, and those behind it that are nothing but themselves either."""
        start, self._at = self._at, self._at + 1
        match = pattern.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._text[start : self._at]

    def _ahead(self, text: str, offset: int = 0) -> bool:
        return self._text.startswith(text, self._at + offset)

    def _expect(self, text: str) -> None:
        if not self._ahead(text):
            raise self._fail(f"`{text}` is missing")
        self._at += len(text)

    def _blanks(self) -> None:
        while self._at < len(self._text):
            if self._text[self._at] in " \t":
                self._at += 1
            elif self._ahead("\\\n"):
                self._at += 2
            else:
                return


def _counted(match: re.Match[str]) -> tuple[str, ...]:
    """Return the numbers that `{first..last}` stands for."""
    first, last = int(match[1]), int(match[2])
    step = 1 if first <= last else -1
    padded = any(re.match(r"-?0\d", end) for end in match.groups())
    width = max(len(end) for end in match.groups()) if padded else 0
    return tuple(
        f"{number:0{width}d}" if width else str(number) for number in range(first, last + step, step)
    )


def _joined(parts: list[Part]) -> tuple[Part, ...]:
    """Join literals that follow each other and are quoted alike."""
    found: list[Part] = []
    texts: list[str] = []
    quoted = False
    for part in parts:
        if isinstance(part, Literal) and (not texts or part.quoted == quoted):
            texts.append(part.text)
            quoted = part.quoted
            continue
        if texts:
            found.append(Literal("".join(texts), quoted))
            texts = []
        if isinstance(part, Literal):
            texts, quoted = [part.text], part.quoted
        else:
            found.append(part)
    if texts:
        found.append(Literal("".join(texts), quoted))
    return tuple(found)
