"""Turns: whoever has one is alone with what it is about, and the others wait."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Hashable, Iterator


class Turns:
    """One line for each thing, which takes no room while nobody is in it; for several threads at once."""

    def __init__(self) -> None:
        self._changed = threading.Lock()
        self._lines: dict[Hashable, _Line] = {}

    @contextlib.contextmanager
    def of(self, thing: Hashable) -> Iterator[None]:
        """Be alone with a thing; waits for whoever is."""
        with self._changed:
            line = self._lines.setdefault(thing, _Line())
            line.length += 1
        try:
            with line.lock:
                yield
        finally:
            with self._changed:
                line.length -= 1
                if not line.length:
                    del self._lines[thing]

    def __contains__(self, thing: Hashable) -> bool:
        """Return whether somebody is alone with a thing, or waits for it; that may change at any time."""
        return thing in self._lines


class _Line:
    """Who waits for one thing, with whoever has it."""

    __slots__ = ("length", "lock")

    def __init__(self) -> None:
        self.length = 0
        self.lock = threading.Lock()
