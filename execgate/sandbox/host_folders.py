"""Folders of the host that a policy has mounted: what one must be, beyond what the policy itself is held to.

A read-only mount keeps files as they are, and no more: whoever reaches a socket in it can talk to what
listens there, and a FIFO can be written to.  So a folder that holds one is refused; against those that come
to be later the guest asks its kernel (no local sockets, no writing outside of the places of the sandbox).
Links need no looking for below the folder: inside they lead to what is inside.
"""

from __future__ import annotations

import errno
import os
import stat
import threading
import time
from collections.abc import Iterable

from execgate.errors import SandboxUnavailableError
from execgate.model.confines import HostFolder
from execgate.sandbox import forks
from execgate.sandbox.files import escaped

MOST_ENTRIES = 1_000_000
"""How many files and folders a folder may hold: as many as are looked at in a second or two."""

FRESH_S = 60.0
"""How long what was found holds, in seconds; each run looks at the folder itself again."""

_STEP = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_KINDS = {
    stat.S_IFSOCK: "a socket, which a mount that is read-only does not close",
    stat.S_IFIFO: "a FIFO, which can be written to through a mount that is read-only",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class HostFolders:
    """Looks at folders before they are mounted; may be used from several threads at once."""

    def __init__(self) -> None:
        self.forget_parent()
        forks.register(self)

    def forget_parent(self) -> None:
        """Look anew in a forked process, where another thread may have held the lock."""
        self._lock = threading.Lock()
        self._looked_at: dict[str, tuple[tuple[int, int], float]] = {}
        """What was found to hold nothing but files, by path: device and inode, and when."""

    def check(self, folders: Iterable[HostFolder]) -> tuple[tuple[int, int], ...]:
        """Return device and inode of each folder.

        Raises SandboxUnavailableError, with the fix, for one that can't be mounted.
        """
        marks = []
        for folder in folders:
            info = _folder(folder.source)
            identity = info.st_dev, info.st_ino
            with self._lock:
                seen, when = self._looked_at.get(folder.source, (None, 0.0))
            if seen != identity or time.monotonic() - when > FRESH_S:
                _look_through(folder.source)
                with self._lock:
                    self._looked_at[folder.source] = identity, time.monotonic()
            marks.append(identity)
        return tuple(marks)


def _folder(source: str) -> os.stat_result:
    """Return what the folder at `source` is, which no link leads to."""
    parts = [part for part in source.split("/") if part]
    if not source.startswith("/") or not parts or {".", ".."} & {*parts}:
        raise _refused(source, "is no absolute path of a folder", "write the whole path of the folder")
    here = os.open("/", _STEP)
    try:
        for number, part in enumerate(parts, 1):
            try:
                below = os.open(part, _STEP, dir_fd=here)
            except OSError as error:
                raise _unopened(source, "/" + "/".join(parts[:number]), error) from error
            os.close(here)
            here = below
        return os.fstat(here)
    finally:
        os.close(here)


def _unopened(source: str, path: str, error: OSError) -> SandboxUnavailableError:
    if error.errno in {errno.ELOOP, errno.ENOTDIR} and os.path.islink(path):  # noqa: PTH114 - of a text
        return _refused(
            source, f"has a link in it, `{escaped(path, 200)}`", "name the folder that the link leads to"
        )
    if error.errno == errno.ENOENT:
        return _refused(source, "is not there", "make it, or take it out of `host_folders`")
    if error.errno == errno.ENOTDIR:
        return _refused(source, "is no folder", "name the folder that the file is in")
    return _refused(source, f"can't be opened: {error.strerror}", "let the gate's user enter it")


def _look_through(source: str) -> None:
    """Raise SandboxUnavailableError where there is something below that is neither file, folder nor link.

    What is mounted below counts too: some backends show it.
    """
    left = MOST_ENTRIES
    waiting = [source]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    left -= 1
                    if left < 0:
                        raise _refused(
                            source, f"holds more than {MOST_ENTRIES:,} files", "name the part that is needed"
                        )
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    elif not (entry.is_symlink() or entry.is_file(follow_symlinks=False)):
                        _judge(source, entry)
        except (FileNotFoundError, NotADirectoryError):
            continue  # gone while it was looked at
        except OSError as error:
            raise _refused(
                source, f"can't be looked through: {error.strerror}", "let the gate's user read all of it"
            ) from error


def _judge(source: str, entry: os.DirEntry[str]) -> None:
    try:
        info = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return
    kind = _KINDS.get(stat.S_IFMT(info.st_mode))
    if kind is not None:
        raise _refused(source, f"holds {kind}: `{escaped(entry.path, 200)}`", "name a folder without it")


def _refused(source: str, why: str, help_: str) -> SandboxUnavailableError:
    return SandboxUnavailableError(
        f"can't mount a folder of the host: `{escaped(source, 200)}` {why}", help=help_
    )
