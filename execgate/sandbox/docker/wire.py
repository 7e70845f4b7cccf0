"""The connection to a container's standard streams."""

from __future__ import annotations

import contextlib
import select
from collections.abc import Iterator
from typing import Any

from execgate.sandbox.connected import PIECE, Connected


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


class AttachedWire(Connected):
    """A socket as the docker SDK hands it out (a socket, or a file around one); see `Wire`."""

    def __init__(self, attached: Any) -> None:
        super().__init__(getattr(attached, "_sock", attached))
        self._attached = attached
        self._envelope = EngineStream()

    def read(self, seconds: float) -> bytes | None:
        """Return what the guest sent; see `Wire.read`."""
        try:
            self._socket.settimeout(max(seconds, 0.001))
            data = bytes(self._socket.recv(PIECE))
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
                self._hear(piece)
        return bytes(found) or None

    def is_quiet(self) -> bool:
        """Return whether nothing has arrived, not even the end."""
        try:
            poll = select.poll()
            poll.register(self._socket, select.POLLIN | select.POLLHUP)
            return not poll.poll(0)
        except (OSError, ValueError):
            return False

    def forget(self) -> None:
        """Close the descriptor."""
        # The answer that the connection began with first: it would flush what is closed by then.
        answer: Any = getattr(self._attached, "_response", self._attached)
        for one in (answer, self._attached, self._socket):
            with contextlib.suppress(OSError, ValueError):
                one.close()
