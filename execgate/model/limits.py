"""What a run may use."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any


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

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if value is not None and not value > 0:
                raise ValueError(f"{field.name} must be positive or None, got {value!r}")

    def to_json(self) -> dict[str, Any]:
        """Return every limit under its name, null where there is none."""
        return {field.name: getattr(self, field.name) for field in fields(self)}
