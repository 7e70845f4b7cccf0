"""CONNECT, and what clients say that know of no proxy."""

import errno
import os
import time

import pytest

from execgate.sandbox.network import hello
from execgate.sandbox.network.caps import Caps
from execgate.sandbox.network.tunnel import ACCESS_DENIED, INTERNAL_ERROR
from tests.sandbox.network.conftest import answers_requests, echoes, everything, greets, head_of

pytestmark = pytest.mark.enable_socket

ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


def connect(host, port, extra=""):
    return f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n{extra}\r\n".encode()


def direct(host, port):
    return connect(host, port, "Execgate-Direct: 1\r\n")


def greeting(name=None, *, split=0):
    """Return what a TLS client says first."""
    import ssl

    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    client = context.wrap_bio(incoming, outgoing, server_hostname=name)
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    data = outgoing.read()
    if not split:
        return data
    body = data[5:]  # the same message in several records
    pieces = [body[at : at + split] for at in range(0, len(body), split)]
    return b"".join(data[:3] + len(piece).to_bytes(2, "big") + piece for piece in pieces)


def test_what_is_not_http_goes_through_as_it_stands(grant, serve, knock, door):
    server = serve(echoes)
    grant(server.port)
    client = knock()
    client.sendall(connect("api.example.com", server.port))
    assert head_of(client) == ESTABLISHED
    client.sendall(b"\x00\x01binary")
    assert client.recv(100) == b"\x00\x01binary"
    (one,) = door.leave()
    assert (one.scheme, one.address, one.sent_bytes, one.received_bytes) == ("tcp", "127.0.0.1", 8, 8)


def test_a_server_that_speaks_first_is_heard(grant, serve, knock):
    server = serve(greets)
    grant(server.port)
    client = knock()
    client.sendall(connect("api.example.com", server.port))
    assert head_of(client) == ESTABLISHED
    assert client.recv(100) == b"220 ready\r\n"
    client.sendall(b"GET / HTTP/1.1\r\n\r\n")  # by now it is no HTTP
    assert client.recv(100) == b"GET / HTTP/1.1\r\n\r\n"


def test_a_half_that_ends_leaves_the_other_open(grant, serve, knock):
    import socket

    def until_the_end(server, connection, index):
        while piece := connection.recv(65536):
            server.got[index] += piece
        connection.sendall(b"got %d" % len(server.got[index]))

    server = serve(until_the_end)
    grant(server.port)
    client = knock()
    client.sendall(connect("api.example.com", server.port) + b"\x00" * 1000)
    client.shutdown(socket.SHUT_WR)
    assert everything(client) == ESTABLISHED + b"got 1000"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "[::1]", "169.254.169.254", "93.184.216.34"])
def test_a_tunnel_to_what_is_not_granted_is_refused(grant, web, ask, host):
    grant(web.port, name="other.example")
    # The one address that is granted is so for its port alone.
    assert b"403 Forbidden by execgate: " in ask(connect(host, 22))


def test_a_tunnel_to_a_port_that_is_not_granted_is_refused(grant, web, ask, world):
    grant(web.port)
    answer = ask(connect("api.example.com", 22))
    assert (
        b'api.example.com:22 is not granted; allowed_hosts: ["api.example.com:22"] would permit it' in answer
    )
    assert world.asked == []


@pytest.fixture
def for_reading(door, world, web, permit, knock):
    """Return a client with a tunnel in which nothing but GET is granted."""
    world.names["api.example.com"] = ["127.0.0.1"]
    pairs = [("api.example.com", web.port), ("127.0.0.1", web.port)]
    door.admit(permit(*pairs, methods={"GET", "connect"}))
    client = knock()
    client.sendall(connect("api.example.com", web.port))
    assert head_of(client) == ESTABLISHED
    return client


def test_requests_in_a_tunnel_are_judged_one_by_one(for_reading, web):
    client = for_reading
    host = f"Host: api.example.com:{web.port}\r\n\r\n".encode()
    client.sendall(b"GET /a HTTP/1.1\r\n" + host)
    assert b" 200 " in head_of(client)
    client.recv(100)
    client.sendall(b"DELETE /a HTTP/1.1\r\n" + host)
    assert b"403 Forbidden" in everything(client)
    assert len(web.got) == 1
    assert b"DELETE" not in web.got[0]


@pytest.mark.parametrize(
    "text",
    [
        b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"CONNECT evil.example:80 HTTP/1.1\r\nHost: evil.example:80\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\r\nGET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b" GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"get / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET / HTTP/1.1\nHost: evil.example\n\n\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
)
def test_a_tunnel_is_no_way_around_the_rules_of_requests(grant, web, ask, text):
    grant(web.port)
    answer = ask(connect("api.example.com", web.port) + text)
    assert answer.startswith(ESTABLISHED + b"HTTP/1.1 4")
    assert all(b"evil" not in got and b"HTTP" not in got for got in web.got)


def test_tls_goes_through_with_a_name_that_is_granted(grant, serve, ask, door):
    server = serve(echoes)
    grant(server.port)
    said = greeting("api.example.com")
    client = connect("api.example.com", server.port) + said
    import threading

    threading.Timer(0.3, door.leave).start()
    assert ask(client) == ESTABLISHED + said
    assert server.got == [said]


@pytest.mark.parametrize("split", [0, 1, 7, 50])
def test_a_greeting_to_another_server_is_refused(grant, serve, ask, split, door):
    server = serve(echoes)
    grant(server.port)
    assert ask(connect("api.example.com", server.port) + greeting("evil.example", split=split)) == (
        ESTABLISHED + ACCESS_DENIED
    )
    assert b"".join(server.got) == b""
    assert "asks for another server: evil.example:" in door.leave()[-1].refused


def test_a_greeting_is_understood_however_it_comes():
    whole = greeting("Api.Example.com")
    assert hello.parse(whole) == hello.Hello("api.example.com")
    assert hello.parse(greeting()) == hello.Hello(None)
    assert all(hello.parse(whole[:end]) is None for end in range(len(whole)))
    assert hello.parse(greeting("a.example", split=1)) == hello.Hello("a.example")


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x00\x00",
        b"\x16\x03\x01\xff\xff",
        b"\x16\x03\x01\x00\x04\x02\x00\x00\x00",
        b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00",
        b"\x16\x03\x01\x00\x01\x01\x17\x03\x01\x00\x01",
        b"\x16\x03\x01\x00\x04\x01\xff\xff\xff" + b"\x16\x03\x01\x00\x01\x00" * 6000,
    ],
)
def test_what_begins_as_tls_and_is_none_is_refused(data):
    with pytest.raises(hello.NotTlsError):
        hello.parse(data)


def test_a_host_that_is_granted_for_https_gets_nothing_else(door, world, serve, permit, ask):
    server = serve(echoes)
    world.names["api.example.com"] = ["127.0.0.1"]
    pairs = [("api.example.com", server.port), ("127.0.0.1", server.port)]
    door.admit(permit(*pairs, schemes={"https"}))
    host = f"Host: api.example.com:{server.port}\r\n\r\n".encode()
    for text in (b"\x00\x01", b"GET / HTTP/1.1\r\n" + host, b"SSH-2.0-x\r\n"):
        ask(connect("api.example.com", server.port) + text)
    assert set(server.got) <= {b""}
    assert {one.refused for one in door.leave()} == {
        f"api.example.com:{server.port} is granted, but not for {what}" for what in ("tcp", "http")
    }


def test_a_host_that_is_granted_for_http_gets_no_tunnel_of_bytes(door, world, serve, permit, ask):
    server = serve(answers_requests)
    world.names["api.example.com"] = ["127.0.0.1"]
    pairs = [("api.example.com", server.port), ("127.0.0.1", server.port)]
    door.admit(permit(*pairs, schemes={"http"}))
    head = f"GET /x HTTP/1.1\r\nHost: api.example.com:{server.port}\r\nConnection: close\r\n\r\n".encode()
    assert b" 200 OK" in ask(connect("api.example.com", server.port) + head)
    assert (
        ask(connect("api.example.com", server.port) + greeting("api.example.com"))
        == ESTABLISHED + ACCESS_DENIED
    )
    assert ask(connect("api.example.com", server.port) + b"\x00") == ESTABLISHED


def test_a_client_that_knows_of_no_proxy_is_told_in_what_it_speaks(grant, web, ask, world):
    grant(web.port)
    refused = ask(direct("evil.example", 80) + b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n")
    assert refused.startswith(b"HTTP/1.1 403 Forbidden by execgate: evil.example:80 is not granted; ")
    assert ask(direct("evil.example", 443) + greeting("evil.example")) == ACCESS_DENIED
    assert ask(direct("evil.example", 22) + b"SSH-2.0-x\r\n") == b""
    world.names["api.example.com"] = []
    assert ask(direct("api.example.com", web.port) + greeting("api.example.com")) == INTERNAL_ERROR
    assert b"502 " in ask(direct("api.example.com", web.port) + b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")


def test_a_client_that_knows_of_no_proxy_is_served(grant, web, ask):
    grant(web.port)
    head = f"GET /x HTTP/1.1\r\nHost: api.example.com:{web.port}\r\nConnection: close\r\n\r\n"
    assert ask(direct("api.example.com", web.port) + head.encode()).startswith(b"HTTP/1.1 200 OK")


def test_a_connection_that_says_nothing_is_closed(grant, web, knock):
    grant(web.port, caps=Caps(head_s=0.2, idle_s=0.2))
    silent, slow, idle = knock(), knock(), knock()
    slow.sendall(b"GET http://api.exam")
    idle.sendall(connect("api.example.com", web.port) + b"\x00")
    assert everything(silent) == b""
    assert everything(slow) == b""
    assert everything(idle).startswith(ESTABLISHED)


@pytest.mark.parametrize("word", [b"PING", b"HELLO WORLD", b"GET", b"GET  /x  HTTP/1.1"])
def test_words_that_could_begin_a_request_are_none_after_a_pause_where_both_are_granted(
    grant, serve, knock, word
):
    server = serve(echoes)
    grant(server.port)
    client = knock()
    client.sendall(connect("api.example.com", server.port))
    assert head_of(client) == ESTABLISHED
    client.sendall(word)
    assert client.recv(100) == word


def test_a_pause_in_a_request_is_no_way_around_a_rule_on_methods(door, world, web, permit, knock):
    world.names["api.example.com"] = ["127.0.0.1"]
    pairs = [("api.example.com", web.port), ("127.0.0.1", web.port)]
    door.admit(permit(*pairs, methods={"GET", "connect"}), Caps(pause_s=0.01, head_s=0.3))
    client = knock()
    client.sendall(connect("api.example.com", web.port) + b"DELETE")
    assert everything(client) == ESTABLISHED
    (one,) = door.leave()
    assert (one.scheme, one.refused) == ("tcp", "cut off: nothing came that can be understood")
    assert not any(web.got)


def test_a_long_line_is_no_way_around_a_rule_on_methods(for_reading, web):
    client = for_reading
    client.sendall(b"DELETE \t /" + b"a" * 9000)
    client.sendall(b" HTTP/1.1\r\nHost: api.example.com:%d\r\n\r\n" % web.port)
    assert everything(client).startswith(b"HTTP/1.1 40")
    assert not any(web.got)


def test_a_pause_in_a_greeting_is_no_way_around_its_name(grant, serve, knock, door):
    server = serve(echoes)
    grant(server.port, caps=Caps(pause_s=0.01, head_s=0.3))
    client = knock()
    client.sendall(connect("api.example.com", server.port) + b"\x16\x03\x01\x02\x00\x01")
    assert everything(client) == ESTABLISHED
    assert not any(server.got)
    (one,) = door.leave()
    assert one.refused == "cut off: nothing came that can be understood"


def test_more_than_it_may_send_or_receive_ends_a_connection(door, world, serve, permit, ask):
    def takes(server, connection, index):
        while connection.recv(65536):
            pass

    def gives(server, connection, index):
        connection.sendall(b"\x00" * (2 << 20))

    taking, giving = serve(takes), serve(gives)
    world.names["api.example.com"] = ["127.0.0.1"]
    pairs = [(host, one.port) for host in ("api.example.com", "127.0.0.1") for one in (taking, giving)]
    door.admit(permit(*pairs), Caps(sent_bytes=1 << 20))
    ask(connect("api.example.com", taking.port) + b"\x00" * 500, b"\x00" * (2 << 20))
    (one,) = door.leave()
    assert one.refused == "cut off: the run has sent its 1 MiB"
    assert one.sent_bytes <= 1 << 20
    door.admit(permit(*pairs), Caps(received_bytes=1 << 20))
    assert len(ask(connect("api.example.com", giving.port))) <= (1 << 20) + len(ESTABLISHED)
    (one,) = door.leave()
    assert one.refused == "cut off: the run has received its 1 MiB"


def test_connections_above_the_cap_wait_their_turn(door, world, web, permit, knock):
    world.names["api.example.com"] = ["127.0.0.1"]
    pairs = [("api.example.com", web.port), ("127.0.0.1", web.port)]
    door.admit(permit(*pairs), Caps(connections=2))
    waiting = [knock() for _ in range(5)]
    head = f"GET http://api.example.com:{web.port}/ HTTP/1.1\r\nHost: api.example.com:{web.port}\r\n"
    for client in waiting:
        client.sendall(f"{head}Connection: close\r\n\r\n".encode())
    assert all(b" 200 " in everything(client) for client in waiting)


class Full:
    """A socket that can't accept for a while, since its process has no descriptors left."""

    def __init__(self, real):
        self.real, self.asked, self.until = real, 0, time.monotonic() + 0.2

    def accept(self):
        self.asked += 1
        if time.monotonic() < self.until:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return self.real.accept()

    def __getattr__(self, name):
        return getattr(self.real, name)


def test_a_gate_that_has_no_descriptors_left_waits_and_does_not_spin(grant, web, door, ask):
    grant(web.port)
    door._socket = Full(door._socket)
    head = f"GET http://api.example.com:{web.port}/ HTTP/1.1\r\nHost: api.example.com:{web.port}\r\n"
    assert ask(f"{head}Connection: close\r\n\r\n".encode()).startswith(b"HTTP/1.1 200 ")
    assert door._socket.asked < 10


@pytest.mark.parametrize(
    "asks",
    [
        lambda host: connect(host, 443),
        lambda host: f"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(),
    ],
    ids=["tunnels", "requests"],
)
def test_attempts_that_differ_are_counted_and_then_refused_without_being_asked_about(door, ask, permit, asks):
    permits = permit()
    door.admit(permits, Caps(destinations=3))
    for number in range(6):
        ask(asks(f"host-{number}.example"))
    told = door.leave()
    assert [one.host for one in told] == ["host-0.example", "host-1.example", "host-2.example", ""]
    assert (told[-1].refused, told[-1].attempts) == ("too many different attempts", 3)
    assert {call.destination for call in permits.asked} == {one.host for one in told[:3]}
