"""The images that cells are made from, without a registry if need be, the same id for the same inputs.

The ways to the base, in order; each falls back to the next by itself:

1. an image that this recipe made before (found by the recipe's digest, which covers the guest's code);
2. the base image of the recipe, if the engine has it or a registry answers quickly;
3. a tar, as `docker save` writes it, that `EXECGATE_IMAGE_TAR` names;
4. the distribution's packages, unpacked into a folder (no root, nothing installed on the host);
5. this interpreter, its standard library and the shared libraries that they need.

`data-science` is a layer over the base; any other name is what a Dockerfile of a user's made.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from execgate.errors import SandboxUnavailableError
from execgate.sandbox.contents import Package
from execgate.sandbox.engine import attempt, connect, translated
from execgate.sandbox.image import archive, container, dockerfile, library
from execgate.sandbox.image.built import Built
from execgate.sandbox.image.cache import cache_folder, making
from execgate.sandbox.image.facts import BASE, Facts
from execgate.sandbox.image.library import DATA_SCIENCE
from execgate.sandbox.image.recipe import Recipe
from execgate.sandbox.image.ways import WAYS, Way, WayFailedError, load
from execgate.sandbox.packages.index import Index

if TYPE_CHECKING:
    from docker import APIClient

__all__ = [
    "BASE",
    "DATA_SCIENCE",
    "WAYS",
    "Image",
    "Recipe",
    "Way",
    "build_image",
    "ensure_image",
    "find_image",
    "list_images",
    "prune_images",
]

REPOSITORY = "execgate-sandbox"
_KIND = "images"
_MAKE_S = 300
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Image:
    """An image of the recipe: its id, how it was made, its Python, and why other ways were not taken."""

    id: str
    way: str
    python: str
    passed_over: tuple[str, ...]
    size_bytes: int
    name: str = BASE
    contents: tuple[Package, ...] = field(default=(), repr=False)
    libc: str = ""
    site: str = ""
    current: bool = True
    """Whether this version of the recipe made it."""

    @property
    def facts(self) -> Facts:
        """What it says of itself."""
        return Facts(self.name, self.way, self.python, self.libc, self.site, self.contents)


def ensure_image(
    client: APIClient | None = None,
    *,
    name: str = BASE,
    on_progress: _Progress = lambda _: None,
    ways: tuple[Way, ...] = WAYS,
    fresh: bool = False,
) -> Image:
    """Return the image; it is made first where the engine has none of this recipe, or it is to be `fresh`.

    `on_progress` gets a line for people at each step.  Makers at the same time wait for each other.
    Raises SandboxUnavailableError where the engine can't be reached or no way works; its help says why.
    """
    client = client or connect()
    recipe = Recipe.load()
    found = None if fresh else find_image(client, recipe, name)
    if found is not None:
        return found
    if name not in {BASE, DATA_SCIENCE}:
        raise SandboxUnavailableError(
            f"there is no image `{name}` of this version of execgate",
            help=f"make it with `execgate sandbox build {name} --dockerfile FILE`",
        )
    return build_image(client, name=name, on_progress=on_progress, ways=ways, fresh=fresh)


def build_image(
    client: APIClient | None = None,
    *,
    name: str = BASE,
    dockerfile: Path | None = None,
    index: Index | None = None,
    on_progress: _Progress = lambda _: None,
    ways: tuple[Way, ...] = WAYS,
    fresh: bool = True,
) -> Image:
    """Make an image, also where there is one; from a `dockerfile`, or with libraries of an `index`.

    Raises as `ensure_image` does.  The same inputs give the same id.
    """
    if not _NAME.fullmatch(name):
        raise SandboxUnavailableError(
            f"`{name[:100]}` can't be the name of an image",
            help="use small letters, digits, `.`, `_` and `-`",
        )
    client = client or connect()
    recipe = Recipe.load()

    def waiting() -> None:
        on_progress("sandbox image: somebody else is making it, waiting")

    with making(_KIND, waiting) as scratch:
        found = None if fresh else find_image(client, recipe, name)
        if found is not None:
            return found
        # Unpacking and loading an image may take a slow disk longer than any other answer.
        with contextlib.closing(connect(_MAKE_S)) as patient:
            maker = _Maker(patient, recipe, scratch, on_progress)
            if dockerfile is not None:
                return maker.of_dockerfile(name, dockerfile)
            base = None if fresh and name == BASE else find_image(client, recipe)
            base = base or maker.base(ways)
            if name == BASE:
                return base
            return maker.with_library(base, index or Index.configured())


def find_image(client: APIClient, recipe: Recipe | None = None, name: str = BASE) -> Image | None:
    """Return the newest image of the recipe and of a name that the engine has; None if there is none."""
    recipe = recipe or Recipe.load()
    labels = [f"execgate.recipe={recipe.digest}", f"execgate.name={name}"]
    rows = _ours(client, labels)
    tag = _tag(recipe, name)
    newest = max(rows, key=lambda row: (tag in (row.get("RepoTags") or ()), row["Id"]), default=None)
    return None if newest is None else _image(newest, recipe)


def list_images(client: APIClient | None = None) -> tuple[Image, ...]:
    """Return every image of this and of other versions of execgate, the current ones first."""
    client = client or connect()
    recipe = Recipe.load()
    images = [_image(row, recipe) for row in _ours(client, ["execgate.recipe"])]
    return tuple(sorted(images, key=lambda image: (not image.current, image.name, image.id)))


def prune_images(
    client: APIClient | None = None, *, everything: bool = False
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Remove the images of other versions of execgate, or `everything`.

    Return (the ids that are gone, a line for each that could not be removed).
    """
    client = client or connect()
    gone, kept = [], []
    for image in list_images(client):
        if image.current and not everything:
            continue
        with translated("can't look at an image"):
            tags = client.inspect_image(image.id)["RepoTags"] or []  # type: ignore[no-untyped-call]  # the SDK's gap
        # By its names: an image that a container was made from stays, and so does one that others named.
        names = [tag for tag in tags if tag.startswith(f"{REPOSITORY}:")]
        if tags and not names:
            kept.append(f"{image.id}: it is called {', '.join(tags)}")
            continue
        faults = [attempt(partial(client.remove_image, name))[1] for name in names or [image.id]]
        fault = next((fault for fault in faults if fault is not None), None)
        if fault is None:
            gone.append(image.id)
        else:
            kept.append(f"{image.id}: {fault}")
    return tuple(gone), tuple(kept)


def _ours(client: APIClient, labels: list[str]) -> list[dict[str, Any]]:
    """Return the images with these labels that were made here.

    Whatever is built from one has its labels too, and is told by its age: ours have none.
    """
    with translated("can't list images"):
        rows: list[dict[str, Any]] = client.images(filters={"label": labels})
    return [row for row in rows if row.get("Created") == archive.EPOCH]


def _tag(recipe: Recipe, name: str) -> str:
    return f"{REPOSITORY}:{name}-{recipe.digest[:12]}"


def _image(row: dict[str, Any], recipe: Recipe) -> Image:
    labels = row.get("Labels") or {}
    facts = Facts.of(labels)
    return Image(
        str(row["Id"]),
        facts.way or "unknown",
        facts.python or "unknown",
        _passed_over(str(row["Id"])),
        int(row.get("Size", 0)),
        facts.name or BASE,
        facts.contents,
        facts.libc,
        facts.site,
        labels.get("execgate.recipe") == recipe.digest,
    )


class _Maker:
    """Makes images with one engine, in one scratch folder."""

    def __init__(self, client: APIClient, recipe: Recipe, scratch: Path, on_progress: _Progress) -> None:
        self._client = client
        self._recipe = recipe
        self._scratch = scratch
        self._on_progress = on_progress

    def base(self, ways: tuple[Way, ...]) -> Image:
        """Return a base image by the first way that works."""
        passed_over: list[str] = []
        for way in ways:
            self._on_progress(f"sandbox image: {way.title}")
            folder = self._scratch / way.name
            try:
                folder.mkdir()
                built = way.make(self._client, self._recipe, folder, self._on_progress)
                return self._loaded(built, passed_over)
            except (WayFailedError, OSError) as failure:
                passed_over.append(f"{way.name}: {failure}")
                self._on_progress(f"sandbox image: that does not work here ({failure})")
        raise SandboxUnavailableError(
            "no sandbox image, and no way to make one works here",
            help="; ".join(passed_over) or "no way was given",
        )

    def with_library(self, base: Image, index: Index) -> Image:
        """Return the image for work with data, over `base`."""
        try:
            root = library.bring(self._recipe, base.facts, index, self._scratch, self._on_progress)
            archive.pack(root, self._scratch / "brought.tar")
            self._on_progress("sandbox image: compiling the libraries, listing the fonts")
            folders = library.places(base.facts)
            done = container.overlay(self._client, self._recipe, base.id, folders, self._scratch)
            lowest = container.lowest_layer(self._client, base.id, self._scratch)
            facts = Facts.said(DATA_SCIENCE, base.way, done.said, base.contents)
            return self._loaded(Built((lowest, done.layer), facts), [])
        except (WayFailedError, OSError) as failure:
            raise SandboxUnavailableError(
                f"can't make the image `{DATA_SCIENCE}`: {failure}",
                help="name an index with --index, or a folder of wheels with --wheels",
            ) from failure

    def of_dockerfile(self, name: str, path: Path) -> Image:
        """Return the image of a user's Dockerfile, completed."""
        try:
            base = dockerfile.build(self._client, path, self._on_progress)
            self._on_progress("sandbox image: compiling everything")
            done = container.flatten(self._client, self._recipe, base, self._scratch)
            return self._loaded(done.built(name, "dockerfile"), [])
        except (WayFailedError, OSError) as failure:
            raise SandboxUnavailableError(
                f"can't make the image `{name}`: {failure}",
                help="it has to hold Python 3.9 or later with its standard library, as `python3`",
            ) from failure

    def _loaded(self, built: Built, passed_over: list[str]) -> Image:
        """Hand the layers to the engine and return the image that it has then."""
        recipe, facts = self._recipe, built.facts
        settings = facts.settings(recipe, [layer.diff_id for layer in built.layers])
        packed = self._scratch / "image.tar"
        archive.write_archive(packed, settings, built.layers, _tag(recipe, facts.name))
        with translated("the engine did not take the image"):
            load(self._client, packed)
        packed.unlink()
        image = find_image(self._client, recipe, facts.name)
        if image is None:
            raise WayFailedError("the engine does not have what it loaded")
        _keep_passed_over(image.id, passed_over)
        image = find_image(self._client, recipe, facts.name) or image
        self._on_progress(
            f"sandbox image: {facts.name} is ready, {image.size_bytes / 1e6:.0f} MB, Python {image.python}"
        )
        return image


# Why ways were not taken differs from time to time (a port, a time of day), so it is not in the image.


def _passed_over(image: str) -> tuple[str, ...]:
    try:
        text = (cache_folder() / _KIND / f"{image.removeprefix('sha256:')}.json").read_text(encoding="utf-8")
        return tuple(map(str, json.loads(text)))
    except (OSError, TypeError, ValueError):
        return ()


def _keep_passed_over(image: str, reasons: list[str]) -> None:
    with contextlib.suppress(OSError):
        path = cache_folder() / _KIND / f"{image.removeprefix('sha256:')}.json"
        path.write_text(json.dumps(reasons), encoding="utf-8")
