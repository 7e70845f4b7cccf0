"""The program's own system call filter, narrower than its container's.

It starts from the container's allow list and takes away what this program's policy does not grant, the calls
by which a filter is set among it.  Standard library only, Python 3.9 and later.
"""

# Every import costs every cell its time, so there is no pathlib here.
# ruff: noqa: PERF203, PTH118, PTH120, PTH123

from __future__ import annotations

import errno
import json
import os

from execgate_guest import bpf, kernel
from execgate_guest.notify import QUIET

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Rules = dict[str, tuple[bpf.Rule, ...]]

SECCOMP_SET_MODE_FILTER = 1
TSYNC, NEW_LISTENER, TSYNC_ESRCH, WAIT_KILLABLE_RECV = 1 << 0, 1 << 3, 1 << 4, 1 << 5
PR_SET_SECCOMP = 22
F_NOTIFY = 1026
"""Asks to be told what anybody reads in a folder, be it one that all cells are given."""

TAKEN_AWAY = (
    "landlock_add_rule",
    "landlock_create_ruleset",
    "landlock_restrict_self",
    "seccomp",
    "sync",
    "syncfs",
)
"""Refused to every program: it has no filter to set, and no disk of its own to wait for."""
COMMANDS = ("execve", "execveat")
SUPERVISOR = 1
OF_OTHERS = {"ioprio_set": (1, 3), "sched_setaffinity": (0, None), "setpriority": (1, 2)}
"""Which argument names a process, and what the first must not be: all of a user, the supervisor too."""
SENDING = {"sendto": 3, "sendmsg": 2, "sendmmsg": 3}
"""Where the flags stand of a call that can connect as it sends, past the rules on connecting."""
MSG_FASTOPEN = 0x2000_0000
OPTIONS = (
    (1, (26, 50, 51, 52)),  # SOL_SOCKET: SO_ATTACH_FILTER, _BPF, _REUSEPORT_CBPF, _REUSEPORT_EBPF
    (6, (19, 31)),  # IPPROTO_TCP: TCP_REPAIR, TCP_ULP
)
"""Options of sockets, by level, that load programs or other protocols into the kernel."""
AF_UNIX, AF_INET, AF_INET6 = 1, 2, 10
SOCK_STREAM, SOCK_DGRAM, SOCK_TYPE_MASK = 1, 2, 0xF  # above the mask: SOCK_NONBLOCK and SOCK_CLOEXEC
PROTOCOLS = (0, 6, 17)
"""The default of each type, TCP and UDP; the rules on ports don't reach multipath TCP or SCTP."""

_profiles: dict[str, Rules] = {}
_built: dict[tuple[str, bool, bool, bool, bool, frozenset[str]], bytes] = {}


def prepare(machine: str | None = None) -> Rules:
    """Return the container's rules by name; kept, so that it can be done before there is a job.

    Raises UnsupportedError on a machine of which no numbers are known.
    """
    machine = machine or os.uname().machine
    if machine not in _profiles:
        numbers = kernel.numbers(machine)
        with open(os.path.join(os.path.dirname(kernel.HERE), "seccomp.json"), encoding="ascii") as file:
            _profiles[machine] = bpf.profile_rules(json.load(file), numbers)
    return _profiles[machine]


def build(
    confines: dict[str, Any],
    *,
    notify: frozenset[str] = frozenset(),
    truncate: bool = True,
    machine: str | None = None,
) -> bytes:
    """Return the filter for what is granted, as the kernel takes it.

    A call of `notify` that would be allowed is put to the listener instead; it must be none by which the
    listener itself is handed over (`sendmsg`, `close`).  `truncate` says whether files may be cut by path,
    which is for the kernel's file rules to judge where they can.  Raises UnsupportedError as `prepare` does.
    """
    machine = machine or os.uname().machine
    folders = bool(confines["host_folders"])
    wanted = machine, bool(confines["commands"]), has_internet(confines), folders, truncate, notify
    if wanted not in _built:
        numbers = kernel.numbers(machine)
        rules = {**prepare(machine), **_narrowed(confines, truncate=truncate)}
        for name in notify & rules.keys():
            rules[name] = tuple(_asked(name, rules[name]))
        _built[wanted] = bpf.program(machine, bpf.by_number(rules, numbers), numbers.values())
    return _built[wanted]


def _asked(name: str, rules: tuple[bpf.Rule, ...]) -> Iterator[bpf.Rule]:
    """Yield the rules of a call that is put to the listener where it is allowed, but for those of `QUIET`."""
    for action, conditions in rules:
        if action == bpf.ALLOW:
            if name in QUIET:
                index, mask = QUIET[name]
                yield action, (*conditions, (index, mask, (0,)))
            yield bpf.USER_NOTIF, conditions
        else:
            yield action, conditions


def has_internet(confines: dict[str, Any]) -> bool:
    """Return whether sockets of the internet's families are granted."""
    return bool(confines["network"] or confines["listens"] != [])


def _narrowed(confines: dict[str, Any], *, truncate: bool) -> Rules:
    """Return the rules that differ from the container's."""
    refused = ((bpf.REFUSED, ()),)
    allowed = (bpf.ALLOW, ())
    found = dict.fromkeys(TAKEN_AWAY, refused)
    found["prctl"] = ((bpf.REFUSED, ((0, bpf.WORD, (PR_SET_SECCOMP,)),)), allowed)
    found["fcntl"] = ((bpf.REFUSED, ((1, bpf.WORD, (F_NOTIFY,)),)), allowed)
    for name, (index, user) in OF_OTHERS.items():
        whole = () if user is None else ((bpf.REFUSED, ((0, bpf.WORD, (user,)),)),)
        found[name] = ((bpf.REFUSED, ((index, bpf.WORD, (SUPERVISOR,)),)), *whole, allowed)
    unknown = bpf.ERRNO | errno.ENOPROTOOPT
    found["setsockopt"] = (
        *((unknown, ((1, bpf.WORD, (level,)), (2, bpf.WORD, options))) for level, options in OPTIONS),
        allowed,
    )
    if not confines["commands"]:
        found.update(dict.fromkeys(COMMANDS, refused))
    if not truncate:
        found["truncate"] = refused
    # A folder of the host may come to hold a socket, which a mount that is read-only does not close.
    local = () if confines["host_folders"] else ((bpf.ALLOW, ((0, bpf.WORD, (AF_UNIX,)),)),)
    found["socket"] = local or refused
    if has_internet(confines):
        found["socket"] = (
            *local,
            (
                bpf.ALLOW,
                (
                    (0, bpf.WORD, (AF_INET, AF_INET6)),
                    (1, SOCK_TYPE_MASK, (SOCK_STREAM, SOCK_DGRAM)),
                    (2, bpf.WORD, PROTOCOLS),
                ),
            ),
        )
        unsupported = bpf.ERRNO | errno.EOPNOTSUPP
        for name, index in SENDING.items():
            found[name] = ((unsupported, ((index, MSG_FASTOPEN, (MSG_FASTOPEN,)),)), allowed)
    return found


def install(program: bytes, *, listener: bool = False) -> int:
    """Set the filter for every thread of this process; return the listener's descriptor, -1 without one.

    Raises UnsupportedError where the kernel has no filters, or none that ask a listener, and OSError where it
    refuses this one.
    """
    import ctypes

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))

    address = ctypes.byref(Program(len(program) // 8, program))
    kernel.forbid_privileges()
    asked = TSYNC | NEW_LISTENER | TSYNC_ESRCH
    for flags in (asked | WAIT_KILLABLE_RECV, asked) if listener else (TSYNC,):
        try:
            found = kernel.call("seccomp", SECCOMP_SET_MODE_FILTER, flags, address)
        except OSError as error:
            if error.errno not in (errno.ENOSYS, errno.EINVAL):
                raise
            why = os.strerror(error.errno)
        else:
            return found if listener else -1
    raise kernel.UnsupportedError(why)
