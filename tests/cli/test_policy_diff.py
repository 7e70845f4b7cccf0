"""`execgate policy diff`: what is newly permitted, what is newly denied, and what a review gates on."""

from __future__ import annotations

import pytest

OLD = """\
agent "a" {
  can "code_execution" with constraints {
    allowed_imports: ["os"]
    max_memory: 1_gigabyte
  }
}
"""
NEW = """\
agent "a" {
  can "code_execution" with constraints {
    allowed_imports: ["os", "sys*"]
    disallowed_imports: ["os.path"]
    max_memory: 1_gigabyte
  }
}
"""


@pytest.fixture
def two(folder):
    (folder / "old.policy").write_text(OLD)
    (folder / "new.policy").write_text(NEW)
    return folder


def test_each_difference_is_told_with_an_example_and_its_place(execgate, two):
    done = execgate("policy", "diff", "old.policy", "new.policy")
    assert (done.status, done.err) == (1, "")
    assert done.out == (
        "agent `a`\n"
        "  newly permitted\n"
        "    allowed_imports: imports sys\n"
        '      "sys*" is new in `allowed_imports` (new.policy:3:29)\n'
        "  newly denied\n"
        "    disallowed_imports: imports os.path\n"
        '      "os.path" is new in `disallowed_imports` (new.policy:4:26)\n'
        "\n"
        "wider: 1 agent compared: 1 newly permitted, 1 newly denied\n"
    )


def test_what_is_only_newly_denied_is_fine(execgate, two):
    (two / "new.policy").write_text(OLD.replace("1_gigabyte", "500_megabytes"))
    done = execgate("policy", "diff", "old.policy", "new.policy")
    assert (done.status, done.err) == (0, "")
    assert done.out == (
        "agent `a`\n"
        "  newly denied\n"
        "    max_memory: up to 1000000000_bytes\n"
        "      lowered from `1000000000_bytes` to `500000000_bytes` (new.policy:4:17)\n"
        "\n"
        "narrower: 1 agent compared: 0 newly permitted, 1 newly denied\n"
    )


def test_the_same_policy_says_so(execgate, two):
    done = execgate("policy", "diff", "old.policy", "old.policy")
    assert (done.status, done.err) == (0, "")
    assert done.out == "same: 1 agent compared: nothing is newly permitted or newly denied\n"


def test_a_new_agent_newly_permits_what_it_permits_and_an_empty_one_nothing(execgate, two):
    (two / "new.policy").write_text(OLD + 'agent "nobody" { }\nagent "b_*" { can "code_execution" }\n')
    done = execgate("policy", "diff", "old.policy", "new.policy")
    assert done.status == 1
    assert done.out.startswith(
        "agent `b_`, of `b_*`: new\n  newly permitted\n    code_execution: code that does nothing\n"
    )
    assert "nobody" not in done.out


def test_one_agent_alone_is_compared_where_it_is_named(execgate, two):
    (two / "new.policy").write_text(NEW + 'agent "b" { can "code_execution" }\n')
    assert execgate("policy", "diff", "old.policy", "new.policy", "--agent", "b").out.startswith(
        "agent `b`: new\n"
    )
    gone = execgate("policy", "diff", "new.policy", "old.policy", "--agent", "b")
    assert (gone.status, gone.out.splitlines()[0]) == (0, "agent `b`: gone")


def test_an_agent_that_neither_has_is_unusable(execgate, two):
    done = execgate("policy", "diff", "old.policy", "new.policy", "--agent", "nobody")
    assert (done.status, done.out) == (2, "")
    assert "no policy for agent `nobody`" in done.err


@pytest.mark.parametrize("path", ["", "gone.policy"])
def test_a_policy_that_cannot_be_used_is_unusable(execgate, two, path):
    done = execgate("policy", "diff", "old.policy", path)
    assert (done.status, done.out) == (2, "")
    done = execgate("policy", "diff", "old.policy", path, "--format", "json")
    assert done.status == 2
    assert done.document["agents"] == []
    assert done.document["error"]["message"]


def test_the_json_document_has_the_examples_as_operations(execgate, two):
    done = execgate("policy", "diff", "old.policy", "new.policy", "--format", "json")
    assert done.status == 1
    assert done.document["summary"] == {
        "agents": 1,
        "changed": 1,
        "newly_permitted": 1,
        "newly_denied": 1,
        "not_compared": 0,
    }
    (agent,) = done.document["agents"]
    (permitted,) = agent["newly_permitted"]
    assert permitted["example"] == {
        "action": "code_execution",
        "operations": [
            {"type": "module_import", "module": "sys", "via": "example", "resolved": True},
        ],
        "context": {},
    }
    assert (permitted["old"], permitted["new"], permitted["confirmed"]) == ("DENY", "ALLOW", True)
    (denied,) = agent["newly_denied"]
    assert (denied["constraint"], denied["old"], denied["new"]) == ("disallowed_imports", "ALLOW", "DENY")


def test_a_rule_whose_effect_cannot_be_shown_counts_as_permitting_more(execgate, two):
    rule = 'rule r on module_import { when via matches "odd.*.thing" deny "no" }\n'
    (two / "old.policy").write_text(OLD + rule)
    (two / "new.policy").write_text(OLD + rule.replace("thing", "thin*"))
    done = execgate("policy", "diff", "old.policy", "new.policy")
    assert done.status == 1
    assert "rule r: no example was found\n" in done.out


def test_a_list_that_is_too_intricate_is_told_and_counts_as_permitting_more(execgate, two):
    def policy(letters: str) -> str:
        entries = ", ".join(f'"*{one}*{other}*{one}*"' for one in letters for other in letters)
        return OLD.replace("max_memory: 1_gigabyte", f"allowed_environment: [{entries}]")

    (two / "old.policy").write_text(policy("abcdefgh"))
    (two / "new.policy").write_text(policy("ijklmnop"))
    done = execgate("policy", "diff", "old.policy", "new.policy")
    assert done.status == 1
    assert "allowed_environment" in done.out
