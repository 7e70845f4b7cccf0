"""An engine that fails while containers are started ahead, used or removed: runs go on, and it is made good.

The faults are those of a go-between at a socket of its own, so that the machine's engine suffers none.
"""

import contextlib
import gc
import re
import socket
import threading
import time

import pytest

from execgate.errors import SandboxUnavailableError
from execgate.model.execution import Start, Stop
from execgate.sandbox import DockerSandbox
from execgate.sandbox import pool as pools
from execgate.sandbox.engine import SILENT_HELP, START_HELP, connect, endpoint

pytestmark = [
    pytest.mark.engine,
    # The SDK leaves a socket to the garbage collector where an engine dies on it.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

CREATE, REMOVE = rb"POST \S*/containers/create", rb"DELETE \S*/containers/"
DISK_FULL = (500, "mkdir /var/lib/docker/overlay2/x: no space left on device")
NO_IMAGE = (404, "No such image: sha256:0")


class GoBetween:
    """Hands on what is said to the engine, but for what it was told to spoil."""

    def __init__(self, path, engine):
        self.path = path
        self._engine = engine
        self._open = set()
        self._lock = threading.Lock()
        self.faults = {}
        """Answers instead of the engine's, by a pattern of the request: (status, message), bytes, or seconds to wait."""
        self.met = []
        self.up()

    def up(self):
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(self.path))
        self._server.listen(64)
        threading.Thread(target=self._accept, args=(self._server,), daemon=True).start()

    def down(self):
        """Be gone, and with it every connection."""
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self.path.unlink(missing_ok=True)
        with self._lock:
            for one in self._open:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def _accept(self, server):
        while True:
            try:
                client = server.accept()[0]
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        engine = socket.socket(socket.AF_UNIX)
        engine.connect(self._engine)
        with self._lock:
            self._open |= {client, engine}
        back = threading.Thread(target=self._copy, args=(engine, client), daemon=True)
        back.start()
        self._copy(client, engine, self._spoiled)
        back.join()
        with self._lock:
            self._open -= {client, engine}
        client.close()
        engine.close()

    def _copy(self, source, sink, spoiled=lambda *_: False):
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                if spoiled(data, source):
                    break
                sink.sendall(data)
        for one in (sink, source) if spoiled == self._spoiled else (sink,):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_WR)

    def _spoiled(self, data, client):
        """Answer a request in place of the engine; return whether that was done."""
        for pattern, fault in list(self.faults.items()):
            if not re.match(pattern, data):
                continue
            self.met.append(fault)
            if isinstance(fault, bytes):
                client.sendall(fault)
                return True
            if isinstance(fault, float):
                time.sleep(fault)
                continue
            body = b'{"message": "%s"}' % fault[1].encode()
            head = b"HTTP/1.1 %d Fault\r\nContent-Type: application/json\r\nConnection: close\r\n" % fault[0]
            client.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
            return True
        return False


@pytest.fixture
def between(tmp_path_factory, monkeypatch):
    engine = endpoint().removeprefix("unix://")
    between = GoBetween(tmp_path_factory.mktemp("b") / "e.sock", engine)
    monkeypatch.setenv("DOCKER_HOST", f"unix://{between.path}")
    monkeypatch.setattr(pools, "_RETRY_S", (0.05, 0.2))
    monkeypatch.setattr(pools, "LOOK_S", 0.1)
    yield between
    between.down()
    gc.collect()


@pytest.fixture
def sandbox(between, authorize, own):
    sandbox = DockerSandbox(on_progress=lambda _: None)
    assert sandbox.warm(authorize("pass")) == 1
    yield sandbox
    # Whatever it was: without a restart, the next runs work and find containers that wait.
    between.faults.clear()
    assert sandbox.run(authorize("print('again')")).stdout == "again\n"
    assert sandbox._cells.settle()
    assert sandbox.run(authorize("print('warm')")).start is Start.WARM
    sandbox.close()
    assert own(sandbox) == set()


def until(condition):
    """Wait for what has to come; if it does not, the test's own limit ends it."""
    while not condition():
        time.sleep(0.01)


@pytest.mark.parametrize("fault", [DISK_FULL, (500, "out of order"), (409, "name in use")])
def test_what_fails_while_it_fills_hurts_no_run(between, sandbox, authorize, fault):
    between.faults[CREATE] = fault
    result = sandbox.run(authorize("print('from stock')"))
    assert (result.start, result.stdout) == (Start.WARM, "from stock\n")
    until(lambda: len(between.met) >= 2)  # and it is tried again


def test_a_full_disk_is_told_by_the_run_that_needs_a_container(between, sandbox, authorize):
    between.faults[CREATE] = DISK_FULL
    sandbox.run(authorize("pass"))
    with pytest.raises(SandboxUnavailableError, match="the engine's disk is full"):
        sandbox.run(authorize("print('never')"))


HEAD = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
NO_ANSWERS = {
    "none": b"",
    "no HTTP": b"220 mail.example ESMTP\r\n\r\n",
    "cut off": HEAD % 1000 + b'{"Id": "0',
    "no JSON": HEAD % 5 + b"hello",
    "nothing": HEAD % 4 + b"null",
    "a list": HEAD % 2 + b"[]",
}


@pytest.mark.parametrize("answer", NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_an_answer_that_is_none_of_an_engines_is_told_with_the_fix(between, sandbox, authorize, answer):
    between.faults[CREATE] = answer
    with pytest.raises(SandboxUnavailableError, match="gave no answer that can be read") as caught:
        sandbox.run(authorize("print('never')", memory_bytes=200 << 20))
    assert caught.value.help == SILENT_HELP


def test_an_image_that_is_gone_while_it_fills_is_looked_for_by_the_next_run(between, sandbox, authorize):
    between.faults[CREATE] = NO_IMAGE
    sandbox.run(authorize("pass"))
    until(lambda: between.met)
    with pytest.raises(SandboxUnavailableError, match="vanishes as soon as it is made"):
        sandbox.run(authorize("print('never')"))


def test_a_slow_engine_slows_no_run_that_finds_a_container(between, sandbox, authorize):
    sandbox.warm(authorize("pass"), 3)
    between.faults[CREATE] = 1.0
    assert [sandbox.run(authorize("pass")).start for _ in range(3)] == [Start.WARM] * 3


def test_an_engine_that_is_silent_while_it_fills_holds_up_no_run(between, sandbox, authorize, own):
    client = sandbox._backend._engine.client
    patience, client.timeout = client.timeout, 1
    between.faults[CREATE] = 3.0
    assert sandbox.run(authorize("print('from stock')")).start is Start.WARM
    until(lambda: len(between.met) >= 2)
    between.faults.clear()
    # What the engine makes after all is there, so that it has to be removed.
    until(lambda: not sandbox._cells._making and set(sandbox._backend._late) <= own(sandbox))
    client.timeout = patience


def test_an_engine_that_goes_while_containers_wait_is_told_with_the_fix(between, sandbox, authorize):
    between.down()
    try:
        with pytest.raises(SandboxUnavailableError) as caught:
            sandbox.run(authorize("print('never')"))
    finally:
        between.up()
    assert caught.value.help == START_HELP


def test_an_engine_that_goes_in_a_run_is_a_result_and_what_it_left_is_removed(
    between, sandbox, authorize, only_those_that_wait
):
    waiting = [lambda: (between.down(), between.up())]
    result = sandbox.run(
        authorize("print('up', flush=True)\nwhile True: pass"),
        on_output=lambda *_: waiting and waiting.pop()(),
    )
    assert (result.start, result.stopped_by, result.stdout) == (Start.WARM, Stop.ENGINE, "up\n")
    only_those_that_wait(sandbox)


def test_what_can_not_be_removed_is_removed_later(between, sandbox, authorize, only_those_that_wait):
    between.faults[REMOVE] = (500, "driver failed to remove root filesystem")
    for _ in range(3):
        assert sandbox.run(authorize("print('ran')")).stdout == "ran\n"
    until(lambda: between.met)
    between.faults.clear()
    only_those_that_wait(sandbox)


def test_closing_while_the_engine_is_gone_ends_and_the_containers_end_by_themselves(
    between, authorize, monkeypatch, own
):
    sandbox = DockerSandbox(on_progress=lambda _: None)
    assert sandbox.warm(authorize("pass"), 2) == 2
    between.down()
    sandbox.close()
    monkeypatch.delenv("DOCKER_HOST")
    with contextlib.closing(connect()) as client:
        left = own(sandbox)
        assert len(left) >= 2
        for container in left:
            client.wait(container, timeout=60)
            client.remove_container(container, force=True)
    between.up()
