"""Named sets: what they come to, and what is wrong with them."""

from __future__ import annotations

import pytest

from execgate.policy import PolicySet
from execgate.policy.elaboration import sets
from execgate.policy.language.syntax import Parser
from execgate.policy.language.text import PolicyText
from execgate.policy.problems import Problems

ONE = 'agent "a" {{ can "code_execution" with constraints {{ {} }} }}'


def test_a_set_stands_for_its_entries_also_in_sets_and_beside_entries() -> None:
    policies = PolicySet.parse(
        'let inner = ["numpy", "pandas"]\n'
        'let data = ["scipy", inner, "numpy"]\n'
        + ONE.format('allowed_imports: data  disallowed_imports: ["os", inner,]')
    )
    lists = policies.agent("a").constraints_json()
    assert lists["allowed_imports"] == ["numpy", "pandas", "scipy"]
    assert lists["disallowed_imports"] == ["numpy", "os", "pandas"]


def test_a_set_may_stand_behind_what_names_it_and_in_another_file(tmp_path) -> None:
    (tmp_path / "a.policy").write_text(ONE.format("allowed_imports: data"))
    (tmp_path / "b.policy").write_text('let data = ["math", more]\nlet more = ["json"]')
    assert PolicySet.load(tmp_path).agent("a").constraints_json()["allowed_imports"] == ["json", "math"]


def test_what_a_set_comes_to_is_hashed_not_its_name() -> None:
    named = PolicySet.parse('let x = ["math"] ' + ONE.format("allowed_imports: x")).agent("a")
    spelled = PolicySet.parse(ONE.format('allowed_imports: ["math"]')).agent("a")
    assert named.digest == spelled.digest


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'let data = ["x"] ' + ONE.format("allowed_imports: dta"),
            ["unknown set `dta` @ 1:87 = did you mean `data`?"],
        ),
        (
            'let data = ["x"] ' + ONE.format('allowed_imports: ["y", dta]'),
            ["unknown set `dta` @ 1:93 = did you mean `data`?"],
        ),
        (
            ONE.format("allowed_imports: math"),
            [
                '`allowed_imports` takes a list of strings, got the word `math` @ 1:70 = did you mean `["math"]`?'
            ],
        ),
        (
            "let one = [two] let two = [thre] let three = [] " + ONE.format("allowed_imports: one"),
            ["unknown set `thre` @ 1:28 = did you mean `three`?"],
        ),
        (
            "let one = [numpy] " + ONE.format("allowed_imports: one"),
            ['unknown set `numpy` @ 1:12 = an entry stands in quotes: "numpy"'],
        ),
        (
            "let a = [b] let b = [c] let c = [a] " + ONE.format(""),
            ["set `a` holds itself: a -> b -> c -> a @ 1:34 = remove one of the names"],
        ),
        ("let a = [a] " + ONE.format(""), ["set `a` holds itself: a -> a @ 1:10 = remove one of the names"]),
        (
            'let a = ["x"]\nlet a = ["y"]\n' + ONE.format("allowed_imports: a"),
            [
                "set `a` a second time @ 2:5 = the first is at a.policy:1; join the two, or rename one",
            ],
        ),
    ],
)
def test_a_set_that_is_none_is_said_in_plain_words(report, text, expected) -> None:
    assert report(text) == expected


def test_an_entry_is_read_by_each_list_that_names_it(report) -> None:
    text = 'let mixed = ["os", "api.example.com/v1"]\n' + ONE.format(
        "allowed_hosts: mixed disallowed_imports: mixed"
    )
    assert report(text) == [
        'a host has no path: `/`: "api.example.com/v1" in `allowed_hosts`, which names `mixed` @ 1:20 = write "api.example.com"',
        (
            'not a module name: "api.example.com/v1" in `disallowed_imports`, which names `mixed` @ 1:20 = '
            'did you mean "api.example.com_v1"?'
        ),
    ]


def test_a_mistake_in_a_set_is_said_once_a_list_however_many_agents_name_it(report) -> None:
    agents = " ".join(
        f'agent "a{n}" {{ can "code_execution" with constraints {{ allowed_imports: s }} }}' for n in range(9)
    )
    assert len(report(f'let s = ["a b"] {agents}')) == 1


def test_a_number_is_no_entry_of_a_list(report) -> None:
    assert report("let s = [5_usd] " + ONE.format("allowed_imports: s")) == [
        '`allowed_imports`, which names `s` takes strings, got the number `5_usd` @ 1:10 = write it in quotes: "5_usd"'
    ]


def test_the_sets_that_nothing_asks_for_are_told() -> None:
    policies = PolicySet.parse(
        'let used = [inner] let inner = ["x"] let idle = [inner] let read = ["y"]\n'
        + ONE.format("allowed_imports: used")
        + ' rule r { when agent in read deny "no" }'
    )
    assert [let.name.text for let in policies.unused] == ["idle"]


def test_a_long_chain_of_sets_is_read_without_recursion() -> None:
    chain = " ".join(f"let s{n} = [s{n + 1}]" for n in range(3000))
    text = f'{chain} let s3000 = ["math"] ' + ONE.format("allowed_imports: s0")
    assert PolicySet.parse(text).agent("a").constraints_json()["allowed_imports"] == ["math"]


def test_a_long_circle_is_shown_in_short(report) -> None:
    circle = " ".join(f"let s{n} = [s{(n + 1) % 3000}]" for n in range(3000))
    (found,) = report(f"{circle} " + ONE.format(""))
    assert "set `s0` holds itself: s0 -> s1 -> s2 -> ... -> s2999 -> s0" in found


def test_sets_that_multiply_are_refused(monkeypatch, report) -> None:
    monkeypatch.setattr(sets, "MAX_ENTRIES", 100)
    chain = "\n".join(f'let s{n} = ["e{n}", s{n + 1}]' for n in range(20))
    found = report(f'{chain}\nlet s20 = ["e"]\n' + ONE.format("allowed_imports: s0"))
    assert found == [
        "too many entries: sets come to more than 100 @ 8:10 = name fewer sets in one another, and in lists"
    ]
    monkeypatch.setattr(sets, "MAX_ENTRIES", 10)
    agents = "\n".join(ONE.replace('"a"', f'"a{n}"').format("allowed_imports: s") for n in range(4))
    assert [line.partition(" = ")[0] for line in report(f'let s = ["x", "y", "z"]\n{agents}')] == [
        "too many entries: sets come to more than 10 @ 4:71"
    ]


def test_sets_are_a_mapping_by_name() -> None:
    problems = Problems()
    (document,) = (
        Parser(problems).parse(PolicyText("a.policy", text)) for text in ('let b = ["x"] let a = [b]',)
    )
    found = sets.Sets(document.lets, problems)
    assert (list(found), len(found)) == (["b", "a"], 2)
    assert [item.text for item in found["a"]] == ["x"]
    assert problems.found == []


@pytest.mark.parametrize("text", ['let = ["x"] agent "a" { }', 'agent "a" extends "b", { } agent "b" { }'])
def test_a_name_that_is_missing_is_one_mistake(report, text) -> None:
    (found,) = report(text)
    assert found.startswith("expected a ")
