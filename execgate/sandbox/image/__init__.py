"""The image that containers are made from, without a registry if need be.

The ways, in order; each falls back to the next by itself, and why is kept as a label on the image:

1. an image that this recipe made before (found by the recipe's digest, which covers the guest's code);
2. the base image of the recipe, if the engine has it or a registry answers quickly;
3. a tar, as `docker save` writes it, that `EXECGATE_IMAGE_TAR` names;
4. the distribution's packages, unpacked into a folder (no root, nothing installed on the host);
5. this interpreter, its standard library and the shared libraries that they need.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from execgate.errors import SandboxUnavailableError
from execgate.sandbox.docker.engine import connect, translated
from execgate.sandbox.image.finish import finish
from execgate.sandbox.image.recipe import Recipe
from execgate.sandbox.image.ways import WAYS, Way, WayFailedError

if TYPE_CHECKING:
    from docker import APIClient

__all__ = ["WAYS", "Image", "Recipe", "Way", "ensure_image", "find_image"]


_MAKE_S = 300


@dataclass(frozen=True, slots=True)
class Image:
    """An image of the recipe: its id, how it was made, its Python, and why other ways were not taken."""

    id: str
    way: str
    python: str
    passed_over: tuple[str, ...]
    size_bytes: int


def ensure_image(
    client: APIClient | None = None,
    *,
    on_progress: Callable[[str], None] = lambda _: None,
    ways: tuple[Way, ...] = WAYS,
    fresh: bool = False,
) -> Image:
    """Return the image; it is made first where the engine has none of this recipe, or it is to be `fresh`.

    `on_progress` gets a line for people at each step.  Makers at the same time wait for each other.
    Raises SandboxUnavailableError where the engine can't be reached or no way works; its help says why.
    """
    client = client or connect()
    recipe = Recipe.load()
    found = None if fresh else find_image(client, recipe)
    if found is not None:
        return found
    with _alone(on_progress):
        found = None if fresh else find_image(client, recipe)
        if found is not None:
            return found
        # Unpacking and committing an image may take a slow disk longer than any other answer.
        with contextlib.closing(connect(_MAKE_S)) as patient:
            return _make(patient, recipe, ways, on_progress)


def find_image(client: APIClient, recipe: Recipe | None = None) -> Image | None:
    """Return the newest image of the recipe that the engine has; None if there is none."""
    recipe = recipe or Recipe.load()
    with translated("can't list images"):
        rows = client.images(filters={"label": f"execgate.recipe={recipe.digest}"})
    newest = max(rows, key=lambda row: (row.get("Created", 0), row["Id"]), default=None)
    return None if newest is None else _image(newest)


def _image(row: dict[str, Any]) -> Image:
    labels = row.get("Labels") or {}
    passed_over: object = None
    with contextlib.suppress(ValueError):
        passed_over = json.loads(labels.get("execgate.passed-over", "[]"))
    return Image(
        str(row["Id"]),
        labels.get("execgate.way", "unknown"),
        labels.get("execgate.python", "unknown"),
        tuple(map(str, passed_over)) if isinstance(passed_over, list) else (),
        int(row.get("Size", 0)),
    )


def _make(
    client: APIClient, recipe: Recipe, ways: tuple[Way, ...], on_progress: Callable[[str], None]
) -> Image:
    passed_over: list[str] = []
    for way in ways:
        on_progress(f"sandbox image: {way.title}")
        try:
            base = way.make(client, recipe, on_progress)
            on_progress("sandbox image: compiling the standard library")
            labels = {"execgate.way": way.name, "execgate.passed-over": json.dumps(passed_over)}
            finish(client, recipe, base, labels=labels)
        except (WayFailedError, OSError) as failure:
            passed_over.append(f"{way.name}: {failure}")
            on_progress(f"sandbox image: that does not work here ({failure})")
            continue
        image = find_image(client, recipe)
        if image is not None:
            on_progress(f"sandbox image: ready, {image.size_bytes / 1e6:.0f} MB, Python {image.python}")
            return image
    raise SandboxUnavailableError(
        "no sandbox image, and no way to make one works here",
        help="; ".join(passed_over) or "no way was given",
    )


@contextlib.contextmanager
def _alone(on_progress: Callable[[str], None]) -> Iterator[None]:
    """Hold this user's lock while making an image; without a place for one, make it regardless."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "execgate"
    fd = -1
    for folder in (cache, Path(tempfile.gettempdir()) / f"execgate-{os.getuid()}"):
        with contextlib.suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            fd = os.open(folder / "image.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            break
    try:
        if fd >= 0:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                on_progress("sandbox image: another process is making it, waiting")
                fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        if fd >= 0:
            os.close(fd)
