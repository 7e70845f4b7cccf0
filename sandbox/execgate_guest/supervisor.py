"""Process 1 of a cell: it alone holds the stream to the host, and outlives whatever the program does.

The kernel shields it from every signal of the program, and it is not dumpable, so that `/proc/1/fd`, its
memory and its descriptors are closed to the program.  The *runner* is forked from it before anything is known
of the job, and becomes the program.
"""

# Every import costs every cell its time, so there is neither pathlib nor contextlib here.
# ruff: noqa: BLE001, PERF203, PTH110, PTH116, PTH118, SIM105

from __future__ import annotations

import json
import mmap
import os
import select
import signal
import struct
import sys
from _socket import AF_UNIX, SOCK_SEQPACKET, socketpair

from execgate_guest import cleaning, confine, figures
from execgate_guest.files import WORKSPACE, create, fail, mark, send_files
from execgate_guest.runner import ALWAYS, become_the_program, load
from execgate_guest.stream import CHUNK, PROTOCOL, Stream
from execgate_guest.witness import Witness

TYPE_CHECKING = False
if TYPE_CHECKING:
    from execgate_guest.files import Mark

KEPT_VARIABLES = frozenset(
    (
        "HOME",
        "LANG",
        "LOGNAME",
        "MPLBACKEND",
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "PATH",
        "TMPDIR",
        "USER",
    )
)
GATE = "/run/execgate/proxy.sock"
PR_SET_DUMPABLE = 4

ENDING = struct.Struct(">i?BIIQI")
"""Exit code, was stopped, ran out of, memory kills, refused processes, bytes and files that lie there."""
WANTS = 6
"""How many reasons there are for running out of something, that of nothing included."""


def main() -> int:
    """Wait for the one job; return the program's exit status (in the runner alone)."""
    cell = json.loads(os.environ.get("EXECGATE_CELL", "{}"))
    if "place" in cell:
        try:
            from execgate_guest.settle import settle

            settle(cell["place"])
        except Exception as error:  # half a place is none
            Stream(0, 1).give_up(b"o", repr(error))
    for name in set(os.environ) - KEPT_VARIABLES:
        del os.environ[name]
    if cell.get("session", "none") != "none":
        from execgate_guest import kept

        return kept.main(cell["session"], cell["preload"], cell.get("confine"))
    note = mmap.mmap(-1, mmap.PAGESIZE)
    cleaning.make_homes(cell.get("confine"))
    figures.prepare()
    job, job_in = os.pipe()
    out, out_in = os.pipe()
    err, err_in = os.pipe()
    report, report_in = (end.detach() for end in socketpair(AF_UNIX, SOCK_SEQPACKET))
    seen, seen_in = os.pipe()
    loaded, loading = os.pipe()
    runner = os.fork()
    if runner == 0:
        load((*ALWAYS, *cell.get("preload", ())))
        os.close(loading)
        return become_the_program(job, report_in, (out_in, err_in, seen_in), note, cell.get("confine"))
    for fd in (job, report_in, out_in, err_in, seen_in, loading):
        os.close(fd)
    os.read(loaded, 1)  # ends when what the runner loads ahead is there
    os.close(loaded)
    supervise(runner, job_in, (report, seen), {out: b"1", err: b"2"}, note)
    os._exit(0)


def supervise(
    runner: int, job_in: int, told: tuple[int, int], outputs: dict[int, bytes], note: mmap.mmap
) -> None:
    """Hand the job over, forward the output, and report; never returns before the host has gone."""
    host = Stream(0, 1)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # for process 1 that means: nothing inside can send it
    woken, wake = os.pipe()
    for fd in (woken, wake, *outputs):  # a program can take back what it wrote: no read may wait for it
        os.set_blocking(fd, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    try:
        hide()
    except Exception as error:  # whatever it is: unprotected, nothing runs
        host.give_up(b"o", repr(error))
    if os.path.exists(GATE):
        import execgate_guest.shim  # noqa: F401 - loaded while there is no job yet
    greet(host)
    room = cleaning.room()
    program, placed, caps = take_job(host)
    network = json.loads(program[b"J"]).get("network")
    closed = way_out(network) if network else None
    if closed is not None:
        host.give_up(b"o", f"no way to the gate's proxy: {closed}")
    child = Stream(-1, job_in)
    child.hold(b"J", program[b"J"])
    child.send(b"S", program[b"S"])
    os.close(job_in)
    in_force, asked = confine.hear(told[0])
    begin(host, in_force)

    witness = Witness(host, told[1], runner, asked)
    status, stopped = watch(host, runner, outputs, witness, woken)
    status = bury(runner, status)
    witness.end()
    for fd, kind in outputs.items():
        forward(host, fd, kind)
    ending = (code_of(status), stopped, note[0] % WANTS, *limit_events(), *cleaning.taken(room))
    conclude(host, ending, placed, caps)
    while os.read(0, CHUNK):  # the host ends the container; until then its figures can be read
        pass


# What is said to the host of every run, be the cell kept or not.


def greet(host: Stream) -> None:
    """Say that a job may come, and to which Python."""
    host.send(b"R", struct.pack(">B3B", PROTOCOL, *sys.version_info[:3]))


def begin(host: Stream, in_force: bytes) -> None:
    """Say what confines the program, as the runner told it, and that it begins; or why it does not."""
    if in_force[:1] == b"!":
        host.give_up(b"o", in_force[1:].decode("utf-8", "replace"))
    if in_force:  # what died before it said so has run nothing
        host.hold(b"C", in_force)
    host.send(b"B")


def conclude(
    host: Stream,
    ending: tuple[int, bool, int, int, int, int, int],
    placed: dict[bytes, Mark | None],
    caps: tuple[int, int],
    *,
    anew: bool = True,
) -> None:
    """Say how the program ended, by the values of ENDING, and send what it left.

    `anew` is as for `figures.send`.
    """
    host.hold(b"P", ENDING.pack(*ending))
    figures.send(host, send_files(host, placed, *caps), placed, anew=anew)
    host.send(b"E")


def way_out(network: dict[str, object], user: int | None = None) -> str | None:
    """Start what leads to the gate's proxy; return why it can't be reached, None where it can."""
    from execgate_guest import shim

    return shim.start(network, user)


def hide() -> None:
    """Close this process to the others of its user: no memory, no descriptors, no tracing."""
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_DUMPABLE)")
    if os.getpid() != 1:
        raise RuntimeError("not process 1 of its container")


def take_job(host: Stream) -> tuple[dict[bytes, bytes], dict[bytes, Mark | None], tuple[int, int]]:
    """Return the program by kind of frame, the inputs as they were placed, and the caps (count, bytes)."""
    program = {b"J": b"{}", b"S": b""}
    placed, target = {}, -1
    while True:
        kind, payload = host.receive()
        if kind in (b"F", b"G") and target >= 0:
            os.close(target)
            target = -1
        if kind in program:
            program[kind] = payload
        elif kind == b"F":
            target = create(payload)
            placed[payload] = None
        elif kind == b"D":
            left = memoryview(payload)
            while left:
                try:
                    left = left[os.write(target, left) :]
                except OSError as error:
                    fail(host, error)
        elif kind == b"G":
            for path in placed:
                placed[path] = mark(os.stat(os.path.join(WORKSPACE.encode(), path)))
            return program, placed, struct.unpack(">IQ", payload)
        else:
            os._exit(1)


def watch(
    host: Stream, runner: int, outputs: dict[int, bytes], witness: Witness, woken: int
) -> tuple[int | None, bool]:
    """Forward output until the program ended or the host says stop; return (status or None, stopped)."""
    poll = select.poll()
    for fd in (0, woken, *witness.sources, *outputs):
        poll.register(fd, select.POLLIN)
    while True:
        for fd, event in witness.wait(poll):
            if fd == 0:
                kind, _ = host.receive()
                return None, kind == b"K"
            if fd == woken:
                try:
                    os.read(woken, CHUNK)
                except BlockingIOError:
                    pass
                status = reap(runner)
                if status is not None:
                    return status, False
            elif fd in witness.sources:
                if not witness.look(fd, hung_up=not event & select.POLLIN):
                    poll.unregister(fd)
            else:
                chunk = piece_of(fd)
                if chunk:
                    host.send(outputs[fd], chunk)
                elif chunk is not None:
                    poll.unregister(fd)


def reap(runner: int) -> int | None:
    """Collect what has died; return the runner's status if it has."""
    found = None
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if pid == 0:
            return found
        if pid == runner:
            found = status


def bury(runner: int, status: int | None) -> int:
    """Kill whatever lives beside this process and wait for its end; return the runner's status."""
    while True:
        try:
            # One call reaches all at once, and a fork that is under way sees the signal and fails.
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:
            pass
        try:
            pid, ended = os.waitpid(-1, 0)
        except ChildProcessError:
            return status
        if pid == runner:
            status = ended


def forward(host: Stream, fd: int, kind: bytes) -> None:
    """Send what is left in a pipe of which no writer lives.

    That it is empty is enough: a descriptor that was put into a socket within itself outlives everybody, and
    the end of the file would never come.
    """
    while True:
        chunk = piece_of(fd)
        if not chunk:
            return
        host.send(kind, chunk)


def piece_of(fd: int) -> bytes | None:
    """Return what is in a pipe, empty at its end, None where there is nothing now."""
    try:
        return os.read(fd, CHUNK)
    except BlockingIOError:
        return None


def code_of(status: int) -> int:
    """Return an exit status as 0 to 255, a signal as its negative number."""
    return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def limit_events() -> tuple[int, int]:
    """Return how often memory ran out for a process, and how often a process was refused."""
    killed = counter(b"oom_kill", "/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control")
    refused = counter(b"max", "/sys/fs/cgroup/pids.events", "/sys/fs/cgroup/pids/pids.events")
    return killed, refused


def counter(key: bytes, *paths: str) -> int:
    """Return the figure called `key` in the first file that has it, at most 32 bits of it."""
    for path in paths:
        try:
            for line in cleaning.whole(path).splitlines():
                name, _, value = line.partition(b" ")
                if name == key:
                    return min(int(value), 0xFFFFFFFF)
        except (OSError, ValueError):
            continue
    return 0
