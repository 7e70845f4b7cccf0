"""From a folder with a Python to the root of an image: the guest, its user, everything compiled, one look.

Needs no engine: the folder's own Python compiles it, started by the folder's own loader.  That is code of the
distribution or of this host; what others made is completed in a container (see `container`).
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from execgate.model.places import HOME, WORKSPACE
from execgate.sandbox.image.archive import normalise
from execgate.sandbox.image.recipe import Recipe
from execgate.sandbox.image.wayfailed import WayFailedError
from execgate.sandbox.places import USER

FOLDER = "opt/execgate"
"""Where the guest lies, relative to the root."""

LAYER = f"{FOLDER}/packages"
"""Where a layer of packages is mounted."""

MAKER = f"{FOLDER}/complete.py"
"""What runs while an image is made, and is not in it."""

FOLDERS = (
    FOLDER, f"{FOLDER}/fonts", LAYER, WORKSPACE[1:], HOME[1:], "tmp", "proc", "dev", "sys", "run/execgate",
    "etc", "root",
)  # fmt: skip
"""The folders that each image has, relative to the root."""

ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LC_ALL": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONNOUSERSITE": "1",
}
"""What the Python sees that completes an image: nothing that differs from one time to the next."""

_PASSWD = f"root:x:0:0:root:/root:/bin/false\nagent:x:{USER}:{USER}:agent:{HOME}:/bin/sh\n"
_GROUP = f"root:x:0:\nagent:x:{USER}:\n"
_SOURCES = "passwd: files\ngroup: files\nhosts: files dns\n"
_COMPLETE_S = 180


def files(recipe: Recipe) -> dict[str, str]:
    """Return the text of every file that each image gets, whatever it is made from, by its path."""
    return {
        **{f"{FOLDER}/{name}": text for name, text in recipe.code.items()},
        "etc/passwd": _PASSWD,
        "etc/group": _GROUP,
        "etc/nsswitch.conf": _SOURCES,
        # Engines mount over these; a root without them would have to be written to.
        "etc/hosts": "127.0.0.1 localhost\n",
        "etc/hostname": "sandbox\n",
        "etc/resolv.conf": "",
    }


def complete(recipe: Recipe, root: Path) -> str:
    """Make `root` whole, give all its files one look, and return what its Python says of it.

    Raises WayFailedError where the Python in it will not do.
    """
    for name in FOLDERS:
        (root / name).mkdir(parents=True, exist_ok=True)
    for name, text in files(recipe).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)  # a link would be followed to a file of the host
        path.write_text(text, encoding="utf-8")
    said = run_inside(root, [str(root / MAKER), "base", str(root)])
    (root / MAKER).unlink()
    normalise(root)
    return said


def run_inside(root: Path, arguments: list[str]) -> str:
    """Run the Python of `root` by the loader and the libraries of `root`; return what it prints.

    It is not confined: for what runs no code but the standard library's.  Raises WayFailedError.
    """
    python = next(iter(_found(root, "usr/bin/python3", "usr/local/bin/python3")), None)
    if python is None or not python.resolve().is_relative_to(root.resolve()) or not python.exists():
        raise WayFailedError("it has no Python")
    loader = next(iter(_found(root, "usr/lib*/**/ld-linux*.so.*", "usr/lib*/**/ld-musl-*.so.*")), None)
    libc = next(iter(_found(root, "usr/lib*/**/libc.so.6", "usr/lib*/**/ld-musl-*.so.*")), None)
    if loader is None or libc is None:
        raise WayFailedError("it has no loader for programs")
    python = python.resolve()
    command = [str(loader), "--library-path", str(libc.parent), str(python), "-S", *arguments]
    try:
        done = subprocess.run(
            command,
            env={**ENVIRONMENT, "PATH": os.defpath, "PYTHONHOME": str(python.parent.parent)},
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_COMPLETE_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise WayFailedError(f"its Python does not start: {error}") from error
    if done.returncode != 0:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["failed"]
        raise WayFailedError(f"its Python lacks something: {lines[-1][:200]}")
    return done.stdout.decode("utf-8", "replace")


def _found(root: Path, *patterns: str) -> list[Path]:
    """Return what the first pattern that fits finds; absolute links lead outside and don't count."""
    for pattern in patterns:
        found = [path for path in sorted(root.glob(pattern)) if not _leads_away(path)]
        if found:
            return found
    return []


def _leads_away(path: Path) -> bool:
    return path.is_symlink() and path.readlink().is_absolute()
