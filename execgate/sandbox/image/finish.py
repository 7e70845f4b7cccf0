"""From any image with a Python to one that holds the guest: its code, its user, everything compiled."""

from __future__ import annotations

import contextlib
import io
import json
import tarfile
import uuid
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from execgate.model.places import HOME, WORKSPACE
from execgate.sandbox.docker.engine import attempt
from execgate.sandbox.image.recipe import Recipe
from execgate.sandbox.image.rootfs import EPOCH
from execgate.sandbox.image.wayfailed import WayFailedError
from execgate.sandbox.places import USER

if TYPE_CHECKING:
    from docker import APIClient

BUILD_PREFIX = "execgate-build-"
"""How the containers are called in which images are finished."""

_FOLDER = "opt/execgate"
_PASSWD = f"root:x:0:0:root:/root:/bin/false\nagent:x:{USER}:{USER}:agent:{HOME}:/bin/sh\n"
_GROUP = f"root:x:0:\nagent:x:{USER}:\n"
_SOURCES = "passwd: files\ngroup: files\nhosts: files dns\n"
_FINISH_S = 180


def finish(client: APIClient, recipe: Recipe, base: str, *, labels: Mapping[str, str]) -> str:
    """Return the id of a new image made from `base`, with `labels` and those of the recipe.

    Raises WayFailedError where the Python in `base` will not do.
    """
    name = BUILD_PREFIX + uuid.uuid4().hex
    try:
        python = _compile(client, recipe, base, name)
        return _commit(client, recipe, name, {**labels, "execgate.python": python})
    finally:
        attempt(lambda: client.remove_container(name, force=True, v=True))


def _compile(client: APIClient, recipe: Recipe, base: str, name: str) -> str:
    """Compile inside a container of `base` and return the version of its Python."""
    from docker.types import LogConfig

    def in_container() -> tuple[int, str]:
        client.create_container(
            base,
            entrypoint=["python3", "-I", f"/{_FOLDER}/finish.py"],
            command=[],
            name=name,
            user="0:0",
            network_disabled=True,
            use_config_proxy=False,
            environment={"PATH": "/usr/local/bin:/usr/bin:/bin"},
            host_config=client.create_host_config(
                network_mode="none",
                security_opt=["no-new-privileges:true"],
                mem_limit="2g",
                log_config=LogConfig(type="json-file"),
            ),
        )
        client.put_archive(name, "/", _files(recipe))
        client.start(name)
        status = client.wait(name, timeout=_FINISH_S)["StatusCode"]
        return status, client.logs(name, tail=1).decode("utf-8", "replace").strip()

    done, fault = attempt(in_container)
    if done is None:
        raise WayFailedError(fault or "the engine did not say why")
    status, said = done
    if status != 0:
        raise WayFailedError(f"its Python lacks something: {said[:200]}")
    return said


def _commit(client: APIClient, recipe: Recipe, name: str, labels: Mapping[str, str]) -> str:
    changes = [
        f"ENTRYPOINT {json.dumps(['python3', '-I', '-X', 'utf8', f'/{_FOLDER}/start.pyc'])}",
        "CMD []",
        f"USER {USER}:{USER}",
        "WORKDIR /",
        f"LABEL execgate.recipe={recipe.digest}",
        *(f"LABEL {key}={json.dumps(value)}" for key, value in labels.items()),
    ]
    made, fault = attempt(
        lambda: client.commit(name, repository="execgate-sandbox", tag=recipe.digest[:12], changes=changes)
    )
    if made is None:
        raise WayFailedError(fault or "the engine did not say why")
    return str(made["Id"])


def _files(recipe: Recipe) -> bytes:
    """Return a tar of what every image gets, whatever it was made from."""
    buffer = io.BytesIO()
    with contextlib.closing(tarfile.open(fileobj=buffer, mode="w")) as tar:
        folders = {str(PurePosixPath(_FOLDER, path).parent) for path in recipe.code}
        for folder in (*sorted(folders), WORKSPACE[1:], HOME[1:]):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode, entry.mtime = tarfile.DIRTYPE, 0o755, EPOCH
            tar.addfile(entry)
        for path, text in {
            **{f"{_FOLDER}/{path}": text for path, text in recipe.code.items()},
            "etc/passwd": _PASSWD,
            "etc/group": _GROUP,
            "etc/nsswitch.conf": _SOURCES,
        }.items():
            data = text.encode()
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode, entry.mtime = len(data), 0o644, EPOCH
            tar.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()
