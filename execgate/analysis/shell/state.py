"""What is known while a shell text is followed: variables, functions, the folder, and how they meet again.

A value is every text that a variable can hold, with marks for holes.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from typing import TypeAlias

from execgate.analysis.holes import ANY, NUMBER
from execgate.analysis.shell.tree import Command
from execgate.model import places

Value: TypeAlias = "tuple[str, ...]"

MAX_VALUES = 24
"""How many texts a variable may be before it counts as unknown."""

UNKNOWN: Value = (ANY,)
SOME_NUMBER: Value = (NUMBER,)

HOME = "~"
"""How paths that begin in the home folder are written."""

ENVIRONMENT = frozenset(
    "HOME LANG LOGNAME MPLBACKEND OMP_NUM_THREADS OPENBLAS_NUM_THREADS PATH TMPDIR USER".split()
)
"""The variables that a shell block finds set."""

_SHELLS_OWN = re.compile(
    r"(?:BASH\w*|PS[0-4]|HOST\w*|E?UID|PPID|GROUPS|IFS|LINENO|MACHTYPE|OLDPWD|OPT\w*|OSTYPE|PIPESTATUS|PWD"
    r"|S?RANDOM|EPOCH\w*|REPLY|SECONDS|SHELL\w*|SHLVL|TERM|_|FUNCNAME|COLUMNS|LINES|DIRSTACK)"
)
_CHANGING = frozenset(
    "_ BASHPID BASH_ARGV BASH_COMMAND BASH_REMATCH DIRSTACK EPOCHREALTIME EPOCHSECONDS FUNCNAME HISTCMD"
    " LINENO OLDPWD PIPESTATUS RANDOM SECONDS SRANDOM".split()
)
"""The variables that a shell changes itself, whatever they were set to."""

_NUMBERS_OF_BASH = frozenset({"EUID", "UID", "PPID", "RANDOM", "SRANDOM", "SECONDS", "LINENO"})


def union(*values: Value) -> Value:
    """Return everything that one of several values can be."""
    found = tuple(dict.fromkeys(text for value in values for text in value))
    return found if len(found) <= MAX_VALUES else UNKNOWN


@dataclass(slots=True)
class State:
    """What holds at one point of a shell text."""

    variables: dict[str, Value] = field(default_factory=dict)
    arrays: dict[str, Value] = field(default_factory=dict)
    """The elements of arrays in their order, each one text; UNKNOWN where they are not known."""
    functions: dict[str, tuple[Command, ...]] = field(default_factory=dict)
    unsure: frozenset[str] = frozenset()
    """Functions that may not be defined here, so that their names may be programs'."""
    folders: Value = ("",)
    """The folders that commands can run in, relative to the first; empty for that one itself."""
    arguments: Value | None = ()
    """`$1` and so on; None where they are not known."""
    stops: bool = False
    """Whether a command that fails ends the shell."""
    inherits: bool = False
    """Whether variables that were not set here may come from an environment that is not known."""
    bash: bool = False

    def copy(self) -> State:
        """Return a state that can be changed on its own."""
        return State(
            dict(self.variables),
            dict(self.arrays),
            dict(self.functions),
            self.unsure,
            self.folders,
            self.arguments,
            self.stops,
            self.inherits,
            self.bash,
        )

    def value(self, name: str) -> Value:
        """Return what the variable `name` can be; one that was not set here can be anything."""
        if name in _CHANGING:
            return SOME_NUMBER if self.bash and name in _NUMBERS_OF_BASH - {*self.variables} else UNKNOWN
        if name in self.variables:
            return self.variables[name]
        if name in self.arrays:
            return self.arrays[name][:1] or ("",)
        if self.inherits:
            return UNKNOWN
        if name == "HOME":
            return (HOME,)
        if name == "PWD" and all(ANY not in folder for folder in self.folders):
            return tuple(absolute(folder) for folder in self.folders)
        return SOME_NUMBER if self.bash and name in _NUMBERS_OF_BASH else UNKNOWN

    def is_unset(self, name: str) -> bool:
        """Return whether the variable `name` is sure to have no value."""
        return not self.inherits and name not in ENVIRONMENT and self.is_inherited(name)

    def is_inherited(self, name: str) -> bool:
        """Return whether the value of `name` comes from the environment of the shell, if it has one."""
        return (
            name not in self.variables
            and name not in self.arrays
            and _SHELLS_OWN.fullmatch(name) is None
            and re.match(r"[A-Za-z_]", name) is not None
        )


def absolute(folder: str) -> str:
    """Return a folder that may be relative to the first one from the root on."""
    return folder if folder.startswith(("/", HOME)) else f"{places.WORKSPACE}/{folder}".rstrip("/")


def normal(path: str) -> str:
    """Return a path from the root on, without `.` and `..`; the home folder is spelled out."""
    path = absolute(path)
    if path == HOME or path.startswith(f"{HOME}/"):
        path = places.HOME + path[1:]
    return posixpath.normpath(path).replace("//", "/")


def within(folder: str, path: str) -> str:
    """Return what `path` is in `folder`."""
    if path.startswith(("/", HOME, ANY)) or folder == "":
        return path
    return folder if path in {"", "."} else f"{folder.rstrip('/')}/{path}"


def join(left: State | None, right: State | None) -> State | None:
    """Return what holds where two ways meet; None for a way that nothing comes."""
    if left is None or right is None or left is right or left == right:
        return left or right
    joined = left.copy()
    for name in {*left.variables, *right.variables}:
        joined.variables[name] = union(_before(left, name), _before(right, name))
    for name in {*left.arrays, *right.arrays}:
        one, other = left.arrays.get(name, ()), right.arrays.get(name, ())
        joined.arrays[name] = one if one == other else UNKNOWN
    for name, bodies in right.functions.items():
        if left.functions.get(name) is not bodies:
            joined.functions[name] = tuple(dict.fromkeys((*left.functions.get(name, ()), *bodies)))
    joined.unsure = left.unsure | right.unsure | (set(left.functions) ^ set(right.functions))
    joined.folders = union(left.folders, right.folders)
    joined.arguments = left.arguments if left.arguments == right.arguments else None
    joined.stops = left.stops and right.stops
    joined.inherits = left.inherits or right.inherits
    return joined


def joined(states: list[State | None]) -> State | None:
    """Return what holds where several ways meet."""
    found: State | None = None
    for state in states:
        found = join(found, state)
    return found


def _before(state: State, name: str) -> Value:
    return ("",) if state.is_unset(name) else state.value(name)


def widened(before: State, after: State) -> State:
    """Return a state for a loop in which what still changes counts as unknown."""
    wide = after.copy()
    for name, value in after.variables.items():
        if before.variables.get(name) != value:
            numeric = all(re.fullmatch(rf"[-0-9{NUMBER}]+", text) for text in value)
            wide.variables[name] = SOME_NUMBER if numeric else UNKNOWN
    for name, items in after.arrays.items():
        if before.arrays.get(name) != items:
            wide.arrays[name] = UNKNOWN
    if before.folders != after.folders:
        wide.folders = UNKNOWN
    if before.arguments != after.arguments:
        wide.arguments = None
    return wide
