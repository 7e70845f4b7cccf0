"""The guide is played from its first line to its last, and each command prints what the page shows."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

GUIDE = Path(__file__).parents[2] / "docs" / "policy-guide.md"
BLOCK = re.compile(r"^(?P<fence>`{3,})(?P<language>\w+)\n(?P<text>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL)
COMMANDS = Path(sys.executable).parent


def _play(text: str) -> int:
    """Play a console block: `cat` writes the file that it shows, every other line runs as it stands."""
    played = 0
    for entry in f"\n{text}".split("\n$ ")[1:]:
        line, _, shown = entry.partition("\n")
        if line.startswith("cat "):
            Path(line.removeprefix("cat ")).write_text(f"{shown.rstrip()}\n", encoding="utf-8")
            continue
        ran = subprocess.run(
            ["/bin/sh", "-c", line],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=60,
        )
        assert _is_what_is_shown(ran.stdout, shown), f"$ {line}\n{ran.stdout}"
        played += 1
    return played


def _is_what_is_shown(printed: str, shown: str) -> bool:
    """Return whether it is the same; `...` stands for anything."""
    pattern = ".*".join(re.escape(part) for part in shown.rstrip("\n").split("..."))
    return re.fullmatch(pattern, printed.rstrip("\n"), re.DOTALL) is not None


def _patch(text: str) -> None:
    subprocess.run(["git", "apply", "-"], input=text, text=True, check=True, timeout=60)


def _run(text: str, names: dict[str, object]) -> None:
    test = doctest.DocTestParser().get_doctest(text, names, "guide", str(GUIDE), 0)
    result = doctest.DocTestRunner().run(test, clear_globs=False)
    names.update(test.globs)
    assert (result.failed, result.attempted > 0) == (0, True)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    monkeypatch.setenv("PATH", f"{COMMANDS}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("EXECGATE_HOME", raising=False)
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Author")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "author@example.com")


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("folder")
def test_the_guide_shows_what_happens():
    blocks = list(BLOCK.finditer(GUIDE.read_text(encoding="utf-8")))
    names: dict[str, object] = {}
    played = 0
    for block in blocks:
        if block["language"] == "console":
            played += _play(block["text"])
        elif block["language"] == "diff":
            _patch(block["text"])
        elif block["language"] == "python":
            _run(block["text"], names)
    assert {block["language"] for block in blocks} == {"console", "diff", "python", "yaml"}
    assert played >= 25


@pytest.mark.parametrize(
    ("printed", "shown", "same"),
    [
        ("a\nb\nc\n", "a\n...\nc\n", True),
        ("a\nb\nd\n", "a\n...\nc\n", False),
        ("receipt 17 (x)\n", "receipt ... (x)\n", True),
        ("", "a\n", False),
    ],
)
def test_dots_stand_for_anything_and_all_else_for_itself(printed, shown, same):
    assert _is_what_is_shown(printed, shown) is same
