"""What a program ran into that a wall of its sandbox stopped, with the constraint that says so.  Pure.

The kernel answers a program with an error number, which tells nobody whose decision it was.  What the program
prints of it is a claim, and a note rests on it only where its policy does refuse such a thing.
"""

from __future__ import annotations

import posixpath
import re

from execgate.model.confines import Confines
from execgate.model.places import WORKSPACE
from execgate.sandbox.files import escaped

_TAIL = 4000
# As Python says it in a traceback, and as the programs of a shell do.
_FILE = re.compile(
    r"(?:Error: \[Errno (?:13|30)\] (?P<why>Permission denied|Read-only file system): '(?P<path>[^']+)'.*"
    r"|.*(?:: | cannot (?:open|create) )'?(?P<word>/[^\s':]+)'?:"
    r" (?P<said>Permission denied|Read-only file system))$"
)
_STARTING = re.compile(r"_execute_child|posix_spawn|\bexec[lv]p?e?\b")
_SOCKETS = re.compile(r"socket|urlopen|connection", re.IGNORECASE)
_NOT_PERMITTED = "[Errno 1] Operation not permitted"
_NO_NAME = ("[Errno -3]", "[Errno -2]", "Temporary failure in name resolution", "Name or service not known")


def explanation(stderr: str, confines: Confines) -> str:
    """Return in one line which constraint refused what ended a program; empty where none is known to have.

    `stderr` is what it printed to its errors: the last line counts.
    """
    tail = stderr[-_TAIL:].rstrip()
    last = tail.rpartition("\n")[2]
    if not confines.network and (
        any(words in last for words in _NO_NAME) or (_NOT_PERMITTED in last and _is_of_a_socket(tail, last))
    ):
        return "it may reach no host (allowed_hosts)"
    if not confines.commands and _NOT_PERMITTED in last and _STARTING.search(tail):
        return "it may start no program (allowed_commands)"
    found = _FILE.search(last)
    if found is None:
        return ""
    path, why = found["path"] or found["word"], found["why"] or found["said"]
    if why.startswith("Read-only"):
        return (
            f"nothing can be written at `{escaped(path, 200)}`: files go to the working folder, {WORKSPACE}"
        )
    whole = posixpath.normpath(posixpath.join(WORKSPACE, path))
    if _is_granted(whole, confines.reads) and _is_granted(whole, confines.writes):
        return ""
    return f"it may not reach `{escaped(path, 200)}` so (allowed_file_paths, allowed_file_operations)"


def _is_of_a_socket(tail: str, last: str) -> bool:
    """Return whether it was a socket that could not be made: no file is named, sockets are spoken of."""
    return not last.endswith("'") and _SOCKETS.search(tail) is not None


def _is_granted(path: str, places: tuple[str, ...] | None) -> bool:
    return places is None or any(
        path == place or path.startswith(place.rstrip("/") + "/") for place in places
    )
