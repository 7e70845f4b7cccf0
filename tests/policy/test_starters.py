"""The policies that people can start from are policies that a careful author would sign."""

from __future__ import annotations

from pathlib import Path

import pytest

from execgate.policy import PolicySet

FOLDER = Path(__file__).parents[2] / "policies" / "starters"
STARTERS = sorted(path.stem for path in FOLDER.glob("*.policy"))


def test_there_is_one_for_each_of_the_usual_roles() -> None:
    assert STARTERS == [
        "admin",
        "billing",
        "data_analyst",
        "database_reader",
        "fetcher",
        "report_writer",
        "reviewer",
        "sandbox",
    ]


@pytest.mark.parametrize("name", STARTERS)
def test_a_starter_stands_alone_and_says_what_it_is_for(name: str) -> None:
    (agent,) = PolicySet.load(FOLDER / f"{name}.policy").agents
    policy = PolicySet.load(FOLDER / f"{name}.policy").agent(agent)
    assert (agent, policy.settings.version) == (name, "1.0")
    assert policy.settings.description


def test_all_of_them_can_stand_in_one_folder() -> None:
    assert sorted(PolicySet.load(FOLDER).agents) == STARTERS


@pytest.mark.parametrize("name", STARTERS)
def test_a_starter_grants_no_way_around_its_limits(name: str) -> None:
    policy = PolicySet.load(FOLDER / f"{name}.policy").agent(name)
    given = policy.constraints_json()
    for never in ("dynamic_code", "native_code", "process_control", "packages"):
        assert f"allowed_{never}" not in given
    assert "unlimited" not in given.values()
