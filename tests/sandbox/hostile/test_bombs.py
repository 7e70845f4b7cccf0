"""Programs that take all they can get: each is contained by one named thing, and the next run works."""

import os
import textwrap
from pathlib import Path

import pytest

from execgate.model.execution import Stop

pytestmark = pytest.mark.engine

MiB = 1 << 20


@pytest.fixture
def bomb(run):
    """Run a program that misbehaves, and make sure of the run after it."""

    def explode(text, **limits):
        given = {"wall_s": 20.0, "memory_bytes": 128 * MiB, "processes": 24, "output_bytes": MiB, **limits}
        result = run(textwrap.dedent(text), **given)
        after = run("import os\nprint(sorted(os.listdir()), os.listdir('/tmp'))", wall_s=20.0)
        assert (after.stopped_by, after.stdout) == (Stop.EXIT, "[] []\n"), after
        return result

    return explode


def marked(text):
    """Return the processes of this machine with `text` in their environment or arguments."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                said = (folder / "cmdline").read_bytes() + (folder / "comm").read_bytes()
            except OSError:
                continue
            if text.encode() in said and int(folder.name) != os.getpid():
                found.append(folder.name)
    return found


# Processes and threads: contained by the control group's limit on processes.


def test_a_fork_bomb_stays_within_its_limit_and_ends_with_its_time(bomb):
    result = bomb(
        """
        import os
        while True:
            try:
                os.fork()
            except OSError:
                pass
        """,
        wall_s=1.0,
    )
    assert result.stopped_by is Stop.TIME
    assert result.usage.processes_peak is None or result.usage.processes_peak <= 24


def test_a_fork_bomb_whose_parents_leave_at_once_is_still_caught(bomb):
    result = bomb(
        """
        import os
        for _ in range(100_000):
            try:
                if os.fork():
                    os._exit(0)
                os.setsid()
            except OSError:
                pass
        """,
        wall_s=5.0,
    )
    assert (result.stopped_by, result.exit_code) == (Stop.EXIT, 0)


def test_a_thread_bomb_is_refused_by_the_same_limit(bomb):
    result = bomb(
        """
        import threading, time
        started = 0
        try:
            while started < 10_000:
                threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
                started += 1
        except RuntimeError:
            print(started < 24)
            import os
            os._exit(7)
        """
    )
    assert (result.stopped_by, result.exit_code, result.stdout) == (Stop.EXIT, 7, "True\n")
    assert "refused at the limit on processes" in result.detail


def test_a_flood_of_zombies_counts_as_processes(bomb):
    result = bomb(
        """
        import os
        dead = 0
        try:
            while dead < 10_000:
                if os.fork() == 0:
                    os._exit(0)
                dead += 1
        except BlockingIOError:
            print(dead <= 24)
        """
    )
    assert (result.stopped_by, result.stdout) == (Stop.EXIT, "True\n")


def test_daemons_do_not_outlive_their_program(bomb):
    result = bomb(
        """
        import os, signal, time
        for _ in range(5):
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    for number in range(1, 65):
                        try:
                            signal.signal(number, signal.SIG_IGN)
                        except (OSError, ValueError):
                            pass
                    with open("/proc/self/comm", "w") as name:
                        name.write("egate-daemon")
                    while True:
                        time.sleep(1)
                os._exit(0)
        print("left")
        """
    )
    assert (result.stopped_by, result.stdout) == (Stop.EXIT, "left\n")
    assert marked("egate-daemon") == []


def test_a_kill_of_everybody_reaches_only_the_program(bomb):
    result = bomb(
        """
        import os, signal
        try:
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:
            pass
        os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    assert (result.stopped_by, result.exit_code) == (Stop.EXIT, -9)


# Time: contained by the gate's clock, whatever the program does about signals.


def test_a_program_that_blocks_and_ignores_every_signal_is_stopped(bomb):
    result = bomb(
        """
        import signal
        for number in range(1, 65):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
        print("deaf", flush=True)
        while True:
            pass
        """,
        wall_s=1.0,
    )
    assert (result.stopped_by, result.stdout) == (Stop.TIME, "deaf\n")


@pytest.mark.parametrize(
    "spin",
    [
        "sum(range(10**13))",
        "10**10**9",
        "import re; re.match('(a+)+b', 'a' * 60)",
        "import hashlib; hashlib.pbkdf2_hmac('sha512', b'', b'', 10**9)",
        "'a' * 10 in ('a' * 9 + 'b') * 10**6; [x for x in iter(int, 1)]",
    ],
)
def test_a_spin_in_c_that_never_looks_at_signals_is_stopped(bomb, spin):
    result = bomb(spin, wall_s=0.7)
    assert result.stopped_by in {Stop.TIME, Stop.MEMORY}


def test_a_program_that_stops_itself_is_ended_by_the_clock(bomb):
    result = bomb("import os, signal\nos.kill(0, signal.SIGSTOP)\nprint('went on')", wall_s=0.7)
    assert (result.stopped_by, result.stdout) == (Stop.TIME, "")


def test_a_storm_of_timer_signals_only_slows_the_program_itself(bomb):
    result = bomb(
        """
        import signal
        signal.signal(signal.SIGALRM, lambda *_: None)
        signal.setitimer(signal.ITIMER_REAL, 1e-6, 1e-6)
        while True:
            pass
        """,
        wall_s=0.7,
    )
    assert result.stopped_by is Stop.TIME


def test_no_program_gives_itself_more_of_the_processor(bomb):
    result = bomb(
        """
        import os
        for act in (
            lambda: os.nice(-10),
            lambda: os.setpriority(os.PRIO_PROCESS, 0, -20),
            lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50)),
        ):
            try:
                act()
                print("got it")
            except OSError as error:
                print(error.errno in (1, 13))
        """
    )
    assert result.stdout == "True\n" * 3


# Memory: contained by the control group, files and the kernel's own buffers included.


def test_memory_that_grows_for_ever_is_out_of_memory(bomb):
    result = bomb("kept = []\nwhile True: kept.append(bytearray(1 << 20))")
    assert result.stopped_by is Stop.MEMORY
    assert "max_memory" in result.detail


def test_memory_that_children_share_out_counts_together(bomb):
    result = bomb(
        """
        import os, time
        children = []
        for _ in range(8):
            child = os.fork()
            if child == 0:
                held = bytearray(os.urandom(1) * (32 << 20))
                time.sleep(2)
                os._exit(0)
            children.append(child)
        print(any(os.waitpid(child, 0)[1] for child in children))
        """
    )
    assert result.stdout in {"True\n", ""}
    assert "killed" in result.detail or result.stopped_by is Stop.MEMORY


def test_shared_anonymous_memory_counts_as_memory(bomb):
    result = bomb(
        """
        import mmap
        kept = []
        while True:
            one = mmap.mmap(-1, 8 << 20)
            one.write(b"x" * (8 << 20))
            kept.append(one)
        """
    )
    assert result.stopped_by is Stop.MEMORY


def test_full_pipes_and_sockets_hold_no_memory_beyond_the_limit(bomb):
    result = bomb(
        """
        import fcntl, os, socket
        held = 0
        kept = []
        try:
            while True:
                a, b = socket.socketpair()
                a.setblocking(False)
                a.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 30)
                kept += [a, b]
                try:
                    while True:
                        held += a.send(b"x" * 65536)
                except BlockingIOError:
                    pass
        except OSError as error:
            print("refused", error.errno, held < 512 << 20)
        """
    )
    assert result.stdout.endswith("True\n") or result.stopped_by is Stop.MEMORY


def test_nesting_without_end_fails_in_the_program_alone(bomb):
    result = bomb("import sys\nsys.setrecursionlimit(10**9)\ndef f(n): return f(n + 1) + 1\nf(0)")
    assert result.stopped_by in {Stop.EXIT, Stop.MEMORY}
    assert not result.succeeded


def test_a_crash_leaves_no_core(bomb):
    result = bomb(
        "import os, resource\n"
        "try: resource.setrlimit(resource.RLIMIT_CORE, (-1, -1))\n"
        "except (ValueError, OSError): print('no')\n"
        "os.abort()"
    )
    assert (result.stopped_by, result.exit_code, result.stdout) == (Stop.EXIT, -6, "no\n")
    assert result.artifacts == ()


# Disk: contained by the sizes of the places that can be written to.


@pytest.mark.parametrize("place", ["/workspace", "/tmp", "/dev/shm", "/home/agent"])
def test_a_flood_of_bytes_ends_where_its_place_is_full(bomb, place):
    result = bomb(
        f"""
        with open("{place}/flood", "wb", buffering=0) as file:
            while True:
                file.write(b"x" * (1 << 20))
        """,
        disk_bytes=16 * MiB,
        memory_bytes=256 * MiB,
    )
    assert result.stopped_by is Stop.DISK


def test_a_flood_of_empty_files_ends_where_there_are_no_more_inodes(bomb):
    result = bomb(
        """
        made = 0
        try:
            while made < 1_000_000:
                open(f"/tmp/{made}", "w").close()
                made += 1
        except OSError as error:
            print(error.errno == 28, made < 20_000)
        """
    )
    assert result.stdout == "True True\n" or result.stopped_by is Stop.FILES


def test_folders_without_end_do_not_hold_up_the_result(bomb):
    result = bomb(
        """
        import os
        depth = 0
        try:
            while depth < 5_000:
                os.mkdir("d")
                os.chdir("d")
                depth += 1
        except OSError:
            pass
        print(depth > 100)
        """
    )
    assert result.stdout == "True\n" or result.stopped_by is Stop.FILES
    assert result.artifacts == ()


def test_a_file_with_a_hole_is_no_larger_than_its_place_allows(bomb):
    result = bomb(
        """
        with open("hole", "wb") as file:
            try:
                file.truncate(1 << 42)
                print("made")
            except OSError as error:
                print(error.errno in (27, 28))
        """,
        disk_bytes=16 * MiB,
    )
    assert result.stdout == "True\n" or result.stopped_by in {Stop.DISK, Stop.FILE_SIZE}


# Output and descriptors.


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_flood_of_output_is_cut_at_its_limit(bomb, stream):
    result = bomb(f"import sys\nwhile True: sys.{stream}.write('x' * 65536)", output_bytes=100_000)
    assert result.stopped_by is Stop.OUTPUT
    assert len(getattr(result, stream)) == 100_000
    assert result.output_truncated


def test_a_flood_from_children_after_the_end_counts_no_more(bomb):
    result = bomb(
        """
        import os
        for _ in range(4):
            if os.fork() == 0:
                os.setsid()
                while True:
                    os.write(1, b"y" * 4096)
        """,
        output_bytes=1_000_000,
    )
    assert result.stopped_by in {Stop.EXIT, Stop.OUTPUT}
    assert len(result.stdout) <= 1_000_000


def test_a_flood_of_descriptors_is_refused(bomb):
    result = bomb(
        """
        import os
        opened = 0
        try:
            while opened < 100_000:
                os.dup(0)
                opened += 1
        except OSError as error:
            print(error.errno == 24, opened <= 1024)
        """
    )
    assert result.stdout == "True True\n"


def test_a_limit_of_the_kernel_is_not_raised_from_inside(bomb):
    result = bomb(
        """
        import resource
        for name in ("NOFILE", "CORE", "MEMLOCK", "MSGQUEUE", "RTPRIO"):
            which = getattr(resource, "RLIMIT_" + name)
            try:
                resource.setrlimit(which, (1 << 20, 1 << 20))
                print(name)
            except (ValueError, OSError):
                pass
        """
    )
    assert result.stdout == ""


def test_pipes_that_a_child_keeps_open_hold_up_nobody(bomb):
    result = bomb(
        """
        import os, time
        print("out", flush=True)
        if os.fork() == 0:
            time.sleep(60)
        """
    )
    assert (result.stopped_by, result.stdout) == (Stop.EXIT, "out\n")


def test_an_output_that_is_sent_into_itself_holds_up_nobody(bomb):
    result = bomb(
        """
        import array, socket, sys
        a, b = socket.socketpair()
        a.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [1, 2, a.fileno(), b.fileno()]))])
        sys.stdout.write("in flight")
        """
    )
    assert (result.stopped_by, result.stdout) == (Stop.EXIT, "in flight")


def test_standard_input_is_at_its_end_and_no_door_to_the_stream(bomb):
    result = bomb(
        r"""
        import os
        print(repr(os.read(0, 10)))
        for path in ("/proc/1/fd/0", "/proc/1/fd/1", "/proc/self/fd/0"):
            try:
                with open(path, "wb", buffering=0) as door:
                    door.write(b"E\0\0\0\0")
                    print(path, os.readlink("/proc/self/fd/%d" % door.fileno()))
            except OSError as error:
                print(path, "refused")
        """
    )
    lines = result.stdout.splitlines()
    assert lines[:3] == ["b''", "/proc/1/fd/0 refused", "/proc/1/fd/1 refused"]
    assert lines[3] in {"/proc/self/fd/0 refused", "/proc/self/fd/0 /dev/null"}
    assert result.stopped_by is Stop.EXIT


def test_closing_and_stealing_every_descriptor_ends_only_the_program(bomb):
    result = bomb(
        """
        import os
        os.closerange(0, 1024)
        for number in range(64):
            try:
                os.open("/dev/null", os.O_RDWR)
            except OSError:
                break
        while os.fork() == 0:
            os.closerange(0, 1024)
            break
        """
    )
    assert result.stopped_by is Stop.EXIT
