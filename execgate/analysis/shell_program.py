"""From a shell program to its operations, with the Python that it runs."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from execgate.analysis import shell
from execgate.analysis.holes import restore
from execgate.analysis.staging import in_workspace, rewritten
from execgate.analysis.work import MIN_WORK, OutOfWorkError, Work
from execgate.analysis.written.languages import OpaqueError, parts
from execgate.analysis.written.places import runner_of
from execgate.errors import SourceError
from execgate.model.operation import Gap, Operation, ProcessSpawn
from execgate.model.program import Program
from execgate.model.source import Source, Span

TOO_MUCH = "there is more Python to follow than is followed"


class Analyzer(Protocol):
    """Tells what a Python program does that runs in a process of its own, while there is work left."""

    def __call__(self, source: Source, /, *, shared: Work) -> Program:
        """Return everything that the program can do; raises SourceError and OutOfWorkError."""


def analyze(source: Source, staged: Mapping[str, Source], python: Analyzer) -> Program:
    """Return everything that a program in `sh` or `bash` can do, in the order of its text."""
    files = {in_workspace(name): module.text for name, module in staged.items()}
    work = Work(MIN_WORK + len(source.text) // 4)
    found = shell.block(source.text, bash=source.language == "bash", files_known=files, work=work)
    lines = _Lines(source.text)
    operations: list[Operation] = [
        effect.kind(location=lines.span(*effect.place), **dict(effect.fields)) for effect in found.effects
    ]
    gaps = [Gap(why, lines.span(*place), help_) for (why, place), help_ in found.gaps.items()]
    for nested in found.nested:
        inner, puzzles = _python(nested, lines, python, work)
        operations += inner
        gaps += puzzles
    for where, texts in found.written.items():
        for text, place in texts.items():
            inner, puzzles = _written(where, text, lines.span(*place), python, work)
            operations += inner
            gaps += puzzles
    scripts = {path: lines.span(*place) for path, place in found.scripts.items()}
    operations += rewritten(operations, scripts, via=source.language)
    operations.sort(key=_order)
    gaps.sort(key=lambda gap: (gap.location.line, gap.location.column, gap.why))
    return Program(source, tuple(dict.fromkeys(operations)), tuple(dict.fromkeys(gaps)))


def _order(operation: Operation) -> tuple[int, int, bool]:
    """Put a program before what it does."""
    return operation.location.line, operation.location.column, not isinstance(operation, ProcessSpawn)


def _python(
    nested: shell.Nested, lines: _Lines, python: Analyzer, work: Work
) -> tuple[list[Operation], list[Gap]]:
    """Return what Python does that a shell program runs, where it stands there."""
    here = lines.span(*nested.place)
    try:
        program = python(Source(nested.text, nested.path or "<python>"), shared=work)
    except OutOfWorkError:
        return [], [Gap(TOO_MUCH, here)]
    except SourceError as error:
        return [], [Gap(f"the Python that is run here can't be analysed: {error.message}", here, error.help)]

    def place(span: Span) -> Span:
        if nested.at is None:
            return here
        offset = lines.line(nested.at) - 1
        return replace(span, line=span.line + offset, end_line=span.end_line + offset)

    return (
        [replace(operation, location=place(operation.location)) for operation in program.operations],
        [replace(gap, location=place(gap.location)) for gap in program.gaps],
    )


def _written(
    path: str, text: str | None, here: Span, python: Analyzer, work: Work
) -> tuple[list[Operation], list[Gap]]:
    """Return what is done by a text that goes into a file which something runs by itself."""
    place = runner_of(path)
    if place is None:
        return [], []
    language, runner = place
    what = f"what is written into `{restore(path)}`, which {runner} runs, is code"
    if text is None:
        return [], [Gap(f"{what}: its text could not be worked out", here, "write a text that is constant")]
    try:
        commands, code = parts(language, text, path)
    except OpaqueError as error:
        return [], [Gap(f"{what}: {error}", here)]
    operations: list[Operation] = []
    gaps: list[Gap] = []
    for command in commands:
        found = shell.block(command, bash=True, work=work)
        operations += [effect.kind(location=here, **dict(effect.fields)) for effect in found.effects]
        gaps += [Gap(why, here, help_) for (why, _), help_ in found.gaps.items()]
    if code:
        try:
            program = python(Source(code, path), shared=work)
        except OutOfWorkError:
            return operations, [*gaps, Gap(TOO_MUCH, here)]
        except SourceError as error:
            return operations, [*gaps, Gap(f"{what}: {error.message}", here)]
        operations += [replace(operation, location=here) for operation in program.operations]
        gaps += [replace(gap, location=here) for gap in program.gaps]
    return operations, gaps


class _Lines:
    """Offsets in a text as lines and columns."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(index + 1 for index, character in enumerate(text) if character == "\n")]

    def line(self, offset: int) -> int:
        """Return the line of an offset, from 1."""
        return bisect_right(self._starts, offset)

    def span(self, start: int, end: int) -> Span:
        """Return the stretch between two offsets."""
        first, last = self.line(start), self.line(end)
        return Span(first, start - self._starts[first - 1], last, end - self._starts[last - 1])
