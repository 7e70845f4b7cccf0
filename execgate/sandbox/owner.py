"""Which gate something belongs to that outlives its process, and whether that gate still lives."""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MARK = "execgate"
"""The label that every container of every gate has."""


@dataclass(frozen=True, slots=True)
class Owner:
    """One gate's process, as labels tell it."""

    pid: int
    started: str
    boot: str
    namespace: str
    gate: str

    @classmethod
    def current(cls) -> Owner:
        """Return this process."""
        pid = os.getpid()
        return cls(pid, _started(pid) or "", _boot(), _namespace(), _gate(pid))

    @classmethod
    def of(cls, labels: Mapping[str, str]) -> Owner | None:
        """Return whose container has these labels; None where they do not say."""
        try:
            return cls(
                int(labels[f"{MARK}.pid"]),
                labels[f"{MARK}.started"],
                labels[f"{MARK}.boot"],
                labels[f"{MARK}.namespace"],
                labels[f"{MARK}.gate"],
            )
        except (KeyError, ValueError):
            return None

    def labels(self) -> dict[str, str]:
        """Return the labels of a container of this gate."""
        return {
            MARK: "1",
            f"{MARK}.pid": str(self.pid),
            f"{MARK}.started": self.started,
            f"{MARK}.boot": self.boot,
            f"{MARK}.namespace": self.namespace,
            f"{MARK}.gate": self.gate,
        }

    def is_gone(self) -> bool | None:
        """Return whether the process has ended; None where it can't be looked up from here."""
        if not self.boot or self.boot != _boot() or self.namespace != _namespace():
            return None
        return _started(self.pid) != self.started


@cache
def _gate(pid: int) -> str:  # by process, so that a fork is a gate of its own
    return f"{pid}-{uuid.uuid4()}"


@cache
def _boot() -> str:
    with contextlib.suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return ""


def _namespace() -> str:
    with contextlib.suppress(OSError):
        return str(Path("/proc/self/ns/pid").stat().st_ino)
    return ""


def _started(pid: int) -> str | None:
    """Return when a process started, in the kernel's clock ticks since boot; None if there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    # The name in brackets may hold anything; the fields after it may not.
    state, *fields = text.rpartition(")")[2].split()
    return None if state in {"Z", "X"} else fields[18]
