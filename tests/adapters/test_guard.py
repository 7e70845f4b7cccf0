from __future__ import annotations

import autogen
import pytest
from autogen.agentchat import conversable_agent

from execgate.autogen import GatedExecutor, guard
from execgate.errors import InputError

pytestmark = pytest.mark.autogen


@pytest.fixture(autouse=True)
def nothing_runs_on_this_machine(monkeypatch):
    def run(*args, **kwargs):
        raise AssertionError(f"ran around the gate: {args}")

    monkeypatch.setattr(conversable_agent, "execute_code", run)


def legacy(name, **config):
    # Without `use_docker` this is `{"use_docker": True}`, which looks for an engine at once.
    return autogen.UserProxyAgent(
        name, human_input_mode="NEVER", code_execution_config={"use_docker": False, **config}
    )


def test_an_agent_of_the_older_path_is_led_through_the_gate(recorder, cast):
    runner = legacy("runner", last_n_messages=2)
    executor = guard(recorder, runner)
    coder = cast.scripted("coder", cast.code("print(1)"))
    result = runner.initiate_chat(coder, message="go", max_turns=2, silent=True)

    ((agent, conversation, blocks),) = recorder.calls
    assert (agent, conversation.suggester, blocks) == ("runner", "coder", ["print(1)"])
    assert result.chat_history[-1]["content"].endswith("ran: print(1)\n")
    assert runner.code_executor is executor
    assert runner._code_execution_config == {"last_n_messages": 2, "executor": executor}


def test_an_agent_with_another_executor_is_led_through_the_gate(recorder, cast):
    other = type(recorder)(recorder.home)
    runner = cast.executing("runner", GatedExecutor(other))
    guard(recorder, runner)
    coder = cast.scripted("coder", cast.code("print(1)"))
    runner.initiate_chat(coder, message="go", max_turns=2, silent=True)
    assert len(recorder.calls) == 1
    assert other.calls == []


def test_a_group_stands_for_its_members_and_who_runs_nothing_stays_so(recorder, cast):
    coder = cast.scripted("coder")
    one, two = legacy("one"), legacy("two")
    inner = cast.group("inner", two, cast.scripted("listener"), rounds=1)
    manager = cast.group("team", coder, one, inner, rounds=2)
    executor = guard(recorder, manager)
    assert one.code_executor is two.code_executor is executor
    assert coder._code_execution_config is False

    coder.initiate_chat(manager, message=cast.code("print(1)"), silent=True)
    assert [(agent, c.group_chat, c.suggester) for agent, c, _ in recorder.calls] == [
        ("one", "team", "coder")
    ]


def test_what_is_no_agent_is_refused_and_no_agent_is_changed(recorder):
    runner = legacy("runner")
    with pytest.raises(InputError, match="expected an agent or a group chat, got str"):
        guard(recorder, runner, "runner")
    assert runner._code_execution_config == {"use_docker": False}


def test_run_code_of_a_gated_agent_goes_through_the_gate(recorder, cast):
    runner = cast.executing("runner", GatedExecutor(recorder))
    assert runner.run_code("print(1)", lang="python", timeout=9) == (0, "ran: print(1)\n", None)
    exit_code, output, image = runner.run_code("rm -rf /", lang="sh")
    assert (exit_code, image) == (126, None)
    assert output.endswith("Nothing was run.")
    assert [(agent, blocks) for agent, _, blocks in recorder.calls] == [
        ("runner", ["print(1)"]),
        ("runner", ["rm -rf /"]),
    ]


def test_the_older_blocks_of_a_gated_agent_are_one_call(recorder, cast):
    runner = cast.executing("runner", GatedExecutor(recorder))
    assert runner.execute_code_blocks([("python", "a = 1"), ("", "b = 2")]) == (0, "ran: a = 1\nran: b = 2\n")
    assert runner.execute_code_blocks([("python", "a = 1"), ("sh", "ls")])[0] == 126
    assert [blocks for _, _, blocks in recorder.calls] == [["a = 1", "b = 2"], ["a = 1", "ls"]]


def test_an_override_of_run_code_is_led_through_the_gate_too(recorder, cast):
    class Notebook(autogen.UserProxyAgent):
        def run_code(self, code, **kwargs):
            raise AssertionError("ran in this process")

    config = {"executor": GatedExecutor(recorder)}
    runner = Notebook("runner", human_input_mode="NEVER", code_execution_config=config)
    assert runner.run_code("print(1)")[0] == 0


def test_run_code_within_a_reply_is_attributed_to_that_reply(recorder, cast):
    runner = cast.executing("runner", GatedExecutor(recorder))

    def reply(recipient, messages=None, sender=None, config=None):
        return True, recipient.run_code("print(1)")[1]

    runner.register_reply([autogen.Agent, None], reply)
    coder = cast.scripted("coder")
    coder.send(cast.code("print(1)"), runner, request_reply=True, silent=True)
    ((agent, conversation, _),) = recorder.calls
    assert (agent, conversation.suggester) == ("runner", "coder")


def test_the_older_blocks_of_an_agent_without_the_gate_are_left_as_they_were(recorder):
    GatedExecutor(recorder)
    with pytest.raises(AssertionError, match="around the gate"):
        legacy("elsewhere").execute_code_blocks([("python", "print(1)")])


def test_an_agent_without_the_gate_is_left_as_it_was(recorder):
    GatedExecutor(recorder)
    with pytest.raises(AssertionError, match="around the gate"):
        legacy("elsewhere").run_code("print(1)")
    assert recorder.calls == []
