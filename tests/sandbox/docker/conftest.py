"""The engine's own tests: what runs here runs in containers."""

import pytest

from execgate.sandbox import DockerSandbox
from execgate.sandbox.pool import NOTHING


@pytest.fixture(scope="session")
def sandbox():
    sandbox = DockerSandbox(ahead=NOTHING)
    yield sandbox
    sandbox.close()
