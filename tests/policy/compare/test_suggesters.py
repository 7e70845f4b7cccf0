"""`delegation: intersect`: an agent may do more as soon as those whose suggestions it executes may."""

from __future__ import annotations

import pytest

from execgate.policy import PolicySet
from execgate.policy.compare import agents, suggesters
from execgate.policy.compare.agents import compare
from execgate.policy.search.space import Budget

EXECUTOR = """agent "executor" {
  delegation: intersect
  can "code_execution" with constraints { allowed_imports: ["json", "csv"] allowed_hosts: ["a.com"] }
}"""


def suggested(code: str | None, *more: str, executor: str = EXECUTOR, name: str = "suggester") -> PolicySet:
    """Return an executor whose own policy never changes, and one who suggests."""
    grant = "" if code is None else f'can "code_execution" with constraints {{ {code} }}'
    return PolicySet.parse("\n".join([executor, *more, f'agent "{name}" {{ {grant} }}']))


def told(old: PolicySet, new: PolicySet, agent: str | None = None):
    """Return by agent what is newly permitted, as constraint, words and suggester."""
    return {
        one.agent: [
            (each.constraint, each.why, None if each.case is None else each.case.context.suggester)
            for each in one.permitted
        ]
        for one in compare(old, new, agent).agents
        if one.permitted
    }


WIDER = ("delegation", "`suggester`, who may suggest it, is permitted more", "suggester")


def test_the_executor_is_named_where_the_suggester_is_permitted_more() -> None:
    old, new = suggested('allowed_imports: ["csv"]'), suggested('allowed_imports: ["csv", "json"]')
    found = told(old, new)
    assert set(found) == {"executor", "suggester"}
    assert found["executor"] == [WIDER]
    assert told(new, old) == {}
    (back,) = (one for one in compare(new, old).agents if one.agent == "executor")
    assert [(each.constraint, each.why) for each in back.denied] == [
        ("delegation", "`suggester`, who may suggest it, is denied more")
    ]


def test_it_is_found_for_one_agent_alone_too() -> None:
    old, new = suggested('allowed_imports: ["csv"]'), suggested('allowed_imports: ["csv", "json"]')
    assert told(old, new, "executor") == {"executor": [WIDER]}
    assert set(told(old, new, "suggester")) == {"suggester"}


@pytest.mark.parametrize(
    ("was", "now"),
    [
        # the executor may spawn nothing, and has no memory of others
        ('allowed_imports: ["csv"]', 'allowed_imports: ["csv"] allowed_commands: ["ls"]'),
        (
            'allowed_imports: ["csv"] max_memory: 1_gigabyte',
            'allowed_imports: ["csv"] max_memory: 2_gigabytes',
        ),
    ],
)
def test_what_the_executor_has_no_part_in_is_not_told(was: str, now: str) -> None:
    assert set(told(suggested(was), suggested(now))) == {"suggester"}


def test_what_may_be_permitted_is_told_without_an_example() -> None:
    old, new = suggested('allowed_imports: ["csv"]'), suggested('allowed_imports: ["csv", "os"]')
    (found,) = told(old, new)["executor"]
    assert found[0] == "delegation"
    assert found[1].endswith("no example was found, and it may permit more")


def test_one_that_asks_nobody_or_has_no_code_is_not_named() -> None:
    lists = 'allowed_imports: ["csv"]', 'allowed_imports: ["csv", "json"]'
    alone = EXECUTOR.replace("intersect", "executor")
    assert set(told(*(suggested(one, executor=alone) for one in lists))) == {"suggester"}
    idle = 'agent "executor" { delegation: intersect }'
    assert set(told(*(suggested(one, executor=idle) for one in lists))) == {"suggester"}
    assert set(told(PolicySet.parse('agent "a" {}'), suggested(lists[0]))) == {"executor", "suggester"}


def test_a_new_suggester_is_found_in_the_state_that_the_executor_asks_for() -> None:
    rule = 'rule r { when phase != COMMIT deny "m" }\n}'
    executor = EXECUTOR[:-1] + rule
    (found,) = told(PolicySet.parse(executor), suggested("", executor=executor))["executor"]
    assert found == WIDER


def test_a_payment_that_a_suggester_may_make_is_told_as_far_as_it_can_be_known() -> None:
    grant = (
        'can "payment" with constraints { allowed_providers: ["stripe"] '
        'allowed_payment_operations: ["charge"] max_amount: 5_usd }'
    )
    poor, rich = (
        f'agent "{name}" {{ can "code_execution" {extra} }}' for name, extra in (("p", ""), ("p", grant))
    )
    found = told(*(suggested(None, one) for one in (poor, rich)))
    assert found["executor"] == [
        (
            "delegation",
            "`p`, who may suggest it, is permitted more; no example was found, and it may permit more",
            None,
        )
    ]


def test_suggesters_that_could_not_be_compared_leave_the_executor_open(monkeypatch) -> None:
    monkeypatch.setattr(agents, "_STEPS", 1)
    old, new = suggested('allowed_imports: ["a*b"]'), suggested('allowed_imports: ["a*c"]')
    found = told(old, new)["executor"]
    assert [constraint for constraint, _, suggester in found if suggester is None] == ["delegation"]


def test_what_can_not_be_ruled_out_within_the_bound_on_work_is_told() -> None:
    old, new = suggested('allowed_imports: ["csv"]'), suggested('allowed_imports: ["csv", "os"]')
    (other,) = (one for one in compare(old, new).agents if one.agent == "suggester")
    sides = suggesters.Sides(old, new, "executor")
    (found,) = suggesters.Suggested(sides, Budget(1), gains=True).changes([other])
    assert not found.confirmed


def test_of_many_suggesters_a_few_are_told() -> None:
    def crowd(imports: str) -> PolicySet:
        more = (
            f'agent "s{number}" {{ can "code_execution" with constraints {{ allowed_imports: {imports} }} }}'
            for number in range(20)
        )
        return suggested(None, *more)

    assert len(told(crowd("[]"), crowd('["json"]'))["executor"]) == 8
