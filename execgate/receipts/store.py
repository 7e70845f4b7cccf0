"""The receipt store: decisions and outcomes, durable when the call returns."""

from __future__ import annotations

import builtins
import contextlib
import fcntl
import os
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

from execgate.errors import ReceiptError
from execgate.model.conversation import Conversation
from execgate.model.execution import ExecutionResult
from execgate.model.verdict import Verdict
from execgate.receipts import checks, dsse, log, note, predicate, seal, tree
from execgate.receipts.bodies import Body
from execgate.receipts.bundle import Bundle
from execgate.receipts.canonical import MalformedError
from execgate.receipts.checks import BrokenError
from execgate.receipts.database import Database
from execgate.receipts.home import Home, Keys, SigningKeys, sync_folder, translated
from execgate.receipts.note import Verifier
from execgate.receipts.predicate import MAX_ENTRY_BYTES, Draft
from execgate.receipts.values import CallPart, Kind, PolicySource, Receipt, ReceiptSummary, Verification
from execgate.receipts.verify_store import published, stored_keys, verify_store

Clock = Callable[[], datetime]
BUSY_S = 10.0


class ReceiptStore:
    """A log of receipts in a folder; safe to share between threads and between processes."""

    def __init__(self, home: Home, data: Database, clock: Clock) -> None:
        self._home = home
        self._data = data
        self._clock = clock
        self._signing: SigningKeys | None = None
        self._newest = -1, ""
        """Index and time of the last entry that this process has seen."""
        self._written = False
        """Whether this store changed the file since it was opened."""

    @classmethod
    def open(
        cls,
        home: Path,
        *,
        create: bool = True,
        origin: str | None = None,
        clock: Clock | None = None,
        busy_s: float = BUSY_S,
    ) -> ReceiptStore:
        """Return the store in the folder `home`, to append to and to read, making it where `create`.

        Without `create` the store is for reading, and the private keys are not touched before something is
        appended.  `origin` names a new log (no white space, no `+`); by default the name is made from the
        log's key.  `clock` gives the time with a zone.  Raises ReceiptError.
        """
        place = Home(Path(home).absolute())
        if create:
            place.create(lambda path, keys: _make(path, keys, origin, busy_s))
        elif not place.exists():
            raise ReceiptError(
                f"there are no receipts in {place.path}",
                help="name the folder with EXECGATE_HOME; the first decision makes one",
            )
        store = cls(place, Database(place.database, busy_s=busy_s), clock or _now)
        try:
            if create:
                place.tighten()
                store._check_writable(origin)
        except BaseException:
            store.close()
            raise
        return store

    def decision(
        self,
        verdict: Verdict,
        conversation: Conversation,
        *,
        call: CallPart,
        policies: PolicySource | None = None,
    ) -> Receipt:
        """Record a verdict; durable on return.  Raises ReceiptError, and then nothing was recorded.

        `policies` tells which version of the files decided, where the policy was read from some.
        """
        for text, named in (
            (verdict.policy_text, verdict.policy_digest),
            (verdict.suggester_policy_text, verdict.suggester_policy_digest),
        ):
            if text is not None and Body.of_text(text).digest != named:
                digest = Body.of_text(text).digest
                raise ReceiptError(f"the policy's text has digest {digest}, the verdict names {named}")
        with _recordable():
            draft = predicate.decision(str(uuid.uuid4()), verdict, conversation, call, policies)
        return self._record(draft, None)

    def outcome(self, decision: Receipt, result: ExecutionResult) -> Receipt:
        """Record how the run that `decision` approved ended; durable on return.

        Raises ReceiptError where it did not approve one, has an outcome already, or is not in this log.
        """
        with _recordable():
            draft = predicate.outcome(str(uuid.uuid4()), decision, result)
        return self._record(draft, decision)

    def list(
        self,
        *,
        agent: str | None = None,
        verdict: str | None = None,
        kind: Kind | None = None,
        limit: int | None = None,
    ) -> Iterator[ReceiptSummary]:
        """Yield what each receipt says in a line, the newest last; with `limit`, the newest so many.

        Filters compare whole values: the executing agent's name, `ALLOW`, `DENY` or `ESCALATE`.
        """
        found: builtins.list[ReceiptSummary] = []
        with self._data.reading() as connection, self._explained():
            for index, envelope in log.backwards(connection):
                if limit is not None and len(found) >= limit:
                    break
                summary = checks.read(index, envelope).summary
                if (
                    agent in {None, summary.executor_agent}
                    and verdict in {None, summary.verdict}
                    and kind in {None, summary.kind}
                ):
                    found.append(summary)
        return iter(found[::-1])

    def get(self, receipt_id: str) -> Receipt:
        """Return a receipt with the texts beside it, each checked against its digest.

        Raises ReceiptError where there is none, or where signature or texts are not what they should be.
        """
        with self._data.reading() as connection, self._explained():
            receipt = self._found(connection, receipt_id)
            bodies = {
                digest: body
                for digest, _ in checks.references(receipt)
                if (body := log.body(connection, digest)) is not None
            }
            for digest, body in bodies.items():
                if body.digest != digest:
                    raise MalformedError(f"the text kept for {digest} is not the one that was receipted")
            return replace(receipt, bodies=bodies)

    def outcome_of(self, decision_id: str) -> Receipt | None:
        """Return the outcome of a decision, None where there is none (yet)."""
        with self._data.reading() as connection, self._explained():
            receipt_id = log.outcome_of(connection, decision_id)
        return None if receipt_id is None else self.get(receipt_id)

    def erase(self, receipt_id: str, *, code: bool = False) -> None:
        """Take the messages of a decision out of the store, with `code` its program too; it can't be undone.

        The log keeps verifying: it holds their digests alone.  A program that several receipts are about is
        gone for all of them.  Raises ReceiptError.
        """
        receipt = self.get(receipt_id)
        digests = {digest for digest, erasable in checks.references(receipt) if erasable}
        if not code:
            digests.discard(receipt.predicate["code_hash"])
        with translated(self._home.path):
            seal.remove(self._home)
        self._written = True
        with self._data.writing() as connection:
            connection.executemany("DELETE FROM body WHERE digest = ?", [(digest,) for digest in digests])
        self._data.flush()

    def checkpoint(self) -> bytes:
        """Return the newest signed checkpoint, to be kept where nobody who can write the log can."""
        with self._data.reading() as connection, self._explained():
            return log.head(connection)

    def public_keys(self) -> str:
        """Return both public keys as `keys/public.txt` holds them, to be kept elsewhere likewise."""
        with self._data.reading() as connection, self._explained():
            return stored_keys(connection).text

    def inclusion_proof(self, merkle_index: int) -> builtins.list[bytes]:
        """Return the hashes that lead from a receipt to the root of the newest checkpoint, from below."""
        with self._data.reading() as connection, self._explained():
            size = note.parse(log.head(connection)).size
            if not 0 <= merkle_index < size:
                raise ReceiptError(f"there is no receipt {merkle_index}: the log has {size}")
            return tree.inclusion_proof(merkle_index, size, log.node(connection))

    def consistency_proof(self, old: int, new: int | None = None) -> builtins.list[bytes]:
        """Return the hashes that show that the log of `new` receipts (now) continues that of `old`."""
        with self._data.reading() as connection, self._explained():
            size = note.parse(log.head(connection)).size
            new = size if new is None else new
            if not 0 <= old <= new <= size:
                raise ReceiptError(f"no proof from {old} to {new}: the log has {size} receipts")
            return tree.consistency_proof(old, new, log.node(connection))

    def export(self, out: Path) -> int:
        """Write all receipts to a new file, one bundle a line, and return how many; durable on return.

        What was at `out` is replaced at the end, in one step.  Raises ReceiptError, also where there is none.
        """
        out = Path(out).absolute()
        partial = out.with_name(f".{out.name}.{uuid.uuid4().hex}")
        count = 0
        with translated(out):
            target = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            try:
                with os.fdopen(target, "wb") as file:
                    for bundle in self._bundles():
                        file.write(bundle.line())
                        count += 1
                    file.flush()
                    os.fsync(file.fileno())
                if count == 0:
                    raise ReceiptError(
                        f"there are no receipts in {self._home.path}", help="run something first"
                    )
                partial.replace(out)
                sync_folder(out.parent)
            finally:
                partial.unlink(missing_ok=True)
        return count

    def _bundles(self) -> Iterator[Bundle]:
        """Yield every receipt with all that it takes to verify it, under one checkpoint."""
        with self._data.reading() as connection, self._explained():
            keys, head = stored_keys(connection), log.head(connection)
            size, node = note.parse(head).size, log.node(connection)
            for index, envelope in log.forwards(connection):
                receipt = checks.read(index, envelope)
                bodies = {digest: log.body(connection, digest) for digest, _ in checks.references(receipt)}
                yield Bundle(
                    envelope,
                    index,
                    tuple(tree.inclusion_proof(index, size, node)),
                    head,
                    keys,
                    {digest: body for digest, body in bodies.items() if body is not None},
                )

    def verify(self, *, checkpoint: Path | None = None, key: Path | None = None) -> Verification:
        """Return whether all that the store holds is what was written; see `verify_store`."""
        return verify_store(self._home, self._data, checkpoint=checkpoint, key=key)

    def close(self) -> None:
        """Close the files, and leave a seal on what was written."""
        sealing = None
        if self._written:
            with contextlib.suppress(ReceiptError, MalformedError), self._data.reading() as connection:
                sealing = note.parse(log.head(connection))
        self._data.close()
        if sealing is not None and self._signing is not None:
            seal.leave(self._home, self._signing, sealing.origin, sealing.size)
        self._written = False

    def __enter__(self) -> ReceiptStore:  # noqa: PYI034 - `Self` is newer than Python 3.10
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _record(self, draft: Draft, decision: Receipt | None) -> Receipt:
        """Append a receipt, durably, then renew the copy of the checkpoint."""
        keys = self._keys()
        with self._data.writing() as connection, self._explained():
            if decision is not None:
                self._check_open(connection, decision)
            envelope = dsse.seal(draft.statement(self._timestamp(connection)), keys.receipts)
            if len(envelope) > MAX_ENTRY_BYTES:
                raise ReceiptError(f"the receipt has {len(envelope):,} bytes, more than a log entry may have")
            receipt_id = draft.predicate["receipt_id"]
            of = None if decision is None else decision.receipt_id
            index, checkpoint = log.append(connection, envelope, receipt_id, of, keys.log)
            log.keep(connection, draft.bodies)
        self._written = True
        self._newest = index, draft.predicate["timestamp"]
        self._publish(checkpoint)
        return Receipt(
            draft.kind,
            receipt_id,
            index,
            "sha256:" + tree.leaf_hash(envelope).hex(),
            envelope,
            draft.predicate,
            {body.digest: body for body in draft.bodies},
        )

    def _check_open(self, connection: sqlite3.Connection, decision: Receipt) -> None:
        name = f"receipt {decision.receipt_id}"
        if decision.kind != "decision" or not decision.approved:
            raise ReceiptError(f"{name} approved no run, so it can't have an outcome")
        if log.entry(connection, decision.merkle_index) != decision.envelope:
            raise ReceiptError(f"{name} is not in the log in {self._home.path}")
        if log.outcome_of(connection, decision.receipt_id) is not None:
            raise ReceiptError(f"{name} has an outcome already")

    def _timestamp(self, connection: sqlite3.Connection) -> str:
        now = self._clock().astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        index = log.last(connection)
        if index is None:
            return now
        if index != self._newest[0]:
            # Another process was here since; else what was written last is still known.
            receipt = next(checks.read(*row) for row in log.backwards(connection))
            self._newest = index, receipt.predicate["timestamp"]
        # A clock that was set back must not make the log look reordered.
        return max(now, self._newest[1])

    def _keys(self) -> SigningKeys:
        if self._signing is None:
            keys = self._home.signing_keys()
            with self._data.reading() as connection, self._explained():
                stored = stored_keys(connection)
            if (keys.receipts.public, keys.log.public) != (stored.receipts, stored.log.key):
                raise ReceiptError(
                    f"the keys in {self._home.keys} are not those of the log beside them",
                    help="restore the folder from a backup",
                )
            self._signing = keys
        return self._signing

    def _check_writable(self, origin: str | None) -> None:
        """Refuse to go on where what is there is not what was left."""
        self._keys()
        copy = published(self._home)
        with self._data.reading() as connection, self._explained():
            head = note.parse(log.head(connection))
        if origin is not None and origin != head.origin:
            raise ReceiptError(f"the log in {self._home.path} is named {head.origin}, not {origin}")
        try:
            ahead = copy and note.parse(copy).size > head.size
        except MalformedError as error:
            raise ReceiptError(
                f"{self._home.checkpoint} is damaged: {error}",
                help="run `execgate receipts verify`; if all else is well, remove this copy",
            ) from error
        if ahead:
            raise ReceiptError(
                f"the log in {self._home.path} is older than the checkpoint beside it",
                help="restore the newest receipts.db, or move the folder away to start a new log",
            )

    def _publish(self, checkpoint: bytes) -> None:
        # The receipt is durable already, and verification allows for a copy that lags: it may fail.
        with contextlib.suppress(OSError, MalformedError):
            flags = os.O_RDWR | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC
            target = os.open(self._home.checkpoint, flags, 0o600)
            with os.fdopen(target, "r+b", buffering=0) as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                before = file.read()
                # Whoever committed later may have been here first; and what is damaged is left to be seen.
                if not before or note.parse(before).size < note.parse(checkpoint).size:
                    # One write over the old text, which is never longer: no reader sees half of it.
                    os.pwrite(file.fileno(), checkpoint, 0)

    def _found(self, connection: sqlite3.Connection, receipt_id: str) -> Receipt:
        row = log.find(connection, receipt_id)
        if row is None:
            raise ReceiptError(
                f"there is no receipt {receipt_id} in {self._home.path}", help="see `execgate receipts list`"
            )
        index, envelope = row
        if not dsse.is_signed(envelope, stored_keys(connection).receipts):
            raise MalformedError(f"receipt {receipt_id} is not what was signed")
        return checks.read(index, envelope)

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (MalformedError, BrokenError) as error:
            raise ReceiptError(
                f"{self._home.database} is damaged: {error}",
                help="run `execgate receipts verify` to see where, and restore the folder from a backup",
            ) from error


def _make(path: Path, keys: SigningKeys, origin: str | None, busy_s: float) -> Keys:
    # No host name: where a log was written is nobody's business, and its key names it better.
    name = origin if origin is not None else f"execgate/log/{keys.log.public.keyid[:16]}"
    if not note.is_name(name):
        raise ReceiptError(
            f"{name!r} can't name a log", help="use a name such as `acme/receipts`, without spaces and `+`"
        )
    data = Database.create(path, busy_s=busy_s)
    try:
        with data.writing() as connection:
            log.start(connection, name, keys.receipts.public, keys.log)
    finally:
        data.close()
    return Keys(keys.receipts.public, Verifier(name, keys.log.public))


@contextlib.contextmanager
def _recordable() -> Iterator[None]:
    try:
        yield
    except TypeError as error:
        raise ReceiptError(f"the receipt can't be written: {error}") from error


def _now() -> datetime:
    return datetime.now(timezone.utc)
