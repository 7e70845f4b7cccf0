"""What a run may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any

CONSTRAINTS: Mapping[str, str] = MappingProxyType({
    "wall_s": "max_execution_time",
    "memory_bytes": "max_memory",
    "cpus": "max_cpus",
    "processes": "max_processes",
    "output_bytes": "max_output",
    "disk_bytes": "max_disk",
    "cpu_s": "max_cpu_time",
    "files": "max_files",
    "file_bytes": "max_file_size",
})  # fmt: skip
"""The constraint by which a policy sets each field of Limits."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the sandbox enforces; None is unlimited, which a policy has to spell where there is a default.

    `wall_s` is time by the clock, `cpu_s` that of all processors together; `files` is how many files and
    folders there are in a place that can be written to, `file_bytes` the largest that one file may be.
    """

    wall_s: float | None = 30.0
    memory_bytes: int | None = 512_000_000
    cpus: float | None = 1.0
    processes: int | None = 32
    output_bytes: int | None = 1_000_000
    disk_bytes: int | None = 64_000_000
    cpu_s: float | None = None
    files: int | None = None
    file_bytes: int | None = None
    stated: frozenset[str] | None = field(default=None, compare=False, repr=False)
    """The fields that somebody asked for, the others being defaults; None is every one."""

    def __post_init__(self) -> None:
        for name, value in self.to_json().items():
            if value is not None and not value > 0:
                raise ValueError(f"{name} must be positive or None, got {value!r}")

    def states(self, name: str) -> bool:
        """Return whether the limit in the field `name` was asked for, and is no default."""
        return self.stated is None or name in self.stated

    def to_json(self) -> dict[str, Any]:
        """Return every limit under its name, null where there is none."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name != "stated"}
