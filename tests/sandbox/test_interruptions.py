"""Whatever interrupts a run, no cell outlives it."""

import os
import signal
import threading

import pytest

from execgate.errors import SandboxUnavailableError
from execgate.model.execution import Stop
from execgate.sandbox import BACKENDS, NOTHING
from execgate.sandbox.owner import Owner

pytestmark = pytest.mark.engine


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
    monkeypatch.setattr(type(sandbox._backend), "start", lambda *arguments: made.append(arguments))
    (late,) = threads
    start(late)
    late.join()
    assert (made, our_containers()) == ([], [])


def test_a_gate_that_gets_no_thread_runs_nothing_and_says_what_to_raise(
    sandbox, authorize, our_containers, no_threads
):
    with no_threads(), pytest.raises(SandboxUnavailableError, match="the gate gets no thread") as caught:
        sandbox.run(authorize("print('never')"))
    assert "ulimit -u" in caught.value.help
    assert our_containers() == []
    assert sandbox.run(authorize("print('again')")).stdout == "again\n"


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
    owner = Owner.current()
    fields = {name: getattr(owner, name) for name in ("pid", "started", "boot", "namespace", "gate")}
    other = Owner(**{**fields, **change})
    assert other.is_gone() is gone
    assert Owner.of(other.labels()) == other


def test_labels_that_say_nothing_have_no_owner():
    assert Owner.of({}) is None
    assert Owner.of({**Owner.current().labels(), "execgate.pid": "x"}) is None


@pytest.mark.parametrize("backend", BACKENDS)
def test_closing_waits_for_no_program_and_what_runs_ends_as_it_would_have(backend, authorize):
    sandbox = BACKENDS[backend](ahead=NOTHING)
    began, found = threading.Event(), []

    def run():
        text = "import time\nprint('begun', flush=True)\ntime.sleep(1)\nprint('done')"
        found.append(sandbox.run(authorize(text), on_output=lambda *_: began.set()))

    running = threading.Thread(target=run)
    running.start()
    assert began.wait(60)
    sandbox.close()
    assert not found
    running.join(60)
    assert found[0].stdout == "begun\ndone\n"
    assert found[0].stopped_by is Stop.EXIT


def test_a_defect_of_the_gate_while_a_program_runs_is_a_result_and_leaves_nothing(
    run, our_containers, monkeypatch
):
    def fail(*_):
        raise KeyError("defect")

    with monkeypatch.context() as broken:
        broken.setattr("execgate.sandbox.run._Talk._next_deadline", fail)
        result = run("print(1)")
    assert result.stopped_by is Stop.ENGINE
    assert result.detail == "a defect of the gate: KeyError('defect')"
    assert our_containers() == []
    assert run("print(2)").stdout == "2\n"
