"""Sessions in real conversations, through the real gate and the real sandbox: each agent's, in each chat, its own."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from execgate import Gate
from execgate.autogen import GatedExecutor

POLICY = """
agent "template" {
  can "code_execution" with constraints {
    allowed_imports: ["os"]
    allowed_file_operations: ["read", "write", "list"]
    allowed_file_paths: ["/workspace/**"]
    session: "%s"
  }
}
agent "first" extends "template" {}
agent "second" extends "template" {}
"""

pytestmark = [
    pytest.mark.engine,
    pytest.mark.autogen,
    pytest.mark.filterwarnings("ignore"),  # AutoGen's own
]

LOOK = "import os\nprint('files', sorted(os.listdir('.')), 'names', 'kept' in globals())"


@pytest.fixture
def gated(tmp_path):
    """Return a function from a kind of session to its gate, which ends with the test."""
    with ExitStack() as stack:

        def make(session):
            path = tmp_path / f"{session}.policy"
            path.write_text(POLICY % session, encoding="utf-8")
            return stack.enter_context(Gate.load(path, home=tmp_path / "home"))

        yield make


def chat(cast, runner, *texts):
    """Have an agent run texts, one a turn, in a conversation of its own; return what came back of each."""
    writer = cast.scripted("writer", *map(cast.code, texts[1:]))
    writer.initiate_chat(runner, message=cast.code(texts[0]), max_turns=len(texts), silent=True)
    return [message["content"] for message in runner.chat_messages[writer][1::2]]


@pytest.mark.parametrize(("session", "names"), [("files", False), ("interpreter", True)])
def test_turns_of_one_conversation_share_what_the_policy_says(cast, gated, session, names):
    runner = cast.executing("first", GatedExecutor(gated(session)))
    written, looked, counted = chat(
        cast,
        runner,
        "kept = 1\nopen('a.txt', 'w').write('one')",
        LOOK,
        "print('text', open('a.txt').read())",
    )
    assert "exitcode: 0" in written
    assert f"files ['a.txt'] names {names}" in looked
    assert "text one" in counted


@pytest.mark.parametrize("session", ["none", "clean"])
def test_without_it_each_turn_begins_anew(cast, gated, session):
    runner = cast.executing("first", GatedExecutor(gated(session)))
    _, looked = chat(cast, runner, "kept = 1\nopen('a.txt', 'w').write('one')", LOOK)
    assert "files [] names False" in looked


def test_two_agents_and_two_conversations_never_meet(cast, gated):
    executor = GatedExecutor(gated("interpreter"))
    first, second = (cast.executing(name, executor) for name in ("first", "second"))
    mark = "kept = 1\nopen('a.txt', 'w').write('one')"
    _, own = chat(cast, first, mark, LOOK)
    assert "files ['a.txt'] names True" in own
    assert "files [] names False" in chat(cast, second, LOOK)[0]
    assert "files [] names False" in chat(cast, first, LOOK)[0]


def test_members_of_one_group_keep_their_own(cast, gated):
    executor = GatedExecutor(gated("interpreter"))
    config = {"last_n_messages": 3}
    first, second = (cast.executing(name, executor, config=dict(config)) for name in ("first", "second"))
    text = f"{LOOK}\nkept = 1\nopen('a.txt', 'w').write('one')"
    writer = cast.scripted("writer", cast.code(text))
    manager = cast.group("team", writer, first, second, rounds=6)
    writer.initiate_chat(manager, message=cast.code(text), silent=True)
    said = [
        (message["name"], message["content"].rpartition("output: ")[2].partition("\n")[0])
        for message in manager.groupchat.messages
        if "exitcode: 0" in message["content"]
    ]
    before, after = "files [] names False", "files ['a.txt'] names True"
    assert said == [("first", before), ("second", before), ("first", after), ("second", after)]


def test_restart_begins_anew_and_leaves_other_executors_alone(cast, gated):
    gate = gated("interpreter")
    mine, others = GatedExecutor(gate), GatedExecutor(gate)
    first, second = cast.executing("first", mine), cast.executing("second", others)
    peer = cast.scripted("peer")
    mark = "kept = 1\nopen('a.txt', 'w').write('one')"

    def turn(runner, text):
        peer.send(cast.code(text), runner, request_reply=True, silent=True)
        return [one["content"] for one in runner.chat_messages[peer] if one["role"] == "assistant"][-1]

    for runner in (first, second):
        assert "exitcode: 0" in turn(runner, mark)
    mine.restart()
    assert "files [] names False" in turn(first, LOOK)
    assert "files ['a.txt'] names True" in turn(second, LOOK)


@pytest.mark.parametrize("session", ["files", "interpreter"])
def test_a_working_folder_and_a_session_agree_on_every_file(cast, gated, tmp_path, session):
    work = tmp_path / "work"
    work.mkdir()
    (work / "given.txt").write_text("host")
    executor = GatedExecutor(gated(session), work_dir=work)
    runner = cast.executing("first", executor)
    answers = chat(
        cast,
        runner,
        "open('made.txt', 'w').write(open('given.txt').read() + ' 1')",
        "text = open('made.txt').read()\nopen('made.txt', 'w').write(text + ' 2')",
        "print('made', open('made.txt').read())",
    )
    assert "made host 1 2" in answers[-1]
    assert (work / "made.txt").read_text() == "host 1 2"
    # What the host changes between two conversations is what the next one finds.
    (work / "made.txt").write_text("changed")
    executor.restart()
    assert "made changed" in chat(cast, runner, "print('made', open('made.txt').read())")[0]
