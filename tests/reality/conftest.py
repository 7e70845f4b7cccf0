"""Every program runs once; what was recorded is shared by all tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from execgate.sandbox import DockerSandbox

from . import collection, examples
from .recording import Job, Run, record


@pytest.fixture(scope="session")
def sandbox() -> Iterator[DockerSandbox]:
    backend = DockerSandbox()
    yield backend
    backend.close()


def _by_name(sandbox: DockerSandbox, jobs: list[Job]) -> dict[str, Run]:
    return {run.job.name: run for run in record(sandbox, jobs)}


@pytest.fixture(scope="session")
def written(sandbox: DockerSandbox) -> Mapping[str, Run]:
    """Return what the honest programs touched, by name."""
    return _by_name(sandbox, list(collection.written()))


@pytest.fixture(scope="session")
def bypasses(sandbox: DockerSandbox) -> Mapping[str, Run]:
    """Return what the programs touched that a gate may miss, by name."""
    return _by_name(sandbox, list(collection.bypasses()))


@pytest.fixture(scope="session")
def catalogue(sandbox: DockerSandbox) -> Mapping[str, Run]:
    """Return what the examples of the catalogue touched, by name."""
    return _by_name(sandbox, [example.job for example in examples.examples()])
