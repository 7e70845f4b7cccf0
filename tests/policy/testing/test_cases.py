"""Case files: what they say, and what is said of each mistake in them."""

from __future__ import annotations

import contextlib
import os
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execgate.errors import PolicyError
from execgate.model.money import Money
from execgate.model.operation import (
    OPERATION_TYPES,
    DatabaseOperation,
    FileOperation,
    NetworkCall,
    PaymentCall,
    ProcessSpawn,
    ToolCall,
)
from execgate.model.values import Hole, Template, Unknown
from execgate.model.verdict import Decision
from execgate.policy.language import text as texts
from execgate.policy.language.text import PolicyText
from execgate.policy.problems import Problems
from execgate.policy.testing import cases, values
from execgate.policy.testing.cases import CaseFile

HEAD = 'test "t" {\n  agent: "a"\n  expect: ALLOW\n'


def parsed(text: str, path: str = "team/x.policytest") -> CaseFile:
    return cases.parse(PolicyText("x.policytest", text), Problems(), Path(path))


def case(body: str):
    (found,) = parsed(f"{HEAD}{body}\n}}\n").cases
    return found


def mistakes(text: str) -> list[str]:
    """Return each mistake as its line, message and help."""
    problems = Problems()
    with pytest.raises(PolicyError):
        cases.parse(PolicyText("x.policytest", text), problems, Path("x.policytest"))
    return [
        f"{problem.clause.span.line if problem.clause else '-'}: {problem.message}"
        + (f" / {problem.help}" if problem.help else "")
        for problem in problems.found
    ]


def mistake(body: str) -> str:
    (found,) = mistakes(f"{HEAD}{body}\n}}\n")
    return found


OPERATION = 'operation: dynamic_code { kind: "eval" }'


# --- what is said -------------------------------------------------------------------------------------------


def test_code_stands_at_its_own_lines_of_the_file():
    found = case("  code: ```python\n    import os\n\n    if os:\n        print(1)\n  ```")
    assert found.source.text == "\n" * 4 + "import os\n\nif os:\n    print(1)\n"
    assert (found.source.language, found.source.path) == ("python", "team/x.policytest")
    assert (found.agent, found.decision, found.name) == ("a", Decision.ALLOW, "t")


def test_code_is_in_the_language_that_its_fence_names():
    for word, language in (("", "python"), ("py", "python"), ("sh", "sh"), ("shell", "sh"), ("bash", "bash")):
        assert case(f"code: ```{word}\nls\n```").source.language == language
    fenced = case("code: ````sh\necho '```'\n```\n````")
    assert fenced.source.text.strip() == "echo '```'\n```"
    assert case("code: ```sh\r\nls\r\n```").source.text.strip("\n") == "ls"


def test_a_file_of_code_lies_beside_the_cases(tmp_path):
    (tmp_path / "job.py").write_text("import os\n")
    (tmp_path / "job.sh").write_text("ls\n")
    for name, language in (("job.py", "python"), ("job.sh", "sh")):
        (found,) = parsed(f'{HEAD}code_file: "{name}" }}', str(tmp_path / "x.policytest")).cases
        assert (found.source.language, found.source.path) == (language, str(tmp_path / name))


def test_operations_are_made_of_their_fields():
    found = case(
        """
        operation: file_operation { operation: "read", paths: ["/x", unknown "why", template "/d/{number}.csv"], recursive: true }
        operation: { "type": "network_call", "destination": null, "port": 80, "via": "socket.bind", "resolved": true,
                     "location": {"line": 1, "column": 0, "end_line": 1, "end_column": 2} }
        operation: network_call { destination: template "{word}.{any}" port: unknown "read" }
        operation: network_call { destination: "x" port: null scheme: null }
        operation: process_spawn { command: ["git", "pull"] }
        operation: process_spawn { command: "ls | wc" shell: true }
        operation: process_spawn { programs: ["ls"] }
        operation: process_spawn {}
        operation: database_operation { operation: "select" }
        operation: payment_call { provider: "stripe" operation: "charge" amount: "1.00" }
        """
    )
    place = {"location": found.operations[0].location}
    read, listen, reach, plain, git, text, ls, nothing, select, pay = found.operations
    assert read == FileOperation(
        operation="read",
        paths=("/x", Unknown("why"), Template(("/d/", Hole.NUMBER, ".csv"))),
        recursive=True,
        via="file_operation",
        **place,
    )
    assert (listen.destination, listen.port, listen.via) == (None, 80, "socket.bind")
    assert reach.destination == Template((Hole.WORD, ".", Hole.ANY))
    assert isinstance(reach, NetworkCall)
    assert reach.port == Unknown("read")
    assert (plain.port, plain.scheme) == (None, None)
    assert (git.programs, git.shell) == (("git",), False)
    assert text.programs == (Unknown("the case names no `programs`"),)
    assert (ls.command, ls.programs) == (("ls",), ("ls",))
    assert isinstance(nothing, ProcessSpawn)
    assert isinstance(nothing.command, Unknown)
    assert isinstance(select, DatabaseOperation)
    assert select.tables == ()
    assert isinstance(pay, PaymentCall)
    assert (pay.amount, pay.currency) == ("1.00", None)
    assert [operation.location.line for operation in found.operations[:2]] == [5, 6]


def test_every_field_of_every_operation_has_a_reader():
    from dataclasses import fields

    kinds = [kind for kind in OPERATION_TYPES if kind is not ToolCall]
    assert set(values.KINDS.values()) == set(kinds)
    annotations = {str(field.type) for kind in kinds for field in fields(kind) if field.name != "location"}
    assert annotations == set(values._READERS)


def test_a_tool_is_called_or_proposed_with_arguments():
    (call,) = case(
        'tool: "pay" { amount: 12.5, to: "x", days: [1, -2], deep: { yes: true, no: null } }'
    ).tool.operations
    assert (call.stage, call.tool) == ("execute", "pay")
    assert call.arguments_json == '{"amount":12.5,"days":[1,-2],"deep":{"no":null,"yes":true},"to":"x"}'
    (proposed,) = case('tool: propose "pay"').tool.operations
    assert (proposed.stage, proposed.arguments_json) == ("propose", "{}")


def test_a_context_is_read_field_by_field():
    context = case(
        OPERATION
        + """
        context: {
          suggester: "b", group: "team", turn: 3, phase: COMMIT, time: "2026-03-02T10:00:00+01:00"
          cost: 0.60_usd, customer: "cus_1", budget_ratio: 75%, spend_velocity: 2
          spent: { session: 1_000.50_usd, day: [1_eur, "2.00 USD"], agent: { amounts: { usd: "3" }, payments: 4 } }
        }
        """
    ).context
    assert (context.suggester, context.group, context.turn, context.phase) == ("b", "team", 3, "COMMIT")
    assert context.time.isoformat() == "2026-03-02T10:00:00+01:00"
    assert context.cost == Money(Decimal("0.60"), "USD")
    assert (context.customer, context.budget_ratio, context.spend_velocity) == ("cus_1", Decimal("0.75"), 2)
    assert context.spent["session"].amount("USD") == Decimal("1000.50")
    assert context.spent["day"].amount("EUR") == 1
    assert context.spent["agent"].payments == 4
    for text, ratio in (("7.5_percent", "0.075"), ("150%", "1.50"), ("0.9", "0.9")):
        assert case(f"{OPERATION} context: {{ budget_ratio: {text} }}").context.budget_ratio == Decimal(ratio)


def test_an_expectation_names_clauses_and_entries_in_any_spelling():
    (found,) = parsed(
        f"""
        test "t" {{
          agent: "a", {OPERATION},
          expect: DENY by allowed_hosts "API.example.com.", rule spending, delegation,
          warns: rule look_twice, warn_at
        }}
        """
    ).cases
    assert [(one.constraint, one.entries) for one in found.by] == [
        ("allowed_hosts", ("api.example.com",)),
        ("rule spending", ()),
        ("delegation", ()),
    ]
    assert [str(one) for one in found.by] == [
        'allowed_hosts "api.example.com"',
        "rule spending",
        "delegation",
    ]
    assert [one.constraint for one in found.warns] == ["rule look_twice", "warn_at"]
    assert case(f"{OPERATION} warns: none").warns == ()
    assert case(OPERATION).warns is None


def test_a_file_is_about_its_folder_or_the_policy_that_it_names():
    assert parsed(f"{HEAD}{OPERATION}}}").policy == Path("team")
    assert parsed(f'policy: "../b.policy"\n{HEAD}{OPERATION}}}').policy == Path("team/../b.policy")


def test_comments_stand_anywhere():
    assert parsed(f"// a\n# b\n/* c\n */ {HEAD} /**/ {OPERATION} // d\n}}").cases


# --- mistakes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            "",
            "1: a test needs something to judge / it has one of `code`, `code_file`, `tool`, or any number of `operation`",
        ),
        (
            f'{OPERATION} tool: "x"',
            "1: a test with operation and tool / it has one of `code`, `code_file`, `tool`, or any number of `operation`",
        ),
        ("agnt: 1", "4: a test has no field `agnt` / did you mean `agent`?"),
        (f'agent: "b" {OPERATION}', "4: `agent` a second time in one test"),
        ("agent: b", '4: expected a string, got `b` / write it in quotes: "b"'),
        ("agent: 3", "4: expected a string, got `3`"),
        ('agent "b"', "4: expected `:`, got `b`"),
        ("3: 4", "4: expected a field, got `3` / a field is `name: value`"),
        (
            "code: import os",
            "4: expected a block of code, got `import` / write ```python, the code on lines of its own, and ```; or name a file with `code_file`",
        ),
        (
            "code: ```ruby\nx\n```",
            "4: code in the language `ruby` can't be judged / there are: `python`, `sh`, `bash`",
        ),
        ("code: ```sh\n\\\n```\nagent: ```\nx\n```", "7: expected a string, got a block of code"),
        (
            'code_file: "gone.py"',
            "4: the file can't be read: no such file or directory / a relative path starts at the file of cases",
        ),
        (
            'code_file: "a\\u0000b"',
            "4: the file can't be read: no such file / a relative path starts at the file of cases",
        ),
        ("operation: net_call {}", "4: unknown type of operation `net_call` / did you mean `network_call`?"),
        ("operation: {}", "4: an operation without its type / as in `operation: network_call { ... }`"),
        (
            "operation: network_call {}",
            '4: a network_call needs `destination` / as in `destination: "..."`, or `unknown "why"`',
        ),
        (
            "operation: package_install {}",
            '4: a package_install needs `packages` / as in `packages: ["..."]`, or `unknown "why"`',
        ),
        (
            "operation: dynamic_code {}",
            '4: a dynamic_code needs `kind` / one of "eval", "exec", "compile", "attribute", "import", "namespace", "introspection"',
        ),
        (
            'operation: dynamic_code { kind: "evil" }',
            '4: unknown kind of a dynamic_code: "evil" / did you mean "eval"?',
        ),
        ("operation: dynamic_code { kind: eval }", "4: `kind` takes a string, got `eval`"),
        (
            'operation: dynamic_code { kind: "eval" knd: 1 }',
            "4: a dynamic_code has no field `knd` / did you mean `kind`?",
        ),
        ('operation: dynamic_code { kind: "eval" kind: "exec" }', "4: `kind` a second time"),
        ("operation: dynamic_code 3", "4: expected `{`, got `3`"),
        (
            "operation: network_call { destination: 3 }",
            '4: `destination` takes a string, got `3` / a string, `unknown "why"`, or `template "/data/{number}.csv"`',
        ),
        (
            "operation: network_call { destination: {} }",
            '4: `destination` takes a string, got a block / a string, `unknown "why"`, or `template "/data/{number}.csv"`',
        ),
        (
            'operation: network_call { destination: template "x" }',
            "4: `destination` has a template without a hole / write the string alone, or a hole such as `{number}`",
        ),
        (
            'operation: network_call { destination: template "{numbr}" }',
            "4: `destination` has an unknown hole `{numbr}` / did you mean `{number}`?",
        ),
        (
            'operation: network_call { destination: template "{zzz}" }',
            "4: `destination` has an unknown hole `{zzz}` / the holes are `{number}`, `{word}` and `{any}`",
        ),
        (
            "operation: network_call { destination: unknown }",
            "4: expected a string behind `unknown`, got `}`",
        ),
        (
            'operation: network_call { destination: "x" port: "80" }',
            '4: `port` takes a whole number, got the string "80"',
        ),
        (
            'operation: network_call { destination: "x" port: [] }',
            "4: `port` takes a whole number, got a list",
        ),
        (
            'operation: package_install { packages: "x" }',
            '4: `packages` takes a list, got the string "x" / write it in brackets',
        ),
        (
            'operation: process_spawn { command: "x" shell: yes }',
            "4: `shell` is `true` or `false`, got `yes`",
        ),
        ("operation: package_install { packages: [ }", "4: expected a value, got `}`"),
        ('tool: "x" { a: ' + "[" * 50 + " }", "4: more than 40 blocks and lists within each other"),
        (
            'tool: buy "x" {}',
            "4: a tool is proposed or executed, got `buy` / the words are: `propose`, `execute`",
        ),
        ("tool: propose", "5: expected the tool's name, got `}`"),
        (
            'tool: "x" { a: 3_apples_usd }',
            "4: `3_apples_usd` is no number / as in `3`, `0.5`, `9.50_usd` or `75%`",
        ),
        ('tool: "x" { a: unknown "y" }', "4: `unknown` stands for a value of an operation alone"),
        (
            f"{OPERATION} context: {{ phse: COMMIT }}",
            "4: a context has no field `phse` / did you mean `phase`?",
        ),
        (f"{OPERATION} context: {{ turn: -1 }}", "4: turn is a whole number from 0, got -1"),
        (f"{OPERATION} context: {{ cost: 3 }}", "4: cost: expected a text, got int"),
        (
            f"{OPERATION} context: {{ cost: 3_x_y }}",
            "4: `3_x_y` is no number / as in `3`, `0.5`, `9.50_usd` or `75%`",
        ),
        (
            f"{OPERATION} warns: 3",
            "4: expected the clause that decides, got `3` / name a constraint, as in `allowed_hosts`, or a rule, as in `rule spending`",
        ),
        (f"{OPERATION} warns: rule", "5: expected the name of the rule, got `}`"),
        (
            f"{OPERATION} warns: alowed_hosts",
            "4: no clause is called `alowed_hosts` / did you mean `allowed_hosts`?",
        ),
        (f'{OPERATION} warns: max_memory "x"', "4: `max_memory` has no entries"),
        (f'{OPERATION} warns: allowed_hosts "a/b"', '4: a host has no path: `/`: a/b / write "a"'),
        (
            "code: ```python import os ```",
            "4: code starts on the line behind the backticks and the name of its language / write ```python, the code on lines of its own, and ``` on the last",
        ),
        (
            f'{OPERATION} context: {{ phase: "\\q" }}',
            '4: unknown escape in "\\q" / write a backslash as \\\\; the escapes are \\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX',
        ),
        (
            f'{OPERATION} context: {{ phase: "\\ud800" }}',
            '4: lone surrogate in "\\ud800" / write the character itself',
        ),
        (
            f'{OPERATION} context: {{ phase: "\u200b" }}',
            '4: a character that does not show in "\\u{200b}" / write it as an escape, such as "\\u200b"',
        ),
    ],
)
def test_a_mistake_is_said_at_its_place(body, said):
    assert mistakes(f"{HEAD}{body}\n}}\n")[0] == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", '-: no cases / write `test "what it shows" { agent: "..." code: ... expect: ALLOW }`'),
        (
            "tset",
            '1: expected `test`, got `tset` / a case is `test "what it shows" { agent: "..." code: ... expect: ALLOW }`',
        ),
        ("test x {", '1: expected the name of the test, got `x` / write it in quotes: "x"'),
        ('test "x"', "1: expected `{`, got the end of the file"),
        ('test "x" {', "1: a test without an end / close it with `}`"),
        ('test "x" { context: {', "1: a block without an end / close it with `}`"),
        ('test "x" { context: { a: [1', "1: a list without an end / close it with `]`"),
        (
            f'test "x" {{ {OPERATION} expect: ALLOW }}',
            '1: a test needs `agent` / name the agent that executes: `agent: "analyst"`',
        ),
        (
            f'test "x" {{ {OPERATION} agent: "a" }}',
            "1: a test needs `expect` / `expect: ALLOW`, `expect: DENY` or `expect: ESCALATE`, and perhaps `by` which clause",
        ),
        (
            f'test "x" {{ {OPERATION} agent: "a" expect: allow }}',
            "1: unknown verdict `allow` / did you mean `ALLOW`?",
        ),
        (
            f'test "x" {{ {OPERATION} agent: "a" expect: OK }}',
            "1: unknown verdict `OK` / `ALLOW`, `DENY` or `ESCALATE`",
        ),
        (
            f'test "x" {{ {OPERATION} agent: "a" expect: "ALLOW" }}',
            "1: expected a verdict, got `ALLOW` / `ALLOW`, `DENY` or `ESCALATE`",
        ),
        (
            'policy: "a"\npolicy: "b"\n' + HEAD + OPERATION + "}",
            "2: a second `policy` / a file of cases is about one",
        ),
        ('test "x', '1: a string without an end / close it with `"` on the same line'),
        ("/* x", "1: a comment without an end / close it with `*/`"),
        ("???", "1: `???` means nothing here"),
        ('test "x" { code: ```python\nx', "1: code without an end / close it with ``` on a line of its own"),
        (
            "code: ```python",
            "1: code starts on the line behind the backticks and the name of its language / write ```python, the code on lines of its own, and ``` on the last",
        ),
    ],
)
def test_a_mistake_in_the_form_is_said_at_its_place(text, said):
    assert mistakes(text)[0] == said


def test_every_mistake_of_a_file_is_said_and_reading_goes_on_at_the_next_test():
    text = f"""
        test "one" {{ agent: 3 }}
        test "two" {{ agent: "a" {OPERATION} expect: ALLOW }}
        test "two" {{ agent: "a" operation: net {{}} context: {{ x: 1, y: 2 }} expect: NO }}
        what
        test "three" {{ {OPERATION} expect: ALLOW agnt: 1 }}
        test "four" {{ agent: "a" {OPERATION} expect: MAYBE }}
        """
    assert [said.partition(" / ")[0] for said in mistakes(text)] == [
        "2: expected a string, got `3`",
        "5: expected `test`, got `what`",
        "6: a test has no field `agnt`",
        "4: a test `two` a second time",
        "4: a context has no field `x`",
        "4: a context has no field `y`",
        "4: unknown type of operation `net`",
        "4: unknown verdict `NO`",
        "7: unknown verdict `MAYBE`",
    ]


def test_code_that_no_source_can_hold_is_a_mistake(tmp_path):
    (tmp_path / "big.py").write_bytes(b"\xff")
    path = tmp_path / "x.policytest"
    with pytest.raises(PolicyError, match="not UTF-8: byte 0xff on line 1"):
        parsed(f'{HEAD}code_file: "big.py" }}', str(path))
    with pytest.raises(PolicyError) as caught:
        parsed(f'{HEAD}code_file: "bag.py" }}', str(path))
    assert caught.value.help == "did you mean `big.py`?"
    with pytest.raises(PolicyError):
        parsed(f'{HEAD}code_file: "gone/bag.py" }}', str(path))
    os.mkfifo(tmp_path / "pipe.py")
    with pytest.raises(PolicyError, match="the file can't be read: not a regular file"):
        parsed(f'{HEAD}code_file: "pipe.py" }}', str(path))


# --- files --------------------------------------------------------------------------------------------------


def test_cases_are_found_below_a_folder_and_beside_a_policy(tmp_path):
    for name in ("a.policytest", "sub/b.policytest", ".hidden/c.policytest", "sub/.d.policytest", "x.policy"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    assert cases.find(tmp_path) == [tmp_path / "a.policytest", tmp_path / "sub" / "b.policytest"]
    assert cases.find(tmp_path / "x.policy") == [tmp_path / "a.policytest"]
    assert cases.find(tmp_path / "other") == [tmp_path / "other"]


def test_a_file_is_loaded_or_refused_as_a_whole(tmp_path):
    path = tmp_path / "x.policytest"
    path.write_text(f"{HEAD}{OPERATION}}}")
    assert [one.name for one in cases.load(path).cases] == ["t"]
    path.write_bytes(b"\xff")
    with pytest.raises(PolicyError, match="not UTF-8"):
        cases.load(path)
    path.write_bytes(b"x" * ((1 << 20) + 1))
    with pytest.raises(PolicyError, match="too large"):
        cases.load(path)
    with pytest.raises(PolicyError, match="no such file or directory"):
        cases.load(tmp_path / "gone")


# --- laws ---------------------------------------------------------------------------------------------------

PIECES = [
    "test", '"t"', "{", "}", "[", "]", ":", ",", "agent", '"a"', "expect", "ALLOW", "DENY", "by", "rule", "x",
    "operation", "network_call", "destination", "unknown", "template", '"{word}"', "context", "spent", "9.50_usd",
    "75%", "-3", "1e5", "true", "null", "tool", "propose", "warns", "none", "code", "code_file", "policy",
    "```python\nx\n```\n", "```", "/*", "*/", "//", "\n", '"', "\\", "\u202e", "\r", "\0", "\u65e5", "allowed_hosts",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=40).map(" ".join))
def test_no_text_defeats_the_reader(text):
    problems = Problems()
    policy = texts.check(text, "x.policytest", problems)
    if policy is None:
        return
    with contextlib.suppress(PolicyError):
        assert cases.parse(policy, problems, Path("x.policytest")).cases
        return
    assert problems.found


def test_a_pipe_and_a_device_are_no_cases(tmp_path) -> None:
    os.mkfifo(tmp_path / "x.policytest")
    for path in (tmp_path / "x.policytest", Path("/dev/zero")):
        with pytest.raises(PolicyError, match="not a regular file"):
            cases.load(path)
