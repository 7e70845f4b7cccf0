"""Limits: each ends the program that passes it, and is told from the others."""

# ruff: noqa: ISC004 - programs in a table

import pytest

from execgate.model.execution import InputFile, Stop

pytestmark = pytest.mark.engine


def test_time_ends_an_endless_loop_and_keeps_what_it_did(run, our_containers):
    result = run("print('before')\nopen('kept', 'w').write('x')\nwhile True: pass", wall_s=1.0)
    assert (result.stopped_by, result.exit_code) == (Stop.TIME, None)
    assert result.detail == "stopped after 1 s (max_execution_time)"
    assert result.stdout == "before\n"
    assert [file.name for file in result.artifacts] == ["kept"]
    assert our_containers() == []


@pytest.mark.parametrize(
    "text",
    [
        "import signal, time\nfor n in set(signal.Signals) - {9, 19}: signal.signal(n, signal.SIG_IGN)\n"
        "while True: time.sleep(1)",
        "import os, time\nfor _ in range(8): os.fork()\nwhile True: time.sleep(1)",
        "import subprocess\nsubprocess.run(['sleep', '1000'])",
        "import re\nre.match(r'(a+)+$', 'a' * 64 + 'b')",
        "import threading\nfor _ in range(20): threading.Thread(target=lambda: [None for _ in iter(int, 1)]).start()",
        "import os\nfor _ in range(25):\n    if os.fork() == 0:\n        while True: pass\nwhile True: pass",
        "import sys\nsys.stdin = open('/dev/urandom', 'rb'); sys.stdin.read()",
    ],
)
def test_time_ends_whatever_does_not_want_to_end(run, text, our_containers):
    result = run(text, wall_s=1.0, processes=300, memory_bytes=None)
    assert (result.stopped_by, result.exit_code) == (Stop.TIME, None)
    assert our_containers() == []


def test_memory_ends_the_program_that_takes_too_much(run):
    result = run("print('before')\nx = bytearray(300_000_000)", memory_bytes=100_000_000)
    assert (result.stopped_by, result.exit_code, result.stdout) == (Stop.MEMORY, None, "before\n")
    assert result.detail == "out of memory at 100,000,000 bytes (max_memory): the program was killed"


def test_memory_that_is_there_is_given(run):
    result = run("x = bytearray(60_000_000)\nprint(len(x))", memory_bytes=100_000_000)
    assert (result.stopped_by, result.stdout) == (Stop.EXIT, "60000000\n")


def test_an_allocation_that_is_refused_is_a_memory_limit_too(run):
    result = run("x = b'x' * 10**17", memory_bytes=100_000_000)
    assert (result.stopped_by, result.exit_code) == (Stop.MEMORY, None)
    assert result.detail.endswith("it ended with MemoryError")


def test_memory_taken_by_a_child_is_told_apart(run):
    text = """
        import os
        child = os.fork()
        if child == 0:
            x = bytearray(300_000_000)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    """
    result = run(text, memory_bytes=100_000_000)
    assert (result.stopped_by, result.exit_code, result.stdout) == (Stop.EXIT, 0, "-9\n")
    assert result.detail == "a child process was killed at the memory limit"


def test_a_program_that_kills_itself_did_not_run_out_of_memory(run):
    result = run("import os\nos.kill(os.getpid(), 9)", memory_bytes=100_000_000)
    assert (result.stopped_by, result.exit_code, result.detail) == (Stop.EXIT, -9, "killed by SIGKILL")


@pytest.mark.parametrize("memory", [1, 1_000_000, 6_500_000])
def test_a_memory_limit_that_holds_no_interpreter_is_a_memory_limit(run, memory):
    result = run("print('never')", memory_bytes=memory)
    assert (result.stopped_by, result.exit_code, result.stdout) == (Stop.MEMORY, None, "")


def test_files_count_as_memory(run):
    text = "f = open('x', 'wb')\nwhile True: f.write(bytes(1_000_000))"
    result = run(text, memory_bytes=60_000_000, disk_bytes=500_000_000)
    assert (result.stopped_by, result.exit_code) == (Stop.MEMORY, None)


@pytest.mark.parametrize(
    "text",
    [
        "import os\nwhile True: os.fork()",
        "import subprocess\nkept = [subprocess.Popen(['sleep', '100']) for _ in range(100)]",
        "import threading, time\nfor _ in range(100): threading.Thread(target=time.sleep, args=(100,)).start()",
        "import asyncio\nasync def main():\n    await asyncio.gather(*(asyncio.create_subprocess_exec('sleep', '9')"
        " for _ in range(100)))\nasyncio.run(main())",
    ],
)
def test_processes_end_the_program_that_starts_too_many(run, text):
    result = run(text, processes=10)
    assert (result.stopped_by, result.exit_code) == (Stop.PROCESSES, None)
    assert result.detail == "no more than 10 processes and threads at once (max_processes)"


def test_a_program_that_copes_with_refused_processes_goes_on(run):
    text = """
        import os, signal
        children = []
        try:
            while True:
                child = os.fork()
                if child == 0:
                    signal.pause()
                children.append(child)
        except BlockingIOError:
            print(len(children))
    """
    result = run(text, processes=10)
    assert (result.stopped_by, result.exit_code, result.stdout) == (Stop.EXIT, 0, "9\n")
    assert result.detail == "a process or thread was refused at the limit on processes"


def test_one_process_is_the_program_itself(run):
    assert run("print('alone')", processes=1).stdout == "alone\n"


def test_waiting_that_is_interrupted_is_no_limit_on_processes(run):
    result = run("raise BlockingIOError(11, 'my own')", processes=10)
    assert (result.stopped_by, result.exit_code) == (Stop.EXIT, 1)


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_output_past_its_cap_ends_the_program(run, stream):
    result = run(f"import sys\nwhile True: sys.{stream}.write('0123456789')", output_bytes=12_345)
    assert (result.stopped_by, result.exit_code, result.output_truncated) == (Stop.OUTPUT, None, True)
    assert getattr(result, stream) == ("0123456789" * 1235)[:12_345]
    assert result.detail == "stopped at 12,345 bytes of output (max_output)"


def test_output_at_its_cap_is_whole(run):
    result = run("import sys\nsys.stdout.write('a' * 600)\nsys.stderr.write('b' * 400)", output_bytes=1000)
    assert (result.stopped_by, result.exit_code, result.output_truncated) == (Stop.EXIT, 0, False)
    assert (result.stdout, result.stderr) == ("a" * 600, "b" * 400)


def test_both_streams_share_the_cap(run):
    result = run("import sys\nsys.stdout.write('a' * 600)\nsys.stderr.write('b' * 401)", output_bytes=1000)
    assert (result.stopped_by, len(result.stdout) + len(result.stderr)) == (Stop.OUTPUT, 1000)


@pytest.mark.parametrize("folder", ["/workspace", "/tmp", "/home/agent", "/dev/shm"])
def test_disk_ends_the_program_that_fills_it(run, folder):
    text = f"f = open('{folder}/x', 'wb')\nwhile True: f.write(bytes(100_000))"
    result = run(text, disk_bytes=8_000_000)
    assert (result.stopped_by, result.exit_code) == (Stop.DISK, None)
    assert result.detail == "out of disk space: 8,000,000 bytes for all files together (max_disk)"


def test_all_places_together_hold_no_more_than_the_limit(run):
    text = """
        import itertools
        total = 0
        for place in ("/workspace", "/tmp", "/home/agent", "/dev/shm"):
            try:
                with open(place + "/x", "wb", buffering=0) as file:
                    while True: total += file.write(bytes(4096))
            except OSError:
                pass
        print(total)
    """
    assert 7_900_000 < int(run(text, disk_bytes=8_000_000).stdout) <= 8_000_000


@pytest.mark.parametrize(
    "text",
    [
        "open('x', 'w').truncate(10**12)",
        "import sqlite3\ndb = sqlite3.connect('x')\ndb.execute('create table t (x)')\n"
        "while True: db.execute('insert into t values (zeroblob(1000000))')",
        "try:\n    open('x', 'wb').write(bytes(20_000_000))\nexcept OSError as error:\n    raise ValueError from error",
        "n = 0\nwhile True:\n    open(f'{n}', 'w').close()\n    n += 1",
    ],
)
def test_disk_is_recognised_behind_other_errors(run, text):
    assert run(text, disk_bytes=8_000_000).stopped_by is Stop.DISK


def test_a_program_that_copes_with_a_full_disk_goes_on(run):
    text = "try:\n    open('x', 'wb').write(bytes(20_000_000))\nexcept OSError:\n    print('full')"
    result = run(text, disk_bytes=8_000_000)
    assert (result.stopped_by, result.exit_code, result.stdout) == (Stop.EXIT, 0, "full\n")


def test_inputs_that_do_not_fit_are_a_disk_limit(run):
    result = run("print('never')", inputs=(InputFile("x", bytes(2_000_000)),), disk_bytes=1_000_000)
    assert (result.stopped_by, result.exit_code, result.stdout) == (Stop.DISK, None, "")
    assert result.detail == "the input files do not fit into 1,000,000 bytes (max_disk): nothing was run"


def test_inputs_that_do_not_fit_in_pages_are_a_disk_limit(run):
    inputs = tuple(InputFile(f"{n}", b"x") for n in range(100))
    result = run("print('never')", inputs=inputs, disk_bytes=200_000)
    assert (result.stopped_by, result.stdout) == (Stop.DISK, "")


def test_processor_time_is_shared_out(run):
    usage = run("import time\nend = time.time() + 1\nwhile time.time() < end: pass", cpus=0.2).usage
    assert usage.cpu_s < 0.7


def test_unlimited_is_possible(run):
    result = run(
        "print('free')", wall_s=None, memory_bytes=None, cpus=None, processes=None, output_bytes=None, disk_bytes=None
    )  # fmt: skip
    assert (result.stopped_by, result.stdout) == (Stop.EXIT, "free\n")


def test_more_processors_than_there_are_is_no_error(run):
    assert run("print('ok')", cpus=4096.0).stdout == "ok\n"


HOARD = """
    import os, socket
    from array import array
    one, other = socket.socketpair()
    one.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array("i", [one.fileno(), other.fileno(), 1, 2]))])
    os.write(1, b"done")
    os._exit(3)
"""


def test_an_output_that_outlives_its_program_does_not_hold_the_result_up(run):
    # Two sockets, each waiting to be taken out of the other, keep a descriptor open that no process has: the
    # end of the output never came, and the run was said to have been stopped by its time limit.
    result = run(HOARD, wall_s=20.0)
    assert (result.stopped_by, result.exit_code, result.stdout) == (Stop.EXIT, 3, "done")


def test_a_program_that_takes_its_output_back_is_stopped_like_any_other(run):
    # Who reads a pipe may find nothing where something was a moment ago: the supervisor must not wait for more.
    text = """
        import os, threading
        def take_back():
            pipe = os.open("/proc/self/fd/1", os.O_RDONLY)
            while True: os.read(pipe, 65536)
        open("kept", "w").close()
        for _ in range(3): threading.Thread(target=take_back, daemon=True).start()
        while True: os.write(1, b"x")
    """
    result = run(text, wall_s=1.5, output_bytes=None)
    assert (result.stopped_by, [file.name for file in result.artifacts]) == (Stop.TIME, ["kept"])


@pytest.mark.parametrize(
    "text",
    [
        "while True: pass",
        "import threading\nfor _ in range(4): threading.Thread(target=lambda: [None for _ in iter(int, 1)]).start()",
        "import os\nfor _ in range(3): os.fork()\nwhile True: pass",
        "import hashlib\nwhile True: hashlib.pbkdf2_hmac('sha256', b'a', b'b', 10_000_000)",
        "import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass",
    ],
)
def test_time_of_the_processors_is_counted_over_all_processes(run, text):
    result = run("print('before')\n" + text, cpu_s=0.5, wall_s=20.0)
    assert (result.stopped_by, result.exit_code, result.stdout.partition("\n")[0]) == (
        Stop.CPU,
        None,
        "before",
    )
    assert result.detail == "stopped after 0.5 s of processor time (max_cpu_time)"
    assert result.usage.cpu_s >= 0.5


def test_waiting_takes_no_time_of_the_processors(run):
    assert run("import time\ntime.sleep(1.0)\nprint('done')", cpu_s=0.5).stdout == "done\n"


@pytest.mark.parametrize("folder", ["/workspace", "/tmp", "/home/agent", "/dev/shm"])
def test_the_number_of_files_ends_the_program_that_makes_too_many(run, folder):
    result = run(f"n = 0\nwhile True:\n    open(f'{folder}/{{n}}', 'w').close()\n    n += 1", files=20)
    assert (result.stopped_by, result.exit_code) == (Stop.FILES, None)
    assert result.detail == "no more than 20 files and folders in one place (max_files)"
    assert result.usage.files == 20


def test_as_many_files_as_may_be_are_no_limit(run):
    result = run("import os\nfor n in range(20): os.mkdir(str(n))", files=20)
    assert (result.stopped_by, result.usage.files) == (Stop.EXIT, 20)


def test_a_full_disk_is_no_limit_on_files(run):
    result = run("open('x', 'wb').write(bytes(9_000_000))", disk_bytes=8_000_000, files=20)
    assert result.stopped_by is Stop.DISK


@pytest.mark.parametrize(
    "text",
    [
        "with open('x', 'wb') as file: file.write(bytes(200_001))",
        "open('x', 'wb').truncate(200_001)",
        "with open('/tmp/x', 'wb') as file: file.write(bytes(200_001))",
        "import os, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_DFL)\nos.write(os.open('x', 66), bytes(200_000))\n"
        "os.write(os.open('x', 1026), b'x')",
    ],
)
def test_the_size_of_a_file_ends_the_program_that_passes_it(run, text):
    result = run(text, file_bytes=200_000)
    assert (result.stopped_by, result.exit_code) == (Stop.FILE_SIZE, None)
    assert result.detail == "no file over 200,000 bytes (max_file_size)"


def test_many_files_of_the_largest_size_are_no_limit(run):
    text = "for n in range(3): open(str(n), 'wb').write(bytes(200_000))"
    result = run(text, file_bytes=200_000)
    assert (result.stopped_by, result.usage.files) == (Stop.EXIT, 3)
    assert 600_000 <= result.usage.disk_bytes < 700_000


def test_what_was_used_is_told(run):
    usage = run("print('abc')\nopen('x', 'w').write('y')").usage
    assert (usage.output_bytes, usage.disk_bytes, usage.files) == (4, 4096, 1)
