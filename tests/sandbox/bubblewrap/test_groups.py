"""Control groups of both versions, on trees of files that behave as the kernel's do where it matters here."""

import errno

import pytest

from execgate.errors import SandboxUnavailableError
from execgate.sandbox.bubblewrap import groups, leftovers
from execgate.sandbox.bubblewrap.groups import Groups, Made, Share


@pytest.fixture
def unified(tmp_path):
    """Return (proc, the delegated group) of a process in a tree of the second version."""
    proc, mount = tmp_path / "proc", tmp_path / "cgroup"
    own = mount / "user.slice" / "run-1.scope"
    own.mkdir(parents=True)
    proc.mkdir()
    (proc / "mountinfo").write_text(f"30 24 0:26 / {mount} rw,nosuid - cgroup2 cgroup2 rw\n")
    (proc / "cgroup").write_text("0::/user.slice/run-1.scope\n")
    for folder in (own, own / "execgate"):
        folder.mkdir(exist_ok=True)
        (folder / "cgroup.controllers").write_text("cpu memory pids\n")
        (folder / "cgroup.subtree_control").write_text("cpu memory pids\n")
        (folder / "cgroup.procs").write_text("")
    return proc, own


def test_a_delegated_group_of_the_second_version_is_used(unified):
    proc, own = unified
    found = Groups.find(proc)
    assert found.unified
    assert set(found.bases.values()) == {own / "execgate"}
    assert found.lacks == frozenset()


def test_a_group_without_its_memory_controller_is_none(unified):
    proc, own = unified
    (own / "cgroup.controllers").write_text("cpu pids\n")
    found = Groups.find(proc)
    assert found.lacks == {"memory_bytes", "cpus", "processes"}
    assert found.why == f"{own} can't limit memory"


def test_a_group_that_was_not_delegated_is_none(unified):
    proc, own = unified
    (own / "cgroup.subtree_control").unlink()
    assert Groups.find(proc).why == "its control group was not delegated to this user"


def test_a_gate_that_was_moved_into_a_leaf_finds_its_delegated_group(unified):
    proc, own = unified
    (proc / "cgroup").write_text("0::/user.slice/run-1.scope/execgate-gate\n")
    assert set(Groups.find(proc).bases.values()) == {own / "execgate"}


@pytest.fixture
def kernel(unified, monkeypatch):
    """Refuse as the kernel does what is written to control files (cgroup-v2.rst, "No Internal Process")."""
    _, own = unified
    (own / "cgroup.subtree_control").write_text("")
    (own / "cgroup.procs").write_text("11\n12\n")
    refused = {}

    def write(path, value):
        if path.name == "cgroup.subtree_control":
            if (path.parent / "cgroup.procs").read_text():
                raise OSError(errno.EBUSY, "Device or resource busy")
            if value in refused:
                raise OSError(refused[value], "refused")
            path.write_text(f"{path.read_text()} {value[1:]}")
        elif path.name == "cgroup.procs":
            left = (own / "cgroup.procs").read_text().split()
            left.remove(value)
            if value == "11":  # it starts another, and ends
                left.append("13")
            (own / "cgroup.procs").write_text("\n".join(left))
            if value == "11":
                raise ProcessLookupError(errno.ESRCH, "No such process")

    monkeypatch.setattr(groups, "_set", write)
    return refused


def test_the_processes_of_a_delegated_group_are_moved_out_of_it_also_while_they_come_and_go(unified, kernel):
    proc, own = unified
    found = Groups.find(proc)
    assert (set(found.bases.values()), found.lacks) == ({own / "execgate"}, frozenset())
    assert (own / "cgroup.procs").read_text() == ""


@pytest.mark.parametrize(
    ("controller", "lacks"),
    [("+cpu", {"cpus"}), ("+pids", {"processes"}), ("+memory", {"cpus", "memory_bytes", "processes"})],
)
def test_a_controller_that_can_not_be_handed_on_is_the_one_that_is_lacking(
    unified, kernel, controller, lacks
):
    proc, own = unified
    (own / "execgate" / "cgroup.subtree_control").write_text("")
    kernel[controller] = errno.EINVAL
    assert Groups.find(proc).lacks == lacks


def test_no_control_groups_at_all(tmp_path):
    found = Groups.find(tmp_path)
    assert (found.bases, found.why) == ({}, "no control groups are mounted")
    assert found.lacks == {"memory_bytes", "cpus", "processes"}


def test_limits_are_written_as_each_version_takes_them():
    share = Share(memory_bytes=100_000_000, cpus=0.5, processes=12)
    assert list(groups._settings(share, unified=True)) == [
        ("memory", "memory.max", "100000000"),
        ("memory", "memory.swap.max?", "0"),
        ("pids", "pids.max", "12"),
        ("cpu", "cpu.max", "50000 100000"),
    ]
    assert list(groups._settings(share, unified=False)) == [
        ("memory", "memory.limit_in_bytes", "100000000"),
        ("memory", "memory.memsw.limit_in_bytes?", "100000000"),
        ("pids", "pids.max", "12"),
        ("cpu", "cpu.cfs_period_us", "100000"),
        ("cpu", "cpu.cfs_quota_us", "50000"),
    ]
    assert list(groups._settings(Share(), unified=True)) == []


def test_a_limit_that_has_no_control_file_is_refused_and_nothing_stays(tmp_path):
    found = Groups({"memory": tmp_path, "pids": tmp_path}, unified=True)
    with pytest.raises(SandboxUnavailableError, match="can't make a control group"):
        found.make("cell", Share(memory_bytes=1 << 20))
    assert found.names() == []


def test_running_out_of_memory_is_read_from_either_version(tmp_path):
    (tmp_path / "memory.events").write_text("low 0\noom 1\noom_kill 1\n")
    (tmp_path / "memory.oom_control").write_text("oom_kill_disable 0\nunder_oom 0\noom_kill 0\n")
    assert Made({"memory": tmp_path}, unified=True).ran_out_of_memory()
    assert not Made({"memory": tmp_path}, unified=False).ran_out_of_memory()
    assert not Made({}, unified=True).ran_out_of_memory()


def test_a_group_tells_by_its_name_whose_it_is(tmp_path):
    found = Groups({"pids": tmp_path}, unified=False)
    own = leftovers.new_name()
    pid, started, *rest = own.split(".")
    gone = ".".join((pid, str(int(started) + 1), *rest))
    for name in (own, gone, "somebody-else", "1.2.no-boot.4.5"):
        (tmp_path / name).mkdir()
    assert leftovers.abandoned(found) == [gone]
    assert leftovers.sweep(found) == 1
    assert found.names() == sorted((own, "somebody-else", "1.2.no-boot.4.5"))
