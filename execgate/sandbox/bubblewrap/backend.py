"""The bubblewrap backend: cells are processes in namespaces of their own, without an engine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from execgate.errors import SandboxUnavailableError
from execgate.model.verdict import Authorization
from execgate.sandbox import forks
from execgate.sandbox.bubblewrap import leftovers
from execgate.sandbox.bubblewrap.cell import BubblewrapCell
from execgate.sandbox.bubblewrap.command import NAMESPACES, Place, command, entries
from execgate.sandbox.bubblewrap.groups import Groups, Made, Share
from execgate.sandbox.bubblewrap.spawner import spawn
from execgate.sandbox.bubblewrap.wire import SocketWire
from execgate.sandbox.cell import Cell, ImageGoneError, Profile
from execgate.sandbox.files import escaped
from execgate.sandbox.image.recipe import Recipe
from execgate.sandbox.image.root import BASE, Root, ensure_root
from execgate.sandbox.places import USER
from execgate.sandbox.seccomp import program as program_of_calls

# Begins only when it was put where it belongs: the line comes when that is done.
_GATE = ("/bin/sh", "-c", 'read -r _ && exec "$@"', "sh")
_TRIAL_S = 20
_NAMESPACES_HELP = (
    "let ordinary users make user namespaces: `sysctl kernel.unprivileged_userns_clone=1` (Debian), "
    "`sysctl kernel.apparmor_restrict_unprivileged_userns=0` (Ubuntu), `user.max_user_namespaces` above 0; "
    "in a container, start that with --security-opt seccomp=unconfined --security-opt systempaths=unconfined"
)
_OWN_PROCESSES = 2  # bubblewrap, which waits, and the supervisor


def _to_stderr(line: str) -> None:
    sys.stderr.write(line + "\n")


@dataclass(frozen=True, slots=True)
class _Machine:
    """What this machine has for cells."""

    program: str
    groups: Groups
    entrypoint: tuple[str, ...]
    filter: bytes


class BubblewrapBackend:
    """Makes cells that are bubblewrap processes; see `Backend`.

    `on_progress` gets a line for each step that takes time (standard error if None).
    """

    name = "bubblewrap"

    def __init__(self, *, on_progress: Callable[[str], None] | None = None) -> None:
        self._on_progress = on_progress or _to_stderr
        self._lock = threading.Lock()
        self._machine: _Machine | None = None
        self._roots: dict[str, Root] = {}  # by name

        forks.register(self)

    def forget_parent(self) -> None:
        """Start anew in a forked process, where another thread may have held the lock."""
        self._lock = threading.Lock()

    def prepare(self) -> None:
        """Find what is needed, and clear what killed gates left behind, where that was not done yet."""
        with self._lock:
            self._ready()

    def lacks(self) -> frozenset[str]:
        """Return the limits that need control groups where there are none, and the network."""
        with self._lock:
            return lacking(self._ready().groups) | {"network"}

    def image(self, authorization: Authorization) -> str:
        """Return the root's id, found or made at the first program."""
        name = authorization.confines.image or BASE
        with self._lock:
            found = self._roots.get(name)
            if found is None:
                found = self._roots[name] = ensure_root(name, on_progress=self._on_progress)
            return found.id

    def forget_image(self, image: str) -> None:
        """Look for the root anew."""
        with self._lock:
            self._roots = {name: root for name, root in self._roots.items() if root.id != image}

    def start(self, profile: Profile) -> Cell:
        """Start bubblewrap, in a control group of its own where there are any."""
        with self._lock:
            machine = self._ready()
            root = next((one for one in self._roots.values() if one.id == profile.image), None)
        if root is None or not root.path.is_dir():
            raise ImageGoneError
        name = leftovers.new_name()
        group = machine.groups.make(name, _share(profile)) if machine.groups.bases else None
        try:
            return self._started(machine, root.path, profile, name, group)
        except BaseException:
            if group is not None:
                group.kill()
                group.remove()
            raise

    def tidy(self, left: Sequence[Cell]) -> tuple[Cell, ...]:
        """Try again to remove each."""
        return tuple(cell for cell in left if cell.remove() is not None)

    def close(self) -> None:
        """Forget what was found; nothing is held."""
        with self._lock:
            self._machine = None

    def _ready(self) -> _Machine:
        if self._machine is None:
            program = find_program()
            try_out(program)
            groups = Groups.find()
            self._machine = _Machine(program, groups, Recipe.load().entrypoint, program_of_calls())
            leftovers.sweep(groups)
        return self._machine

    def _started(
        self, machine: _Machine, root: Path, profile: Profile, name: str, group: Made | None
    ) -> BubblewrapCell:
        shown = tuple(group.shown()) if group is not None else ()
        place = Place(machine.program, root, entries(root), machine.entrypoint, machine.filter, shown)
        line = [*_GATE, *command(place, profile)]
        ours, theirs = socket.socketpair()
        errors, errors_in = os.pipe()
        wire = SocketWire(ours, errors)
        try:
            process = spawn(line, stream=theirs.fileno(), errors=errors_in, user=program_user())
        except OSError as error:
            wire.close()
            raise SandboxUnavailableError(f"can't start bubblewrap: {error.strerror}") from error
        finally:
            theirs.close()
            os.close(errors_in)
        cell = BubblewrapCell(name, process, wire, group)
        try:
            if group is not None:
                group.enter(process.pid)
            wire.write(b"\n", 1.0)
        except BaseException as error:
            wire.close()
            cell.kill()
            if isinstance(error, OSError):
                raise SandboxUnavailableError(f"can't use a control group: {error.strerror}") from error
            raise
        return cell


def lacking(groups: Groups) -> frozenset[str]:
    """Return the fields of Limits that can't be kept with these control groups.

    Processes are counted by the cell's user namespace where no group counts them.
    """
    return groups.lacks - {"processes"}


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
            timeout=_TRIAL_S,
            check=False,
            user=user,
            group=user,
            extra_groups=() if user is not None else None,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise SandboxUnavailableError(f"bubblewrap does not start: {error}") from error
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
    cpus = limits.cpus
    if cpus is not None and cpus >= (os.cpu_count() or 1):
        cpus = None
    return Share(
        memory_bytes=limits.memory_bytes,
        cpus=cpus,
        processes=None if limits.processes is None else limits.processes + _OWN_PROCESSES,
    )
