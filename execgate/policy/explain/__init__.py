"""Why a verdict is what it is, and the smallest change that would make it another."""

from execgate.policy.explain.changes import explain

__all__ = ["explain"]
