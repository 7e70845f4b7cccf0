"""The gate between AutoGen agents and the machine that runs their code.

from execgate import Gate
gate = Gate.load("policies/")
verdict = gate.analyze(code, agent="agent_analysis")
"""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` itself takes longer to load than all that is here.
if TYPE_CHECKING:
    from typing import Any

    from execgate.gate import Gate as Gate

__version__ = "0.1.0"

__all__ = ["Gate", "__version__"]


def __getattr__(name: str) -> Any:
    # Imported when asked for, so that `import execgate.model` and the command line stay light.
    if name == "Gate":
        from execgate.gate import Gate

        return Gate
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
