"""Which image a program is run in, and what a program is told that failed for want of a library."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable

from execgate.model.confines import Session
from execgate.model.operation import ModuleImport
from execgate.model.verdict import Authorization
from execgate.sandbox.image.facts import BASE, Facts
from execgate.sandbox.image.library import DATA_SCIENCE

_MISSING = re.compile(r"ModuleNotFoundError: No module named '([A-Za-z_][A-Za-z0-9_]{0,99})")
# The modules of the image for data that are not called as their packages are.
_LIBRARY = frozenset(
    "numpy pandas matplotlib mpl_toolkits pylab PIL dateutil contourpy cycler fontTools kiwisolver packaging"
    " pyparsing tzdata".split()
)


def choose(authorization: Authorization, is_there: Callable[[str], bool]) -> str:
    """Return the name of a program's image: the policy's, else what has its libraries, else the base.

    What a session's later programs import is not known, and another image would end it: it has the libraries
    from the start.  `is_there` is asked whether an image of a name was made; only programs that import what
    the base does not have, and sessions, cost the question.
    """
    named = authorization.confines.image
    if named is not None:
        return named
    kept = authorization.confines.session is not Session.NONE
    if (kept or imported(authorization) & _LIBRARY) and is_there(DATA_SCIENCE):
        return DATA_SCIENCE
    return BASE


def imported(authorization: Authorization) -> frozenset[str]:
    """Return the first parts of the names of what a program imports beside the standard library."""
    program = authorization.verdict.program
    names = {
        operation.module.partition(".")[0]
        for operation in (() if program is None else program.operations)
        if isinstance(operation, ModuleImport) and isinstance(operation.module, str)
    }
    return frozenset(names - sys.stdlib_module_names)


def advice(stderr: str, authorization: Authorization, facts: Facts) -> str:
    """Return what would make the library available whose lack ended a program, empty where none did."""
    found = _MISSING.findall(stderr[-4000:])
    if not found:
        return ""
    module = found[-1]
    if module in sys.stdlib_module_names:
        return f"`{module}` is not in the image `{facts.name}`"
    named = authorization.confines.image
    if module in _LIBRARY and facts.name != DATA_SCIENCE:
        if named is not None:
            return f'`{module}` is in the image `{DATA_SCIENCE}`, and the policy says image: "{named}"'
        made = f"make it with `execgate sandbox build {DATA_SCIENCE}`"
        return f"`{module}` is in the image `{DATA_SCIENCE}`: {made}"
    return (
        f"`{module}` is not in the image `{facts.name}`: make one that has it with"
        " `execgate sandbox build NAME --dockerfile FILE` and name it in the policy, or install its package"
        " where allowed_packages permits it"
    )
