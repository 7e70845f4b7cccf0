"""What execgate needs of this machine beside the sandbox."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

from execgate.adapters.framework import EXTRA
from execgate.cli import policies
from execgate.errors import ExecgateError
from execgate.report.text import plural
from execgate.sandbox import Check

OLDEST, FIRST_UNPROVEN = (3, 10), (3, 14)
_EPOCH = 1_735_689_600
"""2025-01-01: no receipt of this version is older."""


def check_machine(home: Path) -> tuple[Check, ...]:
    """Return every check that needs no container engine; none of them raises or changes anything."""
    return (
        _guarded("Python", "all commands", check_python),
        _guarded("AutoGen", "GatedExecutor", check_autogen),
        _guarded("policies", "analyze and run without --policy", check_policies),
        _guarded("state folder", "receipts", lambda: check_state(home)),
        _guarded("receipts", "running code, an audit", lambda: check_receipts(home)),
        _guarded("clock", "receipts", check_clock),
    )


def check_python() -> tuple[bool, str, str | None]:
    """Return whether this Python is one of those that execgate is tested on."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    supported = OLDEST <= sys.version_info[:2] < FIRST_UNPROVEN
    return supported, f"{sys.implementation.name} {version}", "use CPython 3.10 to 3.13"


def check_autogen() -> tuple[bool, str, str | None]:
    """Return which generation of AutoGen is installed; distributions of three of them share names.

    Nothing of AutoGen is imported: that takes seconds.
    """
    found = {name: _version(name) for name in ("pyautogen", "autogen-agentchat", "ag2", "autogen")}
    installed = [f"{name} {version}" for name, version in found.items() if version is not None]
    if not installed:
        return False, "not installed", EXTRA
    detail = ", ".join(installed)
    if importlib.util.find_spec("autogen") is None:
        if importlib.util.find_spec("autogen_agentchat") is not None:
            what = "AgentChat, which has no module `autogen`"
        elif importlib.util.find_spec("ag2") is not None:
            what = "ag2 of the generation that has no module `autogen`"
        else:
            what = "no module `autogen`"
        return False, f"{detail}: {what}", EXTRA
    owners = [name for name in found if _is_classic(name, found[name])]
    if "ag2" in owners and "autogen" in owners:
        owners.remove("autogen")  # Another name of ag2, which it installs.
    if not owners:
        return False, f"{detail}: too old, 0.2.19 is the oldest that takes an executor", EXTRA
    if len(owners) > 1:
        return (
            False,
            f"{detail}: {' and '.join(owners)} overwrite each other's module `autogen`",
            f"pip uninstall {' '.join(owners)}, then install one of them again",
        )
    return True, f"{detail}: classic, with the module `autogen`", None


def check_policies() -> tuple[bool, str, str | None]:
    """Return whether the policies that decide by default can be loaded."""
    path = policies.find(None)
    found = policies.load(None)
    return True, f"{path}: {plural(len(found.agents), 'agent')} ({', '.join(found.agents)})", None


def check_state(home: Path) -> tuple[bool, str, str | None]:
    """Return whether receipts can be written to `home`, and are its owner's alone."""
    if not home.exists():
        parent = next(folder for folder in home.absolute().parents if folder.exists())
        writable = parent.is_dir() and os.access(parent, os.W_OK | os.X_OK)
        detail = f"{home}: not there yet, {'can' if writable else 'can not'} be made"
        return writable, detail, f"make {parent} writable, or set EXECGATE_HOME to a folder that is"
    if not home.is_dir():
        return False, f"{home}: not a folder", "set EXECGATE_HOME to a folder"
    if not os.access(home, os.R_OK | os.W_OK | os.X_OK):
        return False, f"{home}: not writable for this user", "make it writable, or set EXECGATE_HOME"
    status = home.stat()
    if status.st_mode & 0o077:
        return False, f"{home}: open to other users (mode {status.st_mode & 0o777:o})", f"chmod 700 {home}"
    space = os.statvfs(home)
    free = space.f_bavail * space.f_frsize
    if free < 16_000_000:
        return False, f"{home}: {free:,} bytes free", "free some disk space: no receipt, no run"
    return True, f"{home}: writable, for its owner alone", None


def check_receipts(home: Path) -> tuple[bool, str, str | None]:
    """Return whether the receipts that are there verify, and more can be added to them."""
    from execgate.receipts import ReceiptStore

    if not (home / "receipts.db").exists() and not (home / "keys").exists():
        return True, "none yet", None
    with ReceiptStore.open(home, create=False) as store:
        result = store.verify()
        if result.finding is not None:
            advice = "`execgate receipts verify` says more; keep the folder as evidence"
            return False, str(result.finding), advice
        # What a gate checks when it opens the log; nothing is changed by it.
        store._check_writable(None)  # noqa: SLF001 - opening the log for writing would also repair it
    if not os.access(home / "receipts.db", os.W_OK):
        return False, f"{home / 'receipts.db'}: not writable for this user", "make it writable"
    return True, f"{plural(result.decisions + result.outcomes, 'receipt')} verified", None


def check_clock() -> tuple[bool, str, str | None]:
    """Return whether the clock is past the day on which this version was begun."""
    now = time.time()
    shown = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
    return now > _EPOCH, shown, "set the clock: receipts carry its time"


def _guarded(name: str, needed_for: str, check: Callable[[], tuple[bool, str, str | None]]) -> Check:
    """Return the check's outcome; one that fails itself is something that is missing."""
    try:
        ok, detail, fix = check()
    except ExecgateError as error:
        ok, detail, fix = False, error.message, error.help
    except Exception as error:  # noqa: BLE001 - one check that fails must not hide the others
        ok, detail, fix = False, f"{type(error).__name__}: {error}", None
    return Check(name=name, ok=ok, detail=detail, fix="" if ok or fix is None else fix, needed_for=needed_for)


def _version(distribution: str) -> str | None:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def _is_classic(distribution: str, version: str | None) -> bool:
    """Return whether this version brings a module `autogen` that takes an executor."""
    numbers = tuple(int(part) for part in re.findall(r"\d+", version or "")[:3])
    if not numbers:
        return False
    first, after = {
        "pyautogen": ((0, 2, 19), (0, 10)),
        "autogen-agentchat": ((0, 2, 36), (0, 4)),
        "ag2": ((0, 3), (1,)),
        "autogen": ((0, 3), (1,)),
    }[distribution]
    return first <= numbers < after
