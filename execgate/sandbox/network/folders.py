"""Where the sockets lie: a folder of this gate's own, and those that killed gates left."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import stat
import tempfile
import threading
import time
import weakref
from pathlib import Path

from execgate.errors import SandboxUnavailableError
from execgate.sandbox import machine
from execgate.sandbox.owner import Owner

WRITABLE_HELP = "set TMPDIR to a folder that can be written to"
_PREFIX = "execgate-doors-"
_OWNER = "owner.json"
_ABANDONED_S = 60


class Folders:
    """A folder that only this user can enter, and in it one for each door; made when it is first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._root: Path | None = None
        self._made = 0

    def new(self) -> Path:
        """Return a folder that is not used yet; raises SandboxUnavailableError."""
        with self._lock:
            try:
                # Whoever cleans folders for temporary files takes the old ones away, too.
                if self._root is None or not self._root.is_dir():
                    sweep()
                    self._root = Path(tempfile.mkdtemp(prefix=_PREFIX))
                    # Also where nobody closes it, and at the end of the process.
                    weakref.finalize(self, _remove, self._root, os.getpid())
                    (self._root / _OWNER).write_text(json.dumps(Owner.current().labels()), encoding="utf-8")
                self._made += 1
                folder = self._root / str(self._made)
                folder.mkdir()
            except OSError as error:
                raise SandboxUnavailableError(
                    f"can't make a folder for a sandbox's network: {error.strerror or error}",
                    help=machine.fix_for(error, WRITABLE_HELP),
                ) from error
            return folder

    def close(self) -> None:
        """Remove all of it."""
        with self._lock:
            if self._root is not None:
                shutil.rmtree(self._root, ignore_errors=True)
                self._root = None


def _remove(root: Path, owner: int) -> None:
    """Remove a gate's folder, which is not that of a process that was forked from it."""
    if os.getpid() == owner:
        shutil.rmtree(root, ignore_errors=True)


def sweep() -> None:
    """Remove the folders of this user's gates that have ended, and what is left of such a one."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError, ValueError, TypeError):  # whatever somebody put there
            info = folder.lstat()
            if stat.S_ISDIR(info.st_mode) and info.st_uid == os.geteuid() and _is_left(folder, info.st_mtime):
                shutil.rmtree(folder, ignore_errors=True)


def _is_left(folder: Path, changed: float) -> bool:
    """Return whether the gate of a folder has ended; one that was killed in between left no name, or half."""
    try:
        owner = Owner.of(json.loads((folder / _OWNER).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError):
        return time.time() - changed > _ABANDONED_S
    if owner is None:
        return False
    # A folder is of this machine, unlike a container: who made it in another boot is no more.
    return owner.is_gone() is True or owner.boot != Owner.current().boot
