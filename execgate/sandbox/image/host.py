"""An image from this very interpreter: works with no network and no packages at all."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from execgate.sandbox.image.recipe import Recipe
from execgate.sandbox.image.rootfs import merge_usr, trim
from execgate.sandbox.image.surroundings import copy_surroundings
from execgate.sandbox.image.wayfailed import WayFailedError

_LEFT_OUT = shutil.ignore_patterns("__pycache__", "site-packages", "dist-packages", "test", "tests")
# Looked up when something runs, not when it is linked: names that the closure below can't see.
_LOADED_LATE = (
    "libgcc_s.so.1",
    "libstdc++.so.6",
    *("libpthread.so.0", "libdl.so.2", "librt.so.1", "libutil.so.1", "libm.so.6", "libz.so.1"),
)


def copy(recipe: Recipe, scratch: Path) -> Path:
    """Return a folder below `scratch` with this Python relocated to `/usr/local`; raises WayFailedError."""
    if sys.platform != "linux" or sys.implementation.name != "cpython":
        raise WayFailedError("this is no CPython on Linux")
    if shutil.which("ldd") is None:
        raise WayFailedError("there is no ldd")
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    interpreter = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    library = Path(sysconfig.get_path("stdlib")).resolve()
    if not (library / "os.py").is_file():
        raise WayFailedError(f"its standard library is not a folder: {library}")
    root = scratch / "root"
    binaries = root / "usr/local/bin"
    binaries.mkdir(parents=True)
    shutil.copy2(interpreter, binaries / version)
    for name in ("python3", "python"):
        (binaries / name).symlink_to(version)
    target = root / "usr/local/lib" / version
    shutil.copytree(library, target, symlinks=False, ignore=_LEFT_OUT, ignore_dangling_symlinks=True)
    programs = _programs(recipe, root)
    trim(root, recipe)  # what is left out needs no libraries either
    extensions = sorted((target / "lib-dynload").glob("*.so"))
    _libraries(root, [interpreter, *extensions, *programs])
    copy_surroundings(root)
    merge_usr(root)
    trim(root, recipe)
    return root


def _programs(recipe: Recipe, root: Path) -> list[Path]:
    """Copy the recipe's programs that this host has."""
    folder = root / "usr/bin"
    folder.mkdir(parents=True)
    copied = []
    for name in sorted(recipe.programs):
        found = next((path for path in (Path("/usr/bin", name), Path("/bin", name)) if path.is_file()), None)
        if found is not None and (name == "sh" or found.resolve().name != "busybox"):
            shutil.copy2(found.resolve(), folder / name)
            copied.append(folder / name)
    return copied


def _libraries(root: Path, files: list[Path]) -> None:
    """Copy every shared library that `files` need into the folder where the C library is looked for."""
    found: dict[str, Path] = {}
    loaders: set[Path] = set()
    for file in files:
        for line in _ldd(file).splitlines():
            match = re.match(r"\s*(\S+) => (/\S+) \(0x", line)
            if match is not None:
                found.setdefault(match[1], Path(match[2]))
            elif (loader := re.match(r"\s*(/\S+) \(0x", line)) is not None:
                loaders.add(Path(loader[1]))
    libc = next((path for name, path in found.items() if name.startswith("libc.")), None)
    if libc is None or not loaders:
        raise WayFailedError("ldd does not tell which libraries it needs")
    for name in _LOADED_LATE:
        late = libc.parent / name
        if late.exists():
            found.setdefault(name, late)
    # All beside the C library: a folder that the loader searches without being told.
    for name, path in found.items():
        if not name.startswith("/"):
            _place(path, root / libc.parent.relative_to("/") / name)
    for loader_path in loaders:
        _place(loader_path, root / loader_path.relative_to("/"))


def _place(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source.resolve(), target)


def _ldd(file: Path) -> str:
    try:
        done = subprocess.run(["ldd", str(file)], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise WayFailedError(f"ldd: {error}") from error
    return done.stdout.decode("utf-8", "replace")  # nothing for a static program, which needs nothing
