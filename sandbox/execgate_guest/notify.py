"""What the program does, as the kernel tells of it: seccomp's user notification, see seccomp_unotify(2).

The filter of the program puts the calls of `CALLS` to a listener, which the supervisor holds.  Each is noted,
and then goes on as if nothing had been asked (SECCOMP_USER_NOTIF_FLAG_CONTINUE): another thread can change a
path in memory in between, so this is for the record and decides nothing.
"""

# ruff: noqa: PTH115, PTH123, SIM105

from __future__ import annotations

import errno
import fcntl
import json
import os
import posixpath
import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from execgate_guest.witness import Witness

KERNEL, STARTED = 2, 4
CUT = "\0..."
_RECEIVE, _SEND, _IS_VALID = 0xC050_2100, 0xC018_2101, 0x4008_2102  # linux/seccomp.h
_SET_FLAGS, _SYNC_WAKE_UP = 0x4008_2104, 1  # Linux 6.6: who asks and who answers take turns on one processor
_CONTINUE = 1
_ASKED = struct.Struct("=QIIiIQ6Q")
_ANSWER = struct.Struct("=QqiI")
_PAGE = 4096
_WORDS, _LONGEST = 24, 3000
_PROCESSES = 256
_AT_FDCWD = -100
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
WHOLE = 0xFFFF_FFFF_FFFF_FFFF
HIDDEN = b'["watch.hidden",[],0,[],2]'
UNNAMED = b'["watch.unnamed",[],0,[],2]'

# What each argument of a call is: a path (in the folder of the descriptor before it where there is one),
# flags, an argument list, an address of a socket, a process.
CALLS: dict[str, tuple[tuple[str, int], ...]] = {
    "open": (("path", 0), ("nothing", 0), ("flags", 1)),
    "creat": (("path", 0), ("nothing", 0), ("created", 0)),
    "openat": (("path at", 0), ("nothing", 0), ("flags", 2)),
    "openat2": (("path at", 0), ("nothing", 0), ("how", 2)),
    "truncate": (("path", 0),),
    "unlink": (("path", 0),),
    "unlinkat": (("path at", 0),),
    "rmdir": (("path", 0),),
    "mkdir": (("path", 0),),
    "mkdirat": (("path at", 0),),
    "mknod": (("path", 0),),
    "mknodat": (("path at", 0),),
    "rename": (("path", 0), ("path", 1)),
    "renameat": (("path at", 0), ("path at", 2)),
    "renameat2": (("path at", 0), ("path at", 2)),
    "link": (("path", 0), ("path", 1)),
    "linkat": (("path at", 0), ("path at", 2)),
    "symlink": (("text", 0), ("path", 1)),
    "symlinkat": (("text", 0), ("path at", 1)),
    "chmod": (("path", 0),),
    "fchmodat": (("path at", 0),),
    "fchmodat2": (("path at", 0),),
    "chown": (("path", 0),),
    "lchown": (("path", 0),),
    "fchownat": (("path at", 0),),
    "execve": (("path", 0), ("words", 1)),
    "execveat": (("path at", 0), ("words", 2)),
    "connect": (("address", 1),),
    "bind": (("address", 1),),
    "sendto": (("address", 4),),
    "kill": (("process", 0),),
    "tkill": (("process", 0),),
    "tgkill": (("process", 0),),
    "rt_sigqueueinfo": (("process", 0),),
    "rt_tgsigqueueinfo": (("process", 0),),
    "pidfd_send_signal": (("flags", 1),),
}
NAMES = frozenset(CALLS)
QUIET: dict[str, tuple[int, int]] = {
    "open": (1, WRITING),
    "openat": (2, WRITING),
    "sendto": (4, WHOLE),
}
"""Calls of which the kernel tells nothing where an argument, behind a mask, is zero.

That are files which are only read, of which Python's own events tell, and what goes to where a socket is
connected.
"""


class Listener:
    """The kernel's questions; `numbers` are those of the system calls, by name."""

    def __init__(self, fd: int, witness: Witness, numbers: Mapping[str, int]) -> None:
        self.fd = fd
        self.witness = witness
        self.names = {number: name for name, number in numbers.items() if name in CALLS}
        self.memory: dict[int, int] = {}
        self.started: dict[int, bool] = {}
        self.executed: set[int] = set()
        self.own = _line_of("self")
        try:
            fcntl.ioctl(fd, _SET_FLAGS, struct.pack("=Q", _SYNC_WAKE_UP))
        except OSError:
            pass

    def answer(self) -> None:
        """Take one question, note what is asked, and let it go on."""
        asked = bytearray(_ASKED.size)
        try:
            fcntl.ioctl(self.fd, _RECEIVE, asked)
        except OSError:
            return  # whoever asked has gone
        number, pid, _, call, _, _, *arguments = _ASKED.unpack(asked)
        line = None
        try:
            line = self.line(self.names.get(call, ""), pid, arguments, number)
        except (OSError, ValueError, struct.error):
            pass
        if line is not None:
            self.witness.read()  # what Python told of it came before, and is there by now
        try:
            fcntl.ioctl(self.fd, _SEND, _ANSWER.pack(number, 0, 0, _CONTINUE))
        except OSError:
            pass
        if line is not None:
            self.witness.note(line)

    def line(self, name: str, pid: int, arguments: list[int], number: int) -> bytes | None:
        """Return what is to be noted of a call, None where that is nothing."""
        told = []
        try:
            for kind, index in CALLS.get(name, ()):
                told.append(READERS[kind](self, pid, arguments, index))
        except PermissionError:
            return HIDDEN  # a program that closed its memory
        except (NothingToTellError, FileNotFoundError, ProcessLookupError):
            return None
        except OSError as error:
            return UNNAMED if error.errno == errno.ENAMETOOLONG else None
        try:
            fcntl.ioctl(self.fd, _IS_VALID, struct.pack("=Q", number))
        except OSError:
            return None  # it has died, and what was read may be another's
        mark = KERNEL | (STARTED if self.is_started(pid) else 0)
        if name in ("execve", "execveat"):
            self.executed.add(pid)
            self.started.pop(pid, None)
            self.forget(pid)
        return json.dumps([name, told, 0, [], mark], separators=(",", ":")).encode("ascii")

    def is_started(self, pid: int) -> bool:
        """Return whether a process runs a program that was started, and no copy of this one."""
        known = self.started.get(pid)
        if known is None:
            if len(self.started) > _PROCESSES:
                self.started.clear()
            known = self.started[pid] = self.descends(pid) and _line_of(pid) != self.own
        return known

    def descends(self, pid: int) -> bool:
        """Return whether a process, or one that it comes from, has asked to become another program."""
        for _ in range(32):
            group, parent = _family(pid)
            if pid in self.executed or group in self.executed:
                return True
            if parent <= 1:
                return False
            pid = parent
        return False

    def read(self, pid: int, address: int, size: int) -> bytes:
        """Return `size` bytes of a process' memory, fewer where there are no more."""
        for _ in range(2):
            fd = self.memory.get(pid)
            if fd is None:
                if len(self.memory) > _PROCESSES:
                    for one in list(self.memory):
                        self.forget(one)
                fd = self.memory[pid] = os.open(f"/proc/{pid}/mem", os.O_RDONLY | os.O_CLOEXEC)
            try:
                data = os.pread(fd, size, address)
            except OSError:
                data = b""
            if data:
                return data
            self.forget(pid)
        return b""

    def forget(self, pid: int) -> None:
        """Close the memory of a process."""
        fd = self.memory.pop(pid, None)
        if fd is not None:
            os.close(fd)

    def text(self, pid: int, address: int, most: int = 4096) -> str:
        """Return the text at an address, which ends with a zero."""
        found = b""
        while len(found) < most:
            start = address + len(found)
            piece = self.read(pid, start, min(_PAGE - start % _PAGE, most - len(found)))
            end = piece.find(b"\0")
            if end >= 0:
                return os.fsdecode(found + piece[:end])
            if not piece:
                raise NothingToTellError
            found += piece
        return os.fsdecode(found) + CUT


class NothingToTellError(Exception):
    """The kernel will refuse the call by itself, or it touches nothing."""


def _nothing(_of: Listener, _pid: int, _arguments: list[int], _index: int) -> None:
    return None


def _path(of: Listener, pid: int, arguments: list[int], index: int) -> str:
    return _placed(of.text(pid, arguments[index]), pid, _AT_FDCWD)


def _path_at(of: Listener, pid: int, arguments: list[int], index: int) -> str:
    return _placed(of.text(pid, arguments[index + 1]), pid, _signed(arguments[index]))


def _placed(text: str, pid: int, folder: int) -> str:
    if not text:
        if folder == _AT_FDCWD:
            raise NothingToTellError
        return os.readlink(f"/proc/{pid}/fd/{folder}")
    if text.startswith("/"):
        return posixpath.normpath(text)
    base = os.readlink(f"/proc/{pid}/cwd" if folder == _AT_FDCWD else f"/proc/{pid}/fd/{folder}")
    return posixpath.normpath(posixpath.join(base, text))


def _signed(value: int) -> int:
    return struct.unpack("=i", struct.pack("=I", value & 0xFFFF_FFFF))[0]


def _flags(_of: Listener, _pid: int, arguments: list[int], index: int) -> int:
    return arguments[index] & 0x7FFF_FFFF


def _created(_of: Listener, _pid: int, _arguments: list[int], _index: int) -> int:
    return os.O_WRONLY | os.O_CREAT | os.O_TRUNC


def _how(of: Listener, pid: int, arguments: list[int], index: int) -> int:
    data = of.read(pid, arguments[index], 8)
    if len(data) != 8:
        raise NothingToTellError
    flags: int = struct.unpack("=Q", data)[0] & 0x7FFF_FFFF
    return flags


def _text(of: Listener, pid: int, arguments: list[int], index: int) -> str:
    return of.text(pid, arguments[index])


def _words(of: Listener, pid: int, arguments: list[int], index: int) -> list[str]:
    found: list[str] = []
    at = arguments[index]
    while at and len(found) < _WORDS:
        data = of.read(pid, at + 8 * len(found), 8)
        pointer = struct.unpack("=Q", data)[0] if len(data) == 8 else 0
        if not pointer:
            break
        found.append(of.text(pid, pointer, _LONGEST))
    return found


def _address(of: Listener, pid: int, arguments: list[int], index: int) -> list[Any] | str:
    size = min(arguments[index + 1] & 0xFFFF_FFFF, 128)
    data = of.read(pid, arguments[index], size) if arguments[index] and size >= 2 else b""
    family = struct.unpack("=H", data[:2])[0] if len(data) >= 2 else 0
    if family == 2 and len(data) >= 8:
        return [".".join(map(str, data[4:8])), int.from_bytes(data[2:4], "big")]
    if family == 10 and len(data) >= 24:
        import _socket

        return [_socket.inet_ntop(_socket.AF_INET6, data[8:24]), int.from_bytes(data[2:4], "big")]
    if family == 1 and len(data) > 2 and data[2]:
        return _placed(os.fsdecode(data[2:].partition(b"\0")[0]), pid, _AT_FDCWD)
    raise NothingToTellError


def _process(_of: Listener, pid: int, arguments: list[int], index: int) -> int:
    target = _signed(arguments[index])
    if target == pid or target == _family(pid)[0]:
        raise NothingToTellError  # itself
    return target


READERS: dict[str, Callable[[Listener, int, list[int], int], Any]] = {
    "nothing": _nothing,
    "path": _path,
    "path at": _path_at,
    "flags": _flags,
    "created": _created,
    "how": _how,
    "text": _text,
    "words": _words,
    "address": _address,
    "process": _process,
}


def _family(pid: int) -> tuple[int, int]:
    """Return the process of a thread, and that process' parent."""
    group = parent = 0
    with open(f"/proc/{pid}/status", "rb") as lines:
        for line in lines:
            if line.startswith(b"Tgid:"):
                group = int(line[5:])
            elif line.startswith(b"PPid:"):
                parent = int(line[5:])
                break
    return group, parent


def _line_of(pid: int | str) -> bytes:
    fd = os.open(f"/proc/{pid}/cmdline", os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(fd, 4096)
    finally:
        os.close(fd)
