"""Whatever interrupts a run, no container outlives it; what a killed gate left goes at the next start."""

import os
import signal
import subprocess
import sys
import threading

import pytest
from docker import APIClient

from execgate.model.execution import Stop
from execgate.sandbox import DockerSandbox
from execgate.sandbox.docker import leftovers
from execgate.sandbox.docker.engine import connect

pytestmark = pytest.mark.engine


@pytest.fixture
def client():
    client = connect()
    yield client
    client.close()


def test_ctrl_c_removes_the_container_and_is_raised_again(sandbox, authorize, our_containers):
    def interrupt(stream, data):
        os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        sandbox.run(authorize("print('up', flush=True)\nwhile True: pass"), on_output=interrupt)
    assert our_containers() == []
    assert sandbox.run(authorize("print('next')")).stdout == "next\n"


@pytest.mark.parametrize("delay", [0.001, 0.02, 0.05, 0.1, 0.15, 0.2])
def test_ctrl_c_at_any_moment_leaves_nothing(sandbox, authorize, our_containers, delay):
    sandbox.run(authorize("pass"))
    endless = authorize("while True: pass")
    timer = threading.Timer(delay, os.kill, (os.getpid(), signal.SIGINT))

    def run_and_be_interrupted():
        timer.start()
        sandbox.run(endless)

    with pytest.raises(KeyboardInterrupt):
        run_and_be_interrupted()
    assert our_containers() == []


def test_ctrl_c_while_the_thread_is_being_started_runs_nothing(
    sandbox, authorize, our_containers, monkeypatch
):
    sandbox.run(authorize("pass"))
    threads = []

    def interrupted(thread):
        threads.append(thread)
        raise KeyboardInterrupt

    start = threading.Thread.start
    monkeypatch.setattr(threading.Thread, "start", interrupted)
    with pytest.raises(KeyboardInterrupt):
        sandbox.run(authorize("while True: pass"))
    monkeypatch.undo()
    # The system had begun the thread already: it comes to itself after the run was given up.
    made = []
    monkeypatch.setattr(APIClient, "create_container", lambda *_, **arguments: made.append(arguments))
    (late,) = threads
    start(late)
    late.join()
    assert (made, our_containers()) == ([], [])


def test_an_error_of_the_listener_ends_the_run_and_is_raised(sandbox, authorize, our_containers):
    def fail(stream, data):
        raise LookupError("the listener's own")

    with pytest.raises(LookupError):
        sandbox.run(authorize("print('up', flush=True)\nwhile True: pass"), on_output=fail)
    assert our_containers() == []


def test_a_listener_that_does_not_return_holds_up_no_deadline(sandbox, authorize, our_containers):
    gone = []

    def wait(stream, data):
        # Returns when the container has gone, which only the clock can have done.
        while our_containers():
            pass
        gone.append(data)

    result = sandbox.run(authorize("print('up', flush=True)\nwhile True: pass", wall_s=1.0), on_output=wait)
    assert (result.stopped_by, gone) == (Stop.TIME, [b"up\n"])


def test_runs_at_the_same_time_do_not_meet(sandbox, authorize, our_containers):
    results = {}

    def one(n):
        text = f"open('mine', 'w').write('{n}')\nimport os\nprint({n}, os.listdir())"
        results[n] = sandbox.run(authorize(text))

    threads = [threading.Thread(target=one, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {n: result.stdout for n, result in results.items()} == {n: f"{n} ['mine']\n" for n in range(4)}
    assert {n: result.artifacts[0].data for n, result in results.items()} == {n: b"%d" % n for n in range(4)}
    assert our_containers() == []


GATE = """
import sys
from execgate.model.limits import Limits
from execgate.model.program import Program
from execgate.model.source import Source
from execgate.model.verdict import Authorization, Verdict
from execgate.sandbox import DockerSandbox
from execgate.sandbox.pool import NOTHING
source = Source("print('up', flush=True)\\nwhile True: pass")
verdict = Verdict(source, "a", Program(source), limits=Limits(wall_s=None), policy_digest="sha256:" + "0" * 64)
print("start", flush=True)
DockerSandbox(ahead=NOTHING).run(Authorization.of(verdict), on_output=lambda *_: print("up", flush=True))
"""


def gate():
    process = subprocess.Popen([sys.executable, "-c", GATE], stdout=subprocess.PIPE, text=True, cwd="/")
    assert process.stdout.readline() == "start\n"
    assert process.stdout.readline() == "up\n"
    return process


def containers_of(client, process):
    found = client.containers(all=True, filters={"label": f"execgate.pid={process.pid}"})
    return [container["Id"] for container in found]


def test_what_a_killed_gate_left_goes_and_what_a_living_one_has_stays(client, authorize):
    killed, living = gate(), gate()
    try:
        assert len(containers_of(client, killed)) == len(containers_of(client, living)) == 1
        killed.kill()
        killed.wait()
        assert leftovers.abandoned(client) == containers_of(client, killed)
        sandbox = DockerSandbox()
        assert sandbox.run(authorize("print('next')")).stdout == "next\n"
        sandbox.close()
        assert containers_of(client, killed) == []
        assert len(containers_of(client, living)) == 1
    finally:
        living.send_signal(signal.SIGINT)
        living.wait()
        for process in (killed, living):
            process.stdout.close()
    assert containers_of(client, living) == []


def test_the_program_of_a_killed_gate_ends_by_itself(client):
    process = gate()
    (container,) = containers_of(client, process)
    process.kill()
    process.wait()
    process.stdout.close()
    # The engine closes the stream that nobody holds any more, and the supervisor ends with it.
    client.wait(container, timeout=60)
    client.remove_container(container, force=True)


@pytest.mark.parametrize(
    ("change", "gone"),
    [
        ({}, False),
        ({"started": "1"}, True),
        ({"pid": 2**22 + 1}, True),
        ({"boot": "another"}, None),
        ({"namespace": "1"}, None),
        ({"boot": ""}, None),
    ],
)
def test_an_owner_is_gone_only_if_that_can_be_known(change, gone):
    owner = leftovers.Owner.current()
    fields = {name: getattr(owner, name) for name in ("pid", "started", "boot", "namespace", "gate")}
    other = leftovers.Owner(**{**fields, **change})
    assert other.is_gone() is gone
    assert leftovers.Owner.of(other.labels()) == other


def test_labels_that_say_nothing_have_no_owner():
    assert leftovers.Owner.of({}) is None
    assert leftovers.Owner.of({**leftovers.Owner.current().labels(), "execgate.pid": "x"}) is None
