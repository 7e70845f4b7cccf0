"""The one layout, by example."""

from __future__ import annotations

import pytest

from execgate.errors import PolicyError
from execgate.policy.format import decoded, formatted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("\n\n", ""),
        ("// alone", "// alone\n"),
        ('agent "a"{}', 'agent "a" { }\n'),
        ('agent "a" { // x\n }', 'agent "a" {  // x\n}\n'),
        ('agent "a" // x\n { }', 'agent "a" {  // x\n}\n'),
        ('agent "a" { } agent "b" { } // end', 'agent "a" { }\n\nagent "b" { }  // end\n'),
        ("let a=[ 1,2 , ]let b = [ ]", "let a = [1, 2]\nlet b = []\n"),
        ("let a = [1]\n\n\n\nlet b = []\n", "let a = [1]\n\nlet b = []\n"),
        (
            "let a = [ // x\n1 // one\n, // two\n\n\n2 ]",
            "let a = [  // x\n  1,  // one\n  // two\n\n  2,\n]\n",
        ),
        ("let a = [/* x */ 1 /* y */, ]", "let a = [ /* x */ 1 /* y */]\n"),
        ("let a = [ // x\n]", "let a = [  // x\n]\n"),
        ("let a // x\n= [1]", "let a // x\n  = [1]\n"),
        ("phases{a:b // x\n}", "phases {\n  a: b  // x\n}\n"),
        ("phases { a // x\n: b }", "phases {\n  a: // x\n    b\n}\n"),
        (
            'rule r{when agent=="x"and(agent!="y"or not agent=="z")or args.agent==1 deny"m"}',
            'rule r {\n  when agent == "x" and (agent != "y" or not agent == "z") or args.agent == 1\n  deny "m"\n}\n',
        ),
        (
            'rule r on a,b because"x"{when a.b==1 and(not has c)warn"m"}',
            'rule r on a, b because "x" {\n  when a.b == 1 and (not has c)\n  warn "m"\n}\n',
        ),
        (
            'agent "a" extends "b" ,"c" { override can "x" override max_cpus:1 because "y"}',
            'agent "a" extends "b", "c" {\n  override can "x"\n  override max_cpus: 1 because "y"\n}\n',
        ),
    ],
)
def test_a_text_gets_its_layout(text, expected) -> None:
    assert formatted(text) == expected


def test_a_list_that_does_not_fit_has_an_entry_a_line() -> None:
    start = 'let a = ["12345678", "12345678", "12345678", "12345678", "12345678", "12345678", "'
    fits, does_not = (start + "x" * (98 - len(start) + more) + '"]' for more in (0, 1))
    assert len(fits) == 100
    assert formatted(fits) == fits + "\n"
    assert formatted(does_not).count("\n") == 9
    entries = ["x" * 8] * 9
    assert formatted(f"let a = [{', '.join(entries)}]").count("\n") == 1
    long = [f'"{entry}"' for entry in entries]
    assert (
        formatted(f"let a = [{', '.join(long)}]")
        == "let a = [\n" + "".join(f"  {one},\n" for one in long) + "]\n"
    )


def test_a_long_condition_is_broken_before_its_outer_words() -> None:
    part = f'a matches "{"x" * 40}"'
    assert formatted(f'rule r {{ when {part} and ({part} or b) or c in [1, 2] deny "m" }}') == (
        f'rule r {{\n  when {part}\n    and ({part} or b)\n    or c in [1, 2]\n  deny "m"\n}}\n'
    )
    entries = [f'"{"x" * 30}{number}"' for number in range(3)]
    assert formatted(f'rule r {{ when a in [{", ".join(entries)}] and b deny "m" }}') == (
        "rule r {\n  when a in [\n"
        + "".join(f"    {one},\n" for one in entries)
        + '  ]\n    and b\n  deny "m"\n}\n'
    )


def test_a_mistake_in_the_form_is_reported_and_one_in_the_meaning_is_not() -> None:
    with pytest.raises(PolicyError, match="the text ends too early"):
        formatted('agent "a" {')
    with pytest.raises(PolicyError, match="can hide or reorder"):
        formatted('agent "a" { } // \u202e')
    with pytest.raises(PolicyError, match="not UTF-8"):
        decoded(b"\xff", "a.policy")
    assert formatted('agent "a" { nonsense: 1 }') == 'agent "a" {\n  nonsense: 1\n}\n'


def test_a_file_is_decoded_without_its_byte_order_mark() -> None:
    assert decoded(b"\xef\xbb\xbflet a = []", "a.policy") == "let a = []"
