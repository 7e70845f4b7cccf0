"""Frames to and from the host: one byte of type, four of length (big endian), then the payload.

From the host: `J` how a program is to be run (JSON), `S` its text, `F` an input's name, `D` a piece of its
content, `G` go (caps on the files that come back), `K` kill it now, `N` may the next come. To the host: `R`
ready, `C` what confines the program (JSON), `B` it begins, `1` and `2` a piece of its output, `O` what it
was seen to do (JSON, one a line), `P` it ended and nothing of it lives, `F` `D` a file that it left, `X`
one that was not taken, `E` the end, `!` the job could not be done.
"""

from __future__ import annotations

import os
import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

PROTOCOL = 4
CHUNK = 1 << 16


class Stream:
    """The frames to and from the host."""

    def __init__(self, source: int, sink: int) -> None:
        self.source = source
        self.sink = sink
        self._held = b""

    def hold(self, kind: bytes, payload: bytes = b"") -> None:
        """Keep one frame until the next is written: each write wakes everybody between here and the host."""
        self._held += kind + struct.pack(">I", len(payload)) + payload

    def pass_on(self, kind: bytes, payload: bytes) -> None:
        """Write one frame, after those that are held; raises OSError where nobody reads it."""
        self.hold(kind, payload)
        self._write()

    def send(self, kind: bytes, payload: bytes = b"") -> None:
        """Write one frame, after those that are held; without a host there is nothing left to do."""
        self.hold(kind, payload)
        self.release()

    def release(self) -> None:
        """Write what is held."""
        try:
            self._write()
        except OSError:
            os._exit(1)

    def give_up(self, kind: bytes, why: str) -> NoReturn:
        """Say why there will be no run, or no further one, and end this process and with it the cell.

        `kind` is `d` where the disk is full, `s` where a kept cell may not be used again, else `o`.
        """
        self.send(b"!", kind + why.encode("utf-8", "replace")[:400])
        os._exit(1)

    def _write(self) -> None:
        left, self._held = memoryview(self._held), b""
        while left:
            left = left[os.write(self.sink, left) :]

    def receive(self) -> tuple[bytes, bytes]:
        """Return type and payload of the next frame; the host's end ends this container."""
        head = self._exactly(5)
        return head[:1], self._exactly(struct.unpack(">I", head[1:])[0])

    def _exactly(self, size: int) -> bytes:
        pieces = []
        while size:
            piece = os.read(self.source, min(size, 1 << 20))
            if not piece:
                os._exit(1)
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)
