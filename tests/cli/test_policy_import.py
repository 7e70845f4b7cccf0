"""`execgate policy import`: governance YAML in, a policy out."""

from __future__ import annotations

from pathlib import Path

import pytest

from execgate.policy import PolicySet

TEAM = """\
phases: {allowed_payment_phase: COMMIT}
budget: {session_limit: 10.00}
rules:
  - {id: high, condition: "cost > 0.50", action: PENDING_APPROVAL, message: "over"}
"""
TOOLS = (
    "execgate: every tool that the gate is asked about is taken for a payment; --tool names those that are\n"
)
NOTE = (
    "execgate: the file names no currency: its amounts are taken for US dollars; --currency names another\n"
)


@pytest.fixture
def team(folder: Path) -> Path:
    path = folder / "team.yaml"
    path.write_text(TEAM)
    return path


def test_the_policy_is_printed_and_what_was_assumed_is_said_beside_it(execgate, team):
    done = execgate("policy", "import", "team.yaml")
    assert (done.status, done.err) == (0, NOTE + TOOLS)
    assert done.out.startswith("// Made of team.yaml by `execgate policy import`.\n// Note: the file names")
    assert '  when cost > 0.50_usd\n  escalate "over"\n' in done.out
    assert PolicySet.parse(done.out).agents == ("*",)


def test_it_reads_standard_input(execgate, team):
    done = execgate("policy", "import", "-", "--currency", "USD", "--tool", "pay", stdin=TEAM.encode())
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("// Made of <stdin> by `execgate policy import`.\n\nphases {")


def test_the_policy_is_written_where_it_is_wanted_and_checks_clean(execgate, folder, team):
    for _ in range(2):  # A second time it is replaced.
        done = execgate(
            "policy", "import", "team.yaml", "--currency", "eur", "--agent", "pay", "--out", "pay.policy"
        )
        assert (done.status, done.out, done.err) == (0, "", TOOLS + "execgate: wrote pay.policy\n")
    assert "max_amount_per_session: 10.00_eur" in (folder / "pay.policy").read_text()
    assert execgate("policy", "fmt", "--check", "pay.policy").status == 0
    assert execgate("policy", "check", "pay.policy").status == 0


def test_options_grant_what_payments_need_besides(execgate, team):
    done = execgate(
        "policy",
        "import",
        "team.yaml",
        "--tool",
        "pay_*",
        "--tool",
        "refund",
        "--max-amount",
        "2_usd",
    )
    assert done.status == 0
    assert '  can "code_execution"\n' in done.out
    alone = execgate("policy", "import", "team.yaml", "--payments-only")
    assert alone.status == 0
    assert 'can "payment"' in alone.out
    assert 'can "code_execution"\n' not in alone.out
    assert 'can "tool" with' not in alone.out
    assert execgate("policy", "import", "team.yaml", "--payments-only", "--tool", "x").status == 2
    assert 'payment_tools: ["pay_*", "refund"]' in done.out
    assert "max_amount: 2.00_usd" in done.out


def test_as_json(execgate, team):
    document = execgate("policy", "import", "team.yaml", "--format", "json").document
    assert PolicySet.parse(document["policy"]).agents == ("*",)
    assert len(document["notes"]) == 2
    assert (document["error"], document["report"]) == (None, None)
    team.write_text("budget: {sesion_limit: 1}")
    done = execgate("policy", "import", "team.yaml", "--format", "json", "--out", "x.policy")
    assert done.status == 1
    assert done.document["policy"] is None
    assert done.document["error"]["message"].startswith("team.yaml:1:10: unknown key `sesion_limit`")
    assert "did you mean `session_limit`?" in done.document["report"]


def test_mistakes_are_findings_and_nothing_is_written(execgate, folder, team):
    team.write_text("budget: {sesion_limit: 1}\nrules: 3\n")
    done = execgate("policy", "import", "team.yaml", "--out", "x.policy")
    assert (done.status, done.err) == (1, "")
    assert done.out == (
        "error: unknown key `sesion_limit` of the budget\n"
        " --> team.yaml:1:10\n"
        "  |\n"
        "1 | budget: {sesion_limit: 1}\n"
        "  |          ^^^^^^^^^^^^\n"
        "  = help: did you mean `session_limit`?\n"
        "\n"
        "error: `rules` takes a list of rules\n"
        " --> team.yaml:2:8\n"
        "  |\n"
        "2 | rules: 3\n"
        "  |        ^\n"
    )
    assert not (folder / "x.policy").exists()


def test_a_folder_that_is_not_there_is_made(execgate, folder, team):
    done = execgate("policy", "import", "team.yaml", "--out", "policies/payments.policy")
    assert (done.status, done.out) == (0, "")
    assert execgate("policy", "check").status == 0
    assert (folder / "policies" / "payments.policy").is_file()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["none.yaml"], "none.yaml: no such file or folder"),
        (["team.yaml", "--currency", "dollar"], "--currency: unknown currency `dollar`"),
        (["team.yaml", "--max-amount", "5"], "--max-amount: money without a currency"),
        (["team.yaml", "--out", "team.yaml/x.policy"], "team.yaml/x.policy: can't be written"),
        (["team.yaml", "--out", ""], "can't be written"),
        (["large.yaml"], "large.yaml: too large: at most 262,144 bytes are read"),
    ],
)
def test_what_can_not_be_used_is_an_error(execgate, folder, team, arguments, told):
    (folder / "large.yaml").write_text("#" * (1 << 19))
    done = execgate("policy", "import", *arguments)
    assert (done.status, done.out) == (2, "")
    assert told in done.err
