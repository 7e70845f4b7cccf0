"""An image from the distribution's own packages: fetched and unpacked, never installed; no root needed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import unquote

from execgate.sandbox.contents import Package
from execgate.sandbox.image.recipe import Recipe
from execgate.sandbox.image.rootfs import merge_usr, trim
from execgate.sandbox.image.surroundings import join_certificates
from execgate.sandbox.image.wayfailed import WayFailedError

_FETCH_S = 120
# Without a network it is over soon, and lists that could not be fetched are an error.
_IMPATIENT = tuple(
    part
    for setting in ("Acquire::Retries=0", "Acquire::http::Timeout=10", "APT::Update::Error-Mode=any")
    for part in ("-o", setting)
)
_KINDS = ("Depends", "PreDepends")


def unpack(recipe: Recipe, scratch: Path, on_progress: Callable[[str], None]) -> Path:
    """Return a folder below `scratch` with Python and what it needs; raises WayFailedError."""
    for program in ("apt-get", "apt-cache", "dpkg-deb"):
        if shutil.which(program) is None:
            raise WayFailedError(f"there is no {program}")
    packages = _fetch(recipe, scratch, on_progress)
    root = scratch / "root"
    root.mkdir()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda package: _run(["dpkg-deb", "-x", str(package), str(root)], scratch), packages))
    merge_usr(root)
    for name, program in recipe.called.items():
        if (root / "usr/bin" / program).exists():
            (root / "usr/bin" / program).replace(root / "usr/bin" / name)
    join_certificates(root)
    trim(root, recipe)
    _name_python(root)
    return root


def package_of(file: str) -> Package:
    """Return what a package's file is called after: name, version, architecture."""
    name, version, _ = unquote(file.removesuffix(".deb")).split("_", 2)
    return Package(name, version, "debian")


def _fetch(recipe: Recipe, scratch: Path, on_progress: Callable[[str], None]) -> list[Path]:
    """Return the packages as files; with lists of our own where the system's are missing or out of date."""
    folder = scratch / "packages"
    folder.mkdir()
    try:
        _download(recipe, folder, [])
    except WayFailedError:
        on_progress("sandbox image: fetching the lists of packages")
        options = _own_lists(scratch)
        _run(["apt-get", "-qq", *_IMPATIENT, *options, "update"], folder)
        _download(recipe, folder, options)
    return sorted(folder.glob("*.deb"))


def _download(recipe: Recipe, folder: Path, options: list[str]) -> None:
    names = closure(_dependencies(recipe, folder, options), recipe.packages, recipe.packages_without)
    _run(["apt-get", "-qq", *_IMPATIENT, *options, "download", *names], folder)


def _own_lists(scratch: Path) -> list[str]:
    for name in ("lists/partial", "cache/archives/partial"):
        (scratch / name).mkdir(parents=True)
    settings = {
        "Dir::State::Lists": scratch / "lists",
        "Dir::Cache": scratch / "cache",
        "APT::Sandbox::User": "root" if os.getuid() == 0 else "",
    }
    return [part for key, value in settings.items() for part in ("-o", f"{key}={value}")]


def _dependencies(recipe: Recipe, folder: Path, options: list[str]) -> dict[str, list[str]]:
    hidden = ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")
    text = _run(
        [
            "apt-cache",
            *options,
            "depends",
            "--recurse",
            *(f"--no-{kind}" for kind in hidden),
            *recipe.packages,
        ],
        folder,
    )
    return parse_depends(text)


def parse_depends(text: str) -> dict[str, list[str]]:
    """Return each package's dependencies from what `apt-cache depends` prints; the first of alternatives."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    alternative = False
    for line in text.splitlines():
        if line and not line[0].isspace():
            current = found.setdefault(line.strip(), [])
            alternative = False
            continue
        match = re.match(r"\s+(\|?)(\w+): (\S+)$", line)
        if match is None:
            continue
        if match[2] in _KINDS and not alternative and not match[3].startswith("<"):
            current.append(match[3])
        alternative = bool(match[1])
    return found


def closure(depends: dict[str, list[str]], roots: Iterable[str], without: Iterable[str]) -> list[str]:
    """Return the packages that `roots` need, in order of name, going nowhere through those left out."""
    seen: set[str] = set(without)
    wanted: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            wanted.add(name)
            waiting.extend(depends.get(name, ()))
    return sorted(wanted)


def _name_python(root: Path) -> None:
    found = sorted(
        (path for path in (root / "usr/bin").glob("python3.*") if re.fullmatch(r"python3\.\d+", path.name)),
        key=lambda path: int(path.name.split(".")[1]),
    )
    if not found:
        raise WayFailedError("the packages hold no Python 3")
    for name in ("python3", "python"):
        link = root / "usr/bin" / name
        link.unlink(missing_ok=True)
        link.symlink_to(found[-1].name)


def _run(command: list[str], folder: Path) -> str:
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C",
        "DEBIAN_FRONTEND": "noninteractive",
    }
    for name in ("http_proxy", "https_proxy", "no_proxy"):
        if name in os.environ:
            environment[name] = os.environ[name]
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_FETCH_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise WayFailedError(f"{command[0]}: {error}") from error
    if done.returncode != 0:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["failed"]
        raise WayFailedError(f"{command[0]}: {lines[-1][:200]}")
    return done.stdout.decode("utf-8", "replace")
