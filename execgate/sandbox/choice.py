"""Which sandbox a gate uses: the one that is asked for, or the first that works here, never none."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Protocol

from execgate.errors import InputError, SandboxUnavailableError
from execgate.sandbox.bubblewrap.sandbox import BubblewrapSandbox
from execgate.sandbox.docker.sandbox import DockerSandbox
from execgate.sandbox.engine import is_absent
from execgate.sandbox.protocol import to_stderr
from execgate.sandbox.service import CellSandbox
from execgate.sandbox.stock import USUAL, Ahead

AUTO = "auto"

VARIABLE = "EXECGATE_SANDBOX"
"""The environment's word on it, where nobody asks for one in particular."""


class _Maker(Protocol):
    def __call__(
        self, *, on_progress: Callable[[str], None] | None = None, ahead: Ahead = ...
    ) -> CellSandbox: ...


BACKENDS: Mapping[str, _Maker] = {"docker": DockerSandbox, "bubblewrap": BubblewrapSandbox}
"""Every backend by its name, in the order in which `auto` tries them."""


def asked_for(name: str | None = None) -> str:
    """Return which sandbox is asked for: `name`, else what `EXECGATE_SANDBOX` says, else `auto`.

    Raises InputError for a name that is none.
    """
    asked = name if name is not None else os.environ.get(VARIABLE) or AUTO
    if asked != AUTO and asked not in BACKENDS:
        source = "" if name is not None else f" in {VARIABLE}"
        raise InputError(
            f"unknown sandbox `{asked}`{source}", help=f"use one of: {', '.join((AUTO, *BACKENDS))}"
        )
    return asked


def open_sandbox(
    name: str | None = None,
    *,
    on_progress: Callable[[str], None] | None = None,
    ahead: Ahead = USUAL,
) -> CellSandbox:
    """Return the sandbox called `name`: a backend's name, or `auto`, the first backend that works here.

    None is what `EXECGATE_SANDBOX` says, and `auto` where it says nothing.  One that is asked for by name is
    not tried yet.  Where `auto` passes over an engine that there is, a line says why (`on_progress`; standard
    error if None).  Raises InputError for a name that is none, and SandboxUnavailableError where `auto` finds
    nothing that works, with why of each and the fixes.
    """
    asked = asked_for(name)
    if asked != AUTO:
        return BACKENDS[asked](on_progress=on_progress, ahead=ahead)
    reasons, fixes, surprising = [], [], False
    for each, make in BACKENDS.items():
        sandbox = make(on_progress=on_progress, ahead=ahead)
        try:
            sandbox.prepare()
        except SandboxUnavailableError as error:
            sandbox.close()
            reasons.append(f"{each}: {error.message}")
            surprising = surprising or not is_absent(error)
            if error.help:
                fixes.append(f"{each}: {error.help}")
        else:
            if surprising:
                (on_progress or to_stderr)(f"sandbox: {each} is taken ({'; '.join(reasons)})")
            return sandbox
    raise SandboxUnavailableError(
        f"no sandbox works here, and nothing runs without one ({'; '.join(reasons)})",
        help="; or ".join(fixes) or None,
    )
