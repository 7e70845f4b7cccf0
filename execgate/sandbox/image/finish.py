"""From any image with a Python to one that holds the guest: its code, its user, everything compiled."""

from __future__ import annotations

import contextlib
import io
import json
import tarfile
import uuid
from typing import TYPE_CHECKING

from execgate.sandbox.confinement import HOME, USER, WORKSPACE
from execgate.sandbox.engine import attempt
from execgate.sandbox.image.recipe import Recipe
from execgate.sandbox.image.rootfs import EPOCH
from execgate.sandbox.image.wayfailed import WayFailedError

if TYPE_CHECKING:
    from docker import APIClient

BUILD_PREFIX = "execgate-build-"
"""How the containers are called in which images are finished."""

_FOLDER = "opt/execgate"
_PASSWD = f"root:x:0:0:root:/root:/bin/false\nagent:x:{USER}:{USER}:agent:{HOME}:/bin/sh\n"
_GROUP = f"root:x:0:\nagent:x:{USER}:\n"
_FINISH_S = 180


def finish(
    client: APIClient, recipe: Recipe, base: str, *, way: str, passed_over: tuple[str, ...] = ()
) -> str:
    """Return the id of a new image made from `base`; raises WayFailedError where its Python will not do."""
    name = BUILD_PREFIX + uuid.uuid4().hex
    try:
        return _finish(client, recipe, base, name, way, passed_over)
    finally:
        attempt(lambda: client.remove_container(name, force=True, v=True))


def _finish(
    client: APIClient, recipe: Recipe, base: str, name: str, way: str, passed_over: tuple[str, ...]
) -> str:
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
                network_mode="none", security_opt=["no-new-privileges:true"], mem_limit="2g"
            ),
        )
        client.put_archive(name, "/", _files(recipe))
        client.start(name)
        status = client.wait(name, timeout=_FINISH_S)["StatusCode"]
        return status, client.logs(name, tail=1).decode("utf-8", "replace").strip()

    outcome, fault = attempt(in_container)
    if outcome is None:
        raise WayFailedError(fault or "the engine did not say why")
    status, said = outcome
    if status != 0:
        raise WayFailedError(f"its Python lacks something: {said[:200]}")
    labels = {
        "execgate.recipe": recipe.digest,
        "execgate.way": way,
        "execgate.python": said,
        "execgate.passed-over": json.dumps(passed_over),
    }
    changes = [
        f"ENTRYPOINT {json.dumps(['python3', '-I', '-X', 'utf8', f'/{_FOLDER}/guest.pyc'])}",
        "CMD []",
        f"USER {USER}:{USER}",
        "WORKDIR /",
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
        for folder in (_FOLDER, WORKSPACE[1:], HOME[1:]):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode, entry.mtime = tarfile.DIRTYPE, 0o755, EPOCH
            tar.addfile(entry)
        for path, text in {
            f"{_FOLDER}/guest.py": recipe.guest,
            f"{_FOLDER}/finish.py": recipe.finish,
            "etc/passwd": _PASSWD,
            "etc/group": _GROUP,
        }.items():
            data = text.encode()
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode, entry.mtime = len(data), 0o644, EPOCH
            tar.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()
