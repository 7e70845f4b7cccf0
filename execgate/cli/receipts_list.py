"""`execgate receipts list`: the receipts, a line each."""

from __future__ import annotations

import argparse

from execgate.cli.console import Console
from execgate.cli.parser import Parser, add_format, add_home, examples, statuses
from execgate.cli.receipts import RECEIPT_STATUSES, opened
from execgate.report.json import dumps
from execgate.report.receipts import receipts_table


def configure(parser: Parser) -> None:
    """Add the options, the examples and the exit statuses."""
    parser.add_argument("--agent", metavar="A", help="only those of this executing agent")
    parser.add_argument(
        "--verdict", choices=("ALLOW", "DENY", "ESCALATE"), help="only those with this verdict"
    )
    parser.add_argument("--kind", choices=("decision", "outcome"), help="only those of this kind")
    parser.add_argument("--limit", type=_count, metavar="N", help="only the newest N")
    add_format(parser, "text", "json")
    add_home(parser)
    parser.epilog = "\n\n".join(
        [
            examples(
                "execgate receipts list --limit 20", "execgate receipts list --verdict DENY --format json"
            ),
            statuses(*RECEIPT_STATUSES),
        ]
    )


def execute(options: argparse.Namespace, console: Console) -> int:
    """Print the receipts, the newest last."""
    with opened(options) as store:
        rows = [
            summary.to_json()
            for summary in store.list(
                agent=options.agent, verdict=options.verdict, kind=options.kind, limit=options.limit
            )
        ]
    if options.format == "json":
        console.out(dumps({"receipts": rows}))
    elif rows:
        console.out(receipts_table(rows, console.out_style))
    else:
        console.note("no receipts" + (" like these" if _is_filtered(options) else ""))
    return 0


def _is_filtered(options: argparse.Namespace) -> bool:
    return any(value is not None for value in (options.agent, options.verdict, options.kind))


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text[:18]) == 0:
        raise argparse.ArgumentTypeError(f"a count from 1 is expected, got `{text}`")
    return int(text[:18])
