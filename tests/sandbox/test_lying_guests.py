"""Supervisors that lie, in every frame and at every moment: a clear result, no other error, and nothing held up.

They are threads here, at the other end of a real wire: what a guest says does not depend on what it is made of.
"""

import contextlib
import json
import os
import select
import socket
import struct
import sys
import threading
from dataclasses import replace

import pytest

from execgate.errors import SandboxUnavailableError
from execgate.model.confines import OPEN, Session
from execgate.model.execution import InputFile, Start, Stop
from execgate.receipts.canonical import encode as canonical
from execgate.receipts.canonical import plain
from execgate.sandbox import run as running
from execgate.sandbox.bubblewrap.wire import SocketWire
from execgate.sandbox.cell import Profile, State
from execgate.sandbox.cells import Taken
from execgate.sandbox.frames import encode
from execgate.sandbox.greeting import greet
from execgate.sandbox.job import Job
from execgate.sandbox.sessions import Sessions

READY = encode(b"R", bytes((4, 3, 12, 1)))
CONFINED = encode(b"C", b'{"user": "65532"}')
BEGUN = encode(b"B")
END = encode(b"E")
GO, NEXT, WAIT = b"G", b"N", None
JOB = 1
"""One byte of what the gate says: more of it comes, and is not taken."""
HUGE = 2**64 - 1


def ended(code=0, *, stopped=0, want=0, kills=0, refused=0, size=0, files=0):
    return encode(b"P", struct.pack(">i?BIIQI", code, stopped, want, kills, refused, size, files))


def seen(*lines):
    return encode(
        b"O", b"".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    )


def drip(data):
    """Return a piece again and again, a moment apart, for as long as anybody listens."""
    return lambda: data


def named(value):
    """Return a name for a case, which is no book of what is said in it."""
    return value if isinstance(value, str) else "lies"


class Cell:
    """A place with a guest that says what it is told to."""

    name = "liar"
    meter = door = None

    def __init__(self, script):
        ours, self._theirs = socket.socketpair()
        errors, self._errors = os.pipe()
        self.wire = SocketWire(ours, errors)
        self._guest = threading.Thread(target=self._lie, args=(script,))
        self._gone = threading.Event()
        self._guest.start()

    def _lie(self, script):
        with contextlib.suppress(OSError, EOFError), self._theirs:
            for step in script:
                if step in (GO, NEXT):
                    self._take(step)
                elif step is JOB:
                    self._exactly(step)
                elif step is WAIT:
                    while self._theirs.recv(4096):
                        pass
                elif callable(step):
                    while not self._gone.wait(0.01):
                        self._theirs.sendall(step())
                else:
                    self._theirs.sendall(step)

    def _take(self, last):
        kind = b""
        while kind != last:
            kind, size = struct.unpack(">cI", self._exactly(5))
            self._exactly(size)

    def _exactly(self, size):
        data = b""
        while len(data) < size:
            piece = self._theirs.recv(size - len(data))
            if not piece:
                raise EOFError
            data += piece
        return data

    def hear(self):
        """Wait until the guest has said something."""
        assert select.select([self.wire._socket], [], [], 10)[0]

    def state(self):
        return State(known=True, running=False, status=0)

    def kill(self):
        return None

    def remove(self):
        self._gone.set()
        self.wire.close()
        os.close(self._errors)
        self._guest.join()


class Cells:
    """Gives out one lying guest after the other, and counts those that came back."""

    def __init__(self, *scripts):
        self._scripts = list(scripts)
        self.out = 0

    def take(self, profile, cancelled):
        self.last = cell = Cell(self._scripts.pop(0))
        try:
            greet(cell, cancelled)
        except SandboxUnavailableError:
            cell.remove()
            raise
        self.out += 1
        return Taken(cell, Start.COLD)

    def give_back(self, taken):
        taken.cell.remove()
        self.out -= 1


@pytest.fixture
def lied_to(authorize, monkeypatch):
    """Run a program of which the guest says what it likes, after it has taken its job."""
    monkeypatch.setattr(sys.modules["execgate.sandbox.greeting"], "START_S", 1.0)
    for name in ("START_S", "COLLECT_S", "REASON_S"):
        monkeypatch.setattr(running, name, 0.3)

    def run(*script, inputs=(), **limits):
        authorization = authorize("print(1)", **{"wall_s": 0.3, **limits})
        cells = Cells(script)
        job = Job(authorization, inputs, Profile.of(authorization, "image"), "liar")
        try:
            return told(running.execute(cells, job, None))
        finally:
            assert cells.out == 0

    return run


def told(result):
    """Return a result of which a receipt and a line for people can be made."""
    canonical(plain(result.to_json()))
    (result.stdout + result.stderr + result.detail).encode("utf-8")
    assert result.detail.isprintable()
    assert all(line.isprintable() for line in (*result.rejected, *result.in_force.values()))
    return result


@pytest.mark.parametrize(
    ids=named,
    argnames=("lies", "why"),
    argvalues=[
        # what confines the program
        (CONFINED + CONFINED + BEGUN, "no account of what confines the program"),
        (BEGUN + CONFINED, "a frame of ready while running"),
        (BEGUN + ended() + CONFINED, "a frame of ready while collecting"),
        (encode(b"C"), "no account of what confines the program"),
        (encode(b"C", b"{}"), "no account of what confines the program"),
        (encode(b"C", b"[]"), "no account of what confines the program"),
        (encode(b"C", b"\xff\xfe{"), "no account of what confines the program"),
        (encode(b"C", b"[" * 4096), "no account of what confines the program"),
        (encode(b"C", b'{"a":' * 800), "no account of what confines the program"),
        (encode(b"C", b"9" * 4096), "no account of what confines the program"),
        (
            encode(b"C", json.dumps(dict.fromkeys(map(str, range(17)), "x")).encode()),
            "no account of what confi",
        ),
        (encode(b"C", b'{"user": 65532}'), "no mechanism that confines a program"),
        (encode(b"C", b'{"user": NaN}'), "no mechanism that confines a program"),
        (encode(b"C", b'{"user": ["x"]}'), "no mechanism that confines a program"),
        (encode(b"C", b'{"User": "x"}'), "no mechanism that confines a program"),
        (encode(b"C", b'{"\\u001b[2J": "x"}'), "no mechanism that confines a program"),
        (encode(b"C", b'{"user\\n": "x"}'), "no mechanism that confines a program"),
        (b"C\x00\x00\x10\x01", "a frame of 4,097 bytes, at most 4,096 of type 0x43"),
        # what was seen
        (seen(b"[]"), "a frame of running while ready"),
        (BEGUN + ended() + seen(b"[]"), "a frame of running while collecting"),
        (BEGUN + ended() + END + seen(b"[]"), "a frame of running while done"),
        (BEGUN + encode(b"O"), "a piece of nothing"),
        (BEGUN + seen(b"no"), "an event that is no JSON"),
        (BEGUN + seen(b"\xff"), "an event that is no JSON"),
        (BEGUN + seen(b"[" * 65_536), "an event that is no JSON"),
        (BEGUN + seen(b'{"a":' * 13_000), "an event that is no JSON"),
        (BEGUN + seen(b'["os.fork",[],' + b"9" * 60_000 + b",[],0]"), "an event"),
        (BEGUN + seen(["os.fork", [], 1 << 24, [], 0]), "an event of the wrong form"),
        (BEGUN + seen(["os.fork", [1.5], 0, [], 0]), "an event of the wrong form"),
        (BEGUN + seen(["os.fork", [[[]]], 0, [], 0]), "an event of the wrong form"),
        (BEGUN + seen(["watch.omitted", [True], 0, [], 0]), "a number of observations that there can't be"),
        (BEGUN + seen(["watch.omitted", [-1], 0, [], 0]), "a number of observations that there can't be"),
        (BEGUN + seen(b"\n" * 65_536) * 257, "more of what happened than it may send"),
        (BEGUN + seen(b'["os.fork",[],0,[],0]\n' * 2_500) * 21, "more of what happened than it may send"),
        # how it ended
        (ended(), "a frame of running while ready"),
        (BEGUN + ended() + ended(), "a frame of running while collecting"),
        (BEGUN + ended(256), "an ending that no program has"),
        (BEGUN + ended(-65), "an ending that no program has"),
        (BEGUN + ended(want=6), "an ending that no program has"),
        (BEGUN + encode(b"P", bytes(25)), "an ending of the wrong size"),
        (BEGUN + b"P\x00\x00\x00\x1b", "a frame of 27 bytes, at most 26"),
        # greetings, and all that comes at the wrong moment
        (READY, "a greeting while ready"),
        (BEGUN + READY, "a greeting while running"),
        (BEGUN + ended() + READY, "a greeting while collecting"),
        (BEGUN + ended() + END + READY, "a greeting while done"),
        (BEGUN + BEGUN, "a frame of ready while running"),
        (BEGUN + ended() + BEGUN, "a frame of ready while collecting"),
        (BEGUN + encode(b"!", b"ono"), "a frame of ready while running"),
        (BEGUN + ended() + encode(b"!", b"ono"), "a frame of ready while collecting"),
        (BEGUN + END, "a frame of collecting while running"),
        (BEGUN + ended() + END + END, "a frame of collecting while done"),
        (BEGUN + ended() + END + encode(b"1", b"late"), "a frame of running while done"),
        (BEGUN + ended() + END + ended(), "a frame of running while done"),
        (BEGUN + ended() + END + encode(b"F", b"x"), "a frame of collecting while done"),
        (BEGUN + ended() + encode(b"D", b"x"), "more of a file than it may send"),
        (BEGUN + ended() + encode(b"F", b"x") + encode(b"D"), "a piece of nothing"),
        (BEGUN + encode(b"1"), "a piece of nothing"),
        (BEGUN + ended() + encode(b"X"), "a refusal of nothing"),
        (BEGUN + ended() + encode(b"X", b"\x00x"), "a refusal for no known reason"),
        (BEGUN + ended() + encode(b"X", b"\x01x") * 203, "more refusals than there can be"),
        (BEGUN + encode(b"K"), "a frame of unknown type 0x4b"),
    ],
)
def test_a_lie_ends_the_run_with_what_is_wrong_about_it(lied_to, lies, why):
    result = lied_to(READY, GO, lies, WAIT, wall_s=20.0)
    assert result.stopped_by is Stop.ENGINE
    assert result.detail.startswith(f"the guest broke the protocol: {why}")
    assert (result.exit_code, result.artifacts) == (None, ())


def test_figures_without_measure_are_told_as_they_were_claimed(lied_to):
    account = ended(-9, kills=2**32 - 1, refused=2**32 - 1, size=HUGE, files=2**32 - 1)
    result = lied_to(READY, GO, BEGUN, account, END, WAIT, memory_bytes=None, processes=None)
    assert (result.stopped_by, result.exit_code) == (Stop.EXIT, -9)
    assert (result.usage.disk_bytes, result.usage.files) == (HUGE, 2**32 - 1)
    omitted = seen(["watch.omitted", [2**63 - 1], 0, [], 0])
    assert lied_to(READY, GO, BEGUN + omitted * 3, ended(), END, WAIT).omitted == 3 * (2**63 - 1)


def test_what_is_said_to_be_in_force_is_one_short_line_each(lied_to):
    said = {"landlock": "version 99\n\x1b[2J\u202e", "user": "0" * 2000, "filter": "\ud800", "seccomp": ""}
    confined = encode(b"C", json.dumps(said).encode())
    result = lied_to(READY, GO, confined, BEGUN, ended(), END, WAIT)
    assert result.in_force["landlock"] == r"version 99\n\x1b[2J\u202e"
    assert result.in_force["user"] == "0" * 200 + "…"
    assert result.in_force["filter"] == r"\ud800"


def test_a_surprise_beside_a_lie_is_kept(lied_to):
    lies = seen(["os.mkdir", ["/etc/x"], 0, [], 2]) + ended() + READY
    result = lied_to(READY, GO, BEGUN + lies, WAIT, wall_s=20.0)
    assert result.detail == "the guest broke the protocol: a greeting while collecting"
    assert [one.via for one in result.surprises] == ["os.mkdir"]


@pytest.mark.parametrize(
    ids=named,
    argnames=("script", "stop", "detail"),
    argvalues=[
        ((READY, GO, b"C\x00\x00\x10\x00", drip(b" ")), Stop.ENGINE, "the program did not begin"),
        ((READY, GO, BEGUN, drip(encode(b"1", b"."))), Stop.TIME, "stopped after 0.3 s (max_execution_time)"),
        ((READY, GO, BEGUN, b"1\x00\x01\x00\x00", drip(b".")), Stop.TIME, "stopped after 0.3 s"),
        ((READY, GO, BEGUN, b"O\x00\x01\x00\x00", drip(b"[")), Stop.TIME, "stopped after 0.3 s"),
        ((READY, GO, BEGUN, b"P\x00\x00\x00\x1a", drip(b"")), Stop.TIME, "stopped after 0.3 s"),
        ((READY, GO, BEGUN, drip(seen(["os.fork", [], 0, [], 0]))), Stop.TIME, "stopped after 0.3 s"),
        ((READY, GO, BEGUN, ended(), drip(encode(b"X", b"\x01x"))), Stop.ENGINE, "the files took too long"),
        (
            (READY, GO, BEGUN, ended(), encode(b"F", b"x"), drip(encode(b"D", b"x"))),
            Stop.ENGINE,
            "the files took",
        ),
        ((READY, GO, BEGUN, ended(), b"E\x00\x00\x00", WAIT), Stop.ENGINE, "the files took too long"),
    ],
)
def test_a_drip_holds_up_no_deadline(lied_to, script, stop, detail):
    result = lied_to(*script)
    assert result.stopped_by is stop
    assert result.detail.startswith(detail)


@pytest.mark.parametrize(
    "script",
    [
        (drip(b""), WAIT),
        (b"R\x00\x00\x00", drip(b"")),
        (READY + CONFINED, WAIT),
        (READY + b"1", WAIT),
        (READY + READY, WAIT),
        (b"R\x00\x00\x00\x03abc", WAIT),
    ],
    ids=named,
)
def test_a_guest_that_greets_wrongly_runs_nothing(lied_to, script):
    with pytest.raises(SandboxUnavailableError, match=r"no answer within|is not ours"):
        lied_to(*script)


@pytest.mark.parametrize(
    "lies", [encode(b"1", b"."), CONFINED, b"C", seen(["os.fork", [], 0, [], 0])], ids=named
)
def test_a_guest_that_takes_no_job_and_goes_on_talking_is_left(lied_to, lies):
    inputs = [InputFile("large", bytes(8 << 20))]
    with pytest.raises(SandboxUnavailableError, match=r"stopped taking its job|is not ours"):
        lied_to(READY, JOB, BEGUN, drip(lies), inputs=inputs)


def test_a_guest_that_takes_no_job_may_say_why(lied_to):
    lies = encode(b"!", b"o\x1b[2Jno")
    with pytest.raises(SandboxUnavailableError, match=r"could not take the job: \\x1b\[2Jno$"):
        lied_to(READY, JOB, lies, WAIT, inputs=[InputFile("large", bytes(8 << 20))])


class Kept:
    """Runs one program after the other in a session of files."""

    def __init__(self, cells, authorization):
        self._sessions, self._authorization = Sessions(cells), authorization
        self._profile = Profile.of(authorization, "image", session=Session.FILES)

    def __call__(self):
        def execute(cells, profile, inputs):
            return running.execute(cells, Job(self._authorization, inputs, profile, "liar"), None)

        return told(self._sessions.run(("a", "chat"), self._authorization, self._profile, (), execute))

    def held(self):
        return self._sessions.held(("a", "chat"))

    def close(self):
        self._sessions.close()


@pytest.fixture
def kept(authorize, monkeypatch):
    """Run programs in a session of which each cell has a guest that says what it likes."""
    monkeypatch.setattr(sys.modules["execgate.sandbox.sessions"], "FIT_S", 0.3)
    made = []

    def keep(*scripts):
        cells = Cells(*scripts)
        confines = replace(OPEN, network=False, session=Session.FILES)
        made.append((Kept(cells, authorize("print(1)", confines=confines, wall_s=20.0)), cells))
        return made[-1]

    yield keep
    for run, cells in made:
        run.close()
        assert cells.out == 0


ONE = (CONFINED, BEGUN, encode(b"1", b"one\n"), ended(), END)


@pytest.mark.parametrize(
    ids=named,
    argnames=("lies", "why"),
    argvalues=[
        # instead of the second greeting, or with it
        ((encode(b"1", b"x"), WAIT), "not ours: a frame of running while starting"),
        ((CONFINED, WAIT), "not ours: a frame of running while starting"),
        ((READY + READY, WAIT), "not ours: more than a greeting while starting"),
        ((READY + BEGUN, WAIT), "not ours: more than a greeting while starting"),
        ((READY + b"O\x00", WAIT), "not ours: more than a greeting while starting"),
        ((encode(b"R", bytes((3, 3, 12, 1))), WAIT), "not ours: another version of the guest"),
        ((encode(b"!", b"s\x1b[2Jprocesses live"), WAIT), r"\x1b[2Jprocesses live"),
        ((drip(b""), WAIT), "did not start its interpreter: no answer within 0.3 s"),
        ((), "did not start its interpreter: it ended with status 0"),
    ],
)
def test_a_kept_guest_that_lies_between_runs_is_thrown_away(kept, lies, why):
    run, cells = kept((READY, GO, *ONE, NEXT, *lies), (READY, GO, *ONE, NEXT, WAIT))
    assert run().stdout == "one\n"
    result = run()
    assert (result.stopped_by, result.stdout, result.start) == (Stop.EXIT, "one\n", Start.COLD)
    assert result.detail.startswith("the session began anew: ")
    assert why in result.detail
    assert cells.out == 1


@pytest.mark.parametrize(
    ids=named,
    argnames=("lies", "why"),
    argvalues=[
        (CONFINED + CONFINED, "no account of what confines the program"),
        (encode(b"C", b"[" * 4096), "no account of what confines the program"),
        (BEGUN + CONFINED, "a frame of ready while running"),
        (READY, "a greeting while ready"),
        (ended(), "a frame of running while ready"),
        (END, "a frame of collecting while ready"),
        (BEGUN + seen(b"[" * 65_536), "an event that is no JSON"),
        (BEGUN + ended() + END + encode(b"1", b"late"), "a frame of running while done"),
        (BEGUN + ended() + END + READY, "a greeting while done"),
    ],
)
def test_a_kept_guest_that_lies_about_a_later_run_loses_its_session(kept, lies, why):
    run, cells = kept(
        (READY, GO, *ONE, NEXT, READY, GO, *ONE, NEXT, READY, GO, lies, WAIT), (READY, GO, *ONE, WAIT)
    )
    assert [run().start for _ in range(2)] == [Start.COLD, Start.SESSION]
    result = run()
    assert (result.stopped_by, result.start) == (Stop.ENGINE, Start.SESSION)
    assert result.detail == (
        f"the guest broke the protocol: {why}; the session ended with this run: what it kept is gone"
    )
    assert cells.out == 0
    assert run().start is Start.COLD


@pytest.mark.parametrize("lies", [CONFINED, encode(b"1", b"x"), b"R", READY], ids=named)
def test_a_kept_guest_that_talks_while_it_waits_is_thrown_away(kept, lies):
    talks = threading.Event()

    def late():
        talks.wait(10)
        return lies

    run, cells = kept((READY, GO, *ONE, NEXT, READY, late), (READY, GO, *ONE, NEXT, WAIT))
    assert run().stdout == "one\n"
    run.held()  # which asks whether the next may come
    talks.set()
    cells.last.hear()
    result = run()
    assert (result.stopped_by, result.start) == (Stop.EXIT, Start.COLD)
    assert result.detail == "the session began anew: its cell ended"
