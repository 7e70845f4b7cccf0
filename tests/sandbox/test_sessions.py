"""Sessions on this side: who has one alone, and what becomes of its cell."""

import threading
from dataclasses import replace

import pytest

from execgate.model.confines import OPEN, Session
from execgate.model.execution import ExecutionResult, Start, Stop, Usage
from execgate.model.limits import Limits
from execgate.model.program import Program
from execgate.model.source import Source
from execgate.model.verdict import Authorization, Verdict
from execgate.sandbox.cell import Profile
from execgate.sandbox.cells import Taken
from execgate.sandbox.sessions import Sessions
from execgate.sandbox.turns import Turns

KEY = ("agent", "chat")


class Wire:
    def write(self, data, seconds):
        return True

    def read(self, seconds):
        return b""


class Cell:
    def __init__(self):
        self.wire = Wire()

    def state(self):
        raise AssertionError("nobody asks")


class Cells:
    def __init__(self):
        self.out = []

    def take(self, profile, cancelled):
        taken = Taken(Cell(), Start.COLD)
        self.out.append(taken)
        return taken

    def give_back(self, taken):
        self.out.remove(taken)


@pytest.fixture
def cells():
    return Cells()


@pytest.fixture
def sessions(cells):
    made = Sessions(cells)
    yield made
    made.close()


def run(sessions, during=lambda: None, key=KEY):
    source = Source("pass")
    confines = replace(OPEN, session=Session.FILES)
    verdict = Verdict(
        source=source,
        agent=key[0],
        program=Program(source),
        limits=Limits(),
        confines=confines,
        policy_digest="sha256:" + "0" * 64,
    )
    authorization = Authorization.of(verdict)
    profile = Profile.of(authorization, "image", session=Session.FILES)

    def execute(cells, profile, given):
        taken = cells.take(profile, threading.Event())
        try:
            during()
            return ExecutionResult(Stop.EXIT, 0, "", "", Usage(0.0))
        finally:
            cells.give_back(taken)

    return sessions.run(key, authorization, profile, (), execute)


def test_a_session_keeps_its_cell_until_it_is_ended(sessions, cells):
    run(sessions)
    assert len(cells.out) == 1
    assert sessions.end() == 1
    assert cells.out == []
    assert sessions.end() == 0


@pytest.mark.parametrize("end", ["end", "close"])
def test_nobody_waits_for_the_run_of_a_session_that_is_ended_and_its_cell_goes_with_it(sessions, cells, end):
    entered, on = threading.Event(), threading.Event()

    def during():
        entered.set()
        assert on.wait(30)

    running = threading.Thread(target=run, args=(sessions, during))
    running.start()
    assert entered.wait(30)
    getattr(sessions, end)()  # comes back while the program still runs
    assert len(cells.out) == 1
    run(sessions)  # the same conversation goes on in another cell
    assert len(cells.out) == 2
    on.set()
    running.join(30)
    assert len(cells.out) == 1


def test_a_session_that_is_ended_while_it_is_looked_into_leaves_no_cell(sessions, cells, monkeypatch):
    run(sessions)
    looking, on = threading.Event(), threading.Event()

    def revive(self, kept):
        looking.set()
        assert on.wait(30)

    monkeypatch.setattr(Sessions, "_revive", revive)
    asking = threading.Thread(target=sessions.held, args=(KEY,))
    asking.start()
    assert looking.wait(30)
    assert sessions.end(*KEY) == 1
    on.set()
    asking.join(30)
    assert cells.out == []


def test_a_session_that_an_interruption_ended_says_so_in_the_next_result(sessions, cells):
    def interrupt():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(sessions, interrupt)
    assert cells.out == []
    assert run(sessions).detail == "the session began anew: the run before this one was interrupted"


def test_too_many_sessions_end_the_one_used_longest_ago(cells):
    sessions = Sessions(cells, most=2)
    for number in range(3):
        run(sessions, key=("agent", f"chat {number}"))
    assert len(cells.out) == 2
    assert sessions.end("agent", "chat 0") == 0
    assert sessions.end("agent") == 2


def test_a_session_that_no_thread_looks_after_keeps_its_result_and_is_looked_after_later(
    cells, no_threads, monkeypatch
):
    watched = threading.Event()
    monkeypatch.setattr(Sessions, "end_idle", lambda _: watched.set())
    sessions = Sessions(cells)
    with no_threads():
        assert run(sessions).stopped_by is Stop.EXIT
    assert not watched.is_set()
    run(sessions, key=("agent", "another"))
    assert watched.wait(30)
    sessions.close()


def test_one_that_nobody_used_for_a_while_ends(cells):
    now = [1.0]
    sessions = Sessions(cells, idle_s=10.0, clock=lambda: now[0])
    run(sessions)
    now[0] = 10.5
    assert sessions.end_idle() is not None
    assert len(cells.out) == 1
    now[0] = 11.5
    assert sessions.end_idle() is None
    assert cells.out == []


def test_who_has_a_turn_is_alone_with_that_session_and_leaves_no_line_behind():
    turns = Turns()
    order: list[str] = []
    waiting = threading.Event()

    def second():
        waiting.set()
        with turns.of("one"):
            order.append("second")

    other = threading.Thread(target=second)
    with turns.of("one"):
        other.start()
        assert waiting.wait(30)
        with turns.of("another"):
            order.append("first")
            assert "one" in turns
    other.join(30)
    assert order == ["first", "second"]
    assert "one" not in turns


def test_a_turn_that_ends_by_an_error_is_over():
    turns = Turns()
    with pytest.raises(KeyError), turns.of("one"):
        raise KeyError
    assert "one" not in turns


def test_a_turn_is_none_of_a_forked_process(sessions):
    with sessions.turn(KEY):
        sessions.forget_parent()
        with sessions.turn(KEY):  # would wait for a thread that is not there
            pass
