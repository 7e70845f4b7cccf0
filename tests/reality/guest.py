"""Runs inside the sandbox: each program in a process of its own, with every audit event on record.

Standard library only, Python 3.10 and later.  The jobs come as `/workspace/jobs.json`; for each of them one line
of JSON goes to standard output: what it touched, how it ended, and the last it said.

A record names the event, its arguments, the line of the program's own frame that is nearest to it, the
functions of libraries that lie between (`through`, the nearest to the event first) and whether the import system
is among them.  Code that the program made or wrote while it ran is its own, too: what lies behind it does not count
as between.  Beside the audit events there are records of what Python raises none for: `guest.import` (an
import statement or a call that imports), `guest.stat` and its neighbours, and `guest.environ`.
"""

# What is imported here is loaded in every program that is recorded, so there are neither pathlib nor contextlib.
# ruff: noqa: PTH101, PTH103, PTH108, PTH109, PTH115, PTH118, PTH120, PTH123, SIM105

from __future__ import annotations

import _thread
import builtins
import importlib._bootstrap
import json
import os
import shutil
import signal
import sys
import time
import types

WORKSPACE = "/workspace"
JOBS = f"{WORKSPACE}/jobs.json"
PROGRAM = f"{WORKSPACE}/main.py"
FOLDERS = (WORKSPACE, "/tmp", "/home/agent", "/dev/shm")
SECONDS = 10
SINK = 900
"""A descriptor out of the way of programs that close theirs."""
SELF = (lambda: None).__code__.co_filename
SANDBOX = "/opt/execgate/"
ON_BEHALF = ("run_exit_functions", "let_go")
"""Functions of the sandbox by which the program itself does something."""
MACHINERY = frozenset(("<frozen importlib._bootstrap>", "<frozen importlib._bootstrap_external>"))
LIBRARY = (os.path.dirname(os.__file__) + "/", "<frozen ", "<__array_function__")
DEEPEST = 16

# Raised by nearly everything, and of nothing that a program touches.
UNTOLD = frozenset(
    ("object.__getattr__", "object.__setattr__", "object.__delattr__", "builtins.id", "socket.__new__",
     "cpython.PyInterpreterState_New", "cpython.PyInterpreterState_Clear", "cpython._PySys_ClearAuditHooks",
     "cpython.run_startup", "array.__new__", "import")
)  # fmt: skip
# What loading a module consists of; of these nothing leaves the interpreter.
LOADING = frozenset(
    ("compile", "exec", "code.__new__", "marshal.loads", "marshal.load", "sys._getframe", "ctypes.dlopen",
     "ctypes.dlsym", "guest.environ")
)  # fmt: skip

IMPORT_NAME = __import__("opcode").opmap["IMPORT_NAME"]


class Recorder:
    """The audit hook: writes each record once to a file that every process forked from here shares."""

    def __init__(self, sink: int) -> None:
        self.sink = sink
        self.seen: set[tuple[object, ...]] = set()
        self.busy: set[int] = set()

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        """Record an event that Python raises."""
        if event in UNTOLD or _thread.get_ident() in self.busy:
            return
        self.note(event, arguments)

    def note(self, event: str, arguments: tuple[object, ...]) -> None:
        """Record an event, with where it comes from."""
        me = _thread.get_ident()
        if me in self.busy:
            return
        self.busy.add(me)
        try:
            told = [told_as(argument) for argument in arguments]
            line, through, importing, folder = origin(sys._getframe(1))
            if line < 0:
                return
            if self.is_loading(event, told, through, importing=importing):
                return
            if event == "open":
                told = [located(told[0], folder), told[1], told[2]]
            elif event.startswith(("os.", "guest.stat")):
                told = of_os(event, told)
            elif event in PATHS_FIRST and told:
                told = [located(told[0]), *told[1:]]
            key = (event, json.dumps(told), line, tuple(through))
            if key not in self.seen:
                self.seen.add(key)
                record = {
                    "event": event,
                    "arguments": told,
                    "line": line,
                    "through": through,
                    "importing": importing,
                }
                os.write(self.sink, json.dumps(record).encode() + b"\n")
        finally:
            self.busy.discard(me)

    def caller(self) -> types.FrameType:
        """Return the frame that called a function of this file, without a record of that."""
        me = _thread.get_ident()
        inside = me in self.busy
        self.busy.add(me)
        try:
            return sys._getframe(2)
        finally:
            if not inside:
                self.busy.discard(me)

    @staticmethod
    def is_loading(event: str, told: list[object], through: list[str], *, importing: bool) -> bool:
        """Return whether a record is only of how a module is loaded: of nothing that a program chose."""
        if event == "guest.import":
            # What a library's own statement imports is decided by the library.
            return importing or (bool(told[2]) and bool(through))
        if not importing:
            return False
        if event == "open":
            return str(told[0]).startswith(LIBRARY) and not int(told[2]) & (os.O_WRONLY | os.O_RDWR)
        return event in LOADING or (
            event in ("os.listdir", "guest.stat") and str(told[0]).startswith(LIBRARY)
        )


# Events of which the first argument is a path, beside those of `os`; of those the further paths are told, too.
PATHS_FIRST = frozenset(
    ("sqlite3.connect", "tempfile.mkstemp", "tempfile.mkdtemp", "shutil.rmtree", "shutil.chown", "shutil.copyfile",
     "shutil.copymode", "shutil.copystat", "shutil.copytree", "shutil.move", "shutil.unpack_archive")
)  # fmt: skip
# Where in the arguments of an event of `os` the paths are, and where the descriptors that they are relative to.
OS_PATHS = {
    "os.rename": ((0, 2), (1, 3)),
    "os.link": ((0, 2), (1, 3)),
    "os.symlink": ((1, 2),),
    "os.remove": ((0, 1),),
    "os.rmdir": ((0, 1),),
    "os.mkdir": ((0, 2),),
    "os.chmod": ((0, 2),),
    "os.chown": ((0, 3),),
    "os.utime": ((0, 3),),
    "guest.stat": ((0, 1),),
}
OS_PLAIN = frozenset(
    ("os.listdir", "os.scandir", "os.walk", "os.fwalk", "os.truncate", "os.chdir", "os.getxattr", "os.setxattr",
     "os.listxattr", "os.removexattr", "os.chflags", "os.lockf")
)  # fmt: skip


def of_os(event: str, told: list[object]) -> list[object]:
    """Return the arguments with every path absolute."""
    if event in OS_PLAIN:
        return [located("." if told[0] is None else told[0]), *told[1:]]
    pairs = OS_PATHS.get(event)
    if pairs is None:
        return told
    done = list(told)
    for path, folder in pairs:
        where = told[folder] if folder < len(told) else None
        done[path] = located(told[path], where if isinstance(where, int) and where >= 0 else None)
    return done


def located(path: object, folder: int | None = None) -> object:
    """Return a path as an absolute one, normalised as text; a descriptor as what it is open on."""
    if isinstance(path, bool) or not isinstance(path, (str, int)):
        return path
    try:
        if isinstance(path, int):
            found = os.readlink(f"/proc/self/fd/{path}")
            return found if found.startswith("/") else None
        if path == "":
            return path
        base = os.getcwd() if folder is None else os.readlink(f"/proc/self/fd/{folder}")
    except OSError:
        return path
    return os.path.normpath(os.path.join(base, path))


def told_as(value: object) -> object:
    """Return an argument as JSON can hold it."""
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, bytes):
        return os.fsdecode(value)
    if isinstance(value, (tuple, list)):
        return [told_as(element) for element in value[:40]]
    if hasattr(type(value), "__fspath__"):
        return told_as(os.fspath(value))
    return f"<{type(value).__name__}>"


def origin(frame: types.FrameType | None) -> tuple[int, list[str], bool, int | None]:
    """Return the program's line, the library's functions before it, whether an import is among them.

    Last comes the descriptor of a folder that a call of `os.open` names.
    """
    through: list[str] = []
    importing = False
    folder = None
    made = False
    begun = False
    while frame is not None:
        name = frame.f_code.co_filename
        if name == SELF:
            if frame.f_code is Watched.__call__.__code__ and folder is None:
                found = frame.f_locals["named"].get("dir_fd")
                folder = found if isinstance(found, int) else None
            begun = begun or frame.f_code is begin.__code__
        elif name.startswith(SANDBOX):
            begun = begun or frame.f_code.co_name in ON_BEHALF
            if not begun:
                return -1, through, importing, folder  # the sandbox shows how the program ended
        elif name in MACHINERY:
            importing = importing or not made
        elif name.startswith(LIBRARY):
            if len(through) < DEEPEST and not made:
                through.append(f"{frame.f_globals.get('__name__')}.{frame.f_code.co_name}")
        elif name == PROGRAM:
            return frame.f_lineno, through, importing, folder
        else:
            made = True  # a text that is run, a module of the folder
        frame = frame.f_back
    return 0, through, importing, folder


class Watched:
    """A function of `os` that raises no event, or one that does not say enough; it is no method anywhere."""

    def __init__(self, function: types.BuiltinFunctionType, recorder: Recorder, event: str | None) -> None:
        self.function = function
        self.recorder = recorder
        self.event = event
        self.__name__ = function.__name__
        self.__doc__ = function.__doc__

    def __call__(self, *given: object, **named: object) -> object:
        if self.event is not None:
            path = given[0] if given else next(iter(named.values()), None)
            self.recorder.note(self.event, (path, named.get("dir_fd"), self.function.__name__))
        return self.function(*given, **named)


ASKED = ("stat", "lstat", "access", "readlink", "statvfs", "pathconf")
MADE = ("mkfifo", "mknod")


def watch(recorder: Recorder) -> None:
    """Put the recorder where Python has no event."""
    for name in (*ASKED, *MADE, "open"):
        plain = getattr(os, name)
        watched = Watched(plain, recorder, None if name == "open" else "guest.stat")
        setattr(os, name, watched)
        for group in (
            os.supports_dir_fd,
            os.supports_fd,
            os.supports_follow_symlinks,
            os.supports_effective_ids,
        ):
            if plain in group:
                group.add(watched)
    watch_environment(recorder)
    watch_imports(recorder)


def watch_environment(recorder: Recorder) -> None:
    """Record what is read of the environment: no event tells."""
    kind = type(os.environ)
    read, each, copied = kind.__getitem__, kind.__iter__, kind.copy

    def read_one(self: object, key: object) -> object:
        recorder.note("guest.environ", (key,))
        return read(self, key)

    def read_names(self: object) -> object:
        recorder.note("guest.environ", (None,))
        return each(self)

    def read_all(self: object) -> object:
        recorder.note("guest.environ", (None,))
        return copied(self)

    kind.__getitem__, kind.__iter__, kind.copy = read_one, read_names, read_all


def watch_imports(recorder: Recorder) -> None:
    """Record what is imported by a statement or by a call, loaded before or not.

    C code that imports what it needs passes an empty list of names; statements and Python's own calls never do.
    """
    plain, found = builtins.__import__, importlib._bootstrap._gcd_import

    def imported(name, globals=None, locals=None, fromlist=(), level=0):  # noqa: A002 - as Python names them
        frame = recorder.caller()
        stated = frame.f_code.co_code[frame.f_lasti] == IMPORT_NAME
        if not isinstance(fromlist, list) or stated:
            package = (globals or {}).get("__package__") or ""
            full = ".".join(filter(None, [*package.split(".")[: 1 - level or None], name])) if level else name
            recorder.note("guest.import", (full, list(fromlist or ()), stated))
        return plain(name, globals, locals, fromlist, level)

    def imported_by_call(name, package=None, level=0):
        full = importlib._bootstrap._resolve_name(name, package, level) if level else name
        recorder.note("guest.import", (full, [], False))
        return found(name, package, level)

    builtins.__import__ = imported
    importlib._bootstrap._gcd_import = imported_by_call


def run(job: dict[str, object], sink: int) -> None:
    """Run a program as `__main__`, as the sandbox runs one."""
    os.chdir(WORKSPACE)
    exec(job["prelude"], {})
    code = compile(job["text"], PROGRAM, "exec", dont_inherit=True)
    module = types.ModuleType("__main__")
    module.__file__ = PROGRAM
    module.__builtins__ = builtins
    sys.modules["__main__"] = module
    sys.argv = ["main.py"]
    recorder = Recorder(sink)
    watch(recorder)
    recorder.busy.add(_thread.get_ident())
    sys.addaudithook(recorder)
    begin(code, module.__dict__, recorder)


def begin(code: types.CodeType, names: dict[str, object], recorder: Recorder) -> None:
    """Let the program begin; that it is run is no record."""
    launch = types.FunctionType(code, names)
    recorder.busy.discard(_thread.get_ident())
    launch()


def start(job: dict[str, object], sink: int, said: int) -> int:
    """Prepare the folders and fork; return the process, 0 in the process itself."""
    for folder in FOLDERS:
        for entry in os.scandir(folder):
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path, onerror=loosened)
            else:
                os.unlink(entry.path)
    for name, content in job["files"].items():
        path = os.path.join(WORKSPACE, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(bytes.fromhex(content))
    child = os.fork()
    if child == 0:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(said, 1)
        os.dup2(said, 2)
    return child


def loosened(function, path, _error) -> None:
    """Try again to remove what a program has closed."""
    os.chmod(os.path.dirname(path), 0o700)
    os.chmod(path, 0o700)
    if function in (os.unlink, os.rmdir):
        function(path)
    else:
        shutil.rmtree(path, ignore_errors=True)


def waited(child: int) -> int | None:
    """Return how a process ended, None where its time was up."""
    end = time.monotonic() + SECONDS
    status = None
    while status is None and time.monotonic() < end:
        found, code = os.waitpid(child, os.WNOHANG)
        if found:
            status = os.waitstatus_to_exitcode(code)
        else:
            time.sleep(0.002)
    try:
        os.killpg(child, signal.SIGKILL)
    except ProcessLookupError:
        pass
    if status is None:
        os.waitpid(child, 0)
    return status


def unnamed(descriptor: int) -> int:
    """Return a new file without a name, open for appending as `descriptor`."""
    path = "/dev/shm/unnamed"
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
    os.unlink(path)
    os.dup2(file, descriptor)
    os.close(file)
    return descriptor


def content(file: int) -> bytes:
    """Return all that stands in a file."""
    return os.pread(file, os.fstat(file).st_size, 0)


def main() -> tuple[dict[str, object], int] | None:
    """Run every job in a process of its own; in such a process return its job."""
    with open(JOBS, encoding="utf-8") as file:
        jobs = json.load(file)
    for job in jobs:
        sink, said = unnamed(SINK), unnamed(SINK + 1)
        child = start(job, sink, said)
        if child == 0:
            return job, sink
        status = waited(child)
        events = [json.loads(line) for line in content(sink).splitlines()]
        last = content(said)[-2000:].decode("utf-8", "replace")
        print(json.dumps({"name": job["name"], "status": status, "said": last, "events": events}), flush=True)
    return None


if __name__ == "__main__":
    found = main()
    if found is not None:
        run(*found)
