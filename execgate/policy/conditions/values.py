"""Answers that may be missing, and what conditions compare: texts that are partly known, and numbers.

An answer is true, false, or a `Missing` that says what is not known.  A part that is missing does not matter
where the others decide: `false and missing` is false and `true or missing` is true, in either order.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

from execgate.model.operation import DatabaseOperation, NetworkCall, Operation
from execgate.model.values import Hole, Template, Text, Unknown
from execgate.policy.constraints import commands, databases, environment, imports, packages
from execgate.policy.matching import hosts, paths
from execgate.policy.matching.pairs import (
    MAX_TEMPLATE,
    MAX_VALUE,
    BadEntryError,
    Shape,
    UnresolvableError,
    known,
)
from execgate.policy.matching.patterns import DEEP, Glob, Pattern, Wild, contains, meets, segment
from execgate.policy.problems import clipped


@dataclass(frozen=True, slots=True)
class Missing:
    """What is not known, and how to make it known.  `absent` where there is none, so that `has` is false."""

    what: str
    help: str | None = None
    absent: bool = False


Answer: TypeAlias = "bool | Missing"


def any_of(answers: Iterable[Answer]) -> Answer:
    """Return true where one is; else what is missing, if anything is."""
    missing: list[Missing] = []
    for answer in answers:
        if answer is True:
            return True
        if isinstance(answer, Missing):
            missing.append(answer)
    return _joined(missing) if missing else False


def all_of(answers: Iterable[Answer]) -> Answer:
    """Return false where one is; else what is missing, if anything is."""
    missing: list[Missing] = []
    for answer in answers:
        if answer is False:
            return False
        if isinstance(answer, Missing):
            missing.append(answer)
    return _joined(missing) if missing else True


def negation(answer: Answer) -> Answer:
    """Return the opposite; what is missing stays missing."""
    return answer if isinstance(answer, Missing) else not answer


def _joined(missing: list[Missing]) -> Missing:
    """Return all that is missing as one, the same for every order."""
    if len(missing) == 1:
        return missing[0]
    helps = sorted({part for one in missing if one.help for part in one.help.split("; ")})
    what = sorted({part for one in missing for part in one.what.split("; ")})
    return Missing("; ".join(what), "; ".join(helps) or None)


Reader: TypeAlias = "Callable[[str], tuple[Pattern, ...]]"


@dataclass(frozen=True, slots=True, eq=False)
class Domain:
    """How the texts of an attribute are read: as the entries of a list, where there is a list for them.

    `entry` reads a pattern, as a list that disallows reads it, and raises BadEntryError; `value` reads a text
    of the code, and raises UnresolvableError.  Both give patterns: what is only partly known covers more than
    one text.
    """

    entry: Reader
    value: Callable[[Text], Pattern]
    other: Callable[[Text], Pattern] | None = None
    """How else a constant is read, where it can be two things."""
    operation: type[Operation] | None = None
    """The only type of operation whose texts are read so, None where that does not matter."""
    whole: bool = False
    """Whether an operation has all texts that there are, whichever it names."""

    def constants(self, text: str) -> tuple[Pattern, ...]:
        """Return what a constant can be; raises UnresolvableError where it is nothing, or could be any."""
        read = [self.value(text), *([self.other(text)] if self.other is not None else ())]
        if not all(map(_in_full, read)):
            raise UnresolvableError(f"`{clipped(text)}` could be any")
        return tuple(read)

    def equal(self, literals: tuple[Pattern, ...], item: Text) -> Answer:
        """Return whether `item` is one of `literals`."""
        if self.whole:
            return True
        try:
            place = self.value(item)
        except UnresolvableError as error:
            return Missing(str(error))
        if place in literals:
            return True
        return _partly(item) if any(meets(literal, place) for literal in literals) else False

    def matches(self, patterns: tuple[Pattern, ...], item: Text, *, below: bool) -> Answer:
        """Return whether one of `patterns` covers `item`; with `below`, whether it or something below it."""
        if self.whole:
            return True
        try:
            place = self.value(item)
        except UnresolvableError as error:
            return Missing(str(error))
        if any(contains(pattern, place) for pattern in patterns):
            return True
        touched = (*place, DEEP) if below else place
        if not any(meets(pattern, touched) for pattern in patterns):
            return False
        return True if below and _in_full(place) else _partly(item)


def _in_full(place: Pattern) -> bool:
    """Return whether a pattern is of one value alone: what leads anywhere (`/proc/self/root`) is of all."""
    return all(isinstance(part, str) for part in place)


def _partly(item: Text) -> Missing:
    return Missing(f"`{clipped(str(item))}` is not known in full before it runs")


def _shapes(read: Callable[[str, bool], Sequence[Shape]]) -> Reader:
    return lambda text: tuple(shape.pattern for shape in read(text, True))  # noqa: FBT003 - the reader's flag


def _glob(text: str) -> tuple[Pattern, ...]:
    return ((segment(text),),)


def _plain(item: Text) -> Pattern:
    if isinstance(item, Unknown):
        raise UnresolvableError(item.why or "it could not be worked out")
    if isinstance(item, str):
        if len(item) > MAX_VALUE:
            raise UnresolvableError(f"it is longer than {MAX_VALUE:,} characters")
        return (item,)
    if sum(len(part) if isinstance(part, str) else 1 for part in item.parts) > MAX_TEMPLATE:
        raise UnresolvableError(f"it has more than {MAX_TEMPLATE:,} known characters")
    symbols: list[str | Wild] = []
    for part in item.parts:
        if isinstance(part, str):
            symbols += part
        else:
            symbols += (Wild.MANY,) if part is Hole.ANY else (Wild.ONE, Wild.MANY)
    return (Glob(tuple(symbols)),)


def _folded(item: Text) -> Pattern:
    if isinstance(item, Template):
        item = Template(tuple(part.upper() if isinstance(part, str) else part for part in item.parts))
    return _plain(item.upper() if isinstance(item, str) else item)


_PORT = re.compile(r":[0-9*]+\s*\Z")


def _host_entry(text: str) -> tuple[Pattern, ...]:
    shapes = hosts.entry(text)
    if any(shape.scheme is not None or shape.port is not None for shape in shapes):
        host = _PORT.sub("", text.rpartition("://")[2])
        raise BadEntryError(
            "a host without scheme and port is compared",
            f'write "{clipped(host)}", and compare `scheme` and `port` by themselves',
        )
    return tuple(shape.pattern for shape in shapes)


def _host(item: Text) -> Pattern:
    judged = known(item, "host")
    return (hosts.template(judged) if isinstance(judged, Template) else hosts.parse(judged)).pattern


def _program(item: Text) -> Pattern:
    return commands.upwards(known(item, "program"))


def _database(item: Text) -> Pattern:
    return databases.place(known(item, "database"), "")[0]


def _file_database(item: Text) -> Pattern:
    return databases.place(known(item, "database"), "sqlite3")[0]


PLAIN = Domain(_glob, _plain)
FOLDED = Domain(lambda text: _glob(text.upper()), _folded)
MODULES = Domain(_shapes(imports.read), lambda item: imports.module(item)[0])
PATHS = Domain(lambda text: (paths.entry(text).pattern,), lambda item: paths.resolve(known(item, "path")))
HOSTS = Domain(_host_entry, _host, operation=NetworkCall)
PROGRAMS = Domain(_shapes(commands.read), _program)
VARIABLES = Domain(_shapes(environment.read), _plain)
ALL_VARIABLES = Domain(VARIABLES.entry, _plain, whole=True)
TABLES = Domain(_shapes(databases.read_table), lambda item: databases.table_name(known(item, "table"))[0])
FILE_DATABASES = Domain(_shapes(databases.read_database), _file_database, operation=DatabaseOperation)
DATABASES = Domain(_shapes(databases.read_database), _database, _file_database, DatabaseOperation)
PACKAGES = Domain(_shapes(packages.read), lambda item: packages.names(known(item, "package"))[0])


class Texts(NamedTuple):
    """The texts that an attribute has, in its domain; `below` where what is done is done to all below too."""

    domain: Domain
    items: tuple[Text, ...]
    below: bool = False


Number: TypeAlias = "int | Decimal | Fraction"

_MOST_EXPONENT = 60


def number(value: object) -> Number | None:
    """Return a number that can be compared exactly, None for all else; a truth is not asked."""
    if isinstance(value, (int, Fraction)):
        return value
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) <= _MOST_EXPONENT:
        return value
    return None


def ordered(sign: str, left: Number, right: Number) -> bool:
    """Return what a comparison of two numbers gives, exactly."""
    return SIGNS[sign](Fraction(left), Fraction(right))


SIGNS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
"""The signs of comparisons."""

MIRRORED: Mapping[str, str] = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
"""The same comparison with its sides the other way round."""

ORDERED = frozenset({"<", "<=", ">", ">="})
"""The signs that ask for an order."""
