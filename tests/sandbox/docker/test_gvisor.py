"""Containers of gVisor: what can't be kept there is refused or said; the engine tells that it is used."""

from dataclasses import replace

import pytest

from execgate.errors import SandboxUnavailableError
from execgate.model.confines import OPEN, Session
from execgate.sandbox import NOTHING, DockerSandbox
from execgate.sandbox.docker import backend, gvisor

RUNTIMES = {
    "runc": {"path": "runc"},
    "crun": {"path": "/usr/bin/crun"},
    "runsc": {"path": "/usr/bin/runsc"},
    "strict": {"path": "/opt/gvisor/runsc", "runtimeArgs": ["--network=none"]},
    "shim": {"runtimeType": "io.containerd.runsc.v1"},
    "wrapped": {"path": "/opt/runsc/bin/kata"},
}


@pytest.mark.parametrize(
    ("runtime", "default", "used"),
    [
        ("runsc", "runc", True),
        ("strict", "runc", True),
        ("shim", "runc", True),
        (None, "strict", True),
        ("runc", "runsc", False),
        ("crun", "runc", False),
        ("wrapped", "runc", False),
        (None, "runc", False),
        (None, None, False),
    ],
)
def test_gvisor_is_known_by_what_the_engine_says_of_its_runtime(runtime, default, used):
    info = {"Runtimes": RUNTIMES, "DefaultRuntime": default}
    assert gvisor.is_used(info, runtime) is used


def test_an_engine_that_says_nothing_of_its_runtimes_has_none():
    assert not gvisor.is_used({}, None)
    assert gvisor.is_used({}, "runsc")


def test_gvisors_own_threads_are_not_the_programs():
    # Measured: 49 threads for one process, 120 for 10, 286 for 30, 440 for 60.
    for processes, measured in ((1, 49), (10, 120), (30, 286), (60, 440)):
        assert measured < gvisor.threads(processes) < 4 * measured


class Described:
    """An engine with gVisor, of which nothing but its description is asked."""

    def __init__(self, runtimes):
        self.runtimes = runtimes

    def info(self):
        return {
            "OSType": "linux",
            "SecurityOptions": ["name=seccomp,profile=default"],
            "Runtimes": self.runtimes,
            "DefaultRuntime": "runc",
            "NCPU": 2,
        }

    def containers(self, **_):
        return []

    def close(self):
        pass


@pytest.fixture
def described(monkeypatch):
    monkeypatch.setattr(backend, "connect", lambda: Described(RUNTIMES))
    monkeypatch.setattr(backend.leftovers, "sweep", lambda _: None)
    made = []

    def make(runtime):
        made.append(DockerSandbox(ahead=NOTHING, runtime=runtime))
        return made[-1]

    yield make
    for sandbox in made:
        sandbox.close()


@pytest.mark.parametrize("field", ["processes", "files"])
def test_a_limit_that_a_policy_states_is_refused_there(described, authorize, field):
    with pytest.raises(
        SandboxUnavailableError, match=f"can't keep a limit of the policy: max_{field}"
    ) as caught:
        described("runsc").run(authorize("print('never')", stated=frozenset({field}), **{field: 10}))
    assert caught.value.help == gvisor.REMEDY


def test_a_session_and_hosts_are_refused_there(described, authorize):
    sandbox = described("runsc")
    with pytest.raises(SandboxUnavailableError, match="can't be given the gate's socket"):
        sandbox.run(authorize("print('never')", confines=replace(OPEN, network=True)))
    kept = authorize(
        "print('never')", stated=frozenset(), confines=replace(OPEN, network=False, session=Session.CLEAN)
    )
    with pytest.raises(SandboxUnavailableError, match="keeps no cell for a session") as caught:
        sandbox.run(kept, conversation="a")
    assert caught.value.help.startswith(gvisor.REMEDY)


def test_another_runtime_of_the_same_engine_lacks_nothing_of_it(described):
    sandbox = described("crun")
    sandbox.prepare()
    assert sandbox._backend.lacks() == frozenset()
    assert sandbox._backend.instead() == {}
    assert sandbox._backend.remedy("session") == ""
    other = described("runsc")
    assert set(other._backend.instead()) == {"processes", "files"}
