"""Rules end to end: what they judge, what follows where they hold, and that they never permit."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execgate.errors import PolicyError
from execgate.model import operation as ops
from execgate.model.context import Context, Tally
from execgate.model.money import Money
from execgate.model.program import Program
from execgate.model.source import Source, Span
from execgate.model.values import Hole, Template, Unknown
from execgate.model.verdict import Decision, Verdict
from execgate.policy import PolicySet

HERE = Span(1, 0, 1, 4)
FILE = ops.FileOperation(operation="read", paths=("/data/x",), via="open", location=HERE)
DELETE = ops.FileOperation(operation="delete", paths=("/data/x",), via="os.remove", location=HERE)
CALL = ops.NetworkCall(
    destination="api.example.com", port=443, scheme="https", via="requests.get", location=HERE
)
IMPORT = ops.ModuleImport(module="os", via="import", location=HERE)
PAY = ops.PaymentCall(
    provider="stripe",
    operation="charge",
    amount="0.40",
    currency="USD",
    via="stripe.Charge.create",
    location=HERE,
)
REFUND = ops.PaymentCall(
    provider="stripe",
    operation="refund",
    amount="0.40",
    currency="USD",
    via="stripe.Refund.create",
    location=HERE,
)
MAIL = ops.ToolCall(
    stage="execute", tool="send_mail", arguments_json='{"to": "a@b.c"}', via="send_mail", location=HERE
)
PAID = ops.ToolCall(stage="execute", tool="pay_now", via="pay_now", location=HERE)
PROPOSED = ops.ToolCall(stage="propose", tool="pay_now", via="pay_now", location=HERE)
OPERATIONS = (FILE, DELETE, CALL, IMPORT, PAY, REFUND, MAIL, PAID, PROPOSED)

CODE = """allowed_imports: ["*"] allowed_file_operations: ["*"] allowed_hosts: ["*"]"""
PAYMENT = """allowed_providers: ["*"] allowed_payment_operations: ["*"] max_amount: unlimited"""
TOOL = """allowed_proposed_tools: ["*"] allowed_executed_tools: ["*"] payment_tools: ["pay_*"]"""


def policy(rules: str = "", code: str = "", payment: str = "", tool: str = "", beside: str = "") -> PolicySet:
    return PolicySet.parse(
        f"""{beside}
        agent "a" {{
          {rules}
          can "code_execution" with constraints {{ {CODE} {code} }}
          can "payment" with constraints {{ {PAYMENT} {payment} }}
          can "tool" with constraints {{ {TOOL} {tool} }}
        }}""",
        "a.policy",
    )


def judged(found: PolicySet, operation, **known) -> Verdict:
    action = "tool_call" if isinstance(operation, ops.ToolCall) else "code_execution"
    return found.judge(Program(Source("code"), (operation,), action=action), "a", Context(**known))


def decision(found: PolicySet, operation, **known) -> str:
    return judged(found, operation, **known).decision.value


COST = {"cost": Money.parse("0.40", "USD")}
ALL = {FILE, DELETE, CALL, IMPORT, PAY, REFUND, MAIL, PAID, PROPOSED}
CODES = {FILE, DELETE, CALL, IMPORT}
PAYMENTS = {PAY, REFUND, PAID}
TOOLS = {MAIL, PAID, PROPOSED}


@pytest.mark.parametrize(
    ("rule", "grant", "expected"),
    [
        ('rule r { when true deny "m" }', "rules", ALL),
        ('rule r { when agent == "a" deny "m" }', "rules", ALL),
        ('rule r { when phase == COMMIT deny "m" }', "rules", PAYMENTS),
        ('rule r { when phase == COMMIT and agent == "a" deny "m" }', "rules", PAYMENTS),
        ('rule r { when not cost > 1_usd deny "m" }', "rules", PAYMENTS),
        ('rule r { when paths matches "/data" deny "m" }', "rules", {FILE, DELETE}),
        ('rule r { when operation != "list" deny "m" }', "rules", {FILE, DELETE, PAY, REFUND}),
        (
            'rule r { when operation != "list" and phase == COMMIT deny "m" }',
            "rules",
            {FILE, DELETE, PAY, REFUND},
        ),
        ('rule r { when has args.to deny "m" }', "rules", {MAIL}),
        ('rule r on all { when phase == COMMIT deny "m" }', "rules", ALL),
        ('rule r on network_call, module_import { when true deny "m" }', "rules", {CALL, IMPORT}),
        ('rule r on code_execution { when true deny "m" }', "rules", CODES),
        ('rule r on payment { when true deny "m" }', "rules", PAYMENTS),
        ('rule r on tool { when true deny "m" }', "rules", TOOLS),
        ('rule r on tool_call { when true deny "m" }', "rules", TOOLS),
        ('rule r on payment_call { when true deny "m" }', "rules", {PAY, REFUND}),
        ('rule r { when true deny "m" }', "code", CODES),
        ('rule r { when phase == COMMIT deny "m" }', "code", CODES),
        ('rule r { when phase == COMMIT deny "m" }', "payment", PAYMENTS),
        ('rule r { when phase == COMMIT deny "m" }', "tool", TOOLS),
        ('rule r on payment { when true deny "m" }', "tool", {PAID}),
        ('rule r on tool { when true deny "m" }', "payment", {PAID}),
        ('rule r on all { when true deny "m" }', "payment", PAYMENTS),
        ('rule r { when true deny "m" }', "beside", ALL),
    ],
)
def test_a_rule_judges_what_it_says_or_what_it_reads(rule, grant, expected) -> None:
    found = policy(**{grant: rule})
    denied = {each for each in OPERATIONS if decision(found, each, phase="COMMIT", **COST) == "DENY"}
    # With a cost, to execute any tool is a payment.
    assert denied - {MAIL} == expected - {MAIL}
    again = PolicySet.parse(found.agent("a").canonical, "b.policy")
    assert {each for each in OPERATIONS if decision(again, each, phase="COMMIT", **COST) == "DENY"} == denied
    assert again.agent("a").digest == found.agent("a").digest
    for line in found.agent("a").canonical.splitlines():
        assert not line.strip().startswith("rule") or " on " in line


def test_a_tool_that_costs_nothing_and_is_not_listed_is_no_payment() -> None:
    found = policy('rule r on payment { when true deny "m" }')
    assert decision(found, MAIL) == "ALLOW"
    assert decision(found, MAIL, **COST) == "DENY"
    assert decision(found, MAIL, cost=Money.parse("0", "USD")) == "ALLOW"
    assert decision(found, PROPOSED, **COST) == "ALLOW"


def test_a_tool_that_is_listed_is_a_payment_whatever_it_costs() -> None:
    found = policy('rule r on payment { when true deny "m" }')
    free = judged(found, PAID, cost=Money.parse("0", "USD"))
    assert [one.constraint for one in free.all_violations] == ["rule r"]
    assert "rule r" in [one.constraint for one in judged(found, PAID).all_violations]


@pytest.mark.parametrize(
    ("action", "says", "expected"),
    [
        ("deny", "forbids", ("DENY", "agent `a` may not use `open`: no")),
        ("escalate", "escalates", ("ESCALATE", "agent `a` needs approval to use `open`: no")),
        ("warn", "warns", ("ALLOW", "agent `a` may use `open`, but: no")),
        ("restrict", "escalates", ("ESCALATE", "agent `a` needs approval to use `open`: no")),
    ],
)
def test_what_follows_where_a_rule_holds(action, says, expected) -> None:
    found = policy(f'rule r {{ when operation == "read" {action} "no" }}')
    verdict = judged(found, FILE)
    said = [*verdict.all_violations, *verdict.all_warnings]
    assert (verdict.decision.value, said[0].message) == expected
    assert said[0].constraint == "rule r"
    assert said[0].operation == 0
    assert said[0].clause is not None
    assert said[0].clause.span.line == 3
    if verdict.all_violations:
        assert (
            verdict.all_violations[0].help == 'it passes where operation != "read"; here operation is "read"'
        )
    opinion = verdict.rulings[0].opinions[-1]
    assert (opinion.constraint, opinion.says.value) == ("rule r", says)
    assert decision(found, CALL) == "ALLOW"
    assert decision(found, DELETE) == "ALLOW"
    silent = judged(found, DELETE).rulings[0].opinions[-1]
    assert (silent.constraint, silent.says.value, silent.why) == ("rule r", "silent", 'operation is "delete"')


def test_every_rule_is_asked_whichever_of_them_holds() -> None:
    text = (
        'rule a {{ when operation == "{}" deny "first" }} rule b {{ when operation == "{}" deny "second" }}'
    )
    for first, second, said in (
        ("read", "list", ["a"]),
        ("list", "read", ["b"]),
        ("read", "read", ["a", "b"]),
    ):
        verdict = judged(policy(text.format(first, second)), FILE)
        assert [one.constraint for one in verdict.all_violations] == [f"rule {name}" for name in said]
        assert len(verdict.rulings[0].opinions) == len(judged(policy(), FILE).rulings[0].opinions) + 2


def test_what_a_rule_denies_a_tool_is_named_and_so_is_what_it_read() -> None:
    (violation,) = judged(policy('rule r { when true deny "no" }'), MAIL).all_violations
    assert violation.message == "agent `a` may not execute the tool `send_mail`: no"
    assert violation.help == "it passes where false; here it reads nothing"


@pytest.mark.parametrize("action", ["deny", "escalate", "warn", "restrict"])
def test_a_rule_that_is_not_decided_denies_whatever_it_does(action) -> None:
    found = policy(f'rule r on file_operation {{ when phase != COMMIT {action} "no" }}')
    verdict = judged(found, FILE)
    (violation,) = verdict.all_violations
    assert verdict.decision is Decision.DENY
    assert (
        violation.message == "agent `a` may not use `open`: rule `r` can't be decided: `phase` is not known"
    )
    assert violation.help == 'pass it: `--context phase=COMMIT`, or `Context(phase="COMMIT")`'
    assert verdict.rulings[0].opinions[-1].says.value == "undecided"
    assert decision(found, FILE, phase="COMMIT") == "ALLOW"


def test_a_restriction_replaces_the_lists_of_the_agent_and_never_widens_them() -> None:
    rule = 'rule r { when turn > 3 restrict "late" { allowed_hosts: ["other.example.com"] allowed_imports: ["json"] } }'
    found = policy(rule)
    assert decision(found, CALL, turn=3) == "ALLOW"
    verdict = judged(found, CALL, turn=4)
    (violation,) = verdict.all_violations
    assert verdict.decision is Decision.DENY
    assert violation.constraint == "rule r"
    assert violation.message == (
        "agent `a` may not reach `api.example.com:443`: late (`allowed_hosts` does not cover it)"
    )
    assert [one.says.value for one in verdict.rulings[0].opinions if one.constraint == "rule r"] == [
        "forbids"
    ]
    assert decision(found, IMPORT, turn=4) == "DENY"
    assert decision(found, FILE, turn=4) == "ALLOW"
    assert decision(found, PAY, turn=4) == "ALLOW"
    other = ops.NetworkCall(destination="other.example.com", port=443, scheme="https", via="v", location=HERE)
    verdict = judged(found, other, turn=4)
    assert verdict.decision is Decision.ALLOW
    assert [one.says.value for one in verdict.rulings[0].opinions if one.constraint == "rule r"] == ["silent"]
    narrow = policy(rule, code='disallowed_hosts: ["other.example.com"]')
    assert decision(narrow, other, turn=4) == "DENY"
    again = PolicySet.parse(found.agent("a").canonical, "b.policy")
    assert again.agent("a").canonical == found.agent("a").canonical
    assert decision(again, CALL, turn=4) == "DENY"


def test_a_restriction_can_lower_what_a_payment_and_a_tool_that_pays_may_cost() -> None:
    found = policy('rule r { when turn > 3 restrict "small ones alone" { max_amount: 0.10_usd } }')
    for operation in (PAY, PAID):
        assert decision(found, operation, turn=3, **COST) == "ALLOW"
        assert decision(found, operation, turn=4, **COST) == "DENY"
    assert decision(found, MAIL, turn=4) == "ALLOW"
    again = PolicySet.parse(found.agent("a").canonical, "b.policy")
    assert decision(again, PAY, turn=4, **COST) == "DENY"


@pytest.mark.parametrize("block", ['allowed_hosts: ["other.example.com"]', "max_amount: 0.10_usd"])
def test_a_restriction_says_nothing_of_what_its_constraints_do_not_judge(block) -> None:
    found = policy(f'rule r on all {{ when true restrict "m" {{ {block} }} }}')
    writing = ops.FileOperation(operation="write", paths=("/data/x",), via="open", location=HERE)
    denied = judged(policy(code='disallowed_file_operations: ["write"]'), writing)
    restricted = policy(
        f'rule r on all {{ when true restrict "m" {{ {block} }} }}',
        code='disallowed_file_operations: ["write"]',
    )
    assert [one.message for one in judged(restricted, writing).all_violations] == [
        one.message for one in denied.all_violations
    ]
    judges, passes = (CALL, PAY) if "hosts" in block else (PAY, CALL)
    assert [one.constraint for one in judged(found, judges).all_violations] == ["rule r"]
    assert decision(found, passes) == "ALLOW"


def test_a_restriction_of_tools_holds_for_tools() -> None:
    found = policy('rule r { when turn > 3 restrict "late" { allowed_executed_tools: ["search"] } }')
    assert decision(found, MAIL, turn=3) == "ALLOW"
    assert decision(found, MAIL, turn=4) == "DENY"
    search = ops.ToolCall(stage="execute", tool="search", via="search", location=HERE)
    assert decision(found, search, turn=4) == "ALLOW"


def test_a_restriction_that_denies_and_asks_for_approval_denies() -> None:
    block = 'allowed_currencies: ["eur"] approval_above: 0.10_usd'
    verdict = judged(policy(f'rule r on payment {{ when true restrict "m" {{ {block} }} }}'), PAY)
    assert verdict.decision is Decision.DENY
    assert [one.escalates for one in verdict.all_violations] == [False, True]
    assert [one.says.value for one in verdict.rulings[0].opinions if one.constraint == "rule r"] == [
        "forbids"
    ]


def test_a_bare_restriction_of_payments_lets_pass_what_is_listed() -> None:
    rule = 'rule r { when budget_ratio >= 75% restrict "much is spent" }'
    listed = policy(rule, payment='restricted_payment_operations: ["refund"]')
    for known, expected in ((Decimal("0.74"), ("ALLOW", "ALLOW")), (Decimal("0.75"), ("DENY", "ALLOW"))):
        said = decision(listed, PAY, budget_ratio=known), decision(listed, REFUND, budget_ratio=known)
        assert said == expected
    opinions = judged(listed, REFUND, budget_ratio=Decimal(1)).rulings[0].opinions
    assert [one.says.value for one in opinions if one.constraint == "rule r"] == ["silent"]
    unlisted = policy(rule)
    verdict = judged(unlisted, PAY, budget_ratio=Decimal(1))
    assert verdict.decision is Decision.ESCALATE
    assert verdict.all_violations[0].message == (
        "agent `a` needs approval to use `stripe.Charge.create`: much is spent"
    )
    assert verdict.all_violations[0].help == "have it approved"
    assert [one.says.value for one in verdict.rulings[0].opinions if one.constraint == "rule r"] == [
        "escalates"
    ]
    assert decision(unlisted, PAID, budget_ratio=Decimal(1), **COST) == "ESCALATE"


def test_a_budget_ratio_follows_from_the_limits() -> None:
    found = policy(
        'rule r { when budget_ratio > 90% deny "no" }', payment="max_amount_per_session: 10.00_usd"
    )

    def spent(amount: str) -> dict:
        return {"session": Tally((Money.parse(amount, "USD"),))}

    assert decision(found, PAY, spent=spent("9.00")) == "ALLOW"
    assert decision(found, PAY, spent=spent("9.01")) == "DENY"
    assert decision(found, PAID, spent=spent("9.00"), **COST) == "ALLOW"
    assert decision(found, PAID, spent=spent("9.01"), **COST) == "DENY"


@pytest.mark.parametrize(
    ("phase", "expected", "says", "help_"),
    [
        ("COMMIT", "ALLOW", "permits", None),
        ("DECIDE", "DENY", "forbids", "go to COMMIT first"),
        (None, "DENY", "undecided", "pass the phase: `--context phase=COMMIT`"),
    ],
)
def test_payments_are_made_in_the_phase_that_is_allowed(phase, expected, says, help_) -> None:
    found = policy(beside="phases { allowed_payment_phase: COMMIT DECIDE: [COMMIT] COMMIT: [] }")
    for operation in (PAY, PAID):
        verdict = judged(found, operation, phase=phase, **COST)
        assert verdict.decision.value == expected
        opinion = verdict.rulings[0].opinions[-1]
        assert (opinion.constraint, opinion.says.value) == ("allowed_payment_phase", says)
        assert opinion.why == ("`phase` is not known" if phase is None else f'phase is "{phase}"')
        assert [(one.constraint, one.help) for one in verdict.all_violations] == (
            [] if phase == "COMMIT" else [("allowed_payment_phase", help_)]
        )
    assert decision(found, FILE, phase=phase) == "ALLOW"
    assert decision(found, PROPOSED, phase=phase) == "ALLOW"
    again = PolicySet.parse(found.agent("a").canonical, "b.policy")
    assert decision(again, PAY, phase=phase) == expected
    assert again.agent("a").digest == found.agent("a").digest


def test_windows_and_sets_stand_in_the_canonical_form() -> None:
    found = policy(
        'rule r because "nobody watches" { when module in unsafe and time in night escalate "late" }',
        beside='let unsafe = ["sys", "os"] window night { zone: "UTC" hours: "22:00-06:00" } window day { zone: "UTC" hours: "06:00-22:00" }',
    )
    text = found.agent("a").canonical
    assert '  rule r on module_import because "nobody watches" {\n' in text
    assert '    when module in ["os", "sys"] and time in night\n' in text
    assert "window night {" in text
    assert "window day {" not in text
    assert PolicySet.parse(text, "b.policy").agent("a").canonical == text


@pytest.mark.parametrize(
    ("block", "rule", "expected"),
    [
        (
            'allowed_hosts: ["x.com"]',
            "on file_operation",
            "`allowed_hosts` judges nothing that the rule judges",
        ),
        ("max_memory: 1_gigabyte", "", "`max_memory` holds for a run as a whole, not for an operation"),
        ('allowed_import: ["x"]', "", "unknown constraint `allowed_import`"),
        ('override allowed_imports: ["x"] because "y"', "", "a rule inherits no constraints"),
    ],
)
def test_a_restriction_names_constraints_that_judge(block, rule, expected) -> None:
    with pytest.raises(PolicyError) as caught:
        policy(f'rule r {rule} {{ when true restrict "m" {{ {block} }} }}')
    assert expected in caught.value.rendered


CONDITIONS = (
    "true",
    "phase != COMMIT",
    "cost > 0.30_usd",
    "budget_ratio >= 75%",
    "turn > 3",
    'suggester == "b"',
    'operation == "read"',
    'paths matches "/data"',
    'destination matches "*.example.com"',
    'args.to matches "*@b.c"',
    "spent.day > 1_usd or spend_velocity > 3",
    "has customer and not customer == agent",
)
RULES = st.lists(
    st.tuples(
        st.sampled_from(CONDITIONS),
        st.sampled_from(
            [
                'deny "m"',
                'escalate "m"',
                'warn "m"',
                'restrict "m"',
                'restrict "m" { allowed_hosts: ["x.com"] allowed_providers: [] }',
            ]
        ),
    ),
    max_size=4,
)
CONTEXTS = st.builds(
    Context,
    phase=st.sampled_from([None, "COMMIT", "EXPLORE", "?"]),
    turn=st.sampled_from([None, 0, 9]),
    suggester=st.sampled_from([None, "a", "b"]),
    cost=st.sampled_from([None, Money.parse("0.40", "USD"), Money.parse("0.40", "EUR")]),
    budget_ratio=st.sampled_from([None, Decimal(0), Decimal("0.75"), Decimal("1e40")]),
    spend_velocity=st.sampled_from([None, 4]),
    customer=st.sampled_from([None, "a", "c"]),
    spent=st.sampled_from([{}, {"day": Tally((Money.parse("2", "USD"),), 3)}]),
)
PARTLY = (
    ops.FileOperation(
        operation=Unknown("?"), paths=(Template(("/data/", Hole.ANY)),), via="open", location=HERE
    ),
    ops.NetworkCall(
        destination=Template((Hole.WORD, ".example.com")), port=Unknown("?"), via="v", location=HERE
    ),
    ops.PaymentCall(
        provider="stripe", operation="any", amount=Unknown("?"), currency=None, via="v", location=HERE
    ),
)
RANK = {"DENY": 0, "ESCALATE": 1, "ALLOW": 2}


def built(rules, names=None) -> PolicySet:
    names = names or range(len(rules))
    texts = [
        f"rule r{name} on all {{ when {condition} {action} }}"
        for name, (condition, action) in zip(names, rules, strict=True)
    ]
    return policy("\n".join(texts))


@given(RULES, CONTEXTS, st.sampled_from((*OPERATIONS, *PARTLY)))
def test_more_rules_never_permit_more_and_no_rule_raises(rules, context, operation) -> None:
    action = "tool_call" if isinstance(operation, ops.ToolCall) else "code_execution"
    program = Program(Source("code"), (operation,), action=action)
    ranks = [
        RANK[built(rules[:count]).judge(program, "a", context).decision.value]
        for count in range(len(rules) + 1)
    ]
    assert ranks == sorted(ranks, reverse=True)


@given(RULES, CONTEXTS, st.sampled_from((*OPERATIONS, *PARTLY)), st.randoms(use_true_random=False))
def test_the_order_of_rules_changes_nothing(rules, context, operation, random) -> None:
    names = list(range(len(rules)))
    mixed = list(zip(names, rules, strict=True))
    random.shuffle(mixed)
    one = built(rules)
    other = built([rule for _, rule in mixed], [name for name, _ in mixed])
    assert one.agent("a").canonical == other.agent("a").canonical
    action = "tool_call" if isinstance(operation, ops.ToolCall) else "code_execution"
    program = Program(Source("code"), (operation,), action=action)
    first, second = (found.judge(program, "a", context) for found in (one, other))
    assert [v.message for v in first.all_violations] == [v.message for v in second.all_violations]
    assert [o.why for o in first.rulings[0].opinions] == [o.why for o in second.rulings[0].opinions]


@given(
    st.sampled_from(list(itertools.combinations(CONDITIONS, 2))),
    CONTEXTS,
    st.sampled_from((*OPERATIONS, *PARTLY)),
    st.sampled_from(["and", "or"]),
)
def test_and_and_or_say_the_same_in_either_order(pair, context, operation, word) -> None:
    one, other = pair
    action = "tool_call" if isinstance(operation, ops.ToolCall) else "code_execution"
    program = Program(Source("code"), (operation,), action=action)
    said = []
    for first, second in ((one, other), (other, one)):
        verdict = built([(f"({first}) {word} ({second})", 'deny "m"')]).judge(program, "a", context)
        said.append([(v.constraint, v.message) for v in verdict.all_violations])
    assert said[0] == said[1]


def test_what_was_remembered_is_forgotten_before_it_is_too_much() -> None:
    found = policy('rule r { when turn == 700 deny "m" }')
    (rule,) = found.agent("a").rules.rules
    denied, sizes = [], []
    for turn in range(800):
        if decision(found, FILE, turn=turn) == "DENY":
            denied.append(turn)
        sizes.append(len(rule._remembered))
    assert denied == [700]
    assert max(sizes) == 256
