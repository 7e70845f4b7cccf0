"""The root of an image as a folder of this host, for a sandbox that needs no engine.

A folder is kept by the id that the image of it has, `about.json` beside its `root`; a link from the recipe's
digest tells which is the present one.  It is whole or not there, and never changed: a new recipe makes a
new folder.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from execgate.errors import SandboxUnavailableError
from execgate.sandbox.image import archive, library
from execgate.sandbox.image.cache import cache_folder, discard, making, remove
from execgate.sandbox.image.complete import ENVIRONMENT, MAKER
from execgate.sandbox.image.facts import BASE, Facts
from execgate.sandbox.image.library import DATA_SCIENCE
from execgate.sandbox.image.recipe import Recipe
from execgate.sandbox.image.wayfailed import WayFailedError
from execgate.sandbox.image.ways import FOLDERS, FolderWay
from execgate.sandbox.packages.index import Index

_KIND = "rootfs"
_ROOM_BYTES = 300_000_000
_MAKE_S = 180
_Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Root:
    """A root file system: its folder, its image's id, what is in it, and why other ways were not taken."""

    path: Path
    id: str
    facts: Facts
    layers: tuple[str, ...]
    """The digests of the layers that an image of it has."""
    passed_over: tuple[str, ...]

    @property
    def name(self) -> str:
        """The image's name."""
        return self.facts.name


def ensure_root(
    name: str = BASE,
    *,
    on_progress: _Progress = lambda _: None,
    index: Index | None = None,
    ways: tuple[FolderWay, ...] = FOLDERS,
    fresh: bool = False,
) -> Root:
    """Return the root called `name`, made first where this recipe has none yet, or it is to be `fresh`.

    Every file below is readable for everybody and writable for nobody but its owner; it is to be mounted
    read-only.  Makers at the same time wait for each other.  Raises SandboxUnavailableError where no way to
    make it works here; its help says why.
    """
    recipe = Recipe.load()
    found = None if fresh else find_root(name, recipe)
    if found is not None:
        return found
    if name not in {BASE, DATA_SCIENCE}:
        raise SandboxUnavailableError(
            f"there is no root file system `{name}`",
            help="an image from a Dockerfile needs the Docker sandbox",
        )

    def waiting() -> None:
        on_progress("sandbox root: somebody else is making it, waiting")

    with making(_KIND, waiting) as draft:
        found = None if fresh else find_root(name, recipe)
        if found is not None:
            return found
        base = None if fresh and name == BASE else find_root(BASE, recipe)
        base = base or _base(recipe, draft, ways, on_progress)
        if name == BASE:
            return base
        return _with_library(recipe, base, index or Index.configured(), draft, on_progress)


def find_root(name: str, recipe: Recipe | None = None) -> Root | None:
    """Return the root called `name` that was made before, None where there is none."""
    recipe = recipe or Recipe.load()
    return _at(cache_folder() / _KIND / f"{name}-{recipe.digest}")


def _at(link: Path) -> Root | None:
    try:
        folder = link.resolve(strict=True)
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        return Root(
            folder / "root",
            str(about["id"]),
            Facts.of(about["labels"]),
            tuple(map(str, about["layers"])),
            tuple(map(str, about["passed_over"])),
        )
    except (AttributeError, OSError, LookupError, TypeError, ValueError):
        return None


def list_roots() -> tuple[tuple[Root, bool], ...]:
    """Return every root that is kept, and whether this version of the recipe made it."""
    recipe = Recipe.load()
    found = {}
    for link in sorted((cache_folder() / _KIND).glob("*-*")):
        digest = link.name.rpartition("-")[2]
        root = _at(link) if link.is_symlink() else None
        if root is not None:
            found[link.name] = (root, digest == recipe.digest)
    return tuple(found.values())


def prune_roots(*, everything: bool = False) -> tuple[str, ...]:
    """Remove the roots of other versions of the recipe, or `everything`; return their ids.

    None may be in use: whoever runs another version of execgate here makes its own anew.
    """
    home = cache_folder() / _KIND
    if not home.is_dir():
        return ()
    recipe = Recipe.load()
    with making(_KIND) as draft:
        for link in home.glob("*-*"):
            if link.is_symlink() and (everything or not link.name.endswith(f"-{recipe.digest}")):
                remove(link)
        kept = {link.resolve().name for link in home.iterdir() if link.is_symlink()}
        gone = sorted(
            path.name
            for path in home.iterdir()
            if path.is_dir() and not path.is_symlink() and len(path.name) == 64 and path.name not in kept
        )
        discard([home / name for name in gone], draft)
    return tuple(f"sha256:{name}" for name in gone)


def _base(recipe: Recipe, draft: Path, ways: tuple[FolderWay, ...], on_progress: _Progress) -> Root:
    passed_over: list[str] = []
    free = shutil.disk_usage(draft).free
    for way in ways:
        on_progress(f"sandbox root: {way.title}")
        scratch = draft / way.name
        try:
            scratch.mkdir()
            path, facts = way.completed(recipe, scratch, on_progress)
        except (WayFailedError, OSError) as failure:
            passed_over.append(f"{way.name}: {failure}")
            on_progress(f"sandbox root: that does not work here ({failure})")
            continue
        layers = (archive.pack(path),)
        image = archive.image_id(facts.settings(recipe, layers))
        return _kept(Root(path, image, facts, layers, tuple(passed_over)), recipe, draft)
    if free < _ROOM_BYTES:
        raise SandboxUnavailableError(
            f"no sandbox root, and too little room to make one: {free / 1e6:.0f} MB are free in "
            f"{cache_folder()}",
            help=f"free {_ROOM_BYTES / 1e6:.0f} MB there, or name another folder in EXECGATE_CACHE",
        )
    raise SandboxUnavailableError(
        "no sandbox root, and no way to make one works here",
        help="; ".join(passed_over) or "no way was given",
    )


def _with_library(recipe: Recipe, base: Root, index: Index, draft: Path, on_progress: _Progress) -> Root:
    """Return the base with libraries laid over it; its files are the base's own, not copies."""
    try:
        brought = library.bring(recipe, base.facts, index, draft, on_progress)
        on_progress("sandbox root: compiling the libraries, listing the fonts")
        site, fonts = library.places(base.facts)
        for name in (site, fonts):
            shutil.copytree(base.path / name, brought / name, symlinks=True, dirs_exist_ok=True)
        said = _confined(recipe, base, brought, draft)
        archive.normalise(brought)
        facts = Facts.said(DATA_SCIENCE, base.facts.way, said, base.facts.contents)
        layers = (*base.layers, archive.pack(brought))
        whole = draft / "library-root"
        shutil.copytree(base.path, whole, symlinks=True, copy_function=os.link)
        for name in (site, fonts):
            shutil.rmtree(whole / name)
            (brought / name).rename(whole / name)
        archive.normalise_folders(whole)
    except (WayFailedError, OSError) as failure:
        raise SandboxUnavailableError(
            f"can't make the root file system `{DATA_SCIENCE}`: {failure}",
            help="name an index with --index, or a folder of wheels with --wheels",
        ) from failure
    image = archive.image_id(facts.settings(recipe, layers))
    return _kept(Root(whole, image, facts, layers, ()), recipe, draft)


def _confined(recipe: Recipe, base: Root, brought: Path, draft: Path) -> str:
    """Run the maker over what was brought, by bubblewrap: libraries run code as they are imported."""
    program = shutil.which("bwrap")
    if program is None:
        raise WayFailedError("there is no bwrap to run it in")
    maker = draft / "complete.py"
    maker.write_text(recipe.code["complete.py"], encoding="utf-8")
    mounts = ["--ro-bind", str(base.path), "/"]
    for name in library.places(base.facts):
        mounts += ["--bind", str(brought / name), f"/{name}"]
    variables = [part for name, value in ENVIRONMENT.items() for part in ("--setenv", name, value)]
    command = [
        program, *mounts, "--tmpfs", "/tmp", "--ro-bind", str(maker), f"/tmp/{Path(MAKER).name}",  # noqa: S108
        "--proc", "/proc", "--dev", "/dev", "--unshare-all", "--die-with-parent", "--new-session",
        "--chdir", "/", "--clearenv", *variables,
        "python3", "-s", f"/tmp/{Path(MAKER).name}", "library", "/",  # noqa: S108
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_MAKE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise WayFailedError(f"bwrap: {error}") from error
    if done.returncode != 0:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["failed"]
        raise WayFailedError(f"its Python lacks something: {lines[-1][:200]}")
    return done.stdout.decode("utf-8", "replace")


def _kept(made: Root, recipe: Recipe, draft: Path) -> Root:
    """Move what was made to where it is kept, and let the recipe's link name it."""
    facts, image = made.facts, made.id
    whole = draft / f"whole-{facts.name}"
    whole.mkdir(mode=0o755)
    made.path.rename(whole / "root")
    about = {
        "id": image,
        "labels": facts.labels(),
        "layers": made.layers,
        "passed_over": made.passed_over,
    }
    (whole / "about.json").write_text(json.dumps(about), encoding="utf-8")
    home = draft.parent
    target = home / image.removeprefix("sha256:")
    with contextlib.suppress(OSError):  # it is there already, file for file the same
        whole.rename(target)
    link = draft / "link"
    link.symlink_to(target.name)
    link.replace(home / f"{facts.name}-{recipe.digest}")
    found = find_root(facts.name, recipe)
    if found is None:
        raise SandboxUnavailableError(
            f"can't keep a root file system in {home}", help="name another folder in EXECGATE_CACHE"
        )
    return found
