"""The users of a session's runs: none of the host's, mapped once and from outside, or no session at all."""

import ast
import os
import pwd
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from execgate.errors import SandboxUnavailableError
from execgate.model.confines import OPEN, Session
from execgate.sandbox import NOTHING, BubblewrapSandbox, places
from execgate.sandbox.bubblewrap import users as module
from execgate.sandbox.bubblewrap.backend import find_program, find_users
from execgate.sandbox.bubblewrap.users import BASES, Entrance, Users

IDENTITY = Path(__file__).parents[3] / "sandbox" / "execgate_guest" / "identity.py"


@pytest.fixture
def lists(tmp_path, monkeypatch):
    """Write what `/etc/subuid` and `/etc/subgid` say, for an ordinary user with both tools."""

    def write(uids, gids=None):
        entries = module._entries
        files = {"/etc/subuid": tmp_path / "subuid", "/etc/subgid": tmp_path / "subgid"}
        for file, text in zip(files.values(), (uids, uids if gids is None else gids), strict=True):
            file.write_text(text)
        monkeypatch.setattr(module, "_entries", lambda path: entries(str(files[path])))

    return write


@pytest.fixture
def ordinary(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 4242)
    monkeypatch.setattr(module.shutil, "which", lambda name: f"/usr/bin/{name}")


def test_the_guest_and_the_host_mean_the_same_users():
    found = {
        node.targets[0].id: node.value.value
        for node in ast.parse(IDENTITY.read_text()).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
    }
    assert (found["SUPERVISOR"], found["TEMPLATE"]) == (places.KEEPER, places.TEMPLATE)
    assert "FIRST, LAST = 20_000, 59_999" in IDENTITY.read_text()
    assert (places.RUNS[0], places.RUNS[-1]) == (20_000, 59_999)


def test_no_run_is_root_or_anybody_whom_the_host_knows():
    found = Users.find()
    assert not found.why
    there = {user.pw_uid for user in pwd.getpwall()}
    for inside, outside, count in found.rows("uid", 65532):
        assert inside > 0
        assert outside > 0
        assert there.isdisjoint(range(outside, outside + count))


@pytest.mark.parametrize(
    "taken",
    [f"a:{BASES[0]}:1", f"a:{BASES[0] + 40_000}:5", f"a:{BASES[0] - 10}:11", "a:1:2147483647"],
)
def test_root_passes_over_a_range_that_is_somebodys(lists, monkeypatch, taken):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    lists(taken + "\n")
    found = Users.find()
    if taken.endswith("2147483647"):
        assert found.why == "every range is taken"
    else:
        assert found.first == {"uid": BASES[1], "gid": BASES[1]}


def test_root_takes_the_first_range_beside_one_that_is_somebodys(lists, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    lists(f"a:{BASES[0] - 10}:10\na:{BASES[0] + 40_001}:5\n")
    assert Users.find().first["uid"] == BASES[0]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("4242:100000:65536\n", 100000),
        ("other:5:99999\n4242:100000:40001\n", 100000),
        ("4242:100000:40000\n4242:300000:65536\n", 300000),
    ],
)
def test_an_ordinary_user_takes_a_range_of_his_own(lists, ordinary, text, first):
    lists(text)
    found = Users.find()
    assert (found.why, found.first["uid"], found.tools["gid"]) == ("", first, "/usr/bin/newgidmap")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "other:100000:65536\n",
        "4242:100000:40000\n",
        "4242:0:65536\n",  # root's own id among them
        "4242:-5:65536\n4242:x:65536\n4242:100000\n4242:4294967290:65536\n",
    ],
)
def test_without_a_range_there_are_no_users(lists, ordinary, text):
    lists(text)
    assert Users.find().why == "/etc/subuid gives this user no range of 40,001 ids"


def test_a_range_of_users_without_one_of_groups_is_none(lists, ordinary):
    lists("4242:100000:65536\n", "")
    assert Users.find().why == "/etc/subgid gives this user no range of 40,001 ids"


def test_without_the_tools_there_are_no_users(lists, monkeypatch):
    lists("4242:100000:65536\n")
    monkeypatch.setattr(os, "geteuid", lambda: 4242)
    monkeypatch.setattr(module.shutil, "which", lambda _: None)
    assert Users.find().why == "there is no newuidmap and newgidmap"


def test_only_a_child_of_bubblewrap_gets_users():
    # An id may be another process by then, and a map is for good.
    found = replace(Users.find(), tools={})
    with subprocess.Popen(["sleep", "60"]) as other:
        try:
            with pytest.raises(ProcessLookupError):
                found.map(other.pid, 1, (65532, 65532))
        finally:
            other.kill()


@pytest.mark.parametrize(
    "said", ["exit", "echo '{}'", 'echo \'{"child-pid": "x"}\'', "head -c 5000 /dev/zero"]
)
def test_a_bubblewrap_that_does_not_say_where_it_is_gets_no_users(said):
    entrance = Entrance()
    tell = entrance.theirs[1]
    line = ["sh", "-c", f"{said} >&{tell}" if said != "exit" else "exit"]
    with subprocess.Popen(line, pass_fds=entrance.theirs) as process:
        with pytest.raises(OSError, match="bubblewrap"):
            entrance.let_in(Users.find(), process.pid, (65532, 65532))
        entrance.close()


@pytest.fixture
def sandbox():
    sandbox = BubblewrapSandbox(ahead=NOTHING)
    yield sandbox
    sandbox.close()


def _kept(authorize, text, session=Session.CLEAN):
    return authorize(text, confines=replace(OPEN, network=False, session=session))


@pytest.mark.engine
def test_a_run_sees_no_user_that_the_host_has(sandbox, authorize):
    text = "print(open('/proc/self/uid_map').read(), open('/proc/self/gid_map').read())"
    rows = sandbox.run(_kept(authorize, text), conversation="a").stdout.split()
    assert len(rows) == 18
    for inside, outside, count in zip(*[map(int, rows)] * 3, strict=True):
        assert inside > 0
        assert (inside, outside, count) == (65531, 65532, 1) or outside in range(BASES[0], BASES[-1] + 50_000)


@pytest.mark.engine
def test_nobody_inside_becomes_who_is_not_mapped(sandbox, authorize):
    text = """
        import os
        for user in (0, 65530, 65531, 65532, 20001, 1_900_000_000):
            for become in (os.setuid, os.setgid, os.seteuid, lambda user: os.setgroups([user])):
                try:
                    become(user)
                    print("became", user)
                except OSError:
                    pass
        try:
            open("/proc/1/uid_map", "w").write("0 0 1")
            print("wrote")
        except OSError:
            pass
        print(os.getresuid(), os.getgroups())
    """
    result = sandbox.run(_kept(authorize, text), conversation="a")
    assert result.stdout == "(20000, 20000, 20000) []\n"


@pytest.mark.engine
@pytest.mark.parametrize("session", [Session.CLEAN, Session.FILES, Session.INTERPRETER])
def test_where_no_users_can_be_had_a_session_is_refused_with_the_fix(monkeypatch, authorize, session):
    monkeypatch.setattr(Users, "find", classmethod(lambda _: Users({}, {}, "there is no newuidmap")))
    sandbox = BubblewrapSandbox(ahead=NOTHING)
    with pytest.raises(SandboxUnavailableError, match="keeps no cell for a session") as caught:
        sandbox.run(_kept(authorize, "print('never')", session), conversation="a")
    assert caught.value.help.startswith("there is no newuidmap: ")
    assert "apt-get install uidmap" in caught.value.help
    assert "/etc/subuid" in caught.value.help
    assert sandbox.run(_kept(authorize, "print('single')", session)).stdout == "single\n"
    sandbox.close()


@pytest.mark.engine
def test_a_cell_whose_users_can_not_be_mapped_runs_nothing_and_leaves_nothing(
    sandbox, authorize, monkeypatch, our_containers
):
    sandbox.prepare()

    def fail(*_):
        raise PermissionError(1, "not permitted")

    monkeypatch.setattr(Users, "map", fail)
    with pytest.raises(SandboxUnavailableError, match="can't map the users of a session: not permitted"):
        sandbox.run(_kept(authorize, "print('never')"), conversation="a")
    assert our_containers() == []
    monkeypatch.undo()
    assert sandbox.run(_kept(authorize, "print('next')"), conversation="a").stdout == "next\n"


@pytest.mark.engine
def test_a_kernel_that_refuses_a_map_is_told(monkeypatch):
    def fail(*_):
        raise PermissionError(1, "not permitted")

    waiting = []
    monkeypatch.setattr(Users, "map", lambda _, pid, *__: (waiting.append(psutil.Process(pid)), fail()))
    assert find_users(find_program()).why == "can't map users: not permitted"
    # Its inner process would wait for ever for the word of the outer one, which is gone.
    assert psutil.wait_procs(waiting, timeout=10)[1] == []


ORDINARY = """
set -e
for kind in passwd subuid subgid; do cp /etc/$kind $1/$kind 2>/dev/null || : > $1/$kind; done
echo 'gatekeeper:x:4242:4242::/:/bin/sh' >> $1/passwd
echo 'gatekeeper:700000:65536' | tee -a $1/subuid >> $1/subgid
for kind in passwd subuid subgid; do touch /etc/$kind; mount --bind $1/$kind /etc/$kind; done
shift
exec setpriv --reuid 4242 --regid 4242 --clear-groups "$@"
"""
TRIED = """
import sys
from execgate.sandbox.bubblewrap.backend import find_program, find_users
print(find_users(find_program()))
"""


@pytest.mark.engine
def test_an_ordinary_user_with_a_range_has_users_by_newuidmap(tmp_path):
    # In a mount namespace of its own: the host's list of users stays as it is.
    line = ["unshare", "--mount", "sh", "-c", ORDINARY, "sh", tmp_path, sys.executable, "-c", TRIED]
    done = subprocess.run(line, capture_output=True, text=True, timeout=60, check=False)
    assert "first={'uid': 700000, 'gid': 700000}" in done.stdout, done.stderr
    assert "why=''" in done.stdout
