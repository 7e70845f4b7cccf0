"""What is computed from constants is what CPython computes: each text here is evaluated by both."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from execgate.analysis import analyze
from execgate.model.operation import FileOperation
from execgate.model.source import Source

PROGRAMS = [
    program
    for program in Path(__file__).with_name("computed.txt").read_text(encoding="utf-8").split("\n---\n")
    if program.strip()
]


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_computed_path_is_the_one_that_python_computes(program: str) -> None:
    code = program if "\nx = " in f"\n{program}" else f"x = {program.strip()}"
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(code, names)
    analysed = analyze(Source(f"{code}\nopen(x)"))
    opened = [
        path
        for operation in analysed.operations
        if isinstance(operation, FileOperation) and operation.via == "open" and operation.operation == "read"
        for path in operation.paths
    ]
    assert opened == [os.fspath(names["x"])]
    assert analysed.gaps == ()


UNKNOWN = [
    "''.join({'/a', '/b'})",
    "list({'/a', '/b'})[0]",
    "__import__('json').dumps([1], indent=10**9)",
    "__import__('re').sub('', 'x' * 60000, 'a' * 60000)",
    "__import__('re').sub('(a+)+b', '', 'a' * 60)",
    "__import__('struct').pack('99999999x')",
    "(1).to_bytes(10**9, 'big')",
    "__import__('zlib').decompress(__import__('zlib').compress(b'a' * 60000) * 9) * 3",
]


@pytest.mark.parametrize("expression", UNKNOWN)
def test_what_has_no_order_or_no_end_is_not_computed(expression: str) -> None:
    known = [
        path
        for operation in analyze(Source(f"open({expression})")).operations
        if isinstance(operation, FileOperation)
        for path in operation.paths
        if isinstance(path, str)
    ]
    assert len(known) != 1
