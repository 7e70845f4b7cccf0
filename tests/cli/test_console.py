"""Streams that break, interrupts, encodings and colours, in processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from execgate.cli.app import COMMANDS

ENGINE_AND_STORE = {"docker", "psutil", "cryptography", "sqlite3", "sqlglot", "rich", "requests", "autogen"}


def loaded(*arguments: str) -> set[str]:
    """Return which modules a command has loaded when it ends."""
    code = (
        "import sys\nfrom execgate.cli.app import main\n"
        f"main({list(arguments)!r})\nprint(*sys.modules, file=sys.stderr)"
    )
    # Where coverage is measured, it loads itself and more into every process.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    ended = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, check=True, timeout=60
    )
    return set(ended.stderr.decode().splitlines()[-1].split())


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_loads_nothing_heavy(command):
    found = loaded(*command.split(), "--help")
    assert "execgate.cli.app" in found
    assert not found & (ENGINE_AND_STORE | {"libcst", "lark", "asyncio"})


def test_version_loads_nothing_heavy():
    assert not loaded("--version") & (ENGINE_AND_STORE | {"libcst", "lark", "asyncio"})


def test_analyze_loads_neither_the_engine_nor_the_store(folder):
    (folder / "a.py").write_text("import json\n")
    listing = loaded("analyze", "a.py")
    assert "libcst" in listing
    assert not listing & (ENGINE_AND_STORE | {"lark", "asyncio"})
    judging = loaded("analyze", "a.py", "--agent", "reader", "--policy", "team.policy")
    assert {"libcst", "lark"} <= judging
    assert not judging & (ENGINE_AND_STORE | {"asyncio"})


def test_a_reader_that_goes_away_is_no_error(folder):
    (folder / "a.py").write_text("import json\n" * 20_000)
    ended = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {sys.executable} -m execgate analyze a.py | head -1"],
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert ended.stdout == b"a.py:1:1: module_import: imports json\n"
    assert (ended.returncode, ended.stderr) == (141, b"")


@pytest.mark.parametrize(
    "arguments", [["analyze", "a.py"], ["--help"], ["analyze", "a.py", "--format", "json"]]
)
def test_a_full_disk_is_an_error_in_one_line(process, folder, arguments):
    (folder / "a.py").write_text("import json\n")
    with Path("/dev/full").open("wb") as full:
        done = process(*arguments, stdout=full)
    assert done.status == 2
    assert done.err == "execgate: error: can't write to standard output: No space left on device\n"


def test_a_closed_output_is_an_error_in_one_line(folder):
    (folder / "a.py").write_text("import json\n")
    ended = subprocess.run(
        ["bash", "-c", f"exec {sys.executable} -m execgate analyze a.py >&-"],
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    assert (ended.returncode, ended.stderr) == (
        2,
        b"execgate: error: can't write to standard output: it is closed\n",
    )


def test_a_closed_standard_error_changes_no_status(folder):
    ended = subprocess.run(
        ["bash", "-c", f"exec {sys.executable} -m execgate analyze gone.py 2>&-"],
        stdout=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    assert (ended.returncode, ended.stdout) == (2, b"")


def test_a_closed_input_is_an_input_that_can_not_be_used(folder):
    ended = subprocess.run(
        ["bash", "-c", f"exec {sys.executable} -m execgate analyze - <&-"],
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert ended.stderr.startswith(b"execgate: error: -: standard input is closed\n")


@pytest.mark.parametrize("variables", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}])
def test_an_output_of_few_characters_gets_the_others_escaped(process, folder, variables):
    (folder / "e.py").write_text('open("日本")\n', encoding="utf-8")
    variables = {**os.environ, "PYTHONCOERCECLOCALE": "0", **variables}
    done = process("analyze", "e.py", env=variables)
    assert done.status == 0
    assert "file_operation: reads \\u{65e5}\\u{672c} (open)" in done.out
    assert done.out.isascii()


def test_ctrl_c_ends_with_one_line(folder):
    child = subprocess.Popen(
        [sys.executable, "-m", "execgate", "analyze", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    # Standard input is being waited for once the process sleeps in a read.
    while "pipe_read" not in _waits_in(child.pid) and child.poll() is None:
        time.sleep(0.01)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=60)
    assert (child.returncode, out, err) == (130, b"", b"execgate: interrupted\n")


def _waits_in(pid: int) -> str:
    place = Path(f"/proc/{pid}/wchan").read_text()
    if place not in {"", "0"}:
        return place
    # Where the kernel hides the place: asleep in read(2) of descriptor 0.
    sleeping = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "S"
    return "pipe_read" if sleeping and Path(f"/proc/{pid}/syscall").read_text().startswith("0 0x0 ") else ""


@pytest.mark.parametrize(
    ("variables", "coloured"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "0"}, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": ""}, True),
    ],
)
def test_colours_come_when_they_are_wanted(execgate, folder, monkeypatch, variables, coloured):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    (folder / "a.py").write_text("import os\n")
    done = execgate("analyze", "a.py", "--agent", "reader", "--policy", "team.policy")
    assert ("\x1b[1;31mdeny[module_import]\x1b[0m" in done.out) is coloured
    assert ("\x1b" in done.out + done.err) is coloured


@pytest.mark.parametrize(("term", "coloured"), [("xterm", True), ("dumb", False)])
def test_a_terminal_gets_colours_unless_it_is_dumb(folder, term, coloured):
    (folder / "a.py").write_text("import os\n")
    ours, theirs = os.openpty()
    ended = subprocess.run(
        [sys.executable, "-m", "execgate", "analyze", "a.py"],
        stdout=theirs,
        stderr=theirs,
        check=True,
        timeout=60,
        env={**os.environ, "TERM": term},
    )
    os.close(theirs)
    seen = os.read(ours, 65536)
    os.close(ours)
    assert ended.returncode == 0
    assert (b"\x1b[1mmodule_import\x1b[0m" in seen) is coloured
