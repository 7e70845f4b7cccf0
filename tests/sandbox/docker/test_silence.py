"""An engine that keeps silent about one container is not asked about the next: each wait is a long one."""

import contextlib
import json
import socketserver
import threading
import time
from concurrent import futures
from dataclasses import replace
from http.server import BaseHTTPRequestHandler

import pytest
from docker import APIClient

from execgate.sandbox.docker import leftovers
from execgate.sandbox.docker.backend import DockerBackend
from execgate.sandbox.docker.capabilities import Engine
from execgate.sandbox.engine import Attempts, attempt
from execgate.sandbox.owner import Owner

LEFT = ("a", "b", "c")


class Silent(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Lists three containers of a gate that is gone, removes those in `removes`, and else never answers."""

    daemon_threads = True

    def __init__(self, path, removes=()):
        super().__init__(path, Handler)
        self.removes = removes
        self.asked = []
        self.over = threading.Event()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        labels = replace(Owner.current(), started="0").labels()
        left = LEFT if "label" in self.path else ()
        self._answer(200, json.dumps([{"Id": name, "Labels": labels, "State": "running"} for name in left]))

    def do_DELETE(self):
        name = self.path.partition("?")[0].rpartition("/")[2]
        self.server.asked.append(name)
        if name in self.server.removes:
            self._answer(204, "")
        else:
            self.server.over.wait()
            self.close_connection = True

    def _answer(self, status, text):
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def address_string(self):
        return "the client"

    def log_message(self, *_):
        pass


@pytest.fixture
def silent(tmp_path_factory):
    with contextlib.ExitStack() as stack:

        def silent(*removes):
            path = str(tmp_path_factory.mktemp("e") / "s")
            server = stack.enter_context(Silent(path, removes))
            stack.callback(server.shutdown)
            stack.callback(server.over.set)
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
            client = APIClient(f"unix://{path}", version="1.41", timeout=1)
            stack.callback(client.close)
            return server, client

        yield silent


def test_what_killed_gates_left_is_removed_until_the_engine_keeps_silent(silent):
    server, client = silent("a", "c")
    assert leftovers.sweep(client) == 1
    assert server.asked == ["a", "b"]


def test_all_of_it_is_removed_by_an_engine_that_answers(silent):
    server, client = silent(*LEFT)
    assert leftovers.sweep(client) == len(LEFT)
    assert set(server.asked) == {*LEFT}


def test_closing_asks_an_engine_that_keeps_silent_once(silent):
    server, client = silent()
    backend = DockerBackend()
    backend._engine = Engine(client, 1, frozenset())
    backend._late = dict.fromkeys(LEFT, time.monotonic())
    backend.close()
    assert server.asked == ["a"]


def test_an_error_is_an_answer(silent):
    _, client = silent(*LEFT)
    tried = Attempts()
    assert tried(lambda: client.inspect_container("a")["Id"])[1] is not None
    assert tried(lambda: client.remove_container("a")) == (None, None)


def test_a_deadline_that_the_caller_missed_is_no_silence_of_the_engine(silent):
    _, client = silent("a")
    tried = Attempts()
    try:
        futures.Future().result(timeout=0)
    except (futures.TimeoutError, TimeoutError):  # one and the same from Python 3.11 on
        assert tried({}.popitem)[1] is not None
    assert tried(lambda: client.remove_container("a")) == (None, None)
    assert attempt(lambda: client.remove_container("b"))[1].endswith("did not answer in time")
