"""Who extends whom: parents before their children, whatever the order of the text."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from execgate.policy.elaboration.inheritance import OwnAgent
from execgate.policy.elaboration.names import is_pattern, spelled
from execgate.policy.language.syntax import MISSING
from execgate.policy.problems import Problems, clipped, did_you_mean

_MOST_COMPARED = 500


def parents_first(
    agents: Mapping[str, OwnAgent], problems: Problems
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each agent with those of its parents that there are, behind them; without recursion.

    A parent that is missing, a pattern, or part of a circle is a problem, and left out.
    """
    above = {name: _known(agent, agents, problems) for name, agent in agents.items()}
    done: set[str] = set()
    for first in agents:
        path: dict[str, None] = {}
        todo = [first]
        while todo:
            name = todo[-1]
            if name in done:
                todo.pop()
                continue
            waiting = [parent for parent in above[name] if parent not in done]
            if not waiting:
                path.pop(name, None)
                todo.pop()
                done.add(name)
                yield name, above[name]
                continue
            path[name] = None
            for parent in waiting:
                if parent in path:
                    _circle(agents[name], parent, [*path], problems)
                    above[name] = tuple(each for each in above[name] if each != parent)
                else:
                    todo.append(parent)


def _known(agent: OwnAgent, agents: Mapping[str, OwnAgent], problems: Problems) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for parent in agent.tree.parents:
        if parent.kind == MISSING:
            continue
        name = spelled(parent.text)
        if is_pattern(name):
            problems.at(
                parent.clause,
                f"`{clipped(name)}` is a pattern: an agent extends one that is named",
                "give what they have in common a name of its own, and extend that",
            )
        elif name not in agents:
            close = did_you_mean(name, itertools.islice(agents, _MOST_COMPARED))
            problems.at(
                parent.clause,
                f"no agent `{clipped(name)}` to extend",
                f"did you mean `{clipped(close)}`?" if close else "name an agent that there is, or add it",
            )
        elif name in found:
            problems.at(parent.clause, f"agent `{clipped(name)}` is extended twice", "name it once")
        else:
            found[name] = None
    return tuple(found)


def _circle(agent: OwnAgent, parent: str, path: list[str], problems: Problems) -> None:
    circle = [*path[path.index(parent) :], parent]
    shown = circle if len(circle) <= 6 else [*circle[:3], "...", *circle[-2:]]
    clause = next(each.clause for each in agent.tree.parents if spelled(each.text) == parent)
    problems.at(
        clause,
        f"agent `{clipped(parent)}` extends itself: {' -> '.join(map(clipped, shown))}",
        "remove one of the steps",
    )
