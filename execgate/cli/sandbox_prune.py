"""`execgate sandbox prune`: remove the images that this version of execgate does not use."""

from __future__ import annotations

import argparse

from execgate.cli.console import Console
from execgate.cli.parser import Parser, add_format, examples, statuses
from execgate.cli.sandbox import STATUSES, UNAVAILABLE
from execgate.errors import SandboxUnavailableError
from execgate.report.escape import visible
from execgate.report.json import dumps
from execgate.report.text import plural

_NOTE = """An image that a container still uses stays.  Run it while no other gate runs: what is removed
is made anew when it is needed, but images from a Dockerfile have to be built again."""


def configure(parser: Parser) -> None:
    """Add the options, the examples and the exit statuses."""
    parser.add_argument(
        "--layers", action="store_true", help="remove the packages that programs had installed, too"
    )
    parser.add_argument("--all", action="store_true", help="remove the images of this version, too")
    add_format(parser, "text", "json")
    parser.epilog = "\n\n".join(
        [
            _NOTE,
            examples(
                "execgate sandbox prune",
                "execgate sandbox prune --layers",
                "execgate sandbox prune --all --format json",
            ),
            statuses("0  done, also where there was nothing", *STATUSES),
        ]
    )


def execute(options: argparse.Namespace, console: Console) -> int:
    """Remove them, print what went, and return the exit status."""
    from execgate.sandbox.image import prune_images
    from execgate.sandbox.image.root import prune_roots
    from execgate.sandbox.layers import prune_layers

    status = 0
    removed = {"roots": list(prune_roots(everything=options.all)), "images": [], "layers": []}
    if options.layers or options.all:
        removed["layers"] = list(prune_layers())
    kept: list[str] = []
    try:
        gone, kept_ = prune_images(everything=options.all)
        removed["images"], kept = list(gone), list(kept_)
    except SandboxUnavailableError as error:
        console.error(error)
        status = UNAVAILABLE
    if options.format == "json":
        console.out(dumps({"removed": removed, "kept": kept}))
        return status
    for kind, ids in removed.items():
        for one in ids:
            console.out(f"removed {kind[:-1]} {visible(one, console.out_style)}\n")
    for line in kept:
        console.note(f"still in use: {visible(line, console.error_style)}")
    if not any(removed.values()):
        console.note("nothing to remove")
    else:
        console.note(
            ", ".join(plural(len(ids), kind[:-1]) for kind, ids in removed.items() if ids) + " removed"
        )
    return status
