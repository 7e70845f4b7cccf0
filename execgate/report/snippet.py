"""A stretch of text with its place and carets below it, as compilers show it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from execgate.model.source import Span
from execgate.report.escape import PLAIN, Cell, Style, cells, visible

MAX_CELLS = 100
"""The widest line that is shown whole; a longer one is cut around what it is shown for."""

_LEAD_CELLS = 30
_CUT = "..."
_MAX_LINES = 5
"""Spans over more lines than this show their first and last ones."""

_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Extract:
    """Lines of a file: `lines[0]` is the line with the number `first`."""

    file: str
    lines: Sequence[str]
    first: int = 1

    def line(self, number: int) -> str | None:
        """Return the line with that number, None where the extract does not hold it."""
        index = number - self.first
        return self.lines[index] if 0 <= index < len(self.lines) else None


def split_lines(text: str) -> list[str]:
    """Return the lines as Python counts them: ended by a line feed, a carriage return, or both."""
    return _LINE_END.split(text)


def gutter_of(*spans: Span | None) -> int:
    """Return how many cells the line numbers of `spans` take."""
    return max((len(str(span.end_line)) for span in spans if span is not None), default=1)


def frame(
    extract: Extract, span: Span, label: str, *, gutter: int, style: Style = PLAIN, role: str = "deny"
) -> list[str]:
    """Return the lines that show `span` in its file, with `label` behind the carets.

    Columns are printed from 1, as editors count.  A span outside of the extract shows its place alone.
    """
    place = f"{visible(extract.file, style)}:{span.line}:{span.column + 1}"
    out = [" " * gutter + style.paint("--> ", "place") + place]
    first = extract.line(span.line)
    if first is None:
        return out
    out.append(_margin("", gutter, style))
    last = extract.line(span.end_line) if span.end_line > span.line else None
    if last is None:
        end = span.end_column if span.end_line == span.line else len(first)
        shown, start, width = _fit(first, span.column, end, style)
        carets = style.paint("^" * width + _behind(label, style), role)
        out.append(_margin(span.line, gutter, style) + " " + shown)
        out.append(_margin("", gutter, style) + " " + " " * start + carets)
        return out
    shown, start, _ = _fit(first, span.column, len(first), style)
    out.append(_margin(span.line, gutter, style) + "   " + shown)
    out.append(_margin("", gutter, style) + "  " + style.paint("_" * (start + 1) + "^", role))
    bar = style.paint("|", role)
    numbers = range(span.line + 1, span.end_line)
    skipped = len(numbers) > _MAX_LINES - 2
    for number in numbers[: 1 if skipped else None]:
        between, _, _ = _fit(extract.line(number) or "", 0, 0, style)
        out.append(_margin(number, gutter, style) + f" {bar} {between}".rstrip())
    if skipped:
        out.append(_CUT.ljust(gutter + 2) + f" {bar}")
    # The last caret stands under the last character of the span.
    shown, start, width = _fit(last, max(span.end_column - 1, 0), span.end_column, style)
    out.append(_margin(span.end_line, gutter, style) + f" {bar} {shown}")
    tail = style.paint("|" + "_" * (start + width) + "^" + _behind(label, style), role)
    out.append(_margin("", gutter, style) + " " + tail)
    return out


def _behind(label: str, style: Style) -> str:
    return " " + visible(label, style) if label else ""


def _margin(number: int | str, gutter: int, style: Style) -> str:
    return style.paint(f"{number!s:>{gutter}} |", "place")


def _fit(line: str, start: int, end: int, style: Style) -> tuple[str, int, int]:
    """Return `line` as shown, cut around `start` to `end`, and in which cell and how wide the carets are."""
    start = min(max(start, 0), len(line))
    end = min(max(end, start), len(line))
    # A line can be a megabyte: only what may be shown is looked at.
    low, high = max(0, start - MAX_CELLS), min(len(line), start + MAX_CELLS)
    shown = list(cells(line[low:high], style))
    focus = start - low
    whole = low == 0 and high == len(line) and _width(shown) <= MAX_CELLS
    left, right = (0, len(shown)) if whole else _window(shown, focus)
    head = _CUT if low + left > 0 else ""
    tail = _CUT if low + right < len(line) else ""
    text = head + "".join(cell.shown for cell in shown[left:right]) + tail
    carets = _width(shown[focus : min(end - low, right)])
    return text.rstrip(), len(head) + _width(shown[left:focus]), max(carets, 1)


def _window(shown: Sequence[Cell], focus: int) -> tuple[int, int]:
    """Return which cells to show: some before `focus`, then as many as there is room for."""
    left, lead = focus, 0
    while left > 0 and lead + shown[left - 1].width <= _LEAD_CELLS:
        left -= 1
        lead += shown[left].width
    right, room = focus, MAX_CELLS - lead - 2 * len(_CUT)
    while right < len(shown) and shown[right].width <= room:
        room -= shown[right].width
        right += 1
    return left, right


def _width(shown: Sequence[Cell]) -> int:
    return sum(cell.width for cell in shown)
