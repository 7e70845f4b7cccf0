"""Cells that are kept for one agent in one conversation, where its policy has sessions.

    enter ── the session's own cell, if its guest says that it is fit ──> the run
      └──── none, or in doubt: another cell, and the session begins anew    │
                     kept, unless the run hit a limit or was lost <─────────┘

A session has one run at a time.  One that nobody used for a while ends; so does the least recently used where
there are too many.  Nothing is shared between agents or conversations: their names are the key.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

from execgate.errors import SandboxUnavailableError
from execgate.model.confines import Session
from execgate.model.execution import ExecutionResult, InputFile, Start, Stop
from execgate.model.held import NOTHING, Held
from execgate.model.verdict import Authorization
from execgate.sandbox import forks, machine
from execgate.sandbox.cell import Profile
from execgate.sandbox.cells import Cells, Taken
from execgate.sandbox.frames import NEXT
from execgate.sandbox.greeting import CancelledError, NoRoomError, greet
from execgate.sandbox.keeping import Kept, check_state, terms, too_long, unfit
from execgate.sandbox.turns import Turns

IDLE_S = 900.0
"""How long a session may go without a run."""
MOST = 16
"""How many sessions there are at once."""
FIT_S = 3.0
"""How long a guest may take to clear up after a run and to prove that it did."""

_DOUBT = "the guest could not start: "

Key = tuple[str, str]
"""The executing agent and the conversation."""


class Sessions:
    """The sessions of one sandbox; may be used from several threads at once."""

    def __init__(
        self,
        cells: Cells,
        *,
        idle_s: float = IDLE_S,
        most: int = MOST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cells = cells
        self._idle_s = idle_s
        self._most = most
        self._clock = clock
        self.forget_parent()
        forks.register(self)

    def forget_parent(self) -> None:
        """Begin anew: what was kept belongs to another process."""
        self._changed = threading.Condition(threading.Lock())
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._watching = False
        self._turns = Turns()

    def turn(self, key: Key) -> AbstractContextManager[None]:
        """Return what has a session's next call wait until this one, judged and run, is over."""
        return self._turns.of(key)

    def held(self, key: Key) -> Held:
        """Return what the interpreter of a session holds now; one that holds too much ends."""
        with self._changed:
            kept = self._kept.get(key)
        if kept is None:
            return NOTHING
        with self._alone(kept):
            self._revive(kept)
            why = too_long(kept)
            if why is not None:
                self._end(kept, why)
            return Held(kept.earlier, tuple(kept.staged.values()))

    def run(
        self,
        key: Key,
        authorization: Authorization,
        profile: Profile,
        inputs: Sequence[InputFile],
        execute: Callable[[Cells, Profile, Sequence[InputFile]], ExecutionResult],
    ) -> ExecutionResult:
        """Run an authorized program in the session of `key`; `execute` does, where and with what it is told.

        Raises SessionChangedError where the interpreter does not hold what the program was judged with.
        """
        with self._entered(key) as kept:
            self._revive(kept)
            if kept.taken is not None:
                why = unfit(kept, authorization, profile)
                if why is not None:
                    self._end(kept, why)
            check_state(kept, authorization, profile)
            if kept.taken is None or kept.profile is None:
                kept.profile = profile
            kept.terms = kept.terms or terms(authorization)
            given = [file for file in inputs if kept.known.get(file.name) != _digest(file.data)]
            place = _Place(self._cells, kept)
            result = None
            try:
                result = execute(place, kept.profile, given)
            finally:
                kept.greeted = False
                if result is None or place.last is None or not _may_go_on(result):
                    # A result tells of the end itself; where there is none, the next one does.
                    self._end(kept, "" if result is not None else "the run before this one was interrupted")
            if kept.taken is not None:  # the guest clears up while nobody waits for it
                kept.asked = kept.taken.cell.wire.write(NEXT, FIT_S)
            return self._concluded(kept, authorization, given, result)

    def end(self, agent: str | None = None, conversation: str | None = None) -> int:
        """End the sessions of an agent and a conversation, of all where None; return how many there were.

        Waits for no run: whoever runs in one of them ends it afterwards.
        """
        with self._changed:
            found = [
                (key, kept)
                for key, kept in self._kept.items()
                if agent in (None, key[0]) and conversation in (None, key[1])
            ]
            for key, _ in found:
                del self._kept[key]
            self._changed.notify_all()
        for _, kept in found:
            self._retire(kept)
        return len(found)

    def close(self) -> None:
        """End every session."""
        self.end()

    @contextlib.contextmanager
    def _entered(self, key: Key) -> Iterator[Kept]:
        """Have a session alone; one that ended meanwhile is made anew."""
        while True:
            with self._changed:
                kept = self._kept.setdefault(key, Kept())
                self._kept.move_to_end(key)
                surplus = self._surplus()
            for other in surplus:
                self._retire(other)
            with self._alone(kept):
                if kept.is_over():
                    continue
                try:
                    yield kept
                finally:
                    kept.used_at = self._clock()
                    self._watch()
            return

    @contextlib.contextmanager
    def _alone(self, kept: Kept) -> Iterator[None]:
        """Have a session alone; one that was ended meanwhile ends as it is let go."""
        try:
            with kept.lock:
                yield
        finally:
            if kept.is_over():
                self._retire(kept)

    def _surplus(self) -> list[Kept]:
        """Take out the least recently used sessions of which there are too many; those that run stay."""
        surplus: list[Kept] = []
        for key, kept in list(self._kept.items())[:-1]:
            if len(self._kept) <= self._most:
                break
            if not self._is_used(key, kept):
                surplus.append(self._kept.pop(key))
        return surplus

    def _is_used(self, key: Key, kept: Kept) -> bool:
        """Return whether something runs in a session, or will before its call is over."""
        return kept.lock.locked() or key in self._turns

    def _revive(self, kept: Kept) -> None:
        """Make sure that a session's cell is fit for a run, or have none."""
        if kept.taken is None:
            return
        cell = kept.taken.cell
        try:
            if kept.greeted:
                # Between runs a guest has nothing to say, and its end would be seen here.
                if cell.wire.read(0.0) is not None:
                    self._end(kept, "its cell ended")
                return
            if not kept.asked:
                cell.wire.write(NEXT, FIT_S)  # where that fails, no greeting comes
            kept.asked = False
            greet(cell, threading.Event(), FIT_S)
            kept.greeted = True
        except (SandboxUnavailableError, NoRoomError, CancelledError) as error:
            self._end(kept, str(error).removeprefix(_DOUBT) or "its cell ended")

    def _retire(self, kept: Kept) -> None:
        """End a session that is in the table no more; whoever has it now comes by here when it lets go."""
        kept.ended = True
        if kept.lock.acquire(blocking=False):
            try:
                self._end(kept, "")
            finally:
                kept.lock.release()

    def _end(self, kept: Kept, why: str) -> None:
        """Throw a session's cell away, and all that was in it."""
        taken, kept.taken = kept.taken, None
        if taken is not None:
            self._cells.give_back(taken)
            kept.lost = why
        kept.profile, kept.terms, kept.greeted, kept.asked = None, None, False, False
        kept.earlier = ()
        kept.staged, kept.known = {}, {}

    def _concluded(
        self,
        kept: Kept,
        authorization: Authorization,
        given: Sequence[InputFile],
        result: ExecutionResult,
    ) -> ExecutionResult:
        """Note what the session holds now, and say in the result what became of it."""
        notes = [result.detail] if result.detail else []
        holds = authorization.confines.session is not Session.CLEAN
        if kept.lost and holds:
            notes.append(f"the session began anew: {kept.lost}")
        kept.lost = ""
        if kept.taken is None:
            if holds:
                notes.append("the session ended with this run: what it kept is gone")
        elif holds:
            agreed = [(file.name, file.data) for file in given]
            agreed += [(file.name, file.data) for file in result.artifacts]
            kept.known.update({name: _digest(data) for name, data in agreed})
            program = authorization.verdict.program
            if authorization.confines.session is Session.INTERPRETER and program is not None:
                if authorization.source.language == "python":
                    kept.earlier = (*kept.earlier, authorization.source)
                kept.staged.update({file.path: file for file in program.staged})
        return replace(result, detail="; ".join(notes))

    def _watch(self) -> None:
        """Have somebody look after sessions that nobody uses."""
        with self._changed:
            if self._watching or not self._kept:
                return
            watcher = threading.Thread(
                target=_look_after,
                args=(weakref.ref(self), self._changed, self._kept, self._cells),
                name="execgate-sessions",
                daemon=True,
            )
            with contextlib.suppress(SandboxUnavailableError):  # no thread now: the next run tries again
                machine.start(watcher)
                self._watching = True

    def end_idle(self) -> float | None:
        """End sessions that were idle for too long; return when to look again, None where none is left."""
        now = self._clock()
        with self._changed:
            idle = [
                key
                for key, kept in self._kept.items()
                if not self._is_used(key, kept) and kept.used_at and now - kept.used_at >= self._idle_s
            ]
            ended = [self._kept.pop(key) for key in idle]
            left = bool(self._kept)
            self._watching = left
        for kept in ended:
            self._retire(kept)
        return min(self._idle_s / 4, 30.0) if left else None


def _look_after(
    sessions: weakref.ref[Sessions],
    changed: threading.Condition,
    table: OrderedDict[Key, Kept],
    cells: Cells,
) -> None:
    while True:
        living = sessions()
        if living is None:  # nobody closed them, and nobody can use them any more
            for kept in table.values():
                if kept.taken is not None:
                    cells.give_back(kept.taken)
            return
        wait = living.end_idle()
        del living
        if wait is None:
            return
        with changed:
            changed.wait(wait)


class _Place:
    """A session's cell as a run takes it: its own where there is one, else a new one, which it then has."""

    def __init__(self, cells: Cells, kept: Kept) -> None:
        self._cells = cells
        self._kept = kept
        self.last: Taken | None = None

    def take(self, profile: Profile, cancelled: threading.Event) -> Taken:
        """Return the session's cell; see `Cells.take`."""
        kept = self._kept
        if kept.taken is not None and self.last is None:
            self.last = Taken(kept.taken.cell, Start.SESSION)
        else:
            kept.taken = self.last = self._cells.take(profile, cancelled)
        return self.last

    def give_back(self, taken: Taken) -> None:
        """Leave the cell with the session, unless another took its place meanwhile."""
        if taken is not self.last:
            self._cells.give_back(taken)


def _may_go_on(result: ExecutionResult) -> bool:
    """Whether nothing happened in a run after which its cell is not to be trusted."""
    return result.stopped_by is Stop.EXIT


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
