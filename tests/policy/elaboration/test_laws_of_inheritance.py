"""A child is never wider than any of its parents, and the flattened text is the policy."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from datetime import datetime, timezone

from hypothesis import given, reject, settings
from hypothesis import strategies as st

from execgate.errors import PolicyError
from execgate.model.context import Context, Tally
from execgate.model.money import Money
from execgate.model.program import Program
from execgate.model.source import Source
from execgate.model.verdict import Decision
from execgate.policy import PolicySet

LIMITS = {
    "max_execution_time": ["10_seconds", "60_seconds", "unlimited"],
    "max_memory": ["1_megabyte", "1_gigabyte"],
    "max_cpus": ["0.5", "4"],
}
PAYMENT_LIMITS = {
    "max_amount": ["10.00_usd", "[10.00_usd, 50.00_eur]", "100.00_usd", "unlimited"],
    "max_amount_per_day": ["20.00_usd", "unlimited", "[70.00_usd, 9.00_eur]"],
    "max_payments_per_session": ["1_payments", "5_payments"],
    "approval_above": ["1.00_usd", "90.00_usd"],
    "restrict_at": ["50%", "75%"],
    "halt_at": ["90%", "100%"],
    "restricted_payment_operations": ['["refund"]', '["charge", "refund"]', "[]"],
}
RULES = [
    'rule r1 { when phase != COMMIT deny "no" }',
    'rule r2 on network_call { when turn > 3 escalate "late" }',
    'rule r3 { when budget_ratio >= 50% restrict "slow" }',
    'rule r4 on all { when has suggester warn "who" }',
]
CONTEXTS = [
    Context(),
    Context(
        suggester="s",
        turn=5,
        phase="COMMIT",
        time=datetime(2026, 3, 2, 10, tzinfo=timezone.utc),
        spent={
            scope: Tally((Money.parse("15.00", "USD"),), 2)
            for scope in ("session", "conversation", "agent", "customer", "day", "organisation")
        },
    ),
    Context(
        turn=1,
        phase="EXPLORE",
        spent={
            scope: Tally()
            for scope in ("session", "conversation", "agent", "customer", "day", "organisation")
        },
    ),
]


@st.composite
def blocks(draw, lists, most=8, least=0) -> str:
    """Return what may stand in an agent: up to so many lists in each grant."""
    parts = []
    for capability, named in lists.items():
        names = draw(st.lists(st.sampled_from(sorted(named)), min_size=least, max_size=most, unique=True))
        if not names and draw(st.booleans()):
            continue
        lines = []
        for name in names:
            entries = draw(st.lists(st.sampled_from(named[name]), max_size=3))
            lines.append(f"{name}: {json.dumps(entries)}")
        limits = {"code_execution": LIMITS, "payment": PAYMENT_LIMITS}.get(capability, {})
        if limits:
            given_ = draw(st.lists(st.sampled_from(sorted(limits)), max_size=most // 2, unique=True))
            lines += [f"{name}: {draw(st.sampled_from(limits[name]))}" for name in given_]
        parts.append(f'can "{capability}" with constraints {{\n' + "\n".join(lines) + "\n}")
    return "\n".join(parts)


def decide(policy, operation, context) -> Decision:
    action = "tool_call" if operation.type == "tool_call" else "code_execution"
    return policy.judge(Program(Source(""), (operation,), action=action), context).decision


STRICTNESS = [Decision.ALLOW, Decision.ESCALATE, Decision.DENY]


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_child_that_overrides_nothing_permits_nothing_that_its_parent_denies(
    operations, tools, lists, data
) -> None:
    parent, child = data.draw(blocks(lists, least=1)), data.draw(blocks(lists, 2))
    rules = data.draw(st.lists(st.sampled_from(RULES), max_size=2, unique=True))
    text = f'agent "p" {{\n{parent}\n{" ".join(rules)} }}\nagent "c" extends "p" {{\n{child}\n}}'
    try:
        policies = PolicySet.parse(text)
    except PolicyError:
        return
    context = data.draw(st.sampled_from(CONTEXTS))
    above, below = policies.agent("p"), policies.agent("c")
    for operation in (*operations, *tools):
        before, after = decide(above, operation, context), decide(below, operation, context)
        assert STRICTNESS.index(after) >= STRICTNESS.index(before), (text, operation)


@st.composite
def families(draw, lists) -> tuple[PolicySet, dict[str, list[str]]]:
    """Return agents, most with several of the earlier as parents, and who extends whom."""
    policies, text = (
        PolicySet.parse('agent "s" { can "code_execution" }'),
        'agent "s" { can "code_execution" }\n',
    )
    above: dict[str, list[str]] = {}
    for number in range(draw(st.integers(3, 6))):
        name = f"a{number}"
        parents = draw(st.lists(st.sampled_from([*above]), max_size=3, unique=True)) if above else []
        rules = [
            rule.replace("rule r", f"rule {name}_")
            for rule in draw(st.lists(st.sampled_from(RULES), max_size=1))
        ]
        setting = draw(st.sampled_from(["", "", "delegation: intersect"]))
        extends = f" extends {', '.join(map(json.dumps, parents))}" if parents else ""
        body = draw(blocks(lists, 1 if parents else 6, 0 if parents else 2))
        # What is wider, or leaves a conflict, is no policy: then the agent says nothing, or there is none.
        for own in (body, ""):
            block = f'agent "{name}"{extends} {{ {setting}\n{own}\n{" ".join(rules)} }}\n'
            try:
                policies = PolicySet.parse(text + block)
            except PolicyError:
                continue
            text += block
            above[name] = parents
            break
    return policies, above


def limits_of(policy) -> list[float]:
    each = policy.limits
    values = (
        each.wall_s,
        each.memory_bytes,
        each.cpus,
        each.processes,
        each.output_bytes,
        each.disk_bytes,
    )
    return [math.inf if value is None else value for value in values]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_who_overrides_nothing_stays_within_every_parent(operations, tools, lists, data) -> None:
    policies, above = data.draw(families(lists))
    every, first = data.draw(st.integers(5, 9)), data.draw(st.integers(0, 8))
    asked = [*operations[first::every], *tools]
    contexts = data.draw(st.lists(st.sampled_from(CONTEXTS), min_size=1, max_size=2, unique_by=id))
    for context, operation in itertools.product(contexts, asked):
        program = Program(
            Source(""),
            (operation,),
            action="tool_call" if operation.type == "tool_call" else "code_execution",
        )
        said = {name: STRICTNESS.index(policies.judge(program, name, context).decision) for name in above}
        for name, parents in above.items():
            for parent in parents:
                assert said[name] >= said[parent], (policies, name, parent, operation)
    for name, parents in above.items():
        for parent in parents:
            pairs = zip(limits_of(policies.agent(name)), limits_of(policies.agent(parent)), strict=True)
            if policies.agent(name).grant is not None:
                assert all(less <= more for less, more in pairs)


SETS = 'let people = ["A_X", inner]\nlet inner = ["HOME", "A_*"]\n'
WINDOW = 'window office { zone: "Europe/Berlin" days: ["monday"] hours: "09:00-17:00" }\n'
PHASES = "phases { allowed_payment_phase: COMMIT EXPLORE: [DECIDE] DECIDE: [COMMIT] COMMIT: [] }\n"
TOP_RULES = [
    'rule t1 because "night" { when not (time in office) deny "office hours" }',
    'rule t2 on file_operation { when paths matches "/etc/**" or agent in people deny "no" }',
    'rule t3 { when cost > 4_usd restrict "less" { allowed_providers: ["stripe"] max_amount: 20_usd } }',
]


@st.composite
def policies(draw, lists) -> list[str]:
    """Return the parts of a policy set, in any order: a parent, a child, and what they name."""
    rules = draw(st.lists(st.sampled_from(RULES), max_size=2, unique=True))
    setting = draw(st.sampled_from(["", "delegation: intersect", 'version: "1\\u00e9"', 'description: "d"']))
    parent = f'agent "p" {{ {setting}\n{draw(blocks(lists, least=1))}\n{" ".join(rules)} }}'
    more = draw(
        st.sampled_from(["", 'rule own { when turn > 9 deny "x" }', 'delegation: intersect because "y"'])
    )
    named = draw(st.sampled_from(["c", "c_*"]))
    child = f'agent "{named}" extends "p" {{ {more}\n{draw(blocks(lists, 1))}\n}}'
    other = (
        'agent "o" { can "code_execution" with constraints { allowed_environment: people because "all" } }'
    )
    top = draw(st.lists(st.sampled_from(TOP_RULES), max_size=2, unique=True))
    phases = draw(st.sampled_from(["", PHASES]))
    return [SETS, WINDOW, parent, child, other, phases, *top]


def loaded(parts: list[str]) -> PolicySet:
    try:
        return PolicySet.parse("\n".join(parts))
    except PolicyError:
        reject()


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_the_canonical_text_is_the_same_policy(operations, tools, lists, data) -> None:
    original = loaded(data.draw(policies(lists)))
    context = data.draw(st.sampled_from(CONTEXTS))
    for policy in original:
        again = next(iter(PolicySet.parse(policy.canonical)))
        assert again.canonical == policy.canonical
        assert (
            again.digest
            == policy.digest
            == "sha256:" + hashlib.sha256(policy.canonical.encode("ascii")).hexdigest()
        )
        assert (again.limits, again.constraints_json()) == (policy.limits, policy.constraints_json())
        for operation in (*operations[::13], *tools):
            first, second = (said(each, operation, context) for each in (policy, again))
            assert first == second


def said(policy, operation, context):
    """Return everything in a verdict but the places in the policy."""
    action = "tool_call" if operation.type == "tool_call" else "code_execution"
    verdict = policy.judge(Program(Source(""), (operation,), action=action), context)
    return (
        verdict.decision,
        sorted((one.constraint, one.message, one.escalates) for one in verdict.all_violations),
        sorted((one.constraint, one.message) for one in verdict.all_warnings),
    )


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_the_order_of_what_files_hold_changes_nothing(operations, lists, data) -> None:
    parts = data.draw(policies(lists))
    original, other = loaded(parts), loaded(data.draw(st.permutations(parts)))
    assert original.digest == other.digest
    context = data.draw(st.sampled_from(CONTEXTS))
    for policy in original:
        twin = other.agent(policy.block)
        assert twin.digest == policy.digest
        for operation in operations[::11]:
            assert decide(policy, operation, context) is decide(twin, operation, context)
