"""Programs as agents write them for honest work: allowed by a policy that grants what the work takes.

A file in the folder `data` is all that a new one takes; its first line names the agent that it runs as.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from execgate import Gate
from execgate.model.verdict import Decision

DATA = Path(__file__).parent / "data"
PROGRAMS = sorted(DATA.glob("*.py"))
HEADER = "# policy: "


@pytest.fixture(name="gate", scope="module")
def _gate() -> Gate:
    return Gate.load(DATA)


def _agent(text: str) -> str:
    first = text.partition("\n")[0]
    assert first.startswith(HEADER)
    return first.removeprefix(HEADER).strip()


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_an_honest_program_is_allowed(gate: Gate, path: Path) -> None:
    text = path.read_text("utf-8")
    verdict = gate.analyze(text, agent=_agent(text))
    assert [violation.message for violation in verdict.all_violations] == []
    assert verdict.decision is Decision.ALLOW


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_it_is_denied_where_nothing_but_its_imports_is_granted(gate: Gate, path: Path) -> None:
    """What is allowed was seen: a program that touches the world is denied by whoever grants none of it."""
    text = path.read_text("utf-8")
    program = gate.analyze(text, agent=_agent(text)).program
    assert program is not None
    touches = any(operation.type not in {"module_import", "opaque_call"} for operation in program.operations)
    assert (gate.analyze(text, agent="importer").decision is Decision.DENY) == touches
