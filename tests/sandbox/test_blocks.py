"""Blocks of a session through the gate: what each is seen to do, by its own lines, and the files they share."""

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

    def make(session, policy=POLICY):
        gate = Gate(PolicySet.parse(policy % session, "p.policy"), home=tmp_path / "home", sandbox=sandbox)
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


def test_a_file_that_is_another_text_now_is_imported_anew_in_a_session_that_begins_anew(gated):
    run = gated("interpreter")
    use = "import helper\nprint(helper.hi(), 'kept' in globals())"
    assert run(HELPER, use).blocks[-1].result.stdout == "1 False\n"
    run("kept = 1")
    same = run(HELPER, use).blocks[-1].result
    assert (same.stdout, same.detail) == ("1 True\n", "")
    other = Source("def hi():\n    return 3\n", "helper.py")
    for _ in range(2):
        changed = run("x = 1", other, use).blocks[-1].result
        assert changed.stdout == "3 False\n"
    assert changed.detail == ""
    first = run(HELPER, use).blocks[-1].result
    assert first.stdout == "1 False\n"
    why = "helper.py is another text now, and may have been imported already"
    assert first.detail == f"the session began anew: {why}"


def test_what_began_anew_is_judged_with_what_ran_since(gated):
    run = gated("interpreter")
    other = Source("def hi(): pass", "helper.py")
    assert run(HELPER, "import helper\nx = 1", other, "import helper").allowed
    program = run("y = 1").blocks[0].verdict.program
    assert [source.text for source in program.earlier] == ["import helper"]
    assert program.staged == (other,)


def test_a_shell_block_takes_no_names_away_and_has_walls_of_its_own(gated):
    run = gated("interpreter")
    shell = Source("echo hi", "<block 1>", "sh")
    assert run(shell).blocks[0].result.stdout == "hi\n"
    assert run("x = 1").blocks[0].result.detail == ""
    assert run(shell).blocks[0].result.detail == ""
    assert run("print(x)").blocks[0].result.stdout == "1\n"


WILD = """
agent "coder" {
  can "code_execution" with constraints {
    allowed_imports: ["sys", "signal", "time", "os"]
    allowed_dynamic_code: ["*"]
    allowed_process_control: ["*"]
    allowed_system_access: ["*"]
    image: "base"
    session: "%s"
  }
}
"""


@pytest.fixture
def results(gated):
    """Run blocks one call after the other where nearly everything is granted; return their results."""

    def run_all(*blocks, session="interpreter"):
        run = gated(session, WILD)
        return [run(block).blocks[0].result for block in blocks]

    return run_all


def test_a_signal_between_two_blocks_is_the_next_one_s_and_takes_nothing_away(results):
    wait = "import signal\nwhile not rang and signal.SIGALRM not in signal.sigpending(): pass"
    quiet, loud, after, last = results(
        "import signal\nrang = []\nsignal.signal(signal.SIGALRM, lambda *_: rang.append(1))\nsignal.setitimer(signal.ITIMER_REAL, 0.01)",
        f"{wait}\nprint(rang)\n"
        "def ring(*_): raise TimeoutError('rang')\n"
        "signal.signal(signal.SIGALRM, ring)\nsignal.setitimer(signal.ITIMER_REAL, 0.01)",
        "while True: pass",
        "print(rang, signal.pthread_sigmask(signal.SIG_BLOCK, []))",
    )
    assert (quiet.exit_code, loud.stdout) == (0, "[1]\n")
    assert (after.exit_code, after.stderr.splitlines()[-1]) == (1, "TimeoutError: rang")
    assert (last.stdout, last.detail) == ("[1] set()\n", "")


@pytest.mark.parametrize("session", ["none", "clean", "interpreter"])
def test_a_hook_for_errors_that_fails_is_shown_with_the_error_as_python_does(results, session):
    hook = "import sys\ndef hook(*_): raise KeyError('hook')\nsys.excepthook = hook\n1 / 0"
    (result,) = results(hook, session=session)
    lines = result.stderr.splitlines()
    assert lines[:2] == ["Error in sys.excepthook:", "Traceback (most recent call last):"]
    assert lines[lines.index("Original exception was:") - 2] == "KeyError: 'hook'"
    assert lines[-1] == "ZeroDivisionError: division by zero"
    assert "/opt/execgate" not in result.stderr
    assert (result.exit_code, result.stdout) == (1, "")


def test_a_hook_for_errors_that_leaves_gives_the_status_and_ends_no_session(results):
    hook = "import sys\ndef hook(*_): raise SystemExit(9)\nsys.excepthook = hook\nkept = 1\n1 / 0"
    failed, after = results(hook, "print(kept)")
    assert (failed.exit_code, failed.stdout, after.stdout) == (9, "", "1\n")


def test_an_interpreter_that_closes_what_it_hears_by_ends_and_says_nothing_strange(results):
    closed, after = results("import os\nos.closerange(3, 1000)", "print(1)")
    assert (closed.exit_code, closed.stdout, closed.stderr) == (1, "", "")
    assert after.stdout == "1\n"
    assert "the session began anew" in after.detail


def test_a_block_whose_interpreter_ended_in_the_same_call_says_why_it_was_not_run(gated):
    run = gated("interpreter", WILD)
    _, second = run("import os\nx = 1\nos._exit(0)", "print(x)").blocks
    assert second.result.detail == (
        "nothing was run: the session is not what the program was judged with any more: "
        "the interpreter ended, and what it held is gone"
    )
