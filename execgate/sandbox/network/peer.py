"""One end of a connection: a stream that can be looked into before it is read."""

from __future__ import annotations

import asyncio
import contextlib
import socket

from execgate.sandbox.network.within import Within

CHUNK = 1 << 16
"""The most that is read at once, in bytes."""


class TooLargeError(Exception):
    """The head of a message is longer than it may be."""


class Peer:
    """A reader and a writer, and what was read and not yet used."""

    __slots__ = ("_ended", "_held", "_reader", "_writer")

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._held = b""
        self._ended = False

    @classmethod
    async def over(cls, connected: socket.socket) -> Peer:
        """Take over a connected socket."""
        reader, writer = await asyncio.open_connection(sock=connected, limit=CHUNK)
        return cls(reader, writer)

    @property
    def is_idle(self) -> bool:
        """Whether nothing has come that was not used, and nothing ended."""
        return not (self._held or self._ended or self._reader.at_eof() or self._writer.is_closing())

    def hold(self, data: bytes) -> None:
        """Put back what was read too far."""
        self._held = data + self._held

    async def read(self) -> bytes:
        """Return what there is, empty at the end."""
        if self._held:
            data, self._held = self._held, b""
            return data
        data = await self._reader.read(CHUNK)
        self._ended = self._ended or not data
        return data

    async def more(self) -> bool:
        """Wait for more than is held; return False at the end."""
        data = await self._reader.read(CHUNK)
        self._ended = self._ended or not data
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
        self._writer.write(data)
        await self._writer.drain()

    def end(self) -> None:
        """Say that nothing more is sent."""
        with contextlib.suppress(OSError, RuntimeError):
            if self._writer.can_write_eof():
                self._writer.write_eof()

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
        """Let go of it, once what was written is sent."""
        self._writer.close()

    def abort(self) -> None:
        """Let go of it now, with what was not sent yet."""
        self._writer.transport.abort()
