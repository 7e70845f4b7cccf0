"""What one policy permits and another does not, each with the shortest example."""

from __future__ import annotations

from execgate.policy.compare.pairs import Example, Pairing, wider
from execgate.policy.compare.space import TooMuchWorkError

__all__ = ["Example", "Pairing", "TooMuchWorkError", "wider"]
