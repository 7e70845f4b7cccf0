"""How a pair of constraints is looked at: which entries matter, and what an operation with a value is."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from execgate.model.operation import Operation
from execgate.model.source import Span
from execgate.policy.matching.pairs import Shape
from execgate.policy.search.space import Lists, Reach, Space

HERE = Span(1, 0, 1, 0)

Fields: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class View:
    """One way to look at a pair: which of its entries matter, and what is done with the value."""

    space: Space
    reach: Reach = Reach.PLACE
    keeps: Callable[[Shape, bool], bool] | None = None
    """Whether an entry matters at all, which stands in a disallow list or not; None where all do."""
    fields: Callable[[str], Fields] = lambda _: {}
    """The fields of an operation with a value."""

    def lists(self, lists: Lists) -> Lists:
        """Return the entries that matter."""
        keeps = self.keeps
        if keeps is None:
            return lists
        allowed, denies = lists.allowed, True
        return dataclasses.replace(
            lists,
            allowed=None if allowed is None else tuple(one for one in allowed if keeps(one, not denies)),
            disallowed=tuple(one for one in lists.disallowed if keeps(one, denies)),
        )


Views: TypeAlias = Callable[[Lists, Lists], Iterator[View]]


@dataclass(frozen=True, slots=True)
class Noun:
    """A pair of constraints, `allowed_<name>` and `disallowed_<name>`."""

    name: str
    operation: type[Operation]
    views: Views
    open: bool = False
    unknown: Fields | None = None
    """Fields with a value that is not known, which only lists that are not there permit."""


UNKNOWN = "?"
"""What stands for a value that is not known."""


def operation(kind: type[Operation], fields: Fields) -> Operation:
    """Return an operation, as examples have it."""
    return kind(**{"via": "example", "location": HERE, **fields})
