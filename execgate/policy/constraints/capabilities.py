"""The capabilities that a policy grants, and which of them a program takes as a whole."""

from __future__ import annotations

from execgate.model.tool import ACTION

CODE_EXECUTION = "code_execution"
PAYMENT = "payment"
TOOL = "tool"


def taken_by(action: str) -> str:
    """Return the capability that a program of an action takes; all but one are called alike."""
    return TOOL if action == ACTION else action
