"""The comparison finds what a judge says when it is asked about every short value."""

from __future__ import annotations

import itertools
import math
import random

import pytest

from execgate.policy.search import walk, wider
from execgate.policy.search.spaces import NOUNS


def length(noun: str, text: str) -> int:
    """Return how long an example is, as the values of the small worlds are measured."""
    if noun == "hosts":
        host = text.removesuffix(" (looked up)").rpartition("://")[2]
        return _plain(host.partition(":")[0])
    if noun == "databases" and text[0] not in "/:":
        return _plain(text)
    return len(text)


def _plain(host: str) -> int:
    """Return the length of a host, in which `com` stands for a letter that reads well."""
    return len(".".join("x" if label == "com" else label for label in host.split(".")))


def test_there_is_a_world_for_every_pair(worlds) -> None:
    assert set(worlds) == set(NOUNS)


@pytest.mark.parametrize("noun", sorted(NOUNS))
def test_every_difference_is_found_and_nothing_shorter_is_one(worlds, noun, pairs) -> None:
    _compare(worlds[noun], noun, max(1, pairs // len(NOUNS)))


@pytest.mark.parametrize("noun", sorted(NOUNS))
def test_looking_at_the_entries_pair_by_pair_changes_nothing(worlds, noun, pairs, monkeypatch) -> None:
    monkeypatch.setattr(walk, "EASY", 0)
    _compare(worlds[noun], noun, max(1, pairs // len(NOUNS)), part=4)


def _compare(world, noun: str, pairs: int, part: int = 1) -> None:
    chance = random.Random(noun)
    policies = math.isqrt(3 * pairs) + 2
    agents = [world.sample(chance) for _ in range(policies)]
    permitted = world.permissions(agents)
    sizes = [size for size, _ in world.operations]
    longest = max(sizes)
    finite = not longest
    couples = list(itertools.product(range(policies), repeat=2))
    for old, new in chance.sample(couples, max(1, pairs // part)):
        gained = [sizes[number] for number in permitted[new] - permitted[old]]
        found = wider(noun, world.pairing(agents[old]), world.pairing(agents[new]))
        told = (agents[old].canonical, agents[new].canonical, found)
        if found is None:
            assert not gained, told
        elif finite:
            assert gained, told
        elif gained:
            assert length(noun, found.text) == min(gained), told
