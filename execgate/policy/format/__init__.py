"""One layout of a policy's source: comments and spelling stay, spaces and line breaks are settled."""

from execgate.policy.format.source import decoded, formatted

__all__ = ["decoded", "formatted"]
