"""`execgate receipts show`: one receipt, for people or whole."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from execgate.cli.console import Console
from execgate.cli.parser import Parser, add_format, add_home, examples, statuses
from execgate.cli.receipts import RECEIPT_STATUSES, found, opened
from execgate.report.json import dumps
from execgate.report.receipts import receipt_text


def configure(parser: Parser) -> None:
    """Add the options, the examples and the exit statuses."""
    parser.add_argument("id", metavar="ID", help="the receipt's id, or its first characters (at least 6)")
    add_format(parser, "text", "json")
    add_home(parser)
    parser.epilog = "\n\n".join(
        [
            examples(
                "execgate receipts show 8e2e4a6c",
                "execgate receipts show 8e2e4a6c-6f0a-4f3e-9c55-1f3c2f6f2b11 --format json",
            ),
            statuses(*RECEIPT_STATUSES),
        ]
    )


def execute(options: argparse.Namespace, console: Console) -> int:
    """Print the receipt; what it says by digest is put in its place for people, and kept apart in JSON."""
    with opened(options) as store:
        receipt = found(store, options.id)
    document = receipt.to_json()
    if options.format == "json":
        console.out(dumps(document))
        return 0
    predicate = _whole(document["predicate"], receipt.resolved)
    console.out(receipt_text({**document, "predicate": predicate}, console.out_style))
    return 0


def _whole(predicate: Mapping[str, Any], resolved: Callable[[Any], Any]) -> dict[str, Any]:
    """Return the predicate with the parts that were too large for it put back."""
    whole = dict(predicate)
    if "policy_evaluation" in whole:
        evaluation = _put_back(
            whole["policy_evaluation"],
            ("violations", "warnings", "overrides", "context", "confines", "analysis", "error"),
            resolved,
        )
        analysis = evaluation["analysis"]
        if isinstance(analysis, Mapping):
            evaluation["analysis"] = _put_back(analysis, ("operations", "gaps", "earlier"), resolved)
        whole["policy_evaluation"] = evaluation
    if "result" in whole:
        whole["result"] = _put_back(whole["result"], ("artifacts", "detail"), resolved)
    return whole


def _put_back(
    part: Mapping[str, Any], names: Sequence[str], resolved: Callable[[Any], Any]
) -> dict[str, Any]:
    return {name: resolved(value) if name in names else value for name, value in part.items()}
