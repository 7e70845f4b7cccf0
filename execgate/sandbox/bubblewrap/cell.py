"""A bubblewrap process as a cell."""

from __future__ import annotations

import contextlib
import signal
import subprocess

from execgate.sandbox.bubblewrap.groups import Made
from execgate.sandbox.cell import State, Wire
from execgate.sandbox.network import Door
from execgate.sandbox.usage import Meter

_END_S = 1.0
_REMOVE_S = 10.0


class BubblewrapCell:
    """A started bubblewrap with the guest in it; see `Cell`.

    Its end takes all with it: the guest is process 1 of its namespace, and dies with bubblewrap.
    """

    def __init__(
        self,
        name: str,
        process: subprocess.Popen[bytes],
        wire: Wire,
        *,
        group: Made | None = None,
        door: Door | None = None,
        ours: int,
    ) -> None:
        """Make the cell of a process; `ours` are how many in it are not the program's."""
        self.name = name
        self.wire: Wire = wire
        self.door = door
        self._process = process
        self._group = group
        figures = group.figures() if group is not None else None
        self.meter: Meter | None = Meter(process.pid, group=figures, own_processes=ours)

    def state(self) -> State:
        """Return whether it runs, and what its control group counted; waits a moment for its end."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_END_S)
        status = self._process.poll()
        killed = self._group is not None and self._group.ran_out_of_memory()
        return State(known=True, running=status is None, out_of_memory=killed, status=status)

    def kill(self) -> str | None:
        """Kill bubblewrap and with it the guest's whole namespace."""
        if self._group is not None:
            self._group.kill()
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGKILL)
        try:
            self._process.wait(_REMOVE_S)
        except subprocess.TimeoutExpired:
            return "its processes do not end"
        return None

    def remove(self) -> str | None:
        """End it, and remove its control group and its door."""
        if self.door is not None:
            self.door.close()
        fault = self.kill()
        if fault is None and self._group is not None and not self._group.remove():
            return "its control group can't be removed"
        return fault
