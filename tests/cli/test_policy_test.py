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
