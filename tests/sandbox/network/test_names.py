"""Hosts in every spelling, and the addresses that names lead to."""

import ipaddress
import subprocess
import sys

import pytest

from execgate.sandbox.network import judge
from execgate.sandbox.network.caps import Caps
from execgate.sandbox.network.targets import BadTargetError, absolute, authority
from tests.sandbox.network.test_requests import get

pytestmark = pytest.mark.enable_socket

ONE_SPELLING = {
    "API.Example.COM:80": "api.example.com:80",
    "api.example.com.:80": "api.example.com:80",
    "xn--bcher-kva.example:80": "xn--bcher-kva.example:80",
    "127.0.0.1:80": "127.0.0.1:80",
    "127.1:80": "127.0.0.1:80",
    "0x7f.1:80": "127.0.0.1:80",
    "0177.0.0.1:80": "127.0.0.1:80",
    "2130706433:80": "127.0.0.1:80",
    "0x7f000001:80": "127.0.0.1:80",
    "127.0.0.1.:80": "127.0.0.1:80",
    "169.254.43518:80": "169.254.169.254:80",
    "[::1]:80": "[::1]:80",
    "[0:0:0:0:0:0:0:1]:80": "[::1]:80",
    "[::ffff:127.0.0.1]:80": "127.0.0.1:80",
    "[::ffff:7f00:1]:80": "127.0.0.1:80",
}


@pytest.mark.parametrize("text", ONE_SPELLING)
def test_a_host_has_one_spelling(text):
    assert str(authority(text)) == ONE_SPELLING[text]


REFUSED = [
    "user@api.example.com:80", "user:secret@api.example.com:80", "api.example.com@evil.example:80",
    "api%2eexample.com:80", "api.example.com%00.evil.example:80", "api.example.com\\.evil.example:80",
    "api.example.com/:80", "api.example.com#:80", "api.example.com?:80", "api example.com:80", "api..example.com:80",
    ".example.com:80", "-api.example.com:80", "*.example.com:80", "api.example.com:", "api.example.com:0",
    "api.example.com:65536", "api.example.com:080", "api.example.com:+80", "api.example.com:80:80",
    "api.example.com: 80", "api.example.com:8\u0660", "b\u00fccher.example:80", "\uff41pi.example.com:80",
    "1.2.3.4.5:80", "256.1.1.1:80", "1.2.3.0x:80x", "0x100000000:80", "08.1.1.1:80", "::1:80", "[::1:80", "[::1]80",
    "[fe80::1%eth0]:80", "[fe80::1%25eth0]:80", "[::ffff:127.0.0.1%lo]:80", "[127.0.0.1]:80", "[]:80", ":80", "",
    "a" * 64 + ".example:80", ".".join(["a" * 60] * 5) + ":80",
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_what_names_no_host_plainly_is_refused(text):
    with pytest.raises(BadTargetError):
        authority(text)


@pytest.mark.parametrize(
    "text", ["http:///x", "//api.example.com/x", "http:\\\\api.example.com/", "http://a/b#c"]
)
def test_a_url_is_whole_or_none(text):
    with pytest.raises(BadTargetError):
        absolute(text)


def test_a_url_without_a_path_asks_for_the_root():
    assert absolute("HTTP://a.example?q") == ("http", authority("a.example:80"), "/?q")


INSIDE = [
    "127.0.0.1", "127.8.9.10", "10.0.0.5", "172.16.1.1", "192.168.1.1", "169.254.169.254", "100.100.100.200",
    "100.64.0.1", "168.63.129.16", "192.0.0.192", "198.18.0.1", "::1", "fd00:ec2::254", "fe80::1", "fec0::1",
    "::ffff:10.0.0.5", "64:ff9b::a00:5", "2002:a00:5::1", "64:ff9b:1::1",
]  # fmt: skip
NEVER = ["0.0.0.0", "255.255.255.255", "224.0.0.1", "240.0.0.1", "::", "ff02::1", "fe80::1%lo"]


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_refused_unless_the_address_is_granted(door, world, permit, ask, address):
    world.names["api.example.com"] = [address]
    door.admit(permit(("api.example.com", 9)))
    answer = ask(get("api.example.com", 9))
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert b"not of the open internet; allowed_hosts: [" in answer
    (one,) = door.leave()
    assert one.address is None


@pytest.mark.parametrize("address", NEVER)
def test_what_is_no_address_of_a_machine_is_never_reached(door, world, ask, address):
    world.names["api.example.com"] = [address]
    door.admit(lambda _: True)
    assert b"no address of another machine" in ask(get("api.example.com", 9))


def test_one_address_inside_among_others_refuses_them_all(door, world, permit, ask, web):
    world.names["api.example.com"] = ["127.0.0.1", "10.0.0.5"]
    door.admit(permit(("api.example.com", web.port), ("127.0.0.1", web.port)))
    assert b"10.0.0.5" in ask(get("api.example.com", web.port))
    assert web.got == []


def test_a_name_is_looked_up_once_and_what_was_checked_is_what_is_reached(door, world, permit, ask, web):
    answers = iter((["127.0.0.1"], ["10.0.0.5"]))
    world.names["api.example.com"] = lambda: next(answers)
    door.admit(permit(("api.example.com", web.port), ("127.0.0.1", web.port)))
    assert b" 200 " in ask(get("api.example.com", web.port, extra="Connection: close\r\n"))
    assert world.asked == ["api.example.com"]
    assert b"10.0.0.5" in ask(get("api.example.com", web.port))  # the second time it is checked anew
    assert len(web.got) == 1


def test_an_address_that_is_asked_for_has_to_be_granted_as_one(door, permit, ask, web):
    door.admit(permit(("api.example.com", web.port)))
    for spelling in ("127.0.0.1", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]"):
        assert b"403 " in ask(get(spelling, web.port))
    assert web.got == []
    door.admit(permit(("127.0.0.1", web.port)))
    assert b" 200 " in ask(get("0x7f.1", web.port, extra="Connection: close\r\n"))


def test_the_gates_own_machine_is_not_of_the_open_internet(door, world, ask, monkeypatch):
    own = ipaddress.ip_address("198.51.100.7")
    monkeypatch.setattr(judge, "own_addresses", lambda: frozenset((own,)))
    world.names["api.example.com"] = ["198.51.100.7"]
    door.admit(lambda _: True)
    for host in ("api.example.com", "198.51.100.7"):
        assert b"the gate's own machine" in ask(get(host, 9))


def test_the_machines_interfaces_are_known():
    assert ipaddress.ip_address("127.0.0.1") in judge.own_addresses()


def test_localhost_is_loopback_and_is_not_looked_up(door, world, permit, ask, web):
    world.names["localhost"] = ["93.184.216.34"]
    door.admit(permit(("localhost", web.port)))
    assert b" 200 " in ask(get("localhost", web.port, extra="Connection: close\r\n"))
    assert world.asked == []


def test_loopback_is_the_sandboxes_own_for_a_program_that_listens(door, world, permit, ask, web):
    world.names["api.example.com"] = ["127.0.0.1"]
    pairs = [(host, web.port) for host in ("127.0.0.1", "localhost", "api.example.com")]
    door.admit(permit(*pairs), loopback=False)
    for host in ("127.0.0.1", "localhost", "api.example.com"):
        assert b"the sandbox's own" in ask(get(host, web.port))
    assert web.got == []


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ([], b"502 Bad Gateway by execgate: api.example.com has no addresses"),
        (["93.184.216.34"] * 17, b"502 Bad Gateway by execgate: api.example.com has 17 addresses"),
        (["nonsense"], b"403 Forbidden by execgate: api.example.com has an address that is none"),
        (None, b"502 Bad Gateway by execgate: api.example.com was not found: name or service not known"),
        (lambda: 5.0, b"502 Bad Gateway by execgate: api.example.com was not found in 0.05 s"),
    ],
)
def test_a_name_that_leads_nowhere_is_said_to(grant, world, ask, names, says):
    grant(80, caps=Caps(lookup_s=0.05))
    world.names.clear()
    if names is not None:
        world.names["api.example.com"] = names
    assert says in ask(get("api.example.com", 80))


def test_a_machine_that_does_not_answer_is_said_to(door, world, permit, ask, serve):
    closed = serve(lambda *_: None)
    closed.close()
    world.names["api.example.com"] = ["127.0.0.1"]
    door.admit(permit(("api.example.com", closed.port), ("127.0.0.1", closed.port)))
    assert b"could not be reached: connection refused" in ask(get("api.example.com", closed.port)).lower()


def test_look_ups_that_nobody_waits_for_any_more_still_count(door, world, permit, ask):
    world.names["slow.example.com"] = 60.0
    world.names["api.example.com"] = ["127.0.0.1"]
    door.admit(permit(("slow.example.com", 9), ("api.example.com", 9)), Caps(lookups=1, lookup_s=0.2))
    for host in ("slow.example.com", "api.example.com"):
        assert b"was not found in 0.2 s" in ask(get(host, 9))
    assert world.asked == ["slow.example.com"]


def test_the_end_of_a_process_waits_for_no_name_server():
    program = """
import asyncio, threading
from execgate.sandbox.network import reach
begun = threading.Event()
def never(name):
    begun.set()
    threading.Event().wait()
reach.look_up = never
async def main():
    asking = asyncio.ensure_future(reach.system_resolver()("api.example.com"))
    await asyncio.to_thread(begun.wait)
    asking.cancel()
asyncio.run(main())
"""
    assert subprocess.run([sys.executable, "-c", program], timeout=60, check=True).returncode == 0
