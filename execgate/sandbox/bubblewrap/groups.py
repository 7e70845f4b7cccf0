"""Control groups for processes that no engine looks after: found, made, filled, removed; both versions.

Version 1 has a tree for each controller, version 2 one for all (Linux, `cgroups(7)`).  Where this user may
not make groups, or the kernel keeps a controller elsewhere, the limits that depend on it are lacking, and
`Groups.lacks` says so.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from execgate.errors import SandboxUnavailableError
from execgate.sandbox import machine
from execgate.sandbox.usage import Group

FOLDER = "execgate"
"""The group that holds those of all cells of all gates."""

_PERIOD_US = 100_000
_REMOVE_S = 2.0
_IDLE_S = 60.0
_MOVES = 5
"""How often processes are moved out of a group: those started meanwhile are there at the next look."""
_CONTROLLERS = {"memory_bytes": "memory", "cpus": "cpu", "processes": "pids"}


@dataclass(frozen=True, slots=True)
class Share:
    """What the processes of one group may use together; None is unlimited."""

    memory_bytes: int | None = None
    cpus: float | None = None
    processes: int | None = None


@dataclass(frozen=True, slots=True)
class Groups:
    """The folders below which groups may be made, by controller; empty where there is none."""

    bases: Mapping[str, Path]
    unified: bool
    why: str = ""
    """Why nothing, or not everything, can be limited here."""

    @classmethod
    def find(cls, proc: Path = Path("/proc/self")) -> Groups:
        """Return the groups of this process' machine, made ready for use; never raises."""
        trees, unified = _mounted(proc)
        own: dict[str, Path] = {}
        why = "no control groups are mounted"
        for controller, mount in trees.items():
            base = mount / FOLDER
            if _can_hold(base):
                own[controller] = base
            else:
                why = f"no permission to make control groups below {mount}"
        if {"memory", "pids"} <= own.keys():
            return cls(own, unified=False)
        if unified is not None:
            delegated, reason = _delegated(unified, proc)
            if delegated is not None:
                usable = _enabled(delegated) & set(_CONTROLLERS.values())
                return cls(dict.fromkeys(usable, delegated), unified=True)
            why = reason if not trees else why
        for base in own.values():
            with contextlib.suppress(OSError):
                base.rmdir()
        return cls({}, unified=False, why=why)

    @property
    def lacks(self) -> frozenset[str]:
        """The fields of Limits that can't be kept."""
        return frozenset(field for field, controller in _CONTROLLERS.items() if controller not in self.bases)

    def make(self, name: str, share: Share) -> Made:
        """Return a new, empty group called `name`; raises SandboxUnavailableError where that fails."""
        made = Made({key: base / name for key, base in self.bases.items()}, unified=self.unified)
        try:
            for folder in made.folders():
                folder.mkdir(mode=0o755)
            for controller, file, value in _settings(share, unified=self.unified):
                if controller in made.places:
                    _set(made.places[controller] / file, value)
        except OSError as error:
            made.remove()
            raise SandboxUnavailableError(
                f"can't make a control group: {error.strerror}: {error.filename}",
                help=machine.fix_for(error, "`execgate doctor` says which control groups the gate may use"),
            ) from error
        return made

    def names(self) -> list[str]:
        """Return the names of all groups there are, whosever they are."""
        found: set[str] = set()
        for base in set(self.bases.values()):
            with contextlib.suppress(OSError):
                found.update(entry.name for entry in os.scandir(base) if entry.is_dir())
        return sorted(found)

    def named(self, name: str) -> Made:
        """Return the group called `name`, which another gate may have made."""
        return Made({key: base / name for key, base in self.bases.items()}, unified=self.unified)


@dataclass(frozen=True, slots=True)
class Made:
    """One group: its folders by controller, which are the same one in version 2."""

    places: Mapping[str, Path]
    unified: bool

    def folders(self) -> list[Path]:
        """Return each folder once."""
        return sorted(set(self.places.values()))

    def enter(self, pid: int) -> None:
        """Move a process in, with all it will start; raises OSError."""
        for folder in self.folders():
            _set(folder / "cgroup.procs", str(pid))

    def figures(self) -> Group | None:
        """Return where its figures are read; None where they are not all there."""
        if not {"memory", "pids"} <= self.places.keys():
            return None
        # Version 2 counts processor time in every group; version 1 where its own controller is.
        cpu = self.places["memory"] if self.unified else self.places.get("cpuacct")
        if cpu is None:
            return None
        return Group(self.places["memory"], cpu, self.places["pids"], unified=self.unified)

    def shown(self) -> Iterator[tuple[Path, str]]:
        """Yield (folder, where a guest looks for it), so that it can count what the kernel refused."""
        if self.unified:
            yield from ((folder, "/sys/fs/cgroup") for folder in self.folders())
            return
        for controller in ("memory", "pids"):
            if controller in self.places:
                yield self.places[controller], f"/sys/fs/cgroup/{controller}"

    def kill(self) -> None:
        """Kill whatever is in it."""
        for folder in self.folders():
            with contextlib.suppress(OSError):
                _set(folder / "cgroup.kill", "1")
                continue
            for pid in _members(folder):
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)

    def ran_out_of_memory(self) -> bool:
        """Return whether the kernel killed one of its processes for want of memory."""
        memory = self.places.get("memory")
        if memory is None:
            return False
        with contextlib.suppress(OSError, ValueError):
            text = (memory / ("memory.events" if self.unified else "memory.oom_control")).read_text("ascii")
            return any(
                line.startswith("oom_kill ") and int(line.split()[1]) > 0 for line in text.splitlines()
            )
        return False

    def is_idle(self) -> bool:
        """Return whether no process is in it, a minute after it was made."""
        if any(True for folder in self.folders() for _ in _members(folder)):
            return False
        with contextlib.suppress(OSError):
            return all(time.time() - folder.stat().st_mtime > _IDLE_S for folder in self.folders())
        return True

    def remove(self) -> bool:
        """Remove it; return whether it is gone.  The last process may take a moment to leave."""
        deadline = time.monotonic() + _REMOVE_S
        left = self.folders()
        while left:
            left = [folder for folder in left if not _removed(folder)]
            if left and time.monotonic() > deadline:
                return False
            if left:
                time.sleep(0.005)
        return True


def _settings(share: Share, *, unified: bool) -> Iterator[tuple[str, str, str]]:
    """Yield (controller, file, value); a name that ends in `?` need not be there."""
    if share.memory_bytes is not None:
        value = str(share.memory_bytes)
        if unified:
            yield "memory", "memory.max", value
            yield "memory", "memory.swap.max?", "0"
        else:
            yield "memory", "memory.limit_in_bytes", value
            yield "memory", "memory.memsw.limit_in_bytes?", value
    if share.processes is not None:
        yield "pids", "pids.max", str(share.processes)
    if share.cpus is not None:
        quota = int(share.cpus * _PERIOD_US)
        if unified:
            yield "cpu", "cpu.max", f"{quota} {_PERIOD_US}"
        else:
            yield "cpu", "cpu.cfs_period_us", str(_PERIOD_US)
            yield "cpu", "cpu.cfs_quota_us", str(quota)


def _set(path: Path, value: str) -> None:
    if path.name.endswith("?"):
        path = path.with_name(path.name[:-1])
        if not path.exists():
            return
    # Without O_CREAT: what is not there is no control file.
    fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(fd, value.encode("ascii"))
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        os.close(fd)


def _members(folder: Path) -> Iterator[int]:
    with contextlib.suppress(OSError, ValueError):
        yield from map(int, (folder / "cgroup.procs").read_text(encoding="ascii").split())


def _removed(folder: Path) -> bool:
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _mounted(proc: Path) -> tuple[dict[str, Path], Path | None]:
    """Return where version 1 has each controller that is of use, and where version 2 is, as mounted."""
    trees: dict[str, Path] = {}
    unified: Path | None = None
    with contextlib.suppress(OSError):
        for line in (proc / "mountinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            left, _, right = line.partition(" - ")
            kind, _, options = right.split(" ", 2)
            place = Path(left.split(" ")[4])
            if kind == "cgroup2":
                unified = unified or place
            elif kind == "cgroup":
                for name in {"memory", "cpu", "cpuacct", "pids"} & set(options.split(",")):
                    trees.setdefault(name, place)
    return trees, unified


def _can_hold(base: Path) -> bool:
    with contextlib.suppress(OSError):
        base.mkdir(mode=0o755, exist_ok=True)
        return os.access(base, os.W_OK)
    return False


def _delegated(mount: Path, proc: Path) -> tuple[Path | None, str]:
    """Return a folder of version 2 that hands controllers on and may hold groups, or why there is none.

    The tree's own root where this process may write there, else the group that this process was
    started in, if it was delegated to its user.
    """
    candidates = [mount]
    with contextlib.suppress(OSError):
        lines = (proc / "cgroup").read_text(encoding="utf-8", errors="replace").splitlines()
        candidates += [_out_of_leaf(mount / line[4:]) for line in lines if line.startswith("0::/")]
    why = "its control group was not delegated to this user"
    for folder in candidates:
        if not os.access(folder / "cgroup.subtree_control", os.W_OK):
            continue
        fault = _hand_on(folder)
        if fault is None and _can_hold(folder / FOLDER) and _hand_on(folder / FOLDER) is None:
            return folder / FOLDER, ""
        why = fault or why
    return None, why


def _out_of_leaf(folder: Path) -> Path:
    """Return the group that was delegated: a gate that ran here before moved its own process into a leaf."""
    return folder.parent if folder.name == f"{FOLDER}-gate" else folder


def _hand_on(folder: Path) -> str | None:
    """Let the groups below `folder` limit what it can itself; return why not, None where they may."""
    try:
        there = set((folder / "cgroup.controllers").read_text(encoding="ascii").split())
    except OSError as error:
        return str(error.strerror)
    wanted = [name for name in ("memory", "pids", "cpu") if name in there]
    if "memory" not in wanted:
        return f"{folder} can't limit memory"
    on = _enabled(folder)
    for name in wanted:
        if name in on:
            continue
        for attempt in (1, 2):
            try:
                _set(folder / "cgroup.subtree_control", f"+{name}")
                break
            except OSError as error:
                # A group that hands controllers on may hold no processes itself.
                if attempt == 1 and _move_to_leaf(folder):
                    continue
                if name == "memory":
                    return f"{folder}: {error.strerror}"
                break  # that limit alone is lacking: `cpu` is refused where a process runs in real time
    return None


def _move_to_leaf(folder: Path) -> bool:
    leaf = folder / f"{FOLDER}-gate"
    try:
        leaf.mkdir(exist_ok=True)
        for _ in range(_MOVES):
            members = list(_members(folder))
            if not members:
                return True
            for pid in members:
                with contextlib.suppress(ProcessLookupError):  # it has ended
                    _set(leaf / "cgroup.procs", str(pid))
    except OSError:
        return False
    return False


def _enabled(folder: Path) -> set[str]:
    with contextlib.suppress(OSError):
        return set((folder / "cgroup.subtree_control").read_text(encoding="ascii").split())
    return set()
