"""How much is followed before an analysis gives up."""

from __future__ import annotations

MIN_WORK = 34_000
"""How many expressions and statements are followed, counting a function's body once for each kind of call."""

PARSING = 2
"""How much work it is to parse a character of Python: it takes longer than following an expression."""

STARTING = 600
"""How much work it is to begin with a program that another one starts, and to end it."""


class OutOfWorkError(Exception):
    """There is more to follow than is followed."""


class Work:
    """What may still be followed; all that one program starts shares it with the program.

    A piece of work is about what an expression of Python takes.
    """

    work: int

    def __init__(self, pieces: int = MIN_WORK) -> None:
        self.work = pieces

    def step(self, pieces: int = 1) -> None:
        """Count pieces of work; raises OutOfWorkError at the bound."""
        self.work -= pieces
        if self.work < 0:
            raise OutOfWorkError
