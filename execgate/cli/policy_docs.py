"""`execgate policy docs`: the reference of the policy language as Markdown."""

from __future__ import annotations

import argparse

from execgate.cli.console import Console
from execgate.cli.parser import Parser, examples, statuses


def configure(parser: Parser) -> None:
    """Add the examples and the exit statuses."""
    parser.epilog = "\n\n".join(
        [
            examples("execgate policy docs", "execgate policy docs > policy-reference.md"),
            statuses("0  printed"),
        ]
    )


def execute(_options: argparse.Namespace, console: Console) -> int:
    """Print the reference and return the exit status."""
    from execgate.policy.reference import markdown

    console.out(markdown())
    return 0
