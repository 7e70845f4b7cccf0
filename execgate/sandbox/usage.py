"""What a container uses, measured from the host: its control group's own figures, and psutil's samples.

Where neither can be had (the engine runs on another machine, or hides its processes) a figure is None.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from execgate.model.execution import Usage

_ROOT = Path("/sys/fs/cgroup")


@dataclass(frozen=True, slots=True)
class Group:
    """Where a container's control group keeps its figures; both versions of the interface are known."""

    memory: Path
    cpu: Path
    pids: Path
    unified: bool

    @classmethod
    def of(cls, pid: int, container: str, root: Path = _ROOT, proc: Path = Path("/proc")) -> Group | None:
        """Return the group of process `pid`; None where it is not there or not this container's."""
        try:
            lines = (proc / str(pid) / "cgroup").read_text(encoding="ascii").splitlines()
        except (OSError, UnicodeDecodeError):
            return None
        places: dict[str, Path] = {}
        for line in lines:
            _, controllers, path = line.split(":", 2)
            if container not in path:
                continue
            for name in controllers.split(","):
                places[name] = root / controllers / path.lstrip("/") if name else root / path.lstrip("/")
        unified = places.get("")
        if unified is not None and (unified / "memory.current").exists():
            return cls(unified, unified, unified, unified=True)
        if {"memory", "pids"} <= places.keys() and ({"cpuacct"} & places.keys()):
            return cls(places["memory"], places["cpuacct"], places["pids"], unified=False)
        return None

    def cpu_s(self) -> float | None:
        """Return the processor time used so far, in seconds."""
        if not self.unified:
            value = _number(self.cpu / "cpuacct.usage")
            return None if value is None else value / 1e9
        with contextlib.suppress(OSError, ValueError):
            for line in (self.cpu / "cpu.stat").read_text(encoding="ascii").splitlines():
                if line.startswith("usage_usec "):
                    return int(line.split()[1]) / 1e6
        return None

    def memory_peak(self) -> int | None:
        """Return the most memory in use at any time so far, in bytes, files in it included."""
        return _number(self.memory / ("memory.peak" if self.unified else "memory.max_usage_in_bytes"))

    def memory_now(self) -> int | None:
        """Return the memory in use, in bytes."""
        return _number(self.memory / ("memory.current" if self.unified else "memory.usage_in_bytes"))

    def processes_now(self) -> int | None:
        """Return how many processes and threads there are."""
        return _number(self.pids / "pids.current")

    def processes_peak(self) -> int | None:
        """Return the most processes and threads there were at any time so far; newer kernels alone tell."""
        return _number(self.pids / "pids.peak")


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


class Meter:
    """Follows one container: `begin` as the program does, `sample` now and then, `usage` before it goes."""

    def __init__(
        self, pid: int, container: str = "", *, group: Group | None = None, own_processes: int = 1
    ) -> None:
        """Follow process `pid` and all below it, by the control group of its container or the one given.

        Without a container it is a process of this machine; `own_processes` are none of the program's.
        """
        self._pid = pid
        self._own = own_processes
        self._group = group or (Group.of(pid, container) if pid > 0 and container else None)
        self._local = self._group is not None or not container or _runs_here(pid, container)
        self._memory = 0
        self._processes = 0
        self._cpu = 0.0
        self._sampled = False
        self._before: tuple[float | None, int | None, int | None] = (None, None, None)

    def begin(self) -> None:
        """Remember what came before the program: that is none of its own."""
        self._memory = self._processes = 0
        if self._group is not None:
            group = self._group
            self._before = (group.cpu_s(), group.memory_peak(), group.processes_peak())

    def sample(self) -> None:
        """Look once."""
        if self._group is not None:
            self._processes = max(self._processes, self._group.processes_now() or 0)
            self._memory = max(self._memory, self._group.memory_now() or 0)
            self._sampled = True
        elif self._local:
            self._sample_tree()

    def memory_now(self) -> int | None:
        """Return the memory in use, in bytes; None where nobody can tell."""
        return None if self._group is None else self._group.memory_now()

    def cpu_s(self) -> float | None:
        """Return the processor time since the program began, in seconds, None where that can't be told."""
        if self._group is None:
            return self._cpu if self._sampled else None
        now, before = self._group.cpu_s(), self._before[0]
        return None if now is None else now - (before or 0.0)

    def usage(self, wall_s: float) -> Usage:
        """Return what has been used so far; the supervisor's own share of memory is part of it."""
        group = self._group
        cpu: float | None = self._cpu
        if group is not None:
            cpu_before, memory_before, processes_before = self._before
            # A peak counts only if it is not left over from the start of the container.
            self._memory = max(self._memory, _beyond(group.memory_peak(), memory_before))
            self._processes = max(self._processes, _beyond(group.processes_peak(), processes_before))
            cpu = group.cpu_s()
            if cpu is not None and cpu_before is not None:
                cpu -= cpu_before
        elif not self._sampled:
            return Usage(wall_s)
        # The supervisor is one of the processes, and none of the program's.
        return Usage(wall_s, cpu, self._memory or None, max(self._processes - self._own, 1))

    def _sample_tree(self) -> None:
        import psutil

        with contextlib.suppress(psutil.Error):
            top = psutil.Process(self._pid)
            tree = [top, *top.children(recursive=True)]
            memory, cpu = 0, 0.0
            for process in tree:
                with contextlib.suppress(psutil.Error), process.oneshot():
                    times = process.cpu_times()
                    cpu += times.user + times.system
                    memory += process.memory_info().rss
            self._processes = max(self._processes, len(tree))
            self._memory = max(self._memory, memory)
            self._cpu = max(self._cpu, cpu)
            self._sampled = True


def _beyond(peak: int | None, before: int | None) -> int:
    return peak if peak is not None and peak > (before or 0) else 0


def _runs_here(pid: int, container: str) -> bool:
    """Return whether `pid` is this container's first process, seen from this machine."""
    try:
        return pid > 0 and container in Path(f"/proc/{pid}/cgroup").read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return False
