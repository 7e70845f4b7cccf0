"""The connection to a container's standard streams: bytes with deadlines, whatever carries them."""

from __future__ import annotations

import contextlib
import socket
from typing import Any

_PIECE = 1 << 16


class Wire:
    """A socket as the docker SDK hands it out (a socket, or a file around one)."""

    def __init__(self, attached: Any) -> None:
        self._attached = attached
        self._socket = getattr(attached, "_sock", attached)

    def read(self, seconds: float) -> bytes | None:
        """Return what has arrived, waiting at most `seconds`; None if nothing has, empty at the end."""
        try:
            self._socket.settimeout(max(seconds, 0.001))
            return bytes(self._socket.recv(_PIECE))
        except TimeoutError:
            return None
        except OSError:
            return b""

    def write(self, data: bytes, seconds: float) -> bool:
        """Send all of `data` within `seconds`; return whether it went."""
        try:
            self._socket.settimeout(max(seconds, 0.001))
            self._socket.sendall(data)
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Let go of the connection; the guest's supervisor takes that as the end."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        # The answer that the connection began with first: it would flush what is closed by then.
        answer: Any = getattr(self._attached, "_response", self._attached)
        for one in (answer, self._attached, self._socket):
            with contextlib.suppress(OSError, ValueError):
                one.close()
