"""Authority Receipts: who had what judged, by which policy, what was decided and what came of it.

    store = ReceiptStore.open(home)
    decision = store.decision(verdict, conversation, call=CallPart(0, 1, verdict.allowed))
    outcome = store.outcome(decision, result)
    store.export(Path("receipts.jsonl"))
    print(verify_file(Path("receipts.jsonl")))

A receipt is a DSSE envelope around an in-toto statement; the log is a Merkle tree (RFC 9162) whose head
is a signed checkpoint (C2SP).  docs/receipts.md has the formats and what they protect against.
"""

from __future__ import annotations

from execgate.receipts.bodies import Body
from execgate.receipts.store import ReceiptStore
from execgate.receipts.values import CallPart, Finding, PolicySource, Receipt, ReceiptSummary, Verification
from execgate.receipts.verify_file import receipts_of, verify_file

__all__ = [
    "Body",
    "CallPart",
    "Finding",
    "PolicySource",
    "Receipt",
    "ReceiptStore",
    "ReceiptSummary",
    "Verification",
    "receipts_of",
    "verify_file",
]
