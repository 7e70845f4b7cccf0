"""The programs that are run: written for it, and whatever else the project has.

A file of `data/programs` holds many, one a cell: `# %% what it does` begins one, `# needs: name=text` below it
says that it finds a file in its folder.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from .recording import Job

PROGRAMS = Path(__file__).parent / "data" / "programs"
BYPASSES = Path(__file__).parents[1] / "bypasses" / "programs"
NEEDS = "# needs: "


def written() -> Iterator[Job]:
    """Yield the programs that were written for this, in order."""
    for file in sorted(PROGRAMS.glob("*.py")):
        yield from cells(file.stem, file.read_text(encoding="utf-8"))


def cells(family: str, text: str) -> Iterator[Job]:
    """Yield the programs of one file."""
    for cell in re.split(r"^# %% ", text, flags=re.MULTILINE)[1:]:
        title, _, body = cell.partition("\n")
        lines = body.splitlines()
        files = {}
        for line in lines:
            if line.startswith(NEEDS):
                name, _, content = line.removeprefix(NEEDS).partition("=")
                files[name] = content.encode().decode("unicode_escape").encode()
        yield Job(f"{family}: {title.strip()}", body, files)


def bypasses() -> Iterator[Job]:
    """Yield the programs of the other collection, which do what a gate may miss."""
    for file in sorted(BYPASSES.rglob("*.py")):
        yield Job(f"bypass: {file.stem}", file.read_text(encoding="utf-8"))


def corpus(file: Path) -> Iterator[Job]:
    """Yield the programs of a file with one `{"id": ..., "code": ...}` a line."""
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            program = json.loads(line)
            yield Job(str(program.get("id", number)), program["code"])
