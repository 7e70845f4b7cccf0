"""The process that every run of a kept cell is forked from: libraries loaded, and nothing of any run seen.

The supervisor itself is no such process: what one run printed and read lies about in its memory, and would be
in the next.  The template is handed numbers and descriptors, never a byte of a job.

From the supervisor: the run's user, with the descriptors of its job, outputs and report.  To it: `L` when the
libraries are loaded, `F` and the process that was forked, `D`, a process and how it ended.
"""

# ruff: noqa: BLE001, SIM105

from __future__ import annotations

import os
import select
import signal
import socket
import struct

from execgate_guest import confine, identity, notify, runner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    Program = Callable[[Sequence[int]], int]

ORDER = struct.Struct(">I")
TOLD = struct.Struct(">cIi")
"""What happened, to which process, and how it ended."""
LOADED, FORKED, DIED = b"L", b"F", b"D"


def prepare(preload: Sequence[str], confines: dict[str, Any] | None, session: str) -> None:
    """Become the template's own user, and have what runs are likely to want."""
    identity.step_down(identity.TEMPLATE)
    nothing = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):  # the stream to the host is none of a run's
        os.dup2(nothing, fd)
    os.close(nothing)
    runner.load(preload)
    exec(compile("pass", "", "exec"), {})  # the first one takes a millisecond
    confine.prepare(notify.NAMES, confines, session)


def serve(link: socket.socket, program: Program) -> int:
    """Fork a run for each order; returns the exit status in a run alone.

    `program` becomes what is run, given the descriptors that came with the order.
    """
    import gc

    gc.collect()
    gc.freeze()  # what is shared with every run is not to be copied for the sake of a count
    woken, wake = os.pipe()
    for fd in (woken, wake):
        os.set_blocking(fd, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    link.send(TOLD.pack(LOADED, 0, 0))
    poll = select.poll()
    poll.register(link, select.POLLIN)
    poll.register(woken, select.POLLIN)
    while True:
        for fd, _ in poll.poll():
            if fd == woken:
                try:
                    os.read(woken, 4096)
                except BlockingIOError:
                    pass
                tell_deaths(link)
                continue
            order, given, _, _ = socket.recv_fds(link, ORDER.size, 6)
            if len(order) != ORDER.size:
                os._exit(0)
            (user,) = ORDER.unpack(order)
            pid = os.fork()
            if pid == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                link.close()
                os.close(woken)
                os.close(wake)
                try:
                    identity.become(user)
                except BaseException:
                    os._exit(1)
                return program(given)
            for one in given:
                os.close(one)
            link.send(TOLD.pack(FORKED, pid, 0))


def tell_deaths(link: socket.socket) -> None:
    """Collect the runs that have died, and say so."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        link.send(TOLD.pack(DIED, pid, status))
