"""`execgate analyze`: verdicts, listings, and every bad input with its message and status."""

from __future__ import annotations

import json
import os
import re
import socket
from pathlib import Path

import pytest

from execgate.cli.analyze import status_of
from execgate.errors import InputError
from execgate.model.operation import ModuleImport
from execgate.model.program import Program
from execgate.model.source import MAX_BYTES, Source, Span
from execgate.model.verdict import Clause, Ruling, Verdict, Violation
from execgate.report.values import FileReport

JUDGE = ("--agent", "reader", "--policy", "team.policy")


def write(folder: Path, name: str, text: str | bytes) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return name


def test_an_allowed_file_is_one_line(execgate, folder):
    write(folder, "a.py", 'import json\nprint(json.loads("1"))\n')
    done = execgate("analyze", "a.py", *JUDGE)
    assert (done.status, done.err) == (0, "")
    assert done.out == "allow: a.py: agent `reader` may run it (1 operation)\n"


def test_a_denied_file_shows_both_places(execgate, folder):
    write(folder, "b.py", "import os\n")
    done = execgate("analyze", "b.py", *JUDGE)
    assert (done.status, done.err) == (1, "")
    lines = done.out.splitlines()
    assert lines[0].startswith("deny[module_import]: ")
    assert lines[1:5] == [" --> b.py:1:1", "  |", "1 | import os", "  | ^^^^^^^^^ imports os"]
    assert lines[5] == " --> team.policy:3:18"
    assert lines[7] == '3 | allowed_imports: ["json", "math"]'
    assert lines[-1] == "deny: b.py: agent `reader` may not run it (1 finding)"


def test_without_an_agent_the_operations_are_listed_and_nothing_is_judged(execgate, folder):
    write(folder, "b.py", "import os\nopen('/data/x')\n")
    done = execgate("analyze", "b.py")
    assert done.status == 0
    assert done.out == (
        "b.py:1:1: module_import: imports os\nb.py:2:1: file_operation: reads /data/x (open)\n"
    )
    assert done.err == "execgate: 1 file: nothing was judged, as no agent was given\n"


def test_a_policy_without_an_agent_is_said_to_decide_nothing(execgate, folder):
    write(folder, "b.py", "")
    done = execgate("analyze", "b.py", "--policy", "gone.policy")
    assert (done.status, done.out) == (0, "")
    assert done.err == (
        "execgate: --policy decides nothing without --agent: the operations are listed, not judged\n"
        "execgate: 1 file: nothing was judged, as no agent was given\n"
    )


def test_many_paths_are_one_run_and_one_denial_is_the_status(execgate, folder):
    write(folder, "good.py", "import json\n")
    write(folder, "sub/deep/bad.py", "import os\n")
    write(folder, "sub/.hidden/good.py", "import math\n")
    write(folder, "sub/notes.txt", "import os\n")
    (folder / "sub" / "loop").symlink_to(folder)
    done = execgate("analyze", "sub", "good.py", "-", *JUDGE, "--format", "json", stdin=b"import json\n")
    assert done.status == 1
    assert [(entry["path"], entry["verdict"]) for entry in done.document["results"]] == [
        ("sub/.hidden/good.py", "ALLOW"),
        ("sub/deep/bad.py", "DENY"),
        ("good.py", "ALLOW"),
        ("-", "ALLOW"),
    ]
    assert done.document["summary"] == {
        "files": 4,
        "allowed": 3,
        "denied": 1,
        "escalated": 0,
        "errors": 0,
        "warnings": 0,
    }
    assert done.err == ""


def test_the_summary_of_many_files_goes_to_standard_error(execgate, folder):
    write(folder, "a.py", "import json\n")
    write(folder, "b.py", "import os\n")
    done = execgate("analyze", "a.py", "b.py", *JUDGE)
    assert done.err == "execgate: 2 files: 1 allowed, 1 denied\n"


def test_findings_stand_apart_and_allowed_files_do_not(execgate, folder):
    for name in ("a.py", "b.py", "d.py", "e.py"):
        write(folder, name, "import json\n")
    write(folder, "c.py", "import os\n")
    out = execgate("analyze", "a.py", "b.py", "c.py", "d.py", "e.py", *JUDGE).out
    blocks = out.split("\n\n")
    assert [len(block.splitlines()) for block in blocks if block.startswith(("allow", "deny:"))] == [2, 1, 2]


def test_an_empty_file_does_nothing_and_is_allowed_only_to_who_may_run_code(execgate, folder):
    write(folder, "empty.py", "")
    done = execgate("analyze", "empty.py", *JUDGE)
    assert (done.status, done.out) == (0, "allow: empty.py: agent `reader` may run it (0 operations)\n")
    assert execgate("analyze", "empty.py", "--agent", "nobody", "--policy", "team.policy").status == 1


NO_PROGRAMS = {
    "syntax": (b"x = (\n", "never closed", 1),
    "utf-8": (b"x = 1\ny = '\xff'\n", "not UTF-8: byte 0xff on line 2", 2),
    "nul": (b"x = 1\n\n\0", "not a text: NUL byte on line 3", 3),
    "size": (b"#" * 5_000_000, "too large: 5,000,000 bytes, at most 1,048,576 are analysed", None),
    "nesting": (b"x = " + b"(" * 3000 + b")" * 3000, "nested", None),
    "utf-16": ("import os".encode("utf-16"), "not UTF-8: byte 0xff on line 1", 1),
}


@pytest.mark.parametrize("kind", NO_PROGRAMS)
def test_what_is_no_program_is_denied_and_the_others_are_still_judged(execgate, folder, kind):
    data, message, line = NO_PROGRAMS[kind]
    write(folder, "a.py", data)
    write(folder, "b.py", "import json\n")
    done = execgate("analyze", "a.py", "b.py", *JUDGE, "--format", "json")
    bad, good = done.document["results"]
    assert done.status == 1
    assert (bad["verdict"], good["verdict"]) == ("DENY", "ALLOW")
    assert message in bad["error"]
    assert [violation["reason"] for violation in bad["violations"]] == ["analysis"]
    if line is not None:
        assert f"line {line}" in bad["error"]
        assert bad["violations"][0]["location"]["line"] == line
    assert done.document["summary"] == {
        "files": 2,
        "allowed": 1,
        "denied": 1,
        "escalated": 0,
        "errors": 1,
        "warnings": 0,
    }
    told = execgate("analyze", "a.py", *JUDGE)
    assert (told.status, told.err) == (1, "")
    assert message in told.out
    assert told.out.endswith("deny: a.py: agent `reader` may not run it (1 finding)\n")


@pytest.mark.parametrize("kind", NO_PROGRAMS)
def test_what_is_no_program_is_unusable_where_nobody_judges(execgate, folder, kind):
    data, message, _ = NO_PROGRAMS[kind]
    write(folder, "a.py", data)
    write(folder, "b.py", "import json\n")
    done = execgate("analyze", "a.py", "b.py")
    assert done.status == 2
    assert done.out == "b.py:1:1: module_import: imports json\n"
    assert re.match(r"execgate: error: a\.py(:1:\d+)?: ", done.err)
    assert message in done.err
    assert "\nhelp: " in done.err
    assert "column" not in done.err
    document = execgate("analyze", "a.py", "b.py", "--format", "json").document
    assert [entry["verdict"] for entry in document["results"]] == [None, None]


def unreadable(folder: Path, kind: str) -> str:
    path = folder / "x.py"
    if kind == "link":
        path.symlink_to("gone.py")
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        server = socket.socket(socket.AF_UNIX)
        server.bind(str(path))
        server.close()
    elif kind == "folder":
        (path / "docs").mkdir(parents=True)
        write(path, "docs/read.me", "no Python")
    elif kind == "loop":
        path.symlink_to("x.py")
    elif kind == "device":
        return "/dev/zero"
    return "x" * 5000 + ".py" if kind == "name" else path.name


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("missing", "no such file or folder"),
        ("link", "no such file or folder"),
        ("loop", "can't be read: Too many levels of symbolic links"),
        ("pipe", "a pipe, not a file"),
        ("socket", "can't be read: No such device or address"),
        ("device", "a device, not a file"),
        ("folder", "no Python file below this folder"),
        ("name", "can't be read: File name too long"),
    ],
)
@pytest.mark.enable_socket
def test_what_can_not_be_read_is_unusable_and_the_others_are_still_judged(execgate, folder, kind, message):
    path = unreadable(folder, kind)
    write(folder, "b.py", "import json\n")
    for more, verdict in ((JUDGE, "DENY"), ((), None)):
        done = execgate("analyze", path, "b.py", *more)
        assert done.status == 2
        assert done.err.startswith(f"execgate: error: {path}: {message}\n")
        assert done.out.count("\n") >= 1
        found = execgate("analyze", path, "b.py", *more, "--format", "json")
        assert found.status == 2
        assert found.document["results"][0] | {"violations": []} == {
            "path": path,
            "verdict": verdict,
            "agent": "reader" if more else None,
            "policy_digest": None,
            "ir": None,
            "violations": [],
            "warnings": [],
            "error": message,
            "error_location": None,
        }
        assert len(found.document["results"]) == 2


@pytest.mark.parametrize("name", ["a.js", "A.JS", "q.sql", "s.ps1"])
def test_a_file_of_another_language_is_not_taken_for_python(execgate, folder, name):
    write(folder, name, "console.log(1)\n")
    listed, judged = execgate("analyze", name), execgate("analyze", name, *JUDGE)
    assert (listed.status, judged.status) == (2, 1)
    for said in (listed.err, judged.out):
        assert "is not run: only Python and shell can be judged" in said


def test_a_file_of_the_largest_size_is_analysed(execgate, folder):
    write(folder, "a.py", "#" * (MAX_BYTES - 1) + "\n")
    assert execgate("analyze", "a.py", *JUDGE).status == 0


def test_standard_input_of_any_size_is_bounded(execgate, folder):
    done = execgate("analyze", "-", *JUDGE, stdin=b"#" * (MAX_BYTES + 7))
    assert done.status == 1
    assert "too large: over 1,048,576 bytes" in done.out


def test_a_file_that_claims_to_be_empty_is_not_too_large_at_0_bytes(execgate):
    # What the kernel makes up as it is read has no size.
    done = execgate("analyze", "/proc/self/pagemap", *JUDGE)
    assert done.status == 1
    assert "too large: over 1,048,576 bytes" in done.out


def test_standard_input_is_read_once(execgate):
    done = execgate("analyze", "-", "-")
    assert (done.status, done.out) == (2, "")
    assert done.err == "execgate: error: `-` stands for standard input, which can be read only once\n"


def test_a_unreadable_folder_below_is_not_skipped_in_silence(execgate, folder, monkeypatch):
    write(folder, "src/a.py", "import json\n")
    write(folder, "src/locked/b.py", "import os\n")
    real = os.scandir

    def scandir(path: str):
        if str(path).endswith("locked"):  # Root may read everything, so the refusal is played.
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    done = execgate("analyze", "src", *JUDGE)
    assert done.status == 2
    assert done.err.startswith("execgate: error: src/locked: can't be read: Permission denied\n")


@pytest.mark.parametrize("format_", ["text", "json", "sarif"])
def test_an_unknown_agent_is_an_error_with_the_names_there_are(execgate, folder, format_):
    write(folder, "a.py", "")
    done = execgate("analyze", "a.py", "--agent", "raeder", "--policy", "team.policy", "--format", format_)
    assert done.status == 2
    assert "`raeder`" in done.err
    assert "reader" in done.err
    assert "nobody" in done.err or "did you mean" in done.err
    assert "Traceback" not in done.err
    if format_ == "text":
        assert done.out == ""
    elif format_ == "json":
        assert done.document["results"] == []
        assert "raeder" in done.document["error"]["message"]
    else:
        assert done.document["runs"][0]["invocations"][0]["executionSuccessful"] is False


BROKEN = 'agent "reader" {\ncan "code_execution" with constraints {\nallowed_import: ["json"]\n}\n}\n'


@pytest.mark.parametrize("kind", ["missing", "empty", "broken", "binary", "bare folder", "device", "no name"])
def test_a_policy_that_can_not_be_used_is_an_error_and_allows_nothing(execgate, folder, kind):
    write(folder, "a.py", "")
    path = "bad.policy"
    if kind == "empty":
        write(folder, path, "")
    elif kind == "broken":
        write(folder, path, BROKEN)
    elif kind == "binary":
        write(folder, path, b"\xff\0")
    elif kind == "bare folder":
        (folder / path).mkdir()
    elif kind == "device":
        path = "/dev/zero"
    elif kind == "no name":
        path = ""
    done = execgate("analyze", "a.py", "--agent", "reader", "--policy", path)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("execgate: error: ")
    assert "Traceback" not in done.err
    assert "internal error" not in done.err
    if kind == "broken":
        assert " --> bad.policy:3:1\n" in done.err
        assert "3 | allowed_import: " in done.err
        assert "did you mean `allowed_imports`?" in done.err


def test_policies_come_from_the_working_folder_first_and_it_decides_alone(execgate, folder):
    write(folder, "a.py", "import math\n")
    assert execgate("analyze", "a.py", "--agent", "agent_sandbox").status == 0
    write(folder, "policies/own.policy", (folder / "team.policy").read_bytes())
    assert execgate("analyze", "a.py", "--agent", "reader").status == 0
    done = execgate("analyze", "a.py", "--agent", "agent_sandbox")
    assert done.status == 2
    assert "agent_sandbox" in done.err
    write(folder, "policies/own.policy", BROKEN)
    assert execgate("analyze", "a.py", "--agent", "agent_sandbox").status == 2


def test_the_json_document_is_what_callers_rely_on(execgate, folder):
    write(folder, "job.py", 'import pandas\n\nx = open("data.csv")\n')
    done = execgate("analyze", "job.py", *JUDGE, "--format", "json")
    entry = done.document["results"][0]
    assert (done.status, done.err) == (1, "")
    assert entry["ir"]["canonical_action"] == "code_execution"
    assert entry["ir"]["code_signature"].startswith("sha256:")
    assert entry["ir"]["operations"][1] == {
        "type": "file_operation",
        "operation": "read",
        "paths": ["data.csv"],
        "via": "open",
        "resolved": True,
        "location": {"line": 3, "column": 4, "end_line": 3, "end_column": 20},
    }
    assert {(violation["constraint"], violation["operation"]) for violation in entry["violations"]} == {
        ("allowed_imports", 0),
        ("allowed_file_paths", 1),
    }


def reported(decision: str | None) -> FileReport:
    """Return a report with this decision; None stands for a path that could not be read."""
    if decision is None:
        return FileReport("x.py", "a", error=InputError("gone"))
    source = Source("import os\n")
    found = Violation("gated_imports", "needs approval", operation=0, escalates=decision == "ESCALATE")
    operation = ModuleImport(via="os", location=Span(1, 0, 1, 9), module="os")
    clause = Clause("p", Span(1, 0, 1, 1), "x")
    ruling = Ruling(0, (clause,), () if decision == "ALLOW" else (found,))
    verdict = Verdict(source, "a", Program(source, (operation,)), (ruling,), policy_digest="sha256:00")
    return FileReport("x.py", "a", source, verdict=verdict)


@pytest.mark.parametrize(
    ("decisions", "status"),
    [
        ([], 0),
        (["ALLOW", "ALLOW"], 0),
        (["ALLOW", "ESCALATE"], 3),
        (["ESCALATE", "DENY", "ALLOW"], 1),
        (["ESCALATE", "DENY", None], 2),
    ],
)
def test_the_status_is_the_gravest_of_all_files(decisions, status):
    assert status_of(map(reported, decisions)) == status


def test_sarif_is_printed_with_the_status_in_it(execgate, folder):
    write(folder, "job.py", "import os\n")
    done = execgate("analyze", "job.py", *JUDGE, "--format", "sarif")
    run = json.loads(done.out)["runs"][0]
    assert done.status == 1
    assert run["invocations"][0]["exitCode"] == 1
    assert run["results"][0]["ruleId"] == "allowed_imports"


def test_the_same_input_gives_the_same_bytes(execgate, folder):
    write(folder, "job.py", "import os, json\nopen(input())\n")
    first = execgate("analyze", "job.py", *JUDGE, "--format", "json").out
    assert execgate("analyze", "job.py", *JUDGE, "--format", "json").out == first


def test_a_name_that_is_no_text_is_shown_escaped(execgate, folder):
    write(folder, "src/" + os.fsdecode(b"caf\xe9\x1b.py"), "import os\n")
    done = execgate("analyze", "src", *JUDGE)
    assert " --> src/caf\\u{dce9}\\u{1b}.py:1:1\n" in done.out
    assert execgate("analyze", "src", *JUDGE, "--format", "sarif").status == 1


def test_a_path_that_can_not_be_read_is_an_error_alone(execgate, folder):
    write(folder, "ok.py", "import json\n")
    done = execgate("analyze", "gone.py", "ok.py", *JUDGE)
    assert done.status == 2
    assert done.err.endswith("execgate: 2 files: 1 allowed, 1 error\n")
    counts = execgate("analyze", "gone.py", "ok.py", *JUDGE, "--format", "json").document["summary"]
    assert counts == {"files": 2, "allowed": 1, "denied": 0, "escalated": 0, "errors": 1, "warnings": 0}
