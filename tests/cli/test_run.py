"""`execgate run`: what is refused before anything runs, and what each way to end gives."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from execgate.cli.console import Console, OutputError
from execgate.cli.live import Live
from execgate.cli.run import status_of
from execgate.errors import ExecgateError
from execgate.model.execution import ExecutionResult, Stop, Usage
from execgate.model.verdict import Decision

POLICY = """\
agent "worker" {
can "code_execution" with constraints {
allowed_imports: ["time", "sys"]
allowed_file_operations: "read_write"
allowed_file_paths: ["/workspace"]
max_execution_time: 3_seconds
max_memory: 100_megabytes
}
}
"""
AS_WORKER = ("--agent", "worker", "--policy", "worker.policy")


@pytest.fixture(autouse=True)
def worker(folder: Path) -> None:
    (folder / "worker.policy").write_text(POLICY)


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    monkeypatch.setenv("EXECGATE_SANDBOX", "docker")


def receipts(execgate) -> list[tuple[str, str]]:
    listed = execgate("receipts", "list", "--format", "json").document["receipts"]
    return [(row["kind"], row["verdict"]) for row in listed]


def test_a_denied_program_is_a_finding_with_a_receipt_and_needs_no_engine(execgate, folder, no_engine):
    (folder / "job.py").write_text("import os\n")
    done = execgate("run", "job.py", *AS_WORKER)
    assert done.status == 1
    assert done.out.startswith("deny[module_import]: ")
    assert done.out.endswith("deny: job.py: agent `worker` may not run it (1 finding)\n")
    assert done.err.startswith("execgate: nothing was run; receipt ")
    assert receipts(execgate) == [("decision", "DENY")]
    found = execgate("run", "job.py", *AS_WORKER, "--format", "json")
    assert found.status == 1
    entry = found.document["results"][0]
    assert (entry["verdict"], entry["execution"], entry["receipts"]["outcome"]) == ("DENY", None, None)
    shown = execgate("receipts", "show", entry["receipts"]["decision"])
    assert "verdict" in shown.out


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"x = '\xff'", "not UTF-8: byte 0xff on line 1"),
        (b"\0", "not a text: NUL byte on line 1"),
        (b"#" * 3_000_000, "too large: 3,000,000 bytes, at most 1,048,576 are analysed"),
        (b"x = (", "never closed"),
    ],
)
def test_what_is_no_program_is_denied_with_a_receipt(execgate, folder, no_engine, data, message):
    (folder / "job.py").write_bytes(data)
    done = execgate("run", "job.py", *AS_WORKER)
    assert done.status == 1
    assert message in done.out
    assert receipts(execgate) == [("decision", "DENY")]
    entry = execgate("run", "job.py", *AS_WORKER, "--format", "json").document["results"][0]
    assert message in entry["error"]
    assert entry["verdict"] == "DENY"


@pytest.mark.parametrize("format_", ["text", "json"])
@pytest.mark.enable_socket
def test_without_an_engine_nothing_runs_and_the_status_is_4(execgate, folder, no_engine, format_):
    (folder / "job.py").write_text("print(1)\n")
    done = execgate("run", "job.py", *AS_WORKER, "--format", format_)
    assert done.status == 4
    assert done.err.startswith("execgate: error: ")
    assert "\nhelp: " in done.err
    if format_ == "text":
        assert done.out == ""
    else:
        assert done.document["error"]["message"]
    assert receipts(execgate) == [("decision", "ALLOW"), ("outcome", "ALLOW")]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("gone.py", *AS_WORKER), "gone.py: no such file or folder"),
        ((".", *AS_WORKER), ".: a folder, not a file"),
        (("job.py", "--agent", "x", "--policy", "worker.policy"), "`x`"),
        (("job.py", "--agent", "worker", "--policy", "gone"), "gone"),
        (("job.py", *AS_WORKER, "--input", "gone.csv"), "gone.csv: no such file or folder"),
        (("job.py", *AS_WORKER, "--input", "/dev/zero"), "/dev/zero: a device, not a file"),
        (("job.py", *AS_WORKER, "--output-dir", "job.py/x"), "job.py/x"),
    ],
)
def test_what_is_unusable_is_told_before_anything_runs_and_leaves_no_receipt(
    execgate, folder, no_engine, arguments, message
):
    (folder / "job.py").write_text("print(1)\n")
    done = execgate("run", *arguments)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("execgate: error: ")
    assert message in done.err
    assert not (folder / "state").exists()
    found = execgate("run", *arguments, "--format", "json")
    assert (found.status, found.document["results"]) == (2, [])
    assert message in found.document["error"]["message"]


def test_a_state_folder_that_can_not_be_made_is_an_error_and_nothing_runs(execgate, folder, no_engine):
    (folder / "job.py").write_text("print(1)\n")
    (folder / "file").write_text("")
    done = execgate("run", "job.py", *AS_WORKER, "--home", "file/state")
    assert (done.status, done.out) == (2, "")
    assert "internal error" not in done.err


def result(stop: Stop, code: int | None = None) -> ExecutionResult:
    return ExecutionResult(stop, code, "", "", Usage(0.0))


@pytest.mark.parametrize(
    ("decision", "ended", "status"),
    [
        (Decision.ALLOW, result(Stop.EXIT, 0), 0),
        (Decision.ALLOW, result(Stop.EXIT, 1), 5),
        (Decision.ALLOW, result(Stop.EXIT, -9), 5),
        (Decision.ALLOW, result(Stop.TIME), 6),
        (Decision.ALLOW, result(Stop.MEMORY), 6),
        (Decision.ALLOW, result(Stop.PROCESSES), 6),
        (Decision.ALLOW, result(Stop.OUTPUT), 6),
        (Decision.ALLOW, result(Stop.DISK), 6),
        (Decision.ALLOW, result(Stop.ENGINE), 4),
        (Decision.ALLOW, result(Stop.CANCELLED), 130),
        (Decision.DENY, None, 1),
        (Decision.ESCALATE, None, 3),
        (Decision.ALLOW, None, 1),
        (None, None, 1),
    ],
)
def test_each_way_to_end_has_its_status(decision, ended, status):
    assert status_of(decision, ended) == status


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_is_not_driven_by_the_program(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    live = Live(Console())
    text = "a\x1b]0;owned\x07\tb\r\n\u202eé日".encode()
    for start in range(len(text)):  # Characters are cut anywhere between chunks.
        live.write("stdout", text[start : start + 1])
    live.write("stdout", b"\xff\xe6")
    live.end()
    assert terminal.getvalue() == "a\\u{1b}]0;owned\\u{7}\tb\r\n\\u{202e}é日\\xff\\xe6\n"


def test_a_pipe_gets_every_byte(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw))
    live = Live(Console())
    live.write("stdout", b"\x1b\xff\x00\r\n")
    live.end()
    assert raw.getvalue() == b"\x1b\xff\x00\r\n"


def test_a_reader_that_goes_away_does_not_stop_the_run_and_is_told_after_it(monkeypatch):
    reader, writer = os.pipe()
    os.close(reader)
    monkeypatch.setattr(sys, "stdout", os.fdopen(writer, "w"))
    live = Live(Console())
    live.write("stdout", b"lost")
    live.write("stdout", b"lost")
    live.end()
    with pytest.raises(ExecgateError, match="can't write to standard output: Broken pipe"):
        live.check()
    with Path(os.devnull).open("wb") as nowhere:  # What is still buffered must go somewhere.
        os.dup2(nowhere.fileno(), writer)
    sys.stdout.close()


def test_an_output_that_is_closed_is_told_after_the_run_if_there_was_anything_to_write(monkeypatch):
    # It went nowhere without a word, and the status was that of a run whose output had been passed on.
    monkeypatch.setattr(sys, "stdout", None)
    live = Live(Console())
    live.write("stderr", b"no concern of it")
    live.end()
    live.check()
    live.write("stdout", b"lost")
    live.end()
    with pytest.raises(OutputError, match="it is closed"):
        live.check()


@pytest.mark.engine
def test_an_allowed_program_runs_and_its_output_is_passed_on(execgate, folder):
    (folder / "job.py").write_text("import sys\nprint(6 * 7)\nprint('oh', file=sys.stderr)\n")
    done = execgate("run", "job.py", *AS_WORKER, "--suggester", "assistant")
    assert (done.status, done.out) == (0, "42\n")
    first, ended, kept = done.err.splitlines()
    assert first == "oh"
    assert ended.startswith("execgate: the program ended with status 0 after ")
    assert kept.startswith("execgate: receipts ")
    assert receipts(execgate) == [("decision", "ALLOW"), ("outcome", "ALLOW")]
    listed = execgate("receipts", "list", "--format", "json").document["receipts"]
    assert {row["suggester_agent"] for row in listed} == {"assistant"}


@pytest.mark.engine
@pytest.mark.parametrize(
    ("code", "status", "ending"),
    [
        ("import sys\nsys.exit(7)\n", 5, "execgate: the program ended with status 7"),
        ("import time\ntime.sleep(60)\n", 6, "execgate: the program was stopped by its time limit"),
        ("x = b'x' * 10**10\n", None, None),
    ],
)
def test_a_program_that_fails_and_one_that_is_stopped_are_told_apart(execgate, folder, code, status, ending):
    (folder / "job.py").write_text(code)
    done = execgate("run", "job.py", *AS_WORKER)
    if status is None:  # The allocation fails by itself, or the limit stops it.
        assert done.status in {5, 6}
    else:
        assert done.status == status
        assert ending in done.err


@pytest.mark.engine
def test_files_go_in_and_come_out(execgate, folder):
    (folder / "in").mkdir()
    (folder / "in" / "a.txt").write_text("from the folder")
    (folder / "b.txt").write_text("from the file")
    (folder / "job.py").write_text(
        "text = open('in/a.txt').read() + open('b.txt').read()\nopen('out.txt', 'w').write(text)\n"
    )
    arguments = ("job.py", *AS_WORKER, "--input", "in", "--input", "b.txt")
    done = execgate("run", *arguments, "--output-dir", "results")
    assert (done.status, done.out) == (0, "")
    assert (folder / "results" / "out.txt").read_text() == "from the folderfrom the file"
    assert "execgate: wrote results/out.txt\n" in done.err
    dropped = execgate("run", *arguments)
    assert "which --output-dir would keep\n" in dropped.err
    (folder / "results" / "out.txt").unlink()
    (folder / "results" / "out.txt").symlink_to(folder / "victim")
    refused = execgate("run", *arguments, "--output-dir", "results", "--format", "json")
    assert refused.status == 2
    assert refused.document["results"][0]["execution"]["exit_code"] == 0
    assert not (folder / "victim").exists()


@pytest.mark.engine
def test_standard_input_is_the_program_and_json_has_its_output(execgate):
    done = execgate("run", "-", *AS_WORKER, "--format", "json", stdin=b"print(6 * 7)\n")
    entry = done.document["results"][0]
    assert (done.status, done.err) == (0, "")
    assert (entry["path"], entry["verdict"]) == ("-", "ALLOW")
    assert entry["execution"]["stdout"] == "42\n"
    assert entry["receipts"]["decision"] != entry["receipts"]["outcome"]


@pytest.mark.engine
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_removes_the_sandbox_and_is_receipted(execgate, folder, number, status):
    (folder / "job.py").write_text("import time\nprint('on', flush=True)\ntime.sleep(60)\n")
    policy = POLICY.replace("3_seconds", "60_seconds")
    (folder / "worker.policy").write_text(policy)
    child = subprocess.Popen(
        [sys.executable, "-m", "execgate", "run", "job.py", *AS_WORKER],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"on\n"
    began = time.monotonic()
    child.send_signal(number)
    _, err = child.communicate(timeout=60)
    assert (child.returncode, err) == (status, b"execgate: interrupted\n")
    assert time.monotonic() - began < 45  # Not by the program's own end.
    assert receipts(execgate) == [("decision", "ALLOW"), ("outcome", "ALLOW")]


@pytest.mark.enable_socket
def test_without_an_engine_the_document_holds_verdict_result_and_receipts(execgate, folder, no_engine):
    (folder / "job.py").write_text("print(1)\n")
    done = execgate("run", "job.py", *AS_WORKER, "--format", "json")
    (entry,) = done.document["results"]
    assert (entry["verdict"], entry["execution"]["stopped_by"]) == ("ALLOW", "engine")
    listed = execgate("receipts", "list", "--format", "json").document["receipts"]
    assert list(entry["receipts"].values()) == [row["receipt_id"] for row in listed]
    told = execgate("run", "job.py", *AS_WORKER)
    last = [
        row["receipt_id"] for row in execgate("receipts", "list", "--format", "json").document["receipts"]
    ]
    assert told.err.endswith(f"execgate: receipts {last[2]} and {last[3]}\n")


@pytest.mark.parametrize("home", ["job.py", "job.py/x", "/proc/x"])
def test_a_state_folder_that_can_not_be_made_is_told_as_the_path_it_is(execgate, folder, no_engine, home):
    (folder / "job.py").write_text("print(1)\n")
    done = execgate("run", "job.py", *AS_WORKER, "--home", home)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(f"execgate: error: {home}: ")
    assert "backup" not in done.err
    assert "\nhelp: name a folder " in done.err


@pytest.mark.parametrize(
    "arguments", [("--input", "gone.csv"), ("--output-dir", "/proc/x"), ("--input", "/proc/self/mem")]
)
def test_a_path_that_can_not_be_used_comes_with_help(execgate, folder, no_engine, arguments):
    (folder / "job.py").write_text("print(1)\n")
    done = execgate("run", "job.py", *AS_WORKER, *arguments)
    assert done.status == 2
    assert "\nhelp: " in done.err


def test_help_for_a_folder_does_not_suggest_a_folder(execgate, folder, no_engine):
    done = execgate("run", ".", *AS_WORKER)
    assert "help: name one program" in done.err
