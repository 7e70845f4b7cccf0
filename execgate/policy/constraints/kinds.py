"""The families whose operations have one word: dynamic code, native code, deserialization and their like."""

from __future__ import annotations

import functools
from collections.abc import Callable

from execgate.model.operation import (
    Deserialization,
    DynamicCode,
    NativeCode,
    Operation,
    ProcessControl,
    SystemAccess,
)
from execgate.policy.constraints._family import Family, Given, Judge, twins, words
from execgate.policy.problems import clipped
from execgate.policy.rules import Finding, Reader, Subject

DYNAMIC_CODE = ("eval", "exec", "compile", "attribute", "import", "namespace", "introspection")
PROCESS_CONTROL = ("kill", "signal", "priority", "identity", "limits")
SYSTEM_ACCESS = ("processes", "resources", "interfaces", "users", "hardware", "screen", "input")


def _family(
    operation: type[Operation], noun: str, field: str, read: Reader, *, act: Callable[[str], str], judges: str
) -> Family:
    return Family(
        operation,
        twins(noun, read, judges),
        functools.partial(_compile, noun=noun, field=field, read=read, act=act),
    )


def _compile(given: Given, *, noun: str, field: str, read: Reader, act: Callable[[str], str]) -> Judge:
    pair = given.pair(noun, read)

    def judge(operation: Operation) -> Finding:
        word: str = getattr(operation, field)
        return pair.judge(Subject((word,), (word,), lambda: (act(clipped(word)), word)))

    return judge


FAMILIES = (
    _family(
        DynamicCode,
        "dynamic_code",
        "kind",
        words(DYNAMIC_CODE, "kind of dynamic code"),
        act=lambda word: f"use dynamic code (`{word}`)",
        judges="code made or reached at run time: " + ", ".join(DYNAMIC_CODE),
    ),
    _family(
        NativeCode,
        "native_code",
        "kind",
        words((), "kind of native code", closed=False),
        act=lambda word: f"call native code (`{word}`)",
        judges="code below Python's own rules, by kind: `ctypes`, `cffi`, `mmap` and their like",
    ),
    _family(
        Deserialization,
        "deserialization",
        "format",
        words((), "format", closed=False),
        act=lambda word: f"load objects from `{word}`",
        judges="formats that can run code when they are loaded: `pickle`, `marshal`, `shelve` and their like",
    ),
    _family(
        ProcessControl,
        "process_control",
        "operation",
        words(PROCESS_CONTROL, "kind of process control"),
        act=lambda word: f"control processes (`{word}`)",
        judges="what is done to processes: " + ", ".join(PROCESS_CONTROL),
    ),
    _family(
        SystemAccess,
        "system_access",
        "kind",
        words(SYSTEM_ACCESS, "kind of system access"),
        act=lambda word: f"look at the machine (`{word}`)",
        judges="what is looked at or acted on: " + ", ".join(SYSTEM_ACCESS),
    ),
)
