"""The process that becomes the program: forked from the supervisor before anything is known of the job."""

# Every import costs every cell its time, so there is neither pathlib nor contextlib here.
# ruff: noqa: BLE001, PERF203, PTH123, SIM105, SLF001

from __future__ import annotations

import _signal
import _thread
import errno
import json
import os
import struct
import sys

from execgate_guest import confine, figures, leaving, libraries, limits, notify, processes, watch
from execgate_guest.files import WORKSPACE
from execgate_guest.stream import Stream

TYPE_CHECKING = False
if TYPE_CHECKING:
    import mmap
    import types
    from collections.abc import Callable, Sequence
    from typing import Any, NoReturn

# Why the program failed, where it failed for want of something.
NOTHING, DISK, PROCESSES, MEMORY, FILE_SIZE, FILES = range(6)

ENDING = struct.Struct(">iBI")
"""How a block ended: its exit status, what it ran out of, and which block of the session it was."""
ALWAYS = ("json", "linecache", "resource", "traceback", "types")
"""What running any program takes."""
ENDING_PLACE, JOB_PLACE, REPORT_PLACE = 64, 65, 66
"""Where our own descriptors are, beyond those that a program counts on for itself."""

FULL = frozenset((errno.ENOSPC, errno.EDQUOT))


class Ending:
    """Where a program of a kept cell says how its block ended."""

    def __init__(self, fd: int) -> None:
        os.dup2(fd, ENDING_PLACE, inheritable=False)

    def __setitem__(self, index: int, want: int) -> None:
        """Say what the program ran out of."""
        self.send(1, want)

    def send(self, code: int, want: int, number: int = 0) -> None:
        """Say how the block ended."""
        try:
            os.write(ENDING_PLACE, ENDING.pack(code, want, number))
        except OSError:  # its own program closed it
            pass


def become_the_program(
    job: int,
    report: int,
    sinks: tuple[int, int, int],
    note: mmap.mmap | Ending,
    confines: dict[str, Any] | None = None,
) -> int:
    """Wait for the text, then run it as a script is run; return its exit status.

    `sinks` are where its output, its errors and what is seen of it go.  `confines` are those that its job
    will probably have.
    """
    out, err, seen = sinks
    os.setsid()
    with open("/proc/self/oom_score_adj", "w", encoding="ascii") as choice:
        choice.write("1000")  # where memory runs out, the program goes before the supervisor
    nothing = os.open(os.devnull, os.O_RDONLY)
    for fd, place in ((nothing, 0), (out, 1), (err, 2)):
        os.dup2(fd, place)
    sys.stdout.reconfigure(line_buffering=True)  # what was printed before a limit struck is not lost
    confine.be_alone()
    confine.prepare(notify.NAMES, confines, "none")
    libraries.furnish()
    exec(compile("pass", "", "exec"), {})  # the first one takes a millisecond
    for fd, place in ((job, JOB_PLACE), (report, REPORT_PLACE)):
        os.dup2(fd, place, inheritable=False)
    source = Stream(JOB_PLACE, -1)
    told, text = json.loads(source.receive()[1]), source.receive()[1].decode("utf-8")
    seen = watch.apart(seen)
    os.closerange(3, ENDING_PLACE)
    os.chdir(WORKSPACE)
    # Python that the program starts looks for nothing in the folder of the user either.
    os.environ["PYTHONNOUSERSITE"] = "1"
    libraries.offer(told.get("packages"))
    if told["modules"]:
        admit(json.dumps(told["modules"]))
    limits.apply(told.get("limits") or {})
    if told.get("network"):
        os.environ.update(proxies(told["network"]))
    if told["language"] == "python":
        figures.install()
        processes.install()
    confine.enter(told, REPORT_PLACE, notify.NAMES)
    limits.lower_descriptors()
    if told["language"] == "python":
        watched = watch.install(seen, f"{WORKSPACE}/{told['name']}")
        if isinstance(note, Ending) and told.get("session") == "interpreter":
            run_blocks(source, told, text, note, watched)
        return run(text, told["name"], note)
    return run_shell(text, told["name"], told["language"])


def load(names: Sequence[str]) -> None:
    """Import what runs are likely to want; one that fails is one less."""
    import importlib

    for name in names:
        try:
            importlib.import_module(name)
        except BaseException:
            continue


def proxies(network: dict[str, object]) -> dict[str, str]:
    """Return the variables by which most clients find the way out of the sandbox."""
    url = "http://127.0.0.1:3128"
    found = {}
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        found[name] = found[name.upper()] = url
    if network["own_loopback"]:
        found["no_proxy"] = found["NO_PROXY"] = "localhost,127.0.0.1,::1"
    return found


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


def run(text: str, name: str, note: mmap.mmap | Ending) -> int:
    """Run exactly `text` as `__main__`; return the exit status."""
    path = WORKSPACE + "/" + name
    os.close(JOB_PLACE)
    leaving.begin()
    module = main_module(name, path)
    try:
        run_block(text, path, module)
        code = 0
    except SystemExit as end:
        code = status_of(end)
    except BaseException as error:
        code = show(error)
        note[0] = want = want_of(error)
        if want == PROCESSES and len(sys._current_frames()) > 1:
            os._exit(1)  # what is at its limit of threads would now wait for them
    figures.collect()
    leaving.leave(module, code)
    return code


def run_blocks(
    source: Stream, told: dict[str, Any], text: str, ending: Ending, watched: Callable[[str], None]
) -> NoReturn:
    """Run one block after the other in the same `__main__`; one that fails keeps what it had defined.

    `watched` is told of the file of each block after the first.
    """
    number = 1
    path = WORKSPACE + "/" + told["name"]
    module = main_module(told["name"], path)
    hear = hearer(source.source)
    mask, every = _signal.pthread_sigmask, _signal.valid_signals()
    own = mask(_signal.SIG_BLOCK, ())
    while True:
        code = want = 0
        try:
            mask(_signal.SIG_SETMASK, own)  # an alarm that went off meanwhile is this block's to handle
            run_block(text, path, module)
        except SystemExit as end:
            code = status_of(end)
        except BaseException as error:
            code, want = show(error), want_of(error)
        own = mask(_signal.SIG_BLOCK, every)
        figures.collect()
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except BaseException:
                continue
        ending.send(code, want, number)
        told, text = hear()
        limits.apply(told.get("limits") or {}, again=True)
        if told["modules"]:
            admit(json.dumps(told["modules"]))
        number += 1
        # Tracebacks show the lines of the block that a function is from.
        path = f"{WORKSPACE}/{told['name']}#{number}"
        watched(path)


def hearer(fd: int) -> Callable[[], tuple[dict[str, Any], str]]:
    """Return what hears how the next block is to be run, and its text.

    It uses nothing that an earlier block can have put another thing in the place of: what was judged is run.
    """
    read, scan, number, size_of = os.read, json.JSONDecoder().scan_once, int.from_bytes, len
    leave, closed = os._exit, OSError

    def exactly(size: int) -> bytes:
        data = b""
        while size_of(data) < size:
            try:
                piece = read(fd, size - size_of(data))
            except closed:  # by the program, which hears of no further block then
                piece = b""
            if not piece:
                leave(1)
            data += piece
        return data

    def payload() -> str:
        return exactly(number(exactly(5)[1:], "big")).decode("utf-8")

    def hear() -> tuple[dict[str, Any], str]:
        told: dict[str, Any] = scan(payload(), 0)[0]
        return told, payload()

    return hear


def status_of(end: SystemExit) -> int:
    """Return the exit status that a program asks for, as Python reads it."""
    if end.code is None or isinstance(end.code, int):
        return (end.code or 0) & 0xFF
    try:
        sys.stderr.write(f"{end.code}\n")
    except BaseException:
        return 1
    return 1


def main_module(name: str, path: str) -> types.ModuleType:
    """Return a new `__main__` for the program of this name."""
    import types

    sys.argv = [name]
    sys.dont_write_bytecode = True
    # Python's own looks for the lines in a file, and there is none.
    _thread._excepthook = show_of_thread  # type: ignore[attr-defined]  # what `threading` takes its own from
    threading = sys.modules.get("threading")
    if threading is not None:
        threading.excepthook = threading.__excepthook__ = show_of_thread
    module = types.ModuleType("__main__")
    module.__file__ = path
    module.__builtins__ = sys.modules["builtins"]
    sys.modules["__main__"] = module
    return module


def run_block(
    text: str,
    path: str,
    module: types.ModuleType,
    *,
    compiled: Callable[..., types.CodeType] = compile,
    execute: Callable[..., object] = exec,
) -> None:
    """Compile exactly `text` and run it in `module`, by the functions that were there before any program."""
    import linecache

    # No time of change: an entry that is never compared with a file of that name.
    # Lines as Python counts them: a form feed ends none.
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    linecache.cache[path] = (len(text), None, [line + "\n" for line in lines], path)
    # A string is compiled as it stands: a coding cookie in it means nothing.
    execute(compiled(text, path, "exec", dont_inherit=True), module.__dict__)


def show(error: BaseException) -> int:
    """Print the traceback as Python does, or as the program wishes; return the exit status that follows."""
    code = 130 if isinstance(error, KeyboardInterrupt) else 1
    if sys.excepthook is not sys.__excepthook__:
        try:
            sys.excepthook(type(error), error, without_ours(error))
        except SystemExit as end:
            return status_of(end)
        except BaseException as failure:
            sys.stderr.write("Error in sys.excepthook:\n")
            print_traceback(failure)
            sys.stderr.write("\nOriginal exception was:\n")
        else:
            return code
    print_traceback(error)
    return code


def print_traceback(error: BaseException) -> None:
    """Print the traceback as Python does, without the frames of this file."""
    import traceback

    try:
        sys.stdout.flush()
    except (AttributeError, OSError, ValueError):
        pass
    traceback.print_exception(type(error), error, without_ours(error))


def without_ours(error: BaseException) -> types.TracebackType | None:
    """Take the frames of this file from a traceback, and return the rest."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code in OURS:
        trace = trace.tb_next
    error.__traceback__ = trace
    return trace


def show_of_thread(args: Any) -> None:
    """Print what ended a thread as Python does, with the program's own lines."""
    if args.exc_type is SystemExit or sys.stderr is None:
        return
    import traceback

    name = _thread.get_ident() if args.thread is None else args.thread.name
    sys.stderr.write(f"Exception in thread {name}:\n")
    traceback.print_exception(args.exc_type, args.exc_value, args.exc_traceback)


OURS = (run.__code__, run_blocks.__code__, run_block.__code__, show.__code__)
"""The frames of which no program hears."""


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
        if number == errno.EFBIG:
            return FILE_SIZE
        if number in FULL or (type(one).__name__ == "OperationalError" and "disk is full" in str(one)):
            return FILES if limits.no_more_files() else DISK
        if number == errno.EAGAIN or (isinstance(one, RuntimeError) and "can't start new thread" in str(one)):
            return PROCESSES
        waiting += [one.__context__, one.__cause__, *getattr(one, "exceptions", ())[:10]]
    return NOTHING
