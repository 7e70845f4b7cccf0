"""Hold each room to its share of covered branches, from the data that the last test run left.

The rooms that decide and that prove are covered whole: a line of theirs that no test reaches is a
verdict that nobody has looked at.
"""

from __future__ import annotations

import sys
from io import StringIO

from coverage import Coverage
from coverage.exceptions import NoDataError

FLOORS = {
    "execgate/model/*": 100,
    "execgate/policy/*": 100,
    "execgate/receipts/*": 100,
    "execgate/*": 90,
}
"""Percent of lines and branches, by file pattern."""


def main() -> int:
    """Print what is covered and, for each floor that does not hold, the lines that are not; 1 if any."""
    coverage = Coverage()
    coverage.load()
    failed = 0
    for pattern, floor in FLOORS.items():
        report = StringIO()
        try:
            covered = coverage.report(include=pattern, file=report, show_missing=True, skip_covered=True)
        except NoDataError:
            print("coverage: nothing was measured, for the tests did not end by themselves")
            return 1
        holds = covered >= floor
        print(f"coverage of {pattern}: {covered:.1f} % (floor {floor} %){'' if holds else ' - too low'}")
        if not holds:
            print(report.getvalue())
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
