"""From events to sights: what one thing that happened says was touched.

An event is what the guest tells: an audit event of Python (PEP 578), under its name, or a system call that
the kernel told the supervisor of, under its own.  A *sight* is a kind, a word for what was done, and the
operand. Every event that touches something has its line in one of the tables here.
"""

# Each rule of the tables stands in one piece.
# ruff: noqa: E501

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

from execgate.model.places import WORKSPACE

FILE, HOST, PROCESS, IMPORT = "file", "host", "process", "import"
ENVIRONMENT, CODE, NATIVE, OBJECTS, CONTROL = "environment", "code", "native", "objects", "control"
WATCH = "watch"
"""Something was done to the watching itself; no operation ever foresees that."""

CUT = "\0..."
"""What ends a text that the guest has cut; no path and no argument of a program holds a NUL."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: its arguments, the program's nearest line, the library's functions in between.

    `through` has the function that is nearest to the event first.  `kernel` tells a system call from an audit
    event: it has neither line nor functions.  `started` is whether it is of a program that this one started.
    """

    name: str
    arguments: tuple[Any, ...]
    line: int = 0
    through: tuple[str, ...] = ()
    importing: bool = False
    kernel: bool = False
    started: bool = False


@dataclass(frozen=True, slots=True)
class Sight:
    """One thing that a program touched.

    `operand` is an absolute path, a host, the program that was started, a module, a variable; `also` are
    other operands of which one is enough (a host may be known by its name or its address).
    """

    kind: str
    word: str
    operand: str | None
    event: Event
    also: tuple[str, ...] = ()
    port: int | None = None
    command: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = f"line {self.event.line}" if self.event.line else "no line of the program"
        through = f" through {' < '.join(self.event.through[:4])}" if self.event.through else ""
        return f"{self.kind} {self.word} {self.operand} ({self.event.name}, {where}{through})"


Reader: TypeAlias = "Callable[[Event], Iterator[Sight]]"


def sights(event: Event, more: Mapping[str, Reader] | None = None) -> Iterator[Sight]:
    """Yield what one event says was touched; raises LookupError for an event that has no line here.

    `more` are readers of events beside those of the tables.
    """
    if event.name in FILES:
        for index, word in FILES[event.name]:
            path = event.arguments[index] if index < len(event.arguments) else None
            if isinstance(path, str) and path.startswith("/"):
                yield Sight(FILE, word, path, event)
    elif event.name in SIMPLE:
        kind, word = SIMPLE[event.name]
        yield Sight(kind, word, None, event)
    elif event.name.startswith("ctypes."):
        yield Sight(NATIVE, "ctypes", None, event)
    elif event.name in READERS:
        yield from READERS[event.name](event)
    elif more is not None and event.name in more:
        yield from more[event.name](event)
    elif event.name not in NOTHING and not event.name.startswith(NOTHING_BELOW):
        raise LookupError(f"an event that no table tells of: {event.name}{event.arguments}")


# Events of files: which arguments are paths, and what is done to each.
FILES: dict[str, tuple[tuple[int, str], ...]] = {
    "os.listdir": ((0, "list"),),
    "os.scandir": ((0, "list"),),
    "os.remove": ((0, "delete"),),
    "os.rmdir": ((0, "delete"),),
    "os.mkdir": ((0, "create"),),
    "os.rename": ((0, "move"), (1, "move")),
    "os.link": ((0, "link"), (1, "link")),
    "os.symlink": ((1, "link"),),
    "os.chmod": ((0, "chmod"),),
    "os.chown": ((0, "chmod"),),
    "os.chflags": ((0, "chmod"),),
    "os.utime": ((0, "chmod"),),
    "os.setxattr": ((0, "chmod"),),
    "os.removexattr": ((0, "chmod"),),
    "os.getxattr": ((0, "stat"),),
    "os.listxattr": ((0, "stat"),),
    "os.chdir": ((0, "stat"),),
    "os.truncate": ((0, "write"),),
    # System calls; the guest has made their paths absolute.
    "truncate": ((0, "write"),),
    "unlink": ((0, "delete"),),
    "unlinkat": ((0, "delete"),),
    "rmdir": ((0, "delete"),),
    "mkdir": ((0, "create"),),
    "mkdirat": ((0, "create"),),
    "mknod": ((0, "create"),),
    "mknodat": ((0, "create"),),
    "rename": ((0, "move"), (1, "move")),
    "renameat": ((0, "move"), (1, "move")),
    "renameat2": ((0, "move"), (1, "move")),
    "link": ((0, "link"), (1, "link")),
    "linkat": ((0, "link"), (1, "link")),
    "symlink": ((1, "link"),),
    "symlinkat": ((1, "link"),),
    **dict.fromkeys(
        ("chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat", "utime", "utimes",
         "utimensat", "futimesat", "setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr",
         "fremovexattr"),
        ((0, "chmod"),),
    ),
}  # fmt: skip

# Events that say all by their name.
SIMPLE: dict[str, tuple[str, str]] = {
    "os.fork": (PROCESS, "fork"),
    "os.forkpty": (PROCESS, "fork"),
    "os.kill": (CONTROL, "kill"),
    "os.killpg": (CONTROL, "kill"),
    "signal.pthread_kill": (CONTROL, "kill"),
    "resource.setrlimit": (CONTROL, "limits"),
    "resource.prlimit": (CONTROL, "limits"),
    "mmap.__new__": (NATIVE, "mmap"),
    "pickle.find_class": (OBJECTS, "pickle"),
    "marshal.load": (OBJECTS, "marshal"),
    "marshal.loads": (OBJECTS, "marshal"),
    "exec": (CODE, "exec"),
    "compile": (CODE, "compile"),
    "code.__new__": (CODE, "compile"),
    "function.__new__": (CODE, "compile"),
    "cpython.PyInterpreterState_New": (CODE, "exec"),
    "sys._getframe": (CODE, "introspection"),
    "sys._getframemodulename": (CODE, "introspection"),
    "sys._current_frames": (CODE, "introspection"),
    "sys._current_exceptions": (CODE, "introspection"),
    "sys.addaudithook": (CODE, "introspection"),
    "sys.monitoring.register_callback": (CODE, "introspection"),
    "gc.get_objects": (CODE, "introspection"),
    "gc.get_referents": (CODE, "introspection"),
    "gc.get_referrers": (CODE, "introspection"),
    # What the guest tells of itself, see `sandbox/execgate_guest/watch.py`.
    "watch.changed": (WATCH, "its hook was changed"),
    "watch.forged": (WATCH, "what its hook writes was written by another"),
    "watch.lost": (WATCH, "the pipe of its hook was closed"),
    "watch.hidden": (WATCH, "a process closed its memory"),
    "watch.overrun": (WATCH, "there was more than is taken in"),
    "watch.unnamed": (WATCH, "a folder so deep that the kernel has no path for it"),
    # System calls.
    **dict.fromkeys(("kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal"),
                    (CONTROL, "kill")),
}  # fmt: skip

# Events that tell nothing of their own: the reason is that what they stand for raises an event itself.
NOTHING: dict[str, str] = {
    **dict.fromkeys(
        ("glob.glob", "glob.glob/2", "os.walk", "os.fwalk", "pathlib.Path.glob", "pathlib.Path.rglob"),
        "each folder that is looked through is told by os.scandir",
    ),
    **dict.fromkeys(
        ("tempfile.mkstemp", "tempfile.mkdtemp"), "what is made is told by open and os.mkdir"
    ),
    **dict.fromkeys(
        ("http.client.send", "ftplib.sendcmd", "smtplib.send", "imaplib.send", "poplib.putline", "nntplib.putline",
         "telnetlib.Telnet.write"),
        "it goes to the host of a connection that was told",
    ),
    **dict.fromkeys(
        ("builtins.input", "builtins.input/result", "builtins.breakpoint", "cpython.run_stdin",
         "code.interact", "pdb.Pdb"),
        "it is asked of whoever sits at the terminal",
    ),
    **dict.fromkeys(
        ("setopencodehook", "sys.excepthook", "sys.unraisablehook", "_thread.start_new_thread",
         "_thread.start_joinable_thread", "ensurepip.bootstrap", "sqlite3.connect/handle",
         "sqlite3.enable_load_extension", "os.lockf", "marshal.dumps", "socket.getservbyname",
         "socket.getservbyport", "sqlite3.load_extension","time.sleep",
         "sys.set_asyncgen_hook_finalizer", "sys.set_asyncgen_hooks_finalizer", "sys.set_asyncgen_hook_firstiter",
         "sys.set_asyncgen_hooks_firstiter", "sys.set_asyncgen_hooks"),
        "nothing outside of the interpreter is touched",
    ),
    "socket.gethostname": "it is the name of this machine",
    **dict.fromkeys(
        ("sys.settrace", "sys.setprofile"),
        "what is called at every step is the program's own function or a profiler's, and tells by itself what it does",
    ),
    "webbrowser.open": "the browser is told by subprocess.Popen",
    "pty.spawn": "what it starts is told by os.forkpty",
}  # fmt: skip
NOTHING_BELOW = ("shutil.", "fcntl.", "syslog.", "faulthandler.", "winreg.", "msvcrt.", "cpython.")
"""`shutil` does all by events of `os`; the others are no file, host, process or module."""


UNNAMED = os.O_TMPFILE
"""What makes a file without a name in the folder that is named."""


def _open(event: Event) -> Iterator[Sight]:
    path, _, flags = event.arguments
    if not isinstance(path, str) or not path.startswith("/") or not isinstance(flags, int):
        return
    access = flags & os.O_ACCMODE
    if flags & UNNAMED == UNNAMED:
        yield Sight(FILE, "create", f"{path}/unnamed", event)
        return
    if access == os.O_RDONLY or (access == os.O_RDWR and not flags & (os.O_TRUNC | os.O_EXCL)):
        yield Sight(FILE, "read", path, event)  # what begins empty gives nothing that was not put in
    if access != os.O_RDONLY:
        word = "append" if flags & os.O_APPEND else "create" if flags & os.O_EXCL else "write"
        yield Sight(FILE, word, path, event)
    elif flags & os.O_CREAT:
        yield Sight(FILE, "create", path, event)


def _database(event: Event) -> Iterator[Sight]:
    name = event.arguments[0]
    if not isinstance(name, str):
        return
    # The guest has put the working folder before what may be an address.
    folder, is_address, rest = name.partition("/file:")
    path = (
        posixpath.normpath(posixpath.join(f"{folder}/", path_of(f"file:{rest}")))
        if is_address
        else path_of(name)
    )
    if path and not path.endswith(":memory:"):
        yield Sight(FILE, "database", path, event)


def path_of(address: str) -> str:
    """Return the path that an address of SQLite names (https://sqlite.org/uri.html), and a path as it is."""
    if not address.startswith("file:"):
        return address
    path = address.removeprefix("file:").partition("?")[0].partition("#")[0]
    if path.startswith("//"):
        path = path[2:].partition("/")[1] + path[2:].partition("/")[2]
    return unquote(path)


SOCKETS = frozenset(
    ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg",
     "connect", "bind", "sendto", "sendmsg", "sendmmsg")
)  # fmt: skip
"""Events of which an address that is a text is the path of a socket."""
LOCAL = ("localhost", "127.0.0.1", "::1", "0.0.0.0", "::", "")  # noqa: S104 - names of this machine


def _host(index: int, word: str = "connect", port: int | None = None) -> Reader:
    """Return the reader of an event that has a host, or an address of one, as an argument."""

    def read(event: Event) -> Iterator[Sight]:
        address = event.arguments[index] if index < len(event.arguments) else None
        number = event.arguments[port] if port is not None and port < len(event.arguments) else None
        if isinstance(address, list) and address:
            number = address[1] if len(address) > 1 else None
            address = address[0]
        elif address is not None and not isinstance(address, str):
            return
        elif isinstance(address, str) and event.name in SOCKETS:
            # A socket without a path is of this container alone, and lives no longer than it.
            if address and not address.startswith("\0"):
                yield Sight(FILE, "socket", posixpath.join(WORKSPACE, address), event)
            return
        if address is not None:
            also = LOCAL if address in LOCAL else ()
            known = number if isinstance(number, int) and 0 <= number < 65_536 else None
            yield Sight(HOST, word, str(address).lower().rstrip("."), event, also, known)

    return read


def _url(event: Event) -> Iterator[Sight]:
    try:
        url = urlsplit(str(event.arguments[0]))
        host, port = url.hostname, url.port
    except ValueError:  # what is no address reaches no host
        return
    if url.scheme != "file" and host:
        yield Sight(HOST, "request", host, event, LOCAL if host in LOCAL else (), port)


def _spawn(program: int, arguments: int | None) -> Reader:
    def read(event: Event) -> Iterator[Sight]:
        name = str(event.arguments[program])
        words = event.arguments[arguments] if arguments is not None else None
        command = tuple(map(str, words)) if isinstance(words, list) and words else (name,)
        text = command[2:]
        if text[:1] == ("--",):
            text = text[1:]
        if text and command[1] == "-c" and is_common(name) and posixpath.basename(name) in SHELLS:
            yield Sight(PROCESS, "shell", text[0], event, (posixpath.basename(name),), command=command)
        else:
            yield Sight(PROCESS, "spawn", name, event, command=command)

    return read


SHELLS = frozenset(("sh", "bash", "dash"))
COMMON = frozenset(("/bin", "/usr/bin", "/usr/local/bin"))


def is_common(program: str) -> bool:
    """Return whether a program is known by its name alone: it is looked for, or lies where programs do."""
    return "/" not in program or posixpath.dirname(program) in COMMON


def _system(event: Event) -> Iterator[Sight]:
    text = str(event.arguments[0])
    yield Sight(PROCESS, "shell", text, event, ("sh",), command=("sh", "-c", text))


def variable(word: str) -> Reader:
    """Return the reader of an event of the environment."""

    def read(event: Event) -> Iterator[Sight]:
        name = event.arguments[0]
        yield Sight(ENVIRONMENT, word if name is not None else "list", name, event)

    return read


def module(event: Event) -> Iterator[Sight]:
    """Read an event of an import."""
    if event.arguments[0] != "__main__":
        yield Sight(IMPORT, "import", str(event.arguments[0]), event)


READERS: dict[str, Reader] = {
    "open": _open,
    "openat": _open,
    "openat2": _open,
    "creat": _open,
    "sqlite3.connect": _database,
    "socket.connect": _host(1),
    "socket.bind": _host(1, "listen"),
    "socket.sendto": _host(1, "send"),
    "socket.sendmsg": _host(1, "send"),
    "connect": _host(0),
    "bind": _host(0, "listen"),
    "sendto": _host(0, "send"),
    "sendmsg": _host(0, "send"),
    "sendmmsg": _host(0, "send"),
    "socket.getaddrinfo": _host(0, "resolve", 1),
    "socket.gethostbyname": _host(0, "resolve"),
    "socket.gethostbyaddr": _host(0, "resolve"),
    "socket.getnameinfo": _host(0, "resolve"),
    "urllib.Request": _url,
    "http.client.connect": _host(1, port=2),
    "ftplib.connect": _host(1, port=2),
    "smtplib.connect": _host(1, port=2),
    "imaplib.open": _host(1, port=2),
    "poplib.connect": _host(1, port=2),
    "nntplib.connect": _host(1, port=2),
    "telnetlib.Telnet.open": _host(1, port=2),
    "subprocess.Popen": _spawn(0, 1),
    "os.exec": _spawn(0, 1),
    "os.posix_spawn": _spawn(0, 1),
    "os.spawn": _spawn(1, 2),
    "execve": _spawn(0, 1),
    "execveat": _spawn(0, 1),
    "os.system": _system,
    "import": module,
    "os.putenv": variable("write"),
    "os.unsetenv": variable("write"),
}
