"""`execgate receipts export`: receipts as a file that others can verify."""

from __future__ import annotations

import argparse
import errno
import os
import tempfile
from pathlib import Path

from execgate.cli.console import Console
from execgate.cli.inputs import check_file
from execgate.cli.parser import Parser, UsageError, add_format, add_home, examples, statuses
from execgate.cli.receipts import RECEIPT_STATUSES, home_of, opened
from execgate.errors import InputError, ReceiptError
from execgate.report.json import dumps
from execgate.report.text import plural


def configure(parser: Parser) -> None:
    """Add the options, the examples and the exit statuses."""
    parser.add_argument(
        "--out",
        metavar="FILE",
        required=True,
        help="the file to write, an older one is replaced; - for standard output",
    )
    add_format(parser, "text", "json")
    add_home(parser)
    parser.epilog = "\n\n".join(
        [
            "Each line of the file is one receipt with its proof, the checkpoint and the public keys.",
            examples(
                "execgate receipts export --out receipts.jsonl",
                "execgate receipts verify receipts.jsonl",
                "execgate receipts export --out - | gzip > receipts.jsonl.gz",
            ),
            statuses(*RECEIPT_STATUSES),
        ]
    )


STDOUT = "-"
_OTHER_FILE = "name a file in a folder that this user may write to"


def execute(options: argparse.Namespace, console: Console) -> int:
    """Write the file and say how many receipts it holds."""
    if options.out == STDOUT:
        count = _to_standard_output(options, console)
        console.note(f"wrote {plural(count, 'receipt')} to standard output")
        return 0
    out = _target(options)
    with opened(options) as store:
        try:
            count = store.export(out)
        except ReceiptError as error:
            cause = error.__cause__
            if not isinstance(cause, OSError) or Path(str(cause.filename)).parent != out.parent:
                raise
            why = (cause.strerror or str(cause)).lower()
            advice = error.help if cause.errno in {errno.ENOSPC, errno.EDQUOT} else _OTHER_FILE
            raise InputError(f"{options.out}: can't be written: {why}", help=advice) from error
    if options.format == "json":
        console.out(dumps({"path": options.out, "receipts": count}))
    else:
        console.note(f"wrote {plural(count, 'receipt')} to {options.out}")
    return 0


def _to_standard_output(options: argparse.Namespace, console: Console) -> int:
    if options.format == "json":
        raise UsageError(
            "`--out -` and `--format json` both write to standard output", help="leave one of them out"
        )
    with opened(options) as store, tempfile.TemporaryDirectory(prefix="execgate-") as folder:
        # A whole export or none: where it fails half-way, nothing must look like all.
        whole = Path(folder) / "receipts.jsonl"
        count = store.export(whole)
        with whole.open("rb") as lines:
            for line in lines:
                console.out(line)
    return count


def _target(options: argparse.Namespace) -> Path:
    """Return the path of a file that can be made or replaced without harm to the log; raises InputError."""
    from execgate.sandbox import Reserved

    if not options.out:
        raise InputError("an empty path names no file", help=_OTHER_FILE)
    out = Path(options.out).absolute()
    if os.path.lexists(out):
        check_file(options.out)
    elif not out.parent.is_dir():
        what = "not a folder" if os.path.lexists(out.parent) else "no such folder"
        raise InputError(f"{options.out}: {what}: {out.parent}", help=_OTHER_FILE)
    if Reserved((home_of(options),)).home_of(out) is not None:
        raise InputError(f"{options.out}: the log itself is kept there", help="name a file elsewhere")
    return out
