"""Each program in `programs/` once got past a gate, ours or another; its first line tells how.

The agent may import everything, and read and write its own folder: whatever denies is what the code does.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from execgate.analysis import analyze
from execgate.model.source import Source
from execgate.model.verdict import Decision, Reason
from execgate.policy import PolicySet

NEWER = {"module_in_an_exception_group": (3, 11)}
"""Programs in syntax that older Pythons refuse, with the first that reads them."""

PROGRAMS = [
    path
    for path in sorted(Path(__file__).with_name("programs").glob("*.py"))
    if sys.version_info >= NEWER.get(path.stem, (3, 10))
]

POLICY = PolicySet.parse("""
agent "free_importer" {
  can "code_execution" with constraints {
    allowed_imports: ["*"]
    allowed_file_operations: "read_write"
    allowed_file_paths: ["/workspace"]
    allowed_hosts: ["api.example.com"]
  }
}
""")


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_a_bypass_is_denied_for_what_it_does(program: Path) -> None:
    lines = program.read_text(encoding="utf-8").splitlines()
    expected = lines[1].removeprefix("# expect: ")
    analysed = analyze(Source.from_bytes(program.read_bytes(), program.name))
    verdict = POLICY.agent("free_importer").judge(analysed)
    broken: set[str] = {
        analysed.operations[violation.operation].type
        for violation in verdict.all_violations
        if violation.operation is not None
    }
    if analysed.gaps:
        broken.add("gap")
    assert verdict.decision is Decision.DENY
    assert expected in broken
    assert all(violation.reason is not Reason.SYSTEM for violation in verdict.all_violations)
