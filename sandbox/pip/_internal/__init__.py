"""Where older programs look for `main`."""

from pip import main

__all__ = ["main"]
