"""Ways around a gate, in families, each beside the nearest honest program.

A file `programs/<family>/<way>.py` once got past a gate, ours or another: its first line tells how, its second
what it has to be denied for (`# expect:` and a type of operation, or `gap`).  `<way>.honest.py` does something
harmless in the same manner and is allowed.

The agent may import everything, and read and write its own folder: whatever denies is what the code does.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from execgate.analysis import analyze
from execgate.model.program import Program
from execgate.model.source import Source
from execgate.model.verdict import Decision, Reason
from execgate.policy import PolicySet

HERE = Path(__file__).with_name("programs")
HONEST = ".honest.py"

HONEST_ONES = frozenset(HERE.glob(f"*/*{HONEST}"))

FAMILIES = {
    "async": "what coroutines and asynchronous hooks do",
    "classes": "hooks, descriptors, metaclasses and inheritance",
    "concurrency": "threads, executors and queues",
    "containers": "what lists and dictionaries hand on",
    "dynamic_code": "code that is made when the program runs",
    "environment": "variables of the environment",
    "exceptions": "what errors carry",
    "files": "paths, links, archives and descriptors",
    "functions": "partial calls, decorators, defaults and closures",
    "generators": "what generators give and are sent",
    "imports": "modules under other names, and by other ways",
    "loops_and_branches": "what only a late turn or one branch does",
    "native": "code that is no Python",
    "network": "hosts in disguise, proxies and look-ups",
    "payments": "money that moves by other forms of a call",
    "processes": "programs that are started by other ways",
    "reflection": "attributes by text, frames, namespaces and subclasses",
    "serialization": "objects that are made of bytes",
    "stdlib_helpers": "functions that call what they are given",
    "strings": "names in pieces, encodings and format strings",
    "time": "what runs late, or between two calls",
    "unicode_and_syntax": "syntax that hides a call",
    "written_code": "code that is put into a file which something runs",
}
"""The families, with what theirs have in common."""

NEWER = {
    "exceptions/module_in_an_exception_group": (3, 11),
}
"""Programs in syntax that older Pythons refuse, with the first that reads them."""

FILES = [
    path
    for path in sorted(HERE.glob("*/*.py"))
    if sys.version_info
    >= NEWER.get(path.relative_to(HERE).as_posix().removesuffix(".py").removesuffix(".honest"), (3, 10))
]
BYPASSES = [path for path in FILES if path not in HONEST_ONES]
TWINS = [path for path in FILES if path in HONEST_ONES]

POLICY = PolicySet.parse("""
agent "free_importer" {
  can "code_execution" with constraints {
    allowed_imports: ["*"]
    allowed_file_operations: "read_write"
    allowed_file_paths: ["/workspace"]
    allowed_hosts: ["api.example.com"]
  }
}
""").agent("free_importer")


def name_of(path: Path) -> str:
    return path.relative_to(HERE).as_posix().removesuffix(".py")


def analysed(path: Path) -> Program:
    return analyze(Source.from_bytes(path.read_bytes(), path.name))


@pytest.mark.parametrize("path", BYPASSES, ids=name_of)
def test_a_bypass_is_denied_for_what_it_does(path: Path) -> None:
    expected = path.read_text(encoding="utf-8").splitlines()[1].removeprefix("# expect: ")
    program = analysed(path)
    verdict = POLICY.judge(program)
    broken: set[str] = {
        program.operations[violation.operation].type
        for violation in verdict.all_violations
        if violation.operation is not None
    }
    if program.gaps:
        broken.add("gap")
    assert verdict.decision is Decision.DENY
    assert expected in broken
    assert all(violation.reason is not Reason.SYSTEM for violation in verdict.all_violations)


@pytest.mark.parametrize("path", TWINS, ids=name_of)
def test_the_nearest_honest_program_is_allowed(path: Path) -> None:
    program = analysed(path)
    verdict = POLICY.judge(program)
    assert program.gaps == ()
    assert [violation.message for violation in verdict.all_violations] == []
    assert verdict.decision is Decision.ALLOW


def test_every_program_is_in_a_family_and_every_bypass_has_its_twin() -> None:
    assert list(HERE.glob("*.py")) == []
    assert {path.parent.name for path in HERE.glob("*/*.py")} == set(FAMILIES)
    ways = {
        path.with_name(path.name.removesuffix(".py"))
        for path in HERE.glob("*/*.py")
        if path not in HONEST_ONES
    }
    assert ways == {path.with_name(path.name.removesuffix(HONEST)) for path in HONEST_ONES}


@pytest.mark.parametrize("path", BYPASSES, ids=name_of)
def test_a_bypass_tells_its_story(path: Path) -> None:
    story, expected = path.read_text(encoding="utf-8").splitlines()[:2]
    assert story.startswith("# ")
    assert story.endswith(".")
    assert expected.startswith("# expect: ")
