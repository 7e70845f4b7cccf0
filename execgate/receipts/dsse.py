"""DSSE: a signature over a payload and its type (the envelope that in-toto tools read)."""

from __future__ import annotations

from execgate.receipts import canonical
from execgate.receipts.canonical import MalformedError
from execgate.receipts.keys import PublicKey, SigningKey

PAYLOAD_TYPE = "application/vnd.in-toto+json"


def pae(payload_type: str, payload: bytes) -> bytes:
    """Return the bytes that are signed (DSSE v1, pre-authentication encoding)."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def seal(payload: bytes, key: SigningKey) -> bytes:
    """Return the canonical bytes of the envelope around `payload`, signed with `key`."""
    return canonical.encode(
        {
            "payload": canonical.encode_base64(payload),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [
                {
                    "keyid": key.public.keyid,
                    "sig": canonical.encode_base64(key.sign(pae(PAYLOAD_TYPE, payload))),
                }
            ],
        }
    )


def payload(envelope: bytes) -> bytes:
    """Return the payload without looking at the signature; raises MalformedError."""
    return _parts(envelope)[0]


def signer(envelope: bytes) -> str:
    """Return the id of the key that the envelope claims to be signed with; raises MalformedError."""
    return _parts(envelope)[1]


def is_signed(envelope: bytes, key: PublicKey) -> bool:
    """Return whether the envelope's one signature is that of `key`; raises MalformedError."""
    content, keyid, signature = _parts(envelope)
    return keyid == key.keyid and key.verifies(signature, pae(PAYLOAD_TYPE, content))


def _parts(envelope: bytes) -> tuple[bytes, str, bytes]:
    match canonical.decode(envelope):
        case {
            "payload": str(content),
            "payloadType": str(kind),
            "signatures": [{"keyid": str(keyid), "sig": str(signature), **more}],
            **rest,
        } if kind == PAYLOAD_TYPE and not more and not rest:
            return canonical.decode_base64(content), keyid, canonical.decode_base64(signature)
        case _:
            raise MalformedError("not a DSSE envelope with one signature and an in-toto payload")
