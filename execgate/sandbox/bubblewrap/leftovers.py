"""What a gate left behind when it was killed: whose it is, and which may go.

Processes end with their gate, and what they wrote was memory of their own namespace.  A control group
stays, and its name tells whose it is.  So does a bubblewrap that was just being started: its inner process
waits for a word of the outer one, and does not notice if that has died.
"""

from __future__ import annotations

import contextlib
import os
import signal
import uuid
from pathlib import Path

from execgate.sandbox.bubblewrap.groups import Groups
from execgate.sandbox.owner import Owner

VARIABLE = "EXECGATE_GATE"
"""The variable of bubblewrap's own environment that says whose it is."""


def new_name() -> str:
    """Return a name for a cell of this gate, which tells later ones whose it is."""
    owner = Owner.current()
    boot = owner.boot.replace("-", "")
    return f"{owner.pid}.{owner.started}.{boot}.{owner.namespace}.{uuid.uuid4().hex[:12]}"


def environment() -> dict[str, str]:
    """Return what bubblewrap is started with, which tells later gates whose it is; no guest sees it."""
    return {"PATH": os.defpath, VARIABLE: new_name()}


def abandoned(groups: Groups) -> list[str]:
    """Return the names of control groups that no living gate owns.

    One whose gate can't be looked up (another namespace's) counts where nothing is in it: a gate puts
    something into its group as soon as it is made.
    """
    found = []
    for name in groups.names():
        owner = _owner(name)
        gone = None if owner is None else owner.is_gone()
        if gone or (gone is None and owner is not None and groups.named(name).is_idle()):
            found.append(name)
    return found


def sweep(groups: Groups) -> int:
    """Remove what killed gates left; return how many control groups there were."""
    for pid in strays():
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    removed = 0
    for name in abandoned(groups):
        group = groups.named(name)
        group.kill()
        removed += group.remove()
    return removed


def strays(proc: Path = Path("/proc")) -> list[int]:
    """Return the processes of bubblewrap whose gate is no more."""
    found = []
    for folder in proc.iterdir():
        # Those of others may not be read, and any may end meanwhile.
        with contextlib.suppress(OSError):
            if folder.name.isdigit() and (folder / "comm").read_bytes() == b"bwrap\n":
                owner = _told(folder)
                if owner is not None and owner.is_gone():
                    found.append(int(folder.name))
    return found


def _told(process: Path) -> Owner | None:
    """Return whose process it is, as it was told when it was started."""
    for entry in (process / "environ").read_bytes().decode("utf-8", "replace").split("\0"):
        name, _, value = entry.partition("=")
        if name == VARIABLE:
            return _owner(value)
    return None


def _owner(name: str) -> Owner | None:
    """Return whose group is called `name`; None where no gate gave that name."""
    parts = name.split(".")
    if len(parts) != 5 or not parts[0].isdigit():
        return None
    pid, started, boot, namespace, _ = parts
    try:
        return Owner(int(pid), started, str(uuid.UUID(boot)), namespace, "")
    except ValueError:
        return None
