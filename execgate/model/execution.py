"""What happened when an authorized program ran."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from execgate.model.media import media_type
from execgate.model.operation import Operation


class Stop(str, enum.Enum):
    """What ended a run."""

    EXIT = "exit"
    """The program itself: see `exit_code`."""
    TIME = "time"
    MEMORY = "memory"
    PROCESSES = "processes"
    OUTPUT = "output"
    DISK = "disk"
    CPU = "cpu"
    """Time of the processors, all together."""
    FILES = "files"
    """The number of files."""
    FILE_SIZE = "file_size"
    SURPRISE = "surprise"
    """It did what the analysis had not foreseen, and its policy stops such a run."""
    CANCELLED = "cancelled"
    ENGINE = "engine"
    """The sandbox was lost while the program ran."""

    @property
    def is_limit(self) -> bool:
        """Whether a limit of the policy ended the run."""
        return self in _LIMITS


_LIMITS = frozenset(
    (
        Stop.TIME,
        Stop.MEMORY,
        Stop.PROCESSES,
        Stop.OUTPUT,
        Stop.DISK,
        Stop.CPU,
        Stop.FILES,
        Stop.FILE_SIZE,
        Stop.SURPRISE,
    )
)


class Start(str, enum.Enum):
    """Where a run found its container."""

    COLD = "cold"
    """Made for it, while it waited."""
    WARM = "warm"
    """Started ahead, and never used before."""
    SESSION = "session"
    """Its session's own, which earlier runs of the same agent and conversation used."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file that is handed to the program; `name` is relative to its working folder, with `/`."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file that the program left in its working folder; `name` is relative to it, with `/`.

    It comes from untrusted code: `name` was checked (relative, no `..`, no control characters), `data`
    was not.
    """

    name: str
    data: bytes

    @property
    def media_type(self) -> str:
        """What kind of file it is, such as `image/png`, by what it begins with before what it is called."""
        return media_type(self.name, self.data)

    def to_json(self) -> dict[str, Any]:
        """Return name, size in bytes, media type and SHA-256 digest."""
        return {
            "name": self.name,
            "size": len(self.data),
            "type": self.media_type,
            "digest": "sha256:" + hashlib.sha256(self.data).hexdigest(),
        }


@dataclass(frozen=True, slots=True)
class Usage:
    """What a run used; None where this machine could not tell."""

    wall_s: float
    cpu_s: float | None = None
    memory_peak_bytes: int | None = None
    processes_peak: int | None = None
    output_bytes: int | None = None
    disk_bytes: int | None = None
    files: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return each figure under its name; times as strings with milliseconds."""
        return {
            "wall_s": f"{self.wall_s:.3f}",
            "cpu_s": None if self.cpu_s is None else f"{self.cpu_s:.3f}",
            "memory_peak_bytes": self.memory_peak_bytes,
            "processes_peak": self.processes_peak,
            "output_bytes": self.output_bytes,
            "disk_bytes": self.disk_bytes,
            "files": self.files,
        }


@dataclass(frozen=True, slots=True)
class Connection:
    """An attempt to reach a host through the gate's proxy, and those after it that were just the same.

    `address` is what was really connected to, None where it did not come to that; `refused` is why, None
    where it was let through.  `host` is empty and `port` 0 for what named no host.
    """

    host: str
    port: int
    scheme: str
    address: str | None = None
    refused: str | None = None
    sent_bytes: int = 0
    received_bytes: int = 0
    attempts: int = 1

    def to_json(self) -> dict[str, Any]:
        """Return every field under its name."""
        return {
            "host": self.host,
            "port": self.port,
            "scheme": self.scheme,
            "address": self.address,
            "refused": self.refused,
            "sent_bytes": self.sent_bytes,
            "received_bytes": self.received_bytes,
            "attempts": self.attempts,
        }


@dataclass(frozen=True, slots=True)
class ExecutionResult:
    """How a run ended, what it printed and left, and what it used.

    `exit_code` is the program's own status (minus the signal's number where one killed it), None where a
    limit or the engine ended the run.  `detail` is one line for people.  `rejected` names the files that were
    not taken over, each with why.
    """

    stopped_by: Stop
    exit_code: int | None
    stdout: str
    stderr: str
    usage: Usage
    detail: str = ""
    output_truncated: bool = False
    artifacts: tuple[Artifact, ...] = ()
    rejected: tuple[str, ...] = ()
    backend: str = ""
    image: str = ""
    start: Start = Start.COLD
    in_force: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What confined the run, by mechanism: `landlock` with its version, `seccomp`, `user`, ..."""
    observed: tuple[Operation, ...] = ()
    """What it was seen to do, as operations of which every argument is known."""
    surprises: tuple[Operation, ...] = ()
    """Those of them that the analysis had not foreseen."""
    omitted: int = 0
    """How many more observations there were than are kept."""
    connections: tuple[Connection, ...] = ()
    image_contents: str = ""
    """The image's packages, one line of JSON: rows of kind, name and version; empty if unknown."""
    packages: tuple[str, ...] = ()
    """What was installed for it beside the image, each as name, version and digest of its wheel."""

    @property
    def succeeded(self) -> bool:
        """Whether the program ended by itself with status 0."""
        return self.stopped_by is Stop.EXIT and self.exit_code == 0

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as receipts hold it: output and files by digest and size, not whole."""
        return {
            "stopped_by": self.stopped_by.value,
            "exit_code": self.exit_code,
            "detail": self.detail,
            "stdout": _digest(self.stdout),
            "stderr": _digest(self.stderr),
            "output_truncated": self.output_truncated,
            "artifacts": [artifact.to_json() for artifact in self.artifacts],
            "rejected": list(self.rejected),
            "usage": self.usage.to_json(),
            "backend": self.backend,
            "image": self.image,
            "image_contents": _digest(self.image_contents)["digest"] if self.image_contents else "",
            "packages": list(self.packages),
            "start": self.start.value,
            "in_force": dict(self.in_force),
            "observed": [operation.to_json() for operation in self.observed],
            "surprises": [operation.to_json() for operation in self.surprises],
            "omitted": self.omitted,
            "connections": [connection.to_json() for connection in self.connections],
        }


def _digest(text: str) -> dict[str, Any]:
    data = text.encode("utf-8", "surrogatepass")
    return {"size": len(data), "digest": "sha256:" + hashlib.sha256(data).hexdigest()}
