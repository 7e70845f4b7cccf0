"""A container as a cell."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from execgate.sandbox.cell import State
from execgate.sandbox.docker.wire import AttachedWire
from execgate.sandbox.engine import Attempts, is_missing, remove_container
from execgate.sandbox.network import Door
from execgate.sandbox.usage import Meter

if TYPE_CHECKING:
    from docker import APIClient

_LOOKS, _PAUSE_S = 20, 0.05


class DockerCell:
    """A started container; see `Cell`."""

    def __init__(
        self, client: APIClient, name: str, wire: AttachedWire, door: Door | None = None, *, ours: int = 1
    ) -> None:
        """Make the cell of a container of which `ours` processes are not the program's."""
        self.name = name
        self.wire = wire
        self.door = door
        self._client = client
        self._ask = Attempts()
        self.meter = self._measured(ours)

    def state(self) -> State:
        """Return how the engine sees the container; not known without an engine."""
        state = State(known=False)
        for _ in range(_LOOKS):
            found, _ = self._ask(lambda: _state_of(self._client.inspect_container(self.name)))
            if found is None:
                return State(known=False)
            state = found
            if not state.running:
                break
            time.sleep(_PAUSE_S)
        return state

    def kill(self) -> str | None:
        """Have the engine kill the container."""
        return self._ask(lambda: self._client.kill(self.name))[1]

    def remove(self) -> str | None:
        """Have the engine remove the container; one that is gone already is no fault."""

        def remove() -> None:
            try:
                remove_container(self._client, self.name)
            except Exception as error:
                if not is_missing(error):
                    raise

        if self.door is not None:
            self.door.close()
        return self._ask(remove)[1]

    def _measured(self, ours: int) -> Meter | None:
        def measured() -> Meter:
            told = self._client.inspect_container(self.name)
            return Meter(int(told["State"].get("Pid") or 0), str(told["Id"]), own_processes=ours)

        return self._ask(measured)[0]


def _state_of(container: dict[str, Any]) -> State:
    """Return what an engine's description of a container says."""
    told = container["State"]
    return State(
        known=True,
        running=bool(told.get("Running")),
        out_of_memory=bool(told.get("OOMKilled")),
        status=told.get("ExitCode"),
        error=str(told.get("Error") or ""),
    )
