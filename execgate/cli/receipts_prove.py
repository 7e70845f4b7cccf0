"""`execgate receipts prove`: that one receipt is in the log, without the others."""

from __future__ import annotations

import argparse
import base64

from execgate.cli.console import Console
from execgate.cli.parser import Parser, add_format, add_home, examples, statuses
from execgate.cli.receipts import RECEIPT_STATUSES, found, opened
from execgate.report.json import dumps


def configure(parser: Parser) -> None:
    """Add the options, the examples and the exit statuses."""
    parser.add_argument("id", metavar="ID", help="the receipt's id, or its first characters (at least 6)")
    add_format(parser, "text", "json")
    add_home(parser)
    parser.epilog = "\n\n".join(
        [
            "The proof is a Merkle inclusion proof (RFC 9162), from the leaf to the root in the checkpoint.",
            examples("execgate receipts prove 8e2e4a6c-6f0a-4f3e-9c55-1f3c2f6f2b11 --format json"),
            statuses(*RECEIPT_STATUSES),
        ]
    )


def execute(options: argparse.Namespace, console: Console) -> int:
    """Print leaf, proof and checkpoint, which belong together."""
    with opened(options) as store:
        receipt = found(store, options.id)
        checkpoint = store.checkpoint()
        while True:
            proof = store.inclusion_proof(receipt.merkle_index)
            now = store.checkpoint()
            if now == checkpoint:
                break
            checkpoint = now  # Another process appended in between.
    hashes = [base64.b64encode(part).decode("ascii") for part in proof]
    document = {
        "receipt_id": receipt.receipt_id,
        "merkle_index": receipt.merkle_index,
        "leaf_hash": receipt.leaf_hash,
        "inclusion_proof": hashes,
        "checkpoint": checkpoint.decode("utf-8"),
    }
    if options.format == "json":
        console.out(dumps(document))
        return 0
    console.out(f"receipt {receipt.receipt_id}\nindex {receipt.merkle_index}\nleaf {receipt.leaf_hash}\n")
    console.out("".join(f"proof {part}\n" for part in hashes))
    console.out("\n" + checkpoint.decode("utf-8"))
    return 0
