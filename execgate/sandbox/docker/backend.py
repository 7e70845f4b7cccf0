"""The Docker backend: cells are containers of an engine."""

from __future__ import annotations

import contextlib
import os
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from execgate.errors import SandboxUnavailableError
from execgate.model.verdict import Authorization
from execgate.sandbox import forks
from execgate.sandbox.cell import Cell, ImageGoneError, Profile
from execgate.sandbox.docker import confinement, gvisor, leftovers
from execgate.sandbox.docker.capabilities import RUNTIME_VARIABLE, Engine, described
from execgate.sandbox.docker.cell import DockerCell
from execgate.sandbox.docker.wire import AttachedWire
from execgate.sandbox.engine import (
    Attempts,
    attempt,
    connect,
    is_local,
    is_missing,
    remove_container,
    translated,
)
from execgate.sandbox.image import Image, ensure_image, find_image
from execgate.sandbox.image.facts import NO_FACTS, Facts
from execgate.sandbox.image.known import Known
from execgate.sandbox.network import Doors, sweep_doors
from execgate.sandbox.owner import Owner
from execgate.sandbox.protocol import to_stderr

if TYPE_CHECKING:
    from docker import APIClient


_LATE_S = 120.0
"""How long an engine may take to make what nobody waits for any more."""


class DockerBackend:
    """Makes cells that are containers; see `Backend`.

    `on_progress` gets a line for each step that takes time (standard error if None).
    """

    name = "docker"

    def __init__(
        self,
        *,
        on_progress: Callable[[str], None] | None = None,
        doors: Doors | None = None,
        runtime: str | None = None,
    ) -> None:
        self._on_progress = on_progress or to_stderr
        self._runtime = runtime or os.environ.get(RUNTIME_VARIABLE) or None
        self._doors = Doors() if doors is None else doors
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._images: Known[Image] = Known()
        self._late: dict[str, float] = {}
        """Containers that may yet be made, by name, with when they were asked for."""
        forks.register(self)

    def forget_parent(self) -> None:
        """Connect anew in a forked process: what is said on the parent's connections is the parent's."""
        self._lock = threading.Lock()
        if self._engine is not None:
            with contextlib.suppress(Exception):
                self._engine.client.close()
            self._engine = None

    def prepare(self) -> None:
        """Connect, and clear what killed gates left behind, where that was not done yet."""
        with self._lock:
            self._ready()

    def lacks(self) -> frozenset[str]:
        """Return what the engine says it can't keep; one elsewhere mounts no socket of this machine."""
        with self._lock:
            return self._ready().lacks

    def instead(self) -> Mapping[str, str]:
        """Return how gVisor keeps a limit; else an engine keeps it or does not."""
        with self._lock:
            return gvisor.INSTEAD if self._ready().gvisor else {}

    def remedy(self, field: str) -> str:
        """Return what to do about gVisor, where it is that; else another engine is all that helps."""
        with self._lock:
            return gvisor.REMEDY if self._ready().gvisor and field in gvisor.LACKS else ""

    def image(self, authorization: Authorization) -> str:
        """Return the image's id, found or made at the first program."""
        with self._lock:
            client = self._ready().client
        return self._images.of_program(
            authorization,
            lambda name: find_image(client, name=name),
            lambda name: ensure_image(client, name=name, on_progress=self._on_progress),
        ).id

    def facts(self, image: str) -> Facts:
        """Return what is in an image that was returned."""
        found = self._images.by_id(image)
        return NO_FACTS if found is None else found.facts

    def forget_image(self, image: str) -> None:
        """Look for the image anew, unless somebody else has found another by now."""
        self._images.forget(image)

    def start(self, profile: Profile) -> Cell:
        """Create a container, attach to it and start it."""
        with self._lock:
            engine = self._ready()
        if (profile.host_folders or profile.packages) and not is_local():
            raise SandboxUnavailableError(
                "the engine is on another machine: folders of this one can't be mounted there",
                help="hand the files in, or use an engine of this machine",
            )
        client, name = engine.client, f"execgate-run-{uuid.uuid4().hex}"
        with contextlib.ExitStack() as undo:
            door = self._doors.open() if profile.network else None
            if door is not None:
                undo.callback(door.close)
            undo.callback(self._remove_failed, client, name)
            self._create(engine, profile, name, None if door is None else door.folder)
            with translated("can't start a container"):
                # Before the start, so that not a byte is missed.
                streams = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
                wire = AttachedWire(client.attach_socket(name, streams))
                undo.callback(wire.close)
                client.start(name)
            self._remove_late_ones(client)
            cell = DockerCell(client, name, wire, door, ours=profile.own_processes)
            undo.pop_all()
            return cell

    def _remove_failed(self, client: APIClient, name: str) -> None:
        """Remove what was not started, now or once an engine that gave no answer has made it."""
        if attempt(partial(remove_container, client, name))[1] is not None:
            self._late[name] = time.monotonic()

    def _remove_late_ones(self, client: APIClient) -> None:
        """Remove what an engine that gave no answer in time has made after all."""
        tried = Attempts()
        for name, since in list(self._late.items()):
            _, fault = tried(partial(remove_container, client, name))
            if fault is None or time.monotonic() - since > _LATE_S:
                self._late.pop(name, None)

    def tidy(self, left: Sequence[Cell]) -> tuple[Cell, ...]:
        """Remove what is still there, until the engine fails to answer."""
        with self._lock:
            engine = self._engine
        remaining = list(left)
        while engine is not None and remaining:
            name = remaining[0].name
            attempt(partial(remove_container, engine.client, name))
            found, fault = attempt(partial(engine.client.containers, all=True, filters={"name": name}))
            if fault is not None or found:
                break
            del remaining[0]
        return tuple(remaining)

    def close(self) -> None:
        """Close the connections to the engine, and every door."""
        self._doors.close()
        with self._lock:
            if self._engine is not None:
                self._remove_late_ones(self._engine.client)
                self._engine.client.close()
                self._engine = None

    def _ready(self) -> Engine:
        if self._engine is None:
            client = connect()
            try:
                self._engine = described(client, self._runtime)
            except BaseException:
                client.close()
                raise
            leftovers.sweep(client)
            sweep_doors()
        return self._engine

    def _create(self, engine: Engine, profile: Profile, name: str, door: Path | None) -> None:
        arguments = confinement.container(profile, Owner.current().labels())
        host = confinement.host_config(profile, host_cpus=engine.cpus, door=door)
        if self._runtime is not None:
            host["runtime"] = self._runtime
        if engine.gvisor and "pids_limit" in host:
            host["pids_limit"] = gvisor.threads(host["pids_limit"])
        with translated("can't create a container"):
            config = engine.client.create_host_config(**host)
            try:
                made = engine.client.create_container(name=name, host_config=config, **arguments)
            except Exception as error:
                if is_missing(error):
                    raise ImageGoneError from error
                raise
            discarded = [line for line in made.get("Warnings") or () if confinement.is_discarded(line)]
        if discarded:
            raise SandboxUnavailableError(
                f"the engine can't keep a limit of the policy: {' '.join(discarded)[:300]}",
                help="enable the controller it names, or use another engine",
            )
