"""Which server a TLS client asks for: the one thing of a tunnel that can be read (RFC 8446, RFC 6066)."""

from __future__ import annotations

from dataclasses import dataclass

MOST_BYTES = 1 << 15
"""How long a greeting may be; those of today have some kilobytes at most."""

_HANDSHAKE, _CLIENT_HELLO = 22, 1
_SERVER_NAME, _HOST_NAME = 0, 0


class NotTlsError(ValueError):
    """What begins as TLS does, and is none that can be read."""


@dataclass(frozen=True, slots=True)
class Hello:
    """A client's greeting; `server_name` is in lower case, None where it names no server."""

    server_name: str | None


def looks_like_tls(data: bytes) -> bool:
    """Return whether the first bytes, one at least, can be a TLS record."""
    return data[:1] == b"\x16" and data[1:2] in {b"", b"\x03"}


def parse(data: bytes) -> Hello | None:
    """Return the greeting at the beginning of a stream, None where more is needed; raises NotTlsError."""
    message = b""
    position = 0
    while len(message) < 4 or len(message) < 4 + int.from_bytes(message[1:4], "big"):
        if len(data) > MOST_BYTES:
            raise NotTlsError("a greeting that is too long")
        header = data[position : position + 5]
        if (header[:1] or b"\x16") != b"\x16" or (header[1:2] or b"\x03") != b"\x03":
            raise NotTlsError("no handshake")
        size = int.from_bytes(header[3:5], "big")
        if len(header) == 5 and not 0 < size <= 1 << 14:
            raise NotTlsError("a record of a size that there is not")
        if len(header) < 5 or len(data) < position + 5 + size:
            return None
        message += data[position + 5 : position + 5 + size]
        position += 5 + size
        if message[0] != _CLIENT_HELLO:
            raise NotTlsError("no greeting of a client")
    return Hello(_server_name(_Reader(message[4 : 4 + int.from_bytes(message[1:4], "big")])))


class _Reader:
    """Fields of TLS from a text of known length."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def __bool__(self) -> bool:
        return self._at < len(self._data)

    def take(self, size: int) -> bytes:
        taken = self._data[self._at : self._at + size]
        if len(taken) < size:
            raise NotTlsError("a field that is cut off")
        self._at += size
        return taken

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def vector(self, size: int) -> _Reader:
        return _Reader(self.take(self.number(size)))

    def rest(self) -> bytes:
        return self.take(len(self._data) - self._at)


def _server_name(hello: _Reader) -> str | None:
    hello.take(2 + 32)  # version and random
    hello.vector(1)  # session
    hello.vector(2)  # ciphers
    hello.vector(1)  # compressions
    if not hello:
        return None
    extensions = hello.vector(2)
    found: str | None = None
    while extensions:
        kind, content = extensions.number(2), extensions.vector(2)
        if kind != _SERVER_NAME:
            continue
        names = content.vector(2)
        while names:
            if names.number(1) != _HOST_NAME or found is not None:
                raise NotTlsError("more than one name of a server")
            try:
                found = names.vector(2).rest().decode("ascii").lower()
            except UnicodeDecodeError:
                raise NotTlsError("a name of a server that is none") from None
    return found
