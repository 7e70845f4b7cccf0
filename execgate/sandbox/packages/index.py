"""Where wheels come from: one index or a folder, and nowhere else whatever this machine's pip is set up for.

A second index is a second owner of every name: who registers there what another index keeps in private is
installed in its place.  So pip's configuration, and the environment's `PIP_…`, are not read.

pip itself resolves and fetches, and is told to take wheels alone: it runs no code of any package.  What it
fetched is compared with the digests of the resolution, and unpacked by us.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from execgate.errors import ExecgateError
from execgate.sandbox.contents import Package
from execgate.sandbox.files import escaped
from execgate.sandbox.packages.requirement import Requirement
from execgate.sandbox.packages.settings import names_index_beside
from execgate.sandbox.packages.wheel import normalised

PYPI = "https://pypi.org/simple"

_RESOLVE_S, _FETCH_S = 120, 600
_DIGEST = re.compile(r"[0-9a-f]{64}")
_KEPT = (
    "PATH", "HOME", "TMPDIR", "LANG", "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY",
    "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "PIP_CERT", "PIP_DEFAULT_TIMEOUT",
)  # fmt: skip


class PackageError(ExecgateError):
    """Packages can't be had; the message is one line that is safe to print."""

    @property
    def line(self) -> str:
        """The message with the help behind it, where only one line is kept."""
        return f"{self.message}; {self.help}" if self.help else self.message


@dataclass(frozen=True, slots=True)
class Index:
    """Where wheels come from.

    With `url` that index alone, with `wheels` that folder alone (no network is asked); with both, both.
    """

    url: str | None = None
    wheels: Path | None = None

    @classmethod
    def configured(cls, url: str | None = None, wheels: str | Path | None = None) -> Index:
        """Return what the arguments name, else `EXECGATE_INDEX_URL` and `EXECGATE_WHEELS`, else PyPI.

        Raises PackageError for an address that is none, and a folder that is not there.
        """
        url = url or (None if wheels else os.environ.get("EXECGATE_INDEX_URL")) or None
        wheels = wheels or (None if url else os.environ.get("EXECGATE_WHEELS")) or None
        if url is not None and urlsplit(url).scheme not in {"https", "http", "file"}:
            raise PackageError(
                f"`{escaped(url, 200)}` is no address of an index", help="as in https://pypi.org/simple"
            )
        if wheels is not None and not Path(wheels).is_dir():
            raise PackageError(f"there is no folder `{escaped(str(wheels), 200)}` to take wheels from")
        if url is None and wheels is None:
            url = PYPI
        return cls(url, Path(wheels).absolute() if wheels else None)

    def __str__(self) -> str:
        if self.url:
            parts = urlsplit(self.url)
            return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()  # no password is shown
        return str(self.wheels) if self.wheels else "nowhere"

    @property
    def told(self) -> str:
        """Where was looked, as a program of the sandbox may read it: no path or address of this machine."""
        if self.url is None:
            return "looked for in the folder of wheels alone"
        index = "PyPI" if self.url == PYPI else "the gate's index"
        return f"looked for in {index} {'alone' if self.wheels is None else 'and a folder of wheels'}"

    def arguments(self) -> list[str]:
        """Return the options that make pip look there and nowhere else."""
        found = ["--find-links", str(self.wheels)] if self.wheels else []
        if self.url:
            return [*found, "--index-url", self.url]
        return ["--no-index", *found]


@dataclass(frozen=True, slots=True)
class Target:
    """The Python that wheels are for: its version and its C library (`glibc 2.36`, `musl 1.2`)."""

    python: str
    libc: str

    def markers(self) -> dict[str, str]:
        """Return what conditions of requirements are told of it, by name (PEP 508)."""
        release = self.python if self.python.count(".") > 1 else f"{self.python}.0"
        return {
            "python_version": ".".join(release.split(".")[:2]),
            "python_full_version": release,
            "implementation_version": release,
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "os_name": "posix",
            "sys_platform": "linux",
            "platform_system": "Linux",
            "platform_release": "",
            "platform_version": "",
        }

    def arguments(self, machine: str) -> list[str]:
        """Return the options that make pip choose wheels for it."""
        major, minor = self.python.split(".")[:2]
        platforms = [f"linux_{machine}"]
        name, _, version = self.libc.partition(" ")
        match = re.match(r"(\d+)\.(\d+)", version)
        newest = int(match[2]) if match else 17
        if name == "musl":
            platforms += [f"musllinux_1_{number}_{machine}" for number in range(newest, -1, -1)]
        else:
            platforms += [f"manylinux_2_{number}_{machine}" for number in range(newest, 4, -1)]
            platforms += [f"{old}_{machine}" for old in ("manylinux2014", "manylinux2010", "manylinux1")]
        return [
            "--python-version",
            f"{major}.{minor}",
            "--implementation",
            "cp",
            *(part for platform in platforms for part in ("--platform", platform)),
        ]


@dataclass(frozen=True, order=True, slots=True)
class Wheel:
    """A wheel that was chosen: its package and the SHA-256 of its file."""

    package: Package
    sha256: str


def resolve(
    wanted: Sequence[Requirement], index: Index, target: Target, present: Sequence[Package]
) -> tuple[Wheel, ...]:
    """Return the wheels that `wanted` needs beside what is `present`; raises PackageError."""
    pinned = [f"{package.name}=={package.version}" for package in present]
    with tempfile.TemporaryDirectory(prefix="execgate-") as scratch:
        constraints = Path(scratch, "constraints.txt")
        constraints.write_text("".join(f"{line}\n" for line in pinned), encoding="utf-8")
        try:
            found = _report(wanted, index, target, constraints)
        except PackageError:
            if not pinned:
                raise
            found = _report(wanted, index, target, None)  # newer ones than the image has are wanted
    here = {(normalised(package.name), package.version) for package in present}
    return tuple(sorted(wheel for wheel in found if (wheel.package.name, wheel.package.version) not in here))


def fetch(wheels: Sequence[Wheel], index: Index, target: Target, folder: Path) -> tuple[Path, ...]:
    """Put the files of `wheels` into `folder`, each with its resolved digest; raises PackageError."""
    pinned = folder / "pinned.txt"
    lines = [f"{one.package.name}=={one.package.version} --hash=sha256:{one.sha256}\n" for one in wheels]
    pinned.write_text("".join(lines), encoding="utf-8")
    _pip(
        ["download", "--no-deps", "--require-hashes", "-r", str(pinned), "--dest", str(folder)],
        index,
        target,
        _FETCH_S,
    )
    files = tuple(sorted(folder.glob("*.whl")))
    if len(files) != len(wheels):
        raise PackageError(f"{len(files)} wheels came where {len(wheels)} were asked for")
    return files


def _report(
    wanted: Sequence[Requirement], index: Index, target: Target, constraints: Path | None
) -> tuple[Wheel, ...]:
    command = ["install", "--dry-run", "--ignore-installed", "--quiet", "--report", "-"]
    if constraints is not None:
        command += ["--constraint", str(constraints)]
    said = _pip([*command, *map(str, wanted)], index, target, _RESOLVE_S)
    try:
        return tuple(_wheel(row) for row in json.loads(said)["install"])
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise PackageError("pip does not say what it would install", help="use pip 23 or newer") from error


def _wheel(row: dict[str, Any]) -> Wheel:
    metadata, download = row["metadata"], row["download_info"]
    name, version = normalised(str(metadata["name"])), str(metadata["version"])
    if not str(download["url"]).partition("#")[0].endswith(".whl"):
        raise PackageError(f"`{escaped(name, 100)}` is there as source alone, which is never built")
    digest = str((download.get("archive_info") or {}).get("hashes", {}).get("sha256", ""))
    if not _DIGEST.fullmatch(digest):
        raise PackageError(f"the index tells no SHA-256 of `{escaped(name, 100)}`")
    return Wheel(Package(name, version), digest)


def _pip(arguments: Sequence[str], index: Index, target: Target, seconds: int) -> str:
    command = [
        *_command(target),
        *arguments[:1],
        "--only-binary=:all:",
        "--no-input",
        "--disable-pip-version-check",
        "--no-color",
        *index.arguments(),
        *target.arguments(os.uname().machine),
        *arguments[1:],
    ]
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    environment["PIP_CONFIG_FILE"] = os.devnull
    try:
        done = subprocess.run(
            command,
            env=environment,
            cwd=tempfile.gettempdir(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PackageError(f"pip did not do it: {escaped(str(error), 200)}") from error
    if done.returncode != 0:
        raise PackageError(
            f"{_why(done.stderr.decode('utf-8', 'replace'))} ({index.told})", help=_other_index(index)
        )
    return done.stdout.decode("utf-8", "replace")


def _other_index(index: Index) -> str | None:
    """Return what to do where this machine has an index of its own, which was not asked."""
    if index.url != PYPI or index.wheels is not None or not names_index_beside(PYPI):
        return None
    return "pip is set up for another index here, which the gate does not read: name it in EXECGATE_INDEX_URL"


def _why(said: str) -> str:
    """Return the line that tells most of what pip said."""
    lines = [" ".join(line.split()) for line in said.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    if errors[:1] == ["Exception:"]:
        errors = lines[-1:]  # behind it stands where in pip, and then what it was
    return escaped((errors or lines or ["pip failed and does not say why"])[0], 300)


def _command(target: Target) -> list[str]:
    """Return the command that starts a pip for `target`; raises PackageError where there is none.

    What a package needs can depend on the Python that it is for (PEP 508), of which pip asks its own and has
    no option: so it is told before it starts.
    """
    where = ""
    if importlib.util.find_spec("pip") is None:
        bundled = importlib.util.find_spec("ensurepip")
        origin = None if bundled is None else bundled.origin
        wheels = [] if origin is None else sorted(Path(origin).parent.glob("_bundled/pip-*.whl"))
        if not wheels:
            raise PackageError(
                "there is no pip on this machine to fetch packages with", help="pip install pip"
            )
        where = str(wheels[-1])
    return [sys.executable, "-I", "-c", _PIP, where, json.dumps(target.markers())]


_PIP = """
import json, runpy, sys
where, told = sys.argv[1], json.loads(sys.argv[2])
sys.path[:0] = [where] if where else []
from pip._vendor.packaging import markers
known = markers.default_environment() | told
markers.default_environment = lambda: dict(known)
if not markers.Marker(f"python_full_version == '{told['python_full_version']}'").evaluate():
    sys.exit("ERROR: this pip can't be told for which Python it is to resolve: pip install -U pip")
sys.argv[:] = ["pip", *sys.argv[3:]]
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""
