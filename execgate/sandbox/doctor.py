"""What this machine can and cannot do about running code, each with the fix."""

from __future__ import annotations

import os
import platform
import shutil
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from execgate.errors import InputError, SandboxUnavailableError
from execgate.model.limits import CONSTRAINTS
from execgate.sandbox import walls
from execgate.sandbox.bubblewrap.inspection import inspect
from execgate.sandbox.choice import AUTO, asked_for
from execgate.sandbox.docker import leftovers
from execgate.sandbox.docker.capabilities import (
    RUNTIME_HELP,
    RUNTIME_VARIABLE,
    SECCOMP_HELP,
    has_seccomp,
    lacking_limits,
    runs_linux,
    runtimes,
)
from execgate.sandbox.engine import attempt, connect, endpoint
from execgate.sandbox.image import find_image
from execgate.sandbox.image.cache import WRITABLE_HELP, cache_folder, can_keep
from execgate.sandbox.image.facts import BASE
from execgate.sandbox.image.root import find_root

if TYPE_CHECKING:
    from docker import APIClient

_PATIENCE_S = 2
_RUN = "running code"
_ROOM_BYTES = 500_000_000


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    `ok` is None for what is only told; `fix` is what to do where it is False; `needed_for` says what does
    not work without it, empty where everything does.
    """

    name: str
    ok: bool | None
    detail: str
    fix: str = ""
    needed_for: str = ""


def diagnose() -> tuple[Check, ...]:
    """Return what there is and what is missing for running code, in a few seconds at most; never raises.

    One backend is enough, unless `EXECGATE_SANDBOX` asks for one: what the other lacks is only told.
    """
    engine, bubblewrap = _with_engine(), _bubblewrap()
    try:
        asked = asked_for()
    except InputError as error:
        nothing = Check("sandbox", ok=False, detail=error.message, fix=error.help or "", needed_for=_RUN)
        return (nothing, *engine, bubblewrap)
    if asked == "bubblewrap" or (asked == AUTO and bubblewrap.ok):
        engine = tuple(_told(check) if check.needed_for == _RUN else check for check in engine)
    elif asked == "docker" or all(check.ok is not False for check in engine):
        bubblewrap = _told(bubblewrap)
    return (*engine, bubblewrap)


def _told(check: Check) -> Check:
    """Return a check of which a failure keeps nothing from working."""
    if check.ok is not False:
        return check
    return replace(check, ok=None, detail=f"{check.detail} (not needed: another sandbox is used)")


def _bubblewrap() -> Check:
    look, name = inspect(), "bubblewrap"
    if look.fault is not None:
        return Check(name, ok=False, detail=look.fault.message, fix=look.fault.help or "", needed_for=_RUN)
    if find_root(BASE) is None and not can_keep():
        detail = f"{look.version} at {look.program}, and what it runs in can't be kept in {cache_folder()}"
        return Check(name, ok=False, detail=detail, fix=WRITABLE_HELP, needed_for=_RUN)
    told = [f"{look.version} at {look.program}"]
    told.append(f"without {', '.join(look.lacks)} ({look.why})" if look.lacks else "all limits are kept")
    told.append(f"no sessions ({look.no_sessions})" if look.no_sessions else "sessions are kept")
    if look.abandoned:
        told.append(f"{look.abandoned} control groups of killed gates, which the next run removes")
    return Check(name, ok=True, detail=", ".join(told), needed_for=_RUN)


def _with_engine() -> tuple[Check, ...]:
    try:
        client = connect(_PATIENCE_S)
    except SandboxUnavailableError as error:
        engine = Check("engine", ok=False, detail=error.message, fix=error.help or "", needed_for=_RUN)
        return (_kernel(), engine, *_other_ways())
    with closing(client):
        info, fault = attempt(client.info)
        if info is None:
            fix = "look at the engine's log, or restart it"
            engine = Check("engine", ok=False, detail=fault or "", fix=fix, needed_for=_RUN)
            return (_kernel(), engine, *_other_ways())
        return (
            _kernel(),
            _engine(info),
            *_confinement(info),
            _image(client),
            _disk(info),
            _leftovers(client),
            *_other_ways(),
        )


def _kernel() -> Check:
    return Check(
        "kernel", ok=None, detail=f"{platform.system()} {platform.release()} on {platform.machine()}"
    )


def _engine(info: dict[str, Any]) -> Check:
    rootless = any("rootless" in str(option) for option in info.get("SecurityOptions") or ())
    told = f"{info.get('ServerVersion', '?')} at {endpoint()}, storage {info.get('Driver', '?')}"
    linux = runs_linux(info)
    told += (", rootless" if rootless else "") + f", runtimes {', '.join(runtimes(info)) or 'unknown'}"
    asked = os.environ.get(RUNTIME_VARIABLE)
    missing = asked if asked and asked not in runtimes(info) else None
    fix = "" if linux else "switch the engine to Linux containers"
    if missing is not None:
        told += f", and not `{missing}`, which {RUNTIME_VARIABLE} asks for"
        fix = fix or RUNTIME_HELP
    return Check("engine", ok=linux and missing is None, detail=told, fix=fix, needed_for=_RUN)


def _confinement(info: dict[str, Any]) -> tuple[Check, ...]:
    seccomp = has_seccomp(info)
    lacking = sorted(CONSTRAINTS[field] for field in lacking_limits(info))
    return (
        Check(
            "seccomp",
            ok=seccomp,
            detail="the engine filters system calls" if seccomp else "the engine can't filter system calls",
            fix="" if seccomp else SECCOMP_HELP,
            needed_for=_RUN,
        ),
        Check(
            "limits",
            ok=not lacking,
            detail=f"control groups version {info.get('CgroupVersion', '1')}, "
            + (
                f"without {', '.join(lacking)}" if lacking else "memory, processors and processes are limited"
            ),
            fix="boot with cgroup_enable=memory, or delegate the controllers to a rootless engine"
            if lacking
            else "",
            needed_for="policies that limit these",
        ),
    )


def _image(client: APIClient) -> Check:
    image, fault = attempt(lambda: find_image(client))
    if fault is not None:
        return Check("image", ok=False, detail=fault, fix="restart the engine", needed_for=_RUN)
    if image is None:
        return Check("image", ok=None, detail="not made yet; the first run makes it, which takes seconds")
    told = f"{image.id[7:19]}, Python {image.python}, {image.size_bytes / 1e6:.0f} MB, from {image.way}"
    # Why each failed is told when the image is made; here a name is enough to know which way was taken.
    failed = [why.partition(":")[0] for why in image.passed_over]
    if failed:
        told += f" (passed over: {', '.join(failed)})"
    return Check("image", ok=True, detail=told, needed_for=_RUN)


def _disk(info: dict[str, Any]) -> Check:
    folder = Path(str(info.get("DockerRootDir") or "/"))
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    usage, fault = attempt(lambda: shutil.disk_usage(folder))
    if usage is None:
        return Check("disk", ok=None, detail=fault or "")
    room = usage.free >= _ROOM_BYTES
    return Check(
        "disk",
        ok=room,
        detail=f"{usage.free / 1e9:.1f} GB free where the engine keeps its images",
        fix="" if room else "free some with `docker system prune`",
        needed_for="making the image",
    )


def _leftovers(client: APIClient) -> Check:
    found, fault = attempt(lambda: leftovers.abandoned(client))
    if found is None:
        return Check("leftovers", ok=None, detail=fault or "")
    return Check(
        "leftovers",
        ok=None,
        detail=f"containers of gates that were killed: {len(found)}; the next run removes them"
        if found
        else "none",
    )


def _other_ways() -> tuple[Check, ...]:
    return (
        Check("landlock", ok=None, detail=walls.landlock()),
        Check("filters", ok=None, detail=walls.filters()),
    )
