"""An image as bytes: layers packed without a trace of the host, a config of our own, the same id each time.

The id of an image is the digest of its config, which holds the digest of each layer (OCI image
specification, "Image ID"), so it is known before an engine has seen the image.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import stat
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from execgate.sandbox.places import USER

EPOCH = 315_532_800
"""The time that every file in an image has: 1980-01-01, the earliest that a zip file can tell."""

_CREATED = "1980-01-01T00:00:00Z"
# What images call the machines that `uname` calls otherwise.
_MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}


@dataclass(frozen=True, slots=True)
class Layer:
    """A packed layer in a file: `diff_id` is `sha256:` and the digest of its bytes."""

    path: Path
    diff_id: str


class _Digesting(io.RawIOBase):
    """Hashes what is written, and passes it on where there is somewhere to."""

    def __init__(self, sink: IO[bytes] | None) -> None:
        self._sink = sink
        self.hash = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.hash.update(data)
        if self._sink is not None:
            self._sink.write(data)
        return len(data)


def pack(root: Path, target: Path | None = None, *, below: str = "") -> str:
    """Write `root` as a layer to `target`, sorted, owned by root, of one time; return its diff id.

    Devices, sockets and pipes are left out, nothing is setuid or writable for others.  Without a `target`
    nothing is written.  `below` is where the folder lies in the layer.
    """
    with target.open("wb") if target else open(os.devnull, "wb") as sink:  # noqa: PTH123 - no Path
        digesting = _Digesting(sink)
        with tarfile.open(fileobj=digesting, mode="w|", format=tarfile.PAX_FORMAT, bufsize=1 << 20) as tar:
            for path, name in _entries(root, below):
                entry = _anonymous(tar.gettarinfo(str(path), arcname=name))
                if entry is None:
                    continue
                if entry.isreg():
                    with path.open("rb") as file:
                        tar.addfile(entry, file)
                else:
                    tar.addfile(entry)
    return f"sha256:{digesting.hash.hexdigest()}"


def _entries(root: Path, below: str) -> Iterator[tuple[Path, str]]:
    """Yield every path of the layer with its name in it, folders before what is in them."""
    prefix = f"{below.strip('/')}/" if below else ""
    parents = prefix.split("/")[:-1]
    for depth in range(1, len(parents) + 1):
        yield root, "/".join(parents[:depth])
    for folder, names, files in os.walk(root):
        names.sort()
        within = Path(folder).relative_to(root)
        for name in sorted([*names, *files]):
            yield Path(folder, name), prefix + str(within / name)


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    if not (entry.isreg() or entry.isdir() or entry.issym() or entry.islnk()):
        return None
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mtime = EPOCH
    entry.mode &= 0o755
    entry.pax_headers = {}
    return entry


def config(diff_ids: Sequence[str], *, entrypoint: Sequence[str], labels: Mapping[str, str]) -> bytes:
    """Return the config of an image of these layers, byte for byte the same for the same arguments."""
    machine = platform.machine()
    whole = {
        "architecture": _MACHINES.get(machine, machine),
        "os": "linux",
        "created": _CREATED,
        "config": {
            "User": f"{USER}:{USER}",
            "Env": ["PATH=/usr/local/bin:/usr/bin:/bin"],
            "Entrypoint": list(entrypoint),
            "Cmd": None,
            "WorkingDir": "/",
            "Labels": dict(labels),
        },
        "rootfs": {"type": "layers", "diff_ids": list(diff_ids)},
        "history": [{"created": _CREATED, "created_by": "execgate"} for _ in diff_ids],
    }
    return json.dumps(whole, sort_keys=True, separators=(",", ":")).encode()


def image_id(settings: bytes) -> str:
    """Return the id that every engine gives an image of this config."""
    return f"sha256:{hashlib.sha256(settings).hexdigest()}"


def write_archive(target: Path, settings: bytes, layers: Sequence[Layer], tag: str) -> None:
    """Write the image as `docker load` takes it."""
    name = f"{image_id(settings).removeprefix('sha256:')}.json"
    manifest = [
        {
            "Config": name,
            "RepoTags": [tag],
            "Layers": [f"{layer.diff_id.removeprefix('sha256:')}/layer.tar" for layer in layers],
        }
    ]
    with tarfile.open(target, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for layer in layers:
            entry = tarfile.TarInfo(f"{layer.diff_id.removeprefix('sha256:')}/layer.tar")
            entry.size = layer.path.stat().st_size
            with layer.path.open("rb") as file:
                tar.addfile(entry, file)
        for path, data in ((name, settings), ("manifest.json", json.dumps(manifest).encode())):
            entry = tarfile.TarInfo(path)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))


def normalise(root: Path) -> None:
    """Give every file and folder below `root` the time and the permissions that it has in an image."""
    for folder, names, files in os.walk(root, topdown=False):
        for name in (*names, *files):
            _normalise(Path(folder, name))
    _normalise(root)


def normalise_folders(root: Path) -> None:
    """Do as `normalise` does with the folders alone: the files below may be those of another root."""
    for folder, _, _ in os.walk(root, topdown=False):
        _normalise(Path(folder))


def _normalise(path: Path) -> None:
    info = path.lstat()
    if not stat.S_ISLNK(info.st_mode):
        executable = stat.S_ISDIR(info.st_mode) or info.st_mode & stat.S_IXUSR
        path.chmod(0o755 if executable else 0o644)
    os.utime(path, (EPOCH, EPOCH), follow_symlinks=False)


def repack(
    whole: IO[bytes], target: Path, *, without: Sequence[str], fixed: Mapping[str, str | None] | None = None
) -> str:
    """Write the tar `whole` as a layer to `target`, as `pack` does a folder; return its diff id.

    What is at or below a path of `without` is left out; `fixed` are files (with their text) and
    folders (None) that are put in its place.
    """
    fixed = fixed or {}
    with target.open("wb") as sink, tarfile.open(fileobj=whole) as source:
        digesting = _Digesting(sink)
        entries = {entry.name.strip("/").removeprefix("./"): entry for entry in source}
        entries = {
            name: entry
            for name, entry in entries.items()
            if name not in fixed and not any(name == one or name.startswith(f"{one}/") for one in without)
        }
        # A folder that a layer does not name is made with permissions that let nobody in.
        above = {
            "/".join(name.split("/")[:depth])
            for name in (*entries, *fixed)
            for depth in range(1, name.count("/") + 1)
        }
        fixed = {**dict.fromkeys(above - set(entries)), **fixed}
        names = sorted({*entries, *fixed} - {"", "."}, key=lambda name: name.split("/"))
        written: dict[str, str] = {}
        with tarfile.open(fileobj=digesting, mode="w|", format=tarfile.PAX_FORMAT, bufsize=1 << 20) as tar:
            for name in names:
                if name in fixed:
                    _add_fixed(tar, name, fixed[name])
                    continue
                found = entries[name]
                # Of files that are one, the first in order is written, and the others are links to it.
                origin = found.linkname.strip("/").removeprefix("./") if found.islnk() else name
                held = entries.get(origin, found)
                data = source.extractfile(held) if found.isreg() or found.islnk() else None
                size = held.size
                entry = _anonymous(found)
                if entry is None:
                    continue
                entry.name = name
                if data is not None and origin in written:
                    entry.type, entry.linkname, entry.size, data = tarfile.LNKTYPE, written[origin], 0, None
                elif data is not None:
                    entry.type, entry.linkname, entry.size = tarfile.REGTYPE, "", size
                    written[origin] = name
                tar.addfile(entry, data)
    return f"sha256:{digesting.hash.hexdigest()}"


def _add_fixed(tar: tarfile.TarFile, name: str, text: str | None) -> None:
    entry = tarfile.TarInfo(name)
    entry.mtime = EPOCH
    if text is None:
        entry.type, entry.mode = tarfile.DIRTYPE, 0o755
        tar.addfile(entry)
        return
    data = text.encode()
    entry.size, entry.mode = len(data), 0o644
    tar.addfile(entry, io.BytesIO(data))
