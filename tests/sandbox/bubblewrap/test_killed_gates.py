"""A gate that is killed takes its cells with it, and its control groups go at the next start."""

import signal
import subprocess
import sys
import threading
import time

import psutil
import pytest

from execgate.model.execution import Stop
from execgate.sandbox import NOTHING, BubblewrapSandbox
from execgate.sandbox.bubblewrap import leftovers
from execgate.sandbox.bubblewrap.groups import Groups

pytestmark = pytest.mark.engine

GATE = """
from execgate.model.confines import OPEN
from execgate.model.limits import Limits
from execgate.model.program import Program
from execgate.model.source import Source
from execgate.model.verdict import Authorization, Verdict
from execgate.sandbox import BubblewrapSandbox, NOTHING
source = Source("import os\\nfor _ in range(3): os.fork()\\nprint('up', flush=True)\\nwhile True: pass")
verdict = Verdict(
    source, "a", Program(source), limits=Limits(wall_s=None), confines=OPEN, policy_digest="sha256:" + "0" * 64
)
BubblewrapSandbox(ahead=NOTHING).run(Authorization.of(verdict), on_output=lambda *_: print("up", flush=True))
"""


@pytest.fixture
def sandbox():
    sandbox = BubblewrapSandbox(ahead=NOTHING)
    yield sandbox
    sandbox.close()


def test_nothing_of_a_killed_gate_stays(run):
    gate = subprocess.Popen([sys.executable, "-c", GATE], stdout=subprocess.PIPE, text=True)
    assert gate.stdout.readline() == "up\n"
    processes = psutil.Process(gate.pid).children(recursive=True)
    assert len(processes) > 3
    gate.kill()
    gate.wait()
    gate.stdout.close()
    _, alive = psutil.wait_procs(processes, timeout=10)
    assert alive == []
    with_groups = [name for name in Groups.find().names() if name.startswith(f"{gate.pid}.")]
    assert len(with_groups) <= 1
    assert run("print('next')").stdout == "next\n"
    assert [name for name in Groups.find().names() if name.startswith(f"{gate.pid}.")] == []


STARTING = """
import sys, threading
from execgate.sandbox.bubblewrap.backend import find_program, find_users
from execgate.sandbox.bubblewrap.users import Users
def wait(users, pid, *_):
    print(pid, flush=True)
    threading.Event().wait()
Users.map = wait
find_users(find_program())
"""


def test_a_bubblewrap_that_was_just_being_started_goes_with_the_next_gate():
    with subprocess.Popen([sys.executable, "-c", STARTING], stdout=subprocess.PIPE, text=True) as gate:
        inner = psutil.Process(int(gate.stdout.readline()))
        outer = inner.parent()
        assert inner.pid not in leftovers.strays()
        outer.suspend()  # else it may just get round to the word
        gate.kill()
    psutil.wait_procs([outer], timeout=10)
    # It waits for a word of the outer one, which has died with its gate.
    assert inner.pid in leftovers.strays()
    leftovers.sweep(Groups({}, unified=False))
    assert psutil.wait_procs([inner], timeout=10)[1] == []


def test_a_cell_outlives_the_thread_that_asked_for_it(sandbox, authorize):
    # To the kernel a parent is a thread: a cell that dies with its parent is not to die with whoever asked.
    made = []
    sandbox.prepare()
    backend = sandbox._backend
    authorization = authorize("pass")
    profile = _profile(backend, authorization)
    thread = threading.Thread(target=lambda: made.append(backend.start(profile)))
    thread.start()
    thread.join()
    (cell,) = made
    assert cell.wire.read(20) is not None
    time.sleep(0.1)
    assert cell.wire.is_quiet()
    assert cell.remove() is None
    cell.wire.close()
    assert not cell.state().running


def test_a_bubblewrap_that_is_killed_is_told(sandbox, authorize):
    def kill(*_):
        (bubble,) = [one for one in psutil.Process().children() if one.name() == "bwrap"]
        bubble.send_signal(signal.SIGKILL)

    result = sandbox.run(authorize("print('up', flush=True)\nwhile True: pass"), on_output=kill)
    assert (result.stopped_by, result.exit_code) == (Stop.ENGINE, None)
    assert sandbox.run(authorize("print('next')")).stdout == "next\n"


def _profile(backend, authorization):
    from execgate.sandbox.cell import Profile

    return Profile.of(authorization, backend.image(authorization))
