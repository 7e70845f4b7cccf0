"""What a program may install, before it begins: asked of the policy, fetched, and laid out as a folder.

A layer is the unpacked wheels of one resolution, kept by their digests and mounted read-only.  Each package
of the resolution is asked of the policy by name, those that others need too: what comes with a package is as
much somebody's code as the package itself, and a name that nobody allowed is not installed.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from execgate.errors import SandboxUnavailableError
from execgate.model.operation import PackageInstall
from execgate.model.source import Span
from execgate.model.verdict import Authorization
from execgate.sandbox import forks
from execgate.sandbox.contents import Package
from execgate.sandbox.files import escaped
from execgate.sandbox.image.archive import normalise
from execgate.sandbox.image.cache import cache_folder, discard, keep, making
from execgate.sandbox.image.facts import Facts
from execgate.sandbox.layers.compiling import compile_folder
from execgate.sandbox.packages.index import Index, PackageError, Target, Wheel, fetch, resolve
from execgate.sandbox.packages.requirement import Requirement, parse
from execgate.sandbox.packages.wheel import WheelError, unpack
from execgate.sandbox.places import PACKAGES
from execgate.sandbox.protocol import Permits

_KIND = "layers"
_FORMAT = "1"
_CONVERSATIONS = 1000
_RESOLUTIONS = 1000
_ANY = "*"
_PIP = "pip"
_NOWHERE = Span(1, 0, 1, 0)


@dataclass(frozen=True, slots=True)
class Layer:
    """What is installed for a run: the folder to mount, its wheels, and why others are not in it, by name."""

    folder: Path | None = None
    wheels: tuple[Wheel, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict, hash=False)

    def told(self) -> dict[str, str]:
        """Return why something is not installed, as the guest is told: short, and not too many."""
        return {name[:100]: why[:300] for name, why in list(self.refused.items())[:10]}

    def lines(self) -> tuple[str, ...]:
        """Return each wheel as `name==version` with its digest."""
        return tuple(
            f"{wheel.package.name}=={wheel.package.version} sha256:{wheel.sha256}" for wheel in self.wheels
        )


NOTHING = Layer()


class Layers:
    """The layers of a sandbox's agents and conversations; may be used from several threads at once.

    What an agent installed in a conversation stays for its later blocks there; without a conversation it is
    for the one program alone.
    """

    def __init__(self, index: Callable[[], Index] = Index.configured) -> None:
        self._index = index
        self._wanted: OrderedDict[tuple[str, str], tuple[Requirement, ...]] = OrderedDict()
        self._resolved: OrderedDict[object, tuple[Wheel, ...]] = OrderedDict()
        self.forget_parent()
        forks.register(self)

    def forget_parent(self) -> None:
        """Begin anew in a forked process, where another thread may have held the lock."""
        self._lock = threading.Lock()

    def for_run(
        self, authorization: Authorization, conversation: str | None, permits: Permits | None, facts: Facts
    ) -> Layer:
        """Return what is installed for an authorized program, in an image with these `facts`.

        Raises SandboxUnavailableError where this machine can't keep it.
        """
        asked, refused = wanted(authorization)
        key = None if conversation is None else (authorization.verdict.agent, conversation)
        with self._lock:
            before = self._wanted.get(key, ()) if key is not None else ()
        if not asked and not before:
            return Layer(refused=refused) if refused else NOTHING
        whole = (*(one for one in before if one.name not in {new.name for new in asked}), *asked)
        try:
            layer = self._layer(whole, permits, facts, refused)
        except PackageError as error:
            refused |= {one.name: error.line for one in asked or whole}
            if asked and before:
                return self._without(before, permits, facts, refused)
            return Layer(refused=refused)
        if key is not None:
            with self._lock:
                self._wanted[key] = whole
                self._wanted.move_to_end(key)
                if len(self._wanted) > _CONVERSATIONS:
                    self._wanted.popitem(last=False)
        return layer

    def _without(
        self, before: Sequence[Requirement], permits: Permits | None, facts: Facts, refused: dict[str, str]
    ) -> Layer:
        """Return what was installed before, where nothing can be added to it."""
        try:
            return self._layer(before, permits, facts, refused)
        except PackageError:
            return Layer(refused=refused)

    def _layer(
        self,
        asked: Sequence[Requirement],
        permits: Permits | None,
        facts: Facts,
        refused: Mapping[str, str],
    ) -> Layer:
        index = self._index()
        target = Target(facts.python, facts.libc)
        present = tuple(package for package in facts.contents if package.kind == "python")
        wheels = self._resolve(asked, index, target, present)
        _judge(asked, wheels, permits)
        if not wheels:
            return Layer(refused=refused)
        key = hashlib.sha256(
            json.dumps([_FORMAT, target.python, [wheel.sha256 for wheel in wheels]]).encode()
        ).hexdigest()
        try:
            folder = keep(_KIND, key, lambda draft: _make(wheels, index, target, draft))
        except WheelError as error:
            raise PackageError(str(error)) from error
        except OSError as error:
            raise _no_room(error) from error
        return Layer(folder / "files", wheels, refused)

    def _resolve(
        self, asked: Sequence[Requirement], index: Index, target: Target, present: tuple[Package, ...]
    ) -> tuple[Wheel, ...]:
        key = (tuple(asked), index, target, present)
        with self._lock:
            found = self._resolved.get(key)
        if found is None:
            try:
                found = resolve(asked, index, target, present)
            except OSError as error:
                raise _no_room(error) from error
            with self._lock:
                self._resolved[key] = found
                if len(self._resolved) > _RESOLUTIONS:
                    self._resolved.popitem(last=False)
        return found


def wanted(authorization: Authorization) -> tuple[tuple[Requirement, ...], dict[str, str]]:
    """Return the packages that a program asks for, and why others are not fetched, by name."""
    program = authorization.verdict.program
    found: dict[str, Requirement] = {}
    refused: dict[str, str] = {}
    for operation in () if program is None else program.operations:
        if not isinstance(operation, PackageInstall):
            continue
        for package in operation.packages:
            if not isinstance(package, str):
                refused[_ANY] = "which package is only known once the program runs"
                continue
            requirement = parse(package)
            if requirement is None:
                refused[escaped(package, 100)] = "only packages by name are installed, from the gate's index"
            elif requirement.name != _PIP:  # the image's own answers to that name, and is as new as it gets
                found[requirement.name] = requirement
    return tuple(found.values()), refused


def prune_layers() -> tuple[str, ...]:
    """Remove every layer that is kept, of which none may be in use; return their digests."""
    home = cache_folder() / _KIND
    if not home.is_dir():
        return ()
    with making(_KIND) as draft:
        gone = sorted(path.name for path in home.iterdir() if path.is_dir() and len(path.name) == 64)
        discard([home / name for name in gone], draft)
    return tuple(f"sha256:{name}" for name in gone)


def _judge(asked: Sequence[Requirement], wheels: Sequence[Wheel], permits: Permits | None) -> None:
    """Raise PackageError where the policy does not permit one of the wheels."""
    denied = [
        wheel.package.name
        for wheel in wheels
        if permits is None
        or not permits(PackageInstall(packages=(wheel.package.name,), via="pip", location=_NOWHERE))
    ]
    own = {one.name for one in asked}
    needed = [name for name in denied if name not in own]
    if needed:
        names = ", ".join(f'"{name}"' for name in needed)
        raise PackageError(f"it needs what the policy does not permit: add {names} to allowed_packages")
    if denied:
        raise PackageError(f"the policy does not permit {', '.join(denied)}")


def _no_room(error: OSError) -> SandboxUnavailableError:
    return SandboxUnavailableError(
        f"can't lay out the packages that a program asks for: {error.strerror or error}",
        help=f"make room in {tempfile.gettempdir()} and in {cache_folder()}, or name others in TMPDIR and"
        " EXECGATE_CACHE",
    )


def _make(wheels: Sequence[Wheel], index: Index, target: Target, draft: Path) -> None:
    files = draft / "files"
    files.mkdir(mode=0o755)
    left_out: list[str] = []
    with tempfile.TemporaryDirectory(prefix="execgate-") as scratch:
        for file in fetch(wheels, index, target, Path(scratch)):
            left_out += unpack(file, files).left_out
    if target.python.split(".")[:2] == [str(part) for part in sys.version_info[:2]]:
        compile_folder(files, PACKAGES)
    normalise(files)
    about = {"wheels": [[one.package.name, one.package.version, one.sha256] for one in wheels]}
    (draft / "about.json").write_text(json.dumps({**about, "left_out": left_out}), encoding="utf-8")
