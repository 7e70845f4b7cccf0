"""`execgate policy test`: cases that came as expected, cases that did not, and what they cover."""

from __future__ import annotations

import pytest

POLICY = """\
agent "reader" {
  can "code_execution" with constraints {
    allowed_imports: ["json", "math"]
    allowed_file_operations: ["read"]
    allowed_file_paths: ["/data/*"]
  }
}
"""
CASES = """\
test "reads its figures" {
  agent: "reader"
  code: ```python
    import json
    json.load(open("/data/x.json"))
  ```
  expect: ALLOW by allowed_file_paths "/data/*"
}
test "writes nothing" {
  agent: "reader"
  operation: file_operation { operation: "write", paths: ["/data/x.json"] }
  expect: DENY by allowed_file_operations
}
"""


@pytest.fixture
def team(folder):
    (folder / "team").mkdir()
    (folder / "team" / "team.policy").write_text(POLICY)
    (folder / "team" / "team.policytest").write_text(CASES)
    return folder / "team"


def test_cases_that_come_as_expected_are_one_line(execgate, team):
    done = execgate("policy", "test", "team")
    assert (done.status, done.err) == (0, "")
    assert done.out == "ok: 2 cases: 2 passed; 5 of 8 clauses covered (62.5%)\n"


def test_a_case_that_fails_says_what_every_clause_said(execgate, team):
    (team / "team.policytest").write_text(CASES.replace("DENY", "ALLOW"))
    done = execgate("policy", "test", "team")
    assert (done.status, done.err) == (1, "")
    assert done.out == (
        "fail: team/team.policytest:9:1: writes nothing\n"
        "  expected ALLOW by `allowed_file_operations`, got DENY by `allowed_file_operations`\n"
        "  file_operation: writes /data/x.json (11:14)\n"
        "    silent   allowed_file_operations       team/team.policy:4:30\n"
        '    permits  allowed_file_paths "/data/*"  team/team.policy:5:26\n'
        "\n"
        "fail: 2 cases: 1 passed, 1 failed; 5 of 8 clauses covered (62.5%)\n"
    )


def test_the_table_tells_of_every_clause_what_it_did(execgate, team):
    done = execgate("policy", "test", "team/team.policy", "--coverage")
    assert (done.status, done.err) == (0, "")
    place = "team/team.policy"
    assert done.out == (
        "         ALLOWED  DENIED  LOOKED AT  CLAUSE                                        PLACE\n"
        f"covered  1        1       2          code_execution                                {place}:2:3\n"
        f"missing  0        0       0          allowed_imports (what is not listed)          {place}:3:22\n"
        f'covered  1        0       1          allowed_imports "json"                        {place}:3:23\n'
        f'missing  0        0       0          allowed_imports "math"                        {place}:3:31\n'
        f"covered  0        1       1          allowed_file_operations (what is not listed)  {place}:4:30\n"
        f'covered  1        0       1          allowed_file_operations "read"                {place}:4:31\n'
        f"missing  0        0       0          allowed_file_paths (what is not listed)       {place}:5:25\n"
        f'covered  2        0       2          allowed_file_paths "/data/*"                  {place}:5:26\n'
        "\n"
        "ok: 2 cases: 2 passed; 5 of 8 clauses covered (62.5%)\n"
    )


def test_too_little_covered_is_a_failure_of_its_own(execgate, team):
    assert execgate("policy", "test", "team", "--min-coverage", "62.5%").status == 0
    done = execgate("policy", "test", "team", "--min-coverage", "62.6")
    assert done.status == 1
    assert done.out.startswith("fail: 2 cases: 2 passed; ")
    assert done.err == (
        "execgate: error: 62.5% of the clauses are covered, at least 62.6% are asked for\n"
        "help: `--coverage` lists the clauses that no case made decide\n"
    )
    again = execgate("policy", "test", "team", "--min-coverage", "100%", "--coverage")
    assert "help: " not in again.err


@pytest.mark.parametrize("share", ["x", "101", "-1%", "90 %", ""])
def test_a_share_that_is_none_is_a_mistake_of_the_command_line(execgate, team, share):
    done = execgate("policy", "test", "team", f"--min-coverage={share}")
    assert (done.status, done.err) == (
        2,
        f"execgate: error: --min-coverage takes a percentage, got `{share}`\nhelp: as in `90%`\n",
    )


def test_the_document_has_every_case_and_every_clause(execgate, team):
    (team / "team.policytest").write_text(CASES.replace("DENY", "ALLOW"))
    (team / "broken.policytest").write_text('test "x" {')
    done = execgate("policy", "test", "team", "--format", "json")
    assert (done.status, done.err) == (2, "")
    broken, cases = done.document["results"]
    assert broken["cases"] == []
    assert broken["error"]["message"].endswith(": a test without an end")
    assert "close it with `}`" in broken["report"]
    fine, failed = cases["cases"]
    assert (fine["name"], fine["passed"], fine["got"]) == ("reads its figures", True, "ALLOW")
    assert failed["expected"] == {"verdict": "ALLOW", "by": ["allowed_file_operations"], "warns": None}
    assert (failed["got"], failed["failures"]) == (
        "DENY",
        ["expected ALLOW by `allowed_file_operations`, got DENY by `allowed_file_operations`"],
    )
    assert [one["constraint"] for one in failed["violations"]] == ["allowed_file_operations"]
    assert len(done.document["coverage"]) == 8
    assert done.document["summary"] == {
        "files": 2,
        "cases": 2,
        "passed": 1,
        "failed": 1,
        "errors": 1,
        "clauses": 8,
        "covered": 5,
        "covered_enough": True,
    }


def test_files_that_can_not_be_used_are_told_and_the_others_are_run(execgate, team):
    (team / "broken.policytest").write_text("what")
    (team / "lost.policytest").write_text('policy: "gone.policy"\n' + CASES)
    done = execgate("policy", "test", "team")
    assert done.status == 2
    assert "broken.policytest:1:1" in done.err
    assert "gone.policy" in done.err
    assert done.out.startswith("fail: 2 cases: 2 passed, 2 files can't be used; ")


def test_another_policy_can_be_named_for_all_cases(execgate, team, folder):
    (folder / "strict.policy").write_text('agent "reader" { }\n')
    done = execgate("policy", "test", "team", "--policy", "strict.policy")
    assert done.status == 1
    assert "  code_execution: agent `reader` may not run code" in done.out
    (folder / "other.policy").write_text('agent "other" { }\n')
    done = execgate("policy", "test", "team", "--policy", "other.policy")
    assert (
        "  no policy for agent `reader`; there are: other (name an agent that there is, or add one)\n"
        in done.out
    )


def test_where_there_are_no_cases_nothing_is_tested(execgate, team, folder):
    (folder / "bare").mkdir()
    done = execgate("policy", "test", "bare")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("execgate: error: bare: no cases\nhelp: write some in a *.policytest file")
    assert execgate("policy", "test", "gone").status == 2
    assert execgate("policy", "test", "").status == 2
    for arguments in (("bare",), ("",), ("--min-coverage", "200%")):
        told = execgate("policy", "test", *arguments, "--format", "json")
        assert (told.status, told.document["results"], told.document["summary"]["cases"]) == (2, [], 0)
        assert told.err.startswith(f"execgate: error: {told.document['error']['message']}\n")
    (folder / "policies").mkdir()
    (folder / "policies" / "own.policy").write_text(POLICY)
    (folder / "policies" / "own.policytest").write_text(CASES)
    assert execgate("policy", "test").status == 0


def test_of_a_long_program_what_was_denied_is_shown_and_of_much_of_it_a_part(execgate, team):
    code = "import json\n" + "".join(f"import m{number}\n" for number in range(15))
    (team / "team.policytest").write_text(
        f'test "long" {{\n  agent: "reader"\n  code: ```python\n{code}  ```\n  expect: ALLOW\n}}\n'
        'test "short" {\n  agent: "reader"\n  code: ```python\nimport json, math\n```\n  expect: DENY\n}\n'
        'test "none" {\n  agent: "reader"\n  code: ```python\ndef (\n```\n  expect: ALLOW\n}\n'
    )
    out = execgate("policy", "test", "team").out
    long, short, none, _ = out.split("\n\n")
    assert "imports json" not in long
    assert long.count("module_import: imports m") == 12
    assert long.endswith("\n  ... and 3 operations more")
    assert short.count("module_import: imports ") == 2
    assert none.splitlines()[-1].startswith("  syntax: ")
