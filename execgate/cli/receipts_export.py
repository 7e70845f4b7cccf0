"""`execgate receipts export`: receipts as a file that others can verify."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from execgate.cli.console import Console
from execgate.cli.inputs import check_file
from execgate.cli.parser import Parser, add_format, add_home, examples, statuses
from execgate.cli.receipts import RECEIPT_STATUSES, opened
from execgate.report.json import dumps
from execgate.report.text import plural


def configure(parser: Parser) -> None:
    """Add the options, the examples and the exit statuses."""
    parser.add_argument(
        "--out", metavar="FILE", required=True, help="the file to write; an older one is replaced"
    )
    add_format(parser, "text", "json")
    add_home(parser)
    parser.epilog = "\n\n".join(
        [
            "Each line of the file is one receipt with its proof, the checkpoint and the public keys.",
            examples(
                "execgate receipts export --out receipts.jsonl",
                "execgate receipts verify receipts.jsonl",
            ),
            statuses(*RECEIPT_STATUSES),
        ]
    )


def execute(options: argparse.Namespace, console: Console) -> int:
    """Write the file and say how many receipts it holds."""
    out = Path(options.out) if not os.path.lexists(options.out) else check_file(options.out)
    with opened(options) as store:
        count = store.export(out)
    if options.format == "json":
        console.out(dumps({"path": options.out, "receipts": count}))
    else:
        console.note(f"wrote {plural(count, 'receipt')} to {options.out}")
    return 0
