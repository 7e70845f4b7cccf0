"""The connection to a guest that was started here: a pair of sockets, and a pipe for what goes wrong."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import time

from execgate.sandbox.connected import PIECE, Connected


class SocketWire(Connected):
    """This process' end of a pair of sockets, and the reading end of a guest's standard error; see `Wire`."""

    def __init__(self, connection: socket.socket, errors: int) -> None:
        super().__init__(connection)
        self._errors = errors
        self._poll = select.poll()
        self._poll.register(connection, select.POLLIN)
        self._poll.register(errors, select.POLLIN)
        os.set_blocking(errors, False)

    def read(self, seconds: float) -> bytes | None:
        """Return what the guest sent; see `Wire.read`."""
        deadline = time.monotonic() + max(seconds, 0.0)
        while True:
            try:
                ready = dict(self._poll.poll(max(deadline - time.monotonic(), 0.0) * 1000))
                if self._errors in ready:
                    self._listen()
                if self._socket.fileno() in ready:
                    return self._socket.recv(PIECE)
            except (OSError, ValueError):
                return b""
            if time.monotonic() >= deadline:
                return None

    def said(self) -> str:
        """Return what came on standard error, bubblewrap's own complaints included."""
        if self._errors >= 0:
            with contextlib.suppress(OSError):
                self._listen()
        return super().said()

    def is_quiet(self) -> bool:
        """Return whether nothing has arrived, not even the end."""
        try:
            return not self._poll.poll(0)
        except (OSError, ValueError):
            return False

    def forget(self) -> None:
        """Close the descriptors."""
        super().forget()
        if self._errors >= 0:
            os.close(self._errors)
            self._errors = -1

    def _listen(self) -> None:
        try:
            data = os.read(self._errors, PIECE)
        except BlockingIOError:
            return
        if not data:
            with contextlib.suppress(KeyError):  # what has ended may be asked again
                self._poll.unregister(self._errors)
        self._hear(data)
