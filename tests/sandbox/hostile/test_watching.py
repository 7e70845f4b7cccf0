"""Programs that do what nobody foresaw, hide it, or lie about it: it is told, or that something is hidden is."""

import json
import textwrap
from dataclasses import replace

import pytest

from execgate.analysis import analyze
from execgate.model.confines import OPEN, OnSurprise
from execgate.model.execution import Stop
from execgate.model.limits import Limits
from execgate.model.source import Source, Span
from execgate.model.verdict import Authorization, Clause, Ruling, Verdict

pytestmark = pytest.mark.engine

RECORD = replace(OPEN, network=False)
STOP = replace(RECORD, on_surprise=OnSurprise.STOP)
CLAUSE = Clause("tester.policy", Span(1, 0, 1, 1), "x")
LIBC = "import ctypes, os, sys, time\nlibc = ctypes.CDLL(None, use_errno=True)\n"


@pytest.fixture
def watched(sandbox, run):
    """Run a text of which all that the analysis sees is foreseen, and make sure of the run after it."""

    def run_text(text, *, confines=RECORD, foreseen=True, **limits):
        source = Source(textwrap.dedent(text), "job.py")
        program = replace(analyze(source), gaps=())
        if not foreseen:
            program = replace(program, operations=())
        verdict = Verdict(
            source=source,
            agent="tester",
            program=program,
            limits=Limits(**{"wall_s": 20.0, "memory_bytes": 256 << 20, "processes": 32, **limits}),
            confines=confines,
            rulings=tuple(Ruling(index, (CLAUSE,)) for index in range(len(program.operations))),
            policy_digest="sha256:" + "0" * 64,
        )
        result = sandbox.run(Authorization.of(verdict))
        json.dumps(result.to_json()).encode("utf-8")
        assert run("print(1)", wall_s=20.0).stdout == "1\n"
        return result

    return run_text


def told(result):
    """Return the surprises, each as its type, what was done, to what, and by which event."""
    lines = []
    for operation in result.surprises:
        said = dict(operation.arguments())
        words = [said.get(name) for name in ("operation", "method", "kind")]
        things = said.get("paths") or said.get("programs") or (said.get("destination") or said.get("module"),)
        word = next((one for one in words if one), "")
        lines.append((operation.type, word, *(things if things != (None,) else ()), operation.via))
    return lines


def test_a_file_that_is_written_by_a_raw_call_is_a_surprise(watched):
    result = watched(
        LIBC + "fd = libc.open(b'/workspace/raw', os.O_WRONLY | os.O_CREAT, 0o600)\nassert fd > 2"
    )
    assert told(result) == [("file_operation", "write", "/workspace/raw", "openat")]


def test_a_number_instead_of_a_name_hides_no_call(watched):
    text = (
        LIBC
        + "assert libc.syscall({'x86_64': 83}.get(os.uname().machine, 83), b'/workspace/made', 0o700) == 0"
    )
    if_arm = text.replace("libc.syscall(", "libc.mkdir(b'/workspace/made', 0o700) == 0 or libc.syscall(")
    assert told(watched(if_arm)) in (
        [("file_operation", "create", "/workspace/made", "mkdir")],
        [("file_operation", "create", "/workspace/made", "mkdirat")],
    )


def test_files_that_are_moved_linked_and_removed_by_raw_calls_are_surprises(watched):
    result = watched(
        LIBC
        + """
open('a', 'w').close()
assert libc.rename(b'a', b'b') == 0 and libc.symlink(b'/etc/passwd', b'c') == 0 and libc.unlink(b'b') == 0
"""
    )
    done = {(word, path) for _, word, path, _ in told(result)}
    assert done == {
        ("move", "/workspace/a"),
        ("move", "/workspace/b"),
        ("link", "/workspace/c"),
        ("delete", "/workspace/b"),
    }


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_what_a_process_of_the_programs_own_reads_is_told_however_it_was_started(watched, method):
    result = watched(
        f"""
import multiprocessing
def length(name):
    return len(open(name).read())
with multiprocessing.get_context({method!r}).Pool(1) as pool:
    assert pool.map(length, ["/etc/hostname"]) != [0]
""",
        foreseen=False,
    )
    assert ("file_operation", "read", "/etc/hostname", "open") in told(result)
    assert result.succeeded


def test_a_connection_by_a_raw_call_is_a_surprise(watched):
    result = watched(
        LIBC
        + """
import struct
fd = libc.socket(2, 1, 0)
libc.connect(fd, struct.pack('=H', 2) + struct.pack('>H', 4444) + bytes([203, 0, 113, 9]) + bytes(8), 16)
"""
    )
    assert told(result) == [("network_call", "connect", "203.0.113.9", "connect")]


def test_a_program_that_a_raw_call_starts_is_a_surprise(watched):
    result = watched(
        LIBC
        + """
pid = libc.fork()
if pid == 0:
    words = (ctypes.c_char_p * 3)(b'innocent', b'-a', None)
    libc.execv(b'/usr/bin/uname', words)
    os._exit(1)
libc.waitpid(pid, None, 0)
"""
    )
    assert ("process_spawn", "", "/usr/bin/uname", "execve") in told(result)


def test_a_name_in_the_arguments_does_not_make_a_program_another(watched):
    result = watched(
        LIBC
        + """
import subprocess
subprocess.run(["ls"])
if libc.fork() == 0:
    libc.execv(b"/usr/bin/env", (ctypes.c_char_p * 2)(b"ls", None))
os.wait()
"""
    )
    assert told(result) == [("process_spawn", "", "/usr/bin/env", "execve")]


def test_what_a_shell_does_is_told_of_though_programs_were_foreseen(watched):
    result = watched(
        LIBC
        + """
import subprocess
subprocess.run(["ls", "-d", "."])
libc.system(b"ls; touch $HOME/.profile; cat /etc/passwd")
"""
    )
    assert told(result)[0][2:] == ("sh", "execve")
    programs = [path for kind, _, path, *_ in told(result) if kind == "process_spawn"]
    assert [path.rpartition("/")[2] for path in programs] == ["sh", "touch", "cat"]
    assert ("file_operation", "write", "/home/agent/.profile", "openat") in told(result)


def test_a_child_that_is_python_is_watched_by_the_kernel(watched):
    result = watched(
        """
        import subprocess
        code = "import pathlib; pathlib.Path('/home/agent/.bashrc').touch()"
        subprocess.run(["python3", "-c", code.replace("bashrc", "bash" + "_login")])
        """,
        foreseen=False,
    )
    assert any(line[2:3] == ("/home/agent/.bash_login",) for line in told(result)), told(result)


def test_a_path_that_says_each_time_something_else_is_seen_by_the_kernel(watched):
    result = watched(
        """
        import os
        class Path:
            said = 0
            def __fspath__(self):
                self.said += 1
                return "/workspace/evil" if self.said == 1 else "/workspace/good"
        open("good", "w").close()
        os.mkdir(Path())
        """,
        foreseen=False,
    )
    assert ("file_operation", "create", "/workspace/evil") in [line[:3] for line in told(result)]


def test_an_interpreter_within_does_not_get_away_from_the_watch(watched):
    result = watched(
        """
        try:
            import _interpreters as within
        except ImportError:
            import _xxsubinterpreters as within
        one = within.create()
        within.run_string(one, "open('/workspace/hidden', 'w').close()")
        """,
        foreseen=False,
    )
    assert ("dynamic_code", "exec", "cpython.PyInterpreterState_New") in told(result)
    assert any(line[2:3] == ("/workspace/hidden",) for line in told(result)), told(result)


def test_a_hook_that_is_changed_is_told_of_and_the_kernel_goes_on(watched):
    result = watched(
        """
        import gc
        gc.unfreeze()
        for one in gc.get_objects():
            if type(one).__name__ == "function" and one.__name__ == "hook":
                one.__code__ = (lambda event, arguments: None).__code__.replace(co_freevars=one.__code__.co_freevars)
        open("/workspace/after", "w").close()
        """,
        foreseen=False,
    )
    assert ("dynamic_code", "introspection", "watch.changed") in told(result)
    assert any(line[2:3] == ("/workspace/after",) for line in told(result)), told(result)


def test_a_hook_that_is_emptied_from_within_does_not_blind_the_kernel(watched):
    result = watched(
        """
        import gc
        gc.unfreeze()
        for one in gc.get_objects():
            if type(one).__name__ == "function" and one.__name__ == "hook":
                for cell in one.__closure__ or ():
                    cell.cell_contents = None
        open("/workspace/after", "w").close()
        """,
        foreseen=False,
    )
    assert any(line[2:3] == ("/workspace/after",) for line in told(result)), told(result)


def test_a_pipe_that_is_closed_is_a_surprise(watched):
    result = watched(
        """
        import os, time
        os.closerange(3, 4096)
        open("/workspace/after", "w").close()
        time.sleep(0.3)
        """
    )
    assert ("dynamic_code", "introspection", "watch.lost") in told(result)


def test_who_closes_every_descriptor_that_he_may_have_closes_nothing_of_the_watch(watched):
    result = watched(
        """
        import os, resource
        os.closerange(3, 1024)
        for number in range(3, resource.getrlimit(resource.RLIMIT_NOFILE)[1]):
            try:
                os.close(number)
            except OSError:
                pass
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        open("/etc/hostname").close()
        print("closed")
        """
    )
    assert (result.stdout, told(result)) == ("closed\n", [])
    assert any(one.via == "open" and one.paths == ("/etc/hostname",) for one in result.observed)


def test_no_file_takes_the_number_of_the_pipe(watched):
    result = watched(
        """
        import os, signal
        mine = os.open("mine", os.O_RDWR | os.O_CREAT)
        for _ in range(2):
            try:
                os.dup2(mine, 2000)
            except OSError as error:
                print(error.strerror)
            if _ == 0:
                os.close(2000)
        signal.pause()
        """,
        confines=STOP,
    )
    assert result.stopped_by is Stop.SURPRISE
    assert result.stdout == "Bad file descriptor\n" * 2
    assert ("dynamic_code", "introspection", "watch.lost") in told(result)


@pytest.mark.parametrize(
    "line",
    [
        b"rubbish\n",
        b'["open",["/etc/shadow",null,0],0,[],2]\n',
        b'["watch.omitted",[7],0,[],0]\n',
        b'["open",[{"a":1}],0,[],0]\n',
        b'["open",["x"],-1,[],0]\n',
        b"[" * 4000 + b"\n",
        b"\xff\xfe\n",
        b'["no.such.event",[],0,[],0]\n',
        b"x" * 20_000,
        b"9" * 4000 + b"\n",
    ],
    ids=range(10),
)
def test_a_line_that_no_hook_writes_is_itself_told_of(watched, line):
    result = watched(f"import os\nos.write(2000, {line!r})\nprint('done')")
    assert (result.stopped_by, result.stdout) == (Stop.EXIT, "done\n"), result.detail
    assert ("dynamic_code", "introspection", "watch.forged") in told(result)


def test_a_forged_line_is_nobodys_excuse(watched):
    result = watched(
        LIBC
        + """
os.write(2000, b'["open",["/tmp/abcdefgh",null,577],0,["tempfile._get_default_tempdir"],0]\\n')
os.write(2000, b'["open",["/workspace/raw",null,577],0,["multiprocessing.util.x"],0]\\n')
libc.open(b'/workspace/raw', os.O_WRONLY | os.O_CREAT, 0o600)
"""
    )
    assert [line[2] for line in told(result) if line[0] == "file_operation"] == ["/workspace/raw"]


def test_a_flood_of_events_is_counted_and_not_kept(watched):
    result = watched(
        """
        import os
        for number in range(30_000):
            try:
                os.rmdir(f"/nowhere/{number}")
            except OSError:
                pass
        print("done")
        """,
        foreseen=False,
        wall_s=60.0,
    )
    assert result.stdout == "done\n", result
    assert len(result.observed) == 1000
    assert len(result.surprises) == 100
    assert result.omitted > 15_000
    assert ("dynamic_code", "introspection", "watch.overrun") not in told(
        result
    )  # there are a hundred by then


FLOODS = {
    "lines that the hook could have written, by many processes": """
        def flood(who):
            line, number = '["os.mkdir",["/nowhere/%d/%d"],0,[],0]\\n', 0
            while True:
                os.write(2000, "".join(line % (who, number + one) for one in range(99)).encode())
                number += 99
    """,
    "lines that no hook writes": """
        def flood(who):
            while True:
                os.write(2000, os.urandom(4096))
    """,
    "one line without an end": """
        def flood(who):
            while True:
                os.write(2000, b"x" * 65536)
    """,
    "calls that the kernel asks about, by many processes": """
        def flood(who):
            number = 0
            while True:
                libc.rmdir(b"/nowhere/%d/%d" % (who, number))
                number += 1
    """,
    "calls with names as long as they may be": """
        def flood(who):
            number = 0
            while True:
                libc.rmdir(b"/" + b"x" * 3900 + b"/%d/%d" % (who, number))
                number += 1
    """,
    "files that are opened, each once": """
        def flood(who):
            number = 0
            while True:
                try:
                    open(f"/nowhere/{who}/{number}")
                except OSError:
                    number += 1
    """,
    "processes that die while the kernel asks about them": """
        def flood(who):
            number = 0
            while True:
                pid = os.fork()
                if pid == 0:
                    while True:
                        libc.rmdir(b"/nowhere/%d/%d" % (who, number))
                        number += 1
                os.kill(pid, 9)
                os.waitpid(pid, 0)
                number += 1
    """,
    "threads that ask at once": """
        def flood(who):
            import threading
            def ask(more):
                number = 0
                while True:
                    libc.rmdir(b"/nowhere/%d/%d/%d" % (who, more, number))
                    number += 1
            for more in range(4):
                threading.Thread(target=ask, args=(more,)).start()
    """,
}
MANY = """
import signal
for who in range(4):
    if os.fork() == 0:
        flood(who)
signal.pause()
"""


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_of_what_is_seen_does_not_stop_the_clock(watched, name):
    text = LIBC + textwrap.dedent(FLOODS[name]) + MANY
    result = watched(text, foreseen=False, wall_s=1.0)
    assert (result.stopped_by, result.exit_code) == (Stop.TIME, None)
    assert result.detail == "stopped after 1 s (max_execution_time)"
    assert len(result.observed) <= 1000
    assert 0 < len(result.surprises) <= 100


def test_a_folder_that_the_kernel_has_no_path_for_is_told_of_by_both_witnesses(watched):
    deep = """
        for _ in range(30):
            os.mkdir("x" * 200)
            os.chdir("x" * 200)
    """
    for act in ("open('file', 'w')", "libc.mkdir(b'folder', 0o700)"):
        result = watched(LIBC + textwrap.dedent(deep) + act)
        assert result.succeeded
        assert ("dynamic_code", "introspection", "watch.unnamed") in told(result)


def test_a_name_that_nearly_fits_what_was_foreseen_does_not_stop_the_clock(watched):
    result = watched(
        LIBC
        + """
a, b, c, d, e, f = (sys.argv * 6)[:6]
if e == "never":
    open(f"/tmp/{a}a{b}a{c}a{d}a{e}a{f}x", "w")
libc.open(b"/tmp/" + b"a" * 250, os.O_WRONLY | os.O_CREAT, 0o600)
print("seen", flush=True)
while True:
    pass
""",
        wall_s=1.0,
    )
    assert (result.stopped_by, result.stdout) == (Stop.TIME, "seen\n")
    assert [line[2] for line in told(result) if line[0] == "file_operation"] == ["/tmp/" + "a" * 250]


def test_names_that_are_long_or_no_text_are_told_in_full_or_cut(watched):
    result = watched(
        r"""
        import os
        os.mkdir(b"\xff\xfe\n\x1b[2J")
        try:
            os.mkdir("x" * 100_000)
        except OSError as error:
            print(error.errno)
        os.mkdir("\udc80\u202e")
        """,
        foreseen=False,
    )
    paths = [line[2] for line in told(result) if line[0] == "file_operation"]
    assert r"/workspace/\xff\xfe" + "\n\x1b[2J" in paths
    assert any(path.startswith("/workspace/xxxx") and len(path) < 5000 for path in paths)
    assert "\\x80\u202e" in paths[-1]


def test_what_is_put_off_until_the_end_is_the_programs_own(watched):
    result = watched(
        """
        import atexit, shutil
        atexit.register(open, "/workspace/late", "w")
        atexit.register(shutil.copyfile, "/etc/hostname", "/workspace/later")
        """,
        foreseen=False,
    )
    assert {line[2] for line in told(result) if line[-1] == "open"} >= {"/workspace/late", "/workspace/later"}


def test_many_processes_write_at_once_and_no_line_is_torn(watched):
    result = watched(
        """
        import os
        for process in range(8):
            if os.fork() == 0:
                for number in range(300):
                    os.path.exists("x")
                    try:
                        os.rmdir("/nowhere/" + "y" * 200 + f"{process}.{number}")
                    except OSError:
                        pass
                os._exit(0)
        for _ in range(8):
            os.wait()
        print("done")
        """,
        foreseen=False,
    )
    assert result.stdout == "done\n"
    assert not any("watch." in line[-1] for line in told(result))
    assert len(result.observed) + result.omitted > 2400


def test_a_program_that_closes_its_memory_is_told_of(watched):
    result = watched(
        LIBC + "libc.prctl(4, 0, 0, 0, 0)\nlibc.open(b'/workspace/x', os.O_WRONLY | os.O_CREAT, 0o600)"
    )
    assert ("dynamic_code", "introspection", "watch.hidden") in told(result)


def test_a_surprise_stops_a_program_at_once_where_the_policy_says_so(watched):
    result = watched(
        """
        import time
        def hidden(path=chr(47) + "etc" + chr(47) + "passwd"):
            open(path).close()
        hidden()
        for _ in range(1000):
            time.sleep(0.01)
        print("still there")
        """,
        confines=STOP,
        foreseen=False,
    )
    assert result.stopped_by is Stop.SURPRISE
    assert "/etc/passwd" in result.detail or "import" in result.detail
    assert result.stdout == ""


def test_a_program_that_is_over_before_its_surprise_is_heard_of_is_stopped_all_the_same(watched):
    result = watched(
        LIBC + "libc.open(b'/workspace/raw', os.O_WRONLY | os.O_CREAT, 0o600)\nos._exit(0)", confines=STOP
    )
    assert (result.stopped_by, result.exit_code) == (Stop.SURPRISE, None)
    assert result.detail == ("not foreseen: file_operation write /workspace/raw by openat (on_surprise)")


def test_where_surprises_are_recorded_alone_the_program_goes_on(watched):
    result = watched(LIBC + "libc.open(b'/workspace/raw', os.O_WRONLY | os.O_CREAT, 0o600)\nprint('on')")
    assert (result.stopped_by, result.stdout) == (Stop.EXIT, "on\n")


def test_what_was_foreseen_is_none_and_stops_nothing(watched):
    result = watched(
        """
        import json, os, signal, subprocess, tempfile
        with open("a.json", "w") as file:
            json.dump({"a": 1}, file)
        print(subprocess.run(["cat", "a.json"], capture_output=True, text=True).stdout)
        with tempfile.TemporaryDirectory() as folder:
            open(os.path.join(folder, "x"), "w").close()
        os.rename("a.json", "b.json")
        os.remove("b.json")
        """,
        confines=STOP,
    )
    assert (result.stopped_by, result.exit_code, told(result)) == (Stop.EXIT, 0, [])
    assert result.observed


def test_what_a_handler_of_a_signal_raises_reaches_the_program(watched):
    result = watched(
        """
        import os, signal, time
        class Late(Exception):
            pass
        def late(*_):
            raise Late
        signal.signal(signal.SIGALRM, late)
        caught = 0
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            signal.setitimer(signal.ITIMER_REAL, 0.002)
            try:
                number = 0
                while True:
                    number += 1
                    os.path.exists("x")
                    try:
                        os.rmdir(f"/nowhere/{number}")
                    except FileNotFoundError:
                        pass
                    if number > 5000:
                        break
                else:
                    pass
                signal.setitimer(signal.ITIMER_REAL, 0)
                print("lost", number)
            except Late:
                caught += 1
        print(caught > 50)
        """,
    )
    assert result.stdout == "True\n", result.stdout + result.stderr
