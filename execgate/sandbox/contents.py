"""What is in an image: the names and versions of its packages, as bytes that can be digested."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True, slots=True)
class Package:
    """A package of an image or of a layer; `kind` is `python` or the distribution's (`debian`, `system`)."""

    name: str
    version: str
    kind: str = "python"

    def to_json(self) -> dict[str, str]:
        """Return every field under its name."""
        return {"name": self.name, "version": self.version, "kind": self.kind}


def encoded(packages: Iterable[Package]) -> str:
    """Return packages as one line of JSON, sorted."""
    rows = [[package.kind, package.name, package.version] for package in sorted(set(packages))]
    return json.dumps(rows, separators=(",", ":"))


def decoded(text: str) -> tuple[Package, ...]:
    """Return the packages that `encoded` wrote; nothing of what is something else."""
    try:
        rows = json.loads(text)
        return tuple(sorted(Package(str(name), str(version), str(kind)) for kind, name, version in rows))
    except (TypeError, ValueError):
        return ()


def digest(packages: Iterable[Package]) -> str:
    """Return `sha256:` and the digest of what `encoded` gives."""
    return f"sha256:{hashlib.sha256(encoded(packages).encode()).hexdigest()}"
