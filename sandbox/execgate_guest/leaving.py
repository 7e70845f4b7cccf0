"""The end of a program's interpreter: all that anybody can see of it, and nothing more.

Taking an interpreter apart takes longer than many programs run.  What matters of it is done here in the same
order (threads, exit functions, the names of `__main__`, buffers); where an object is left over that has
something to do when it goes, the interpreter is taken apart after all.
"""

# ruff: noqa: BLE001, SLF001

from __future__ import annotations

import atexit
import gc
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import types


_before: set[str] = set()
"""The modules that were there before the program."""


def begin() -> None:
    """Set aside what there is before the program: nothing of it waits for the end."""
    gc.freeze()
    _before.update(set(sys.modules) - {"ctypes"})


def leave(module: types.ModuleType, code: int) -> None:
    """End this process with `code`; returns where the interpreter has to be taken apart."""
    threading = sys.modules.get("threading")
    if threading is not None:
        try:
            threading._shutdown()
        except BaseException:
            return
    try:
        run_exit_functions()
    except BaseException:
        return
    let_go(module.__dict__)
    try:
        gc.collect()
        if any(map(_waits, gc.get_objects())):
            return
        sys.stdout.flush()
        sys.stderr.flush()
        if any(map(_is_native, set(sys.modules) - _before)):
            import ctypes

            ctypes.CDLL(None).fflush(None)
    except BaseException:
        return
    os._exit(code)


def run_exit_functions() -> None:
    """Call what the program has registered; it is the program that does what they do."""
    atexit._run_exitfuncs()


def let_go(names: dict[str, object]) -> None:
    """Forget the names of a module as CPython does; it is the program that does what follows from it.

    First what is private, then the rest; what keeps the others working comes last.
    """
    for private in (True, False):
        for name in list(names):
            if name != "__builtins__" and isinstance(name, str) and name.startswith("_") is private:
                names[name] = None


def _is_native(name: str) -> bool:
    """Return whether a module is code of a library, which may write in ways that Python knows nothing of."""
    file = getattr(sys.modules.get(name), "__file__", None)
    return name == "ctypes" or (isinstance(file, str) and file.endswith(".so") and "lib-dynload" not in file)


def _waits(thing: object) -> bool:
    """Return whether an object does something when it goes: a file that has a buffer, a finalizer."""
    return hasattr(type(thing), "__del__")
