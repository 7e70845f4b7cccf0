"""Limits where control groups can't be made: what is asked for is refused, defaults are kept in another way."""

import json

import pytest

from execgate.errors import SandboxUnavailableError
from execgate.model.execution import Stop
from execgate.sandbox import NOTHING, BubblewrapSandbox
from execgate.sandbox.bubblewrap.groups import Groups

pytestmark = pytest.mark.engine


@pytest.fixture
def sandbox(monkeypatch):
    monkeypatch.setattr(Groups, "find", classmethod(lambda cls: cls({}, unified=False, why="none here")))
    sandbox = BubblewrapSandbox(ahead=NOTHING)
    yield sandbox
    sandbox.close()


def test_a_limit_that_is_asked_for_is_refused_by_its_name(run):
    with pytest.raises(SandboxUnavailableError) as caught:
        run("print('never')", stated=frozenset({"memory_bytes"}))
    assert caught.value.message == "this sandbox can't keep a limit of the policy: max_memory"
    assert "systemd-run --user --scope -p Delegate=yes" in caught.value.help
    with pytest.raises(SandboxUnavailableError, match="max_cpus, max_memory"):
        run("print('never')")


def test_a_default_is_kept_for_each_process_and_the_result_says_so(run):
    result = run("x = bytearray(600_000_000)", stated=frozenset())
    assert result.stopped_by is Stop.MEMORY
    assert result.in_force["max_memory"].startswith("each process by itself")
    assert result.in_force["max_cpus"].startswith("a number of processors")
    text = "import json, os\nprint(json.dumps(len(os.sched_getaffinity(0))))"
    assert json.loads(run(text, stated=frozenset()).stdout) == 1


def test_what_is_unlimited_needs_no_group(run):
    result = run("print(1)", memory_bytes=None, cpus=None)
    assert (result.stdout, "max_memory" in result.in_force, "max_cpus" in result.in_force) == (
        "1\n",
        False,
        False,
    )


def test_processes_are_counted_by_the_namespace(run):
    text = """
        import os, time
        children = []
        try:
            while True:
                pid = os.fork()
                if pid == 0:
                    time.sleep(60)
                children.append(pid)
        except BlockingIOError:
            print(len(children))
    """
    assert run(text, processes=10, stated=frozenset({"processes"})).stdout == "9\n"


def test_disk_files_and_time_are_kept_all_the_same(run):
    free = {"memory_bytes": None, "cpus": None}
    assert (
        run("open('x', 'wb').write(bytes(20_000_000))", disk_bytes=8_000_000, **free).stopped_by is Stop.DISK
    )
    assert run("while True: pass", wall_s=0.5, **free).stopped_by is Stop.TIME
    assert run("while True: print('x' * 1000)", output_bytes=5000, **free).stopped_by is Stop.OUTPUT
