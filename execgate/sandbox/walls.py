"""What this machine's kernel has for confining a program beside its container, in words."""

from __future__ import annotations

import ctypes
import os
import platform
from pathlib import Path

from execgate.sandbox import seccomp

_VERSION_ASKED = 1  # LANDLOCK_CREATE_RULESET_VERSION
_SINCE = ((1, "files"), (4, "TCP ports"), (6, "signals and abstract sockets"))
_ACTIONS = Path("/proc/sys/kernel/seccomp/actions_avail")
_ALONE = "the container holds alone"


def landlock() -> str:
    """Return what of Landlock there is; never raises."""
    numbers = seccomp.calls().get(platform.machine())
    if platform.system() != "Linux" or numbers is None:
        return f"not on this system; {_ALONE}"
    libc = ctypes.CDLL(None, use_errno=True)
    version = int(libc.syscall(numbers["landlock_create_ruleset"], None, 0, _VERSION_ASKED))
    if version < 1:
        return f"the kernel has none ({os.strerror(ctypes.get_errno())}); {_ALONE}"
    holds = ", ".join(what for since, what in _SINCE if version >= since)
    if version == 1:
        holds += ", for programs that write none: Linux 5.19 has it for all"
    return f"version {version}: {holds}"


def filters() -> str:
    """Return what of system call filters there is; never raises."""
    try:
        actions = set(_ACTIONS.read_text(encoding="ascii").split())
    except (OSError, ValueError):
        return f"not on this system; {_ALONE}"
    asks = "" if "user_notif" in actions else ", and none that tell the supervisor what is called"
    return f"a program's own{asks}"
