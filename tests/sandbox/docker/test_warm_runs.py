"""Containers that wait for their runs: quick, used once, and gone with the process that started them."""

import dataclasses
import gc
import os
import signal
import subprocess
import sys
import time
import types

import pytest

from execgate.gate import Gate
from execgate.model.confines import OPEN, Session
from execgate.model.execution import Start, Stop
from execgate.policy import PolicySet
from execgate.sandbox import DockerSandbox
from execgate.sandbox.engine import connect
from execgate.sandbox.stock import NOTHING

pytestmark = pytest.mark.engine


@pytest.fixture
def warm(own):
    sandbox = DockerSandbox()
    yield sandbox
    sandbox.close()


@pytest.fixture
def client():
    client = connect()
    yield client
    client.close()


def test_a_first_run_is_cold_and_says_so_and_the_next_finds_a_container(
    warm, authorize, only_those_that_wait
):
    text = "open('mine', 'x').close()\nprint('ran')"
    assert warm.run(authorize(text)).start is Start.COLD
    assert warm._cells.settle()
    for _ in range(3):
        result = warm.run(authorize(text))
        assert (result.start, result.stdout) == (Start.WARM, "ran\n")
        assert warm._cells.settle()
    only_those_that_wait(warm)


def test_a_sandbox_that_was_warmed_is_warm_from_the_first_run_on(warm, authorize):
    assert warm.warm(authorize("pass")) == 1
    assert warm.run(authorize("print('ran')")).start is Start.WARM


def test_other_limits_are_another_container(warm, authorize):
    assert warm.warm(authorize("pass", memory_bytes=256 << 20)) == 1
    assert warm.run(authorize("print('ran')", memory_bytes=128 << 20)).start is Start.COLD


def test_limits_that_the_gate_keeps_share_their_containers(warm, authorize):
    assert warm.warm(authorize("pass", wall_s=9.0)) == 1
    result = warm.run(authorize("while True: pass", wall_s=0.2, output_bytes=10))
    assert (result.start, result.stopped_by) == (Start.WARM, Stop.TIME)


def test_a_container_that_is_killed_while_it_waits_hurts_nobody(warm, authorize, client):
    assert warm.warm(authorize("pass"), 2) == 2
    for cell in warm._cells.waiting():
        client.kill(cell.name)
    for _ in range(3):
        assert warm.run(authorize("print('ran')")).stdout == "ran\n"


def test_a_container_that_dies_between_its_choice_and_its_job_is_replaced(
    warm, authorize, client, monkeypatch
):
    assert warm.warm(authorize("pass")) == 1
    (cell,) = warm._cells.waiting()
    client.remove_container(cell.name, force=True)
    cell.wire._socket.shutdown(1)  # so that a write fails, which a dead container's need not at once
    monkeypatch.setattr(cell.wire, "is_quiet", lambda: True)
    result = warm.run(authorize("print('ran')"))
    assert result.stdout == "ran\n"


def test_closing_leaves_no_container_and_no_thread(authorize, own):
    sandbox = DockerSandbox()
    assert sandbox.warm(authorize("pass"), 3) >= 3
    assert len(own(sandbox)) >= 3
    sandbox.run(authorize("pass"))
    workers = set(sandbox._cells._workers)
    sandbox.close()
    assert own(sandbox) == set()
    assert not any(worker.is_alive() for worker in workers | sandbox._cells._workers)


def test_a_sandbox_that_nobody_closes_leaves_no_session(authorize, own):
    sandbox = DockerSandbox(ahead=NOTHING)
    confines = dataclasses.replace(OPEN, network=False, session=Session.FILES)
    assert sandbox.run(authorize("pass", confines=confines), conversation="one").exit_code == 0
    still = types.SimpleNamespace(_backend=sandbox._backend)
    assert len(own(still)) == 1
    changed = sandbox._sessions._changed
    del sandbox
    gc.collect()
    while own(still):
        with changed:
            changed.notify_all()


def test_a_gate_warms_for_an_agent_that_may_run_code_alone(tmp_path):
    policies = PolicySet.parse('agent "a" { can "code_execution" with constraints { } } agent "b" { }')
    with Gate(policies, home=tmp_path / "home") as gate:
        assert not gate.warm("b")
        assert not gate.warm("a", "import os; os.remove('x')")
        assert gate.warm("a")
        assert gate.execute("print(1)", agent="a").result.start is Start.WARM


def test_a_gate_for_one_run_starts_nothing_ahead(tmp_path):
    policies = PolicySet.parse('agent "a" { can "code_execution" with constraints { } }')
    with Gate(policies, home=tmp_path / "home", ahead=False) as gate:
        assert not gate.warm("a")
        assert gate.execute("print(1)", agent="a").result.start is Start.COLD


PROGRAM = """
import os, sys, time
sys.path[:0] = {path!r}
from execgate.model.confines import Confines
from execgate.model.limits import Limits
from execgate.model.program import Program
from execgate.model.source import Source
from execgate.model.verdict import Authorization, Verdict
from execgate.sandbox import DockerSandbox
def authorization(text):
    source = Source(text)
    return Authorization.of(
        Verdict(source, "a", Program(source), limits=Limits(), confines=Confines(), policy_digest="sha256:" + "0" * 64)
    )
sandbox = DockerSandbox()
sandbox.warm(authorization("pass"), 2)
def run(text="print('ran')"):
    result = sandbox.run(authorization(text))
    print(os.getpid(), result.start.value, result.stdout.strip(), flush=True)
"""


def start(text):
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", PROGRAM.format(path=sys.path) + text],
        stdout=subprocess.PIPE,
        text=True,
        cwd="/",
    )


def containers_of(client, pid):
    return client.containers(all=True, filters={"label": f"execgate.pid={pid}"})


@pytest.mark.parametrize(
    ("ending", "status"),
    [
        ("run()", 0),
        ("run(); sys.exit(3)", 3),
        ("run(); raise KeyboardInterrupt", -signal.SIGINT),
        ("run(); del sandbox; import gc; gc.collect()", 0),
        ("import threading; threading.Thread(target=run, args=('while True: pass',), daemon=True).start(); time.sleep(0.2)", 0),
    ],
)  # fmt: skip
def test_a_process_that_ends_without_closing_leaves_nothing(client, ending, status):
    process = start("\n" + ending)
    process.communicate(timeout=60)
    assert process.returncode == status
    assert containers_of(client, process.pid) == []


def test_a_forked_process_neither_uses_nor_ends_the_containers_of_its_parent(client):
    process = start(
        """
child = os.fork()
if child == 0:
    run()
    sandbox.close()
    os._exit(0)
os.waitpid(child, 0)
run()
print(child, len(sandbox._cells.waiting()) >= 1)
"""
    )
    out, _ = process.communicate(timeout=60)
    (one, first, _), (two, second, _), (child, left) = (line.split() for line in out.splitlines())
    assert (one, first) == (child, "cold")
    assert (two, second, left) == (str(process.pid), "warm", "True")
    assert containers_of(client, process.pid) == containers_of(client, child) == []


def test_containers_that_wait_end_by_themselves_when_their_gate_is_killed(client, authorize):
    process = start("\nprint('up', flush=True)\ntime.sleep(60)")
    assert process.stdout.readline() == "up\n"
    waiting = containers_of(client, process.pid)
    assert len(waiting) >= 2
    process.kill()
    process.communicate()
    for container in waiting:
        client.wait(container["Id"], timeout=60)
    sandbox = DockerSandbox()
    assert sandbox.run(authorize("print('next')")).stdout == "next\n"
    sandbox.close()
    assert containers_of(client, process.pid) == []


def test_ctrl_c_in_a_warm_run_removes_its_container(warm, authorize, only_those_that_wait):
    warm.warm(authorize("pass"))

    def interrupt(stream, data):
        os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        warm.run(authorize("print('up', flush=True)\nwhile True: pass"), on_output=interrupt)
    assert warm._cells.settle()
    only_those_that_wait(warm)
    assert warm.run(authorize("print('next')")).stdout == "next\n"


def test_a_run_that_takes_long_does_not_keep_the_next_one_cold(warm, authorize):
    warm.warm(authorize("pass"))

    def wait(stream, data):
        deadline = time.monotonic() + 20
        while not warm._cells.waiting() and time.monotonic() < deadline:
            time.sleep(0.01)

    result = warm.run(authorize("print('up', flush=True)"), on_output=wait)
    assert result.start is Start.WARM
    assert warm.run(authorize("pass")).start is Start.WARM
