"""Which AutoGen is installed, and a clear word where it is none that the classic adapter can serve."""

from __future__ import annotations

import importlib
import importlib.metadata
import re
from types import ModuleType

from execgate.errors import ExecgateError

FLOOR = (0, 2, 19)
"""Older ones refuse an executor that is not their own subclass."""

EXTRA = 'pip install "execgate[pyautogen]" (or "execgate[ag2]"), in an environment without another AutoGen'

_FOREIGN = (
    # distribution, first version without the module `autogen`, what to say of it
    ("pyautogen", (0, 10), "is a proxy of AgentChat and has no module `autogen`"),
    ("autogen-agentchat", (0, 4), "is AgentChat, with a module of its own"),
    ("ag2", (1,), "has the module `ag2` in place of `autogen`"),
)


class AutogenMissingError(ExecgateError, ImportError):
    """There is no classic AutoGen (module `autogen`) that code could be taken from."""


def classic() -> ModuleType:
    """Return the module `autogen` of pyautogen 0.2.19 to 0.9, autogen-agentchat 0.2 or ag2 below 1.

    Raises AutogenMissingError, which names what is installed in its place.
    """
    try:
        autogen = importlib.import_module("autogen")
        importlib.import_module("autogen.coding")
        agent = autogen.ConversableAgent
    except (ImportError, AttributeError) as error:
        raise AutogenMissingError(_diagnosis(error), help=EXTRA) from error
    version = str(getattr(autogen, "__version__", "0"))
    if _numbers(version) < FLOOR or not hasattr(agent, "a_generate_reply"):
        raise AutogenMissingError(f"this `autogen` is {version}, the oldest served is 0.2.19", help=EXTRA)
    return autogen


def _diagnosis(error: Exception) -> str:
    for name, first, what in _FOREIGN:
        version = _version(name)
        if version is not None and _numbers(version) >= first:
            return f"no classic AutoGen here: {name} {version} {what}"
    if isinstance(error, ModuleNotFoundError) and error.name == "autogen":
        return "no classic AutoGen here: the module `autogen` is not installed"
    return f"the module `autogen` can't be used: {error}"


def _version(distribution: str) -> str | None:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def _numbers(version: str) -> tuple[int, ...]:
    found = re.match(r"\d+(\.\d+)*", version)
    return tuple(int(part) for part in found[0].split(".")) if found else ()
