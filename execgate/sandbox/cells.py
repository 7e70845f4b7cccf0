"""Where runs get their cells from, and bring them back to."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from execgate.model.execution import Start
from execgate.sandbox.cell import Backend, Cell, Profile
from execgate.sandbox.greeting import greet


@dataclass(frozen=True, slots=True)
class Taken:
    """A cell whose guest waits, and where it came from."""

    cell: Cell
    start: Start


class Cells(Protocol):
    """Gives each run a cell that is its own until it gives it back."""

    def take(self, profile: Profile, cancelled: threading.Event) -> Taken:
        """Return a cell of `profile`.

        Raises SandboxUnavailableError, ImageGoneError, NoRoomError, and CancelledError.
        """
        ...

    def give_back(self, taken: Taken) -> None:
        """Take a used cell back, whatever became of it."""
        ...

    def close(self) -> None:
        """Remove every cell."""
        ...


class FreshCells:
    """A cell made for every run, while it waits."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._lock = threading.Lock()
        self._unremoved: tuple[Cell, ...] = ()

    def take(self, profile: Profile, cancelled: threading.Event) -> Taken:
        """Return a new cell; see `Cells.take`."""
        with self._lock:
            left, self._unremoved = self._unremoved, ()
        self._keep(self._backend.tidy(left))
        cell = self._backend.start(profile)
        try:
            greet(cell, cancelled)
        except BaseException:
            self._discard(cell)
            raise
        return Taken(cell, Start.COLD)

    def give_back(self, taken: Taken) -> None:
        """Remove the cell."""
        self._discard(taken.cell)

    def close(self) -> None:
        """Try once more to remove what could not be removed."""
        with self._lock:
            left, self._unremoved = self._unremoved, ()
        self._backend.tidy(left)

    def _discard(self, cell: Cell) -> None:
        cell.wire.close()
        if cell.remove() is not None:
            self._keep((cell,))

    def _keep(self, left: Sequence[Cell]) -> None:
        if left:
            with self._lock:
                self._unremoved = (*self._unremoved, *left)
