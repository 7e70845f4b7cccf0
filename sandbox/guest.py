"""What waits inside the container: takes one job, runs it once, says what happened.

Standard library only, Python 3.9 and later.  Two processes share this file.  The *supervisor* is
process 1 of the container: the kernel shields it from every signal of the program, it is not dumpable (so
that `/proc/1/fd`, its memory and its descriptors are closed to the program), and it alone holds the stream to
the host.  The *runner* is forked from it before anything is known of the job, and becomes the program.

Frames are one byte of type, four of length (big endian), then the payload.

From the host: `S` the program's text, `N` the name of its file, `L` its language, `M` the
files of the workspace that may be imported (JSON: name to SHA-256), `F` an input's name, `D` a piece of its
content, `G` go (caps on the files that come back), `K` kill it now.  To the host: `R` ready, `B` the
program begins, `1` and `2` a piece of its output, `P` it ended and nothing of it lives, `F` `D` a file that
it left, `X` one that was not taken, `E` the end, `!` the job could not be done.
"""

# Every import costs every run its time, so there is neither pathlib nor contextlib here.
# ruff: noqa: BLE001, PERF203, PTH103, PTH116, PTH118, PTH120, PTH123, SIM105, SLF001

from __future__ import annotations

import errno
import mmap
import os
import select
import signal
import stat
import struct
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    Mark = tuple[int, int, int, int]

PROTOCOL = 2
CHUNK = 1 << 16
WORKSPACE = "/workspace"
DEPTH = 16
ENTRIES = 20_000
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

# Why the program failed, where it failed for want of something.
NOTHING, DISK, PROCESSES, MEMORY = 0, 1, 2, 3
# Why a file was not taken; the words are the host's.
NOT_REGULAR, TOO_LARGE, TOO_MANY, TOO_DEEP, UNREADABLE, UNSEEN = 1, 2, 3, 4, 5, 6

PR_SET_DUMPABLE = 4
OUT_OF_DISK = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))


class Stream:
    """The frames to and from the host."""

    def __init__(self, source: int, sink: int) -> None:
        self.source = source
        self.sink = sink

    def send(self, kind: bytes, payload: bytes = b"") -> None:
        """Write one frame; without a host there is nothing left to do."""
        left = memoryview(kind + struct.pack(">I", len(payload)) + payload)
        try:
            while left:
                left = left[os.write(self.sink, left) :]
        except OSError:
            os._exit(1)

    def receive(self) -> tuple[bytes, bytes]:
        """Return type and payload of the next frame; the host's end ends this container."""
        head = self._exactly(5)
        return head[:1], self._exactly(struct.unpack(">I", head[1:])[0])

    def _exactly(self, size: int) -> bytes:
        pieces = []
        while size:
            piece = os.read(self.source, min(size, 1 << 20))
            if not piece:
                os._exit(1)
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)


def main() -> int:
    """Wait for the one job; return the program's exit status (in the runner alone)."""
    for name in set(os.environ) - KEPT_VARIABLES:
        del os.environ[name]
    note = mmap.mmap(-1, mmap.PAGESIZE)
    job, job_in = os.pipe()
    out, out_in = os.pipe()
    err, err_in = os.pipe()
    runner = os.fork()
    if runner == 0:
        return become_the_program(job, out_in, err_in, note)
    for fd in (job, out_in, err_in):
        os.close(fd)
    supervise(runner, job_in, {out: b"1", err: b"2"}, note)
    os._exit(0)


# The supervisor.


def supervise(runner: int, job_in: int, outputs: dict[int, bytes], note: mmap.mmap) -> None:
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
        host.send(b"!", repr(error).encode("utf-8", "replace")[:500])
        os._exit(1)
    host.send(b"R", struct.pack(">B3B", PROTOCOL, *sys.version_info[:3]))

    program, placed, caps = take_job(host)
    host.send(b"B")
    child = Stream(-1, job_in)
    for kind in (b"N", b"L", b"M", b"S"):
        child.send(kind, program[kind])
    os.close(job_in)

    status, stopped = watch(host, runner, outputs, woken)
    status = bury(runner, status)
    for fd, kind in outputs.items():
        forward(host, fd, kind)
    host.send(
        b"P",
        struct.pack(">i?BII", code_of(status), stopped, note[0] % 4, *limit_events()),
    )
    send_files(host, placed, *caps)
    host.send(b"E")
    while os.read(0, CHUNK):  # the host ends the container; until then its figures can be read
        pass


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
    program = {b"S": b"", b"N": b"main.py", b"L": b"python", b"M": b"{}"}
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


def create(name: bytes) -> int:
    """Return a new, empty input file, open for writing."""
    path = os.path.join(WORKSPACE.encode(), name)
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except OSError as error:
        fail(Stream(0, 1), error)


def fail(host: Stream, error: OSError) -> NoReturn:
    """Say that the job can't be done, and end."""
    kind = b"d" if error.errno in OUT_OF_DISK else b"o"
    host.send(b"!", kind + os.strerror(error.errno or 0).encode())
    os._exit(1)


def watch(host: Stream, runner: int, outputs: dict[int, bytes], woken: int) -> tuple[int | None, bool]:
    """Forward output until the program ended or the host says stop; return (status or None, stopped)."""
    poll = select.poll()
    for fd in (0, woken, *outputs):
        poll.register(fd, select.POLLIN)
    while True:
        for fd, _ in poll.poll():
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
    killed = counter("oom_kill", "/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control")
    refused = counter("max", "/sys/fs/cgroup/pids.events", "/sys/fs/cgroup/pids/pids.events")
    return killed, refused


def counter(key: str, *paths: str) -> int:
    """Return the figure called `key` in the first file that has it, at most 32 bits of it."""
    for path in paths:
        try:
            with open(path, encoding="ascii") as lines:
                for line in lines:
                    name, _, value = line.partition(" ")
                    if name == key:
                        return min(int(value), 0xFFFFFFFF)
        except (OSError, ValueError):
            continue
    return 0


def mark(info: os.stat_result) -> Mark:
    """Return what changes when a file does; the time of change can't be set by a program."""
    return info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns


def send_files(host: Stream, placed: dict[bytes, Mark | None], count: int, size: int) -> None:
    """Send the new and changed files below the workspace, in order of name, until a cap is reached."""
    files, refused, unseen = walk()
    for path, info in files:
        if placed.get(path) == mark(info):
            continue
        if count == 0:
            refused.append((path, TOO_MANY))
        elif info.st_size > size:
            refused.append((path, TOO_LARGE))
        else:
            sent = send_file(host, path, info.st_size)
            if sent is None:
                refused.append((path, UNREADABLE))
            else:
                count -= 1
                size -= sent
    for path, why in refused[:100]:
        host.send(b"X", bytes((why,)) + path[:4096])
    unseen += len(refused[100:])
    if unseen:
        host.send(b"X", bytes((UNSEEN,)) + str(unseen).encode())


def send_file(host: Stream, path: bytes, size: int) -> int | None:
    """Send one file; return its size, None where it can't be read.  Nothing else runs by now."""
    try:
        fd = os.open(os.path.join(WORKSPACE.encode(), path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    host.send(b"F", path)
    left = size
    while left:
        chunk = os.read(fd, min(left, CHUNK))
        if not chunk:
            break
        host.send(b"D", chunk)
        left -= len(chunk)
    os.close(fd)
    return size - left


def walk() -> tuple[list[tuple[bytes, os.stat_result]], list[tuple[bytes, int]], int]:
    """Return ([(path, stat)], [(path, why refused)], entries that were not looked at), following no link."""
    files, refused, seen, unseen = [], [], 0, 0
    folders = [(b"", 0)]
    while folders:
        folder, depth = folders.pop()
        try:
            found = sorted(os.scandir(os.path.join(WORKSPACE.encode(), folder)), key=lambda entry: entry.name)
        except OSError:
            refused.append((folder or b".", UNREADABLE))
            continue
        for entry in found:
            seen += 1
            path = os.path.join(folder, entry.name)
            if seen > ENTRIES:
                unseen += 1
                continue
            try:
                info = entry.stat(follow_symlinks=False)
            except OSError:  # a folder that may be listed but not entered, a path that is too long
                refused.append((path, UNREADABLE))
                continue
            if stat.S_ISREG(info.st_mode):
                files.append((path, info))
            elif not stat.S_ISDIR(info.st_mode):
                refused.append((path, NOT_REGULAR))
            elif depth + 1 < DEPTH:
                folders.append((path, depth + 1))
            else:
                refused.append((path, TOO_DEEP))
    return sorted(files, key=lambda found: found[0]), sorted(refused), unseen


# The runner.


def become_the_program(job: int, out: int, err: int, note: mmap.mmap) -> int:
    """Wait for the text, then run it as a script is run; return its exit status."""
    os.setsid()
    with open("/proc/self/oom_score_adj", "w", encoding="ascii") as choice:
        choice.write("1000")  # where memory runs out, the program goes before the supervisor
    nothing = os.open(os.devnull, os.O_RDONLY)
    for fd, place in ((nothing, 0), (out, 1), (err, 2)):
        os.dup2(fd, place)
    sys.stdout.reconfigure(line_buffering=True)  # what was printed before a limit struck is not lost
    source = Stream(job, -1)
    name, language, modules, text = (source.receive()[1].decode("utf-8") for _ in range(4))
    os.closerange(3, 64)
    os.chdir(WORKSPACE)
    # Python that the program starts looks for nothing in the folder of the user either.
    os.environ["PYTHONNOUSERSITE"] = "1"
    if modules != "{}":
        admit(modules)
    return run(text, name, note) if language == "python" else run_shell(text, name, language)


def admit(modules: str) -> None:
    """Let this program, and Python that it starts, import the files that were judged."""
    os.environ["EXECGATE_MODULES"] = modules
    guard = sys.modules.get("execgate_guard")
    if guard is not None:
        guard.admit()
        sys.path.insert(0, WORKSPACE)


def run_shell(text: str, name: str, language: str) -> int:
    """Become the shell that runs `text`, which goes in as an argument: no file is read again."""
    try:
        os.execvp(language, [language, "-c", text, name])
    except FileNotFoundError:
        sys.stderr.write(f"execgate: there is no {language} in this sandbox, so the block was not run\n")
        return 127


def run(text: str, name: str, note: mmap.mmap) -> int:
    """Compile exactly `text` and run it as `__main__`; return the exit status."""
    import linecache
    import types

    path = WORKSPACE + "/" + name
    # No time of change: an entry that is never compared with a file of that name.
    # Lines as Python counts them: a form feed ends none.
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    linecache.cache[path] = (len(text), None, [line + "\n" for line in lines], path)
    sys.argv = [name]
    sys.dont_write_bytecode = True
    module = types.ModuleType("__main__")
    module.__file__ = path
    module.__builtins__ = sys.modules["builtins"]
    sys.modules["__main__"] = module
    try:
        # A string is compiled as it stands: a coding cookie in it means nothing.
        exec(compile(text, path, "exec", dont_inherit=True), module.__dict__)
    except SystemExit:
        raise
    except BaseException as error:
        show(error)
        note[0] = want = want_of(error)
        if want == PROCESSES and len(sys._current_frames()) > 1:
            os._exit(1)  # what is at its limit of threads would now wait for them
        return 130 if isinstance(error, KeyboardInterrupt) else 1
    return 0


def show(error: BaseException) -> None:
    """Print the traceback as Python does, without the frames of this file, or as the program wishes."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code is run.__code__:
        trace = trace.tb_next
    error.__traceback__ = trace
    if sys.excepthook is not sys.__excepthook__:
        sys.excepthook(type(error), error, trace)
        return
    import traceback

    try:
        sys.stdout.flush()
    except (AttributeError, OSError, ValueError):
        pass
    traceback.print_exception(type(error), error, trace)


def want_of(error: BaseException) -> int:
    """Return what the program ran out of, as far as the exception that ended it tells."""
    waiting: list[BaseException | None] = [error]
    for _ in range(100):
        if not waiting:
            break
        one = waiting.pop()
        if one is None:
            continue
        number = one.errno if isinstance(one, OSError) else None
        if isinstance(one, MemoryError):
            return MEMORY
        if number in OUT_OF_DISK or (type(one).__name__ == "OperationalError" and "disk is full" in str(one)):
            return DISK
        if number == errno.EAGAIN or (isinstance(one, RuntimeError) and "can't start new thread" in str(one)):
            return PROCESSES
        waiting += [one.__context__, one.__cause__, *getattr(one, "exceptions", ())[:10]]
    return NOTHING


if __name__ == "__main__":
    sys.exit(main())
