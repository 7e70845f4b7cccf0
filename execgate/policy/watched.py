"""Policies that are read again once their files change: what a long-lived gate decides by.

A version is taken over whole or not at all.  What can't be read, has a mistake, or is still being written is
refused, and the version before it stays, loudly.

Whether something changed is told by the files' marks: device, inode, size and both times.  The clock behind
the times ticks coarsely, so that a file can be written a second time with the same marks; the marks of files
that are younger than SETTLED_S are therefore not believed, and their content is compared.
"""

from __future__ import annotations

import hashlib
import logging
import os
import stat
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from execgate.errors import PolicyError
from execgate.policy.language import text as texts
from execgate.policy.policyset import PolicySet
from execgate.policy.problems import Problems, visible

QUIET_S = 0.1
"""How long files have to be left alone before a change of them is taken for complete."""

SETTLED_S = 2.0
"""From which age on the times of a file tell that it was not written since: the coarsest clocks tick so."""

_ROUNDS = 10

_log = logging.getLogger("execgate.policy")

_Marks: TypeAlias = "tuple[tuple[str | int, ...], ...]"


@dataclass(frozen=True, slots=True)
class Refused:
    """A newer version that was not taken over, and why.

    `digest` is of its files, None where they can't be read.
    """

    error: PolicyError
    digest: str | None


@dataclass(frozen=True, slots=True)
class Version:
    """What one decision is made by.

    `digest` is `sha256:` and the hex digest of the files' names and contents; `refused` is what lies in their
    place by now, where that could not be taken over.
    """

    policies: PolicySet
    digest: str
    refused: Refused | None = None


@dataclass(frozen=True, slots=True)
class _Reading:
    """The files as they were at one moment; `found` tells contents apart, also those that can't be read."""

    marks: _Marks
    files: Sequence[tuple[str, bytes]]
    error: PolicyError | None
    found: str
    quiet: bool
    settled: bool


@dataclass(frozen=True, slots=True)
class _State:
    version: Version
    marks: _Marks
    found: str
    settled: bool


class WatchedPolicies:
    """The policies of a file or folder, as they are whenever one asks; safe to share between threads."""

    def __init__(self, path: Path, *, on_refused: Callable[[PolicyError], None] | None = None) -> None:
        """Read them a first time; raises PolicyError.

        `on_refused` is told of each later version that is refused.
        """
        self._shown = Path(path)
        # Fixed now: a program that changes its working folder must not be judged by other policies.
        self._path = self._shown.absolute()
        self._on_refused = on_refused
        self._renewing = threading.Lock()
        # What is not whole yet is found out at the first decision: it is too young to be settled.
        reading = _read(self._path, self._shown) or self._at_rest(None)
        if reading.error is not None:
            raise reading.error
        version = Version(PolicySet.decode(reading.files), reading.found)
        self._state = _State(version, reading.marks, reading.found, reading.settled)

    def current(self) -> Version:
        """Return the version that decides now: the newest that could be taken over."""
        state = self._state
        if not state.settled or _marks(self._path) != state.marks:
            with self._renewing:
                self._renew()
        return self._state.version

    def _renew(self) -> None:
        state = self._state
        reading = _read(self._path, self._shown)
        if reading is None or (reading.marks, reading.found) != (state.marks, state.found):
            reading = self._at_rest(reading)
        version = state.version
        if reading.found != state.found:
            version = self._taken(reading)
        self._state = _State(version, reading.marks, reading.found, reading.settled)

    def _at_rest(self, reading: _Reading | None) -> _Reading:
        """Return the files once nobody writes them: a part of a policy can permit what the whole forbids."""
        replaced = False
        for _ in range(_ROUNDS):
            if reading is not None and reading.quiet:
                return reading
            time.sleep(QUIET_S)
            before, reading = reading, _read(self._path, self._shown)
            if before is None or reading is None:
                continue
            if before.marks == reading.marks and before.found == reading.found:
                return reading
            replaced = not _inodes(before.marks) & _inodes(reading.marks)
        if reading is not None and replaced:
            # Other files each time: somebody keeps putting whole ones in their place.
            return reading
        error = PolicyError(
            f"{visible(str(self._shown))}: the policy keeps changing while it is read",
            help="write it elsewhere, and rename it into its place",
        )
        return _Reading((), (), error, "changing", quiet=False, settled=False)

    def _taken(self, reading: _Reading) -> Version:
        """Return the version that follows from what was read: the new one, or the old one with why."""
        before = self._state.version
        if reading.found == before.digest:
            _log.info("the policy in %s is again the one that decides", visible(str(self._shown)))
            return replace(before, refused=None)
        if reading.error is not None:
            return self._refuse(reading.error, None)
        empty = next((name for name, data in reading.files if not data.strip()), None)
        if empty is not None:
            # Whoever writes a file in place empties it first: what it narrowed would be wide meanwhile.
            error = PolicyError(
                f"{visible(empty)}: the file is empty, as one is that is being written",
                help="remove a file that is to say nothing",
            )
            return self._refuse(error, reading.found)
        try:
            policies = PolicySet.decode(reading.files)
        except PolicyError as error:
            return self._refuse(error, reading.found)
        except Exception as error:  # noqa: BLE001 - a defect must not take the policy away that decides
            defect = PolicyError(f"the policy could not be read: {type(error).__name__}")
            return self._refuse(defect, reading.found)
        _log.info("the policy in %s changed, and decides from now on", visible(str(self._shown)))
        return Version(policies, reading.found)

    def _refuse(self, error: PolicyError, digest: str | None) -> Version:
        _log.warning(
            "the policy in %s changed and can't be used, so the one before it goes on deciding: %s",
            visible(str(self._shown)),
            error.message,
        )
        if self._on_refused is not None:
            try:
                self._on_refused(error)
            except Exception:  # noqa: BLE001 - whatever the caller's function does, the gate goes on deciding
                _log.exception("whoever is told of refused policies failed")
        return replace(self._state.version, refused=Refused(error, digest))


def _read(path: Path, shown: Path) -> _Reading | None:
    """Return the files as they are, None where they change meanwhile."""
    began = time.time_ns()
    marks = _marks(path)
    problems = Problems()
    files = texts.gather(path, problems, shown)
    if _marks(path) != marks:
        return None
    error = None
    try:
        problems.raise_if_any()
    except PolicyError as unreadable:
        error = unreadable
    age_s = (began - max((int(time_ns) for mark in marks for time_ns in mark[-2:]), default=0)) / 1e9
    return _Reading(
        marks,
        files,
        error,
        _digest(files) if error is None else error.rendered,
        quiet=error is None and age_s > QUIET_S,
        settled=error is None and bool(marks) and age_s > SETTLED_S,
    )


def _marks(path: Path) -> _Marks:
    """Return name, device, inode, size and both times of every file, and where the folder lies."""
    try:
        top = os.stat(path)  # noqa: PTH116 - asked at every decision, and this is twice as fast
        if not stat.S_ISDIR(top.st_mode):
            return (_mark("", top),)
        with os.scandir(path) as entries:
            found = [_mark(entry.name, entry.stat()) for entry in entries if texts.is_policy(entry.name)]
    except (OSError, ValueError):
        return ()  # `texts.gather` finds out why.
    # Not the folder's own times: whatever else is written there says nothing of the policies.
    return (("", top.st_dev, top.st_ino, 0, 0), *sorted(found))


def _mark(name: str, found: os.stat_result) -> tuple[str | int, ...]:
    return name, found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _inodes(marks: _Marks) -> set[tuple[str | int, ...]]:
    return {mark[1:3] for mark in marks if mark[0] or len(marks) == 1}


def _digest(files: Sequence[tuple[str, bytes]]) -> str:
    whole = hashlib.sha256()
    for name, data in files:
        for part in (name.encode("utf-8", "surrogateescape"), data):
            whole.update(len(part).to_bytes(8, "big") + part)
    return "sha256:" + whole.hexdigest()
