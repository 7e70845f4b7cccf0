"""What a sandbox makes of a policy that grants hosts."""

import dataclasses

import pytest

from execgate.errors import SandboxUnavailableError
from execgate.model.confines import OPEN, Session
from execgate.model.limits import Limits
from execgate.model.operation import NetworkCall
from execgate.model.program import Program
from execgate.model.source import Source, Span
from execgate.model.verdict import Authorization, Ruling, Verdict
from execgate.sandbox.cell import Profile
from execgate.sandbox.docker import confinement
from execgate.sandbox.network import INSIDE, WayOut
from execgate.sandbox.service import CellSandbox


def authorized(*methods, ports=(8000, 9000), network=True):
    source = Source("pass")
    operations = tuple(
        NetworkCall(via="x", location=Span(1, 0, 1, 0), destination="127.0.0.1", port=8000, method=method)
        for method in methods
    )
    verdict = Verdict(
        source,
        "a",
        Program(source, operations),
        rulings=tuple(Ruling(index, evidence=("granted",)) for index in range(len(operations))),
        limits=Limits(),
        confines=dataclasses.replace(OPEN, ports=ports, network=network),
        policy_digest="sha256:" + "0" * 64,
    )
    return Authorization.of(verdict)


class FarAway:
    """A backend whose engine is on another machine."""

    name = "far"

    def prepare(self):
        pass

    def lacks(self):
        return frozenset(("network",))

    def instead(self):
        return {}


def test_where_no_socket_can_be_mounted_a_policy_that_grants_hosts_is_refused():
    with pytest.raises(SandboxUnavailableError, match="can't be given the gate's socket") as caught:
        CellSandbox(FarAway()).run(authorized())
    assert "an engine on this machine" in caught.value.help


def test_a_cell_gets_the_socket_where_hosts_are_granted_and_only_there(tmp_path):
    with_hosts = Profile.of(authorized(), "image")
    without = Profile.of(authorized(network=False), "image")
    assert (with_hosts.network, without.network) == (True, False)
    opened = confinement.host_config(with_hosts, host_cpus=4, door=tmp_path)
    closed = confinement.host_config(without, host_cpus=4)
    assert opened["network_mode"] == closed["network_mode"] == "none"
    assert opened["binds"] == {str(tmp_path): {"bind": INSIDE, "mode": "ro"}}
    assert "binds" not in closed
    assert "sysctls" not in closed
    assert opened["pids_limit"] == closed["pids_limit"] + 1


def test_names_are_asked_for_at_a_low_port_in_a_kept_cell_too_and_no_connection_outlives_its_run(tmp_path):
    kept = Profile.of(authorized(), "image", session=Session.CLEAN)
    alone = Profile.of(authorized(network=False), "image", session=Session.CLEAN)
    low, traceless = "net.ipv4.ip_unprivileged_port_start", "net.ipv4.tcp_max_tw_buckets"
    assert confinement.host_config(kept, host_cpus=4, door=tmp_path)["sysctls"] == {low: "0", traceless: "0"}
    assert confinement.host_config(alone, host_cpus=4)["sysctls"] == {traceless: "0"}


def test_loopback_that_is_granted_is_the_gates_machine_unless_the_program_listens():
    def permits(call):
        return (call.destination, call.port) in {("127.0.0.1", 8000), ("localhost", 9000)}

    assert WayOut.of(authorized("GET"), permits).to_json() == {
        "ports": [8000, 9000],
        "loopback": [["127.0.0.1", 8000], ["localhost", 9000]],
        "own_loopback": False,
    }
    assert WayOut.of(authorized("listen", "GET"), permits).to_json() == {
        "ports": [8000, 9000],
        "loopback": [],
        "own_loopback": True,
    }
    assert WayOut.of(authorized("GET", ports=None), permits).to_json() == {
        "ports": None,
        "loopback": [],
        "own_loopback": False,
    }
