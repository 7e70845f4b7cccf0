"""Mistakes in the form of a policy: each is named, with its place and what to write instead."""

from __future__ import annotations

import pytest

from execgate.errors import PolicyError
from execgate.policy import PolicySet


def report(text: str, file: str = "a.policy") -> str:
    with pytest.raises(PolicyError) as caught:
        PolicySet.parse(text, file)
    return caught.value.rendered


def test_every_mistake_is_reported_at_once_with_its_place() -> None:
    text = """agent "a" {
  can "code_execution" with constraints {
    allowed_import: ["os"]
    max_memory: 1_gigabite
  }
}
agent "a" { can "code_exection" }
"""
    with pytest.raises(PolicyError) as caught:
        PolicySet.parse(text, "a.policy")
    assert (
        caught.value.rendered
        == """\
error: unknown constraint `allowed_import`
 --> a.policy:3:5
  |
3 |     allowed_import: ["os"]
  |     ^^^^^^^^^^^^^^
  = help: did you mean `allowed_imports`?

error: unknown unit `gigabite` of a size
 --> a.policy:4:17
  |
4 |     max_memory: 1_gigabite
  |                 ^^^^^^^^^^
  = help: did you mean `gigabyte`?

error: agent `a` a second time
 --> a.policy:7:7
  |
7 | agent "a" { can "code_exection" }
  |       ^^^
  = help: the first is at a.policy:1; join the two, or rename one

error: unknown capability `code_exection`
 --> a.policy:7:17
  |
7 | agent "a" { can "code_exection" }
  |                 ^^^^^^^^^^^^^^^
  = help: did you mean "code_execution"?"""
    )
    assert caught.value.message == "a.policy:3:5: unknown constraint `allowed_import` (and 3 more mistakes)"
    assert caught.value.help == "did you mean `allowed_imports`?"


@pytest.mark.parametrize(
    ("text", "place", "message", "advice"),
    [
        ("", None, "no agents: the policy is empty", 'write `agent "name" {'),
        ("// nothing\n\n", None, "no agents: the policy is empty", None),
        (
            'agnt "x" {}',
            "1:1",
            "expected `agent`, `let`, `rule`, `phases`, `window` or the end of the file, got `agnt`",
            "did you mean `agent`?",
        ),
        (
            "hello",
            "1:1",
            "expected `agent`, `let`, `rule`, `phases`, `window` or the end of the file, got `hello`",
            None,
        ),
        ("agent x {}", "1:7", "expected a string in double quotes, got `x`", 'write it in quotes: "x"'),
        ("agent 'x' {}", "1:7", "expected a string in double quotes, got '", 'quote with `"`'),
        ("agent \u201cx\u201d {}", "1:7", "expected a string in double quotes, got \u201c", 'quote with `"`'),
        ('agent "x', "1:7", 'a string that does not end: expected `"` on the same line', None),
        ('agent "x\n" {}', "1:7", 'a string that does not end: expected `"` on the same line', None),
        ('agent "x\ty" {}', "1:7", "a tab in a string", "write it as \\t"),
        ('agent "x" /* {}', "1:11", "a comment that does not end: expected `*/`", None),
        ('agent "x" @ {}', "1:11", "unexpected character `@`", None),
        (
            'agent "x" { can "y" with constraints { a: [*] } }',
            "1:44",
            "unexpected character `*`",
            'write it in quotes: "*"',
        ),
        (
            'agent "x" { can "y" with constraints { a = [] } }',
            "1:42",
            "expected `:`, got `=`",
            "a constraint is `name: value`",
        ),
        (
            'agent "x" { can "y" with constraints { "a": [] } }',
            "1:40",
            'expected a constraint, `rule` or `}`, got `"a"`',
            "the name of a constraint stands without quotes",
        ),
        ('agent "x" \u200b {}', "1:11", "unexpected character `\\u{200b}`", None),
        (
            'agent "x" {',
            "1:11",
            "the text ends too early: expected `can`, `rule`, a setting or `}`",
            "close the block with `}`",
        ),
        (
            'agent "x" {} }',
            "1:14",
            "expected `agent`, `let`, `rule`, `phases`, `window` or the end of the file, got `}`",
            "one `}` too many",
        ),
        ("agent", "1:5", "the text ends too early: expected a string in double quotes", None),
        ('agent "x" { can "y" with { } }', "1:26", "expected `constraints`, got `{`", "with constraints {"),
        (
            'agent "x" { can "y" wth',
            "1:21",
            "expected `}` or `with`, got `wth`",
            "did you mean `with`?",
        ),
        (
            'agent "x" { can "y" with constraints { a ["b"] } }',
            "1:42",
            "expected `:`, got `[`",
            "`name: value`",
        ),
        ('agent "x" { can "y" with constraints { a: } }', "1:43", "expected a value, got `}`", None),
        (
            'agent "x" { can "y" with constraints { a: ["b" "c"] } }',
            "1:48",
            'expected `,` or `]`, got `"c"`',
            "apart",
        ),
        (
            'agent "x" { can "y" with constraints { a: ["b"',
            "1:46",
            "ends too early: expected `,` or `]`",
            "close the list",
        ),
        ('agent "x" { can "y" with constraints { a: [["b"]] } }', "1:44", "got `[`", "a list holds no lists"),
        ('agent "x" { can "y" with constraints { a: 1, b: 2 } }', "1:44", "got `,`", "remove the comma"),
        (
            'agent "x" { can "payments" with constraints { } }',
            "1:17",
            "unknown capability `payments`",
            'did you mean "payment"?',
        ),
        (
            'agent "x" { can "code_execution" can "code_execution" }',
            "1:38",
            "capability `code_execution` a second time",
            "join",
        ),
        ('agent "" { }', "1:7", "an agent without a name", "AutoGen"),
        ('agent "\\u202ex" { }', "1:7", 'a character that does not show: "\\u202ex"', None),
        (f'agent "{"x" * 201}" {{ }}', "1:7", "an agent's name has at most 200 characters", None),
        ('agent "a\\qb" { }', "1:7", 'unknown escape in "a\\qb"', "the escapes are"),
        ('agent "a\\ud800b" { }', "1:7", "lone surrogate in", "write the character itself"),
        ('agent "x" { }\nagent "x" { }', "2:7", "agent `x` a second time", "a.policy:1; join the two"),
    ],
)
def test_a_mistake_in_the_form_is_said_in_plain_words(text, place, message, advice) -> None:
    blocks = [block.splitlines() for block in report(text).split("\n\n")]
    lines = next(lines for lines in blocks if message in lines[0])
    assert lines[1].strip() == ("--> a.policy" if place is None else f"--> a.policy:{place}")
    if advice is not None:
        assert advice in lines[-1]


def test_hostile_text_is_shown_escaped_with_its_caret_in_place() -> None:
    text = 'agent "a\u200b\u4e2d\ufeff" { cna }'
    assert report(text, "x\u202e.policy").endswith(
        "error: expected `can`, `rule`, a setting or `}`, got `cna`\n"
        " --> x\\u{202e}.policy:1:16\n"
        "  |\n"
        '1 | agent "a\\u{200b}\u4e2d\\u{feff}" { cna }\n'
        "  |                               ^^^\n"
        "  = help: did you mean `can`?"
    )


def test_a_caret_stands_below_a_tab_and_a_combining_letter() -> None:
    text = 'agent "e\u0301" {\t}\t}'
    assert report(text).splitlines()[3:5] == ['1 | agent "e\u0301" { } }', "  |               ^"]


def test_a_long_line_is_cut_around_the_mistake() -> None:
    body = 'agent "a" { } ' * 100 + "oops" + " // x" * 100
    line, caret = report(body).split("\n\n")[-1].splitlines()[3:5]
    assert len(line) < 200
    assert line[caret.index("^") :].startswith("oops")


def test_a_mistake_over_several_lines_is_shown_at_its_first() -> None:
    lines = report('agent "a" { can "code_execution" with constraints { max_cpus: [\n"x"\n] } }').splitlines()
    assert lines[3:5] == [
        '1 | agent "a" { can "code_execution" with constraints { max_cpus: [',
        "  |                                                               ^",
    ]


def test_a_report_says_that_it_ends_after_two_hundred_mistakes() -> None:
    rendered = report("\n".join(f'agent "{number}" {{ can "x" }}' for number in range(250)))
    assert rendered.count("error: ") == 200
    assert rendered.endswith("\n\n... and no more than these 200 were looked for")


BODY = 'agent "a" {\n  can "code_execution" with constraints {\n%s\n  }\n}\nagent "b" { can "x" }'


def found(text: str) -> list[str]:
    """Return place and message of each mistake."""
    blocks = (block.splitlines() for block in report(text).split("\n\n"))
    return [
        f"{place.partition('a.policy:')[2]} {message.removeprefix('error: ')}"
        for message, place, *_ in blocks
    ]


def test_mistakes_in_the_form_and_in_the_meaning_are_reported_together() -> None:
    body = """\
    allowed_imports = ["os"]
    max_memory: 1_gigabite;
    max_cpus 2
    max_disk: 1_mb,
    allowed_hosts: ["a.com" "b.com"]
    disallowed_hosts: [*]
    allowed_commands: ["git"
    allowed_environment: ['$HOME']
    allowed_packages: ["requests, "numpy"]
    allowed_tables: ("orders")
    max_execution_time: 30 seconds
    max_output:
    max_processes: 2.5
    disallowed_import: []"""
    assert found(BODY % body) == [
        "3:21 expected `:`, got `=`",
        "4:17 unknown unit `gigabite` of a size",
        "4:27 unexpected character `;`",
        "5:14 expected `:`, got `2`",
        "6:19 expected a constraint, `rule` or `}`, got `,`",
        '7:29 expected `,` or `]`, got `"b.com"`',
        "8:24 unexpected character `*`",
        "10:5 expected `,` or `]`, got `allowed_environment`",
        '10:27 a variable is named without the signs of a shell: "$HOME" in `allowed_environment`',
        "10:27 expected a string in double quotes, got '",
        '11:24 a string that does not end: expected `"` on the same line',
        "12:21 expected a value, got `(`",
        "13:25 a number and its unit are one word, got `30 seconds`",
        "14:15 expected a value, got the next constraint `max_processes`",
        "15:20 `2.5` is no whole number of processes",
        "16:5 unknown constraint `disallowed_import`",
        "19:17 unknown capability `x`",
    ]


def test_a_number_apart_from_its_unit_is_shown_with_both() -> None:
    assert report(BODY.partition("\nagent")[0] % "    max_execution_time: 30 seconds") == (
        "error: a number and its unit are one word, got `30 seconds`\n"
        " --> a.policy:3:25\n"
        "  |\n"
        "3 |     max_execution_time: 30 seconds\n"
        "  |                         ^^^^^^^^^^\n"
        "  = help: did you mean `30_seconds`?"
    )


SECOND = '\n  can "code_execution" with constraints {\n    max_cpu: 1\n  }\n}'
UNKNOWN = "3:5 unknown constraint `max_cpu`"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('agent "a"' + SECOND, ["2:3 expected `{`, got `can`", UNKNOWN]),
        ('agent "a": {' + SECOND, ["1:10 expected `{`, got `:`", UNKNOWN]),
        ("agent a {" + SECOND, ["1:7 expected a string in double quotes, got `a`", UNKNOWN]),
        ("agent {" + SECOND, ["1:7 expected a string in double quotes, got `{`", UNKNOWN]),
        (
            'agnt "a" {' + SECOND,
            [
                "1:1 expected `agent`, `let`, `rule`, `phases`, `window` or the end of the file, got `agnt`",
                UNKNOWN,
            ],
        ),
        ('agent "a {' + SECOND, ['1:7 a string that does not end: expected `"` on the same line', UNKNOWN]),
        (
            'agent "a { can "code_execution" with constraints { max_cpu: 1 } }',
            [
                '1:7 a string that does not end: expected `"` on the same line',
                "1:52 unknown constraint `max_cpu`",
            ],
        ),
        (
            'agent "a" {' + SECOND + "}",
            [
                "5:2 expected `agent`, `let`, `rule`, `phases`, `window` or the end of the file, got `}`",
                UNKNOWN,
            ],
        ),
        (
            'agent "a" {' + SECOND[:-2],
            ["4:3 the text ends too early: expected `can`, `rule`, a setting or `}`", UNKNOWN],
        ),
        (
            'agent "a" {' + SECOND[:-2] + '\nagent "b" { can "x" }',
            [
                "5:1 expected `can`, `rule`, a setting or `}`, got `agent`",
                UNKNOWN,
                "5:17 unknown capability `x`",
            ],
        ),
        (
            'agent "a" {' + SECOND.replace(" with constraints", ""),
            ["2:24 expected `}` or `with`, got `{`", UNKNOWN],
        ),
        (
            'agent "a" {' + SECOND.replace("constraints {", "constraints"),
            ["3:5 expected `{`, got `max_cpu`", UNKNOWN],
        ),
        (
            'agent "a" {' + SECOND.replace('"code_execution" ', ""),
            ["2:7 expected a string in double quotes, got `with`", UNKNOWN],
        ),
        (
            'agent "a" { can "code_execution" can with constraints { max_cpu: 1 } }',
            ["1:38 expected a string in double quotes, got `with`", "1:57 unknown constraint `max_cpu`"],
        ),
        (
            'agent "a" { can "code_execution" with constraints { max_output:\ncan "x" }',
            ["2:1 expected a value, got `can`", "2:5 unknown capability `x`"],
        ),
        ('agent "a" { foo "x" with { a: 1 } }', ["1:13 expected `can`, `rule`, a setting or `}`, got `foo`"]),
        (
            SECOND[3:-2] + 'agent "b" { can "x" }',
            [
                "1:1 expected `agent`, `let`, `rule`, `phases`, `window` or the end of the file, got `can`",
                "3:20 unknown capability `x`",
            ],
        ),
    ],
)
def test_what_stands_behind_a_mistake_in_the_form_is_read_as_it_was_meant(text, expected) -> None:
    assert sorted(found(text)) == sorted(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('cannot "payment"', "expected `can`, `rule`, a setting or `}`, got `cannot`"),
        ('candy "x"', "expected `can`, `rule`, a setting or `}`, got `candy`"),
        ('can "x" withconstraints { }', "expected `}` or `with`, got `withconstraints`"),
    ],
)
def test_a_keyword_ends_where_its_word_does(text, expected) -> None:
    assert expected in report(f'agent "a" {{ {text} }}')


def test_what_is_meant_by_a_word_that_starts_like_a_keyword_is_in_the_help() -> None:
    assert "help: did you mean `can`?" in report('agent "a" { cannot "payment" }')


@pytest.mark.parametrize("mistake", ["@ ", "foo\n", "] ", "x: ] ", '\\"', '"a\t', '"a\n', "agent "])
def test_no_more_mistakes_are_looked_for_than_are_reported(mistake) -> None:
    assert (
        report('agent "a" { can "code_execution" with constraints {' + mistake * 5_000).count("error: ")
        <= 200
    )


def test_constraints_that_stand_outside_of_a_grant_are_one_mistake() -> None:
    text = 'agent "a" {\n  max_cpus: 1\n  max_amount: 1_usd\n  foo: 1\n}'
    assert found(text) == [
        "2:3 unknown setting `max_cpus` of an agent",
        "4:3 unknown setting `foo` of an agent",
    ]
    assert "with constraints { max_cpus: ... }`, and so does 1 more here" in report(text)


def test_in_a_grant_of_what_is_not_known_constraints_are_those_of_any() -> None:
    text = 'agent "a" { can "pay" with constraints { max_amount: 1_usd max_cpus: 1 max_foo: 2 } }'
    assert found(text) == ["1:17 unknown capability `pay`", "1:72 unknown constraint `max_foo`"]


def test_a_list_that_is_open_before_the_next_constraint_is_told_there() -> None:
    text = 'agent "a" { can "code_execution" with constraints { allowed_hosts: ["a.com",\n max_cpus: 2 } }'
    with pytest.raises(PolicyError, match="2:2: expected `]`, got the next constraint `max_cpus`"):
        PolicySet.parse(text)
