"""What a killed gate left in the engine goes at the next start."""

import signal
import subprocess
import sys

import pytest

from execgate.sandbox import DockerSandbox
from execgate.sandbox.docker import leftovers
from execgate.sandbox.engine import connect

pytestmark = pytest.mark.engine


@pytest.fixture
def client():
    client = connect()
    yield client
    client.close()


GATE = """
import sys
from execgate.model.limits import Limits
from execgate.model.program import Program
from execgate.model.source import Source
from execgate.model.verdict import Authorization, Verdict
from execgate.sandbox import DockerSandbox
from execgate.sandbox.stock import NOTHING
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
