"""The ways to an image, in the order in which they are tried."""

from __future__ import annotations

import os
import platform
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from execgate.sandbox.docker.engine import attempt, connect
from execgate.sandbox.image import debian, host
from execgate.sandbox.image.recipe import Recipe
from execgate.sandbox.image.rootfs import import_root
from execgate.sandbox.image.wayfailed import WayFailedError

if TYPE_CHECKING:
    from docker import APIClient

__all__ = ["WAYS", "Way", "WayFailedError"]

_Progress = Callable[[str], None]
_QUICK_S = 5
# What the engine calls the machines that `uname` calls otherwise.
_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}


@dataclass(frozen=True, slots=True)
class Way:
    """One way: its name on the label, what it does in words, and the function that returns an image's id."""

    name: str
    title: str
    make: Callable[[APIClient, Recipe, _Progress], str]


def _registry(client: APIClient, recipe: Recipe, on_progress: _Progress) -> str:
    """Return the base image, pulled if the engine does not have it and a registry answers quickly."""
    present, _ = attempt(lambda: client.inspect_image(recipe.base))  # type: ignore[no-untyped-call]  # the SDK's gap
    if present is None:
        on_progress(f"sandbox image: asking the registry for {recipe.base}")
        _, fault = attempt(lambda: _pull(recipe.base))
        present, _ = attempt(lambda: client.inspect_image(recipe.base))  # type: ignore[no-untyped-call]  # the SDK's gap
        if present is None:
            raise WayFailedError(fault or "the registry did not give it")
    return str(present["Id"])


def _pull(reference: str) -> None:
    # A client of its own, whose patience is short: the engine itself would wait for minutes.
    client = connect(_QUICK_S)
    name, _, tag = reference.rpartition(":")
    for line in client.pull(name, tag=tag, stream=True, decode=True):
        if "error" in line:
            raise OSError(str(line["error"]))


def _tar(client: APIClient, _recipe: Recipe, _on_progress: _Progress) -> str:
    """Return the image in the tar that the environment names."""
    named = os.environ.get("EXECGATE_IMAGE_TAR")
    if not named:
        raise WayFailedError("EXECGATE_IMAGE_TAR names none")

    def load() -> str:
        with Path(named).open("rb") as file:
            return _loaded(client.load_image(file))  # type: ignore[no-untyped-call]  # the SDK's gap

    image, fault = attempt(load)
    if not image:
        raise WayFailedError(fault or f"`{named}` holds no image")
    return image


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


def _packages(client: APIClient, recipe: Recipe, on_progress: _Progress) -> str:
    """Return an image of the distribution's packages."""
    _same_machine(client)
    with tempfile.TemporaryDirectory(prefix="execgate-") as scratch:
        root = debian.unpack(recipe, Path(scratch), on_progress)
        return import_root(client, root, Path(scratch))


def _interpreter(client: APIClient, recipe: Recipe, _on_progress: _Progress) -> str:
    """Return an image of this interpreter."""
    _same_machine(client)
    with tempfile.TemporaryDirectory(prefix="execgate-") as scratch:
        return import_root(client, host.copy(recipe, Path(scratch)), Path(scratch))


def _same_machine(client: APIClient) -> None:
    told, fault = attempt(client.version)
    if told is None:
        raise WayFailedError(fault or "the engine does not tell its version")
    there, here = str(told.get("Arch", "")), platform.machine()
    if platform.system() != "Linux" or _MACHINES.get(there, there) != here:
        raise WayFailedError(f"the engine runs {there} programs, this machine {here}")


WAYS = (
    Way("registry", "looking for the base image", _registry),
    Way("tar", "loading the tar of EXECGATE_IMAGE_TAR", _tar),
    Way("packages", "unpacking the distribution's packages", _packages),
    Way("interpreter", "copying this Python", _interpreter),
)
