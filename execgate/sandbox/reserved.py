"""Host files that are none of a program's business: the receipts with their keys, and the policies."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


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
        """Return why nothing may see all of `folder`, None where it may: what it holds, or lies in."""
        for places, what in (
            (self.homes, "receipts and their keys are kept there"),
            (self.policies, "policies are loaded from there"),
        ):
            if any(_is_within(place, folder) or _is_within(folder, place) for place in places):
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
