"""Verification of an exported file, offline and without the store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from execgate.errors import ReceiptError
from execgate.receipts import checks, tree
from execgate.receipts.bundle import Bundle
from execgate.receipts.canonical import MalformedError
from execgate.receipts.checks import BrokenError
from execgate.receipts.examination import Examination, Given
from execgate.receipts.home import translated
from execgate.receipts.values import Receipt, Verification


def verify_file(
    path: Path, *, checkpoint: Path | None = None, key: Path | None = None, complete: bool = True
) -> Verification:
    """Return what is to be said of an exported file; the first thing that is wrong is its `finding`.

    `checkpoint` is a signed checkpoint that was kept elsewhere, `key` a copy of the log's `public.txt`.
    Without `complete`, receipts may be missing from the file, and each is only proven to be in the log.
    Raises ReceiptError where a file can't be read at all.
    """
    given = Given.read(checkpoint, key)
    examination: Examination | None = None
    first: Bundle | None = None
    last = -1
    try:
        with translated(path), path.open("rb") as file:
            for number, line in enumerate(file, 1):
                try:
                    bundle = Bundle.parse(line)
                except MalformedError as error:
                    raise BrokenError("malformed receipt", f"line {number}: {error}") from error
                if examination is None or first is None:
                    first, examination = bundle, Examination(bundle.keys, given, complete=complete)
                    examination.head = examination.signed(bundle.checkpoint, "the checkpoint of the file")
                _check_same(first, bundle, number)
                _check(examination, bundle, last)
                last = bundle.merkle_index
        if examination is None or examination.head is None:
            raise ReceiptError(
                f"{path} is empty: there is nothing to verify", help="export the receipts again"
            )
        examination.finish(examination.head)
    except BrokenError as error:
        return Verification(error.finding) if examination is None else examination.result(error)
    return examination.result()


def receipts_of(path: Path) -> Iterator[Receipt]:
    """Yield every receipt of an exported file with its texts; for a file that was verified before.

    Raises ReceiptError where it can't be read.
    """
    with translated(path), path.open("rb") as file:
        for line in file:
            bundle = Bundle.parse(line)
            yield replace(checks.read(bundle.merkle_index, bundle.envelope), bodies=bundle.bodies)


def _check_same(first: Bundle, bundle: Bundle, number: int) -> None:
    if bundle.keys != first.keys or bundle.checkpoint != first.checkpoint:
        raise BrokenError(
            "checkpoint inconsistent", f"line {number} has other keys or another checkpoint than the first"
        )


def _check(examination: Examination, bundle: Bundle, last: int) -> None:
    index, head = bundle.merkle_index, examination.head
    if index <= last or (examination.complete and index != last + 1):
        raise BrokenError("index gap", f"receipt {index} stands where receipt {last + 1} is expected")
    receipt, _ = examination.take(index, bundle.envelope, bundle.bodies.get)
    if set(bundle.bodies) != set(receipt.bodies):
        raise BrokenError("unknown body", "the line holds a text that the receipt does not name", index)
    leaf = tree.leaf_hash(bundle.envelope)
    if head is None or not tree.included(leaf, index, head.size, bundle.inclusion_proof, head.root):
        raise BrokenError(
            "leaf not in tree",
            "its proof does not lead to the root of the checkpoint",
            index,
            receipt.receipt_id,
        )
