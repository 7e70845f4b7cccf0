"""`execgate policy check`: every mistake in policy files, with its place and the fix."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from execgate.cli import policies
from execgate.cli.console import Console
from execgate.cli.parser import Parser, add_format, examples, statuses
from execgate.errors import PolicyError
from execgate.report.escape import visible
from execgate.report.json import dumps, error_document
from execgate.report.text import plural

FINE, FINDINGS, UNUSABLE = 0, 1, 2


def configure(parser: Parser) -> None:
    """Add the options, the examples and the exit statuses."""
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="a policy file, or a folder of *.policy files (default: what analyze and run would use)",
    )
    add_format(parser, "text", "json")
    parser.epilog = "\n\n".join(
        [
            examples("execgate policy check", "execgate policy check policies/ other.policy --format json"),
            statuses(
                "0  every policy is fine",
                "1  a policy has mistakes",
                "2  a path can't be read, holds no text, or is a folder without policies",
            ),
        ]
    )


def execute(options: argparse.Namespace, console: Console) -> int:
    """Check every path by itself, print what is wrong, and return the exit status."""
    results = [_check(path) for path in options.paths or [str(policies.find(None))]]
    if options.format == "json":
        statuses_ = [result.status for result in results]
        summary = {
            "paths": len(results),
            "fine": statuses_.count(FINE),
            "findings": statuses_.count(FINDINGS),
            "errors": statuses_.count(UNUSABLE),
        }
        console.out(dumps({"results": [result.to_json() for result in results], "summary": summary}))
    else:
        for result in results:
            _tell(result, console)
    return max(result.status for result in results)


@dataclass(frozen=True, slots=True)
class _Result:
    path: str
    agents: tuple[str, ...] = ()
    error: PolicyError | None = None
    readable: bool = True

    @property
    def status(self) -> int:
        if self.error is None:
            return FINE
        return FINDINGS if self.readable else UNUSABLE

    def to_json(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "ok": self.error is None,
            "agents": list(self.agents),
            "error": error_document(self.error),
            "report": None if self.error is None else self.error.rendered,
        }


def _check(path: str) -> _Result:
    from execgate.policy import PolicySet

    try:
        return _Result(path, PolicySet.load(policies.find(path)).agents)
    except PolicyError as error:
        return _Result(path, error=error, readable=_readable(path))


def _readable(path: str) -> bool:
    """Return whether `path` holds text, so that what is wrong is in the text."""
    try:
        place = Path(path)
        found = place.glob("*.policy") if place.is_dir() else [place]
        files = [file for file in found if file == place or not file.name.startswith(".")]
        return bool(files) and all(
            file.is_file() and "\0" not in file.read_text(encoding="utf-8-sig") for file in files
        )
    except (OSError, ValueError):
        return False


def _tell(result: _Result, console: Console) -> None:
    style = console.out_style
    path = visible(result.path, style)
    if result.error is None:
        names = ", ".join(f"`{visible(name, style)}`" for name in result.agents)
        console.out(f"{style.paint('ok', 'allow')}: {path}: {plural(len(result.agents), 'agent')}: {names}\n")
    elif result.readable:
        console.out("".join(f"{visible(line, style)}\n" for line in result.error.rendered.splitlines()))
    else:
        console.error(result.error)
