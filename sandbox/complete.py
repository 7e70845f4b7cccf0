"""Run once for a new image, by its own Python: prove what is needed, guard, compile, say what is in it.

With a read-only root file system, what is not compiled now is compiled again at every import.  The arguments
are what is made, `base` or `library` (what was laid over a base), and the folder that will be the root: `/`
inside the image itself, or where it is being made.

The same files give the same compiled files: each is compiled in one of a fixed number of processes, always
the same, in the same order, since what Python writes depends on what the process compiled before.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
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
FONTS = f"{FOLDER}/fonts"
NEVER_USED = re.compile(r"/(tests?|bad_coding|lib2to3|idlelib|ensurepip|turtledemo|__pycache__)(/|$)")
MAKERS = ("complete.py",)
PARTS = 4
UNCHECKED = py_compile.PycInvalidationMode.UNCHECKED_HASH


def main(what: str, root: pathlib.Path) -> int:
    """Complete the root; return the exit status."""
    sites = sorted({placed(root, sysconfig.get_path(name)) for name in ("purelib", "platlib")})
    sites.append(root / "usr/lib/python3/dist-packages")
    purelib = placed(root, sysconfig.get_path("purelib"))
    if what == "library":
        listed_fonts(root)
        files = [path for site in sites for path in sources(site)]
    else:
        for name in NEEDED:
            importlib.import_module(name)
        guest = [path for path in sources(root / FOLDER) if path.name not in MAKERS]
        install(root, purelib)
        library = placed(root, sysconfig.get_path("stdlib"))
        # What lies in the library's own folder is there once, though it may be a site of it as well.
        files = list(dict.fromkeys([*sources(library), *(one for site in sites for one in sources(site))]))
        files += [path for path in guest if path.exists()]
    if not compile_all(root, files):
        return 1
    for path in (root / FOLDER).glob("*.py"):  # what is started by its path has its compiled form beside it
        compiled = pathlib.Path(importlib.util.cache_from_source(str(path)))
        if compiled.exists():
            shutil.move(compiled, f"{path}c")
    shutil.rmtree(root / FOLDER / "__pycache__", ignore_errors=True)
    said = {
        "python": ".".join(map(str, sys.version_info[:3])),
        "libc": libc(root),
        "site": "/" + str(purelib.relative_to(root)),
        "packages": [*distributions(sites), *debian(root)],
    }
    sys.stdout.write("\n" + json.dumps(said) + "\n")
    return 0


def placed(root: pathlib.Path, path: str) -> pathlib.Path:
    """Return where `path` of this Python lies below the root."""
    there = pathlib.Path(path)
    return there if there.is_relative_to(root) else root / path.lstrip("/")


def sources(folder: pathlib.Path) -> list[pathlib.Path]:
    """Return the modules below a folder that may be imported."""
    return sorted(path for path in folder.rglob("*.py") if not NEVER_USED.search(str(path)))


def install(root: pathlib.Path, purelib: pathlib.Path) -> None:
    """Let every Python that starts in the image guard its imports, and `pip` be the one of the gate."""
    purelib.mkdir(parents=True, exist_ok=True)
    shutil.copy(root / FOLDER / "execgate_guard.py", purelib)
    (purelib / "execgate_guard.pth").write_text("import execgate_guard\n", encoding="ascii")
    for old in (*purelib.glob("pip"), *purelib.glob("pip-*.dist-info")):
        shutil.rmtree(old)
    if not (root / FOLDER / "pip").is_dir():
        return
    shutil.move(root / FOLDER / "pip", purelib / "pip")
    folder = root / "usr/local/bin"
    folder.mkdir(parents=True, exist_ok=True)
    for old in (*folder.glob("pip*"), *(root / "usr/bin").glob("pip*")):
        old.unlink()
    python = placed(root, sys.prefix) / "bin/python3"
    for name in ("pip", "pip3"):
        script = folder / name
        script.write_text(
            f"#!/{python.relative_to(root)}\nimport sys\nfrom pip import main\nsys.exit(main())\n",
            encoding="ascii",
        )
        script.chmod(0o755)


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
    ended = [os.waitpid(pid, 0)[1] for pid in parts]
    return not any(ended)


def compile_one(path: pathlib.Path, name: str) -> None:
    """Compile one file that will be called `name`; what is no Python of this version stays as it is."""
    with contextlib.suppress(
        py_compile.PyCompileError, SyntaxError, UnicodeError, ValueError, RecursionError
    ):
        py_compile.compile(str(path), dfile=name, doraise=True, invalidation_mode=UNCHECKED)


def listed_fonts(root: pathlib.Path) -> None:
    """Keep the list of fonts that matplotlib would make at its first import in every cell."""
    os.environ["MPLCONFIGDIR"] = str(root / FONTS)
    for name in ("numpy", "pandas", "matplotlib.font_manager"):
        if importlib.util.find_spec(name.partition(".")[0]) is not None:
            importlib.import_module(name)  # an image in which it can't be imported is none
    for path in (root / FONTS).glob("*"):
        if path.suffix != ".json":
            path.unlink()
            continue
        told = json.loads(path.read_text(encoding="utf-8"))
        for name in ("ttflist", "afmlist"):  # they were found in any order
            told[name] = sorted(told.get(name, []), key=lambda font: str(font.get("fname")))
        path.write_text(json.dumps(told, sort_keys=True), encoding="utf-8")


def libc(root: pathlib.Path) -> str:
    """Return the C library with its version, as in `glibc 2.36`."""
    with contextlib.suppress(AttributeError, OSError, ValueError):
        return os.confstr("CS_GNU_LIBC_VERSION") or ""
    return "musl 1.2" if list(root.glob("lib/ld-musl-*")) else ""


def distributions(sites: list[pathlib.Path]) -> list[list[str]]:
    """Return kind, name and version of each package of Python."""
    found = importlib.metadata.distributions(path=[str(site) for site in sites])
    return [["python", one.metadata["Name"], one.version] for one in found if one.metadata["Name"]]


def debian(root: pathlib.Path) -> list[list[str]]:
    """Return kind, name and version of each package that the distribution says it has installed."""
    try:
        text = (root / "var/lib/dpkg/status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    pattern = re.compile(r"^Package: (\S+)$.*?^Version: (\S+)$", re.MULTILINE | re.DOTALL)
    found = (pattern.search(part) for part in text.split("\n\n") if "\nStatus: install ok installed" in part)
    return [["debian", match[1], match[2]] for match in found if match]


if __name__ == "__main__":
    sys.path.pop(0)  # the folder of this file
    sys.exit(main(sys.argv[1], pathlib.Path(sys.argv[2])))
