"""The programs that are run against reality are what they are meant to be."""

from __future__ import annotations

from collections import Counter

import pytest

from execgate.analysis import analyze
from execgate.model.source import Source

from . import collection
from .recording import Job

WRITTEN = list(collection.written())


def test_there_are_more_than_three_hundred_and_each_is_another() -> None:
    assert len(WRITTEN) > 300
    assert [name for name, count in Counter(job.name for job in WRITTEN).items() if count > 1] == []
    assert len({job.text for job in WRITTEN}) == len(WRITTEN)


@pytest.mark.parametrize("job", WRITTEN, ids=lambda job: job.name)
def test_an_honest_program_has_no_gap(job: Job) -> None:
    """A gap would cover whatever the program does, and show nothing."""
    assert [gap.why for gap in analyze(Source(job.text)).gaps] == []
