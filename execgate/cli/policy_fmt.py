"""`execgate policy fmt`: the one layout for policy files; comments and spelling stay."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from execgate.cli import inputs, policies
from execgate.cli.console import Console
from execgate.cli.parser import Parser, UsageError, examples, statuses
from execgate.cli.replace import replace
from execgate.errors import ExecgateError, InputError, PolicyError
from execgate.report.escape import visible
from execgate.report.text import plural

FINE, FINDINGS, UNUSABLE = 0, 1, 2
_SUFFIX = ".policy"


def configure(parser: Parser) -> None:
    """Add the options, the examples and the exit statuses."""
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="a policy file, a folder of *.policy files, or `-` for standard input (default: ./policies)",
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; name the files that would change"
    )
    parser.add_argument("--diff", action="store_true", help="write nothing; print what would change")
    parser.epilog = "\n\n".join(
        [
            examples(
                "execgate policy fmt",
                "execgate policy fmt policies/ --check",
                "execgate policy fmt --diff team.policy",
                "execgate policy fmt - < team.policy",
            ),
            statuses(
                "0  every file has its layout now",
                "1  --check or --diff found a file that would change",
                "2  a file can't be read or written, or has mistakes in its form; then no file is changed",
            ),
        ]
    )


@dataclass(frozen=True, slots=True)
class _File:
    path: str
    before: bytes
    after: bytes

    @property
    def changes(self) -> bool:
        return self.before != self.after


def execute(options: argparse.Namespace, console: Console) -> int:
    """Lay out every file, and write those that change unless asked not to; return the exit status."""
    results = [_laid_out(path) for path in _files(options.paths or [policies.LOCAL])]
    files = [result for result in results if isinstance(result, _File)]
    if len(files) < len(results):
        for result in results:
            if not isinstance(result, _File):
                console.error(result)
        return UNUSABLE
    changing = [file for file in files if file.changes]
    if options.diff:
        for file in changing:
            console.out(_diff(file))
    if options.check or options.diff:
        return _tell_check(files, changing, console, names=options.check and not options.diff)
    for file in files:
        if file.path == inputs.STDIN:
            console.out(file.after)
        elif file.changes:
            replace(Path(file.path), file.after)
            console.note(f"laid out {visible(file.path, console.error_style)}")
    return FINE


def _files(paths: Sequence[str]) -> Iterator[str]:
    """Yield the file of every path, and those of a folder by name; raises InputError and UsageError."""
    if paths.count(inputs.STDIN) > 1:
        raise UsageError("`-` stands for standard input, which can be read only once")
    for path in paths:
        place = Path(path)
        if path in {"", inputs.STDIN} or "\0" in path or not place.is_dir():
            yield path
            continue
        try:
            found = sorted(
                entry
                for entry in place.iterdir()
                if entry.suffix == _SUFFIX and not entry.name.startswith(".")
            )
        except OSError as error:
            raise InputError(f"{path}: {(error.strerror or str(error)).lower()}") from error
        if not found:
            raise InputError(f"{path}: the folder holds no *{_SUFFIX} file", help="name a policy file")
        yield from map(str, found)


def _laid_out(path: str) -> _File | ExecgateError:
    from execgate.policy.format import decoded, formatted

    read = inputs.read(path)
    name = "<stdin>" if path == inputs.STDIN else path
    if read.error is not None:
        return InputError(f"{name}: {read.error.message}", help=read.error.help)
    try:
        return _File(path, read.data, formatted(decoded(read.data, name), name).encode("utf-8"))
    except PolicyError as error:
        return error


def _diff(file: _File) -> str:
    before, after = (
        data.decode("utf-8-sig").replace("\r\n", "\n").splitlines(keepends=True)
        for data in (file.before, file.after)
    )
    name = visible(file.path)
    lines = difflib.unified_diff(before, after, name, f"{name} (laid out)")
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ no line break at the end\n" for line in lines
    )


def _tell_check(files: Sequence[_File], changing: Sequence[_File], console: Console, *, names: bool) -> int:
    if names:
        for file in changing:
            console.out(f"would change: {visible(file.path, console.out_style)}\n")
    fine = len(files) - len(changing)
    console.note(f"{plural(len(changing), 'file')} would change, {fine} would not")
    return FINDINGS if changing else FINE
