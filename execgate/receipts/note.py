"""Signed checkpoints: the log's size and root as a C2SP signed note.

    execgate/log/3f6c1d2a9b8e7f40
    2
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

    — execgate/log/3f6c1d2a9b8e7f40 Az3grlgtzPICa5OS...

The first line, the origin, names the log and its key (c2sp.org/signed-note, c2sp.org/tlog-checkpoint).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from execgate.receipts import canonical
from execgate.receipts.canonical import MalformedError
from execgate.receipts.keys import PublicKey, SigningKey
from execgate.receipts.tree import HASH_BYTES

_ED25519 = b"\x01"
_SIGNATURE = re.compile(r"— (\S+) (\S+)")
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")
_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]{1,200}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How many leaves a log had, and under which root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{canonical.encode_base64(self.root)}\n"


@dataclass(frozen=True, slots=True)
class Verifier:
    """Whose signature on a checkpoint counts: a name and its key."""

    name: str
    key: PublicKey

    def __post_init__(self) -> None:
        if not is_name(self.name):
            raise MalformedError(f"{self.name!r} is no name for a log")

    @property
    def hint(self) -> bytes:
        """The four bytes that stand before a signature of this key."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.key.raw).digest()[:4]

    @property
    def text(self) -> str:
        """The verifier as one word, which tools for signed notes read: `name+hash+key`."""
        return f"{self.name}+{self.hint.hex()}+{canonical.encode_base64(_ED25519 + self.key.raw)}"

    @classmethod
    def parse(cls, text: str) -> Verifier:
        """Return the verifier that `text` gives the one form of; raises MalformedError."""
        parts = text.split("+", 2)
        if len(parts) != 3:
            raise MalformedError("not a verifier key of the form name+hash+key")
        verifier = cls(parts[0], PublicKey(canonical.decode_base64(parts[2])[1:]))
        if verifier.text != text:
            raise MalformedError("a verifier key whose hash is not that of its name and key")
        return verifier

    def verifies(self, checkpoint: bytes) -> bool:
        """Return whether this key signed `checkpoint`, under its own name; raises MalformedError."""
        body, signatures = _split(checkpoint)
        return parse(checkpoint).origin == self.name and any(
            name == self.name and value[:4] == self.hint and self.key.verifies(value[4:], body)
            for name, value in signatures
        )


def is_name(name: str) -> bool:
    """Return whether `name` can stand in a note: no white space, no `+`, at most 200 characters."""
    return _NAME.fullmatch(name) is not None and name.isprintable()


def sign(checkpoint: Checkpoint, key: SigningKey) -> bytes:
    """Return the signed note; its one signature is under the log's own name."""
    verifier = Verifier(checkpoint.origin, key.public)
    text = checkpoint.text
    signature = canonical.encode_base64(verifier.hint + key.sign(text.encode()))
    return f"{text}\n— {checkpoint.origin} {signature}\n".encode()


def parse(checkpoint: bytes) -> Checkpoint:
    """Return what a note says, whoever signed it; raises MalformedError.

    Further signatures (of witnesses) are allowed; extension lines are not, as this log writes none.
    """
    body, _ = _split(checkpoint)
    lines = body.decode().split("\n")
    if len(lines) != 4 or not is_name(lines[0]) or not _SIZE.fullmatch(lines[1]):
        raise MalformedError("not a checkpoint: its lines are origin, size and root")
    root = canonical.decode_base64(lines[2])
    if len(root) != HASH_BYTES:
        raise MalformedError("not a checkpoint: the root is no SHA-256 hash")
    return Checkpoint(lines[0], int(lines[1]), root)


def _split(note: bytes) -> tuple[bytes, list[tuple[str, bytes]]]:
    try:
        text = note.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedError("not a signed note: not UTF-8") from error
    body, gap, block = text.rpartition("\n\n")
    lines = block.split("\n")
    if not gap or lines.pop() or not lines:
        raise MalformedError("not a signed note: text, an empty line, signatures")
    signatures = []
    for line in lines:
        match = _SIGNATURE.fullmatch(line)
        if match is None:
            raise MalformedError("not a signed note: a line below the text is no signature")
        signatures.append((match[1], canonical.decode_base64(match[2])))
    return (body + "\n").encode(), signatures
