"""What an engine starts containers with, where somebody asks for a certain runtime."""

import pytest

from execgate.errors import SandboxUnavailableError
from execgate.sandbox import NOTHING, DockerSandbox, diagnose

pytestmark = pytest.mark.engine


def test_a_runtime_that_the_engine_has_is_used(authorize):
    sandbox = DockerSandbox(ahead=NOTHING, runtime="runc")
    assert sandbox.run(authorize("print('by name')")).stdout == "by name\n"
    sandbox.close()


def test_one_that_it_has_not_is_refused_with_those_there_are(authorize, monkeypatch):
    sandbox = DockerSandbox(ahead=NOTHING, runtime="nothing-like-it")
    with pytest.raises(SandboxUnavailableError, match=r"has no runtime `nothing-like-it`, only: .*runc"):
        sandbox.run(authorize("print('never')"))
    monkeypatch.setenv("EXECGATE_DOCKER_RUNTIME", "nor-this")
    sandbox = DockerSandbox(ahead=NOTHING)
    with pytest.raises(SandboxUnavailableError, match="has no runtime `nor-this`") as caught:
        sandbox.run(authorize("print('never')"))
    assert "daemon.json" in caught.value.help


def test_doctor_lists_them_and_finds_the_one_that_is_missing(monkeypatch):
    monkeypatch.setenv("EXECGATE_SANDBOX", "docker")
    (engine,) = [check for check in diagnose() if check.name == "engine"]
    assert engine.ok
    assert "runc" in engine.detail
    monkeypatch.setenv("EXECGATE_DOCKER_RUNTIME", "nor-this")
    (engine,) = [check for check in diagnose() if check.name == "engine"]
    assert not engine.ok
    assert "and not `nor-this`, which EXECGATE_DOCKER_RUNTIME asks for" in engine.detail
