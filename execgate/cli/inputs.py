"""PATHs to sources: files, folders and standard input, none of which may hang or surprise."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from execgate.cli.parser import UsageError
from execgate.errors import InputError, SourceError
from execgate.model.source import MAX_BYTES, Source

STDIN = "-"
_SUFFIXES = {
    ".sh": "sh",
    ".bash": "bash",
    ".bat": "batch",
    ".c": "c",
    ".cmd": "batch",
    ".cpp": "c++",
    ".cs": "c#",
    ".css": "css",
    ".fish": "fish",
    ".go": "go",
    ".htm": "html",
    ".html": "html",
    ".ipynb": "jupyter notebook",
    ".java": "java",
    ".jl": "julia",
    ".js": "javascript",
    ".kt": "kotlin",
    ".lua": "lua",
    ".mjs": "javascript",
    ".php": "php",
    ".pl": "perl",
    ".ps1": "powershell",
    ".r": "r",
    ".rb": "ruby",
    ".rs": "rust",
    ".sql": "sql",
    ".swift": "swift",
    ".ts": "typescript",
    ".zsh": "zsh",
}
"""Languages by the end of a file's name; every other file is Python.

Much that is written in another language happens to be valid Python, and does something else there.
"""

_NAME_FILE = "name a regular file that this user can read"


@dataclass(frozen=True, slots=True)
class Input:
    """A path as the user knows it, with its bytes, or why there are none.

    `data` holds one byte more than is analysed at most; `size` is the real one, None where it is not known.
    """

    path: str
    data: bytes = b""
    size: int | None = None
    error: InputError | None = None
    language: str | None = None
    """What the user says it is written in."""

    def source(self) -> Source:
        """Return the source; raises InputError, and SourceError where the bytes are no text."""
        if self.error is not None:
            raise self.error
        if len(self.data) > MAX_BYTES:
            # Files that the kernel makes up claim to be empty.
            known = self.size is not None and self.size > MAX_BYTES
            size = f"{self.size:,}" if known else f"over {MAX_BYTES:,}"
            raise SourceError(
                f"too large: {size} bytes, at most {MAX_BYTES:,} are analysed",
                help="split the program, or hand data in as a file instead of a literal",
            )
        language = self.language or _SUFFIXES.get(os.path.splitext(self.path)[1].lower(), "python")  # noqa: PTH122
        return Source.from_bytes(self.data, "<stdin>" if self.path == STDIN else self.path, language)


def read_all(paths: Sequence[str]) -> Iterator[Input]:
    """Yield every program that `paths` name, in order: a folder gives every `*.py` below it, sorted.

    Links to folders are not followed.  Raises UsageError where standard input is asked for twice.
    """
    if paths.count(STDIN) > 1:
        raise UsageError("`-` stands for standard input, which can be read only once")
    for path in paths:
        if path != STDIN and os.path.isdir(path):  # noqa: PTH112 - paths stay as they were written
            yield from _read_folder(path)
        else:
            yield read(path)


def read(path: str) -> Input:
    """Return one file, or standard input for `-`; what is wrong with it stands in `error`."""
    try:
        data, size = _read_stdin() if path == STDIN else read_file(path, MAX_BYTES + 1)
    except InputError as error:
        return Input(path, error=error)
    return Input(path, data, size)


def read_file(path: str, limit: int) -> tuple[bytes, int]:
    """Return the first `limit` bytes of a regular file, and its size; raises InputError for all else."""
    if not path:
        raise InputError(
            "an empty path names no file", help="give a file, a folder, or `-` for standard input"
        )
    if "\0" in path:
        raise InputError("a path can't hold a NUL byte", help="give a path without one")
    try:
        # Without O_NONBLOCK a pipe that nobody writes to would be waited for.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise _unreadable(error) from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise InputError(
                f"{_kind(status.st_mode)}, not a file",
                help="give a file, a folder, or `-` for standard input",
            )
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(limit), status.st_size
    except OSError as error:
        raise _unreadable(error) from error
    finally:
        os.close(descriptor)


def check_file(path: str) -> Path:
    """Return the path of a regular file; raises InputError for all else, which may never end."""
    if not path:
        raise InputError("an empty path names no file", help=_NAME_FILE)
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116
    except (OSError, ValueError) as error:
        why = _why(error) if isinstance(error, OSError) else str(error)
        raise InputError(f"{path}: {why}", help=_NAME_FILE) from error
    if not stat.S_ISREG(mode):
        raise InputError(f"{path}: {_kind(mode)}, not a file", help=_NAME_FILE)
    return Path(path)


def walk(folder: str, suffix: str = "", *, unreadable: list[OSError]) -> Iterator[str]:
    """Yield the path of every file below `folder` whose name ends with `suffix`, sorted folder by folder.

    Links to folders are not followed.  Folders that can't be read are added to `unreadable`.
    """
    for here, folders, files in os.walk(folder, onerror=unreadable.append):
        folders.sort()
        for name in sorted(files):
            if name.endswith(suffix):
                yield os.path.join(here, name)  # noqa: PTH118


def _read_folder(folder: str) -> Iterator[Input]:
    unreadable: list[OSError] = []
    found = False
    for path in walk(folder, ".py", unreadable=unreadable):
        found = True
        yield read(path)
    for error in unreadable:
        yield Input(str(error.filename or folder), error=_unreadable(error))
    if not found and not unreadable:
        nothing = InputError(
            "no Python file below this folder", help="give a folder with *.py files, or a file by its name"
        )
        yield Input(folder, error=nothing)


def _read_stdin() -> tuple[bytes, None]:
    if sys.stdin is None:
        raise InputError("standard input is closed", help="pipe a program in, or name a file")
    try:
        return sys.stdin.buffer.read(MAX_BYTES + 1), None
    except (OSError, ValueError) as error:
        raise InputError(f"can't be read: {error}", help="pipe a program in, or name a file") from error


def _unreadable(error: OSError) -> InputError:
    if isinstance(error, FileNotFoundError):
        advice = "check the spelling; a relative path starts at the working folder"
    elif isinstance(error, PermissionError):
        advice = "let this user read it, or name another"
    else:
        advice = _NAME_FILE
    return InputError(_why(error), help=advice)


def _why(error: OSError) -> str:
    return (
        "no such file or folder"
        if isinstance(error, FileNotFoundError)
        else f"can't be read: {error.strerror}"
    )


def _kind(mode: int) -> str:
    for test, word in (
        (stat.S_ISDIR, "a folder"),
        (stat.S_ISFIFO, "a pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a device"),
        (stat.S_ISBLK, "a device"),
    ):
        if test(mode):
            return word
    return "something else"
