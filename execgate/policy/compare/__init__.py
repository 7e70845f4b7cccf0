"""What one policy permits and another does not, each with the shortest example.

`agents.compare` compares policy sets, `wider` one pair of constraints with another.
"""

from __future__ import annotations

from execgate.policy.compare.pairs import Example, Pairing, wider
from execgate.policy.compare.space import TooMuchWorkError

__all__ = ["Example", "Pairing", "TooMuchWorkError", "wider"]
