"""Code to operations, against `libcst.parse_module` of the same text."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import libcst

from benchmarks import programs
from benchmarks.measure import Row, SkippedError, percentile
from execgate.analysis import analyze
from execgate.errors import SourceError
from execgate.model.source import Source

ROUNDS = 5
TARGET = 2.0


def measure(corpus: Path | None = None) -> list[Row]:
    """Return the ratio of the median times, and the ratio that 95 of 100 programs stay below."""
    codes = programs.generate() if corpus is None else _read(corpus)
    analysed: list[float] = []
    parsed: list[float] = []
    for index, code in enumerate(codes):
        times = [_once(code, round_, analysis_first=(index + round_) % 2 == 0) for round_ in range(ROUNDS)]
        analysed.append(statistics.median(time for time, _ in times))
        parsed.append(statistics.median(time for _, time in times))
    ratios = [mine / theirs for mine, theirs in zip(analysed, parsed, strict=True)]
    lines = statistics.median(code.count("\n") for code in codes)
    return [
        Row(
            *("analysis", "one program, to its operations", statistics.median(analysed)),
            *("libcst.parse_module", statistics.median(parsed)),
            *(len(codes) * ROUNDS, TARGET),
            f"{len(codes)} programs, median {lines:g} lines; 95 % below {percentile(ratios, 95):.3g} x",
        ),
    ]


def _once(code: str, round_: int, *, analysis_first: bool) -> tuple[float, float]:
    # Another text each time: what was remembered of the last one must not count.
    text = f"{code}\n# {round_}\n"
    if analysis_first:
        mine = _seconds(lambda: analyze(Source(text)))
        return mine, _seconds(lambda: libcst.parse_module(text))
    theirs = _seconds(lambda: libcst.parse_module(text))
    return _seconds(lambda: analyze(Source(text))), theirs


def _seconds(action: Callable[[], object]) -> float:
    """Return how much of the processor one call takes: it is short, and other programs run meanwhile."""
    started = time.process_time()
    action()
    return time.process_time() - started


def _read(corpus: Path) -> list[str]:
    """Return the programs of 20 to 100 lines that both parsers take."""
    found = []
    with corpus.open(encoding="utf-8") as lines:
        for line in lines:
            code = json.loads(line)["code"]
            if not 20 <= code.count("\n") + 1 <= 100:
                continue
            try:
                analyze(Source(code))
                libcst.parse_module(code)
            except (SourceError, libcst.ParserSyntaxError):
                continue
            found.append(code)
    if len(found) < 2:
        raise SkippedError(f"{corpus} has no programs of 20 to 100 lines")
    return found
