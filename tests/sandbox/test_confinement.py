"""From limits to flags, and from endings to outcomes: pure functions."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execgate import _resources
from execgate.errors import SandboxUnavailableError
from execgate.model.execution import Stop
from execgate.model.limits import Limits
from execgate.sandbox import outcome, places
from execgate.sandbox.cell import Profile
from execgate.sandbox.docker import confinement
from execgate.sandbox.docker.capabilities import described, has_seccomp, lacking_limits
from execgate.sandbox.docker.cell import DockerCell
from execgate.sandbox.job import program_name
from execgate.sandbox.transcript import Ending, Want
from execgate.sandbox.usage import Group


def test_the_flags_of_an_ordinary_run():
    config = confinement.host_config(Profile("sha256:0", Limits()), host_cpus=4)
    profile = config["security_opt"].pop()
    assert profile.startswith('seccomp={"defaultAction":"SCMP_ACT_ERRNO"')
    tmpfs = "rw,noexec,nosuid,nodev,mode={},uid=65532,gid=65532,nr_inodes=16384,size={}"
    limits = {"core": 0, "nofile": 4096, "msgqueue": 0, "memlock": 65536, "rtprio": 0, "fsize": 64_000_000}
    assert config == {
        "network_mode": "none",
        "ipc_mode": "private",
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "privileged": False,
        "read_only": True,
        "tmpfs": {
            "/workspace": tmpfs.format("0700", 44_007_424),
            "/tmp": tmpfs.format("1777", 11_997_184),
            "/home/agent": tmpfs.format("0700", 3_997_696),
            "/dev/shm": tmpfs.format("1777", 3_997_696),
        },
        "ulimits": [{"Name": name, "Soft": value, "Hard": value} for name, value in limits.items()],
        "log_config": {"Type": "none"},
        "restart_policy": {"Name": "no"},
        "dns": ["127.0.0.1"],
        "dns_search": ["."],
        "oom_score_adj": 500,
        "mem_limit": 512_000_000,
        "memswap_limit": 512_000_000,
        "pids_limit": 33,
        "nano_cpus": 1_000_000_000,
    }


@given(st.integers(1, 10**15))
def test_places_share_the_disk_and_never_exceed_it_but_for_a_page_each(size):
    disk = places.shares(size)
    parts = (disk.workspace, disk.tmp, disk.home, disk.shm)
    assert all(part % 4096 == 0 and part > 0 for part in parts)
    assert sum(parts) <= max(size, 4 * 4096)
    assert disk.workspace >= max(disk.tmp, disk.home, disk.shm)


def test_a_processor_limit_that_no_engine_keeps_is_refused():
    with pytest.raises(SandboxUnavailableError):
        confinement.host_config(Profile("sha256:0", Limits(cpus=0.001)), host_cpus=4)


def test_what_is_refused_by_the_profile_stays_refused():
    profile = json.loads(_resources.text("sandbox", "seccomp.json"))
    assert profile["defaultAction"] == "SCMP_ACT_ERRNO"
    free = {
        name
        for rule in profile["syscalls"]
        if rule["action"] == "SCMP_ACT_ALLOW" and not rule.get("args")
        for name in rule["names"]
    }
    narrowed = {name for rule in profile["syscalls"] if rule.get("args") for name in rule["names"]}
    assert narrowed == {"clone", "socket", "socketpair", "prlimit64"}
    assert not free & narrowed
    assert not free & {
        "io_uring_setup", "ptrace", "mount", "bpf", "unshare", "setns", "keyctl", "userfaultfd", "clone3",
        "perf_event_open", "memfd_create", "memfd_secret", "shmget", "semget", "msgget", "mq_open",
        "process_vm_readv", "process_vm_writev", "pidfd_getfd", "open_by_handle_at", "init_module", "kexec_load",
    }  # fmt: skip
    assert [arch["subArchitectures"] for arch in profile["archMap"]] == [[], []]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("job.py", "job.py"),
        ("/home/me/dir/step 3.py", "step 3.py"),
        ("C:\\code\\x.py", "x.py"),
        ("<code>", "main.py"),
        ("", "main.py"),
        ("..", "main.py"),
        ("a/", "main.py"),
        ("-c", "main.py"),
        ("x\n.py", "main.py"),
        ("x" * 200, "main.py"),
    ],
)
def test_the_programs_name_is_plain(path, name):
    assert program_name(path) == name


def ending(code=0, want=Want.NOTHING, kills=0, refused=0):
    return Ending(code, stopped=False, want=want, memory_kills=kills, refused_processes=refused)


FREE = Limits(memory_bytes=None, processes=None, disk_bytes=None)


@pytest.mark.parametrize(
    ("told", "limits", "stop", "code", "detail"),
    [
        (ending(), Limits(), Stop.EXIT, 0, ""),
        (ending(3), Limits(), Stop.EXIT, 3, "exit status 3"),
        (ending(-11), Limits(), Stop.EXIT, -11, "killed by SIGSEGV"),
        (ending(-35), Limits(), Stop.EXIT, -35, "killed by signal 35"),
        (ending(-9), Limits(), Stop.EXIT, -9, "killed by SIGKILL"),
        (ending(-9, kills=1), Limits(), Stop.MEMORY, None,
         "out of memory at 512,000,000 bytes (max_memory): the program was killed"),
        (ending(-9, kills=1), FREE, Stop.EXIT, -9,
         "killed by SIGKILL; a child process was killed at the memory limit"),
        (ending(1, kills=1), Limits(), Stop.EXIT, 1,
         "exit status 1; a child process was killed at the memory limit"),
        (ending(1, Want.MEMORY), Limits(), Stop.MEMORY, None,
         "out of memory at 512,000,000 bytes (max_memory): it ended with MemoryError"),
        (ending(1, Want.MEMORY), FREE, Stop.EXIT, 1, "exit status 1"),
        (ending(1, Want.DISK), Limits(), Stop.DISK, None,
         "out of disk space: 64,000,000 bytes for all files together (max_disk)"),
        (ending(0, Want.DISK), Limits(), Stop.EXIT, 0, ""),
        (ending(1, Want.DISK), FREE, Stop.EXIT, 1, "exit status 1"),
        (ending(-25), Limits(), Stop.DISK, None,
         "out of disk space: 64,000,000 bytes for all files together (max_disk)"),
        (ending(1, Want.PROCESSES, refused=1), Limits(), Stop.PROCESSES, None,
         "no more than 32 processes and threads at once (max_processes)"),
        (ending(1, Want.PROCESSES), Limits(), Stop.EXIT, 1, "exit status 1"),
        (ending(1, Want.PROCESSES, refused=1), FREE, Stop.EXIT, 1,
         "exit status 1; a process or thread was refused at the limit on processes"),
        (ending(0, refused=9), Limits(), Stop.EXIT, 0, "a process or thread was refused at the limit on processes"),
    ],
)  # fmt: skip
def test_what_stopped_a_program_is_told_apart(told, limits, stop, code, detail):
    assert outcome.judge(told, limits) == (stop, code, detail)


@pytest.mark.parametrize(
    ("info", "seccomp", "lacking"),
    [
        ({}, False, set()),
        ({"SecurityOptions": None}, False, set()),
        ({"SecurityOptions": ["name=apparmor", "name=seccomp,profile=default"]}, True, set()),
        ({"MemoryLimit": True, "CpuCfsQuota": True, "PidsLimit": True}, False, set()),
        ({"MemoryLimit": False, "PidsLimit": False}, False, {"memory_bytes", "processes"}),
    ],
)
def test_what_an_engine_lacks_is_seen(info, seccomp, lacking):
    assert has_seccomp(info) is seccomp
    assert lacking_limits(info) == lacking


def test_a_limit_that_an_engine_discards_is_seen():
    assert confinement.is_discarded("Your kernel does not support memory limit. Limitation discarded.")
    assert not confinement.is_discarded(
        "Your kernel does not support swap limit capabilities. Limitation discarded."
    )
    assert not confinement.is_discarded("something else")


def test_a_control_group_of_the_second_version_is_read(tmp_path):
    (tmp_path / "proc/7").mkdir(parents=True)
    (tmp_path / "proc/7/cgroup").write_text("0::/system.slice/docker-abc.scope\n")
    folder = tmp_path / "cgroup/system.slice/docker-abc.scope"
    folder.mkdir(parents=True)
    figures = {
        "memory.current": "5", "memory.peak": "9", "cpu.stat": "usage_usec 1500000\nuser_usec 1\n",
        "pids.current": "3", "pids.peak": "4",
    }  # fmt: skip
    for name, text in figures.items():
        (folder / name).write_text(text)
    group = Group.of(7, "abc", tmp_path / "cgroup", tmp_path / "proc")
    assert group is not None
    assert (group.cpu_s(), group.memory_now(), group.memory_peak()) == (1.5, 5, 9)
    assert (group.processes_now(), group.processes_peak()) == (3, 4)
    assert Group.of(7, "another", tmp_path / "cgroup", tmp_path / "proc") is None
    assert Group.of(8, "abc", tmp_path / "cgroup", tmp_path / "proc") is None


def test_a_control_group_of_the_first_version_is_read(tmp_path):
    (tmp_path / "proc/7").mkdir(parents=True)
    lines = [
        "9:name=systemd:/docker/abc",
        "4:cpu,cpuacct:/docker/abc",
        "3:memory:/docker/abc",
        "2:pids:/docker/abc",
    ]
    (tmp_path / "proc/7/cgroup").write_text("\n".join(lines))
    for folder, name, text in (
        ("memory", "memory.max_usage_in_bytes", "9"),
        ("memory", "memory.usage_in_bytes", "5"),
        ("cpu,cpuacct", "cpuacct.usage", "1500000000"),
        ("pids", "pids.current", "3"),
    ):
        place = tmp_path / "cgroup" / folder / "docker/abc"
        place.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text)
    group = Group.of(7, "abc", tmp_path / "cgroup", tmp_path / "proc")
    assert group is not None
    assert (group.cpu_s(), group.memory_now(), group.memory_peak()) == (1.5, 5, 9)
    assert (group.processes_now(), group.processes_peak()) == (3, None)


class Babbling:
    """An engine that answers every question with what is no answer."""

    timeout = 15

    def __init__(self, answer):
        self._answer = answer

    def __getattr__(self, name):
        return lambda *_, **__: self._answer


@pytest.mark.parametrize("answer", [None, [], "?", {}, {"State": None}, {"State": {"Pid": "?"}, "Id": 1}])
def test_an_answer_that_is_none_of_an_engines_is_a_fault_and_no_other_error(answer):
    cell = DockerCell(Babbling(answer), "name", None, ours=1)
    assert cell.meter is None
    if answer != {"State": {"Pid": "?"}, "Id": 1}:
        assert not cell.state().known


@pytest.mark.parametrize("info", [None, [], "?", {"NCPU": "?", "SecurityOptions": ["name=seccomp"]}])
def test_an_engine_that_does_not_say_what_it_is_is_not_used(info):
    with pytest.raises(SandboxUnavailableError):
        described(Babbling(info), None)
