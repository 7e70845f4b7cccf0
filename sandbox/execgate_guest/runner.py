"""The process that becomes the program: forked from the supervisor before anything is known of the job."""

# Every import costs every cell its time, so there is neither pathlib nor contextlib here.
# ruff: noqa: BLE001, PTH123, SIM105, SLF001

from __future__ import annotations

import errno
import json
import os
import sys

from execgate_guest import confine, notify, watch
from execgate_guest.files import OUT_OF_DISK, WORKSPACE
from execgate_guest.stream import Stream

TYPE_CHECKING = False
if TYPE_CHECKING:
    import mmap

# Why the program failed, where it failed for want of something.
NOTHING, DISK, PROCESSES, MEMORY = 0, 1, 2, 3


def become_the_program(job: int, report: int, sinks: tuple[int, int, int], note: mmap.mmap) -> int:
    """Wait for the text, then run it as a script is run; return its exit status.

    `sinks` are where its output, its errors and what is seen of it go.
    """
    out, err, seen = sinks
    os.setsid()
    with open("/proc/self/oom_score_adj", "w", encoding="ascii") as choice:
        choice.write("1000")  # where memory runs out, the program goes before the supervisor
    nothing = os.open(os.devnull, os.O_RDONLY)
    for fd, place in ((nothing, 0), (out, 1), (err, 2)):
        os.dup2(fd, place)
    sys.stdout.reconfigure(line_buffering=True)  # what was printed before a limit struck is not lost
    confine.prepare()
    source = Stream(job, -1)
    told, text = json.loads(source.receive()[1]), source.receive()[1].decode("utf-8")
    seen = watch.apart(seen)
    os.closerange(3, report)
    os.closerange(report + 1, 64)
    os.chdir(WORKSPACE)
    # Python that the program starts looks for nothing in the folder of the user either.
    os.environ["PYTHONNOUSERSITE"] = "1"
    if told["modules"]:
        admit(json.dumps(told["modules"]))
    confine.enter(told, report, notify.NAMES)
    if told["language"] == "python":
        watch.install(seen, f"{WORKSPACE}/{told['name']}")
        return run(text, told["name"], note)
    return run_shell(text, told["name"], told["language"])


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
