"""A folder as the root of an image: what is not needed taken away, and merged as distributions have it."""

from __future__ import annotations

import shutil
from pathlib import Path

from execgate.sandbox.image.recipe import Recipe

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


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
