"""Which sandbox a gate uses: the one that is asked for, or the first that works here, never none."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Protocol

from execgate.errors import InputError, SandboxUnavailableError
from execgate.sandbox.bubblewrap.sandbox import BubblewrapSandbox
from execgate.sandbox.docker.sandbox import DockerSandbox
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


def open_sandbox(
    name: str | None = None,
    *,
    on_progress: Callable[[str], None] | None = None,
    ahead: Ahead = USUAL,
) -> CellSandbox:
    """Return the sandbox called `name`: a backend's name, or `auto`, the first backend that works here.

    None is what `EXECGATE_SANDBOX` says, and `auto` where it says nothing.  One that is asked for by name is
    not tried yet.  Raises InputError for a name that is none, and SandboxUnavailableError where `auto` finds
    nothing that works, with why of each and the fixes.
    """
    asked = name if name is not None else os.environ.get(VARIABLE) or AUTO
    if asked in BACKENDS:
        return BACKENDS[asked](on_progress=on_progress, ahead=ahead)
    if asked != AUTO:
        source = "" if name is not None else f" in {VARIABLE}"
        raise InputError(
            f"unknown sandbox `{asked}`{source}", help=f"use one of: {', '.join((AUTO, *BACKENDS))}"
        )
    reasons, fixes = [], []
    for each, make in BACKENDS.items():
        sandbox = make(on_progress=on_progress, ahead=ahead)
        try:
            sandbox.prepare()
        except SandboxUnavailableError as error:
            sandbox.close()
            reasons.append(f"{each}: {error.message}")
            if error.help:
                fixes.append(f"{each}: {error.help}")
        else:
            return sandbox
    raise SandboxUnavailableError(
        f"no sandbox works here, and nothing runs without one ({'; '.join(reasons)})",
        help="; or ".join(fixes) or None,
    )
