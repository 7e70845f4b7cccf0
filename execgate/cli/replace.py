"""Replacing a file's content: whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from execgate.errors import InputError


def replace(path: Path, data: bytes) -> None:
    """Give a file another content, at once: a reader sees the old or the new, never a part.

    Its mode stays, and so does its owner where that is allowed.  A link stays one: what it leads to is
    replaced.  Raises InputError, and then the file is as it was.
    """
    try:
        place = path.resolve(strict=True)
        status = place.stat()
        if not os.access(place, os.W_OK):
            raise PermissionError(13, os.strerror(13))
        descriptor, name = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
    except OSError as error:
        raise _failure(path, error) from error
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            with contextlib.suppress(OSError):
                # Only an administrator may give a file away.
                os.fchown(stream.fileno(), status.st_uid, status.st_gid)
            os.fchmod(stream.fileno(), stat.S_IMODE(status.st_mode))
            os.fsync(stream.fileno())
        Path(name).replace(place)
    except BaseException as error:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        if isinstance(error, OSError):
            raise _failure(path, error) from error
        raise


def _failure(path: Path, error: OSError) -> InputError:
    return InputError(
        f"{path}: can't be written: {(error.strerror or str(error)).lower()}",
        help="nothing of it was changed; let this user write to the file and its folder",
    )
