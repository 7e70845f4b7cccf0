"""What attributes are compared with: whether a constant is of their type, and how it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from execgate.model.operation import Operation
from execgate.policy.conditions import comparing, literals
from execgate.policy.conditions.attributes import Attribute, Kind
from execgate.policy.conditions.comparing import Test
from execgate.policy.conditions.literals import Literal
from execgate.policy.conditions.values import FOLDED, ORDERED, Domain
from execgate.policy.constraints.quantities import BadLimitError
from execgate.policy.language.syntax import Condition, Scalar, Truth
from execgate.policy.matching.pairs import UnresolvableError
from execgate.policy.matching.patterns import Pattern
from execgate.policy.problems import Problems, clipped, quoted, suggestion

Answered: TypeAlias = "tuple[Condition, Test]"
"""A condition in canonical form, and its test."""

_LITERALS: Mapping[Kind, frozenset[Kind]] = {
    Kind.NUMBER: frozenset({Kind.NUMBER}),
    Kind.COUNT: frozenset({Kind.NUMBER, Kind.COUNT}),
    Kind.RATIO: frozenset({Kind.NUMBER, Kind.RATIO}),
    Kind.MONEY: frozenset({Kind.MONEY}),
    Kind.TALLY: frozenset({Kind.MONEY, Kind.COUNT}),
    Kind.ANY: frozenset({Kind.NUMBER, Kind.RATIO}),
}
_WHOLE = {"turn": None, "spend_velocity": None, "port": 65535}


class Constants:
    """Reads the constants of one rule, which judges `types`; `places` are those of its attributes."""

    __slots__ = ("_places", "_problems", "_types")

    def __init__(
        self, types: frozenset[type[Operation]], places: Mapping[str, int], problems: Problems
    ) -> None:
        self._types = types
        self._places = places
        self._problems = problems

    def read(self, found: Attribute, right: Scalar | Truth, sign: str) -> Answered | None:
        """Return what an attribute is compared with, in canonical form, and the test."""
        at, name = self._places[found.name], found.name
        ordered = sign in ORDERED
        if isinstance(right, Truth):
            if found.kind not in {Kind.TRUTH, Kind.ANY} or ordered:
                self._at(right, f"`{name}` is {found.kind.value}, compared with true or false")
                return None
            return right, comparing.constant_truth(at, name, right.value, holds=sign == "==")
        if right.kind == "STRING":
            if found.kind not in {Kind.TEXT, Kind.ANY}:
                self._at(
                    right,
                    f"`{name}` is {found.kind.value}, compared with a text",
                    _unquoted(found, right.text),
                )
                return None
            if ordered:
                self._at(right, "texts have no order", "`==`, `!=`, `in` and `matches` compare them")
                return None
            return self._text(found, right, holds=sign == "==")
        if right.kind != "NUMBER":
            self._at(
                right, f"`{name}` is compared with the word `{clipped(right.text)}`", "write texts in quotes"
            )
            return None
        return self._number(found, right, sign)

    def _number(self, found: Attribute, right: Scalar, sign: str) -> Answered | None:
        name = found.name
        try:
            literal = literals.read(right.text)
        except BadLimitError as error:
            self._at(right, str(error), error.help)
            return None
        if literal.kind not in _LITERALS.get(found.kind, frozenset()):
            self._at(right, *_unlike(found, literal, right.text))
            return None
        if not _can_be(found, literal, sign):
            self._at(right, f"`{name} {sign} {right.text}` never depends on `{name}`: it is {_range(found)}")
            return None
        if found.kind is Kind.RATIO:
            literal = Literal(Kind.RATIO, literal.value)
        elif found.kind is Kind.COUNT:
            literal = Literal(Kind.COUNT, literal.value)
        elif found.kind is Kind.ANY:
            literal = Literal(Kind.NUMBER, literal.value)
        test = comparing.numbers(self._places[name], name, sign, literal.value)
        return Scalar("NUMBER", str(literal), right.clause), test

    def _text(self, found: Attribute, right: Scalar, *, holds: bool) -> Answered | None:
        text = right.text
        if found.domains == (FOLDED,):
            text = text.upper()
        words = self.words(found)
        if words is not None and text not in words:
            self._at(
                right,
                f"no `{found.name}` is {clipped(quoted(text))}",
                suggestion(text, words, what="there are", quoted=True),
            )
            return None
        if "*" in text and found.kind is not Kind.ANY:
            self._at(right, "`*` stands for itself here", f"`{found.name} matches {clipped(quoted(text))}`")
            return None
        places: dict[Domain, tuple[Pattern, ...]] = {}
        why = ""
        for domain in self.domains(found):
            try:
                places[domain] = domain.constants(text)
            except UnresolvableError as error:  # noqa: PERF203 - a domain or two
                why = str(error)
        if not places:
            self._at(right, f"no `{found.name}` is {clipped(quoted(text))}", why)
            return None
        test = comparing.texts(self._places[found.name], found.name, places, holds=holds)
        return Scalar("STRING", text, right.clause), test

    def domains(self, found: Attribute) -> tuple[Domain, ...]:
        """Return how the texts of an attribute are read in what the rule judges."""
        return tuple(one for one in found.domains if one.operation is None or one.operation in self._types)

    def words(self, found: Attribute) -> tuple[str, ...] | None:
        """Return all that an attribute can be of what the rule judges; None where it can be any text."""
        if found.words is None:
            return None
        return tuple(
            dict.fromkeys(
                word for kind, words in found.words.items() if kind in self._types for word in words
            )
        )

    def _at(self, tree: Condition, message: str, help_: str | None = None) -> None:
        self._problems.at(tree.clause, message, help_)


def _unlike(found: Attribute, literal: Literal, text: str) -> tuple[str, str | None]:
    """Return the mistake of a number of another kind, and what was likely meant."""
    if literal.kind is Kind.NUMBER and found.kind in {Kind.MONEY, Kind.TALLY}:
        return f"an amount of money needs its currency, got `{text}`", f"did you mean `{text}_usd`?"
    return f"`{found.name}` is {found.kind.value}, compared with {literal.kind.value}: `{text}`", None


def _can_be(found: Attribute, literal: Literal, sign: str) -> bool:
    """Return whether the answer of a comparison depends on the attribute."""
    if found.kind in {Kind.MONEY, Kind.ANY, Kind.TALLY}:
        at_least_zero = found.kind is not Kind.ANY
        amount = literal.value.amount if literal.kind is Kind.MONEY else literal.value
        return not (at_least_zero and amount == 0 and sign in {"<", ">="})
    value = literal.value
    most = _WHOLE.get(found.name)
    if found.name in _WHOLE and value != value.to_integral_value() and sign in {"==", "!="}:
        return False
    if value < 0 or (value == 0 and sign in {"<", ">="}):
        return False
    return most is None or value < most or (value == most and sign not in {">", "<="})


def _range(found: Attribute) -> str:
    most = _WHOLE.get(found.name)
    whole = "a whole number" if found.name in _WHOLE else "a number"
    return f"{whole} from 0 to {most}" if most is not None else f"{whole} from 0"


def _unquoted(found: Attribute, text: str) -> str | None:
    try:
        literal = literals.read(text)
    except BadLimitError:
        return None
    return f"did you mean `{literal}`?" if literal.kind in _LITERALS.get(found.kind, frozenset()) else None


def listed(words: tuple[str, ...]) -> str:
    """Return the help that names every word there is."""
    return "there are: " + ", ".join(map(quoted, words))
