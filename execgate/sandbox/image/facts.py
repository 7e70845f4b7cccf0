"""What an image says of itself, as labels that every engine keeps."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from execgate.sandbox.contents import Package, decoded, encoded
from execgate.sandbox.image import archive
from execgate.sandbox.image.recipe import Recipe
from execgate.sandbox.image.wayfailed import WayFailedError

BASE = "base"
"""The name of the image with Python and its standard library, over which others are made."""


@dataclass(frozen=True, slots=True)
class Facts:
    """An image's name, how it was made, its Python, its C library, where libraries go, and its packages."""

    name: str
    way: str
    python: str
    libc: str
    site: str
    contents: tuple[Package, ...]

    @classmethod
    def said(cls, name: str, way: str, said: str, brought: tuple[Package, ...] = ()) -> Facts:
        """Return what the last line tells that a new image's own Python printed; raises WayFailedError.

        `brought` are the packages that whoever made the image knows of.
        """
        try:
            told = json.loads(said.strip().splitlines()[-1])
            python = str(told["python"])
            found = {Package(str(row[1]), str(row[2]), str(row[0])) for row in told["packages"]}
            contents = tuple(sorted(found | set(brought) | {Package("python", python, "system")}))
            return cls(name, way, python, str(told["libc"]), str(told["site"]), contents)
        except (LookupError, TypeError, ValueError) as error:
            raise WayFailedError("its Python does not say what there is") from error

    @classmethod
    def of(cls, labels: Mapping[str, str]) -> Facts:
        """Return what an image's labels say; what they don't is empty."""
        name, way, python, libc, site = (
            labels.get(f"execgate.{key}", "") for key in ("name", "way", "python", "libc", "site")
        )
        return cls(name, way, python, libc, site, decoded(labels.get("execgate.contents", "")))

    def labels(self) -> dict[str, str]:
        """Return the labels."""
        values = {
            "name": self.name,
            "way": self.way,
            "python": self.python,
            "libc": self.libc,
            "site": self.site,
            "contents": encoded(self.contents),
        }
        return {f"execgate.{key}": value for key, value in values.items()}

    def settings(self, recipe: Recipe, diff_ids: Sequence[str]) -> bytes:
        """Return the config of an image of these layers."""
        labels = {"execgate.recipe": recipe.digest, **self.labels()}
        return archive.config(diff_ids, entrypoint=recipe.entrypoint, labels=labels)


NO_FACTS = Facts("", "", "", "", "", ())
"""Of an image that is not known."""
