"""`delegation: intersect`: nobody reaches through another agent what the own policy denies."""

from __future__ import annotations

import pytest

from execgate.errors import UnknownAgentError
from execgate.model.context import Context
from execgate.model.operation import Gap, ModuleImport, NetworkCall
from execgate.model.program import Program
from execgate.model.source import Source, Span
from execgate.model.verdict import Decision
from execgate.policy import PolicySet

AT = Span(1, 0, 1, 1)
OS = ModuleImport(module="os", via="import", location=AT)
MATH = ModuleImport(module="math", via="import", location=AT)
CALL = NetworkCall(destination="x.com", scheme="https", via="urllib", location=AT)

POLICIES = """
agent "runner" {
  delegation: intersect
  can "code_execution" with constraints { allowed_imports: ["*"] allowed_hosts: ["x.com"] max_cpus: 4 }
}
agent "free" {
  delegation: executor
  can "code_execution" with constraints { allowed_imports: ["*"] }
}
agent "writer" { can "code_execution" with constraints { disallowed_imports: ["os"] } }
agent "talker" { }
"""


@pytest.fixture(scope="module")
def policies() -> PolicySet:
    return PolicySet.parse(POLICIES, "a.policy")


def judge(policies, agent, suggester, *operations, gaps=()):
    return policies.judge(Program(Source("code"), operations, gaps), agent, Context(suggester=suggester))


def test_what_both_allow_is_allowed_and_what_the_suggester_may_not_is_denied(policies) -> None:
    assert judge(policies, "runner", "writer", MATH).decision is Decision.ALLOW
    verdict = judge(policies, "runner", "writer", MATH, OS)
    assert verdict.decision is Decision.DENY
    (violation,) = verdict.all_violations
    assert (violation.constraint, violation.operation) == ("disallowed_imports", 1)
    assert (
        violation.message == 'suggester `writer` may not import `os`: "os" in `disallowed_imports` forbids it'
    )
    assert violation.clause is not None
    assert violation.clause.span.line == 10


def test_the_limits_and_the_policy_stay_those_of_the_agent_that_executes(policies) -> None:
    verdict = judge(policies, "runner", "writer", MATH)
    runner, writer = policies.agent("runner"), policies.agent("writer")
    assert verdict.limits.cpus == 4
    assert (verdict.agent, verdict.policy_digest) == ("runner", runner.digest)
    assert (verdict.suggester_policy_digest, verdict.suggester_policy_text) == (
        writer.digest,
        writer.canonical,
    )


def test_without_intersection_the_suggester_does_not_matter(policies) -> None:
    for suggester in ("writer", "nobody", None):
        verdict = judge(policies, "free", suggester, OS)
        assert verdict.decision is Decision.ALLOW
        assert verdict.suggester_policy_digest is None


def test_an_agent_that_suggests_to_itself_stands_up_to_its_policy_once(policies) -> None:
    verdict = judge(policies, "runner", "runner", OS)
    assert verdict.decision is Decision.ALLOW
    assert verdict.suggester_policy_digest is None


@pytest.mark.parametrize(
    ("suggester", "message", "help_"),
    [
        (
            None,
            "agent `runner` may not act for another: whoever suggested it is not known",
            'pass it: `--suggester NAME`, or `Context(suggester="NAME")`',
        ),
        (
            "writre",
            "agent `runner` may not act for another: no policy for agent `writre`; there are: runner, free, writer, talker, who suggested it",
            "did you mean `writer`?",
        ),
    ],
)
def test_a_suggester_that_is_not_known_is_a_denial(policies, suggester, message, help_) -> None:
    verdict = judge(policies, "runner", suggester, MATH)
    assert verdict.decision is Decision.DENY
    (violation,) = verdict.all_violations
    assert (violation.constraint, violation.message, violation.help) == ("delegation", message, help_)
    assert violation.clause is not None
    assert violation.clause.text.strip() == "delegation: intersect"


def test_a_suggester_without_a_grant_permits_nothing(policies) -> None:
    verdict = judge(policies, "runner", "talker", MATH)
    assert verdict.decision is Decision.DENY
    assert [violation.message for violation in verdict.all_violations] == [
        'suggester `talker` may not run code: it has no `can "code_execution"`'
    ]
    assert not verdict.rulings[0].permitted


def test_what_neither_may_is_said_of_both(policies) -> None:
    call = NetworkCall(destination="y.com", scheme="https", via="urllib", location=AT)
    said = [
        violation.message.split("`")[0]
        for violation in judge(policies, "runner", "writer", call).all_violations
    ]
    assert said == ["agent ", "suggester "]


def test_a_gap_is_reported_once(policies) -> None:
    verdict = judge(policies, "runner", "writer", gaps=(Gap("too deep", AT),))
    assert [violation.constraint for violation in verdict.all_violations] == ["unresolved_code"]


def test_the_executing_agent_has_to_have_a_policy(policies) -> None:
    with pytest.raises(UnknownAgentError):
        judge(policies, "nobody", "writer", MATH)


def test_what_the_suggester_s_policy_says_stands_beside_under_its_name(policies) -> None:
    verdict = judge(policies, "runner", "writer", OS)
    (own,) = policies.agent("runner").judge(Program(Source("code"), (OS,)), Context()).rulings
    (theirs,) = policies.agent("writer").judge(Program(Source("code"), (OS,)), Context()).rulings
    (ruling,) = verdict.rulings
    assert ruling.evidence == own.evidence
    assert own.evidence
    count = len(own.opinions)
    assert ruling.opinions[:count] == own.opinions
    assert [one.why for one in ruling.opinions[count:]] == [
        "suggester `writer`" + (f": {one.why}" if one.why else "") for one in theirs.opinions
    ]
    assert {one.why is None for one in theirs.opinions} == {True, False}


@pytest.mark.parametrize(("count", "more"), [(20, ""), (21, " and 1 more"), (1021, " and 1,001 more")])
def test_of_many_agents_some_are_named_where_one_is_unknown(count, more) -> None:
    found = PolicySet.parse(" ".join(f'agent "a{number:04}" {{ }}' for number in range(count)))
    names = ", ".join(f"a{number:04}" for number in range(20))
    with pytest.raises(UnknownAgentError) as caught:
        found.agent("nobody")
    assert caught.value.message == f"no policy for agent `nobody`; there are: {names}{more}"
