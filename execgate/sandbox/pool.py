"""Cells that are started ahead, each for one run.

    take ── waiting ──> the run, which has it alone
      │                    │
      └─ none: a miss      └─ give_back ──> removed in the background
                 fill <── one profile's stock is below what its load asks for

Two threads at most start and remove cells, and they end where there is nothing to keep.  An engine's error
while filling is nobody's: the next run starts a cell by itself and meets the error there.
"""

from __future__ import annotations

import atexit
import contextlib
import math
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable

from execgate.errors import SandboxUnavailableError
from execgate.model.execution import Start
from execgate.sandbox import forks, machine
from execgate.sandbox.cell import Backend, Cell, ImageGoneError, Profile
from execgate.sandbox.cells import Taken
from execgate.sandbox.greeting import CancelledError, greet
from execgate.sandbox.load import Load
from execgate.sandbox.stock import USUAL, Ahead, Shelf, Stock

HOLD_S = 0.05
"""How long filling waits for a run that has just begun: most are over by then, and have the machine."""
LOOK_S = 5.0
"""How often the waiting cells are looked at."""
CLOSE_S = 30.0
"""How long closing may take, in all."""

_RETRY_S = (0.5, 30.0)
_WORKERS = 2
_BACKLOG = 8
_STUCK = 64
_SLICE_S = 0.1


class Pool:
    """Cells of a backend, started ahead by profile and used once; see `Cells`.

    May be used from several threads at once.
    """

    def __init__(
        self,
        backend: Backend,
        ahead: Ahead = USUAL,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._backend = backend
        self._ahead = ahead
        self._clock = clock
        self._closed = threading.Event()
        self._abandoned = False
        self._begin()
        _POOLS.add(self)
        forks.register(self)

    def _begin(self) -> None:
        self._changed = threading.Condition(threading.Lock())
        self._out: dict[int, Cell] = {}
        self._used: deque[Cell] = deque()
        self._stock = Stock(self._ahead, self._used.append)
        self._stuck: deque[Cell] = deque(maxlen=_STUCK)
        self._removing = 0
        self._making = 0
        self._ended = False
        self._workers: set[threading.Thread] = set()
        self._failures = 0
        self._retry_at = -math.inf
        self._held_until = -math.inf
        self._looked = -math.inf

    # What a run does.

    def take(self, profile: Profile, cancelled: threading.Event) -> Taken:
        """Return a cell that waits, or start one; see `Cells.take`."""
        cell = self._waiting(profile, cancelled) if self._ahead.cells else None
        if cell is not None:
            return Taken(cell, Start.WARM)
        if self._closed.is_set():
            raise SandboxUnavailableError("the sandbox was closed")
        began = self._clock()
        cell = self._fresh(profile, cancelled)
        with self._changed:
            self._failures, self._retry_at = 0, -math.inf
            self._held_until = self._clock() + HOLD_S
            shelf = self._stock.shelf(profile)
            if shelf is not None:
                shelf.load.started(self._clock() - began)
                self._looked = -math.inf if self._stuck else self._looked
                self._call_workers()
        if not self._ahead.cells:
            self._try_again()
        return Taken(cell, Start.COLD)

    def give_back(self, taken: Taken) -> None:
        """Remove a used cell, in the background as long as there is room for it."""
        cell = taken.cell
        cell.wire.close()
        with self._changed:
            self._out.pop(id(cell), None)
            self._held_until = -math.inf
            if self._ahead.cells and len(self._used) < _BACKLOG and not self._closed.is_set():
                self._used.append(cell)
                self._call_workers()
                if self._workers:
                    return
                self._used.pop()
            self._removing += 1
        self._remove(cell)

    def warm(self, profile: Profile, count: int = 1, *, seconds: float = 60.0) -> int:
        """Start cells until `count` wait, and keep as many until they are idle.

        Returns how many wait, after `seconds` at the latest.
        """
        deadline = self._clock() + seconds
        with self._changed:
            if self._closed.is_set() or not self._ahead.cells:
                return 0
            shelf = self._stock.asked(profile, self._clock())
            shelf.floor = min(count, self._ahead.of_profile)
            self._failures, self._retry_at = 0, -math.inf
            self._call_workers()
            while (
                len(shelf.waiting) < shelf.floor
                and not self._closed.is_set()
                and not self._failures
                and self._stock.shelf(profile) is shelf
                and (left := deadline - self._clock()) > 0
            ):
                self._changed.wait(min(left, LOOK_S))
            return len(shelf.waiting)

    def settle(self, seconds: float = CLOSE_S) -> bool:
        """Wait until every used cell is removed and every profile has its stock; return whether it is so."""
        deadline = self._clock() + seconds
        with self._changed:
            while self._clock() < deadline:
                if self._stock.is_full(self._clock()) and not self._used and not self._removing:
                    return True
                self._changed.wait(_SLICE_S)
        return False

    def waiting(self) -> tuple[Cell, ...]:
        """Return the cells that wait for a run."""
        with self._changed:
            return self._stock.cells()

    def close(self) -> None:
        """Remove every cell that no run has, and start none any more; runs under way remove theirs."""
        self._close(self._clock() + CLOSE_S)

    def end(self) -> None:
        """Remove every cell, those of runs under way too: the process ends."""
        deadline = self._clock() + CLOSE_S
        with self._changed:
            self._ended = True
            while self._making and self._clock() < deadline:
                self._changed.wait(_SLICE_S)  # a thread that ends with the process would leave what it makes
            self._used.extend(self._out.values())
            self._out.clear()
        self._close(deadline)

    def _close(self, deadline: float) -> None:
        self._closed.set()
        with self._changed:
            self._stock.empty()
            for cell in self._used:
                cell.wire.close()  # all of them end at the same time, before each is removed
            if self._used:
                self._call_workers()
            self._changed.notify_all()
            workers = tuple(self._workers)
            faults = len(self._stuck)
        while self._clock() < deadline:
            with self._changed:
                if len(self._stuck) > faults:
                    return  # without an engine they end by themselves, and the next gate removes them
                task = self._removal_task()
                if task is None:
                    if not self._removing and not self._stock.is_starting():
                        break
                    self._changed.wait(_SLICE_S)
                    continue
            task()
        self._try_again()
        for worker in workers:
            if worker is not threading.current_thread():
                worker.join(max(deadline - self._clock(), 0))

    def abandon(self) -> None:
        """Have everything removed soon, by whoever works; a finalizer may call it: it waits for no lock."""
        self._abandoned = True

    def forget_parent(self) -> None:
        """Start anew in a forked process: the cells are the parent's, and stay as they are."""
        cells = [*self._stock.cells(), *self._out.values(), *self._used, *self._stuck]
        self._begin()
        for cell in cells:
            cell.wire.forget()

    # How a run finds a cell.

    def _waiting(self, profile: Profile, cancelled: threading.Event) -> Cell | None:
        """Return a cell that waits; None where there is none and none is about to be there for this run."""
        with self._changed:
            if self._closed.is_set():
                return None
            now = self._clock()
            shelf = self._stock.asked(profile, now)
            self._held_until = now + HOLD_S
            patience = now + 2 * shelf.load.start_s
            while True:
                cell = self._stock.pick(shelf)
                if cell is not None:
                    self._out[id(cell)] = cell
                    self._call_workers()
                    return cell
                left = patience - self._clock()
                if shelf.starting <= shelf.takers or left <= 0 or self._closed.is_set():
                    self._held_until = self._clock() + 2 * shelf.load.start_s
                    return None
                if cancelled.is_set():
                    raise CancelledError
                shelf.takers += 1
                try:
                    self._changed.wait(min(left, _SLICE_S))
                finally:
                    shelf.takers -= 1

    def _fresh(self, profile: Profile, cancelled: threading.Event) -> Cell:
        """Return a new cell, of which it is known from the beginning that it is out."""
        with self._changed:
            if self._ended:
                raise CancelledError
            self._making += 1
        try:
            cell = self._backend.start(profile)
            try:
                greet(cell, cancelled)
            except BaseException:
                cell.wire.close()
                with self._changed:
                    self._removing += 1
                self._remove(cell)
                raise
            with self._changed:
                self._out[id(cell)] = cell
            return cell
        finally:
            with self._changed:
                self._making -= 1
                self._changed.notify_all()

    # What the workers do.  What `_..._task` returns is called without the lock.

    def _call_workers(self) -> None:
        """Make sure that somebody works, and a second one where much is to be done."""
        pressing = len(self._used) > 2 or self._stock.is_pressed()
        if len(self._workers) < (_WORKERS if pressing else 1):
            worker = threading.Thread(target=self._work, name="execgate-pool", daemon=True)
            with contextlib.suppress(SandboxUnavailableError):  # no thread now: the next call tries again
                machine.start(worker)
                self._workers.add(worker)
        self._changed.notify_all()

    def _work(self) -> None:
        try:
            while (task := self._await_task()) is not None:
                task()
        finally:
            self._workers.discard(threading.current_thread())

    def _await_task(self) -> Callable[[], None] | None:
        with self._changed:
            while True:
                now = self._clock()
                if self._abandoned:
                    self._closed.set()
                task = self._start_task(now) or self._removal_task() or self._tidying_task(now)
                if task is not None:
                    return task
                needed = self._stock or self._stuck
                if self._closed.is_set() or not needed or len(self._workers) > 1:
                    self._workers.discard(threading.current_thread())  # not later: another may look at it
                    return None
                self._changed.wait(self._pause(now))

    def _start_task(self, now: float) -> Callable[[], None] | None:
        if self._closed.is_set() or now < self._retry_at or now < self._held_until:
            return None
        lacking = self._stock.lacking(now)
        if lacking is None:
            return None
        profile, shelf = lacking
        shelf.starting += 1
        return lambda: self._fill(profile, shelf)

    def _fill(self, profile: Profile, shelf: Shelf) -> None:
        began = self._clock()
        cell, gone = None, False
        with contextlib.suppress(Exception):  # a run that needs a cell meets the error itself, and tells it
            try:
                cell = self._fresh(profile, self._closed)
            except ImageGoneError:
                gone = True
                self._backend.forget_image(profile.image)
        with self._changed:
            shelf.starting -= 1
            if cell is not None and self._out.pop(id(cell), None) is None:
                cell = None  # the process ends, and it was removed with the others
            now = self._clock()
            if gone and self._stock.shelf(profile) is shelf:
                # Nothing can be started of this profile any more; what waits is still good.
                shelf.floor, shelf.load = 0, Load()
            elif cell is None:
                self._failures += 1
                self._retry_at = now + min(_RETRY_S[0] * 2.0 ** min(self._failures - 1, 10), _RETRY_S[1])
            elif self._closed.is_set() or self._stock.shelf(profile) is not shelf:
                self._used.append(cell)
            else:
                shelf.put(cell, now)
                self._failures = 0
                shelf.load.started(now - began)
            self._changed.notify_all()

    def _removal_task(self) -> Callable[[], None] | None:
        if not self._used:
            return None
        cell = self._used.popleft()
        self._removing += 1
        return lambda: self._remove(cell)

    def _remove(self, cell: Cell) -> None:
        fault: str | None = "interrupted"
        try:
            cell.wire.close()
            fault = cell.remove()
        except Exception as error:  # noqa: BLE001 - whatever it was: it is tried again
            fault = repr(error)
        finally:  # also after Ctrl-C: whoever closes would wait for this one
            with self._changed:
                self._removing -= 1
                if fault is not None:
                    self._stuck.append(cell)
                self._changed.notify_all()

    def _tidying_task(self, now: float) -> Callable[[], None] | None:
        """Look at what waits, now and then, and try again what could not be removed."""
        if self._closed.is_set():
            self._stock.empty()
            return self._removal_task()
        if now < self._looked + LOOK_S:
            return None
        self._looked = now
        self._stock.tidy(now)
        if self._stuck and now >= self._retry_at:
            return self._try_again
        return self._start_task(now) or self._removal_task()

    def _try_again(self) -> None:
        """Remove what could not be removed before."""
        with self._changed:
            left = tuple(self._stuck)
            self._stuck.clear()
            self._removing += 1
        try:
            with contextlib.suppress(Exception):
                left = self._backend.tidy(left)
        finally:
            with self._changed:
                self._removing -= 1
                self._stuck.extend(left)
                self._changed.notify_all()

    def _pause(self, now: float) -> float:
        """Return how long there is surely nothing to do, in seconds."""
        later = (self._looked + LOOK_S, self._retry_at, self._held_until)
        return max(min((moment - now for moment in later if moment > now), default=LOOK_S), 0.001)


_POOLS: weakref.WeakSet[Pool] = weakref.WeakSet()


@atexit.register
def _end_all() -> None:
    for pool in list(_POOLS):
        pool.end()
