"""The SQLite file: how it is opened, made, written to in one piece, and what goes wrong with it.

Write-ahead log with `synchronous=FULL`: when a transaction returns, it has been flushed to the disk.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from execgate.errors import ReceiptError

VERSION = 1
SCHEMA = (
    "CREATE TABLE schema (version INTEGER PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE public_key (role TEXT PRIMARY KEY, key BLOB NOT NULL) WITHOUT ROWID",
    """CREATE TABLE entry (
        merkle_index INTEGER PRIMARY KEY, receipt_id TEXT NOT NULL UNIQUE, outcome_of TEXT,
        envelope BLOB NOT NULL
    )""",
    "CREATE UNIQUE INDEX one_outcome ON entry (outcome_of) WHERE outcome_of IS NOT NULL",
    """CREATE TABLE node (
        level INTEGER, position INTEGER, hash BLOB NOT NULL, PRIMARY KEY (level, position)
    ) WITHOUT ROWID""",
    "CREATE TABLE head (only INTEGER PRIMARY KEY CHECK (only = 1), checkpoint BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE body (digest TEXT PRIMARY KEY, salt BLOB NOT NULL, data BLOB NOT NULL) WITHOUT ROWID",
)


_open_files: Counter[Path] = Counter()
"""How many connections this process has to each file."""
_counting = threading.Lock()


def is_open(path: Path) -> bool:
    """Return whether this process has a connection to a file."""
    with _counting:
        return _open_files[path] > 0


class Database:
    """One SQLite file; safe to share between threads, and reopened after a fork.

    `busy_s` is how long another process may hold it before that is an error.
    """

    def __init__(self, path: Path, *, busy_s: float) -> None:
        self.path = path
        self._busy_s = busy_s
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._owner = 0
        self._inherited: sqlite3.Connection | None = None
        try:
            with _translated(self.path):
                self._check_version(self._connected())
        except BaseException:
            self.close()
            raise

    @classmethod
    def create(cls, path: Path, *, busy_s: float) -> Database:
        """Make the tables in an empty file, and return it opened."""
        with _translated(path), contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("BEGIN IMMEDIATE")
            for statement in SCHEMA:
                connection.execute(statement)
            connection.execute("INSERT INTO schema VALUES (?)", (VERSION,))
            connection.execute("COMMIT")
        return cls(path, busy_s=busy_s)

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that sees one state of the file throughout."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give a connection whose changes are durable on leaving, all of them or, on an error, none."""
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    def flush(self) -> None:
        """Move what the write-ahead log holds into the file, so that what was deleted is gone from both.

        Raises ReceiptError where another process reads an older state for too long.
        """
        with self._lock, _translated(self.path):
            busy, *_ = self._connected().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise ReceiptError(
                f"what was deleted can still be read in {self.path}-wal, as another process reads the log",
                help="end that process, and erase again",
            )

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._leave_to_parent()
            connection, self._connection = self._connection, None
            if connection is not None:
                connection.close()
                with _counting:
                    _open_files[self.path] -= 1

    @contextlib.contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self._lock, _translated(self.path):
            connection = self._connected()
            connection.execute(begin)
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                # SQLite has rolled back by itself after some errors; where it can't, closing does.
                try:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                except sqlite3.Error:
                    self.close()
                raise

    def _connected(self) -> sqlite3.Connection:
        self._leave_to_parent()
        if self._connection is None:
            self._connection = self._open()
            self._owner = os.getpid()
        return self._connection

    def _leave_to_parent(self) -> None:
        # A connection must not be used on both sides of a fork, not even to close it: each side would think
        # that it holds its locks.  So it is kept, untouched.
        if self._connection is not None and self._owner != os.getpid():  # pragma: no cover - in a child only
            self._inherited, self._connection = self._connection, None

    def _open(self) -> sqlite3.Connection:
        # `mode=rw` never makes a file: an empty one in the place of a lost log would look like a new log.
        uri = self.path.absolute().as_uri() + "?mode=rw"
        connection = sqlite3.connect(
            uri, uri=True, timeout=self._busy_s, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA secure_delete=ON")
            connection.execute("PRAGMA trusted_schema=OFF")
        except BaseException:
            connection.close()
            raise
        with _counting:
            _open_files[self.path] += 1
        return connection

    def _check_version(self, connection: sqlite3.Connection) -> None:
        row = connection.execute("SELECT max(version) FROM schema").fetchone()
        version = row[0]
        if isinstance(version, int) and version > VERSION:
            raise ReceiptError(
                f"{self.path} was written by a newer execgate (format {version}, this one knows {VERSION})",
                help="update execgate; nothing was changed",
            )
        if version != VERSION:
            raise damaged(self.path, f"its format is {version!r}")


@contextlib.contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise _explained(path, error) from error
    except UnicodeDecodeError as error:
        # SQLite quotes what it can't parse in its message, and Python can't read that.
        raise damaged(path, "its tables can't be read") from error


def damaged(path: Path, why: str) -> ReceiptError:
    """Return the error for a file whose content can't be what this package wrote."""
    return ReceiptError(
        f"{path} is damaged: {why}",
        help="restore it from a backup, or move the folder away to start a new log; nothing was changed",
    )


def _explained(path: Path, error: sqlite3.Error) -> ReceiptError:
    text = str(error)
    for needle, message, fix in (
        ("disk is full", f"no space left to write {path}", "free some space; nothing was half-written"),
        ("locked", f"{path} is held by another process for too long", "end that process, or try again"),
        (
            "readonly",
            f"{path} can't be written",
            "give its owner write permission on the file and its folder",
        ),
        (
            "unable to open",
            f"{path} can't be opened",
            "let the user that execgate runs as read and write the file and its folder",
        ),
        (
            "disk I/O",
            f"the disk failed while {path} was used",
            "look at the disk and its free space, then try again",
        ),
    ):
        if needle in text:
            return ReceiptError(message, help=fix)
    return damaged(path, text)
