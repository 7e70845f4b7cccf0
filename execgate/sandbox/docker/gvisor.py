"""What differs where an engine starts containers with gVisor (`runsc`), which has a kernel of its own.

Measured with release 20221219 on its ptrace platform: some 50 threads of the host for itself and eight for
each process of a program, none for a thread of one.  Its tmpfs counts no files.  It has no Landlock, and
tells neither how many sockets there are nor how many files, so that nobody could say whether a run has left
something.  That it opens no socket of the host is what its documentation says of `--host-uds`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any

LACKS = frozenset({"processes", "files", "network", "session"})
"""The fields of Limits and of Confines that can't be kept in gVisor."""

INSTEAD: Mapping[str, str] = MappingProxyType({
    "processes": "as many as gVisor runs with the threads that it takes for so many: threads are not counted",
    "files": "as many as the limits on memory and disk hold: gVisor counts no files",
})  # fmt: skip
"""What holds of a limit instead, where a policy does not state it."""

REMEDY = "gVisor can't keep it: have the engine start containers with runc or crun"

_OWN, _EACH = 128, 16


def is_used(info: Mapping[str, Any], runtime: str | None) -> bool:
    """Return whether `runtime`, the engine's default if None, is gVisor as the engine describes it."""
    name = runtime or str(info.get("DefaultRuntime") or "")
    told = (info.get("Runtimes") or {}).get(name) or {}
    program = PurePosixPath(str(told.get("path") or "")).name
    kind = str(told.get("runtimeType") or told.get("type") or "")
    return name == "runsc" or program.startswith("runsc") or "runsc" in kind.split(".")


def threads(processes: int) -> int:
    """Return how many threads of this host gVisor may have for so many processes: twice what it takes."""
    return _OWN + _EACH * processes
