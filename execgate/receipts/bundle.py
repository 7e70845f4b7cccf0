"""Bundles: a receipt with all that it takes to verify it, on one line of canonical JSON.

Every line holds the envelope, its place in the log and the proof of it, the checkpoint that the proof
leads to, both public keys, and the bodies beside it, unless they were erased.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from execgate.receipts import canonical
from execgate.receipts.bodies import Body
from execgate.receipts.canonical import MalformedError
from execgate.receipts.home import Keys
from execgate.receipts.keys import PublicKey
from execgate.receipts.note import Verifier

FORMAT = "execgate-receipt-bundle-v1"


@dataclass(frozen=True, slots=True)
class Bundle:
    """One line of an export."""

    envelope: bytes
    merkle_index: int
    inclusion_proof: tuple[bytes, ...]
    checkpoint: bytes
    keys: Keys
    bodies: Mapping[str, Body]

    def line(self) -> bytes:
        """Return the bundle as a line with its end."""
        return (
            canonical.encode(
                {
                    "bundle": FORMAT,
                    "envelope": canonical.decode(self.envelope),
                    "merkle_index": self.merkle_index,
                    "inclusion_proof": [canonical.encode_base64(part) for part in self.inclusion_proof],
                    "checkpoint": self.checkpoint.decode("utf-8"),
                    "keys": {"receipts": self.keys.receipts.pem, "log": self.keys.log.text},
                    "bodies": {digest: body.to_json() for digest, body in self.bodies.items()},
                }
            )
            + b"\n"
        )

    @classmethod
    def parse(cls, line: bytes) -> Bundle:
        """Return the bundle of a line; raises MalformedError for any that `line` would not write."""
        if not line.endswith(b"\n"):
            raise MalformedError("the line has no end: something was cut off")
        match canonical.decode(line[:-1]):
            case {
                "bundle": str(form),
                "envelope": dict(envelope),
                "merkle_index": int(index),
                "inclusion_proof": list(proof),
                "checkpoint": str(checkpoint),
                "keys": {"receipts": str(receipts), "log": str(log), **others},
                "bodies": dict(bodies),
                **rest,
            } if form == FORMAT and not isinstance(index, bool) and not others and not rest:
                return cls(
                    canonical.encode(envelope),
                    index,
                    tuple(_hash(part) for part in proof),
                    checkpoint.encode("utf-8"),
                    Keys(PublicKey.from_pem(receipts), Verifier.parse(log)),
                    {digest: Body.from_json(body) for digest, body in bodies.items()},
                )
            case _:
                raise MalformedError(f"not a bundle of the form {FORMAT}")


def _hash(part: Any) -> bytes:
    if not isinstance(part, str):
        raise MalformedError("a part of the proof is no hash")
    return canonical.decode_base64(part)
