"""The cells that wait for runs, by profile: how many should, which are fit, and which give room to others.

Nothing here starts or removes a cell, and nothing locks: the pool does.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from execgate.sandbox.cell import Cell, Profile
from execgate.sandbox.load import Load

FRESH_S = 1800.0
"""How long a cell may wait before another takes its place."""

_PROFILES = 64
_FIRST_GUESS_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class Ahead:
    """How much may be started ahead: cells of one profile, of all, and the memory that they use together."""

    of_profile: int = 8
    cells: int = 16
    memory_bytes: int = 1 << 30


USUAL = Ahead()
"""For a process that runs one program after the other."""
NOTHING = Ahead(0, 0, 0)
"""Every cell is started for its run, and removed before its result is there."""


@dataclass(slots=True)
class Shelf:
    """What is held of one profile."""

    load: Load = field(default_factory=Load)
    waiting: deque[tuple[Cell, float]] = field(default_factory=deque)
    """Cells, with the time since when they wait."""
    starting: int = 0
    takers: int = 0
    """How many runs wait for what is being started."""
    floor: int = 0
    """How many wait however rarely they are asked for, as long as they are."""
    cell_bytes: int = _FIRST_GUESS_BYTES

    @property
    def held(self) -> int:
        """How many there are, or soon will be."""
        return len(self.waiting) + self.starting

    def put(self, cell: Cell, now: float) -> None:
        """Have a cell wait, and note how much memory such a one takes."""
        self.waiting.append((cell, now))
        self.cell_bytes = (cell.meter and cell.meter.memory_now()) or self.cell_bytes


class Stock:
    """The shelves of one pool; `give_up` takes the cells that are to wait no longer."""

    def __init__(self, ahead: Ahead, give_up: Callable[[Cell], object]) -> None:
        self._ahead = ahead
        self._give_up = give_up
        self._shelves: dict[Profile, Shelf] = {}  # the most recently used last

    def shelf(self, profile: Profile) -> Shelf | None:
        """Return what is held of a profile, None where nobody asked for it lately."""
        return self._shelves.get(profile)

    def asked(self, profile: Profile, now: float) -> Shelf:
        """Note that a cell of a profile was asked for, and return what is held of it."""
        shelf = self._shelves.pop(profile, None) or Shelf()
        self._shelves[profile] = shelf
        shelf.load.asked(now)
        return shelf

    def pick(self, shelf: Shelf) -> Cell | None:
        """Take out the cell that waits longest and still lives."""
        while shelf.waiting:
            cell, _ = shelf.waiting.popleft()
            if cell.wire.is_quiet():
                return cell
            self._give_up(cell)
        return None

    def wanted(self, shelf: Shelf, now: float) -> int:
        """Return how many should wait."""
        wanted = shelf.load.wanted(now)
        return min(max(wanted, shelf.floor) if wanted else 0, self._ahead.of_profile)

    def lacking(self, now: float) -> tuple[Profile, Shelf] | None:
        """Return of what one more should be started, the last asked for first."""
        for profile, shelf in reversed(self._shelves.items()):
            if shelf.held < self.wanted(shelf, now) and self._has_room(shelf):
                return profile, shelf
        return None

    def is_full(self, now: float) -> bool:
        """Return whether as many wait as should."""
        return all(
            not shelf.starting and shelf.held >= self.wanted(shelf, now) for shelf in self._shelves.values()
        )

    def is_pressed(self) -> bool:
        """Return whether a run waits for what is being started."""
        return any(shelf.takers for shelf in self._shelves.values())

    def is_starting(self) -> bool:
        """Return whether anything is being started."""
        return any(shelf.starting for shelf in self._shelves.values())

    def tidy(self, now: float) -> None:
        """Give up what is dead, stale or too much, and forget profiles that nobody asks for."""
        for profile, shelf in list(self._shelves.items()):
            wanted = self.wanted(shelf, now)
            for _ in range(len(shelf.waiting)):
                cell, since = shelf.waiting.popleft()
                if len(shelf.waiting) < wanted and now - since < FRESH_S and cell.wire.is_quiet():
                    shelf.waiting.append((cell, since))
                else:
                    self._give_up(cell)
            if not shelf.held and (not wanted or len(self._shelves) > _PROFILES):
                del self._shelves[profile]

    def empty(self) -> None:
        """Give up whatever waits."""
        for shelf in self._shelves.values():
            while shelf.waiting:
                self._give_up(shelf.waiting.popleft()[0])

    def cells(self) -> tuple[Cell, ...]:
        """Return the cells that wait."""
        return tuple(cell for shelf in self._shelves.values() for cell, _ in shelf.waiting)

    def __bool__(self) -> bool:
        return bool(self._shelves)

    def _has_room(self, asking: Shelf) -> bool:
        """Return whether one more may wait, after cells of profiles used longer ago were given up for it."""
        shelves = self._shelves.values()
        while True:
            cells = sum(shelf.held for shelf in shelves)
            held = sum(shelf.held * shelf.cell_bytes for shelf in shelves)
            if cells < self._ahead.cells and held + asking.cell_bytes <= self._ahead.memory_bytes:
                return True
            oldest = next(shelf for shelf in shelves if shelf.waiting or shelf is asking)
            if oldest is asking:
                return False
            self._give_up(oldest.waiting.popleft()[0])
