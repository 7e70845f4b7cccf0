"""Wheels: looked at, compared with what they say of themselves, and unpacked; nothing of them is run.

A wheel is untrusted (binary distribution format, PyPA specifications).  Whatever could reach out of the
folder, start by itself, or pass for something else refuses the whole wheel; what is merely of no use in
a cell (scripts, headers, data, `.pth` files, compiled files) is left out.
"""

from __future__ import annotations

import base64
import contextlib
import csv
import email.parser
import email.policy
import errno
import hashlib
import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from execgate.sandbox.contents import Package
from execgate.sandbox.files import escaped, name_fault

_FILE = re.compile(
    r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._]*[A-Za-z0-9])?)-(?P<version>[A-Za-z0-9_.!+]+)"
    r"(?:-\d[A-Za-z0-9_.]*)?-[a-z0-9_.]+-[a-z0-9_.]+-[a-z0-9_.]+\.whl",
    re.IGNORECASE,
)
_PIECE = 1 << 20
# What every Python imports by itself as it starts, and what is the gate's own inside.
_RESERVED = frozenset({"sitecustomize", "usercustomize", "execgate_guard", "execgate_guest", "__main__"})
_COMPRESSED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_HASHES = ("sha256", "sha384", "sha512")
_METADATA_BYTES = 4 << 20


class WheelError(Exception):
    """A wheel is not taken; the text says why, in one line that is safe to print."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much may be unpacked: files, bytes of all together, and how many times the packed size."""

    files: int = 30_000
    total_bytes: int = 2_000_000_000
    ratio: int = 200


BOUNDS = Bounds()


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What came of a wheel: its package, the bytes it takes, and what was left out of it."""

    package: Package
    size_bytes: int
    left_out: tuple[str, ...]


def normalised(name: str) -> str:
    """Return a package's name in the form that indexes compare (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def unpack(wheel: Path, target: Path, bounds: Bounds = BOUNDS) -> Unpacked:
    """Unpack a wheel into the folder `target`, which may hold others already; raises WheelError.

    What it unpacked until an error is left there: the caller throws the folder away.
    """
    size = wheel.stat().st_size
    try:
        with contextlib.closing(_archive(wheel)) as archive:
            return _Opened(wheel.name, size, archive, bounds).unpack(target)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        struct.error,
    ) as error:
        raise WheelError(
            f"{escaped(wheel.name, 200)}: no proper archive ({escaped(str(error), 100)})"
        ) from error


def _archive(wheel: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(wheel)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        raise zipfile.BadZipFile("its directory is where nothing is") from error


class _Opened:
    def __init__(self, file: str, packed_bytes: int, archive: zipfile.ZipFile, bounds: Bounds) -> None:
        match = _FILE.fullmatch(file)
        if match is None:
            raise WheelError(f"`{escaped(file, 200)}` is not the name of a wheel")
        self._file = escaped(file, 200)
        self._name, self._version = match["name"], match["version"]
        self._archive = archive
        self._bounds = bounds
        self._room = min(bounds.total_bytes, max(packed_bytes, 1 << 16) * bounds.ratio)
        self._left_out: list[str] = []

    def unpack(self, target: Path) -> Unpacked:
        entries = self._entries()
        info = self._dist_info(entries)
        package = self._package(entries, info)
        recorded = self._recorded(entries, info)
        size = 0
        for name, entry in sorted(entries.items()):
            if name == f"{info}/RECORD":
                continue
            placed = self._placed(name, info)
            if placed is None:
                self._left_out.append(escaped(name, 200))
            size += self._write(name, entry, recorded, target / placed if placed else None)
        return Unpacked(package, size, tuple(self._left_out))

    def _entries(self) -> dict[str, zipfile.ZipInfo]:
        found: dict[str, zipfile.ZipInfo] = {}
        folded: set[str] = set()
        for entry in self._archive.infolist():
            kind = stat.S_IFMT(entry.external_attr >> 16)
            name = entry.orig_filename
            if entry.is_dir():
                name = name.rstrip("/")
            fault = name_fault(name)
            if fault is not None:
                raise self._error(f"`{escaped(name, 100)}`: {fault}")
            if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
                raise self._error(f"`{escaped(name, 100)}` is neither a file nor a folder")
            if entry.flag_bits & 1:
                raise self._error("it is encrypted")
            if entry.compress_type not in _COMPRESSED:
                raise self._error(f"`{escaped(name, 100)}` is packed in a way that wheels are not")
            if entry.is_dir():
                continue
            if name.casefold() in folded:
                raise self._error(f"`{escaped(name, 100)}` is in it twice")
            folded.add(name.casefold())
            found[name] = entry
            if len(found) > self._bounds.files:
                raise self._error(f"it holds more than {self._bounds.files:,} files")
        folders = {str(parent).casefold() for name in found for parent in PurePosixPath(name).parents}
        clash = min(folded & folders, default=None)
        if clash is not None:
            raise self._error(f"`{escaped(clash, 100)}` is a file and a folder")
        declared = sum(entry.file_size for entry in found.values())
        if declared > self._room:
            raise self._error(f"it unpacks to {declared:,} bytes, at most {self._room:,}")
        return found

    def _dist_info(self, entries: dict[str, zipfile.ZipInfo]) -> str:
        found = {name.split("/")[0] for name in entries if ".dist-info/" in name}
        if len(found) != 1:
            raise self._error(f"it describes {len(found)} packages, not one")
        (info,) = found
        name, _, version = info.removesuffix(".dist-info").rpartition("-")
        if not info.endswith(".dist-info") or not self._is_own(name, version):
            raise self._error(f"it describes `{escaped(info, 100)}`")
        return info

    def _is_own(self, name: str, version: str) -> bool:
        return normalised(name) == normalised(self._name) and _plain(version) == _plain(self._version)

    def _package(self, entries: dict[str, zipfile.ZipInfo], info: str) -> Package:
        text = self._text(entries, f"{info}/METADATA")
        headers = email.parser.HeaderParser(policy=email.policy.compat32).parsestr(text)
        names, versions = headers.get_all("Name") or [], headers.get_all("Version") or []
        if len(names) != 1 or len(versions) != 1 or not self._is_own(str(names[0]), str(versions[0])):
            raise self._error("its metadata names another package or version")
        self._text(entries, f"{info}/WHEEL")
        return Package(normalised(self._name), str(versions[0]))

    def _recorded(self, entries: dict[str, zipfile.ZipInfo], info: str) -> dict[str, tuple[str, bytes]]:
        """Return (algorithm, digest) of every file that is to be there, as the wheel's RECORD has them."""
        recorded: dict[str, tuple[str, bytes]] = {}
        try:
            for path, told, *_ in csv.reader(io.StringIO(self._text(entries, f"{info}/RECORD"))):
                algorithm, _, digest = told.partition("=")
                if algorithm in _HASHES:
                    recorded[path] = (algorithm, base64.urlsafe_b64decode(digest + "=" * (-len(digest) % 4)))
        except (ValueError, csv.Error) as error:
            raise self._error("its RECORD can't be read") from error
        return recorded

    def _placed(self, name: str, info: str) -> str | None:
        """Return where a file goes, None where it is left out; raises WheelError for what may be nowhere."""
        first, _, rest = name.partition("/")
        if first.endswith(".data"):
            if not self._is_own(*_split(first)):
                raise self._error(f"it brings data of `{escaped(first, 100)}`")
            section, _, rest = rest.partition("/")
            if section not in {"purelib", "platlib"} or not rest:
                return None
            if ".dist-info/" in rest or rest.split("/")[0].endswith(".data"):
                raise self._error(f"`{escaped(name, 100)}` would describe another package")
            name, first = rest, rest.partition("/")[0]
        if first != info and first.split(".")[0].lower() in _RESERVED:
            raise self._error(f"`{escaped(first, 100)}` would be imported by every Python as it starts")
        if first.lower().endswith(".egg-info"):
            return None  # an older way of describing a package, which would be another one
        if "/" not in name and name.lower().endswith((".pth", ".egg-link", ".start")):
            return None
        if "__pycache__" in name.split("/")[:-1] or name.endswith(".pyc"):
            return None
        return name

    def _write(
        self, name: str, entry: zipfile.ZipInfo, recorded: dict[str, tuple[str, bytes]], target: Path | None
    ) -> int:
        if name not in recorded:
            if name.endswith((".dist-info/RECORD.jws", ".dist-info/RECORD.p7s")):
                return 0
            raise self._error(f"`{escaped(name, 100)}` is not in its RECORD")
        algorithm, expected = recorded[name]
        digest, size = hashlib.new(algorithm), 0
        if target is not None and _holds(target, algorithm, expected):
            target = None  # packages of one namespace bring the same file
        with io.BytesIO() if target is None else _create(target, self._file) as sink:
            for piece in self._pieces(entry):
                size += len(piece)
                digest.update(piece)
                if target is not None:
                    sink.write(piece)
        if digest.digest() != expected:
            raise self._error(f"`{escaped(name, 100)}` is not what its RECORD says")
        return size

    def _pieces(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        try:
            with self._archive.open(entry) as source:
                while piece := source.read(_PIECE):
                    self._room -= len(piece)
                    if self._room < 0:
                        raise self._error("it unpacks to more than it says")
                    yield piece
        except (OSError, ValueError) as error:  # it says that it lies where there is nothing
            raise self._error(f"`{escaped(entry.orig_filename, 100)}` can't be read") from error

    def _text(self, entries: dict[str, zipfile.ZipInfo], name: str) -> str:
        entry = entries.get(name)
        if entry is None:
            raise self._error(f"it has no {name.rpartition('/')[2]}")
        if entry.file_size > _METADATA_BYTES:
            raise self._error(f"its {name.rpartition('/')[2]} is too large")
        try:
            return b"".join(self._pieces(entry)).decode("utf-8")
        except UnicodeDecodeError as error:
            raise self._error(f"its {name.rpartition('/')[2]} is no text") from error

    def _error(self, why: str) -> WheelError:
        return WheelError(f"{self._file}: {why}")


def _holds(target: Path, algorithm: str, expected: bytes) -> bool:
    if not target.is_file():
        return False
    digest = hashlib.new(algorithm)
    with target.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.digest() == expected


def _create(target: Path, file: str) -> io.BufferedWriter:
    """Return a new file, open for writing; one that another wheel brought already is no new file."""
    try:
        target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        return target.open("xb")
    except (FileExistsError, NotADirectoryError) as error:
        raise WheelError(
            f"{file}: `{escaped(target.name, 100)}` of another package is there already, and another text"
        ) from error


def _plain(version: str) -> str:
    """Return a version as file names and metadata have it alike."""
    return version.replace("_", "-").replace("-", ".").lower().lstrip("v")


def _split(folder: str) -> tuple[str, str]:
    name, _, version = folder.removesuffix(".data").rpartition("-")
    return name, version
