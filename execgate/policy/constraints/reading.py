"""What stands behind a limit's name, and every mistake that can be made there."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from execgate.policy.constraints.limits import (
    UNLIMITED,
    Limit,
    LimitConstraint,
    NameConstraint,
    WordConstraint,
)
from execgate.policy.constraints.quantities import BadLimitError
from execgate.policy.language.syntax import Constraint, Scalar
from execgate.policy.problems import Problems, clipped, did_you_mean, quoted, suggestion

_MOST_COMPARED = 500


def limit(
    constraint: LimitConstraint | WordConstraint | NameConstraint,
    tree: Constraint,
    problems: Problems,
    sets: Mapping[str, tuple[Scalar, ...]] = MappingProxyType({}),
) -> Limit | None:
    """Return the limit that `tree` gives; None where it is a mistake, which goes to `problems`.

    `sets` are the entries of named sets, which a list of amounts can name, or be.
    """
    value = tree.value
    if isinstance(constraint, WordConstraint):
        read: Any = _word(constraint, tree, problems)
    elif isinstance(constraint, NameConstraint):
        read = _named(constraint, tree, problems)
    elif isinstance(value, Scalar):
        if constraint.endless and value.kind == "NAME" and value.text == UNLIMITED:
            return Limit(constraint.name, None, UNLIMITED, value.clause)
        read = _combined(constraint, tree, (value,), problems, sets)
    elif constraint.several:
        read = _combined(constraint, tree, value.items, problems, sets)
    else:
        problems.at(
            value.clause,
            f"`{constraint.name}` takes {article(constraint.quantity.what)}, got a list",
            f"write it as in `{constraint.quantity.example}`{_or_unlimited(constraint)}",
        )
        return None
    return None if read is None else Limit(constraint.name, read, constraint.show(read), value.clause)


def shown(value: Scalar) -> str:
    """Return a value as a message names it."""
    if value.kind == "STRING":
        return f"the string {clipped(quoted(value.text))}"
    word = "number" if value.kind == "NUMBER" else "word"
    return f"the {word} `{clipped(value.text)}`"


def _combined(
    constraint: LimitConstraint,
    tree: Constraint,
    items: tuple[Scalar, ...],
    problems: Problems,
    sets: Mapping[str, tuple[Scalar, ...]],
) -> Any:
    values = []
    for item in items:
        if constraint.several and item.kind == "NAME" and item.text in sets:
            through = f" in `{constraint.name}`, which names `{clipped(item.text)}`"
            # More of them than there are currencies are two of one.
            inner = sets[item.text][: len(constraint.quantity.units) + 1]
            values += [_amount(constraint, one, problems, (), through) for one in inner]
        else:
            values.append(_amount(constraint, item, problems, sets))
    if None in values:
        return None
    try:
        return constraint.combined(values)
    except BadLimitError as error:
        problems.at(tree.value.clause, f"{error}", error.help)
        return None


def _amount(
    constraint: LimitConstraint, value: Scalar, problems: Problems, sets: Iterable[str], through: str = ""
) -> Any:
    quantity = constraint.quantity
    if value.kind == "NUMBER":
        try:
            return quantity.read(value.text)
        except BadLimitError as error:
            problems.at(value.clause, f"{error}{through}", error.help)
            return None
    if value.kind == "NAME" and value.text == UNLIMITED:
        why = (
            f"`{UNLIMITED}` stands alone, not in a list"
            if constraint.endless
            else f"`{constraint.name}` is never `{UNLIMITED}`: leave it out instead"
        )
        problems.at(value.clause, why)
        return None
    close = value.text if _reads(constraint, value.text) else None
    if close is None and constraint.endless:
        known = itertools.islice(sets, _MOST_COMPARED) if constraint.several and value.kind == "NAME" else ()
        close = did_you_mean(value.text, [UNLIMITED, *known])
    problems.at(
        value.clause,
        f"`{constraint.name}` takes {article(quantity.what)}, got {shown(value)}{through}",
        f"did you mean `{close}`?"
        if close
        else f"write it as in `{quantity.example}`{_or_unlimited(constraint)}",
    )
    return None


def _word(constraint: WordConstraint, tree: Constraint, problems: Problems) -> str | None:
    value = tree.value
    if isinstance(value, Scalar) and value.kind == "STRING" and value.text in constraint.words:
        return value.text
    got = shown(value) if isinstance(value, Scalar) else "a list"
    text = value.text if isinstance(value, Scalar) else ""
    problems.at(
        value.clause,
        f"`{constraint.name}` takes a word in quotes, got {got}",
        suggestion(text, constraint.words, what="there are", quoted=True),
    )
    return None


def _named(constraint: NameConstraint, tree: Constraint, problems: Problems) -> str | None:
    value = tree.value
    if isinstance(value, Scalar) and value.kind == "STRING" and constraint.pattern.fullmatch(value.text):
        return value.text
    got = shown(value) if isinstance(value, Scalar) else "a list"
    problems.at(
        value.clause,
        f"`{constraint.name}` takes {article(constraint.what)} in quotes, got {got}",
        f"write it as in `{quoted(constraint.example)}`",
    )
    return None


def _reads(constraint: LimitConstraint, text: str) -> bool:
    try:
        constraint.quantity.read(text)
    except BadLimitError:
        return False
    return True


def article(what: str) -> str:
    """Return a noun behind its article."""
    return f"an {what}" if what[0] in "aeiou" else f"a {what}"


def _or_unlimited(constraint: LimitConstraint) -> str:
    return f", or `{UNLIMITED}`" if constraint.endless else ""
