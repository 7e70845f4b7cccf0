"""Templates as plain strings, so that one scanner can read both.

Each hole becomes one noncharacter of Unicode.  A text that holds such a character itself can't be written
this way; none that means well does.
"""

from __future__ import annotations

import re

from execgate.model.values import Hole, Template, Text

NUMBER = "\ufdd0"
WORD = "\ufdd1"
ANY = "\ufdd2"

_MARKS = {Hole.NUMBER: NUMBER, Hole.WORD: WORD, Hole.ANY: ANY}
_HOLES = {mark: hole for hole, mark in _MARKS.items()}
_MARK = re.compile(f"([{NUMBER}{WORD}{ANY}])")


def flatten(text: str | Template) -> str | None:
    """Return `text` with a mark for each hole, None where it holds a mark of its own."""
    parts = text.parts if isinstance(text, Template) else (text,)
    if any(_MARK.search(part) for part in parts if isinstance(part, str)):
        return None
    return "".join(_MARKS[part] if isinstance(part, Hole) else part for part in parts)


def restore(flat: str) -> Text:
    """Return the text that `flat` stands for: a string, or a template where it holds marks."""
    parts = tuple(_HOLES.get(part, part) for part in _MARK.split(flat) if part)
    return Template(parts) if any(isinstance(part, Hole) for part in parts) else flat


def has_hole(flat: str) -> bool:
    """Return whether `flat` holds a mark."""
    return _MARK.search(flat) is not None
