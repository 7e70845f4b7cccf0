"""The ways to a base image, in the order in which they are tried."""

from __future__ import annotations

import contextlib
import os
import platform
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from execgate.sandbox.contents import Package
from execgate.sandbox.engine import attempt, connect
from execgate.sandbox.image import archive, container, debian, host
from execgate.sandbox.image.archive import Layer
from execgate.sandbox.image.built import Built
from execgate.sandbox.image.complete import complete
from execgate.sandbox.image.facts import BASE, Facts
from execgate.sandbox.image.recipe import Recipe
from execgate.sandbox.image.wayfailed import WayFailedError

if TYPE_CHECKING:
    from docker import APIClient

__all__ = ["FOLDERS", "WAYS", "FolderWay", "Way", "WayFailedError"]

_Progress = Callable[[str], None]
_QUICK_S = 5
# What the engine calls the machines that `uname` calls otherwise.
_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}


@dataclass(frozen=True, slots=True)
class Way:
    """One way: its name on the label, what it does in words, and the function that makes the layers."""

    name: str
    title: str
    make: Callable[[APIClient, Recipe, Path, _Progress], Built]


@dataclass(frozen=True, slots=True)
class FolderWay:
    """A way that needs no engine: `make` gives a folder and what is in it, which is not complete yet."""

    name: str
    title: str
    make: Callable[[Recipe, Path, _Progress], tuple[Path, tuple[Package, ...]]]

    def completed(self, recipe: Recipe, scratch: Path, on_progress: _Progress) -> tuple[Path, Facts]:
        """Return a folder below `scratch` that is the root of an image; raises WayFailedError, OSError."""
        root, contents = self.make(recipe, scratch, on_progress)
        on_progress("sandbox image: compiling the standard library")
        return root, Facts.said(BASE, self.name, complete(recipe, root), contents)

    def built(self, client: APIClient, recipe: Recipe, scratch: Path, on_progress: _Progress) -> Built:
        """Return the folder as the one layer of an image; raises WayFailedError, OSError."""
        _same_machine(client)
        root, facts = self.completed(recipe, scratch, on_progress)
        layer = scratch / "base.tar"
        return Built((Layer(layer, archive.pack(root, layer)),), facts)


def _registry(client: APIClient, recipe: Recipe, scratch: Path, on_progress: _Progress) -> Built:
    """Take the base image, pulled if the engine does not have it and a registry answers quickly."""
    present, _ = attempt(lambda: client.inspect_image(recipe.base))  # type: ignore[no-untyped-call]  # the SDK's gap
    if present is None:
        on_progress(f"sandbox image: asking the registry for {recipe.base}")
        _, fault = attempt(lambda: _pull(recipe.base))
        present, _ = attempt(lambda: client.inspect_image(recipe.base))  # type: ignore[no-untyped-call]  # the SDK's gap
        if present is None:
            raise WayFailedError(fault or "the registry did not give it")
    on_progress("sandbox image: compiling the standard library")
    return container.flatten(client, recipe, str(present["Id"]), scratch).built(BASE, "registry")


def _pull(reference: str) -> None:
    # A client of its own, whose patience is short: the engine itself would wait for minutes.
    with contextlib.closing(connect(_QUICK_S)) as client:
        name, _, tag = reference.rpartition(":")
        for line in client.pull(name, tag=tag, stream=True, decode=True):
            if "error" in line:
                raise OSError(str(line["error"]))


def _tar(client: APIClient, recipe: Recipe, scratch: Path, on_progress: _Progress) -> Built:
    """Take the image in the tar that the environment names."""
    named = os.environ.get("EXECGATE_IMAGE_TAR")
    if not named:
        raise WayFailedError("EXECGATE_IMAGE_TAR names none")
    image, fault = attempt(lambda: load(client, Path(named)))
    if not image:
        raise WayFailedError(fault or f"`{named}` holds no image")
    on_progress("sandbox image: compiling the standard library")
    return container.flatten(client, recipe, image, scratch).built(BASE, "tar")


def load(client: APIClient, path: Path) -> str:
    """Let the engine load a tar as `docker save` writes it; return the name or id that it tells."""
    with path.open("rb") as file:
        return _loaded(client.load_image(file))  # type: ignore[no-untyped-call]  # the SDK's gap


def _loaded(lines: Iterable[Mapping[str, str]]) -> str:
    """Return the name or id of the image that the engine says it loaded; empty if it says nothing."""
    found = ""
    for line in lines:
        if "error" in line:
            raise OSError(line["error"])
        said = line.get("stream", "")
        if said.startswith("Loaded image"):
            found = said.split(": ", 1)[1].strip()
    return found


def _packages(recipe: Recipe, scratch: Path, on_progress: _Progress) -> tuple[Path, tuple[Package, ...]]:
    """Unpack the distribution's packages."""
    root = debian.unpack(recipe, scratch, on_progress)
    names = sorted(path.name for path in (scratch / "packages").glob("*.deb"))
    return root, tuple(debian.package_of(name) for name in names)


def _interpreter(recipe: Recipe, scratch: Path, _on_progress: _Progress) -> tuple[Path, tuple[Package, ...]]:
    """Copy this interpreter."""
    return host.copy(recipe, scratch), ()


def _same_machine(client: APIClient) -> None:
    told, fault = attempt(client.version)
    if told is None:
        raise WayFailedError(fault or "the engine does not tell its version")
    there, here = str(told.get("Arch", "")), platform.machine()
    if platform.system() != "Linux" or _MACHINES.get(there, there) != here:
        raise WayFailedError(f"the engine runs {there} programs, this machine {here}")


FOLDERS = (
    FolderWay("packages", "unpacking the distribution's packages", _packages),
    FolderWay("interpreter", "copying this Python", _interpreter),
)

WAYS = (
    Way("registry", "looking for the base image", _registry),
    Way("tar", "loading the tar of EXECGATE_IMAGE_TAR", _tar),
    *(Way(way.name, way.title, way.built) for way in FOLDERS),
)
