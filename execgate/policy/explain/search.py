"""The fewest edits of one policy that permit operations; each set is judged before it is told.

The search is exhaustive over edits that a cause of the denial suggests: an entry for what the code does, the
entry or rule that forbids, a limit that is high enough.  Entries wider than the code needs are tried only
where no narrower one permits it.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from execgate.errors import PolicyError
from execgate.model.context import Context
from execgate.model.explanation import Edit
from execgate.model.operation import Operation
from execgate.model.program import Program
from execgate.model.verdict import Decision, Opinion, Says, Verdict, Violation
from execgate.policy.agent import AgentPolicy
from execgate.policy.constraints import CAPABILITIES, CONSTRAINTS, UNLIMITED, LimitConstraint, ListConstraint
from execgate.policy.explain.drafts import OPEN, Draft
from execgate.policy.explain.entries import entries, limits

MOST_TRIED = 200
"""How many sets of edits are judged for one operation before it is given up."""

MOST_EDITS = 12
_MOST_WAYS = 4
_MOST_COMBINED = 512

# How wide an edit is: of as many edits, the narrowest are told.
_EXACT, _GRANT, _LIMIT, _REMOVED, _WIDE, _UNLIMITED, _RULE, _DROPPED = 0, 1, 1, 4, 8, 9, 12, 40

Edits = frozenset[Edit]


@dataclass(frozen=True, slots=True)
class _Try:
    """A set of edits, and the verdict on one operation after them."""

    edits: Edits
    verdict: Verdict


class Workshop:
    """Edits one policy as it decides about a program of one agent, and judges by what comes out.

    `verdict` is what it says unedited, of the program as if it had no gaps.
    """

    def __init__(
        self, policy: AgentPolicy, agent: str, role: str, program: Program, context: Context
    ) -> None:
        self.block = policy.block
        self.program = replace(program, gaps=())
        self._agent, self._role = agent, role
        self._context = context
        self._draft = Draft.of(policy)
        self._lists = self._draft.lists()
        self.verdict = policy.named(agent, role).alone(self.program, context)

    def alone(self, index: int) -> Program:
        """Return the program with one operation only."""
        return replace(self.program, operations=(self.program.operations[index],))

    def permits(self, edits: Iterable[Edit], index: int) -> bool:
        """Return whether the edits permit one operation."""
        verdict = self._judge(self._slim(index).apply(edits), self.alone(index))
        return verdict is not None and verdict.decision is Decision.ALLOW

    def ways(self, index: int) -> list[Edits]:
        """Return the sets of fewest edits that permit one operation, the narrowest first; [] for none."""
        alone = self.alone(index)
        draft = self._slim(index)
        found: list[Edits] = []
        order = itertools.count()
        start = _Try(frozenset(), self._judged(draft, alone))
        heap = [(0, 0, next(order), start)]
        left = MOST_TRIED
        while heap and left > 0 and len(found) < _MOST_WAYS:
            count, width, _, reached = heapq.heappop(heap)
            if found and count > len(found[0]):
                break
            if reached.verdict.decision is Decision.ALLOW:
                found.append(reached.edits)
                continue
            if count == MOST_EDITS:
                continue
            for wide, after in self._steps(reached, draft, alone):
                left -= 1
                heapq.heappush(heap, (len(after.edits), width + wide, next(order), after))
        return found

    def _steps(self, reached: _Try, draft: Draft, alone: Program) -> Iterator[tuple[int, _Try]]:
        """Yield what takes the first cause of a denial away, of each kind of edit the narrowest."""
        verdict = reached.verdict
        cause = verdict.all_violations[0]
        opinions = verdict.rulings[0].opinions
        before = _standing(verdict, cause.constraint)
        edited = draft.apply(reached.edits)
        offered = sorted(
            self._suggested(cause, opinions, edited, alone.operations[0]), key=lambda step: step[1]
        )
        done: set[tuple[str, str]] = set()
        for edit, wide in offered:
            if _kind(edit) in done or (wide == _DROPPED and done) or edit in reached.edits:
                continue
            edits = reached.edits | {edit}
            after = self._judge(draft.apply(edits), alone)
            if after is not None and _standing(after, cause.constraint) < before:
                done.add(_kind(edit))
                yield wide, _Try(edits, after)

    def _slim(self, index: int) -> Draft:
        """Return the policy without the entries that don't match: they have no say, and take time."""
        said: dict[str, set[str]] = {}
        for opinion in self.verdict.rulings[index].opinions:
            if opinion.entry is not None:
                said.setdefault(opinion.constraint, set()).add(opinion.entry)
        return self._draft.keeping(
            {
                name: [one for one in listed if one in said.get(name, ())]
                for name, listed in self._lists.items()
                if name.startswith(("allowed_", "disallowed_"))
            }
        )

    def _judge(self, draft: Draft, program: Program) -> Verdict | None:
        """Return the verdict by an edited policy, None where the edits make no policy."""
        try:
            return self._judged(draft, program)
        except PolicyError:
            return None

    def _judged(self, draft: Draft, program: Program) -> Verdict:
        return draft.agent(self._agent).named(self._agent, self._role).alone(program, self._context)

    # --- what a denial suggests -----------------------------------------------------------------------------

    def _suggested(
        self, violation: Violation, opinions: Sequence[Opinion], draft: Draft, operation: Operation
    ) -> Iterator[tuple[Edit, int]]:
        name = violation.constraint
        constraint = CONSTRAINTS.get(name)
        if name in CAPABILITIES:
            yield self._edit("grant", name), _GRANT
        elif isinstance(constraint, LimitConstraint):
            for value in limits(constraint, operation, self._context):
                yield self._edit("set", name, value), _UNLIMITED if value == UNLIMITED else _LIMIT
            if draft.has(name):
                yield self._edit("drop", name), _DROPPED
        elif isinstance(constraint, ListConstraint):
            yield from self._listed(name, opinions, draft, operation)
        else:
            yield self._edit("drop", name), _RULE

    def _listed(
        self, name: str, opinions: Sequence[Opinion], draft: Draft, operation: Operation
    ) -> Iterator[tuple[Edit, int]]:
        noun = name.partition("_")[2]
        allow = f"allowed_{noun}" if name.startswith("disallowed_") else name
        listed = CONSTRAINTS.get(allow)
        if isinstance(listed, ListConstraint):
            for width, entry in enumerate(entries(listed, operation)):
                wide = _WIDE if entry == "*" else _EXACT + min(width, _WIDE - 1)
                yield self._addition(allow, noun, entry, draft), wide
        for opinion in opinions:
            if opinion.constraint == name and opinion.says is Says.FORBIDS and opinion.entry is not None:
                yield self._edit("remove", name, opinion.entry), _REMOVED
        if any(opinion.says is Says.UNDECIDED for opinion in opinions):
            # Nothing else lets a value pass that is not known.
            yield from (
                (self._edit("drop", twin), _DROPPED)
                for twin in (f"allowed_{noun}", f"disallowed_{noun}")
                if draft.has(twin)
            )

    def _addition(self, allow: str, noun: str, entry: str, draft: Draft) -> Edit:
        if draft.has(allow):
            return self._edit("add", allow, entry)
        kept = ("*",) if noun in OPEN and entry != "*" else ()
        return self._edit("begin", allow, *kept, entry)

    def _edit(self, verb: str, constraint: str, *values: str) -> Edit:
        return Edit(verb, self.block, constraint, values)


def _kind(edit: Edit) -> tuple[str, str]:
    """Return what an edit has in common with the wider ones that do the same."""
    if edit.verb == "remove":
        return edit.constraint, edit.values[0]
    return edit.constraint, "add" if edit.verb == "begin" else ""


def _standing(verdict: Verdict, constraint: str) -> tuple[int, int]:
    """Return how much of a constraint stands against an operation: violations, then entries that forbid."""
    return (
        sum(violation.constraint == constraint for violation in verdict.all_violations),
        sum(
            opinion.constraint == constraint and opinion.says is Says.FORBIDS
            for opinion in verdict.rulings[0].opinions
        ),
    )


def combined(
    ways: Mapping[int, Sequence[Edits]], permits: Callable[[Iterable[Edit], int], bool]
) -> tuple[Edit, ...]:
    """Return the fewest edits that hold one way for each operation, by its index; none can be left out."""
    chosen: Edits = frozenset()
    if math.prod(map(len, ways.values())) <= _MOST_COMBINED:
        unions = (frozenset[Edit]().union(*choice) for choice in itertools.product(*ways.values()))
        chosen = min(unions, key=len)
    else:
        chosen = _covering(ways)
    kept = list(_ordered(chosen))
    held = {index: next(edits for edits in way if edits <= chosen) for index, way in ways.items()}
    for edit in list(kept):
        fewer = frozenset(kept) - {edit}
        if all(permits(fewer, index) for index, edits in held.items() if edit in edits):
            kept.remove(edit)
            held = {index: fewer if edit in edits else edits for index, edits in held.items()}
    return tuple(kept)


def _covering(ways: Mapping[int, Sequence[Edits]]) -> Edits:
    """Return edits that hold one way for each operation, chosen for how many each of them is enough."""
    chosen: Edits = frozenset()
    left = dict(ways)
    while left:
        offered = {edits: None for way in left.values() for edits in way}
        best = max(offered, key=lambda edits: _reach(chosen | edits, left) / len(edits - chosen))
        chosen |= best
        left = {index: way for index, way in left.items() if not any(edits <= chosen for edits in way)}
    return chosen


def _reach(edits: Edits, ways: Mapping[int, Sequence[Edits]]) -> int:
    return sum(any(one <= edits for one in way) for way in ways.values())


def _ordered(edits: Iterable[Edit]) -> Iterator[Edit]:
    # The narrowest are tried first, so that what they are covered by anyway takes their place.
    yield from sorted(edits, key=lambda edit: (edit.verb != "grant", edit.constraint, edit.verb, edit.values))
