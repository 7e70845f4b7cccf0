"""What a family of constraints consists of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from execgate.model.operation import Operation
from execgate.model.verdict import Clause
from execgate.policy.constraints.capabilities import CODE_EXECUTION
from execgate.policy.constraints.limits import Limit
from execgate.policy.matching.pairs import BadEntryError, Finding, Listing, Pair, Reader, Shape
from execgate.policy.matching.patterns import EVERYTHING, Pattern, meets, segment
from execgate.policy.problems import quoted, suggestion

Judge = Callable[..., Finding]
"""Judges one operation of the family's type; one of a contextual family, in a `Context`."""

ALL = Shape("*", EVERYTHING, EVERYTHING)
"""The entry `*`."""


@dataclass(frozen=True, slots=True)
class ListConstraint:
    """A constraint that takes a list of strings.

    `read` reads an entry; `shorthands` are single strings that stand for a list; `known` are all the words
    that an entry can be, empty where they can't be told; `conflict` says what is wrong with several entries
    together, and what helps.  Where one without a twin is not given, nothing is permitted if it `grants`.
    """

    name: str
    read: Reader
    shorthands: Mapping[str, tuple[str, ...]] | None = None
    known: tuple[str, ...] = ()
    conflict: Callable[[Sequence[Shape]], tuple[str, str] | None] | None = None
    grants: bool = False

    @property
    def denies(self) -> bool:
        """Whether its entries forbid."""
        return self.name.startswith("disallowed_")

    @property
    def narrows(self) -> bool:
        """Whether a further entry can only take something away, so that an agent has all of its parents'."""
        return self.denies or self.name == "payment_tools"


@dataclass(frozen=True, slots=True)
class Given:
    """What one agent's policy gives to a family: the lists that it spells, and the grant's place and name."""

    grant: Clause
    lists: Mapping[str, Listing]
    limits: Mapping[str, Limit] = field(default_factory=dict)
    """The limits that it spells, of every capability, as the lists."""
    grants: Mapping[str, Clause] = field(default_factory=dict)
    """The place of each capability that it grants."""
    capability: str = CODE_EXECUTION

    def pair(self, noun: str, read: Reader, *, open_: bool = False) -> Pair:
        """Return `allowed_<noun>` and `disallowed_<noun>` as one judge."""
        allowed, disallowed = self.lists.get(f"allowed_{noun}"), self.lists.get(f"disallowed_{noun}")
        return Pair(noun, allowed, disallowed, self.grant, read, open_=open_, capability=self.capability)


@dataclass(frozen=True, slots=True)
class Family:
    """The constraints that judge one type of operation, and how they are compiled into its judge.

    One that is `contextual` is compiled into a judge of an operation in a `Context`, its second argument.
    """

    operation: type[Operation]
    constraints: tuple[ListConstraint, ...]
    compile: Callable[[Given], Judge]
    capability: str = CODE_EXECUTION
    contextual: bool = False


def twins(
    noun: str,
    read: Reader,
    shorthands: Mapping[str, tuple[str, ...]] | None = None,
    known: tuple[str, ...] = (),
) -> tuple[ListConstraint, ListConstraint]:
    """Return the allow list and the disallow list of a family."""
    return (
        ListConstraint(f"allowed_{noun}", read, shorthands, known),
        ListConstraint(f"disallowed_{noun}", read, shorthands, known),
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


def some_words(known: tuple[str, ...], what: str) -> Reader:
    """Return the reader of entries that are one of the `known` words, or have `*` for a part of one."""
    one = words(known, what)
    patterns: tuple[Pattern, ...] = tuple((word,) for word in known)

    def read(text: str, denies: bool) -> Sequence[Shape]:  # noqa: FBT001 - the reader's flag
        shape = glob(text)
        if "*" in text and any(meets(shape.pattern, pattern) for pattern in patterns):
            return (ALL,) if shape.text == "*" else (shape,)
        return one(text, denies)

    return read


def names(what: str, example: str) -> Reader:
    """Return the reader of entries that are names, with regard to case; `*` stands for any characters."""

    def read(text: str, _denies: bool) -> tuple[Shape, ...]:  # noqa: FBT001 - the reader's flag
        if not text.strip("*") and text:
            return (ALL,)
        if not text or text != text.strip():
            raise BadEntryError(f"not {what}", f"as in {quoted(text.strip() or example)}")
        return (glob(text),)

    return read


def glob(text: str) -> Shape:
    """Return the shape of one segment, in which `*` stands for any characters."""
    pattern = (segment(text),)
    return Shape(str(pattern[0]), pattern, pattern)
