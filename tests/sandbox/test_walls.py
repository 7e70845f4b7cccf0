"""What the guest asks of the kernel for a program's policy: the plan, each version of Landlock, the filter."""

import errno
import json
import os
import platform
import socket
import subprocess
import sys
import textwrap
from dataclasses import replace

import pytest

from execgate import _resources
from execgate.model.confines import OPEN, Confines, Session
from execgate.model.execution import Start
from execgate.sandbox import seccomp, walls

ALLOW, NOTIFY, ERRNO = 0x7FFF0000, 0x7FC00000, 0x00050000
REFUSED = ERRNO | errno.EPERM
MACHINES = ("x86_64", "aarch64")
NOTHING = Confines()

GUEST = _resources.path("sandbox")
landlocked = pytest.mark.skipif(
    not walls.landlock().startswith("version"), reason="the kernel has no Landlock"
)


@pytest.fixture
def guest(monkeypatch):
    """Return the guest's modules, imported here."""
    monkeypatch.syspath_prepend(str(GUEST))
    from execgate_guest import confine, filter, kernel, landlock  # noqa: A004

    class Guest:
        pass

    found = Guest()
    found.confine, found.filter, found.kernel, found.landlock = confine, filter, kernel, landlock
    yield found
    for name in [name for name in sys.modules if name.startswith("execgate_guest")]:
        del sys.modules[name]


# --- the filter -----------------------------------------------------------------------------------------------


@pytest.fixture
def asks(guest, answer):
    """Return what the filter of some grants answers to a call by name."""

    def ask(confines, name, *arguments, machine="x86_64", **settings):
        program = guest.filter.build(confines.to_json(), machine=machine, **settings)
        return answer(program, machine, seccomp.calls()[machine][name], *arguments)

    return ask


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("confines", [OPEN, NOTHING])
def test_no_filter_permits_what_the_container_refuses(asks, answer, machine, confines):
    outer = seccomp.program(machine)
    for name, number in seccomp.calls()[machine].items():
        for first in (0, 1, 2, 10, 16, 17):
            if answer(outer, machine, number, first) != ALLOW:
                assert asks(confines, name, first, machine=machine) != ALLOW, name


@pytest.mark.parametrize("machine", MACHINES)
def test_filters_and_walls_are_set_once(asks, machine):
    for name in ("seccomp", "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"):
        assert asks(OPEN, name, 1, machine=machine) == REFUSED
    assert asks(OPEN, "prctl", 22, 2, machine=machine) == REFUSED
    assert (
        asks(OPEN, "prctl", 0xFFFFFFFF00000016, 2, machine=machine) == REFUSED
    )  # it is an int to the kernel
    assert asks(OPEN, "prctl", 15, machine=machine) == ALLOW


@pytest.mark.parametrize("machine", MACHINES)
def test_programs_are_started_where_commands_are_granted(asks, machine):
    assert asks(OPEN, "execve", machine=machine) == ALLOW
    assert asks(NOTHING, "execve", machine=machine) == REFUSED
    assert asks(OPEN, "execveat", machine=machine) == REFUSED  # by the container


SOCKETS = [
    # confines, family, type, protocol, granted
    (NOTHING, 1, 1, 0, True),
    (NOTHING, 1, 5 | 0o2000000, 0, True),
    (NOTHING, 2, 1, 0, False),
    (NOTHING, 10, 2, 0, False),
    (Confines(network=True, ports=(443,)), 2, 1, 0, True),
    (Confines(network=True, ports=(443,)), 10, 0o2004001, 6, True),
    (Confines(network=True, ports=(443,)), 2, 2, 17, True),
    (Confines(network=True, ports=(443,)), 2, 3, 0, False),
    (Confines(network=True, ports=(443,)), 2, 1, 262, False),
    (Confines(network=True, ports=(443,)), 2, 2, 1, False),
    (Confines(network=True, ports=(443,)), 16, 3, 0, False),
    (Confines(listens=(8000,)), 2, 1, 0, True),
    (Confines(listens=None), 10, 1, 0, True),
    (OPEN, 2, 1, 0, True),
    (OPEN, 17, 3, 768, False),
]


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("case", SOCKETS)
def test_sockets_are_those_that_are_granted(asks, machine, case):
    confines, family, kind, protocol, granted = case
    found = asks(confines, "socket", family, kind, protocol, machine=machine)
    assert found == (ALLOW if granted else REFUSED)
    assert asks(confines, "socketpair", 1, kind, 0, machine=machine) == ALLOW


def test_nothing_connects_as_it_sends(asks):
    unsupported = ERRNO | errno.EOPNOTSUPP
    web = Confines(network=True, ports=(443,))
    for name, index in (("sendto", 3), ("sendmsg", 2), ("sendmmsg", 3)):
        flags = [0] * 6
        for flag, expected in ((0x20000000, unsupported), (0x20004000, unsupported), (0x4000, ALLOW)):
            flags[index] = flag
            assert asks(web, name, *flags) == expected


def test_the_supervisors_priority_is_its_own(asks):
    for name, *arguments in (
        ("setpriority", 0, 1),
        ("setpriority", 2, 0),
        ("sched_setaffinity", 1),
        ("ioprio_set", 3, 0),
    ):
        assert asks(OPEN, name, *arguments) == REFUSED
    for name, *arguments in (
        ("setpriority", 0, 0),
        ("setpriority", 0, 17),
        ("sched_setaffinity", 0),
        ("ioprio_set", 1, 0),
    ):
        assert asks(OPEN, name, *arguments) == ALLOW


def test_a_kernel_that_can_not_judge_it_does_not_let_files_be_cut_by_path(asks):
    assert asks(NOTHING, "truncate") == ALLOW
    assert asks(NOTHING, "truncate", truncate=False) == REFUSED


def test_a_listener_is_asked_of_what_would_be_allowed_and_of_nothing_else(asks):
    told = frozenset({"openat", "execve", "socket", "ptrace", "prctl"})
    assert asks(OPEN, "openat", 0, 0, os.O_WRONLY, notify=told) == NOTIFY
    assert asks(OPEN, "openat", 0, 0, os.O_RDONLY, notify=told) == ALLOW  # Python's own events tell of it
    assert asks(OPEN, "execve", notify=told) == NOTIFY
    assert asks(NOTHING, "execve", notify=told) == REFUSED
    assert asks(NOTHING, "socket", 1, notify=told) == NOTIFY
    assert asks(NOTHING, "socket", 2, notify=told) == REFUSED
    assert asks(OPEN, "prctl", 22, notify=told) == REFUSED
    assert asks(OPEN, "ptrace", notify=told) == REFUSED
    assert asks(OPEN, "read", notify=told) == ALLOW


def test_a_machine_that_is_not_known_has_no_filter(guest):
    with pytest.raises(guest.kernel.UnsupportedError, match="the system calls of riscv64 are not known"):
        guest.filter.build(OPEN.to_json(), machine="riscv64")


# --- the plan ---------------------------------------------------------------------------------------------------


def test_what_is_granted_is_anchored_in_what_exists(guest, monkeypatch, tmp_path):
    lock = guest.landlock
    monkeypatch.setattr(lock, "WRITABLE", (str(tmp_path),))
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "file").touch()
    at = {str(tmp_path / "there"), str(tmp_path)}
    assert lock.anchor(f"{tmp_path}/there/file") == f"{tmp_path}/there/file"
    assert lock.anchor(f"{tmp_path}/there/file", folder=True) in at
    assert lock.anchor(f"{tmp_path}/there/not/yet") == f"{tmp_path}/there"
    assert lock.anchor(f"{tmp_path}/not/yet", folder=True) == str(tmp_path)
    assert lock.anchor(f"{tmp_path}/there/../../elsewhere/x") == f"{tmp_path.parent}/elsewhere/x"
    assert lock.anchor("/nowhere/at/all") == "/nowhere/at/all"


@pytest.mark.parametrize(
    ("confines", "binds", "connects"),
    [
        (NOTHING, set(), set()),
        (OPEN, None, None),
        (Confines(network=True, ports=(443,)), set(), {53, 443, 3128}),
        (Confines(network=True, ports=None), set(), None),
        (Confines(listens=(8000,)), {8000}, {8000}),
        (Confines(listens=(0,)), {0}, None),
        (Confines(listens=None), None, None),
        (Confines(network=True, ports=(80,), listens=(8000,)), {8000}, {53, 80, 3128, 8000}),
    ],
)
def test_ports_are_those_that_are_granted_and_the_way_out(guest, monkeypatch, confines, binds, connects):
    for name in guest.landlock.PROXIES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:3128/")
    assert guest.landlock.ports(confines.to_json()) == (binds, connects)


def test_nothing_granted_is_the_system_the_devices_and_scratch(guest):
    plan = guest.landlock.plan(NOTHING.to_json())
    written = {path for path, rights in plan.paths.items() if rights & guest.landlock.WRITING}
    assert written == {*guest.landlock.SCRATCH, *guest.landlock.DEVICES}
    assert not {"/", "/etc", "/workspace", "/home/agent"} & plan.paths.keys()
    assert not any(rights & guest.landlock.EXECUTE for rights in plan.paths.values())


def test_the_judged_files_may_be_read(guest):
    plan = guest.landlock.plan(NOTHING.to_json(), ["helper.py"])
    assert plan.paths["/workspace/helper.py"] == guest.landlock.READ_FILE


@pytest.mark.parametrize(
    ("confines", "settled"),
    [
        (NOTHING, True),
        (OPEN, False),  # the way out has ports that come with the job
        (replace(OPEN, network=False), True),
        (Confines(reads=("/workspace",), writes=("/workspace", "/tmp/")), True),
        (Confines(reads=("/etc/passwd", "/opt/data")), True),
        (Confines(reads=("/workspace/in.csv",)), False),  # a file that the job brings or does not
        (Confines(writes=("/tmp/made/later",)), False),
        (Confines(reads=("/opt/../tmp/x",)), False),
    ],
)
def test_rules_are_made_ahead_where_no_job_changes_them(guest, confines, settled):
    assert guest.landlock.is_settled(confines.to_json()) is settled


@pytest.mark.parametrize(
    ("confines", "modules", "taken"),
    [
        (NOTHING, (), True),
        (Confines(writes=("/tmp",)), (), False),
        (NOTHING, ("helper.py",), False),
    ],
)
def test_rules_that_were_made_for_another_job_are_closed(guest, confines, modules, taken):
    reading, writing = os.pipe()
    os.close(writing)
    ahead = guest.confine._Ahead()
    ahead.rules, ahead.key = reading, (NOTHING.to_json(), ())
    assert ahead.take(confines.to_json(), modules) == (reading if taken else -1)
    assert ahead.take(NOTHING.to_json(), ()) == -1  # once
    if taken:
        os.close(reading)
    with pytest.raises(OSError, match="descriptor"):
        os.fstat(reading)


# --- a kernel without ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM])
def test_a_kernel_without_landlock_is_said_to_have_none(guest, monkeypatch, number):
    def refuse(name, *_):
        raise OSError(number, name)

    monkeypatch.setattr(guest.kernel, "call", refuse)
    version, why = guest.landlock.version()
    assert version == 0
    assert why


def test_any_other_refusal_is_an_error(guest, monkeypatch):
    def refuse(name, *_):
        raise OSError(errno.ENOMEM, name)

    monkeypatch.setattr(guest.kernel, "call", refuse)
    with pytest.raises(OSError, match="landlock_create_ruleset"):
        guest.landlock.version()


# --- each version, on a real kernel ----------------------------------------------------------------------------------

ENFORCE = textwrap.dedent("""
    import ctypes, errno, json, os, signal, socket, sys
    sys.path.insert(0, {guest!r})
    from execgate_guest import confine, landlock
    given = json.loads(sys.argv[1])
    inside, outside = given["inside"], given["outside"]
    landlock.WRITABLE, landlock.SCRATCH = (inside, outside), ()
    confines = given["confines"]
    words = landlock.enforce(landlock.plan(confines), given["version"])
    def attempt(do, *arguments):
        try:
            do(*arguments)
            return "worked"
        except OSError as error:
            return errno.errorcode[error.errno]
    found = {{"words": words}}
    found["read inside"] = attempt(open, inside + "/file")
    found["read outside"] = attempt(open, outside + "/file")
    found["list outside"] = attempt(os.listdir, outside)
    found["write inside"] = attempt(open, inside + "/new", "w")
    found["write outside"] = attempt(open, outside + "/new", "w")
    found["remove outside"] = attempt(os.remove, outside + "/other")
    os.makedirs(inside + "/a/b")
    found["move inside"] = attempt(os.rename, inside + "/new", inside + "/a/b/new")
    found["cut outside"] = attempt(os.truncate, outside + "/file", 0)
    found["link left inside"] = attempt(open, inside + "/link/file")
    found["system"] = attempt(open, "/etc/hosts"), attempt(open, "/dev/null", "w"), attempt(os.listdir, sys.prefix)
    found["granted port"] = attempt(socket.socket().connect, ("127.0.0.1", given["granted"]))
    found["other port"] = attempt(socket.socket().connect, ("127.0.0.1", given["other"]))
    found["listen"] = attempt(socket.socket().bind, ("127.0.0.1", 0))
    found["signal"] = attempt(os.kill, os.getppid(), 0)
    found["abstract"] = attempt(socket.socket(socket.AF_UNIX).connect, given["abstract"])
    own = socket.socket(socket.AF_UNIX)
    own.bind("\\0" + given["abstract"][1:] + ".own")
    own.listen()
    found["own abstract"] = attempt(socket.socket(socket.AF_UNIX).connect, own.getsockname())
    child = os.fork()
    if child == 0:
        signal.pause()
    found["own child"] = attempt(os.kill, child, 9)
    os.waitpid(child, 0)
    print(json.dumps(found))
""").format(guest=str(GUEST))


def enforced(tmp_path, version, confines=None):
    """Return what a process came by within the walls of a version."""
    for name in ("inside", "outside"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("content")
        (tmp_path / name / "other").touch()
    inside = str(tmp_path / "inside")
    (tmp_path / "inside" / "link").symlink_to(tmp_path / "outside")
    granted, other = socket.create_server(("127.0.0.1", 0)), socket.create_server(("127.0.0.1", 0))
    abstract = socket.socket(socket.AF_UNIX)
    abstract.bind(f"\0execgate-test-{tmp_path.name}-{granted.getsockname()[1]}")
    abstract.listen()
    with granted, other, abstract:
        port = granted.getsockname()[1]
        grants = confines or Confines(
            reads=(inside, f"{inside}/link"), writes=(inside,), network=True, ports=(port,)
        )
        given = {
            "inside": inside, "outside": str(tmp_path / "outside"), "confines": grants.to_json(), "version": version,
            "granted": port, "other": other.getsockname()[1], "abstract": abstract.getsockname().decode(),
        }  # fmt: skip
        command = [sys.executable, "-I", "-c", ENFORCE, json.dumps(given)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@landlocked
@pytest.mark.enable_socket
@pytest.mark.parametrize("version", range(1, 8))
def test_each_version_holds_what_it_can_and_lets_the_rest_be(tmp_path, version):
    if version > int(walls.landlock().split()[1].rstrip(":")):
        pytest.skip("the kernel's own is older")
    found = enforced(tmp_path, version)

    def since(first, refused):
        return refused if version >= first else "worked"

    kinds = ["files", *(["ports"] if version >= 4 else []), *(["other processes"] if version >= 6 else [])]
    assert found == {
        "words": f"version {version}: {', '.join(kinds)}",
        "read inside": "worked",
        "read outside": "EACCES",
        "list outside": "EACCES",
        "write inside": "worked",
        "write outside": "EACCES",
        "remove outside": "EACCES",
        "move inside": "worked" if version >= 2 else "EXDEV",
        "cut outside": since(3, "EACCES"),
        "link left inside": "EACCES",
        "system": ["worked", "worked", "worked"],
        "granted port": "worked",
        "other port": since(4, "EACCES"),
        "listen": since(4, "EACCES"),
        "signal": since(6, "EPERM"),
        "abstract": since(6, "EPERM"),
        "own abstract": "worked",
        "own child": "worked",
    }


@landlocked
@pytest.mark.enable_socket
def test_a_version_that_is_newer_than_this_is_used_as_far_as_it_is_known(tmp_path):
    if not walls.landlock().startswith("version 7"):
        pytest.skip("the kernel's own is older")
    assert enforced(tmp_path, 99)["words"] == "version 7: files, ports, other processes"


@landlocked
def test_a_process_of_two_threads_is_not_half_confined():
    text = ENFORCE.split("given =")[0] + textwrap.dedent("""
        import threading
        threading.Thread(target=signal.pause, daemon=True).start()
        confines = json.loads(sys.argv[1])
        try:
            landlock.enforce(landlock.plan(confines), 7)
        except OSError as error:
            print(error.strerror)
    """)
    command = [sys.executable, "-I", "-c", text, json.dumps(NOTHING.to_json())]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (done.stdout, done.stderr) == ("a thread would run outside of its walls\n", "")


@pytest.mark.parametrize(
    ("last", "status"), [("sys.exit(7)", 7), ("os.kill(os.getpid(), 15)", -15), ("os.abort()", -6)]
)
def test_a_process_of_two_threads_goes_on_without_the_second(last, status):
    text = textwrap.dedent(f"""
        import os, signal, sys, threading
        sys.path.insert(0, {str(GUEST)!r})
        from execgate_guest import confine
        threading.Thread(target=signal.pause, daemon=True).start()
        confine.be_alone()
        print(len(os.listdir("/proc/self/task")), flush=True)
        {last}
    """)
    done = subprocess.run(
        [sys.executable, "-I", "-c", text], capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.returncode, done.stdout) == (status, "1\n")


# --- in a container -----------------------------------------------------------------------------------------------------


@pytest.mark.engine
def test_the_result_says_what_was_in_force(run):
    held = run("print(1)", confines=NOTHING).in_force
    expected = {
        "user": "65532",
        "capabilities": "none",
        "new_privileges": "none",
        "seccomp": "allow list of the container",
        "filter": "allow list without commands and internet sockets",
    }
    assert {name: held.get(name) for name in expected} == expected
    if walls.landlock().startswith("version 7"):
        assert held["landlock"] == "version 7: files, ports, other processes"
    assert run("print(1)").in_force["filter"] == "allow list"


TRIES = """
for path in ("/workspace/x", "/tmp/x", "/home/agent/x", "/home/agent/.cache/x"):
    try:
        open(path, "x").close()
        print("made", path)
    except PermissionError:
        print("no", path)
"""


@pytest.mark.engine
def test_each_run_of_a_session_has_the_walls_of_its_own_policy(sandbox, authorize):
    def made(confines):
        session = replace(confines, session=Session.CLEAN)
        result = sandbox.run(authorize(TRIES, confines=session), conversation="walls of each")
        starts.append(result.start)
        assert result.exit_code == 0, result.stderr
        return result.stdout.splitlines()

    starts = []
    narrow = ["no /workspace/x", "made /tmp/x", "no /home/agent/x", "made /home/agent/.cache/x"]
    wider = ["made /workspace/x", "made /tmp/x", "no /home/agent/x", "made /home/agent/.cache/x"]
    granted = Confines(reads=("/workspace",), writes=("/workspace",))
    try:
        for _ in range(2):  # what the waiting process made ready for is the first
            assert made(NOTHING) == narrow
            assert made(granted) == wider
    finally:
        sandbox.end_sessions("tester", "walls of each")
    assert starts == [Start.COLD, Start.SESSION, Start.SESSION, Start.SESSION]


@pytest.fixture
def without_landlock(monkeypatch):
    """Return a sandbox whose engine's filter does not let a process set walls for itself."""
    from execgate.sandbox import DockerSandbox
    from execgate.sandbox.stock import NOTHING as NONE_AHEAD

    profile = json.loads(seccomp.profile())
    for entry in profile["syscalls"]:
        entry["names"] = [name for name in entry["names"] if not name.startswith("landlock_")]
    monkeypatch.setattr(seccomp, "profile", lambda **_: json.dumps(profile))
    sandbox = DockerSandbox(ahead=NONE_AHEAD)
    yield sandbox
    sandbox.close()


@pytest.mark.engine
def test_where_there_is_no_landlock_the_container_and_the_filter_still_hold(without_landlock, authorize):
    text = """
        import os, socket, subprocess
        for attempt in (
            lambda: subprocess.run(["true"]),
            lambda: socket.socket(),
            lambda: open("/etc/passwd", "a"),
            lambda: open("/opt/x", "w"),
            lambda: open("/proc/1/mem", "rb"),
            lambda: os.truncate("/workspace", 0),
            lambda: os.setuid(0),
        ):
            try:
                print(attempt())
            except OSError as error:
                print("no")
        os.kill(1, 9)
        print(open("/etc/hosts").read(1) != "")
    """
    result = without_landlock.run(authorize(text, confines=NOTHING))
    assert (result.stdout, result.stderr, result.exit_code) == ("no\n" * 7 + "True\n", "", 0)
    assert result.in_force["landlock"] == "none: Operation not permitted"
    assert result.in_force["filter"] == "allow list without commands and internet sockets"


def test_the_doctor_tells_what_the_kernel_has():
    assert walls.landlock().isprintable()
    if platform.system() == "Linux":
        assert walls.filters().startswith("a program's own")
