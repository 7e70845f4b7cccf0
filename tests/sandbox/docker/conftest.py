"""The engine's own tests: what runs here runs in containers."""

import contextlib
import time

import pytest

from execgate.sandbox import DockerSandbox
from execgate.sandbox.docker.backend import DockerBackend
from execgate.sandbox.engine import connect
from execgate.sandbox.stock import NOTHING


@pytest.fixture(scope="session")
def sandbox():
    sandbox = DockerSandbox(ahead=NOTHING)
    yield sandbox
    sandbox.close()


@pytest.fixture
def own(monkeypatch):
    """Return a function from a sandbox to the names of the containers that there are of it, and of no other.

    Counted from when they are asked for, so that one which the engine made unseen is among them.
    """
    asked = {}
    create = DockerBackend._create

    def noted(backend, engine, profile, name, door):
        asked[name] = backend
        return create(backend, engine, profile, name, door)

    monkeypatch.setattr(DockerBackend, "_create", noted)

    def of(sandbox):
        with contextlib.closing(connect()) as client:
            found = client.containers(all=True, filters={"name": "execgate-run-"})
        names = {name.removeprefix("/") for container in found for name in container["Names"]}
        return {name for name in names if asked.get(name) is sandbox._backend}

    return of


@pytest.fixture
def only_those_that_wait(own):
    """Return what waits until every container of a sandbox is one that waits; the test's own limit ends it."""

    def wait(sandbox):
        while own(sandbox) != {cell.name for cell in sandbox._cells.waiting()}:
            time.sleep(0.01)  # the engine tells nobody when it is so

    return wait
