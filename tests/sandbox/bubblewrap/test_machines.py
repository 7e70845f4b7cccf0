"""Machines on which bubblewrap can't make a sandbox: told before anything runs, with the fix."""

import subprocess
import sys

import pytest

from execgate.errors import SandboxUnavailableError
from execgate.sandbox.bubblewrap.backend import try_out

pytestmark = pytest.mark.engine

TRIED = """
from execgate.errors import SandboxUnavailableError
from execgate.sandbox.bubblewrap.backend import find_program, try_out
try:
    try_out(find_program())
except SandboxUnavailableError as error:
    print(error.message, "|", error.help)
"""


def test_a_bubblewrap_that_fails_is_quoted_with_the_fix(tmp_path):
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'No permissions to create new namespace' >&2\nexit 1\n")
    fake.chmod(0o755)
    for folder in (tmp_path, *tmp_path.parents[:-2]):
        folder.chmod(0o755)  # it is not started as root
    with pytest.raises(SandboxUnavailableError, match="No permissions to create new namespace") as caught:
        try_out(str(fake))
    assert "user.max_user_namespaces" in caught.value.help


def test_user_namespaces_that_are_switched_off_are_told_with_the_fix():
    # In a user namespace of its own, which has a setting of its own.
    script = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
    tried = "import os; os.geteuid = lambda: 1000\n" + TRIED
    line = ["unshare", "--user", "--map-root-user", "sh", "-c", script, "sh", sys.executable, "-c", tried]
    done = subprocess.run(line, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.startswith("bubblewrap can't make a sandbox here: "), done.stderr
    assert "user.max_user_namespaces" in done.stdout


def test_a_root_that_is_nobody_else_is_told():
    line = ["unshare", "--user", "--map-root-user", sys.executable, "-c", TRIED]
    done = subprocess.run(line, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.startswith("root can't start bubblewrap as user 65532 here"), done.stderr
    assert "65,536 ids" in done.stdout
