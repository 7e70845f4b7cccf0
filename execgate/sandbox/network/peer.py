"""One end of a connection: a stream that can be looked into before it is read."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable

from execgate.sandbox.network.within import Within

CHUNK = 1 << 16
"""The most that is read at once, in bytes."""


class TooLargeError(Exception):
    """The head of a message is longer than it may be."""


class Peer:
    """A connected socket that waits for nobody, and what was read and not yet used.

    Reading and writing know nothing of each other: a server that has answered and lets go before it has got
    all of a request is heard to its end.  Nothing is lost where a task that reads is cancelled.
    """

    __slots__ = ("_ended", "_held", "_loop", "_socket")

    def __init__(self, connected: socket.socket) -> None:
        """Take over a socket, which does not block; in the thread of the event loop."""
        self._socket = connected
        self._loop = asyncio.get_running_loop()
        self._held = b""
        self._ended = False

    @property
    def is_idle(self) -> bool:
        """Whether nothing has come that was not used, and nothing ended."""
        if self._held or self._ended:
            return False
        try:
            self._socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def hold(self, data: bytes) -> None:
        """Put back what was read too far."""
        self._held = data + self._held

    async def read(self) -> bytes:
        """Return what there is, empty at the end."""
        if self._held:
            data, self._held = self._held, b""
            return data
        return await self._receive()

    async def more(self) -> bool:
        """Wait for more than is held; return False at the end."""
        data = await self._receive()
        self._held += data
        return bool(data)

    async def peek(self) -> bytes:
        """Return all that is held, at least a byte but at the end."""
        if not self._held:
            await self.more()
        return self._held

    async def head(self, most: int) -> bytes:
        """Return all up to the first empty line, and that line; empty where the end comes first.

        Raises TooLargeError where it is longer than `most` bytes.
        """
        start = 0
        while (end := self._held.find(b"\r\n\r\n", start)) < 0:
            if len(self._held) > most:
                raise TooLargeError
            start = max(len(self._held) - 3, 0)
            if not await self.more():
                return b""
        end += 4
        if end > most:
            raise TooLargeError
        head, self._held = self._held[:end], self._held[end:]
        return head

    async def write(self, data: bytes) -> None:
        """Send, and wait as long as the other side has too much to read."""
        left = memoryview(data)
        while left:
            sent = self._sent(left)
            if not sent:
                await self._until(self._loop.add_writer, self._loop.remove_writer)
            left = left[sent:]

    def _sent(self, data: memoryview) -> int:
        try:
            return self._socket.send(data)
        except (BlockingIOError, InterruptedError):
            return 0

    async def _receive(self) -> bytes:
        await asyncio.sleep(0)  # where there is always more, others have their turn all the same
        while (data := self._received()) is None:
            await self._until(self._loop.add_reader, self._loop.remove_reader)
        self._ended = not data
        return data

    def _received(self) -> bytes | None:
        try:
            return self._socket.recv(CHUNK)
        except (BlockingIOError, InterruptedError):
            return None
        except OSError:
            self._ended = True
            raise

    async def _until(self, add: Callable[..., object], remove: Callable[[int], object]) -> None:
        """Wait until the socket can be read from, or written to."""
        number = self._socket.fileno()
        ready = self._loop.create_future()
        add(number, _set, ready)
        try:
            await ready
        finally:
            if self._socket.fileno() == number:  # else it was closed, and may be another's by now
                remove(number)

    def end(self) -> None:
        """Say that nothing more is sent."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    async def linger(self, size: int, seconds: float) -> None:
        """End, and read up to `size` bytes for nothing: closed at once, the last words would be lost."""

        async def drain() -> None:
            left = size
            while left > 0 and (data := await self.read()):
                left -= len(data)

        self.end()
        with contextlib.suppress(OSError, asyncio.TimeoutError):
            async with Within(seconds):
                await drain()

    def close(self) -> None:
        """Let go of it; what was written is sent."""
        number = self._socket.fileno()
        if number >= 0:
            self._loop.remove_reader(number)
            self._loop.remove_writer(number)
            self._socket.close()


def _set(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)
