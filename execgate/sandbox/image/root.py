"""The root of an image as a folder of this host, for a sandbox that needs no engine.

A folder is kept by the id that the image of it has, `about.json` beside its `root`; a link from the recipe's
digest tells which is the present one.  It is whole or not there, and never changed: a new recipe makes a
new folder.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from execgate.errors import SandboxUnavailableError
from execgate.sandbox.image import archive, debian, host
from execgate.sandbox.image.cache import cache_folder, making
from execgate.sandbox.image.complete import complete
from execgate.sandbox.image.contents import Package, decoded, encoded
from execgate.sandbox.image.recipe import Recipe
from execgate.sandbox.image.wayfailed import WayFailedError

_KIND = "rootfs"
_Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Facts:
    """What an image says of itself: its name, how it was made, its Python and its packages."""

    name: str
    way: str
    python: str
    contents: tuple[Package, ...]


@dataclass(frozen=True, slots=True)
class Root:
    """A root file system: its folder, the id of its image, how it was made, its Python and its packages."""

    path: Path
    id: str
    name: str
    way: str
    python: str
    contents: tuple[Package, ...]
    passed_over: tuple[str, ...]


def ensure_rootfs(name: str = "base", *, on_progress: _Progress = lambda _: None) -> Path:
    """Return the folder to use as the root of a sandbox; see `ensure_root`."""
    return ensure_root(name, on_progress=on_progress).path


def ensure_root(name: str = "base", *, on_progress: _Progress = lambda _: None, fresh: bool = False) -> Root:
    """Return the root called `name`, made first where this recipe has none yet, or it is to be `fresh`.

    Every file below is readable for everybody and writable for nobody but its owner; it is to be mounted
    read-only.  Makers at the same time wait for each other.  Raises SandboxUnavailableError where no way to
    make it works here; its help says why.
    """
    recipe = Recipe.load()
    found = None if fresh else find_root(name, recipe)
    if found is not None:
        return found
    if name != "base":
        raise SandboxUnavailableError(f"there is no root file system `{name}`")

    def waiting() -> None:
        on_progress("sandbox root: another process is making it, waiting")

    with making(_KIND, waiting) as draft:
        found = None if fresh else find_root(name, recipe)
        return found or _make(recipe, name, draft, on_progress)


def find_root(name: str, recipe: Recipe | None = None) -> Root | None:
    """Return the root called `name` that was made before, None where there is none."""
    recipe = recipe or Recipe.load()
    link = cache_folder() / _KIND / f"{name}-{recipe.digest}"
    try:
        folder = link.resolve(strict=True)
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        return Root(
            folder / "root",
            str(about["id"]),
            name,
            str(about["way"]),
            str(about["python"]),
            decoded(about["contents"]),
            tuple(map(str, about["passed_over"])),
        )
    except (OSError, LookupError, TypeError, ValueError):
        return None


def _make(recipe: Recipe, name: str, draft: Path, on_progress: _Progress) -> Root:
    passed_over: list[str] = []
    for way, title, make in WAYS_WITHOUT_ENGINE:
        on_progress(f"sandbox root: {title}")
        scratch = draft / way
        scratch.mkdir()
        try:
            made = make(recipe, scratch, on_progress)
            on_progress("sandbox root: compiling the standard library")
            python = complete(recipe, made.path)
        except (WayFailedError, OSError) as failure:
            passed_over.append(f"{way}: {failure}")
            on_progress(f"sandbox root: that does not work here ({failure})")
            continue
        contents = (*made.contents, Package("python", python, "system"))
        settings = settings_of(recipe, [archive.pack(made.path)], Facts(name, way, python, contents))
        root = Root(made.path, archive.image_id(settings), name, way, python, contents, tuple(passed_over))
        return _kept(root, recipe, draft)
    raise SandboxUnavailableError(
        "no sandbox root, and no way to make one works here", help="; ".join(passed_over)
    )


def settings_of(recipe: Recipe, diff_ids: list[str], facts: Facts) -> bytes:
    """Return the config of an image of the recipe."""
    labels = {
        "execgate.recipe": recipe.digest,
        "execgate.name": facts.name,
        "execgate.way": facts.way,
        "execgate.python": facts.python,
        "execgate.contents": encoded(facts.contents),
    }
    return archive.config(diff_ids, entrypoint=recipe.entrypoint, labels=labels)


def _kept(root: Root, recipe: Recipe, draft: Path) -> Root:
    """Move what was made to where it is kept, and let the recipe's link name it."""
    whole = draft / "whole"
    whole.mkdir(mode=0o755)
    root.path.rename(whole / "root")
    about = {
        "id": root.id,
        "way": root.way,
        "python": root.python,
        "contents": encoded(root.contents),
        "passed_over": list(root.passed_over),
    }
    (whole / "about.json").write_text(json.dumps(about), encoding="utf-8")
    home = draft.parent
    target = home / root.id.removeprefix("sha256:")
    with contextlib.suppress(OSError):  # it is there already, file for file the same
        whole.rename(target)
    link = draft / "link"
    link.symlink_to(target.name)
    os.replace(link, home / f"{root.name}-{recipe.digest}")  # noqa: PTH105 - Path.replace is the same
    found = find_root(root.name, recipe)
    if found is None:
        raise SandboxUnavailableError(f"can't keep a root file system in {home}")
    return found


@dataclass(frozen=True, slots=True)
class Made:
    """What a way made: a folder that is not complete yet, and the packages in it."""

    path: Path
    contents: tuple[Package, ...]


def _packages(recipe: Recipe, scratch: Path, on_progress: _Progress) -> Made:
    root = debian.unpack(recipe, scratch, on_progress)
    names = sorted(path.name for path in (scratch / "packages").glob("*.deb"))
    return Made(root, tuple(debian.package_of(name) for name in names))


def _interpreter(recipe: Recipe, scratch: Path, _on_progress: _Progress) -> Made:
    return Made(host.copy(recipe, scratch), ())


WAYS_WITHOUT_ENGINE: tuple[tuple[str, str, Callable[[Recipe, Path, _Progress], Made]], ...] = (
    ("packages", "unpacking the distribution's packages", _packages),
    ("interpreter", "copying this Python", _interpreter),
)
"""Name, what it does in words, and the function."""
