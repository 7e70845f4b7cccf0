"""The gate in classic AutoGen: pyautogen 0.2.19 to 0.9, autogen-agentchat 0.2 and ag2 below 1.0.

from execgate import Gate
from execgate.autogen import GatedExecutor

gate = Gate.load("policies/")
user_proxy = UserProxyAgent("user_proxy", code_execution_config={"executor": GatedExecutor(gate)})
"""

from __future__ import annotations

from execgate.adapters.framework import AutogenMissingError, classic

classic()  # Says here, not at the first run, that there is no AutoGen to serve.

from execgate.adapters.classic import GatedExecutor  # noqa: E402 - only where there is an AutoGen
from execgate.adapters.guard import guard  # noqa: E402 - only where there is an AutoGen

__all__ = ["AutogenMissingError", "GatedExecutor", "guard"]
