"""`execgate doctor`: what this machine can and cannot do, with the fix for each."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from execgate.cli.console import Console
from execgate.cli.parser import Parser, add_format, add_home, examples, statuses
from execgate.gate import default_home
from execgate.report.escape import visible
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

    home = Path(options.home) if options.home else default_home()
    checks = [*check_machine(home), *diagnose()]
    if options.format == "json":
        console.out(dumps({"ok": all(check.ok for check in checks), "checks": [_json(c) for c in checks]}))
    else:
        console.out(_text(checks, console))
    return ALL_THERE if all(check.ok for check in checks) else MISSING


def _text(checks: Sequence[Check], console: Console) -> str:
    style = console.out_style
    width = max(len(check.name) for check in checks)
    lines = []
    for check in checks:
        mark = style.paint("ok     ", "allow") if check.ok else style.paint("missing", "deny")
        lines.append(f"{mark}  {check.name:<{width}}  {visible(check.detail, style)}")
        if not check.ok:
            if check.needed_for:
                lines.append(f"{'':9}{'':{width}}  needed for: {visible(check.needed_for, style)}")
            if check.fix:
                lines.append(f"{'':9}{'':{width}}  {style.paint('fix', 'help')}: {visible(check.fix, style)}")
    missing = sum(not check.ok for check in checks)
    lines.append("all there" if not missing else f"{plural(missing, 'thing')} missing")
    return "\n".join(lines) + "\n"


def _json(check: Check) -> dict[str, object]:
    return {
        "name": check.name,
        "ok": check.ok,
        "detail": check.detail,
        "fix": check.fix,
        "needed_for": check.needed_for,
    }
