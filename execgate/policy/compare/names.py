"""Which agents of two policy sets are to be compared with each other."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterator

from execgate.policy.compare.changes import policy_of
from execgate.policy.matching.patterns import Glob, segment
from execgate.policy.policyset import PolicySet
from execgate.policy.search.automaton import Matcher

_MOST = 5_000
"""How many beginnings of names are followed: more patterns than that takes are compared by their own text."""

_LETTERS = "xyzwvutsrqponmlkjihgfedcba0123456789_"


def pairs_of_agents(old: PolicySet, new: PolicySet) -> list[str]:
    """Return names that stand for all: for each two blocks that hold for one name, the shortest such name.

    Those of blocks that are no patterns come first, in the order of the texts.
    """
    blocks = list(dict.fromkeys([*old.agents, *new.agents]))
    found: dict[tuple[str | None, str | None], str] = {}
    exact = [block for block in blocks if "*" not in block]
    globs = [glob for block in blocks if isinstance(glob := segment(block), Glob)]
    for name in itertools.chain(exact, _covered(globs)):
        found.setdefault((_block(old, name), _block(new, name)), name)
    return list(found.values())


def _block(policies: PolicySet, name: str) -> str | None:
    policy = policy_of(policies, name)
    return None if policy is None else policy.block


def _covered(globs: list[Glob]) -> Iterator[str]:
    """Yield a shortest name for each set of patterns that cover one, and in the end one for each pattern."""
    matchers = [Matcher(glob) for glob in globs]
    start = tuple(matcher.start for matcher in matchers)
    todo = deque([("", start)])
    seen = {start}
    while matchers and todo and len(seen) < _MOST:
        text, positions = todo.popleft()
        if any(at & matcher.accept for matcher, at in zip(matchers, positions, strict=True)) and text.strip():
            yield text
        named = dict.fromkeys(
            char for matcher, at in zip(matchers, positions, strict=True) for char in matcher.next_chars(at)
        )
        fresh = next((letter for letter in _LETTERS if letter not in named), "é")
        for char in (fresh, *named):
            following = tuple(matcher.step(at, char) for matcher, at in zip(matchers, positions, strict=True))
            if any(following) and following not in seen:
                seen.add(following)
                todo.append((text + char, following))
    yield from (str(glob).replace("*", "x") for glob in globs)
