"""Process 1 of a cell that is kept: one program after the other, and proof between them.

What a session keeps decides what is done after a run.  `clean`: every run has a user of its own, whose
processes are ended; every place is emptied, and the cell is compared with how it was before the first run.
`files`: the same, but for the working folder, and the user stays.  `interpreter`: one process keeps the
names; between blocks it is stopped, and nothing else of its user lives.  On any doubt the host is told, and
this process ends, and with it the cell.
"""

# ruff: noqa: BLE001, SIM105

from __future__ import annotations

import json
import os
import select
import signal
import socket

from execgate_guest import cleaning, confine, figures, files, identity, runner, supervisor, template
from execgate_guest.stream import CHUNK, Stream
from execgate_guest.witness import Witness

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, NoReturn

CLEAN, FILES, INTERPRETER = "clean", "files", "interpreter"
STOPPED, LIED = "stopped", "lied"
_MEANWHILE_S = 0.001
_ZOMBIE, _STOPPED = b"Z", b"T"


def main(session: str, preload: list[str], confines: dict[str, Any] | None = None) -> int:
    """Serve the host until it goes; return an exit status in a run alone.

    `confines` are those that its jobs will probably have.
    """
    host = Stream(0, 1)
    if os.getpid() != 1:
        host.give_up(b"o", "not process 1 of its cell")
    try:
        identity.step_down(identity.SUPERVISOR)
        cleaning.make_homes(confines)
        cleaning.open_places()
        figures.prepare()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        if os.fork() == 0:
            ours.close()
            template.prepare([*runner.ALWAYS, *preload], confines, session)
            return template.serve(theirs, become)
        theirs.close()
        keeper = Keeper(host, ours, session)
    except BaseException as error:  # whatever it is: unprotected, nothing runs
        host.give_up(b"o", repr(error))
    return keeper.serve()


def become(fds: Sequence[int]) -> int:
    """Become the program, in a process that was just forked; whatever goes wrong there is told as its own."""
    job, report, out, err, seen, ending = fds
    try:
        return runner.become_the_program(job, report, (out, err, seen), runner.Ending(ending))
    except BaseException:
        import traceback

        traceback.print_exc()
        os._exit(1)


class Run:
    """A process that waits for its program, or runs it, with the supervisor's ends of its pipes."""

    __slots__ = ("asked", "ending", "err", "in_force", "job", "out", "pid", "report", "seen")

    def __init__(self, pid: int, fds: Sequence[int]) -> None:
        self.pid = pid
        self.job, self.report, self.out, self.err, self.seen, self.ending = fds
        self.in_force = b""
        """What it said that confines it, once for all of its blocks."""
        self.asked = -1
        """Where the kernel asks about its calls."""

    def close(self) -> None:
        """Let go of the pipes."""
        for fd in (self.job, self.report, self.out, self.err, self.seen, self.ending, self.asked):
            if fd >= 0:
                os.close(fd)


class Keeper:
    """Takes jobs from the host, one after the other, and has each run by a process of its own user."""

    def __init__(self, host: Stream, link: socket.socket, session: str) -> None:
        self.host, self.link, self.session = host, link, session
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # for process 1 that means: nothing inside can send it
        self.woken, wake = os.pipe()
        for fd in (self.woken, wake):
            os.set_blocking(fd, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.died: dict[int, int] = {}
        self.user = identity.FIRST
        self.interpreter: Run | None = None
        self.blocks = 0
        self.bereft = False
        """Whether there was an interpreter that kept names, and it has ended."""
        if self._told(template.LOADED) is None:
            raise RuntimeError("the template did not start")
        self.room = cleaning.room()
        self.baseline = cleaning.Baseline()
        self.ready: Run | None = self._forked()

    def serve(self) -> NoReturn:
        """Take one job after the other; between them the host asks whether the next may come."""
        while True:
            supervisor.greet(self.host)
            self._one()
            doubt = ""
            try:
                self._settle()
            except (cleaning.DoubtError, OSError) as error:
                doubt = str(error) or "it could not be told"
            if self.host.receive()[0] != b"N":
                os._exit(1)
            if doubt:
                self.host.give_up(b"s", doubt)

    def _one(self) -> None:
        with identity.Acting(self.user):
            program, placed, caps = supervisor.take_job(self.host)
            if self.session != CLEAN:  # what comes back is what this block changes
                placed = {path: files.mark(info) for path, info in files.walk()[0]}
        told = json.loads(program[b"J"])
        closed = supervisor.way_out(told["network"], self.user) if told.get("network") else None
        if closed is not None:
            self.host.give_up(b"o", f"no way to the gate's proxy: {closed}")
        lasting = self.session == INTERPRETER and told.get("language") == "python"
        run = self.interpreter if lasting else None
        events = supervisor.limit_events()
        self.blocks = self.blocks + 1 if lasting else self.blocks
        if run is None:
            run, self.ready = self.ready or self._forked(), None
        else:
            self._signal(run.pid, signal.SIGCONT)
        child = Stream(-1, run.job)
        try:
            child.hold(b"J", program[b"J"])
            child.pass_on(b"S", program[b"S"])
        except OSError:  # its program closed the pipe, or is gone: that is noticed below
            pass
        if not lasting:
            os.close(run.job)
            run.job = -1
        if run.report >= 0:
            run.in_force, run.asked = confine.hear(run.report)
            run.report = -1
        supervisor.begin(self.host, run.in_force)
        witness = Witness(self.host, run.seen, run.pid, run.asked)
        ending = self._watch(run, witness, lasting=lasting)
        code, want, stopped = self._ended(run, ending, lasting=lasting)
        witness.end()
        for fd, kind in ((run.out, b"1"), (run.err, b"2")):
            supervisor.forward(self.host, fd, kind)
        now = supervisor.limit_events()
        counts = [min(max(after - before, 0), 0xFFFFFFFF) for before, after in zip(events, now)]  # noqa: B905 - not in Python 3.9
        told_of = (code, stopped, want, *counts, *cleaning.taken(self.room))
        if self.interpreter is not run:
            run.close()
        with identity.Acting(self.user):
            supervisor.conclude(self.host, told_of, placed, caps, anew=self.session == CLEAN)

    def _watch(self, run: Run, witness: Witness, *, lasting: bool) -> tuple[int, int] | str | None:
        """Forward output until the block is done: (code, want), or None where its process ended.

        STOPPED where the host said so, LIED where what is told can't be.
        """
        outputs = {run.out: b"1", run.err: b"2"}
        poll = select.poll()
        ends = (run.ending,) if lasting else ()
        for fd in (0, self.link.fileno(), self.woken, *witness.sources, *outputs, *ends):
            poll.register(fd, select.POLLIN)
        while True:
            if run.pid in self.died:
                return None
            for fd, event in witness.wait(poll):
                if fd == 0:
                    self.host.receive()
                    return STOPPED
                if fd in outputs:
                    chunk = supervisor.piece_of(fd)
                    if chunk:
                        self.host.send(outputs[fd], chunk)
                    elif chunk is not None:
                        poll.unregister(fd)
                elif fd in witness.sources:
                    with identity.Acting(self.user):  # who alone may look into its memory
                        more = witness.look(fd, hung_up=not event & select.POLLIN)
                    if not more:
                        poll.unregister(fd)
                elif fd == run.ending and lasting:
                    piece = reported(fd)
                    if piece is not None and piece[2] == self.blocks:
                        return piece[:2]
                    if piece is not None:
                        return LIED  # somebody told of the end of a block before it came
                    poll.unregister(fd)
                else:
                    self._listen()

    def _ended(
        self, run: Run, ending: tuple[int, int] | str | None, *, lasting: bool
    ) -> tuple[int, int, bool]:
        """End what is to end; return the code, what it is said to have run out of, whether it was stopped."""
        if isinstance(ending, tuple):
            self.interpreter = run
            self._hold(run.pid)
            if run.pid not in self.died:
                return (*ending, False)
        if self.interpreter is not None and not lasting and ending not in (STOPPED, LIED):
            self._hold(self.interpreter.pid)  # of a shell block nothing stays
            self.bereft = self.interpreter.pid in self.died
        else:
            self.bereft = lasting or self.interpreter is not None
            self._end_all(run.pid)
        status = self.died.pop(run.pid, 0)
        said = reported(run.ending)
        return supervisor.code_of(status), 0 if said is None else said[1], ending == STOPPED

    def _end_all(self, pid: int) -> None:
        """End every process of the user, and see them gone."""
        self.interpreter = None
        while True:
            self._signal(-1, signal.SIGKILL)
            self._listen()
            if pid in self.died and cleaning.processes() == self.baseline.processes:
                return
            self._pause()

    def _hold(self, interpreter: int) -> None:
        """Stop the interpreter where it is, and end every other process of its user."""
        while True:
            self._signal(-1, signal.SIGSTOP)  # one call reaches all: what is stopped starts nothing
            others = cleaning.processes() - self.baseline.processes - {interpreter}
            for pid in others:
                self._signal(pid, signal.SIGKILL)
            self._listen()
            if interpreter in self.died:
                return
            # What the interpreter itself started is gone for good when it has looked after it.
            living = [pid for pid in others if cleaning.state(pid) not in (b"", _ZOMBIE)]
            if not living and cleaning.state(interpreter) == _STOPPED:
                return
            self._pause()

    def _settle(self) -> None:
        """Make the cell fit for the next run; raises Doubt where it may not be."""
        if self.bereft:
            raise cleaning.DoubtError("the interpreter ended, and what it held is gone")
        if self.session == INTERPRETER and self.interpreter is not None:
            self.baseline.check(besides=frozenset((self.interpreter.pid,)))
            return
        everywhere = self.baseline.places
        places = tuple(place for place in everywhere if self.session == CLEAN or place != files.WORKSPACE)
        with identity.Acting(self.user):
            for place in places:
                cleaning.wipe(place, self.baseline.listed(place))
        for place in places:
            os.utime(place, (0, 0), follow_symlinks=False)
        self.baseline.check(places=places)
        if self.session == CLEAN:
            self.user += 1
            if self.user > identity.LAST:
                raise cleaning.DoubtError("this cell has served as many runs as it may")
        self.ready = self._forked()

    def _forked(self) -> Run:
        """Return a new process that waits for its program."""
        job, job_in = os.pipe()
        out, out_in = os.pipe()
        err, err_in = os.pipe()
        ending, ending_in = os.pipe()
        report, report_in = (end.detach() for end in socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET))
        seen, seen_in = os.pipe()
        theirs = (job, report_in, out_in, err_in, seen_in, ending_in)
        for fd in (out, err, ending):  # a program can take back what it wrote: no read may wait for it
            os.set_blocking(fd, False)
        socket.send_fds(self.link, [template.ORDER.pack(self.user)], theirs)
        for fd in theirs:
            os.close(fd)
        pid = self._told(template.FORKED)
        if pid is None:
            raise cleaning.DoubtError("the template did not fork")
        return Run(pid, (job_in, report, out, err, seen, ending))

    def _told(self, wanted: bytes) -> int | None:
        """Wait until the template says something; return the process that it is about."""
        while True:
            data = self.link.recv(template.TOLD.size)
            if len(data) != template.TOLD.size:
                return None
            what, pid, status = template.TOLD.unpack(data)
            if what == wanted:
                return pid
            if what == template.DIED:
                self.died[pid] = status

    def _listen(self) -> None:
        """Take in who has died, be it the template's child or one that lost its parent."""
        try:
            os.read(self.woken, CHUNK)
        except BlockingIOError:
            pass
        supervisor.reap(-1)
        while True:
            try:
                data = self.link.recv(template.TOLD.size, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return
            if len(data) != template.TOLD.size:
                os._exit(1)  # without its template this cell is of no use
            what, pid, status = template.TOLD.unpack(data)
            if what == template.DIED:
                self.died[pid] = status

    def _pause(self) -> None:
        select.select([self.link, self.woken], [], [], _MEANWHILE_S)

    def _signal(self, pid: int, number: int) -> None:
        """Send a signal as the run's user, who reaches nobody else; -1 is all that are this user's."""
        with identity.Acting(self.user):
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass


def reported(fd: int) -> tuple[int, int, int] | None:
    """Return what a program says of how its block ended: (code, what it ran out of, which block)."""
    data = supervisor.piece_of(fd) or b""
    if len(data) < runner.ENDING.size:
        return None
    code, want, number = runner.ENDING.unpack(data[: runner.ENDING.size])
    return code % 256, want % supervisor.WANTS, number
