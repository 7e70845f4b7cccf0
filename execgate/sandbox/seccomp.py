"""The container's system call profile, for whoever takes it as text and whoever takes it as a program."""

from __future__ import annotations

import importlib.util
import json
import platform
from functools import cache
from types import ModuleType
from typing import Any

from execgate import _resources
from execgate.errors import SandboxUnavailableError

BECOMING = ("capset", "setgroups", "setresgid", "setresuid")
"""The system calls by which a process becomes another user."""


@cache
def profile(*, kept: bool = False) -> str:
    """Return the profile as engines take it, in JSON.

    In a cell that is `kept` the supervisor becomes the user of each run.  To who has no capability, as no
    program has any, the calls for it give nothing.
    """
    found = json.loads(_resources.text("sandbox", "seccomp.json"))
    if kept:
        found["syscalls"].append({"names": list(BECOMING), "action": "SCMP_ACT_ALLOW"})
    return json.dumps(found, separators=(",", ":"))


@cache
def program(machine: str | None = None, *, kept: bool = False) -> bytes:
    """Return the same as a BPF program, the `struct sock_filter`s that `bwrap --seccomp` reads.

    `machine` is a name as uname(2) has it; this one's if None.  A call that is newer than our table is
    answered with ENOSYS, and a process that makes one in the manner of another machine (32-bit calls) is
    ended.  `kept` is as for `profile`.  Raises SandboxUnavailableError for a machine of which no table is
    shipped.
    """
    machine = machine or platform.machine()
    numbers = calls().get(machine)
    if numbers is None:
        raise SandboxUnavailableError(
            f"the system calls of {machine} are not known",
            help=f"use a container engine, or one of: {', '.join(sorted(calls()))}",
        )
    compiler = _compiler()
    rules = compiler.profile_rules(json.loads(profile(kept=kept)), numbers)
    made = compiler.program(machine, compiler.by_number(rules, numbers), numbers.values())
    return bytes(made)


@cache
def calls() -> dict[str, dict[str, int]]:
    """Return the numbers of the system calls by name, for each machine."""
    tables: Any = json.loads(_resources.text("sandbox", "execgate_guest", "syscalls.json"))
    return dict(tables["machines"])


@cache
def _compiler() -> ModuleType:
    """Return what the guest makes its own filter with: there is one compiler, and it is shipped as a file."""
    path = _resources.path("sandbox", "execgate_guest", "bpf.py")
    spec = importlib.util.spec_from_file_location("execgate_guest_bpf", path)
    if spec is None or spec.loader is None:
        raise SandboxUnavailableError(f"can't load {path}", help="install execgate anew")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
