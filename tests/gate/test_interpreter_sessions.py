"""What an interpreter holds is judged together with what comes next, and receipts say with what."""

import threading

import pytest

from execgate import Gate
from execgate.errors import SessionChangedError
from execgate.model.confines import Session
from execgate.model.conversation import Conversation
from execgate.model.execution import ExecutionResult, Start, Stop, Usage
from execgate.model.held import NOTHING, Held
from execgate.model.source import Source
from execgate.model.verdict import Decision
from execgate.policy import PolicySet
from execgate.rejudging import judged_again
from execgate.sandbox.turns import Turns

POLICY = """
agent "coder" {
can "code_execution" with constraints {
allowed_imports: ["subprocess", "json"]
allowed_commands: ["ls"]
allowed_file_operations: ["read", "write"]
allowed_file_paths: ["/workspace/*"]
session: "%s"
}
}
"""
CHAT = Conversation(conversation_id="chat")


class Interpreter:
    """Keeps what was run in it as a sandbox does, and runs nothing."""

    name = "pretended"

    def __init__(self):
        self.turns = Turns()
        self.texts = ()
        self.ran = []
        self.interferes = []

    def run(self, authorization, *, inputs=(), on_output=None, conversation=None, permits=None):
        if self.interferes:
            self.texts = self.interferes.pop(0)
        if authorization.confines.session is Session.INTERPRETER and conversation is not None:
            if authorization.verdict.program.earlier != self.texts:
                raise SessionChangedError("the session is not what the program was judged with any more")
            self.texts = (*self.texts, authorization.source)
        self.ran.append(authorization.source.text)
        return ExecutionResult(Stop.EXIT, 0, "", "", Usage(0.1), backend=self.name, start=Start.SESSION)

    def turn(self, agent, conversation):
        return self.turns.of((agent, conversation))

    def end_sessions(self, agent=None, conversation=None):
        self.texts = ()
        return 1

    def held(self, agent, conversation):
        return Held(self.texts) if (agent, conversation) == ("coder", "chat") else NOTHING

    def close(self):
        pass


@pytest.fixture
def sandbox():
    return Interpreter()


@pytest.fixture
def make(tmp_path, sandbox):
    made = []

    def make(session="interpreter"):
        (tmp_path / "p.policy").write_text(POLICY % session)
        made.append(Gate.load(tmp_path / "p.policy", home=tmp_path / "home", sandbox=sandbox, reload=False))
        return made[-1]

    yield make
    for gate in made:
        gate.close()


def decided(gate, text, conversation=CHAT):
    return gate.execute(text, agent="coder", conversation=conversation).verdict


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("import subprocess\nf = subprocess.run", "f(['rm', 'x'])"),
        ("import subprocess\nf = subprocess.run\n1 / 0\nf = print", "f(['rm', 'x'])"),
        ("import subprocess\nf = subprocess.run\nexit()\nf = print", "f(['rm', 'x'])"),
        ("import subprocess as s", "s.run(['rm', 'x'])"),
        ("paths = ['/workspace/x']\npaths[0] = '/etc/x'\n1 / 0\npaths[0] = '/workspace/x'", "open(paths[0])"),
        ("paths = ['/workspace/x']\npaths.append('/etc/x')\n1 / 0\npaths.pop()", "open(paths[-1])"),
        ("paths = {'a': '/workspace/x'}\npaths['a'] = '/etc/x'\n1 / 0\ndel paths['a']", "open(paths['a'])"),
        ("from subprocess import *", "run(['rm', 'x'])"),
        ("def save(path):\n    open(path, 'w').write('')\nsave('/workspace/x')", "save('/etc/x')"),
        (
            "class A:\n    def go(self, path):\n        open(path, 'w').write('')\na = A()\na.go('/workspace/x')",
            "a.go('/etc/x')",
        ),
        ("path = '/etc/x'", "open(path, 'w').write('')"),
        ("path = '/workspace/x'\ndef save():\n    open(path, 'w').write('')", "path = '/etc/x'\nsave()"),
        ("x = {'f': __import__('subprocess').run}", "x['f'](['rm', 'x'])"),
        ("import subprocess\nf = lambda *a: subprocess.run(*a)\nf(['ls'])", "f(['rm', 'x'])"),
        ("import subprocess\ndef g():\n    yield subprocess.run\nit = g()", "next(it)(['rm', 'x'])"),
    ],
)
def test_what_an_earlier_block_left_is_known_to_the_judge(make, sandbox, first, second):
    gate = make()
    assert decided(gate, first).decision is Decision.ALLOW
    assert decided(gate, second).decision is Decision.DENY
    assert sandbox.ran == [first]


@pytest.mark.parametrize(
    "first",
    [
        "__builtins__ = {'print': subprocess.run}",
        "globals()['__builtins__'] = {'print': subprocess.run}",
        "globals().update(__builtins__={'print': subprocess.run})",
        "for __builtins__ in [{'print': subprocess.run}]: pass",
        "def f():\n    global __builtins__\n    __builtins__ = {'print': subprocess.run}\nf()",
    ],
)
def test_no_block_changes_what_is_built_in_for_the_next(make, sandbox, first):
    gate = make()
    assert decided(gate, f"import subprocess\n{first}").decision is Decision.DENY
    assert sandbox.ran == []


def test_a_denial_for_what_an_earlier_block_does_says_how_to_be_rid_of_it(make, sandbox, tmp_path):
    gate = make()
    decided(gate, "import json\nopen('/workspace/x').read()")
    text = (tmp_path / "p.policy").read_text().replace('"subprocess", "json"', '"subprocess"')
    gate = Gate(PolicySet.parse(text, "p.policy"), home=tmp_path / "home", sandbox=sandbox)
    anew = "begin the session anew (`Gate.end_sessions`): an earlier block does this, or left what does"
    (found,) = decided(gate, "x = 1").all_violations
    assert found.help == f'to permit this, add "json" to allowed_imports; or {anew}'
    own, theirs = decided(gate, "x = 1\nimport os").all_violations[::-1]
    assert (own.help, theirs.help) == ('to permit this, add "os" to allowed_imports', found.help)
    gate.end_sessions("coder", "chat")
    assert decided(gate, "x = 1").decision is Decision.ALLOW
    gate.close()


def test_what_is_permitted_goes_on(make, sandbox):
    gate = make()
    blocks = [
        "import subprocess\nf = subprocess.run",
        "f(['ls'])",
        "path = '/workspace/x'",
        "open(path, 'w').write('')",
    ]
    for number, block in enumerate(blocks):
        verdict = decided(gate, block)
        assert verdict.decision is Decision.ALLOW, verdict.all_violations
        assert [source.text for source in verdict.program.earlier] == blocks[:number]
        assert verdict.source.text == block
    assert sandbox.ran == blocks


def test_without_the_earlier_block_the_same_text_is_another_program(make, sandbox):
    gate = make()
    decided(gate, "path = '/etc/x'")
    sandbox.texts = ()
    assert decided(gate, "path = '/workspace/x'\nopen(path, 'w').write('')").program.earlier == ()


def test_blocks_of_one_call_are_judged_with_those_before_them(make, sandbox):
    gate = make()
    call = gate.execute_blocks(
        ["path = '/etc/x'", "open(path, 'w').write('')"], agent="coder", conversation=CHAT
    )
    assert (call.decision, sandbox.ran) == (Decision.DENY, [])


@pytest.mark.parametrize("session", ["none", "clean", "files"])
def test_without_an_interpreter_nothing_is_judged_together(make, session):
    gate = make(session)
    assert decided(gate, "path = '/etc/x'").program.earlier == ()
    assert decided(gate, "x = 1").program.earlier == ()


@pytest.mark.parametrize("conversation", [None, Conversation(), Conversation(conversation_id="another")])
def test_another_conversation_has_another_interpreter(make, sandbox, conversation):
    gate = make()
    decided(gate, "path = '/etc/x'")
    if conversation is not None and conversation.conversation_id is not None:
        sandbox.texts = ()
    assert decided(gate, "x = 1", conversation).program.earlier == ()


def test_a_session_that_changes_meanwhile_is_judged_again(make, sandbox):
    gate = make()
    decided(gate, "path = '/workspace/x'")
    sandbox.interferes = [(*sandbox.texts, Source("path = '/etc/x'"))]
    assert decided(gate, "open(path, 'w').write('')").decision is Decision.DENY
    assert sandbox.ran == ["path = '/workspace/x'"]


def test_a_session_that_is_gone_meanwhile_is_judged_again(make, sandbox):
    gate = make()
    decided(gate, "path = '/etc/x'")
    sandbox.interferes = [()]
    assert decided(gate, "x = 1").program.earlier == ()
    assert sandbox.ran == ["path = '/etc/x'", "x = 1"]


def test_many_threads_in_one_session_are_each_judged_once_and_all_run(make, sandbox):
    gate = make()
    decided(gate, "x = 0")
    calls = []
    begin = threading.Barrier(8)

    def call(number):
        begin.wait(30)
        blocks = [f"x = {number}", f"y = {number}"]
        calls.append(gate.execute_blocks(blocks, agent="coder", conversation=CHAT))

    threads = [threading.Thread(target=call, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [block.result.exit_code for call in calls for block in call.blocks] == [0] * 16
    assert len(list(gate.receipts.list(kind="decision"))) == 17
    # The blocks of a call are one after the other, and nobody's are between them.
    assert [text[4:] for text in sandbox.ran[1::2]] == [text[4:] for text in sandbox.ran[2::2]]


def test_a_session_ends_while_a_call_has_its_turn(make, sandbox):
    gate = make()
    decided(gate, "x = 0")
    with sandbox.turn("coder", "chat"):
        assert gate.end_sessions("coder", "chat") == 1


def test_receipts_say_what_a_block_was_judged_with_and_are_judged_again_with_it(make):
    gate = make()
    for block in (
        "path = '/workspace/x'",
        "open(path, 'w').write('')",
        "path = '/etc/x'",
        "open(path, 'w').write('')",
    ):
        decided(gate, block)
    receipts = [receipt for receipt in gate.receipts.list() if receipt.kind == "decision"]
    receipts = [gate.receipts.get(receipt.receipt_id) for receipt in receipts]
    found = judged_again(receipts)
    assert [(one.why, one.differs) for one in found] == [(None, None)] * 4
    told = [
        receipt.resolved(receipt.predicate["policy_evaluation"]["analysis"].get("earlier", []))
        for receipt in receipts
    ]
    assert sorted(map(len, told)) == [0, 1, 2, 3]
