"""Source to operations; the only room that imports libcst.

The way through a text: `guard` parses it, `interpreter` follows it, with its state in `machine`, over the
values of `values` in the scopes of `scopes`.  Its rules are a table for each kind of node: `statements` with
`branching`, `loops`, `patterns` and `targets`; `expressions` with `literals`, `operators` and
`comprehensions`; `calls`.  `attributes`, `subscripts`, `iteration` and `storing` say how values hold others,
`escaping` what leaves sight, `growth` when a value is more than it was, `models` what Python's own functions
hand on, `folding` and `paths` what can be computed.  `effects` turns what the catalogue says of a call into
operations, with `shell`, `sql` and `urls` for the languages inside of strings, `written` and `staging` for
code in files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from execgate.analysis import interpreter, staging
from execgate.model.program import Program
from execgate.model.source import Source

__all__ = ["analyze"]


def analyze(
    source: Source, staged: Mapping[str, Source] | None = None, earlier: Sequence[Source] = ()
) -> Program:
    """Return everything that `source` can do, in the order of its text.

    `earlier` are Python programs that left their names to it, in order: it can do what they can, too.

    `staged` are files by their name in the working folder, which hold what was judged: a program may import
    and run them.  Raises SourceError, with line and column, for what is no program that can be analysed.
    """
    files = staging.usable(staged or {})
    if source.language == "python":
        program = interpreter.analyze(source, files, earlier=earlier)
    else:
        from execgate.analysis import shell_program

        program = shell_program.analyze(source, files, partial(interpreter.analyze, staged=files, inner=1))
    return replace(program, staged=tuple(files.values())) if files else program
