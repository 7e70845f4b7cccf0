"""The folder that holds a log: its files, who may read them, and how they first come to be.

    receipts.db         the log (SQLite; `-wal` and `-shm` beside it while it is open)
    checkpoint          a copy of the newest signed checkpoint, to be kept elsewhere too
    seal                a signed digest of receipts.db as it was last closed
    keys/receipts.pem   signs receipts; private
    keys/log.pem        signs checkpoints; private
    keys/public.txt     both public keys, for auditors

A first start writes everything under other names and renames twice, the log first: whoever is cut
off in between is finished by the next start, and a log that was deleted can be told from one that
never was.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from execgate.errors import ReceiptError
from execgate.receipts.canonical import MalformedError
from execgate.receipts.keys import PEM_START, PublicKey, SigningKey
from execgate.receipts.note import Verifier

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_SMALL_BYTES = 1 << 20
"""More than any key or checkpoint has."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The public keys of a log."""

    receipts: PublicKey
    log: Verifier

    @property
    def text(self) -> str:
        """Both as `keys/public.txt` holds them: the receipts' key as PEM, the log's as a note verifier."""
        return f"{self.receipts.pem}{self.log.text}\n"


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """The private keys of a log."""

    receipts: SigningKey
    log: SigningKey


@dataclass(frozen=True, slots=True)
class Home:
    """Where the files of a log lie."""

    path: Path

    @property
    def database(self) -> Path:
        """The log itself."""
        return self.path / "receipts.db"

    @property
    def checkpoint(self) -> Path:
        """The copy of the newest checkpoint."""
        return self.path / "checkpoint"

    @property
    def seal(self) -> Path:
        """The digest of the database file at rest."""
        return self.path / "seal"

    @property
    def keys(self) -> Path:
        """The folder of the keys."""
        return self.path / "keys"

    @property
    def public(self) -> Path:
        """The public keys."""
        return self.keys / "public.txt"

    def exists(self) -> bool:
        """Return whether there is a log; raises ReceiptError where there was one."""
        with translated(self.path):
            if self.database.exists():
                return True
            if self.keys.exists():
                raise ReceiptError(
                    f"the receipts in {self.path} are gone: there are keys, but no receipts.db",
                    help="restore receipts.db from a backup, or move the folder away to start a new log",
                )
            return False

    def create(self, make: Callable[[Path, SigningKeys], Keys]) -> None:
        """Make the folder, the keys and, with `make`, the log, unless they are there; durable on return.

        Of several processes that start at once, one makes them and the others find them.
        """
        with translated(self.path):
            if not self.path.is_dir():
                self.path.mkdir(mode=0o700, parents=True)
                sync_folder(self.path.parent)
            self._refuse_foreign_writers()
            with self._locked():
                if not self.exists():
                    self._make(make)
                new_keys = self._new("keys")
                if new_keys.is_dir() and not self.keys.exists():
                    new_keys.rename(self.keys)
                    sync_folder(self.path)

    def signing_keys(self) -> SigningKeys:
        """Return the private keys; raises ReceiptError where one is missing, damaged or open to others."""
        return SigningKeys(self._private("receipts.pem"), self._private("log.pem"))

    def private_text(self, name: str) -> bytes | None:
        """Return a private key's file; None where there is none that this user may read."""
        with translated(self.keys / name):
            try:
                return read_small(self.keys / name)
            except (FileNotFoundError, PermissionError):
                return None

    def tighten(self) -> None:
        """Take from others what they should never have had: the log's files are their owner's."""
        for path in (self.database, self.checkpoint, self.seal):
            with contextlib.suppress(OSError):
                if stat.S_IMODE(path.stat().st_mode) & 0o077:
                    path.chmod(0o600)

    def _make(self, make: Callable[[Path, SigningKeys], Keys]) -> None:
        new_keys, new_database = self._new("keys"), self._new("receipts.db")
        shutil.rmtree(new_keys, ignore_errors=True)
        for suffix in ("", "-wal", "-shm", "-journal"):
            new_database.with_name(new_database.name + suffix).unlink(missing_ok=True)
        keys = SigningKeys(SigningKey.generate(), SigningKey.generate())
        new_keys.mkdir(mode=0o700)
        write_new(new_keys / "receipts.pem", keys.receipts.pem)
        write_new(new_keys / "log.pem", keys.log.pem)
        write_new(new_database, b"")
        public = make(new_database, keys)
        write_new(new_keys / "public.txt", public.text.encode())
        sync_folder(new_keys)
        sync_folder(self.path)
        new_database.rename(self.database)
        sync_folder(self.path)

    def _new(self, name: str) -> Path:
        return self.path / f"{name}.new"

    def _refuse_foreign_writers(self) -> None:
        mode = stat.S_IMODE(self.path.stat().st_mode)
        if mode & 0o022:
            raise ReceiptError(
                f"{self.path} can be written by others (mode {mode:04o}), so they could replace receipts",
                help=f"run `chmod go-w {self.path}`, or keep receipts in a folder of their own",
            )

    def _private(self, name: str) -> SigningKey:
        path = self.keys / name
        with translated(path):
            for place in (self.keys, path):
                mode = stat.S_IMODE(place.stat().st_mode)
                if mode & 0o077:
                    raise ReceiptError(
                        f"{place} is open to others (mode {mode:04o}), and it holds private keys",
                        help=f"if nobody has read it, run `chmod go-rwx {place}`; else start a new log",
                    )
            data = read_small(path)
        try:
            return SigningKey.from_pem(data)
        except MalformedError as error:
            raise ReceiptError(
                f"{path} is damaged: {error}",
                help="restore it from a backup; the receipts that are there verify without it",
            ) from error

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        folder = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what the file system says into ReceiptErrors that name the fix."""
    try:
        yield
    except OSError as error:
        named = error.filename if isinstance(error.filename, str) else str(path)
        why = error.strerror or str(error)
        if error.errno in _FULL:
            fix = "free some space; nothing was half-written"
        elif isinstance(error, FileNotFoundError):
            fix = "restore it from a backup; nothing was changed"
        else:
            fix = "let the user that execgate runs as own the folder, or name another with EXECGATE_HOME"
        raise ReceiptError(f"can't use {named}: {why.lower()}", help=fix) from error


def read_small(path: Path, lock: int | None = None) -> bytes:
    """Return what a file holds, of one that is too large only the beginning; holds `lock` while it reads.

    Raises OSError for what is no regular file: a pipe or a device in its place would be read for ever.
    """
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        if lock is not None:
            fcntl.flock(file, lock)
        return file.read(_SMALL_BYTES)


def write_new(path: Path, data: bytes) -> None:
    """Write a file that must not exist yet, for its owner alone; durable on return."""
    target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(target, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_keys(path: Path) -> frozenset[bytes]:
    """Return the Ed25519 keys of a file that someone pins: PEM blocks and verifier lines, in any order."""
    with translated(path):
        data = read_small(path)
    found = set()
    try:
        text = data.decode("utf-8").replace("\r\n", "\n")
        while PEM_START in text:
            before, _, rest = text.partition(PEM_START)
            body, end, after = rest.partition("-----END PUBLIC KEY-----")
            found.add(PublicKey.from_pem(f"{PEM_START}{body}{end}\n").raw)
            text = before + after
        found |= {Verifier.parse(line).key.raw for line in text.split("\n") if line.strip()}
    except ValueError as error:
        raise ReceiptError(
            f"{path} holds no public keys: {error}", help="pass a copy of keys/public.txt"
        ) from error
    if not found:
        raise ReceiptError(f"{path} holds no public keys", help="pass a copy of keys/public.txt")
    return frozenset(found)
