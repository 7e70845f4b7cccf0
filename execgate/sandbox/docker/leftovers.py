"""Containers that a gate left behind when it was killed: whose they are, and which may go.

Every container carries its gate's process, and what tells that process from a later one with the same
number: the time it started, the boot of its kernel, and its process namespace.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from execgate.sandbox.engine import Attempts, attempt, remove_container
from execgate.sandbox.image.container import BUILD_PREFIX
from execgate.sandbox.owner import MARK, Owner

if TYPE_CHECKING:
    from docker import APIClient

_ABANDONED_S = 3600


def abandoned(client: APIClient) -> list[str]:
    """Return the ids of containers that no living gate owns.

    One whose gate can't be looked up (another machine's, or a boot before this one) counts
    once it has stopped and is an hour old; a run lasts as long as its gate, which would have removed it.
    """
    found = [
        *client.containers(all=True, filters={"label": MARK}),
        # A label of these would end up in the image, and from there in anybody's container.
        *client.containers(all=True, filters={"name": BUILD_PREFIX}),
    ]
    ids = []
    for container in found:
        owner = Owner.of(container.get("Labels") or {})
        gone = owner.is_gone() if owner else None
        stopped = container.get("State") in {"exited", "dead", "created"}
        old = time.time() - float(container.get("Created") or time.time()) > _ABANDONED_S
        if gone or (gone is None and stopped and old):
            ids.append(str(container["Id"]))
    return ids


def sweep(client: APIClient) -> int:
    """Remove what killed gates left; return how many.  What can't be removed is left for the next time."""
    found, _ = attempt(lambda: abandoned(client))
    removed, tried = 0, Attempts()
    for container in found or []:
        _, fault = tried(partial(remove_container, client, container))
        removed += fault is None
    return removed
