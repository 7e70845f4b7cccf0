"""What holds for every program: there is a verdict, the same each time, however the program is written."""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass
from functools import lru_cache

from execgate.analysis import analyze
from execgate.errors import SourceError
from execgate.model.program import Program
from execgate.model.source import Source

SLOW_S = 2.0
"""How long an analysis may take by hand; tests hold no clock."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A law that a program breaks."""

    law: str
    code: str
    detail: str

    def __str__(self) -> str:
        return f"{self.law}: {self.detail}\n{self.code}"


def program_of(code: str) -> Program | None:
    """Return what the analysis says, None for what it refuses."""
    try:
        return analyze(Source(code))
    except SourceError:
        return None


def has_a_verdict(code: str, limit_s: float = math.inf) -> Broken | None:
    """Check that a text is analysed or refused, in `limit_s` seconds of the processor, and twice alike."""
    started = time.process_time()
    try:
        first = program_of(code)
        took = time.process_time() - started
        again = program_of(code)
    except Exception as error:  # noqa: BLE001 - that there is none is what is tested
        return Broken("nothing escapes", code, f"{type(error).__name__}: {error}")
    if (first is None) != (again is None) or (first and again and _document(first) != _document(again)):
        return Broken("the same program gives the same bytes", code, "")
    if took > limit_s:
        return Broken("an analysis ends in time", code, f"{took:.1f} s")
    return None


def _document(program: Program) -> str:
    return json.dumps(program.to_json())


def effects(program: Program) -> set[str]:
    """Return what a program can do, without where it stands and through which name."""
    found = set()
    for operation in program.operations:
        document = operation.to_json()
        for name in ("location", "unresolved", "via"):
            document.pop(name, None)
        found.add(json.dumps(document))
    return found | ({"a gap"} if program.gaps else set())


@lru_cache(maxsize=2048)
def _effects_of(code: str) -> frozenset[str] | None:
    """Return what a text can do, None where it is refused; the same text is written anew in many ways."""
    program = program_of(code)
    return None if program is None else frozenset(effects(program))


def says_the_same(way: str, code: str, rewritten: str | None) -> Broken | None:
    """Check that a program that was rewritten can do the same as before."""
    if rewritten is None or rewritten == code:
        return None
    mine, theirs = _effects_of(code), _effects_of(rewritten)
    if mine is None or theirs is None or mine == theirs:
        return None
    return Broken(way, rewritten, f"no longer {sorted(mine - theirs)}, now {sorted(theirs - mine)}")


def says_no_less(code: str, extended: str) -> Broken | None:
    """Check that a program with more behind it can do all that it could."""
    before, after = _effects_of(code), _effects_of(extended)
    if before is None or after is None:
        return None
    lost = before - after
    return Broken("more code does no less", extended, f"no longer {sorted(lost)}") if lost else None
