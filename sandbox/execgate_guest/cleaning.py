"""What a run leaves in a cell that is kept: removed, and then looked for.

Nothing here trusts that the removing worked.  A cell is as it was before the first run, in every respect that
`Baseline` knows, or it is thrown away.
"""

# Every import costs every cell its time.
# ruff: noqa: PERF203, PTH101, PTH102, PTH112, PTH116, PTH208

from __future__ import annotations

import os
import stat
import time

from execgate_guest.files import HOME, KEPT_AT_HOME, WORKSPACE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

MOUNTS = (WORKSPACE, "/tmp", HOME, "/dev/shm")

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NETWORK = {
    "unix": (4, 5, 6, 7),
    **dict.fromkeys(("udp", "udp6", "udplite", "udplite6", "raw", "raw6", "icmp", "icmp6"), (1, 2, 3, 9)),
    "packet": (2, 3, 4, 7, 8),
    "netlink": (1, 2, 3, 9),
}
"""The tables of sockets, with the columns that stay as they are while a socket is only waiting.

Those of TCP are as long as the host's, which takes milliseconds; TCP is counted instead.
"""
_COUNTED = ("used", "inuse", "tw")
"""What is counted of sockets in this network alone: all, by kind, and those that are not quite closed."""
_PIDS = ("/sys/fs/cgroup/pids.current", "/sys/fs/cgroup/pids/pids.current")
_SETTLE_S = (0.0, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.04, 0.08, 0.1)
"""How long the kernel may take to let go of what its last user has left: some of it waits its turn there."""


def writable() -> tuple[str, ...]:
    """Return the places for files: the mounts, and the folders in them that are there for every run."""
    return (*MOUNTS, *(folder for folder in KEPT_AT_HOME if os.path.isdir(folder)))


def open_places() -> None:
    """Let every user make files in the places for it, and nobody change those of another; raises OSError."""
    for place in writable():
        if os.stat(place).st_uid == os.geteuid():
            os.chmod(place, 0o1777)  # an engine gives a mount the mode of what it covers
        if os.stat(place).st_mode & 0o7777 != 0o1777:
            raise OSError(0, f"{place} is not for everybody")


def make_homes(confines: dict[str, Any] | None) -> None:
    """Make the folders of a home that programs count on, where their policy would not let them.

    That is done once for all runs of a cell: rules about a folder hold on to it a while after its last user
    has gone.  Where the home is another's, or full, it has none.
    """
    if confines is None or confines["writes"] is None:
        return
    for folder in KEPT_AT_HOME:
        try:
            os.mkdir(folder)
        except OSError:
            continue


class DoubtError(Exception):
    """Something of a run may still be there."""


def wipe(folder: str, kept: Collection[str] = ()) -> None:
    """Remove everything below `folder`, however deep it lies and whatever its modes; raises OSError.

    `kept` are names right below it that are none of a run's.

    Nothing lives that could race with it.  What lies deep is moved up first, so depth costs nothing.
    """
    if set(os.listdir(folder)).issubset(kept):
        return
    top = os.open(folder, _FOLDER)
    number = 0
    try:
        while True:
            names = [name for name in os.listdir(top) if name not in kept]
            if not names:
                return
            for name in names:
                if not stat.S_ISDIR(os.stat(name, dir_fd=top, follow_symlinks=False).st_mode):
                    os.unlink(name, dir_fd=top)
                    continue
                os.chmod(name, 0o700, dir_fd=top)
                below = os.open(name, _FOLDER, dir_fd=top)
                try:
                    for child in os.listdir(below):
                        if not stat.S_ISDIR(os.stat(child, dir_fd=below, follow_symlinks=False).st_mode):
                            os.unlink(child, dir_fd=below)
                            continue
                        os.chmod(child, 0o700, dir_fd=below)  # its `..` changes with its place
                        number += 1
                        os.rename(child, unused(top, number), src_dir_fd=below, dst_dir_fd=top)
                finally:
                    os.close(below)
                os.rmdir(name, dir_fd=top)
    finally:
        os.close(top)


def unused(top: int, number: int) -> str:
    """Return a name that is free in a folder."""
    while True:
        name = f"execgate-{number}"
        try:
            os.stat(name, dir_fd=top, follow_symlinks=False)
        except FileNotFoundError:
            return name
        number += 1_000_003


class Baseline:
    """How a cell was before anything ran in it."""

    def __init__(self) -> None:
        self.places = writable()
        self.processes = processes()
        self.still = self._still()
        self.fresh = self._fresh()
        self.names = {place: listed(place) for place in self.places}

    def check(self, *, besides: frozenset[int] = frozenset(), places: tuple[str, ...] = ()) -> None:
        """Raise DoubtError where something is not as it was; `besides` are processes that may be there, too.

        `places` are the folders that have to be empty.  With processes beside ours their sockets and files
        are theirs, so that only what no process may do is looked at.
        """
        for pause in _SETTLE_S:
            if pause:
                time.sleep(pause)
            why = self._doubt(besides, places)
            if why is None:
                return
        raise DoubtError(why)

    def listed(self, place: str) -> tuple[str, ...]:
        """Return the names that were in a place before anything ran."""
        return self.names[place]

    def _doubt(self, besides: frozenset[int], places: tuple[str, ...]) -> str | None:
        found = processes()
        if besides:  # what it started and has not looked after is dead, and takes up a number
            found -= {pid for pid in found - self.processes - besides if state(pid) in (b"", b"Z")}
        if found != self.processes | besides:
            strange = sorted(found - self.processes - besides)
            return f"processes {strange[:5]} live" if strange else "a process is gone"
        if besides:
            return None
        still = self._still()
        for name, value in self.still.items():
            if still[name] != value:
                return f"{name} is not as it was"
        fresh = self._fresh()
        for place in places:
            if fresh[place] != self.fresh[place]:
                return f"{place} is not as it was"
        return None

    @staticmethod
    def _still() -> dict[str, object]:
        """Return what no run may change: sockets, mounts, the number of processes, message queues."""
        found: dict[str, object] = {f"the table of {name} sockets": sockets(name) for name in _NETWORK}
        found["the number of sockets"] = numbers = counted("sockstat"), counted("sockstat6")
        if not numbers[0]:
            raise DoubtError("the kernel does not tell how many sockets there are")
        found["the mount table"] = contents("/proc/self/mountinfo")
        counts = [text for text in map(contents, _PIDS) if text]
        found["the number of processes"] = counts[0] if counts else b""
        found["the message queues"] = listed("/dev/mqueue")
        return found

    def _fresh(self) -> dict[str, tuple[object, ...]]:
        """Return each place that can be written to: what it holds, and what that takes."""
        found: dict[str, tuple[object, ...]] = {}
        for place in self.places:
            room, info = os.statvfs(place), os.stat(place)
            found[place] = (
                tuple(sorted(os.listdir(place))),
                (room.f_blocks, room.f_bfree, room.f_files, room.f_ffree, room.f_flag),
                (info.st_mode, info.st_uid, info.st_gid, info.st_nlink, info.st_ino, info.st_dev),
            )
        return found


def taken(before: dict[str, tuple[int, int]]) -> tuple[int, int]:
    """Return how many bytes and files lie in the places that can be written to, beyond `before`."""
    size = count = 0
    for place, (blocks, files) in room().items():
        size += max(before[place][0] - blocks, 0)
        count += max(before[place][1] - files, 0)
    return size, count


def room() -> dict[str, tuple[int, int]]:
    """Return how many bytes and files each place still holds."""
    found = {}
    for place in MOUNTS:
        status = os.statvfs(place)
        found[place] = (status.f_bfree * status.f_frsize, status.f_ffree)
    return found


def sockets(kind: str) -> tuple[tuple[bytes, ...], ...]:
    """Return the sockets of one kind, each by what does not change while it waits."""
    rows = [line.split() for line in contents(f"/proc/net/{kind}").splitlines()[1:]]
    if not rows:
        return ()
    columns = _NETWORK[kind]
    return tuple(sorted(tuple(row[column] for column in columns if column < len(row)) for row in rows))


def counted(name: str) -> tuple[tuple[bytes, ...], ...]:
    """Return how many sockets there are, by kind and state."""
    found = []
    for line in contents(f"/proc/net/{name}").splitlines():
        kind, *words = line.split()
        pairs = zip(words[::2], words[1::2])  # noqa: B905 - not in Python 3.9
        found.append((kind, *(value for what, value in pairs if what.decode() in _COUNTED)))
    return tuple(found)


def processes() -> frozenset[int]:
    """Return the ids of every process that there is."""
    return frozenset(int(name) for name in os.listdir("/proc") if name.isdigit())


def contents(path: str) -> bytes:
    """Return what a file of the kernel tells, nothing where there is none."""
    try:
        return whole(path)
    except OSError:
        return b""


def whole(path: str) -> bytes:
    """Return what a file of the kernel tells; raises OSError.  A file object asks three times as much."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        found = b""
        while piece := os.read(fd, 1 << 16):
            found += piece
        return found
    finally:
        os.close(fd)


def listed(folder: str) -> tuple[str, ...]:
    """Return the names in a folder, none where there is none."""
    try:
        return tuple(sorted(os.listdir(folder)))
    except OSError:
        return ()


def state(pid: int) -> bytes:
    """Return how a process is: `Z` dead, `T` stopped, ...; nothing where there is none."""
    return contents(f"/proc/{pid}/stat").rpartition(b") ")[2][:1]
