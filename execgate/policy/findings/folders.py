"""Folders of the host that are mounted and that nothing may read."""

from __future__ import annotations

from collections.abc import Iterator

from execgate.policy.confining import confines
from execgate.policy.constraints.capabilities import CODE_EXECUTION
from execgate.policy.constraints.running import HOST_FOLDERS, HostFolderShape
from execgate.policy.findings.notebook import Doubt, Notebook
from execgate.policy.grant import Grant
from execgate.policy.problems import clipped, quoted


def look(grant: Grant, notebook: Notebook) -> None:
    """Note what is mounted for nothing; the places of the lists are noted already."""
    for doubt in _unread(grant):
        notebook.doubt(doubt)


def _unread(grant: Grant) -> Iterator[Doubt]:
    listing = grant.lists.get(HOST_FOLDERS.name)
    reads = confines({CODE_EXECUTION: grant}).reads
    if listing is None or reads is None:
        return
    for entry in listing.entries:
        shape = entry.shape
        if isinstance(shape, HostFolderShape) and not any(_meet(shape.folder.target, one) for one in reads):
            target = shape.folder.target
            yield Doubt(
                entry.clause,
                f"entry of {listing.name}",
                f"`{clipped(shape.text)}` in `{listing.name}` is mounted for nothing: nothing may read it",
                f'permit it, as in `allowed_file_operations: ["read"]` and '
                f"`allowed_file_paths: [{clipped(quoted(target))}]`",
            )


def _meet(one: str, other: str) -> bool:
    """Return whether one of two paths is the other, or lies below it."""
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")
