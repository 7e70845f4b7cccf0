"""`execgate sandbox build`: make an image that programs run in."""

from __future__ import annotations

import argparse
from pathlib import Path

from execgate.cli.console import Console
from execgate.cli.parser import Parser, UsageError, add_format, examples, statuses
from execgate.cli.sandbox import STATUSES, UNAVAILABLE, add_backend, described, uses_engine
from execgate.errors import SandboxUnavailableError
from execgate.report.escape import visible
from execgate.report.json import dumps


def configure(parser: Parser) -> None:
    """Add the options, the examples and the exit statuses."""
    parser.add_argument(
        "name",
        nargs="?",
        default="base",
        metavar="NAME",
        help="base, data-science (numpy, pandas, matplotlib), or with --dockerfile any other (default: base)",
    )
    parser.add_argument(
        "--dockerfile", metavar="F", help="make it from a Dockerfile; its folder is what it can copy from"
    )
    parser.add_argument(
        "--wheels",
        metavar="DIR",
        help="take libraries from this folder of wheels and no network (default: $EXECGATE_WHEELS)",
    )
    parser.add_argument(
        "--index",
        metavar="URL",
        help="take libraries from this index alone (default: $EXECGATE_INDEX_URL, else PyPI)",
    )
    add_backend(parser)
    add_format(parser, "text", "json")
    parser.epilog = "\n\n".join(
        [
            "An image is made anew also where there is one; the same inputs give the same id.",
            examples(
                "execgate sandbox build",
                "execgate sandbox build data-science",
                "execgate sandbox build data-science --wheels ./wheels    offline",
                'execgate sandbox build geo --dockerfile geo/Dockerfile   then `image: "geo"` in a policy',
            ),
            statuses("0  the image is there", *STATUSES),
        ]
    )


def execute(options: argparse.Namespace, console: Console) -> int:
    """Make the image, tell how it goes, and return the exit status."""
    from execgate.sandbox.image import BASE, DATA_SCIENCE, build_image
    from execgate.sandbox.image.root import ensure_root
    from execgate.sandbox.packages.index import Index

    if options.dockerfile is None and options.name not in {BASE, DATA_SCIENCE}:
        raise UsageError(
            f"unknown image `{visible(options.name, limit=100)}`",
            help=f"there are `{BASE}` and `{DATA_SCIENCE}`; --dockerfile makes any other",
        )
    if options.dockerfile is not None and options.name in {BASE, DATA_SCIENCE}:
        raise UsageError(
            f"`{options.name}` is not made from a Dockerfile", help="give the image a name of its own"
        )
    if options.name != DATA_SCIENCE and (options.wheels or options.index):
        raise UsageError(
            "--wheels and --index are for data-science", help="a Dockerfile installs what it needs itself"
        )
    index = Index.configured(options.index, options.wheels)
    try:
        if uses_engine(options, needs_engine=options.dockerfile is not None):
            file = None if options.dockerfile is None else Path(options.dockerfile)
            image = build_image(name=options.name, dockerfile=file, index=index, on_progress=console.note)
            row = described(image.id, image.facts, where="docker", size_bytes=image.size_bytes)
        else:
            root = ensure_root(options.name, index=index, on_progress=console.note, fresh=True)
            row = described(root.id, root.facts, where="bubblewrap", path=str(root.path))
    except SandboxUnavailableError as error:
        console.error(error)
        return UNAVAILABLE
    if options.format == "json":
        console.out(dumps({"image": row}))
    else:
        style = console.out_style
        console.out(f"{style.paint('ok', 'allow')}: {visible(row['name'], style)} {row['id']}\n")
    return 0
