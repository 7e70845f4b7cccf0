"""The program's own processes: forked, by whichever method it asks `multiprocessing` for.

`spawn` and `forkserver` have another interpreter read the program's file again, and there is none: what runs
is the text that was judged.  A process that is forked has the program's functions and classes already, and is
watched and walled as the program is.  No function here stands between a process and what it does: whose doing
that is, is told by the frames below it.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

METHODS = {"multiprocessing.popen_spawn_posix": "spawn", "multiprocessing.popen_forkserver": "forkserver"}
"""The modules that start a process, each by its method; `multiprocessing` imports them when it has to."""


def install() -> None:
    """Have each method fork; a program that starts no process pays nothing for it."""
    import types

    for name, method in METHODS.items():
        module = types.ModuleType(name, "Processes are forked here, whatever they are asked to be.")
        module.__dict__["__getattr__"] = _starter(method)  # PEP 562
        sys.modules[name] = module


def _starter(method: str) -> Any:
    def starter(name: str) -> Any:
        """Return the class that starts processes, once the first one is to be started."""
        if name != "Popen":
            raise AttributeError(name)
        from multiprocessing import context, popen_fork

        for kind in (context.SpawnProcess, context.ForkServerProcess):
            if "_after_fork" in vars(kind):
                del kind._after_fork  # noqa: SLF001 - says that there is nothing to do where nothing was inherited
        return type(name, (popen_fork.Popen,), {"method": method})

    return starter
