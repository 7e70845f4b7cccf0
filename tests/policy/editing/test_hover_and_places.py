"""What words mean, where they are from, and what a file holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execgate.policy.editing import Folder, Symbol, definition, hover, outline
from execgate.policy.editing.words import KEYWORDS
from execgate.policy.language.tokens import keywords

TEXT = """\
let apis = ["a.com", other]
let other = ["b.com"]
agent "base" {
  version: "1"
  can "code_execution" with constraints {
    allowed_hosts: apis
    max_memory: 1_gigabyte
    rule small { when true warn "m" }
  }
}
rule r { when spent.day > 1_usd and phase == COMMIT deny "m" }
window night { zone: "UTC" hours: "22:00-06:00" }
phases { ONE: [TWO] TWO: [] }
"""


@pytest.mark.parametrize(
    ("at", "part"),
    [
        ("max_mem", "**max_memory**\n\nHow much memory"),
        ("allowed_ho", "```execgate\nallowed_hosts: "),
        ("1_giga", "`1000000000_bytes`: a size"),
        ("vers", "The version of the policy"),
        ('"code_ex', "Running code"),
        ("spent.d", "**spent.day**"),
        ("spen", "**spent.day**"),
        ("and pha", "**phase**: a phase"),
        (": ap", 'let apis = ["a.com", other]'),
        ("wit", "Before the constraints"),
        ("when sp", "**spent.day**"),
    ],
)
def test_a_word_says_what_it_means(at, part) -> None:
    before = TEXT.partition(at)[0] + at
    found = hover(Folder({"a": TEXT}), "a", before.count("\n") + 1, len(before) - before.rfind("\n") - 1)
    assert found is not None
    assert part in found


def test_the_name_of_an_agent_shows_its_flattened_policy(marked) -> None:
    text = 'agent "a" { can "code_execution" with constraints { max_cpus: 2 } }'
    found = hover(*marked(text.replace('"a"', '"|a"')))
    assert found is not None
    assert "max_cpus: 2_cpus\n" in found
    assert "sha256:" in found
    assert hover(*marked(text.replace('"a"', '"|a"') + " oops")) is None


@pytest.mark.parametrize(
    "text",
    [
        "|",
        "  |  ",
        "agent |  ",
        'agent "x" { description: "|t" }',
        'agent "x" { can "|fly" }',
        'agent "x" { frob|nicate: 1 }',
        'agent "x" { can "tool" with constraints { frob|nicate: 1 } }',
        'agent "x" { can "tool" with constraints { frobnicate: |1 } }',
        'agent "x" { can "code_execution" with constraints { max_memory: |1_furlong } }',
        "let a = [un|known]",
        'rule x { when un|known deny "m" }',
        "// comm|ent",
        "{ | }",
    ],
)
def test_of_what_is_not_known_nothing_is_said(marked, text) -> None:
    assert hover(*marked(text)) is None


def test_every_word_of_the_language_is_documented() -> None:
    assert set(KEYWORDS) == keywords()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("let a = [b|b]\nlet bb = []", "a.policy:2"),
        ("let a = [other|]", "b.policy:1"),
        ('rule x { when time in nig|ht deny "m" }', "b.policy:2"),
        ('agent "x" extends "ba|se" { }', "b.policy:3"),
        ('agent "x" extends "no|body" { }', None),
        ("let a = [no|body]", None),
        ("le|t a = []", None),
        ("  |  ", None),
    ],
)
def test_a_name_leads_to_where_it_is_from(marked, text, expected) -> None:
    other = 'let other = []\nwindow night { zone: "UTC" }\nagent "base" { }'
    clause = definition(*marked(text, b=other))
    assert (None if clause is None else f"{clause.file}:{clause.span.line}") == expected


def names(symbols: list[Symbol] | tuple[Symbol, ...]) -> list[object]:
    return [
        (one.kind, one.name, names(one.children)) if one.children else (one.kind, one.name) for one in symbols
    ]


def test_a_file_is_outlined_in_the_order_of_its_text() -> None:
    folder = Folder({"a": TEXT})
    assert names(outline(folder, "a")) == [
        ("set", "apis"),
        ("set", "other"),
        (
            "agent",
            "base",
            [
                ("constraint", "version"),
                (
                    "grant",
                    "code_execution",
                    [("constraint", "allowed_hosts"), ("constraint", "max_memory"), ("rule", "small")],
                ),
            ],
        ),
        ("rule", "r"),
        ("window", "night", [("constraint", "zone"), ("constraint", "hours")]),
        ("phases", "phases", [("constraint", "ONE"), ("constraint", "TWO")]),
    ]


def test_what_can_not_be_read_has_no_outline_and_its_problem() -> None:
    folder = Folder({"a": 'agent "a" { } // \u202e', "b": 'agent "b" { can "fly" }'})
    assert outline(folder, "a") == []
    problems = folder.problems()
    assert ["can hide" in one.message for one in problems["a"]] == [True]
    assert problems["b"] == []
    assert folder.policy("b") is None


def test_too_many_mistakes_are_a_bound_not_a_crash() -> None:
    many = "\n".join(f'agent "{number}" {{ can }}' for number in range(300))
    folder = Folder({"a": many, "b": "\u202e" * 300})
    assert outline(folder, "a") == []
    assert len(folder.problems()["b"]) == 200
    assert outline(Folder({"a": many}), "a") == []


def test_each_parent_of_an_agent_shows_its_policy(marked) -> None:
    parents = 'agent "p" { } agent "q" { }'
    for text in ('agent "x" extends "|p", "q" { }', 'agent "x" extends "p", "|q" { }'):
        found = hover(*marked(text, b=parents))
        assert found is not None
        assert "With all that it inherits" in found


def test_problems_are_those_of_all_files_together() -> None:
    folder = Folder({"a": 'agent "a" { }', "b": 'agent "a" { can "fly" }', "c": 'agent "c" { }'})
    assert {file: len(found) for file, found in folder.problems().items()} == {"a": 0, "b": 2, "c": 0}
    assert folder.agents == ("a", "c")


@given(
    st.text(alphabet='agent "x{}[]:,can let=rule when.1_\n/*#', max_size=60),
    st.integers(0, 5),
    st.integers(0, 60),
)
def test_no_place_in_no_text_crashes(text, line, column) -> None:
    folder = Folder({"a.policy": text})
    hover(folder, "a.policy", line, column)
    definition(folder, "a.policy", line, column)
    outline(folder, "a.policy")
    folder.problems()
