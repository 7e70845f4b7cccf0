"""Control groups that a gate left behind when it was killed: whose they are, and which may go.

Processes end with their gate, and what they wrote was memory of their own namespace.  A control group
stays, and its name tells whose it is.
"""

from __future__ import annotations

import uuid

from execgate.sandbox.bubblewrap.groups import Groups
from execgate.sandbox.owner import Owner


def new_name() -> str:
    """Return a name for a cell of this gate, which tells later ones whose it is."""
    owner = Owner.current()
    boot = owner.boot.replace("-", "")
    return f"{owner.pid}.{owner.started}.{boot}.{owner.namespace}.{uuid.uuid4().hex[:12]}"


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
    """Remove what killed gates left; return how many."""
    removed = 0
    for name in abandoned(groups):
        group = groups.named(name)
        group.kill()
        removed += group.remove()
    return removed


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
