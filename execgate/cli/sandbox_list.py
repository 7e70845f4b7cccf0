"""`execgate sandbox list`: the images there are, and what is in them."""

from __future__ import annotations

import argparse
from typing import Any

from execgate.cli.console import Console
from execgate.cli.parser import Parser, add_format, examples, statuses
from execgate.cli.sandbox import STATUSES, UNAVAILABLE, described
from execgate.errors import SandboxUnavailableError
from execgate.report.escape import Style, visible
from execgate.report.json import dumps
from execgate.report.text import plural


def configure(parser: Parser) -> None:
    """Add the options, the examples and the exit statuses."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="only those of this name")
    parser.add_argument("--packages", action="store_true", help="list what is in each, too")
    add_format(parser, "text", "json")
    parser.epilog = "\n\n".join(
        [
            "`contents` is the digest under which outcome receipts keep an image's packages.",
            examples(
                "execgate sandbox list",
                "execgate sandbox list data-science --packages",
                "execgate sandbox list --format json",
            ),
            statuses("0  listed, also where there is none", *STATUSES),
        ]
    )


def execute(options: argparse.Namespace, console: Console) -> int:
    """Print the images of the engine and the roots of this machine, and return the exit status."""
    from execgate.sandbox.image import list_images
    from execgate.sandbox.image.root import list_roots

    rows = [
        described(root.id, root.facts, where="bubblewrap", current=current, path=str(root.path))
        for root, current in list_roots()
    ]
    try:
        rows += [
            described(
                image.id, image.facts, where="docker", current=image.current, size_bytes=image.size_bytes
            )
            for image in list_images()
        ]
    except SandboxUnavailableError as error:
        # Without an engine there still are the roots; without either, the engine is what is missed.
        if not rows:
            console.error(error)
            return UNAVAILABLE
        console.note(f"no engine was asked: {visible(error.message, console.error_style)}")
    rows = [row for row in rows if options.name in {None, row["name"]}]
    if options.format == "json":
        console.out(dumps({"images": rows}))
    elif rows:
        console.out(_text(rows, console.out_style, packages=options.packages))
    else:
        console.note("no images" + (" of this name" if options.name else ""))
    return 0


def _text(rows: list[dict[str, Any]], style: Style, *, packages: bool) -> str:
    width = max(len(row["name"]) for row in rows)
    lines = []
    for row in rows:
        size = "" if row["size_bytes"] is None else f", {row['size_bytes'] / 1e6:.0f} MB"
        age = "" if row["current"] else style.paint("  of another version of execgate", "place")
        lines.append(
            f"{visible(row['name'], style):<{width}}  {row['id'].removeprefix('sha256:')[:12]}"
            f"  {row['where']},"
            f" from {visible(row['way'], style)}, Python {visible(row['python'], style)}{size},"
            f" {plural(len(row['packages']), 'package')}{age}"
        )
        if packages:
            lines += [
                visible(f"    {package['kind']:<7} {package['name']} {package['version']}", style)
                for package in row["packages"]
            ]
    return "\n".join(lines) + "\n"
