"""The shortest value that one pair of constraints permits and another does not: `wider` finds it.

`space`      what a search is about, and its bound on work
`spaces`     which values each constraint judges
`automaton`  the entries of both pairs at once
`decision`   what the pairs say of a value, and where nothing can make a difference
`walk`       the search itself
`pairs`      one pair of lists against another
"""

from __future__ import annotations

from execgate.policy.search.pairs import Example, Pairing, wider
from execgate.policy.search.space import TooMuchWorkError

__all__ = ["Example", "Pairing", "TooMuchWorkError", "wider"]
