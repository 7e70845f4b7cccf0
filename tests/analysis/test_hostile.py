"""Programs that are written to break the analysis end in a verdict, and none of them is allowed.

`python -m benchmarks --only hostile` has the same programs, the large ones too, and how long each takes.
"""

from __future__ import annotations

import gc

import pytest

from benchmarks.hostile import SMALL
from benchmarks.hostile_programs import programs
from execgate.analysis import analyze
from execgate.analysis.guard import MAX_NODES
from execgate.analysis.interpreter import Interpreter
from execgate.analysis.machine import WORK_PER_CHARACTER
from execgate.analysis.work import MIN_WORK, OutOfWorkError
from execgate.errors import SourceError
from execgate.model.source import Source
from execgate.model.verdict import Decision
from execgate.policy import PolicySet

POLICY = PolicySet.parse("""
agent "trusting" {
  can "code_execution" with constraints {
    allowed_imports: ["*"]
    allowed_file_operations: ["*"]
    allowed_hosts: ["*"]
    allowed_environment: ["*"]
    allowed_dynamic_code: ["*"]
    allowed_database_operations: ["*"]
  }
}
""").agent("trusting")
"""Allows nearly all, but not to start a process, which every hostile program does."""

PROGRAMS = {name: code for name, code in programs() if len(code) <= SMALL}


def decision(code: str) -> Decision | None:
    """Return what the policy says, None for what is refused before that."""
    try:
        return POLICY.judge(analyze(Source(code))).decision
    except SourceError:
        return None


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_hostile_program_is_refused_or_denied(name: str) -> None:
    assert decision(PROGRAMS[name]) in {None, Decision.DENY}


def test_the_policy_that_denies_them_allows_the_nearest_honest_programs() -> None:
    for code in (
        "(" * 50 + "1" + ")" * 50,
        "a = 'aa'\n" + "a = f'{a}{a}'\n" * 9 + "open(a)",
        "x = 0xff ** 9",
    ):
        assert decision(code) is Decision.ALLOW


@pytest.mark.parametrize(
    "code", ["a = 1\n" * (MAX_NODES // 3 + 9), "()," * MAX_NODES], ids=["lines", "tuples"]
)
def test_a_program_of_too_many_expressions_is_refused_before_it_is_parsed_twice(code: str) -> None:
    with pytest.raises(SourceError, match=f"too large: more than {MAX_NODES:,} expressions and statements"):
        analyze(Source(code))


@pytest.mark.parametrize(
    "code",
    [
        "x = []\n" + "".join(f"{' ' * n}while x:\n{' ' * (n + 1)}x = [x, {n}]\n" for n in range(15)),
        "class A0: pass\n" + "\n".join(f"class A{n + 1}(A{n}): pass" for n in range(5_000)),
        "c = 'a = 1\\n' * 10000\n" + "".join(f"exec(c + '{n}')\n" for n in range(99)),
    ],
    ids=["loops", "bases", "code in strings"],
)
def test_work_is_bounded_by_the_size_of_the_program(code: str) -> None:
    program = analyze(Source(code + "\nopen('a')"))
    assert [gap.why for gap in program.gaps] == ["there is more code to follow than is followed"]


def test_what_is_counted_as_work_ends() -> None:
    machine = Interpreter(10)
    machine.step(MIN_WORK + 10 * WORK_PER_CHARACTER)
    with pytest.raises(OutOfWorkError):
        machine.step()


def test_a_long_program_is_followed_to_its_end() -> None:
    lines = "".join(f"def f{n}(a):\n    return [a, str(a)]\nx{n} = f{n}({n})\n" for n in range(7_000))
    program = analyze(Source(lines + "open(str(x6999[0]))"))
    assert program.gaps == ()
    assert program.operations[-1].paths == ("6999",)


def test_garbage_is_looked_for_again_after_an_analysis() -> None:
    with pytest.raises(SourceError):
        analyze(Source("("))
    assert gc.isenabled()
    analyze(Source("1"))
    assert gc.isenabled()
    gc.disable()
    try:
        analyze(Source("1"))
        assert not gc.isenabled()
    finally:
        gc.enable()


def _starting(count: int, command: str) -> str:
    return "import os, subprocess\n" + "".join(f"{command.replace('N', str(n))}\n" for n in range(count))


LOOPS = "for a in 1 2 3 4 5 6 7 8; do for b in 1 2 3 4 5 6 7 8; do for c in 1 2 3 4 5 6 7 8; do xN; done; done; done"


@pytest.mark.parametrize(
    "call",
    [
        f"os.system('{LOOPS}')",
        f"subprocess.run(['sh', '-c', '{LOOPS}'])",
        "subprocess.run(['python', '-c', 'xN = []\\nwhile x:\\n while y:\\n  x = [x, y]\\n  y = {x: y}'])",
    ],
    ids=["shell texts", "argument lists", "Python"],
)
def test_everything_that_a_program_starts_shares_its_work(call: str) -> None:
    assert analyze(Source(_starting(3, call))).gaps == ()
    program = analyze(Source(_starting(400, call)))
    assert "there is more code to follow than is followed" in [gap.why for gap in program.gaps]


@pytest.mark.parametrize("start", ["os.system(x)", "subprocess.run(['sh', '-c', x])"])
def test_a_text_of_too_many_commands_starts_what_is_not_known(start: str) -> None:
    program = analyze(Source(f"import os, subprocess\nx = 'a;' * 30000\n{start}\n"))
    assert program.gaps or any(operation.unresolved for operation in program.operations)


def test_everything_that_a_shell_block_starts_shares_its_work() -> None:
    code = "python -c 'while x: x = [x, 1]'\n"
    assert analyze(Source(code * 3, "<block>", "bash")).gaps == ()
    program = analyze(Source(code * 500, "<block>", "bash"))
    assert "there is more Python to follow than is followed" in [gap.why for gap in program.gaps]


@pytest.mark.parametrize(
    "code",
    [
        "import os\nos.system('test ' + '[' * 500_000 + ' -a b')",
        "import os\nos.system('ls ' + '[' * 99_000)",
        """import os\nos.system("pip install '1" + ' ' * 99_000 + "\\x01'")""",
        "import glob\nglob.glob('[' * 500_000)",
        "('{0' + '[' * 500_000 + '}').format([])",
        "import os\nos.path.expandvars('${' * 500_000)",
        "open('/root/.ssh/authorized_keys', 'w').write('ecdsa-sha2-' + '@a' * 200_000)",
        "import os\nos.system('echo $((' + 'a' * 99_000 + '))')",
    ],
)
def test_no_text_is_looked_through_once_more_for_each_of_its_letters(code: str) -> None:
    # A search that began anew at each of them would take minutes in most of these.
    analyze(Source(code))


def test_a_number_beyond_all_numbers_in_a_body_is_not_known() -> None:
    body = '{"amount": 1e9999999999999999999}'
    found = analyze(
        Source(f"import requests\nrequests.post('https://api.stripe.com/v1/refunds', data='{body}')")
    )
    (payment,) = (one for one in found.operations if one.type == "payment_call")
    assert not payment.resolved
