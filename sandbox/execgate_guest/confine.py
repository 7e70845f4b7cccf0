"""What the kernel holds a program to beside its container, from its own policy: set last, before the text.

First Landlock (its calls are gone after the filter), then the filter.  What the kernel does not have is left
out and said: the container holds all the same.  What it has and then refuses is an error, and nothing is run.
Standard library only, Python 3.9 and later.
"""

# Every import costs every cell its time, so there is no contextlib here.

from __future__ import annotations

import errno
import json
import os
import signal
import sys

from execgate_guest import filter as filters
from execgate_guest import kernel, landlock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


NOTHING = {
    "reads": [],
    "writes": [],
    "commands": False,
    "network": False,
    "ports": [],
    "listens": [],
    "host_folders": [],
}
"""The narrowest confines."""


RULES_PLACE = 67
"""Where the rules are that were made ahead, beyond what a runner closes."""


class _Ahead:
    """What was made for the jobs that are likely to come."""

    def __init__(self) -> None:
        self.is_ready = False
        self.rules = -1
        self.key: object = None
        self.words = ""

    def take(self, confines: dict[str, Any], modules: tuple[str, ...]) -> int:
        """Return the rules if they are for this job, else -1; nothing is left open then."""
        rules, self.rules = self.rules, -1
        if rules >= 0 and self.key != (confines, modules):
            os.close(rules)
            return -1
        return rules


_ahead = _Ahead()


def prepare(notify: frozenset[str], confines: dict[str, Any] | None, session: str) -> None:
    """Load and make what setting the walls takes, while there is no job yet; once for all that are forked.

    `confines` are those that jobs are expected to have, if anything is.  One that has others gets them all
    the same, later.
    """
    if _ahead.is_ready:
        return
    _ahead.is_ready = True
    kernel.library()
    wanted = NOTHING if confines is None else confines
    # Done once for nobody: what takes long the first time is over when there is a job.
    plan = landlock.plan(wanted, _modules(session, {}))
    has, _ = _version(wanted)
    try:
        for commands in {False, True, wanted["commands"]}:
            told = {**wanted, "commands": commands}
            filters.build(told, notify=notify, truncate=has >= 3 or wanted["writes"] is None)
    except kernel.UnsupportedError:
        pass  # said when it is asked for
    if confines is None or not has or not landlock.is_settled(confines):
        return
    rules = landlock.made(plan, has)
    try:
        os.dup2(rules, RULES_PLACE, inheritable=False)
    finally:
        os.close(rules)
    _ahead.rules, _ahead.key = RULES_PLACE, (confines, _modules(session, {}))
    _ahead.words = landlock.words(plan, has)


def _modules(session: str, modules: Iterable[str]) -> tuple[str, ...]:
    """Return what may be read of the working folder, beside what the policy says."""
    # Later blocks of an interpreter may import judged files that nobody knows of yet.
    return (".",) if session == "interpreter" else tuple(modules)


def _version(confines: dict[str, Any]) -> tuple[int, str]:
    """Return which version of the kernel's interface is made use of, 0 for none, and then why."""
    has, why = landlock.version()
    if has == 1 and confines["writes"] != []:
        return 0, "version 1 would keep files from being moved between folders"
    return has, why


def be_alone() -> None:
    """Leave the threads of libraries that were loaded ahead behind: walls hold for the thread that sets them.

    Libraries for numbers end their threads before a fork and start them again when they need them.  Where
    that was not all, the program goes on in a new process, and this one waits and ends as it does.
    """
    for last in (False, True):
        if landlock.is_alone():
            return
        pid = os.fork()
        if pid == 0:
            if last:
                return
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        if last:
            if os.WIFSIGNALED(status):
                signal.signal(os.WTERMSIG(status), signal.SIG_DFL)
                os.kill(os.getpid(), os.WTERMSIG(status))
            os._exit(os.WEXITSTATUS(status))


def apply(job: dict[str, Any], notify: frozenset[str] = frozenset()) -> tuple[dict[str, str], int]:
    """Confine this process, and all that it starts, to what `job` grants.

    Return what is in force, by mechanism, and the descriptor that calls of `notify` are put to: -1 where
    there are none, or where the kernel can't.  Raises OSError where a wall that the kernel has was not set.
    """
    confines = job["confine"]
    kernel.forbid_privileges()
    in_force = around()
    has, why = _version(confines)
    modules = _modules(job.get("session", ""), job["modules"])
    rules = _ahead.take(confines, modules)
    if has and rules >= 0:
        landlock.enter(rules, has)
        in_force["landlock"] = _ahead.words
    elif has:
        in_force["landlock"] = landlock.enforce(landlock.plan(confines, modules), has)
    else:
        in_force["landlock"] = f"none: {why}"
    in_force["filter"], listener = _filtered(job, notify, truncate=has >= 3 or confines["writes"] is None)
    in_force["watch"] = "events of Python" + (", system calls" if listener >= 0 else "")
    if not confines["commands"]:
        _track_without_a_process()
    return in_force, listener


def around() -> dict[str, str]:
    """Return what already holds this process, as the kernel tells of it."""
    fd = os.open("/proc/self/status", os.O_RDONLY)
    status = os.read(fd, 16_384)
    os.close(fd)

    def field(name: bytes) -> bytes:
        return status.partition(b"\n" + name + b":\t")[2].partition(b"\n")[0]

    capabilities = int(field(b"CapEff") or b"0", 16) | int(field(b"CapBnd") or b"0", 16)
    return {
        "user": str(os.getuid()),
        "capabilities": f"{capabilities:#x}" if capabilities else "none",
        "new_privileges": "none" if field(b"NoNewPrivs") == b"1" else "possible",
        "seccomp": "allow list of the container" if field(b"Seccomp") == b"2" else "none",
    }


def enter(job: dict[str, Any], report: int, notify: frozenset[str] = frozenset()) -> None:
    """Do as `apply` does, and tell the supervisor over the socket `report`, which is closed then."""
    from _socket import SCM_RIGHTS, SOL_SOCKET, socket

    supervisor = socket(fileno=report)
    try:
        in_force, listener = apply(job, notify)
        handed = [(SOL_SOCKET, SCM_RIGHTS, listener.to_bytes(4, sys.byteorder))] if listener >= 0 else []
        supervisor.sendmsg([json.dumps(in_force).encode("ascii")], handed)
    except Exception as error:  # noqa: BLE001 - whatever it is: unconfined, nothing runs
        supervisor.send(b"!" + repr(error).encode("utf-8", "replace")[:400])
        os._exit(1)
    supervisor.close()
    if listener >= 0:
        os.close(listener)


def hear(report: int) -> tuple[bytes, int]:
    """Return what the runner told, and the listener or -1.

    It is `!` and why where it could not be confined, and empty where it died.
    """
    from _socket import SCM_RIGHTS, SOL_SOCKET, socket

    runner = socket(fileno=report)
    said, handed, _, _ = runner.recvmsg(4096, 64)
    runner.close()
    for level, kind, data in handed:
        if (level, kind) == (SOL_SOCKET, SCM_RIGHTS):
            return said, int.from_bytes(data[:4], sys.byteorder)
    return said, -1


def _filtered(job: dict[str, Any], notify: frozenset[str], *, truncate: bool) -> tuple[str, int]:
    """Set the filter; return what is in force and the listener."""
    confines = job["confine"]
    listener = -1
    try:
        if notify:
            try:
                program = filters.build(confines, notify=notify, truncate=truncate)
                listener = filters.install(program, listener=True)
            except kernel.UnsupportedError:
                notify = frozenset()
        if not notify:
            filters.install(filters.build(confines, truncate=truncate))
    except kernel.UnsupportedError as error:
        return f"none: {error}", -1
    without = [
        *([] if confines["commands"] else ["commands"]),
        *([] if filters.has_internet(confines) else ["internet sockets"]),
    ]
    return "allow list" + (f" without {' and '.join(without)}" if without else ""), listener


def _track_without_a_process() -> None:
    """Keep `multiprocessing` from starting its tracker, which is a program, for each piece of shared memory.

    The tracker removes what a program forgot to; here that goes with the run.
    """
    import types

    name = "multiprocessing.resource_tracker"
    if name in sys.modules:
        return
    module = types.ModuleType(name, "No resources are tracked here: all of them go with the run.")

    class ResourceTracker:
        """Does what the standard library's does for resources that vanish by themselves: nothing."""

        def ensure_running(self) -> None:
            """There is nothing to run."""

        def getfd(self) -> int:
            """Raise PermissionError: whoever asks is about to start a program."""
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

        def register(self, name: str, rtype: str) -> None:
            """Take no note of a resource."""

        def unregister(self, name: str, rtype: str) -> None:
            """Forget nothing."""

    tracker = ResourceTracker()
    module.__dict__.update(
        ResourceTracker=ResourceTracker,
        _resource_tracker=tracker,
        ensure_running=tracker.ensure_running,
        getfd=tracker.getfd,
        register=tracker.register,
        unregister=tracker.unregister,
    )
    sys.modules[name] = module
