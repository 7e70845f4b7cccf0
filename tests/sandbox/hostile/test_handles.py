"""What is open, handed on, watched, counted or left behind: no handle of a program opens more than its policy."""

import json
import textwrap

import pytest

from execgate.model.confines import Confines
from execgate.model.execution import InputFile, Stop
from tests.sandbox.hostile.test_kernel import DRIVER, HELP, PRCTL, authorized

pytestmark = pytest.mark.engine

FOLDERS = """
        places = ("/", "/etc", "/proc/self/root", "/proc/self/cwd/..", "/proc/thread-self/root")
        roots = [os.open(path, os.O_PATH) for path in places]
"""

NOTHING = {
    "folders that were opened as a place alone": (
        FOLDERS
        + """
        names = ("etc/passwd", "passwd", "../etc/passwd", "workspace/secret.txt")
        print({attempt(os.open, name, os.O_RDONLY, dir_fd=root) for root in roots for name in names} - {"ENOENT"})
        """,
        "{'EACCES'}",
    ),
    "folders that a process sends to another": (
        FOLDERS
        + """
        import array
        ours, theirs = socket.socketpair()
        ours.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", roots))])
        def receive():
            _, found, _, _ = theirs.recvmsg(1, 4096)
            fds = array.array("i", found[0][2])
            os.fchdir(fds[0])
            reached = [fd for fd in fds if attempt(os.open, "etc/passwd", os.O_RDONLY, dir_fd=fd) == "worked"]
            return bool(reached) or attempt(open, "etc/passwd") == "worked"
        print(child(receive))
        """,
        "0",
    ),
    "a root of its own, after it left every folder": (
        """
        os.chdir("/")
        print(call("chroot", b"/tmp"), call("pivot_root", b"/tmp", b"/tmp"), attempt(open, "etc/passwd"))
        """,
        "EPERM EPERM EACCES",
    ),
    "a link to a descriptor": (
        """
        fd = os.open("/etc/passwd", os.O_PATH)
        os.symlink(f"/proc/self/fd/{fd}", "/tmp/by-link")
        print(attempt(open, f"/proc/self/fd/{fd}"), attempt(open, "/tmp/by-link"),
              attempt(os.link, f"/proc/self/fd/{fd}", "/tmp/by-name"), call("linkat", fd, b"", -100, b"/tmp/x", 0x1000))
        """,
        "EACCES EACCES EXDEV EXDEV",
    ),
    "a socket in a socket in a socket": (
        """
        import array
        kept = socket.socketpair()
        def tie(inner):
            ends = socket.socketpair()
            fds = array.array("i", [end.fileno() for end in inner])
            ends[0].sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
            for end in inner:
                end.close()
            return ends
        try:
            while True:
                kept = tie(kept)
        except OSError as error:
            print(errno.errorcode[error.errno])
        """,
        "ETOOMANYREFS",
    ),
    "what others read of the folders that all are given": (
        """
        import fcntl
        folder = os.open("/usr/lib", os.O_RDONLY)
        print({attempt(fcntl.fcntl, folder, fcntl.F_NOTIFY, kind | often) for kind in (1, 2, 32) for often in (0, 1 << 31)})
        print(call("inotify_init1", 0), call("inotify_init1", 0o4000), call("inotify_add_watch", 0, b"/usr/lib", 0xFFF),
              call("fanotify_init", 0, 0), call("fanotify_mark", 0, 1, 0, 0, b"/usr/lib"))
        """,
        "{'EPERM'}\nEPERM EPERM EPERM EPERM EPERM",
    ),
    "files that answer when they like": (
        """
        print(call("userfaultfd", 0), call("userfaultfd", 1), call("fanotify_init", 0, 0),
              [os.path.exists(path) for path in ("/dev/fuse", "/dev/userfaultfd", "/dev/cuse", "/dev/kvm", "/dev/loop-control")])
        """,
        "EPERM EPERM EPERM [False, False, False, False, False]",
    ),
    "another personality": (
        """print({call("personality", flags) for flags in (0, 0x0040000, 0x0400000, 8, 0xFFFFFFFF)})""",
        "{'EPERM'}",
    ),
    "new processes in a newer way": (
        """
        arguments = ctypes.create_string_buffer(88)
        print(call("clone3", arguments, 88), call("clone3", arguments, 0),
              {call("clone", flag | 17, 0, 0, 0, 0) for flag in (1 << 17, 1 << 25, 1 << 26, 1 << 27, 1 << 28, 1 << 29, 1 << 30)})
        """,
        "ENOSYS ENOSYS {'EPERM'}",
    ),
    "queues of messages": (
        """
        print(call("mq_open", b"q", 0o102, 0o600, 0), call("msgget", 1, 0o1600), call("semget", 1, 1, 0o1600),
              call("shmget", 1, 4096, 0o1600))
        """,
        "EPERM EPERM EPERM EPERM",
    ),
    "memory of its own that is to be run": (
        """
        import mmap
        with open("/dev/shm/code", "wb+") as file:
            file.write(bytes(4096)); file.flush()
            print(attempt(mmap.mmap, file.fileno(), 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC))
            area = mmap.mmap(file.fileno(), 4096)
            start = ctypes.addressof(ctypes.c_char.from_buffer(area))
            print(call("mprotect", start, 4096, 5), call("memfd_secret", 0), call("memfd_create", b"x", 0))
        """,
        "EPERM\\nEACCES EPERM EPERM",
    ),
    "what another process of the run holds": (
        """
        ready, told = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.write(told, b"x"), os.read(0, 1)
            while True: pass
        os.read(ready, 1)
        print(call("pidfd_getfd", os.pidfd_open(pid), 0, 0), call("kcmp", pid, os.getpid(), 0, 0, 0),
              call("process_madvise", os.pidfd_open(pid), 0, 0, 4, 0), call("process_mrelease", os.pidfd_open(pid), 0),
              call("migrate_pages", pid, 0, 0, 0), call("move_pages", pid, 0, 0, 0, 0, 0))
        os.kill(pid, 9)
        """,
        "EPERM EPERM EPERM EPERM EPERM EPERM",
    ),
    "limits of another": (
        """
        import resource
        print({attempt(resource.prlimit, 1, kind, (0, 0)) for kind in (0, 1, 6, 7, 9)},
              call("prlimit64", 1, 7, 0, ctypes.create_string_buffer(16)),
              {call("sched_setscheduler", who, 1, ctypes.create_string_buffer(4)) for who in (0, 1)},
              call("sched_setattr", 0, ctypes.create_string_buffer(48), 0), call("ioprio_set", 1, 1, 0))
        """,
        "{'EPERM'} EPERM {'EPERM'} EPERM EPERM",
    ),
    "watches, timers and signals until there are no more": (
        """
        import select, signal
        kept = [os.eventfd(0) for _ in range(100)]
        def watch():
            while True:
                kept.append(select.epoll())
                for fd in kept[:100]:
                    kept[-1].register(fd)
        print(attempt(watch))
        for one in kept: getattr(one, "close", lambda one=one: os.close(one))()
        asked, timer = ctypes.create_string_buffer(64), ctypes.c_void_p()
        ctypes.memmove(ctypes.addressof(asked) + 12, b"\\x01", 1)  # SIGEV_NONE
        while libc.timer_create(0, asked, ctypes.byref(timer)) == 0: pass
        print(errno.errorcode[ctypes.get_errno()])
        """,
        "EMFILE\nEAGAIN",
    ),
    "no limit left to give up": (
        """
        import resource
        for kind in (resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC, resource.RLIMIT_NOFILE):
            resource.setrlimit(kind, (0, 0))
        print(attempt(open, "/workspace/x", "w"), attempt(os.pipe))
        """,
        "EMFILE EMFILE",
    ),
    "a parent's part": (
        """
        libc.prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
        libc.prctl(1, 9, 0, 0, 0)  # PR_SET_PDEATHSIG
        if child(lambda: os.fork() and 0) == 0:
            print(os.wait()[1])
        """,
        "0",
    ),
}


@pytest.fixture(scope="module")
def printed(sandbox):
    """Return what each program printed: all of them are one run, and each is a process of it."""
    texts = {name: textwrap.dedent(text) for name, (text, _) in NOTHING.items()}
    text = HELP + PRCTL + f"PROGRAMS = {texts!r}\n" + DRIVER
    result = sandbox.run(authorized(text, Confines()), inputs=(InputFile("secret.txt", b"42"),))
    assert (result.stopped_by, result.exit_code, result.stderr) == (Stop.EXIT, 0, "")
    return json.loads(result.stdout)


@pytest.mark.parametrize("name", NOTHING)
def test_it_opens_nothing(printed, name):
    assert printed[name] == NOTHING[name][1].replace("\\n", "\n")


IN_FLIGHT = """
import array, signal, socket
fds, kept = array.array("i", [1] * 250), []
try:
    while True:
        kept.append(socket.socketpair())
        for _ in range(3):
            kept[-1][0].sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
except OSError as error:
    print(error.strerror, flush=True)
signal.pause()
"""


class EnoughError(Exception):
    """What the listener ends the hostile program with."""


def test_descriptors_on_their_way_keep_no_other_program_from_beginning(sandbox, run, our_containers):
    said, others = [], []

    def meanwhile(_, data):
        said.append(data)
        others.append(run("print('begun')"))
        raise EnoughError

    with pytest.raises(EnoughError):
        run(IN_FLIGHT, on_output=meanwhile)
    assert said == [b"Too many references: cannot splice\n"]
    (other,) = others
    assert (other.stopped_by, other.stdout, other.stderr) == (Stop.EXIT, "begun\n", "")
    assert set(other.in_force) >= {"landlock", "filter", "watch"}
    assert our_containers() == []
