"""The log: an append-only Merkle tree over envelopes, with a signed checkpoint after each."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from execgate.receipts import note, tree
from execgate.receipts.bodies import Body
from execgate.receipts.canonical import MalformedError
from execgate.receipts.keys import PublicKey, SigningKey
from execgate.receipts.note import Checkpoint


def entry(connection: sqlite3.Connection, index: int) -> bytes | None:
    """Return the envelope at `index`, None beyond the end."""
    row = connection.execute("SELECT envelope FROM entry WHERE merkle_index = ?", (index,)).fetchone()
    return None if row is None else _bytes(row[0])


def find(connection: sqlite3.Connection, receipt_id: str) -> tuple[int, bytes] | None:
    """Return index and envelope of a receipt, None where there is none."""
    row = connection.execute(
        "SELECT merkle_index, envelope FROM entry WHERE receipt_id = ?", (receipt_id,)
    ).fetchone()
    return None if row is None else (row[0], _bytes(row[1]))


def outcome_of(connection: sqlite3.Connection, decision_id: str) -> str | None:
    """Return the id of a decision's outcome, None where there is none."""
    row = connection.execute("SELECT receipt_id FROM entry WHERE outcome_of = ?", (decision_id,)).fetchone()
    return None if row is None else str(row[0])


def last(connection: sqlite3.Connection) -> int | None:
    """Return the index of the newest entry, None where there is none."""
    row = connection.execute("SELECT max(merkle_index) FROM entry").fetchone()
    return None if row[0] is None else int(row[0])


def forwards(connection: sqlite3.Connection) -> Iterator[tuple[int, bytes]]:
    """Yield index and envelope of every entry, the oldest first."""
    for index, envelope in connection.execute("SELECT merkle_index, envelope FROM entry ORDER BY 1"):
        yield index, _bytes(envelope)


def backwards(connection: sqlite3.Connection) -> Iterator[tuple[int, bytes]]:
    """Yield index and envelope of every entry, the newest first."""
    for index, envelope in connection.execute("SELECT merkle_index, envelope FROM entry ORDER BY 1 DESC"):
        yield index, _bytes(envelope)


def head(connection: sqlite3.Connection) -> bytes:
    """Return the newest signed checkpoint; raises MalformedError where there is none."""
    row = connection.execute("SELECT checkpoint FROM head").fetchone()
    if row is None:
        raise MalformedError("the log has no checkpoint")
    return _bytes(row[0])


def node(connection: sqlite3.Connection) -> tree.Node:
    """Return the function that reads stored hashes; it raises MalformedError for one that is not there."""

    def read(level: int, position: int) -> bytes:
        row = connection.execute(
            "SELECT hash FROM node WHERE level = ? AND position = ?", (level, position)
        ).fetchone()
        if row is None:
            raise MalformedError(f"the tree has no node {position} on level {level}")
        return _bytes(row[0])

    return read


def start(connection: sqlite3.Connection, origin: str, receipts: PublicKey, key: SigningKey) -> None:
    """Name the keys of a log, and sign the checkpoint of the empty one."""
    connection.executemany(
        "INSERT INTO public_key VALUES (?, ?)", [("receipts", receipts.raw), ("log", key.public.raw)]
    )
    checkpoint = note.sign(Checkpoint(origin, 0, tree.EMPTY_ROOT), key)
    connection.execute("INSERT INTO head VALUES (1, ?)", (checkpoint,))


def append(
    connection: sqlite3.Connection,
    envelope: bytes,
    receipt_id: str,
    outcome_of: str | None,
    key: SigningKey,
) -> tuple[int, bytes]:
    """Add an entry and sign the checkpoint after it; return its index and that checkpoint.

    Raises MalformedError where the stored tree is not the one that the last checkpoint was signed for: a
    signature on top of it would vouch for the change.
    """
    read = node(connection)
    old = note.parse(head(connection))
    if tree.root(old.size, read) != old.root:
        raise MalformedError("the tree is not the one that its last checkpoint was signed for")
    connection.execute("INSERT INTO entry VALUES (?, ?, ?, ?)", (old.size, receipt_id, outcome_of, envelope))
    connection.executemany(
        "INSERT INTO node VALUES (?, ?, ?)", list(tree.appended(old.size, tree.leaf_hash(envelope), read))
    )
    size = old.size + 1
    checkpoint = note.sign(Checkpoint(old.origin, size, tree.root(size, read)), key)
    connection.execute("UPDATE head SET checkpoint = ?", (checkpoint,))
    return old.size, checkpoint


def keep(connection: sqlite3.Connection, bodies: Iterable[Body]) -> None:
    """Store bodies beside the log; one that is there already is the same."""
    connection.executemany(
        "INSERT OR IGNORE INTO body VALUES (?, ?, ?)",
        [(body.digest, body.salt, body.data) for body in bodies],
    )


def body(connection: sqlite3.Connection, digest: str) -> Body | None:
    """Return what is kept under a digest, None where it was erased; raises MalformedError."""
    row = connection.execute("SELECT salt, data FROM body WHERE digest = ?", (digest,)).fetchone()
    if row is None:
        return None
    return Body(_bytes(row[1]), _bytes(row[0]))


def _bytes(cell: object) -> bytes:
    # SQLite lets any value stand in any column; a damaged or doctored file can hold others than ours.
    if not isinstance(cell, bytes):
        raise MalformedError("a cell that should hold bytes holds something else")
    return cell
