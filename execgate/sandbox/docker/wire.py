"""The connection to a container's standard streams."""

from __future__ import annotations

import contextlib
import select
import socket
from collections.abc import Iterator
from typing import Any

_PIECE = 1 << 16
_SAID_BYTES = 2000


class EngineStream:
    """Takes the engine's own envelope off: 8 bytes of head, then a piece of standard output or error."""

    OUTPUT, ERROR = 1, 2

    def __init__(self) -> None:
        self._head = bytearray()
        self._left = 0

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Yield (stream, bytes) as they stand in `data`, however it is split."""
        view = memoryview(data)
        while view:
            if self._left == 0:
                missing = 8 - len(self._head)
                self._head += view[:missing]
                view = view[missing:]
                if len(self._head) == 8:
                    self._left = int.from_bytes(self._head[4:], "big")
                    if self._left == 0:
                        self._head.clear()
                continue
            piece = view[: self._left]
            view = view[len(piece) :]
            self._left -= len(piece)
            stream = self._head[0]
            if self._left == 0:
                self._head.clear()
            yield stream, bytes(piece)


class AttachedWire:
    """A socket as the docker SDK hands it out (a socket, or a file around one); see `Wire`."""

    def __init__(self, attached: Any) -> None:
        self._attached = attached
        self._socket = getattr(attached, "_sock", attached)
        self._envelope = EngineStream()
        self._said = bytearray()

    def read(self, seconds: float) -> bytes | None:
        """Return what the guest sent; see `Wire.read`."""
        try:
            self._socket.settimeout(max(seconds, 0.001))
            data = bytes(self._socket.recv(_PIECE))
        except TimeoutError:
            return None
        except OSError:
            return b""
        if not data:
            return b""
        found = bytearray()
        for stream, piece in self._envelope.feed(data):
            if stream == EngineStream.OUTPUT:
                found += piece
            elif stream == EngineStream.ERROR:
                self._said += piece[: _SAID_BYTES - len(self._said)]
        return bytes(found) or None

    def write(self, data: bytes, seconds: float) -> bool:
        """Send all of `data` within `seconds`; return whether it went."""
        try:
            self._socket.settimeout(max(seconds, 0.001))
            self._socket.sendall(data)
        except OSError:
            return False
        return True

    def said(self) -> str:
        """Return what came on standard error."""
        return self._said.decode("utf-8", "replace")

    def is_quiet(self) -> bool:
        """Return whether nothing has arrived, not even the end."""
        try:
            poll = select.poll()
            poll.register(self._socket, select.POLLIN | select.POLLHUP)
            return not poll.poll(0)
        except (OSError, ValueError):
            return False

    def close(self) -> None:
        """Let go of the connection; the guest's supervisor takes that as the end."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self.forget()

    def forget(self) -> None:
        """Close the descriptor."""
        # The answer that the connection began with first: it would flush what is closed by then.
        answer: Any = getattr(self._attached, "_response", self._attached)
        for one in (answer, self._attached, self._socket):
            with contextlib.suppress(OSError, ValueError):
                one.close()
