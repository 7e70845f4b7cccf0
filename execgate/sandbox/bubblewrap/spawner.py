"""Starts the processes of cells from a thread that lasts as long as this process.

bubblewrap's child dies with its parent, and to the kernel a parent is the *thread* that forked
(`prctl(2)`, PR_SET_PDEATHSIG): started from a thread that ends, a cell would end with it.
"""

from __future__ import annotations

import os
import queue
import subprocess
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

_Work = tuple[Callable[[], "subprocess.Popen[bytes]"], "Future[subprocess.Popen[bytes]]"]


@dataclass(slots=True)
class _Running:
    """The thread of one process, and what it is to start."""

    pid: int
    waiting: queue.SimpleQueue[_Work]


_lock = threading.Lock()
_threads: list[_Running] = []


def spawn(
    command: Sequence[str], *, stream: int, errors: int, user: int | None, passed: Sequence[int] = ()
) -> subprocess.Popen[bytes]:
    """Start `command` with one descriptor as standard input and output; raises OSError.

    `user` is whom it runs as, a member of nothing; None is whoever runs this.  It inherits `passed`, too.
    """

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            stdin=stream,
            stdout=stream,
            stderr=errors,
            cwd="/",
            env={"PATH": os.defpath},
            pass_fds=passed,
            start_new_session=True,  # what interrupts the gate is none of the cell's business
            user=user,
            group=user,
            extra_groups=() if user is not None else None,
            umask=0o022,
        )

    done: Future[subprocess.Popen[bytes]] = Future()
    _thread().waiting.put((start, done))
    return done.result()


def _thread() -> _Running:
    with _lock:
        if not _threads or _threads[-1].pid != os.getpid():  # a fork has the list, and not the thread
            running = _Running(os.getpid(), queue.SimpleQueue())
            _threads[:] = [running]
            threading.Thread(
                target=_serve, args=(running.waiting,), name="execgate-spawner", daemon=True
            ).start()
        return _threads[-1]


def _serve(waiting: queue.SimpleQueue[_Work]) -> None:
    while True:
        start, done = waiting.get()
        try:
            done.set_result(start())
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that asked
            done.set_exception(error)
