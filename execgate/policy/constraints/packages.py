"""`allowed_packages` and `disallowed_packages`: what is installed, by name."""

from __future__ import annotations

import re

from execgate.model.operation import PackageInstall
from execgate.model.values import Template, Text
from execgate.policy.constraints._family import ALL, Family, Given, Judge, twins
from execgate.policy.matching.pairs import (
    BadEntryError,
    Finding,
    Pair,
    Shape,
    Subject,
    UnresolvableError,
    known,
    total,
)
from execgate.policy.matching.patterns import EVERYTHING, Pattern, segment
from execgate.policy.problems import clipped

_VERSION = r"(?:===?|[~!<>]=|[<>]) ?[A-Za-z0-9.*+!_-]+"
# A name with extras, versions and a marker (PEP 508), but without an address to take it from, nor options;
# single spaces, as several that can match in several ways take cubic time.
_REQUIREMENT = re.compile(
    r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?) ?(?:\[[A-Za-z0-9._, -]*\])? ?"
    rf"(?:\(? ?{_VERSION}(?: ?, ?{_VERSION})* ?\)? ?)?(?:;[^/@]*)?"
)
_PATTERN = re.compile(r"[A-Za-z0-9*](?:[A-Za-z0-9*._-]*[A-Za-z0-9*])?")


def normalised(name: str) -> str:
    """Return a package's name in the form that indexes compare (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _requirement(text: str) -> re.Match[str] | None:
    return _REQUIREMENT.fullmatch(re.sub(r"[ \t]+", " ", text.strip()))


def read(text: str, _denies: bool) -> tuple[Shape, ...]:  # noqa: FBT001 - the reader's flag
    """Read a package's name, in which `*` stands for any characters."""
    if text == "*":
        return (ALL,)
    if not _PATTERN.fullmatch(text):
        required = _requirement(text)
        help_ = f'write "{required[1]}"' if required else 'as in "requests" or "types-*"'
        raise BadEntryError("not the name of a package", help_)
    pattern = (segment(normalised(text)),)
    return (Shape(str(pattern[0]), pattern, pattern),)


def _compile(given: Given) -> Judge:
    pair = given.pair("packages", read)

    def judge(operation: PackageInstall) -> Finding:
        if not operation.packages:
            return _puzzle("the call names no package", pair)
        return total(_judge(package, pair) for package in operation.packages)

    return judge


def _judge(package: Text, pair: Pair) -> Finding:
    try:
        value = known(package, "package")
    except UnresolvableError as error:
        return _puzzle(str(error), pair)
    pattern, entry = names(value)
    return pair.judge(Subject(pattern, pattern, lambda: (f"install `{clipped(str(package))}`", entry)))


def names(value: str | Template) -> tuple[Pattern, str | None]:
    """Return what can be installed, and its name; an address, a folder or a hole can be any package."""
    if isinstance(value, Template):
        return EVERYTHING, None
    required = _requirement(value)
    if required is None:
        return EVERYTHING, None
    name = normalised(required[1])
    return (name,), name


def _puzzle(why: str, pair: Pair) -> Finding:
    return pair.puzzle(
        "install a package that could not be worked out", why, "name the package by a constant"
    )


FAMILIES = (Family(PackageInstall, twins("packages", read), _compile),)
