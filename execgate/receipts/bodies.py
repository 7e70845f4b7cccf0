"""Texts that receipts name by digest: kept beside the log, so that they can be erased.

A receipt never changes; what it must be possible to forget (messages, code) or what is too large for
it (long lists) lies beside it under the SHA-256 of its bytes.  A message is hashed with 32 random
bytes before it, so that its digest tells nothing of it once both are erased, be it ever so short.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import Any

from execgate.receipts import canonical
from execgate.receipts.canonical import MalformedError

SALT_BYTES = 32


@dataclass(frozen=True, slots=True)
class Body:
    """Bytes and the salt before them, empty where nothing has to be hidden."""

    data: bytes
    salt: bytes = b""

    @classmethod
    def of_text(cls, text: str) -> Body:
        """Return a body that anyone can recognise by its digest."""
        return cls(text.encode("utf-8", "surrogatepass"))

    @classmethod
    def of_message(cls, text: str) -> Body:
        """Return a body whose digest tells nothing of it."""
        return cls(text.encode("utf-8", "surrogatepass"), os.urandom(SALT_BYTES))

    @property
    def digest(self) -> str:
        """`sha256:` and the hex digest of salt and data."""
        return "sha256:" + hashlib.sha256(self.salt + self.data).hexdigest()

    @property
    def text(self) -> str:
        """The data as text."""
        return self.data.decode("utf-8", "surrogatepass")

    @property
    def value(self) -> Any:
        """The data as a value, where it is a part of a receipt; raises MalformedError."""
        return canonical.decode(self.data)

    def to_json(self) -> dict[str, str]:
        """Return both in base64."""
        return {
            "data": canonical.encode_base64(self.data),
            "salt": canonical.encode_base64(self.salt),
        }

    @classmethod
    def from_json(cls, value: Any) -> Body:
        """Return the body that `to_json` gave; raises MalformedError."""
        match value:
            case {"data": str(data), "salt": str(salt), **more} if not more:
                return cls(canonical.decode_base64(data), canonical.decode_base64(salt))
            case _:
                raise MalformedError("not a body: data and salt")


def referred(value: Any) -> str | None:
    """Return the digest of the body that stands for a field, None where the field stands there itself.

    Nothing else has this shape, whatever a guest calls what it tells of.
    """
    match value:
        case {"body": str(digest), "size": int(), **more} if not more:
            return digest
        case _:
            return None


def reference(body: Body) -> dict[str, Any]:
    """Return what stands in a receipt in the place of a body."""
    return {"body": body.digest, "size": len(body.data)}
