"""Where runs get their cells from, and bring them back to."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Protocol

from execgate.model.execution import Start
from execgate.sandbox.cell import Cell, Profile


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
