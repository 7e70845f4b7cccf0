"""Honest programs don't notice the sandbox."""

# ruff: noqa: ISC004 - programs in a table

import pytest

from execgate.model.execution import InputFile, Stop

pytestmark = pytest.mark.engine


def succeeds(result):
    assert (result.stopped_by, result.exit_code, result.stderr, result.detail) == (Stop.EXIT, 0, "", "")
    return result.stdout


def test_both_streams_and_the_status_come_back(run, sandbox):
    result = run("import sys\nprint('out')\nprint('err', file=sys.stderr)\nsys.exit(7)")
    assert (result.stopped_by, result.exit_code) == (Stop.EXIT, 7)
    assert (result.stdout, result.stderr, result.detail) == ("out\n", "err\n", "exit status 7")
    assert (result.backend, result.output_truncated) == (sandbox.name, False)
    assert result.image.startswith("sha256:")


@pytest.mark.parametrize(
    ("text", "code", "stderr"),
    [
        ("", 0, ""),
        ("raise SystemExit", 0, ""),
        ("raise SystemExit('so long')", 1, "so long\n"),
        ("raise SystemExit(256 + 3)", 3, ""),
        ("import os; os._exit(9)", 9, ""),
        ("import os; os.kill(os.getpid(), 15)", -15, ""),
        ("import os; os.abort()", -6, ""),
    ],
)
def test_the_program_ends_as_a_script_does(run, text, code, stderr):
    result = run(text)
    assert (result.stopped_by, result.exit_code, result.stderr) == (Stop.EXIT, code, stderr)


def test_a_traceback_shows_the_programs_own_lines_and_none_of_ours(run):
    text = "def outer():\n    inner()\ndef inner():\n    raise ValueError('böse')\nouter()\n"
    result = run(text, path="step-3.py")
    lines = [line for line in result.stderr.splitlines() if not set(line) <= set(" ^~")]
    assert lines == [
        "Traceback (most recent call last):",
        '  File "/workspace/step-3.py", line 5, in <module>',
        "    outer()",
        '  File "/workspace/step-3.py", line 2, in outer',
        "    inner()",
        '  File "/workspace/step-3.py", line 4, in inner',
        "    raise ValueError('böse')",
        "ValueError: böse",
    ]


def test_what_ends_a_thread_is_shown_with_the_programs_own_lines(run):
    text = """
        import threading
        def work():
            raise ValueError("böse")
        for name in ("first", "second"):
            thread = threading.Thread(target=work, name=name)
            thread.start()
            thread.join()
        print(threading.excepthook is threading.__excepthook__)
    """
    result = run(text)
    assert (result.exit_code, result.stdout) == (0, "True\n")
    for name in ("first", "second"):
        assert f"Exception in thread {name}:\nTraceback (most recent call last):\n" in result.stderr
    assert result.stderr.count('line 4, in work\n    raise ValueError("böse")\nValueError: böse\n') == 2
    assert "guest" not in result.stderr


def test_a_traceback_counts_lines_as_python_does(run):
    result = run("a = 'one'\x0c\nb = '\u2028'\r\nraise ValueError('here')\n")
    assert "line 3, in <module>\n    raise ValueError('here')\n" in result.stderr


def test_a_syntax_error_is_the_programs_failure(run):
    result = run("print('never')\ndef (:\n")
    assert (result.stopped_by, result.exit_code, result.stdout) == (Stop.EXIT, 1, "")
    assert "SyntaxError" in result.stderr
    assert "guest" not in result.stderr


def test_the_programs_own_excepthook_is_honoured(run):
    result = run("import sys\nsys.excepthook = lambda *e: print('mine', e[0].__name__)\n1 / 0")
    assert (result.exit_code, result.stdout, result.stderr) == (1, "mine ZeroDivisionError\n", "")


def test_the_text_that_was_analysed_is_the_text_that_runs(run):
    # In UTF-7 this comment would be a line of code; a coding cookie in a text means nothing.
    text = "# coding: utf-7\n# +AAo-print('decoded again')\nprint('ü')\n"
    assert succeeds(run(text)) == "ü\n"


def test_it_looks_like_a_script_in_an_empty_folder(run):
    text = """
        import os, sys
        print(__name__, __file__, sys.argv, os.getcwd(), os.listdir(), sys.stdin.read() == "")
        print(sys.modules["__main__"].__dict__ is globals(), os.path.expanduser("~"), __builtins__.__name__)
        try:
            input()
        except EOFError:
            print("no input")
    """
    assert succeeds(run(text, path="/home/someone/secret place/job.py")).splitlines() == [
        "__main__ /workspace/job.py ['job.py'] /workspace [] True",
        "True /home/agent builtins",
        "no input",
    ]


def test_a_path_that_is_no_plain_name_is_called_main(run):
    assert succeeds(run("print(__file__)", path="<code>")) == "/workspace/main.py\n"


def test_the_environment_is_ours_alone(run, monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_HOST", "42")
    out = succeeds(run("import os\nfor name in sorted(os.environ): print(name, os.environ[name])", cpus=2.0))
    assert out.splitlines() == [
        "HOME /home/agent",
        "LANG C.UTF-8",
        "LOGNAME agent",
        "MPLBACKEND Agg",
        "OMP_NUM_THREADS 2",
        "OPENBLAS_NUM_THREADS 2",
        "PATH /usr/local/bin:/usr/bin:/bin",
        "PYTHONNOUSERSITE 1",
        "TMPDIR /tmp",
        "USER agent",
    ]


def test_inputs_lie_in_the_working_folder(run):
    inputs = (InputFile("data.csv", b"a,b\n1,2\n"), InputFile("deep/er/x.bin", bytes(range(256)) * 1000))
    text = """
        import csv, os
        print(list(csv.DictReader(open("data.csv"))))
        print(len(open("deep/er/x.bin", "rb").read()), os.access("data.csv", os.W_OK))
    """
    assert succeeds(run(text, inputs=inputs)) == "[{'a': '1', 'b': '2'}]\n256000 True\n"


def test_nothing_of_the_working_folder_can_be_imported(run):
    inputs = (InputFile("helper.py", b"print('ran unseen')"), InputFile("json.py", b"print('ran unseen')"))
    text = """
        import json, sys
        try:
            import helper
        except ImportError as error:
            print(error)
        print([entry for entry in sys.path if entry in ("", ".", "/workspace")])
    """
    assert succeeds(run(text, inputs=inputs)) == "No module named 'helper'\n[]\n"


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("import subprocess\nprint(subprocess.run(['echo', 'hi'], capture_output=True, text=True).stdout)", "hi\n\n"),
        ("import os\nprint(os.system('exit 3') >> 8)", "3\n"),
        ("import sys, subprocess\nsubprocess.run([sys.executable, '-c', 'print(6 * 7)'], check=True)", "42\n"),
        (
            """
            import asyncio
            async def child():
                process = await asyncio.create_subprocess_exec("cat", stdin=-1, stdout=-1)
                return (await process.communicate(b"through a pipe"))[0]
            async def main():
                server = await asyncio.start_server(lambda r, w: (w.write(b"x"), w.close()), "127.0.0.1", 0)
                reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
                got = await reader.read()
                writer.close()
                server.close()
                print(got, await child())
            asyncio.run(main())
            """,
            "b'x' b'through a pipe'\n",
        ),
        (
            """
            import multiprocessing
            def square(x):
                return x * x
            if __name__ == "__main__":
                with multiprocessing.get_context("fork").Pool(3) as pool:
                    print(pool.map(square, range(5)))
            """,
            "[0, 1, 4, 9, 16]\n",
        ),
        (
            """
            import multiprocessing, os
            from concurrent.futures import ProcessPoolExecutor
            class Job:
                def __init__(self, number): self.number = number
            def square(x):
                return x * x
            def work(job, queue, lock, total):
                with lock:
                    total.value += job.number
                queue.put(Job(job.number + 1))
            if __name__ == "__main__":
                for method in ("spawn", "forkserver"):
                    context = multiprocessing.get_context(method)
                    queue, lock, total = context.Queue(), context.Lock(), context.Value("i", 0)
                    jobs = [context.Process(target=work, args=(Job(n), queue, lock, total)) for n in (1, 2)]
                    for job in jobs: job.start()
                    print(sorted(queue.get().number for _ in jobs), [job.join() or job.exitcode for job in jobs], total.value)
                    with ProcessPoolExecutor(2, mp_context=context) as pool:
                        print(list(pool.map(square, range(3))))
                multiprocessing.set_start_method("spawn")
                with multiprocessing.Pool(2) as pool:
                    print(pool.map(square, range(3)), multiprocessing.get_start_method())
            """,
            "[2, 3] [0, 0] 3\n[0, 1, 4]\n" * 2 + "[0, 1, 4] spawn\n",
        ),
        (
            """
            from concurrent.futures import ThreadPoolExecutor
            with ThreadPoolExecutor(8) as pool:
                print(sum(pool.map(len, ["a"] * 100)))
            """,
            "100\n",
        ),
        (
            """
            import sqlite3
            with sqlite3.connect("a.db") as db:
                db.execute("create table t (x)")
                db.executemany("insert into t values (?)", [(i,) for i in range(1000)])
                print(db.execute("select sum(x) from t").fetchone())
            """,
            "(499500,)\n",
        ),
        (
            """
            import os, tempfile
            with tempfile.TemporaryDirectory() as folder, tempfile.NamedTemporaryFile() as file:
                print(os.path.dirname(folder), os.path.dirname(file.name))
            """,
            "/tmp /tmp\n",
        ),
        ("import ctypes\nprint(ctypes.CDLL(None).abs(-3))", "3\n"),
        (
            "import ctypes\nT = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)\nprint(T(lambda x: x + 1)(41))",
            "42\n",
        ),
        ("import mmap\nm = mmap.mmap(-1, 100)\nm[:2] = b'ok'\nprint(m[:2])", "b'ok'\n"),
        ("import os, pwd\nprint(pwd.getpwuid(os.getuid()).pw_name)", "agent\n"),
        ("import signal\nsignal.pthread_sigmask(0, [14])\nsignal.alarm(1)\nprint(int(signal.sigwait([14])))", "14\n"),
        ("import socket\nprint(socket.getaddrinfo('127.0.0.1', 80)[0][4])", "('127.0.0.1', 80)\n"),
        ("import socket\nprint(socket.gethostbyname('localhost'), socket.gethostname())", "127.0.0.1 sandbox\n"),
        ("import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))\nprint('ok')", "ok\n"),
        ("import os\nprint(len(os.sched_getaffinity(0)) > 0, os.cpu_count() > 0)", "True True\n"),
        ("import inspect\ndef f():\n    return 1\nprint(inspect.getsource(f))", "def f():\n    return 1\n\n"),
        ("print('ü€😀', '\\udc80'.encode('utf-8', 'surrogateescape'))", "ü€😀 b'\\x80'\n"),
        ("from __future__ import annotations\nx: no_such_name = 1\nprint(__annotations__)", "{'x': 'no_such_name'}\n"),
        ("def f(x: int): pass\nprint(f.__annotations__)", "{'x': <class 'int'>}\n"),
        ("import atexit, threading, time\natexit.register(print, 'last')\n"
         "threading.Thread(target=lambda: (time.sleep(0.05), print('thread'))).start()\nprint('main')",
         "main\nthread\nlast\n"),
        ("import os\nif os.fork() == 0:\n    print('child')\nelse:\n    os.wait()\n    print('parent')", "child\nparent\n"),
    ],
)  # fmt: skip
def test_ordinary_python_works(run, text, printed):
    assert succeeds(run(text)) == printed


def test_what_the_program_left_or_changed_comes_back(run):
    text = """
        import os
        os.makedirs("plots/raw")
        open("plots/raw/1.bin", "wb").write(bytes(200_000))
        open("empty", "w").close()
        open("changed.txt", "a").write("!")
        open("same.txt", "w").write("same")
        os.remove("gone.txt")
    """
    names = ("changed.txt", "same.txt", "gone.txt", "untouched.txt")
    result = run(text, inputs=tuple(InputFile(name, name[:-4].encode()) for name in names))
    succeeds(result)
    assert [(file.name, file.data) for file in result.artifacts] == [
        ("changed.txt", b"changed!"),
        ("empty", b""),
        ("plots/raw/1.bin", bytes(200_000)),
    ]
    assert result.rejected == ()


def test_files_come_back_from_a_program_that_failed(run):
    result = run("open('log.txt', 'w').write('so far')\n1 / 0")
    assert result.exit_code == 1
    assert [(file.name, file.data) for file in result.artifacts] == [("log.txt", b"so far")]


def test_output_arrives_while_the_program_runs(run):
    # The program waits for its own first line to be seen: a file appears only if it had been.
    pieces = []
    result = run(
        "print('first')\nimport time; time.sleep(0.3)\nprint('second')",
        on_output=lambda stream, data: pieces.append((stream, data)),
    )
    assert pieces == [("stdout", b"first\n"), ("stdout", b"second\n")]
    assert result.stdout == "first\nsecond\n"


def test_large_output_is_whole(run):
    result = run("print('x' * 900_000)")
    assert (len(result.stdout), result.output_truncated) == (900_001, False)


def test_a_child_that_lives_on_does_not_hold_the_result_up(run, our_containers):
    result = run("import subprocess\nsubprocess.Popen(['sleep', '1000'])\nprint('done')")
    assert (result.stdout, result.exit_code) == ("done\n", 0)
    assert our_containers() == []


def test_usage_is_measured(run):
    usage = run("x = bytearray(80_000_000)\nn = 0\nfor i in range(3_000_000): n += i").usage
    assert usage.wall_s > 0
    assert usage.cpu_s > 0.02
    assert usage.memory_peak_bytes > 80_000_000
    assert usage.processes_peak == 1


def test_usage_is_measured_by_samples_where_there_are_no_control_groups(run, monkeypatch):
    monkeypatch.setattr("execgate.sandbox.usage.Group.of", lambda *_: None)
    usage = run("import time\nx = bytearray(80_000_000)\ntime.sleep(0.5)").usage
    assert usage.memory_peak_bytes > 80_000_000
    assert usage.cpu_s >= 0
    assert usage.processes_peak == 1


def test_usage_counts_processes_at_once(run):
    text = """
        import subprocess
        children = [subprocess.Popen(["sleep", "0.5"]) for _ in range(5)]
        for child in children: child.wait()
    """
    assert run(text).usage.processes_peak == 6
