"""Source to operations; the only room that imports libcst."""

from __future__ import annotations

from execgate.analysis.interpreter import analyze

__all__ = ["analyze"]
