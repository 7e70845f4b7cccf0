"""Ed25519 keys, and the forms in which the world names and carries them."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from execgate.receipts.canonical import MalformedError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_SPKI = bytes.fromhex("302a300506032b6570032100")
"""What stands before the 32 bytes of an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410)."""
PEM_START = "-----BEGIN PUBLIC KEY-----\n"
PEM_END = "-----END PUBLIC KEY-----\n"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An Ed25519 public key: 32 bytes."""

    raw: bytes
    _key: Ed25519PublicKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            key = Ed25519PublicKey.from_public_bytes(self.raw)
        except (ValueError, TypeError) as error:
            raise MalformedError(f"not an Ed25519 public key ({error})") from error
        object.__setattr__(self, "_key", key)

    @property
    def der(self) -> bytes:
        """The SubjectPublicKeyInfo."""
        return _SPKI + self.raw

    @property
    def keyid(self) -> str:
        """The SHA-256 of `der` in hex, as `openssl pkey -pubin -outform DER | sha256sum` prints it."""
        return hashlib.sha256(self.der).hexdigest()

    @property
    def pem(self) -> str:
        """The key as PEM, in its one form."""
        return PEM_START + base64.b64encode(self.der).decode("ascii") + "\n" + PEM_END

    @classmethod
    def from_pem(cls, pem: str) -> PublicKey:
        """Return the key of a PEM text that is exactly as `pem` writes it; raises MalformedError."""
        body = pem.removeprefix(PEM_START).removesuffix(PEM_END)
        try:
            der = base64.b64decode(body.strip(), validate=True)
        except ValueError as error:
            raise MalformedError("not a PEM public key") from error
        if not der.startswith(_SPKI):
            raise MalformedError("not an Ed25519 public key")
        key = cls(der[len(_SPKI) :])
        if key.pem != pem:
            raise MalformedError("not a PEM public key in its one form")
        return key

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Return whether `signature` is this key's on `message`."""
        from cryptography.exceptions import InvalidSignature

        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True


class SigningKey:
    """An Ed25519 private key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = PublicKey(key.public_key().public_bytes_raw())

    @classmethod
    def generate(cls) -> SigningKey:
        """Return a new key from the system's random source."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, pem: bytes) -> SigningKey:
        """Return the key of an unencrypted PKCS #8 PEM text; raises MalformedError."""
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            key = load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise MalformedError("not a PEM private key") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise MalformedError("not an Ed25519 private key")
        return cls(key)

    @property
    def pem(self) -> bytes:
        """The key as unencrypted PKCS #8 PEM."""
        from cryptography.hazmat.primitives import serialization as form

        return self._key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of the signature on `message`."""
        return self._key.sign(message)
