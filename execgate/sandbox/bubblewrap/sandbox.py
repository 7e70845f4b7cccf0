"""The sandbox whose cells are bubblewrap processes."""

from __future__ import annotations

from collections.abc import Callable

from execgate.sandbox.bubblewrap.backend import BubblewrapBackend
from execgate.sandbox.service import CellSandbox
from execgate.sandbox.stock import USUAL, Ahead


class BubblewrapSandbox(CellSandbox):
    """Runs each program in namespaces of its own, without an engine.

    Clears what killed gates left behind and finds or makes the root file system at the first run;
    `on_progress` gets a line for each step that takes time (standard error if None).  `ahead` bounds how many
    cells wait for the next runs, from the first run on.
    """

    def __init__(
        self,
        *,
        on_progress: Callable[[str], None] | None = None,
        ahead: Ahead = USUAL,
    ) -> None:
        super().__init__(BubblewrapBackend(on_progress=on_progress), ahead=ahead)
