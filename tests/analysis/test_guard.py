"""What reaches the analysis, and what is refused with a place and a reason."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import sysconfig
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesmith import from_grammar

import execgate
from execgate.analysis import analyze
from execgate.errors import SourceError
from execgate.model.source import MAX_BYTES, Source

REFUSED = [
    ("f(", "not valid Python: '(' was never closed", 1, 1),
    ("x = 1\n  y = 2", "not valid Python: unexpected indent", 2, None),
    ("(" * 3000, None, None, None),
    ("[" * 1000 + "]" * 1000, None, None, None),
    ("x = " + "-" * 5000 + "1", None, None, None),
    ("x = " + " and ".join(["a"] * 20000), "too deeply nested to analyse", 1, None),
    ("import " + "a." * 20000 + "b", "too deeply nested to analyse", 1, None),
    ("x" + ".y()" * 5000, None, None, None),
]


@pytest.mark.parametrize(("code", "message", "line", "column"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_no_program_is_refused_with_its_place(
    code: str, message: str | None, line: int | None, column: int | None
) -> None:
    # In a process of its own: what these texts test is that the parser below never sees them.
    script = textwrap.dedent("""
        import sys
        from execgate.analysis import analyze
        from execgate.errors import SourceError
        from execgate.model.source import Source
        try:
            analyze(Source(sys.stdin.read()))
        except SourceError as error:
            print(repr((error.message, error.line, error.column)))
    """)
    done = subprocess.run(
        [sys.executable, "-c", script], input=code, capture_output=True, text=True, check=True
    )
    got = eval(done.stdout)
    if message is not None:
        assert got[0] == message
    if line is not None:
        assert got[1] == line
    if column is not None:
        assert got[2] == column


def test_a_long_sum_and_a_long_chain_of_elifs_are_no_depth() -> None:
    total = " + ".join(["1"] * 400)
    chain = "if a: pass\n" + "elif a: pass\n" * 300
    assert analyze(Source(f"a = 0\nx = {total}\n{chain}")).gaps == ()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"x = '\xff'", "not UTF-8: byte 0xff on line 1"),
        (b"x = 1\n\0", "not a text: NUL byte on line 2"),
        (b"#" * (MAX_BYTES + 1), f"too large: {MAX_BYTES + 1:,} bytes, at most {MAX_BYTES:,} are analysed"),
    ],
)
def test_bytes_that_are_no_text_are_refused(data: bytes, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        Source.from_bytes(data)
    assert caught.value.message == message


def test_a_byte_order_mark_is_no_part_of_the_program() -> None:
    assert Source.from_bytes(b"\xef\xbb\xbfx = 1").text == "x = 1"


def test_a_coding_cookie_does_not_change_what_is_read() -> None:
    # Read as UTF-7, the second line would be a call; the text that runs is the one that is analysed.
    source = Source.from_bytes(b"# -*- coding: utf-7 -*-\nx = '+AC8-'\n")
    assert analyze(source).operations == ()
    assert "+AC8-" in source.text


def test_a_text_that_one_parser_refuses_is_refused() -> None:
    # Python takes a tab for eight columns, libcst does not.
    code = "def f(x):\n  if x:\n\t   return 1\n  else:\n     return 2\n"
    compile(code, "f", "exec")
    with pytest.raises(SourceError, match="two parsers disagree"):
        analyze(Source(code))


@settings(max_examples=60, deadline=None)
@given(from_grammar())
def test_no_valid_program_crashes_the_analyser(code: str) -> None:
    with contextlib.suppress(SourceError):
        analyze(Source(code))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_no_text_crashes_the_analyser(code: str) -> None:
    with contextlib.suppress(SourceError):
        analyze(Source(code))


def test_our_own_code_and_some_of_pythons_is_analysed() -> None:
    own = sorted(Path(execgate.__file__).parent.rglob("*.py"))
    pythons = sorted((Path(sysconfig.get_paths()["stdlib"]) / "json").rglob("*.py"))
    found = 0
    # Of every room something, and in time everything: a new file moves those behind it.
    for path in [*own[::5], *pythons]:
        found += len(analyze(Source.from_bytes(path.read_bytes(), path.name)).operations)
    assert found > 500
