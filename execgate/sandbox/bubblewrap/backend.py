"""The bubblewrap backend: cells are processes in namespaces of their own, without an engine."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import socket
import stat
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from execgate.errors import SandboxUnavailableError
from execgate.model.verdict import Authorization
from execgate.sandbox import forks
from execgate.sandbox.bubblewrap import leftovers
from execgate.sandbox.bubblewrap.cell import BubblewrapCell
from execgate.sandbox.bubblewrap.command import INSTEAD, NAMESPACES, Place, command, entries
from execgate.sandbox.bubblewrap.groups import Groups, Share
from execgate.sandbox.bubblewrap.spawner import spawn
from execgate.sandbox.bubblewrap.users import FIX, Entrance, Users
from execgate.sandbox.bubblewrap.wire import SocketWire
from execgate.sandbox.cell import Cell, ImageGoneError, Profile
from execgate.sandbox.files import escaped
from execgate.sandbox.image.facts import NO_FACTS, Facts
from execgate.sandbox.image.known import Known
from execgate.sandbox.image.recipe import Recipe
from execgate.sandbox.image.root import Root, ensure_root, find_root
from execgate.sandbox.machine import fix_for
from execgate.sandbox.network import Doors, sweep_doors
from execgate.sandbox.places import USER, processors
from execgate.sandbox.protocol import to_stderr
from execgate.sandbox.seccomp import program as program_of_calls

# Begins only when it was put where it belongs: the line comes when that is done.
_GATE = ("/bin/sh", "-c", 'read -r _ && exec "$@"', "sh")
_TRIAL_S = 20
_NAMESPACES_HELP = (
    "let ordinary users make user namespaces: `sysctl kernel.unprivileged_userns_clone=1` (Debian), "
    "`sysctl kernel.apparmor_restrict_unprivileged_userns=0` (Ubuntu), `user.max_user_namespaces` above 0; "
    "in a container, start that with --security-opt seccomp=unconfined --security-opt systempaths=unconfined"
)
_DOCTOR = "`execgate doctor` says what bubblewrap lacks here"
_TRIAL = ("--die-with-parent", "--ro-bind", "/", "/", "true")


@dataclass(frozen=True, slots=True)
class _Machine:
    """What this machine has for cells."""

    program: str
    groups: Groups
    users: Users
    entrypoint: tuple[str, ...]


class BubblewrapBackend:
    """Makes cells that are bubblewrap processes; see `Backend`.

    `on_progress` gets a line for each step that takes time (standard error if None).
    """

    name = "bubblewrap"

    def __init__(self, *, on_progress: Callable[[str], None] | None = None) -> None:
        self._on_progress = on_progress or to_stderr
        self._lock = threading.Lock()
        self._machine: _Machine | None = None
        self._doors = Doors()
        self._roots: Known[Root] = Known()
        forks.register(self)

    def forget_parent(self) -> None:
        """Start anew in a forked process, where another thread may have held the lock."""
        self._lock = threading.Lock()

    def prepare(self) -> None:
        """Find what is needed, and clear what killed gates left behind, where that was not done yet."""
        with self._lock:
            self._ready()

    def lacks(self) -> frozenset[str]:
        """Return the limits that need control groups where there are none, and sessions without users."""
        with self._lock:
            machine = self._ready()
            return lacking(machine.groups, machine.users)

    def instead(self) -> Mapping[str, str]:
        """Return what holds without control groups where a policy asks for nothing in particular."""
        return {field: words for field, words in INSTEAD.items() if field in self.lacks()}

    def remedy(self, field: str) -> str:
        """Return why and how sessions are not had; control groups are the same for all."""
        with self._lock:
            why = self._ready().users.why
        return f"{why}: {FIX}" if field == "session" else ""

    def image(self, authorization: Authorization) -> str:
        """Return the root's id, found or made at the first program."""
        return self._roots.of_program(
            authorization, find_root, lambda name: ensure_root(name, on_progress=self._on_progress)
        ).id

    def facts(self, image: str) -> Facts:
        """Return what is in a root that was returned."""
        found = self._roots.by_id(image)
        return NO_FACTS if found is None else found.facts

    def forget_image(self, image: str) -> None:
        """Look for the root anew."""
        self._roots.forget(image)

    def start(self, profile: Profile) -> Cell:
        """Start bubblewrap, in a control group of its own where there are any."""
        with self._lock:
            machine = self._ready()
        root = self._roots.by_id(profile.image)
        if root is None or not root.path.is_dir():
            raise ImageGoneError
        _check_way(root.path, "name a folder that everybody may enter in EXECGATE_CACHE")
        for shared in profile.host_folders:
            _check_way(Path(shared.source), "let everybody enter it (`chmod o+x`)")
        name = leftovers.new_name()
        with contextlib.ExitStack() as pipes, contextlib.ExitStack() as undo:
            group = machine.groups.make(name, _share(profile)) if machine.groups.bases else None
            if group is not None:
                undo.callback(group.remove)
                undo.callback(group.kill)
            door = self._doors.open() if profile.network else None
            if door is not None:
                undo.callback(door.close)
                _let_in(door.folder.parent)
                _check_way(door.folder, "set TMPDIR to a folder that everybody may enter")
            shown = tuple(group.shown()) if group is not None else ()
            folder = None if door is None else door.folder
            entrance = Entrance() if profile.kept else None
            if entrance is not None:
                pipes.callback(entrance.close)
            place = Place(
                machine.program,
                root.path,
                entries(root.path),
                machine.entrypoint,
                program_of_calls(kept=profile.kept),
                folder,
                shown,
                () if entrance is None else entrance.arguments,
            )
            passed = () if entrance is None else entrance.theirs
            process, wire = _spawned([*_GATE, *command(place, profile)], passed)
            ours = _own_processes(profile)
            cell = BubblewrapCell(name, process, wire, group=group, door=door, ours=ours)
            undo.callback(cell.kill)
            undo.callback(wire.close)
            try:
                if group is not None:
                    group.enter(process.pid)
            except OSError as error:
                raise SandboxUnavailableError(
                    f"can't use a control group: {error.strerror}", help=fix_for(error, _DOCTOR)
                ) from error
            wire.write(b"\n", 1.0)
            if entrance is not None:
                _let_in_users(entrance, machine.users, process, wire)
            undo.pop_all()
            return cell

    def tidy(self, left: Sequence[Cell]) -> tuple[Cell, ...]:
        """Try again to remove each."""
        return tuple(cell for cell in left if cell.remove() is not None)

    def close(self) -> None:
        """Close every door, and forget what was found."""
        self._doors.close()
        with self._lock:
            self._machine = None

    def _ready(self) -> _Machine:
        if self._machine is None:
            program = find_program()
            try_out(program)
            groups = Groups.find()
            users = find_users(program)
            program_of_calls()  # a machine without a table of calls is refused here, not at a run
            self._machine = _Machine(program, groups, users, Recipe.load().entrypoint)
            leftovers.sweep(groups)
            sweep_doors()
        return self._machine


def _spawned(line: Sequence[str], passed: Sequence[int]) -> tuple[subprocess.Popen[bytes], SocketWire]:
    ours, theirs = socket.socketpair()
    try:
        errors, errors_in = os.pipe()
    except OSError:
        ours.close()
        theirs.close()
        raise
    wire = SocketWire(ours, errors)
    try:
        user = program_user()
        return spawn(line, stream=theirs.fileno(), errors=errors_in, user=user, passed=passed), wire
    except BaseException as error:
        wire.close()
        if isinstance(error, OSError):
            raise SandboxUnavailableError(
                f"can't start bubblewrap: {error.strerror}", help=fix_for(error, _DOCTOR)
            ) from error
        raise
    finally:
        theirs.close()
        os.close(errors_in)


def _check_way(path: Path, help_: str) -> None:
    """Raise SandboxUnavailableError where a folder above is closed to whom bubblewrap is started as."""
    user = program_user()
    if user is None:
        return
    for folder in reversed(path.parents):
        with contextlib.suppress(OSError):  # bubblewrap says what is not there
            info = folder.stat()
            member = stat.S_IXGRP if info.st_gid == user else 0
            if not info.st_mode & (stat.S_IXOTH | member):
                raise SandboxUnavailableError(
                    f"bubblewrap is started as user {user}, who may not enter {folder} and so not {path}",
                    help=help_,
                )


def _let_in(folder: Path) -> None:
    """Let bubblewrap go through a folder of this user's, where it runs as somebody else."""
    user = program_user()
    if user is not None:
        os.chown(folder, -1, user)
        folder.chmod(0o710)


def _let_in_users(
    entrance: Entrance, users: Users, process: subprocess.Popen[bytes], wire: SocketWire
) -> None:
    try:
        entrance.let_in(users, process.pid, starter())
    except OSError as error:
        said = escaped(wire.said().strip(), 200)
        raise SandboxUnavailableError(
            f"can't map the users of a session: {said or error.strerror}", help=FIX
        ) from error


def lacking(groups: Groups, users: Users) -> frozenset[str]:
    """Return the fields of Limits and of Confines that can't be kept with these control groups and users.

    A session needs a user for each run.  Processes are counted by the cell's user namespace where no group
    counts them.
    """
    return (groups.lacks - {"processes"}) | ({"session"} if users.why else frozenset())


def find_users(program: str) -> Users:
    """Return the users that runs in a session can have, tried out; never raises."""
    users = Users.find()
    if users.why:
        return users
    entrance = Entrance()
    user = program_user()
    try:
        with subprocess.Popen(
            [program, "--unshare-user", *entrance.arguments, *_TRIAL],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env=leftovers.environment(),
            pass_fds=entrance.theirs,
            user=user,
            group=user,
            extra_groups=() if user is not None else None,
        ) as process:
            try:
                entrance.let_in(users, process.pid, starter())
                process.wait(_TRIAL_S)
            finally:
                process.kill()
    except (OSError, subprocess.SubprocessError) as error:
        why = error.strerror if isinstance(error, OSError) else "bubblewrap does not end"
        return Users({}, {}, f"can't map users: {why}")
    finally:
        entrance.close()
    return users


def starter() -> tuple[int, int]:
    """Return the user and the group that bubblewrap is started as."""
    user = program_user()
    return (os.geteuid(), os.getegid()) if user is None else (user, user)


def find_program() -> str:
    """Return bubblewrap's path; raises SandboxUnavailableError where it is not installed."""
    found = shutil.which("bwrap")
    if found is None:
        raise SandboxUnavailableError(
            "bubblewrap is not installed", help="install it (`apt-get install bubblewrap`)"
        )
    return found


def try_out(program: str) -> None:
    """Raise SandboxUnavailableError, with the fix, where bubblewrap may not make its namespaces here."""
    line = [
        program,
        *(f"--unshare-{name}" for name in NAMESPACES),
        "--die-with-parent",
        "--ro-bind",
        "/",
        "/",
    ]
    user = program_user()
    try:
        done = subprocess.run(
            [*line, "--proc", "/proc", "--tmpfs", "/tmp", "true"],  # noqa: S108 - its own
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd="/",
            env=leftovers.environment(),
            timeout=_TRIAL_S,
            check=False,
            user=user,
            group=user,
            extra_groups=() if user is not None else None,
        )
    except (OSError, subprocess.SubprocessError) as error:
        if user is not None and isinstance(error, OSError) and error.errno in {errno.EPERM, errno.EINVAL}:
            raise SandboxUnavailableError(
                f"root can't start bubblewrap as user {user} here: {error.strerror}",
                help="run the gate as an ordinary user, or map at least 65,536 ids into its user namespace",
            ) from error
        raise SandboxUnavailableError(
            f"bubblewrap does not start: {error}",
            help=(fix_for(error) if isinstance(error, OSError) else None) or _NAMESPACES_HELP,
        ) from error
    if done.returncode != 0:
        said = escaped(done.stderr.decode("utf-8", "replace").strip(), 200)
        raise SandboxUnavailableError(
            f"bubblewrap can't make a sandbox here: {said or f'status {done.returncode}'}",
            help=_NAMESPACES_HELP,
        )


def program_user() -> int | None:
    """Return who bubblewrap is to be started as, None for this user.

    What is root in a namespace of root's own is root outside, too: it is never started as root.
    """
    return USER if os.geteuid() == 0 else None


def _share(profile: Profile) -> Share:
    limits = profile.limits
    return Share(
        memory_bytes=limits.memory_bytes,
        cpus=processors(limits.cpus, os.cpu_count() or 1),
        processes=None if limits.processes is None else limits.processes + _own_processes(profile),
    )


def _own_processes(profile: Profile) -> int:
    return profile.own_processes + 1  # bubblewrap itself, which waits
