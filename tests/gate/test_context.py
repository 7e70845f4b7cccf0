"""What a decision is taken in: context, conversation and clock, and the policies of that moment."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from execgate import Gate
from execgate.errors import AuthorizationError, ContextError, PolicyError
from execgate.model.context import Context, Tally
from execgate.model.conversation import Conversation
from execgate.model.money import Money
from execgate.model.source import Source
from execgate.model.verdict import Authorization, Decision, Reason
from execgate.policy import PolicySet

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=timezone.utc)
POLICY = """
agent "coder" { can "code_execution" with constraints { allowed_imports: ["json"] } }
agent "pair" {
  delegation: intersect
  can "code_execution" with constraints { allowed_imports: ["json", "math"] }
}
agent "caller" { can "tool" with constraints { allowed_executed_tools: ["search_*"] } }
"""


class Clock:
    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> datetime:
        self.asked += 1
        return NOW + timedelta(seconds=self.asked - 1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "agents.policy"
    path.write_text(POLICY)
    return path


@pytest.fixture
def gate(policy: Path, tmp_path: Path, clock: Clock) -> Iterator[Gate]:
    with Gate.load(policy, home=tmp_path / "home", clock=clock) as gate:
        yield gate


def evaluation(execution):
    return execution.decision.predicate["policy_evaluation"]


def test_the_time_is_that_of_the_gates_clock_and_the_rest_is_read_off_the_conversation(gate):
    conversation = Conversation("planner", "team", turn_number=3)
    verdict = gate.analyze("x = 1", agent="coder", conversation=conversation)
    assert verdict.context == Context(suggester="planner", group="team", turn=3, time=NOW)


def test_what_the_caller_knows_goes_along(gate):
    spent = {"session": Tally((Money.parse("9.50", "USD"),))}
    known = Context(phase="COMMIT", spent=spent, time=NOW - timedelta(days=1))
    verdict = gate.analyze("x = 1", agent="coder", context=known)
    assert verdict.context == known


@pytest.mark.parametrize(
    ("context", "name"),
    [(Context(suggester="x"), "suggester"), (Context(group="x"), "group"), (Context(turn=9), "turn")],
)
def test_a_context_that_contradicts_the_conversation_is_the_callers_mistake(gate, context, name):
    conversation = Conversation("planner", "team", turn_number=3)
    with pytest.raises(ContextError, match=f"names another {name} than the conversation"):
        gate.execute("x = 1", agent="coder", conversation=conversation, context=context)
    assert list(gate.receipts.list()) == []


def test_one_call_has_one_time_and_its_receipts_name_who_the_context_names(gate, clock):
    context = Context(suggester="planner", group="team", turn=0)
    call = gate.execute_blocks(["import os", "import sys"], agent="coder", context=context)
    times = {evaluation(block)["context"]["time"] for block in call.blocks}
    assert times == {NOW.isoformat()}
    for block in call.blocks:
        predicate = block.decision.predicate
        assert predicate["suggester_agent"] == "planner"
        assert predicate["conversation_context"]["group_chat"] == "team"
        assert predicate["conversation_context"]["turn_number"] == 0
    assert gate.receipts.verify().ok


def test_who_suggested_matters_where_the_policy_says_so(gate):
    code = "import math"
    assert gate.analyze("import json", agent="pair", context=Context(suggester="coder")).allowed
    assert not gate.analyze(code, agent="pair", context=Context(suggester="coder")).allowed
    assert not gate.analyze("import json", agent="pair", context=Context(suggester="stranger")).allowed
    assert not gate.analyze("import json", agent="pair").allowed
    # Both are judged by one version of the policies, and by the conversation's suggester as well.
    assert gate.analyze("import json", agent="pair", conversation=Conversation("coder")).allowed


def test_a_tool_is_judged_by_its_name_and_nothing_runs(gate):
    assert gate.judge_tool("search_web", {"query": "x"}, agent="caller").allowed
    denied = gate.judge_tool("delete_all", {}, agent="caller")
    assert denied.decision is Decision.DENY
    assert denied.all_violations[0].reason is Reason.POLICY
    assert gate.judge_tool("search_web", {}, agent="coder").decision is Decision.DENY
    assert not gate.judge_tool("search_web", {}, agent="caller", stage="propose").allowed
    assert list(gate.receipts.list()) == []


def test_the_decision_on_a_tool_is_durable_and_names_the_call(gate):
    conversation = Conversation("planner", turn_number=2)
    execution = gate.decide_tool("search_web", {"query": "x"}, agent="caller", conversation=conversation)
    assert execution.verdict.allowed
    assert (execution.result, execution.outcome) == (None, None)
    receipt = gate.receipts.get(execution.decision.receipt_id)
    assert receipt.code == '{"arguments":{"query":"x"},"stage":"execute","tool":"search_web"}'
    assert receipt.predicate["suggester_agent"] == "planner"
    assert evaluation(execution)["analysis"]["operations"][0]["tool"] == "search_web"
    assert gate.receipts.verify().ok


@pytest.mark.parametrize(
    ("arguments", "stage"),
    [({"x": object()}, "execute"), ({"x": float("nan")}, "execute"), ({}, "imagine")],
)
def test_a_call_that_has_no_form_is_a_denial(gate, arguments, stage):
    execution = gate.decide_tool("search_web", arguments, agent="caller", stage=stage)
    (violation,) = execution.verdict.all_violations
    assert (violation.constraint, violation.reason) == ("tool", Reason.ANALYSIS)
    assert gate.receipts.verify().ok


def test_arguments_that_are_nested_without_end_are_a_denial(gate):
    arguments: dict[str, object] = {}
    arguments["x"] = arguments
    assert not gate.judge_tool("search_web", arguments, agent="caller").allowed


def test_a_tool_of_an_agent_without_a_policy_is_a_denial(gate):
    verdict = gate.judge_tool("search_web", {}, agent="stranger")
    assert [(v.constraint, v.reason) for v in verdict.all_violations] == [("agent", Reason.SYSTEM)]


@pytest.mark.parametrize(
    ("name", "arguments", "agent", "stage"),
    [(1, {}, "a", "execute"), ("x", [], "a", "execute"), ("x", {}, None, "execute"), ("x", {}, "a", 2)],
)
def test_what_can_be_no_call_is_the_callers_mistake(gate, name, arguments, agent, stage):
    with pytest.raises(TypeError):
        gate.judge_tool(name, arguments, agent=agent, stage=stage)


def test_a_verdict_on_a_tool_runs_no_code(gate):
    with pytest.raises(AuthorizationError):
        Authorization.of(gate.judge_tool("search_web", {}, agent="caller"))


class TestReload:
    WIDER = POLICY.replace('["json"]', '["json", "os"]')
    BROKEN = POLICY.replace("allowed_imports", "allowed_import")

    def test_a_changed_policy_decides_from_the_next_call_on(self, gate, policy):
        assert not gate.analyze("import os", agent="coder").allowed
        policy.write_text(self.WIDER)
        assert gate.analyze("import os", agent="coder").allowed
        assert gate.policy_error is None

    def test_a_broken_one_is_refused_and_each_receipt_made_meanwhile_says_so(self, policy, tmp_path, caplog):
        told: list[PolicyError] = []
        with Gate.load(policy, home=tmp_path / "home", on_policy_error=told.append) as gate:
            before = gate.execute("import os", agent="coder")
            policy.write_text(self.BROKEN)
            with caplog.at_level(logging.WARNING):
                meanwhile = gate.execute("import os", agent="coder")
            assert gate.policy_error is told[0]
            policy.write_text(self.WIDER)
            gate.decide_tool("search_web", {}, agent="caller")
            assert gate.policy_error is None
            sources = [
                gate.receipts.get(line.receipt_id).predicate["policy_evaluation"]["policy_source"]
                for line in gate.receipts.list()
            ]
            assert gate.receipts.verify().ok
        assert evaluation(before)["policy_digest"] == evaluation(meanwhile)["policy_digest"]
        assert sources[0]["refused"] is None
        assert sources[1]["digest"] == sources[0]["digest"]
        assert "unknown constraint `allowed_import`" in sources[1]["refused"]["error"]
        assert sources[1]["refused"]["digest"].startswith("sha256:")
        assert sources[2]["refused"] is None
        assert sources[2]["digest"] not in {sources[0]["digest"], sources[1]["refused"]["digest"]}
        assert len(told) == 1
        assert [record.name for record in caplog.records] == ["execgate.policy"]

    def test_a_gate_can_be_told_to_keep_what_it_loaded(self, policy, tmp_path):
        with Gate.load(policy, home=tmp_path / "home", reload=False) as gate:
            policy.write_text(self.WIDER)
            assert not gate.analyze("import os", agent="coder").allowed
            assert gate.policy_error is None
            execution = gate.execute("import os", agent="coder")
            assert evaluation(execution)["policy_source"] is None

    def test_policies_without_a_file_stay(self, tmp_path):
        gate = Gate(PolicySet.parse(POLICY), home=tmp_path / "home")
        assert gate.policies.agents == ("coder", "pair", "caller")
        assert gate.policy_error is None

    def test_a_deleted_policy_goes_on_deciding(self, gate, policy):
        policy.unlink()
        assert gate.analyze("import json", agent="coder").allowed
        assert gate.policy_error is not None

    def test_all_blocks_of_a_call_are_judged_by_one_version(self, gate, policy, monkeypatch):
        import execgate.judging as room

        real = room.judge

        def change(source: Source, *arguments: object, **named: object) -> object:
            policy.write_text(self.WIDER)
            return real(source, *arguments, **named)

        monkeypatch.setattr(room, "judge", change)
        call = gate.execute_blocks(["import os", "import os", "import json"], agent="coder")
        assert [block.verdict.decision.value for block in call.blocks] == ["DENY", "DENY", "ALLOW"]
        assert len({block.verdict.policy_digest for block in call.blocks}) == 1
        assert gate.analyze("import os", agent="coder").allowed

    def test_each_verdict_under_fire_is_that_of_one_version_whole(self, tmp_path):
        """Two agents that are wide and narrow in turn: no verdict may have both wide."""
        folder = tmp_path / "policies"
        folder.mkdir()
        wide = 'agent "{}" {{ delegation: intersect can "code_execution" with constraints {{ allowed_imports: [{}] }} }}'

        def lay(name: str, first: str, second: str) -> Path:
            place = tmp_path / name
            place.mkdir()
            (place / "first.policy").write_text(wide.format("first", first))
            (place / "second.policy").write_text(wide.format("second", second))
            return place

        folder.rmdir()
        lay("policies", '"os"', '"math"')
        with Gate.load(folder, home=tmp_path / "home") as gate:
            code = Source("import os")
            seen: set[tuple[str, ...]] = set()
            done = threading.Event()
            allowed: list[bool] = []

            def look() -> None:
                while not done.is_set():
                    # By one version, the executor may import os or the suggester may, never both.
                    verdict = gate.analyze(code, agent="first", context=Context(suggester="second"))
                    allowed.append(verdict.allowed)
                    seen.add(tuple(sorted(v.constraint for v in verdict.all_violations)))

            threads = [threading.Thread(target=look) for _ in range(3)]
            for thread in threads:
                thread.start()
            for number in range(8):
                wanted = ('"math"', '"os"') if number % 2 == 0 else ('"os"', '"math"')
                fresh = lay(f"new{number}", *wanted)
                folder.rename(tmp_path / f"old{number}")
                fresh.rename(folder)
                done.wait(0.1)
            done.set()
            for thread in threads:
                thread.join()
        assert allowed
        assert not any(allowed)
        assert seen
