"""The files of the working folder on their way in, and out once nothing of the program lives."""

# Every import costs every cell its time, so there is neither pathlib nor contextlib here.
# ruff: noqa: PTH103, PTH108, PTH118, PTH120, SIM105

from __future__ import annotations

import errno
import os
import stat

from execgate_guest.stream import CHUNK, Stream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    Mark = tuple[int, int, int, int]

WORKSPACE = "/workspace"
HOME = "/home/agent"
KEPT_AT_HOME = (HOME + "/.cache", HOME + "/.config")
"""Folders that programs count on, of which every one may write to its own."""
DEPTH = 16
ENTRIES = 20_000
HOLES = 64 << 10  # a database keeps some room that it has not written to yet

# Why a file was not taken; the words are the host's.
NOT_REGULAR, TOO_LARGE, TOO_MANY, TOO_DEEP, UNREADABLE, UNSEEN, SPARSE = 1, 2, 3, 4, 5, 6, 7

OUT_OF_DISK = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))


def create(name: bytes) -> int:
    """Return a new, empty input file, open for writing."""
    path = os.path.join(WORKSPACE.encode(), name)
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        try:
            os.unlink(path)  # an earlier block of the same session may have left one
        except FileNotFoundError:
            pass
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except OSError as error:
        fail(Stream(0, 1), error)


def fail(host: Stream, error: OSError) -> NoReturn:
    """Say that the job can't be done, and end."""
    kind = b"d" if error.errno in OUT_OF_DISK else b"o"
    host.give_up(kind, os.strerror(error.errno or 0))


def mark(info: os.stat_result) -> Mark:
    """Return what changes when a file does; the time of change can't be set by a program."""
    return info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns


def send_files(host: Stream, placed: dict[bytes, Mark | None], count: int, size: int) -> tuple[int, int]:
    """Send the new and changed files below the workspace, in order of name, until a cap is reached.

    Return how many more files and bytes there may be.
    """
    if not is_empty(WORKSPACE):
        host.release()  # that the program ended is not to wait for its files
    files, refused, unseen = walk()
    for path, info in files:
        if placed.get(path) == mark(info):
            continue
        if count == 0:
            refused.append((path, TOO_MANY))
        elif info.st_size > size:
            refused.append((path, TOO_LARGE))
        elif is_sparse(info):
            refused.append((path, SPARSE))
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
    return count, size


def is_sparse(info: os.stat_result) -> bool:
    """Return whether most of a file was never written, and so was paid for by no limit."""
    written = info.st_blocks * 512
    return info.st_size - written > HOLES and written < info.st_size // 2


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


def is_empty(folder: str) -> bool:
    """Return whether a folder is seen to hold nothing."""
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is None
    except OSError:
        return False


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
