"""Governance files that teams already have, in YAML or JSON, made into policies.

What such a file says is taken as it is written: amounts digit by digit, and whatever it holds that has no
counterpart in the policy language is a mistake with its place.
"""

from __future__ import annotations

from dataclasses import dataclass

from execgate.errors import PolicyError
from execgate.policy.format import formatted
from execgate.policy.governance import reading
from execgate.policy.governance.reading import MAX_BYTES
from execgate.policy.governance.writing import Wanted, Writer
from execgate.policy.policyset import PolicySet
from execgate.policy.problems import Problems, visible

__all__ = ["MAX_BYTES", "Imported", "Wanted", "imported"]


@dataclass(frozen=True, slots=True)
class Imported:
    """A policy made of a governance file; `notes` are sentences that whoever imports it should read."""

    text: str
    notes: tuple[str, ...]


def imported(data: bytes, file: str, wanted: Wanted | None = None) -> Imported:
    """Return the policy that says what the governance file `data` says; people know it as `file`.

    The policy parses, and its layout is that of `policy fmt`.  Raises PolicyError with every mistake of the
    file at its place, and where what was asked for besides makes no policy.
    """
    problems = Problems()
    whole = reading.read(data, file, problems)
    problems.raise_if_any()
    text, notes = Writer(file, wanted or Wanted(), problems).written(whole)
    problems.raise_if_any()
    try:
        PolicySet.parse(text, "<what is made of it>")
    except PolicyError as error:
        raise PolicyError(
            f"{visible(file)}: what is made of it is no policy: {error.message}",
            rendered=error.rendered,
            help=error.help,
        ) from error
    return Imported(formatted(text), notes)
