"""Filters of system calls: what the profile says is what the kernel is told, on each machine."""

import ctypes
import ctypes.util
import errno
import json
import os
import platform
import subprocess
import sys
import textwrap

import pytest

from execgate import _resources
from execgate.errors import SandboxUnavailableError
from execgate.sandbox import seccomp

MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
PROFILE = json.loads(seccomp.profile())
ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
REFUSED, UNKNOWN = ERRNO | errno.EPERM, ERRNO | errno.ENOSYS

here = pytest.mark.skipif(platform.machine() != "x86_64", reason="these numbers are those of x86-64")


def wanted(machine, name, arguments):
    """Return what the profile says of a call."""
    for entry in PROFILE["syscalls"]:
        if name not in entry["names"]:
            continue
        holds = all(
            arguments[test["index"]] == test["value"]
            if test["op"] == "SCMP_CMP_EQ"
            else arguments[test["index"]] & test["value"] == test["valueTwo"]
            for test in entry.get("args", ())
        )
        if holds:
            return ALLOW if entry["action"] == "SCMP_ACT_ALLOW" else ERRNO | entry["errnoRet"]
    return REFUSED


SAMPLES = [
    [0] * 6,
    *([value, 0, 0, 0, 0, 0] for value in (1, 2, 3, 10, 16, 17, 40, 1 << 32, (1 << 32) + 2, (1 << 64) - 1)),
    *([1 << bit, 0, 0, 0, 0, 0] for bit in range(64)),
    [0x10000000, 0, 0, 0, 0, 0],
    [0x7E020000, 0, 0, 0, 0, 0],
    [0x003D0F00, 5, 5, 5, 5, 5],
]


@pytest.mark.parametrize("machine", MACHINES)
def test_every_call_is_answered_as_the_profile_says(machine, answer):
    program, numbers = seccomp.program(machine), seccomp.calls()[machine]
    for name, number in numbers.items():
        for arguments in SAMPLES:
            assert answer(program, machine, number, *arguments) == wanted(machine, name, arguments), (
                name,
                arguments,
            )


@pytest.mark.parametrize("machine", MACHINES)
def test_a_call_of_no_name_is_refused_and_one_that_is_newer_is_not_there(machine, answer):
    program, numbers = seccomp.program(machine), seccomp.calls()[machine]
    highest = max(numbers.values())
    for number in set(range(highest)) - set(numbers.values()):
        assert answer(program, machine, number) == REFUSED
    for number in (highest + 1, highest + 100, 0x40000000, 0x40000001, 0x4000003B, 0x7FFFFFFF, 0xFFFFFFFF):
        assert answer(program, machine, number) == UNKNOWN


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("other", [0x40000003, 0x40000028, 0x0000003E, 0xC00000F3, 0])
def test_a_call_in_the_manner_of_another_machine_ends_the_process(machine, other, answer):
    for number in (0, 1, 59, 221):
        assert answer(seccomp.program(machine), other, number) == KILL


def test_no_program_is_made_for_a_machine_that_is_not_known():
    with pytest.raises(SandboxUnavailableError, match="the system calls of riscv64 are not known"):
        seccomp.program("riscv64")


@pytest.mark.parametrize("machine", MACHINES)
def test_every_name_of_the_profile_is_one_of_linux(machine):
    named = {name for entry in PROFILE["syscalls"] for name in entry["names"]}
    newer = {"fchmodat2"}  # than the headers of the table
    assert named - newer <= set().union(*seccomp.calls().values())
    assert {"execve", "openat", "read", "exit_group", "seccomp"} <= seccomp.calls()[machine].keys()


@here
@pytest.mark.parametrize("name", ["getpid", "getppid", "getuid", "getegid"])
def test_a_number_of_the_table_is_the_call_of_its_name(name):
    assert ctypes.CDLL(None).syscall(seccomp.calls()["x86_64"][name]) == getattr(os, name)()


# --- against libseccomp, which engines compile the same profile with ------------------------------------------


class Comparison(ctypes.Structure):
    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


@pytest.fixture(scope="module")
def by_libseccomp():
    """Return the profile as libseccomp compiles it for x86-64."""
    name = ctypes.util.find_library("seccomp")
    if name is None:
        pytest.skip("there is no libseccomp on this machine")
    lib = ctypes.CDLL(name, use_errno=True)
    lib.seccomp_init.restype = ctypes.c_void_p
    lib.seccomp_init.argtypes = [ctypes.c_uint32]
    lib.seccomp_export_bpf.argtypes = [ctypes.c_void_p, ctypes.c_int]
    tests_of = ctypes.POINTER(Comparison)
    lib.seccomp_rule_add_array.argtypes = [
        ctypes.c_void_p,
        ctypes.c_uint32,
        ctypes.c_int,
        ctypes.c_uint,
        tests_of,
    ]
    context = lib.seccomp_init(REFUSED)
    assert lib.seccomp_arch_native() & 0xFFFFFFFF == MACHINES["x86_64"]
    numbers = seccomp.calls()["x86_64"]
    operators = {"SCMP_CMP_EQ": 4, "SCMP_CMP_MASKED_EQ": 7}
    for entry in PROFILE["syscalls"]:
        action = ALLOW if entry["action"] == "SCMP_ACT_ALLOW" else ERRNO | entry["errnoRet"]
        tests = [
            Comparison(test["index"], operators[test["op"]], test["value"], test.get("valueTwo", 0))
            for test in entry.get("args", ())
        ]
        for call in entry["names"]:
            if call in numbers:
                array = (Comparison * len(tests))(*tests)
                assert lib.seccomp_rule_add_array(context, action, numbers[call], len(tests), array) == 0
    read, write = os.pipe()
    assert lib.seccomp_export_bpf(context, write) == 0
    os.close(write)
    with os.fdopen(read, "rb") as file:
        return file.read()


@here
def test_libseccomp_makes_the_same_of_the_profile(by_libseccomp, answer):
    ours = seccomp.program("x86_64")
    for number in range(max(seccomp.calls()["x86_64"].values()) + 1):
        for arguments in SAMPLES:
            assert answer(ours, "x86_64", number, *arguments) == answer(
                by_libseccomp, "x86_64", number, *arguments
            ), (number, arguments)


TRIED = textwrap.dedent("""
    import ctypes, json, os, sys
    program, calls = bytes.fromhex(sys.argv[1]), json.loads(sys.argv[2])
    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))
    libc = ctypes.CDLL(None, use_errno=True)
    if os.getuid() == 0:
        os.setgid(65534), os.setuid(65534)
    assert libc.prctl(38, 1, 0, 0, 0) == 0
    given = Program(len(program) // 8, program)
    assert libc.syscall(317, 1, 0, ctypes.byref(given)) == 0, ctypes.get_errno()
    found = {}
    for name, number in calls.items():
        ctypes.set_errno(0)
        found[name] = libc.syscall(number, *map(ctypes.c_long, [0] * 6)), ctypes.get_errno()
    print(json.dumps(found))
""")


@here
def test_a_kernel_refuses_every_refused_call_under_both(by_libseccomp):
    ours, numbers = seccomp.program("x86_64"), seccomp.calls()["x86_64"]
    refused = {name: number for name, number in numbers.items() if wanted("x86_64", name, [0] * 6) != ALLOW}
    assert len(refused) > 90
    results = []
    for program in (ours, by_libseccomp):
        command = [sys.executable, "-I", "-c", TRIED, program.hex(), json.dumps(refused)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        assert done.returncode == 0, done.stderr
        results.append(json.loads(done.stdout))
    assert results[0] == results[1]
    assert results[0] == {name: [-1, errno.ENOSYS if name == "clone3" else errno.EPERM] for name in refused}


def test_the_kernel_takes_the_program_and_a_python_runs_under_it():
    program = seccomp.program()
    command = [sys.executable, "-I", "-c", TRIED, program.hex(), '{"getppid": 110}']
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr


def test_the_profile_is_shipped_with_what_the_guest_makes_of_it():
    for part in (("seccomp.json",), ("execgate_guest", "syscalls.json"), ("execgate_guest", "bpf.py")):
        assert _resources.path("sandbox", *part).is_file()
