"""What a search is about: the lists, the values that they judge, and what is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from execgate.policy.matching.pairs import Shape
from execgate.policy.matching.patterns import Pattern


class TooMuchWorkError(Exception):
    """The policies are too intricate to be compared within the bound on work."""


class Budget:
    """How much work is left, in steps of one entry by one character."""

    __slots__ = ("_whole", "left")

    def __init__(self, steps: int = 3_000_000, whole: Budget | None = None) -> None:
        self.left = steps
        self._whole = whole

    def spend(self, steps: int) -> None:
        """Take `steps` away, also of the whole that this is a part of; raises TooMuchWorkError at the end."""
        self.left -= steps
        if self.left < 0:
            raise TooMuchWorkError
        if self._whole is not None:
            self._whole.spend(steps)


class Reach(Enum):
    """What an operation does with the value that it names."""

    PLACE = "the value alone"
    TREE = "the value, and what it finds below"
    WHOLE = "all below the value, surely"


@dataclass(frozen=True, slots=True)
class Lists:
    """The entries of one agent's pair of lists; `allowed` is None where there is no allow list."""

    allowed: tuple[Shape, ...] | None = None
    disallowed: tuple[Shape, ...] = ()
    open: bool = False
    """Whether all is permitted that is not disallowed, where there is no allow list."""

    @property
    def unlisted(self) -> bool:
        """Whether no allow list is asked for."""
        return self.open and self.allowed is None


@dataclass(frozen=True, slots=True)
class Space:
    """The values that a constraint judges, as segments.

    Segments hold `letters` where no entry asks for others, and `follows` says whether one character (the
    empty string is the beginning) may stand before another (the empty string is the end).
    """

    show: Callable[[tuple[str, ...]], str]
    """The value that the segments make."""
    prefix: tuple[str, ...] = ()
    """What stands before the segments in every pattern."""
    size: int = 0
    """What it counts as longer than its segments are."""
    least: int = 1
    most: int | None = None
    """How many segments there are at most; None where there is no bound."""
    last: tuple[str, ...] = ()
    """The segments of which one has to be the last; empty where any may."""
    never: frozenset[str] = frozenset()
    """What is no segment."""
    complete: Callable[[str], bool] = lambda _: False
    """Whether nothing can follow behind a segment."""
    marks: tuple[Pattern, ...] = ()
    """What has to be told apart besides the entries."""
    excluded: tuple[Pattern, ...] = ()
    """What can't be such a value."""
    endless: bool = True
    """Whether there are letters beyond ASCII."""
    follows: Callable[[str, str], bool] = lambda _before, _char: True
    kind: Callable[[str], str] = lambda _: "a"
    """What of a character decides which may follow it."""
    names: tuple[str, ...] = ()
    """First segments that read well, instead of a letter."""
    real: Callable[[tuple[str, ...]], bool] = lambda _: True
    """Whether segments make a value after all."""
    admits: Callable[[tuple[str, ...], Shape], bool] | None = None
    """What an allow entry needs besides covering the segments."""
    certain: Callable[[Shape], bool] = lambda _: True
    """Whether an allow entry admits all that it covers."""
    tame: Callable[[Shape], bool] = lambda _: True
    """Whether an allow entry admits only what any that covers it admits."""
    anything: str | None = None
    """A value that could be any; None where there is none."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A value that the new lists permit and the old ones do not, and the entries that make the difference.

    `by` is the new entry that permits it, None where no list is asked for; `freed_from` are the old entries
    that forbade it and do no longer.
    """

    text: str
    words: tuple[str, ...]
    by: Shape | None
    freed_from: tuple[Shape, ...]
    size: int
