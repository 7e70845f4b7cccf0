"""Named sets: `let data_science = ["pandas", "numpy", other_set]`."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping

from execgate.model.verdict import Clause
from execgate.policy.language.syntax import MISSING, Let, Scalar, Sequence
from execgate.policy.problems import Problems, clipped, did_you_mean, place, quoted

MAX_ENTRIES = 250_000
"""How many entries all sets, and all lists that name them, may come to: a set of sets multiplies."""

_MOST_COMPARED = 500


class Sets(Mapping[str, tuple[Scalar, ...]]):
    """The named sets of all files by name, each entry once and with those of sets in it.

    Whoever asks for one uses it.
    """

    __slots__ = ("_entries", "_left", "_lets", "_problems", "_used")

    def __init__(self, lets: Iterable[Let], problems: Problems) -> None:
        self._problems = problems
        self._lets: dict[str, Let] = {}
        self._entries: dict[str, tuple[Scalar, ...]] = {}
        self._used: set[str] = set()
        self._left = MAX_ENTRIES
        for let in lets:
            if let.name.kind == MISSING:
                continue
            earlier = self._lets.setdefault(let.name.text, let)
            if earlier is not let:
                problems.at(
                    let.clause,
                    f"set `{clipped(let.name.text)}` a second time",
                    f"the first is at {place(earlier.clause)}; join the two, or rename one",
                )
        for name in self._lets:
            self._expand(name)

    def __contains__(self, name: object) -> bool:
        return name in self._lets

    def __iter__(self) -> Iterator[str]:
        return iter(self._lets)

    def __len__(self) -> int:
        return len(self._lets)

    def __getitem__(self, name: str) -> tuple[Scalar, ...]:
        entries = self._entries[name]
        self._used.add(name)
        return entries

    def close(self, name: str) -> str | None:
        """Return the set that `name` is likely a slip of."""
        return did_you_mean(name, itertools.islice(self._lets, _MOST_COMPARED))

    def spend(self, count: int, clause: Clause) -> bool:
        """Count entries that come out of sets, and return whether there are not too many yet."""
        if self._left >= 0:
            self._left -= count
            if self._left < 0:
                self._problems.at(
                    clause,
                    f"too many entries: sets come to more than {MAX_ENTRIES:,}",
                    "name fewer sets in one another, and in lists",
                )
        return self._left >= 0

    @property
    def unused(self) -> tuple[Let, ...]:
        """The sets that neither a list nor a condition asked for, be it by another set."""
        todo = list(self._used)
        reached = set(todo)
        while todo:
            for item in self._lets[todo.pop()].value.items:
                if item.kind == "NAME" and item.text in self._lets and item.text not in reached:
                    reached.add(item.text)
                    todo.append(item.text)
        return tuple(let for name, let in self._lets.items() if name not in reached)

    def unknown(self, item: Scalar) -> None:
        """Note that a bare name in a set is none."""
        close = self.close(item.text)
        help_ = (
            f"did you mean `{close}`?"
            if close
            else f"an entry stands in quotes: {clipped(quoted(item.text))}"
        )
        self._problems.at(item.clause, f"unknown set `{clipped(item.text)}`", help_)

    def _expand(self, name: str) -> None:
        """Work out a set and those in it, the innermost first, without recursion."""
        path: dict[str, None] = {}
        todo = [(name, False)]
        while todo:
            current, done = todo.pop()
            if done:
                del path[current]
                self._entries[current] = self._joined(self._lets[current].value)
            elif current not in self._entries:
                path[current] = None
                todo.append((current, True))
                for item in self._lets[current].value.items:
                    if item.kind != "NAME":
                        continue
                    if item.text not in self._lets:
                        self.unknown(item)
                    elif item.text in path:
                        self._circle(item, list(path))
                    else:
                        todo.append((item.text, False))

    def _circle(self, item: Scalar, path: list[str]) -> None:
        circle = [*path[path.index(item.text) :], item.text]
        shown = circle if len(circle) <= 6 else [*circle[:3], "...", *circle[-2:]]
        self._problems.at(
            item.clause,
            f"set `{clipped(item.text)}` holds itself: {' -> '.join(map(clipped, shown))}",
            "remove one of the names",
        )

    def _joined(self, value: Sequence) -> tuple[Scalar, ...]:
        found: dict[tuple[str, str], Scalar] = {}
        for item in value.items:
            # One that is unknown, or part of a circle, was reported.
            parts = (item,) if item.kind != "NAME" else self._entries.get(item.text, ())
            for part in parts:
                found.setdefault((part.kind, part.text), part)
        return tuple(found.values()) if self.spend(len(found), value.clause) else ()
