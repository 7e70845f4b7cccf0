"""`session`, `on_surprise`, `image` and `host_folders`: what they take, inherit, and show of a change."""

from __future__ import annotations

import pytest

from execgate.errors import PolicyError
from execgate.policy import PolicySet
from execgate.policy.compare.agents import compare
from execgate.policy.findings import find
from execgate.policy.language.text import PolicyText
from execgate.policy.testing.coverage import Coverage


def grant(constraints: str, head: str = 'agent "a"') -> str:
    return f'{head} {{ can "code_execution" with constraints {{\n{constraints}\n}} }}\n'


def mistake(text: str) -> str:
    with pytest.raises(PolicyError) as caught:
        PolicySet.parse(text)
    (problem,) = caught.value.problems
    return f"{problem.message}; {problem.help}"


@pytest.mark.parametrize(
    ("constraints", "message", "help_"),
    [
        (
            'session: "forever"',
            '`session` takes a word in quotes, got the string "forever"',
            'there are: "none", "clean", "files", "interpreter"',
        ),
        ("session: files", "`session` takes a word in quotes, got the word `files`", 'did you mean "files"?'),
        (
            'on_surprise: ["stop"]',
            "`on_surprise` takes a word in quotes, got a list",
            'there are: "stop", "record"',
        ),
        (
            'image: ""',
            '`image` takes a name of an image in quotes, got the string ""',
            'write it as in `"data-science"`',
        ),
        (
            'image: "-v"',
            '`image` takes a name of an image in quotes, got the string "-v"',
            'write it as in `"data-science"`',
        ),
        (
            'image: ["a"]',
            "`image` takes a name of an image in quotes, got a list",
            'write it as in `"data-science"`',
        ),
        (
            'host_folders: ["/srv/data"]',
            'a folder of the host without its place inside: "/srv/data" in `host_folders`',
            'write the folder and its place inside, as in "/srv/data:/data"',
        ),
        (
            'host_folders: ["data:/data"]',
            '`data` is no absolute path: "data:/data" in `host_folders`',
            'write the folder and its place inside, as in "/srv/data:/data"',
        ),
        (
            'host_folders: ["~/data:/data"]',
            '`~/data` is no absolute path: "~/data:/data" in `host_folders`',
            'write the folder and its place inside, as in "/srv/data:/data"',
        ),
        (
            'host_folders: ["/a:/data:rw"]',
            '`/data:rw` is no plain path of a folder: "/a:/data:rw" in `host_folders`',
            'write the folder and its place inside, as in "/srv/data:/data"',
        ),
        (
            'host_folders: ["/a/*:/data"]',
            '`/a/*` is no plain path of a folder: "/a/*:/data" in `host_folders`',
            'write the folder and its place inside, as in "/srv/data:/data"',
        ),
        (
            'host_folders: ["/a/../etc:/data"]',
            '`/a/../etc` has a `..`: "/a/../etc:/data" in `host_folders`',
            "write the path without it",
        ),
        (
            'host_folders: ["//.:/data"]',
            'the whole file system of the host: "//.:/data" in `host_folders`',
            "name the folder that programs need",
        ),
        (
            'host_folders: ["/run/user:/data"]',
            'nothing in `/run` of the host can be mounted: "/run/user:/data" in `host_folders`',
            "copy what programs need",
        ),
        (
            'host_folders: ["/a:/"]',
            'nothing can be mounted where it covers `/bin`, or lies in it: "/a:/" in `host_folders`',
            'choose a place such as "/data"',
        ),
        (
            'host_folders: ["/a:/usr/lib/python3"]',
            'nothing can be mounted where it covers `/usr`, or lies in it: "/a:/usr/lib/python3" in `host_folders`',
            'choose a place such as "/data"',
        ),
        (
            'host_folders: ["/a:/home"]',
            'nothing can be mounted where it covers `/home/agent`, or lies in it: "/a:/home" in `host_folders`',
            'choose a place such as "/data"',
        ),
        (
            'host_folders: ["/a:/workspace/data"]',
            'nothing can be mounted where it covers `/workspace`, or lies in it: "/a:/workspace/data" in `host_folders`',
            'choose a place such as "/data"',
        ),
        (
            'host_folders: ["/a:/data", "/b:/data/b"]',
            'two folders at one place: "/data" and "/data/b"',
            "give each a place of its own, none inside another's",
        ),
        (
            'host_folders: ["/a:/data", "/b:/data"]',
            'two folders at one place: "/data" and "/data"',
            "give each a place of its own, none inside another's",
        ),
        ("max_files: 1.5", "`1.5` is no whole number of files", "write it as in `2_files`"),
    ],
)
def test_what_is_none_of_them(constraints, message, help_) -> None:
    assert mistake(grant(constraints)) == f"{message}; {help_}"


@pytest.mark.parametrize(
    "entries",
    [
        ["/a:/data", "/b:/data2"],
        ["/a:/data", "/a:/data"],
        ["/a:/data-x", "/b:/data/x", "/c:/data/y"],
        ["/running:/runs", "/device:/libs"],
        ["/home/me:/home/you"],
    ],
)
def test_folders_that_lie_beside_each_other(entries) -> None:
    PolicySet.parse(grant(f"host_folders: [{', '.join(repr(one) for one in entries)}]".replace("'", '"')))


def test_a_set_of_folders_is_looked_at_as_a_whole() -> None:
    text = 'let both = ["/a:/data", "/b:/data"]\n'
    assert mistake(text + grant("host_folders: both")).startswith("two folders at one place")


def test_they_hold_for_no_single_operation() -> None:
    for constraint in ('session: "none"', 'host_folders: ["/a:/b"]', "max_files: 3"):
        rule = f'rule r on file_operation {{ when turn > 1 restrict "no" {{ {constraint} }} }}'
        name = constraint.partition(":")[0]
        found = mistake(rule + grant(""))
        assert found == f"`{name}` holds for a run as a whole, not for an operation; move it into the grant"


def test_a_policy_that_says_nothing_of_runs_is_spelled_as_ever() -> None:
    text = PolicySet.parse(grant("max_files: unlimited")).agent("a").canonical
    assert "max_files: unlimited" in text
    assert PolicySet.parse(text).agent("a").canonical == text
    assert "max_files" not in PolicySet.parse(grant("")).agent("a").canonical


BASE = grant(
    'session: "clean" on_surprise: "stop" image: "base" host_folders: ["/srv:/data", "/etc/x:/conf"] max_files: 9',
    'agent "base"',
)


@pytest.mark.parametrize(
    "constraints",
    [
        'session: "none"',
        'session: "clean"',
        'on_surprise: "stop"',
        'image: "base"',
        "host_folders: []",
        'host_folders: ["/srv:/data"]',
        'host_folders: ["/srv/a/b:/data/a/b", "/srv/c:/data/c"]',
        "max_files: 8",
    ],
)
def test_a_child_may_say_less(constraints) -> None:
    PolicySet.parse(BASE + grant(constraints, 'agent "c" extends "base"'))


@pytest.mark.parametrize(
    ("constraints", "why"),
    [
        ('session: "files"', '`"files"` is more than agent `base` has: it has `"clean"`'),
        ('on_surprise: "record"', '`"record"` is more than agent `base` has: it has `"stop"`'),
        ('image: "other"', '`"other"` is more than agent `base` has: it has `"base"`'),
        ('host_folders: ["/srv:/else"]', 'it permits "/srv:/else", which agent `base` does not'),
        # The same files, where the paths of the policy may permit more of them.
        ('host_folders: ["/srv/a:/data"]', 'it permits "/srv/a:/data", which agent `base` does not'),
        ('host_folders: ["/srv/a:/data/b"]', 'it permits "/srv/a:/data/b", which agent `base` does not'),
        (
            'host_folders: ["/:/data"]'.replace("/:", "/srv2:"),
            'it permits "/srv2:/data", which agent `base` does not',
        ),
        ("max_files: 10", "`10_files` is more than agent `base` has: it has `9_files`"),
        ("max_files: unlimited", "`unlimited` is more than agent `base` has: it has `9_files`"),
    ],
)
def test_a_child_says_more_only_with_an_override(constraints, why) -> None:
    name = constraints.partition(":")[0]
    found = mistake(BASE + grant(constraints, 'agent "c" extends "base"'))
    assert found.startswith(f"`{name}` widens what is inherited: {why}")
    PolicySet.parse(BASE + grant(f'override {constraints} because "it has to"', 'agent "c" extends "base"'))


@pytest.mark.parametrize(
    ("constraints", "wider"),
    [
        ('session: "clean"', True),
        ('session: "none"', False),
        ('on_surprise: "stop"', False),
        ('on_surprise: "record"', False),
        ('image: "any"', False),
        ('host_folders: ["/srv:/data"]', True),
        ("host_folders: []", False),
        ("max_cpu_time: 1_s", False),
    ],
)
def test_a_base_that_says_nothing(constraints, wider) -> None:
    text = grant("", 'agent "base"') + grant(constraints, 'agent "c" extends "base"')
    if wider:
        assert "widens what is inherited" in mistake(text)
    else:
        PolicySet.parse(text)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ('session: "files"', 'session: "clean"', {"session": '"clean"'}),
        ('session: "files"', "", {}),
        ('on_surprise: "stop"', "", {"on_surprise": '"stop"'}),
        ('on_surprise: "record"', 'on_surprise: "stop"', {"on_surprise": '"stop"'}),
        ('image: "x"', "", {"image": '"x"'}),
        ('image: "x"', 'image: "x"', {"image": '"x"'}),
        ('host_folders: ["/a:/b"]', "", {}),
        ('host_folders: ["/a:/b"]', "host_folders: []", {"host_folders": []}),
        ('host_folders: ["/a:/b"]', 'host_folders: ["/a/c:/b/c"]', {"host_folders": ["/a/c:/b/c"]}),
        ("max_cpu_time: 2_s", "", {"max_cpu_time": "2_seconds"}),
        ("max_cpu_time: 2_s", "max_cpu_time: 1_s", {"max_cpu_time": "1_seconds"}),
    ],
)
def test_of_two_parents_the_narrower_holds(one, other, expected) -> None:
    for first, second in ((one, other), (other, one)):
        text = (
            grant(first, 'agent "p"') + grant(second, 'agent "q"') + grant("", 'agent "c" extends "p", "q"')
        )
        known = PolicySet.parse(text).agent("c").constraints_json()
        names = ("session", "on_surprise", "image", "host_folders", "max_cpu_time")
        assert {name: known[name] for name in names if name in known} == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('image: "x"', 'image: "y"'),
        ('host_folders: ["/a:/b"]', 'host_folders: ["/a:/c"]'),
    ],
)
def test_parents_of_which_none_is_narrower(one, other) -> None:
    parents = grant(one, 'agent "p"') + grant(other, 'agent "q"')
    name = one.partition(":")[0]
    assert mistake(parents + grant("", 'agent "c" extends "p", "q"')).startswith(
        f"conflicting parents: `{name}`"
    )


def changes(before: str, after: str) -> list[str]:
    found = compare(PolicySet.parse(grant(before)), PolicySet.parse(grant(after)))
    return [
        f"{sign} {change.constraint} {change.why} ({change.value})"
        for one in found.agents
        for sign, several in (("+", one.permitted), ("-", one.denied))
        for change in several
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", 'session: "none"', []),
        ("", 'session: "files"', ['+ session changed from `"none"` to `"files"` (files)']),
        ('session: "files"', "", ['- session changed from `"files"` to `"none"` (files)']),
        ("", 'on_surprise: "stop"', ['- on_surprise changed from `"record"` to `"stop"` (record)']),
        (
            "",
            'image: "x"',
            [
                '+ image changed from none named to `"x"` (x)',
                '- image changed from none named to `"x"` (the one that fits)',
            ],
        ),
        (
            'image: "y"',
            'image: "x"',
            ['+ image changed from `"y"` to `"x"` (x)', '- image changed from `"y"` to `"x"` (y)'],
        ),
        (
            'host_folders: ["/a:/b"]',
            'host_folders: ["/a/x:/b/x", "/c:/d"]',
            ["+ host_folders `/c:/d` is new (/c:/d)", "- host_folders `/a:/b` is gone (/a:/b)"],
        ),
        ("", 'host_folders: ["/c:/d"]', ["+ host_folders `/c:/d` is new (/c:/d)"]),
        ("", "max_files: 3", ["- max_files lowered from `unlimited` to `3_files` (unlimited)"]),
        ("max_files: 3", "", ["+ max_files raised from `3_files` to `unlimited` (unlimited)"]),
    ],
)
def test_what_a_change_of_them_permits(before, after, expected) -> None:
    assert changes(before, after) == expected


READING = 'allowed_file_operations: ["read"]'


@pytest.mark.parametrize(
    ("constraints", "read"),
    [
        ("", False),
        ('allowed_file_paths: ["/data"]', False),
        (READING, True),
        (f'{READING} allowed_file_paths: ["/data/x/*"]', True),
        (f'{READING} allowed_file_paths: ["/d*"]', True),
        (f'{READING} allowed_file_paths: ["/data2"]', False),
        (f'{READING} allowed_file_paths: ["/data/y/z"]', False),
        ('allowed_commands: ["cat"]', True),
    ],
)
def test_a_folder_that_nothing_may_read_is_doubtful(constraints, read) -> None:
    text = grant(f'{constraints}\nhost_folders: ["/srv:/data/x"]')
    found = [one.message for one in find([PolicyText("a.policy", text)]).findings]
    doubt = "`/srv:/data/x` in `host_folders` is mounted for nothing: nothing may read it"
    assert (doubt in found) is not read


def test_no_case_can_try_them() -> None:
    policies = PolicySet.parse(grant('session: "files" image: "x" host_folders: ["/a:/b"] max_files: 3'))
    assert [row.constraint for row in Coverage(policies).rows] == ["code_execution"]
