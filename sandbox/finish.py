"""Run once in a new image, as root and without a network: compile, and prove that what is needed is there.

With a read-only root file system, what is not compiled now is compiled again at every import.
"""

import compileall
import importlib
import pathlib
import py_compile
import re
import shutil
import sys
import sysconfig

GUEST = pathlib.Path("/opt/execgate")

for name in ("asyncio", "bz2", "ctypes", "decimal", "hashlib", "lzma", "mmap", "multiprocessing", "select",
             "sqlite3", "ssl", "subprocess", "tempfile", "threading", "zlib"):  # fmt: skip
    importlib.import_module(name)

# Every Python that starts in the image guards its imports, whoever starts it.
guarded = pathlib.Path(sysconfig.get_path("purelib"))
guarded.mkdir(parents=True, exist_ok=True)
shutil.copy("/opt/execgate/execgate_guard.py", guarded)
(guarded / "execgate_guard.pth").write_text("import execgate_guard\n", encoding="ascii")

unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
compileall.compile_dir(
    sysconfig.get_path("stdlib"),
    quiet=2,
    workers=0,
    rx=re.compile(r"/(tests?|bad_coding|lib2to3|idlelib|ensurepip|pip|turtledemo)(/|$)"),
    invalidation_mode=unchecked,
)
py_compile.compile(str(guarded / "execgate_guard.py"), doraise=True, invalidation_mode=unchecked)
compileall.compile_dir(GUEST / "execgate_guest", quiet=2, invalidation_mode=unchecked)
start = str(GUEST / "start.py")
py_compile.compile(start, start + "c", doraise=True, invalidation_mode=unchecked)
sys.stdout.write(".".join(map(str, sys.version_info[:3])))
