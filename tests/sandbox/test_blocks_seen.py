"""What the blocks of a session are seen to do: each in its own record, by its own lines, whatever it is called."""

import pytest

from execgate import Gate
from execgate.model.conversation import Conversation
from execgate.model.source import Source
from execgate.policy import PolicySet

POLICY = """
agent "coder" {
  can "code_execution" with constraints {
    allowed_imports: ["colorsys", "helper", "parts"]
    allowed_file_operations: ["read", "write"]
    allowed_file_paths: ["/workspace/**"]
    on_surprise: "stop"
    image: "base"
    session: "%s"
  }
}
"""
CHAT = Conversation(conversation_id="seen")
HELPER = Source("def hi():\n    return 1\n", "helper.py")
PART = Source("def ho():\n    return 2\n", "parts/one.py")

pytestmark = pytest.mark.engine


@pytest.fixture
def gated(sandbox, tmp_path):
    """Return a function from a kind of session to what runs blocks in one conversation."""
    gates = []

    def make(session):
        gate = Gate(PolicySet.parse(POLICY % session, "p.policy"), home=tmp_path / "home", sandbox=sandbox)
        gates.append(gate)

        def run(*blocks):
            return gate.execute_blocks(blocks, agent="coder", conversation=CHAT)

        return run

    yield make
    for gate in gates:
        gate.end_sessions()
        gate.receipts.close()


def seen(call):
    """Return what the last block of a call was seen to do, with its lines."""
    result = call.blocks[-1].result
    assert result is not None
    assert result.succeeded, (result.stderr, result.detail)
    assert result.surprises == ()
    return [(one.type, one.location.line) for one in result.observed]


@pytest.mark.parametrize("session", ["none", "interpreter"])
def test_to_import_what_was_judged_is_foreseen(gated, session):
    run = gated(session)
    both = "import helper\nimport parts.one\nprint(helper.hi() + parts.one.ho())"
    call = run(HELPER, PART, both)
    seen(call)
    assert call.blocks[-1].result.stdout == "3\n"


def test_a_block_of_another_name_is_the_program_too(gated):
    run = gated("interpreter")
    run(Source("x = 1\n", "first.py"))
    found = run(Source("\nopen('/workspace/a', 'w').write('x')\nimport colorsys\n", "second.py"))
    assert seen(found) == [("file_operation", 2), ("module_import", 3)]


def test_what_two_blocks_do_stands_in_the_record_of_each(gated):
    run = gated("interpreter")
    run("open('/workspace/a', 'w').write('x')")
    for _ in range(2):
        assert seen(run("open('/workspace/a').read()")) == [("file_operation", 1)]
    assert seen(run("x = 1")) == []
