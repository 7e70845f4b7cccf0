"""What the interpreter of a session holds."""

from __future__ import annotations

from dataclasses import dataclass

from execgate.model.source import Source


@dataclass(frozen=True, slots=True)
class Held:
    """The programs that ran in one interpreter, in order, and the files that they could import.

    Whoever runs there next finds their names, and what these were bound to.
    """

    texts: tuple[Source, ...] = ()
    staged: tuple[Source, ...] = ()


NOTHING = Held()
"""A new interpreter."""
