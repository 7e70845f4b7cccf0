"""Which sandbox is used: what is asked for, else the first that works, never none."""

import shutil

import pytest

from execgate import Gate
from execgate.errors import InputError, SandboxUnavailableError
from execgate.sandbox import BACKENDS, BubblewrapSandbox, DockerSandbox, choice, diagnose, open_sandbox
from execgate.sandbox.image.cache import can_keep


class Fake:
    def __init__(self, name, fault=None):
        self.name, self.fault, self.closed = name, fault, False

    def __call__(self, **_):
        return self

    def prepare(self):
        if self.fault is not None:
            raise self.fault

    def close(self):
        self.closed = True


DOWN = SandboxUnavailableError("no engine answers", help="start it")
NOT_THERE = SandboxUnavailableError("bubblewrap is not installed", help="install it")


@pytest.fixture
def machine(monkeypatch):
    """Make a machine where each backend works or does not."""
    monkeypatch.delenv("EXECGATE_SANDBOX", raising=False)

    def make(docker=None, bubblewrap=None):
        fakes = {"docker": Fake("docker", docker), "bubblewrap": Fake("bubblewrap", bubblewrap)}
        monkeypatch.setattr(choice, "BACKENDS", fakes)
        return fakes

    return make


@pytest.mark.parametrize(
    ("docker", "bubblewrap", "taken"),
    [(None, None, "docker"), (None, NOT_THERE, "docker"), (DOWN, None, "bubblewrap")],
)
def test_auto_takes_docker_where_it_answers_and_else_bubblewrap(machine, docker, bubblewrap, taken):
    machine(docker, bubblewrap)
    assert open_sandbox("auto").name == open_sandbox().name == taken


def test_where_nothing_works_nothing_is_taken_and_both_reasons_are_told(machine):
    fakes = machine(DOWN, NOT_THERE)
    with pytest.raises(SandboxUnavailableError) as caught:
        open_sandbox()
    assert caught.value.message == (
        "no sandbox works here, and nothing runs without one "
        "(docker: no engine answers; bubblewrap: bubblewrap is not installed)"
    )
    assert caught.value.help == "docker: start it; or bubblewrap: install it"
    assert all(fake.closed for fake in fakes.values())


def test_what_is_asked_for_by_name_is_never_replaced(machine, monkeypatch):
    machine(DOWN, None)
    assert open_sandbox("docker").name == "docker"
    monkeypatch.setenv("EXECGATE_SANDBOX", "docker")
    assert open_sandbox().name == "docker"
    assert open_sandbox("auto").name == "bubblewrap"
    monkeypatch.setenv("EXECGATE_SANDBOX", "")
    assert open_sandbox().name == "bubblewrap"


def test_a_name_that_is_none_is_refused(machine, monkeypatch):
    machine()
    with pytest.raises(InputError) as caught:
        open_sandbox("none")
    assert caught.value.message == "unknown sandbox `none`"
    assert caught.value.help == "use one of: auto, docker, bubblewrap"
    monkeypatch.setenv("EXECGATE_SANDBOX", "no")
    with pytest.raises(InputError, match="unknown sandbox `no` in EXECGATE_SANDBOX"):
        open_sandbox()


def test_an_engine_that_is_passed_over_is_told_of_and_one_that_was_never_there_is_not(
    machine, monkeypatch, capsys
):
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    said = []
    machine(DOWN, None)
    assert open_sandbox(on_progress=said.append).name == open_sandbox().name == "bubblewrap"
    told = "sandbox: bubblewrap is taken (docker: no engine answers)"
    assert said == [told]
    assert capsys.readouterr().err == f"{told}\n"

    absent = SandboxUnavailableError("there is no engine", help="start it")
    absent.__cause__ = FileNotFoundError()
    machine(absent, None)
    assert open_sandbox(on_progress=said.append).name == "bubblewrap"
    assert said == [told]
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere.sock")
    open_sandbox(on_progress=said.append)
    assert said[1:] == ["sandbox: bubblewrap is taken (docker: there is no engine)"]


def test_doctor_misses_a_sandbox_that_there_is_not(monkeypatch):
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere.sock")
    for name, ok in (("no", [False]), ("bubblewrap", [])):
        monkeypatch.setenv("EXECGATE_SANDBOX", name)
        checks = [check for check in diagnose() if check.name == "sandbox"]
        assert [check.ok for check in checks] == ok
    monkeypatch.setenv("EXECGATE_SANDBOX", "no")
    assert diagnose()[0].detail == "unknown sandbox `no` in EXECGATE_SANDBOX"
    assert diagnose()[0].fix == "use one of: auto, docker, bubblewrap"


def test_doctor_tells_that_what_bubblewrap_runs_in_can_not_be_kept(monkeypatch, tmp_path):
    monkeypatch.setenv("EXECGATE_SANDBOX", "bubblewrap")
    (tmp_path / "file").write_text("")
    for folder, ok in ((tmp_path / "not" / "there", True), (tmp_path / "file" / "below", False)):
        monkeypatch.setenv("EXECGATE_CACHE", str(folder))
        assert can_keep() is ok
    (check,) = [check for check in diagnose() if check.name == "bubblewrap"]
    if shutil.which("bwrap") is not None:
        assert check.detail.endswith(f"can't be kept in {tmp_path / 'file' / 'below'}")
        assert check.fix == "name a folder that can be written to in EXECGATE_CACHE"
    assert check.ok is False


def test_every_backend_has_its_own_name():
    assert {name: make().name for name, make in BACKENDS.items()} == {name: name for name in BACKENDS}
    assert {"docker": DockerSandbox, "bubblewrap": BubblewrapSandbox} == BACKENDS


def test_a_gate_without_a_sandbox_runs_nothing_and_keeps_the_receipt_of_it(machine, tmp_path):
    machine(DOWN, NOT_THERE)
    policy = tmp_path / "p.policy"
    policy.write_text('agent "a" { can "code_execution" }')
    with Gate.load(policy, home=tmp_path / "home") as gate:
        with pytest.raises(SandboxUnavailableError, match="no sandbox works here") as caught:
            gate.execute("print(1)", agent="a")
        outcome = caught.value.execution.result
        assert outcome.detail.startswith("nothing was run: no sandbox works here")


def test_a_gate_takes_the_name_of_a_sandbox(machine, tmp_path):
    fakes = machine()
    policy = tmp_path / "p.policy"
    policy.write_text('agent "a" { can "code_execution" }')
    with Gate.load(policy, home=tmp_path / "home", sandbox="bubblewrap") as gate:
        assert gate.sandbox is fakes["bubblewrap"]
