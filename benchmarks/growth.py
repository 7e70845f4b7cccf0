"""How analysis grows with the size of a program: the time for a line, from 100 lines to 20,000.

The programs are those of the `analysis` section one after the other, each with names of its own, so that
none of them is a repetition.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from itertools import count

import libcst

from benchmarks.measure import Row
from benchmarks.programs import generate
from execgate.analysis import analyze
from execgate.model.source import Source

SIZES = (100, 300, 1_000, 3_000, 10_000, 20_000)
TARGET = 2.5
MAX_GROWTH = 1.5
"""How many times as much a line may cost in the largest program as in the smallest."""


def measure() -> list[Row]:
    """Return the time of each size against libcst's; the note has what a line costs."""
    rows = []
    for size in SIZES:
        code = program(size)
        rounds = max(1, 2_000 // size)
        mine = min(_timed(lambda text=code: analyze(Source(text))) for _ in range(rounds))
        theirs = min(_timed(lambda text=code: libcst.parse_module(text)) for _ in range(rounds))
        lines = code.count("\n")
        rows.append(
            Row(
                *("growth", f"{lines:,} lines", mine),
                *("libcst.parse_module", theirs, rounds, TARGET),
                f"{mine / lines * 1e6:.0f} us a line",
            )
        )
    return rows


def program(lines: int) -> str:
    """Return a program of so many lines, or a few more."""
    found: list[str] = []
    length = 0
    for number, code in zip(count(), _endless()):
        found.append(_renamed(code, number))
        length += found[-1].count("\n") + 1
        if length >= lines:
            break
    return "\n".join(found)


def _endless() -> Iterator[str]:
    programs = generate(400)
    while True:
        yield from programs


def _renamed(code: str, number: int) -> str:
    """Give what the program defines names that no other program of the text has."""
    return re.sub(r"(?<=[A-Za-z])_(\d+)\b", rf"_{number}_\1", code)


def _timed(action: Callable[[], object]) -> float:
    started = time.process_time()
    action()
    return time.process_time() - started
