"""What a family of constraints consists of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from execgate.model.operation import Operation
from execgate.model.verdict import Clause
from execgate.policy.matching.pairs import BadEntryError, Finding, Listing, Pair, Reader, Shape
from execgate.policy.matching.patterns import EVERYTHING
from execgate.policy.problems import suggestion

Judge = Callable[[Any], Finding]
"""Judges one operation of the family's type."""

ALL = Shape("*", EVERYTHING, EVERYTHING)
"""The entry `*`."""


@dataclass(frozen=True, slots=True)
class ListConstraint:
    """A constraint that takes a list of strings.

    `read` reads an entry; `shorthands` are single strings that stand for a list.
    """

    name: str
    read: Reader
    shorthands: Mapping[str, tuple[str, ...]] | None = None

    @property
    def denies(self) -> bool:
        """Whether its entries forbid."""
        return self.name.startswith("disallowed_")


@dataclass(frozen=True, slots=True)
class Given:
    """What one agent's policy gives to a family: the lists that it spells, and the grant's place and name."""

    grant: Clause
    lists: Mapping[str, Listing]
    capability: str = "code_execution"

    def pair(self, noun: str, read: Reader, *, open_: bool = False) -> Pair:
        """Return `allowed_<noun>` and `disallowed_<noun>` as one judge."""
        allowed, disallowed = self.lists.get(f"allowed_{noun}"), self.lists.get(f"disallowed_{noun}")
        return Pair(noun, allowed, disallowed, self.grant, read, open_=open_, capability=self.capability)


@dataclass(frozen=True, slots=True)
class Family:
    """The constraints that judge one type of operation, and how they are compiled into its judge."""

    operation: type[Operation]
    constraints: tuple[ListConstraint, ...]
    compile: Callable[[Given], Judge]


def twins(
    noun: str, read: Reader, shorthands: Mapping[str, tuple[str, ...]] | None = None
) -> tuple[ListConstraint, ListConstraint]:
    """Return the allow list and the disallow list of a family."""
    return (
        ListConstraint(f"allowed_{noun}", read, shorthands),
        ListConstraint(f"disallowed_{noun}", read, shorthands),
    )


def words(known: tuple[str, ...], what: str) -> Reader:
    """Return the reader of entries that are one of the `known` words, or `*` for all."""

    def read(text: str, _denies: bool) -> tuple[Shape, ...]:  # noqa: FBT001 - the reader's flag
        if text == "*":
            return (ALL,)
        if text not in known:
            raise BadEntryError(f"unknown {what}", suggestion(text, known, what="there are", quoted=True))
        return (Shape(text, (text,), (text,)),)

    return read
