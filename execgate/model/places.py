"""Where a program finds itself: the folders of the sandbox that analysis, policy and sandbox all speak of."""

from __future__ import annotations

WORKSPACE = "/workspace"
"""The working folder, in which a program starts and where its inputs lie."""

HOME = "/home/agent"
"""The home folder, for which `~` stands."""
