"""How long sessions are kept, and how many: nothing of one that has ended stays."""

import struct
import threading
from dataclasses import replace

import pytest

from execgate.model.confines import OPEN, Session
from execgate.model.execution import ExecutionResult, Start, Stop, Usage
from execgate.model.held import NOTHING
from execgate.model.limits import Limits
from execgate.model.program import Program
from execgate.model.source import Source
from execgate.model.verdict import Authorization, Verdict
from execgate.sandbox.cell import Profile
from execgate.sandbox.cells import Taken
from execgate.sandbox.frames import PROTOCOL
from execgate.sandbox.keeping import MOST_TEXT
from execgate.sandbox.sessions import Sessions

PROFILE = Profile("image", Limits(), session=Session.FILES)
CHAT = "chat"
SOURCE = Source("x = 1")
GREETING = b"R" + struct.pack(">I4B", 4, PROTOCOL, 3, 12, 0)


class Cell:
    """A cell with nothing in it, to which everything can be said."""

    def __init__(self, name):
        self.name = name
        self.wire = self

    def write(self, _data, _seconds):
        return True

    def read(self, seconds):
        return GREETING if seconds else None


class Cells:
    """Hands out cells, and remembers which came back."""

    def __init__(self):
        self.made = []
        self.removed = []

    def take(self, profile, cancelled):
        self.made.append(f"cell {len(self.made) + 1}")
        return Taken(Cell(self.made[-1]), Start.COLD)

    def give_back(self, taken):
        self.removed.append(taken.cell.name)


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def cells():
    return Cells()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def sessions(cells, clock):
    sessions = Sessions(cells, idle_s=60.0, most=2, clock=clock)
    yield sessions
    sessions.close()


def authorized(agent, source=SOURCE, earlier=(), **confines):
    verdict = Verdict(
        source,
        agent,
        Program(source, earlier=earlier),
        confines=replace(OPEN, **{"session": Session.FILES, **confines}),
        policy_digest="sha256:" + "0" * 64,
    )
    return Authorization.of(verdict)


def run(sessions, agent, *, meanwhile=lambda: None, stop=Stop.EXIT, profile=PROFILE, **program):
    def execute(cells, profile, _inputs):
        cells.take(profile, threading.Event())
        meanwhile()
        return ExecutionResult(stop, 0 if stop is Stop.EXIT else None, "", "", Usage(0.1))

    return sessions.run((agent, CHAT), authorized(agent, **program), profile, (), execute)


def test_a_session_that_nobody_uses_ends_and_not_a_moment_earlier(sessions, cells, clock):
    run(sessions, "a")
    clock.now += 30
    run(sessions, "b")
    clock.now += 29.5
    assert sessions.end_idle() is not None
    assert cells.removed == []
    clock.now += 0.5
    assert sessions.end_idle() is not None
    assert cells.removed == ["cell 1"]
    clock.now += 30
    assert sessions.end_idle() is None
    assert cells.removed == ["cell 1", "cell 2"]


def test_one_that_runs_is_not_idle(sessions, cells, clock):
    def meanwhile():
        clock.now += 1000
        sessions.end_idle()
        assert cells.removed == []

    run(sessions, "a", meanwhile=meanwhile)
    assert cells.removed == []


def test_of_too_many_those_that_run_stay(sessions, cells):
    def meanwhile():
        run(sessions, "b")
        run(sessions, "c")
        assert cells.removed == ["cell 2"]

    run(sessions, "a", meanwhile=meanwhile)
    assert cells.removed == ["cell 2"]


def test_a_session_whose_call_is_not_over_stays_between_its_blocks(sessions, cells, clock):
    with sessions.turn(("a", CHAT)):
        run(sessions, "a")
        clock.now += 3600
        assert sessions.end_idle() is not None
        run(sessions, "b")
        run(sessions, "c")
        assert cells.removed == ["cell 2"]
    run(sessions, "d")
    assert cells.removed == ["cell 2", "cell 1"]


@pytest.mark.parametrize(
    ("agent", "conversation", "ended"),
    [("a", None, 1), (None, CHAT, 2), (None, None, 2), ("a", "another", 0), ("c", None, 0)],
)
def test_only_those_that_are_named_end(sessions, cells, agent, conversation, ended):
    run(sessions, "a")
    run(sessions, "b")
    assert sessions.end(agent, conversation) == len(cells.removed) == ended


def test_a_limit_that_struck_ends_the_session_and_the_result_says_so(sessions, cells):
    result = run(sessions, "a", stop=Stop.TIME)
    assert cells.removed == ["cell 1"]
    assert "the session ended with this run" in result.detail


def test_an_interpreter_whose_blocks_are_too_long_to_be_judged_together_begins_anew(sessions, cells):
    kept = {"profile": replace(PROFILE, session=Session.INTERPRETER), "session": Session.INTERPRETER}
    longest = Source("#" * MOST_TEXT)
    run(sessions, "a", source=longest, **kept)
    assert sessions.held(("a", CHAT)).texts == (longest,)
    run(sessions, "a", source=Source("1"), earlier=(longest,), **kept)
    assert sessions.held(("a", CHAT)) == NOTHING
    assert cells.removed == ["cell 1"]
    result = run(sessions, "a", **kept)
    why = "its blocks were longer than the 250,000 characters that are judged together"
    assert result.detail == f"the session began anew: {why}"


def test_a_session_goes_on_in_its_image_unless_the_policy_names_another(sessions, cells):
    run(sessions, "a")
    other = replace(PROFILE, image="another")
    assert run(sessions, "a", profile=other).detail == ""
    assert cells.removed == []
    result = run(sessions, "a", profile=other, image="another")
    assert result.detail == "the session began anew: its policy names another image now"
    assert cells.removed == ["cell 1"]
