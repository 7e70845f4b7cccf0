"""The users of a kept cell: ids that nobody on this host has, mapped into its namespace from outside.

Whoever makes a user namespace may map one id into it, his own; more of them only somebody privileged maps:
a gate that is root, or `newuidmap` and `newgidmap` for a user to whom `/etc/subuid` and `/etc/subgid` give a
range (user_namespaces(7), newuidmap(1)).  A starting bubblewrap waits for it.
"""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from execgate.sandbox.places import KEEPER, RUNS, TEMPLATE

BASES = tuple(range(1_900_000_000, 2_100_000_000, 10_000_000))
"""Where a range may begin that a gate takes as root: ids that systemd's list of ranges gives to nobody."""

FIX = (
    "run the gate as root, or install newuidmap (`apt-get install uidmap`) and give its user a range: "
    "`usermod --add-subuids 200000-265535 --add-subgids 200000-265535 NAME` (/etc/subuid, /etc/subgid)"
)
_TOOLS = {"uid": "newuidmap", "gid": "newgidmap"}
_COUNT = len(RUNS) + 1
_ANSWER_S = 10.0
_MAX_BYTES = 4096
_ID_LIMIT = 2**32 - 2


@dataclass(frozen=True, slots=True)
class Users:
    """Where the users and groups of runs lie on this host; with `why`, there are none."""

    first: dict[str, int]
    """By `uid` and `gid`: the first id outside, of as many as there are users of runs and one more."""
    tools: dict[str, str]
    """What maps them, by path; none for a gate that does it itself."""
    why: str = ""

    @classmethod
    def find(cls) -> Users:
        """Return the range that this user may map; never raises."""
        if os.geteuid() == 0:
            taken = [*_given("/etc/subuid"), *_given("/etc/subgid")]
            free = next((base for base in BASES if not _is_taken(base, taken)), None)
            return _none("every range is taken") if free is None else cls({"uid": free, "gid": free}, {})
        tools = {kind: shutil.which(name) for kind, name in _TOOLS.items()}
        if not all(tools.values()):
            missing = " and ".join(name for kind, name in _TOOLS.items() if not tools[kind])
            return _none(f"there is no {missing}")
        first = {}
        for kind in _TOOLS:
            found = next((start for start, count in _own(f"/etc/sub{kind}") if count >= _COUNT), None)
            if found is None:
                return _none(f"/etc/sub{kind} gives this user no range of {_COUNT:,} ids")
            first[kind] = found
        return cls(first, {kind: path for kind, path in tools.items() if path is not None})

    def rows(self, kind: str, starter: int) -> list[tuple[int, int, int]]:
        """Return what is mapped, as (inside, outside, how many); `starter` is who started bubblewrap.

        The supervisor alone is the starter, as it is in a cell of one run.  No id of a run is anybody's.
        """
        base = self.first[kind]
        return [
            (RUNS.start, base, len(RUNS)),
            (TEMPLATE, base + len(RUNS), 1),
            (KEEPER, starter, 1),
        ]

    def map(self, pid: int, parent: int, starter: tuple[int, int]) -> None:
        """Map the ids into the namespace of process `pid`, a child of `parent`; raises OSError."""
        process = os.open(f"/proc/{pid}", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            status = _contents(process, "status").decode("ascii", "replace")
            if f"\nPPid:\t{parent}\n" not in status:
                raise ProcessLookupError(0, "the process to map users for is another one now")
            for kind, own in zip(_TOOLS, starter, strict=True):
                rows = self.rows(kind, own)
                if self.tools:
                    _by_tool(self.tools[kind], pid, rows)
                else:
                    _by_hand(process, f"{kind}_map", rows)
        finally:
            os.close(process)


class Entrance:
    """The pipes by which a starting bubblewrap says where its namespace is, and waits for its users."""

    def __init__(self) -> None:
        self._wait, self._go = os.pipe()
        try:
            self._told, self._tell = os.pipe()
        except OSError:
            self._close((self._wait, self._go))
            raise

    @property
    def arguments(self) -> tuple[str, ...]:
        """What bubblewrap is told."""
        return ("--userns-block-fd", str(self._wait), "--info-fd", str(self._tell))

    @property
    def theirs(self) -> tuple[int, ...]:
        """The descriptors that bubblewrap is to inherit."""
        return (self._wait, self._tell)

    def let_in(self, users: Users, bubblewrap: int, starter: tuple[int, int]) -> None:
        """Map the users of bubblewrap's namespace, and have it go on; raises OSError.

        `bubblewrap` is its process, `starter` the user and group that it was started as.
        """
        self._close(self.theirs)
        self._wait = self._tell = -1
        waiting = self._child()
        try:
            users.map(waiting, bubblewrap, starter)
            os.write(self._go, b"\n")
        except BaseException:
            # It waits for bubblewrap, and would not notice that this is killed before it gave the word.
            with contextlib.suppress(OSError):
                os.kill(waiting, signal.SIGKILL)
            raise

    def close(self) -> None:
        """Close every end: a bubblewrap that still waits goes on without users, and can start nothing."""
        self._close((self._wait, self._go, self._told, self._tell))
        self._wait = self._go = self._told = self._tell = -1

    def _child(self) -> int:
        deadline, said = time.monotonic() + _ANSWER_S, b""
        while b"}" not in said and len(said) < _MAX_BYTES:
            left = max(deadline - time.monotonic(), 0.0)
            if not select.select([self._told], [], [], left)[0]:
                raise TimeoutError(0, "bubblewrap does not say where its namespace is")
            piece = os.read(self._told, _MAX_BYTES)
            if not piece:
                raise ProcessLookupError(0, "bubblewrap ended before it had a namespace")
            said += piece
        try:
            return int(json.loads(said)["child-pid"])
        except (ValueError, KeyError, TypeError) as error:
            raise OSError(0, "bubblewrap does not say which process is in its namespace") from error

    @staticmethod
    def _close(ends: tuple[int, ...]) -> None:
        for end in ends:
            if end >= 0:
                os.close(end)


def _none(why: str) -> Users:
    return Users({}, {}, why)


def _contents(folder: int, name: str) -> bytes:
    file = os.open(name, os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder)
    try:
        return os.read(file, 1 << 16)
    finally:
        os.close(file)


def _by_hand(process: int, name: str, rows: list[tuple[int, int, int]]) -> None:
    # One write, at the beginning of the file: the kernel takes a map whole and once (user_namespaces(7)).
    text = "".join("{} {} {}\n".format(*row) for row in rows)
    file = os.open(name, os.O_WRONLY | os.O_CLOEXEC, dir_fd=process)
    try:
        os.write(file, text.encode("ascii"))
    finally:
        os.close(file)


def _by_tool(tool: str, pid: int, rows: list[tuple[int, int, int]]) -> None:
    line = [tool, str(pid), *(str(number) for row in rows for number in row)]
    try:
        done = subprocess.run(line, capture_output=True, timeout=_ANSWER_S, check=False, cwd="/")
    except subprocess.SubprocessError as error:
        raise TimeoutError(0, f"{tool} does not end") from error
    if done.returncode != 0:
        raise PermissionError(0, done.stderr.decode("utf-8", "replace").strip()[:200] or f"{tool} failed")


def _given(path: str) -> Iterator[tuple[int, int]]:
    """Yield every range (first id, how many) of a file as subuid(5) describes it."""
    yield from ((start, count) for _, start, count in _entries(path))


def _own(path: str) -> Iterator[tuple[int, int]]:
    """Yield the ranges that are this user's."""
    names = {str(os.geteuid())}
    with contextlib.suppress(KeyError):
        names.add(pwd.getpwuid(os.geteuid()).pw_name)
    yield from ((start, count) for name, start, count in _entries(path) if name in names)


def _entries(path: str) -> Iterator[tuple[str, int, int]]:
    with contextlib.suppress(OSError):
        for line in Path(path).read_text(encoding="utf-8", errors="replace").splitlines():
            name, *numbers = line.strip().split(":")
            if len(numbers) == 2 and all(number.isascii() and number.isdigit() for number in numbers):
                start, count = map(int, numbers)
                # A range of root's own id is no range for anybody's runs.
                if 0 < start <= start + count <= _ID_LIMIT:
                    yield name, start, count


def _is_taken(base: int, given: list[tuple[int, int]]) -> bool:
    """Return whether one of the ids from `base` on is somebody's, as far as this host's lists tell."""
    ids = range(base, base + _COUNT)
    return any(start < ids.stop and ids.start < start + count for start, count in given) or any(
        user.pw_uid in ids or user.pw_gid in ids for user in pwd.getpwall()
    )
