"""Where images and layers of packages are kept on this machine: made whole or not at all, one at a time."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from execgate.errors import SandboxUnavailableError
from execgate.sandbox import machine

_DRAFT = ".making-"
WRITABLE_HELP = "name a folder that can be written to in EXECGATE_CACHE"


def cache_folder() -> Path:
    """Return the folder that everything lies in; it may not be there yet.

    `EXECGATE_CACHE` names it; else it is `/var/cache/execgate` for root, whose home others can't enter (a
    program runs as a user of its own), and `execgate` in the user's cache folder for everybody else.
    """
    named = os.environ.get("EXECGATE_CACHE")
    if named:
        return Path(named).absolute()
    if os.getuid() == 0:
        return Path("/var/cache/execgate")
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "execgate"


def can_keep() -> bool:
    """Return whether something can probably be kept here; nothing is made for the sake of the answer."""
    folder = cache_folder()
    there = next(path for path in (folder, *folder.parents) if os.path.lexists(path))
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def kept(kind: str, key: str) -> Path | None:
    """Return the folder `key` of a `kind` where it was made before, None where it was not."""
    folder = cache_folder() / kind / key
    return folder if folder.is_dir() else None


def keep(
    kind: str, key: str, make: Callable[[Path], None], *, on_wait: Callable[[], None] = lambda: None
) -> Path:
    """Return the folder `key` of a `kind`; `make` fills an empty one first where there is none.

    Whoever wants one of the same kind meanwhile waits (`on_wait` is called then), and a maker that is
    interrupted leaves nothing that could be taken for a whole one.  Raises what `make` raises, and
    SandboxUnavailableError where nothing can be kept.
    """
    found = kept(kind, key)
    if found is not None:
        return found
    with making(kind, on_wait) as draft:
        target = draft.parent / key
        if not target.is_dir():
            make(draft)
            draft.rename(target)
    return target


@contextlib.contextmanager
def making(kind: str, on_wait: Callable[[], None] = lambda: None) -> Iterator[Path]:
    """Give an empty folder beside those of a `kind`, to be filled and renamed; what is left of it goes.

    One at a time has it, on this machine.  Raises SandboxUnavailableError where nothing can be kept.
    """
    home = cache_folder() / kind
    try:
        home.mkdir(mode=0o755, parents=True, exist_ok=True)
        lock = os.open(home / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise SandboxUnavailableError(
            f"can't keep anything in {home}: {error.strerror}",
            help=machine.fix_for(error, WRITABLE_HELP),
        ) from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(lock, fcntl.LOCK_EX)
        for left in home.glob(f"{_DRAFT}*"):  # whoever made these is gone: the lock is ours
            remove(left)
        draft = Path(tempfile.mkdtemp(prefix=_DRAFT, dir=home))
        try:
            draft.chmod(0o755)
            yield draft
        finally:
            remove(draft)
    finally:
        os.close(lock)


def discard(folders: Iterable[Path], draft: Path) -> None:
    """Take folders that are kept away, into what `making` gave: interrupted, none is left in part."""
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rename(draft / folder.name)


def remove(path: Path) -> None:
    """Remove a file or a whole folder, as far as it can be."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()
