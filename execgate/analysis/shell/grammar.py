"""Shell text to a tree: lists, pipelines, compound commands and redirections.

Whatever is read here, the real shells read alike; all else ends the reading with a reason.  A shell runs the
lines before one that it can't read, so what was read before an error is kept beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from execgate.analysis.holes import ANY, WORD
from execgate.analysis.shell.reader import MAX_DEPTH, METACHARACTERS, SPLIT, ShellError, WordReader
from execgate.analysis.shell.tree import (
    Arithmetic,
    Assignment,
    Case,
    Chain,
    Command,
    Counting,
    For,
    Function,
    Group,
    Here,
    If,
    Literal,
    Loop,
    Pipeline,
    Place,
    Redirection,
    Sequence,
    Simple,
    Test,
    Timed,
    Word,
)

MAX_BYTES = 100_000
"""The longest text that is read, in bytes of UTF-8: a kernel takes 128 KiB as one argument."""

_ONLY_BASH = frozenset({"[[", "function"})
_UNREAD = frozenset({"select", "coproc", "]]"})
_CLOSING = frozenset({"then", "elif", "else", "fi", "do", "done", "esac", "in", "}"})
_DECLARING = frozenset({"declare", "local", "typeset", "readonly", "export"})
_KEYWORD = re.compile(r"(?:[a-z]+|[{}!]|\[\[|\]\])(?=[ \t\n;&|<>()]|\\\n[ \t]|$)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_DEFINITION = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)[ \t]*\([ \t]*\)", re.ASCII)
_NAMED = re.compile(r"function[ \t]+([A-Za-z_][A-Za-z0-9_-]*)[ \t]*(?:\([ \t]*\))?", re.ASCII)
_ASSIGNMENT = re.compile(
    r"([A-Za-z_][A-Za-z0-9_]*)(?:\[([0-9]+|\$?[A-Za-z_]\w*|\"[\w .-]*\"|'[\w .-]*')\])?(\+?)=", re.ASCII
)
_ODD_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\+=|\[)", re.ASCII)
_KEYED = re.compile(r"\[[\w .\"'-]*\]=", re.ASCII)
_COUNTING = re.compile(r"\(\(([^()$`\"'\\\[\]]*)\)\)")
_REDIRECTION = re.compile(r"([0-9]*)(<<-|<<<|<<|<>|<&|>&|>>|>\||<|>)", re.ASCII)
_BOTH = re.compile(r"&>>?")


def read(text: str, *, bash: bool = False) -> tuple[Sequence, ShellError | None]:
    """Return the tree of `text`, in which marks stand for holes, and why the reading ended early, if so."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        return Sequence(()), ShellError(f"the shell text is longer than {MAX_BYTES:,} bytes")
    hole = re.search(f"[{ANY}{WORD}]", text)
    known = text[: hole.start()] if hole else text
    if "\r" in known:
        why = "a shell takes a carriage return for a part of the word before it"
        return Sequence(()), ShellError(why, known.index("\r"), "end the lines with a line feed alone")
    reader = _Reader(known, bash=bash)
    error: ShellError | None = None
    try:
        tree = reader.whole()
    except ShellError as found:
        tree, error = Sequence(tuple(reader.read)), found
    except RecursionError:
        tree, error = Sequence(()), ShellError("the shell text is nested too deeply")
    if hole is not None:
        error = ShellError("the shell text is put together from a text that can hold shell syntax itself")
    return tree, error


class _Reader(WordReader):
    """Reads one stretch of text; each substitution in backquotes has a reader of its own."""

    def __init__(self, text: str, *, bash: bool, depth: int = 0, origin: Place | None = None) -> None:
        super().__init__(text, bash=bash, depth=depth, origin=origin)
        self._here: list[tuple[Here, str, bool, bool]] = []
        self.read: list[Command] = []
        """The commands that were read at the outermost level, for when the reading ends early."""

    def whole(self) -> Sequence:
        """Read everything; raises ShellError."""
        commands = self._list(frozenset(), self.read)
        if self._at < len(self._text):
            raise self._fail("a bracket or a word closes what is not open")
        if self._here:
            raise self._fail("a here-document has no text")
        return commands

    # Lists

    def _list(self, ends: frozenset[str], commands: list[Command] | None = None) -> Sequence:
        """Read commands up to one of `ends` (`)`, `;;` or a keyword), which is not consumed."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._fail("the shell text is nested too deeply")
        found: list[Command] = commands if commands is not None else []
        background = set()
        self._to_line_end()
        while self._at < len(self._text) and not self._at_end(ends):
            found.append(self._chain())
            self._blanks()
            if self._ahead(";;") or self._ahead(";&"):
                break
            if self._ahead("&") and not self._ahead("&&"):
                background.add(len(found) - 1)
                self._at += 1
            elif self._ahead(";"):
                self._at += 1
            elif self._at < len(self._text) and self._text[self._at] not in "\n#)":
                raise self._fail("a command ends where none can end")
            self._to_line_end()
        if self._ahead(";;") and ";;" not in ends:
            raise self._fail("`;;` stands where no command can end")
        if not found and ends - {")", ";;", "esac"}:
            raise self._fail("a command is missing")
        self._depth -= 1
        return Sequence(tuple(found), frozenset(background))

    def _at_end(self, ends: frozenset[str]) -> bool:
        if self._ahead(")") or self._ahead(";;"):
            if (")" if self._ahead(")") else ";;") in ends:
                return True
            raise self._fail("`)` or `;;` stands where no command can end")
        keyword = self._keyword()
        if keyword in ends:
            return True
        if keyword in _CLOSING:
            raise self._fail(f"`{keyword}` stands where no command can end")
        return False

    def _keyword(self) -> str:
        """Return the word ahead if it is written as a keyword is."""
        match = _KEYWORD.match(self._text, self._at)
        return match[0] if match else ""

    def _take(self, keyword: str) -> None:
        if self._keyword() != keyword:
            raise self._fail(f"`{keyword}` is missing")
        self._at += len(keyword)

    def _chain(self) -> Command:
        first = self._pipeline()
        rest: list[tuple[str, Command]] = []
        while True:
            self._blanks()
            operator = self._text[self._at : self._at + 2]
            if operator not in {"&&", "||"}:
                return Chain(first, tuple(rest)) if rest else first
            self._at += 2
            self._to_line_end()
            rest.append((operator, self._pipeline()))

    def _pipeline(self) -> Command:
        start = self._at
        if self._keyword() == "time":
            return self._timed(start)
        negated = self._keyword() == "!"
        if negated:
            self._at += 1
            self._blanks()
        stages = [self._command()]
        while True:
            self._blanks()
            if not self._ahead("|") or self._ahead("||"):
                break
            self._at += 1
            if self._ahead("&"):
                if not self._bash:
                    raise self._differ("`|&`")
                self._at += 1
            self._to_line_end()
            stages.append(self._command())
        return stages[0] if len(stages) == 1 and not negated else Pipeline(tuple(stages), negated)

    def _timed(self, start: int) -> Command:
        self._at += len("time")
        place = self._place(start)
        self._blanks()
        if self._ahead("-p ") or self._ahead("-p\t"):
            self._at += 2
            self._blanks()
        if self._at == len(self._text) or self._text[self._at] in "-\n;&|)":
            raise self._differ("`time` without a command")
        return Timed(self._pipeline(), place)

    # Commands

    def _command(self) -> Command:
        self._blanks()
        start = self._at
        if self._ahead("("):
            return self._bracket(start)
        keyword = self._keyword()
        if keyword in _UNREAD:
            raise self._fail(f"not every shell knows `{keyword}`")
        if keyword in _ONLY_BASH and not self._bash:
            raise self._fail(
                f"not every shell knows `{keyword}`", "write `[ ... ]` or `name()`, or label the block `bash`"
            )
        if keyword in _CLOSING or keyword in {"!", "time"}:
            raise self._fail(f"`{keyword}` stands where no command can end")
        rule = _COMPOUND.get(keyword)
        if rule is not None:
            self._at += len(keyword)
            return rule(self, start)
        match = _NAMED.match(self._text, self._at) if keyword == "function" else None
        match = match or _DEFINITION.match(self._text, self._at)
        if match is not None:
            self._at = match.end()
            return self._function(match[1], start)
        if keyword == "function":
            raise self._fail("a function has a name that is not read")
        return self._simple(start)

    def _function(self, name: str, start: int) -> Command:
        place = self._place(start)
        self._to_line_end()
        if not self._ahead("(") and self._keyword() not in _COMPOUND:
            raise self._fail("the body of a function is no compound command", "put it into `{ ...; }`")
        return Function(name, self._command(), place)

    def _bracket(self, start: int) -> Command:
        if self._ahead("(("):
            if not self._bash:
                raise self._differ("`((`")
            expression = self._arithmetic(2)
            return Arithmetic(expression, self._place(start), self._redirections())
        self._at += 1
        if self._ahead("\\\n"):
            raise self._fail(SPLIT)
        body = self._list(frozenset({")"}))
        if not body.commands:
            raise self._fail("a command is missing")
        self._expect(")")
        return Group(body, True, self._redirections())  # noqa: FBT003 - a subshell

    def _group(self, _start: int) -> Command:
        body = self._list(frozenset({"}"}))
        self._take("}")
        return Group(body, False, self._redirections())  # noqa: FBT003 - no subshell

    def _if(self, _start: int) -> Command:
        arms = []
        otherwise = None
        while True:
            condition = self._list(frozenset({"then"}))
            self._take("then")
            arms.append((condition, self._list(frozenset({"elif", "else", "fi"}))))
            keyword = self._keyword()
            self._at += len(keyword)
            if keyword == "else":
                otherwise = self._list(frozenset({"fi"}))
                self._take("fi")
            elif keyword not in {"elif", "fi"}:
                raise self._fail("`if` is not closed")
            if keyword != "elif":
                return If(tuple(arms), otherwise, self._redirections())

    def _while(self, _start: int) -> Command:
        return self._loop(until=False)

    def _until(self, _start: int) -> Command:
        return self._loop(until=True)

    def _loop(self, *, until: bool) -> Command:
        condition = self._list(frozenset({"do"}))
        return Loop(condition, self._body(), until, self._redirections())

    def _body(self) -> Sequence:
        """Read `do ...; done`."""
        self._take("do")
        body = self._list(frozenset({"done"}))
        self._take("done")
        return body

    def _for(self, start: int) -> Command:
        self._blanks()
        if self._ahead("(("):
            return self._counting(start)
        match = _NAME.match(self._text, self._at)
        if match is None or self._text[match.end() : match.end() + 1] not in {"", " ", "\t", "\n", ";"}:
            raise self._fail("`for` has no name")
        self._at = match.end()
        words: list[Word] | None = None
        self._to_line_end()
        if self._keyword() == "in":
            self._at += 2
            words = []
            self._blanks()
            while self._at < len(self._text) and self._text[self._at] not in ";\n#":
                words.append(self._word())
                self._blanks()
        place = self._place(start)
        self._behind_semicolon()
        body = self._body()
        return For(match[0], None if words is None else tuple(words), body, place, self._redirections())

    def _counting(self, start: int) -> Command:
        """Read `for ((a; b; c))`."""
        if not self._bash:
            raise self._fail("not every shell knows `for ((`", "label the block `bash`")
        match = _COUNTING.match(self._text, self._at)
        if match is None or match[1].count(";") != 2:
            raise self._fail("what is calculated in `for ((` is not read")
        self._at = match.end()
        place = self._place(start)
        self._behind_semicolon()
        return Counting(match[1], self._body(), place, self._redirections())

    def _behind_semicolon(self) -> None:
        self._blanks()
        if self._ahead(";"):
            self._at += 1
        self._to_line_end()

    def _case(self, _start: int) -> Command:
        self._blanks()
        subject = self._word()
        self._to_line_end()
        self._take("in")
        arms: list[tuple[tuple[Word, ...], Sequence]] = []
        while True:
            self._to_line_end()
            if self._keyword() == "esac":
                self._at += len("esac")
                return Case(subject, tuple(arms), self._redirections())
            patterns = self._patterns()
            arms.append((patterns, self._list(frozenset({";;", "esac"}))))
            if self._ahead(";;&") or self._ahead(";&"):
                raise self._differ("`;&`")
            if self._ahead(";;"):
                self._at += 2

    def _patterns(self) -> tuple[Word, ...]:
        if self._ahead("("):
            self._at += 1
        patterns = []
        while True:
            self._blanks()
            patterns.append(self._word())
            self._blanks()
            if self._ahead(")"):
                self._at += 1
                return tuple(patterns)
            if not self._ahead("|") or self._ahead("||"):
                raise self._fail("a pattern of `case` is not closed")
            self._at += 1

    def _test(self, start: int) -> Command:
        words: list[Word] = []
        while True:
            self._to_line_end()
            if self._at >= len(self._text):
                raise self._fail("`[[` is not closed")
            if self._keyword() == "]]":
                self._at += 2
                return Test(tuple(words), self._place(start), self._redirections())
            if self._text[self._at] in ";&|<>()" and not self._ahead("<(") and not self._ahead(">("):
                if self._ahead(";"):
                    raise self._fail("`[[` is not closed")
                self._at += 1
                continue
            words.append(self._word())

    # Simple commands

    def _simple(self, start: int) -> Command:
        assignments: list[Assignment] = []
        words: list[Word] = []
        redirections: list[Redirection] = []
        end = start
        while True:
            self._blanks()
            if self._ahead("#") or self._at == len(self._text):
                break
            redirection = self._redirection()
            if redirection is not None:
                redirections.append(redirection)
            elif self._text[self._at] in "\n;&|)":
                break
            elif self._ahead("("):
                raise self._fail("a bracket opens where no command can begin")
            elif (assignment := self._assignment(words)) is not None:
                assignments.append(assignment)
            else:
                words.append(self._word())
            end = self._at
        if not (assignments or words or redirections):
            raise self._fail("a command is missing")
        if words and _ODD_ASSIGNMENT.match(words[0].raw):
            raise self._fail("not every shell takes this for an assignment", "label the block `bash`")
        return Simple(tuple(assignments), tuple(words), tuple(redirections), self._place(start, end))

    def _assignment(self, words: list[Word]) -> Assignment | None:
        """Read an assignment before the words of a command, or an array among those of a declaration."""
        match = _ASSIGNMENT.match(self._text, self._at)
        if match is None:
            return None
        name, index, plus = match.groups()
        is_array = self._text.startswith("(", match.end())
        if words and not (self._bash and is_array and words[0].raw in _DECLARING):
            return None
        if (index is not None or plus) and not self._bash:
            return None
        self._at = match.end()
        if is_array:
            if not self._bash:
                raise self._fail("not every shell knows arrays", "label the block `bash`")
            return Assignment(name, self._array(), bool(plus), is_array=True)
        following = self._text[self._at : self._at + 2]
        is_empty = following[:1] in METACHARACTERS | {""} and following not in {"<(", ">("}
        return Assignment(name, () if is_empty else (self._word(),), bool(plus), index=index)

    def _array(self) -> tuple[Word, ...]:
        self._at += 1
        words: list[Word] = []
        while True:
            self._to_line_end()
            if self._ahead(")"):
                self._at += 1
                return tuple(words)
            if self._at >= len(self._text):
                raise self._fail("an array is not closed")
            keyed = _KEYED.match(self._text, self._at)
            if keyed is not None:
                self._at = keyed.end()
                if self._text[self._at : self._at + 1] in METACHARACTERS:
                    continue
            elif self._ahead("["):
                raise self._fail("an index of an array is not read")
            words.append(self._word())

    # Redirections

    def _redirections(self) -> tuple[Redirection, ...]:
        found = []
        self._blanks()
        while (redirection := self._redirection()) is not None:
            found.append(redirection)
            self._blanks()
        return tuple(found)

    def _redirection(self) -> Redirection | None:
        both = _BOTH.match(self._text, self._at)
        if both is not None:
            if not self._bash:
                raise self._fail("shells differ on `&>`", "write `> file 2>&1`")
            self._at = both.end()
            self._blanks()
            return Redirection(both[0][1:], self._word())
        match = _REDIRECTION.match(self._text, self._at)
        if match is None or (match[2] in {"<", ">"} and self._ahead("(", len(match[0]))):
            return None
        descriptor, operator = match[1], match[2]
        self._at = match.end()
        self._blanks()
        start = self._at
        word = self._word()
        if operator in {"<<", "<<-"}:
            if word.literal is None:
                raise self._fail("where a here-document ends is only known when it runs")
            here = Here()
            self._here.append((here, word.literal, operator == "<<-", not word.is_plain))
            return Redirection("<<", word, here, descriptor)
        if operator == "<<<":
            return Redirection("<<", word, Here((*word.parts, Literal("\n", quoted=True)), start), descriptor)
        is_copied = word.literal is not None and re.fullmatch(r"[0-9]+-?|-", word.literal)
        if operator in {">&", "<&"} and is_copied:
            return Redirection("&", word, None, descriptor)
        return Redirection({"<&": "<", ">&": ">", ">|": ">"}.get(operator, operator), word, None, descriptor)

    def _newline(self) -> None:
        """Go behind a line end, and behind the here-documents that begin there."""
        self._at += 1
        waiting, self._here = self._here, []
        for here, delimiter, strips_tabs, is_quoted in waiting:
            begin = self._at
            text = self._lines_until(delimiter, strips_tabs=strips_tabs)
            if not is_quoted and "\\\n" in text:
                raise self._fail(
                    "a line of a here-document is continued", "put its word in quotes: `<<'EOF'`"
                )
            origin = self._place(begin)
            if is_quoted:
                here.parts = (Literal(text, quoted=True),)
            else:
                here.parts = type(self)(text, bash=self._bash, depth=self._depth, origin=origin).expansions()
            here.at = origin[0]
            here.exact = is_quoted and not strips_tabs and self._origin is None

    def _lines_until(self, delimiter: str, *, strips_tabs: bool) -> str:
        lines: list[str] = []
        while True:
            if self._at >= len(self._text):
                raise self._fail("a here-document does not end")
            end = self._text.find("\n", self._at)
            end = len(self._text) if end < 0 else end
            line = self._text[self._at : end]
            self._at = min(end + 1, len(self._text))
            line = line.lstrip("\t") if strips_tabs else line
            if line == delimiter:
                return "".join(lines)
            lines.append(line + "\n")

    def _to_line_end(self) -> None:
        """Skip blanks, comments and line ends."""
        while self._at < len(self._text):
            self._blanks()
            if self._ahead("\n"):
                self._newline()
            elif self._ahead("#"):
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end
            else:
                return


_COMPOUND: dict[str, Callable[[_Reader, int], Command]] = {
    "{": _Reader._group,  # noqa: SLF001 - a table of this module's own rules
    "if": _Reader._if,  # noqa: SLF001 - its own rule
    "while": _Reader._while,  # noqa: SLF001 - its own rule
    "until": _Reader._until,  # noqa: SLF001 - its own rule
    "for": _Reader._for,  # noqa: SLF001 - its own rule
    "case": _Reader._case,  # noqa: SLF001 - its own rule
    "[[": _Reader._test,  # noqa: SLF001 - its own rule
}
