"""Programs that try to leave something for the next run of a kept cell, or to reach another's: nothing crosses.

After each of them the next run of the same session finds a cell as it was before the first, be it the same one,
cleared up and checked, or another, where there was doubt.
"""

from dataclasses import replace

import pytest

from execgate.model.confines import OPEN, Session
from execgate.model.execution import InputFile, Start, Stop
from execgate.model.limits import Limits
from execgate.model.program import Program
from execgate.model.source import Source
from execgate.model.verdict import Authorization, Verdict
from execgate.sandbox import BACKENDS

pytestmark = pytest.mark.engine

LOOK = """
import os, socket
found = []
for place in ("/workspace", "/tmp", "/home/agent", "/dev/shm", "/dev/mqueue"):
    if place == "/dev/mqueue" and not os.path.exists(place):
        continue
    found += [place + "/" + name for name in os.listdir(place)]
    info = os.stat(place)
    if place != "/dev/mqueue" and (info.st_mode & 0o7777 != 0o1777 or info.st_nlink != 2 or os.listxattr(place)):
        found.append((place, oct(info.st_mode), info.st_nlink))
mine = os.getuid()
for name in os.listdir("/proc"):
    if name.isdigit() and int(name) != os.getpid():
        owner = [line.split()[1] for line in open(f"/proc/{name}/status") if line.startswith("Uid")][0]
        if int(owner) not in (65530, 65531):
            found.append("process " + name + " of " + owner)
print(found)
"""


@pytest.fixture(scope="module", params=BACKENDS)
def sandbox(request):
    sandbox = BACKENDS[request.param]()
    yield sandbox
    sandbox.close()


@pytest.fixture
def do(sandbox):
    """Run a text in a session, which ends with the test."""
    asked = set()

    def do(
        text,
        session="clean",
        *,
        agent="tester",
        conversation="hostile",
        inputs=(),
        language="python",
        **limits,
    ):
        source = Source(text, "job.py", language)
        asked.add((agent, conversation))
        earlier = (
            sandbox.held(agent, conversation).texts
            if session == "interpreter" and language == "python"
            else ()
        )
        verdict = Verdict(
            source=source,
            agent=agent,
            program=Program(source, earlier=earlier),
            limits=Limits(**limits),
            # Whatever images this machine has: that of libraries furnishes the home folder.
            confines=replace(OPEN, session=Session(session), network=False, listens=None, image="base"),
            policy_digest="sha256:" + "0" * 64,
        )
        return sandbox.run(Authorization.of(verdict), conversation=conversation, inputs=inputs)

    yield do
    for agent, conversation in asked:
        sandbox.end_sessions(agent, conversation)


LEAVINGS = {
    "a process": "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(1000)",
    "a daemon of a daemon": "import os, time\nfor _ in range(3):\n    if os.fork():\n        os._exit(0)\n    os.setsid()\n"
    "time.sleep(1000)",
    "forks that go on while they are killed": "import os\nif os.fork() == 0:\n    while True:\n        try:\n"
    "            if os.fork() == 0: continue\n        except OSError: pass\n        try: os.waitpid(-1, 1)\n"
    "        except OSError: pass",
    "a process that ignores every signal": "import os, signal, time\nif os.fork() == 0:\n    for n in range(1, 65):\n"
    "        try: signal.signal(n, signal.SIG_IGN)\n        except (OSError, ValueError): pass\n    time.sleep(1000)",
    "a stopped process": "import os, signal\nif os.fork() == 0:\n    os.kill(os.getpid(), signal.SIGSTOP)",
    "a socket in itself": "import socket\nfrom array import array\na, b = socket.socketpair()\n"
    "a.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array('i', [a.fileno(), b.fileno()]))])\n"
    "import os; os._exit(0)",
    "a deleted file in a socket in itself": "import os, socket\nfrom array import array\na, b = socket.socketpair()\n"
    "f = os.open('/tmp/x', os.O_RDWR | os.O_CREAT); os.write(f, bytes(1000000)); os.unlink('/tmp/x')\n"
    "a.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array('i', [a.fileno(), b.fileno(), f]))])\nos._exit(0)",
    "an abstract socket": "import os, socket, time\ns = socket.socket(socket.AF_UNIX)\ns.bind('\\0left')\ns.listen()\n"
    "if os.fork() == 0: time.sleep(1000)",
    "connections on the loopback": "import socket\ns = socket.create_server(('127.0.0.1', 8123))\n"
    "for _ in range(5):\n    c = socket.create_connection(('127.0.0.1', 8123)); d, _a = s.accept()\n"
    "    c.send(b'x'); d.recv(1); c.close(); d.close()",
    "files in every place": "for place in ('/workspace', '/tmp', '/home/agent', '/dev/shm'):\n"
    "    for name in ('x', '.hidden', 'a b', '\\n', '\\udcff'): open(place + '/' + name, 'w').write('left')",
    "folders without a mode": "import os\nos.makedirs('/tmp/a/b/c')\nopen('/tmp/a/b/c/x', 'w').write('left')\n"
    "for p in ('/tmp/a/b/c/x', '/tmp/a/b/c', '/tmp/a/b', '/tmp/a'): os.chmod(p, 0)",
    "folders that are very deep": "import os\nos.chdir('/tmp')\nfor _ in range(3000):\n    os.mkdir('d'); os.chdir('d')\n"
    "open('x', 'w').write('left')",
    "names like those of the wiping": "import os\nfor n in range(1, 40):\n    os.makedirs(f'/tmp/execgate-{n}/execgate-{n}/x')",
    "renamed folders": "import os\nos.mkdir('/tmp/a'); os.mkdir('/tmp/a/b'); os.rename('/tmp/a/b', '/tmp/c')\n"
    "try: os.rename('/workspace', '/tmp/w')\nexcept OSError: pass\ntry: os.rmdir('/dev/shm')\nexcept OSError: pass",
    "links, pipes and sockets as files": "import os, socket\nos.symlink('/', '/tmp/l'); os.mkfifo('/tmp/p')\n"
    "os.link('/tmp/p', '/workspace/h') if 0 else None\nsocket.socket(socket.AF_UNIX).bind('/tmp/s')",
    "changed modes and attributes of the places": "import os\nfor p in ('/workspace', '/tmp', '/home/agent', '/dev/shm'):\n"
    "    for do in (lambda: os.chmod(p, 0o700), lambda: os.chown(p, os.getuid(), -1), lambda: os.setxattr(p, 'user.x', b'1')):\n"
    "        try: do()\n        except OSError: pass",
    "flags of files": "import fcntl, os, struct\nf = os.open('/tmp/x', os.O_RDWR | os.O_CREAT)\n"
    "for flag in (0x10, 0x20, 0x30):\n    try: fcntl.ioctl(f, 0x40086602, struct.pack('l', flag))\n    except OSError: pass",
    "mounts": "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.mount(b'none', b'/tmp', b'tmpfs', 0, None)\n"
    "libc.unshare(0x10000000); libc.mount(b'none', b'/tmp', b'tmpfs', 0, None)",
    "timers and watches": "import ctypes, signal\nsignal.setitimer(signal.ITIMER_REAL, 0.2)\nlibc = ctypes.CDLL(None)\n"
    "libc.inotify_add_watch(libc.inotify_init(), b'/tmp', 0xfff)\nlibc.timerfd_create(1, 0)",
    "message queues": "import os\ntry: os.open('/dev/mqueue/x', os.O_CREAT | os.O_RDWR)\nexcept OSError: pass",
    "locks": "import fcntl\nf = open('/opt/execgate/start.py')\nfcntl.flock(f, fcntl.LOCK_EX)",
    "another priority for all that is there": "import os\nfor which in (0, 1, 2):\n    for who in range(1, 20):\n"
    "        try: os.setpriority(which, who, 19)\n        except OSError: pass",
}


@pytest.mark.parametrize("text", LEAVINGS.values(), ids=LEAVINGS)
def test_nothing_of_a_run_is_there_for_the_next(do, text):
    before = do(LOOK)
    assert before.stdout.startswith("[]"), (before.stdout, before.stderr)
    do(text, wall_s=5.0, processes=32, disk_bytes=64_000_000)
    after = do(LOOK)
    assert (after.stopped_by, after.stdout) == (Stop.EXIT, before.stdout), after.stderr


def test_a_clean_cell_is_used_again(do):
    runs = [do("import os\nprint(os.getuid())") for _ in range(4)]
    assert [run.start for run in runs[1:]] == [Start.SESSION] * 3
    assert len({run.stdout for run in runs}) == 4  # each is its own user


REACHES = {
    "signals": "import os\nfor pid in (1, 2, 3, 4, 5, 6, 7, 8, 9):\n    try: os.kill(pid, 9)\n"
    "    except OSError as e: pass\n    else:\n        if pid != 1: print('reached', pid)",
    "memory": "import os\nfor pid in os.listdir('/proc'):\n    if pid.isdigit() and int(pid) != os.getpid():\n"
    "        for name in ('mem', 'fd/0', 'environ', 'maps'):\n            try: open(f'/proc/{pid}/{name}', 'rb').read(1)\n"
    "            except OSError: pass\n            else: print('reached', pid, name)",
    "tracing": "import ctypes, os\nlibc = ctypes.CDLL(None)\nfor pid in os.listdir('/proc'):\n"
    "    if pid.isdigit() and int(pid) != os.getpid() and libc.ptrace(16, int(pid), 0, 0) == 0: print('reached', pid)",
    "users": "import os\nfor user in (0, 65530, 65531, 65532, os.getuid() - 1, os.getuid() + 1):\n"
    "    for become in (os.setuid, os.setgid, lambda u: os.setgroups([u])):\n        try: become(user)\n"
    "        except OSError: pass\n        else: print('reached', user)",
    "descriptors": "import os\nfor fd in range(3, 1024):\n    try: print('reached', os.readlink(f'/proc/self/fd/{fd}'))\n"
    "    except OSError: pass\n"
    if False
    else "import os\nfor fd in range(3, 70):\n    try: os.write(fd, b'R' * 5)\n    except OSError: pass",
}


@pytest.mark.parametrize("text", REACHES.values(), ids=REACHES)
def test_neither_supervisor_nor_template_is_in_reach(do, text):
    do("print('first')")
    result = do(text)
    assert "reached" not in result.stdout
    assert do(LOOK).stdout.startswith("[]")


def test_what_one_run_printed_and_read_is_not_in_the_memory_of_the_next(do):
    secret = "the-secret-" + "of-the-run"
    do(f"print({secret!r}); x = open('in').read()", inputs=(InputFile("in", secret.encode() * 1000),))
    text = """
        import re
        wanted = b"-".join((b"the", b"secret", b"of", b"the", b"run"))
        for line in open("/proc/self/maps"):
            start, end = (int(part, 16) for part in line.split()[0].split("-"))
            if "r" in line.split()[1] and end < 1 << 47:
                with open("/proc/self/mem", "rb", 0) as memory:
                    memory.seek(start)
                    try: data = memory.read(end - start)
                    except OSError: continue
                    if re.search(b"(?:" + wanted + b"){20}", data): print("found")
    """
    import textwrap

    result = do(textwrap.dedent(text))
    assert (result.start, "found" in result.stdout) == (Start.SESSION, False)


@pytest.mark.parametrize("session", ["clean", "files", "interpreter"])
@pytest.mark.parametrize("other", [{"agent": "another"}, {"conversation": "another"}])
def test_nothing_crosses_between_agents_or_conversations(do, session, other):
    do("x = 'secret'\nopen('x', 'w').write(x)", session)
    result = do("import os\nprint(os.listdir(), 'x' in globals())", session, **other)
    assert (result.start is Start.SESSION, result.stdout) == (False, "[] False\n")


@pytest.mark.parametrize(
    "text",
    [
        "while True: pass",
        "print('x' * 2000)",
        "x = bytearray(300_000_000)",
    ],
)
def test_a_run_that_hit_a_limit_ends_its_session(do, text):
    do(
        "x = 1\nopen('x', 'w').write('1')",
        "interpreter",
        wall_s=1.0,
        output_bytes=1000,
        memory_bytes=100_000_000,
    )
    result = do(text, "interpreter", wall_s=1.0, output_bytes=1000, memory_bytes=100_000_000)
    assert result.stopped_by.is_limit
    assert result.detail.endswith("the session ended with this run: what it kept is gone")
    after = do(
        "import os\nprint(os.listdir())",
        "interpreter",
        wall_s=1.0,
        output_bytes=1000,
        memory_bytes=100_000_000,
    )
    assert (after.start is Start.SESSION, after.stdout) == (False, "[]\n")


def test_files_stay_in_a_session_that_keeps_them_and_nothing_else_does(do):
    do(
        "open('x', 'w').write('1')\nopen('/tmp/x', 'w').write('1')\nimport os\nif os.fork() == 0:\n    while True: pass",
        "files",
    )
    result = do(
        "import os\nprint(os.listdir('/workspace'), os.listdir('/tmp'), os.listdir('/dev/shm'))\nopen('y', 'w')",
        "files",
    )
    assert (result.start, result.stdout) == (Start.SESSION, "['x'] [] []\n")
    assert [file.name for file in result.artifacts] == ["y"]


def test_an_input_that_did_not_change_leaves_what_the_session_made_of_it(do):
    given = (InputFile("data", b"host"),)
    do("open('data', 'w').write('mine')", "files", inputs=given)
    assert do("print(open('data').read())", "files", inputs=given).stdout == "host\n"
    do("open('data', 'w').write('mine')", "files", inputs=given)
    mine = (InputFile("data", b"mine"),)
    assert (
        do("open('data', 'a').write('+'); print(open('data').read())", "files", inputs=mine).stdout
        == "mine+\n"
    )


def test_an_interpreter_keeps_names_over_errors_and_its_end_is_told(do):
    do("a = 1\ndef f(): return a / 0", "interpreter")
    failed = do("a += 1\nf()", "interpreter")
    assert (failed.start, failed.exit_code) == (Start.SESSION, 1)
    assert "line 2, in f" in failed.stderr
    assert do("print(a)\nimport sys\nsys.exit(3)", "interpreter").exit_code == 3
    assert do("ls; echo $$", "interpreter", language="sh").exit_code == 0
    assert do("print(a)\nimport os\nos._exit(0)", "interpreter").stdout == "2\n"
    after = do("print('a' in globals())", "interpreter")
    assert (after.start is Start.SESSION, after.stdout) == (False, "False\n")
    assert after.detail == "the session began anew: the interpreter ended, and what it held is gone"


def test_between_blocks_nothing_of_an_interpreter_runs(do):
    do(
        "import os, threading, time, subprocess\nticks = []\ndef tick():\n    while True:\n        ticks.append(1); time.sleep(0.01)\n"
        "threading.Thread(target=tick, daemon=True).start()\nchild = subprocess.Popen(['sleep', '1000'])",
        "interpreter",
    )
    import time

    do("before = len(ticks)", "interpreter")
    time.sleep(0.5)
    result = do("print(len(ticks) - before < 30, child.wait(5))", "interpreter")
    assert (result.start, result.stdout) == (Start.SESSION, "True -9\n")


@pytest.mark.parametrize(
    "text",
    [
        "import os\nos.write(64, b'\\0' * 5)",
        "import os\nos.write(64, b'\\xff' * 5000)",
        "import os\nos.close(64)",
        "import os\nos.close(65)",
        "import os\nos.closerange(3, 1024)",
        "import os\nif os.fork() == 0: os.write(64, b'\\0\\0\\0\\0\\0')\nelse: os.wait()",
    ],
)
def test_lies_about_how_a_block_ended_hurt_their_own_session_alone(do, text):
    do("x = 1", "interpreter")
    do(text, "interpreter", wall_s=1.0)
    do("y = 2", "interpreter", wall_s=1.0)  # may be the one that finds out
    assert do("print('fine')", "interpreter", wall_s=1.0).stdout == "fine\n"


@pytest.mark.parametrize(
    "text",
    [
        "import os\nos.read = lambda fd, size: b'S\\0\\0\\0\\x01'[:size]",
        "import json\njson.loads = lambda text, **_: {'name': 'x', 'modules': {'y.py': '0'}, 'limits': None}",
        "import json\njson.JSONDecoder.decode = json.decoder.JSONDecoder.raw_decode = lambda *_: ({}, 2)",
        "import builtins\nbuiltins.compile = lambda *_, **__: 'print(\"another\")'",
        "import builtins\nkept = exec\nbuiltins.exec = lambda text, names: kept('print(\"another\")')",
        "import builtins\nbuiltins.len = lambda _: 5",
        "import struct\nstruct.unpack = lambda *_: (5,)",
    ],
)
def test_no_block_puts_another_text_in_the_place_of_the_next(do, text):
    do(text, "interpreter", wall_s=5.0)
    result = do("print('judged')", "interpreter", wall_s=5.0)
    assert (result.start, result.stdout) == (Start.SESSION, "judged\n"), (result.detail, result.stderr)
