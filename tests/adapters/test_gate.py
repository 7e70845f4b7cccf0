"""The executor on a real gate: policy, receipts and, where it is the point, containers."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from autogen.coding import CodeBlock

from execgate.autogen import GatedExecutor
from execgate.errors import InputError, SandboxUnavailableError
from execgate.gate import Gate
from execgate.model.context import Context, Tally
from execgate.model.execution import ExecutionResult, Stop, Usage
from execgate.model.money import Money

pytestmark = pytest.mark.autogen

POLICIES = """
agent "runner" {
  can "code_execution" with constraints {
    allowed_imports: ["csv", "math"]
    allowed_file_operations: ["read", "write"]
    allowed_file_paths: ["/workspace"]
    max_execution_time: 2_seconds
    max_memory: 128_megabytes
  }
}
agent "careful" {
  can "code_execution" with constraints {
    allowed_imports: ["math"]
  }
}
"""


class PretendSandbox:
    """Runs nothing, and keeps the promise of the protocol: a result for each authorization."""

    name = "pretend"

    def __init__(self):
        self.ran = []

    def run(self, authorization, *, inputs=(), on_output=None, conversation=None, permits=None):
        self.ran.append(authorization.source.text)
        return ExecutionResult(Stop.EXIT, 0, "ran\n", "", Usage(wall_s=0.1), backend=self.name)

    def close(self):
        pass


@pytest.fixture
def policies(tmp_path):
    path = tmp_path / "team.policy"
    path.write_text(POLICIES, encoding="utf-8")
    return path


@pytest.fixture
def gate(policies, tmp_path):
    with Gate.load(policies, home=tmp_path / "home", sandbox=PretendSandbox()) as gate:
        yield gate


@pytest.fixture
def real(policies, tmp_path):
    with Gate.load(policies, home=tmp_path / "home") as gate:
        yield gate


def decisions(gate):
    found = [gate.receipts.get(summary.receipt_id) for summary in gate.receipts.list(kind="decision")]
    assert gate.receipts.verify().ok
    return found


def said(receipt):
    predicate = receipt.predicate
    context = predicate["conversation_context"]
    return (
        predicate["policy_evaluation"]["verdict"],
        predicate["executor_agent"],
        predicate["suggester_agent"],
        context["group_chat"],
        context["turn_number"],
    )


def test_the_receipts_say_who_executed_who_suggested_where_and_when(gate, cast):
    coder = cast.scripted("coder", cast.code("import math\nprint(math.pi)"), cast.code("import os"))
    critic = cast.scripted("critic", "fine", "fine")
    runner = cast.executing("runner", GatedExecutor(gate))
    manager = cast.group("team", runner, coder, critic, rounds=7)
    runner.initiate_chat(manager, message="go", silent=True)

    receipts = decisions(gate)
    assert [said(receipt) for receipt in receipts] == [
        ("ALLOW", "runner", "coder", "team", 1),
        ("DENY", "runner", "coder", "team", 4),
    ]
    assert receipts[0].messages == {
        "message_from_suggester": cast.code("import math\nprint(math.pi)"),
        "message_from_executor": "go",
    }
    assert receipts[1].messages == {
        "message_from_suggester": cast.code("import os"),
        "message_from_executor": "exitcode: 0 (execution succeeded)\nCode output: ran\n",
    }
    assert len({receipt.predicate["conversation_context"]["conversation_id"] for receipt in receipts}) == 1
    assert [summary.verdict for summary in gate.receipts.list(kind="outcome")] == ["ALLOW"]


def test_the_policy_is_that_of_who_executes_whoever_suggested(gate, cast):
    text = cast.code("import csv")
    executor = GatedExecutor(gate)
    runner, careful = cast.executing("runner", executor), cast.executing("careful", executor)
    coder = cast.scripted("coder")
    for agent in (runner, careful):
        coder.send(text, agent, request_reply=True, silent=True)
    # It does not help to be suggested by an agent that may.
    runner.send(text, careful, request_reply=True, silent=True)
    assert [said(receipt)[:3] for receipt in decisions(gate)] == [
        ("ALLOW", "runner", "coder"),
        ("DENY", "careful", "coder"),
        ("DENY", "careful", "runner"),
    ]


def test_an_agent_without_a_policy_is_denied(gate, cast):
    stranger = cast.executing("stranger", GatedExecutor(gate))
    reply = stranger.generate_reply(messages=[{"role": "user", "content": cast.code("x = 1")}])
    assert reply.startswith("exitcode: 126 (execution failed)\nCode output: Denied by execgate: ")
    assert reply.endswith("Nothing was run.")
    assert gate.sandbox.ran == []
    assert [said(receipt)[:2] for receipt in decisions(gate)] == [("DENY", "stranger")]


def test_what_the_application_knows_stands_in_the_receipt_beside_the_conversation(gate, cast):
    asked = []

    def state(agent, conversation):
        asked.append((agent, conversation.suggester, conversation.group_chat))
        return Context(phase="COMMIT", spent={"session": Tally((Money.parse("9.50", "USD"),), 2)})

    coder = cast.scripted("coder", cast.code("x = 1"))
    runner = cast.executing("runner", GatedExecutor(gate, context=state))
    runner.initiate_chat(cast.group("team", runner, coder, rounds=3), message="go", silent=True)
    assert asked == [("runner", "coder", "team")]
    (receipt,) = decisions(gate)
    context = receipt.predicate["policy_evaluation"]["context"]
    assert datetime.fromisoformat(context.pop("time")).utcoffset() == timedelta(0)
    assert context == {
        "suggester": "coder",
        "group": "team",
        "turn": 1,
        "phase": "COMMIT",
        "spent": {"session": {"amounts": {"USD": "9.50"}, "payments": 2}},
    }


def _fails(agent, conversation):
    raise KeyError(agent)


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (_fails, "the state of the application could not be told: KeyError"),
        (lambda: None, "the state of the application could not be told: TypeError"),
        (lambda *_: {"phase": "COMMIT"}, "the state of the application is no Context, but of type dict"),
        (
            lambda *_: Context(suggester="planner"),
            "the context names another suggester than the conversation",
        ),
    ],
)
def test_a_state_that_can_not_be_told_denies_with_a_receipt(gate, cast, state, why):
    coder, runner = cast.scripted("coder"), cast.executing("runner", GatedExecutor(gate, context=state))
    coder.send(cast.code("x = 1"), runner, request_reply=True, silent=True)
    reply = runner.last_message(coder)["content"]
    assert reply == (
        "exitcode: 126 (execution failed)\nCode output: "
        "Denied by execgate: this code could not be judged for agent 'runner'.\n"
        f"\n- context: {why}\n\nThe code itself is not to blame.\nNothing was run."
    )
    assert gate.sandbox.ran == []
    (receipt,) = decisions(gate)
    assert said(receipt)[:3] == ("DENY", "runner", "coder")
    (violation,) = receipt.predicate["policy_evaluation"]["violations"]
    assert (violation["constraint"], violation["reason"]) == ("context", "system")


def test_a_state_that_nobody_knows_is_none(gate, cast):
    coder = cast.scripted("coder")
    runner = cast.executing("runner", GatedExecutor(gate, context=lambda *_: None))
    coder.send(cast.code("x = 1"), runner, request_reply=True, silent=True)
    assert gate.sandbox.ran == ["x = 1"]


def test_a_state_that_is_no_function_is_refused_when_the_executor_is_made(gate):
    with pytest.raises(InputError, match="expected a function for the context, got Context"):
        GatedExecutor(gate, context=Context())


def test_a_call_outside_of_every_agent_is_denied_with_a_receipt(gate):
    result = GatedExecutor(gate).execute_code_blocks([CodeBlock(language="python", code="x = 1")])
    assert result.exit_code == 126
    assert gate.sandbox.ran == []
    (receipt,) = decisions(gate)
    assert said(receipt) == ("DENY", "(no agent)", None, None, None)
    assert receipt.code == "x = 1"


def test_a_call_outside_of_every_agent_that_is_no_text_is_denied_too(gate):
    blocks = [CodeBlock(language="python", code=text) for text in ("x = '\0'", "y = 2")]
    assert GatedExecutor(gate).execute_code_blocks(blocks).exit_code == 126
    assert [receipt.code for receipt in decisions(gate)] == ["y = 2"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("sh", "ls -la"),
        ("javascript", "1"),
        ("python", "x = ("),
        ("python", "x = '\0'"),
        ("python", "x" * 2_000_000),
    ],
    ids=["shell", "other", "syntax", "NUL", "large"],
)
def test_what_is_no_python_is_denied_in_a_sentence_and_receipted(gate, language, text):
    executor = GatedExecutor(gate, agent="runner")
    result = executor.execute_code_blocks([CodeBlock(language=language, code=text)])
    assert result.exit_code == 126
    assert result.output.endswith("Nothing was run.")
    assert len(result.output) < 2_000
    assert gate.sandbox.ran == []
    assert len(decisions(gate)) == 1


def test_a_denied_block_denies_the_call_and_both_are_receipted(gate, cast):
    runner = cast.executing("runner", GatedExecutor(gate))
    text = cast.code("x = 1") + "\n" + cast.code("import os")
    runner.generate_reply(messages=[{"role": "user", "content": text}])
    assert gate.sandbox.ran == []
    assert [receipt.predicate["policy_evaluation"]["approved"] for receipt in decisions(gate)] == [
        False,
        False,
    ]


def test_interleaved_chats_give_receipts_that_are_never_mixed_up(gate, cast):
    executor = GatedExecutor(gate)
    chats, turns = 3, 4

    def chat(number):
        coder = cast.scripted(f"coder_{number}", *[cast.code(f"x = {number}")] * turns)
        runner = cast.executing("runner", executor)
        manager = cast.group(f"team_{number}", runner, coder, rounds=2 * turns + 1)
        return runner.a_initiate_chat(manager, message="go", silent=True)

    async def talk():
        await asyncio.gather(*[chat(number) for number in range(chats)])

    asyncio.run(talk())
    receipts = decisions(gate)
    assert len(receipts) == chats * turns
    for receipt in receipts:
        number = receipt.code.removeprefix("x = ")
        assert said(receipt)[1:4] == ("runner", f"coder_{number}", f"team_{number}")


@pytest.mark.engine
def test_code_runs_in_a_container_and_files_come_and_go(real, cast, tmp_path):
    work = tmp_path / "work"
    runner = cast.executing("runner", GatedExecutor(real, work_dir=work))
    (work / "in.csv").write_text("a,b\n1,2\n")
    blocks = [
        "import csv\nwith open('in.csv') as f:\n    rows = list(csv.reader(f))\nprint(rows)",
        "with open('out.txt', 'w') as f:\n    f.write('left')",
        "print(open('out.txt').read())",
    ]
    text = "\n".join(cast.code(block) for block in blocks)
    reply = runner.generate_reply(messages=[{"role": "user", "content": text}])
    assert reply == "exitcode: 0 (execution succeeded)\nCode output: [['a', 'b'], ['1', '2']]\nleft\n"
    assert (work / "out.txt").read_text() == "left"
    assert len(list(real.receipts.list(kind="outcome"))) == len(blocks)
    assert real.receipts.verify().ok


@pytest.mark.engine
@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "while True:\n    pass",
            "[execgate] Timeout: stopped by the time limit of 2 s (max_execution_time)\n",
        ),
        (
            "x = []\nwhile True:\n    x.append(bytearray(10_000_000))",
            "[execgate] stopped by the memory limit of 128.0 MB (max_memory)\n",
        ),
    ],
    ids=["time", "memory"],
)
def test_limits_are_kept_and_told(real, cast, text, told):
    runner = cast.executing("runner", GatedExecutor(real))
    reply = runner.generate_reply(messages=[{"role": "user", "content": cast.code(text)}])
    assert reply == f"exitcode: 1 (execution failed)\nCode output: {told}"


@pytest.mark.engine
def test_two_async_chats_run_their_code_side_by_side(real, cast):
    async def talk():
        agents = [cast.executing("runner", GatedExecutor(real)) for _ in range(2)]
        messages = [{"role": "user", "content": cast.code("print('ran')")}]
        return await asyncio.gather(*[agent.a_generate_reply(messages=messages) for agent in agents])

    assert asyncio.run(talk()) == ["exitcode: 0 (execution succeeded)\nCode output: ran\n"] * 2
    assert real.receipts.verify().ok


class NoSandbox(PretendSandbox):
    def run(self, authorization, *, inputs=(), on_output=None, conversation=None, permits=None):
        raise SandboxUnavailableError("no engine answers", help="start it")


def test_without_an_engine_the_chat_goes_on(policies, cast, tmp_path):
    with Gate.load(policies, home=tmp_path / "home", sandbox=NoSandbox()) as gate:
        runner = cast.executing("runner", GatedExecutor(gate))
        reply = runner.generate_reply(messages=[{"role": "user", "content": cast.code("x = 1")}])
        assert reply == (
            "exitcode: 126 (execution failed)\n"
            "Code output: execgate could not do this: no engine answers\n"
            "To whoever runs these agents: start it\n"
            "Nothing was run. The code is not to blame."
        )
        assert [said(receipt)[0] for receipt in decisions(gate)] == ["ALLOW"]
        (outcome,) = gate.receipts.list(kind="outcome")
        result = gate.receipts.get(outcome.receipt_id).predicate["result"]
        assert (result["stopped_by"], result["exit_code"]) == ("engine", None)
