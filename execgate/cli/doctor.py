"""`execgate doctor`: what this machine can and cannot do, with the fix for each."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from execgate.cli.console import Console
from execgate.cli.parser import Parser, add_format, add_home, examples, statuses
from execgate.cli.receipts import named_home
from execgate.report.escape import Style, visible
from execgate.report.json import dumps
from execgate.report.text import plural

if TYPE_CHECKING:
    from execgate.sandbox import Check

ALL_THERE, MISSING = 0, 1


def configure(parser: Parser) -> None:
    """Add the options, the examples and the exit statuses."""
    add_format(parser, "text", "json")
    add_home(parser)
    parser.epilog = "\n\n".join(
        [
            "Nothing is changed, pulled or started: each check that fails names what to do.",
            examples("execgate doctor", "execgate doctor --format json"),
            statuses("0  all there", "1  something is missing"),
        ]
    )


def execute(options: argparse.Namespace, console: Console) -> int:
    """Check everything, print it, and return the exit status."""
    from execgate.cli.machine import check_machine
    from execgate.sandbox import diagnose

    checks = [*check_machine(named_home(options)), *diagnose()]
    missing = sum(check.ok is False for check in checks)
    if options.format == "json":
        console.out(dumps({"ok": not missing, "checks": [asdict(check) for check in checks]}))
    else:
        console.out(_text(checks, console.out_style))
        console.note(f"{plural(missing, 'thing')} missing" if missing else "all there")
    return MISSING if missing else ALL_THERE


def _text(checks: Sequence[Check], style: Style) -> str:
    width = max(len(check.name) for check in checks)
    margin = " " * (9 + width)
    lines = []
    for check in checks:
        word, role = {True: ("ok", "allow"), False: ("missing", "deny"), None: ("note", "place")}[check.ok]
        mark = style.paint(f"{word:<7}", role)
        lines.append(f"{mark}  {check.name:<{width}}  {visible(check.detail, style)}")
        if check.ok is False and check.needed_for:
            lines.append(f"{margin}  needed for: {visible(check.needed_for, style)}")
        if not check.ok and check.fix:
            lines.append(f"{margin}  {style.paint('fix', 'help')}: {visible(check.fix, style)}")
    return "\n".join(lines) + "\n"
