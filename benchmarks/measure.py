"""Times things side by side, so that a busy machine slows all of them alike and the ratio holds."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement: what was timed, against what, and how often; times are medians in seconds.

    `target` is the ratio that is aimed for at most, None where there is none.
    """

    section: str
    what: str
    seconds: float
    against: str
    against_seconds: float
    n: int
    target: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float:
        """How many times the other's time it takes."""
        return self.seconds / self.against_seconds

    def to_json(self) -> dict[str, Any]:
        """Return the row with its ratio."""
        return {**asdict(self), "ratio": self.ratio}


class SkippedError(Exception):
    """A section can't be measured on this machine; the message says why."""


def interleaved(n: int, *timed: Callable[[], object]) -> list[float]:
    """Run each of `timed` once a round, for `n` rounds, and return each one's median in seconds.

    The order turns round with every round, so that none always comes after the same one.
    """
    samples: list[list[float]] = [[] for _ in timed]
    for round_ in range(n):
        order = range(len(timed)) if round_ % 2 == 0 else reversed(range(len(timed)))
        for index in order:
            samples[index].append(seconds(timed[index]))
    return [statistics.median(found) for found in samples]


def seconds(action: Callable[[], object]) -> float:
    """Return how long one call takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def percentile(samples: Sequence[float], percent: int) -> float:
    """Return the value that `percent` of the samples do not exceed."""
    return statistics.quantiles(samples, n=100, method="inclusive")[percent - 1]


def shown(value: float) -> str:
    """Return a time for people, with three figures."""
    for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "us")):
        if value * factor >= 1:
            return f"{value * factor:.3g} {unit}"
    return f"{value * 1e9:.3g} ns"
