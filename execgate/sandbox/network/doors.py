"""The doors: a unix socket for each cell, all served by one event loop in one thread."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
import threading
import weakref
from collections.abc import Coroutine
from concurrent import futures
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from execgate.errors import SandboxUnavailableError
from execgate.model.execution import Connection
from execgate.sandbox import forks, machine
from execgate.sandbox.network.caps import Caps
from execgate.sandbox.network.folders import WRITABLE_HELP, Folders
from execgate.sandbox.network.judge import Judge
from execgate.sandbox.network.ledger import Ledger
from execgate.sandbox.network.peer import Peer
from execgate.sandbox.network.reach import Reach, Resolver, system_resolver
from execgate.sandbox.network.visit import Visit
from execgate.sandbox.protocol import Permits

SOCKET = "proxy.sock"
"""What the socket is called in its folder."""

_BACKLOG = 128
_AT_ONCE = 16
_PATIENCE_S = 10.0
_AGAIN_S = 0.5
_NO_MORE = frozenset((errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM))
"""What accepting fails with where this process, or the machine, has no more to give."""
_T = TypeVar("_T")


class _Run:
    """What one run has of a door."""

    def __init__(self, judge: Judge, caps: Caps, resolver: Resolver) -> None:
        self.judge = judge
        self.caps = caps
        self.ledger = Ledger(caps)
        self.reach = Reach(resolver, judge, caps)
        self.tasks: set[asyncio.Task[None]] = set()


class Door:
    """The way out of one cell: closed before `admit` and after `leave`, when whoever knocks is turned away.

    The methods may be called from any thread, one at a time.
    """

    def __init__(self, doors: Doors, folder: Path) -> None:
        """Listen in `folder`, which exists; `Doors.open` is who makes one."""
        self.folder = folder
        self._doors = doors
        self._run: _Run | None = None
        self._told: tuple[Connection, ...] = ()
        """What a run had tried to reach when the door was shut."""
        self._listens = False
        self._second = 0
        self._accepted = 0
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._socket.settimeout(0)
            self._socket.bind(str(folder / SOCKET))
            # Whoever sees the folder may knock; who may see it is decided by the folder above and the mount.
            (folder / SOCKET).chmod(0o666)
            self._socket.listen(_BACKLOG)
        except OSError as error:
            self._socket.close()
            raise SandboxUnavailableError(
                f"can't listen for a sandbox's network in {folder}: {error.strerror or error}",
                help=machine.fix_for(error, "set TMPDIR to a folder with a short path that can hold sockets"),
            ) from error
        try:
            doors.call(self._listen())
        except SandboxUnavailableError:
            self._socket.close()
            raise

    def admit(self, permits: Permits | None, caps: Caps | None = None, *, loopback: bool = True) -> None:
        """Let a run through, as far as `permits` says; `caps` are the usual ones where None.

        Without `loopback` no service on the gate's own loopback is reached, even if it is granted: that is
        for a program that listens itself, and means its own sandbox by such an address.
        """
        self._doors.call(self._admit(Judge(permits, loopback=loopback), caps or Caps()))

    def leave(self) -> tuple[Connection, ...]:
        """Close every connection of the run, and return all that it tried to reach; empty without a run.

        Never raises: a program has run, and where the doors were closed meanwhile, its connections with them.
        """
        try:
            return self._doors.call(self._leave())
        except SandboxUnavailableError:
            told, self._told = self._told, ()
            return told

    def drop(self) -> None:
        """Let go of the socket where nobody serves it any more."""
        self._socket.close()

    def close(self) -> None:
        """Leave, and take the socket away; may be called twice."""
        self._doors.forget(self)

    # From here on in the thread of the event loop.

    async def shut(self) -> None:
        """Do what `close` does."""
        self._told = await self._leave()
        self._pause()
        self._socket.close()
        with contextlib.suppress(OSError):
            (self.folder / SOCKET).unlink()
            self.folder.rmdir()

    async def _listen(self) -> None:
        self._resume()

    async def _admit(self, judge: Judge, caps: Caps) -> None:
        await self._leave()
        # Who knocked before waits in the queue of the socket, and is none of this run's.
        with contextlib.suppress(OSError):
            for _ in range(_BACKLOG + 1):
                self._socket.accept()[0].close()
        self._run = _Run(judge, caps, self._doors.resolver)
        self._second = 0
        self._resume()

    async def _leave(self) -> tuple[Connection, ...]:
        run, self._run = self._run, None
        if run is None:
            return ()
        for task in run.tasks:
            task.cancel()
        if run.tasks:
            await asyncio.wait(run.tasks, timeout=_PATIENCE_S)
        self._resume()
        return run.ledger.connections()

    def _resume(self) -> None:
        if not self._listens and self._socket.fileno() >= 0:
            asyncio.get_running_loop().add_reader(self._socket, self._accept)
            self._listens = True

    def _pause(self) -> None:
        if self._listens:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._listens = False

    def _accept(self) -> None:
        run = self._run
        most = Caps().per_second if run is None else run.caps.per_second
        for _ in range(_AT_ONCE):
            if self._is_too_fast(most):
                return
            if run is not None and len(run.tasks) >= run.caps.connections:
                self._pause()  # until one of them ends
                return
            try:
                knocking, _ = self._socket.accept()
            except OSError as error:
                if error.errno in _NO_MORE:
                    self._pause()  # it would be told of again and again until somebody lets go
                    asyncio.get_running_loop().call_later(_AGAIN_S, self._resume)
                return
            self._accepted += 1
            if run is None:
                knocking.close()
                continue
            knocking.settimeout(0)
            client = Peer(knocking)
            task = asyncio.ensure_future(self._serve(run, client))
            run.tasks.add(task)
            task.add_done_callback(run.tasks.discard)
            task.add_done_callback(partial(_closed, client))  # also where it never began
            task.add_done_callback(lambda _: self._resume())

    def _is_too_fast(self, most: int) -> bool:
        """Count by the second; take a pause until the next where there were too many."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        if int(now) != self._second:
            self._second, self._accepted = int(now), 0
        if self._accepted < most:
            return False
        self._pause()
        loop.call_later(1 - now % 1, self._resume)
        return True

    async def _serve(self, run: _Run, client: Peer) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await Visit(client, run.judge, run.ledger, run.reach, run.caps).serve()


class Doors:
    """All doors of one gate, and the thread that serves them; it begins with the first door."""

    def __init__(self, resolver: Resolver | None = None) -> None:
        """Make doors; `resolver` looks names up, by default the machine's own does."""
        self._given = resolver
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._folders = Folders()
        self._open: set[Door] = set()
        self._closed = False
        self.resolver: Resolver = resolver or system_resolver()
        forks.register(self)

    def forget_parent(self) -> None:
        """Start anew in a forked process, which has neither the thread nor the cells of its parent."""
        self._lock = threading.Lock()
        self._loop = self._thread = None
        self._folders = Folders()
        self._open = set()
        self.resolver = self._given or system_resolver()  # the parent's has threads that are not there

    def open(self, folder: Path | None = None) -> Door:
        """Return a door that listens on `folder/proxy.sock`, by default in a folder of its own.

        Everybody can enter the folder and knock: the folder above has to be closed to all but its owner, and
        the folder itself is what is mounted.  Raises SandboxUnavailableError.
        """
        if folder is None:
            folder = self._folders.new()
        with self._lock:
            if self._closed:
                raise SandboxUnavailableError("the sandbox was closed")
            self._start()
        try:
            folder.mkdir(exist_ok=True)
            folder.chmod(0o755)
        except OSError as error:
            raise SandboxUnavailableError(
                f"can't make {folder}: {error.strerror or error}", help=machine.fix_for(error, WRITABLE_HELP)
            ) from error
        door = Door(self, folder)
        if not self._keep(door):
            door.drop()
            raise SandboxUnavailableError("the sandbox was closed")
        return door

    def _keep(self, door: Door) -> bool:
        """Remember a door, unless all were closed meanwhile; return whether it is to be used."""
        with self._lock:
            if self._closed:
                return False
            self._open.add(door)
            return True

    def close(self) -> None:
        """Close every door and end the thread; may be called twice."""
        with self._lock:
            self._closed = True
            loop, self._loop, thread = self._loop, None, self._thread
            doors, self._open = list(self._open), set()
        if loop is None or thread is None:
            return
        for door in doors:
            with contextlib.suppress(Exception):
                asyncio.run_coroutine_threadsafe(door.shut(), loop).result(_PATIENCE_S)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_PATIENCE_S)
        self._folders.close()

    def forget(self, door: Door) -> None:
        """Close one door."""
        with self._lock:
            known = door in self._open
            self._open.discard(door)
        if known:
            with contextlib.suppress(SandboxUnavailableError):  # then all of them are closed
                self.call(door.shut())

    def call(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Do something in the thread of the event loop, and return what it gives.

        Raises SandboxUnavailableError where that thread has ended, or does not get to it.
        """
        with self._lock:  # so that the loop is not stopped before it has heard of it
            if self._loop is None:
                work.close()
                raise SandboxUnavailableError("the sandbox was closed")
            done = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return done.result(2 * _PATIENCE_S)
        except futures.CancelledError as error:
            raise SandboxUnavailableError("the sandbox was closed") from error
        except futures.TimeoutError as error:
            done.cancel()
            raise SandboxUnavailableError(
                "the gate's proxy does not answer", help="the machine has too much to do: run it again"
            ) from error

    def _start(self) -> None:
        if self._loop is not None:
            return
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=_forever, args=(loop,), name="execgate-network", daemon=True)
        try:
            machine.start(thread)
        except SandboxUnavailableError:
            loop.close()
            raise
        self._loop, self._thread = loop, thread
        # Where nobody closes them: the thread knows the loop only.
        weakref.finalize(self, _stop, loop, os.getpid()).atexit = False


def _stop(loop: asyncio.AbstractEventLoop, owner: int) -> None:
    """End the thread of a loop, unless it is that of a process which this one was forked from."""
    if os.getpid() == owner:
        with contextlib.suppress(RuntimeError):  # it has ended
            loop.call_soon_threadsafe(loop.stop)


def _closed(client: Peer, _task: asyncio.Task[None]) -> None:
    client.close()


def _forever(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()  # whoever waits for one hears of it
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.close()
