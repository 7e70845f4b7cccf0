"""From audit events to what was touched: a kind, a word for what was done, and the operand.

Every event that a recording can hold has its line in one of the tables here; one that has none is an error, so
that no version of Python can raise something new unnoticed.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from .recording import Record

FILE, HOST, PROCESS, IMPORT = "file", "host", "process", "import"
ENVIRONMENT, CODE, NATIVE, OBJECTS, CONTROL = "environment", "code", "native", "objects", "control"


@dataclass(frozen=True, slots=True)
class Touch:
    """One thing that a program touched.

    `operand` is an absolute path, a host, the program that was started, a module, a variable; `also` are other
    operands of which one is enough (a host may be known by its name or its address).
    """

    kind: str
    word: str
    operand: str | None
    record: Record
    also: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = f"line {self.record.line}" if self.record.line else "no line of the program"
        through = f" through {' < '.join(self.record.through[:4])}" if self.record.through else ""
        return f"{self.kind} {self.word} {self.operand} ({self.record.event}, {where}{through})"


def touches(record: Record) -> Iterator[Touch]:
    """Yield what one event says was touched; raises LookupError for an event that has no line here."""
    if record.event in NOTHING or record.event.startswith(NOTHING_BELOW):
        return
    if record.event in FILES:
        for index, word in FILES[record.event]:
            path = record.arguments[index]
            if isinstance(path, str) and path.startswith("/"):
                yield Touch(FILE, word, path, record)
    elif record.event in SIMPLE:
        kind, word = SIMPLE[record.event]
        yield Touch(kind, word, None, record)
    elif record.event.startswith("ctypes."):
        yield Touch(NATIVE, "ctypes", None, record)
    elif record.event in READERS:
        yield from READERS[record.event](record)
    else:
        raise LookupError(f"an event that no table tells of: {record.event}{record.arguments}")


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
    "guest.stat": ((0, "stat"),),
}

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
    "sys._getframe": (CODE, "introspection"),
    "sys._getframemodulename": (CODE, "introspection"),
    "sys._current_frames": (CODE, "introspection"),
    "sys._current_exceptions": (CODE, "introspection"),
    "sys.addaudithook": (CODE, "introspection"),
    "sys.monitoring.register_callback": (CODE, "introspection"),
    "gc.get_objects": (CODE, "introspection"),
    "gc.get_referents": (CODE, "introspection"),
    "gc.get_referrers": (CODE, "introspection"),
}

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


def _open(record: Record) -> Iterator[Touch]:
    path, _, flags = record.arguments
    if not isinstance(path, str) or not path.startswith("/"):
        return
    access = flags & os.O_ACCMODE
    if flags & UNNAMED == UNNAMED:
        yield Touch(FILE, "create", f"{path}/unnamed", record)
        return
    if access == os.O_RDONLY or (access == os.O_RDWR and not flags & (os.O_TRUNC | os.O_EXCL)):
        yield Touch(FILE, "read", path, record)  # what begins empty gives nothing that was not put in
    if access != os.O_RDONLY:
        word = "append" if flags & os.O_APPEND else "create" if flags & os.O_EXCL else "write"
        yield Touch(FILE, word, path, record)
    elif flags & os.O_CREAT:
        yield Touch(FILE, "create", path, record)


def _database(record: Record) -> Iterator[Touch]:
    name = record.arguments[0]
    path = name.removeprefix("file:").partition("?")[0] if isinstance(name, str) else ""
    if path and not path.endswith(":memory:"):
        yield Touch(FILE, "database", path, record)


SOCKETS = frozenset(("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"))
"""Events of which an address that is a text is the path of a socket."""
LOCAL = ("localhost", "127.0.0.1", "::1", "0.0.0.0", "::", "")


def _host(index: int, word: str = "connect") -> Callable[[Record], Iterator[Touch]]:
    """Return the reader of an event that has a host, or an address of one, as an argument."""

    def read(record: Record) -> Iterator[Touch]:
        address = record.arguments[index]
        if isinstance(address, list) and address:
            address = address[0]
        elif address is not None and not isinstance(address, str):
            return
        elif isinstance(address, str) and record.event in SOCKETS:
            yield Touch(FILE, "socket", posixpath.join("/workspace", address), record)
            return
        if address is not None:
            also = LOCAL if address in LOCAL else ()
            yield Touch(HOST, word, str(address).lower().rstrip("."), record, also)

    return read


def _url(record: Record) -> Iterator[Touch]:
    url = urlsplit(str(record.arguments[0]))
    if url.scheme == "file":
        return
    if url.hostname:
        yield Touch(HOST, "request", url.hostname, record, LOCAL if url.hostname in LOCAL else ())


def _spawn(program: int, arguments: int | None) -> Callable[[Record], Iterator[Touch]]:
    def read(record: Record) -> Iterator[Touch]:
        name = record.arguments[program]
        words = record.arguments[arguments] if arguments is not None else None
        also = tuple(str(word) for word in words[:1]) if isinstance(words, list) else ()
        if isinstance(words, list) and len(words) >= 3 and words[1] == "-c" and "sh" in str(words[0]):
            yield Touch(PROCESS, "shell", str(words[2]), record, also)
        else:
            yield Touch(PROCESS, "spawn", str(name), record, also)

    return read


def _system(record: Record) -> Iterator[Touch]:
    yield Touch(PROCESS, "shell", str(record.arguments[0]), record, ("sh",))


def _variable(word: str) -> Callable[[Record], Iterator[Touch]]:
    def read(record: Record) -> Iterator[Touch]:
        name = record.arguments[0]
        yield Touch(ENVIRONMENT, word if name is not None else "list", name, record)

    return read


def _import(record: Record) -> Iterator[Touch]:
    if record.arguments[0] != "__main__":
        yield Touch(IMPORT, "import", str(record.arguments[0]), record)


READERS: dict[str, Callable[[Record], Iterator[Touch]]] = {
    "open": _open,
    "sqlite3.connect": _database,
    "socket.connect": _host(1),
    "socket.bind": _host(1, "listen"),
    "socket.sendto": _host(1, "send"),
    "socket.sendmsg": _host(1, "send"),
    "socket.getaddrinfo": _host(0, "resolve"),
    "socket.gethostbyname": _host(0, "resolve"),
    "socket.gethostbyaddr": _host(0, "resolve"),
    "socket.getnameinfo": _host(0, "resolve"),
    "urllib.Request": _url,
    "http.client.connect": _host(1),
    "ftplib.connect": _host(1),
    "smtplib.connect": _host(1),
    "imaplib.open": _host(1),
    "poplib.connect": _host(1),
    "nntplib.connect": _host(1),
    "telnetlib.Telnet.open": _host(1),
    "subprocess.Popen": _spawn(0, 1),
    "os.exec": _spawn(0, 1),
    "os.posix_spawn": _spawn(0, 1),
    "os.spawn": _spawn(1, 2),
    "os.system": _system,
    "guest.import": _import,
    "guest.environ": _variable("read"),
    "os.putenv": _variable("write"),
    "os.unsetenv": _variable("write"),
}
