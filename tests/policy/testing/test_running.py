"""Cases against their policy: what passes, what fails and why, and what was covered."""

from __future__ import annotations

from pathlib import Path

import pytest

from execgate.judging import judge
from execgate.policy import PolicySet
from execgate.policy.language.text import PolicyText
from execgate.policy.problems import Problems
from execgate.policy.testing import cases
from execgate.policy.testing.coverage import Coverage
from execgate.policy.testing.running import run

POLICY = """\
agent "reader" {
  can "code_execution" with constraints {
    allowed_imports: ["json", "os.path"]
    disallowed_imports: ["os"]
    max_memory: 1_gigabyte
  }
}
agent "payer" {
  can "code_execution"
  can "payment" with constraints {
    allowed_providers: ["stripe"]
    allowed_payment_operations: ["charge"]
    max_amount: 5_usd
    approval_above: 1_usd
    warn_at: 50%
    max_amount_per_session: 10_usd
    compensation: "none"
  }
  can "tool" with constraints { allowed_executed_tools: ["search"] payment_tools: ["pay_*"] }
}
"""
IMPORT = 'operation: module_import {{ module: "{}" }}'
PAY = 'operation: payment_call {{ provider: "stripe" operation: "charge" amount: "{}" currency: "usd" }}'
SPENT = "context: {{ spent: {{ session: {} }} }}"


@pytest.fixture(scope="module")
def policies() -> PolicySet:
    return PolicySet.parse(POLICY, "team.policy")


@pytest.fixture
def failures(policies):
    """Return what a case of the reader fails with; [] where it passes."""

    def told(body: str, agent: str = "reader") -> list[str]:
        return list(outcome(policies, body, agent).failures)

    return told


def outcome(policies: PolicySet, body: str, agent: str = "reader"):
    text = PolicyText("x.policytest", f'test "t" {{ agent: "{agent}" {body} }}')
    file = cases.parse(text, Problems(), Path("x.policytest"))
    (found,) = run(
        file, policies, lambda source, agent, context: judge(source, agent, policies, context=context)
    )
    assert found.passed is not bool(found.failures)
    return found


@pytest.mark.parametrize(
    "body",
    [
        IMPORT.format("json") + " expect: ALLOW",
        IMPORT.format("json") + ' expect: ALLOW by allowed_imports "json" warns: none',
        IMPORT.format("os") + " expect: DENY",
        IMPORT.format("os") + " expect: DENY by disallowed_imports, allowed_imports",
        IMPORT.format("os") + ' expect: DENY by disallowed_imports "os"',
        "code: ```python\nimport os\n```\nexpect: DENY by disallowed_imports",
        "code: ```python\ndef (\n```\nexpect: DENY by syntax",
        'tool: "x" expect: DENY by tool',
    ],
)
def test_what_comes_as_expected_passes(failures, body):
    assert failures(body) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            IMPORT.format("os") + " expect: ALLOW",
            "expected ALLOW, got DENY by `allowed_imports`, `disallowed_imports`",
        ),
        (
            IMPORT.format("json") + " expect: DENY by allowed_imports",
            "expected DENY by `allowed_imports`, got ALLOW by `allowed_imports`",
        ),
        (
            IMPORT.format("math") + " expect: DENY by disallowed_imports",
            "expected DENY by `disallowed_imports`, got DENY by `allowed_imports`",
        ),
        (
            IMPORT.format("os") + ' expect: DENY by disallowed_imports "os.path"',
            'expected DENY by `disallowed_imports "os.path"`, got DENY by `allowed_imports`, `disallowed_imports`',
        ),
        (
            IMPORT.format("json") + ' expect: ALLOW by allowed_imports "os.path"',
            'expected ALLOW by `allowed_imports "os.path"`, got ALLOW by `allowed_imports`',
        ),
        (
            IMPORT.format("json") + " expect: ALLOW warns: warn_at",
            "expected `warn_at` to warn, got nothing",
        ),
    ],
)
def test_what_comes_otherwise_fails_and_says_what_came(failures, body, said):
    assert failures(body) == [said]


def test_an_agent_that_there_is_not_fails_the_case(policies):
    found = outcome(policies, f"{IMPORT.format('json')} expect: DENY", "raeder")
    assert found.verdict is None
    assert found.failures == (
        "no policy for agent `raeder`; there are: reader, payer (did you mean `reader`?)",
    )


def test_approval_and_warnings_are_expected_by_their_clause(failures):
    pay = PAY.format("2.00")
    assert (
        failures(f"{pay} {SPENT.format('1_usd')} expect: ESCALATE by approval_above warns: none", "payer")
        == []
    )
    warned = f"{PAY.format('0.50')} {SPENT.format('6_usd')} expect: ALLOW"
    assert failures(f"{warned} warns: warn_at", "payer") == []
    assert failures(f"{warned} warns: none", "payer") == ["expected nothing to warn, got `warn_at`"]
    assert failures(f"{pay} {SPENT.format('1_usd')} expect: DENY by approval_above", "payer") == [
        "expected DENY by `approval_above`, got ESCALATE by `approval_above`"
    ]


# --- coverage -----------------------------------------------------------------------------------------------


def counted(
    policies: PolicySet, *bodies: str, agent: str = "reader"
) -> dict[str, tuple[int, int, int, bool]]:
    coverage = Coverage(policies)
    for body in bodies:
        coverage.add(outcome(policies, body, agent).verdict)
    return {
        f"{row.constraint} {row.entry or ''}".strip(): (row.allowed, row.denied, row.looked, row.covered)
        for row in coverage.rows
        if row.agent == agent
    }


def test_every_clause_that_decides_is_a_row_by_its_place(policies):
    rows = Coverage(policies).rows
    assert [(row.constraint, row.entry) for row in rows if row.agent == "reader"] == [
        ("code_execution", None),
        ("allowed_imports", None),
        ("allowed_imports", "json"),
        ("allowed_imports", "os.path"),
        ("disallowed_imports", "os"),
    ]
    assert [row.constraint for row in rows if row.agent == "payer" and row.entry is None] == [
        "code_execution",
        "payment",
        "allowed_providers",
        "allowed_payment_operations",
        "max_amount",
        "approval_above",
        "warn_at",
        "max_amount_per_session",
        "tool",
        "allowed_executed_tools",
    ]
    assert rows[1].to_json() == {
        "agent": "reader",
        "constraint": "allowed_imports",
        "entry": None,
        "policy": rows[1].clause.to_json(),
        "wants": "denied",
        "allowed": 0,
        "denied": 0,
        "looked_at": 0,
        "covered": False,
    }


def test_a_clause_is_covered_once_it_did_what_it_is_there_for(policies):
    assert counted(policies) == {
        "code_execution": (0, 0, 0, False),
        "allowed_imports": (0, 0, 0, False),
        "allowed_imports json": (0, 0, 0, False),
        "allowed_imports os.path": (0, 0, 0, False),
        "disallowed_imports os": (0, 0, 0, False),
    }
    bodies = [IMPORT.format(name) + " expect: ALLOW" for name in ("json", "json", "os", "math")]
    assert counted(policies, *bodies) == {
        "code_execution": (2, 2, 4, True),
        "allowed_imports": (0, 2, 2, True),
        "allowed_imports json": (2, 0, 2, True),
        "allowed_imports os.path": (0, 0, 0, False),
        "disallowed_imports os": (0, 1, 1, True),
    }


def test_a_denial_that_was_overruled_was_looked_at_and_covers_nothing(policies):
    found = counted(policies, IMPORT.format("os.path") + " expect: ALLOW")
    assert found["disallowed_imports os"] == (0, 0, 1, False)
    assert found["allowed_imports os.path"] == (1, 0, 1, True)


def test_grants_of_payments_and_tools_are_covered_by_what_they_are_for(policies):
    spent_ = SPENT.format("6_usd")
    found = counted(
        policies,
        f"{PAY.format('0.50')} {spent_} expect: ALLOW",
        f"{PAY.format('2.00')} {spent_} expect: ALLOW",
        f"{PAY.format('0.50')} expect: ALLOW",
        IMPORT.format("json") + " expect: ALLOW",
        'tool: "search" expect: ALLOW',
        agent="payer",
    )
    assert found["payment"] == (1, 2, 3, True)
    assert found["code_execution"] == (2, 2, 4, True)
    assert found["tool"] == (1, 0, 1, True)
    assert found["max_amount"] == (3, 0, 3, False)
    assert found["approval_above"] == (2, 1, 3, True)
    assert found["warn_at"][1] > 0
    # What was spent is not known in one of them: that denies, and shows nothing of the limit.
    assert found["max_amount_per_session"] == (2, 0, 3, False)


def test_code_that_could_not_be_read_covers_nothing(policies):
    found = counted(policies, "code: ```python\ndef (\n```\nexpect: DENY")
    assert found["code_execution"] == (0, 0, 0, False)


RULED = """\
let formats = ["json", "csv"]
rule no_shell on process_spawn { when true deny "no programs" }
phases { allowed_payment_phase: COMMIT EXPLORE: [COMMIT] COMMIT: [] }
agent "base" {
  can "code_execution" with constraints {
    allowed_imports: formats
    rule early { when phase == EXPLORE warn "it is early" }
  }
}
agent "child" extends "base" {
}
agent "other" { can "code_execution" with constraints { allowed_imports: formats } }
"""


def test_rules_and_phases_are_clauses_and_what_is_inherited_or_shared_is_one():
    policies = PolicySet.parse(RULED, "team.policy")
    rows = [(row.agent, row.constraint, row.entry, row.clause.span.line) for row in Coverage(policies).rows]
    assert rows == [
        ("base", "allowed_imports", "json", 1),
        ("base", "allowed_imports", "csv", 1),
        ("base", "rule no_shell", None, 2),
        ("base", "allowed_payment_phase", None, 3),
        ("base", "code_execution", None, 5),
        ("base", "allowed_imports", None, 6),
        ("base", "rule early", None, 7),
        ("other", "code_execution", None, 12),
        ("other", "allowed_imports", None, 12),
    ]


def test_a_rule_is_covered_once_it_applied_and_not_by_what_is_not_known():
    policies = PolicySet.parse(RULED, "team.policy")
    coverage = Coverage(policies)

    def early() -> tuple[int, int, int, bool]:
        (row,) = [row for row in coverage.rows if row.constraint == "rule early"]
        return row.allowed, row.denied, row.looked, row.covered

    for context, expected in (
        ("", (0, 0, 1, False)),
        ("context: { phase: COMMIT }", (1, 0, 2, False)),
        ("context: { phase: EXPLORE }", (1, 1, 3, True)),
    ):
        body = f"{IMPORT.format('json')} {context} expect: ALLOW"
        coverage.add(outcome(policies, body, "child").verdict)
        assert early() == expected
    (entry,) = [row for row in coverage.rows if row.entry == "json"]
    assert (entry.agent, entry.allowed) == ("base", 3)
