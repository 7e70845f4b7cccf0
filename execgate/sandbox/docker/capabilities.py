"""What an engine says that it can do, and whether that is enough to run anybody's code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from execgate.errors import SandboxUnavailableError
from execgate.sandbox.docker import gvisor
from execgate.sandbox.engine import is_local, translated

if TYPE_CHECKING:
    from docker import APIClient

RUNTIME_VARIABLE = "EXECGATE_DOCKER_RUNTIME"
"""The environment's word on what the engine is to start containers with."""

SECCOMP_HELP = "use an engine and a kernel with seccomp"
RUNTIME_HELP = f"name it in the engine's `runtimes` (daemon.json), or unset {RUNTIME_VARIABLE}"


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine that answered, with what it says of itself."""

    client: APIClient
    cpus: int
    lacks: frozenset[str]
    """The limits and confines that it can't keep."""
    gvisor: bool = False
    """Whether it starts containers with gVisor."""


def described(client: APIClient, runtime: str | None) -> Engine:
    """Ask the engine what it is; raises SandboxUnavailableError where it can't confine a program.

    `runtime` is what it is to start containers with, None for its own choice.
    """
    with translated("can't ask the engine what it can do"):
        return _judged(client, client.info(), runtime)


def _judged(client: APIClient, info: dict[str, Any], runtime: str | None) -> Engine:
    if not runs_linux(info):
        raise SandboxUnavailableError(
            "the engine runs no Linux containers", help="switch the engine to Linux containers"
        )
    if not has_seccomp(info):
        raise SandboxUnavailableError(
            "the engine has no seccomp: system calls could not be confined", help=SECCOMP_HELP
        )
    if runtime is not None and runtime not in runtimes(info):
        raise SandboxUnavailableError(
            f"the engine has no runtime `{runtime}`, only: {', '.join(runtimes(info)) or 'its own'}",
            help=RUNTIME_HELP,
        )
    cpus = int(info.get("NCPU") or 1)
    lacks = lacking_limits(info) | (set() if is_local() else {"network"})
    if gvisor.is_used(info, runtime):
        return Engine(client, cpus, lacks | gvisor.LACKS, gvisor=True)
    return Engine(client, cpus, lacks)


def runs_linux(info: dict[str, Any]) -> bool:
    """Return whether the containers of an engine are those of Linux."""
    return bool(info.get("OSType", "linux") == "linux")


def runtimes(info: dict[str, Any]) -> list[str]:
    """Return the names of the runtimes that an engine says it has."""
    return sorted(info.get("Runtimes") or {})


def has_seccomp(info: dict[str, Any]) -> bool:
    """Return whether an engine's description of itself says that it can filter system calls."""
    return any("name=seccomp" in str(option) for option in info.get("SecurityOptions") or ())


def lacking_limits(info: dict[str, Any]) -> frozenset[str]:
    """Return the fields of Limits that an engine says it can't keep."""
    told = {"memory_bytes": "MemoryLimit", "cpus": "CpuCfsQuota", "processes": "PidsLimit"}
    return frozenset(field for field, name in told.items() if info.get(name) is False)
