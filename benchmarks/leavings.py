"""What gates can leave behind on a machine, looked for without asking them.

Everything that belongs to others on the machine is left out.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
import threading
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from types import MappingProxyType

from execgate.sandbox.engine import connect
from execgate.sandbox.owner import Owner

_PROC = Path("/proc")
_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_CELL = re.compile(r"/(\d+)\.(\d+)\.[0-9a-f]{32}\.\d+\.[0-9a-f]{12}$")
"""A control group of a cell that has no engine: it begins with its gate's process and when that started."""


def here() -> set[str]:
    """Return the descriptors and threads of this process, by what they are."""
    found = {f"thread {thread.name}" for thread in threading.enumerate()}
    for link in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            target = str(link.readlink())
            # Two sockets differ by their number alone; of a folder that is being listed there is always one.
            if not target.startswith("/proc/"):
                found.add(f"descriptor {link.name} {target.partition(':')[0]}")
    return found


def files() -> set[str]:
    """Return what is in the folder for temporary files that a gate may have made."""
    return {
        f"file {entry.name}" for entry in Path(tempfile.gettempdir()).iterdir() if "execgate" in entry.name
    }


def containers(gates: Collection[int]) -> set[str]:
    """Return containers of gates that are no more, or of this one."""
    with contextlib.closing(connect()) as client:
        found = set()
        for container in client.containers(all=True, filters={"label": "execgate"}):
            owner = Owner.of(container["Labels"])
            if owner is not None and owner.pid in gates and owner.is_gone() is not False:
                found.add(f"container {container['Names']} of gate {owner.pid}, {container['State']}")
            if owner is not None and owner.gate == Owner.current().gate:
                found.add(f"container {container['Names']} of this gate, {container['State']}")
        return found


def strangers(_: Collection[int]) -> set[str]:
    """Return processes, mounts and control groups of containers that the engine does not know."""
    with contextlib.closing(connect()) as client:
        found: dict[str, str] = {}
        for pid, command, groups in _processes():
            for text in (groups, command):
                for identity in _ID.findall(text):
                    found[f"process {pid} {command[:60]}"] = identity
        for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
            for identity in _ID.findall(line.split(" - ")[0]):
                if "/containers/" in line:
                    found[f"mount {line.split()[4]}"] = identity
        for group in Path("/sys/fs/cgroup").glob("*/docker/*"):
            if _ID.fullmatch(group.name):
                found[f"control group {group}"] = group.name
        # Asked last: what is made meanwhile is known by then.
        known = {container["Id"] for container in client.containers(all=True)}
        return {what for what, identity in found.items() if identity not in known}


def cells(gates: Collection[int]) -> set[str]:
    """Return control groups and processes of cells without an engine whose gate is no more, or this one."""
    found = set()
    own = {os.getpid(), *gates}
    for mount in _mounts({"cgroup", "cgroup2"}):
        for folder, _, _ in os.walk(mount):
            name = _CELL.search(folder)
            if name is not None and int(name[1]) in own:
                found.add(f"control group {folder}")
    orphans = {1, *_ancestors()}
    for pid, command, groups in _processes():
        placed = [name for line in groups.splitlines() if (name := _CELL.search(line))]
        if any(int(name[1]) in own for name in placed):
            found.add(f"process {pid} {command[:60]}")
        # One that was killed before it was put into its group belongs to whoever takes orphans in.
        elif "bwrap" in command and _parent(pid) in orphans:
            found.add(f"process {pid} without a gate: {command[:60]}")
    for mount in _mounts():
        if "bwrap" in mount or "/newroot" in mount:
            found.add(f"mount {mount}")
    return found


LEFT: Mapping[str, tuple[Callable[[Collection[int]], set[str]], ...]] = MappingProxyType({
    "docker": (containers, strangers),
    "bubblewrap": (cells,),
})  # fmt: skip
"""By backend: what finds what gates, by their processes, have left."""


def _processes() -> list[tuple[int, str, str]]:
    """Return each process of the machine as (id, command line, control groups)."""
    found = []
    for folder in _PROC.iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                found.append((int(folder.name), command, (folder / "cgroup").read_text(errors="replace")))
    return found


def _parent(pid: int) -> int:
    with contextlib.suppress(OSError):
        # The name in brackets may hold anything; the fields after it may not.
        return int((_PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()[1])
    return 0


def _ancestors() -> set[int]:
    found, pid = set(), os.getpid()
    while (pid := _parent(pid)) > 0:
        found.add(pid)
    return found


def _mounts(kinds: Collection[str] = ()) -> list[str]:
    """Return where something is mounted, of some kinds alone or of any."""
    lines = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    return [place for _, place, kind, *_ in map(str.split, lines) if not kinds or kind in kinds]
