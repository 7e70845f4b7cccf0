"""`execgate policy import`: a governance file that a team already has, as a policy."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from execgate.cli import inputs
from execgate.cli.console import Console
from execgate.cli.parser import Parser, UsageError, add_format, examples, statuses
from execgate.cli.replace import replace
from execgate.errors import InputError, PolicyError
from execgate.model.money import Money
from execgate.report.escape import visible
from execgate.report.json import dumps, error_document

FINE, FINDINGS = 0, 1


def configure(parser: Parser) -> None:
    """Add the options, the examples and the exit statuses."""
    parser.add_argument("file", metavar="FILE", help="a governance file, in YAML or JSON, or -")
    parser.add_argument(
        "--agent", metavar="NAME", default="*", help="the agent, or pattern, that it governs (default: *)"
    )
    parser.add_argument(
        "--currency", metavar="CODE", help="what its amounts are in (default: what it says, else usd)"
    )
    parser.add_argument(
        "--max-amount", metavar="AMOUNT", help="the most of one payment, as in 50.00_usd (default: unlimited)"
    )
    parser.add_argument(
        "--tool",
        dest="tools",
        action="append",
        metavar="PATTERN",
        help='tools that are payments, such as "pay_*"; may be repeated (default: every tool)',
    )
    parser.add_argument(
        "--payments-only",
        action="store_true",
        help="grant payments alone, neither the code nor the tools that they come from",
    )
    parser.add_argument("--out", metavar="FILE", help="write the policy there instead of printing it")
    add_format(parser, "text", "json")
    parser.epilog = "\n\n".join(
        [
            examples(
                "execgate policy import governance.yaml",
                "execgate policy import governance.yaml --currency eur --out policies/payments.policy",
                'execgate policy import governance.yaml --agent "billing_*" --tool "pay_*"',
            ),
            statuses(
                "0  the policy was printed or written",
                "1  the file has mistakes, or says what no policy can; nothing was written",
                "2  the file can't be read, or the policy can't be written",
            ),
        ]
    )


def execute(options: argparse.Namespace, console: Console) -> int:
    """Print the policy, or write it to a file, and return the exit status."""
    from execgate.policy.governance import MAX_BYTES, Wanted, imported

    currency = None if options.currency is None else _money("--currency", f"1_{options.currency}").currency
    most = None if options.max_amount is None else _money("--max-amount", options.max_amount)
    if options.payments_only and options.tools:
        raise UsageError("--payments-only grants no tools, and --tool names some", help="give one of the two")
    tools = () if options.payments_only else tuple(options.tools or ("*",))
    wanted = Wanted(options.agent, currency, most, not options.payments_only, tools)
    read = inputs.read(options.file)
    if read.error is not None:
        raise InputError(f"{options.file}: {read.error.message}", help=read.error.help)
    if len(read.data) > MAX_BYTES:
        raise InputError(f"{options.file}: too large: at most {MAX_BYTES:,} bytes are read")
    try:
        found = imported(read.data, "<stdin>" if options.file == inputs.STDIN else options.file, wanted)
    except PolicyError as error:
        if options.format == "json":
            console.out(dumps({"policy": None, "notes": [], **_mistakes(error)}))
        else:
            style = console.out_style
            console.out("".join(f"{visible(line, style)}\n" for line in error.rendered.splitlines()))
        return FINDINGS
    if options.out is not None:
        _write(options.out, found.text)
    if options.format == "json":
        console.out(dumps({"policy": found.text, "notes": list(found.notes), **_mistakes(None)}))
        return FINE
    for note in found.notes:
        console.note(note)
    if options.out is None:
        console.out(found.text)
    else:
        console.note(f"wrote {options.out}")
    return FINE


def _money(option: str, text: str) -> Money:
    """Return an amount of the command line; raises UsageError for none."""
    from execgate.policy.constraints.quantities import MONEY, BadLimitError

    try:
        return MONEY.read(text)
    except BadLimitError as error:
        raise UsageError(f"{option}: {error}", help=error.help) from error


def _mistakes(error: PolicyError | None) -> dict[str, Any]:
    return {"error": error_document(error), "report": None if error is None else error.rendered}


def _write(name: str, text: str) -> None:
    path = Path(name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Made empty first, so that it is replaced in one step like a file that was there.
        path.open("ab").close()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(
            f"{name}: can't be written: {why.lower()}",
            help="name a file that this user may write",
        ) from error
    replace(path, text.encode("utf-8"))
