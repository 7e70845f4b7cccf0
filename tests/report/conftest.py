"""Programs, rulings and clauses made by hand, as the other rooms would make them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from execgate.model.operation import ModuleImport, Operation
from execgate.model.program import Program
from execgate.model.source import Source, Span
from execgate.model.verdict import Clause, Ruling, Verdict, Violation, Warning  # noqa: A004 - its name
from execgate.report.values import FileReport

GRANT = Clause("team.policy", Span(2, 0, 2, 31), 'can "code_execution" with constraints {')


@pytest.fixture
def span_of() -> Callable[[str, str], Span]:
    """Return where a stretch of text stands in a text."""

    def find(text: str, part: str) -> Span:
        start = text.index(part)
        before, inside = text[:start], text[: start + len(part)]
        return Span(
            before.count("\n") + 1,
            start - (before.rfind("\n") + 1),
            inside.count("\n") + 1,
            start + len(part) - (inside.rfind("\n") + 1),
        )

    return find


@pytest.fixture
def denied(span_of) -> Callable[..., FileReport]:
    """Return the report on a text of which one part is an operation that the policy forbids."""

    def make(
        text: str, part: str, kind: type[Operation], clause: Clause | None = None, **fields: Any
    ) -> FileReport:
        path = fields.pop("path", "job.py")
        violation = {
            "constraint": "allowed_hosts",
            "message": "not permitted",
            "help": None,
            "escalates": False,
        }
        violation |= {name: fields.pop(name) for name in list(violation) if name in fields}
        place = span_of(text, part)
        source = Source(text, path)
        operation = kind(via=fields.pop("via", "x.y"), location=place, **fields)
        found = Violation(operation=0, location=place, clause=clause, **violation)
        verdict = Verdict(
            source,
            "coder",
            Program(source, (operation,)),
            (Ruling(0, (), (found,)),),
            policy_digest="sha256:00",
        )
        return FileReport(path, "coder", source, verdict=verdict)

    return make


@pytest.fixture
def allowed() -> FileReport:
    """Return the report on a text that does nothing, which the policy permits."""
    source = Source("x = 1\n", "fine.py")
    verdict = Verdict(source, "coder", Program(source), policy_digest="sha256:00")
    return FileReport("fine.py", "coder", source, verdict=verdict)


@pytest.fixture
def warned() -> FileReport:
    """Return the report on a text that the policy permits, and wants to be told of."""
    source = Source("import os\n", "told.py")
    place = Span(1, 0, 1, 9)
    clause = Clause("team.policy", Span(7, 2, 7, 17), "  rule look_twice {")
    warning = Warning("rule look_twice", "somebody should look", 0, place, clause)
    verdict = Verdict(
        source,
        "coder",
        Program(source, (ModuleImport(via="os", location=place, module="os"),)),
        (Ruling(0, (GRANT,), (), (warning,)),),
        policy_digest="sha256:00",
    )
    return FileReport("told.py", "coder", source, verdict=verdict)
