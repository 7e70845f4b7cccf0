"""The frames between the gate and the guest, as bytes; what they mean is the transcript's business.

A frame is one byte of type, four of length (big endian), then the payload.  All that comes from a guest
is untrusted: a type that does not exist or a length past its cap is an error before a byte of it is kept.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from execgate.model.execution import InputFile

PROTOCOL = 4
CHUNK_BYTES = 1 << 16
NAME_BYTES = 4096

_HEAD = struct.Struct(">cI")
_GO = struct.Struct(">IQ")
GO_BYTES = _HEAD.size + _GO.size
"""How long the last frame of a job is; without it nothing begins."""
_CAPS: dict[bytes, int] = {
    b"R": 4,
    b"C": 4096,
    b"B": 0,
    b"O": CHUNK_BYTES,
    b"1": CHUNK_BYTES,
    b"2": CHUNK_BYTES,
    b"P": 26,
    b"F": NAME_BYTES,
    b"D": CHUNK_BYTES,
    b"X": NAME_BYTES + 1,
    b"E": 0,
    b"!": 500,
}
"""Every type that a guest may send, and the longest payload of each."""

KILL = _HEAD.pack(b"K", 0)
"""Tells the guest to end the program now."""
NEXT = _HEAD.pack(b"N", 0)
"""Asks the guest of a kept cell, after a run, whether the next may come."""


class GuestError(Exception):
    """The guest sent what no guest of ours sends; nothing more of it is believed."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One message of the guest."""

    kind: bytes
    payload: bytes = b""


class Frames:
    """Cuts a guest's bytes into frames, however they are split."""

    def __init__(self) -> None:
        self._pending = bytearray()

    @property
    def is_within(self) -> bool:
        """Whether a frame has begun that has not ended."""
        return bool(self._pending)

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Yield the frames that `data` completes; raises GuestError at the first that can't be one."""
        self._pending += data
        start = 0
        try:
            while len(self._pending) - start >= _HEAD.size:
                kind, size = _HEAD.unpack_from(self._pending, start)
                cap = _CAPS.get(kind)
                if cap is None:
                    raise GuestError(f"a frame of unknown type 0x{kind[0]:02x}")
                if size > cap:
                    raise GuestError(f"a frame of {size:,} bytes, at most {cap:,} of type 0x{kind[0]:02x}")
                end = start + _HEAD.size + size
                if len(self._pending) < end:
                    break
                payload = bytes(self._pending[start + _HEAD.size : end])
                start = end
                yield Frame(kind, payload)
        finally:
            del self._pending[:start]


def encode(kind: bytes, payload: bytes = b"") -> bytes:
    """Return one frame as bytes."""
    return _HEAD.pack(kind, len(payload)) + payload


def encode_job(
    text: str,
    job: Mapping[str, Any],
    inputs: Sequence[InputFile],
    *,
    files: int,
    file_bytes: int,
) -> Iterator[bytes]:
    """Yield the frames of a job: how it is to be run, the text, inputs, and caps on what comes back."""
    yield encode(b"J", json.dumps(job, separators=(",", ":")).encode("ascii"))
    yield encode(b"S", text.encode("utf-8"))
    for file in inputs:
        yield encode(b"F", file.name.encode("utf-8"))
        for start in range(0, len(file.data), CHUNK_BYTES):
            yield encode(b"D", file.data[start : start + CHUNK_BYTES])
    yield encode(b"G", _GO.pack(files, file_bytes))
