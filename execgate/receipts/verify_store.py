"""Verification of a store: the log, and every table and file beside it."""

from __future__ import annotations

import fcntl
import sqlite3
from pathlib import Path

from execgate.receipts import database, log, note, seal, tree
from execgate.receipts.canonical import MalformedError
from execgate.receipts.checks import BrokenError
from execgate.receipts.examination import Examination, Given
from execgate.receipts.home import Home, Keys, read_small, translated
from execgate.receipts.keys import PublicKey, SigningKey
from execgate.receipts.note import Verifier
from execgate.receipts.values import Verification


def verify_store(
    home: Home, data: database.Database, *, checkpoint: Path | None = None, key: Path | None = None
) -> Verification:
    """Return what is to be said of a store; the first thing that is wrong is its `finding`.

    `checkpoint` is a signed checkpoint that was kept elsewhere, `key` a copy of the log's `public.txt`.
    Raises ReceiptError where the file can't be read at all.
    """
    given = Given.read(checkpoint, key)
    examination: Examination | None = None
    # Read before the log: another process may append in between, and the copy is never ahead.
    copy = published(home)
    data.close()  # It opens again by itself; a file is at rest only while nobody has it open.
    with translated(home.database):
        file = seal.AtRest(home)
    try:
        with data.reading() as connection:
            _check_tables(connection)
            keys = stored_keys(connection)
            examination = Examination(keys, given, complete=True)
            examination.head = examination.signed(log.head(connection), "the checkpoint of the log")
            _check_public(home, keys)
            nodes = _check_entries(connection, examination)
            examination.finish(examination.head)
            _check_nodes(connection, nodes)
            if copy is not None:
                _check_copy(connection, examination, copy)
            _check_bodies(connection, examination.audit.bodies)
            file.check(keys, 0 if examination.head is None else examination.head.size)
            _check_private(home, keys)  # last: no receipt depends on them
    except BrokenError as error:
        return Verification(error.finding) if examination is None else examination.result(error)
    return examination.result()


def stored_keys(connection: sqlite3.Connection) -> Keys:
    """Return a store's public keys, the log's under the name in its checkpoint; raises BrokenError."""
    try:
        match connection.execute("SELECT role, key FROM public_key ORDER BY role").fetchall():
            case [("log", bytes(log_key)), ("receipts", bytes(receipts_key))]:
                origin = note.parse(log.head(connection)).origin
                return Keys(PublicKey(receipts_key), Verifier(origin, PublicKey(log_key)))
            case _:
                raise BrokenError("unknown key", "the log does not name its two keys")
    except MalformedError as error:
        raise BrokenError("bad checkpoint", str(error)) from error


def published(home: Home) -> bytes | None:
    """Return the copy of the newest checkpoint beside the log, None where there is none."""
    with translated(home.checkpoint):
        try:
            # An empty one is what a power cut leaves of the first; it says as little as none.
            return read_small(home.checkpoint, fcntl.LOCK_SH) or None
        except FileNotFoundError:
            return None


def _check_tables(connection: sqlite3.Connection) -> None:
    report = [row[0] for row in connection.execute("PRAGMA integrity_check")]
    if report != ["ok"]:
        raise BrokenError("damaged file", str(report[0]))
    schema = [row[0] for row in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")]
    if sorted(schema) != sorted(database.SCHEMA):
        raise BrokenError("damaged file", "the tables are not those of this format")
    for table, rows in (("schema", 1), ("head", 1)):
        if connection.execute(f"SELECT count(*) FROM {table}").fetchone() != (rows,):  # noqa: S608 - no input
            raise BrokenError("damaged file", f"the table {table} has more than one row, or none")


def _check_public(home: Home, keys: Keys) -> None:
    with translated(home.public):
        try:
            text = read_small(home.public)
        except FileNotFoundError:
            return
    if text != keys.text.encode():
        raise BrokenError("unknown key", f"{home.public} does not hold the keys that the log names")


def _check_private(home: Home, keys: Keys) -> None:
    """Check what is there of the private keys: an auditor has none, and nobody can append with others."""
    for name, public in (("receipts.pem", keys.receipts), ("log.pem", keys.log.key)):
        text = home.private_text(name)
        if text is None:
            continue
        try:
            key = SigningKey.from_pem(text)
        except MalformedError as error:
            raise BrokenError("unknown key", f"{home.keys / name} is damaged: {error}") from error
        if key.public != public or key.pem != text:
            raise BrokenError("unknown key", f"{home.keys / name} does not hold the key that the log names")


def _check_entries(connection: sqlite3.Connection, examination: Examination) -> int:
    """Check every entry, and return how many nodes their tree has."""
    read, nodes = log.node(connection), 0
    rows = connection.execute("SELECT merkle_index, receipt_id, outcome_of, envelope FROM entry ORDER BY 1")
    for expected, (index, receipt_id, outcome_of, envelope) in enumerate(rows):
        if index != expected:
            raise BrokenError("index gap", f"receipt {index} stands where receipt {expected} is expected")
        if not isinstance(envelope, bytes):
            raise BrokenError("malformed receipt", "the envelope is no bytes", index)
        receipt, completed = examination.take(index, envelope, lambda digest: log.body(connection, digest))
        decision = receipt.predicate["decision"]["receipt_id"] if receipt.kind == "outcome" else None
        if (receipt_id, outcome_of) != (receipt.receipt_id, decision):
            raise BrokenError(
                "index mismatch", "the log lists it under another id", index, receipt.receipt_id
            )
        for level, position, value in completed:
            try:
                stored = read(level, position)
            except MalformedError as error:
                raise BrokenError("leaf not in tree", str(error), index, receipt.receipt_id) from error
            if stored != value:
                raise BrokenError(
                    "leaf not in tree",
                    f"the stored hash {position} on level {level} is not that of the receipts below it",
                    index,
                    receipt.receipt_id,
                )
        nodes += len(completed)
    return nodes


def _check_nodes(connection: sqlite3.Connection, expected: int) -> None:
    if connection.execute("SELECT count(*) FROM node").fetchone() != (expected,):
        raise BrokenError("root mismatch", "the tree has nodes that no receipt gives")


def _check_bodies(connection: sqlite3.Connection, named: set[str]) -> None:
    # Those that a receipt names were compared with their digests there.
    for (digest,) in connection.execute("SELECT digest FROM body"):
        if digest not in named:
            raise BrokenError("unknown body", f"no receipt names the text kept for {digest}")


def _check_copy(connection: sqlite3.Connection, examination: Examination, data: bytes) -> None:
    copy, head = examination.signed(data, "the copy of the checkpoint beside the log"), examination.head
    size = 0 if head is None else head.size
    if copy.size > size:
        raise BrokenError(
            "checkpoint inconsistent",
            f"the copy of the checkpoint is of {copy.size} receipts, the log has only {size}: "
            "receipts were cut off, or an old copy was put back",
        )
    if tree.root(copy.size, log.node(connection)) != copy.root:
        raise BrokenError(
            "checkpoint inconsistent", f"the copy of the checkpoint is not of the first {copy.size} receipts"
        )
