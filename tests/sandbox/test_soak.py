"""The soak in small: runs in a row and gates that are killed leave nothing (`python -m benchmarks.soak` is long)."""

import subprocess
import sys
from pathlib import Path

import pytest

from execgate.sandbox import BACKENDS

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]


@pytest.mark.parametrize("share", [("--runs", "36", "--kills", "0"), ("--runs", "0", "--kills", "6")])
@pytest.mark.parametrize("backend", BACKENDS)
def test_nothing_is_left_of_runs_in_a_row_nor_of_killed_gates(backend, share):
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.soak", "--backend", backend, *share],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "nothing is left"
