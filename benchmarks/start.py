"""A whole process that judges one small file, against one that only imports libcst."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Row, SkippedError, interleaved

ROUNDS = 21
TARGET = 3.0
PROGRAM = (
    'import csv\n\nwith open("data.csv", newline="") as table:\n    print(len(list(csv.reader(table))))\n'
)


def measure() -> list[Row]:
    """Return the time of `execgate analyze` from start to exit."""
    command = Path(sys.executable).with_name("execgate")
    if not command.exists():
        raise SkippedError(f"there is no {command}; install execgate where this Python is")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "small.py").write_text(PROGRAM, encoding="utf-8")

        def process(*arguments: str | Path) -> None:
            subprocess.run(arguments, cwd=folder, check=True, capture_output=True)

        ours, libcst = interleaved(
            ROUNDS,
            lambda: process(command, "analyze", "small.py"),
            lambda: process(sys.executable, "-c", "import libcst"),
        )
    return [
        Row("start", "execgate analyze small.py", ours, "python -c 'import libcst'", libcst, ROUNDS, TARGET)
    ]
