"""System calls that Python has no function for.  Standard library only, Python 3.9 and later."""

# Every import costs every cell its time, so there is no pathlib here.
# ruff: noqa: PTH100, PTH118, PTH120, PTH123

from __future__ import annotations

import json
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

HERE = os.path.dirname(os.path.abspath(__file__))
PR_SET_NO_NEW_PRIVS = 38

_tables: dict[str, dict[str, int]] = {}
_libraries: list[Any] = []


class UnsupportedError(Exception):
    """This kernel or machine has no such thing."""


def numbers(machine: str | None = None) -> dict[str, int]:
    """Return the numbers of the system calls, by name, of `machine` as uname(2) calls it, else of this one.

    Raises UnsupportedError where they are not known.
    """
    machine = machine or os.uname().machine
    if not _tables:
        with open(os.path.join(HERE, "syscalls.json"), encoding="ascii") as file:
            _tables.update(json.load(file)["machines"])
    if machine not in _tables:
        raise UnsupportedError(f"the system calls of {machine} are not known")
    return _tables[machine]


def library() -> Any:
    """Return the C library; kept, since finding it takes longer than most calls."""
    if not _libraries:
        import ctypes

        found = ctypes.CDLL(None, use_errno=True)
        found.syscall.restype = ctypes.c_long
        _libraries.append(found)
    return _libraries[0]


def call(name: str, *arguments: Any) -> int:
    """Make a system call and return its result; raises OSError.  Bytes are handed over by their address."""
    import ctypes

    number = ctypes.c_long(numbers()[name])
    given = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    result = int(library().syscall(number, *given))
    if result == -1:
        raise OSError(ctypes.get_errno(), name)
    return result


def forbid_privileges() -> None:
    """Keep this process and all that it starts from ever gaining any; raises OSError.  See prctl(2)."""
    if library().prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        import ctypes

        raise OSError(ctypes.get_errno(), "prctl")
