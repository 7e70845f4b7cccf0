"""Programs that turn to the kernel itself: what the container, Landlock and the second filter each refuse.

Each prints what it came by, in as few words as the errors allow.  A sandbox that one of them broke would fail the
next, and the last test of all.
"""

import json
import platform
import textwrap

import pytest

from execgate.model.confines import OPEN, Confines
from execgate.model.execution import InputFile, Stop
from execgate.model.limits import Limits
from execgate.model.program import Program
from execgate.model.source import Source
from execgate.model.verdict import Authorization, Verdict
from execgate.sandbox import seccomp

pytestmark = pytest.mark.engine

x86 = pytest.mark.skipif(platform.machine() != "x86_64", reason="machine code of x86-64")

HELP = (
    textwrap.dedent("""
    import ctypes, errno, os, socket, sys
    libc = ctypes.CDLL(None, use_errno=True)
    def call(name, *arguments):
        number = NUMBERS[name] if isinstance(name, str) else name
        ctypes.set_errno(0)
        given = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
        found = libc.syscall(ctypes.c_long(number), *given)
        return errno.errorcode[ctypes.get_errno()] if found == -1 else "worked"
    def attempt(do, *arguments, **named):
        try:
            do(*arguments, **named)
            return "worked"
        except OSError as error:
            return errno.errorcode.get(error.errno, error.errno)
    def child(do):
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            try:
                os._exit(do() or 0)
            except BaseException:
                os._exit(99)
        status = os.waitpid(pid, 0)[1]
        return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    """)
    + f"NUMBERS = {seccomp.calls().get(platform.machine(), {})!r}\n"
)

# What no policy opens, the widest one included.
ALWAYS = {
    "sockets of every family but three": (
        """
        found = set()
        for family in range(64):
            for kind in (1, 2, 3, 4, 5, 10):
                if call("socket", family, kind, 0) == "worked":
                    found.add(family)
        print(sorted(found))
        """,
        "[1, 2, 10]",
    ),
    "pairs of every family but one": (
        """
        pair = (ctypes.c_int * 2)()
        print([f for f in range(64) if call("socketpair", f, 1, 0, pair) == "worked"])
        """,
        "[1]",
    ),
    "raw and packet sockets": (
        """
        print({call("socket", family, 3, protocol) for family in (2, 10, 16, 17) for protocol in (0, 1, 6, 58, 255)})
        """,
        "{'EPERM'}",
    ),
    "multipath TCP, SCTP and the like, which rules on ports don't reach": (
        """print({call("socket", 2, kind, protocol) for kind, protocol in ((1, 262), (1, 132), (5, 132), (2, 136))})""",
        "{'EPERM'}",
    ),
    "netlink": (
        """print([call("socket", 16, 3, p) for p in (0, 9, 15, 16)])""",
        "['EPERM', 'EPERM', 'EPERM', 'EPERM']",
    ),
    "the machine's host over vsock": (
        """print(call("socket", 40, 1, 0), call("socket", 40, 2, 0))""",
        "EPERM EPERM",
    ),
    "io_uring": (
        """
        print(call("io_uring_setup", 8, ctypes.create_string_buffer(120)), call("io_uring_enter", 3, 1, 0, 0, 0, 0),
              call("io_uring_register", 3, 0, 0, 0))
        """,
        "EPERM EPERM EPERM",
    ),
    "programs for the kernel in an option of a socket": (
        """
        ends = socket.socketpair()
        code = ctypes.create_string_buffer(16)
        print([call("setsockopt", ends[0].fileno(), 1, option, code, 16) for option in (26, 50, 51, 52)],
              call("setsockopt", socket.socket().fileno(), 6, 31, b"tls", 4))
        """,
        "['ENOPROTOOPT', 'ENOPROTOOPT', 'ENOPROTOOPT', 'ENOPROTOOPT'] ENOPROTOOPT",
    ),
    "a library of its own": (
        """
        import shutil
        shutil.copy(next(line.split()[-1] for line in open("/proc/self/maps") if "libc.so" in line or "libc-" in line), "/tmp/mine.so")
        print(attempt(ctypes.CDLL, "/tmp/mine.so") != "worked")
        """,
        "True",
    ),
    "old asynchronous reading": (
        """
        context = ctypes.c_long(0)
        print(call("io_setup", 1, ctypes.byref(context)), call("vmsplice", 1, 0, 0, 0))
        """,
        "EPERM EPERM",
    ),
    "tracing": (
        """
        pid = os.fork()
        if pid == 0:
            os.read(0, 1), os._exit(0)
        print([call("ptrace", request, who, 0, 0) for request, who in ((0, 0), (16, 1), (16, pid), (0x4206, pid))])
        print(call("process_vm_readv", 1, 0, 0, 0, 0, 0), call("process_vm_writev", pid, 0, 0, 0, 0, 0))
        print(call("pidfd_getfd", os.pidfd_open(1), 0, 0), call("kcmp", 1, os.getpid(), 0, 0, 0))
        """,
        "['EPERM', 'EPERM', 'EPERM', 'EPERM']\nEPERM EPERM\nEPERM EPERM",
    ),
    "the supervisor's memory and descriptors": (
        """
        for name in ("mem", "environ", "maps", "stack", "syscall", "auxv", "fd/0", "fd/1", "io", "pagemap"):
            result = attempt(lambda: open(f"/proc/1/{name}", "rb").read(1))
            if result == "worked": print(name)
        for name in ("exe", "cwd", "root"):
            result = attempt(os.readlink, f"/proc/1/{name}")
            if result == "worked": print(name)
        print("tried")
        """,
        "tried",
    ),
    "signals to the supervisor": (
        """
        import signal
        fd = os.pidfd_open(1)
        for number in (9, 15, 19, 17, 31):
            attempt(os.kill, 1, number)
            attempt(signal.pidfd_send_signal, fd, number)
            call("tgkill", 1, 1, number)
            call("rt_sigqueueinfo", 1, number, ctypes.create_string_buffer(128))
        print("tried")
        """,
        "tried",
    ),
    "writing to /proc": (
        """
        names = ("sys/kernel/core_pattern", "sysrq-trigger", "sys/kernel/modprobe", "sys/vm/overcommit_memory",
                 "sys/kernel/hostname", "sys/net/ipv4/ip_forward", "sys/fs/binfmt_misc/register", "irq/0/smp_affinity",
                 "1/oom_score_adj", "1/mem", "1/attr/current", "self/uid_map", "self/gid_map", "self/setgroups",
                 "sys/kernel/ns_last_pid", "sys/kernel/yama/ptrace_scope", "sys/fs/suid_dumpable")
        print([n for n in names if attempt(lambda: os.write(os.open("/proc/" + n, os.O_WRONLY), b"0\\n")) == "worked"])
        """,
        "[]",
    ),
    "writing to /sys": (
        """
        found = []
        for folder, _, files in os.walk("/sys"):
            if folder.count("/") > 4: continue
            for name in files:
                try:
                    os.close(os.open(os.path.join(folder, name), os.O_WRONLY | os.O_NONBLOCK))
                    found.append(name)
                except OSError:
                    pass
        print(found, attempt(os.mkdir, "/sys/fs/cgroup/mine") != "worked")
        """,
        "[] True",
    ),
    "a core file of its own making": (
        """
        import resource
        print(attempt(lambda: open("/proc/sys/kernel/core_pattern", "w").write("|/bin/sh -c id")) != "worked")
        try:
            resource.setrlimit(resource.RLIMIT_CORE, (1 << 20, 1 << 20))
        except (OSError, ValueError):
            print("no")
        print(child(os.abort), [n for n in os.listdir() if "core" in n])
        """,
        "True\nno\n-6 []",
    ),
    "keyrings": (
        """
        print(call("add_key", b"user", b"k", b"v", 1, -2), call("request_key", b"user", b"k", 0, -2),
              call("keyctl", 0, -3, 1), call("keyctl", 1, b"mine"))
        """,
        "EPERM EPERM EPERM EPERM",
    ),
    "mounts, old and new": (
        """
        print({call("mount", b"none", b"/tmp", b"tmpfs", 0, 0), call("mount", b"/", b"/tmp", 0, 4096, 0),
               call("umount2", b"/proc/sys", 2), call("pivot_root", b"/tmp", b"/tmp"), call("chroot", b"/tmp"),
               call("fsopen", b"tmpfs", 0), call("open_tree", -100, b"/", 1), call("mount_setattr", -100, b"/", 0, 0, 0),
               call("move_mount", 3, b"", -100, b"/tmp", 4), call("fspick", -100, b"/", 0), call("fsconfig", 3, 6, 0, 0, 0)})
        """,
        "{'EPERM'}",
    ),
    "namespaces by every road": (
        """
        flags = (0x10000000, 0x20000000, 0x40000000, 0x00020000, 0x04000000, 0x08000000, 0x02000000)
        print({call("unshare", flag) for flag in flags}, {call("clone", flag | 17, 0, 0, 0, 0) for flag in flags})
        print(call("clone3", ctypes.create_string_buffer(88), 88), call("setns", os.open("/proc/self/ns/net", 0), 0))
        """,
        "{'EPERM'} {'EPERM'}\nENOSYS EPERM",
    ),
    "becoming somebody else": (
        """
        print({call(name, *[0] * n) for name, n in (("setuid", 1), ("setgid", 1), ("setreuid", 2), ("setregid", 2),
              ("setresuid", 3), ("setresgid", 3), ("setfsuid", 1), ("setfsgid", 1), ("setgroups", 2), ("capset", 2))})
        print(os.getresuid() == os.getresuid(), 0 in os.getresuid() + os.getresgid())
        """,
        "{'EPERM'}\nTrue False",
    ),
    "a setuid file": (
        """
        import shutil, stat
        for folder in ("/workspace", "/tmp", "/dev/shm"):
            mine = shutil.copy("/bin/sh", folder + "/mine")
            os.chmod(mine, 0o6755)
            print(child(lambda: os.execv(mine, [mine, "-c", "id"])))
            os.remove(mine)
        found = []
        for root in ("/bin", "/usr", "/opt", "/sbin"):
            for folder, _, files in os.walk(root):
                for name in files:
                    path = os.path.join(folder, name)
                    if os.lstat(path).st_mode & (stat.S_ISUID | stat.S_ISGID): found.append(path)
        print(found)
        """,
        "99\n99\n99\n[]",
    ),
    "devices of its own": (
        """
        print({attempt(os.mknod, f"/tmp/d{i}", kind | 0o666, os.makedev(*numbers)) for i, (kind, numbers) in enumerate(
              ((0o60000, (8, 0)), (0o20000, (1, 1)), (0o20000, (10, 200)), (0o60000, (7, 0))))} <= {"EPERM", "EACCES"})
        """,
        "True",
    ),
    "files by handle": (
        """
        print(call("name_to_handle_at", -100, b"/", ctypes.create_string_buffer(200), ctypes.create_string_buffer(8), 0),
              call("open_by_handle_at", 3, ctypes.create_string_buffer(200), 0))
        """,
        "EPERM EPERM",
    ),
    "loading code into the kernel": (
        """
        print({call("bpf", 5, 0, 0), call("init_module", 0, 0, 0), call("finit_module", 0, 0, 0), call("kexec_load", 0, 0, 0, 0),
               call("perf_event_open", 0, 0, 0, 0, 0), call("userfaultfd", 1), call("userfaultfd", 0), call("syslog", 3, 0, 0)})
        """,
        "{'EPERM'}",
    ),
    "memory that is a file": (
        """print(call("memfd_create", b"x", 0), call("memfd_secret", 0), call("shmget", 0, 4096, 0o1600))""",
        "EPERM EPERM EPERM",
    ),
    "undoing its own filter": (
        """
        print(call("seccomp", 0, 0, 0), call("seccomp", 1, 0, 0), call("seccomp", 1, 8, 0), attempt(prctl, 22, 1), attempt(prctl, 22, 2))
        print(open("/proc/self/status").read().count("Seccomp:\\t2"))
        """,
        "EPERM EPERM EPERM EPERM EPERM\n1",
    ),
    "walls of its own, to find out about those there are": (
        """
        print(call("landlock_create_ruleset", 0, 0, 1), call("landlock_restrict_self", 3, 0), call("landlock_add_rule", 3, 1, 0, 0))
        """,
        "EPERM EPERM EPERM",
    ),
    "gaining privileges": (
        """
        print(attempt(prctl, 38, 0), [line.split()[1] for line in open("/proc/self/status") if line.startswith("NoNewPrivs")])
        print(attempt(prctl, 47, 2, 0), attempt(prctl, 24, 0))
        """,
        "EINVAL ['1']\nEPERM EPERM",
    ),
    "waiting for every disk of the machine": (
        """print(call("sync"), call("syncfs", 1), os.sync())""",
        "EPERM EPERM None",
    ),
    "another's limits and priorities": (
        """
        import resource
        print({call("prlimit64", 1, 7, 0, ctypes.create_string_buffer(16)), attempt(os.setpriority, os.PRIO_PROCESS, 1, 5),
               attempt(os.setpriority, os.PRIO_PGRP, 1, 5), attempt(os.setpriority, os.PRIO_USER, os.getuid(), 5),
               attempt(os.setpriority, os.PRIO_USER, 0, 5), attempt(os.sched_setaffinity, 1, {0}), call("ioprio_set", 1, 1, 0),
               call("ioprio_set", 3, 0, 0), call("sched_setscheduler", 0, 1, ctypes.create_string_buffer(4))})
        print(attempt(os.setpriority, 0, 0, -5) != "worked", *[attempt(os.setpriority, 0, who, os.getpriority(0, 0) + 1) for who in (0, os.getpid())])
        """,
        "{'EPERM'}\nTrue worked worked",
    ),
    "the clock and the machine": (
        """
        print({call("clock_settime", 0, 0), call("settimeofday", 0, 0), call("adjtimex", 0), call("clock_adjtime", 0, 0),
               call("reboot", 0, 0, 0, 0), call("sethostname", b"x", 1), call("setdomainname", b"x", 1), call("acct", 0),
               call("swapon", 0, 0), call("quotactl", 0, 0, 0, 0), call("vhangup"), call("personality", 0x40000)})
        """,
        "{'EPERM'}",
    ),
    "calls that no kernel has yet": (
        """print({call(number) for number in range(600, 1000)} <= {"ENOSYS", "EPERM"})""",
        "True",
    ),
    "calls of x32": (
        """print({child(lambda: libc.syscall(ctypes.c_long(0x40000000 | n)) != -1) for n in (0, 1, 39, 59, 520)} <= {0, -31})""",
        "True",
    ),
}

PRCTL = """
def prctl(*arguments):
    ctypes.set_errno(0)
    if libc.prctl(*[ctypes.c_long(a) for a in (*arguments, 0, 0, 0, 0)[:5]]) == -1:
        raise OSError(ctypes.get_errno(), "prctl")
"""

# What a policy that grants nothing leaves closed, on a kernel with Landlock.
NOTHING = {
    "starting a program by every road of Python": (
        """
        import asyncio, multiprocessing.util, pty, subprocess
        print(attempt(subprocess.run, ["/bin/true"]), attempt(subprocess.run, "true", shell=True), os.system("true") != 0)
        print(attempt(os.execv, "/bin/true", ["true"]), attempt(os.posix_spawn, "/bin/true", ["true"], {}))
        print(attempt(os.execve, os.open(sys.executable, os.O_RDONLY), ["python"], {}), attempt(subprocess.run, [sys.executable]))
        print(attempt(lambda: os.popen("true").close() and None), child(lambda: os.execvp("sh", ["sh"])))
        print(attempt(lambda: asyncio.run(asyncio.create_subprocess_exec("true"))))
        print(child(lambda: os.waitpid(multiprocessing.util.spawnv_passfds(b"/bin/true", [b"true"], ()), 0)[1] != 0))
        print(attempt(os.spawnv, os.P_WAIT, "/bin/true", ["true"]), child(lambda: pty.spawn("true") and 1) != 0)
        """,
        "EPERM EPERM True\nEPERM EPERM\nEPERM EPERM\nEPERM 99\nEPERM\n1\nworked True",
    ),
    "starting a program by every road of the C library": (
        """
        true, argv, env = b"/bin/true", (ctypes.c_char_p * 2)(b"true", None), (ctypes.c_char_p * 1)(None)
        def road(function, *arguments):
            def do():
                ctypes.set_errno(0)
                function(*arguments)
                return ctypes.get_errno()
            return errno.errorcode.get(child(do))
        print(road(libc.execve, true, argv, env), road(libc.execv, true, argv), road(libc.execvp, b"true", argv),
              road(libc.execl, true, b"true", None), road(libc.fexecve, os.open(b"/bin/true", os.O_RDONLY), argv, env))
        pid = ctypes.c_int()
        print([errno.errorcode.get(f(ctypes.byref(pid), n, None, None, argv, env)) for f, n in (
              (libc.posix_spawn, true), (libc.posix_spawnp, b"true"))])
        print(libc.system(b"exit 0") != 0, libc.popen is not None)
        print(call("execve", true, argv, env), call("execveat", -100, true, argv, env, 0),
              call("execveat", os.open(b"/bin/true", os.O_PATH), b"", argv, env, 0x1000))
        """,
        "EPERM EPERM EPERM EPERM EPERM\n['EPERM', 'EPERM']\nTrue True\nEPERM EPERM EPERM",
    ),
    "starting a program through the loader, a script or a file it made": (
        """
        import glob, shutil
        argv, env = (ctypes.c_char_p * 3)(b"x", b"/bin/true", None), (ctypes.c_char_p * 1)(None)
        roads = glob.glob("/lib*/ld-linux*") + glob.glob("/lib/*/ld-linux*") + [sys.executable, shutil.copy("/bin/true", "/tmp/mine")]
        with open("/tmp/script", "w") as script: script.write("#!/bin/true\\n")
        os.chmod("/tmp/script", 0o755)
        print({call("execve", road.encode(), argv, env) for road in [*roads, "/tmp/script"]})
        """,
        "{'EPERM'}",
    ),
    "vfork, then a program": (
        """
        import _posixsubprocess, subprocess
        subprocess._USE_VFORK, subprocess._USE_POSIX_SPAWN = True, False
        print(attempt(subprocess.Popen, ["/bin/true"], close_fds=False), attempt(subprocess.Popen, ["/bin/true"], close_fds=True))
        """,
        "EPERM EPERM",
    ),
    "TCP and UDP through raw calls": (
        """print({call("socket", family, kind | flags, protocol) for family in (2, 10) for kind in (1, 2, 3)
               for flags in (0, 0o2000000, 0o4000) for protocol in (0, 6, 17)})""",
        "{'EPERM'}",
    ),
    "a family hidden in the upper half of the word": (
        """print(call("socket", (1 << 32) | 2, 1, 0), call("socket", (2 << 32) | 1, 1, 0), call("socket", (1 << 63) | 10, 1, 0))""",
        "EPERM EPERM EPERM",
    ),
    "reading outside of the grants through raw calls": (
        """
        how = (ctypes.c_uint64 * 3)(0, 0, 0)
        paths = (b"/etc/passwd", b"/etc/group", b"/workspace/secret.txt", b"/proc/self/root/etc/passwd",
                 b"/proc/self/cwd/secret.txt", b"/usr/../etc/passwd", b"/proc/1/root/etc/passwd", b"/proc/self/task/../root/etc/passwd")
        print({call("openat", -100, path, 0, 0) for path in paths} | {call("openat2", -100, path, how, 24) for path in paths})
        print({call("openat", os.open("/", os.O_PATH), path[1:], 0, 0) for path in paths[:4]})
        print(attempt(os.listdir, "/"), attempt(os.listdir, "/workspace"), attempt(os.listdir, "/home/agent"), attempt(os.listdir, "/etc"))
        """,
        "{'EACCES'}\n{'EACCES'}\nEACCES EACCES EACCES EACCES",
    ),
    "reading outside of the grants through links": (
        """
        os.symlink("/etc/passwd", "/tmp/soft")
        print(attempt(open, "/tmp/soft"), attempt(os.link, "/etc/passwd", "/tmp/hard") != "worked",
              attempt(os.link, "/workspace/secret.txt", "/tmp/hard") != "worked", attempt(os.rename, "/workspace/secret.txt", "/tmp/it") != "worked",
              attempt(os.link, "/workspace/secret.txt", "/workspace/again"))
        fd = os.open("/workspace/secret.txt", os.O_PATH)
        print(attempt(open, f"/proc/self/fd/{fd}"), attempt(os.read, fd, 1), attempt(os.listdir, f"/proc/self/fd/{os.open('/workspace', os.O_PATH)}"))
        """,
        "EACCES True True True EACCES\nEACCES EBADF EACCES",
    ),
    "writing outside of the grants through raw calls": (
        """
        name = b"/workspace/new"
        print({call("openat", -100, name, 0o101, 0o600), call("openat", -100, b"/workspace/secret.txt", 1, 0), call("truncate", b"/workspace/secret.txt", 0),
               call("mkdirat", -100, name, 0o700), call("unlinkat", -100, b"/workspace/secret.txt", 0), call("symlinkat", b"/", -100, name),
               call("mknodat", -100, name, 0o10600, 0), call("renameat2", -100, b"/workspace/secret.txt", -100, name, 0),
               call("openat", -100, b"/workspace", 0o20200002, 0o600)})
        print(attempt(open, "/home/agent/.bashrc", "w"), attempt(open, "/home/agent/x", "w"), attempt(socket.socket(1).bind, "/workspace/s"))
        """,
        "{'EACCES'}\nEACCES EACCES EACCES",
    ),
    "abstract sockets": (
        """
        import struct
        names = {line.split()[-1] for line in open("/proc/net/unix") if "@" in line}
        print(names)
        s = socket.socket(1, 1)
        print({attempt(s.connect, name) for name in ("\\0", "\\0/tmp/.X11-unix/X0", "\\0docker", "\\0dbus", "\\0/containerd-shim")})
        """,
        "set()\n{'ECONNREFUSED'}",
    ),
}

# With one port granted, and nothing but that.
WEB = Confines(network=True, ports=(443,))
PORTS = {
    "ports that are not granted, by raw calls": (
        """
        import struct
        four = socket.socket()
        fd = four.fileno()
        address = lambda port, host=b"\\x7f\\0\\0\\1": struct.pack("=H", 2) + struct.pack("!H", port) + host + bytes(8)
        print({call("connect", fd, address(port), 16) for port in (22, 80, 444, 8080, 65535)}, call("connect", fd, address(22, b"\\x0a\\0\\0\\1"), 16))
        print(call("bind", fd, address(8000), 16), call("bind", fd, address(443), 16), call("bind", fd, address(0), 16))
        six = socket.socket(socket.AF_INET6)
        print(attempt(six.connect, ("::1", 22)), attempt(six.connect, ("::ffff:127.0.0.1", 22)))
        """,
        "{'EACCES'} EACCES\nEACCES EACCES EACCES\nEACCES EACCES",
    ),
    "connecting while it sends": (
        """
        import struct
        four = socket.socket()
        fd = four.fileno()
        address = struct.pack("=H", 2) + struct.pack("!H", 22) + b"\\x7f\\0\\0\\1" + bytes(8)
        print(call("sendto", fd, b"x", 1, 0x20000000, address, 16), call("sendto", fd, b"x", 1, 0x20004000, address, 16))
        print(attempt(socket.socket().sendmsg, [b"x"], [], 0x20000000, ("127.0.0.1", 22)))
        """,
        "ENOTSUP ENOTSUP\nENOTSUP",
    ),
    "protocols that rules on ports don't reach": (
        """
        print({call("socket", 2, kind, protocol) for kind, protocol in ((1, 262), (1, 132), (3, 6), (2, 1), (2, 136), (1, 256))})
        """,
        "{'EPERM'}",
    ),
}


TABLES = {
    "always": (ALWAYS, OPEN),
    "nothing granted": (NOTHING, Confines()),
    "one port granted": (PORTS, WEB),
}

DRIVER = """
import json
found = {}
for name, text in PROGRAMS.items():
    outs, sink = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.dup2(sink, 1), os.dup2(sink, 2), os.close(outs), os.close(sink)
        try:
            exec(compile(text, "program", "exec"), globals())
        except BaseException:
            import traceback
            traceback.print_exc()
        sys.stdout.flush()
        os._exit(0)
    os.close(sink)
    with open(outs, errors="replace") as file:
        found[name] = file.read().rstrip("\\n")
    os.waitpid(pid, 0)
print(json.dumps(found))
"""


def authorized(text, confines):
    source = Source(text)
    digest = "sha256:" + "0" * 64
    verdict = Verdict(
        source, "tester", Program(source), limits=Limits(), confines=confines, policy_digest=digest
    )
    return Authorization.of(verdict)


@pytest.fixture(scope="module")
def printed(sandbox):
    """Return what each program of each table printed: a table is one run, and each program a process of it."""
    found = {}
    for table, (programs, confines) in TABLES.items():
        texts = {name: textwrap.dedent(text) for name, (text, _) in programs.items()}
        text = HELP + PRCTL + f"PROGRAMS = {texts!r}\n" + DRIVER
        inputs = (InputFile("secret.txt", b"42"),)
        result = sandbox.run(authorized(text, confines), inputs=inputs)
        assert (result.stopped_by, result.exit_code, result.stderr) == (Stop.EXIT, 0, "")
        found[table] = json.loads(result.stdout)
    return found


@pytest.mark.parametrize(
    ("table", "name"), [(table, name) for table, (programs, _) in TABLES.items() for name in programs]
)
def test_it_is_contained(printed, table, name):
    assert printed[table][name] == TABLES[table][0][name][1]


@x86
def test_a_call_of_32_bits_ends_its_process(run):
    text = """
        import mmap
        # mov eax, 20 (getpid); int 0x80; ret
        code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        code.write(bytes.fromhex("b814000000cd80c3"))
        start = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
        print(child(start))
    """
    assert run(HELP + textwrap.dedent(text)).stdout == "-31\n"


def test_the_next_run_is_as_good_as_the_first(run):
    result = run("print(sum(range(10)))", confines=Confines())
    assert (result.stdout, result.stopped_by, result.exit_code) == ("45\n", Stop.EXIT, 0)
    assert set(result.in_force) >= {"landlock", "filter"}
