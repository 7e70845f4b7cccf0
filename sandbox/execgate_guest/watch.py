"""What the program does, as Python tells of it by audit events (PEP 578), into a pipe to the supervisor.

Each thing is told once: the event, its arguments with absolute paths, the line of the program's own frame
that is nearest to it, the functions of libraries that lie between (the nearest to the event first), and
whether it is a module that is loaded.  One line is one JSON array, and short enough that a pipe takes it in
one piece, whichever process writes.

The hook lives in the program, so it is for the record: what must not be missed, the kernel tells.
"""

# Every import costs every run its time, so there is neither pathlib nor contextlib here.

from __future__ import annotations

import errno
import opcode
import os
import posixpath
import sys

from execgate_guest.files import WORKSPACE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any

SINK = 2000
"""A descriptor beyond those that a program may have: who closes all of his own does not close it."""
LINE = 4096
"""What a pipe takes in one piece, PIPE_BUF."""
SEEN = 8192
"""How many things are remembered; then it begins anew, and the supervisor knows what it was told."""
DEEPEST = 12
CUT = "\0..."
IMPORTING = 1

PLAIN = frozenset(
    ("ctypes.call_function", "ctypes.cdata", "ctypes.cdata/buffer", "ctypes.dlopen", "ctypes.dlsym",
     "ctypes.dlsym/handle", "ctypes.addressof", "ctypes.string_at", "ctypes.wstring_at", "ctypes.memmove",
     "ctypes.PyObj_FromPtr", "ctypes.create_string_buffer", "ctypes.set_errno", "mmap.__new__", "os.fork",
     "os.forkpty", "os.kill", "os.killpg", "signal.pthread_kill", "resource.setrlimit", "resource.prlimit",
     "pickle.find_class")
)  # fmt: skip
"""Events of which the arguments say nothing that matters."""
OF_CODE = frozenset(
    ("exec", "compile", "code.__new__", "function.__new__", "marshal.loads", "marshal.load",
     "cpython.PyInterpreterState_New", "sys._getframe", "sys._getframemodulename", "sys._current_frames",
     "sys._current_exceptions", "sys.addaudithook", "sys.monitoring.register_callback", "gc.get_objects",
     "gc.get_referents", "gc.get_referrers")
)  # fmt: skip
"""Events that libraries raise all the time for reasons of their own: told only of the program's own code."""
# Where in the arguments of an event the paths are, and where the descriptors that they are relative to.
PATHS = {
    "os.rename": ((0, 2), (1, 3)),
    "os.link": ((0, 2), (1, 3)),
    "os.symlink": ((1, 2),),
    "os.remove": ((0, 1),),
    "os.rmdir": ((0, 1),),
    "os.mkdir": ((0, 2),),
    "os.chmod": ((0, 2),),
    "os.chown": ((0, 3),),
    "os.utime": ((0, 3),),
    **dict.fromkeys(
        ("os.listdir", "os.scandir", "os.truncate", "os.chdir", "os.getxattr", "os.setxattr", "os.listxattr",
         "os.removexattr", "os.chflags", "sqlite3.connect"),
        ((0, 9),),
    ),
}  # fmt: skip
# How many arguments of an event are told, and from which on.
TOLD = {
    "open": (0, 3),
    "import": (0, 1),
    "socket.connect": (0, 2),
    "socket.bind": (0, 2),
    "socket.sendto": (0, 2),
    "socket.sendmsg": (0, 2),
    "socket.getaddrinfo": (0, 2),
    "socket.gethostbyname": (0, 1),
    "socket.gethostbyaddr": (0, 1),
    "socket.getnameinfo": (0, 1),
    "urllib.Request": (0, 1),
    "subprocess.Popen": (0, 2),
    "os.exec": (0, 2),
    "os.posix_spawn": (0, 2),
    "os.spawn": (0, 3),
    "os.system": (0, 1),
    "os.putenv": (0, 1),
    "os.unsetenv": (0, 1),
    **dict.fromkeys(
        ("http.client.connect", "ftplib.connect", "smtplib.connect", "imaplib.open", "poplib.connect",
         "nntplib.connect", "telnetlib.Telnet.open"),
        (0, 3),
    ),
}  # fmt: skip
CHANGES = frozenset(("object.__setattr__", "object.__delattr__"))
EVENTS = frozenset((*PLAIN, *OF_CODE, *PATHS, *TOLD, *CHANGES))

_OWN = ("/opt/execgate/", "<frozen execgate")
_ON_BEHALF = ("run_exit_functions", "let_go")
"""Functions of the guest by which the program itself does something."""
_OPEN_PLACES = (WORKSPACE + "/", "/tmp/", "/home/agent/", "/dev/shm/")
_MACHINERY = ("<frozen importlib._bootstrap>", "<frozen importlib._bootstrap_external>")
_IMPORTER = "importlib"


IMPORT_NAME, EXTENDED_ARG = (opcode.opmap[name] for name in ("IMPORT_NAME", "EXTENDED_ARG"))


TOO_DEEP = errno.ENAMETOOLONG


class UnnamedError(Exception):
    """Something lies in a folder so deep that the kernel has no path for it."""


class Mark(Exception):  # noqa: N818 - no error: it is raised for its frame
    """Raised to see a frame: asking for one is itself an event."""


def apart(sink: int) -> int:
    """Move the pipe out of the way of programs that close what they don't know; return where it is."""
    try:
        return os.dup2(sink, SINK, inheritable=False)
    except OSError:  # fewer descriptors than that
        import fcntl

        return fcntl.fcntl(sink, fcntl.F_DUPFD_CLOEXEC, 64)


def install(sink: int, path: str) -> Callable[[str], None]:
    """Watch this process, and what is forked from it, from here on; `path` is the program's own file.

    What comes back is called with the file of each later block of a session, as it begins: what was told of
    the blocks before it is told of this one anew, in whose record it has to stand.
    """
    hook, begin = _hook(sink, path)
    sys.addaudithook(hook)
    return begin


def is_library(name: str) -> bool:
    """Return whether code of that file came with the image."""
    if name.startswith("/"):
        return not name.startswith(_OPEN_PLACES)
    return name.startswith(("<frozen ", "<__array_function__"))


def _hook(sink: int, path: str) -> tuple[Any, Callable[[str], None]]:
    from json.encoder import encode_basestring_ascii as quoted

    info = os.fstat(sink)
    identity = info.st_dev, info.st_ino
    fstat, write, readlink, fspath, fsdecode = os.fstat, os.write, os.readlink, os.fspath, os.fsdecode
    join, normpath = posixpath.join, posixpath.normpath
    programs = {path}
    seen: set[Any] = set()
    own: set[Any] = set()
    libraries: dict[str, bool] = {}
    moved = 0

    def begin(block: str) -> None:
        programs.add(block)
        seen.clear()
        own.clear()

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in EVENTS:
            return
        try:
            record(event, arguments)
        except UnnamedError:
            tell("watch.unnamed", (), 0, [], 0)
        except Exception as error:
            # A handler of a signal may have run here: what it raises is the program's.
            trace = error.__traceback__
            while trace.tb_next is not None:
                trace = trace.tb_next
            if trace.tb_frame.f_code.co_filename != __file__ and not is_library(
                trace.tb_frame.f_code.co_filename
            ):
                raise

    def record(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal moved
        if event in CHANGES:
            if arguments[0] is not hook:
                return
            told: tuple[Any, ...] = ()
            event = "watch.changed"
        elif event in PLAIN or event in OF_CODE:
            told = ()
        elif event in TOLD:
            first, last = TOLD[event]
            told = arguments[first:last]
        else:
            told = arguments
        key: Any
        try:
            key = (event, *told, moved)
            if key in own:
                return
        except TypeError:  # a list of arguments
            key = (event, repr(told)[:LINE], moved)
            if key in own:
                return
        try:
            raise Mark  # noqa: TRY301 - for the frame
        except Mark as mark:
            frame = mark.__traceback__.tb_frame.f_back.f_back
        code = None if frame is None else frame.f_code
        if event in OF_CODE:
            name = "" if code is None else code.co_filename
            if event == "exec" and name == _MACHINERY[0]:
                loaded(frame)
                return
            if name in _MACHINERY or name.startswith(_OWN):
                return
            if name not in programs and is_from_library(name):
                return
        site = (key, code)
        if site in seen:
            return
        if len(seen) > SEEN:
            seen.clear()
            own.clear()
        seen.add(site)
        line, through, importing = origin(frame)
        if line < 0:
            return
        if event == "import":
            if importing or through or not is_asked_for(frame, told[0]):
                return
        elif event == "os.chdir":
            moved += 1
        if not through and not importing:
            own.add(key)
        if event == "open":
            told = opened(told, frame)
            if not told:
                return
        elif event in PATHS:
            placed = list(told)
            for index, folder in PATHS[event]:
                where = told[folder] if folder < len(told) else -1
                placed[index] = located(
                    "." if told[index] is None else told[index], where if type(where) is int else -1
                )
            told = tuple(placed[:2])
        tell(event, told, line, through, IMPORTING if importing else 0)

    def is_from_library(name: str) -> bool:
        found = libraries.get(name)
        if found is None:
            if len(libraries) > SEEN:
                libraries.clear()
            found = libraries[name] = is_library(name)
        return found

    def opened(told: tuple[Any, ...], frame: FrameType | None) -> tuple[Any, ...]:
        path, mode, flags = told
        if isinstance(path, int):
            return ()  # a descriptor that is open already
        text = plain(path)
        if mode is None and not text.startswith("/") and frame is not None:
            for constant in frame.f_code.co_consts:
                if type(constant) is tuple and "dir_fd" in constant:
                    return ()  # relative to a folder that the event does not name
        return located(text, -1), None, flags

    def located(path: Any, folder: int) -> Any:
        try:
            if isinstance(path, int):
                found = readlink(f"/proc/self/fd/{path}")
                return found if found.startswith("/") else None
            text = plain(path)
            if not text:
                return None
            if text.startswith("/"):
                return normpath(text)
            # Not by getcwd(3): beyond what the kernel can name, that walks all the way up.
            base = readlink("/proc/self/cwd" if folder < 0 else f"/proc/self/fd/{folder}")
        except OSError as error:
            if error.errno == TOO_DEEP:
                raise UnnamedError from error
            return None
        return normpath(join(base, text))

    def plain(value: Any) -> str:
        if type(value) is str:
            return value
        if isinstance(value, str):
            return str.__str__(value)
        found = fspath(value)
        return fsdecode(bytes(found) if isinstance(found, bytes) else str.__str__(found))

    def loaded(frame: FrameType | None) -> None:
        """Tell that the program itself loads a module, by whatever call."""
        name = None
        while frame is not None and frame.f_code.co_filename in _MACHINERY:
            if name is None and frame.f_code.co_name == "_load_unlocked":
                name = frame.f_locals["spec"].name
            frame = frame.f_back
        called = False
        while frame is not None and frame.f_globals.get("__name__") == _IMPORTER:
            called, frame = True, frame.f_back
        if name is None or frame is None or is_from_library(frame.f_code.co_filename):
            return
        if not called and not is_asked_for(frame, name):
            return
        key = ("import", name)
        if key not in own:
            own.add(key)
            line, through, importing = origin(frame)
            if line >= 0 and not through and not importing:
                tell("import", (name,), line, through, 0)

    def is_asked_for(frame: FrameType | None, name: str) -> bool:
        """Return whether the code of a frame names a module: what C code imports, it imports for itself."""
        if frame is None:
            return True
        code, at = frame.f_code.co_code, frame.f_lasti
        if code[at] == IMPORT_NAME:
            index, shift = code[at + 1], 8
            while at >= 2 and code[at - 2] == EXTENDED_ARG:
                at -= 2
                index |= code[at + 1] << shift
                shift += 8
            stated = frame.f_code.co_names[index]
            whole, said = f"{name}.", f"{stated}."
            is_part = whole.startswith(said) or said.startswith(whole)
            return is_part or whole.endswith(f".{said}") or not stated
        texts = [one for one in frame.f_code.co_consts if isinstance(one, str)]
        return any("import" in one for one in (*frame.f_code.co_names, *texts))

    def origin(frame: FrameType | None) -> tuple[int, list[str], bool]:
        through: list[str] = []
        importing = made = False
        while frame is not None:
            name = frame.f_code.co_filename
            if name in programs:
                return frame.f_lineno, through, importing
            if name.startswith(_OWN):
                if frame.f_code.co_name in _ON_BEHALF:
                    return 0, through, importing
                return (0 if made else -1), through, importing  # what the sandbox does is not the program's
            if name in _MACHINERY:
                importing = importing or not made
            elif not is_from_library(name):
                made = True  # a text that is run, a module of the folder
            elif not made and len(through) < DEEPEST:
                through.append(f"{frame.f_globals.get('__name__')}.{frame.f_code.co_name}"[:100])
            frame = frame.f_back
        return 0, through, importing

    def tell(event: str, told: tuple[Any, ...], line: int, through: list[str], mark: int) -> None:
        for most in (3000, 600, 80):
            text = '["%s",[%s],%d,[%s],%d]\n' % (  # noqa: UP031 - quicker than the others
                event,
                ",".join([shown(value, most) for value in told]),
                line,
                ",".join([quoted(one) for one in through]),
                mark,
            )
            data = text.encode("ascii")
            if len(data) <= LINE:
                break
        else:
            return
        found = fstat(sink)
        if (found.st_dev, found.st_ino) == identity:  # nothing goes into a file that took its number
            write(sink, data)

    def shown(value: Any, most: int) -> str:
        if value is None:
            return "null"
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int):
            number = int(value)
            return str(number) if -(1 << 62) < number < 1 << 62 else "null"
        if isinstance(value, (list, tuple)):
            return "[" + ",".join([shown(one, most) for one in value[:24]]) + "]"
        if isinstance(value, (str, bytes)) or hasattr(type(value), "__fspath__"):
            text = plain(value)
            return quoted(text if len(text) <= most else text[:most] + CUT)
        return "null"

    return hook, begin
