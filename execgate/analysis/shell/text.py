"""Shell text as the commands in it, in the part of the language on which POSIX shells agree.

The same text can go to dash, to bash or to BusyBox.  What they read alike is read here (quoting, lists,
pipes, compound commands, functions, here-documents, substitutions); what they don't, such as `$'...'`,
`&>` or `[[`, ends the reading with a reason: what comes behind is not known.  Reading too much is no mistake,
reading too little is: every word at which any shell could start a command is taken for one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from execgate.analysis.holes import ANY, WORD
from execgate.analysis.shell.words import (
    MAX_DEPTH,
    METACHARACTERS,
    SPLIT,
    Command,
    Script,
    ShellError,
    Word,
    WordReader,
)

MAX_CHARS = 100_000

_SKIPPED_WORDS = frozenset({"if", "then", "elif", "else", "fi", "while", "until", "do", "done", "!"})
_NOT_EVERYWHERE = frozenset({"[[", "]]", "function", "select", "coproc"})
_RESERVED = _SKIPPED_WORDS | _NOT_EVERYWHERE | {"{", "}", "case", "esac", "for", "in"}
_DEFINITION = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)[ \t]*\([ \t]*\)[ \t\n]*\{(?=[ \t\n])", re.ASCII)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=", re.ASCII)
_ODD_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\+=|\[)", re.ASCII)
_REDIRECTION = re.compile(r"([0-9]*)(<<-|<<<|<<|<>|<&|>&|>>|>\||<|>)", re.ASCII)
_TIME_OPTION = re.compile(r"[ \t]+-p(?=[ \t])")


@dataclass(slots=True)
class _HereDocument:
    delimiter: str
    strips_tabs: bool
    is_quoted: bool


def read(text: str) -> Script:
    """Return the commands and redirections of `text`, in which marks stand for holes."""
    script = Script()
    hole = re.search(f"[{ANY}{WORD}]", text)
    known = text[: hole.start()] if hole else text
    if len(known) > MAX_CHARS:
        script.why_not_more = f"the shell text is longer than {MAX_CHARS:,} characters"
        return script
    try:
        _Reader(known, script, 0).whole()
    except ShellError as error:
        script.why_not_more = str(error)
    if hole:
        script.why_not_more = "the shell text is put together from a text that can hold shell syntax itself"
    return script


class _Reader(WordReader):
    """Reads one stretch of text into a script; each substitution in backquotes has a reader of its own."""

    def __init__(self, text: str, script: Script, depth: int) -> None:
        super().__init__(text, script, depth)
        self._here: list[_HereDocument] = []

    def whole(self) -> None:
        """Read everything; raises ShellError."""
        self._definitions()
        self._list(frozenset())
        if self._at < len(self._text):
            raise ShellError("a bracket is closed that is not open")
        if self._here:
            raise ShellError("a here-document has no text")

    def _definitions(self) -> None:
        """Read the functions that are defined before anything is run: those names are no programs."""
        while self._to_command() and (match := _DEFINITION.match(self._text, self._at)):
            name = match[1]
            if name in _RESERVED:
                return
            self._at = match.end()
            self._list(frozenset({"}"}))
            self._expect("}")
            self._blanks()
            if not self._ahead(";") and not self._ahead("\n"):
                return  # defined in a process of its own, or with redirections
            self._script.functions.add(name)

    # Lists and commands

    def _list(self, ends: frozenset[str]) -> None:
        """Read commands up to one of `ends` (`)`, `}`, `;;`, `esac`), which is not consumed."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ShellError("the shell text is nested too deeply")
        while self._to_command():
            if self._ahead(")") or self._ahead(";;"):
                if (")" if self._ahead(")") else ";;") in ends:
                    break
                raise ShellError("`)` or `;;` stands where no command can end")
            if self._ahead("("):
                self._subshell()
                continue
            start = self._at
            word = None if _REDIRECTION.match(self._text, self._at) else self._word()
            if word is not None and word.is_plain and word.raw in ends:
                self._at = start
                break
            self._command(word)
        self._depth -= 1

    def _to_command(self) -> bool:
        """Go to where the next command begins; False at the end of the text."""
        while self._at < len(self._text):
            if self._ahead("&>") or self._ahead(";&") or self._ahead(";;&"):
                raise ShellError("shells differ on `&>` and `;&`")
            character = self._text[self._at]
            if self._ahead(";;"):
                return True
            if character in " \t;&|":
                self._at += 1
            elif self._ahead("\\\n"):
                self._at += 2
            elif character == "\n":
                self._newline()
            elif character == "#":
                self._comment()
            else:
                return True
        return False

    def _subshell(self) -> None:
        if self._ahead("(("):
            raise ShellError("shells differ on `((`")
        self._at += 1
        if self._ahead("\\\n"):
            raise ShellError(SPLIT)
        self._list(frozenset({")"}))
        self._expect(")")

    def _command(self, first: Word | None) -> None:
        keyword = first.raw if first is not None and first.is_plain else ""
        if keyword in _SKIPPED_WORDS:
            return
        if keyword in _NOT_EVERYWHERE:
            raise ShellError(f"not every shell knows `{keyword}`")
        if keyword == "time" and first is not None:
            # A program to dash, a keyword to bash, behind which a whole command stands.
            self._script.commands.append(Command((), (first,)))
            option = _TIME_OPTION.match(self._text, self._at)
            self._at = option.end() if option else self._at
        elif keyword == "{":
            self._list(frozenset({"}"}))
            self._expect("}")
        elif keyword == "case":
            self._case()
        elif keyword == "for":
            self._for()
        elif keyword in _RESERVED:
            raise ShellError(f"`{keyword}` stands where no command can end")
        elif not (keyword and self._is_function(keyword)):
            self._simple(first)

    def _is_function(self, name: str) -> bool:
        """Go behind `()` if it follows; the body is read as a command of its own."""
        match = re.compile(r"[ \t]*\([ \t]*\)").match(self._text, self._at)
        if match is None:
            return False
        if not _NAME.fullmatch(name):
            raise ShellError("shells differ on the names of functions")
        self._at = match.end()
        return True

    def _simple(self, first: Word | None) -> None:
        """Read the rest of a simple command behind its first word."""
        words = [first] if first is not None else []
        while self._at < len(self._text):
            self._blanks()
            if self._redirection():
                continue
            if self._at == len(self._text) or self._text[self._at] in "\n;&|)":
                break
            if self._ahead("(") or self._ahead("#"):
                if self._ahead("#"):
                    break
                raise ShellError("a bracket opens where no command can begin")
            words.append(self._word())
        assigned = []
        while words and (match := _ASSIGNMENT.match(words[0].raw)):
            assigned.append(match[1])
            del words[0]
        if words and _ODD_ASSIGNMENT.match(words[0].raw):
            raise ShellError("not every shell takes this for an assignment")
        self._script.commands.append(Command(tuple(assigned), tuple(words)))

    def _case(self) -> None:
        self._blanks()
        self._word()
        self._to_line_end()
        if self._word().raw != "in":
            raise ShellError("`case` has no `in`")
        while True:
            self._to_line_end()
            start = self._at
            if not self._ahead("(") and self._word().raw == "esac":
                return
            self._at = start + 1 if self._text[start] == "(" else start
            while not self._ahead(")"):
                self._blanks()
                if self._ahead("|"):
                    self._at += 1
                elif not self._ahead(")"):
                    self._word()
            self._at += 1
            self._list(frozenset({";;", "esac"}))
            if self._ahead(";;"):
                self._at += 2

    def _for(self) -> None:
        self._blanks()
        if self._ahead("("):
            raise ShellError("not every shell knows `for ((`")
        name = self._word()
        if not name.is_plain or not _NAME.fullmatch(name.raw):
            raise ShellError("`for` has no name")
        self._script.assigned.add(name.raw)
        self._to_line_end()
        start = self._at
        if (
            self._at < len(self._text)
            and self._text[start] not in METACHARACTERS
            and self._word().raw == "in"
        ):
            self._blanks()
            while self._at < len(self._text) and self._text[self._at] not in ";\n":
                self._word()
                self._blanks()
        else:
            self._at = start

    # Redirections

    def _redirection(self) -> bool:
        match = _REDIRECTION.match(self._text, self._at)
        if match is None or (match[2] in {"<", ">"} and self._text.startswith("(", match.end())):
            return False
        operator = match[2]
        self._at = match.end()
        self._blanks()
        word = self._word()
        if operator in {"<<", "<<-"}:
            if word.value is None:
                raise ShellError("where a here-document ends is only known when it runs")
            self._here.append(_HereDocument(word.value, operator == "<<-", is_quoted=not word.is_plain))
        elif operator in {">&", "<&"} and word.value is not None and re.fullmatch(r"[0-9]+-?|-", word.value):
            pass  # a descriptor is copied or closed
        elif operator == "<>":
            self._script.redirections += [("read", word), ("write", word)]
        elif operator != "<<<":
            operation = {"<": "read", "<&": "read", ">>": "append"}.get(operator, "write")
            self._script.redirections.append((operation, word))
        return True

    def _newline(self) -> None:
        """Go behind a line end, and behind the here-documents that begin there."""
        self._at += 1
        here, self._here = self._here, []
        for document in here:
            lines = []
            while True:
                if self._at >= len(self._text):
                    raise ShellError("a here-document does not end")
                end = self._text.find("\n", self._at)
                end = len(self._text) if end < 0 else end
                line = self._text[self._at : end]
                self._at = min(end + 1, len(self._text))
                if (line.lstrip("\t") if document.strips_tabs else line) == document.delimiter:
                    break
                lines.append(line)
            if not document.is_quoted:
                self._here_text("\n".join(lines))

    def _here_text(self, text: str) -> None:
        if "\\\n" in text + "\n":
            raise ShellError("a line of a here-document is continued")
        _Reader(text, self._script, self._depth).expansions()

    def _comment(self) -> None:
        end = self._text.find("\n", self._at)
        self._at = len(self._text) if end < 0 else end

    def _to_line_end(self) -> None:
        """Skip blanks, comments and line ends."""
        while self._at < len(self._text):
            self._blanks()
            if self._ahead("\n"):
                self._newline()
            elif self._ahead("#"):
                self._comment()
            else:
                return
