"""What every verification does, wherever the receipts lie.

The receipts are walked in the order of the log; each is checked by itself and against those before it,
the tree is built again from the leaves and compared with the checkpoint, and that with the one that was
kept elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from execgate.receipts import note, tree
from execgate.receipts.canonical import MalformedError
from execgate.receipts.checks import Audit, Bodies, BrokenError
from execgate.receipts.home import Keys, read_keys, read_small, translated
from execgate.receipts.note import Checkpoint
from execgate.receipts.values import Receipt, Verification


@dataclass(frozen=True, slots=True)
class Given:
    """What a verifier has from elsewhere: keys to trust and a signed checkpoint, None where there is none."""

    keys: frozenset[bytes] | None = None
    checkpoint: bytes | None = None

    @classmethod
    def read(cls, checkpoint: Path | None, key: Path | None) -> Given:
        """Read both from files; raises ReceiptError."""
        keys = None if key is None else read_keys(key)
        if checkpoint is None:
            return cls(keys)
        with translated(checkpoint):
            return cls(keys, read_small(checkpoint))


class Examination:
    """One verification: the receipts so far, their tree, and what was given from outside."""

    def __init__(self, keys: Keys, given: Given, *, complete: bool) -> None:
        pinned, outside = given.keys, given.checkpoint
        self.audit = Audit(keys.receipts, complete=complete)
        self.tree = tree.Growing()
        self.keys = keys
        self.pinned = pinned is not None
        self.anchored = outside is not None
        self.head: Checkpoint | None = None
        self.complete = complete
        self._outside: Checkpoint | None = None
        self._outside_root: bytes | None = None
        if pinned is not None:
            for role, key in (("receipts", keys.receipts), ("checkpoints", keys.log.key)):
                if key.raw not in pinned:
                    raise BrokenError(
                        "unknown key", f"the key that signed the {role} is not among those given"
                    )
        if outside is not None:
            self._outside = self.signed(outside, "the checkpoint from outside")
            self._note_root()

    def signed(self, data: bytes, name: str) -> Checkpoint:
        """Return what a checkpoint of this log says; raises BrokenError."""
        try:
            checkpoint = note.parse(data)
            good = self.keys.log.verifies(data)
        except MalformedError as error:
            raise BrokenError("bad checkpoint", f"{name} can't be read: {error}") from error
        if checkpoint.origin != self.keys.log.name:
            raise BrokenError(
                "checkpoint inconsistent",
                f"{name} is of the log {checkpoint.origin}, not {self.keys.log.name}",
            )
        if not good:
            raise BrokenError("bad signature", f"{name} is not signed with the log's key")
        return checkpoint

    def take(
        self, index: int, envelope: bytes, bodies: Bodies
    ) -> tuple[Receipt, list[tuple[int, int, bytes]]]:
        """Check the next receipt; return it and the nodes of the tree it completes.  Raises BrokenError."""
        receipt = self.audit.take(index, envelope, bodies)
        nodes = self.tree.add(tree.leaf_hash(envelope))
        self._note_root()
        return receipt, nodes

    def _note_root(self) -> None:
        if self._outside is not None and self.tree.size == self._outside.size:
            self._outside_root = self.tree.root

    def finish(self, head: Checkpoint) -> None:
        """Compare the tree with its own checkpoint and with the one from outside; raises BrokenError."""
        self.head = head
        if self.complete:
            grown = self.tree
            if grown.size != head.size:
                raise BrokenError(
                    "index gap", f"the checkpoint is of {head.size} receipts, {grown.size} are there"
                )
            if grown.root != head.root:
                raise BrokenError("root mismatch", "the receipts don't give the root of the checkpoint")
        outside = self._outside
        if outside is None:
            return
        if outside.size > head.size:
            raise BrokenError(
                "checkpoint inconsistent",
                f"the checkpoint from outside is of {outside.size} receipts, the log has only {head.size}: "
                "receipts were cut off, or an old copy was put back",
            )
        if outside.size == head.size:
            known: bytes | None = head.root
        elif self.complete:
            known = self._outside_root
        else:
            raise BrokenError(
                "checkpoint inconsistent",
                f"the checkpoint from outside is of {outside.size} receipts, the file's of {head.size}; "
                "a file that lacks receipts can only be compared with its own checkpoint",
            )
        if known != outside.root:
            raise BrokenError(
                "checkpoint inconsistent",
                f"the first {outside.size} receipts are not those that the checkpoint from outside is of",
            )

    def result(self, error: BrokenError | None = None) -> Verification:
        """Return what was found, which is `error` where there is one."""
        return Verification(
            None if error is None else error.finding,
            decisions=self.audit.decisions,
            outcomes=self.audit.outcomes,
            pending=self.audit.pending,
            erased=self.audit.erased,
            size=0 if self.head is None else self.head.size,
            root=b"" if self.head is None else self.head.root,
            anchored=self.anchored,
            pinned=self.pinned,
        )
