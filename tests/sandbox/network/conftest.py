"""A door with a client of its own on one side, and servers and a resolver of the test's on the other."""

import asyncio
import contextlib
import socket
import socketserver
import threading

import pytest

from execgate.sandbox.network import SOCKET, Doors


class World:
    """What names lead to, and what was looked up."""

    def __init__(self):
        self.names = {}
        self.asked = []

    async def resolve(self, name):
        await asyncio.sleep(0)
        self.asked.append(name)
        found = self.names.get(name)
        if found is None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if callable(found):
            found = found()
        if isinstance(found, float):
            await asyncio.sleep(found)
            return []
        return list(found)


@pytest.fixture
def world():
    return World()


@pytest.fixture
def doors(world):
    made = Doors(world.resolve)
    yield made
    made.close()


@pytest.fixture
def door(doors, tmp_path_factory):
    folder = tmp_path_factory.mktemp("d")
    made = doors.open(folder / "c")
    yield made
    made.close()


@pytest.fixture
def knock(door):
    """Return a connection to the door."""
    with contextlib.ExitStack() as stack:

        def knock():
            one = stack.enter_context(socket.socket(socket.AF_UNIX))
            one.settimeout(10)
            one.connect(str(door.folder / SOCKET))
            return one

        yield knock


@pytest.fixture
def ask(knock):
    """Send bytes to the door and return all that comes back."""

    def ask(*pieces):
        one = knock()
        with contextlib.suppress(ConnectionError):
            for piece in pieces:
                one.sendall(piece)
        return everything(one)

    return ask


def everything(one):
    found = b""
    with contextlib.suppress(ConnectionError):
        while piece := one.recv(65536):
            found += piece
    return found


def head_of(one):
    """Read the head of an answer."""
    found = b""
    while not found.endswith(b"\r\n\r\n"):
        piece = one.recv(1)
        if not piece:
            break
        found += piece
    return found


class Server:
    """Listens on loopback, keeps what it got, and answers by a function of the connection."""

    def __init__(self, handle, address="127.0.0.1"):
        self.got = []
        server = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                server.got.append(b"")
                with contextlib.suppress(OSError):
                    handle(server, self.request, len(server.got) - 1)

        class Threads(socketserver.ThreadingTCPServer):
            daemon_threads = True
            block_on_close = False
            request_queue_size = 128

            def handle_error(self, request, client_address):
                pass

        self._server = Threads((address, 0), Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


def answers_requests(server, connection, index):
    """Answer every request with what it said, over one connection."""
    held = b""
    while True:
        while b"\r\n\r\n" not in held:
            piece = connection.recv(65536)
            if not piece:
                return
            held += piece
            server.got[index] += piece
        head, _, held = held.partition(b"\r\n\r\n")
        body = b""
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                size = int(line.partition(b":")[2])
                while len(held) < size:
                    piece = connection.recv(65536)
                    held += piece
                    server.got[index] += piece
                body, held = held[:size], held[size:]
        first = head.split(b"\r\n")[0]
        said = first + b"|" + body
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(said), said))


def echoes(server, connection, index):
    while piece := connection.recv(65536):
        server.got[index] += piece
        connection.sendall(piece)


def greets(server, connection, index):
    connection.sendall(b"220 ready\r\n")
    echoes(server, connection, index)


@pytest.fixture
def serve():
    """Start a server with a function for its connections."""
    with contextlib.ExitStack() as stack:

        def serve(handle, address="127.0.0.1"):
            made = Server(handle, address)
            stack.callback(made.close)
            return made

        yield serve


@pytest.fixture
def web(serve):
    return serve(answers_requests)


@pytest.fixture
def permit():
    """Return a policy of pairs of a host and a port, and what it was asked."""

    def permit(*pairs, schemes=None, methods=None):
        asked = []

        def permits(call):
            asked.append(call)
            return (
                (call.destination, call.port) in pairs
                and (schemes is None or call.scheme in schemes)
                and (methods is None or call.method in methods)
            )

        permits.asked = asked
        return permits

    return permit


@pytest.fixture
def grant(door, world, permit):
    """Let a run through to one name that leads to loopback, on these ports."""

    def grant(*ports, name="api.example.com", caps=None):
        world.names[name] = ["127.0.0.1"]
        permits = permit(*((host, port) for host in (name, "127.0.0.1") for port in ports))
        door.admit(permits, caps)
        return permits

    return grant
