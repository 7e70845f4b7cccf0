"""Starts the processes of cells from a thread that lasts as long as this process.

bubblewrap's child dies with its parent, and to the kernel a parent is the *thread* that forked
(`prctl(2)`, PR_SET_PDEATHSIG): started from a thread that ends, a cell would end with it.
"""

from __future__ import annotations

import queue
import subprocess
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from execgate.sandbox import forks, machine
from execgate.sandbox.bubblewrap import leftovers

_Work = tuple[Callable[[], "subprocess.Popen[bytes]"], "Future[subprocess.Popen[bytes]]"]


class _Spawner:
    """The thread of this process, which begins with the first work."""

    def __init__(self) -> None:
        self.forget_parent()
        forks.register(self)

    def forget_parent(self) -> None:
        """Begin anew in a forked process, which has the parent's queue and not its thread."""
        self._lock = threading.Lock()
        self._waiting: queue.SimpleQueue[_Work] | None = None

    def put(self, work: _Work) -> None:
        """Have the thread do something; raises SandboxUnavailableError where there can be none."""
        with self._lock:
            if self._waiting is None:
                waiting: queue.SimpleQueue[_Work] = queue.SimpleQueue()
                server = threading.Thread(
                    target=_serve, args=(waiting,), name="execgate-spawner", daemon=True
                )
                machine.start(server)
                self._waiting = waiting
            self._waiting.put(work)


_SPAWNER = _Spawner()


def spawn(
    command: Sequence[str], *, stream: int, errors: int, user: int | None, passed: Sequence[int] = ()
) -> subprocess.Popen[bytes]:
    """Start `command` with one descriptor as standard input and output.

    Raises OSError, and SandboxUnavailableError where there is no thread to start it.

    `user` is whom it runs as, a member of nothing; None is whoever runs this.  It inherits `passed`, too.
    """

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            stdin=stream,
            stdout=stream,
            stderr=errors,
            cwd="/",
            env=leftovers.environment(),
            pass_fds=passed,
            start_new_session=True,  # what interrupts the gate is none of the cell's business
            user=user,
            group=user,
            extra_groups=() if user is not None else None,
            umask=0o022,
        )

    done: Future[subprocess.Popen[bytes]] = Future()
    _SPAWNER.put((start, done))
    return done.result()


def _serve(waiting: queue.SimpleQueue[_Work]) -> None:
    while True:
        start, done = waiting.get()
        try:
            done.set_result(start())
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that asked
            done.set_exception(error)
