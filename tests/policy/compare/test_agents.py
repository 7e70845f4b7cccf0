"""Whole agents: every difference is told, every example is confirmed, and both directions mirror each other."""

from __future__ import annotations

import random

import pytest

from execgate.errors import UnknownAgentError
from execgate.model.program import Program
from execgate.model.source import Source
from execgate.policy import PolicySet
from execgate.policy.compare import agents, changes, code
from execgate.policy.compare.agents import compare
from execgate.policy.compare.changes import Case, UnconfirmedError

AGENTS = 24


def policy(lists: str, name: str = "a") -> PolicySet:
    return PolicySet.parse(f'agent "{name}" {{ can "code_execution" with constraints {{\n{lists}\n}} }}')


@pytest.fixture(scope="module")
def sample(worlds):
    """Return random policies with lists for a few constraints, and what each permits of all small worlds."""
    chance = random.Random(7)
    found = []
    for _ in range(AGENTS):
        lines = {}
        for noun in chance.sample(sorted(worlds), 4):
            world = worlds[noun]
            for prefix in ("allowed", "disallowed"):
                if f"{prefix}_{noun}" != "allowed_opaque_libraries" and chance.random() < 0.6:
                    entries = chance.choices(world.entries, k=chance.randint(0, 3))
                    lines[f"{prefix}_{noun}"] = ", ".join(f'"{entry}"' for entry in entries)
        lines["max_memory"] = None
        body = "\n".join(f"{name}: [{entries}]" for name, entries in lines.items() if entries is not None)
        found.append(policy(f"{body}\nmax_memory: {chance.choice((1, 2))}_gigabyte"))
    return found


@pytest.fixture(scope="module")
def operations(worlds):
    chance = random.Random(8)
    return [
        one
        for world in worlds.values()
        for _, one in chance.sample(world.operations, min(60, len(world.operations)))
    ]


def _permitted(policies: PolicySet, operations) -> set[int]:
    agent = policies.agent("a")
    return {
        number for number, one in enumerate(operations) if agent.judge(Program(Source(""), (one,))).allowed
    }


def test_what_any_operation_shows_to_be_newly_permitted_is_told(sample, operations) -> None:
    permitted = [_permitted(policies, operations) for policies in sample]
    chance = random.Random(9)
    for _ in range(120):
        one, other = chance.randrange(AGENTS), chance.randrange(AGENTS)
        comparison = compare(sample[one], sample[other])
        kinds = {
            operation.type
            for agent in comparison.agents
            for change in agent.permitted
            if change.case is not None
            for operation in change.case.operations
        }
        for number in permitted[other] - permitted[one]:
            assert operations[number].type in kinds, (operations[number], comparison)


def test_what_one_direction_permits_the_other_denies(sample) -> None:
    chance = random.Random(10)
    for _ in range(60):
        one, other = chance.choice(sample), chance.choice(sample)
        there, back = compare(one, other), compare(other, one)
        for mine, theirs in ((there, back), (back, there)):
            gained = [(c.constraint, c.case, c.value) for agent in mine.agents for c in agent.permitted]
            lost = [(c.constraint, c.case, c.value) for agent in theirs.agents for c in agent.denied]
            assert gained == lost


def test_a_policy_does_not_differ_from_itself(sample) -> None:
    for policies in sample:
        again = PolicySet.parse(policies.agent("a").canonical)
        assert compare(policies, again).agents == ()
        assert not compare(policies, again).permits_more


def test_what_permits_no_more_step_by_step_permits_no_more_at_once(sample) -> None:
    wider = {
        (one, other): compare(sample[one], sample[other]).permits_more
        for one in range(12)
        for other in range(12)
    }
    for one in range(12):
        for middle in range(12):
            for last in range(12):
                if not wider[one, middle] and not wider[middle, last]:
                    assert not wider[one, last]


def told(old: PolicySet, new: PolicySet) -> list[tuple[str, str]]:
    return [(c.constraint, c.why) for agent in compare(old, new).agents for c in agent.permitted]


FILES = 'allowed_file_operations: ["read"]\n'


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # A path alone permits nothing, nor does an operation for which there is no path.
        ("", 'allowed_file_paths: ["/data"]', []),
        ("allowed_file_paths: []", FILES + "allowed_file_paths: []", []),
        (FILES, FILES + 'allowed_file_paths: ["/data"]', []),
        (
            FILES + 'allowed_file_paths: ["/data"]',
            FILES,
            [("allowed_file_paths", "the list `allowed_file_paths` is gone")],
        ),
        # What is not known before the program runs is permitted only where there is no list.
        (
            FILES + 'allowed_file_paths: ["/"]',
            FILES,
            [("allowed_file_paths", "the list `allowed_file_paths` is gone")],
        ),
        ('allowed_imports: ["*"]', "", [("allowed_imports", "the list `allowed_imports` is gone")]),
        ("disallowed_imports: []", "", [("disallowed_imports", "the list `disallowed_imports` is gone")]),
        (
            'allowed_database_operations: ["execute"]\nallowed_tables: []',
            'allowed_database_operations: ["select", "execute"]\nallowed_tables: []',
            [("allowed_database_operations", '"select" is new in `allowed_database_operations`')],
        ),
        (
            "allowed_tables: []",
            'allowed_database_operations: ["execute"]\nallowed_tables: []',
            [],
        ),
        (
            'allowed_database_operations: ["select"]\nallowed_databases: ["/a"]',
            'allowed_database_operations: ["select"]\nallowed_databases: ["/a", "/b"]\nallowed_tables: ["t"]',
            [("allowed_databases", '"/b" is new in `allowed_databases`')],
        ),
        (
            'allowed_database_operations: ["execute"]\nallowed_databases: ["/a"]',
            'allowed_database_operations: ["execute"]\nallowed_databases: ["/b"]',
            [("allowed_databases", '"/b" is new in `allowed_databases`')],
        ),
        (
            'allowed_database_operations: ["execute"]\nallowed_databases: ["/a"]\nallowed_tables: []',
            'allowed_database_operations: ["execute"]\nallowed_databases: ["/b"]\nallowed_tables: []',
            [],
        ),
        (
            'allowed_imports: ["*"]\ndisallowed_imports: ["os", "sys"]',
            'allowed_imports: ["*"]',
            [
                ("disallowed_imports", '"os" is gone from `disallowed_imports`'),
                ("disallowed_imports", '"sys" is gone from `disallowed_imports`'),
            ],
        ),
        (
            'allowed_imports: ["*"]\ndisallowed_imports: ["os", "o*"]',
            'allowed_imports: ["*"]',
            [
                ("disallowed_imports", '"o*" is gone from `disallowed_imports`'),
                ("disallowed_imports", '"o*", "os" are gone from `disallowed_imports`'),
            ],
        ),
        (
            "max_memory: 1_gigabyte",
            "max_memory: 2_gigabytes",
            [("max_memory", "raised from `1000000000_bytes` to `2000000000_bytes`")],
        ),
        (
            "max_memory: 1_gigabyte",
            "max_memory: unlimited",
            [("max_memory", "raised from `1000000000_bytes` to `unlimited`")],
        ),
        ("max_memory: unlimited", "max_memory: 1_gigabyte", []),
    ],
)
def test_causes(old, new, expected) -> None:
    assert told(policy(old), policy(new)) == expected


def test_no_more_examples_of_one_constraint_are_told_than_people_read() -> None:
    names = ", ".join(f'"m{number}"' for number in range(30))
    assert len(told(policy("allowed_imports: []"), policy(f"allowed_imports: [{names}]"))) == code.MOST


def test_an_agent_without_the_grant_is_compared_by_the_grant() -> None:
    bare = PolicySet.parse('agent "a" { }')
    (first, *rest) = told(bare, policy('allowed_imports: ["os"]\nallowed_packages: ["x"]'))
    assert first == ("code_execution", '`can "code_execution"` is new')
    assert ("allowed_imports", "the grant is new") in rest
    assert ("disallowed_opaque_libraries", "the grant is new") in rest
    assert told(policy(""), bare) == []


def test_a_pattern_is_compared_where_another_block_held_before() -> None:
    old = policy('allowed_imports: ["os"]', "dev_*")
    new = PolicySet.parse(
        'agent "dev_*" { can "code_execution" with constraints { allowed_imports: ["os"] } }'
        'agent "dev_a*" { can "code_execution" with constraints { allowed_imports: ["sys"] } }'
    )
    (changed,) = compare(old, new).agents
    assert (changed.agent, changed.block) == ("dev_a", "dev_a*")
    assert [change.constraint for change in changed.permitted] == ["allowed_imports"]
    assert [change.constraint for change in changed.denied] == ["allowed_imports"]


def test_an_agent_that_only_one_has_can_be_asked_for_and_one_that_neither_has_can_not() -> None:
    old, new = policy("", "old"), policy("", "new")
    assert compare(old, new, "new").permits_more
    assert not compare(old, new, "old").permits_more
    with pytest.raises(UnknownAgentError):
        compare(old, new, "none")


def test_an_example_that_the_judge_does_not_confirm_is_a_defect(monkeypatch) -> None:
    monkeypatch.setattr(changes.Sides, "confirms", lambda _self, _case: False)
    with pytest.raises(UnconfirmedError):
        compare(policy("allowed_imports: []"), policy('allowed_imports: ["os"]'))


def test_what_takes_too_much_work_is_told_as_such(monkeypatch) -> None:
    monkeypatch.setattr(agents, "_STEPS", 3)
    old, new = (policy(f'allowed_environment: ["{glob}"]') for glob in ("A*B*", "B*A*"))
    comparison = compare(old, new)
    assert comparison.permits_more
    assert comparison.agents[0].unfinished == ("allowed_environment",)
    assert comparison.agents[0].to_json()["not_compared"] == ["allowed_environment"]


def test_nobody_is_blamed_where_there_is_no_policy() -> None:
    sides = changes.Sides(PolicySet([]), policy(""), "a")
    assert sides.confirms(Case())
    assert not sides.blames(Case(), "allowed_imports")
