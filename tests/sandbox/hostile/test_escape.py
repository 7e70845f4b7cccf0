"""Programs that want out: to the gate, its files and its memory, the host, the engine, and other runs.

Each prints what it came by, and nothing is what it may come by.  The last of every test is an ordinary run.
"""

import os
import socket
import textwrap
import threading
from pathlib import Path

import pytest

from execgate.model.execution import InputFile, Stop

pytestmark = pytest.mark.engine

TOKEN = "token-" + "9f1c4ae27d"
"""What must not be found.  No program holds it whole: one that did would find it in its own memory."""

HELP = textwrap.dedent("""
    import ctypes, errno, fcntl, glob, os, signal, socket, stat, struct, sys, time
    TOKEN = "token-" + "9f1c4ae27d"
    got = []
    def look(name, do):
        try:
            found = do()
        except (OSError, ValueError, EOFError):
            return
        if found is None or found is False:
            return
        got.append((name, str(found)[:200]))
    def has_token(path):
        with open(path, "rb") as file:
            return TOKEN.encode() in file.read(1 << 20)
    def others():
        return [int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]
""")

PROGRAMS = {
    "a file of the host by its own path, and upwards from everywhere": """
        roads = ["", "/..", "/proc/self/root", "/proc/self/cwd/../..", "/proc/thread-self/root/../..", "/workspace/../..",
                 "/dev/shm/../../..", "/run/../..", "/usr/../../..", "/opt/execgate/../../..", "/proc/self/fd/0/../../.."]
        for road in roads:
            for path in (SECRET, POLICY, RECEIPTS):
                look(road + path, lambda: os.stat(road + path))
    """,
    "a file of the host through the roots and folders of other processes": """
        for pid in [1, *others(), GATE, os.getppid(), 0]:
            for door in ("root", "cwd", "task/%d/root" % pid, "map_files", "fd"):
                look((pid, door), lambda: os.stat(f"/proc/{pid}/{door}{SECRET}"))
                if pid == 1: look((pid, door), lambda: os.listdir(f"/proc/{pid}/{door}"))
    """,
    "a file of the host from a folder that is open": """
        for place in ("/", "/workspace", "/tmp", "/proc/self/root", "/proc/self/cwd"):
            fd = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
            for depth in (1, 5, 20):
                look(place, lambda: os.stat("../" * depth + SECRET[1:], dir_fd=fd))
            try:
                os.fchdir(fd)
            except OSError:
                continue
            look(place, lambda: os.stat("../" * 30 + SECRET[1:]))
    """,
    "a link that the gate is to follow": """
        os.chdir("/workspace")
        for number, target in enumerate((SECRET, POLICY, "/etc/shadow", "/proc/1/environ", "../../.." + SECRET)):
            os.symlink(target, f"link{number}")
            try: os.link(target, f"hard{number}")
            except OSError: pass
        os.symlink(os.path.dirname(SECRET), "folder")
        look("through a link", lambda: has_token("link0"))
        look("through a folder", lambda: os.stat("folder/" + os.path.basename(SECRET)))
    """,
    "the environment of the gate": """
        for pid in ["self", 1, GATE, *others()]:
            look(pid, lambda: has_token(f"/proc/{pid}/environ") or None)
        look("own", lambda: [name for name in os.environ if name.startswith(("EXECGATE", "DOCKER", "AWS"))] or None)
        libc = ctypes.CDLL(None)
        libc.getenv.restype = ctypes.c_char_p
        look("C library", lambda: libc.getenv(b"EXECGATE_HOSTILE_SECRET"))
    """,
    "the memory of the gate and of the supervisor": """
        for pid in [1, GATE, os.getppid(), *others()]:
            for file in ("mem", "maps", "smaps", "auxv", "stack", "syscall", "pagemap"):
                look((pid, file), lambda: open(f"/proc/{pid}/{file}", "rb").read(16))
            look((pid, "write"), lambda: open(f"/proc/{pid}/mem", "wb"))
        libc = ctypes.CDLL(None, use_errno=True)
        buffer = ctypes.create_string_buffer(64)
        here = struct.pack("PP", ctypes.addressof(buffer), 64)
        for pid in (1, GATE, os.getppid()):
            look((pid, "process_vm_readv"), lambda: libc.process_vm_readv(pid, here, 1, here, 1, 0) >= 0)
            look((pid, "ptrace"), lambda: libc.ptrace(16, pid, 0, 0) >= 0)
    """,
    "descriptors that were left open": """
        for fd in range(3, 1024):
            # What it is seen to do goes out by one pipe, which it can write to and no more.
            look(fd, lambda: not (stat.S_ISFIFO(os.fstat(fd).st_mode) and fcntl.fcntl(fd, fcntl.F_GETFL) & 3 == 1))
        for fd in (0, 1, 2):
            look(fd, lambda: stat.S_ISSOCK(os.fstat(fd).st_mode) or None)
            look(fd, lambda: os.isatty(fd) or None)
    """,
    "descriptors of the supervisor": """
        for pid in (1, os.getppid()):
            for fd in range(12):
                look((pid, fd), lambda: os.open(f"/proc/{pid}/fd/{fd}", os.O_RDWR))
                look((pid, fd), lambda: os.readlink(f"/proc/{pid}/fd/{fd}"))
                look((pid, fd), lambda: open(f"/proc/{pid}/fdinfo/{fd}").read())
        libc = ctypes.CDLL(None, use_errno=True)
        for pid in (1, GATE):
            try: handle = os.pidfd_open(pid)
            except (OSError, AttributeError): continue
            for fd in range(12):
                look((pid, fd), lambda: libc.syscall(438, handle, fd, 0) >= 0)
    """,
    "keys pressed for whoever sits at the terminal": """
        for path in ("/dev/tty", "/dev/console", "/dev/tty0", "/dev/tty1", *glob.glob("/dev/pts/[0-9]*")):
            look(path, lambda: os.open(path, os.O_RDWR | os.O_NOCTTY))
        for fd in (0, 1, 2):
            look(("TIOCSTI", fd), lambda: fcntl.ioctl(fd, 0x5412, b"x"))
            look(("TIOCLINUX", fd), lambda: fcntl.ioctl(fd, 0x541C, b"\\x02"))
            look(("TIOCSCTTY", fd), lambda: fcntl.ioctl(fd, 0x540E, 1))
    """,
    "logs and secrets of the kernel": """
        for path in ("/dev/kmsg", "/proc/kmsg", "/dev/mem", "/dev/kmem", "/dev/port", "/proc/kcore",
                     "/sys/kernel/debug", "/sys/kernel/tracing", "/proc/sysrq-trigger", "/sys/firmware/efi/efivars"):
            look(path, lambda: os.listdir(path) or None if os.path.isdir(path) else open(path, "rb").read(1) or None)
        libc = ctypes.CDLL(None, use_errno=True)
        buffer = ctypes.create_string_buffer(4096)
        for kind in (2, 3, 4, 10):
            look(("syslog", kind), lambda: libc.klogctl(kind, buffer, 4096) >= 0 or None)
        for path in ("/proc/keys", "/proc/timer_list", "/proc/kallsyms"):
            look(path, lambda: [line for line in open(path) if line.split()[0].strip("0:")] or None)
    """,
    "processes of the host": """
        for pid in (GATE, GATE + 1, GATE - 1):
            if pid == os.getpid() or os.path.exists(f"/proc/{pid}"): continue
            look((pid, "kill"), lambda: os.kill(pid, 0) or True)
            look((pid, "affinity"), lambda: os.sched_getaffinity(pid))
            look((pid, "priority"), lambda: os.getpriority(os.PRIO_PROCESS, pid))
            look((pid, "session"), lambda: os.getsid(pid))
        if len(os.listdir("/proc/1/task")) > 4: got.append("this is no process namespace")
        names = [open(f"/proc/{pid}/comm").read().strip() for pid in others()]
        look("names", lambda: [name for name in names if not name.startswith("python")] or None)
        look("all", lambda: (len(names) > 3) or None)
    """,
    "the engine": """
        for path in ("/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock", "/run/podman/podman.sock",
                     "/run/crio/crio.sock", "/run/user/0/docker.sock", "/run/dbus/system_bus_socket", "/run/systemd/private"):
            look(path, lambda: os.stat(path))
        for port in (2375, 2376, 2377, 6443, 10250):
            look(port, lambda: socket.create_connection(("127.0.0.1", port), 1))
        look("files", lambda: os.listdir("/var/lib/docker"))
        look("init", lambda: os.stat("/.dockerinit"))
    """,
    "sockets of the host": """
        for name in ABSTRACT:
            with socket.socket(socket.AF_UNIX) as one:
                look(name, lambda: one.connect(chr(0) + name) or True)
        look("loopback", lambda: socket.create_connection(("127.0.0.1", PORT), 2))
        look("file", lambda: socket.socket(socket.AF_UNIX).connect(SOCKET) or True)
        look("table", lambda: [line for line in open("/proc/net/unix") if ABSTRACT[0] in line] or None)
        look("tcp", lambda: open("/proc/net/tcp").read().splitlines()[1:] or None)
    """,
    "shared memory and queues of the host": """
        look("shm", lambda: os.listdir("/dev/shm") or None)
        look("mqueue", lambda: os.listdir("/dev/mqueue") or None)
        for kind in ("shm", "msg", "sem"):
            look(kind, lambda: open(f"/proc/sysvipc/{kind}").read().splitlines()[1:] or None)
    """,
    "its control group": """
        for folder, _, files in os.walk("/sys/fs/cgroup"):
            for name in files:
                if name in ("cgroup.procs", "tasks", "release_agent", "notify_on_release", "memory.limit_in_bytes",
                            "memory.max", "pids.max", "cgroup.kill", "cgroup.event_control", "cgroup.subtree_control"):
                    look((folder, name), lambda: os.open(os.path.join(folder, name), os.O_WRONLY))
            look(folder, lambda: os.mkdir(folder + "/mine") or True)
        look("others", lambda: [p for p in glob.glob("/sys/fs/cgroup/**/cgroup.procs", recursive=True)
                                if len(open(p).read().split()) > 12] or None)
    """,
    "another sandbox inside this one": """
        import subprocess
        libc = ctypes.CDLL(None, use_errno=True)
        for flag in (0x10000000, 0x10020000, 0x20000, 0x20000000, 0x40000000, 0x02000000):
            look(hex(flag), lambda: libc.unshare(flag) == 0 or None)
        for name in ("user", "mnt", "pid", "net"):
            for pid in ("self", 1, GATE):
                look((pid, name), lambda: libc.setns(os.open(f"/proc/{pid}/ns/{name}", os.O_RDONLY), 0) == 0 or None)
        for program in ("bwrap", "unshare", "nsenter", "chroot", "mount", "su", "sudo", "docker"):
            look(program, lambda: subprocess.run([program, "--help"], capture_output=True))
        look("mount", lambda: libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0 or None)
        look("umount", lambda: libc.umount2(b"/proc/keys", 2) == 0 or None)
        look("remount", lambda: libc.mount(None, b"/", None, 32 | 4096, None) == 0 or None)
    """,
    "a change to what every run is made from": """
        for folder in ("/", "/usr", "/usr/bin", "/etc", "/opt/execgate", "/opt", "/var", "/run", "/home", "/dev", "/sys",
                       "/lib", "/root", *sys.path):
            look(folder, lambda: open(folder + "/probe", "w"))
            look(folder, lambda: os.utime(folder))
            look(folder, lambda: os.chmod(folder, 0o777))
        look("guest", lambda: open("/opt/execgate/start.pyc", "r+b"))
        look("python", lambda: open(sys.executable, "r+b"))
    """,
    "the end of the supervisor": """
        for number in range(1, 65):
            try: os.kill(1, number)
            except OSError: pass
        try: os.kill(-1, 9) if os.fork() == 0 else time.sleep(0.2)
        except OSError: pass
        look("ended", lambda: None)
    """,
}


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    """Put something of each kind on the host; return the lines that tell a program where it lies."""
    folder = tmp_path_factory.mktemp("gate")
    for step in (folder, folder.parent, folder.parent.parent):
        step.chmod(0o755)
    for name in ("secret", "p.policy", "receipts.db"):
        (folder / name).write_text(TOKEN)
        (folder / name).chmod(0o644)
    name = f"execgate-hostile-{os.getpid()}"
    shared = Path("/dev/shm", name)
    with (
        socket.socket(socket.AF_UNIX) as abstract,
        socket.socket(socket.AF_UNIX) as file,
        socket.socket() as port,
    ):
        abstract.bind("\0" + name)
        file.bind(str(folder / "socket"))
        (folder / "socket").chmod(0o777)
        port.bind(("127.0.0.1", 0))
        for one in (abstract, file, port):
            one.listen()
        shared.write_text(TOKEN)
        yield (
            f"GATE = {os.getpid()}\nSECRET = {str(folder / 'secret')!r}\nPOLICY = {str(folder / 'p.policy')!r}\n"
            f"RECEIPTS = {str(folder / 'receipts.db')!r}\nABSTRACT = [{name!r}]\nSOCKET = {str(folder / 'socket')!r}\n"
            f"PORT = {port.getsockname()[1]}\n"
        )
    shared.unlink()


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_comes_by_nothing_of(run, host, monkeypatch, name):
    monkeypatch.setenv("EXECGATE_HOSTILE_SECRET", TOKEN)
    result = run(HELP + host + textwrap.dedent(PROGRAMS[name]) + "\nprint(got)\n", wall_s=20.0)
    assert (result.stopped_by, result.stdout) == (Stop.EXIT, "[]\n"), result.stderr + result.detail
    # Links come back neither as files nor as what they lead to.
    assert all(TOKEN.encode() not in file.data for file in result.artifacts)
    assert run("print('next')").stdout == "next\n"


def test_a_link_that_leads_out_is_named_and_not_taken(run, host):
    text = HELP + host + textwrap.dedent(PROGRAMS["a link that the gate is to follow"])
    result = run(text)
    assert result.artifacts == ()
    assert sum("link" in line or "folder" in line for line in result.rejected) >= 6


FRAMES = {kind: bytes((kind,)) + (4).to_bytes(4, "big") + b"\0\0\0\0" for kind in b"RB12PFDXE!COJSGKNLMU"}


@pytest.mark.parametrize("kind", FRAMES, ids=chr)
def test_a_frame_that_a_program_prints_is_output_and_nothing_else(run, kind):
    frame = FRAMES[kind]
    text = f"""
        import os
        for fd in range(1, 64):
            try: os.write(fd, {frame!r})
            except OSError: pass
        for path in ("/proc/1/fd/0", "/proc/1/fd/1", "/proc/self/fd/1"):
            try: os.write(os.open(path, os.O_WRONLY), {frame!r})
            except OSError: pass
    """
    result = run(text)
    assert (result.stopped_by, result.exit_code, result.artifacts) == (Stop.EXIT, 0, ())
    assert (result.stdout, result.stderr) == (
        (frame * 2).decode("utf-8", "replace"),
        frame.decode("utf-8", "replace"),
    )


SEEKER = """
    got = []
    deadline = time.monotonic() + 4
    while time.monotonic() < deadline:
        for place in ("/workspace", "/tmp", "/dev/shm", "/home/agent"):
            for folder, _, files in os.walk(place):
                got += [os.path.join(folder, name) for name in files]
        for pid in others():
            look(pid, lambda: has_token(f"/proc/{pid}/cmdline") or None)
            look(pid, lambda: has_token(f"/proc/{pid}/mem") or None)
        with socket.socket(socket.AF_UNIX) as one:
            look("abstract", lambda: one.connect(chr(0) + "neighbour") or True)
        look("port", lambda: socket.create_connection(("127.0.0.1", 7777), 0.2))
        if got: break
        time.sleep(0.2)
    print(got)
"""
NEIGHBOUR = """
    import os, socket, time
    kept = ("token-" + "9f1c4ae27d") * 1000
    for place in ("/workspace", "/tmp", "/dev/shm", "/home/agent"):
        open(place + "/mine", "w").write(kept)
    one, two = socket.socket(socket.AF_UNIX), socket.socket()
    one.bind(chr(0) + "neighbour"); two.bind(("127.0.0.1", 7777))
    one.listen(); two.listen()
    two.settimeout(0.1); one.settimeout(0.1)
    print("here", flush=True)
    met, deadline = [], time.monotonic() + 5
    while time.monotonic() < deadline:
        for server in (one, two):
            try: met.append(server.accept())
            except OSError: pass
    print(met)
"""


def test_two_runs_at_the_same_time_see_nothing_of_each_other(run):
    results, here = {}, threading.Event()

    def neighbour():
        results["neighbour"] = run(NEIGHBOUR, on_output=lambda *_: here.set(), wall_s=20.0)

    thread = threading.Thread(target=neighbour)
    thread.start()
    assert here.wait(20)
    seeker = run(HELP + textwrap.dedent(SEEKER), wall_s=20.0)
    thread.join()
    assert (seeker.stopped_by, seeker.stdout) == (Stop.EXIT, "[]\n"), seeker.stderr
    assert results["neighbour"].stdout == "here\n[]\n"


def test_inputs_of_one_run_are_not_those_of_the_next(run):
    run("print(1)", inputs=(InputFile("given", TOKEN.encode()),))
    assert run("import os\nprint(os.listdir('/workspace'))").stdout == "[]\n"
