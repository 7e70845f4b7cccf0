"""One run in one cell, from the taking of the cell to its giving back.

A thread of its own talks to the guest and keeps the clock: neither a slow listener nor Ctrl-C
in the calling thread can hold up a deadline or leave a cell behind.
"""

from __future__ import annotations

import queue
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import replace

from execgate.errors import SandboxUnavailableError
from execgate.model.confines import OnSurprise
from execgate.model.execution import ExecutionResult, Start, Stop, Usage
from execgate.model.program import Program
from execgate.sandbox import machine, outcome
from execgate.sandbox.cell import Cell, Wire
from execgate.sandbox.cells import Cells, Taken
from execgate.sandbox.files import CAPS
from execgate.sandbox.frames import CHUNK_BYTES, GO_BYTES, KILL, Frames, GuestError, encode_job
from execgate.sandbox.greeting import REMAKE, START_S, CancelledError, NoRoomError, not_ours
from execgate.sandbox.job import Job, program_name
from execgate.sandbox.transcript import FailureError, Phase, Transcript
from execgate.sandbox.watching import Observer, line_of

COLLECT_S = 20.0
"""How long the files of a program that ended may take."""
REASON_S = 1.0
"""How long a guest that stops taking its job may take to say why."""
GRACE_S = 0.2
"""How long the supervisor may take to end its program before the whole cell is killed."""
OUTPUT_CEILING = 256 << 20
"""What is kept of an unlimited output, in bytes: the gate's own memory is not unlimited."""

LOOK_S = 0.02
"""How long what a program was seen to do is looked at before its clock is."""
LOOK_AFTER_S, LOOK_STOPPED_S = 1.0, 0.2
"""How long what is left of that may take when the program has ended, by itself or not."""

_SAMPLES_S = (0.01, 0.1)
_REMOVE_S = 30.0


def execute(cells: Cells, job: Job, on_output: Callable[[str, bytes], None] | None) -> ExecutionResult:
    """Run `job` in one of `cells` and return its result.

    Raises SandboxUnavailableError or ImageGoneError where nothing was run.
    """
    run = _Run(cells, job, listening=on_output is not None)
    worker = threading.Thread(target=run.work, name=f"execgate-run-{uuid.uuid4().hex[:8]}", daemon=True)
    try:
        machine.start(worker)
        while (event := run.events.get()) is not None:
            if on_output is not None:
                on_output(*event)
        worker.join()
    except BaseException:
        # The interrupt may have come while the thread was being started: `Thread` itself can't tell then.
        run.cancel(_REMOVE_S)
        raise
    return run.conclusion()


class _Run:
    """The state of one run; everything but `conclusion` and `cancel` happens in the worker's thread."""

    def __init__(self, cells: Cells, job: Job, *, listening: bool) -> None:
        self.events: queue.SimpleQueue[tuple[str, bytes] | None] = queue.SimpleQueue()
        self.cancelled = threading.Event()
        self._entry = threading.Lock()
        self._entered = False
        self._over = threading.Event()
        self._cells = cells
        self._job = job
        self._listening = listening
        self._result: ExecutionResult | None = None
        self._error: BaseException | None = None

    def conclusion(self) -> ExecutionResult:
        """Return the result, or raise what the worker met."""
        if self._error is not None:
            raise self._error
        if self._result is None:
            raise SandboxUnavailableError("the run was cancelled before it began")
        return self._result

    def cancel(self, seconds: float) -> None:
        """Keep the run from beginning, or wait up to `seconds` until it has cleared up after itself."""
        with self._entry:
            self.cancelled.set()
            entered = self._entered
        if entered:
            self._over.wait(seconds)

    def work(self) -> None:
        """Do the run, in a thread of its own."""
        with self._entry:
            if self.cancelled.is_set():
                return
            self._entered = True
        try:
            self._result = self._whole()
        except CancelledError:
            pass
        except OSError as error:  # once a program may have begun there is a result, whatever comes
            self._error = machine.unavailable(error)
        except BaseException as error:  # noqa: BLE001 - raised again in the calling thread
            self._error = error
        finally:
            self._over.set()
            self.events.put(None)

    def _whole(self) -> ExecutionResult:
        listener = self.events.put if self._listening else None
        while True:
            try:
                taken = self._cells.take(self._job.profile, self.cancelled)
            except NoRoomError:
                stop, code, detail = outcome.no_room(self._job.authorization.limits)
                return ExecutionResult(stop, code, "", "", Usage(0.0), detail, backend=self._job.backend)
            try:
                return _Talk(taken, self._job, self.cancelled, listener).whole()
            except _StaleError:
                continue  # there is a bound: a cell that was made for this run is never stale
            finally:
                self._cells.give_back(taken)


class _StaleError(Exception):
    """The cell ended while it waited; nothing was run in it."""


class _Talk:
    """What is said between the gate and the guest of one cell about one job."""

    def __init__(
        self,
        taken: Taken,
        job: Job,
        cancelled: threading.Event,
        listener: Callable[[tuple[str, bytes]], None] | None,
    ) -> None:
        self._cell: Cell = taken.cell
        self._start: Start = taken.start
        self._job = job
        self._limits = job.authorization.limits
        self._cancelled = cancelled
        self._listener = listener
        output = self._limits.output_bytes
        self._transcript = Transcript(OUTPUT_CEILING if output is None else output, CAPS)
        verdict = job.authorization.verdict
        program = verdict.program or Program(verdict.source)
        self._observer = Observer(program, program_name(verdict.source.path))
        self._stops_at_surprise = job.authorization.confines.on_surprise is OnSurprise.STOP
        self._frames = Frames()
        self._usage: Usage | None = None
        self._began = 0.0
        self._stop: Stop | None = None
        self._stopped_at = 0.0

    def whole(self) -> ExecutionResult:
        """Hand the job over, follow the program and return how it ended; raises CancelledError."""
        job, wire, door = self._job, self._cell.wire, self._cell.door
        if door is not None:
            door.admit(job.permits, loopback=not job.way_out().own_loopback)
        try:
            return self._handed_over(job, wire)
        finally:
            if door is not None:
                door.leave()

    def _handed_over(self, job: Job, wire: Wire) -> ExecutionResult:
        frames = encode_job(
            job.authorization.source.text,
            job.to_json(),
            job.inputs,
            files=CAPS.count,
            file_bytes=CAPS.total_bytes,
        )
        told = b"".join(frames)
        # What takes long to hand over may be cancelled meanwhile; the rest goes in one piece.
        first, last = (told[:-GO_BYTES], told[-GO_BYTES:]) if len(told) > CHUNK_BYTES else (b"", told)
        # Whatever fails until the last byte has gone, nothing was run.
        if first and not wire.write(first, START_S):
            return self._refused()
        if self._cancelled.is_set():
            raise CancelledError
        # From here on the program may have begun.
        if not wire.write(last, START_S) and not first:
            return self._refused()
        try:
            return self._follow()
        except (CancelledError, SandboxUnavailableError):
            raise
        except Exception as error:  # noqa: BLE001 - the program may have run: there is a result, whatever it was
            return self._lost(f"a defect of the gate: {error!r}")

    def _take(self, data: bytes) -> None:
        for frame in self._frames.feed(data):
            output = self._transcript.receive(frame)
            if frame.kind == b"O":
                self._observer.receive(frame.payload)
            if output is not None and self._listener is not None:
                self._listener(output)

    def _refused(self) -> ExecutionResult:
        """Find out why the guest stopped taking the job: it says so, or has died."""
        until = time.monotonic() + REASON_S
        try:
            while (left := until - time.monotonic()) > 0 and (data := self._cell.wire.read(left)):
                self._take(data)
        except FailureError as failure:
            return self._failed(failure)
        except GuestError as error:
            raise not_ours(error) from error
        if self._cell.state().out_of_memory:
            return self._conclude(*outcome.no_room(self._limits))
        if self._start is Start.WARM:
            raise _StaleError
        raise SandboxUnavailableError("the guest stopped taking its job", help=REMAKE)

    def _failed(self, failure: FailureError) -> ExecutionResult:
        if failure.disk:
            return self._conclude(*outcome.no_room_for_inputs(self._limits))
        raise SandboxUnavailableError(f"the guest could not take the job: {failure}", help=REMAKE)

    # From the beginning of the program to its end.

    def _follow(self) -> ExecutionResult:
        deadline = time.monotonic() + START_S
        pause, sampled = _SAMPLES_S[0], 0.0
        while self._transcript.phase is not Phase.DONE:
            now = time.monotonic()
            if self._cancelled.is_set():
                raise CancelledError
            if self._transcript.phase is Phase.RUNNING:
                if now - sampled >= pause and self._cell.meter is not None:
                    self._cell.meter.sample()
                    sampled, pause = now, min(pause * 1.5, _SAMPLES_S[1])
                if self._stop is None and self._limits.wall_s is not None and now >= deadline:
                    self._request(Stop.TIME)
                if self._stop is None and self._spent_cpu():
                    self._request(Stop.CPU)
                if self._stop is not None and now >= self._stopped_at + GRACE_S:
                    return self._kill()
            elif now >= deadline:
                return self._lost("the files took too long" if self._usage else "the program did not begin")
            data = self._cell.wire.read(self._patience(now, deadline, pause))
            if data == b"":
                return self._vanished()
            phase = self._transcript.phase
            try:
                self._take(data or b"")
                self._observer.look(LOOK_S)
            except FailureError as failure:
                return self._failed(failure)
            except GuestError as error:
                return self._lost(f"the guest broke the protocol: {error}")
            deadline = self._next_deadline(phase, deadline)
            if self._transcript.overflowed and self._stop is None:
                self._request(Stop.OUTPUT)
            if self._stops_at_surprise and self._observer.surprises and self._stop is None:
                self._request(Stop.SURPRISE)
        return self._ended()

    def _patience(self, now: float, deadline: float, pause: float) -> float:
        if self._observer.is_behind:
            return 0.001
        wait = min(pause, max(deadline - now, 0.001)) if self._stop is None else 0.02
        return max(wait, 0.001)

    def _next_deadline(self, before: Phase, deadline: float) -> float:
        """Return when the phase must have ended; the clock starts as the program does."""
        now, phase = time.monotonic(), self._transcript.phase
        if before is Phase.READY and phase is not before:
            self._began = now
            if self._cell.meter is not None:
                self._cell.meter.begin()
            wall_s = self._limits.wall_s
            deadline = now + wall_s if wall_s is not None else float("inf")
        if phase in {Phase.COLLECTING, Phase.DONE} and self._usage is None:
            self._usage = self._measured()
            deadline = now + COLLECT_S
        return deadline

    def _spent_cpu(self) -> bool:
        """Return whether all processes together have used up the time of the processors that they may."""
        limit, meter = self._limits.cpu_s, self._cell.meter
        if limit is None or meter is None:
            return False
        spent = meter.cpu_s()
        return spent is not None and spent >= limit

    def _request(self, stop: Stop) -> None:
        self._stop, self._stopped_at = stop, time.monotonic()
        self._cell.wire.write(KILL, GRACE_S)

    def _measured(self) -> Usage:
        wall_s = time.monotonic() - self._began if self._began else 0.0
        meter, transcript = self._cell.meter, self._transcript
        usage = meter.usage(wall_s) if meter is not None else Usage(wall_s)
        ending = transcript.ending
        return replace(
            usage,
            output_bytes=len(transcript.stdout) + len(transcript.stderr),
            disk_bytes=None if ending is None else ending.disk_bytes,
            files=None if ending is None else ending.files,
        )

    def _kill(self) -> ExecutionResult:
        """End the cell from outside: its supervisor did not do it in time."""
        self._usage = self._measured()
        self._cell.wire.close()  # an engine that can't get rid of output does not get round to a kill
        fault = self._cell.kill()
        stop, self._stop = self._stop or Stop.ENGINE, None
        if fault is not None:
            state = self._cell.state()
            if state.running or not state.known:
                return self._lost(f"could not be stopped at its limit: {fault}")
        self._transcript.rejected.append("no file was taken: the whole container had to be killed")
        return self._conclude(stop, None, self._why(stop))

    def _vanished(self) -> ExecutionResult:
        """Tell why the stream ended before the guest had."""
        state = self._cell.state()
        if self._stop is not None:
            return self._conclude(self._stop, None, self._why(self._stop))
        if state.out_of_memory:
            why = outcome.stopped(Stop.MEMORY, self._limits) + ": the whole container was killed"
            return self._conclude(Stop.MEMORY, None, why)
        if not state.known:
            return self._lost("the engine stopped answering")
        if state.running:
            return self._lost("the connection to the container broke")
        return self._lost(f"the container was ended from outside, with status {state.status}")

    def _why(self, stop: Stop) -> str:
        if stop is Stop.SURPRISE:
            return f"not foreseen: {line_of(self._observer.surprises[0])} (on_surprise)"
        return outcome.stopped(stop, self._limits)

    def _lost(self, why: str) -> ExecutionResult:
        return self._conclude(Stop.ENGINE, None, why)

    def _ended(self) -> ExecutionResult:
        ending = self._transcript.ending
        if ending is None:
            return self._lost("the guest gave no ending")
        self._observer.end(LOOK_STOPPED_S if self._stopped_at else LOOK_AFTER_S)
        if self._stop is None and self._stops_at_surprise and self._observer.surprises:
            self._stop = Stop.SURPRISE
        if self._stop is not None:
            return self._conclude(self._stop, None, self._why(self._stop))
        return self._conclude(*outcome.judge(ending, self._limits))

    def _conclude(self, stop: Stop, code: int | None, detail: str) -> ExecutionResult:
        transcript = self._transcript
        self._observer.end(LOOK_STOPPED_S if self._stopped_at else LOOK_AFTER_S)
        given = {file.name: file.data for file in self._job.inputs}
        return ExecutionResult(
            stopped_by=stop,
            exit_code=code,
            stdout=transcript.stdout.decode("utf-8", "replace"),
            stderr=transcript.stderr.decode("utf-8", "replace"),
            usage=self._usage or self._measured(),
            detail=detail,
            output_truncated=transcript.overflowed,
            artifacts=tuple(
                artifact for artifact in transcript.artifacts if given.get(artifact.name) != artifact.data
            ),
            rejected=tuple(transcript.rejected),
            backend=self._job.backend,
            image=self._job.profile.image,
            start=self._start,
            connections=() if self._cell.door is None else self._cell.door.leave(),
            in_force=dict(transcript.in_force),
            observed=tuple(self._observer.observed),
            surprises=tuple(self._observer.surprises),
            omitted=self._observer.omitted,
        )
