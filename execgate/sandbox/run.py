"""One run in one container, from its making to its removal.

A thread of its own talks to the engine and keeps the clock: neither a slow listener nor Ctrl-C
in the calling thread can hold up a deadline or leave a container behind.
"""

from __future__ import annotations

import queue
import re
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from execgate.errors import SandboxUnavailableError
from execgate.model.execution import ExecutionResult, InputFile, Stop, Usage
from execgate.model.source import Source
from execgate.model.verdict import Authorization
from execgate.sandbox import confinement, outcome
from execgate.sandbox.engine import attempt, is_missing, translated
from execgate.sandbox.files import CAPS, escaped
from execgate.sandbox.frames import KILL, EngineStream, Frames, GuestError, encode_job
from execgate.sandbox.transcript import FailureError, Phase, Transcript
from execgate.sandbox.usage import Meter
from execgate.sandbox.wire import Wire

if TYPE_CHECKING:
    from docker import APIClient

START_S = 30.0
"""How long a container may take until its interpreter waits for the job."""
COLLECT_S = 20.0
"""How long the files of a program that ended may take."""
GRACE_S = 0.2
"""How long the supervisor may take to end its program before the whole container is killed."""
OUTPUT_CEILING = 256 << 20
"""What is kept of an unlimited output, in bytes: the gate's own memory is not unlimited."""

_SAMPLES_S = (0.01, 0.1)
_REMOVE_S = 30.0
_SAID_BYTES = 2000
_T = TypeVar("_T")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. -]{0,99}")


class ImageGoneError(Exception):
    """The engine no longer has the image; nothing was run."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be run, where, and under which labels."""

    authorization: Authorization
    inputs: Sequence[InputFile]
    image: str
    labels: Mapping[str, str]
    host_cpus: int
    backend: str


def execute(
    client: APIClient, job: Job, on_output: Callable[[str, bytes], None] | None
) -> tuple[ExecutionResult, str | None]:
    """Run `job`; return the result, and the container's name where it could not be removed.

    Raises SandboxUnavailableError or ImageGoneError where nothing was run.
    """
    run = _Run(client, job, listening=on_output is not None)
    worker = threading.Thread(target=run.work, name=run.name, daemon=True)
    try:
        worker.start()
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
    """The state of one run; everything but `conclusion` happens in the worker's thread."""

    def __init__(self, client: APIClient, job: Job, *, listening: bool) -> None:
        self.name = f"execgate-run-{uuid.uuid4().hex}"
        self.events: queue.SimpleQueue[tuple[str, bytes] | None] = queue.SimpleQueue()
        self.cancelled = threading.Event()
        self._entry = threading.Lock()
        self._entered = False
        self._over = threading.Event()
        self._client = client
        self._job = job
        self._limits = job.authorization.limits
        self._listening = listening
        output = self._limits.output_bytes
        self._transcript = Transcript(OUTPUT_CEILING if output is None else output, CAPS)
        self._frames = Frames()
        self._envelope = EngineStream()
        self._said = bytearray()
        self._cut_off = False
        self._meter: Meter | None = None
        self._usage: Usage | None = None
        self._began = 0.0
        self._stop: Stop | None = None
        self._stopped_at = 0.0
        self._result: ExecutionResult | None = None
        self._error: BaseException | None = None
        self._left: str | None = None
        self._silence: str | None = None

    def conclusion(self) -> tuple[ExecutionResult, str | None]:
        """Return the result, or raise what the worker met."""
        if self._error is not None:
            raise self._error
        if self._result is None:
            raise SandboxUnavailableError("the run was cancelled before it began")
        return self._result, self._left

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
        except BaseException as error:  # noqa: BLE001 - raised again in the calling thread
            self._error = error
        finally:
            self._over.set()
            self.events.put(None)

    def _whole(self) -> ExecutionResult | None:
        wire: Wire | None = None
        try:
            self._create()
            with translated("can't start a container"):
                # Before the start, so that not a byte is missed.
                wire = Wire(
                    self._client.attach_socket(self.name, {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1})
                )
                self._client.start(self.name)
            return self._talk(wire)
        finally:
            if wire is not None:
                wire.close()
            self._remove()

    def _create(self) -> None:
        arguments = confinement.container(self._job.image, self._limits, self._job.labels)
        host = confinement.host_config(self._limits, host_cpus=self._job.host_cpus)
        with translated("can't create a container"):
            config = self._client.create_host_config(**host)
            try:
                made = self._client.create_container(name=self.name, host_config=config, **arguments)
            except Exception as error:
                if is_missing(error):
                    raise ImageGoneError from error
                raise
        discarded = [line for line in made.get("Warnings") or () if confinement.is_discarded(line)]
        if discarded:
            raise SandboxUnavailableError(
                f"the engine can't keep a limit of the policy: {' '.join(discarded)[:300]}",
                help="enable the controller it names, or use another engine",
            )

    def _ask(self, call: Callable[[], _T]) -> tuple[_T | None, str | None]:
        """Do as `attempt` does, but ask an engine no more that once kept silent: each wait is a long one."""
        if self._silence is not None:
            return None, self._silence
        asked = time.monotonic()
        found, fault = attempt(call)
        if fault is not None and time.monotonic() - asked >= self._client.timeout:
            self._silence = fault
        return found, fault

    def _remove(self) -> None:
        def remove() -> None:
            try:
                self._client.remove_container(self.name, force=True, v=True)
            except Exception as error:
                if not is_missing(error):
                    raise

        _, fault = self._ask(remove)
        self._left = None if fault is None else self.name

    # Before the program begins: whatever fails here, nothing was run.

    def _talk(self, wire: Wire) -> ExecutionResult | None:
        state, _ = self._ask(lambda: self._client.inspect_container(self.name))
        if state is not None:
            self._meter = Meter(int(state["State"].get("Pid") or 0), str(state["Id"]))
        try:
            if not self._await(wire, Phase.READY, START_S):
                return self._stillborn()
            source = self._job.authorization.source
            frames = list(
                encode_job(
                    source.text,
                    program_name(source.path),
                    self._job.inputs,
                    files=CAPS.count,
                    file_bytes=CAPS.total_bytes,
                    language=source.language,
                    modules={file.path: file.digest.removeprefix("sha256:") for file in _staged(self._job)},
                )
            )
            for frame in frames[:-1]:
                if not wire.write(frame, START_S):
                    return self._refused(wire)
        except FailureError as failure:
            return self._failed(failure)
        except GuestError as error:
            raise SandboxUnavailableError(f"the container's guest is not ours: {error}") from error
        if self.cancelled.is_set():
            return None
        # From here on the program may have begun.
        wire.write(frames[-1], START_S)
        return self._follow(wire)

    def _await(self, wire: Wire, phase: Phase, seconds: float) -> bool:
        """Read until the guest has come to `phase`; return False where it ended or is late."""
        deadline = time.monotonic() + seconds
        while self._transcript.phase is not phase and not self.cancelled.is_set():
            data = wire.read(min(0.1, deadline - time.monotonic()))
            if data == b"":
                self._cut_off = True
                return False
            if time.monotonic() > deadline:
                return False
            self._take(data or b"")
        return not self.cancelled.is_set()

    def _take(self, data: bytes) -> None:
        for stream, piece in self._envelope.feed(data):
            if stream == EngineStream.ERROR:
                self._said += piece[: _SAID_BYTES - len(self._said)]
            elif stream == EngineStream.OUTPUT:
                for frame in self._frames.feed(piece):
                    output = self._transcript.receive(frame)
                    if output is not None and self._listening:
                        self.events.put(output)

    def _stillborn(self) -> ExecutionResult | None:
        if self.cancelled.is_set():
            return None
        state = self._state()
        if state.get("OOMKilled"):
            return self._conclude(*outcome.no_room(self._limits))
        said = escaped(self._said.decode("utf-8", "replace").strip(), 300)
        if not self._cut_off:
            silence = f"no answer within {START_S:g} s"
        elif state.get("Running", True):
            silence = "the connection to it broke"
        else:
            silence = f"it ended with status {state.get('ExitCode')}"
        why = said or state.get("Error") or silence
        raise SandboxUnavailableError(f"the container did not start its interpreter: {why}")

    def _refused(self, wire: Wire) -> ExecutionResult | None:
        """Find out why the guest stopped taking the job: it says so, or has died."""
        self._await(wire, Phase.RUNNING, 1.0)
        return self._stillborn()

    def _failed(self, failure: FailureError) -> ExecutionResult:
        if failure.disk:
            return self._conclude(*outcome.no_room_for_inputs(self._limits))
        raise SandboxUnavailableError(f"the guest could not take the job: {failure}")

    # From the beginning of the program to its end.

    def _follow(self, wire: Wire) -> ExecutionResult | None:
        deadline = time.monotonic() + START_S
        pause, sampled = _SAMPLES_S[0], 0.0
        while self._transcript.phase is not Phase.DONE:
            now = time.monotonic()
            if self.cancelled.is_set():
                return None
            if self._transcript.phase is Phase.RUNNING:
                if now - sampled >= pause and self._meter is not None:
                    self._meter.sample()
                    sampled, pause = now, min(pause * 1.5, _SAMPLES_S[1])
                if self._stop is None and self._limits.wall_s is not None and now >= deadline:
                    self._request(Stop.TIME, wire)
                if self._stop is not None and now >= self._stopped_at + GRACE_S:
                    return self._kill(wire)
            elif now >= deadline:
                return self._lost("the files took too long" if self._usage else "the program did not begin")
            data = wire.read(self._patience(now, deadline, pause))
            if data == b"":
                return self._vanished()
            phase = self._transcript.phase
            try:
                self._take(data or b"")
            except FailureError as failure:
                return self._failed(failure)
            except GuestError as error:
                return self._lost(f"the guest broke the protocol: {error}")
            deadline = self._next_deadline(phase, deadline)
            if self._transcript.overflowed and self._stop is None:
                self._request(Stop.OUTPUT, wire)
        return self._ended()

    def _patience(self, now: float, deadline: float, pause: float) -> float:
        wait = min(pause, max(deadline - now, 0.001)) if self._stop is None else 0.02
        return max(wait, 0.001)

    def _next_deadline(self, before: Phase, deadline: float) -> float:
        """Return when the phase must have ended; the clock starts as the program does."""
        now, phase = time.monotonic(), self._transcript.phase
        if before is Phase.READY and phase is not before:
            self._began = now
            if self._meter is not None:
                self._meter.begin()
            wall_s = self._limits.wall_s
            deadline = now + wall_s if wall_s is not None else float("inf")
        if phase in {Phase.COLLECTING, Phase.DONE} and self._usage is None:
            self._usage = self._measured()
            deadline = now + COLLECT_S
        return deadline

    def _request(self, stop: Stop, wire: Wire) -> None:
        self._stop, self._stopped_at = stop, time.monotonic()
        wire.write(KILL, GRACE_S)

    def _measured(self) -> Usage:
        wall_s = time.monotonic() - self._began if self._began else 0.0
        return self._meter.usage(wall_s) if self._meter is not None else Usage(wall_s)

    def _kill(self, wire: Wire) -> ExecutionResult:
        """End the container from outside: its supervisor did not do it in time."""
        self._usage = self._measured()
        wire.close()  # an engine that can't get rid of output does not get round to a kill
        _, fault = self._ask(lambda: self._client.kill(self.name))
        stop, self._stop = self._stop or Stop.ENGINE, None
        if fault is not None and self._state().get("Running", True):
            return self._lost(f"could not be stopped at its limit: {fault}")
        self._transcript.rejected.append("no file was taken: the whole container had to be killed")
        return self._conclude(stop, None, outcome.stopped(stop, self._limits))

    def _vanished(self) -> ExecutionResult:
        """Tell why the stream ended before the guest had."""
        state = self._state()
        if self._stop is not None:
            return self._conclude(self._stop, None, outcome.stopped(self._stop, self._limits))
        if state.get("OOMKilled"):
            why = outcome.stopped(Stop.MEMORY, self._limits) + ": the whole container was killed"
            return self._conclude(Stop.MEMORY, None, why)
        if not state:
            return self._lost("the engine stopped answering")
        if state.get("Running"):
            return self._lost("the connection to the container broke")
        return self._lost(f"the container was ended from outside, with status {state.get('ExitCode')}")

    def _lost(self, why: str) -> ExecutionResult:
        return self._conclude(Stop.ENGINE, None, why)

    def _ended(self) -> ExecutionResult:
        ending = self._transcript.ending
        if ending is None:
            return self._lost("the guest gave no ending")
        if self._stop is not None:
            return self._conclude(self._stop, None, outcome.stopped(self._stop, self._limits))
        return self._conclude(*outcome.judge(ending, self._limits))

    def _state(self) -> dict[str, Any]:
        """Return how the engine sees the container that ended, or is about to; empty without an engine."""
        state: dict[str, Any] = {}
        for _ in range(20):
            found, _ = self._ask(lambda: self._client.inspect_container(self.name))
            if found is None:
                return {}
            state = found["State"]
            if not state.get("Running"):
                break
            time.sleep(0.05)
        return state

    def _conclude(self, stop: Stop, code: int | None, detail: str) -> ExecutionResult:
        transcript = self._transcript
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
            image=self._job.image,
        )


def _staged(job: Job) -> tuple[Source, ...]:
    program = job.authorization.verdict.program
    return () if program is None else program.staged


def program_name(path: str) -> str:
    """Return what the program's file is called inside: the last part of `path` where that is a plain name."""
    last = path.replace("\\", "/").rpartition("/")[2]
    return last if _NAME.fullmatch(last) else "main.py"
