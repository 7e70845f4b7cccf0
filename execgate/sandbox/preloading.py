"""Libraries that a waiting process has imported before its program is there."""

from __future__ import annotations

from execgate.model.operation import ModuleImport
from execgate.model.verdict import Authorization

LOADABLE = {
    "numpy": "numpy",
    "pandas": "pandas",
    "matplotlib": "matplotlib.pyplot",
    "scipy": "scipy",
    "sklearn": "sklearn",
    "PIL": "PIL.Image",
}
"""What takes long to import, by the package that a program names, with the module that is loaded ahead."""


def preloads(authorization: Authorization) -> tuple[str, ...]:
    """Return what to load ahead for programs like this one: of what it imports, and so may import."""
    program = authorization.verdict.program
    named = {
        operation.module.partition(".")[0]
        for operation in (() if program is None else program.operations)
        if isinstance(operation, ModuleImport) and isinstance(operation.module, str)
    }
    return tuple(module for name, module in LOADABLE.items() if name in named)
