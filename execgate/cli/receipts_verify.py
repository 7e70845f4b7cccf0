"""`execgate receipts verify`: whether receipts are what was written, offline."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from execgate.cli.console import Console
from execgate.cli.inputs import check_file
from execgate.cli.parser import Parser, UsageError, add_format, add_home, examples, statuses
from execgate.cli.receipts import opened
from execgate.errors import InputError
from execgate.report.escape import visible
from execgate.report.json import dumps
from execgate.report.text import plural

if TYPE_CHECKING:
    from execgate.receipts import Receipt
    from execgate.rejudging import Rejudged

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
    parser.add_argument(
        "--rejudge",
        action="store_true",
        help="derive each verdict again, from the code, policy and context that its receipt holds",
    )
    add_format(parser, "text", "json")
    add_home(parser)
    parser.epilog = "\n\n".join(
        [
            examples(
                "execgate receipts verify",
                "execgate receipts verify --checkpoint yesterday.checkpoint --key public.txt",
                "execgate receipts verify receipts.jsonl --key public.txt",
                "execgate receipts verify receipts.jsonl --rejudge",
            ),
            statuses(
                "0  everything verifies; the caveats say what could not be checked",
                "1  verification failed; the first thing that is wrong is named, or a verdict is another",
                "2  there is nothing to verify, or it can't be read",
            ),
        ]
    )


def execute(options: argparse.Namespace, console: Console) -> int:
    """Verify, print the result and return the exit status."""
    if options.partial and options.file is None:
        raise UsageError("--partial is about a FILE", help="name the exported file, or leave --partial out")
    checkpoint = None if options.checkpoint is None else check_file(options.checkpoint)
    if checkpoint is not None:
        _check_checkpoint(checkpoint, options.checkpoint)
    key = None if options.key is None else check_file(options.key)
    again: list[Rejudged] = []
    if options.file is None:
        with opened(options) as store:
            result = store.verify(checkpoint=checkpoint, key=key)
            if options.rejudge and result.ok:
                again = _rejudged(store.get(line.receipt_id) for line in store.list(kind="decision"))
    else:
        from execgate.receipts import receipts_of, verify_file

        file = check_file(options.file)
        _check_export(file, options.file)
        result = verify_file(file, checkpoint=checkpoint, key=key, complete=not options.partial)
        if options.rejudge and result.ok:
            again = _rejudged(receipts_of(file))
    differing = [one for one in again if one.differs is not None]
    if options.format == "json":
        told = {"rejudged": [one.to_json() for one in again]} if options.rejudge else {}
        console.out(dumps({**result.to_json(), **told}))
    else:
        style = console.out_style
        lines = [visible(line, style) for line in str(result).splitlines()]
        lines[0] = style.paint(lines[0], "allow" if result.ok else "deny")
        if options.rejudge and result.ok:
            lines += [visible(line, style) for line in _told(again)]
        console.out("\n".join(lines) + "\n")
    return VERIFIED if result.ok and not differing else FAILED


def _rejudged(receipts: Iterable[Receipt]) -> list[Rejudged]:
    from execgate.rejudging import judged_again

    return judged_again(receipts)


def _told(again: Sequence[Rejudged]) -> Iterator[str]:
    """Yield how many verdicts are as their receipts say, each that is not, and what was not judged."""
    differing = [one for one in again if one.differs is not None]
    skipped = Counter(one.why for one in again if one.why is not None)
    count = len(again) - sum(skipped.values())
    yield f"judged {plural(count, 'decision')} again: {count - len(differing)} as the receipt says"
    for one in differing:
        yield f"receipt {one.receipt.merkle_index} ({one.receipt.receipt_id}): {one.differs}"
    for why, number in sorted(skipped.items()):
        yield f"{plural(number, 'decision')} not judged again: {why}"


def _check_export(path: Path, named: str) -> None:
    """Raise InputError for a file no line of which was ever an exported receipt."""
    try:
        with path.open("rb") as lines:
            first = lines.read(1)
            lines.seek(0)
            if first and not any(line.startswith(b'{"bodies"') or b'"bundle"' in line for line in lines):
                raise InputError(
                    f"{named}: no exported receipts",
                    help="name a file that `execgate receipts export` has written",
                )
    except OSError as error:
        raise InputError(f"{named}: can't be read: {error.strerror}") from error


def _check_checkpoint(path: Path, named: str) -> None:
    """Raise InputError for a file that is no checkpoint, whoever signed it."""
    from execgate.receipts.canonical import MalformedError
    from execgate.receipts.home import read_small
    from execgate.receipts.note import parse

    try:
        parse(read_small(path))
    except OSError as error:
        raise InputError(f"{named}: can't be read: {error.strerror}") from error
    except MalformedError as error:
        raise InputError(
            f"{named}: no checkpoint: {error}",
            help="pass a copy of the file `checkpoint` of the state folder",
        ) from error
