"""The limits that a program's own process carries, beside those that its cell has as a whole."""

from __future__ import annotations

import math
import os

from execgate_guest.files import WORKSPACE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DESCRIPTORS = 1024
"""How many a program may have open."""
PLACES = (WORKSPACE, "/tmp", "/home/agent", "/dev/shm")


def apply(limits: dict[str, Any], *, again: bool = False) -> None:
    """Set what the kernel counts for each process: time of the processor, and the size of a file.

    The gate counts the time of all processes together, and is first where it can see them.  With `again` the
    process goes on from an earlier block: it gets its time anew.
    """
    import resource

    cpu_s, file_bytes = limits.get("cpu_s"), limits.get("file_bytes")
    if cpu_s is not None:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        soft = math.ceil(usage.ru_utime + usage.ru_stime + cpu_s) + 1
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1] if again else resource.RLIM_INFINITY
        # Past the soft limit comes SIGXCPU, which ends what does not catch it.
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
    if file_bytes is not None and not again:
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        size = int(file_bytes) if hard == resource.RLIM_INFINITY else min(int(file_bytes), hard)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def lower_descriptors() -> None:
    """Hold this process, and all that it starts, to the descriptors of a program.

    Until its walls are set a guest may have more than any program: what others of its user have on their way
    through sockets counts against it (unix(7), ETOOMANYREFS).
    """
    import resource

    most = min(DESCRIPTORS, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def no_more_files() -> bool:
    """Return whether a place that can be written to holds as many files as it may."""
    for place in PLACES:
        try:
            room = os.statvfs(place)
        except OSError:
            continue
        if room.f_files and room.f_ffree == 0:
            return True
    return False
