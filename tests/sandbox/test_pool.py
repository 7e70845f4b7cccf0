"""Cells that are started ahead: taken once, alive or not at all, and nothing of them stays."""

import contextlib
import os
import threading
import time

import pytest

from execgate.errors import SandboxUnavailableError
from execgate.model.execution import Start
from execgate.model.limits import Limits
from execgate.sandbox import pool as pools
from execgate.sandbox.cell import ImageGoneError, Profile, State
from execgate.sandbox.frames import PROTOCOL, encode
from execgate.sandbox.greeting import CancelledError
from execgate.sandbox.load import IDLE_S, WINDOW_S, Load
from execgate.sandbox.pool import Pool
from execgate.sandbox.stock import NOTHING, Ahead

READY = encode(b"R", bytes((PROTOCOL, 3, 12, 0)))
NEVER = threading.Event()


class FakeWire:
    def __init__(self):
        self.unread = [READY]
        self.alive = True
        self.forgotten = False

    def read(self, seconds):
        return self.unread.pop() if self.unread else None

    def write(self, data, seconds):
        return self.alive

    def said(self):
        return ""

    def is_quiet(self):
        return self.alive

    def close(self):
        self.alive = False

    def forget(self):
        self.forgotten = True


class FakeCell:
    meter = None
    door = None

    def __init__(self, backend, profile, number):
        self.name = f"cell-{number}"
        self.profile = profile
        self.wire = FakeWire()
        self._backend = backend

    def state(self):
        return State(known=True, running=True)

    def kill(self):
        return None

    def remove(self):
        self._backend.passing()
        if self._backend.down:
            return "the engine is down"
        self._backend.living.pop(self.name, None)
        return None


class FakeBackend:
    """An engine in memory, which can be down, slow, or without an image."""

    name = "fake"

    def __init__(self):
        self.living = {}
        self.made = 0
        self.down = False
        self.gone = set()
        self.forgotten = []
        self.open = threading.Event()
        self.open.set()
        self._lock = threading.Lock()

    def passing(self):
        assert self.open.wait(10)

    def start(self, profile):
        self.passing()
        if self.down:
            raise SandboxUnavailableError("the engine is down")
        if profile.image in self.gone:
            raise ImageGoneError
        with self._lock:
            self.made += 1
            cell = FakeCell(self, profile, self.made)
            self.living[cell.name] = cell
        return cell

    def forget_image(self, image):
        self.forgotten.append(image)

    def tidy(self, left):
        return tuple(cell for cell in left if cell.remove() is not None)


def profile(number=0):
    return Profile(f"image-{number}", Limits())


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(pools, "HOLD_S", 0.0)
    monkeypatch.setattr(pools, "LOOK_S", 0.01)
    monkeypatch.setattr(pools, "_RETRY_S", (0.01, 0.05))


@pytest.fixture
def backend():
    return FakeBackend()


@pytest.fixture
def make(backend):
    made = []

    def make_pool(*args, **kwargs):
        made.append(Pool(backend, *args, **kwargs))
        return made[-1]

    yield make_pool
    backend.down = False
    backend.open.set()
    for pool in made:
        pool.close()
    assert backend.living == {}
    assert [thread for thread in threading.enumerate() if thread.name == "execgate-pool"] == []


@pytest.fixture
def pool(make):
    return make()


def once(pool, which=None):
    """Take a cell and give it back; return where it came from, and its name."""
    taken = pool.take(which or profile(), NEVER)
    pool.give_back(taken)
    return taken.start, taken.cell.name


def until(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_the_first_run_is_cold_and_the_next_finds_a_cell(pool):
    assert once(pool) == (Start.COLD, "cell-1")
    assert pool.settle()
    assert once(pool) == (Start.WARM, "cell-2")


def test_no_cell_is_ever_given_twice(pool):
    names = []

    def runs():
        names.extend(once(pool)[1] for _ in range(50))

    threads = [threading.Thread(target=runs) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(names)) == len(names) == 200


def test_a_cell_serves_only_its_own_profile(pool):
    once(pool, profile(1))
    assert pool.settle()
    assert [cell.profile for cell in pool.waiting()] == [profile(1)]
    assert once(pool, profile(2))[0] is Start.COLD


def test_nothing_is_started_ahead_where_nothing_may_be(make, backend):
    pool = make(NOTHING)
    assert once(pool) == (Start.COLD, "cell-1")
    # And the cell is gone before the run is over.
    assert backend.living == {}
    assert once(pool) == (Start.COLD, "cell-2")
    assert pool.warm(profile()) == 0


def test_a_cell_that_died_while_it_waited_is_passed_over(pool, backend, monkeypatch):
    once(pool)
    assert pool.settle()
    monkeypatch.setattr(pools, "LOOK_S", 1000.0)
    for cell in pool.waiting():
        cell.wire.alive = False
    assert once(pool)[0] is Start.COLD
    assert pool.settle()
    assert once(pool)[0] is Start.WARM


def test_cells_that_die_are_replaced_before_anybody_asks(pool):
    once(pool)
    assert pool.settle()
    (dead,) = pool.waiting()
    dead.wire.alive = False
    until(lambda: pool.waiting() and pool.waiting()[0] is not dead)


def test_stale_cells_are_replaced(make, backend):
    now = [0.0]
    pool = make(clock=lambda: now[0] + time.monotonic())
    assert pool.warm(profile()) == 1
    (stale,) = pool.waiting()
    for _ in range(10):  # asked for now and then, so that the profile is not idle
        now[0] += IDLE_S - 10
        pool.warm(profile())
        until(lambda: len(pool.waiting()) == 1)
    until(lambda: stale.name not in backend.living)


def test_an_idle_pool_holds_nothing_and_needs_no_thread(make, backend):
    now = [0.0]
    pool = make(clock=lambda: now[0] + time.monotonic())
    once(pool)
    assert pool.settle()
    assert len(backend.living) == 1
    now[0] += IDLE_S + 1
    until(lambda: backend.living == {})
    until(lambda: not [thread for thread in threading.enumerate() if thread.name == "execgate-pool"])
    assert once(pool)[0] is Start.COLD


def test_the_profile_used_longest_ago_makes_room(make):
    pool = make(Ahead(of_profile=2, cells=2))
    for number in (1, 2, 3):
        pool.warm(profile(number))
    assert [cell.profile.image for cell in pool.waiting()] == ["image-2", "image-3"]


def test_cells_that_use_much_memory_are_fewer(make, backend, monkeypatch):
    class Meter:
        def memory_now(self):
            return 100 << 20

    monkeypatch.setattr(FakeCell, "meter", Meter())
    pool = make(Ahead(of_profile=8, cells=8, memory_bytes=250 << 20))
    assert pool.warm(profile(), 5, seconds=0.2) == 2


def test_an_engine_that_is_down_hurts_the_run_alone_that_needs_it(pool, backend):
    once(pool)
    assert pool.settle()
    backend.down = True
    taken = pool.take(profile(), NEVER)  # what waits is good
    assert taken.start is Start.WARM
    pool.give_back(taken)
    until(lambda: pool._failures >= 2)
    with pytest.raises(SandboxUnavailableError, match="the engine is down"):
        pool.take(profile(), NEVER)
    backend.down = False
    assert once(pool)[0] is Start.COLD
    assert pool.settle()
    assert once(pool)[0] is Start.WARM
    # What could not be removed while it was down is removed now.
    until(lambda: set(backend.living) == {cell.name for cell in pool.waiting()})


def test_filling_waits_longer_after_every_failure(pool, backend, monkeypatch):
    monkeypatch.setattr(pools, "_RETRY_S", (0.5, 30.0))
    once(pool)
    assert pool.settle()
    backend.down = True
    once(pool)
    until(lambda: pool._failures == 1)
    assert 0 < pool._retry_at - time.monotonic() <= 0.5
    pool._failures = 60
    pool._retry_at = 0.0
    with pool._changed:
        pool._changed.notify_all()
    until(lambda: pool._failures == 61)
    assert 29 < pool._retry_at - time.monotonic() <= 30


def test_an_image_that_is_gone_is_looked_for_anew_and_no_more_asked_for(pool, backend):
    once(pool)
    assert pool.settle()
    backend.gone.add("image-0")
    assert once(pool)[0] is Start.WARM
    until(lambda: backend.forgotten == ["image-0"])
    with pytest.raises(ImageGoneError):
        pool.take(profile(), NEVER)
    assert once(pool, profile(1))[0] is Start.COLD
    assert pool.settle()
    assert once(pool, profile(1))[0] is Start.WARM


def test_a_run_waits_for_a_cell_that_is_nearly_there(pool, backend):
    once(pool)
    assert pool.settle()
    backend.open.clear()
    with pool._changed:
        pool._used.extend(cell for cell, _ in pool._stock.shelf(profile()).waiting)
        pool._stock.shelf(profile()).waiting.clear()
        pool._call_workers()
    until(lambda: pool._stock.shelf(profile()).starting)
    results = []
    thread = threading.Thread(target=lambda: results.append(once(pool)))
    thread.start()
    until(lambda: pool._stock.shelf(profile()).takers)
    backend.open.set()
    thread.join()
    assert results[0][0] is Start.WARM


def test_a_run_that_is_cancelled_while_it_waits_takes_nothing(pool, backend):
    once(pool)
    assert pool.settle()
    cancelled = threading.Event()
    cancelled.set()
    for cell in pool.waiting():
        cell.wire.alive = False
    with pytest.raises(CancelledError):
        pool.take(profile(), cancelled)
    assert pool.settle()


def test_used_cells_that_wait_for_their_removal_are_bounded(pool, backend):
    taken = [pool.take(profile(), NEVER) for _ in range(20)]
    backend.open.clear()
    given = []

    def give_all_back():
        for one in taken:
            pool.give_back(one)
            given.append(one)

    thread = threading.Thread(target=give_all_back)
    thread.start()
    time.sleep(0.05)
    assert len(given) < 20
    backend.open.set()
    thread.join()
    assert pool.settle()


def test_closing_removes_what_waits_and_what_is_being_started(make, backend):
    pool = make()
    once(pool)
    assert pool.settle()
    backend.open.clear()
    taken = pool.take(profile(), NEVER)
    until(lambda: pool._stock.shelf(profile()).starting)
    threading.Timer(0.05, backend.open.set).start()
    pool.close()
    assert set(backend.living) == {taken.cell.name}
    pool.give_back(taken)
    assert backend.living == {}


def test_closing_without_an_engine_ends(make, backend):
    pool = make()
    once(pool)
    assert pool.settle()
    (left,) = pool.waiting()
    backend.down = True
    pool.close()
    # It ends by itself when its wire is closed, and the next gate removes it.
    assert not left.wire.alive
    backend.down = False
    pool.close()
    assert backend.living == {}


@pytest.mark.parametrize("what", ["remove", "tidy"])
def test_closing_that_is_interrupted_holds_up_the_end_of_the_process_no_more(
    make, backend, monkeypatch, what
):
    def interrupted(*_):
        monkeypatch.undo()
        raise KeyboardInterrupt

    pool = make(ahead=NOTHING)
    taken = pool.take(profile(), NEVER)
    if what == "tidy":
        backend.down = True
        pool.give_back(taken)
        backend.down = False
        monkeypatch.setattr(FakeBackend, "tidy", interrupted)
    else:
        pool._used.append(pool._out.pop(id(taken.cell)))
        monkeypatch.setattr(FakeCell, "remove", interrupted)
    monkeypatch.setattr(Pool, "_call_workers", lambda _: None)
    with pytest.raises(KeyboardInterrupt):
        pool.close()
    assert pool._removing == 0
    pool.end()
    assert backend.living == {}


def test_an_abandoned_pool_removes_its_cells_by_itself(make, backend):
    pool = make()
    once(pool)
    assert pool.settle()
    pool.abandon()
    until(lambda: backend.living == {})


def test_the_end_of_the_process_takes_the_cells_of_runs_too(make, backend):
    pool = make()
    taken = pool.take(profile(), NEVER)
    pool.end()
    assert backend.living == {}
    pool.give_back(taken)


def test_a_forked_process_leaves_the_cells_to_its_parent(pool, backend):
    once(pool)
    assert pool.settle()
    taken = pool.take(profile(), NEVER)
    assert pool.settle()
    held, *_ = pool.waiting()
    child = os.fork()
    if child == 0:
        status = 1
        with contextlib.suppress(BaseException):
            fine = pool.waiting() == () and held.wire.forgotten and taken.cell.wire.forgotten
            fine = fine and held.wire.alive and once(pool)[0] is Start.COLD
            fine = fine and held.name in backend.living
            status = 0 if fine else 2
        os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    assert held.wire.alive
    assert not held.wire.forgotten
    pool.give_back(taken)


def test_an_error_in_a_worker_leaves_nobody_without_one(pool, backend, monkeypatch):
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    taken = pool.take(profile(), NEVER)
    assert pool.settle()
    monkeypatch.setattr(Load, "started", lambda *_: 1 / 0)
    pool.waiting()[0].wire.alive = False
    until(lambda: not pool._workers)
    monkeypatch.undo()
    pool.give_back(taken)
    assert pool.settle()
    assert once(pool)[0] is Start.WARM


def test_nothing_is_wanted_of_what_was_never_asked_for():
    assert Load().wanted(0.0) == 0


def test_one_is_wanted_after_a_first_run_and_none_after_a_long_pause():
    load = Load()
    load.asked(100.0)
    assert [load.wanted(100.0 + later) for later in (0.0, WINDOW_S, IDLE_S - 1, IDLE_S + 1)] == [1, 1, 1, 0]


@pytest.mark.parametrize(("rate", "wanted"), [(0.5, 2), (2.0, 4), (6.0, 6)])
def test_more_are_wanted_where_runs_follow_each_other(rate, wanted):
    load = Load()
    for number in range(40):
        load.asked(number / rate)
    assert load.wanted(39 / rate) == wanted
    assert load.wanted(39 / rate + WINDOW_S + 1) == 1


def test_slow_starts_need_more_ahead():
    quick, slow = Load(), Load()
    for number in range(10):
        for load, start_s in ((quick, 0.1), (slow, 2.0)):
            load.asked(float(number))
            load.started(start_s)
    assert quick.wanted(9.0) < slow.wanted(9.0)
