"""Verdicts, stores and clocks that the tests of receipts share."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from execgate.model.conversation import Conversation
from execgate.model.execution import Artifact, ExecutionResult, Stop, Usage
from execgate.model.operation import FileOperation, Gap, ModuleImport, NetworkCall
from execgate.model.program import Program
from execgate.model.source import Source, Span
from execgate.model.values import Unknown
from execgate.model.verdict import Clause, Ruling, Verdict, Violation
from execgate.receipts import CallPart, Receipt, ReceiptStore

CODE = 'import pandas\nopen("data.csv")\nfetch(url)\n'
POLICY = 'agent "analyst" { can "code_execution" with constraints { allowed_imports: ["pandas"] } }'
WHOLE = CallPart(0, 1, approved=True)


class Clock:
    """A clock that goes on by a second with every look, unless it is set."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 2, 3, 4, 5, 678_901, tzinfo=timezone.utc)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def _verdict(
    code: str = CODE,
    *,
    agent: str = "analyst",
    violations: tuple[Violation, ...] = (),
    gaps: tuple[Gap, ...] = (),
    policy: str | None = POLICY,
    operations: int = 3,
) -> Verdict:
    source = Source(code, "job.py")
    span = Span(1, 0, 1, 13)
    known = (
        ModuleImport(via="import", location=span, module="pandas"),
        FileOperation(via="open", location=span, operation="read", paths=("data.csv",)),
        NetworkCall(via="fetch", location=span, destination=Unknown("an argument"), port=443),
    )
    found = tuple(known[index % 3] for index in range(operations))
    clause = Clause("analyst.policy", Span(1, 0, 1, 9), 'agent "analyst" {')
    return Verdict(
        source,
        agent,
        Program(source, found, gaps),
        tuple(Ruling(index, (clause,)) for index in range(operations)),
        violations,
        policy_digest=None if policy is None else "sha256:" + hashlib.sha256(policy.encode()).hexdigest(),
        policy_text=policy,
        constraints={"allowed_imports": ["pandas"]},
    )


@pytest.fixture(scope="session")
def verdict() -> Callable[..., Verdict]:
    """Make a verdict; without arguments it is ALLOW."""
    return _verdict


@pytest.fixture
def denied() -> Verdict:
    span = Span(2, 0, 2, 16)
    clause = Clause("analyst.policy", Span(1, 30, 1, 40), POLICY)
    violation = Violation(
        "allowed_file_operations", "may not read", operation=1, location=span, clause=clause, help="no help"
    )
    return _verdict(violations=(violation,))


@pytest.fixture
def conversation() -> Conversation:
    return Conversation("planner", "finance", "please run this", "running", 4, "c-17")


@pytest.fixture
def result() -> ExecutionResult:
    return ExecutionResult(
        Stop.EXIT,
        0,
        "42\n",
        "",
        Usage(0.25, 0.1, 1 << 20, 2),
        artifacts=(Artifact("plot.png", b"\x89PNG"),),
        backend="docker",
        image="sha256:abc",
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def store(home: Path, clock: Clock) -> Iterator[ReceiptStore]:
    with ReceiptStore.open(home, clock=clock) as opened:
        yield opened


@pytest.fixture(scope="session")
def shared_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReceiptStore]:
    """Give a store to examples that don't look at each other."""
    with ReceiptStore.open(tmp_path_factory.mktemp("shared") / "home") as opened:
        yield opened


@pytest.fixture
def sql() -> Callable[..., int]:
    """Do to a store's tables what its code never does; give the number of rows that changed."""

    def run(home: Path, statement: str, *values: object) -> int:
        with contextlib.closing(sqlite3.connect(home / "receipts.db", isolation_level=None)) as connection:
            return connection.execute(statement, values).rowcount

    return run


@pytest.fixture
def filled(
    store: ReceiptStore, denied: Verdict, conversation: Conversation, result: ExecutionResult
) -> tuple[ReceiptStore, list[Receipt]]:
    """Give a store of five: approved, its outcome, denied, approved without an outcome, and its own kind."""
    first = store.decision(_verdict(), conversation, call=WHOLE)
    receipts = [
        first,
        store.outcome(first, result),
        store.decision(denied, conversation, call=CallPart(0, 2, approved=False)),
        store.decision(_verdict("print(1)\n", operations=0), Conversation(), call=WHOLE),
        store.decision(
            _verdict(policy=None, agent="nobody"), conversation, call=CallPart(1, 2, approved=False)
        ),
    ]
    return store, receipts
