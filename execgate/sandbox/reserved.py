"""Host files that are none of a program's business: the receipts with their keys, and the policies."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath


@dataclass(frozen=True, slots=True)
class Reserved:
    """State folders, from which nothing is handed in, and policies, which nothing that comes out may change.

    `policies` are the files and folders that policies are loaded from, now or at the next start: one that
    is not there yet must not come to be.  Links are followed on both sides of every comparison.
    """

    homes: tuple[Path, ...] = ()
    policies: tuple[Path, ...] = ()

    def home_of(self, path: Path) -> Path | None:
        """Return the state folder that `path` is or lies in, None where there is none."""
        return next((home for home in self.homes if _is_within(path, home)), None)

    def homes_below(self, folder: Path) -> tuple[Path, ...]:
        """Return the state folders that are there and lie below `folder`."""
        return tuple(home for home in self.homes if home.exists() and _is_within(home, folder))

    def exposed_by(self, folder: Path) -> str | None:
        """Return why nothing may see all of `folder`, None where it may: what it holds, or lies in.

        What is mounted below it counts too, and so does the same place under another mount's name.
        """
        mounts = Mounts.now()
        shown = mounts.shown_by(folder)
        for places, what in (
            (self.homes, "receipts and their keys are kept there"),
            (self.policies, "policies are loaded from there"),
        ):
            if any(_is_within(place, folder) or _is_within(folder, place) for place in places):
                return what
            if any(mounts.at(place).meets(one) for place in places for one in shown):
                return what
        return None

    def fault(self, folder: Path, name: str) -> str | None:
        """Return why no file `name` may be written below `folder`, None where one may."""
        target = Path(os.path.realpath(folder)) / name
        if self.home_of(target) is not None:
            return "not written: receipts and their keys are kept there"
        if any(_decides(target, policy) for policy in self.policies):
            return "not written: policies are loaded from there"
        return None


@dataclass(frozen=True, slots=True)
class Location:
    """Where something lies whatever it is called: the number of a file system, and the path in that."""

    device: str
    path: PurePosixPath

    def meets(self, other: Location) -> bool:
        """Return whether one of both is the other, or lies in it."""
        alike = self.path.is_relative_to(other.path) or other.path.is_relative_to(self.path)
        return self.device == other.device and alike


@dataclass(frozen=True, slots=True)
class Mounts:
    """What is mounted where, the first to be mounted first (`/proc/self/mountinfo`, proc(5))."""

    table: tuple[tuple[PurePosixPath, Location], ...]

    @classmethod
    def now(cls) -> Mounts:
        """Return what is mounted now; nothing where the kernel does not tell."""
        try:
            told = Path("/proc/self/mountinfo").read_bytes()
        except OSError:
            return cls(())
        return cls.read(os.fsdecode(told))

    @classmethod
    def read(cls, text: str) -> Mounts:
        """Return what the kernel tells."""
        rows = (line.split(" ") for line in text.split("\n"))
        return cls(tuple((_path(row[4]), Location(row[2], _path(row[3]))) for row in rows if len(row) > 4))

    def at(self, path: Path) -> Location:
        """Return where a path leads to."""
        real = PurePosixPath(os.path.realpath(path))
        for place, location in sorted(self.table, key=lambda row: len(row[0].parts))[::-1]:
            if real.is_relative_to(place):
                return Location(location.device, location.path / real.relative_to(place))
        return Location("", real)

    def shown_by(self, folder: Path) -> tuple[Location, ...]:
        """Return where a folder lies, and what is mounted below it."""
        real = PurePosixPath(os.path.realpath(folder))
        below = (location for place, location in self.table if place.is_relative_to(real) and place != real)
        return (self.at(folder), *below)


def _path(text: str) -> PurePosixPath:
    r"""Return a path of the kernel's table, in which a space stands as `\040`."""
    return PurePosixPath(re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text))


def _is_within(path: Path, folder: Path) -> bool:
    try:
        real = Path(os.path.realpath(path))
        if real.is_relative_to(os.path.realpath(folder)):
            return True
        # The same folder may have another name: on a second mount, or in another case.
        status = os.stat(folder)  # noqa: PTH116
    except (OSError, ValueError):
        return False
    return any(_is(step, status) for step in (real, *real.parents))


def _is(path: Path, status: os.stat_result) -> bool:
    try:
        return os.path.samestat(os.stat(path), status)  # noqa: PTH116
    except OSError:
        return False


def _decides(target: Path, policy: Path) -> bool:
    """Whether a file at `target` would be, or hide, what is loaded from `policy`."""
    if not policy.is_dir():
        # A file, or nothing yet: then neither a file nor a folder may take the name.
        return _is_within(target, policy)
    if target.suffix.lower() == ".policy" and _is_within(target.parent, policy):
        return True
    return any(os.path.realpath(file) == str(target) for file in policy.glob("*.policy"))
