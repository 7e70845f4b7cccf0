"""`python -m benchmarks`: what the gate costs, as ratios to what the work would cost without it.

Everything that is compared is timed in turns within one run.  Times depend on the machine, ratios hardly.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

from benchmarks.measure import Row, SkippedError, shown

SECTIONS = {
    "analysis": "code to operations, against libcst.parse_module",
    "deadlines": "how late a program is stopped that does not want to be",
    "growth": "code to operations, from 100 lines to 20,000",
    "hostile": "code to operations, of programs that are written to break it",
    "policy": "the decision with 10 to 10,000 entries and agents, beside Cedar and agent-os-kernel; loading",
    "proxy": "what the way out of the sandbox adds to a connection",
    "receipts": "a durable receipt, against a raw write and fsync",
    "sandbox": "runs in containers, beside other executors, under load, with libraries loaded ahead",
    "watching": "programs that are watched, against the same ones in a guest that sees nothing",
    "start": "`execgate analyze` of one small file, against `python -c 'import libcst'`",
}


def main() -> int:
    """Measure the chosen sections and print them; 1 if any could not be measured."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="sections:\n" + "\n".join(f"  {name:10}{what}" for name, what in SECTIONS.items()),
    )
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS), metavar="SECTION")
    parser.add_argument("--corpus", type=Path, help='programs to analyse, one {"code": "..."} a line')
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of a table")
    options = parser.parse_args()

    rows: list[Row] = []
    skipped: dict[str, str] = {}
    for name in options.only:
        print(f"measuring {name} ...", file=sys.stderr)
        try:
            module = importlib.import_module(f"benchmarks.{name}")
            rows += module.measure(options.corpus) if name == "analysis" else module.measure()
        except SkippedError as error:
            skipped[name] = str(error)

    if options.json:
        print(json.dumps(_document(rows, skipped), indent=2))
    else:
        _print_table(rows, skipped)
    return 1 if skipped else 0


def _document(rows: list[Row], skipped: dict[str, str]) -> dict[str, Any]:
    return {
        "machine": {
            "python": platform.python_version(),
            "system": platform.platform(),
            "cores": os.cpu_count(),
        },
        "rows": [row.to_json() for row in rows],
        "skipped": skipped,
    }


def _print_table(rows: list[Row], skipped: dict[str, str]) -> None:
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores; medians\n")
    widths = [max((len(getattr(row, name)) for row in rows), default=0) for name in ("what", "against")]
    for row in rows:
        target = "" if row.target is None else f"  (target {row.target:g})"
        print(
            f"{row.section:9} {row.what:{widths[0]}} {shown(row.seconds):>8}"
            f"  against {row.against:{widths[1]}} {shown(row.against_seconds):>8}"
            f"  = {row.ratio:.3g} x{target}  n={row.n}" + (f"  {row.note}" if row.note else "")
        )
    for name, why in skipped.items():
        print(f"{name:9} not measured: {why}")


if __name__ == "__main__":
    sys.exit(main())
