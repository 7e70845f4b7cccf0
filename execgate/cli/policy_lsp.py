"""`execgate policy lsp`: a language server for policies, over standard input and output."""

from __future__ import annotations

import argparse
import importlib.util
import os

from execgate.cli.console import Console
from execgate.cli.parser import Parser, examples, statuses
from execgate.errors import InputError

FINE = 0


def configure(parser: Parser) -> None:
    """Add the options, the examples and the exit statuses."""
    parser.add_argument(
        "--stdio",
        action="store_true",
        help="speak over standard input and output; there is no other way, editors may say so",
    )
    parser.epilog = "\n\n".join(
        [
            examples("execgate policy lsp", "pip install 'execgate[lsp]'   what it needs"),
            statuses("0  the editor is done", "2  pygls, which it needs, is not installed"),
        ]
    )


def execute(_options: argparse.Namespace, _console: Console) -> int:
    """Serve until the editor is done; return the exit status.  Raises InputError without pygls."""
    if importlib.util.find_spec("pygls") is None:
        raise InputError(
            "the language server needs pygls, which is not installed",
            help="install it: pip install 'execgate[lsp]'",
        )
    from execgate.cli.language_server import server

    # The server closes what it speaks over; the process still has its own streams then.
    with os.fdopen(os.dup(0), "rb") as questions, os.fdopen(os.dup(1), "wb") as answers:
        server().start_io(questions, answers)
    return FINE
