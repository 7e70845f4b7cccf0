"""Files on their way in and out: names that are safe on a host, and host folders without links.

A host folder may hold links that an earlier program, or anyone, planted to lead out of it.  So every
step of a path is opened by itself relative to the one before, and a link at any step is refused.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from execgate.errors import InputError
from execgate.model.execution import Artifact, InputFile

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_ENTRIES = 10_000
_MOUNT = "hand in fewer, or name their folder in `host_folders` of the policy, to be mounted"


@dataclass(frozen=True, slots=True)
class Caps:
    """How many files are taken, how large together in bytes, and how many folders deep."""

    count: int = 100
    total_bytes: int = 32_000_000
    depth: int = 16


CAPS = Caps()


def name_fault(name: str) -> str | None:
    """Return why a file may not be called `name` relative to a folder, None where it may.

    A name is parts joined by `/`, none empty, `.` or `..`; no part is over 255 bytes, the whole is at most
    1,024; it is UTF-8 without control, format or separator characters, and holds no backslash.
    """
    try:
        raw = name.encode("utf-8")
    except UnicodeEncodeError:
        return "the name is not UTF-8"
    parts = name.split("/")
    if name.startswith("/"):
        return "the name is absolute"
    if ".." in parts:
        return "the name leads out of its folder"
    if "" in parts or "." in parts:
        return "the name has an empty part"
    if "\\" in name:
        return "the name has a backslash"
    if any(unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"} for char in name):
        return "the name has control characters"
    if len(raw) > 1024 or any(len(part.encode()) > 255 for part in parts):
        return "the name is too long"
    if len(parts) > CAPS.depth:
        return "too deep below the working folder"
    return None


def escaped(text: str, length: int) -> str:
    """Return hostile text as one printable line of at most `length` characters and an ellipsis."""
    shown = "".join(
        char if char.isprintable() and char != "\\" else char.encode("unicode_escape").decode("ascii")
        for char in text[: length + 1]
    )
    return shown if len(shown) <= length else shown[:length] + "…"


def check_inputs(inputs: Sequence[InputFile], caps: Caps = CAPS) -> None:
    """Raise InputError where a name can't be placed, two files collide, or there is more than `caps`."""
    names: set[str] = set()
    folders: set[str] = set()
    for file in inputs:
        fault = name_fault(file.name)
        if fault is not None:
            raise InputError(f"can't hand in `{escaped(file.name, 200)}`: {fault}")
        if file.name in names:
            raise InputError(f"can't hand in `{file.name}` twice")
        names.add(file.name)
        parts = file.name.split("/")
        folders.update("/".join(parts[:end]) for end in range(1, len(parts)))
    clash = min(names & folders, default=None)
    if clash is not None:
        raise InputError(f"can't hand in `{clash}` as a file and as a folder")
    size = sum(len(file.data) for file in inputs)
    if len(names) > caps.count:
        raise InputError(f"too many input files: {len(names)}, at most {caps.count}", help=_MOUNT)
    if size > caps.total_bytes:
        raise InputError(f"input files too large: {size:,} bytes, at most {caps.total_bytes:,}", help=_MOUNT)


def collect_inputs(
    folder: Path, caps: Caps = CAPS, *, without: Sequence[Path] = ()
) -> tuple[tuple[InputFile, ...], tuple[str, ...]]:
    """Return the regular files below `folder` in order of name, and a line for each that was left out.

    Follows no link, opens no device, stays within `caps`, and goes into no folder of `without`.  A folder
    that is not there holds nothing; raises InputError where `folder` itself can't be read or is a link.
    """
    try:
        root = os.open(folder, _FOLDER)
    except FileNotFoundError:
        return (), ()
    except OSError as error:
        raise InputError(f"can't read the folder `{escaped(str(folder), 200)}`: {error.strerror}") from error
    found: list[InputFile] = []
    notes: list[str] = []
    room = caps.total_bytes
    try:
        for name, parent, entry in _Walk(caps, _identities(without), notes).files(root):
            fault = name_fault(name)
            if fault is None and len(found) >= caps.count:
                fault = f"too many: at most {caps.count} files are handed in"
            data = None
            if fault is None:
                data, fault = _read(parent, entry, room)
            if data is None:
                notes.append(f"{escaped(name, 200)}: {fault}")
            else:
                found.append(InputFile(name, data))
                room -= len(data)
    finally:
        os.close(root)
    return tuple(found), tuple(notes)


def _identities(folders: Sequence[Path]) -> frozenset[tuple[int, int]]:
    """Return device and inode of each folder that is there."""
    found = set()
    for folder in folders:
        with contextlib.suppress(FileNotFoundError):
            info = folder.stat()
            found.add((info.st_dev, info.st_ino))
    return frozenset(found)


class _TooManyError(Exception):
    """There are more entries than are looked at; `str()` is the folder in which they came to be too many."""


class _Walk:
    """Goes through a folder; `notes` gets a line for what is passed over.

    `closed` are folders that are left alone, by device and inode.
    """

    def __init__(self, caps: Caps, closed: AbstractSet[tuple[int, int]], notes: list[str]) -> None:
        self._caps = caps
        self._closed = closed
        self._notes = notes
        self._left = _ENTRIES

    def files(self, root: int) -> Iterator[tuple[str, int, str]]:
        """Yield (name, descriptor of the folder, entry) of what is no folder, that of a folder first."""
        try:
            yield from self._below(root, "")
        except _TooManyError as error:
            self._note(str(error) or ".", "too many entries")

    def _below(self, here: int, prefix: str) -> Iterator[tuple[str, int, str]]:
        """Yield what `files` does; those above a folder are open as long as it is, and no others."""
        folders: list[str] = []
        try:
            entries = sorted(os.listdir(here))
        except OSError as error:
            self._note(prefix or ".", error.strerror)
            return
        for entry in entries:
            self._left -= 1
            if self._left < 0:
                raise _TooManyError(prefix)
            name = prefix + entry
            try:
                is_folder = stat.S_ISDIR(os.lstat(entry, dir_fd=here).st_mode)
            except OSError as error:
                self._note(name, error.strerror)
                continue
            if not is_folder:
                yield name, here, entry
            elif name.count("/") + 1 >= self._caps.depth:
                self._note(name, "too deep")
            else:
                folders.append(entry)
        for entry in folders:
            try:
                below = os.open(entry, _FOLDER, dir_fd=here)
            except OSError as error:
                self._note(prefix + entry, error.strerror)
                continue
            try:
                info = os.fstat(below)
                if (info.st_dev, info.st_ino) in self._closed:
                    self._note(prefix + entry, "receipts and their keys are kept there")
                else:
                    yield from self._below(below, f"{prefix}{entry}/")
            finally:
                os.close(below)

    def _note(self, name: str, why: str | None) -> None:
        self._notes.append(f"{escaped(name, 200)}: {why}")


def _read(parent: int, entry: str, room: int) -> tuple[bytes | None, str]:
    try:
        with os.fdopen(os.open(entry, _READ, dir_fd=parent), "rb") as file:
            info = os.fstat(file.fileno())
            if not stat.S_ISREG(info.st_mode):
                return None, "not a regular file"
            data = file.read(room + 1)
    except OSError as error:
        return None, "not a regular file" if error.errno in {errno.ELOOP, errno.ENXIO} else str(
            error.strerror
        )
    if len(data) > room:
        return None, "too large"
    return data, ""


def write_artifacts(folder: Path, artifacts: Sequence[Artifact]) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Write each artifact below `folder`, whole or not at all; return the paths, and a line for each refused.

    Follows no link on the way and replaces nothing but regular files.  `folder` is made if it is missing;
    raises InputError where it can't be, or is a link itself.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        root = os.open(folder, _FOLDER)
    except OSError as error:
        raise InputError(f"can't write to `{escaped(str(folder), 200)}`: {error.strerror}") from error
    written: list[Path] = []
    notes: list[str] = []
    try:
        for artifact in artifacts:
            fault = name_fault(artifact.name)
            if fault is None:
                fault = _place(root, artifact)
            if fault is None:
                written.append(folder / artifact.name)
            else:
                notes.append(f"{escaped(artifact.name, 200)}: {fault}")
    finally:
        os.close(root)
    return tuple(written), tuple(notes)


def _place(root: int, artifact: Artifact) -> str | None:
    *folders, entry = artifact.name.split("/")
    here = os.dup(root)
    try:
        for part in folders:
            with contextlib.suppress(FileExistsError):
                os.mkdir(part, 0o755, dir_fd=here)
            below = os.open(part, _FOLDER, dir_fd=here)
            os.close(here)
            here = below
        return _replace(here, entry, artifact.data)
    except OSError as error:
        return f"not written: {error.strerror}"
    finally:
        os.close(here)


def _replace(here: int, entry: str, data: bytes) -> str | None:
    mode = 0o644
    with contextlib.suppress(FileNotFoundError):
        info = os.lstat(entry, dir_fd=here)
        if not stat.S_ISREG(info.st_mode):
            return "not written: something that is no regular file is in its place"
        mode = stat.S_IMODE(info.st_mode) & 0o777
    draft = f".execgate-{secrets.token_hex(8)}"
    try:
        with os.fdopen(os.open(draft, _WRITE, 0o600, dir_fd=here), "wb") as file:
            file.write(data)
            os.fchmod(file.fileno(), mode)
        os.rename(draft, entry, src_dir_fd=here, dst_dir_fd=here)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(draft, dir_fd=here)
        raise
    return None
