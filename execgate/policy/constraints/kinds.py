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
    Word,
)
from execgate.policy.constraints._family import Family, Given, Judge, twins, words
from execgate.policy.matching.pairs import Finding, Reader, Subject
from execgate.policy.problems import clipped


def _family(
    operation: type[Operation], word: Word, noun: str, *, what: str, act: Callable[[str], str]
) -> Family:
    field, known = word
    read = words(known, what)
    return Family(
        operation,
        twins(noun, read, known=known),
        functools.partial(_compile, noun=noun, field=field, read=read, act=act),
    )


def _compile(given: Given, *, noun: str, field: str, read: Reader, act: Callable[[str], str]) -> Judge:
    pair = given.pair(noun, read)

    @functools.cache  # there are as many as the vocabulary has
    def judged(word: str) -> Finding:
        return pair.judge(Subject((word,), (word,), lambda: (act(clipped(word)), word)))

    return lambda operation: judged(getattr(operation, field))


FAMILIES = (
    _family(
        DynamicCode,
        DynamicCode.word,
        "dynamic_code",
        what="kind of dynamic code",
        act=lambda word: f"use dynamic code (`{word}`)",
    ),
    _family(
        NativeCode,
        NativeCode.word,
        "native_code",
        what="kind of native code",
        act=lambda word: f"call native code (`{word}`)",
    ),
    _family(
        Deserialization,
        Deserialization.word,
        "deserialization",
        what="format",
        act=lambda word: f"load objects from `{word}`",
    ),
    _family(
        ProcessControl,
        ProcessControl.word,
        "process_control",
        what="kind of process control",
        act=lambda word: f"control processes (`{word}`)",
    ),
    _family(
        SystemAccess,
        SystemAccess.word,
        "system_access",
        what="kind of system access",
        act=lambda word: f"look at the machine (`{word}`)",
    ),
)
