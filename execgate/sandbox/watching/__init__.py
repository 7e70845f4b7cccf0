"""What really happened in a run, in the same form as what was foreseen, and what of it was not."""

from execgate.sandbox.watching.observing import Observer, line_of, surprises

__all__ = ["Observer", "line_of", "surprises"]
