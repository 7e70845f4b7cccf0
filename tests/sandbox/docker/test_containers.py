"""What an engine adds to a container of ours, and what it does not take away."""

import pytest

from execgate.sandbox.cell import Profile
from execgate.sandbox.docker import confinement

pytestmark = pytest.mark.engine


def test_no_file_of_the_host_is_mounted_but_what_the_engine_writes_itself(run):
    text = r"""
        for line in open("/proc/self/mountinfo"):
            left, right = line.split(" - ")
            if not right.startswith(("tmpfs", "proc", "sysfs", "cgroup", "devpts", "mqueue", "overlay")):
                print(left.split()[4], open(left.split()[4]).read().split())
    """
    found = dict(line.split(" ", 1) for line in run(text).stdout.splitlines())
    assert sorted(found) == ["/etc/hostname", "/etc/hosts", "/etc/resolv.conf"]
    assert found["/etc/hostname"] == "['sandbox']"
    # No name server of the host is told, and none could be reached.
    assert found["/etc/resolv.conf"] in {
        "['search', '.', 'nameserver', '127.0.0.1']",
        "['nameserver', '127.0.0.1']",
    }
    assert found["/etc/hosts"].startswith("['127.0.0.1', 'localhost', '::1',")


def test_unlimited_takes_no_isolation_away():
    from execgate.model.limits import Limits

    unlimited = Limits(
        wall_s=None, memory_bytes=None, cpus=None, processes=None, output_bytes=None, disk_bytes=None
    )
    limited = confinement.host_config(Profile("sha256:0", Limits()), host_cpus=4)
    free = confinement.host_config(Profile("sha256:0", unlimited), host_cpus=4)
    assert set(limited) - set(free) == {"mem_limit", "memswap_limit", "pids_limit", "nano_cpus"}
    same = set(free) - {"tmpfs", "shm_size", "ulimits"}
    assert {key: free[key] for key in same} == {key: limited[key] for key in same}
    for options in free["tmpfs"].values():
        assert {"noexec", "nosuid", "nodev"} <= set(options.split(","))


def test_usage_that_can_not_be_told_is_absent(run, monkeypatch):
    monkeypatch.setattr("execgate.sandbox.usage.Group.of", lambda *_: None)
    monkeypatch.setattr("execgate.sandbox.usage._runs_here", lambda *_: False)
    usage = run("print(1)").usage
    assert (usage.cpu_s, usage.memory_peak_bytes, usage.processes_peak) == (None, None, None)
    assert usage.wall_s > 0
