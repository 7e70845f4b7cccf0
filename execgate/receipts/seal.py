"""A signed digest of the database file at rest, which tells of bytes that belong to no row.

A SQLite file holds more than what is in its tables: unused space and fields that nothing reads.  A change
there says nothing about any receipt, but nobody should have to take that on trust.  Whoever closes a log that
it wrote to leaves the file's digest behind, in the form of a checkpoint under the log's name and `/file`; it
counts for as long as the log has the size that it names.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

from execgate.receipts import database, note
from execgate.receipts.canonical import MalformedError
from execgate.receipts.checks import BrokenError
from execgate.receipts.home import Home, Keys, SigningKeys, read_small, write_new

MAX_FILE_BYTES = 64 << 20
"""The largest file that is sealed: it is read whole each time that a log is closed."""


def leave(home: Home, keys: SigningKeys, origin: str, size: int) -> None:
    """Seal the file of a log that had `size` receipts when it was last written to, if nobody has it open."""
    # A seal is a help, not evidence: where it can't be left there is none.
    with contextlib.suppress(OSError):
        digest = _digest(home.database)
        if digest is None:
            return
        sealed = note.sign(note.Checkpoint(_name(origin), size, digest), keys.log)
        fresh = home.seal.with_name(f"{home.seal.name}.{os.getpid()}")
        fresh.unlink(missing_ok=True)
        write_new(fresh, sealed)
        fresh.rename(home.seal)


def remove(home: Home) -> None:
    """Take the seal away, before the file is changed in a way that leaves the log's size as it was."""
    home.seal.unlink(missing_ok=True)


class AtRest:
    """What was found of the file before anybody opened it; compared once the log's size is known."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._seal = _read(home)
        self._digest = _digest(home.database) if self._seal is not None else None

    def check(self, keys: Keys, size: int) -> None:
        """Raise BrokenError where the seal is damaged, or where the file is not the one that was sealed."""
        if self._seal is None:
            return
        try:
            sealed = note.parse(self._seal)
            verifier = note.Verifier(_name(keys.log.name), keys.log.key)
            if not verifier.verifies(self._seal):
                raise BrokenError("bad checkpoint", "the seal of the file is not signed by the log's key")
        except MalformedError as error:
            raise BrokenError("bad checkpoint", f"the seal of the file is damaged: {error}") from error
        if sealed.size > size:
            raise BrokenError(
                "checkpoint inconsistent",
                f"the file was sealed with {sealed.size} receipts, and holds {size}",
            )
        changed = sealed.size == size and self._digest is not None and self._digest != sealed.root
        # Another process may have closed the log since.
        if (
            changed
            and _read(self._home) == self._seal
            and _digest(self._home.database) in {None, self._digest}
        ):
            raise BrokenError("damaged file", "bytes of receipts.db were changed that belong to no receipt")


def _name(origin: str) -> str:
    return f"{origin}/file"


def _read(home: Home) -> bytes | None:
    try:
        return read_small(home.seal) or None
    except OSError:
        return None


def _digest(path: Path) -> bytes | None:
    """Return the SHA-256 of a database file; None where it is open, or too large.

    Reading it while this process has it open would not do: POSIX drops a process's locks on a file when any
    of its descriptors for it is closed.
    """
    if database.is_open(path) or _pending(path):
        return None
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size > MAX_FILE_BYTES:
            return None
        digest = hashlib.sha256(file.read()).digest()
    return None if _pending(path) else digest


def _pending(path: Path) -> bool:
    """Return whether some of the log still stands beside its file."""
    try:
        return path.with_name(f"{path.name}-wal").stat().st_size > 0
    except FileNotFoundError:
        return False
