"""What the commands about the sandbox's images share."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from execgate.cli.parser import Parser

if TYPE_CHECKING:
    from execgate.sandbox.image.facts import Facts

UNAVAILABLE = 4
STATUSES = ("2  the command line is unusable", "4  the sandbox is not available, or the image can't be made")


def add_backend(parser: Parser) -> None:
    """Add `--sandbox`."""
    parser.add_argument(
        "--sandbox",
        choices=("docker", "bubblewrap"),
        help="for which sandbox (default: $EXECGATE_SANDBOX, else Docker where an engine answers)",
    )


def uses_engine(options: argparse.Namespace, *, needs_engine: bool) -> bool:
    """Return whether an engine is to have the image, or this machine a folder of it.

    Raises InputError where `EXECGATE_SANDBOX` names no sandbox.
    """
    from execgate.errors import SandboxUnavailableError
    from execgate.sandbox.choice import asked_for
    from execgate.sandbox.engine import connect

    named = asked_for(options.sandbox)
    if needs_engine or named == "docker":
        return True
    if named == "bubblewrap":
        return False
    try:
        connect().close()
    except SandboxUnavailableError:
        return False
    return True


def described(
    image: str,
    facts: Facts,
    *,
    where: str,
    current: bool = True,
    size_bytes: int | None = None,
    path: str | None = None,
) -> dict[str, Any]:
    """Return an image as the JSON document has it."""
    from execgate.sandbox.contents import digest

    return {
        "name": facts.name,
        "id": image,
        "where": where,
        "way": facts.way,
        "python": facts.python,
        "current": current,
        "size_bytes": size_bytes,
        "path": path,
        "contents": digest(facts.contents),
        "packages": [package.to_json() for package in facts.contents],
    }
