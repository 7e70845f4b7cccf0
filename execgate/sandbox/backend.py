"""The Docker backend: a fresh container for every run, of which nothing stays."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from execgate.errors import SandboxUnavailableError
from execgate.model.execution import ExecutionResult, InputFile, Usage
from execgate.model.limits import Limits
from execgate.model.source import LANGUAGES
from execgate.model.verdict import Authorization
from execgate.sandbox import confinement, leftovers, outcome
from execgate.sandbox.engine import attempt, connect, translated
from execgate.sandbox.files import check_inputs
from execgate.sandbox.image import ensure_image
from execgate.sandbox.run import ImageGoneError, Job, execute

if TYPE_CHECKING:
    from docker import APIClient


def _to_stderr(line: str) -> None:
    sys.stderr.write(line + "\n")


@dataclass(frozen=True, slots=True)
class _Engine:
    """An engine that answered, with what it says of itself."""

    client: APIClient
    cpus: int
    lacks: frozenset[str]
    """The limits that it can't keep."""


class DockerSandbox:
    """Runs each program in a container of its own, through the Docker engine.

    Connects, clears what killed gates left behind and finds or makes the image at the first run;
    `on_progress` gets a line for each step that takes time (standard error if None).  May be used from
    several threads at once.
    """

    name = "docker"

    def __init__(self, *, on_progress: Callable[[str], None] | None = None) -> None:
        self._on_progress = on_progress or _to_stderr
        self._lock = threading.Lock()
        self._engine: _Engine | None = None
        self._image: str | None = None
        self._unremoved: set[str] = set()
        self._closed = False

    def run(
        self,
        authorization: Authorization,
        *,
        inputs: Sequence[InputFile] = (),
        on_output: Callable[[str, bytes], None] | None = None,
    ) -> ExecutionResult:
        """Run the authorized text in a fresh container; see `Sandbox.run`."""
        limits = authorization.limits
        language = authorization.source.language
        if language not in LANGUAGES:
            raise SandboxUnavailableError(f"the Docker sandbox does not run {language}")
        check_inputs(inputs)
        early = self._hopeless(limits, inputs)
        if early is not None:
            return early
        for _ in range(2):
            engine, image = self._prepared(limits)
            labels = leftovers.Owner.current().labels()
            job = Job(authorization, tuple(inputs), image, labels, engine.cpus, self.name)
            try:
                result, left = execute(engine.client, job, on_output)
            except ImageGoneError:
                with self._lock:
                    self._image = None
                continue
            if left is not None:
                self._unremoved.add(left)
            return result
        raise SandboxUnavailableError("the sandbox image vanishes as soon as it is made")

    def close(self) -> None:
        """Close the connections to the engine."""
        with self._lock:
            self._closed = True
            if self._engine is not None:
                self._retry_removals(self._engine.client)
                self._engine.client.close()
                self._engine = None

    def _hopeless(self, limits: Limits, inputs: Sequence[InputFile]) -> ExecutionResult | None:
        """Return the result of a run that its limits rule out before it begins."""
        workspace = confinement.shares(limits.disk_bytes).workspace
        if limits.memory_bytes is not None and limits.memory_bytes < confinement.MEMORY_FLOOR:
            stop, code, detail = outcome.no_room(limits)
        elif workspace is not None and sum(len(file.data) for file in inputs) > workspace:
            stop, code, detail = outcome.no_room_for_inputs(limits)
        else:
            return None
        return ExecutionResult(stop, code, "", "", Usage(0.0), detail, backend=self.name)

    def _prepared(self, limits: Limits) -> tuple[_Engine, str]:
        """Return the engine and the image's id, making sure of both."""
        with self._lock:
            if self._closed:
                raise SandboxUnavailableError("the sandbox was closed")
            if self._engine is None:
                client = connect()
                self._engine = _described(client)
                leftovers.sweep(client)
            engine = self._engine
            lacking = engine.lacks & {
                name for name in ("memory_bytes", "cpus", "processes") if getattr(limits, name) is not None
            }
            if lacking:
                raise SandboxUnavailableError(
                    f"this engine can't keep a limit of the policy: {', '.join(sorted(lacking))}",
                    help="enable the kernel's control groups for it (`execgate doctor` says more)",
                )
            self._retry_removals(engine.client)
            if self._image is None:
                self._image = ensure_image(engine.client, on_progress=self._on_progress).id
            return engine, self._image

    def _retry_removals(self, client: APIClient) -> None:
        for name in sorted(self._unremoved):
            filters = {"name": name}
            attempt(partial(client.remove_container, name, force=True, v=True))
            found, fault = attempt(partial(client.containers, all=True, filters=filters))
            if fault is not None:
                return
            if not found:
                self._unremoved.discard(name)


def _described(client: APIClient) -> _Engine:
    """Ask the engine what it is; raises SandboxUnavailableError where it can't confine a program."""
    with translated("can't ask the engine what it can do"):
        info = client.info()
    if info.get("OSType", "linux") != "linux":
        raise SandboxUnavailableError("the engine runs no Linux containers")
    if not has_seccomp(info):
        raise SandboxUnavailableError(
            "the engine has no seccomp: system calls could not be confined",
            help="use an engine and a kernel with seccomp",
        )
    return _Engine(client, int(info.get("NCPU") or 1), lacking_limits(info))


def has_seccomp(info: dict[str, Any]) -> bool:
    """Return whether an engine's description of itself says that it can filter system calls."""
    return any("name=seccomp" in str(option) for option in info.get("SecurityOptions") or ())


def lacking_limits(info: dict[str, Any]) -> frozenset[str]:
    """Return the fields of Limits that an engine says it can't keep."""
    told = {"memory_bytes": "MemoryLimit", "cpus": "CpuCfsQuota", "processes": "PidsLimit"}
    return frozenset(field for field, name in told.items() if info.get(name) is False)
