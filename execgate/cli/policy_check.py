"""`execgate policy check`: every mistake and all that is doubtful, with its place and the fix."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from execgate.cli import policies
from execgate.cli.console import Console
from execgate.cli.parser import Parser, add_format, examples, statuses
from execgate.report.escape import visible
from execgate.report.json import dumps, error_document
from execgate.report.text import plural

if TYPE_CHECKING:
    from execgate.policy.findings import Checked
    from execgate.policy.problems import Problem

FINE, FINDINGS, UNUSABLE = 0, 1, 2


def configure(parser: Parser) -> None:
    """Add the options, the examples and the exit statuses."""
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="a policy file, or a folder of *.policy files (default: what analyze and run would use)",
    )
    parser.add_argument("--strict", action="store_true", help="let notes count as findings too")
    add_format(parser, "text", "json")
    parser.epilog = "\n\n".join(
        [
            examples(
                "execgate policy check",
                "execgate policy check policies/ --strict",
                "execgate policy check policies/ other.policy --format json",
            ),
            statuses(
                "0  every policy is fine; there may be notes",
                "1  a policy has mistakes, or there are warnings (with --strict, or notes)",
                "2  a path can't be read, holds no text, or is a folder without policies",
            ),
        ]
    )


def execute(options: argparse.Namespace, console: Console) -> int:
    """Check every path by itself, print what is wrong, and return the exit status."""
    results = [_check(path, strict=options.strict) for path in options.paths or [str(policies.find(None))]]
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
    checked: Checked
    readable: bool = True
    strict: bool = False

    @property
    def status(self) -> int:
        if self.checked.error is not None:
            return FINDINGS if self.readable else UNUSABLE
        counted = len(self.checked.findings) if self.strict else self.warnings
        return FINDINGS if counted else FINE

    @property
    def agents(self) -> tuple[str, ...]:
        return () if self.checked.policies is None else self.checked.policies.agents

    @property
    def warnings(self) -> int:
        return sum(finding.severity.value == "warning" for finding in self.checked.findings)

    @property
    def notes(self) -> int:
        return sum(finding.severity.value == "note" for finding in self.checked.findings)

    def to_json(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "ok": self.status == FINE,
            "agents": list(self.agents),
            "error": error_document(self.checked.error),
            "report": self.checked.rendered or None,
            "findings": [_finding(finding) for finding in self.checked.findings],
        }


def _finding(finding: Problem) -> dict[str, Any]:
    return {
        "severity": finding.severity.value,
        "message": finding.message,
        "help": finding.help,
        "file": finding.file,
        "location": None if finding.clause is None else finding.clause.span.to_json(),
    }


def _check(path: str, *, strict: bool) -> _Result:
    from execgate.policy.findings import check

    checked = check(policies.find(path))
    return _Result(path, checked, checked.error is None or _readable(path), strict)


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
    error = result.checked.error
    if error is not None and not result.readable:
        console.error(error)
        return
    lines = result.checked.rendered.splitlines()
    console.out("".join(f"{visible(line, style)}\n" for line in lines))
    if error is not None:
        return
    names = ", ".join(f"`{visible(name, style)}`" for name in result.agents)
    counts = [(result.warnings, "warning"), (result.notes, "note")]
    told = "".join(f"; {plural(count, what)}" for count, what in counts if count)
    word = style.paint("ok", "allow") if result.status == FINE else style.paint("findings", "error")
    gap = "\n" if lines else ""
    path = visible(result.path, style)
    console.out(f"{gap}{word}: {path}: {plural(len(result.agents), 'agent')}: {names}{told}\n")
