"""What is decided of one operation, taken by itself."""

from __future__ import annotations

import pytest

from execgate.model.source import Span
from execgate.model.verdict import Clause, Decision, Ruling, Violation

CLAUSE = Clause("a.policy", Span(1, 0, 1, 4), "text")
DENIED, ASKED = Violation("allowed_hosts", "no"), Violation("rule r", "ask", escalates=True)


@pytest.mark.parametrize(
    ("ruling", "decision"),
    [
        (Ruling(0, (CLAUSE,)), Decision.ALLOW),
        (Ruling(0), Decision.DENY),
        (Ruling(0, (CLAUSE,), (ASKED,)), Decision.ESCALATE),
        (Ruling(0, (CLAUSE,), (ASKED, DENIED)), Decision.DENY),
    ],
)
def test_an_operation_needs_evidence_and_a_denial_goes_before_an_approval(ruling, decision) -> None:
    assert ruling.decision is decision
