"""An image from a user's Dockerfile, built by the engine."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from execgate.sandbox.engine import attempt
from execgate.sandbox.files import escaped
from execgate.sandbox.image.wayfailed import WayFailedError

if TYPE_CHECKING:
    from docker import APIClient

_BUILT = re.compile(r"Successfully built ([0-9a-f]{12,64})")


def build(client: APIClient, path: Path, on_progress: Callable[[str], None]) -> str:
    """Return the id of the image; the Dockerfile's folder is what it can copy from.

    Raises WayFailedError with the engine's last words where it can't be built.
    """
    if not path.is_file():
        raise WayFailedError(f"there is no Dockerfile `{escaped(str(path), 200)}`")

    def built() -> str:
        found = ""
        for line in client.build(
            path=str(path.parent), dockerfile=path.name, rm=True, forcerm=True, decode=True
        ):
            if "error" in line:
                raise OSError(escaped(" ".join(str(line["error"]).split()), 300))
            found = str((line.get("aux") or {}).get("ID") or found)
            said = str(line.get("stream", "")).strip()
            match = _BUILT.search(said)
            found = found or (match[1] if match else "")
            if said.startswith("Step "):
                on_progress(f"sandbox image: {escaped(said, 120)}")
        return found

    image, fault = attempt(built)
    if not image:
        raise WayFailedError(fault or "the engine built nothing")
    return image
