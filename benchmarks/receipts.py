"""A durable decision (signed, with a signed checkpoint) against a raw write and fsync of its bytes."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from benchmarks.measure import Row, interleaved, seconds, shown
from execgate.model.conversation import Conversation
from execgate.model.operation import FileOperation, ModuleImport, NetworkCall
from execgate.model.program import Program
from execgate.model.source import Source, Span
from execgate.model.verdict import Clause, Ruling, Verdict
from execgate.receipts import CallPart, ReceiptStore

SIZES = (0, 10_000)
ROUNDS = 300
TARGET = 5.0

CODE = """\
import csv
import json
with open("/data/orders.csv") as table:
    rows = list(csv.reader(table))
fetch("https://api.example.com/v1/rates")
open("/data/summary.json", "w").write(json.dumps(rows))
"""
POLICY = """\
agent "bench" {
  can "code_execution" with constraints {
    allowed_imports: ["csv", "json"]
    allowed_file_operations: ["read", "write"]
    allowed_hosts: ["api.example.com"]
  }
}
"""


def measure() -> list[Row]:
    """Return the time of one append to a log of each size, as a ratio to a raw write and fsync."""
    # In the working folder: a temporary folder may lie in memory, where fsync costs nothing.
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as folder:
        return [_measured(Path(folder) / str(size), size) for size in SIZES]


def _measured(home: Path, size: int) -> Row:
    verdict, talk = _verdict(), Conversation("writer", "group", "please sum up the orders", "running it", 7)
    call = CallPart(0, 1, approved=True)
    with ReceiptStore.open(home) as store, (home.parent / f"{size}.raw").open("wb", buffering=0) as raw:
        envelope = store.decision(verdict, talk, call=call).envelope
        for _ in range(size):
            store.decision(verdict, talk, call=call)

        def write() -> None:
            raw.write(envelope)
            os.fsync(raw.fileno())

        append, bare = interleaved(ROUNDS, lambda: store.decision(verdict, talk, call=call), write)
        proof = seconds(lambda: store.inclusion_proof(size // 2))
    return Row(
        *("receipts", f"a decision, in a log of {size:,}", append),
        *("write and fsync of the same bytes", bare),
        ROUNDS,
        TARGET,
        note=f"{len(envelope):,} bytes; an inclusion proof takes {shown(proof)}",
    )


def _verdict() -> Verdict:
    source, span = Source(CODE, "job.py"), Span(1, 0, 1, 10)
    operations = (
        ModuleImport(via="import", location=span, module="csv"),
        ModuleImport(via="import", location=span, module="json"),
        FileOperation(via="open", location=span, operation="read", paths=("/data/orders.csv",)),
        NetworkCall(
            via="fetch", location=span, destination="api.example.com", port=443, scheme="https", method="GET"
        ),
        FileOperation(via="open", location=span, operation="write", paths=("/data/summary.json",)),
    )
    clause = Clause("bench.policy", Span(2, 2, 2, 40), 'can "code_execution" with constraints {')
    return Verdict(
        source,
        "bench",
        Program(source, operations),
        tuple(Ruling(index, (clause,)) for index in range(len(operations))),
        policy_digest="sha256:" + hashlib.sha256(POLICY.encode()).hexdigest(),
        policy_text=POLICY,
        constraints={"allowed_imports": ["csv", "json"], "allowed_file_operations": ["read", "write"]},
    )


def main() -> None:
    """Print each median and its ratio."""
    for row in measure():
        times = f"{shown(row.seconds)}, {row.ratio:.2f} times {row.against} ({shown(row.against_seconds)})"
        print(f"{row.what}: {times}; {row.note}")


if __name__ == "__main__":
    main()
