"""What is to be run, and what the guest is told of how."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from execgate.model.execution import InputFile
from execgate.model.source import Source
from execgate.model.verdict import Authorization
from execgate.sandbox.cell import Profile
from execgate.sandbox.layers import NOTHING, Layer
from execgate.sandbox.network import WayOut
from execgate.sandbox.protocol import Permits

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. -]{0,99}")


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be run, and in what cell."""

    authorization: Authorization
    inputs: Sequence[InputFile]
    profile: Profile
    backend: str
    permits: Permits | None = None
    layer: Layer = NOTHING
    """The packages that are installed for it."""

    def to_json(self) -> dict[str, Any]:
        """Return what the guest is told of how to run it."""
        authorization = self.authorization
        program, limits = authorization.verdict.program, authorization.limits
        staged: tuple[Source, ...] = () if program is None else program.staged
        return {
            "name": program_name(authorization.source.path),
            "language": authorization.source.language,
            "modules": {file.path: file.digest.removeprefix("sha256:") for file in staged},
            "confine": authorization.confines.to_json(),
            "session": self.profile.session.value,
            "network": self.way_out().to_json() if self.profile.network else None,
            "packages": None if self.layer is NOTHING else self.layer.told(),
            "limits": {"cpu_s": limits.cpu_s, "file_bytes": limits.file_bytes, "files": limits.files},
        }

    def way_out(self) -> WayOut:
        """Return how the program's connections come to the gate."""
        return WayOut.of(self.authorization, self.permits)


def program_name(path: str) -> str:
    """Return what the program's file is called inside: the last part of `path` where that is a plain name."""
    last = path.replace("\\", "/").rpartition("/")[2]
    return last if _NAME.fullmatch(last) else "main.py"
