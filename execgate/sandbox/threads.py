"""Threads of the gate's process, of which a system gives only so many."""

from __future__ import annotations

import threading

from execgate.errors import SandboxUnavailableError


def start(thread: threading.Thread) -> None:
    """Start a thread; raises SandboxUnavailableError, with the fix, where none is to be had."""
    try:
        thread.start()
    except RuntimeError as error:
        raise SandboxUnavailableError(
            f"the gate gets no thread: {error}",
            help="raise its limits on processes and threads (`ulimit -u`, `pids.max` of its control group)",
        ) from error
