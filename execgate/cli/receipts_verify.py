"""`execgate receipts verify`: whether receipts are what was written, offline."""

from __future__ import annotations

import argparse

from execgate.cli.console import Console
from execgate.cli.inputs import check_file
from execgate.cli.parser import Parser, UsageError, add_format, add_home, examples, statuses
from execgate.cli.receipts import opened
from execgate.report.escape import visible
from execgate.report.json import dumps

VERIFIED, FAILED = 0, 1


def configure(parser: Parser) -> None:
    """Add the options, the examples and the exit statuses."""
    parser.add_argument(
        "file", nargs="?", metavar="FILE", help="an exported file (default: the store itself)"
    )
    parser.add_argument(
        "--checkpoint",
        metavar="FILE",
        help="a checkpoint that was kept elsewhere: shows that nothing was cut off since",
    )
    parser.add_argument(
        "--key",
        metavar="FILE",
        help="the public keys, kept elsewhere: shows that nobody else wrote the receipts",
    )
    parser.add_argument(
        "--partial",
        action="store_true",
        help="the file may lack receipts of the log; each that is there is proven to belong to it",
    )
    add_format(parser, "text", "json")
    add_home(parser)
    parser.epilog = "\n\n".join(
        [
            examples(
                "execgate receipts verify",
                "execgate receipts verify --checkpoint yesterday.checkpoint --key public.txt",
                "execgate receipts verify receipts.jsonl --key public.txt",
            ),
            statuses(
                "0  everything verifies; the caveats say what could not be checked",
                "1  verification failed; the first thing that is wrong is named",
                "2  there is nothing to verify, or it can't be read",
            ),
        ]
    )


def execute(options: argparse.Namespace, console: Console) -> int:
    """Verify, print the result and return the exit status."""
    if options.partial and options.file is None:
        raise UsageError("--partial is about a FILE", help="name the exported file, or leave --partial out")
    checkpoint = None if options.checkpoint is None else check_file(options.checkpoint)
    key = None if options.key is None else check_file(options.key)
    if options.file is None:
        with opened(options) as store:
            result = store.verify(checkpoint=checkpoint, key=key)
    else:
        from execgate.receipts import verify_file

        file = check_file(options.file)
        result = verify_file(file, checkpoint=checkpoint, key=key, complete=not options.partial)
    if options.format == "json":
        console.out(dumps(result.to_json()))
    else:
        style = console.out_style
        lines = [visible(line, style) for line in str(result).splitlines()]
        lines[0] = style.paint(lines[0], "allow" if result.ok else "deny")
        console.out("\n".join(lines) + "\n")
    return VERIFIED if result.ok else FAILED
