"""The command in a folder of its own: in this process, or in another where signals and streams matter."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from execgate.cli.app import main

TEAM = """\
agent "reader" {
can "code_execution" with constraints {
allowed_imports: ["json", "math"]
allowed_file_operations: ["read"]
allowed_file_paths: ["/data/*"]
max_execution_time: 30_seconds
}
}
agent "nobody" { }
"""


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the working folder, with a policy in `team.policy` and the state beside it."""
    (tmp_path / "team.policy").write_text(TEAM)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXECGATE_HOME", str(tmp_path / "state"))
    return tmp_path


@pytest.fixture
def execgate(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Done]:
    """Return a function that runs the command in this process."""

    def run(*arguments: str, stdin: bytes = b"") -> Done:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Done(status, captured.out, captured.err)

    return run


@pytest.fixture
def process(folder: Path) -> Callable[..., Done]:
    """Return a function that runs the command in a process of its own."""

    def run(*arguments: str, **options: Any) -> Done:
        options = {"stdin": subprocess.DEVNULL, "timeout": 60, **options}
        ended = subprocess.run(
            [sys.executable, "-m", "execgate", *arguments],
            stdout=options.pop("stdout", subprocess.PIPE),
            stderr=subprocess.PIPE,
            check=False,
            **options,
        )
        return Done(ended.returncode, (ended.stdout or b"").decode(), ended.stderr.decode())

    return run
