"""How many cells of one profile should wait, from how often they are asked for and how long a start takes.

Pure.
"""

from __future__ import annotations

import math
from collections import deque

WINDOW_S = 10.0
"""How far back the rate of runs is looked at."""
IDLE_S = 300.0
"""After this time without a run nothing waits any more."""

_REMEMBERED = 64
_FIRST_GUESS_S = 0.3
_WEIGHT = 0.3


class Load:
    """The demand for one profile; times are those of one monotonic clock, in seconds."""

    def __init__(self) -> None:
        self._asked: deque[float] = deque(maxlen=_REMEMBERED)
        self._start_s = _FIRST_GUESS_S

    def asked(self, now: float) -> None:
        """Note that a cell was asked for."""
        self._asked.append(now)

    def started(self, seconds: float) -> None:
        """Note how long a start took."""
        self._start_s += _WEIGHT * (seconds - self._start_s)

    @property
    def start_s(self) -> float:
        """How long a start takes, as far as seen."""
        return self._start_s

    @property
    def last(self) -> float:
        """When a cell was last asked for; minus infinity if never."""
        return self._asked[-1] if self._asked else -math.inf

    def wanted(self, now: float) -> int:
        """Return how many should wait: what is likely to be asked for while one is being started.

        One after a first run, more where runs follow each other (their mean number during a start, and two
        standard deviations of a Poisson process), none after `IDLE_S` without any.
        """
        if now - self.last > IDLE_S:
            return 0
        recent = [asked for asked in self._asked if now - asked <= WINDOW_S]
        if len(recent) < 3:
            return 1
        rate = (len(recent) - 1) / max(now - recent[0], 0.001)
        mean = rate * self._start_s
        return 1 + math.ceil(mean + 2 * math.sqrt(mean))
