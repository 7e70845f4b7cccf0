"""The program's own walls in the kernel: files, TCP ports, and the processes around it (landlock(7)).

What a kernel does not have is left out, and said.  Standard library only, Python 3.9 and later.
"""

# Every import costs every run its time, so there is no pathlib here.
# ruff: noqa: PTH103, PTH112, PTH118, PTH120, PTH208, SIM105

from __future__ import annotations

import errno
import os
import stat
import struct
import sys

from execgate_guest import kernel
from execgate_guest.files import HOME, KEPT_AT_HOME, WORKSPACE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

# The bits of `struct landlock_ruleset_attr`, with the version of the kernel's interface that brought them.
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_DIR, REMOVE_FILE, MAKE_CHAR, MAKE_DIR = 1 << 4, 1 << 5, 1 << 6, 1 << 7
MAKE_REG, MAKE_SOCK, MAKE_FIFO, MAKE_BLOCK, MAKE_SYM = 1 << 8, 1 << 9, 1 << 10, 1 << 11, 1 << 12
REFER = 1 << 13  # 2
TRUNCATE = 1 << 14  # 3
IOCTL_DEV = 1 << 15  # 5
BIND_TCP, CONNECT_TCP = 1 << 0, 1 << 1  # 4
SCOPE_ABSTRACT_UNIX_SOCKET, SCOPE_SIGNAL = 1 << 0, 1 << 1  # 6
LOG_SAME_EXEC_OFF = 1 << 0  # 7

READING = READ_FILE | READ_DIR
WRITING = (
    (WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG)
    | (MAKE_SOCK | MAKE_FIFO | MAKE_SYM | REFER | TRUNCATE)
)  # fmt: skip
OF_A_FILE = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
"""What can be granted for a file; the others are about what a folder holds."""

WRITABLE = (WORKSPACE, "/tmp", HOME, "/dev/shm")
"""The places of the sandbox where a file can come to be at all."""
SCRATCH = ("/tmp", "/dev/shm", *KEPT_AT_HOME)
"""Memory of this run alone, of which nothing comes back: locks of processes, caches of libraries."""
DEVICES = (
    "/dev/full", "/dev/null", "/dev/ptmx", "/dev/pts", "/dev/random", "/dev/tty", "/dev/urandom", "/dev/zero",
)  # fmt: skip
SYSTEM = (
    "/bin", "/lib", "/lib32", "/lib64", "/sbin", "/usr", "/opt/execgate",
    "/etc/ca-certificates", "/etc/fonts", "/etc/gai.conf", "/etc/host.conf", "/etc/hostname", "/etc/hosts",
    "/etc/inputrc", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime",
    "/etc/mime.types", "/etc/nsswitch.conf", "/etc/os-release", "/etc/pki", "/etc/protocols",
    "/etc/resolv.conf", "/etc/services", "/etc/ssl", "/etc/timezone",
    "/proc", "/sys/devices/system", "/sys/fs/cgroup", "/sys/kernel/mm/transparent_hugepage",
)  # fmt: skip
"""What every interpreter and library reads of the image and of the kernel, whatever the program does."""
DNS_PORT = 53
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")

PATH_BENEATH, NET_PORT = 1, 2
CREATE_RULESET_VERSION = 1 << 0
HIGHEST = 7
"""The last version of which this file knows what it brought."""


class Plan:
    """Rights by path, and TCP ports that may be listened at and connected to; None is every port."""

    def __init__(
        self, paths: dict[str, int], binds: frozenset[int] | None, connects: frozenset[int] | None
    ) -> None:
        self.paths = paths
        self.binds = binds
        self.connects = connects


def version() -> tuple[int, str]:
    """Return the version of the kernel's interface, 0 where it has none, and then why."""
    try:
        found = kernel.call("landlock_create_ruleset", None, 0, CREATE_RULESET_VERSION)
    except kernel.UnsupportedError as error:
        return 0, str(error)
    except OSError as error:
        # EPERM is an engine's filter that does not know the call.
        if error.errno not in (errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM):
            raise
        return 0, os.strerror(error.errno)
    return found, ""


def plan(confines: dict[str, Any], modules: Iterable[str] = ()) -> Plan:
    """Return what is granted: by the policy, to every program, and the judged files that may be imported."""
    paths: dict[str, int] = {}

    def grant(path: str, rights: int) -> None:
        paths[path] = paths.get(path, 0) | rights

    interpreter = (sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.dirname(sys.executable), *sys.path)
    for path in (*SYSTEM, *(path for path in interpreter if path not in ("", "/", WORKSPACE))):
        grant(path, READING)
    for path in DEVICES:
        grant(path, READING | WRITE_FILE | IOCTL_DEV)
    for path in SCRATCH:
        grant(path, READING | WRITING)
    for path in modules:
        grant(os.path.join(WORKSPACE, path), READ_FILE)
    for path in ["/"] if confines["reads"] is None else confines["reads"]:
        grant(anchor(path), READING)
    everywhere = WRITABLE if confines["host_folders"] else ("/",)  # a FIFO of the host is to stay as it is
    for path in everywhere if confines["writes"] is None else confines["writes"]:
        grant(anchor(path, folder=True), WRITING)
    if confines["commands"]:
        grant("/", EXECUTE)
    return Plan(paths, *ports(confines))


def anchor(path: str, *, folder: bool = False) -> str:
    """Return what a rule about `path` can be about: itself, or the nearest there is of the folders above.

    A rule needs something that exists.  What does not exist where nothing can be made never will.  `folder`
    is for what may be made, removed and replaced, which is a right upon the folder.
    """
    found = path = os.path.normpath(path)
    while place(found) and not (os.path.isdir(found) if folder else os.path.lexists(found)):
        found = os.path.dirname(found)
    return found if place(found) else path


def place(path: str) -> str:
    """Return which of the places that can be written to `path` is in, empty where in none."""
    return next((root for root in WRITABLE if path == root or path.startswith(root + "/")), "")


def ports(confines: dict[str, Any]) -> tuple[frozenset[int] | None, frozenset[int] | None]:
    """Return which TCP ports may be listened at, and which connected to; None is every one."""
    listens, ports = confines["listens"], confines["ports"]
    binds = None if listens is None else frozenset(listens)
    # Who listens where the kernel chooses talks to itself there.
    if binds is None or 0 in binds or (confines["network"] and ports is None):
        return binds, None
    connects = set(binds)
    if confines["network"]:
        connects |= {DNS_PORT, *ports, *proxies()}
    return binds, frozenset(connects)


def proxies() -> set[int]:
    """Return the ports of the way out of the sandbox, as the environment names it."""
    found = set()
    for name in PROXIES:
        port = os.environ.get(name, "").rstrip("/").rpartition(":")[2]
        if port.isdigit():
            found.add(int(port))
    return found


def is_settled(confines: dict[str, Any]) -> bool:
    """Return whether the rules are the same for every job: none is about what a job may bring or make."""
    named = [*(confines["reads"] or ()), *(confines["writes"] or ())]
    inside = [path for path in map(os.path.normpath, named) if place(path) not in ("", path)]
    return not inside and not confines["network"]  # the way out has ports of its own


def is_alone() -> bool:
    """Return whether this process has one thread."""
    return len(os.listdir("/proc/self/task")) == 1


def enforce(wanted: Plan, has: int) -> str:
    """Set the walls for this process and all that it starts, for good; return what they hold, in words.

    As `made` and `enter`, which see.
    """
    for path in SCRATCH:
        if wanted.paths.get("/", 0) & WRITING != WRITING:
            try:
                os.makedirs(path, exist_ok=True)
            except OSError:  # where its home is another's it has none
                pass
    enter(made(wanted, has), has)
    return words(wanted, has)


def made(wanted: Plan, has: int) -> int:
    """Return a descriptor of the rules as the kernel holds them, for any number of processes to enter.

    `has` is the version of the kernel's interface.  Raises OSError where the kernel does not do what its
    version says.
    """
    has = min(has, HIGHEST)
    files = (1 << 13) - 1
    for since, right in ((2, REFER), (3, TRUNCATE), (5, IOCTL_DEV)):
        files |= right if has >= since else 0
    attributes = [files]
    if has >= 4:
        attributes.append(_handled_ports(wanted))
    if has >= 6:
        attributes.append(SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL)
    packed = struct.pack(f"={len(attributes)}Q", *attributes)
    ruleset = kernel.call("landlock_create_ruleset", packed, len(packed), 0)
    try:
        for path, rights in needed(wanted.paths):
            _add_path(ruleset, path, rights & files)
        if has >= 4:
            for right, granted in ((BIND_TCP, wanted.binds), (CONNECT_TCP, wanted.connects)):
                for port in granted or ():
                    rule = struct.pack("=QQ", right, port)
                    kernel.call("landlock_add_rule", ruleset, NET_PORT, rule, 0)
    except BaseException:
        os.close(ruleset)
        raise
    return ruleset


def enter(ruleset: int, has: int) -> None:
    """Hold this process, and all that it starts, to the rules for good, and close their descriptor.

    Other threads of this process would go without: there must be none.  Raises OSError.
    """
    try:
        if not is_alone():
            raise OSError(errno.EBUSY, "a thread would run outside of its walls")
        # What is refused to a hostile program is not to fill the log of the machine.
        flags = LOG_SAME_EXEC_OFF if has >= 7 else 0
        kernel.call("landlock_restrict_self", ruleset, flags)
    finally:
        os.close(ruleset)


def words(wanted: Plan, has: int) -> str:
    """Return what walls hold that were set."""
    has = min(has, HIGHEST)
    ports = has >= 4 and _handled_ports(wanted)
    kinds = ["files", *(["ports"] if ports else []), *(["other processes"] if has >= 6 else [])]
    return f"version {has}: " + ", ".join(kinds)


def _handled_ports(wanted: Plan) -> int:
    """Return which rights upon ports are handled: what every port is granted for is not."""
    return (BIND_TCP if wanted.binds is not None else 0) | (CONNECT_TCP if wanted.connects is not None else 0)


def needed(paths: dict[str, int]) -> Iterator[tuple[str, int]]:
    """Yield the rules without those that a folder above them grants all of: each costs every run its time."""
    for path, rights in paths.items():
        above, left = path, rights
        while above != "/" and left:
            above = os.path.dirname(above)
            left &= ~paths.get(above, 0)
        if left or path == "/":
            yield path, rights


def _add_path(ruleset: int, path: str, rights: int) -> None:
    """Grant `rights` for a path and all below it; what does not exist needs no rule."""
    writable = place(path)
    if writable and writable != place(os.path.realpath(path)):
        return  # a link that an earlier program of the session left there
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(fd).st_mode):
            rights &= OF_A_FILE
        if rights:
            rule = struct.pack("=Qi", rights, fd)
            kernel.call("landlock_add_rule", ruleset, PATH_BENEATH, rule, 0)
    finally:
        os.close(fd)
