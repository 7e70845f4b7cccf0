"""One authorization, one sandbox per backend, for everything that runs here."""

import contextlib
import dataclasses
import os
import struct
import textwrap
import threading

import pytest

from execgate.model.confines import OPEN
from execgate.model.limits import Limits
from execgate.model.program import Program
from execgate.model.source import Source
from execgate.model.verdict import Authorization, Verdict
from execgate.sandbox import BACKENDS
from execgate.sandbox.stock import NOTHING

_MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}


# Whoever tests the way out says so: it is one more process, and there is none where an engine is far away.
NO_WAY_OUT = dataclasses.replace(OPEN, network=False)


def _authorize(text, *, path="job.py", confines=NO_WAY_OUT, **limits):
    source = Source(textwrap.dedent(text), path)
    verdict = Verdict(
        source=source,
        agent="tester",
        program=Program(source),
        limits=Limits(**limits),
        confines=confines,
        policy_digest="sha256:" + "0" * 64,
    )
    return Authorization.of(verdict)


@pytest.fixture
def authorize():
    """Make a real authorization for a text, with limits."""
    return _authorize


@pytest.fixture(scope="session", params=BACKENDS)
def sandbox(request):
    # Nearly every test has limits of its own, and with them cells that no other test could use.
    backend = BACKENDS[request.param](ahead=NOTHING)
    yield backend
    backend.close()


@pytest.fixture
def no_threads():
    """Return a block in which this process gets no thread: none has room for so large a stack."""

    @contextlib.contextmanager
    def no_threads():
        before = threading.stack_size(1 << 46)
        try:
            yield
        finally:
            threading.stack_size(before)

    return no_threads


@pytest.fixture
def run(sandbox):
    """Run a text and return its result."""

    def run_text(text, *, inputs=(), on_output=None, **settings):
        return sandbox.run(_authorize(text, **settings), inputs=inputs, on_output=on_output)

    return run_text


def _containers():
    from execgate.sandbox.engine import connect
    from execgate.sandbox.owner import Owner

    client = connect()
    try:
        gate = Owner.current().gate
        found = client.containers(all=True, filters={"label": f"execgate.gate={gate}"})
        return [container["Id"] for container in found]
    finally:
        client.close()


def _bubbles():
    import psutil

    from execgate.sandbox.bubblewrap.groups import Groups

    groups = [name for name in Groups.find().names() if name.startswith(f"{os.getpid()}.")]
    children = psutil.Process().children(recursive=True)
    return groups + [child.pid for child in children if child.is_running() and child.name() == "bwrap"]


@pytest.fixture
def our_containers(sandbox):
    """Return what there is of this process's own cells, whatever they are made of, since the test began.

    Other tests of the process keep sessions.
    """
    look = {"docker": _containers, "bubblewrap": _bubbles}[sandbox.name]
    before = look()
    return lambda: [one for one in look() if one not in before]


@pytest.fixture(scope="session")
def answer():
    """Return what runs a filter of system calls as the kernel does."""
    return _answer


def _answer(program, machine, number, *arguments):
    """Run a filter as the kernel does and return its answer; no instruction may look at anything but a call."""
    arguments = [*arguments, *[0] * (6 - len(arguments))]
    data = struct.pack("<IIQ6Q", number & 0xFFFFFFFF, _MACHINES.get(machine, machine), 0, *arguments)
    at = value = 0
    while True:
        code, yes, no, operand = struct.unpack_from("=HBBI", program, at * 8)
        at += 1
        if code == 0x20:  # load a word
            (value,) = struct.unpack_from("<I", data, operand)
        elif code == 0x54:  # and
            value &= operand
        elif code == 0x05:  # jump
            at += operand
        elif code == 0x15:  # equal
            at += yes if value == operand else no
        elif code == 0x25:  # greater
            at += yes if value > operand else no
        elif code == 0x35:  # at least
            at += yes if value >= operand else no
        elif code == 0x45:  # any of these bits
            at += yes if value & operand else no
        else:
            assert code == 0x06, hex(code)
            return operand
