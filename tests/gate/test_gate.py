"""The way through: judged, receipted, run, receipted again."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from execgate import Gate
from execgate.calls import DENIED_EXIT_CODE, NotRunError
from execgate.errors import AuthorizationError, InputError, PolicyError, ReceiptError, SandboxUnavailableError
from execgate.gate import default_home
from execgate.model.conversation import Conversation
from execgate.model.execution import Artifact, ExecutionResult, InputFile, Stop, Usage
from execgate.model.operation import Operation
from execgate.model.source import MAX_BYTES, Source
from execgate.model.verdict import Authorization, Decision, Reason, Verdict

POLICY = """
agent "coder" {
  can "code_execution" with constraints {
    allowed_imports: ["json"]
    allowed_file_operations: ["read", "write"]
    allowed_file_paths: ["/workspace"]
    max_execution_time: 5_seconds
  }
}
agent "idle" { }
"""


class Recorder:
    """A sandbox that runs nothing: it notes what it is given, and answers as it is told to."""

    name = "recorder"

    def __init__(self) -> None:
        self.ran: list[tuple[str, dict[str, bytes]]] = []
        self.answer: Callable[[str], ExecutionResult] = lambda _: finished()

    def run(
        self,
        authorization: Authorization,
        *,
        inputs: Sequence[InputFile] = (),
        on_output: Callable[[str, bytes], None] | None = None,
        conversation: str | None = None,
        permits: Callable[[Operation], bool] | None = None,
    ) -> ExecutionResult:
        self.permits = permits
        self.ran.append((authorization.source.text, {file.name: file.data for file in inputs}))
        return self.answer(authorization.source.text)

    def close(self) -> None:
        self.ran.append(("closed", {}))


def finished(code: int = 0, *artifacts: Artifact) -> ExecutionResult:
    return ExecutionResult(Stop.EXIT, code, "", "", Usage(0.1), artifacts=artifacts, backend="recorder")


@pytest.fixture
def sandbox() -> Recorder:
    return Recorder()


@pytest.fixture
def gate(tmp_path: Path, sandbox: Recorder) -> Iterator[Gate]:
    policy = tmp_path / "agents.policy"
    policy.write_text(POLICY)
    with Gate.load(policy, home=tmp_path / "home", sandbox=sandbox) as gate:
        yield gate


def kinds(gate: Gate) -> list[tuple[str, str]]:
    return [(receipt.kind, receipt.verdict) for receipt in gate.receipts.list()]


def test_what_runs_is_byte_for_byte_what_was_analysed(gate: Gate, sandbox: Recorder) -> None:
    code = "x = 'ä'\r\nprint(x)\t\n"
    execution = gate.execute(code, agent="coder")
    assert execution.verdict.decision is Decision.ALLOW
    assert sandbox.ran == [(code, {})]
    assert execution.decision.kind == "decision"
    assert execution.outcome is not None
    assert kinds(gate) == [("decision", "ALLOW"), ("outcome", "ALLOW")]
    assert gate.receipts.verify().ok


def test_denied_code_does_not_reach_the_sandbox_and_leaves_a_receipt(gate: Gate, sandbox: Recorder) -> None:
    execution = gate.execute("import os", agent="coder")
    assert execution.verdict.decision is Decision.DENY
    assert (execution.result, execution.outcome) == (None, None)
    assert sandbox.ran == []
    assert kinds(gate) == [("decision", "DENY")]


def test_a_denial_is_receipted_while_an_engine_that_keeps_silent_is_waited_for(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = tmp_path / "agents.policy"
    policy.write_text(POLICY)
    place = tmp_path_factory.mktemp("s") / "engine.sock"
    monkeypatch.setenv("DOCKER_HOST", f"unix://{place}")
    monkeypatch.setenv("PATH", "")  # where there is no other sandbox
    failures: list[SandboxUnavailableError] = []

    def run() -> None:
        try:
            gate.execute("print(1)", agent="coder")
        except SandboxUnavailableError as error:
            failures.append(error)

    with Gate.load(policy, home=tmp_path / "home") as gate, socket.socket(socket.AF_UNIX) as engine:
        engine.bind(str(place))
        engine.listen()
        engine.settimeout(20)
        waiting = threading.Thread(target=run)
        waiting.start()
        with contextlib.closing(engine.accept()[0]), contextlib.closing(engine.accept()[0]) as asked:
            asked.settimeout(20)
            assert asked.recv(1 << 16).startswith(b"GET /")
            denied = gate.execute("import os", agent="coder")
            asked.settimeout(0)
            with pytest.raises(BlockingIOError):  # whoever asked still waits
                asked.recv(1)
        waiting.join()
    assert denied.verdict.decision is Decision.DENY
    assert [failure.message.startswith("no sandbox works here") for failure in failures] == [True]


def test_analyze_runs_nothing_and_leaves_no_receipt(gate: Gate, sandbox: Recorder, tmp_path: Path) -> None:
    assert gate.analyze("print(1)", agent="coder").allowed
    assert sandbox.ran == []
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("code", "agent", "constraint", "reason"),
    [
        ("print(1)", "nobody", "agent", Reason.SYSTEM),
        ("print(1)", "idle", "code_execution", Reason.POLICY),
        ("print(", "coder", "syntax", Reason.ANALYSIS),
        ("x = '\0'", "coder", "source", Reason.ANALYSIS),
        ("x = '\ud800'", "coder", "source", Reason.ANALYSIS),
        ("#" * (MAX_BYTES + 1), "coder", "source", Reason.ANALYSIS),
        ("(" * 3000, "coder", "syntax", Reason.ANALYSIS),
        (Source("console.log(1)", language="javascript"), "coder", "language", Reason.ANALYSIS),
        ("nothing_of_that_name()", "coder", "unresolved_code", Reason.ANALYSIS),
    ],
)
def test_every_way_not_to_be_judged_is_a_denial_of_its_own_family(
    gate: Gate, code: str | Source, agent: str, constraint: str, reason: Reason
) -> None:
    execution = gate.execute(code, agent=agent)
    found = {(violation.constraint, violation.reason) for violation in execution.verdict.all_violations}
    assert execution.verdict.decision is Decision.DENY
    assert found == {(constraint, reason)}
    assert execution.result is None
    assert gate.receipts.verify().ok


def test_a_defect_of_the_analysis_denies(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(source: Source) -> None:
        raise KeyError(source.path)

    monkeypatch.setattr("execgate.analysis.analyze", broken)
    verdict = gate.analyze("print(1)", agent="coder")
    assert verdict.decision is Decision.DENY
    assert [(v.constraint, v.reason) for v in verdict.all_violations] == [("gate", Reason.SYSTEM)]


def test_a_defect_of_the_policy_denies(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = gate.policies.agent("coder")
    monkeypatch.setattr(type(policy), "alone", lambda *_: 1 / 0)
    verdict = gate.analyze("print(1)", agent="coder")
    assert [(v.constraint, v.reason) for v in verdict.all_violations] == [("gate", Reason.SYSTEM)]


def test_one_denied_block_denies_the_call(gate: Gate, sandbox: Recorder) -> None:
    call = gate.execute_blocks(["print(1)", "import os"], agent="coder")
    assert call.exit_code == DENIED_EXIT_CODE
    assert not call.allowed
    assert sandbox.ran == []
    assert kinds(gate) == [("decision", "ALLOW"), ("decision", "DENY")]
    # The first block was permitted by itself, but not approved to run.
    assert [receipt.approved for receipt in (block.decision for block in call.blocks)] == [False, False]
    assert gate.receipts.verify().ok


def test_no_blocks_are_no_permission(gate: Gate) -> None:
    assert gate.execute_blocks([], agent="coder").exit_code == DENIED_EXIT_CODE


def test_what_a_block_leaves_is_handed_to_the_next(gate: Gate, sandbox: Recorder) -> None:
    sandbox.answer = lambda text: finished(0, Artifact("a.txt", text.encode()))
    call = gate.execute_blocks(["x = 1", "x = 2"], agent="coder", inputs=[InputFile("in.csv", b"1")])
    assert sandbox.ran == [
        ("x = 1", {"in.csv": b"1"}),
        ("x = 2", {"in.csv": b"1", "a.txt": b"x = 1"}),
    ]
    assert call.artifacts == (Artifact("a.txt", b"x = 2"),)


def test_a_file_that_a_block_turned_into_a_folder_is_gone(gate: Gate, sandbox: Recorder) -> None:
    # Both were handed on once, and what is a file and a folder at a time can't be handed in at all.
    made = {"x = 1": finished(0, Artifact("a/b", b"2")), "x = 2": finished(0, Artifact("a", b"3"))}
    sandbox.answer = lambda text: made.get(text, finished())
    call = gate.execute_blocks(["x = 1", "x = 2", "x = 3"], agent="coder", inputs=[InputFile("a", b"1")])
    assert [files for _, files in sandbox.ran] == [{"a": b"1"}, {"a/b": b"2"}, {"a": b"3"}]
    assert call.artifacts == (Artifact("a", b"3"),)


@pytest.mark.parametrize("error", [InputError("too many input files"), SandboxUnavailableError("it is gone")])
def test_a_later_block_that_can_not_be_run_takes_no_result_with_it(
    gate: Gate, sandbox: Recorder, error: Exception
) -> None:
    # An error would have said that nothing was run, though the first block was.
    def answer(text: str) -> ExecutionResult:
        if text == "x = 2":
            raise error
        return finished(0, Artifact("a", b"1"))

    sandbox.answer = answer
    call = gate.execute_blocks(["x = 1", "x = 2", "x = 3"], agent="coder")
    first, second, third = (block.result for block in call.blocks)
    assert (first, third) == (finished(0, Artifact("a", b"1")), None)
    assert second is not None
    assert (second.stopped_by, second.exit_code) == (Stop.ENGINE, None)
    assert second.detail == f"nothing was run: {error}"
    assert (call.exit_code, call.artifacts) == (1, (Artifact("a", b"1"),))
    assert [kind for kind, _ in kinds(gate)] == ["decision"] * 3 + ["outcome"] * 2


def test_inputs_are_handed_in_as_they_were_given(gate: Gate, sandbox: Recorder) -> None:
    # Of two with one name, one would be lost without a word; whether that may be is for the sandbox to say.
    given: list[Sequence[InputFile]] = []
    run = sandbox.run

    def noting(
        authorization: Authorization,
        *,
        inputs: Sequence[InputFile] = (),
        on_output=None,
        conversation=None,
        permits=None,
    ):
        given.append(inputs)
        return run(authorization, inputs=inputs, on_output=on_output)

    sandbox.run = noting  # type: ignore[method-assign]
    twice = (InputFile("a", b"1"), InputFile("a", b"2"))
    gate.execute("x = 1", agent="coder", inputs=twice)
    assert given == [twice]


def test_the_log_stays_where_it_was_when_the_working_folder_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "agents.policy").write_text(POLICY)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXECGATE_HOME", "named")
    with Gate.load("agents.policy", home="given") as given, Gate.load("agents.policy") as named:
        monkeypatch.chdir("elsewhere")
        assert (given.home, named.home) == (tmp_path / "given", tmp_path / "named")
        assert given.receipts.verify().ok
    assert not list(Path().iterdir())


def test_a_block_that_fails_is_the_last(gate: Gate, sandbox: Recorder) -> None:
    sandbox.answer = lambda _: finished(3)
    call = gate.execute_blocks(["x = 1", "x = 2"], agent="coder")
    assert call.exit_code == 3
    assert len(sandbox.ran) == 1
    assert call.blocks[1].result is None


def test_a_lost_sandbox_leaves_an_outcome(gate: Gate, sandbox: Recorder) -> None:
    def lost(_: str) -> ExecutionResult:
        raise SandboxUnavailableError("no engine answers")

    sandbox.answer = lost
    with pytest.raises(SandboxUnavailableError):
        gate.execute("print(1)", agent="coder")
    assert kinds(gate) == [("decision", "ALLOW"), ("outcome", "ALLOW")]
    assert gate.receipts.verify().ok


def test_an_interrupt_leaves_an_outcome(gate: Gate, sandbox: Recorder) -> None:
    def interrupted(_: str) -> ExecutionResult:
        raise KeyboardInterrupt

    sandbox.answer = interrupted
    with pytest.raises(KeyboardInterrupt):
        gate.execute("print(1)", agent="coder")
    assert kinds(gate) == [("decision", "ALLOW"), ("outcome", "ALLOW")]


def test_no_receipt_no_run(gate: Gate, sandbox: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise ReceiptError("the disk is full")

    monkeypatch.setattr(gate.receipts, "decision", full)
    with pytest.raises(ReceiptError):
        gate.execute("print(1)", agent="coder")
    assert sandbox.ran == []


def test_what_happened_is_told_even_where_its_receipt_fails(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise ReceiptError("the disk is full")

    monkeypatch.setattr(gate.receipts, "outcome", full)
    call = gate.execute_blocks(["x = 1", "x = 2"], agent="coder")
    first, second = call.blocks
    assert first.result == finished()
    assert str(first.unrecorded) == "the disk is full"
    # Without a receipt for the first, the second does not run.
    assert second.result is None


def test_a_call_of_no_agent_is_refused_with_a_receipt(gate: Gate) -> None:
    call = gate.refuse([Source("print(1)")], agent="(no agent)", why="no agent is making a reply")
    assert call.exit_code == DENIED_EXIT_CODE
    assert kinds(gate) == [("decision", "DENY")]


def test_the_conversation_stands_in_the_receipt(gate: Gate) -> None:
    said = Conversation("planner", "team", "please run this", "I will", 7, "chat-1")
    receipt = gate.execute("import os", agent="coder", conversation=said).decision
    predicate = receipt.predicate
    assert predicate["executor_agent"] == "coder"
    assert predicate["suggester_agent"] == "planner"
    assert predicate["conversation_context"]["group_chat"] == "team"
    assert predicate["conversation_context"]["turn_number"] == 7
    assert receipt.messages == {
        "message_from_suggester": "please run this",
        "message_from_executor": "I will",
    }


def test_only_a_verdict_that_allows_gives_an_authorization(gate: Gate) -> None:
    allowed = gate.analyze("print(1)", agent="coder")
    assert Authorization.of(allowed).source.text == "print(1)"
    with pytest.raises(AuthorizationError):
        Authorization.of(gate.analyze("import os", agent="coder"))
    with pytest.raises(AuthorizationError):
        Authorization(allowed)
    with pytest.raises(AuthorizationError):
        Authorization.of(Verdict(Source("print(1)"), "coder"))


def test_a_verdict_on_one_text_allows_no_other(gate: Gate) -> None:
    allowed = gate.analyze("print(1)", agent="coder")
    other = Verdict(
        Source("print(2)"),
        "coder",
        allowed.program,
        allowed.rulings,
        limits=allowed.limits,
        policy_digest=allowed.policy_digest,
    )
    with pytest.raises(AuthorizationError):
        Authorization.of(other)


def test_a_broken_policy_loads_no_gate(tmp_path: Path) -> None:
    (tmp_path / "a.policy").write_text('agent "a" { can "code_exec" }')
    with pytest.raises(PolicyError):
        Gate.load(tmp_path)


def test_a_lost_sandbox_is_told_with_the_receipts(gate: Gate, sandbox: Recorder) -> None:
    def lost(_: str) -> ExecutionResult:
        raise SandboxUnavailableError("no engine answers", help="start it")

    sandbox.answer = lost
    with pytest.raises(NotRunError) as caught:
        gate.execute("print(1)", agent="coder")
    execution = caught.value.execution
    assert (caught.value.message, caught.value.help) == ("no engine answers", "start it")
    assert execution.outcome is not None
    assert [execution.decision.receipt_id, execution.outcome.receipt_id] == [
        receipt.receipt_id for receipt in gate.receipts.list()
    ]


@pytest.mark.parametrize(
    ("code", "agent", "message"),
    [
        (b"x", "coder", "code must be a str or a Source, not bytes"),
        (None, "coder", "code must be a str or a Source, not NoneType"),
        ("x = 1", None, "agent must be the name of the executing agent, a str, not NoneType"),
        ("x = 1", 5, "agent must be the name of the executing agent, a str, not int"),
    ],
)
def test_what_is_no_code_and_no_agent_is_the_callers_mistake(
    gate: Gate, tmp_path: Path, code: object, agent: object, message: str
) -> None:
    for call in (gate.analyze, gate.execute):
        with pytest.raises(TypeError, match=message):
            call(code, agent=agent)
    with pytest.raises(TypeError, match="blocks must be a sequence"):
        gate.execute_blocks("x = 1", agent="coder")
    assert not (tmp_path / "home").exists()


def test_a_gate_reserves_its_state_and_its_policies(gate: Gate, tmp_path: Path) -> None:
    assert gate.reserved.policies == (tmp_path / "agents.policy",)
    assert gate.reserved.fault(tmp_path, "agents.policy") == "not written: policies are loaded from there"
    assert gate.reserved.home_of(tmp_path / "home" / "keys") == tmp_path / "home"
    assert gate.reserved.home_of(Path(".execgate")) is not None


def test_the_state_folder_may_be_named_below_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXECGATE_HOME", "~/gate")
    monkeypatch.setenv("HOME", "/home/somebody")
    assert default_home() == Path("/home/somebody/gate")


def test_every_program_that_does_not_parse_is_told_what_to_write(gate: Gate) -> None:
    for code in ("print 1", "x = (", "x = '\0'"):
        (violation,) = gate.analyze(code, agent="coder").all_violations
        assert violation.help
