"""What keeps a program from being run is told with what to do about it."""

import ast
import contextlib
import errno
import os
import resource
import threading
from dataclasses import replace
from pathlib import Path

import pytest

import execgate.sandbox
from execgate.errors import SandboxUnavailableError
from execgate.model.confines import OPEN, Session
from execgate.sandbox import machine

# What needs no fix, by its words.
KNOWN_TO_WHO_ASKS = ("the sandbox was closed", "the run was cancelled before it began")


def test_every_refusal_of_the_sandbox_names_its_fix():
    assert [
        f"{path.name}:{node.lineno}: {ast.unparse(node)}"
        for path in sorted(Path(execgate.sandbox.__file__).parent.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "SandboxUnavailableError"
        and not any(keyword.arg == "help" for keyword in node.keywords)
        and not any(words in ast.unparse(node) for words in KNOWN_TO_WHO_ASKS)
    ] == []


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.ENOMEM, errno.ENOSPC])
def test_what_there_is_too_little_of_is_named_whatever_failed_for_want_of_it(number):
    error = OSError(number, os.strerror(number), "/somewhere")
    told = machine.unavailable(error)
    assert told.message == f"the gate can't start a program: {os.strerror(number)}: /somewhere"
    assert told.help == machine.fix_for(error, "usual") != "usual"


def test_another_error_has_the_help_that_is_usual_there():
    assert machine.fix_for(OSError(errno.EACCES, "no"), "usual") == "usual"
    with pytest.raises(SandboxUnavailableError, match="can't start a program: no"), machine.before_a_run():
        raise OSError(errno.EACCES, "no")


def open_files():
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture
def few_descriptors():
    """Return a block in which this process can open so many files more, and no further one."""

    @contextlib.contextmanager
    def few(number):
        before = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (open_files() + 60, before[1]))
        held = []
        try:
            with contextlib.suppress(OSError):
                while True:
                    held.append(os.open(os.devnull, os.O_RDONLY))
            for fd in held[:number]:
                os.close(fd)
            yield
        finally:
            for fd in held[number:]:
                os.close(fd)
            resource.setrlimit(resource.RLIMIT_NOFILE, before)

    return few


@pytest.mark.engine
@pytest.mark.parametrize("session", ["none", "clean"])
def test_a_gate_without_descriptors_runs_nothing_says_so_and_keeps_none(
    sandbox, authorize, our_containers, few_descriptors, session
):
    confined = replace(OPEN, network=True, session=Session(session))
    authorization = authorize("print('up')", confines=confined)

    def run(name):
        return sandbox.run(authorization, conversation=name)

    run("before")  # the thread of the doors, and what else stays open
    sandbox.end_sessions()
    threads, opened, told = threading.active_count(), open_files(), []
    for number in range(12):
        with few_descriptors(number):
            try:
                assert run(str(number)).stdout == "up\n"
            except SandboxUnavailableError as error:
                told.append((str(error), error.help))
        sandbox.end_sessions()
    assert told
    assert [one for one in told if "open files" not in one[1]] == []
    assert our_containers() == []
    pooled = {"docker": 25, "bubblewrap": 0}  # as many idle connections as the SDK keeps
    assert open_files() <= opened + pooled[sandbox.name]
    assert threading.active_count() <= threads
    assert run("after").stdout == "up\n"
    sandbox.end_sessions()
