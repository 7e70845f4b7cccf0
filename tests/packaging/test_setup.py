"""What the set-up says on a machine where it can't work: one line with the fix, and nothing half made."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
TOOLS = ("sh", "cat", "date", "dirname", "id", "mkdir", "rm", "sed", "sha256sum")


@pytest.fixture
def machine(tmp_path):
    """Return a function that runs the set-up in a checkout with a space in its path, and only basic tools."""
    checkout = tmp_path / "a checkout"
    (checkout / "scripts").mkdir(parents=True)
    for name in ("scripts/setup.sh", "uv.lock", "pyproject.toml"):
        shutil.copy(CHECKOUT / name, checkout / name)
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in TOOLS:
        (tools / name).symlink_to(shutil.which(name))

    def run(**commands: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": str(tools), "HOME": str(tmp_path), "PIP_NO_INDEX": "1"}
        for name, script in commands.items():
            if name.isupper():
                environment[name] = script
                continue
            path = tools / name.replace("_", ".")
            path.write_text(f"#!{tools}/sh\n{script}\n")
            path.chmod(0o755)
        return subprocess.run(
            [checkout / "scripts" / "setup.sh"], env=environment, capture_output=True, text=True, check=False
        )

    return run


def _python(without: str = "nothing", version: str | None = None) -> str:
    """Return a script that is this Python, of another version or without a module."""
    version_info = "sys.version_info" if version is None else f"(*map(int, {version!r}.split('.')), 0)"
    return (
        f'[ "$1" = -c ] || exec {sys.executable} "$@"\n'
        f"exec {sys.executable} -c "
        f'"import sys; sys.modules[{without!r}] = None; sys.version_info = {version_info}; '
        f"sys.executable = '$0'; $2\""
    )


def test_without_a_python_it_says_which_it_needs(machine):
    found = machine()
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr == (
        "setup: no Python 3.10 to 3.13 found; install one, or name it: make PYTHON=/path/to/python\n"
    )


@pytest.mark.parametrize("version", ["3.9", "3.14", "2.7"])
def test_a_python_of_another_version_is_none(machine, version):
    found = machine(python3=_python(version=version))
    assert found.returncode == 1
    assert found.stderr.startswith("setup: no Python 3.10 to 3.13 found;")


def test_a_python_that_was_named_and_is_none_is_not_replaced_by_another(machine):
    found = machine(python3=_python(), PYTHON="/nowhere/python")
    assert (found.returncode, found.stderr) == (
        1,
        "setup: PYTHON=/nowhere/python is no Python 3.10 to 3.13\n",
    )


def test_a_python_that_makes_no_environments_is_named_with_the_fix(machine):
    found = machine(python3=_python(without="ensurepip"))
    assert found.returncode == 1
    assert "can make no virtual environment" in found.stderr.splitlines()[-1]


def test_what_does_not_run_is_passed_over_and_an_index_out_of_reach_is_said(machine):
    found = machine(python3_12="exit 127", python3=_python())
    assert found.returncode == 1
    making, *_, last = found.stderr.splitlines()
    assert making.startswith("setup: making .venv for Python")
    assert last == "setup: pip could not fetch uv; is a package index reachable from this machine?"
