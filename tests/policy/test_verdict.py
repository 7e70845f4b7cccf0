"""What a verdict says: every violation, both places, the evidence, and the change that would permit it."""

from __future__ import annotations

import re

import pytest

from execgate.model.operation import (
    DatabaseOperation,
    DynamicCode,
    EnvironmentAccess,
    FileOperation,
    Gap,
    ModuleImport,
    NetworkCall,
    Operation,
    PackageInstall,
    PaymentCall,
    ProcessSpawn,
    ToolCall,
)
from execgate.model.program import Program
from execgate.model.source import Source, Span
from execgate.model.values import Hole, Template, Unknown
from execgate.model.verdict import Clause, Decision, Reason, Ruling, Violation
from execgate.policy import PolicySet

AT = Span(7, 4, 7, 9)


def test_a_denial_names_both_places_and_the_change(judge) -> None:
    verdict = judge(
        'allowed_imports: ["pandas",\n  "numpy"]',
        ModuleImport(module="pandas", via="import", location=AT),
        ModuleImport(module="requests", via="import", location=AT),
    )
    assert verdict.decision is Decision.DENY
    assert verdict.rulings == (
        Ruling(0, evidence=(Clause("a.policy", Span(3, 18, 3, 26), 'allowed_imports: ["pandas",'),)),
        Ruling(
            1,
            violations=(
                Violation(
                    constraint="allowed_imports",
                    message="agent `a` may not import `requests`: `allowed_imports` does not cover it",
                    reason=Reason.POLICY,
                    operation=1,
                    location=AT,
                    clause=Clause("a.policy", Span(3, 17, 4, 10), 'allowed_imports: ["pandas",'),
                    help='to permit this, add "requests" to allowed_imports',
                ),
            ),
        ),
    )


def test_a_missing_constraint_is_shown_at_the_grant(judge) -> None:
    (violation,) = judge("", DynamicCode(kind="eval", via="eval", location=AT)).all_violations
    assert violation.clause == Clause(
        "a.policy", Span(2, 0, 2, 20), 'can "code_execution" with constraints {'
    )
    assert (
        violation.message == "agent `a` may not use dynamic code (`eval`): there is no `allowed_dynamic_code`"
    )
    assert violation.help == 'to permit this, add `allowed_dynamic_code: ["eval"]`'


def test_a_disallowed_entry_is_shown_itself(judge) -> None:
    policy = 'disallowed_imports: ["sys", "os"]'
    (violation,) = judge(policy, ModuleImport(module="os", via="import", location=AT)).all_violations
    assert violation.clause == Clause("a.policy", Span(3, 28, 3, 32), policy)
    assert violation.message == 'agent `a` may not import `os`: "os" in `disallowed_imports` forbids it'
    assert violation.help == 'to permit this, remove "os" from disallowed_imports'


def test_every_violation_is_reported(judge) -> None:
    verdict = judge(
        'allowed_imports: ["math"] disallowed_imports: ["os"] allowed_file_paths: ["/data"]',
        ModuleImport(module="os", via="import", location=AT),
        FileOperation(operation="move", paths=("/a", "/data/b", "/c"), via="os.rename", location=AT),
        gaps=(Gap("the effect of `f()` could not be named", AT, "call it by name"),),
    )
    assert [(v.operation, v.constraint, v.reason.value) for v in verdict.all_violations] == [
        (None, "unresolved_code", "analysis"),
        (0, "allowed_imports", "policy"),
        (0, "disallowed_imports", "policy"),
        (1, "allowed_file_operations", "policy"),
        (1, "allowed_file_paths", "policy"),
        (1, "allowed_file_paths", "policy"),
    ]
    assert verdict.violations[0] == Violation(
        constraint="unresolved_code",
        message="the effect of `f()` could not be named",
        reason=Reason.ANALYSIS,
        location=AT,
        help="call it by name",
    )


def test_a_gap_denies_even_if_every_operation_is_permitted(judge) -> None:
    verdict = judge("", ModuleImport(module="os", via="import", location=AT), gaps=(Gap("unclear", AT),))
    assert all(ruling.permitted for ruling in verdict.rulings)
    assert verdict.decision is Decision.DENY


def test_the_same_path_twice_is_one_violation(judge) -> None:
    policy = 'allowed_file_operations: ["read"] allowed_file_paths: ["/data"]'
    verdict = judge(policy, FileOperation(operation="read", paths=("/x", "/x"), via="open", location=AT))
    assert len(verdict.all_violations) == 1


def test_an_agent_without_a_grant_may_do_nothing() -> None:
    agent = PolicySet.parse('agent "x" { }', "x.policy").agent("x")
    source = Source("import os")
    operation = ModuleImport(module="os", via="import", location=AT)
    verdict = agent.judge(Program(source, (operation,), (Gap("unclear", AT),)))
    assert verdict.decision is Decision.DENY
    assert [v.constraint for v in verdict.all_violations] == ["code_execution", "unresolved_code"]
    assert verdict.violations[0] == Violation(
        constraint="code_execution",
        message='agent `x` may not run code: it has no `can "code_execution"`',
        clause=Clause("x.policy", Span(1, 0, 1, 9), 'agent "x" { }'),
        help='to permit it, add `can "code_execution" with constraints { ... }` to the agent',
    )
    assert verdict.rulings == (Ruling(0),)
    assert agent.judge(Program(Source(""))).decision is Decision.DENY
    assert agent.constraints_json() == {}
    assert agent.canonical == 'agent "x" {\n}\n'


def test_a_grant_without_constraints_permits_imports_alone(judge) -> None:
    agent = PolicySet.parse('agent "x" { can "code_execution" }').agent("x")
    assert judge(agent, ModuleImport(module="os", via="import", location=AT)).allowed
    assert judge(agent).allowed
    assert not judge(agent, DynamicCode(kind="eval", via="eval", location=AT)).allowed


def test_an_operation_of_a_type_without_a_family_is_denied(judge) -> None:
    class Teleport(Operation):
        type = "teleport"

    (violation,) = judge("", Teleport(via="x", location=AT)).all_violations
    assert violation.constraint == "teleport"
    assert violation.message == "agent `a` may not do `teleport`: no constraint judges this type of operation"


def test_hostile_text_is_shown_escaped(judge) -> None:
    module = "os\u202e\x1b[31m\n"
    policy = 'allowed_imports: ["math"]'
    (violation,) = judge(policy, ModuleImport(module=module, via="import", location=AT)).all_violations
    assert violation.message.isprintable()
    assert "\\u{202e}\\u{1b}[31m\\n" in violation.message
    long = "m" * 5000
    (violation,) = judge(policy, ModuleImport(module=long, via="import", location=AT)).all_violations
    assert len(violation.message) < 300


FILE = {"via": "open", "location": AT}


@pytest.mark.parametrize(
    "operation",
    [
        ModuleImport(module="os.path", **FILE),
        FileOperation(operation="read", paths=("/etc/passwd",), **FILE),
        FileOperation(operation="stat", paths=("/etc/pass\u202ewd",), **FILE),
        FileOperation(operation="write", paths=("out/x", "~/y"), **FILE),
        FileOperation(operation="write", paths=(Template(("/data/", Hole.WORD, ".csv")),), **FILE),
        NetworkCall(destination="api.evil.example", scheme="https", **FILE),
        NetworkCall(destination="api.evil.example", port=8443, scheme="https", **FILE),
        NetworkCall(destination="10.1", port=22, **FILE),
        NetworkCall(destination="::1", port=22, **FILE),
        NetworkCall(destination=Template((Hole.WORD, ".s3.example.com")), scheme="https", **FILE),
        NetworkCall(destination="x.com", method="resolve", **FILE),
        NetworkCall(destination=None, port=8080, method="listen", **FILE),
        ProcessSpawn(command="x", shell=True, programs=("git", "/opt/x"), **FILE),
        EnvironmentAccess(operation="read", names=("HOME",), **FILE),
        EnvironmentAccess(operation="list", names=(), **FILE),
        DatabaseOperation(operation="select", tables=("a.b",), destination="db.example.com", **FILE),
        DatabaseOperation(operation="select", tables=("a",), destination="/x.db", **FILE),
        DatabaseOperation(operation="select", tables=("a",), destination=":memory:", **FILE),
        DynamicCode(kind="eval", **FILE),
        PackageInstall(packages=("Requests[x]>2",), **FILE),
    ],
)
@pytest.mark.parametrize(
    "policy",
    [
        "",
        """allowed_file_operations: ["list"] allowed_file_paths: ["/none"] allowed_hosts: ["y.com"]
        allowed_commands: [] allowed_environment: ["X"] allowed_database_operations: [] allowed_tables: ["t"]
        allowed_databases: ["h"] allowed_dynamic_code: [] allowed_packages: [] allowed_imports: []""",
        """disallowed_imports: ["os"] disallowed_file_paths: ["/"] disallowed_hosts: ["*"]
        disallowed_commands: ["*"] disallowed_tables: ["*"] disallowed_databases: ["*"]""",
    ],
)
def test_following_the_help_permits_the_operation(judge, policy, operation) -> None:
    for _ in range(12):
        verdict = judge(policy, operation)
        if verdict.allowed:
            return
        policy = follow(policy, verdict.all_violations[0].help)
    raise AssertionError(policy)


def follow(policy: str, advice: str) -> str:
    """Make the first change that the help names."""
    new = re.findall(r"`(\w+): \[(.*?)\]`", advice)
    if new:
        return policy + "".join(f"\n{name}: [{entries}]" for name, entries in new)
    added = re.fullmatch(r"to permit this, add (\".*\") to (\w+)", advice)
    return re.sub(rf"\b{added[2]}: \[", lambda match: f"{match[0]}{added[1]}, ", policy)


@pytest.mark.parametrize(
    ("policy", "operation", "advice"),
    [
        (
            "",
            FileOperation(operation="read", paths=("/x",), **FILE),
            'to permit this, add `allowed_file_operations: ["read"]` and `allowed_file_paths: ["/x"]`',
        ),
        (
            "",
            FileOperation(operation="read", paths=("a[0]",), **FILE),
            'to permit this, add `allowed_file_operations: ["read"]`',
        ),
        (
            "",
            FileOperation(operation="read", paths=("~root",), **FILE),
            'to permit this, add `allowed_file_operations: ["read"]`',
        ),
        (
            "",
            FileOperation(operation="read", paths=(), **FILE),
            'to permit this, add `allowed_file_operations: ["read"]`',
        ),
        (
            "",
            NetworkCall(destination="x.com", **FILE),
            'to permit this, add `allowed_hosts: ["x.com:*"]`',
        ),
        ("", NetworkCall(destination="x.com", port=70000, **FILE), None),
        ("", EnvironmentAccess(operation="read", names=("A*",), **FILE), None),
        ("", ProcessSpawn(command="x", shell=False, programs=("a b",), **FILE), None),
        (
            "",
            ProcessSpawn(command="x", shell=False, programs=(Unknown("x"),), **FILE),
            "name the program by a constant",
        ),
        ("", PackageInstall(packages=("./x",), **FILE), None),
        (
            'allowed_environment: ["*"] disallowed_environment: ["A_*", "*_B"]',
            EnvironmentAccess(operation="read", names=("A_B",), **FILE),
            'to permit this, add "A_B" to allowed_environment',
        ),
        (
            'allowed_environment: ["*"] disallowed_environment: ["A_B", "A_*", "*_B"]',
            EnvironmentAccess(operation="read", names=("A_B",), **FILE),
            'to permit this, remove "*_B", "A_*", "A_B" from disallowed_environment',
        ),
        (
            'allowed_imports: ["os"] disallowed_imports: ["os"]',
            ModuleImport(module="os.path", **FILE),
            'to permit this, add "os.path" to allowed_imports',
        ),
        (
            'allowed_tables: [] allowed_database_operations: ["select"]',
            DatabaseOperation(operation="select", tables=("o'x",), **FILE),
            None,
        ),
        (
            'allowed_tables: [] allowed_database_operations: ["select"]',
            DatabaseOperation(operation="select", tables=("s..t",), **FILE),
            None,
        ),
    ],
)
def test_the_help_names_no_change_that_would_not_do(judge, policy, operation, advice) -> None:
    assert judge(policy, operation).all_violations[0].help == advice


def test_a_verdict_carries_the_policy_it_was_judged_by(agent, judge) -> None:
    policy = agent('allowed_imports: ["pandas"] max_memory: 1_gigabyte')
    verdict = judge(policy, ModuleImport(module="os", via="import", location=AT))
    assert verdict.policy_digest == policy.digest
    assert verdict.policy_text == policy.canonical
    assert verdict.constraints == policy.constraints_json()
    assert verdict.constraints["allowed_imports"] == ["pandas"]
    again = PolicySet.parse(verdict.policy_text).agent("a").judge(verdict.program)
    assert again.decision is verdict.decision
    assert again.policy_digest == verdict.policy_digest


def test_an_agent_without_a_grant_has_a_policy_and_no_constraints(judge) -> None:
    policy = PolicySet.parse('agent "a" {}').agent("a")
    verdict = judge(policy)
    assert verdict.decision is Decision.DENY
    assert verdict.policy_text == 'agent "a" {\n}\n'
    assert verdict.constraints == {}


def test_a_verdict_is_the_same_whichever_programs_were_judged_before() -> None:
    text = 'agent "a" { can "code_execution" can "tool" rule r { when turn > 3 restrict "late" } }'
    payment = PaymentCall(provider="stripe", operation="charge", via="stripe.Charge.create", location=AT)
    code = Program(Source(""), (payment,))
    tool = Program(Source(""), (payment,), action="tool_call")
    after = PolicySet.parse(text).agent("a")
    after.judge(tool)
    found = after.judge(code).rulings
    assert found == PolicySet.parse(text).agent("a").judge(code).rulings
    assert found[0].violations[0].clause == after.grants["code_execution"].clause
    assert after.judge(tool).rulings[0].violations[0].clause == after.grants["tool"].clause


def test_an_operation_takes_the_grant_of_its_own_kind_whatever_the_program_is() -> None:
    code = ModuleImport(module="json", via="import", location=AT)
    call = ToolCall(tool="x", arguments_json="{}", stage="execute", via="x", location=AT)
    tools = PolicySet.parse(
        'agent "a" { can "tool" with constraints { allowed_executed_tools: ["x"] } }'
    ).agent("a")
    coder = PolicySet.parse('agent "a" { can "code_execution" }').agent("a")
    assert tools.judge(Program(Source(""), (call,), action="tool_call")).allowed
    assert coder.judge(Program(Source(""), (code,))).allowed
    (stray,) = tools.judge(Program(Source(""), (code,), action="tool_call")).all_violations
    assert stray.message.endswith('the agent has no `can "code_execution"`')
    (hidden,) = coder.judge(Program(Source(""), (call,))).all_violations
    assert 'the agent has no `can "tool"`' in hidden.message
