"""Programs that reach the network, databases and other programs: allowed by what they need, and by no less.

A file in the folder `network/data` is all that a new one takes.  Its header says what it needs, each line as
a constraint of the policy has it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from execgate.analysis import analyze
from execgate.model.program import Program
from execgate.model.source import Source
from execgate.model.verdict import Decision, Verdict
from execgate.policy import PolicySet

PROGRAMS = sorted((Path(__file__).parent / "network" / "data").glob("*.py"))

Grants = dict[str, list[str]]


def _grants(path: Path) -> Grants:
    grants: Grants = {}
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        name, colon, entries = line.removeprefix("# ").partition(": ")
        if not line.startswith("# ") or not colon:
            break
        grants[name] = json.loads(entries)
    return grants


def _judged(program: Program, grants: Grants) -> Verdict:
    lines = "\n".join(f"{name}: {json.dumps(entries)}" for name, entries in grants.items())
    policy = PolicySet.parse(f'agent "worker" {{ can "code_execution" with constraints {{ {lines} }} }}')
    return policy.agent("worker").judge(program)


def _less(grants: Grants) -> Iterator[tuple[str, Grants]]:
    """Yield the grants with each single entry left out, and what that is."""
    for name, entries in grants.items():
        for entry in entries:
            yield f"{name}: {entry}", {**grants, name: [other for other in entries if other != entry]}


@pytest.fixture(name="program", scope="module")
def _program(request: pytest.FixtureRequest) -> Program:
    return analyze(Source.from_bytes(request.param.read_bytes(), request.param.name))


BOTH = pytest.mark.parametrize(
    ("program", "grants"),
    [pytest.param(path, _grants(path), id=path.stem) for path in PROGRAMS],
    indirect=["program"],
)


@BOTH
def test_a_program_is_allowed_by_what_it_needs(program: Program, grants: Grants) -> None:
    verdict = _judged(program, grants)
    assert [violation.message for violation in verdict.all_violations] == []
    assert verdict.decision is Decision.ALLOW


@BOTH
def test_a_program_is_denied_with_any_grant_less(program: Program, grants: Grants) -> None:
    allowed = [left for left, less in _less(grants) if _judged(program, less).decision is Decision.ALLOW]
    assert allowed == []


def test_every_kind_of_grant_is_needed_by_some_program() -> None:
    needed = {name for path in PROGRAMS for name in _grants(path)}
    assert needed >= {
        "allowed_commands",
        "allowed_database_operations",
        "allowed_databases",
        "allowed_environment",
        "allowed_file_operations",
        "allowed_file_paths",
        "allowed_hosts",
        "allowed_imports",
        "allowed_tables",
    }
