"""The places of a cell that a program can write to, what it sees of its environment, and who it is.  Pure."""

# ruff: noqa: S108 - the temporary folders are those inside

from __future__ import annotations

import math
from dataclasses import dataclass

from execgate.errors import SandboxUnavailableError
from execgate.model.limits import Limits
from execgate.model.places import HOME

USER = 65532
"""Nobody on the host, and below 65,536, so that an engine with user namespaces can map it."""

KEEPER = 65531
"""The user of the supervisor of a kept cell, which becomes the user of each of its runs."""

TEMPLATE = 65530
"""The user of the process that the runs of a kept cell are forked from."""

RUNS = range(20_000, 60_000)
"""The users of the runs of a kept cell, each used once; see the guest's `identity`."""

PACKAGES = "/opt/execgate/packages"
"""Where a layer of packages is mounted."""

MEMORY_FLOOR = 8 << 20
"""The least memory, in bytes, in which an interpreter starts; engines themselves set none under 6 MiB."""

LEAST_CPUS = 0.01
"""The smallest share of the processors that can be kept."""

OOM_SCORE = 500
"""Where memory runs out on the host, a cell goes before the gate (`proc(5)`, oom_score_adj)."""

_INODES = 16_384
_DESCRIPTORS = 4096
"""What the guest begins with; a program gets fewer.

The kernel counts for each user the descriptors that are on their way through sockets, and refuses one more to
whom that count is beyond his own limit: no program may keep the guest of another cell from handing one over.
"""
_RLIMITS = {"core": 0, "nofile": _DESCRIPTORS, "msgqueue": 0, "memlock": 65_536, "rtprio": 0}
_PAGE = 4096
_SHM_BYTES = 1 << 30
# How much of the disk limit each place gets, in sixteenths; what is left over is the workspace's.
_SIXTEENTHS = {"/tmp": 3, HOME: 1, "/dev/shm": 1}


@dataclass(frozen=True, slots=True)
class Disk:
    """How the disk limit is shared out, in bytes; None is unlimited."""

    workspace: int | None
    tmp: int | None
    home: int | None
    shm: int
    """Never unlimited: engines and kernels have a size of their own for it where none is said."""


def shares(disk_bytes: int | None) -> Disk:
    """Return each place's size in whole pages, never more than `disk_bytes` together (but a page each)."""
    if disk_bytes is None:
        return Disk(None, None, None, _SHM_BYTES)
    tmp, home, shm = (max(disk_bytes * part // 16 // _PAGE, 1) * _PAGE for part in _SIXTEENTHS.values())
    workspace = max((disk_bytes - tmp - home - shm) // _PAGE, 1) * _PAGE
    return Disk(workspace, tmp, home, shm)


def inodes(files: int | None) -> int:
    """Return how many files a place is made for, where `files` are as many as there may be in it."""
    return _INODES if files is None else files + 1  # the folder itself is one


def processors(cpus: float | None, there: int) -> float | None:
    """Return the share of a machine's processors that is to be kept, None for all of them.

    Raises SandboxUnavailableError for a limit that is finer than can be kept.
    """
    if cpus is None or cpus >= there:
        return None
    if cpus < LEAST_CPUS:
        raise SandboxUnavailableError(
            f"can't limit a run to {cpus} processors", help=f"set max_cpus to {LEAST_CPUS} or more"
        )
    return cpus


def rlimits(limits: Limits) -> dict[str, int]:
    """Return the limits of each process, by the names of setrlimit(2) without `RLIMIT_`, in lower case."""
    return _RLIMITS if limits.disk_bytes is None else {**_RLIMITS, "fsize": limits.disk_bytes}


def environment(limits: Limits) -> dict[str, str]:
    """Return every variable that the program sees; nothing of the host is among them."""
    # A numeric library starts a thread per core of the host, which the limit on processes may not allow.
    threads = str(max(1, math.ceil(limits.cpus or 1)))
    return {
        "HOME": HOME,
        "LANG": "C.UTF-8",
        "LOGNAME": "agent",
        "MPLBACKEND": "Agg",
        "OMP_NUM_THREADS": threads,
        "OPENBLAS_NUM_THREADS": threads,
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "TMPDIR": "/tmp",
        "USER": "agent",
    }
