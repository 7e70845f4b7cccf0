"""Programs that use files, on their way in and out, against the host, the gate or the next run.

What a program leaves is listed and sent when nothing of it lives any more, each file opened without following
a link, under caps; the host checks every name again and writes without following one either.
"""

import dataclasses
import os
import tempfile
import textwrap
from pathlib import Path

import pytest

from execgate.model.confines import OPEN, Confines, HostFolder
from execgate.model.execution import Artifact, InputFile, Stop
from execgate.model.limits import Limits
from execgate.model.program import Program
from execgate.model.source import Source
from execgate.model.verdict import Authorization, Verdict
from execgate.sandbox import collect_inputs, write_artifacts

pytestmark = pytest.mark.engine

WIDE = dataclasses.replace(OPEN, network=False)

NOT_REGULAR = "not a regular file"

# What each leaves, by name and content (or size), and the lines for what does not come back.
PROGRAMS = {
    "links to what only the supervisor may read, and out of the folder": (
        """
        import os
        for number, target in enumerate((
            "/proc/1/environ", "/proc/1/fd/0", "/proc/1/root/etc/shadow", "/proc/self/mem", "/proc/kcore",
            "/etc/passwd", "../etc/passwd", "/workspace/real", "loop7", "x" * 4000, "/dev/zero", "/",
        )):
            os.symlink(target, f"loop{number}")
        open("real", "w").write("r")
        """,
        {"real": b"r"},
        [f"{name}: {NOT_REGULAR}" for name in sorted(f"loop{number}" for number in range(12))],
    ),
    "a folder that a link replaces, again and again, while everything is collected": (
        """
        import os
        os.mkdir("etc")
        open("etc/passwd", "w").write("mine")
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                while True:
                    os.rename("etc", "aside")
                    os.symlink("/etc", "etc")
                    os.unlink("etc")
                    os.rename("aside", "etc")
            os._exit(0)
        os.wait()
        """,
        # It may die between any two of these steps; never does a file of the image come back.
        lambda files: set(files.values()) <= {b"mine"} and len(files) <= 1,
        lambda refused: set(refused) <= {f"etc: {NOT_REGULAR}"},
    ),
    "a file that becomes a device, a FIFO and a link while it is read": (
        """
        import os
        open("a", "w").write("mine")
        for _ in range(4):
            if os.fork() == 0:
                os.setsid()
                while True:
                    for make in (lambda: os.symlink("/proc/1/environ", "b"), lambda: os.mkfifo("b"),
                                 lambda: os.link("a", "b")):
                        try:
                            make()
                            os.replace("b", "c")
                        except OSError:
                            pass
        """,
        lambda files: set(files.values()) <= {b"mine"},
        lambda refused: {line.partition(": ")[2] for line in refused} <= {NOT_REGULAR},
    ),
    "somebody who goes on writing when the program is over": (
        """
        import os, time
        if os.fork() == 0:
            os.setsid()
            with open("growing", "wb", buffering=0) as file:
                while True:
                    file.write(bytes(1000))
                    file.flush()
                    time.sleep(0.001)
        time.sleep(0.05)
        """,
        lambda files: list(files) == ["growing"] and len(files["growing"]) % 1000 == 0,
        [],
    ),
    "devices": (
        """
        import os, stat
        for kind in (stat.S_IFCHR, stat.S_IFBLK):
            try:
                os.mknod("device", kind | 0o666, os.makedev(1, 5))
                print("made")
            except PermissionError:
                pass
        """,
        {},
        [],
    ),
    "FIFOs and sockets, for whoever opens them to wait at": (
        """
        import os, socket
        os.mkfifo("fifo")
        os.mkdir("deep")
        os.mkfifo("deep/fifo")
        socket.socket(socket.AF_UNIX).bind("socket")
        """,
        {},
        [f"deep/fifo: {NOT_REGULAR}", f"fifo: {NOT_REGULAR}", f"socket: {NOT_REGULAR}"],
    ),
    "holes that no limit was asked for": (
        """
        import mmap, os
        open("tail", "wb").truncate(20_000_000)
        with open("middle", "wb") as file:
            file.write(b"a")
            file.seek(9_000_000)
            file.write(b"z")
        with open("mapped", "w+b") as file:
            file.truncate(5_000_000)
            mmap.mmap(file.fileno(), 0)[100] = 1
        open("whole", "wb").write(bytes(200_000))
        with open("little", "wb") as file:
            file.write(bytes(8192))
            file.truncate(40_000)
        """,
        lambda files: (
            {name: len(data) for name, data in files.items()} == {"little": 40_000, "whole": 200_000}
        ),
        [f"{name}: sparse: most of it was never written" for name in ("mapped", "middle", "tail")],
    ),
    "one file under more names than may come back": (
        """
        import os
        open("0", "wb").write(bytes(7_000_000))
        for number in range(1, 8):
            os.link("0", str(number))
        """,
        lambda files: sum(map(len, files.values())) == 28_000_000,
        lambda refused: len(refused) == 4 and all("too large" in line for line in refused),
    ),
    "an exabyte": (
        """
        try:
            open("huge", "wb").truncate(1 << 60)
        except OSError:
            open("huge", "wb").truncate(60_000_000)
        """,
        {},
        ["huge: too large: the files that come back are at most 32,000,000 bytes together"],
    ),
    "names that are commands, escapes and other places": (
        r"""
        names = [b"a\nb", b"\x1b]0;title\x07", b"\xff\xfe", "a\u202eb".encode(), b"..\\..\\boot.ini", b"con\x7f",
                 "\u2028".encode(), "\ufeffx".encode(), b"-rf", b"$(id)", b"`id`", b"a;b", b"%n", b".", b"..", b"x" * 255]
        for name in names:
            try:
                open(name, "wb").close()
            except IsADirectoryError:
                pass
        """,
        dict.fromkeys(("$(id)", "%n", "-rf", "`id`", "a;b", "x" * 255), b""),
        lambda refused: len(refused) == 8 and all(line.isprintable() for line in refused),
    ),
    "more files than come back, in many folders": (
        """
        import os
        for number in range(40):
            os.mkdir(f"d{number:03}")
            for inner in range(20):
                open(f"d{number:03}/{inner}", "w").close()
        """,
        lambda files: len(files) == 100,
        lambda refused: len(refused) == 101 and "too many" in refused[-1],
    ),
    "a folder deeper than any path": (
        """
        import os
        for _ in range(90):
            os.mkdir("d" * 50)
            os.chdir("d" * 50)
        open("bottom", "w").write("x")
        """,
        {},
        lambda refused: len(refused) == 1 and refused[0].endswith("too deep below the working folder"),
    ),
    "files and folders that their owner may not read": (
        """
        import os
        open("file", "w").write("x")
        os.mkdir("folder")
        open("folder/file", "w").write("x")
        os.chmod("file", 0)
        os.chmod("folder", 0)
        """,
        {},
        ["folder: can't be read", "file: can't be read"],
    ),
    "a working folder that nobody may enter": (
        "import os\nopen('file', 'w').write('x')\nos.chmod('.', 0)",
        {},
        lambda refused: all("can't be read" in line for line in refused),
    ),
    "a file that was deleted and one that never had a name": (
        """
        import os
        gone = open("gone", "w")
        gone.write("x")
        gone.flush()
        os.unlink("gone")
        unnamed = os.open(".", os.O_TMPFILE | os.O_RDWR)
        os.write(unnamed, b"y")
        """,
        {},
        [],
    ),
    "set-user-id files, attributes and flags": (
        """
        import fcntl, os, struct
        open("suid", "w").write("x")
        os.chmod("suid", 0o6777)
        for name in ("security.capability", "trusted.x"):
            try:
                os.setxattr("suid", name, b"x" * 20)
                print("set")
            except OSError:
                pass
        with open("suid") as file:
            try:
                fcntl.ioctl(file, 0x40086602, struct.pack("l", 0x10))  # FS_IOC_SETFLAGS, immutable
                print("immutable")
            except OSError:
                pass
        """,
        {"suid": b"x"},
        [],
    ),
    "the working folder moved, covered and left": (
        """
        import ctypes, os
        libc = ctypes.CDLL(None)
        print(libc.mount(b"/etc", b"/workspace", None, 4096, None), libc.umount2(b"/workspace", 2),
              libc.chroot(b"/tmp"), libc.pivot_root(b"/tmp", b"/tmp") if hasattr(libc, "pivot_root") else -1)
        try:
            os.rename("/workspace", "/tmp/workspace")
        except OSError:
            print("stays")
        open("file", "w").write("x")
        """,
        {"file": b"x"},
        [],
    ),
}

PRINTED = {"the working folder moved, covered and left": "-1 -1 -1 -1\nstays\n"}


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_is_left_harms_nobody(run, name):
    text, expected, refusals = PROGRAMS[name]
    result = run(text, confines=WIDE, wall_s=60.0)
    assert (result.stopped_by, result.exit_code, result.stderr) == (Stop.EXIT, 0, "")
    assert result.stdout == PRINTED.get(name, "")
    files = {artifact.name: artifact.data for artifact in result.artifacts}
    assert expected(files) if callable(expected) else files == expected, files.keys()
    refused = list(result.rejected)
    assert refusals(refused) if callable(refusals) else refused == refusals, refused


def test_an_input_is_the_program_s_own_copy(run, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text("1")
    (tmp_path / "in" / "secret").symlink_to("/etc/passwd")
    inputs, notes = collect_inputs(tmp_path / "in")
    text = "import os\nprint(sorted(os.listdir()))\nos.remove('a.csv')\nos.symlink('/etc/passwd', 'a.csv')"
    result = run(text, inputs=inputs)
    assert result.stdout == "['a.csv']\n"
    assert (result.artifacts, result.rejected) == ((), (f"a.csv: {NOT_REGULAR}",))
    assert notes == (f"secret: {NOT_REGULAR}",)
    assert (tmp_path / "in" / "a.csv").read_text() == "1"


# --- the two tricks on executors that share a folder with the host --------------------------------------------


def test_a_link_planted_where_the_host_writes_next_is_not_followed(run, tmp_path):
    """One block leaves a link with the name of the next block's file, and the host writes through it."""
    host = tmp_path / "host.txt"
    host.write_text("of the host")
    first = run(
        f"""
        import os
        for name in ("tmp_code_1.py", "next.py", "out.csv"):
            os.symlink({str(host)!r}, name)
        os.mkdir("sub")
        os.symlink({str(tmp_path)!r}, "sub/up")
        """
    )
    assert first.artifacts == ()
    assert len(first.rejected) == 4
    # And where one is there already, from whomever.
    work = tmp_path / "work"
    work.mkdir()
    (work / "out.csv").symlink_to(host)
    (work / "up").symlink_to(tmp_path)
    second = run(
        "import os\nos.mkdir('up')\nfor name in ('out.csv', 'up/host.txt', 'fine'): open(name, 'w').write('x')"
    )
    written, refused = write_artifacts(work, second.artifacts)
    assert written == (work / "fine",)
    assert [line.partition(":")[0] for line in refused] == ["out.csv", "up/host.txt"]
    assert host.read_text() == "of the host"


UNJUDGED = "import os\nprint('ran as', os.getpid())\n"


@pytest.mark.parametrize(
    ("setting", "attempt"),
    [
        ("pass", "import helper"),
        ("pass", "import package.helper"),
        ("pass", "import sys; sys.path[:0] = ['/workspace/package', '.', '']; import helper"),
        ("open('late.py', 'w').write(open('helper.py').read())", "import late"),
        (
            "import py_compile; py_compile.compile('helper.py', 'other.pyc')",
            "import other",
        ),
        (
            "import os, shutil; os.makedirs('/tmp/lib'); shutil.copy('helper.py', '/tmp/lib/far.py')",
            "import sys; sys.path.insert(0, '/tmp/lib'); import far",
        ),
        (
            "import zipfile; zipfile.ZipFile('lib.zip', 'w').writestr('zipped.py', open('helper.py').read())",
            "import sys; sys.path.insert(0, 'lib.zip'); import zipped",
        ),
        (
            "import os, shutil; os.makedirs('/home/agent/lib'); shutil.copy('helper.py', '/home/agent/lib/user.py')",
            "import sys; sys.path.insert(0, '/home/agent/lib'); import user",
        ),
        (
            "import os; os.symlink('/workspace', '/tmp/linked')",
            "import sys; sys.path.insert(0, '/tmp/linked'); import helper",
        ),
    ],
)
def test_a_file_that_nobody_judged_is_no_module(run, setting, attempt):
    """A block of another language is saved unexecuted under the name of a module, and the next one imports it."""
    inputs = (InputFile("helper.py", UNJUDGED.encode()), InputFile("package/helper.py", UNJUDGED.encode()))
    text = f"{setting}\ntry:\n    {attempt}\nexcept ImportError as error:\n    print('refused')"
    result = run(text, inputs=inputs, confines=WIDE)
    assert result.stdout == "refused\n", result.stderr


def test_a_judged_file_that_is_written_over_is_no_module_either(sandbox):
    text = textwrap.dedent("""
        open("helper.py", "w").write("print('another text')")
        try:
            import helper
        except ImportError as error:
            print(error)
    """)
    source = Source(text, "job.py")
    verdict = Verdict(
        source=source,
        agent="tester",
        program=Program(source, staged=(Source("print('judged')", "helper.py"),)),
        limits=Limits(),
        confines=WIDE,
        policy_digest="sha256:" + "0" * 64,
    )
    result = sandbox.run(Authorization.of(verdict), inputs=(InputFile("helper.py", b"print('judged')"),))
    assert result.stdout == "/workspace/helper.py is not the text that was judged\n", result.stderr


# --- out, on the host ---------------------------------------------------------------------------------------


def test_what_comes_out_is_written_as_plain_files_below_the_folder(run, tmp_path):
    result = run(
        """
        import os
        os.makedirs("a/b")
        open("a/b/suid", "w").write("#!/bin/sh")
        os.chmod("a/b/suid", 0o6777)
        """
    )
    os.umask(0o022)
    (path,), refused = write_artifacts(tmp_path / "out", result.artifacts)
    assert refused == ()
    assert path.stat().st_mode & 0o7777 == 0o644


def test_a_folder_that_becomes_a_link_while_files_are_written(tmp_path, monkeypatch):
    """Between two files somebody replaces the folder: each step is opened anew, and none through a link."""
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (out / "sub").mkdir(parents=True)
    real = os.open

    def swapping(path, flags, *arguments, **settings):
        if path == "sub":
            (out / "sub").rmdir()
            (out / "sub").symlink_to(elsewhere)
        return real(path, flags, *arguments, **settings)

    monkeypatch.setattr(os, "open", swapping)
    written, refused = write_artifacts(out, [Artifact("sub/file", b"x")])
    assert written == ()
    assert len(refused) == 1
    assert list(elsewhere.iterdir()) == []


@pytest.fixture
def folder():
    """Return a folder that every user can reach and write to: those of pytest are one user's own."""
    with tempfile.TemporaryDirectory(prefix="execgate-") as name:
        Path(name).chmod(0o777)
        yield Path(name)


def test_a_folder_of_the_host_is_no_place_to_leave_anything(run, folder):
    confines = Confines(
        reads=None, writes=None, commands=True, native=True, host_folders=(HostFolder(str(folder), "/data"),)
    )
    result = run(
        """
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        for act in (
            lambda: open("/data/new", "w"),
            lambda: os.link("/workspace/mine", "/data/mine"),
            lambda: os.rename("/workspace/mine", "/data/mine"),
            lambda: os.symlink("/etc", "/data/link"),
            lambda: os.mknod("/data/node"),
            lambda: os.open("/data", os.O_TMPFILE | os.O_RDWR),
            lambda: os.chmod("/data", 0o700),
            lambda: os.setxattr("/data", "user.x", b"y"),
            lambda: os.rmdir("/data"),
        ):
            open("/workspace/mine", "w").write("x")
            try:
                act()
                print("did")
            except OSError:
                pass
        remount = libc.mount(None, b"/data", None, 32 | 4096, None)
        over = libc.mount(b"/workspace", b"/data", None, 4096, None)
        print(remount, over, os.listdir("/data"))
        """,
        confines=confines,
    )
    assert result.stdout == "-1 -1 []\n", result.stderr
    assert list(folder.iterdir()) == []
    assert folder.stat().st_mode & 0o777 == 0o777


def test_the_next_run_works(run):
    result = run("open('a', 'w').write('b')\nprint('fine')")
    assert (result.stdout, [file.name for file in result.artifacts]) == ("fine\n", ["a"])
