"""The reference of the language has a line and an example for each constraint."""

from __future__ import annotations

import pytest

from execgate.policy import PolicySet
from execgate.policy.constraints import CAPABILITY_OF, CONSTRAINTS
from execgate.policy.constraints.about import ABOUT


def test_every_constraint_is_described_and_no_other() -> None:
    assert set(ABOUT) == set(CONSTRAINTS)
    assert all(about.line.endswith(".") and about.line[0].isupper() for about in ABOUT.values())


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_every_example_is_one_of_its_constraint(name) -> None:
    assert ABOUT[name].example.startswith(f"{name}: ")
    text = f'agent "a" {{ can "{CAPABILITY_OF[name]}" with constraints {{ {ABOUT[name].example} }} }}'
    assert name in PolicySet.parse(text).agent("a").constraints_json()
