"""What bubblewrap is told: from a cell's profile to a command line, and what the guest finishes.  Pure.

Nothing here is optional.  A limit that is unlimited takes its own part away and no other.
"""

# ruff: noqa: S108 - the temporary folders are those inside

from __future__ import annotations

import base64
import json
import math
import os
import random
import resource
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from execgate.errors import SandboxUnavailableError
from execgate.model.limits import Limits
from execgate.model.places import HOME, WORKSPACE
from execgate.sandbox import machine, places
from execgate.sandbox.cell import CELL_VARIABLE, Profile
from execgate.sandbox.network import INSIDE
from execgate.sandbox.places import KEEPER, OOM_SCORE, PACKAGES, USER, environment, inodes, shares

NAMESPACES = ("user", "ipc", "pid", "net", "uts", "cgroup")
# What the guest needs for a moment, within its own user namespace; see `execgate_guest.settle`.
_FOR_THE_GUEST = ("CAP_SYS_ADMIN", "CAP_NET_ADMIN", "CAP_SETPCAP")
_FOR_THE_KEEPER = ("CAP_SETUID", "CAP_SETGID")
"""What the supervisor of a kept cell keeps, to become the user of each run."""
_NUMBERS = {"CAP_SETGID": 6, "CAP_SETUID": 7}
_DEVICES = ("null", "zero", "full", "random", "urandom")
_OWN = frozenset(("dev", "proc", "sys", "tmp", "run", WORKSPACE[1:], "home", ".dockerenv"))
"""Entries of a root that every cell has of its own."""
_COVERED = (
    "/proc/acpi",
    "/proc/asound",
    "/proc/cmdline",
    "/proc/config.gz",
    "/proc/interrupts",
    "/proc/kallsyms",
    "/proc/kcore",
    "/proc/keys",
    "/proc/kpagecount",
    "/proc/kpageflags",
    "/proc/latency_stats",
    "/proc/modules",
    "/proc/sched_debug",
    "/proc/scsi",
    "/proc/timer_list",
    "/proc/timer_stats",
)
_LOW_PORTS = "/proc/sys/net/ipv4/ip_unprivileged_port_start"
_NO_LINGERING = "/proc/sys/net/ipv4/tcp_max_tw_buckets"
"""How many connections stay for a while after their end, where the next run would see them."""
_READ_ONLY = ("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger")


INSTEAD = {
    "memory_bytes": "each process by itself, not all together: there is no control group",
    "cpus": "a number of processors that programs are asked to keep to: there is no control group",
}
"""What holds of a limit where no control group keeps it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cell comes from on this host, and what is shown of it inside."""

    program: str
    """bubblewrap's own path."""
    root: Path
    entries: tuple[tuple[str, str | None], ...]
    """What lies at the top of the root: its name, and where it leads if it is a link."""
    entrypoint: tuple[str, ...]
    filter: bytes
    """The filter of system calls, as the kernel takes it."""
    door: Path | None = None
    """The folder of the gate's socket, for a cell that has a network."""
    groups: tuple[tuple[Path, str], ...] = ()
    """Folders of the cell's control group, and where the guest looks for them."""
    entrance: tuple[str, ...] = ()
    """What has bubblewrap wait for the users of a kept cell; see `users`."""


def command(place: Place, profile: Profile) -> list[str]:
    """Return the command that starts a cell of `profile`; raises SandboxUnavailableError."""
    return [place.program, *_arguments(place, profile), "--", *place.entrypoint]


def _arguments(place: Place, profile: Profile) -> Iterator[str]:
    yield from (f"--unshare-{name}" for name in NAMESPACES)
    user = str(KEEPER if profile.kept else USER)
    yield from ("--uid", user, "--gid", user, "--hostname", "sandbox")
    yield from place.entrance
    yield from ("--die-with-parent", "--as-pid-1", "--new-session", "--cap-drop", "ALL")
    for capability in (*_FOR_THE_GUEST, *(_FOR_THE_KEEPER if profile.kept else ())):
        yield from ("--cap-add", capability)
    opened = _opened(place, [folder.target for folder in profile.host_folders])
    yield from _tree(place, opened)
    yield from _writable(profile)
    if place.door is not None:
        yield from ("--ro-bind", str(place.door), INSIDE)
    for folder in profile.host_folders:
        # What is made on the way to it without being told to is its owner's alone.
        for above in _above(folder.target):
            if above not in opened and not (place.root / above[1:]).is_dir():
                yield from ("--perms", "0755", "--dir", above)
        yield from ("--ro-bind", folder.source, folder.target)
    if profile.packages is not None:
        yield from ("--ro-bind", str(profile.packages), PACKAGES)
    # Whatever else was made on the way is memory that nobody limits.
    yield from (
        part for path in ("/dev", "/home", "/run", "/sys", *opened, "/") for part in ("--remount-ro", path)
    )
    yield from ("--chdir", "/", "--clearenv")
    told = {**profile.to_json(), "place": settlement(place, profile)}
    variables = {**environment(profile.limits), CELL_VARIABLE: json.dumps(told, separators=(",", ":"))}
    for name, value in variables.items():
        yield from ("--setenv", name, value)


def _above(path: str) -> tuple[str, ...]:
    """Return the folders that a path lies in, the uppermost first, without the root."""
    parts = path.split("/")[1:-1]
    return tuple("/" + "/".join(parts[: number + 1]) for number in range(len(parts)))


def _opened(place: Place, targets: Iterable[str]) -> tuple[str, ...]:
    """Return the folders of the root in which something is made that the root has not got."""
    found: set[str] = set()
    for target in targets:
        if (place.root / target[1:]).is_dir() or target.split("/")[1] in _OWN:
            continue
        found |= {above for above in _above(target) if (place.root / above[1:]).is_dir()}
    return tuple(sorted(found))


def _tree(place: Place, opened: Sequence[str]) -> Iterator[str]:
    """Yield what makes the root: each entry by itself, on a folder of its own where others can be made.

    So are the entries of each folder that is `opened`.
    """
    for name, link in place.entries:
        if name not in _OWN:
            yield from _entry(place, f"/{name}", link, opened)
    yield from ("--proc", "/proc")
    yield from _small("/dev")
    for name in _DEVICES:
        yield from ("--dev-bind", f"/dev/{name}", f"/dev/{name}")
    yield from ("--symlink", "/proc/self/fd", "/dev/fd")
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        yield from ("--symlink", f"/proc/self/fd/{number}", f"/dev/{name}")
    for path in ("/home", "/run", "/sys"):
        yield from _small(path)
    for folder, target in place.groups:
        yield from ("--ro-bind", str(folder), target)


def _entry(place: Place, path: str, link: str | None, opened: Sequence[str]) -> Iterator[str]:
    if link is not None:
        yield from ("--symlink", link, path)
    elif path in opened:
        yield from _small(path)
        for below in sorted((place.root / path[1:]).iterdir()):
            leads = str(below.readlink()) if below.is_symlink() else None
            yield from _entry(place, f"{path}/{below.name}", leads, opened)
    else:
        yield from ("--ro-bind", str(place.root / path[1:]), path)


def _small(path: str) -> tuple[str, ...]:
    return ("--perms", "0755", "--size", str(1 << 16), "--tmpfs", path)


def _writable(profile: Profile) -> Iterator[str]:
    for path, mode, size in _places(profile.limits):
        sized = ("--size", str(size)) if size is not None else ()
        yield from ("--perms", "1777" if profile.kept else mode, *sized, "--tmpfs", path)


def _places(limits: Limits) -> tuple[tuple[str, str, int | None], ...]:
    disk = shares(limits.disk_bytes)
    return (
        (WORKSPACE, "0700", disk.workspace),
        ("/tmp", "1777", disk.tmp),
        (HOME, "0700", disk.home),
        ("/dev/shm", "1777", disk.shm),
    )


def settlement(place: Place, profile: Profile) -> dict[str, Any]:
    """Return what the guest does itself, before anything else; see `execgate_guest.settle`."""
    limits = profile.limits
    most = inodes(limits.files)
    return {
        "writable": {
            path: f"nr_inodes={most}" + (f",size={size}" if size is not None else "")
            for path, _, size in _places(limits)
        },
        "covered": _COVERED,
        "read_only": _READ_ONLY,
        "oom_score_adj": OOM_SCORE,
        "kernel": {_LOW_PORTS: "0", **({_NO_LINGERING: "0"} if profile.kept else {})},
        "capabilities": sum(1 << _NUMBERS[name] for name in _FOR_THE_KEEPER) if profile.kept else 0,
        "rlimits": rlimits(profile, counted=bool(place.groups)),
        "processors": processors(limits, counted=bool(place.groups)),
        "filter": base64.b64encode(place.filter).decode("ascii"),
    }


def rlimits(profile: Profile, *, counted: bool) -> dict[int, int]:
    """Return the limits of each process, by the kernel's numbers.

    `counted` is whether a control group counts processes and memory.
    """
    limits = profile.limits
    values = {
        getattr(resource, f"RLIMIT_{name.upper()}"): most for name, most in places.rlimits(limits).items()
    }
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)  # which nobody inside could raise
    if most != resource.RLIM_INFINITY:
        values[resource.RLIMIT_NOFILE] = min(values[resource.RLIMIT_NOFILE], most)
    if limits.processes is not None and not counted:
        # Counted for each user of the cell's user namespace (Linux 5.14).  What leads to the gate is of the
        # program's user and no program, and so is the supervisor, but in a kept cell.
        values[resource.RLIMIT_NPROC] = limits.processes + (not profile.kept) + profile.network
    if limits.memory_bytes is not None and not counted:
        values[resource.RLIMIT_DATA] = limits.memory_bytes
    return values


def processors(limits: Limits, *, counted: bool) -> list[int] | None:
    """Return the processors to run on where no control group shares them out, None for all."""
    there = sorted(os.sched_getaffinity(0))
    wanted = len(there) if limits.cpus is None or counted else math.ceil(limits.cpus)
    # Not always the same: cells are not to crowd on the first.
    return random.sample(there, wanted) if wanted < len(there) else None


def entries(root: Path) -> tuple[tuple[str, str | None], ...]:
    """Return what lies at the top of a root; raises SandboxUnavailableError where there is no such folder."""
    try:
        found: Iterable[Path] = sorted(root.iterdir())
        return tuple(
            (path.name, str(path.readlink()) if path.is_symlink() else None)
            for path in found
            if path.is_dir() or path.is_symlink()
        )
    except OSError as error:
        raise SandboxUnavailableError(
            f"can't read the sandbox's root {root}: {error.strerror}",
            help=machine.fix_for(error, "make it anew with `execgate sandbox build --sandbox bubblewrap`"),
        ) from error
