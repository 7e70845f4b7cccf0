"""Conditions as text: parentheses only where they are needed, each number in one spelling.

`parse(condition(tree))` gives the same tree.
"""

from __future__ import annotations

from execgate.policy.conditions import literals
from execgate.policy.constraints.quantities import BadLimitError
from execgate.policy.language.syntax import (
    Comparison,
    Condition,
    Junction,
    Negation,
    Presence,
    Reference,
    Scalar,
    Sequence,
    Truth,
)
from execgate.policy.problems import quoted

_OPPOSITE = {
    "==": "!=",
    "!=": "==",
    "<": ">=",
    ">=": "<",
    ">": "<=",
    "<=": ">",
    "in": "not in",
    "not in": "in",
}


def condition(tree: Condition) -> str:
    """Return a condition in one line."""
    if isinstance(tree, Junction):
        return f" {tree.word} ".join(_operand_of(tree.word, each) for each in tree.operands)
    if isinstance(tree, Negation):
        return f"not {_tested(tree.operand)}"
    if isinstance(tree, Presence):
        return f"has {condition(tree.reference)}"
    if isinstance(tree, Comparison):
        return f"{_operand(tree.left)} {tree.sign} {_operand(tree.right)}"
    if isinstance(tree, Reference):
        return ".".join(tree.path)
    if isinstance(tree, Truth):
        return "true" if tree.value else "false"
    if isinstance(tree, Sequence):
        return "[" + ", ".join(map(_scalar, tree.items)) + "]"
    return _scalar(tree)


def opposite(tree: Condition) -> Condition:
    """Return the condition that holds where `tree` does not; each side of it is said as plainly as can be.

    For readers alone: of several texts a comparison holds for any, so that its opposite is another then.
    """
    if isinstance(tree, Junction):
        word = "or" if tree.word == "and" else "and"
        return Junction(word, tuple(map(opposite, tree.operands)), tree.clause)
    if isinstance(tree, Negation):
        return tree.operand
    if isinstance(tree, Truth):
        return Truth(not tree.value, tree.clause)
    if isinstance(tree, Comparison) and tree.sign in _OPPOSITE:
        return Comparison(tree.left, _OPPOSITE[tree.sign], tree.right, tree.clause)
    return Negation(tree, tree.clause)


def _scalar(tree: Scalar) -> str:
    if tree.kind == "STRING":
        return quoted(tree.text)
    if tree.kind == "NUMBER":
        return number(tree.text)
    return tree.text


def number(text: str) -> str:
    """Return a number in its one spelling; what is none stays as it is."""
    try:
        return str(literals.read(text))
    except BadLimitError:
        return text


def _operand_of(word: str, tree: Condition) -> str:
    # `and` binds closer than `or`; a junction in one of its own kind is another tree than a longer one.
    loose = isinstance(tree, Junction) and (word == "and" or tree.word == "or")
    return f"({condition(tree)})" if loose else condition(tree)


def _tested(tree: Condition) -> str:
    return f"({condition(tree)})" if isinstance(tree, Junction) else condition(tree)


def _operand(tree: Condition) -> str:
    whole = isinstance(tree, (Scalar, Sequence, Reference, Truth))
    return condition(tree) if whole else f"({condition(tree)})"
