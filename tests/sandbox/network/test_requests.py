"""Plain HTTP through the proxy."""

import pytest

from tests.sandbox.network.conftest import everything, head_of

pytestmark = pytest.mark.enable_socket


def get(host, port, path="/x", method="GET", extra=""):
    return f"{method} http://{host}:{port}{path} HTTP/1.1\r\nHost: {host}:{port}\r\n{extra}\r\n".encode()


@pytest.fixture
def api(door, world, web, permit):
    """Grant a name that leads to the test's own server, and that server's address."""
    world.names["api.example.com"] = ["127.0.0.1"]
    permits = permit(("api.example.com", web.port), ("127.0.0.1", web.port))
    door.admit(permits)
    return web.port


def test_a_granted_host_is_reached(api, ask, door):
    answer = ask(get("api.example.com", api, extra="Connection: close\r\n"))
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"GET /x HTTP/1.1|")
    (one,) = door.leave()
    assert (one.host, one.port, one.scheme, one.address, one.refused, one.attempts) == (
        "api.example.com", api, "http", "127.0.0.1", None, 1,
    )  # fmt: skip
    assert one.sent_bytes > 40
    assert one.received_bytes > 40


def test_a_host_that_is_not_granted_is_refused_with_what_would_permit_it(api, ask, door, world):
    answer = ask(get("evil.example", 80))
    line = 'evil.example:80 is not granted; allowed_hosts: ["evil.example"] would permit it'
    assert answer.startswith(f"HTTP/1.1 403 Forbidden by execgate: {line}\r\n".encode())
    assert answer.endswith(f"\r\n\r\nexecgate: {line}\n".encode())
    assert world.asked == []  # a name that is not granted is not even looked up
    (one,) = door.leave()
    assert (one.host, one.address, one.refused) == ("evil.example", None, line)


def test_every_request_of_a_connection_is_judged_by_itself(api, knock, web, door):
    client = knock()
    for _ in range(3):
        client.sendall(get("api.example.com", api))
        assert b" 200 " in head_of(client)
        client.recv(100)
    client.sendall(get("evil.example", api))
    assert b"403 Forbidden" in everything(client)
    assert len(web.got) == 1  # one connection outside
    assert [one.attempts for one in door.leave()] == [3, 1]


def test_a_body_goes_through_by_length_and_in_chunks(api, ask, web):
    body = b"0123456789" * 20_000
    head = (
        f"POST http://api.example.com:{api}/ HTTP/1.1\r\nHost: api.example.com:{api}\r\nConnection: close\r\n"
    )
    answer = ask(head.encode() + b"Content-Length: %d\r\n\r\n" % len(body), body)
    assert answer.endswith(body)
    ask(head.encode() + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
    assert b"transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n" in web.got[1]


def test_the_method_is_judged(door, world, web, permit, ask):
    world.names["api.example.com"] = ["127.0.0.1"]
    door.admit(permit(("api.example.com", web.port), ("127.0.0.1", web.port), methods={"GET"}))
    assert b" 200 " in ask(get("api.example.com", web.port, extra="Connection: close\r\n"))
    assert b"403 " in ask(get("api.example.com", web.port, method="DELETE"))
    assert len(web.got) == 1


def test_headers_for_one_hop_stay_there(api, ask, web):
    extra = (
        "Connection: close, X-Mine\r\nX-Mine: 1\r\nProxy-Authorization: Basic eDp5\r\nKeep-Alive: 5\r\n"
        "TE: trailers\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\nX-Kept: 1\r\n"
    )
    assert b" 200 " in ask(get("api.example.com", api, extra=extra))
    assert web.got == [f"GET /x HTTP/1.1\r\nHost: api.example.com:{api}\r\nX-Kept: 1\r\n\r\n".encode()]


SMUGGLED = {
    "length and chunks": "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
    "two lengths": "Content-Length: 4\r\nContent-Length: 5\r\n",
    "the same length twice": "Content-Length: 4\r\nContent-Length: 4\r\n",
    "a list of lengths": "Content-Length: 4, 5\r\n",
    "a length with a sign": "Content-Length: +4\r\n",
    "a length in hexadecimal": "Content-Length: 0x4\r\n",
    "a length with an underscore": "Content-Length: 1_0\r\n",
    "a negative length": "Content-Length: -1\r\n",
    "chunks twice": "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    "another coding": "Transfer-Encoding: gzip, chunked\r\n",
    "a coding in disguise": "Transfer-Encoding: xchunked\r\n",
    "chunks with a space before the colon": "Transfer-Encoding : chunked\r\n",
    "a line that goes on": "X-A: b\r\n Transfer-Encoding: chunked\r\n",
    "a bare line feed": "X-A: b\nTransfer-Encoding: chunked\r\n",
    "a bare carriage return": "X-A: b\rTransfer-Encoding: chunked\r\n",
    "a null": "X-A: b\0\r\n",
    "a name with a space": "Transfer Encoding: chunked\r\n",
    "a name that is empty": ": chunked\r\n",
    "two hosts": "Host: evil.example\r\n",
    "a length that is only for this hop": "Connection: content-length\r\nContent-Length: 4\r\n",
    "a host that is only for this hop": "Connection: host\r\n",
}


@pytest.mark.parametrize("name", SMUGGLED)
def test_what_can_be_read_in_two_ways_is_not_passed_on(api, ask, web, door, name):
    answer = ask(get("api.example.com", api, method="POST", extra=SMUGGLED[name]) + b"4\r\nGET \r\n0\r\n\r\n")
    assert answer.split(b" ")[1] in {b"400", b"501"}
    assert web.got == []
    (one,) = door.leave()
    assert (one.host, one.port) == ("", 0)
    assert one.refused


ODD_LINES = [
    b"GET /x HTTP/1.1\r\nHost: api.example.com",
    b"GET http://api.example.com:%d/x\r\n",
    b"GET http://api.example.com:%d/x HTTP/2.0\r\nHost: api.example.com:%d",
    b"GET http://api.example.com:%d/x HTTP/1.2\r\nHost: api.example.com:%d",
    b"get http://api.example.com:%d/x HTTP/1.1\r\nHost: api.example.com:%d",
    b"GET  http://api.example.com:%d/x HTTP/1.1\r\nHost: api.example.com:%d",
    b"\r\nGET http://api.example.com:%d/x HTTP/1.1\r\nHost: api.example.com:%d",
    b"GET http://api.example.com:%d/x#y HTTP/1.1\r\nHost: api.example.com:%d",
    b"GET http://api.example.com:%d/x\\y HTTP/1.1\r\nHost: api.example.com:%d",
    b"GET https://api.example.com:%d/x HTTP/1.1\r\nHost: api.example.com:%d",
    b"GET ftp://api.example.com:%d/x HTTP/1.1\r\nHost: api.example.com:%d",
    b"GET file:///etc/passwd HTTP/1.1\r\nHost: api.example.com",
    b"GET http:/api.example.com:%d/x HTTP/1.1\r\nHost: api.example.com:%d",
    b"GET http:api.example.com:%d/x HTTP/1.1\r\nHost: api.example.com:%d",
    b"GET http://api.example.com:%d/x HTTP/1.1",
    b"GET http://api.example.com:%d/x HTTP/1.1\r\nHost:",
    b"GET http://api.example.com:%d/x HTTP/1.1\r\nHost: evil.example:%d",
    b"GET http://api.example.com:%d/x HTTP/1.1\r\nHost: api.example.com",
    b"OPTIONS * HTTP/1.1\r\nHost: api.example.com:%d",
    b"PRI * HTTP/2.0",
    b"GET http://api.example.com:%d/x HTTP/1.0\r\nTransfer-Encoding: chunked",
    b"\x16\x03\x01\x02\x00\x01\x00",
    b"\x05\x01\x00",
]


@pytest.mark.parametrize("text", ODD_LINES)
def test_a_request_that_is_not_written_plainly_is_refused(api, ask, web, text):
    number = str(api).encode()
    answer = ask(text.replace(b"%d", number) + b"\r\n\r\n")
    assert answer.split(b" ")[1] in {b"400", b"421"}
    assert web.got == []


def test_a_pipelined_request_is_judged_too(api, ask, web):
    answer = ask(get("api.example.com", api) + get("evil.example", api))
    assert b"HTTP/1.1 200 OK" in answer
    assert b"403 Forbidden" in answer
    assert len(web.got) == 1
    assert b"evil" not in web.got[0]


def test_an_upgrade_does_not_open_a_tunnel(grant, serve, ask):
    def upgrades(server, connection, index):
        server.got[index] = connection.recv(65536)
        connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")
        server.got[index] += connection.recv(65536)

    server = serve(upgrades)
    grant(server.port)
    extra = "Connection: Upgrade\r\nUpgrade: x\r\n"
    answer = ask(
        get("api.example.com", server.port, extra=extra), b"GET /admin HTTP/1.1\r\nHost: evil\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 502 ")
    assert b"Upgrade" not in server.got[0]
    assert b"admin" not in server.got[0]


def test_a_web_socket_without_tls_is_refused_with_what_works(api, ask, web):
    answer = ask(get("api.example.com", api, extra="Connection: Upgrade\r\nUpgrade: WebSocket\r\n"))
    assert answer.startswith(b"HTTP/1.1 501 ")
    assert b"use wss://" in answer
    assert web.got == []


@pytest.mark.parametrize(
    "line",
    [b"GET \x01" + b"\x02" * 30_000, b"A" * 30_000 + b" http://api.example.com/ HTTP/1.1"],
    ids=["no target", "no method"],
)
def test_what_a_refusal_quotes_is_short_in_the_outcome(api, ask, door, line):
    assert ask(line + b"\r\nHost: api.example.com\r\n\r\n").startswith(b"HTTP/1.1 400 ")
    (one,) = door.leave()
    assert len(one.refused) < 1000


@pytest.mark.parametrize(
    "response",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nab",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 999999 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 40_000,
    ],
)
def test_a_response_that_is_none_is_not_passed_on(grant, serve, ask, response):
    def answers(server, connection, index):
        server.got[index] = connection.recv(65536)
        connection.sendall(response)

    server = serve(answers)
    grant(server.port)
    assert ask(get("api.example.com", server.port)).startswith(b"HTTP/1.1 502 ")


def test_what_comes_behind_an_answer_is_not_the_next_answer(grant, serve, knock):
    def poisons(server, connection, index):
        server.got[index] = connection.recv(65536)
        one = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        connection.sendall(one + b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad")
        server.got[index] += connection.recv(65536)

    server = serve(poisons)
    grant(server.port)
    client = knock()
    for _ in range(2):
        client.sendall(get("api.example.com", server.port))
        assert b" 200 OK" in head_of(client)
        assert client.recv(10) == b"ok"
    assert len(server.got) == 2


def test_a_response_without_a_length_comes_in_chunks(grant, serve, ask):
    def answers(server, connection, index):
        server.got[index] = connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nto the end")

    server = serve(answers)
    grant(server.port)
    answer = ask(get("api.example.com", server.port, extra="Connection: close\r\n"))
    assert b"a\r\nto the end\r\n0\r\n\r\n" in answer


def test_a_server_that_lets_go_between_two_requests_is_asked_again(grant, serve, knock):
    def once(server, connection, index):
        server.got[index] = connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    server = serve(once)
    grant(server.port)
    client = knock()
    for _ in range(5):
        client.sendall(get("api.example.com", server.port))
        assert b" 200 OK" in head_of(client)
        assert client.recv(10) == b"ok"


@pytest.mark.parametrize("size", [100_000, 3_000_000])
def test_a_server_that_answers_before_it_has_got_all_and_lets_go_is_heard(grant, serve, ask, size):
    def refuses(server, connection, index):
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig")

    server = serve(refuses)
    grant(server.port)
    head = get(
        "api.example.com",
        server.port,
        method="POST",
        extra=f"Connection: close\r\nContent-Length: {size}\r\n",
    )
    for _ in range(10):
        assert ask(head, bytes(size)).endswith(b"\r\n\r\nbig")


def test_a_client_that_waits_to_be_told_to_go_on_is_told(api, knock):
    client = knock()
    client.sendall(
        get("api.example.com", api, method="POST", extra="Content-Length: 2\r\nExpect: 100-continue\r\n")
    )
    assert head_of(client) == b"HTTP/1.1 100 \r\n\r\n"
    client.sendall(b"ok")
    assert b" 200 " in head_of(client)


def test_nobody_is_reached_without_a_run(ask, door, world, web, permit):
    world.names["api.example.com"] = ["127.0.0.1"]
    assert ask(get("api.example.com", web.port)) == b""
    door.admit(permit(("api.example.com", web.port), ("127.0.0.1", web.port)))
    assert b" 200 " in ask(get("api.example.com", web.port, extra="Connection: close\r\n"))
    door.leave()
    assert ask(get("api.example.com", web.port)) == b""
    assert door.leave() == ()


def test_whoever_waited_before_a_run_is_none_of_it(door, knock, world, web, permit):
    earlier = knock()
    door.admit(permit(("api.example.com", web.port)))
    earlier.settimeout(5)
    assert everything(earlier) == b""


def test_leaving_closes_what_is_open(api, knock, door, web):
    client = knock()
    client.sendall(get("api.example.com", api))
    assert b" 200 " in head_of(client)
    (one,) = door.leave()
    assert one.attempts == 1
    assert everything(client) in {b"", b"GET /x HTTP/1.1|"}


def test_permission_that_fails_is_none(door, ask):
    def permits(_):
        raise RuntimeError("broken")

    door.admit(permits)
    assert b"403 " in ask(get("api.example.com", 80))
    door.admit(None)
    assert b"403 " in ask(get("api.example.com", 80))
    door.admit(lambda _: "yes")  # nothing but True is a permission
    assert b"403 " in ask(get("api.example.com", 80))
