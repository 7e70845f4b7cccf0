"""Laws of the analysis: whatever way a value takes, what is done with it is found; what grows ends."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from execgate.analysis import analyze
from execgate.model.operation import FileOperation
from execgate.model.program import Program
from execgate.model.source import Source


def sections(file: str) -> list[tuple[str, str]]:
    text = Path(__file__).with_name(file).read_text(encoding="utf-8")
    parts = [section.partition("\n") for section in text.split("\n--- ")[1:]]
    return [(title, body) for title, _, body in parts]


WAYS = [
    (title.removesuffix(" (closed)"), title.endswith(" (closed)"), body)
    for title, body in sections("ways.txt")
]
"""What puts V into y: a title, whether it is found closed rather than exactly, and the program."""

ENDS = {
    "a module": ("os", "y.remove('/etc/passwd')"),
    "a function": ("os.remove", "y('/etc/passwd')"),
    "a path": ("'/etc/passwd'", "os.remove(y)"),
}


def program_of(way: str, value: str, use: str) -> str:
    code = re.sub(r"\bV\b", lambda _: value, way)
    return f"import os\n{code}\n{use}\n"


def deletions(code: str) -> tuple[list[FileOperation], Program]:
    program = analyze(Source(code))
    return [
        operation
        for operation in program.operations
        if isinstance(operation, FileOperation) and operation.operation == "delete"
    ], program


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("way", [pytest.param(body, id=title) for title, closed, body in WAYS if not closed])
def test_what_is_done_with_a_value_is_found_whatever_way_it_takes(way: str, end: str) -> None:
    code = program_of(way, *ENDS[end])
    found, _ = deletions(code)
    assert "/etc/passwd" in [path for operation in found for path in operation.paths], code


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("way", [pytest.param(body, id=title) for title, closed, body in WAYS if closed])
def test_what_is_done_with_a_value_never_goes_unseen(way: str, end: str) -> None:
    code = program_of(way, *ENDS[end])
    found, program = deletions(code)
    assert found or program.gaps, code


PROBING = """
import json, sys, types
for title, code in json.load(sys.stdin):
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    probe = type("Probe", (), {"__deepcopy__": lambda self, memo: self})()
    module.PROBE, module.input = probe, lambda: "0"
    try:
        exec(compile(code, title, "exec"), module.__dict__)
        assert module.y is probe
    except BaseException as error:
        print(f"{title}: {error!r}")
"""


def test_every_way_is_one_that_python_takes() -> None:
    programs = [(title, program_of(body, "PROBE", "")) for title, _, body in WAYS]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROBING],
        input=json.dumps(programs),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("", 0), done.stderr


@pytest.mark.parametrize("code", [pytest.param(body, id=title) for title, body in sections("handed_on.txt")])
def test_a_file_is_named_however_its_name_is_handed_on(code: str) -> None:
    program = analyze(Source(code))
    assert not program.gaps
    assert [operation for operation in program.operations if not operation.resolved] == []


GROWING = [
    "x = []\nx.append(x)\nfor y in x:\n    y.append(x)\nprint(x)",
    "class A:\n    pass\nA.a = A\nA().a.a.a.b()",
    "x = ()\nwhile True:\n    x = (x, x)",
    "d = {}\nwhile True:\n    d = {'a': d}",
    "n = a\nwhile n:\n    n = n.next",
    "s = 'a'\n" + "s = s + s\n" * 64 + "open(s)",
    "s = 'a'\n" + "s = s.replace('a', 'aa')\n" * 64,
    "s = 'a'\n" + "s = s.join([s, s])\n" * 64,
    "n = 99\n" + "n = n * n\n" * 64,
    "x = [1]\n" + "x = [*x, *x]\n" * 64,
    "x = 'a' * 10 ** 9\ny = 'a'.zfill(10 ** 9)\nz = f'{1:>999999999}'",
    "f = lambda g: g(g)\nf(f)",
    "def f(*a):\n    return f(*a, *a)\nf(1)",
    "".join(f"def f{n}():\n    f{n + 1}()\n    f{n + 1}()\n" for n in range(30)) + "f0()",
    "L = []\n"
    + "".join(f"def f{n}():\n    L.append([{n}])\n    f{n + 1}()\n    f{n + 1}()\n" for n in range(30))
    + "f0()",
    "class A0:\n    pass\n" + "".join(f"class A{n + 1}(A{n}):\n    pass\n" for n in range(200)) + "A200().a()",
    "class A:\n    pass\n" + "class A(A):\n    pass\n" * 200,
    "class A:\n    def __getattr__(self, n):\n        return getattr(self, n + 'x')\nA().x",
    "class A:\n    def __iter__(self):\n        return A()\nfor a in A():\n    pass",
    "e = ValueError()\nwhile True:\n    try:\n        raise e\n    except ValueError as x:\n        e = ValueError(x)",
    "s = 'exec(s)'\nexec(s)",
    "x = {" + ",".join(f"{n}: {n}" for n in range(9999)) + "}",
    "\n".join(f"if a{n}:\n    x = {n}" for n in range(2000)) + "\nopen(str(x))",
]  # fmt: skip


@pytest.mark.timeout(30)
@pytest.mark.parametrize("code", GROWING)
def test_what_grows_for_ever_is_followed_for_a_while(code: str) -> None:
    analyze(Source(code))
