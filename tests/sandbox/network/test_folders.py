"""Where the sockets lie, and what becomes of those that killed gates left."""

import gc
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import pytest

from execgate.errors import SandboxUnavailableError
from execgate.sandbox.bubblewrap.backend import BubblewrapBackend
from execgate.sandbox.docker.backend import DockerBackend
from execgate.sandbox.network import SOCKET, Doors
from execgate.sandbox.network.folders import Folders, sweep
from execgate.sandbox.owner import Owner

pytestmark = pytest.mark.enable_socket


@pytest.fixture(autouse=True)
def here(tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("t")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_only_the_gates_user_can_enter_and_everybody_inside_can_knock(world, here):
    doors = Doors(world.resolve)
    first, second = doors.open(), doors.open()
    (root,) = here.iterdir()
    assert first.folder.parent == second.folder.parent == root
    assert root.stat().st_mode & 0o777 == 0o700
    assert first.folder.stat().st_mode & 0o777 == 0o755
    assert (first.folder / SOCKET).stat().st_mode & 0o777 == 0o666
    first.close()
    first.close()
    assert not first.folder.exists()
    assert second.folder.exists()
    doors.close()
    doors.close()
    assert list(here.iterdir()) == []
    with pytest.raises(SandboxUnavailableError, match="was closed"):
        doors.open()
    with pytest.raises(SandboxUnavailableError, match="was closed"):
        second.admit(None)


def test_what_killed_gates_left_goes_and_nothing_else(here):
    living = Folders()
    kept = living.new().parent
    gone = here / "execgate-doors-gone"
    (gone / "1").mkdir(parents=True)
    labels = Owner.current().labels()
    (gone / "owner.json").write_text(json.dumps({**labels, "execgate.started": "1"}))
    half = here / "execgate-doors-half"
    half.mkdir()
    os.utime(half, (1, 1))
    torn = here / "execgate-doors-torn"
    torn.mkdir()
    (torn / "owner.json").write_text('{"execgate": "1", "execg')
    os.utime(torn, (1, 1))
    before = here / "execgate-doors-before"
    before.mkdir()
    (before / "owner.json").write_text(json.dumps({**labels, "execgate.boot": "another"}))
    young = here / "execgate-doors-young"
    young.mkdir()
    os.utime(young, (time.time(), time.time()))
    strange = here / "execgate-doors-strange"
    strange.mkdir()
    (strange / "owner.json").write_text("[]")
    link = here / "execgate-doors-link"
    link.symlink_to(here.parent)
    sweep()
    assert set(here.iterdir()) == {kept, young, strange, link}


@pytest.mark.parametrize("make", [BubblewrapBackend, DockerBackend])
@pytest.mark.engine
def test_the_next_gate_removes_them_whatever_it_runs(make, here):
    gone = here / "execgate-doors-gone"
    gone.mkdir()
    labels = {**Owner.current().labels(), "execgate.started": "1"}
    (gone / "owner.json").write_text(json.dumps(labels))
    backend = make()
    backend.prepare()
    assert list(here.iterdir()) == []
    backend.close()


def test_a_folder_that_somebody_cleaned_away_is_made_anew(world, here):
    doors = Doors(world.resolve)
    lost = doors.open()
    shutil.rmtree(lost.folder.parent)
    found = doors.open()
    assert (found.folder / SOCKET).is_socket()
    assert found.folder.parent != lost.folder.parent
    doors.close()
    assert list(here.iterdir()) == []


def test_doors_that_nobody_closes_end_their_thread_and_take_their_folder(world, here):
    doors = Doors(world.resolve)
    doors.open().close()
    thread = doors._thread
    assert thread.is_alive()
    del doors
    gc.collect()
    thread.join(30)
    assert not thread.is_alive()
    assert list(here.iterdir()) == []


ENDING = """
import os, sys, tempfile
from execgate.sandbox.network import Doors
tempfile.tempdir = sys.argv[1]
doors = Doors()
doors.open()
if os.fork() == 0:
    sys.exit()
assert os.wait()[1] == 0
assert len(os.listdir(sys.argv[1])) == 1  # it is the parent's
print(doors)
"""


def test_the_end_of_the_process_takes_the_folder_and_that_of_its_child_does_not(here):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ENDING, here], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert list(here.iterdir()) == []


def test_a_place_without_room_for_sockets_is_said(world, here, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(here / "missing"))
    with pytest.raises(SandboxUnavailableError, match="can't make a folder for a sandbox's network"):
        Doors(world.resolve).open()
    deep = here / ("d" * 100)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    doors = Doors(world.resolve)
    with pytest.raises(SandboxUnavailableError, match="can't listen for a sandbox's network"):
        doors.open()
    doors.close()


def test_doors_that_get_no_thread_are_said_and_open_once_they_get_one(world, here, no_threads):
    doors = Doors(world.resolve)
    try:
        with no_threads(), pytest.raises(SandboxUnavailableError, match="the gate gets no thread"):
            doors.open()
        assert doors.open().leave() == ()
    finally:
        doors.close()


def test_a_run_that_outlives_its_doors_still_hears_what_it_tried_to_reach(world):
    doors = Doors(world.resolve)
    door = doors.open()
    door.admit(lambda _: False)
    with socket.socket(socket.AF_UNIX) as knocking:
        knocking.settimeout(10)
        knocking.connect(str(door.folder / SOCKET))
        knocking.sendall(b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n")
        assert knocking.recv(12) == b"HTTP/1.1 403"
        doors.close()
    (told,) = door.leave()
    assert told.host == "evil.example"
    assert "is not granted" in told.refused
    assert door.leave() == ()
    door.close()


def test_a_door_of_doors_that_were_closed_leaves_no_socket_behind(world, monkeypatch):
    doors = Doors(world.resolve)
    doors.open()
    made = []
    usual = Doors.call

    def closing(self, work):
        made.append(usual(self, work))
        self.close()

    monkeypatch.setattr(Doors, "call", closing)
    with pytest.raises(SandboxUnavailableError, match="was closed"):
        doors.open()


def test_a_forked_process_looks_names_up_in_threads_of_its_own(world):
    doors, given = Doors(), Doors(world.resolve)
    before = doors.resolver
    for one in (doors, given):
        one.forget_parent()
    assert doors.resolver is not before
    assert given.resolver == world.resolve
    doors.close()
    given.close()
