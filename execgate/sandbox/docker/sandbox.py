"""The sandbox whose cells are containers of the Docker engine."""

from __future__ import annotations

from collections.abc import Callable

from execgate.sandbox.docker.backend import DockerBackend
from execgate.sandbox.service import CellSandbox
from execgate.sandbox.stock import USUAL, Ahead


class DockerSandbox(CellSandbox):
    """Runs each program in a container of its own, through the Docker engine.

    Connects, clears what killed gates left behind and finds or makes the image at the first run;
    `on_progress` gets a line for each step that takes time (standard error if None).  `ahead` bounds how many
    containers wait for the next runs, from the first run on.  `runtime` is what the engine is to start them
    with (`crun`, `runsc`), by default what `EXECGATE_DOCKER_RUNTIME` says, else the engine's own choice.
    """

    def __init__(
        self,
        *,
        on_progress: Callable[[str], None] | None = None,
        ahead: Ahead = USUAL,
        runtime: str | None = None,
    ) -> None:
        super().__init__(DockerBackend(on_progress=on_progress, runtime=runtime), ahead=ahead)
