"""What stands beside the grants, and the reasons of whatever has one."""

from __future__ import annotations

import pytest

from execgate.policy import PolicySet


def test_settings_and_reasons_stand_in_the_canonical_text() -> None:
    policy = PolicySet.parse(
        'agent "a" {\n'
        '  version: "1.2" description: "reads \\u00e9"\n'
        '  delegation: intersect because "nobody is trusted"\n'
        '  can "code_execution" because "it computes" with constraints {\n'
        '    allowed_imports: ["math"] because "numbers"\n'
        '    max_cpus: 2 because "two"\n'
        "  }\n"
        "}\n"
    ).agent("a")
    assert (policy.settings.version, policy.settings.description) == ("1.2", "reads \u00e9")
    assert policy.settings.delegation == "intersect"
    assert policy.grants["code_execution"].reasons == {
        "": "it computes",
        "allowed_imports": "numbers",
        "max_cpus": "two",
    }
    assert policy.canonical == (
        'agent "a" {\n'
        '  delegation: intersect because "nobody is trusted"\n'
        '  description: "reads \\u00e9"\n'
        '  version: "1.2"\n'
        '  can "code_execution" because "it computes" with constraints {\n'
        '    allowed_imports: ["math"] because "numbers"\n'
        '    max_cpus: 2_cpus because "two"\n'
        "    max_disk: 64000000_bytes\n"
        "    max_execution_time: 30_seconds\n"
        "    max_memory: 512000000_bytes\n"
        "    max_output: 1000000_bytes\n"
        "    max_processes: 32_processes\n"
        "  }\n"
        "}\n"
    )
    assert PolicySet.parse(policy.canonical).agent("a").digest == policy.digest


def test_what_holds_without_being_said_is_not_printed() -> None:
    one, other = (
        PolicySet.parse(f'agent "a" {{ {text} }}').agent("a") for text in ("", "delegation: executor")
    )
    assert one.canonical == other.canonical == 'agent "a" {\n}\n'


LONG = "x" * 1025


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('vesion: "1"', "unknown setting `vesion` of an agent @ 1:13 = did you mean `version`?"),
        (
            'owner: "me"',
            "unknown setting `owner` of an agent @ 1:13 = there are: `version`, `description`, `delegation`",
        ),
        (
            'allowed_imports: ["x"]',
            (
                "unknown setting `allowed_imports` of an agent @ 1:13 = constraints stand in a grant: "
                '`can "code_execution" with constraints { allowed_imports: ... }`'
            ),
        ),
        (
            'allowed_import: ["x"]',
            (
                "unknown setting `allowed_import` of an agent @ 1:13 = constraints stand in a grant: "
                '`can "code_execution" with constraints { ... }`'
            ),
        ),
        (
            'version: "1" version: "2"',
            "setting `version` a second time @ 1:26 = the first is on line 1; remove one",
        ),
        ("version: 2", '`version` takes a text in double quotes @ 1:22 = did you mean `"2"`?'),
        ('version: ["2"]', "`version` takes a text in double quotes @ 1:22"),
        (f'description: "{LONG}"', "`description` has at most 1,024 characters @ 1:26"),
        (
            "delegation: intersection",
            (
                "`delegation` takes whose policy is asked: `executor`, or `intersect` for the suggester's too @ 1:25 = "
                "did you mean `intersect`?"
            ),
        ),
        (
            'delegation: "intersect"',
            (
                "`delegation` takes whose policy is asked: `executor`, or `intersect` for the suggester's too @ 1:25 = "
                "did you mean `intersect`?"
            ),
        ),
        (
            "delegation: []",
            (
                "`delegation` takes whose policy is asked: `executor`, or `intersect` for the suggester's too @ 1:25 = "
                "write one of: `executor`, `intersect`"
            ),
        ),
        (
            'can "tool" because " "',
            "a reason without words @ 1:32 = say why, for whoever reviews the policy",
        ),
        (f'delegation: intersect because "{LONG}"', "a reason has at most 1,024 characters @ 1:43"),
    ],
)
def test_a_mistake_in_a_setting_is_said_in_plain_words(report, body, expected) -> None:
    assert report(f'agent "a" {{ {body} }}') == [expected]
