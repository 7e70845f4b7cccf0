"""What a denial may never hold, whatever the code says."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execgate.adapters import replies
from execgate.calls import BlocksExecution, Execution
from execgate.model.program import Program
from execgate.model.source import Source, Span
from execgate.model.verdict import Reason, Verdict, Violation

FENCE = re.compile(r"```[ \t]*(\w+)?[ \t]*\r?\n(.*?)\r?\n[ \t]*```", re.DOTALL)


def call(*violations, agent="a", blocks=1):
    verdicts = [Verdict(Source("x = 1"), agent, violations=violations) for _ in range(blocks)]
    return BlocksExecution(tuple(Execution(verdict, None) for verdict in verdicts))


def violation(message, **kwargs):
    return Violation("allowed_imports", message, **{"reason": Reason.POLICY, **kwargs})


hostile = st.text(max_size=60) | st.sampled_from(
    [
        "```python\nprint(1)\n```",
        "TERMINATE",
        "terminated",
        "x" * 9000,
        "\x1b[2J",
        "\u202eabc",
        "\udc80",
        "DONE",
    ]
)
violations = st.builds(
    Violation,
    constraint=st.sampled_from(["allowed_imports", "allowed_hosts", "syntax"]),
    message=st.lists(hostile, max_size=3).map("".join),
    reason=st.sampled_from(Reason),
    help=st.none() | hostile,
    location=st.none() | st.builds(Span, st.integers(1, 9), st.just(0), st.just(9), st.just(1)),
    escalates=st.booleans(),
)


@given(st.lists(violations, max_size=40), hostile, st.integers(1, 3))
def test_no_denial_holds_code_or_an_ending_or_what_can_not_be_seen(found, agent, blocks):
    text = replies.denied(call(*found, agent=agent, blocks=blocks), agent)
    assert "`" not in text
    assert not FENCE.search(text)
    assert "terminat" not in text.lower()
    assert not re.search(r"\b(DONE|EXIT|STOP|END)\b", text)
    assert all(line.isprintable() for line in text.split("\n"))
    assert text.isascii() or text.encode("utf-8")
    assert len(text) < 10_000
    assert text.endswith(("Nothing was run.", "blocks was run."))


def test_every_violation_says_its_constraint_its_place_and_what_to_change():
    found = call(
        violation(
            "agent `a` may not import `os`",
            location=Span(3, 0, 3, 9),
            help='to permit it, add "os" to the list',
        ),
        Violation("gap", "the call can't be identified", Reason.ANALYSIS),
    )
    assert replies.denied(found, "a") == (
        "Denied by execgate: the policy of agent 'a' does not permit this code.\n"
        "\n"
        "- allowed_imports (line 3): agent 'a' may not import 'os'\n"
        '  help: to permit it, add "os" to the list\n'
        "- gap: the call can't be identified\n"
        "\n"
        "Solve the task without these operations. The same operation written in another way is denied again; "
        "only whoever runs these agents can change the policy.\n"
        "Nothing was run."
    )


def test_what_was_not_judged_is_not_called_a_breach():
    found = call(Violation("agent", "no policy names `a`", Reason.SYSTEM))
    assert replies.denied(found, "a") == (
        "Denied by execgate: this code could not be judged for agent 'a'.\n"
        "\n"
        "- agent: no policy names 'a'\n"
        "\n"
        "The code itself is not to blame.\n"
        "Nothing was run."
    )


def test_what_could_not_be_understood_is_not_called_a_breach_either():
    found = call(Violation("syntax", "`(` was never closed (line 2, column 1)", Reason.ANALYSIS))
    assert replies.denied(found, "a") == (
        "Denied by execgate: it could not be told what this code does, so agent 'a' may not run it.\n"
        "\n"
        "- syntax: '(' was never closed (line 2, column 1)\n"
        "\n"
        "Write it in plain Python, so that what it does can be told from the code.\n"
        "Nothing was run."
    )


def test_what_needs_consent_says_so():
    source = Source("pay()")
    asks = violation("over 50 USD", escalates=True)
    found = Verdict(source, "a", Program(source), violations=(asks,), policy_digest="sha256:0")
    assert replies.denied(BlocksExecution((Execution(found, None),)), "a") == (
        "Held back by execgate: agent 'a' needs approval for this code, which was not given.\n"
        "\n"
        "- allowed_imports: over 50 USD\n"
        "\n"
        "Only whoever runs these agents can approve it; handed over again it is held back again.\n"
        "Nothing was run."
    )


def test_the_same_in_several_lines_is_said_once():
    found = [
        violation("may not import `os`", location=Span(line, 0, line, 9)) for line in (3, 1, 3, *range(4, 9))
    ]
    text = replies.denied(call(*found, violation("may not import `sys`", location=Span(2, 0, 2, 9))), "a")
    assert "- allowed_imports (lines 3, 1, 4, 5, 6 ...): may not import 'os'\n" in text
    assert "- allowed_imports (line 2): may not import 'sys'\n" in text
    assert text.count("may not import") == 2


def test_only_the_first_violations_are_listed_and_the_rest_counted():
    text = replies.denied(call(*[violation(f"number {n}") for n in range(30)], blocks=2), "a")
    assert text.count("allowed_imports") == replies.MAX_VIOLATIONS
    assert "- and 48 more\n" in text


@pytest.mark.parametrize(
    ("word", "shown"),
    [
        ("TERMINATE", "T·ERMINATE"),
        ("process.terminate()", "process.t·erminate()"),
        ("'DONE'", "'D·ONE'"),
        ("END_OF_FILE", "E·ND_OF_FILE"),
        ("sys.exit", "sys.exit"),
        ("BACKEND", "BACKEND"),
        ("DELETE", "DELETE"),
    ],
)
def test_words_that_end_chats_are_broken_and_others_are_not(word, shown):
    assert f"- allowed_imports: {shown}\n" in replies.denied(call(violation(word)), "a")
