"""`execgate policy check`: what is fine, what has mistakes, what is no policy."""

from __future__ import annotations

GOOD = 'agent "a" {\ncan "code_execution" with constraints {\nallowed_imports: ["json"]\n}\n}\n'
BAD = GOOD.replace("allowed_imports", "allowed_import")


def test_a_good_policy_is_one_line_with_its_agents(execgate, folder):
    done = execgate("policy", "check", "team.policy")
    assert (done.status, done.err) == (0, "")
    assert done.out == "ok: team.policy: 2 agents: `reader`, `nobody`\n"


def test_mistakes_are_findings(execgate, folder):
    (folder / "bad.policy").write_text(BAD)
    done = execgate("policy", "check", "bad.policy", "team.policy")
    assert (done.status, done.err) == (1, "")
    assert " --> bad.policy:3:1\n" in done.out
    assert "3 | allowed_import: [" in done.out
    assert done.out.endswith("ok: team.policy: 2 agents: `reader`, `nobody`\n")


def test_what_holds_no_policy_is_unusable_and_the_others_are_still_checked(execgate, folder):
    (folder / "bare").mkdir()
    (folder / "binary.policy").write_bytes(b"\xff")
    done = execgate("policy", "check", "gone.policy", "bare", "binary.policy", "team.policy")
    assert done.status == 2
    assert done.out == "ok: team.policy: 2 agents: `reader`, `nobody`\n"
    assert done.err.count("execgate: error: ") == 3


def test_without_a_path_the_policies_are_those_that_would_decide(execgate, folder):
    assert "`agent_sandbox`" in execgate("policy", "check").out
    (folder / "policies").mkdir()
    (folder / "policies" / "own.policy").write_text(GOOD)
    assert execgate("policy", "check").out == "ok: policies: 1 agent: `a`\n"


def test_the_json_document_has_an_entry_for_each_path(execgate, folder):
    (folder / "bad.policy").write_text(BAD)
    done = execgate("policy", "check", "team.policy", "bad.policy", "gone", "--format", "json")
    assert (done.status, done.err) == (2, "")
    good, bad, gone = done.document["results"]
    assert good == {
        "path": "team.policy",
        "ok": True,
        "agents": ["reader", "nobody"],
        "error": None,
        "report": None,
        "findings": [],
    }
    assert (bad["ok"], gone["ok"]) == (False, False)
    assert "bad.policy:3:1" in bad["report"]
    assert done.document["summary"] == {"paths": 3, "fine": 1, "findings": 1, "errors": 1}


def test_what_is_no_text_is_unusable_and_an_empty_policy_is_a_mistake(execgate, folder):
    for name, data, status in (
        ("latin", b"\xff", 2),
        ("binary", b"agent\0", 2),
        ("empty", b"", 1),
        ("comment", b"// nobody yet\n", 1),
    ):
        (folder / f"{name}.policy").write_bytes(data)
        assert execgate("policy", "check", f"{name}.policy").status == status, name


def test_a_mistake_is_told_once_with_its_help(execgate, folder):
    (folder / "bad.policy").write_text(BAD)
    (folder / "job.py").write_text("x = 1\n")
    for command in (("analyze",), ("run",)):
        done = execgate(*command, "job.py", "--agent", "a", "--policy", "bad.policy")
        assert (done.status, done.out) == (2, "")
        assert done.err.startswith("execgate: error: ")
        assert done.err.count("allowed_import`") == 1
        assert done.err.count("help: ") == 1
    done = execgate("policy", "check", "gone.policy")
    assert done.err.count("no such file") == done.err.count("help: ") == 1


DOUBTFUL = GOOD.replace('"json"', '"json", "json"')
NOTED = GOOD.replace("}\n}", 'disallowed_imports: ["os"]\n}\n}')


def test_a_warning_is_a_finding_and_a_note_is_none_unless_asked(execgate, folder):
    (folder / "doubtful.policy").write_text(DOUBTFUL)
    (folder / "noted.policy").write_text(NOTED)
    done = execgate("policy", "check", "doubtful.policy")
    assert (done.status, done.err) == (1, "")
    assert done.out.startswith(
        "warning: `json` in `allowed_imports` a second time\n --> doubtful.policy:3:27\n"
    )
    assert done.out.endswith("\n\nfindings: doubtful.policy: 1 agent: `a`; 1 warning\n")
    done = execgate("policy", "check", "noted.policy")
    assert (done.status, done.out.splitlines()[-1]) == (0, "ok: noted.policy: 1 agent: `a`; 1 note")
    assert execgate("policy", "check", "noted.policy", "--strict").status == 1
    assert execgate("policy", "check", "team.policy", "--strict").status == 0


def test_every_finding_stands_in_the_document_by_itself(execgate, folder):
    (folder / "both.policy").write_text(NOTED.replace('"json"', '"json", "json"'))
    (folder / "bad.policy").write_text(BAD)
    done = execgate("policy", "check", "both.policy", "bad.policy", "gone", "--format", "json")
    both, bad, gone = done.document["results"]
    assert (both["ok"], both["error"]) == (False, None)
    assert [(one["severity"], one["file"], one["location"]["line"]) for one in both["findings"]] == [
        ("warning", "both.policy", 3),
        ("note", "both.policy", 4),
    ]
    assert both["findings"][0] == {
        "severity": "warning",
        "message": "`json` in `allowed_imports` a second time",
        "help": "remove it; the first is at both.policy:3",
        "file": "both.policy",
        "location": {"line": 3, "column": 26, "end_line": 3, "end_column": 32},
    }
    assert [one["severity"] for one in bad["findings"]] == ["error"]
    assert gone["findings"][0]["location"] is None
