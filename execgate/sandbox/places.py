"""The places of a cell that a program can write to, what it sees of its environment, and who it is.  Pure."""

# ruff: noqa: S108 - the temporary folders are those inside

from __future__ import annotations

import math
from dataclasses import dataclass

from execgate.model.limits import Limits
from execgate.model.places import HOME

USER = 65532
"""Nobody on the host, and below 65,536, so that an engine with user namespaces can map it."""

KEEPER = 65531
"""The user of the supervisor of a kept cell, which becomes the user of each of its runs."""

PACKAGES = "/opt/execgate/packages"
"""Where a layer of packages is mounted."""

MEMORY_FLOOR = 8 << 20
"""The least memory, in bytes, in which an interpreter starts; engines themselves set none under 6 MiB."""

INODES = 16_384
"""How many files a place holds where the policy sets no limit."""

_PAGE = 4096
# How much of the disk limit each place gets, in sixteenths; what is left over is the workspace's.
_SIXTEENTHS = {"/tmp": 3, HOME: 1, "/dev/shm": 1}


@dataclass(frozen=True, slots=True)
class Disk:
    """How the disk limit is shared out, in bytes; None is unlimited."""

    workspace: int | None
    tmp: int | None
    home: int | None
    shm: int | None


def shares(disk_bytes: int | None) -> Disk:
    """Return each place's size in whole pages, never more than `disk_bytes` together (but a page each)."""
    if disk_bytes is None:
        return Disk(None, None, None, None)
    tmp, home, shm = (max(disk_bytes * part // 16 // _PAGE, 1) * _PAGE for part in _SIXTEENTHS.values())
    workspace = max((disk_bytes - tmp - home - shm) // _PAGE, 1) * _PAGE
    return Disk(workspace, tmp, home, shm)


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
