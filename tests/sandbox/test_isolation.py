"""Programs that try to get out, each from within a real container, and what stops them."""

import json
import platform

import pytest

from execgate.model.execution import InputFile, Stop

pytestmark = pytest.mark.engine

CALL = """
import ctypes, errno, os
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    ctypes.set_errno(0)
    given = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    if libc.syscall(ctypes.c_long(number), *given) != -1:
        return "worked"
    return errno.errorcode[ctypes.get_errno()]
"""

# By number on x86-64, since there the table is older than the habit of sharing numbers.
REFUSED_CALLS = {
    "mremap is allowed, so that this table is seen to work": (25, 0, 0, 0, 0, 0),
    "shmget": (29, 0, 4096, 0o1600),
    "semget": (64, 0, 1, 0o1600),
    "msgget": (68, 0, 0o1600),
    "ptrace": (101, 0, 0, 0, 0),
    "syslog": (103, 3, 0, 0),
    "setuid": (105, 0),
    "setgid": (106, 0),
    "capset": (126, 0, 0),
    "personality": (135, 0x0040000),
    "modify_ldt": (154, 0, 0, 0),
    "pivot_root": (155, 0, 0),
    "chroot": (161, 0),
    "acct": (163, 0),
    "settimeofday": (164, 0, 0),
    "mount": (165, 0, 0, 0, 0, 0),
    "umount2": (166, 0, 0),
    "swapon": (167, 0, 0),
    "reboot": (169, 0, 0, 0, 0),
    "sethostname": (170, 0, 0),
    "iopl": (172, 3),
    "ioperm": (173, 0, 1, 1),
    "init_module": (175, 0, 0, 0),
    "delete_module": (176, 0, 0),
    "quotactl": (179, 0, 0, 0, 0),
    "lookup_dcookie": (212, 0, 0, 0),
    "clock_settime": (227, 0, 0),
    "mbind": (237, 0, 0, 0, 0, 0, 0),
    "set_mempolicy": (238, 0, 0, 0),
    "mq_open": (240, 0, 0, 0, 0),
    "kexec_load": (246, 0, 0, 0, 0),
    "add_key": (248, 0, 0, 0, 0, 0),
    "request_key": (249, 0, 0, 0, 0),
    "keyctl": (250, 0, 0, 0, 0, 0),
    "migrate_pages": (256, 0, 0, 0, 0),
    "unshare": (272, 0x10000000),
    "vmsplice": (278, 0, 0, 0, 0),
    "move_pages": (279, 0, 0, 0, 0, 0, 0),
    "perf_event_open": (298, 0, 0, 0, 0, 0),
    "fanotify_init": (300, 0, 0),
    "name_to_handle_at": (303, 0, 0, 0, 0, 0),
    "open_by_handle_at": (304, 0, 0, 0),
    "setns": (308, 0, 0),
    "process_vm_readv": (310, 1, 0, 0, 0, 0, 0),
    "process_vm_writev": (311, 1, 0, 0, 0, 0, 0),
    "kcmp": (312, 1, 1, 0, 0, 0),
    "finit_module": (313, 0, 0, 0),
    "seccomp": (317, 0, 0, 0),
    "memfd_create": (319, 0, 0),
    "bpf": (321, 0, 0, 0),
    "execveat": (322, 0, 0, 0, 0, 0),
    "userfaultfd": (323, 1),
    "io_uring_setup": (425, 8, 0),
    "io_uring_enter": (426, 0, 0, 0, 0, 0, 0),
    "io_uring_register": (427, 0, 0, 0, 0),
    "open_tree": (428, 0, 0, 0),
    "move_mount": (429, 0, 0, 0, 0, 0),
    "fsopen": (430, 0, 0),
    "fsmount": (432, 0, 0, 0),
    "pidfd_getfd": (438, 0, 0, 0),
    "process_madvise": (440, 0, 0, 0, 0, 0),
    "mount_setattr": (442, 0, 0, 0, 0, 0),
    "memfd_secret": (447, 0),
    "process_mrelease": (448, 0, 0),
    "clone with a new user namespace": (56, 0x10000011, 0, 0, 0, 0),
    "clone with a new network namespace": (56, 0x40000011, 0, 0, 0, 0),
    "clone with a new mount namespace": (56, 0x00020011, 0, 0, 0, 0),
    "clone with a new process namespace": (56, 0x20000011, 0, 0, 0, 0),
    "prlimit64 of the supervisor": (302, 1, 7, 0, 0),
}


@pytest.fixture(scope="module")
def errors_of_calls(sandbox, request):
    from execgate.model.limits import Limits
    from execgate.model.program import Program
    from execgate.model.source import Source
    from execgate.model.verdict import Authorization, Verdict

    source = Source(
        CALL + f"import json\nprint(json.dumps({{n: call(*a) for n, a in {REFUSED_CALLS!r}.items()}}))"
    )
    verdict = Verdict(source, "tester", Program(source), limits=Limits(), policy_digest="sha256:" + "0" * 64)
    return json.loads(sandbox.run(Authorization.of(verdict)).stdout)


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the numbers are those of x86-64")
@pytest.mark.parametrize("name", REFUSED_CALLS)
def test_a_system_call_that_no_program_needs_is_refused(errors_of_calls, name):
    expected = "EINVAL" if "is allowed" in name else "EPERM"
    assert errors_of_calls[name] == expected


def test_clone3_is_not_there_since_its_flags_can_not_be_seen(run):
    assert run(CALL + "print(call(435, 0, 0))").stdout == "ENOSYS\n"


FAMILIES = ("NETLINK", "PACKET", "VSOCK", "ALG", "KEY", "BLUETOOTH", "CAN", "TIPC", "RDS", "XDP", "QIPCRTR")


@pytest.mark.parametrize("family", FAMILIES)
def test_no_socket_but_unix_and_internet(run, family):
    numbers = {"NETLINK": 16, "PACKET": 17, "VSOCK": 40, "ALG": 38, "KEY": 15, "BLUETOOTH": 31, "CAN": 29}
    number = numbers.get(family, {"TIPC": 30, "RDS": 21, "XDP": 44, "QIPCRTR": 42}.get(family))
    text = f"""
        import socket
        for kind in (1, 2, 3, 5):
            try:
                socket.socket({number}, kind)
                print("worked")
            except PermissionError:
                pass
        print("tried")
    """
    assert run(text).stdout == "tried\n"


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.create_connection(('1.1.1.1', 53), 2)",
        "socket.create_connection(('172.17.0.1', 22), 2)",
        "socket.create_connection(('169.254.169.254', 80), 2)",
        "socket.create_connection(('2606:4700:4700::1111', 53), 2)",
        "socket.getaddrinfo('example.com', 80)",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('8.8.8.8', 53))",
        "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)",
        "urllib.request.urlopen('http://example.com', timeout=2)",
    ],
)
def test_there_is_no_network(run, attempt):
    text = f"import socket, urllib.request\ntry:\n    {attempt}\nexcept OSError as error:\n    print('no')"
    assert run(text, wall_s=20.0).stdout == "no\n"


def test_loopback_is_the_only_interface(run):
    text = "print([line.split(':')[0].strip() for line in open('/proc/net/dev') if ':' in line])"
    assert run(text).stdout == "['lo']\n"


def test_the_program_is_nobody_and_has_no_capability(run):
    text = """
        import os
        print(os.getuid(), os.getgid(), os.geteuid(), os.getgroups())
        wanted = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp")
        for line in open("/proc/self/status"):
            if line.partition(":")[0] in wanted: print(*line.split())
    """
    who, *rest = run(text).stdout.splitlines()
    # An engine makes the user a member of its own group; without one it is a member of none, or of what one can't see.
    assert who in {f"65532 65532 65532 {groups}" for groups in ("[65532]", "[]")}
    assert rest == [
        "CapInh: 0000000000000000",
        "CapPrm: 0000000000000000",
        "CapEff: 0000000000000000",
        "CapBnd: 0000000000000000",
        "CapAmb: 0000000000000000",
        "NoNewPrivs: 1",
        "Seccomp: 2",
    ]


def test_only_capped_memory_can_be_written_and_nothing_in_it_executes(run):
    text = r"""
        import os
        found = {}
        for line in open("/proc/self/mountinfo"):
            left, right = line.split(" - ")
            place, options, kind = left.split()[4], set(left.split()[5].split(",")), right.split()[0]
            found[place] = (kind, options, right.split()[2])
        probes = [p for p in found if os.path.isdir(p)] + ["/etc", "/usr/bin", "/opt/execgate", "/home", "/var"]
        writable = []
        for place in probes:
            try:
                open(place + "/probe", "w").close()
                writable.append(place)
            except OSError:
                pass
        for place in sorted(writable):
            kind, options, more = found[place]
            print(place, kind, sorted({"noexec", "nosuid", "nodev"} & options), "size=" in more)
        print("ro" in found["/"][1])
    """
    strict = "tmpfs ['nodev', 'noexec', 'nosuid'] True"
    assert run(text).stdout.splitlines() == [
        f"/dev/shm {strict}",
        f"/home/agent {strict}",
        f"/tmp {strict}",
        f"/workspace {strict}",
        "True",
    ]


def test_a_program_it_writes_can_not_be_executed(run):
    text = """
        import os, shutil, subprocess
        for place in ("/workspace", "/tmp", "/home/agent", "/dev/shm"):
            copy = shutil.copy("/bin/echo", place + "/mine")
            os.chmod(copy, 0o4755)
            try:
                subprocess.run([copy, "executed"])
            except PermissionError:
                print("no")
    """
    assert run(text).stdout == "no\n" * 4


def test_the_limits_of_the_process_are_set(run):
    text = """
        import resource as r
        for name in ("CORE", "NOFILE", "FSIZE", "MSGQUEUE", "MEMLOCK"):
            print(name, *r.getrlimit(getattr(r, "RLIMIT_" + name)))
    """
    assert run(text.replace("r.RLIMIT_MSGQUEUE", "12"), disk_bytes=1_000_000).stdout.splitlines() == [
        "CORE 0 0",
        "NOFILE 1024 1024",
        "FSIZE 1000000 1000000",
        "MSGQUEUE 0 0",
        "MEMLOCK 65536 65536",
    ]


@pytest.mark.parametrize(
    "attempt",
    [
        "open('/proc/1/mem', 'rb')",
        "open('/proc/1/environ', 'rb').read()",
        "os.listdir('/proc/1/fd')",
        "open('/proc/1/fd/1', 'wb')",
        "open('/proc/1/fd/0', 'rb')",
        "os.readlink('/proc/1/exe')",
        "os.listdir('/proc/1/map_files')",
        "open('/proc/1/oom_score_adj', 'w').write('1000')",
        "open('/proc/sys/kernel/core_pattern', 'w')",
        "open('/proc/sysrq-trigger', 'w')",
        "open('/proc/kcore', 'rb').read(1)",
        "open('/sys/kernel/uevent_helper', 'w')",
        "open('/sys/fs/cgroup/memory/memory.limit_in_bytes', 'w')",
        "open('/sys/fs/cgroup/memory.max', 'w')",
        "os.mknod('/workspace/disk', 0o60666, os.makedev(8, 0))",
        "os.mknod('/workspace/null', 0o20666, os.makedev(1, 3))",
        "os.open('/dev/mem', os.O_RDWR)",
        "os.chroot('/tmp')",
        "os.setuid(0)",
        "os.unlink('/etc/passwd')",
        "open('/etc/hosts', 'a')",
        "open('/etc/resolv.conf', 'a')",
        "os.remove('/opt/execgate/start.pyc')",
        "os.listdir('/var/lib/docker')",
        "open('/var/run/docker.sock')",
        "os.setpriority(os.PRIO_PROCESS, 1, -5)",
        "open('/dev/mqueue/x', 'w')",
    ],
)
def test_an_attempt_at_what_is_not_the_programs_fails(run, attempt):
    text = f"import os\ntry:\n    {attempt}\n    print('worked')\nexcept OSError:\n    print('no')"
    assert run(text).stdout == "no\n"


def test_the_supervisor_can_not_be_signalled_away(run):
    text = """
        import os, signal
        for number in range(1, 65):
            try:
                os.kill(1, number)
            except OSError as error:
                print(number, error)
        print("still here")
    """
    result = run(text)
    assert (result.stopped_by, result.exit_code) == (Stop.EXIT, 0)
    # A kernel with scopes refuses the signal; an older one takes it and drops it.
    refused = "".join(f"{number} [Errno 1] Operation not permitted\n" for number in range(1, 65))
    assert result.stdout in {"still here\n", refused + "still here\n"}


def test_killing_everything_kills_only_the_program(run):
    result = run("import os\nprint('x', flush=True)\nos.killpg(0, 9)")
    assert (result.stopped_by, result.exit_code, result.stdout) == (Stop.EXIT, -9, "x\n")


def test_nothing_is_left_for_the_next_run(run):
    run("open('/tmp/a', 'w'); open('/workspace/a', 'w'); open('/home/agent/a', 'w'); open('/dev/shm/a', 'w')")
    text = "import os\nprint([os.listdir(p) for p in ('/tmp', '/workspace', '/home/agent', '/dev/shm')])"
    assert run(text, inputs=()).stdout == "[[], [], [], []]\n"


def test_the_job_can_not_be_read_again(run):
    # The stream from the host is the supervisor's; what the program has is its own text and nothing else:
    # 2000 is where what it does is told, and can't be read.
    text = "import os\nprint(sorted(os.listdir('/proc/self/fd')), os.readlink('/proc/self/fd/0'))"
    result = run(text, inputs=(InputFile("x", b"y"),))
    assert result.stdout == "['0', '1', '2', '2000', '3'] /dev/null\n"
