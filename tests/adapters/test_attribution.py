from __future__ import annotations

import asyncio
import inspect
import threading

import autogen
import pytest
from autogen.coding import CodeBlock

from execgate import Gate
from execgate.autogen import GatedExecutor

pytestmark = pytest.mark.autogen


def the_call(recorder):
    (call,) = recorder.calls
    return call


def test_in_a_chat_of_two_the_other_one_suggested(recorder, cast):
    coder = cast.scripted("coder", cast.code("print(1)"))
    runner = cast.executing("runner", GatedExecutor(recorder))
    runner.initiate_chat(coder, message="count to one", max_turns=2, silent=True)

    agent, conversation, blocks = the_call(recorder)
    assert agent == "runner"
    assert blocks == ["print(1)"]
    assert conversation.suggester == "coder"
    assert conversation.group_chat is None
    assert conversation.turn_number == 1
    assert conversation.message_from_suggester == cast.code("print(1)")
    assert conversation.message_from_executor == "count to one"
    assert conversation.conversation_id


def test_who_starts_the_chat_can_be_the_suggester(recorder, cast):
    runner = cast.executing("runner", GatedExecutor(recorder))
    coder = cast.scripted("coder")
    coder.initiate_chat(runner, message=cast.code("print(1)"), max_turns=1, silent=True)

    agent, conversation, _ = the_call(recorder)
    assert (agent, conversation.suggester, conversation.turn_number) == ("runner", "coder", 0)
    assert conversation.message_from_executor is None


def test_in_a_group_the_suggester_is_not_always_the_last_speaker(recorder, cast):
    boss = cast.scripted("boss")
    coder = cast.scripted("coder", cast.code("print(1)"))
    critic = cast.scripted("critic", "looks good to me")
    runner = cast.executing("runner", GatedExecutor(recorder))
    manager = cast.group("team", boss, coder, critic, runner, rounds=5)
    boss.initiate_chat(manager, message="count to one", silent=True)

    agent, conversation, _ = the_call(recorder)
    assert agent == "runner"
    assert conversation.suggester == "coder"
    assert conversation.group_chat == "team"
    assert conversation.turn_number == 1
    assert conversation.message_from_suggester == cast.code("print(1)")
    assert conversation.message_from_executor is None


def test_of_two_who_suggested_the_same_code_it_is_the_later(recorder, cast):
    boss = cast.scripted("boss")
    first = cast.scripted("first", cast.code("print(1)"))
    second = cast.scripted("second", cast.code("print(1)"))
    runner = cast.executing("runner", GatedExecutor(recorder))
    manager = cast.group("team", boss, first, second, runner, rounds=4)
    boss.initiate_chat(manager, message="count to one", silent=True)

    _, conversation, _ = the_call(recorder)
    assert (conversation.suggester, conversation.turn_number) == ("second", 2)


def test_an_executor_shared_in_a_group_acts_for_whoever_is_replying(recorder, cast):
    executor = GatedExecutor(recorder)
    coder = cast.scripted("coder", cast.code("print(1)"), cast.code("print(2)"))
    one, two = cast.executing("one", executor), cast.executing("two", executor)
    manager = cast.group("team", coder, one, two, rounds=6)
    coder.initiate_chat(manager, message="begin", silent=True)

    seen = [(agent, c.suggester, c.turn_number, blocks) for agent, c, blocks in recorder.calls]
    assert seen == [
        ("one", "coder", 3, ["print(1)"]),
        ("two", "coder", 3, ["print(1)"]),
    ]


def test_the_executors_own_last_message_is_recorded(recorder, cast):
    coder = cast.scripted("coder", cast.code("print(1)"), cast.code("print(2)"))
    runner = cast.executing("runner", GatedExecutor(recorder))
    runner.initiate_chat(coder, message="go", max_turns=3, silent=True)

    texts = [conversation.message_from_executor for _, conversation, _ in recorder.calls]
    assert texts == ["go", "exitcode: 0 (execution succeeded)\nCode output: ran: print(1)\n"]


def test_a_name_that_the_sender_makes_up_is_not_believed(recorder, cast):
    runner = cast.executing("runner", GatedExecutor(recorder))
    coder = cast.scripted("coder")
    coder.send({"content": cast.code("print(1)"), "name": "admin"}, runner, request_reply=True, silent=True)

    _, conversation, _ = the_call(recorder)
    assert conversation.suggester == "coder"


def test_code_of_an_older_message_within_the_scan_is_its_authors(recorder, cast):
    runner = cast.executing("runner", GatedExecutor(recorder), config={"last_n_messages": 3})
    coder = cast.scripted("coder", "no code here")
    runner.initiate_chat(coder, message=cast.code("print(1)"), max_turns=2, silent=True)

    agent, conversation, _ = the_call(recorder)
    assert (agent, conversation.suggester, conversation.turn_number) == ("runner", "runner", 0)


def test_a_list_of_parts_is_a_message_too(recorder, cast):
    runner = cast.executing("runner", GatedExecutor(recorder))
    coder = cast.scripted("coder")
    parts = [{"type": "text", "text": cast.code("print(1)")}]
    coder.send({"content": parts}, runner, request_reply=True, silent=True)

    _, conversation, _ = the_call(recorder)
    assert (conversation.suggester, conversation.turn_number) == ("coder", 0)
    assert conversation.message_from_suggester == cast.code("print(1)")


def test_a_reply_to_given_messages_has_an_executor_and_no_suggester(recorder, cast):
    runner = cast.executing("runner", GatedExecutor(recorder))
    runner.generate_reply(messages=[{"role": "user", "content": cast.code("print(1)")}])

    agent, conversation, _ = the_call(recorder)
    assert agent == "runner"
    assert conversation.suggester is None
    assert conversation.turn_number == 0


def test_messages_that_hooks_change_keep_their_author(recorder, cast):
    runner = cast.executing("runner", GatedExecutor(recorder))
    runner.register_hook("process_last_received_message", lambda text: text.replace("SECRET", "x"))
    coder = cast.scripted("coder", cast.code("print('SECRET')"))
    runner.initiate_chat(coder, message="go", max_turns=2, silent=True)

    _, conversation, blocks = the_call(recorder)
    assert blocks == ["print('x')"]
    assert (conversation.suggester, conversation.turn_number) == ("coder", 1)


def test_code_that_a_hook_invented_is_attributed_to_the_message_it_replaced(recorder, cast):
    runner = cast.executing("runner", GatedExecutor(recorder))
    runner.register_hook("process_last_received_message", lambda _text: cast.code("print(9)"))
    boss = cast.scripted("boss")
    talker = cast.scripted("talker", "just words")
    manager = cast.group("team", boss, talker, runner, rounds=3)
    boss.initiate_chat(manager, message="go", silent=True)

    _, conversation, blocks = the_call(recorder)
    assert blocks == ["print(9)"]
    assert (conversation.suggester, conversation.turn_number) == ("talker", 1)


def test_a_nested_chat_is_attributed_to_itself_and_then_the_outer_again(recorder, cast):
    executor = GatedExecutor(recorder)
    inner_runner = cast.executing("inner_runner", executor)
    lead = cast.executing("lead", executor)
    lead.register_nested_chats(
        [
            {
                "recipient": inner_runner,
                "message": cast.code("print('inner')"),
                "max_turns": 1,
                "summary_method": lambda *_: cast.code("print('outer')"),
            }
        ],
        trigger=lambda sender: sender is not None and sender.name == "boss",
    )
    boss = cast.executing("boss", executor)
    boss.initiate_chat(lead, message="go", max_turns=2, silent=True)

    seen = [(agent, c.suggester, c.group_chat, blocks) for agent, c, blocks in recorder.calls]
    assert seen[:2] == [
        ("inner_runner", "lead", None, ["print('inner')"]),
        ("boss", "lead", None, ["print('outer')"]),
    ]
    assert len({conversation.conversation_id for _, conversation, _ in recorder.calls[:2]}) == 2


def test_code_that_a_tool_runs_is_its_proposers(recorder, cast):
    executor = GatedExecutor(recorder)
    runner = cast.executing("runner", executor)

    def run(text: str) -> str:
        block = CodeBlock(language="python", code=text)
        return executor.execute_code_blocks([block]).output

    runner.register_function({"run": run})
    coder = cast.scripted("coder")
    call = {"id": "1", "type": "function", "function": {"name": "run", "arguments": '{"text": "print(1)"}'}}
    coder.send({"content": "", "tool_calls": [call]}, runner, request_reply=True, silent=True)

    agent, conversation, blocks = the_call(recorder)
    assert (agent, conversation.suggester, blocks) == ("runner", "coder", ["print(1)"])


@pytest.mark.parametrize(
    "call",
    [
        {"id": "1", "type": "function", "function": {"name": "run", "arguments": "{"}},
        {"id": "1", "type": "function", "function": {"name": "run", "arguments": "[1]"}},
        {"id": "1", "type": "function", "function": {"name": "run", "arguments": '{"text": "other"}'}},
        {"id": "1", "type": "function"},
    ],
)
def test_a_call_that_does_not_hold_the_code_suggested_nothing(recorder, cast, call):
    executor = GatedExecutor(recorder)
    runner = cast.executing("runner", executor)

    def reply(recipient, messages=None, sender=None, config=None):
        return True, executor.execute_code_blocks([CodeBlock(language="python", code="print(1)")]).output

    runner.register_reply([autogen.Agent, None], reply)
    messages = [{"role": "assistant", "content": None, "tool_calls": [call], "function_call": None}]
    runner.generate_reply(messages=messages, sender=cast.scripted("coder"))
    agent, conversation, _ = the_call(recorder)
    assert (agent, conversation.suggester, conversation.turn_number) == ("runner", None, None)


@pytest.mark.parametrize(
    ("messages", "suggester"),
    [
        ([{"role": "function", "name": "boss", "content": "CODE"}], None),
        ([{"role": "tool", "content": "CODE"}], "coder"),
        ([{"role": "tool", "content": "CODE"}, {"role": "user", "content": "and?"}], None),
        ([{"role": "assistant", "content": "CODE"}], "runner"),
        ([{"content": "CODE"}], "coder"),
    ],
    ids=["function", "tool", "older tool", "own", "no role"],
)
def test_of_a_message_between_two_agents_its_role_says_who_wrote_it(recorder, cast, messages, suggester):
    runner = cast.executing("runner", GatedExecutor(recorder), config={"last_n_messages": 2})
    text = cast.code("print(1)")
    given = [{**message, "content": message["content"].replace("CODE", text)} for message in messages]
    runner.generate_reply(messages=given, sender=cast.scripted("coder"))
    assert the_call(recorder)[1].suggester == suggester


@pytest.mark.parametrize(
    ("message", "suggester"),
    [
        ({"role": "user", "name": "coder"}, "coder"),
        ({"role": "user"}, None),
        ({"role": "assistant"}, "runner"),
        ({"role": "function", "name": "boss"}, None),
    ],
)
def test_in_a_group_the_framework_says_who_wrote_it(recorder, cast, message, suggester):
    runner = cast.executing("runner", GatedExecutor(recorder), config={"last_n_messages": 2})
    manager = cast.group("team", runner, cast.scripted("coder"), rounds=2)
    runner.generate_reply(messages=[{**message, "content": cast.code("print(1)")}], sender=manager)
    _, conversation, _ = the_call(recorder)
    assert (conversation.suggester, conversation.group_chat) == (suggester, "team")


def test_what_the_executor_called_for_is_its_own_last_message_too(recorder, cast):
    runner = cast.executing("runner", GatedExecutor(recorder))
    messages = [
        {"role": "assistant", "content": "mine"},
        {"role": "assistant", "content": "theirs", "tool_calls": [{"id": "1"}], "name": "coder"},
        {"role": "user", "content": cast.code("print(1)")},
    ]
    runner.generate_reply(messages=messages, sender=cast.scripted("coder"))
    assert the_call(recorder)[1].message_from_executor == "mine"


def test_no_code_is_nobodys(recorder, cast):
    executor = GatedExecutor(recorder)
    runner = cast.executing("runner", executor)
    outputs = []

    def reply(recipient, messages=None, sender=None, config=None):
        outputs.append(executor.execute_code_blocks([]).output)
        return True, "done"

    runner.register_reply([autogen.Agent, None], reply)
    runner.generate_reply(messages=[{"role": "user", "content": "go"}])
    assert outputs == ["There was no code to run, so nothing was run."]
    assert the_call(recorder)[1].suggester is None


def test_a_hook_that_drops_messages_leaves_the_turn_known(recorder, cast):
    runner = cast.executing("runner", GatedExecutor(recorder))
    runner.register_hook("process_all_messages_before_reply", lambda messages: messages[-1:])
    coder = cast.scripted("coder", cast.code("print(1)"))
    runner.initiate_chat(coder, message="go", max_turns=2, silent=True)
    _, conversation, _ = the_call(recorder)
    assert (conversation.suggester, conversation.turn_number) == ("coder", 1)


def test_a_conversation_keeps_its_identifier_and_the_next_gets_another(recorder, cast):
    coder = cast.scripted("coder", *[cast.code(f"print({n})") for n in range(4)])
    runner = cast.executing("runner", GatedExecutor(recorder))
    runner.initiate_chat(coder, message="go", max_turns=3, silent=True)
    runner.initiate_chat(coder, message="again", max_turns=2, silent=True)
    runner.initiate_chat(coder, message="and on", max_turns=2, silent=True, clear_history=False)

    ids = [conversation.conversation_id for _, conversation, _ in recorder.calls]
    assert len(ids) == 4
    assert ids[0] == ids[1] != ids[2] == ids[3]


def test_both_sides_of_a_chat_find_the_same_identifier(recorder, cast):
    executor = GatedExecutor(recorder)
    left, right = cast.executing("left", executor), cast.executing("right", executor)
    left.register_reply([autogen.Agent, None], lambda *_, **__: (True, cast.code("print('l')")), position=9)
    left.send(cast.code("print(1)"), right, request_reply=False, silent=True)
    reply = right.generate_reply(messages=right.chat_messages[left], sender=left)
    right.send(reply + cast.code("print(2)"), left, request_reply=False, silent=True)
    left.generate_reply(messages=left.chat_messages[right], sender=right)

    assert [agent for agent, _, _ in recorder.calls] == ["right", "left"]
    assert len({conversation.conversation_id for _, conversation, _ in recorder.calls}) == 1


def test_a_group_keeps_its_identifier_until_it_starts_anew(recorder, cast):
    coder = cast.scripted("coder", *[cast.code(f"print({n})") for n in range(4)])
    runner = cast.executing("runner", GatedExecutor(recorder))
    boss = cast.scripted("boss", "go on", "go on")
    manager = cast.group("team", boss, coder, runner, rounds=6)
    boss.initiate_chat(manager, message="go", silent=True)
    boss.initiate_chat(manager, message="again", silent=True)

    ids = [conversation.conversation_id for _, conversation, _ in recorder.calls]
    assert len(ids) == 4
    assert ids[0] == ids[1] != ids[2] == ids[3]


class OverridesAndCallsOn(autogen.UserProxyAgent):
    def generate_reply(self, messages=None, sender=None, **kwargs):
        return super().generate_reply(messages, sender, **kwargs)


class OverridesAlone(autogen.UserProxyAgent):
    def generate_reply(self, messages=None, sender=None, **kwargs):
        messages = self.chat_messages[sender] if messages is None else messages
        blocks = self.code_executor.code_extractor.extract_code_blocks(messages[-1]["content"])
        return self.code_executor.execute_code_blocks(blocks).output


class Mixin:
    generate_reply = OverridesAlone.generate_reply


class MixedIn(Mixin, autogen.UserProxyAgent):
    pass


@pytest.mark.parametrize("kind", [OverridesAndCallsOn, OverridesAlone, MixedIn])
def test_an_agent_that_replies_in_its_own_way_is_still_the_executor(recorder, cast, kind):
    executor = GatedExecutor(recorder)
    coder = cast.scripted("coder", cast.code("print(1)"))

    class MadeLater(kind):
        def generate_reply(self, messages=None, sender=None, **kwargs):
            return kind.generate_reply(self, messages, sender, **kwargs)

    for number, cls in enumerate([kind, MadeLater]):
        runner = cls(
            f"runner_{number}", human_input_mode="NEVER", code_execution_config={"executor": executor}
        )
        coder.send(cast.code("print(1)"), runner, request_reply=False, silent=True)
        runner.generate_reply(sender=coder)

    seen = [(agent, conversation.suggester) for agent, conversation, _ in recorder.calls]
    assert seen == [("runner_0", "coder"), ("runner_1", "coder")]


@pytest.mark.parametrize("name", ["execute_blocks", "refuse"])
def test_the_gate_of_these_tests_is_called_like_the_real_one(recorder, name):
    ours, real = inspect.signature(getattr(recorder, name)), inspect.signature(getattr(Gate, name))
    assert list(ours.parameters) == list(real.parameters)[1:]


def test_outside_of_every_agent_nothing_is_run(recorder):
    block = CodeBlock(language="python", code="print(1)")
    result = GatedExecutor(recorder).execute_code_blocks([block])
    assert result.exit_code == 126
    assert "GatedExecutor(gate, agent=...)" in result.output
    assert result.output.endswith("Nothing was run.")
    assert recorder.calls == []
    assert recorder.refused == ["print(1)"]


def test_for_direct_use_the_agent_can_be_named(recorder):
    block = CodeBlock(language="python", code="print(1)")
    result = GatedExecutor(recorder, agent="direct").execute_code_blocks([block])
    assert (result.exit_code, result.output) == (0, "ran: print(1)\n")
    agent, conversation, _ = the_call(recorder)
    assert (agent, conversation.suggester, conversation.conversation_id) == ("direct", None, None)


def test_a_named_agent_never_stands_in_for_the_one_that_replies(recorder, cast):
    coder = cast.scripted("coder", cast.code("print(1)"))
    runner = cast.executing("runner", GatedExecutor(recorder, agent="admin"))
    runner.initiate_chat(coder, message="go", max_turns=2, silent=True)
    assert the_call(recorder)[0] == "runner"


def test_a_thread_of_its_own_has_no_agent(recorder, cast):
    executor = GatedExecutor(recorder)
    results = []

    def reply(recipient, messages=None, sender=None, config=None):
        block = CodeBlock(language="python", code="print(1)")
        thread = threading.Thread(target=lambda: results.append(executor.execute_code_blocks([block])))
        thread.start()
        thread.join()
        return True, "done"

    runner = cast.executing("runner", executor)
    runner.register_reply([autogen.Agent, None], reply)
    runner.generate_reply(messages=[{"role": "user", "content": "go"}])
    assert [result.exit_code for result in results] == [126]
    assert recorder.calls == []


def chat_members(cast, executor, number, turns):
    coder = cast.scripted(
        f"coder_{number}", *[cast.code(f"print({number}, {turn})") for turn in range(turns)]
    )
    critic = cast.scripted(f"critic_{number}", *["fine"] * turns)
    runner = cast.executing(f"runner_{number}", executor)
    return runner, cast.group(f"team_{number}", runner, coder, critic, rounds=3 * turns + 1)


def check_interleaved(recorder, chats, turns):
    assert len(recorder.calls) == chats * turns
    ids = {}
    seen = set()
    for agent, conversation, (text,) in recorder.calls:
        number, turn = eval(text.removeprefix("print"))
        assert agent == f"runner_{number}"
        assert conversation.suggester == f"coder_{number}"
        assert conversation.group_chat == f"team_{number}"
        assert conversation.turn_number == 3 * turn + 1
        ids.setdefault(number, set()).add(conversation.conversation_id)
        seen.add((number, turn))
    assert len(seen) == chats * turns
    assert all(len(found) == 1 for found in ids.values())
    assert len(set.union(*ids.values())) == chats


def test_interleaved_async_chats_with_one_executor_are_never_mixed_up(recorder, cast):
    executor = GatedExecutor(recorder)
    chats, turns = 5, 8

    async def talk():
        pairs = [chat_members(cast, executor, number, turns) for number in range(chats)]
        await asyncio.gather(
            *[runner.a_initiate_chat(manager, message="go", silent=True) for runner, manager in pairs]
        )

    asyncio.run(talk())
    check_interleaved(recorder, chats, turns)


def test_chats_in_threads_with_one_executor_are_never_mixed_up(recorder, cast):
    executor = GatedExecutor(recorder)
    chats, turns = 4, 6
    pairs = [chat_members(cast, executor, number, turns) for number in range(chats)]
    threads = [
        threading.Thread(
            target=runner.initiate_chat, args=(manager,), kwargs={"message": "go", "silent": True}
        )
        for runner, manager in pairs
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check_interleaved(recorder, chats, turns)


def test_an_async_chat_of_two_is_attributed_as_a_sync_one(recorder, cast):
    coder = cast.scripted("coder", cast.code("print(1)"))
    runner = cast.executing("runner", GatedExecutor(recorder))
    result = asyncio.run(runner.a_initiate_chat(coder, message="go", max_turns=2, silent=True))

    agent, conversation, _ = the_call(recorder)
    assert (agent, conversation.suggester, conversation.turn_number) == ("runner", "coder", 1)
    assert conversation.message_from_executor == "go"
    assert result.chat_history[-1]["content"] == (
        "exitcode: 0 (execution succeeded)\nCode output: ran: print(1)\n"
    )
