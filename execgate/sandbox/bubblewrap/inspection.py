"""What a machine has for cells of bubblewrap, for who only wants to know."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass

from execgate.errors import SandboxUnavailableError
from execgate.model.limits import CONSTRAINTS
from execgate.sandbox.bubblewrap import leftovers
from execgate.sandbox.bubblewrap.backend import find_program, find_users, lacking, try_out
from execgate.sandbox.bubblewrap.groups import Groups


@dataclass(frozen=True, slots=True)
class Look:
    """What was found; with a `fault`, the rest says nothing."""

    fault: SandboxUnavailableError | None = None
    program: str = ""
    version: str = ""
    lacks: tuple[str, ...] = ()
    """The constraints that can't be kept."""
    why: str = ""
    no_sessions: str = ""
    """Why there are no sessions, empty where there are."""
    abandoned: int = 0


def inspect() -> Look:
    """Return what there is; never raises."""
    try:
        program = find_program()
        try_out(program)
    except SandboxUnavailableError as error:
        return Look(fault=error)
    groups, users = Groups.find(), find_users(program)
    lacks = sorted(CONSTRAINTS[field] for field in lacking(groups, users) if field in CONSTRAINTS)
    abandoned = len(leftovers.abandoned(groups))
    return Look(None, program, _version(program), tuple(lacks), groups.why, users.why, abandoned)


def _version(program: str) -> str:
    try:
        done = subprocess.run([program, "--version"], capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.SubprocessError):
        return "bubblewrap"
    return done.stdout.decode("utf-8", "replace").strip() or "bubblewrap"
