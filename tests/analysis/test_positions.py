"""Where operations stand: lines from 1, columns from 0 in characters."""

from __future__ import annotations

import json
import sysconfig
from pathlib import Path

import libcst
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider

from execgate.analysis import analyze, guard
from execgate.analysis.positions import Positions
from execgate.errors import SourceError
from execgate.model.source import Source, Span

PLACES = [
    ("import os", Span(1, 0, 1, 9)),
    ("x = 1\nopen('a')", Span(2, 0, 2, 9)),
    ("x = [open('a')]", Span(1, 5, 1, 14)),
    ("ä = 'ß'; open('é')", Span(1, 9, 1, 18)),
    ("😀 = 1" if "😀".isidentifier() else "x = '😀'; open('a')", Span(1, 9, 1, 18)),
    ("open(\n  'a',\n)", Span(1, 0, 3, 1)),
    ("if 1:\r\n    open('a')\r\n", Span(2, 4, 2, 13)),
    ("x = 1\x0c\nopen('a')", Span(2, 0, 2, 9)),
    ("@open\ndef f(): pass", Span(1, 1, 1, 5)),
    ("f(a=1, *[open('a')], **{})", Span(1, 9, 1, 18)),
    ("x = open('a') if 1 else 2", Span(1, 4, 1, 13)),
    ("{1: 2, **{3: open('a')}}", Span(1, 13, 1, 22)),
    ("def f(a, b=open('a'), *, c: int = 1): pass", Span(1, 11, 1, 20)),
    ("eval('open(1)')", Span(1, 0, 1, 15)),
]


@pytest.mark.parametrize(("code", "span"), PLACES)
def test_an_operation_says_where_it_stands(code: str, span: Span) -> None:
    spans = [operation.location for operation in analyze(Source(code)).operations]
    assert span in spans


def test_libcst_would_say_the_same() -> None:
    """Pair every call of some of the standard library with libcst's own, slow, positions."""
    folder = Path(sysconfig.get_paths()["stdlib"])
    compared = 0
    for name in (
        "textwrap.py",
        "argparse.py",
        "json/decoder.py",
        "dataclasses.py",
        "asyncio/tasks.py",
        "ast.py",
    ):
        source = Source.from_bytes((folder / name).read_bytes())
        try:
            tree, module = guard.parse(source)
        except SourceError:
            continue
        wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
        theirs = wrapper.resolve(PositionProvider)
        ours = Positions(source.text, tree, module)
        for node, place in theirs.items():
            if isinstance(node, libcst.Call) and not node.lpar:
                span = ours.span(node)
                assert (span.line, span.column) == (place.start.line, place.start.column), (name, place)
                compared += 1
    assert compared > 500


def test_operations_come_in_the_order_of_the_text() -> None:
    code = "def f():\n    open('b')\nopen('a')\nf()\nopen('c')"
    lines = [operation.location.line for operation in analyze(Source(code)).operations]
    assert lines == sorted(lines)


def test_the_same_text_gives_the_same_document() -> None:
    code = "import os\nfor p in {'b', 'a', 'c'}:\n    os.remove(p)\n"
    documents = {json.dumps(analyze(Source(code)).to_json()) for _ in range(5)}
    assert len(documents) == 1
