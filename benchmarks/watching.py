"""What it costs that a run is watched: the same programs in a guest that sees nothing."""

from __future__ import annotations

import re
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.measure import Row, SkippedError
from execgate import _resources
from execgate.analysis import analyze
from execgate.errors import SandboxError
from execgate.model.source import Source
from execgate.model.verdict import Authorization
from execgate.policy import PolicySet
from execgate.sandbox import NOTHING, DockerSandbox

ROUNDS = 7
POLICY = 'agent "bench" { can "code_execution" with constraints { allowed_file_operations: "read_write" } }'
_TIMED = """
import time
began = time.perf_counter()
{work}
print(time.perf_counter() - began)
"""
PROGRAMS = {
    "10,000 files opened to be read": """
open("a", "w").close()
for _ in range(10_000):
    open("a").close()
""",
    "2,000 files opened to be written": """
for number in range(2_000):
    open("a", "w").close()
""",
    "200 other files written": """
for number in range(200):
    with open(f"a{number}", "w") as file:
        file.write("x")
""",
    "an ordinary program": """
import csv, json, re, statistics
with open("table.csv", "w", newline="") as file:
    csv.writer(file).writerows([[number, number ** 2] for number in range(20_000)])
with open("table.csv", newline="") as file:
    rows = [[int(cell) for cell in row] for row in csv.reader(file)]
with open("sum.json", "w") as file:
    json.dump({"mean": statistics.mean(row[1] for row in rows)}, file)
re.findall("[0-9]+", open("table.csv").read())
""",
}
BLIND = {
    "watch.py": (r"(?m)^    sys\.addaudithook\(.*\)$", "    del path"),
    "notify.py": (r"(?m)^NAMES = .*$", "NAMES = frozenset()"),
}
"""What is changed in the guest's modules, for one that watches nothing."""


def measure() -> list[Row]:
    """Return the time of each program, watched and not, in turns; raises SkippedError without an engine."""
    with ExitStack() as stack:
        try:
            watched = _sandbox(stack)
            with _blind_guest():
                blind = _sandbox(stack)
            return [_row(name, work, watched, blind) for name, work in PROGRAMS.items()]
        except SandboxError as error:
            raise SkippedError(str(error)) from error


def _sandbox(stack: ExitStack) -> DockerSandbox:
    sandbox = DockerSandbox(on_progress=lambda _: None, ahead=NOTHING)
    stack.callback(sandbox.close)
    _seconds(sandbox, "pass")  # finds or makes its image
    return sandbox


def _row(name: str, work: str, watched: DockerSandbox, blind: DockerSandbox) -> Row:
    found: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        found[0].append(_seconds(watched, work))
        found[1].append(_seconds(blind, work))
    seen, unseen = map(statistics.median, found)
    return Row("watching", name, seen, "the same, not watched", unseen, ROUNDS)


def _seconds(sandbox: DockerSandbox, work: str) -> float:
    """Return how long a program needed for its work, by its own clock."""
    program = analyze(Source(_TIMED.format(work=work), "job.py"))
    verdict = PolicySet.parse(POLICY).agent("bench").judge(program)
    return float(sandbox.run(Authorization.of(verdict)).stdout)


@contextmanager
def _blind_guest() -> Iterator[None]:
    """Let images be made from a guest that does not watch."""
    root = _resources.ROOT
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(root / "sandbox", Path(folder) / "sandbox")
        for name, (pattern, instead) in BLIND.items():
            file = Path(folder) / "sandbox" / "execgate_guest" / name
            text, count = re.subn(pattern, instead, file.read_text("utf-8"))
            if count != 1:
                raise AssertionError(f"{name} is not what this was written for")
            file.write_text(text, "utf-8")
        _resources.ROOT = Path(folder)
        try:
            yield
        finally:
            _resources.ROOT = root
