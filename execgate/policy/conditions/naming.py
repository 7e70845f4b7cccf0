"""The attributes that a condition names."""

from __future__ import annotations

from collections.abc import Iterator

from execgate.policy.conditions.attributes import ARGUMENT, ATTRIBUTES, Attribute, argument
from execgate.policy.language.syntax import Comparison, Condition, Junction, Negation, Presence, Reference


def attributes_in(tree: Condition) -> tuple[Attribute, ...]:
    """Return every attribute that a condition reads, by name; words that are none are left out."""
    return tuple(found for _, found in sorted({one.name: one for one in _read_by(tree)}.items()))


def _read_by(tree: Condition) -> Iterator[Attribute]:
    if isinstance(tree, Reference):
        found = attribute(tree.path)
        if found is not None:
            yield found
    elif isinstance(tree, Junction):
        for each in tree.operands:
            yield from _read_by(each)
    elif isinstance(tree, Negation):
        yield from _read_by(tree.operand)
    elif isinstance(tree, Presence):
        yield from _read_by(tree.reference)
    elif isinstance(tree, Comparison):
        sides = (tree.left, tree.right)
        of_phase = any(isinstance(side, Reference) and side.path == ("phase",) for side in sides)
        for side in sides:
            if not (of_phase and isinstance(side, Reference)):
                yield from _read_by(side)
        if of_phase:
            yield ATTRIBUTES["phase"]


def attribute(path: tuple[str, ...]) -> Attribute | None:
    """Return the attribute that a reference names."""
    if path[0] == ARGUMENT and len(path) > 1:
        return argument(path[1:])
    return ATTRIBUTES.get(".".join(path))
