"""The fewest edits of one policy that permit operations; each set is judged before it is told.

The search is exhaustive over edits that a cause of the denial suggests: an entry for what the code does, the
entry or rule that forbids, a limit that is high enough.  Entries wider than the code needs are tried only
where no narrower one permits it.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from execgate.errors import PolicyError
from execgate.model.context import Context
from execgate.model.explanation import Edit
from execgate.model.operation import Operation
from execgate.model.program import Program
from execgate.model.verdict import Decision, Opinion, Says, Verdict, Violation
from execgate.policy.constraints import CAPABILITIES, CONSTRAINTS, LimitConstraint, ListConstraint
from execgate.policy.explain.drafts import OPEN, Draft
from execgate.policy.explain.entries import entries, limits

MOST_TRIED = 120
"""How many sets of edits are judged for one operation before it is given up."""

MOST_EDITS = 6
_MOST_WAYS = 4
_MOST_COMBINED = 512

# How wide an edit is: of as many edits, the narrowest are told.
_EXACT, _GRANT, _LIMIT, _REMOVED, _WIDE, _UNLIMITED, _RULE, _DROPPED = 0, 1, 1, 4, 8, 9, 12, 40

Edits = frozenset[Edit]


class Workshop:
    """Edits one agent's policy and judges by what comes out."""

    def __init__(self, draft: Draft, block: str, agent: str, context: Context, role: str = "agent") -> None:
        self.draft = draft
        self.block = block
        self._agent = agent
        self._context = context
        self._role = role

    def judge(self, draft: Draft, program: Program) -> Verdict | None:
        """Return the verdict by an edited policy, None where the edits make no policy."""
        try:
            return draft.agent(self._agent).named(self._agent, self._role).judge(program, self._context)
        except PolicyError:
            return None

    def permits(self, edits: Iterable[Edit], program: Program) -> bool:
        """Return whether the policy with the edits permits the program as a whole."""
        verdict = self.judge(self.draft.apply(edits), program)
        return verdict is not None and verdict.decision is Decision.ALLOW

    def ways(self, program: Program, index: int) -> list[Edits]:
        """Return the sets of fewest edits that permit one operation, the narrowest first; [] for none."""
        operation = program.operations[index]
        alone = replace(program, operations=(operation,), gaps=())
        draft = self._slim(alone)
        kinds: dict[Edits, Edits] = {}
        found: list[Edits] = []
        counter = itertools.count()
        heap: list[tuple[int, int, int, Edits]] = [(0, 0, next(counter), frozenset())]
        seen: set[Edits] = {frozenset()}
        tried = 0
        while heap and tried < MOST_TRIED and len(found) < _MOST_WAYS:
            count, width, _, edits = heapq.heappop(heap)
            if found and count > len(found[0]):
                break
            edited = draft.apply(edits)
            tried += 1
            verdict = self.judge(edited, alone)
            if verdict is None:
                continue
            if verdict.decision is Decision.ALLOW:
                # The first of its kind has the narrowest entries; wider ones permit what nobody asked for.
                kinds.setdefault(_kind(edits), edits)
                found = list(kinds.values())
                continue
            if count == MOST_EDITS:
                continue
            for edit, wide in self._causes(verdict, edited, operation):
                more = edits | {edit}
                if more not in seen and not _undone(edit, edits):
                    seen.add(more)
                    heapq.heappush(heap, (len(more), width + wide, next(counter), more))
        return found

    def _slim(self, alone: Program) -> Draft:
        """Return the policy without the entries that don't match: they have no say, and take time."""
        verdict = self.judge(self.draft, alone)
        if verdict is None or not verdict.rulings:
            return self.draft
        said: dict[str, list[str]] = {}
        for opinion in verdict.rulings[0].opinions:
            if opinion.entry is not None:
                said.setdefault(opinion.constraint, []).append(opinion.entry)
        lists = self.draft.lists()
        return self.draft.keeping(
            {
                name: [one for one in listed if one in said.get(name, ())]
                for name, listed in lists.items()
                if name.startswith(("allowed_", "disallowed_")) and len(listed) > len(said.get(name, ()))
            }
        )

    # --- what a denial suggests -----------------------------------------------------------------------------

    def _causes(self, verdict: Verdict, draft: Draft, operation: Operation) -> Iterator[tuple[Edit, int]]:
        for violation in verdict.violations:
            yield from self._suggested(violation, (), draft, operation)
        for ruling in verdict.rulings:
            for violation in ruling.violations:
                yield from self._suggested(violation, ruling.opinions, draft, operation)

    def _suggested(
        self, violation: Violation, opinions: Sequence[Opinion], draft: Draft, operation: Operation
    ) -> Iterator[tuple[Edit, int]]:
        name = violation.constraint
        constraint = CONSTRAINTS.get(name)
        if name in CAPABILITIES:
            if not draft.grants(name):
                yield self._edit("grant", name), _GRANT
        elif isinstance(constraint, LimitConstraint):
            for width, value in enumerate(limits(name, operation, self._context)):
                yield self._edit("set", name, value), _UNLIMITED if value == "unlimited" else _LIMIT + width
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
        if allow in CONSTRAINTS:
            offered = entries(allow, operation)
            for width, entry in enumerate(offered):
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


def _kind(edits: Edits) -> Edits:
    """Return the edits without the entries that they are about; two that add to one list are one kind."""
    return frozenset(
        edit if edit.verb == "remove" else replace(edit, verb=_SAME.get(edit.verb, edit.verb), values=())
        for edit in edits
    )


_SAME = {"begin": "add"}


def _undone(edit: Edit, edits: Edits) -> bool:
    """Return whether an edit would undo, or repeat in a wider way, what is done already."""
    return any(one.constraint == edit.constraint and "drop" in {one.verb, edit.verb} for one in edits)


def combined(ways: Sequence[Sequence[Edits]], permits: Callable[[Edits], bool]) -> tuple[Edit, ...] | None:
    """Return the fewest edits that hold one way for each operation; None where they do not permit them all.

    None of them can be left out.
    """
    chosen: Edits = frozenset()
    product = 1
    for way in ways:
        product *= len(way)
    if product <= _MOST_COMBINED:
        chosen = min(
            (frozenset().union(*choice) for choice in itertools.product(*ways)),
            key=len,
            default=frozenset(),
        )
    else:
        for way in ways:
            chosen |= min(way, key=lambda edits: len(edits - chosen))
    if not permits(chosen):
        return None
    kept = list(_ordered(chosen))
    for edit in list(kept):
        fewer = frozenset(kept) - {edit}
        if len(kept) > 1 and permits(fewer):
            kept.remove(edit)
    return tuple(kept)


def _ordered(edits: Iterable[Edit]) -> Iterator[Edit]:
    # The narrowest are tried last, so that what they are covered by anyway takes their place.
    yield from sorted(edits, key=lambda edit: (edit.verb != "grant", edit.constraint, edit.verb, edit.values))
