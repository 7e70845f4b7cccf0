"""What stands behind a limit's name, and every mistake that can be made there."""

from __future__ import annotations

from typing import Any

from execgate.policy.constraints.limits import UNLIMITED, Limit, LimitConstraint, WordConstraint
from execgate.policy.constraints.quantities import BadLimitError
from execgate.policy.language.syntax import Constraint, Scalar
from execgate.policy.problems import Problems, clipped, did_you_mean, quoted, suggestion


def limit(constraint: LimitConstraint | WordConstraint, tree: Constraint, problems: Problems) -> Limit | None:
    """Return the limit that `tree` gives; None where it is a mistake, which goes to `problems`."""
    value = tree.value
    if isinstance(constraint, WordConstraint):
        read: Any = _word(constraint, tree, problems)
    elif isinstance(value, Scalar):
        if constraint.endless and value.kind == "NAME" and value.text == UNLIMITED:
            return Limit(constraint.name, None, UNLIMITED, value.clause)
        read = _combined(constraint, tree, [_amount(constraint, value, problems)], problems)
    elif constraint.several:
        read = _combined(
            constraint, tree, [_amount(constraint, item, problems) for item in value.items], problems
        )
    else:
        problems.at(
            value.clause,
            f"`{constraint.name}` takes a {constraint.quantity.what}, got a list",
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


def _combined(constraint: LimitConstraint, tree: Constraint, values: list[Any], problems: Problems) -> Any:
    if None in values:
        return None
    try:
        return constraint.combined(values)
    except BadLimitError as error:
        problems.at(tree.value.clause, f"{error}", error.help)
        return None


def _amount(constraint: LimitConstraint, value: Scalar, problems: Problems) -> Any:
    quantity = constraint.quantity
    if value.kind == "NUMBER":
        try:
            return quantity.read(value.text)
        except BadLimitError as error:
            problems.at(value.clause, str(error), error.help)
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
        close = did_you_mean(value.text, [UNLIMITED])
    problems.at(
        value.clause,
        f"`{constraint.name}` takes {_article(quantity.what)}, got {shown(value)}",
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


def _reads(constraint: LimitConstraint, text: str) -> bool:
    try:
        constraint.quantity.read(text)
    except BadLimitError:
        return False
    return True


def _article(what: str) -> str:
    return f"an {what}" if what[0] in "aeiou" else f"a {what}"


def _or_unlimited(constraint: LimitConstraint) -> str:
    return f", or `{UNLIMITED}`" if constraint.endless else ""
