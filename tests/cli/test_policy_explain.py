"""`execgate policy explain`: every clause with what it said, and the change that turns the verdict round."""

from __future__ import annotations

import pytest

POLICY = """\
agent "base" {
  can "code_execution" with constraints {
    allowed_imports: ["json"]
    disallowed_imports: ["os"]
    allowed_file_operations: ["read"]
    allowed_file_paths: ["/data/*"]
  }
}
agent "analyst_*" extends "base" {
  can "code_execution" with constraints {
    override allowed_imports: ["json", "math"] because "figures"
  }
}
agent "careful" extends "base" {
  delegation: intersect
}
"""
CODE = 'import json\nopen("/data/x", "w")\nopen("/data/x", "w")\n'


@pytest.fixture
def files(folder):
    (folder / "p.policy").write_text(POLICY)
    (folder / "job.py").write_text(CODE)
    (folder / "fine.py").write_text("import json\n")
    return folder


def explained(execgate, *arguments, agent="base", **more):
    return execgate("policy", "explain", *arguments, "--agent", agent, "--policy", "p.policy", **more)


def test_a_denial_shows_both_places_every_clause_and_the_change(execgate, files):
    done = explained(execgate, "job.py")
    assert (done.status, done.err) == (1, "")
    assert done.out == (
        "deny[file_operation]: agent `base` may not write files: `allowed_file_operations` does not cover it\n"
        " --> job.py:2:1\n"
        "  |\n"
        '2 | open("/data/x", "w")\n'
        "  | ^^^^^^^^^^^^^^^^^^^^ writes /data/x\n"
        " --> p.policy:5:30\n"
        "  |\n"
        '5 |     allowed_file_operations: ["read"]\n'
        "  |                              ^^^^^^^^ does not cover it\n"
        "  = silent   allowed_file_operations       p.policy:5:30\n"
        '  = permits  allowed_file_paths "/data/*"  p.policy:6:26\n'
        "  = also at 3:1\n"
        "\n"
        'allow[module_import]: 1:1: imports json: allowed_imports "json" (p.policy:3:23)\n'
        "\n"
        "deny: job.py: agent `base` may not run it (3 operations, 2 findings)\n"
        "\n"
        "to allow it, change the policy:\n"
        '  add "write" to allowed_file_operations (p.policy:5:30)\n'
    )


def test_what_is_allowed_has_a_line_each_and_is_shown_whole_when_asked_for(execgate, files):
    done = explained(execgate, "-", stdin=b"import json\n")
    assert (done.status, done.err) == (0, "")
    assert done.out == (
        'allow[module_import]: 1:1: imports json: allowed_imports "json" (p.policy:3:23)\n'
        "\n"
        "allow: -: agent `base` may run it (1 operation, 0 findings)\n"
        "\n"
        "to deny it, change the policy:\n"
        '  remove "json" from allowed_imports (p.policy:3:23)\n'
    )
    whole = explained(execgate, "fine.py", "--all").out
    assert whole.startswith(
        "allow[module_import]: imports json\n"
        " --> fine.py:1:1\n"
        "  |\n"
        "1 | import json\n"
        "  | ^^^^^^^^^^^\n"
        '  = permits  allowed_imports "json"  p.policy:3:23\n'
        "  = silent   disallowed_imports      p.policy:4:25\n"
    )


def test_the_block_and_what_it_widens_are_told(execgate, files):
    out = explained(execgate, "fine.py", agent="analyst_7").out
    assert "  policy: the block `analyst_*` is the one that fits best\n" in out
    assert "  override: allowed_imports is wider than in `base`: figures (p.policy:11:" in out


def test_the_suggester_is_told_where_its_policy_decides_too(execgate, files):
    out = explained(execgate, "fine.py", "--suggester", "analyst_7", agent="careful").out
    assert "  delegation: it has to be allowed to the suggester `analyst_7` too\n" in out
    assert 'remove "json" from allowed_imports' in out
    alone = explained(execgate, "fine.py", agent="careful")
    assert alone.status == 1
    assert alone.out.startswith("deny[delegation]: agent `careful` may not act for another")
    assert "or change the policy:\n  remove delegation (p.policy:15:3)\n" in alone.out
    assert "to allow it, tell what is known around it, such as:\n  suggester: base\n" in alone.out


def test_a_gap_is_for_the_code_to_mend(execgate, files):
    (files / "gap.py").write_text("import os\nimport json\ngetattr(json, input())()\n")
    out = explained(execgate, "gap.py").out
    head, _, tail = out.partition("\nto allow it, change the code:\n")
    assert head
    assert "  3:1: " in tail
    assert "and, for the rest, the policy:\n" in tail
    (files / "broken.py").write_text("def (\n")
    broken = explained(execgate, "broken.py")
    assert broken.status == 1
    assert broken.out.startswith("deny[syntax]: ")
    assert "to allow it, change the code:\n  1:5: " in broken.out


def test_of_many_operations_those_behind_a_dozen_have_a_line_each(execgate, files):
    (files / "many.py").write_text("".join(f"import m{number}\n" for number in range(20)))
    out = explained(execgate, "many.py").out
    assert out.count(" --> many.py") == 12
    assert "deny[module_import]: 20:1: imports m19: allowed_imports\n" in out
    assert explained(execgate, "many.py", "--all").out.count(" --> many.py") == 20


def test_the_document_holds_what_the_text_tells(execgate, files):
    done = explained(execgate, "job.py", "--format", "json")
    assert done.status == 1
    (result,) = done.document["results"]
    assert (result["path"], result["verdict"], result["policy_block"]) == ("job.py", "DENY", "base")
    assert result["overrides"] == []
    assert [one["verdict"] for one in result["operations"]] == ["ALLOW", "DENY", "DENY"]
    said = result["operations"][0]["opinions"][0]
    assert (said["constraint"], said["entry"], said["says"]) == ("allowed_imports", "json", "permits")
    assert result["change"]["to"] == "ALLOW"
    assert [edit["text"] for edit in result["change"]["policy"]] == ['add "write" to allowed_file_operations']
    assert "time" in result["context"]


def test_what_can_not_be_used_is_said_in_both_forms(execgate, files):
    gone = explained(execgate, "gone.py")
    assert (gone.status, gone.out) == (2, "")
    assert gone.err.startswith("execgate: error: gone.py: no such file or folder\n")
    nobody = explained(execgate, "job.py", "--format", "json", agent="bsae")
    assert nobody.status == 2
    assert nobody.document["results"] == []
    assert nobody.document["error"]["help"] == "did you mean `base`?"
    (files / "latin.py").write_bytes(b"\xff")
    assert explained(execgate, "latin.py").status == 2


def test_hostile_text_is_shown_escaped(execgate, files):
    (files / "bidi.py").write_text('open("/x\u202e\x1b[31m")\n')
    out = explained(execgate, "bidi.py").out
    assert "\u202e" not in out
    assert "\x1b" not in out


def test_no_rule_goes_where_another_phase_is_enough(execgate, files):
    (files / "p.policy").write_text(
        """rule r on all { when phase != COMMIT or suggester != "z" deny "not now" }
agent "base" { can "code_execution" with constraints { allowed_imports: ["json"] } }
agent "z" { }
"""
    )
    out = explained(execgate, "fine.py", "--phase", "EXPLORE", "--suggester", "base").out
    _, _, told = out.partition("\nto allow it, judge it in another context:\n")
    assert told == (
        "  suggester: z\n  phase: COMMIT\nor change the policy:\n  remove rule r (p.policy:1:1)\n"
    )


TOOLS = """agent "base" { can "tool" with constraints { allowed_executed_tools: ["send"] }
  rule r on tool { when args.to != "x" deny "to x alone" } }
"""


def test_a_call_of_a_tool_is_explained(execgate, files):
    (files / "p.policy").write_text(TOOLS)
    denied = explained(execgate, "--tool", "send", "--arguments", '{"to": "y\\u202e"}')
    assert (denied.status, denied.err) == (1, "")
    assert denied.out.startswith(
        "deny[tool_call]: agent `base` may not execute the tool `send`: to x alone\n --> tool send:1:1\n"
    )
    assert "\u202e" not in denied.out
    assert denied.out.endswith("to allow it, change the policy:\n  remove rule r (p.policy:2:3)\n")
    allowed = explained(execgate, "--tool", "send", "--arguments", '{"to": "x"}', "--format", "json")
    assert allowed.status == 0
    (result,) = allowed.document["results"]
    assert (result["path"], result["verdict"]) == ("tool send", "ALLOW")
    assert [one["operation"]["arguments"] for one in result["operations"]] == [{"to": "x"}]
    proposed = explained(execgate, "--tool", "send", "--stage", "propose")
    assert "allowed_proposed_tools" in proposed.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "there is nothing to explain"),
        (("job.py", "--tool", "send"), "a program and a tool"),
        (("job.py", "--arguments", "{}"), "--arguments is of a tool"),
        (("job.py", "--stage", "execute"), "--stage is of a tool"),
        (("--tool", "send", "--arguments", "[]"), "--arguments: expected an object, got a list"),
        (("--tool", "send", "--arguments", "{"), "--arguments: not JSON: "),
        (("--tool", "send", "--arguments", '{"a": NaN}'), "--arguments: not JSON: NaN is no number of JSON"),
        (("--tool", "send", "--arguments", "[" * 100_000), "--arguments: not JSON: "),
        (("--tool", ""), "no call of a tool: a tool has a name"),
    ],
)
def test_what_is_no_call_of_a_tool_is_said(execgate, files, arguments, message):
    done = explained(execgate, *arguments)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(f"execgate: error: {message}")
    told = explained(execgate, *arguments, "--format", "json")
    assert told.status == 2
    assert told.document["error"]["message"].startswith(message)
