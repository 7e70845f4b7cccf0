"""Source to operations; the only room that imports libcst.

The way through a text: `guard` parses it, `interpreter` follows it by the rules of `statements`,
`expressions` and `calls`, over the values of `values` in the scopes of `scopes`, with its state in `machine`.
`attributes`, `subscripts`, `iteration` and `storing` say how values hold others, `escaping` what leaves
sight, `models` what Python's own functions hand on, `folding` and `paths` what can be computed.  `effects`
turns what the catalogue says of a call into operations, with `shell`, `sql` and `urls` for the languages
inside of strings.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from execgate.analysis import interpreter
from execgate.model.program import Program
from execgate.model.source import Source

__all__ = ["LANGUAGES", "analyze"]

LANGUAGES = ("python", "sh", "bash")
"""The languages of programs that can be analysed."""


def analyze(source: Source, staged: Mapping[str, Source] | None = None) -> Program:
    """Return everything that `source` can do, in the order of its text.

    `staged` are files by their name in the working folder, which hold what was judged: a program may import
    and run them.  Raises SourceError, with line and column, for what is no program that can be analysed.
    """
    if source.language == "python":
        return interpreter.analyze(source, staged)
    from execgate.analysis import shell_program

    return shell_program.analyze(source, staged or {}, partial(interpreter.analyze, staged=staged))
