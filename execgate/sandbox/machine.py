"""What this machine refuses the gate's own process (threads, descriptors, room), told with the fix."""

from __future__ import annotations

import contextlib
import errno
import threading
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from execgate.errors import SandboxUnavailableError

_MORE_PROCESSES = "raise its limits on processes and threads (`ulimit -u`, `pids.max` of its control group)"
_FIXES: Mapping[int | None, str] = MappingProxyType({
    errno.EMFILE: "raise the gate's limit on open files (`ulimit -n`)",
    errno.ENFILE: "raise the machine's limit on open files (`sysctl fs.file-max`)",
    errno.EAGAIN: _MORE_PROCESSES,
    errno.ENOMEM: "give the gate more memory",
    errno.ENOSPC: "free some disk space",
    errno.EDQUOT: "free some of the disk space that this user may have",
})  # fmt: skip


def fix_for(error: OSError, usual: str | None = None) -> str | None:
    """Return what to do about an error: there is too little of something, or what `usual` helps against."""
    return _FIXES.get(error.errno, usual)


def unavailable(error: OSError) -> SandboxUnavailableError:
    """Return the error of a program that was not run because of another one, which no room has words for."""
    what = error.strerror or type(error).__name__
    where = "" if error.filename is None else f": {error.filename}"
    return SandboxUnavailableError(
        f"the gate can't start a program: {what}{where}",
        help=fix_for(error, "`execgate doctor` says what is missing here"),
    )


@contextlib.contextmanager
def before_a_run() -> Iterator[None]:
    """Turn an OSError, while nothing has run yet, into SandboxUnavailableError."""
    try:
        yield
    except OSError as error:
        raise unavailable(error) from error


def start(thread: threading.Thread) -> None:
    """Start a thread; raises SandboxUnavailableError where none is to be had."""
    try:
        thread.start()
    except RuntimeError as error:
        raise SandboxUnavailableError(f"the gate gets no thread: {error}", help=_MORE_PROCESSES) from error
