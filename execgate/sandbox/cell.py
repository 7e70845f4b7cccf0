"""Cells: started places in which a guest waits for a program, whatever they are made of."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from execgate.model.confines import Confines, HostFolder, Session
from execgate.model.limits import Limits
from execgate.model.verdict import Authorization
from execgate.sandbox.image.facts import Facts
from execgate.sandbox.network import Door
from execgate.sandbox.usage import Meter

_TOLD_BYTES = 32 << 10
"""The most that is told of confines ahead; one variable holds 128 KiB (execve(2))."""
CELL_VARIABLE = "EXECGATE_CELL"
"""The environment variable with what is fixed when a cell starts; the guest takes it away."""


class ImageGoneError(Exception):
    """The backend no longer has the image; nothing was run."""


@dataclass(frozen=True, slots=True)
class Profile:
    """All that is fixed when a cell starts: programs of one profile can be run in each other's cells.

    `limits` has those that hold for a cell as a whole; what is kept for each program is None there.
    """

    image: str
    limits: Limits
    session: Session = Session.NONE
    preload: tuple[str, ...] = ()
    """Modules that the waiting process has imported."""
    host_folders: tuple[HostFolder, ...] = ()
    folder_marks: tuple[tuple[int, int], ...] = ()
    """Device and inode of each of them: what was mounted is another folder once its path leads to another."""
    network: bool = False
    packages: Path | None = None
    """The folder of the layer of packages that is mounted; see `packages`."""
    confines: Confines | None = None
    """What the guest makes ready for while it waits; every program gets its own walls all the same."""

    @property
    def kept(self) -> bool:
        """Whether cells serve one program after the other, all of one agent and conversation."""
        return self.session is not Session.NONE

    @property
    def own_processes(self) -> int:
        """How many processes of a guest are not the program's.

        They are its supervisor, what the runs of a kept cell are forked from, and what leads to the gate.
        """
        return 1 + self.kept + self.network

    def to_json(self) -> dict[str, Any]:
        """Return what the guest is told of its cell as it starts, in the variable CELL_VARIABLE."""
        return {
            "session": self.session.value,
            "preload": list(self.preload),
            "network": self.network,
            "confine": self._told(),
        }

    def _told(self) -> dict[str, Any] | None:
        confines = None if self.confines is None else self.confines.to_json()
        return confines if len(json.dumps(confines)) <= _TOLD_BYTES else None

    @classmethod
    def of(
        cls,
        authorization: Authorization,
        image: str,
        *,
        session: Session = Session.NONE,
        preload: tuple[str, ...] = (),
    ) -> Profile:
        """Return the profile of the cells that an authorized program can be run in."""
        limits, confines = authorization.limits, authorization.confines
        return cls(
            image,
            Limits(
                wall_s=None,
                memory_bytes=limits.memory_bytes,
                cpus=limits.cpus,
                processes=limits.processes,
                output_bytes=None,
                disk_bytes=limits.disk_bytes,
                files=limits.files,
            ),
            session=session,
            preload=preload,
            host_folders=confines.host_folders,
            network=confines.network,
            confines=confines,
        )


@dataclass(frozen=True, slots=True)
class State:
    """A cell as it is seen from outside.

    `known` is False where nobody could tell.  `status` is the exit status of one that has ended.
    """

    known: bool
    running: bool = False
    out_of_memory: bool = False
    status: int | None = None
    error: str = ""


class Wire(Protocol):
    """The bytes to and from a guest, with deadlines, whatever carries them."""

    def read(self, seconds: float) -> bytes | None:
        """Return what has arrived, waiting at most `seconds`; None if nothing has, empty at the end."""
        ...

    def write(self, data: bytes, seconds: float) -> bool:
        """Send all of `data` within `seconds`; return whether it went."""
        ...

    def said(self) -> str:
        """Return what came on standard error, which no guest of ours uses once it has started."""
        ...

    def is_quiet(self) -> bool:
        """Return whether the guest is still there and has said nothing new; waits for nothing."""
        ...

    def close(self) -> None:
        """Let go of the connection; the guest's supervisor takes that as the end."""
        ...

    def forget(self) -> None:
        """Close this process's end and no more: after a fork, the connection is the parent's."""
        ...


class Cell(Protocol):
    """A started place; used by one thread at a time."""

    name: str

    @property
    def wire(self) -> Wire:
        """The connection to its guest."""
        ...

    @property
    def meter(self) -> Meter | None:
        """What measures it from outside, None where that can't be had."""
        ...

    @property
    def door(self) -> Door | None:
        """Its way out through the gate, None where its profile has no network."""
        ...

    def state(self) -> State:
        """Return how it is; waits a moment for an end that is under way."""
        ...

    def kill(self) -> str | None:
        """End everything in it at once; return why that failed, None where it is done."""
        ...

    def remove(self) -> str | None:
        """Remove it with all that it holds; return why that failed, None where nothing is left of it."""
        ...


class Backend(Protocol):
    """What makes cells; may be used from several threads at once."""

    name: str

    def prepare(self) -> None:
        """Make sure that it can be used, and clear up what killed gates left.

        Quick where that is done already.  Raises SandboxUnavailableError with the fix.
        """
        ...

    def lacks(self) -> frozenset[str]:
        """Return what it can't keep: names of fields of Limits and of Confines."""
        ...

    def instead(self) -> Mapping[str, str]:
        """Return how it keeps a default that it lacks, as well as it can: by field of Limits, in words."""
        ...

    def remedy(self, field: str) -> str:
        """Return why it lacks something and what to do about it; empty where there is nothing more to say."""
        ...

    def image(self, authorization: Authorization) -> str:
        """Return the id of the image for a program, which is made first where there is none."""
        ...

    def facts(self, image: str) -> Facts:
        """Return what is in an image that `image` returned."""
        ...

    def forget_image(self, image: str) -> None:
        """Look for the image anew at the next program."""
        ...

    def start(self, profile: Profile) -> Cell:
        """Return a new cell, in which the guest is about to say that it waits.

        Raises SandboxUnavailableError, and ImageGoneError where its image is not there any more.
        """
        ...

    def tidy(self, left: Sequence[Cell]) -> tuple[Cell, ...]:
        """Try again to remove cells that could not be removed; return those that still are there."""
        ...

    def close(self) -> None:
        """Let go of what is held."""
        ...
