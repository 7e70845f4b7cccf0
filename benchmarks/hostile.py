"""Programs that are written to break the analysis: how long each takes, and what becomes of it.

What is measured is processor time, against `LIMIT_S` for programs of up to 64 kB.  Parsing alone takes longer
than that for larger ones, so they are measured against their own parsing.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass

import libcst

from benchmarks.hostile_programs import programs
from benchmarks.measure import Row, percentile
from execgate.analysis import analyze
from execgate.errors import SourceError
from execgate.model.source import Source

LIMIT_S = 0.25
SMALL = 1 << 16
TARGET_LARGE = 2.5
"""How many times a large program's parsing its analysis may take."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one program; `verdict` is `refused`, `gap` or `operations`."""

    name: str
    size: int
    seconds: float
    verdict: str


def outcome(name: str, code: str) -> Outcome:
    """Analyse one program."""
    started = time.process_time()
    try:
        program = analyze(Source(code))
        verdict = "gap" if program.gaps else "operations" if program.operations else "NOTHING FOUND"
    except SourceError:
        verdict = "refused"
    return Outcome(name, len(code), time.process_time() - started, verdict)


def measure() -> list[Row]:
    """Print every program with its time, and return the slowest of the small and of the large ones."""
    small: list[Outcome] = []
    large: list[tuple[float, Outcome, float]] = []
    for name, code in programs():
        found = outcome(name, code)
        print(
            f"{found.seconds * 1e3:8.1f} ms {found.size:9,} characters  {found.verdict:10}  {name}",
            file=sys.stderr,
        )
        if found.size <= SMALL:
            small.append(found)
        elif found.verdict != "refused":
            parsing = _parsing(code)
            large.append((found.seconds / parsing, found, parsing))
    slowest = max(small, key=lambda found: found.seconds)
    _, worst, parsing = max(large, key=lambda entry: entry[0])
    middle = percentile([found.seconds for found in small], 50)
    return [
        Row(
            *("hostile", f"up to 64 kB, the slowest: {slowest.name}", slowest.seconds),
            *("the limit", LIMIT_S, len(small), 1.0),
            f"median {middle * 1e3:.1f} ms; {sum(found.seconds > LIMIT_S for found in small)} over the limit",
        ),
        Row(
            *("hostile", f"larger, the slowest for its size: {worst.name}", worst.seconds),
            *("libcst.parse_module", parsing, len(large), TARGET_LARGE),
            f"{sum(entry[0] > TARGET_LARGE for entry in large)} over the target",
        ),
    ]


def _parsing(code: str) -> float:
    started = time.process_time()
    libcst.parse_module(code)
    return time.process_time() - started
