"""Mistakes in a policy: what is wrong, where, and what to write instead."""

from __future__ import annotations

import difflib
import enum
import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from execgate.errors import PolicyError
from execgate.model.source import Span
from execgate.model.verdict import Clause

MAX_FOUND = 200
"""How many mistakes are looked for, and reported."""

_MAX_LINE = 160

_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp", "Zs"})
# Not seen, whether a version's tables know them yet or not.
_UNSEEN = (
    range(0x2060, 0x2070),
    range(0xFFF0, 0xFFFC),
    range(0x13430, 0x13460),
    range(0xE0000, 0xE1000),
)


class Severity(enum.Enum):
    """How bad a problem is: with an error no policy loads; a note is about what is fine to leave."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake; `clause` is its place, None where a whole file or folder is to blame."""

    file: str
    message: str
    clause: Clause | None = None
    help: str | None = None
    severity: Severity = Severity.ERROR

    def render(self) -> str:
        """Return the mistake with its line, a caret below it, and the help."""
        head = f"{self.severity.value}: {self.message}"
        if self.clause is None:
            lines = [head, f" --> {visible(self.file)}"]
            gutter = " "
        else:
            span = self.clause.span
            number = str(span.line)
            gutter = " " * len(number)
            shown, start, width = _excerpt(self.clause.text, span)
            lines = [
                head,
                f"{gutter}--> {visible(self.file)}:{span.line}:{span.column + 1}",
                f"{gutter} |",
                f"{number} | {shown}",
                f"{gutter} | {' ' * start}{'^' * width}",
            ]
        if self.help is not None:
            lines.append(f"{gutter} = help: {self.help}")
        return "\n".join(lines)


@dataclass(slots=True)
class Problems:
    """The mistakes found so far, in any order."""

    found: list[Problem] = field(default_factory=list)

    def at(self, clause: Clause, message: str, help: str | None = None) -> None:  # noqa: A002 - the field's word
        """Note a mistake at a place; raises PolicyError when there are too many to go on."""
        self._note(Problem(clause.file, message, clause, help))

    def whole(self, file: str, message: str, help: str | None = None) -> None:  # noqa: A002 - the word that errors use
        """Note a mistake of a whole file or folder; raises like `at`."""
        self._note(Problem(file, message, None, help))

    def _note(self, problem: Problem) -> None:
        self.found.append(problem)
        if len(self.found) >= MAX_FOUND:
            self.raise_if_any()

    def raise_if_any(self) -> None:
        """Raise one PolicyError that reports every mistake, by file and line."""
        if not self.found:
            return
        ordered = sorted(self.found, key=order)
        first, more = ordered[0], len(ordered) - 1
        place = visible(first.file)
        if first.clause is not None:
            place += f":{first.clause.span.line}:{first.clause.span.column + 1}"
        rest = f" (and {more} more mistake{'s' if more > 1 else ''})" if more else ""
        report = [problem.render() for problem in ordered]
        if len(ordered) >= MAX_FOUND:
            report.append(f"... and no more than these {MAX_FOUND} were looked for")
        raise PolicyError(
            f"{place}: {first.message}{rest}",
            rendered="\n\n".join(report),
            help=first.help,
            problems=tuple(ordered),
        )


def order(problem: Problem) -> tuple[str, int, int, str]:
    """Return what problems are sorted by: file, line and column."""
    if problem.clause is None:
        return problem.file, 0, 0, problem.message
    return problem.file, problem.clause.span.line, problem.clause.span.column, problem.message


def place(clause: Clause) -> str:
    """Return where a clause stands, as a help names it: file and line."""
    return f"{visible(clause.file)}:{clause.span.line}"


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that `word` is likely a slip of."""
    close = difflib.get_close_matches(word[:100].lower(), sorted(known), n=1, cutoff=0.6)
    return close[0] if close else None


def suggestion(word: str, known: Sequence[str], *, what: str, quoted: bool = False) -> str:
    """Return the help for an unknown word: the likely one, else all that there are."""
    mark = '"' if quoted else "`"
    close = did_you_mean(word, known)
    if close is not None:
        return f"did you mean {mark}{close}{mark}?"
    return f"{what}: " + ", ".join(f"{mark}{name}{mark}" for name in known)


def visible(text: str) -> str:
    """Return `text` on one line, with every control, format, bidi and unusual space character escaped.

    The same under every version of Python: what only newer tables know is treated alike by all.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(char) for char in text)


def clipped(text: str, most: int = 80) -> str:
    """Return `text` visible, and cut in the middle where it is longer than `most` characters."""
    if len(text) > most:
        text = f"{text[: most * 2 // 3]}...{text[-(most // 3 - 3) :]}"
    return visible(text)


def quoted(text: str) -> str:
    """Return `text` as a string of the language, in ASCII."""
    return json.dumps(text)


def _shown(char: str) -> str:
    if char.isascii():
        if char.isprintable():
            return char
        return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(char, f"\\u{{{ord(char):x}}}")
    if unicodedata.category(char) in _HIDDEN or any(ord(char) in unseen for unseen in _UNSEEN):
        return f"\\u{{{ord(char):x}}}"
    return char


def _width(text: str) -> int:
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def _excerpt(line: str, span: Span) -> tuple[str, int, int]:
    """Return the line as it is shown, how far the caret is from its start, and the caret's width."""
    last = span.end_column if span.end_line == span.line else len(line)
    first, last = min(span.column, len(line)), min(last, len(line))
    lead = ""
    if len(line) > _MAX_LINE and first > 40:
        line, first, last, lead = line[first - 40 :], 40, last - first + 40, "..."
    trail = ""
    if len(line) > _MAX_LINE:
        line, last, trail = line[:_MAX_LINE], min(last, _MAX_LINE), "..."
    line = line.replace("\t", " ")
    before, marked = visible(line[:first]), visible(line[first:last])
    shown = lead + before + marked + visible(line[last:]) + trail
    return shown.rstrip(), len(lead) + _width(before), max(1, _width(marked))
