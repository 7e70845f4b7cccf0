"""Where the sockets lie: a folder of this gate's own, and those that killed gates left."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
import threading
from pathlib import Path

from execgate.errors import SandboxUnavailableError
from execgate.sandbox.owner import Owner

_PREFIX = "execgate-doors-"
_OWNER = "owner.json"


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
                if self._root is None:
                    sweep()
                    self._root = Path(tempfile.mkdtemp(prefix=_PREFIX))
                    (self._root / _OWNER).write_text(json.dumps(Owner.current().labels()), encoding="utf-8")
                self._made += 1
                folder = self._root / str(self._made)
                folder.mkdir()
            except OSError as error:
                raise SandboxUnavailableError(
                    f"can't make a folder for a sandbox's network: {error.strerror or error}",
                    help="set TMPDIR to a folder that can be written to",
                ) from error
            return folder

    def close(self) -> None:
        """Remove all of it."""
        with self._lock:
            if self._root is not None:
                shutil.rmtree(self._root, ignore_errors=True)
                self._root = None


def sweep() -> None:
    """Remove the folders of this user's gates that have ended."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError, ValueError):
            owner = Owner.of(json.loads((folder / _OWNER).read_text(encoding="utf-8")))
            if owner is not None and owner.is_gone():
                shutil.rmtree(folder, ignore_errors=True)
