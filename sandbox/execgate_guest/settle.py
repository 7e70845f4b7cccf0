"""Finishes a place whose starter could not do all of it, before anything else happens in the cell.

An engine mounts, limits and filters before it starts the guest.  bubblewrap mounts without all the options
that are needed, so it leaves this process the capabilities for the rest, within the cell's own user
namespace: what can be written executes nothing and holds a number of files, figures of the host are
covered, low ports are free, the limits of processes are set.  Then every capability goes (but the two by
which the supervisor of a kept cell becomes other users), the bounding set with them, and the filter of system
calls is set.  None of it can be undone.
"""

# Every import costs every cell its time, so there is neither pathlib nor contextlib here.
# ruff: noqa: PTH110, PTH112, PTH123, PTH208

from __future__ import annotations

import base64
import ctypes
import os
import resource
import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

READ_ONLY, NO_SUID, NO_DEVICES, NO_EXEC, REMOUNT, BIND = 1, 2, 4, 8, 32, 4096
PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 22, 24, 38, 47
FILTER, CLEAR_ALL = 2, 4
CAPABILITIES = 64
CAPABILITY_VERSION_3 = 0x20080522


def settle(place: dict[str, Any]) -> None:
    """Do what `place` says; raises OSError where any of it fails, and then nothing may run here."""
    libc = ctypes.CDLL(None, use_errno=True)
    for path, options in place["writable"].items():
        # Options of the file system first, then those of this mount of it.
        mount(libc, None, path, REMOUNT | NO_SUID | NO_DEVICES | NO_EXEC, options)
        mount(libc, None, path, REMOUNT | BIND | NO_SUID | NO_DEVICES | NO_EXEC, None)
    for path, value in place["kernel"].items():
        with open(path, "w", encoding="ascii") as setting:
            setting.write(value)
    for path in place["covered"]:
        if os.path.isdir(path):
            mount(libc, "tmpfs", path, READ_ONLY | NO_SUID | NO_DEVICES | NO_EXEC, "size=4k,nr_inodes=1")
        elif os.path.exists(path):
            mount(libc, "/dev/null", path, BIND, None)
    for path in place["read_only"]:
        if os.path.exists(path):
            mount(libc, path, path, BIND, None)
            mount(libc, None, path, REMOUNT | BIND | READ_ONLY | NO_SUID | NO_DEVICES | NO_EXEC, None)
    with open("/proc/self/oom_score_adj", "w", encoding="ascii") as choice:
        choice.write(str(place["oom_score_adj"]))
    for number, value in place["rlimits"].items():
        resource.setrlimit(int(number), (value, value))
    if place["processors"] is not None:
        os.sched_setaffinity(0, place["processors"])
    close_all()
    drop(libc, place["capabilities"])
    restrict(libc, base64.b64decode(place["filter"]))


def mount(libc: ctypes.CDLL, source: str | None, target: str, flags: int, options: str | None) -> None:
    """Mount `source` (`tmpfs`, or what is there already) at `target`, or change what is mounted there."""
    given = [None if text is None else text.encode() for text in (source, target, options)]
    if libc.mount(given[0], given[1], given[0], ctypes.c_ulong(flags), given[2]) != 0:
        raise OSError(ctypes.get_errno(), "mount", target)


def close_all() -> None:
    """Close whatever the starter left open, but for the stream to the host."""
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2:
            try:
                os.close(int(name))
            except OSError:  # the listing's own, which has been closed
                continue


def drop(libc: ctypes.CDLL, kept: int) -> None:
    """Give every capability up, for good, but those of the mask `kept`; no file gives any of them back."""
    for capability in range(CAPABILITIES):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)  # numbers past the kernel's last fail
    checked(libc.prctl(PR_CAP_AMBIENT, CLEAR_ALL, 0, 0, 0), "prctl(PR_CAP_AMBIENT)")
    # Effective, permitted and inheritable; then the high halves of the same.
    sets = struct.pack("6I", kept, kept, 0, 0, 0, 0)
    checked(libc.capset(struct.pack("Ii", CAPABILITY_VERSION_3, 0), sets), "capset")
    with open("/proc/self/status", encoding="ascii") as lines:
        held = dict(line.split() for line in lines if line.startswith("Cap"))
    expected = {"CapEff:": kept, "CapPrm:": kept}
    if any(int(mask, 16) != expected.get(name, 0) for name, mask in held.items()):
        raise OSError(0, "capabilities are left")


def restrict(libc: ctypes.CDLL, program: bytes) -> None:
    """Filter the system calls of this process and all that come from it (seccomp(2))."""
    kept = ctypes.create_string_buffer(program, len(program))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(kept)))
    checked(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl(PR_SET_NO_NEW_PRIVS)")
    checked(libc.prctl(PR_SET_SECCOMP, FILTER, header, 0, 0), "prctl(PR_SET_SECCOMP)")


def checked(result: int, what: str) -> None:
    """Raise OSError where a call failed."""
    if result != 0:
        raise OSError(ctypes.get_errno(), what)
