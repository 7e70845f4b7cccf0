"""What every wire over a connected socket has in common; see `Wire`."""

from __future__ import annotations

import contextlib
import socket

PIECE = 1 << 16
"""The most that is read at once, in bytes."""

_SAID_BYTES = 2000


class Connected:
    """The gate's end of a socket; how what comes is read is the wire's own."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._said = bytearray()

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

    def close(self) -> None:
        """Let go of the connection; the guest's supervisor takes that as the end."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self.forget()

    def forget(self) -> None:
        """Close this process's end and no more."""
        self._socket.close()

    def _hear(self, data: bytes) -> None:
        """Keep the beginning of what came on standard error."""
        self._said += data[: _SAID_BYTES - len(self._said)]
