"""Where newer programs look for `main`."""

from pip import main

__all__ = ["main"]
