"""One slip anywhere in a policy is a few reports near it, never a crash."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from execgate.policy.language import syntax, tokens
from execgate.policy.language.text import PolicyText
from execgate.policy.problems import Problem, Problems

TEXT = """\
// what analysts may do
let data_science = ["pandas", "numpy", other]
let other = ["scipy"]

agent "base" {
  version: "1.2"
  description: "what all have"
  delegation: intersect
  can "code_execution" because "they analyse" with constraints {
    allowed_imports: data_science
    allowed_hosts: [
      "api.example.com",  # the one
      "*.example.org",
    ] because "figures"
    max_memory: 1_gigabyte
    max_execution_time: unlimited
  }
}

agent "analyst_*" extends "base", "other" {
  override can "payment" because "they buy data" with constraints {
    allowed_providers: ["stripe"]
    max_amount: [100.00_usd, 90.00_eur]
    warn_at: 50%
    rule small on payment {
      when cost > 1.00_usd and not (customer in ["a", "b"] or has spent.day)
      escalate "ask first"
    }
    override max_payments_per_day: 20_payments because "busy"
  }
  rule hosts on network_call, file_operation because "why" {
    when destination matches "*.evil.com" or port not in [80, 443]
    restrict "less" { allowed_hosts: ["a.com"] max_cpus: 1 }
  }
}

rule block_explore {
  when phase != COMMIT and time in business_hours
  deny "Payment tools require COMMIT phase"
}

phases {
  allowed_payment_phase: COMMIT
  EXPLORE: [DECIDE]
  COMMIT: []
}

window business_hours {
  zone: "Europe/Berlin"
  days: ["monday", "friday"]
  hours: "09:00-17:00"
}
"""
TOKENS = tokens.read(PolicyText("a.policy", TEXT), 10_000).tokens
WORDS = '} { ] [ , : = == > && ! ( ) @ " "s" 1 x and not rule agent deny when let because //'.split()


def slips(text: str) -> list[Problem]:
    problems = Problems()
    syntax.Parser(problems).parse(PolicyText("a.policy", text))
    return sorted(problems.found, key=lambda slip: (slip.clause.span.line, slip.clause.span.column))


@st.composite
def mutations(draw) -> tuple[str, int, bool]:
    """Return a text with one slip, the line of it, and whether it opens or closes a block."""
    at = draw(st.integers(0, len(TOKENS) - 2))
    one, other = TOKENS[at : at + 2]
    start, end, word = one.start_pos, one.end_pos, draw(st.sampled_from(WORDS))
    first, second = TEXT[start:end], TEXT[other.start_pos : other.end_pos]
    between = TEXT[end : other.start_pos]
    text, touched = draw(
        st.sampled_from(
            [
                (TEXT[:start] + TEXT[end:], first),
                (f"{TEXT[:end]} {first}{TEXT[end:]}", first),
                (TEXT[:start] + second + between + first + TEXT[other.end_pos :], first + second),
                (TEXT[:start] + word + TEXT[end:], first + word),
                (f"{TEXT[:start]}{word} {TEXT[start:]}", word),
            ]
        )
    )
    return text, one.line, any(sign in touched for sign in ("{", "}", "//"))


def test_the_text_has_no_slip() -> None:
    assert slips(TEXT) == []


@given(mutations())
def test_one_slip_is_a_few_reports(mutation) -> None:
    text, _, _ = mutation
    assert len(slips(text)) <= 4


@given(mutations())
def test_one_slip_is_reported_near_it(mutation) -> None:
    text, line, moves_a_block = mutation
    found = slips(text)
    assume(found and not moves_a_block)
    assert line - 1 <= found[0].clause.span.line <= line + 2


@given(st.lists(st.sampled_from([*map(str, TOKENS), *WORDS]), max_size=40).map(" ".join))
def test_no_salad_of_words_crashes(text) -> None:
    slips(text)


@given(st.text(max_size=60))
def test_no_text_crashes(text) -> None:
    slips(text)
