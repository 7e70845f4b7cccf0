"""What is told turns the verdict round, whatever decides: lists, limits, rules, phases and the suggester."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from execgate.model.context import Context, Tally
from execgate.model.money import Money
from execgate.model.operation import ModuleImport, PaymentCall
from execgate.model.program import Program
from execgate.model.source import Source, Span
from execgate.model.tool import tool_program
from execgate.model.values import Unknown
from execgate.model.verdict import Decision
from execgate.policy import PolicySet
from execgate.policy.explain import explain
from execgate.policy.explain.drafts import Draft

AT = Span(1, 0, 1, 4)

CONSTRAINTS = [
    'allowed_providers: ["stripe"]',
    'disallowed_providers: ["s*"]',
    'allowed_payment_operations: ["charge", "refund"]',
    'allowed_currencies: ["eur"]',
    'disallowed_recipients: ["acct_*"]',
    "max_amount: 5_usd",
    "max_amount: [5_usd, 5_eur]",
    "max_amount: unlimited",
    "max_amount_per_session: 8_usd",
    "max_payments_per_day: 2_payments",
    "approval_above: 1_usd",
    "warn_at: 50%",
    "restrict_at: 75%",
    "halt_at: 90%",
]
RULES = [
    'rule r1 on payment_call { when phase != COMMIT deny "x" }',
    'rule r2 on payment_call { when cost > 3_usd escalate "x" }',
    'rule r3 on payment_call { when spent.session > 1_usd warn "x" }',
    'rule r4 on module_import { when module matches "o*" deny "x" }',
    'rule r5 { when cost > 1_usd restrict "x" { max_amount: 2_usd } }',
    'rule r6 on payment_call { when budget_ratio >= 50% restrict "x" }',
]
PHASES = "phases { allowed_payment_phase: COMMIT EXPLORE: [COMMIT] COMMIT: [] }"

imports = st.builds(
    lambda name: ModuleImport(module=name, via="x", location=AT),
    st.sampled_from(["os", "os.path", "json", Unknown("why")]),
)
payments = st.builds(
    lambda amount, currency, recipient: PaymentCall(
        provider="stripe",
        operation="charge",
        amount=amount,
        currency=currency,
        recipient=recipient,
        via="x",
        location=AT,
    ),
    st.sampled_from(["0.50", "4.00", "7.00", Unknown("why")]),
    st.sampled_from(["usd", "eur"]),
    st.sampled_from([None, "acct_1"]),
)
programs = st.lists(imports | payments, max_size=3).map(
    lambda operations: Program(Source("code"), tuple(operations))
) | st.sampled_from(["pay_bill", "search"]).map(lambda name: tool_program(name, {}))
contexts = st.builds(
    lambda phase, spent, suggester, cost: Context(
        phase=phase,
        spent={} if spent is None else {"session": spent, "day": spent},
        suggester=suggester,
        cost=cost,
    ),
    st.sampled_from([None, "EXPLORE", "COMMIT"]),
    st.sampled_from([None, Tally(), Tally((Money(Decimal(7), "USD"),), 3)]),
    st.sampled_from([None, "a", "b", "nobody"]),
    st.sampled_from([None, Money(Decimal(2), "USD")]),
)
blocks = st.builds(
    lambda spelled, rules, code, grants, delegated: (
        ("delegation: intersect\n" if delegated else "")
        + f'can "code_execution" with constraints {{ {code} }}\n'
        + (
            'can "payment" with constraints {\n'
            + "\n".join({one.partition(":")[0]: one for one in spelled}.values())
            + "\n}\n"
            + 'can "tool" with constraints { allowed_executed_tools: ["search"] payment_tools: ["pay_*"] }\n'
            if grants
            else ""
        )
        + "\n".join(dict.fromkeys(rules))
    ),
    st.lists(st.sampled_from(CONSTRAINTS), max_size=8),
    st.lists(st.sampled_from(RULES), max_size=2),
    st.sampled_from(["", 'allowed_imports: ["json"]', 'disallowed_imports: ["os"]']),
    st.booleans(),
    st.booleans(),
)
policies = st.builds(
    lambda first, second, phased: PolicySet.parse(
        f'{PHASES if phased else ""}\nagent "a" {{\n{first}\n}}\nagent "b" {{\n{second}\n}}\n'
    ),
    blocks,
    blocks,
    st.booleans(),
)


def edited(loaded: PolicySet, edits) -> PolicySet:
    drafts = [Draft.of(one).apply(edit for edit in edits if edit.block == one.block) for one in loaded]
    return PolicySet(agent for draft in drafts for agent in PolicySet.parse(draft.text))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(policies, programs, contexts)
def test_every_change_that_is_told_turns_the_verdict_round(loaded, program, context):
    verdict = loaded.judge(program, "a", context)
    change = explain(loaded, verdict)
    if verdict.allowed:
        (edit,) = change.edits
        assert edited(loaded, [edit]).judge(program, "a", context).decision is Decision.DENY
        return
    assert change.decision == "ALLOW"
    assert change.edits or change.context or change.faults or change.approval or change.why
    assert change.approval is (verdict.decision is Decision.ESCALATE)
    if change.edits and not change.faults:
        assert edited(loaded, change.edits).judge(program, "a", context).allowed
        for edit in change.edits:
            fewer = [other for other in change.edits if other is not edit]
            assert not edited(loaded, fewer).judge(program, "a", context).allowed, edit
    if change.context:
        other = Context.from_json({**context.to_json(), **dict(change.context)})
        reached = loaded.judge(program, "a", other).decision
        assert reached.value == change.context_decision
        assert reached is not verdict.decision
