"""Run once for a new image, by its own Python: prove what is needed, guard, compile, say which Python it is.

With a read-only root file system, what is not compiled now is compiled again at every import.  The one
argument is the folder that will be the root: `/` inside the image itself, or where it is being made.

The same files give the same compiled files: each is compiled in one of a fixed number of processes, always
the same, in the same order, since what Python writes depends on what the process compiled before.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import json
import os
import pathlib
import py_compile
import re
import shutil
import sys
import sysconfig

NEEDED = ("asyncio", "bz2", "ctypes", "decimal", "hashlib", "lzma", "mmap", "multiprocessing", "select",
          "sqlite3", "ssl", "subprocess", "tempfile", "threading", "zlib")  # fmt: skip
FOLDER = "opt/execgate"
NEVER_USED = re.compile(r"/(tests?|bad_coding|lib2to3|idlelib|ensurepip|pip|turtledemo|__pycache__)(/|$)")
MAKERS = ("complete.py", "finish.py")
PARTS = 4
UNCHECKED = py_compile.PycInvalidationMode.UNCHECKED_HASH


def main(root: pathlib.Path) -> int:
    """Complete the root; return the exit status."""
    for name in NEEDED:
        importlib.import_module(name)
    purelib = placed(root, sysconfig.get_path("purelib"))
    guard(root, purelib)
    guest = sorted(path for path in (root / FOLDER).rglob("*.py") if path.name not in MAKERS)
    library = sorted(placed(root, sysconfig.get_path("stdlib")).rglob("*.py"))
    files = [path for path in library if not NEVER_USED.search(str(path))]
    if not compile_all(root, [*files, *guest, purelib / "execgate_guard.py"]):
        return 1
    for path in (root / FOLDER).glob("*.py"):  # what is started by its path has its compiled form beside it
        if path.name not in MAKERS:
            shutil.move(importlib.util.cache_from_source(str(path)), f"{path}c")
    shutil.rmtree(root / FOLDER / "__pycache__", ignore_errors=True)
    sys.stdout.write(json.dumps({"python": ".".join(map(str, sys.version_info[:3]))}) + "\n")
    return 0


def placed(root: pathlib.Path, path: str) -> pathlib.Path:
    """Return where `path` of this Python lies below the root."""
    there = pathlib.Path(path)
    return there if there.is_relative_to(root) else root / path.lstrip("/")


def guard(root: pathlib.Path, purelib: pathlib.Path) -> None:
    """Let every Python that starts in the image guard its imports, and find what the image brings."""
    purelib.mkdir(parents=True, exist_ok=True)
    shutil.copy(root / FOLDER / "execgate_guard.py", purelib)
    (purelib / "execgate_guard.pth").write_text("import execgate_guard\n", encoding="ascii")


def compile_all(root: pathlib.Path, files: list[pathlib.Path]) -> bool:
    """Compile every file; return whether all processes did their part."""
    parts = []
    for number in range(PARTS):
        pid = os.fork()
        if pid == 0:
            for path in files[number::PARTS]:
                compile_one(path, "/" + str(path.relative_to(root)))
            os._exit(0)
        parts.append(pid)
    return all(os.waitpid(pid, 0)[1] == 0 for pid in parts)


def compile_one(path: pathlib.Path, name: str) -> None:
    """Compile one file that will be called `name`; what is no Python of this version stays as it is."""
    with contextlib.suppress(py_compile.PyCompileError, SyntaxError, UnicodeError, ValueError):
        py_compile.compile(str(path), dfile=name, doraise=True, invalidation_mode=UNCHECKED)


if __name__ == "__main__":
    sys.path.pop(0)  # the folder of this file
    sys.exit(main(pathlib.Path(sys.argv[1])))
