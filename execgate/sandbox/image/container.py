"""What others made, completed in a container without a network, and taken out of it as one layer."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import tarfile
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from execgate.sandbox.engine import attempt, remove_container
from execgate.sandbox.image.archive import EPOCH, Layer, repack
from execgate.sandbox.image.built import Built
from execgate.sandbox.image.complete import ENVIRONMENT, FOLDERS, MAKER, files
from execgate.sandbox.image.facts import Facts
from execgate.sandbox.image.recipe import Recipe
from execgate.sandbox.image.wayfailed import WayFailedError

if TYPE_CHECKING:
    from docker import APIClient

BUILD_PREFIX = "execgate-build-"
"""How the containers are called in which images are completed."""

_COMPLETE_S = 180
# What an engine puts into every container, and what only a run of the system holds.
_EMPTY = ("dev", "proc", "run", "run/execgate", "sys", "tmp")
_NOT_THERE = (*_EMPTY, ".dockerenv", "etc/mtab", MAKER)


@dataclass(frozen=True, slots=True)
class Completed:
    """What came out of a container: a layer, and what the Python in it said."""

    layer: Layer
    said: str

    def built(self, name: str, way: str) -> Built:
        """Return it as the one layer of an image; raises WayFailedError where it said nothing that helps."""
        return Built((self.layer,), Facts.said(name, way, self.said))


def flatten(client: APIClient, recipe: Recipe, base: str, scratch: Path) -> Completed:
    """Return all of the image `base`, with the guest and everything compiled, as one layer.

    Raises WayFailedError where the Python in it will not do, and where the engine does not do it.
    """
    with _container(client, base, ["base", "/"]) as name:
        said = _run(client, name, _packed(recipe))
        with _spooled(scratch, lambda: client.export(name)) as whole:
            layer = scratch / "base.tar"
            texts = {path: text for path, text in files(recipe).items() if path.startswith("etc/")}
            fixed = {**texts, **dict.fromkeys(_EMPTY)}
            diff_id = repack(whole, layer, without=_NOT_THERE, fixed=fixed)
    return Completed(Layer(layer, diff_id), said)


def overlay(
    client: APIClient, recipe: Recipe, base: str, folders: tuple[str, ...], scratch: Path
) -> Completed:
    """Return what the layer `brought.tar` in `scratch`, and what is made of it, adds to the image `base`.

    `folders` are the places below which it is, relative to the root.
    """
    brought = scratch / "brought.tar"
    maker = _tar({MAKER: recipe.code["complete.py"]}, ())
    with _container(client, base, ["library", "/"]) as name:
        with brought.open("rb") as file:
            _, fault = attempt(lambda: client.put_archive(name, "/", file))
        if fault is not None:
            raise WayFailedError(fault)
        said = _run(client, name, maker)
        made = scratch / "made.tar"
        with tarfile.open(made, "w") as target:
            for folder in folders:
                with _spooled(scratch, partial(_archived, client, name, folder)) as part:
                    _copied(part, target, str(PurePosixPath(folder).parent))
        layer = scratch / "library.tar"
        with made.open("rb") as whole:
            diff_id = repack(whole, layer, without=())
    return Completed(Layer(layer, diff_id), said)


@contextlib.contextmanager
def _container(client: APIClient, base: str, arguments: list[str]) -> Iterator[str]:
    from docker.types import LogConfig

    name = BUILD_PREFIX + uuid.uuid4().hex
    try:
        _, fault = attempt(
            lambda: client.create_container(
                base,
                entrypoint=["python3", "-s", f"/{MAKER}"],
                command=arguments,
                name=name,
                user="0:0",
                working_dir="/",
                network_disabled=True,
                use_config_proxy=False,
                environment=ENVIRONMENT,
                host_config=client.create_host_config(
                    network_mode="none",
                    security_opt=["no-new-privileges:true"],
                    mem_limit="2g",
                    log_config=LogConfig(type="json-file"),
                ),
            )
        )
        if fault is not None:
            raise WayFailedError(fault)
        yield name
    finally:
        attempt(lambda: remove_container(client, name))


def _run(client: APIClient, name: str, files_: bytes) -> str:
    def run() -> tuple[int, str]:
        client.put_archive(name, "/", files_)
        client.start(name)
        status = client.wait(name, timeout=_COMPLETE_S)["StatusCode"]
        return status, client.logs(name, stderr=status != 0, tail=1).decode("utf-8", "replace").strip()

    done, fault = attempt(run)
    if done is None:
        raise WayFailedError(fault or "the engine did not say why")
    status, said = done
    if status != 0:
        raise WayFailedError(f"its Python lacks something: {said[-200:]}")
    return said


@contextlib.contextmanager
def _spooled(scratch: Path, ask: Callable[[], Iterable[bytes]]) -> Iterator[IO[bytes]]:
    """Give what the engine streams as a file."""
    with tempfile.TemporaryFile(dir=scratch) as spool:

        def receive() -> None:
            for piece in ask():
                spool.write(piece)

        _, fault = attempt(receive)
        if fault is not None:
            raise WayFailedError(fault)
        spool.seek(0)
        yield spool


def _archived(client: APIClient, name: str, folder: str) -> Iterable[bytes]:
    pieces: Iterable[bytes] = client.get_archive(name, f"/{folder}")[0]
    return pieces


def _copied(part: IO[bytes], target: tarfile.TarFile, parent: str) -> None:
    with tarfile.open(fileobj=part) as source:
        for entry in source:
            data = source.extractfile(entry) if entry.isreg() else None
            entry.name = f"{parent}/{entry.name}"
            if entry.islnk():
                entry.linkname = f"{parent}/{entry.linkname}"
            target.addfile(entry, data)


def _packed(recipe: Recipe) -> bytes:
    texts = files(recipe)
    parents = {str(PurePosixPath(path).parent) for path in texts}
    return _tar(texts, sorted({*parents, *FOLDERS}))


def _tar(texts: dict[str, str], folders: Iterable[str]) -> bytes:
    buffer = io.BytesIO()
    with contextlib.closing(tarfile.open(fileobj=buffer, mode="w")) as tar:
        for folder in folders:
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode, entry.mtime = tarfile.DIRTYPE, 0o755, EPOCH
            tar.addfile(entry)
        for path, text in texts.items():
            data = text.encode()
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode, entry.mtime = len(data), 0o644, EPOCH
            tar.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def lowest_layer(client: APIClient, image: str, scratch: Path) -> Layer:
    """Return the first layer of an image that the engine has, byte for byte; raises WayFailedError."""
    target = scratch / "lowest.tar"
    with _spooled(scratch, lambda: client.get_image(image)) as saved, tarfile.open(fileobj=saved) as whole:
        manifest = whole.extractfile("manifest.json")
        if manifest is None:
            raise WayFailedError("the engine does not save images as others do")
        told = json.load(manifest)[0]
        settings, packed = whole.extractfile(told["Config"]), whole.extractfile(told["Layers"][0])
        if settings is None or packed is None:
            raise WayFailedError("the engine does not save images as others do")
        with target.open("wb") as sink:
            shutil.copyfileobj(packed, sink)
        return Layer(target, str(json.load(settings)["rootfs"]["diff_ids"][0]))
