"""Guests that are not ours: the host believes nothing that ends badly, and the container goes."""

import dataclasses
import io
import json
import sys
import tarfile
import textwrap

import pytest

from execgate.errors import SandboxUnavailableError
from execgate.model.execution import Stop
from execgate.sandbox import BACKENDS
from execgate.sandbox.engine import connect
from execgate.sandbox.image import ensure_image
from execgate.sandbox.stock import NOTHING

pytestmark = pytest.mark.engine

PRELUDE = """
import os, struct, sys, time
def send(kind, payload=b""):
    os.write(1, kind + struct.pack(">I", len(payload)) + payload)
def take():
    def exactly(n):
        data = b""
        while len(data) < n:
            piece = os.read(0, n - len(data))
            if not piece: os._exit(0)
            data += piece
        return data
    while True:
        head = exactly(5)
        exactly(struct.unpack(">I", head[1:])[0])
        if head[:1] == b"G": return
def end(code=0):
    send(b"P", struct.pack(">i?BIIQI", code, False, 0, 0, 0, 0, 0))
def wait():
    while True: time.sleep(1)
"""
BEGUN = "send(b'R', bytes((4, 3, 12, 1)))\ntake()\nsend(b'B')\n"


@pytest.fixture
def run_guest(sandbox, authorize, monkeypatch):
    """Run a program in a sandbox of the same backend, of which the guest is another one."""
    monkeypatch.setattr(sys.modules["execgate.sandbox.greeting"], "START_S", 3.0)
    undo = []

    def run_guest(text, **limits):
        guest = PRELUDE + textwrap.dedent(text)
        one = BACKENDS[sandbox.name](ahead=NOTHING)
        try:
            if sandbox.name == "docker":
                _have_image(guest, monkeypatch, undo)
            else:  # it is not settled then, and has the capabilities for that
                one.prepare()
                line = (*one._backend._machine.entrypoint[:1], "-I", "-c", guest)
                one._backend._machine = dataclasses.replace(one._backend._machine, entrypoint=line)
            return one.run(authorize("print('never')", **limits))
        finally:
            one.close()

    yield run_guest
    for step in undo:
        step()


def _have_image(guest, monkeypatch, undo):
    """Have the engine's image be one with a guest that is not ours."""
    client = connect()
    undo.append(client.close)
    base = ensure_image(client)
    container = client.create_container(base.id, entrypoint=["true"], command=[])["Id"]
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        entry = tarfile.TarInfo("opt/hostile.py")
        entry.size = len(guest.encode())
        tar.addfile(entry, io.BytesIO(guest.encode()))
    client.put_archive(container, "/", buffer.getvalue())
    entrypoint = json.dumps(["python3", "-I", "/opt/hostile.py"])
    changes = [f"ENTRYPOINT {entrypoint}", "LABEL execgate.recipe=hostile"]
    image = client.commit(container, changes=changes)["Id"]
    client.remove_container(container, force=True)
    undo.insert(0, lambda: client.remove_image(image, force=True))
    monkeypatch.setattr(
        sys.modules["execgate.sandbox.docker.backend"],
        "ensure_image",
        lambda *_, **__: type(base)(image, "hostile", "3", (), 0),
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("os.write(1, b'hello\\n' * 1000); wait()", "is not ours: a frame of unknown type 0x68"),
        ("send(b'R', bytes((9, 3, 12, 1))); wait()", "is not ours: another version of the guest"),
        ("send(b'1', b'early'); wait()", "is not ours: a frame of running while starting"),
        ("os.write(2, b'\\x1b[2Jwhat\\n'); sys.exit(1)", r"did not start its interpreter: \x1b[2Jwhat"),
        ("send(b'R', bytes((4, 3, 12, 1))); take(); send(b'!', b'o\\nno')", None),
        ("wait()", "did not start its interpreter: no answer within 3 s"),
        ("while True: os.write(2, bytes(65536))", "did not start its interpreter: "),
        ("sys.exit(0)", "did not start its interpreter: it ended with status 0"),
    ],
)
def test_a_guest_that_never_began_ran_nothing(run_guest, our_containers, text, why):
    if why is None:
        with pytest.raises(SandboxUnavailableError, match="could not take the job"):
            run_guest(text)
    else:
        with pytest.raises(SandboxUnavailableError) as caught:
            run_guest(text)
        assert why in caught.value.message
        assert caught.value.message.isprintable()
    assert our_containers() == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("os.write(1, b'\\x00' * 100); wait()", "the guest broke the protocol: a frame of unknown type 0x00"),
        (
            "os.write(1, b'1\\xff\\xff\\xff\\xff'); wait()",
            "the guest broke the protocol: a frame of 4,294,967,295",
        ),
        (
            "end(); send(b'1', b'late'); wait()",
            "the guest broke the protocol: a frame of running while collecting",
        ),
        ("end(-100); wait()", "the guest broke the protocol: an ending that no program has"),
        (
            "end(); [send(b'F', b'x') for _ in range(200)]; wait()",
            "the guest broke the protocol: more than 100 files",
        ),
        (
            "end(); send(b'F', b'x')\nwhile True: send(b'D', bytes(65536))",
            "the guest broke the protocol: more of a",
        ),
        ("send(b'1', b'kept'); os.close(1); wait()", "lost"),
        ("send(b'1', b'kept'); os._exit(0)", "the container was ended from outside, with status 0"),
        ("send(b'E'); wait()", "the guest broke the protocol"),
    ],
)
def test_a_guest_that_breaks_the_protocol_loses_the_sandbox(run_guest, our_containers, text, why):
    result = run_guest(BEGUN + text, wall_s=5.0)
    if "os.close(1)" in text:
        # The engine does not tell that a stream was closed; the clock does not need it to.
        assert result.stopped_by in {Stop.TIME, Stop.ENGINE}
    else:
        assert result.stopped_by is Stop.ENGINE
        assert why in result.detail
    assert (result.exit_code, result.artifacts) == (None, ())
    assert result.stdout == ("kept" if "kept" in text else "")
    assert our_containers() == []


@pytest.mark.parametrize(
    "text", ["wait()", "while True: send(b'1', bytes(65536))", "while True: os.write(2, bytes(65536))"]
)
def test_a_guest_that_ignores_the_end_is_killed(run_guest, our_containers, text):
    result = run_guest(BEGUN + text, wall_s=1.0, output_bytes=None if "b'1'" in text else 1000)
    assert (result.stopped_by, result.exit_code) in {(Stop.TIME, None), (Stop.OUTPUT, None)}
    assert result.rejected == ("no file was taken: the whole container had to be killed",)
    assert our_containers() == []


def test_hostile_names_are_refused(run_guest):
    result = run_guest(
        BEGUN + "end()\nsend(b'F', b'../../x'); send(b'D', b'y'); send(b'F', b'ok'); send(b'E'); wait()"
    )
    assert [(file.name, file.data) for file in result.artifacts] == [("ok", b"")]
    assert result.rejected == ("../../x: the name leads out of its folder",)
