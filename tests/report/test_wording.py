"""Every operation has words, and each listing line says type, what, where and what is not known."""

from __future__ import annotations

import re

import pytest

from execgate.model import vocabulary
from execgate.model.execution import ExecutionResult, Stop, Usage
from execgate.model.operation import (
    OPERATION_TYPES,
    DatabaseOperation,
    Deserialization,
    DynamicCode,
    EnvironmentAccess,
    FileOperation,
    Gap,
    ModuleImport,
    NativeCode,
    NetworkCall,
    OpaqueCall,
    PackageInstall,
    PaymentCall,
    ProcessControl,
    ProcessSpawn,
    SystemAccess,
    ToolCall,
)
from execgate.model.program import Program
from execgate.model.source import Source, Span
from execgate.model.values import Hole, Template, Unknown
from execgate.report.text import operations_text, outcome_text, size, summary_text
from execgate.report.values import Summary
from execgate.report.wording import describe

AT = {"via": "m.f", "location": Span(1, 0, 1, 3)}
UNKNOWN = Unknown("it comes from `input`")

WORDS = [
    (ModuleImport(module="os", **AT), "imports os"),
    (ModuleImport(module=UNKNOWN, **AT), "imports an unknown module"),
    (FileOperation(operation="read", paths=("a.csv",), **AT), "reads a.csv"),
    (FileOperation(operation="copy", paths=("a", "b"), **AT), "copies a and b"),
    (FileOperation(operation="stat", paths=(), **AT), "looks at an unknown path"),
    (FileOperation(operation=UNKNOWN, paths=(UNKNOWN,), **AT), "opens in an unknown mode an unknown path"),
    (FileOperation(operation="delete", paths=("a",), recursive=True, **AT), "deletes a and all below"),
    (FileOperation(operation="delete", paths=tuple("abcdef"), **AT), "deletes a, b, c, d and 2 more"),
    (
        FileOperation(operation="write", paths=(Template(("/data/", Hole.WORD, ".csv")),), **AT),
        "writes /data/*.csv",
    ),
    (FileOperation(operation="read", paths=("x" * 99,), **AT), f"reads {'x' * 57}..."),
    (FileOperation(operation="read", paths=("",), **AT), "reads an empty path"),
    (NetworkCall(destination="x.org", port=443, **AT), "reaches x.org:443"),
    (NetworkCall(destination=UNKNOWN, port=UNKNOWN, **AT), "reaches an unknown host:an unknown port"),
    (NetworkCall(destination=None, method="listen", **AT), "listens on every interface"),
    (NetworkCall(destination="x.org", method="resolve", **AT), "looks up x.org"),
    (NetworkCall(destination=None, **AT), "reaches the network"),
    (
        ProcessSpawn(command="ls | wc", shell=True, programs=("ls", "wc"), **AT),
        "starts ls and wc through a shell",
    ),
    (ProcessSpawn(command=("git",), shell=False, programs=("git",), **AT), "starts git"),
    (EnvironmentAccess(operation="read", names=("KEY",), **AT), "reads the environment variable KEY"),
    (EnvironmentAccess(operation="list", names=(), **AT), "lists the environment"),
    (DatabaseOperation(operation="select", tables=("users",), **AT), "selects from users"),
    (
        DatabaseOperation(operation=UNKNOWN, tables=(), destination="a.db", **AT),
        "does something unknown to a database in a.db",
    ),
    (
        PaymentCall(
            provider="stripe", operation="charge", amount="19.99", currency="USD", recipient="acct", **AT
        ),
        "calls stripe to charge 19.99 USD to acct",
    ),
    (PaymentCall(provider="stripe", operation="refund", **AT), "calls stripe to refund an unknown amount"),
    (
        PaymentCall(
            provider="stripe", operation="charge", amount="1", currency="EUR", customer="cus_1", **AT
        ),
        "calls stripe to charge 1 EUR for cus_1",
    ),
    (
        PaymentCall(
            provider="stripe",
            operation="charge",
            amount="1",
            currency="EUR",
            recipient="cus_1",
            customer="cus_1",
            **AT,
        ),
        "calls stripe to charge 1 EUR to cus_1",
    ),
    (
        PaymentCall(provider="stripe", operation="void", recipient=UNKNOWN, customer=UNKNOWN, **AT),
        "calls stripe to void an unknown amount to an unknown recipient for an unknown customer",
    ),
    (DynamicCode(kind="eval", **AT), "evaluates an expression that is made when it runs"),
    (NativeCode(kind="ctypes", **AT), "calls native code by ctypes"),
    (Deserialization(format="pickle", paths=("a.pkl",), **AT), "makes objects of pickle data from a.pkl"),
    (Deserialization(format="pickle", **AT), "makes objects of pickle data"),
    (PackageInstall(packages=("requests",), **AT), "installs requests"),
    (ProcessControl(operation="kill", **AT), "controls processes (kill)"),
    (SystemAccess(kind="users", **AT), "looks at or acts on the machine (users)"),
    (OpaqueCall(library="foo", **AT), "calls foo, whose effects are not known"),
    (ToolCall(stage="propose", tool="send_mail", **AT), "proposes the tool send_mail"),
    (ToolCall(stage="execute", tool="send_mail", **AT), "executes the tool send_mail"),
]


@pytest.mark.parametrize(("operation", "words"), WORDS, ids=[words for _, words in WORDS])
def test_an_operation_is_described_in_one_phrase(operation, words):
    assert describe(operation) == words


@pytest.mark.parametrize(
    "operation",
    [
        *(FileOperation(operation=word, paths=("a",), **AT) for word in vocabulary.FILE_OPERATIONS),
        *(
            EnvironmentAccess(operation=word, names=("A",), **AT)
            for word in vocabulary.ENVIRONMENT_OPERATIONS
        ),
        *(DatabaseOperation(operation=word, tables=("t",), **AT) for word in vocabulary.DATABASE_OPERATIONS),
        *(DynamicCode(kind=word, **AT) for word in vocabulary.DYNAMIC_CODE),
    ],
    ids=lambda operation: str(operation.to_json().get("operation", operation.type)),
)
def test_every_word_of_an_operation_is_said_in_the_third_person(operation):
    assert re.match(r"[a-z]+s\b", describe(operation))


def test_every_type_of_operation_has_words_of_its_own():
    assert {type(operation) for operation, _ in WORDS} == set(OPERATION_TYPES)


def test_the_listing_has_one_line_for_each_operation_and_gap_in_the_order_of_the_text():
    source = Source("import os\nopen(x)\neval\n")
    program = Program(
        source,
        (
            ModuleImport(via="os", location=Span(1, 0, 1, 9), module="os"),
            ModuleImport(via="random._os", location=Span(1, 7, 1, 9), module="os"),
            FileOperation(via="open", location=Span(2, 0, 2, 7), operation="read", paths=(UNKNOWN,)),
            DynamicCode(via="eval", location=Span(3, 0, 3, 4), kind="eval"),
        ),
        (Gap("`x` is called, and what it is can't be known", Span(2, 5, 2, 6)),),
    )
    assert operations_text("a\nb.py", program) == (
        "a\\u{a}b.py:1:1: module_import: imports os\n"
        "a\\u{a}b.py:1:8: module_import: imports os (random._os)\n"
        "a\\u{a}b.py:2:1: file_operation: reads an unknown path (open), unresolved: "
        "paths: it comes from `input`\n"
        "a\\u{a}b.py:2:6: gap: `x` is called, and what it is can't be known\n"
        "a\\u{a}b.py:3:1: dynamic_code: evaluates an expression that is made when it runs (eval)\n"
    )


@pytest.mark.parametrize(
    ("summary", "text"),
    [
        (Summary(3, 1, 1, 1, 0), "3 files: 1 allowed, 1 denied, 1 escalated"),
        (Summary(1, 0, 1, 0, 1), "1 file: 1 denied"),
        (Summary(2, 0, 0, 0, 0), "2 files: nothing was judged, as no agent was given"),
        (Summary(1, 0, 0, 0, 1), "1 file: 1 error"),
        (Summary(4, 1, 1, 0, 3), "4 files: 1 allowed, 1 denied, 2 errors"),
        (Summary(1, 1, 0, 0, 0, 2), "1 file: 1 allowed, 2 warnings"),
    ],
)
def test_the_summary_counts_what_became_of_the_files(summary, text):
    assert summary_text(summary) == text


def outcome(stop: Stop, code: int | None = None, detail: str = "", **more) -> str:
    usage = Usage(0.314, 0.25, 12_345_678, 2)
    return outcome_text(ExecutionResult(stop, code, "", "", usage, detail, **more))


def test_the_outcome_says_what_ended_the_run_and_what_it_used():
    used = "after 0.31 s, 0.25 s of processor time, 12.3 MB of memory, 2 processes"
    assert outcome(Stop.EXIT, 0) == f"the program ended with status 0 {used}"
    assert outcome(Stop.EXIT, 3, "x\x1b") == f"the program ended with status 3 (x\\u{{1b}}) {used}"
    assert outcome(Stop.TIME, detail="5 s") == f"the program was stopped by its time limit (5 s) {used}"
    assert outcome(Stop.ENGINE) == f"the sandbox was lost while the program ran {used}"
    assert outcome(Stop.CANCELLED) == f"the run was cancelled {used}"
    assert outcome(Stop.OUTPUT, output_truncated=True) == (
        f"the program was stopped by its output limit {used}; its output was cut"
    )


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (5_500_000, "5.5 MB"), (3 * 10**12, "3000.0 GB")],
)
def test_sizes_are_decimal(count, text):
    assert size(count) == text


def test_how_a_program_ended_is_said_once():
    def told(*arguments, detail):
        return outcome_text(ExecutionResult(*arguments, "", "", Usage(0.0), detail=detail))

    assert told(Stop.EXIT, 3, detail="exit status 3") == "the program ended with status 3 after 0.00 s"
    assert told(Stop.EXIT, -9, detail="killed by SIGKILL") == (
        "the program ended with status -9 (killed by SIGKILL) after 0.00 s"
    )
    for why in ("no room (max_disk): nothing was run", "nothing was run: it is gone"):
        assert told(Stop.DISK, None, detail=why) == why
