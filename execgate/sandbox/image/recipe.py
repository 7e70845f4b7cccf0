"""What the image is made from: data, and the code that runs inside."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from execgate import _resources


@dataclass(frozen=True, slots=True)
class Recipe:
    """The recipe as `sandbox/` ships it; its `digest` changes with whatever an image depends on."""

    digest: str
    base: str
    packages: tuple[str, ...]
    packages_without: frozenset[str]
    called: Mapping[str, str]
    """Programs that have their name from what installs packages: which program each of them is."""
    data_science: tuple[str, ...]
    """What the image for work with data is to hold, as `pip` takes it."""
    programs: frozenset[str]
    without: tuple[str, ...]
    """Patterns of paths that are left out, relative to the image's root."""
    library_without: tuple[str, ...]
    """The same, relative to the folder of the standard library."""
    code: Mapping[str, str]
    """What runs inside, by its path below the guest's folder."""

    @property
    def entrypoint(self) -> tuple[str, ...]:
        """What a container of the image starts."""
        return ("python3", "-I", "-X", "utf8", "/opt/execgate/start.pyc")

    @classmethod
    def load(cls) -> Recipe:
        """Return the shipped recipe."""
        folder = _resources.path("sandbox")
        parts = (*folder.rglob("*.py"), *folder.glob("execgate_guest/*.json"), folder / "seccomp.json")
        code = {str(path.relative_to(folder)): path.read_text("utf-8") for path in sorted(parts)}
        description = _resources.text("sandbox", "image.json")
        data = json.loads(description)
        # What makes the image shapes it as much as what goes in.
        here = Path(__file__).parent
        paths = (*here.glob("*.py"), here.parent / "packages/wheel.py")
        makers = {path.name: path.read_text("utf-8") for path in paths}
        whole = json.dumps([description, code, makers], sort_keys=True).encode()
        return cls(
            digest=hashlib.sha256(whole).hexdigest(),
            base=data["base"],
            packages=tuple(data["debian"]["roots"]),
            packages_without=frozenset(data["debian"]["without"]),
            called=data["debian"]["called"],
            data_science=tuple(data["data_science"]),
            programs=frozenset(data["programs"]),
            without=tuple(data["without"]),
            library_without=tuple(data["library_without"]),
            code=code,
        )
