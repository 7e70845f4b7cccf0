"""The gate between AutoGen agents and the machine that runs their code."""

from __future__ import annotations

__version__ = "0.1.0"
