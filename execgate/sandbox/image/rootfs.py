"""A folder as the root of an image: trimmed, packed without a trace of the host, handed to the engine."""

from __future__ import annotations

import json
import shutil
import stat
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from execgate.sandbox.docker.engine import attempt
from execgate.sandbox.image.recipe import Recipe
from execgate.sandbox.image.wayfailed import WayFailedError

if TYPE_CHECKING:
    from docker import APIClient

EPOCH = 315_532_800
"""The time that every file in an image has: 1980-01-01, the earliest that a zip file can tell."""

_PROGRAM_FOLDERS = ("bin", "sbin", "usr/bin", "usr/sbin", "usr/games")


def trim(root: Path, recipe: Recipe) -> None:
    """Remove what the recipe leaves out, and every program that it does not name."""
    for pattern in recipe.without:
        for path in root.glob(pattern):
            _remove(path)
    for library in (*root.glob("usr/lib/python3*"), *root.glob("usr/local/lib/python3*")):
        for pattern in recipe.library_without:
            for path in library.glob(pattern):
                _remove(path)
    for folder in _PROGRAM_FOLDERS:
        for path in root.joinpath(folder).glob("*"):
            if path.name not in recipe.programs and not path.name.startswith("python3"):
                _remove(path)
    for cache in root.glob("**/__pycache__"):
        _remove(cache)


def merge_usr(root: Path) -> None:
    """Move `/bin`, `/sbin`, `/lib*` below `/usr` and link to them, as distributions have it today."""
    for name in ("bin", "sbin", "lib", "lib64"):
        old, new = root / name, root / "usr" / name
        new.mkdir(parents=True, exist_ok=True)
        if old.is_dir() and not old.is_symlink():
            shutil.copytree(old, new, symlinks=True, dirs_exist_ok=True)
            shutil.rmtree(old)
        if not old.is_symlink():
            old.symlink_to(f"usr/{name}")


def import_root(client: APIClient, root: Path, scratch: Path) -> str:
    """Return the id of an image whose root is `root`; raises WayFailedError where the engine refuses."""
    with tempfile.NamedTemporaryFile(dir=scratch, suffix=".tar") as packed:
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar:
            tar.add(root, arcname=".", filter=_anonymous)
        packed.flush()
        answer, fault = attempt(lambda: client.import_image(src=packed.name))
    # One JSON object a line; the last names the image.
    lines = str(answer or "").strip().splitlines() or ["{}"]
    image = str(json.loads(lines[-1]).get("status", ""))
    if not image.startswith("sha256:"):
        raise WayFailedError(fault or "the engine did not take the image")
    return image


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    if not (entry.isreg() or entry.isdir() or entry.issym() or entry.islnk()):
        return None
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mtime = EPOCH
    executable = entry.isdir() or entry.mode & stat.S_IXUSR
    entry.mode = 0o755 if executable else 0o644  # no setuid, nothing that others may write
    return entry


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
