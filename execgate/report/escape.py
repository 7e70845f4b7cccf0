"""Hostile text made safe to show: nothing invisible, nothing that moves the cursor, widths known."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

TAB_CELLS = 4
"""Tabs go to the next multiple of this many cells."""

MAX_MARKS = 3
"""Combining marks shown on one character; a higher stack could cover other lines and is escaped."""

_SHOWN = frozenset({"L", "N", "P", "S"})
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols that show as nothing."""

_BOLD_RED, _BOLD_GREEN, _BOLD_YELLOW, _BOLD_BLUE, _BOLD_CYAN = "1;31", "1;32", "1;33", "1;34", "1;36"
_YELLOW = "33"
_COLOURS = {
    "deny": _BOLD_RED,
    "error": _BOLD_RED,
    "allow": _BOLD_GREEN,
    "escalate": _BOLD_YELLOW,
    "warn": _YELLOW,
    "place": _BOLD_BLUE,
    "help": _BOLD_CYAN,
    "strong": "1",
}


@dataclass(frozen=True, slots=True)
class Style:
    """How text is shown: with colours or without, and in which characters."""

    colour: bool = False
    encoding: str = "utf-8"
    """What `encoding` can't hold is escaped."""

    def paint(self, text: str, role: str) -> str:
        """Return `text` in the colour of `role` (deny, allow, escalate, warn, error, place, help, strong)."""
        return f"\x1b[{_COLOURS[role]}m{text}\x1b[0m" if self.colour and text else text


PLAIN = Style()


@dataclass(frozen=True, slots=True)
class Cell:
    """One character as it is shown, and how many terminal cells that takes."""

    shown: str
    width: int


def cells(line: str, style: Style = PLAIN) -> Iterator[Cell]:
    """Yield each character of one line as it is shown; tabs become spaces."""
    column = 0
    marks = MAX_MARKS  # A mark before any character has nothing to stand on.
    for character in line:
        if character == "\t":
            cell = Cell(" " * (width := TAB_CELLS - column % TAB_CELLS), width)
            marks = MAX_MARKS
        elif " " <= character <= "~":
            cell = Cell(character, 1)
            marks = 0
        elif unicodedata.category(character) in {"Mn", "Mc", "Me"} and not _is_selector(character):
            cell = Cell(character, 1 if unicodedata.category(character) == "Mc" else 0)
            if marks >= MAX_MARKS or not _can_write(character, style):
                cell = _escaped(character)
            else:
                marks += 1
        elif _is_plain(character) and _can_write(character, style):
            cell = Cell(character, 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1)
            marks = 0
        else:
            cell = _escaped(character)
            marks = MAX_MARKS
        column += cell.width
        yield cell


def visible(text: str, style: Style = PLAIN, *, limit: int | None = None) -> str:
    r"""Return `text` on one line with everything that can't be seen escaped as `\u{202e}`.

    Over `limit` characters the rest is replaced by `...`.
    """
    if limit is not None and len(text) > limit:
        return visible(text[: limit - 3], style) + "..."
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        _escaped(character).shown if character == "\t" else cell.shown
        for character, cell in zip(text, cells(text, style), strict=True)
    )


def _is_plain(character: str) -> bool:
    return unicodedata.category(character)[0] in _SHOWN and character not in _BLANK


def _is_selector(character: str) -> bool:
    """Whether `character` is a mark that shows as nothing, which is how text is hidden in text."""
    return (
        character in "\u034f\u17b4\u17b5"
        or "\u180b" <= character <= "\u180f"
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
    )


def _can_write(character: str, style: Style) -> bool:
    if style.encoding == "utf-8":
        return True
    try:
        character.encode(style.encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _escaped(character: str) -> Cell:
    shown = f"\\u{{{ord(character):x}}}"
    return Cell(shown, len(shown))
