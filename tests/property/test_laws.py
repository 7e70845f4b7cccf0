"""Equal programs give equal operations, more code does no less, and no text goes without a verdict.

`python -m benchmarks.fuzz` checks the same of any other programs, for as long as is wanted.
"""

from __future__ import annotations

import ast
import hashlib
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesmith import from_grammar, from_node

from benchmarks.fuzz.laws import effects, has_a_verdict, program_of, says_no_less, says_the_same
from benchmarks.fuzz.mutations import mutated
from benchmarks.fuzz.rewritings import SAME, extended
from benchmarks.programs import generate
from execgate.gate import Gate
from execgate.model.verdict import Decision
from execgate.policy import PolicySet

PROGRAMS = Path(__file__).parents[1] / "bypasses" / "programs"


def _is_python(code: str) -> bool:
    """Return whether the Python that runs knows the syntax of a program."""
    try:
        ast.parse(code)
    except SyntaxError:
        return False
    return True


CODES = [path.read_text(encoding="utf-8") for path in sorted(PROGRAMS.glob("*/*.py"))]
CODES = [*filter(_is_python, CODES), *generate(12)]

POLICIES = PolicySet.parse("""
agent "careful" {
  can "code_execution" with constraints {
    allowed_imports: ["*"]
    allowed_file_operations: "read_write"
    allowed_file_paths: ["/workspace"]
  }
}
""")


@pytest.mark.parametrize("way", SAME)
def test_a_program_that_is_rewritten_does_the_same(way: str) -> None:
    compared = 0
    for code in CODES:
        rewritten = SAME[way](code)
        broken = says_the_same(way, code, rewritten)
        assert broken is None, str(broken)
        compared += rewritten not in {None, code}
    assert compared > 5


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("open('a')", "open('b')"),
        ("open('a')", "open('a', 'w')"),
        ("import os", "import sys"),
        ("f()", "def f(): pass\nf()"),
    ],
)
def test_the_law_tells_programs_apart_that_do_not_do_the_same(before: str, after: str) -> None:
    assert says_the_same("changed", before, after) is not None


def test_a_program_with_more_behind_it_does_no_less() -> None:
    for number, code in enumerate(CODES):
        broken = says_no_less(code, extended(code, random.Random(number)))
        assert broken is None, str(broken)
    assert says_no_less("open('a')", "open('b')") is not None


def test_what_is_denied_stays_denied_with_more_behind_it() -> None:
    gate = Gate(POLICIES)
    denied = 0
    for number, code in enumerate(CODES):
        if gate.analyze(code, agent="careful").decision is Decision.DENY:
            denied += 1
            more = extended(code, random.Random(number))
            assert gate.analyze(more, agent="careful").decision is Decision.DENY, more
    assert denied > len(CODES) // 3


def test_the_order_of_sets_in_memory_changes_nothing() -> None:
    script = (
        "import sys, json, hashlib\n"
        "from benchmarks.fuzz.laws import program_of\n"
        "for code in json.load(sys.stdin):\n"
        "    program = program_of(code)\n"
        "    print(hashlib.sha256(json.dumps(program and program.to_json()).encode()).hexdigest())\n"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", script],
            input=json.dumps(CODES),
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    first = program_of(CODES[0])
    assert first is not None
    digest = hashlib.sha256(json.dumps(first.to_json()).encode()).hexdigest()
    assert len(said) == 1
    assert said.pop().startswith(digest)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(from_grammar() | from_node())
def test_a_program_in_any_syntax_has_a_verdict(code: str) -> None:
    broken = has_a_verdict(code)
    assert broken is None, str(broken)


@settings(max_examples=400)
@given(st.integers(0, 1 << 32))
def test_a_program_that_is_changed_at_random_has_a_verdict(seed: int) -> None:
    random_ = random.Random(seed)
    broken = has_a_verdict(mutated(random_.choice(CODES), CODES, random_))
    assert broken is None, str(broken)


@settings(max_examples=60)
@given(st.integers(0, 1 << 32))
def test_the_gate_answers_any_text_with_a_verdict(seed: int) -> None:
    random_ = random.Random(seed)
    code = mutated(random_.choice(CODES), CODES, random_)
    verdict = Gate(POLICIES).analyze(code, agent="careful")
    program = program_of(code)
    if program is None or "a gap" in effects(program):
        assert verdict.decision is Decision.DENY
