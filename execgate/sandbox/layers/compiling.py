"""Compiled files for a layer, so that its packages are not compiled again at every import.

The texts are anybody's, and what compiles them may crash over one: that is another process, with little
memory and time.  What it does not get done is compiled in the cell, at each import.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

_SECONDS, _BYTES = 120, 2 << 30
_PROGRAM = """
import pathlib, py_compile, resource, sys
root, place, seconds, memory = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
for kind, most in (("AS", memory), ("CPU", seconds), ("CORE", 0)):
    resource.setrlimit(getattr(resource, f"RLIMIT_{kind}"), (most, most))
for path in sorted(root.rglob("*.py")):
    try:
        name = f"{place}/{path.relative_to(root)}"
        unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
        py_compile.compile(str(path), dfile=name, doraise=True, invalidation_mode=unchecked)
    except Exception:
        pass
"""


def compile_folder(folder: Path, place: str) -> None:
    """Compile the modules below `folder`, which will lie at `place`, by this interpreter."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        subprocess.run(
            [sys.executable, "-I", "-S", "-c", _PROGRAM, str(folder), place, str(_SECONDS), str(_BYTES)],
            env={},
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
