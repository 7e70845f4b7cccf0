"""What a wall stopped is told with the constraint that says so, and nothing else is."""

import pytest

from execgate.model.confines import OPEN, Confines
from execgate.model.execution import Stop
from execgate.sandbox.refused import explanation

HERE = Confines(reads=("/workspace",), writes=("/workspace",))
PROGRAMS = (
    (
        "open('/etc/passwd')",
        "it may not reach `/etc/passwd` so (allowed_file_paths, allowed_file_operations)",
    ),
    ("open('/usr/x', 'w')", "nothing can be written at `/usr/x`: files go to the working folder, /workspace"),
    ("import subprocess\nsubprocess.run(['ls'])", "it may start no program (allowed_commands)"),
    ("import socket\nsocket.create_connection(('10.0.0.1', 80))", "it may reach no host (allowed_hosts)"),
    (
        "import urllib.request\nurllib.request.urlopen('http://example.com')",
        "it may reach no host (allowed_hosts)",
    ),
    ("open('gone.csv')", None),
    ("import os\nos.kill(1, 9)", None),
)


@pytest.mark.engine
@pytest.mark.parametrize(("text", "told"), PROGRAMS)
def test_what_the_kernel_refused_is_told_with_its_constraint(run, text, told):
    result = run(text, confines=HERE)
    assert (result.stopped_by, result.exit_code) == (Stop.EXIT, 1)
    assert result.detail == ("exit status 1" if told is None else f"exit status 1; {told}")


@pytest.mark.parametrize(
    ("stderr", "confines", "told"),
    [
        ("cat: /etc/passwd: Permission denied\n", HERE, "it may not reach `/etc/passwd`"),
        (
            "job.sh: 1: cannot create /etc/x: Read-only file system\n",
            HERE,
            "nothing can be written at `/etc/x`",
        ),
        ("PermissionError: [Errno 13] Permission denied: '../etc/x'", HERE, "it may not reach `../etc/x`"),
        (
            "requests.ConnectionError: Failed to resolve 'a.example' ([Errno -3] Temp)",
            HERE,
            "it may reach no host",
        ),
        # A name that has control characters in it is shown escaped.
        (
            "PermissionError: [Errno 13] Permission denied: '/a\x1b[31m'",
            HERE,
            "it may not reach `/a\\x1b[31m`",
        ),
    ],
)
def test_other_programs_say_it_in_other_words(stderr, confines, told):
    assert explanation(stderr, confines).startswith(told)


@pytest.mark.parametrize(
    ("stderr", "confines"),
    [
        ("", HERE),
        ("ValueError: 1\n", HERE),
        # What the policy grants, no wall of it has refused: the file's own permissions have.
        ("PermissionError: [Errno 13] Permission denied: '/workspace/a'", HERE),
        ("PermissionError: [Errno 13] Permission denied: '/etc/shadow'", OPEN),
        ("socket.gaierror: [Errno -3] Temporary failure in name resolution", OPEN),
        # Only what ended the program counts, not what it coped with.
        ("cat: /etc/passwd: Permission denied\nValueError: 1\n", HERE),
    ],
)
def test_what_no_wall_refused_has_no_note(stderr, confines):
    assert explanation(stderr, confines) == ""
