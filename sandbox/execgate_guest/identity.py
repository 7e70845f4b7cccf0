"""Who a process is: a supervisor that can become other users and is no root, and users that can nothing.

In a cell that is kept, every run has a user of its own.  The supervisor starts as root with two capabilities,
CAP_SETUID and CAP_SETGID, and keeps them, and nothing else, over its own change of user (capabilities(7),
prctl(2) PR_SET_KEEPCAPS).
"""

from __future__ import annotations

import ctypes
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

SUPERVISOR = 65531
"""The supervisor's user and group in a kept cell; single-use cells run everything as 65532."""
TEMPLATE = 65530
"""That of the process that runs are forked from: who ends a run's processes must not reach it."""
FIRST, LAST = 20_000, 59_999
"""The users of runs; one is used once."""

_PR_GET_DUMPABLE, _PR_SET_DUMPABLE, _PR_SET_KEEPCAPS = 3, 4, 8
_CAP_SETGID, _CAP_SETUID = 6, 7
_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def dumpable(*, wanted: bool) -> None:
    """Open or close this process to the others of its user: memory, descriptors, tracing."""
    _checked(_libc.prctl(_PR_SET_DUMPABLE, int(wanted), 0, 0, 0), "prctl(PR_SET_DUMPABLE)")


def step_down(user: int) -> None:
    """Become `user` for good, but keep the right to become another one; raises OSError."""
    _checked(_libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0), "prctl(PR_SET_KEEPCAPS)")
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    wanted = 1 << _CAP_SETGID | 1 << _CAP_SETUID
    _set_capabilities(wanted)
    _checked(_libc.prctl(_PR_SET_KEEPCAPS, 0, 0, 0, 0), "prctl(PR_SET_KEEPCAPS)")
    if capabilities() != (wanted, wanted, 0) or os.getresuid() != (user,) * 3:
        raise OSError(0, "the supervisor did not become what it is to be")
    dumpable(wanted=False)


def become(user: int) -> None:
    """Become the user of a run for good, without any capability; raises OSError."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    _set_capabilities(0)
    if capabilities() != (0, 0, 0) or os.getresuid() != (user,) * 3 or os.getresgid() != (user,) * 3:
        raise OSError(0, "the run did not become its user")
    dumpable(wanted=True)


class Acting:
    """Acts as a user while no process of that user lives, or to end them all; the real user stays."""

    def __init__(self, user: int) -> None:
        self._user = user

    def __enter__(self) -> None:
        os.setresgid(-1, self._user, -1)
        os.setresuid(-1, self._user, -1)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.setresuid(-1, SUPERVISOR, -1)
        os.setresgid(-1, SUPERVISOR, -1)


def capabilities() -> tuple[int, int, int]:
    """Return what this process has: effective, permitted and inheritable."""
    fd = os.open("/proc/self/status", os.O_RDONLY | os.O_CLOEXEC)
    status = os.read(fd, 16_384)
    os.close(fd)
    effective, permitted, inheritable = (
        int(status.partition(b"\n" + name + b":\t")[2].partition(b"\n")[0], 16)
        for name in (b"CapEff", b"CapPrm", b"CapInh")
    )
    return effective, permitted, inheritable


def _set_capabilities(wanted: int) -> None:
    header = (ctypes.c_uint32 * 2)(_VERSION_3, 0)
    data = (ctypes.c_uint32 * 6)(wanted, wanted, 0, 0, 0, 0)
    _checked(_libc.capset(header, data), "capset")


def _checked(result: int, what: str) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), what)
