"""Each construct of the language with a slip in it: one report, at its place, that says what to write."""

from __future__ import annotations

import pytest

from execgate.policy.language import syntax
from execgate.policy.language.text import PolicyText
from execgate.policy.problems import Problem, Problems


def slips(text: str) -> list[Problem]:
    problems = Problems()
    syntax.Parser(problems).parse(PolicyText("a.policy", text))
    return problems.found


@pytest.mark.parametrize(
    ("text", "place", "message", "help_"),
    [
        (
            'rule x {\n when phase && cost == 1 deny "m"\n}',
            "2:13",
            "unexpected characters `&&`",
            "write `and`",
        ),
        ('rule x {\n when !phase || has x deny "m"\n}', "2:7", "unexpected character `!`", "write `not`"),
        (
            'rule x {\n when phase = COMMIT deny "m"\n}',
            "2:13",
            "expected a comparison, an action, `and` or `or`, got `=`",
            "write `==`",
        ),
        (
            'rule x {\n when cost => 1 deny "m"\n}',
            "2:12",
            "expected a comparison, an action, `and` or `or`, got `=>`",
            "write `>=`",
        ),
        (
            'rule x {\n when cost <> 1 deny "m"\n}',
            "2:12",
            "expected a comparison, got `<>`",
            "write `!=`",
        ),
        (
            'rule x {\n when phase == COMMIT AND cost > 1 deny "m"\n}',
            "2:23",
            "expected an action, `and` or `or`, got `AND`",
            "write `and`",
        ),
        ('rule x {\n when NOT phase deny "m"\n}', "2:7", "expected a condition, got `NOT`", "write `not`"),
        (
            'rule x {\n deny "m"\n}',
            "2:2",
            "expected `when`, got `deny`",
            'a rule is `rule name { when condition deny "message" }`',
        ),
        (
            'rule x {\n phase == COMMIT\n deny "m"\n}',
            "2:2",
            "expected `when`, got `phase`",
            'a rule is `rule name { when condition deny "message" }`',
        ),
        (
            "rule x {\n when phase == COMMIT\n}",
            "3:1",
            "expected an action, `and` or `or`, got `}`",
            'a rule ends with `deny "message"`, `escalate "message"`, `warn "message"` or `restrict "message"`',
        ),
        (
            "rule x {\n when phase == COMMIT\n deny\n}",
            "4:1",
            "expected a string in double quotes, got `}`",
            None,
        ),
        ('rule x {\n when phase ==\n deny "m"\n}', "3:2", "expected a value, got `deny`", None),
        (
            'rule x {\n when (phase == COMMIT\n deny "m"\n}',
            "3:2",
            "expected `)`, got `deny`",
            "close it with `)`",
        ),
        (
            'rule x {\n when phase == COMMIT)\n deny "m"\n}',
            "2:22",
            "expected an action, got `)`",
            'a rule ends with `deny "message"`, `escalate "message"`, `warn "message"` or `restrict "message"`',
        ),
        (
            'rule x {\n when phase COMMIT\n deny "m"\n}',
            "2:13",
            "expected a comparison, an action, `and` or `or`, got `COMMIT`",
            "compare with `==`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `not in` or `matches`, and join with `and` or `or`",
        ),
        (
            'rule x {\n when a in ["x", "y"\n deny "m"\n}',
            "3:2",
            "expected `,` or `]`, got `deny`",
            "entries of a list stand apart with `,`, and `]` closes it",
        ),
        (
            'rule x {\n when phase is COMMIT\n deny "m"\n}',
            "2:13",
            "expected a comparison, an action, `and` or `or`, got `is`",
            "write `==`",
        ),
        (
            'rule "x" {\n when phase == COMMIT\n deny "m"\n}',
            "1:6",
            'expected a name, got `"x"`',
            "a name stands without quotes",
        ),
        ('rule {\n when phase == COMMIT\n deny "m"\n}', "1:6", "expected a name, got `{`", None),
        (
            'rule x {\n when phase == COMMIT\n DENY "m"\n}',
            "3:2",
            "expected an action, `and` or `or`, got `DENY`",
            "write `deny`",
        ),
        (
            'rule x {\n when phase == COMMIT\n block "m"\n}',
            "3:2",
            "expected an action, `and` or `or`, got `block`",
            'a rule ends with `deny "message"`, `escalate "message"`, `warn "message"` or `restrict "message"`',
        ),
        (
            'rule x {\n if phase == COMMIT\n deny "m"\n}',
            "2:2",
            "expected `when`, got `if`",
            'a rule is `rule name { when condition deny "message" }`',
        ),
        (
            'rule x {\n when phase == COMMIT {\n deny "m"\n}',
            "2:23",
            "expected an action, `and` or `or`, got `{`",
            'a rule ends with `deny "message"`, `escalate "message"`, `warn "message"` or `restrict "message"`',
        ),
        (
            'rule x {\n when phase == COMMIT: deny "m"\n}',
            "2:22",
            "expected an action, `and` or `or`, got `:`",
            "remove the `:`",
        ),
        (
            'rule x on payment tool {\n when phase == COMMIT deny "m"\n}',
            "1:19",
            "expected `,` or `{`, got `tool`",
            "a block starts with `{`",
        ),
        (
            'rule x on "payment" {\n when phase == COMMIT deny "m"\n}',
            "1:11",
            'expected a name, got `"payment"`',
            "a name stands without quotes",
        ),
        (
            'rule x { when phase == COMMIT deny "m" escalate "n" }',
            "1:40",
            "expected `}`, got `escalate`",
            None,
        ),
        (
            "rule x { when phase == COMMIT deny COMMIT }",
            "1:36",
            "expected a string in double quotes, got `COMMIT`",
            'write it in quotes: "COMMIT"',
        ),
        (
            'rule x { when cost > 1 and deny "m" }',
            "1:28",
            "expected a condition, got `deny`",
            "a condition compares: `phase != COMMIT`, `cost > 1.00_usd`, `has customer`",
        ),
        (
            'rule x { when and cost > 1 deny "m" }',
            "1:15",
            "expected a condition, got `and`",
            "a condition compares: `phase != COMMIT`, `cost > 1.00_usd`, `has customer`",
        ),
        ('rule x { when a not b deny "m" }', "1:21", "expected `in`, got `b`", "write `not in`"),
        (
            'rule x { when a == == b deny "m" }',
            "1:20",
            "expected a value, got `==`",
            "compare with `==`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `not in` or `matches`; unequal is `!=`",
        ),
        (
            'rule x { when not deny "m" }',
            "1:19",
            "expected a condition, got `deny`",
            "a condition compares: `phase != COMMIT`, `cost > 1.00_usd`, `has customer`",
        ),
        (
            'rule x { when has deny "m" }',
            "1:19",
            "expected a name, got `deny`",
            "`deny` is a word of the language: take another name",
        ),
        ('rule x { when a. == 1 deny "m" }', "1:18", "expected a name, got `==`", None),
        (
            'rule x { when a matches b deny "m" }',
            "1:25",
            "expected a string in double quotes, got `b`",
            'write it in quotes: "b"',
        ),
        ('let x = "a"', "1:9", 'expected `[`, got `"a"`', 'a set is `let name = ["entry", ...]`'),
        ('let x: ["a"]', "1:6", "expected `=`, got `:`", 'write `=`, a set is `let name = ["entry", ...]`'),
        ('let x ["a"]', "1:7", "expected `=`, got `[`", 'a set is `let name = ["entry", ...]`'),
        ('let = ["a"]', "1:5", "expected a name, got `=`", None),
        ('let "x" = ["a"]', "1:5", 'expected a name, got `"x"`', "a name stands without quotes"),
        (
            'let x := ["a"]',
            "1:7",
            "expected `=`, got `:=`",
            'write `=`, a set is `let name = ["entry", ...]`',
        ),
        ('let x = ["a"', "1:12", "the text ends too early: expected `,` or `]`", "close the list with `]`"),
        (
            "let x = []]",
            "1:11",
            "expected `agent`, `let`, `rule`, `phases`, `window` or the end of the file, got `]`",
            None,
        ),
        ("let x", "1:5", "the text ends too early: expected `=`", None),
        ("let x =", "1:7", "the text ends too early: expected `[`", None),
        ('let x = ["a",,"b"]', "1:14", "expected an entry or `]`, got `,`", None),
        (
            'agent "a" extends b { }',
            "1:19",
            "expected a string in double quotes, got `b`",
            'write it in quotes: "b"',
        ),
        (
            'agent "a" extends { }',
            "1:19",
            "expected a string in double quotes, got `{`",
            None,
        ),
        (
            'agent "a" extends "b" "c" { }',
            "1:23",
            'expected `,` or `{`, got `"c"`',
            "a block starts with `{`",
        ),
        ('agent "a" : "b" { }', "1:11", "expected `{`, got `:`", "remove the `:`"),
        ('agent "a" extend "b" { }', "1:11", "expected `{`, got `extend`", "did you mean `extends`?"),
        ('agent "a" extends "b" ', "1:21", "the text ends too early: expected `,` or `{`", None),
        ("phases { EXPLORE -> DECIDE }", "1:18", "unexpected characters `->`", "write `:`"),
        (
            "phases { EXPLORE: DECIDE, COMMIT }",
            "1:25",
            "expected a constraint, `rule` or `}`, got `,`",
            "remove the comma: constraints stand apart by themselves, and entries in `[` and `]`",
        ),
        ("phases x { a: b }", "1:8", "expected `{`, got `x`", "a block starts with `{`"),
        (
            "phase { a: b }",
            "1:1",
            "expected `agent`, `let`, `rule`, `phases`, `window` or the end of the file, got `phase`",
            "did you mean `phases`?",
        ),
        ('window { zone: "x" }', "1:8", "expected a name, got `{`", None),
        ('window "x" { zone: "x" }', "1:8", 'expected a name, got `"x"`', "a name stands without quotes"),
        ('window x: { zone: "x" }', "1:9", "expected `{`, got `:`", "remove the `:`"),
        (
            'windows x { zone: "x" }',
            "1:1",
            "expected `agent`, `let`, `rule`, `phases`, `window` or the end of the file, got `windows`",
            "did you mean `window`?",
        ),
        (
            'agent "a" {\n  can "code_execution" with constraints {\n    max_cpus: 1\n    allowed_imports: ["a"\n    max_memory: 1_gb\n  }\n}',
            "5:5",
            "expected `,` or `]`, got `max_memory`",
            "entries of a list stand apart with `,`, and `]` closes it",
        ),
        (
            'agent "a" {\n  can "code_execution" with constraints {\n    max_cpus: 1\n    allowed_imports: ["a"]]\n    max_memory: 1_gb\n  }\n}',
            "4:27",
            "expected a constraint, `rule` or `}`, got `]`",
            None,
        ),
        (
            'agent "a" {\n  can "code_execution" with constraints {\n    max_cpus: 1\n    max_memory: 1_gb because\n  }\n}',
            "5:3",
            "expected a string in double quotes, got `}`",
            None,
        ),
        (
            'agent "a" {\n  can "code_execution" with constraints {\n    max_cpus: 1\n    max_memory: 1_gb because it_is\n  }\n}',
            "4:30",
            "expected a string in double quotes, got `it_is`",
            'write it in quotes: "it_is"',
        ),
        (
            'agent "a" {\n  can "code_execution" with constraints {\n    max_cpus: 1\n    max_memory: 1_gb, because "x"\n  }\n}',
            "4:21",
            "expected a constraint, `rule` or `}`, got `,`",
            "remove the comma: constraints stand apart by themselves, and entries in `[` and `]`",
        ),
        (
            'agent "a" {\n  can "code_execution" with constraints {\n    max_cpus: 1\n    rule r { when phase == COMMIT deny "m" \n  }\n}',
            "6:1",
            "the text ends too early: expected `can`, `rule`, a setting or `}`",
            "close the block with `}`",
        ),
        (
            'agent "a" { rule r { when x == 1 deny "m" \n can "code_execution" }',
            "2:2",
            "expected `}`, got `can`",
            "close the block with `}`",
        ),
        (
            'agent "a" { can "code_execution" because with constraints { } }',
            "1:42",
            "expected a string in double quotes, got `with`",
            None,
        ),
        (
            'agent "a" { can code_execution }',
            "1:17",
            "expected a string in double quotes, got `code_execution`",
            'write it in quotes: "code_execution"',
        ),
        (
            'agent "a" {\n can "code_execution" with constraints {\n max_cpus: 1\n\n}\nrule x { when a == 1 deny "m" }\nlet x = ["a"]\nagent "b" { }',
            "7:1",
            "expected `can`, `rule`, a setting or `}`, got `let`",
            "close the block with `}`",
        ),
        (
            'rule deny { when a == 1 deny "m" }',
            "1:6",
            "expected a name, got `deny`",
            "`deny` is a word of the language: take another name",
        ),
        (
            'let window = ["a"]',
            "1:5",
            "expected a name, got `window`",
            "`window` is a word of the language: take another name",
        ),
        ('agent "a" { version "1.2" }', "1:21", 'expected `:`, got `"1.2"`', "a constraint is `name: value`"),
        (
            'agent "a" { window: "1.2" }',
            "1:13",
            "expected `can`, `rule`, a setting or `}`, got `window`",
            "close the block with `}`",
        ),
        (
            'agent "a" { versoin = "1.2" }',
            "1:21",
            "expected `:`, got `=`",
            "write `:`, a constraint is `name: value`",
        ),
        (
            'because "x"',
            "1:1",
            "expected `agent`, `let`, `rule`, `phases`, `window` or the end of the file, got `because`",
            None,
        ),
        ("override", "1:8", "the text ends too early: expected `rule`", None),
        (
            "}",
            "1:1",
            "expected `agent`, `let`, `rule`, `phases`, `window` or the end of the file, got `}`",
            "there is one `}` too many",
        ),
        (
            'agent "a" { } { }',
            "1:15",
            "expected `agent`, `let`, `rule`, `phases`, `window` or the end of the file, got `{`",
            None,
        ),
        (
            'agent "a" { can "code_execution" with constraints { max_cpus: = 1 } }',
            "1:63",
            "expected a value, got `=`",
            None,
        ),
        (
            'agent "a" { can "code_execution" with constraints { max_cpus: 50 % } }',
            "1:66",
            "unexpected character `%`",
            None,
        ),
        (
            "rule x { when (phase == COMMIT",
            "1:30",
            "the text ends too early: expected `and`, `or` or `)`",
            "close it with `)`",
        ),
    ],
)
def test_one_slip_is_one_report_that_says_what_to_write(text, place, message, help_) -> None:
    (slip,) = slips(text)
    span = slip.clause.span
    assert (f"{span.line}:{span.column + 1}", slip.message, slip.help) == (place, message, help_)


@pytest.mark.parametrize(
    "condition",
    [
        "phase && cost == 1",
        "!phase || has x",
        "phase = COMMIT",
        "cost => 1",
        "cost =< 1",
        "phase == COMMIT AND cost > 1",
        "phase is COMMIT",
    ],
)
def test_what_other_languages_write_in_a_condition_is_read_as_it_was_meant(condition) -> None:
    problems = Problems()
    text = f'rule x {{ when {condition} deny "m" }}'
    document = syntax.Parser(problems).parse(PolicyText("a.policy", text))
    assert len(problems.found) == 1 if "!" not in condition else 2
    assert [rule.name.text for rule in document.rules] == ["x"]


def test_a_rule_that_a_mistake_stands_in_is_left_out() -> None:
    problems = Problems()
    text = 'rule x { when phase COMMIT deny "m" } rule y { when phase == COMMIT deny "m" }'
    document = syntax.Parser(problems).parse(PolicyText("a.policy", text))
    assert [rule.name.text for rule in document.rules] == ["y"]


def test_truth_is_a_condition_of_its_own() -> None:
    problems = Problems()
    text = 'rule x { when true or false deny "m" } rule y { when true deny "m" }'
    one, other = syntax.Parser(problems).parse(PolicyText("a.policy", text)).rules
    assert [operand.value for operand in one.condition.operands] == [True, False]
    assert other.condition.value is True


def test_an_agent_without_a_name_extends_whom_it_says() -> None:
    problems = Problems()
    text = 'agent "b" { } agent extends "b" { can "tool" }'
    first, second = syntax.Parser(problems).parse(PolicyText("a.policy", text)).agents
    assert [found.message for found in problems.found] == [
        "expected a string in double quotes, got `extends`"
    ]
    assert (first.name.text, second.name.kind) == ("b", syntax.MISSING)
    assert [parent.text for parent in second.parents] == ["b"]
    assert [grant.capability.text for grant in second.grants] == ["tool"]
