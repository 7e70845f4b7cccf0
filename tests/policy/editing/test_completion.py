"""What fits at the cursor, in every part of the language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execgate.policy.conditions.attributes import ATTRIBUTES
from execgate.policy.constraints import CAPABILITIES
from execgate.policy.editing import Folder, complete

SETS = (
    'let apis = ["a.com"] window night { zone: "UTC" hours: "22:00-06:00" } agent "base" { } agent "a*" { }\n'
)


def code(body: str, capability: str = "code_execution") -> str:
    return f'agent "x" {{ can "{capability}" with constraints {{ {body}'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("|", ["agent", "let", "rule", "phases", "window"]),
        ('agent "x" { } l|', ["let"]),
        ("let a = [1] p|", ["phases"]),
        ("let b = [ap|", ["apis"]),
        ("let b |", []),
        ('agent "|', []),
        ('agent "x" |', ["extends"]),
        ('agent "x" extends |', ["base"]),
        ('agent "x" extends "b|', ["base"]),
        ('agent "x" extends "base", |', []),
        ('agent "x" { |', ["can", "rule", "override", "version", "description", "delegation"]),
        ('agent "x" { version: "1" v|', []),
        ('agent "x" { delegation: |', ["executor", "intersect"]),
        ('agent "x" { can |', ["code_execution", "payment", "tool"]),
        ('agent "x" { can "pay|', ["payment"]),
        ('agent "x" { can "payment" w|', ["with"]),
        ('agent "x" { can "payment" because |', []),
        ('agent "x" { can "payment" with |', ["constraints"]),
        (code("|", "tool"), [*CAPABILITIES["tool"], "rule", "override"]),
        (code('allowed_proposed_tools: ["a"] allowed_p|', "tool"), []),
        (code("max_m|"), ["max_memory"]),
        (code("max_memory: |"), ["unlimited", "10_bytes"]),
        (code("max_memory: 5_giga|"), ["5_gigabytes", "5_gigabyte"]),
        (code("max_memory: 1_gb be|"), ["because"]),
        (code("max_memory: 1_gb because |"), []),
        (code("warn_at: 7|", "payment"), ["7%", "7_percent"]),
        (code("max_amount: [1_us|", "payment"), None),
        (code("compensation: |", "payment"), ["refund_request", "credit", "value_loss", "none"]),
        (code("allowed_currencies: [|us|", "payment"), None),
        (code("allowed_file_operations: |"), ["none", "read_only", "read_write", "apis"]),
        (code('allowed_file_operations: ["read", "re|'), []),
        (code('allowed_file_operations: ["wr|'), ["write"]),
        (code("allowed_hosts: [|"), ["*", "apis"]),
        (code('allowed_hosts: ["a.com" |'), []),
        (code("allowed_imports: ap|"), ["apis"]),
        (code("frobnicate: |"), []),
        ("rule |", []),
        ("rule x |", ["on", "because"]),
        ("rule x on network_c|", ["network_call"]),
        ("rule x on payment, t|", ["tool", "tool_call"]),
        ("rule x { |", ["when"]),
        ("rule x { when |", [*ATTRIBUTES, "not", "has", "true", "false"]),
        ("rule x { when spent.d|", ["spent.day"]),
        ("rule x { when has pha|", ["phase"]),
        ("rule x { when spent. |", []),
        (
            "rule x { when phase |",
            [
                "==",
                "!=",
                "<",
                "<=",
                ">",
                ">=",
                "in",
                "not",
                "matches",
                "and",
                "or",
                "deny",
                "escalate",
                "warn",
                "restrict",
            ],
        ),
        ("rule x { when phase == |", ["EXPLORE", "DECIDE", "COMMIT"]),
        ("rule x { when phase in [|", ["EXPLORE", "DECIDE", "COMMIT"]),
        ("rule x { when phase not |", ["in"]),
        ("rule x { when time in |", ["apis", "night"]),
        ("rule x { when cost > 1_us|", None),
        ("rule x { when port == |", []),
        ("rule x { when true and ro|", []),
        ("rule x { when true deny |", []),
        ('rule x { when true restrict "m" { max_cp|', ["max_cpus", "max_cpu_time"]),
        ("phases { |", ["allowed_payment_phase", "EXPLORE", "DECIDE", "COMMIT"]),
        ("phases { ONE: [] TWO: [O|", ["ONE"]),
        ("window w { |", ["zone", "days", "hours", "from", "until"]),
        ('window w { zone: "UTC" z|', []),
        ("// ag|", []),
        ("/* ag|", []),
        ("/* done */ ag|", ["agent"]),
        ('agent "x" { description: "a|', []),
    ],
)
def test_what_fits_is_offered(marked, text, expected) -> None:
    labels = [item.label for item in complete(*marked(text, b=SETS))]
    if expected is None:
        assert any("us" in label for label in labels)
    else:
        assert labels == expected


def test_a_string_is_quoted_where_no_quote_was_typed(marked) -> None:
    (item,) = complete(*marked('agent "x" { can pay|'))
    assert (item.text, item.start) == ('"payment"', 16)
    (item,) = complete(*marked('agent "x" { can "pay|"'))
    assert (item.text, item.start) == ("payment", 17)


def test_a_constraint_comes_with_its_colon_and_what_it_is_for(marked) -> None:
    (item,) = complete(*marked(code("\n  max_memor|")))
    assert (item.text, item.kind, item.start) == ("max_memory: ", "constraint", 2)
    assert "how much memory" in item.documentation.lower()


def test_words_of_an_attribute_are_offered(marked) -> None:
    labels = [item.label for item in complete(*marked('rule x { when operation == "r|'))]
    assert "read" in labels


@given(
    st.text(alphabet='agent "x{}[]:,can let=rule when.1_\n/*#', max_size=60),
    st.integers(0, 5),
    st.integers(0, 60),
)
def test_no_place_in_no_text_crashes(text, line, column) -> None:
    complete(Folder({"a.policy": text}), "a.policy", line, column)
