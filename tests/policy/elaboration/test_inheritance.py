"""`extends`: what a child has of its parents, what it may change, and what it has to say for more."""

from __future__ import annotations

import pytest

from execgate.policy import PolicySet
from execgate.policy.elaboration import narrowing

BASE = """agent "base" {
can "code_execution" with constraints {
allowed_imports: ["pandas", "num*"] because "data"
disallowed_imports: ["os"]
allowed_file_operations: ["read", "write"]
allowed_hosts: ["x.com"]
max_memory: 1_gigabyte
max_cpus: unlimited
}
can "payment" with constraints {
allowed_providers: ["stripe"] allowed_payment_operations: ["charge"]
max_amount: [10.00_usd, 5.00_eur]
restrict_at: 75%
compensation: "credit"
}
can "tool" with constraints {
allowed_executed_tools: ["search", "pay_*"]
payment_tools: ["pay_*"]
}
rule calm { when turn > 9 deny "enough" }
}
"""


def code(constraints: str) -> str:
    return f'can "code_execution" with constraints {{ {constraints} }}'


def pay(constraints: str) -> str:
    return f'can "payment" with constraints {{ {constraints} }}'


def tool(constraints: str) -> str:
    return f'can "tool" with constraints {{ {constraints} }}'


def child(body: str, base: str = BASE) -> str:
    return f'{base}agent "c" extends "base" {{\n{body}\n}}'


def given(body: str, base: str = BASE) -> dict:
    return PolicySet.parse(child(body, base)).agent("c").constraints_json()


def test_a_child_has_what_its_parent_has() -> None:
    policies = PolicySet.parse(child(""))
    base, own = policies.agent("base"), policies.agent("c")
    assert own.constraints_json() == base.constraints_json()
    assert own.limits == base.limits
    assert own.canonical == base.canonical.replace('agent "base"', 'agent "c"')
    assert "extends" not in own.canonical


def test_what_denies_is_joined_and_what_allows_is_replaced() -> None:
    lists = given(code('allowed_imports: ["pandas.io"] disallowed_imports: ["sys"]'))
    assert lists["allowed_imports"] == ["pandas.io"]
    assert lists["disallowed_imports"] == ["os", "sys"]
    assert lists["allowed_hosts"] == ["x.com"]


def test_tools_that_are_payments_are_joined() -> None:
    assert given(tool('payment_tools: ["search"]'))["payment_tools"] == ["pay_*", "search"]


def test_settings_but_delegation_are_an_agents_own() -> None:
    text = 'agent "base" { version: "1" description: "d" delegation: intersect because "z" } agent "c" extends "base" { }'
    settings = PolicySet.parse(text).agent("c").settings
    assert (settings.version, settings.description) == (None, None)
    assert (settings.delegation, settings.reason) == ("intersect", "z")
    assert settings.clauses["delegation"].span.line == 1


@pytest.mark.parametrize(
    "body",
    [
        code('allowed_imports: ["pandas", "numpy", "num*"]'),
        code("allowed_imports: []"),
        code('disallowed_imports: ["*"]'),
        code('allowed_file_paths: ["/data"]'),
        code('allowed_hosts: ["https://x.com"]'),
        code("max_memory: 1_gigabyte max_execution_time: 30_seconds"),
        pay("max_amount: 10.00_usd"),
        pay("max_amount_per_day: 1000.00_usd approval_above: 1.00_usd warn_at: 90% halt_at: 100%"),
        pay('compensation: "none" compensation_timeout: 9_seconds'),
        pay('disallowed_currencies: ["eur"]'),
        pay("restrict_at: 50%"),
        tool('allowed_executed_tools: ["pay_now"]'),
        'rule more { when turn > 3 warn "late" }',
        "delegation: intersect",
        'version: "2"',
    ],
)
def test_a_child_may_narrow_without_a_word(body) -> None:
    assert PolicySet.parse(child(body)).agent("c").overrides == ()


WIDER = [
    (
        code('{}allowed_imports: ["sys"]{}'),
        "allowed_imports",
        "it permits `sys`, which agent `base` does not",
    ),
    (
        code('{}allowed_imports: ["pandas", "*"]{}'),
        "allowed_imports",
        "it permits `x`, which agent `base` does not",
    ),
    (code("{}disallowed_imports: []{}"), None, None),
    (
        code('{}allowed_file_operations: "read_only"{}'),
        "allowed_file_operations",
        "it permits `list`, which agent `base` does not",
    ),
    (
        code('{}allowed_environment: ["HOME"]{}'),
        "allowed_environment",
        "it permits `HOME`, which agent `base` does not",
    ),
    (code('{}allowed_hosts: ["x.com:*"]{}'), "allowed_hosts", "which agent `base` does not"),
    (code('{}allowed_hosts: ["*"]{}'), "allowed_hosts", "which agent `base` does not"),
    (
        code("{}max_memory: 2_gigabytes{}"),
        "max_memory",
        "`2000000000_bytes` is more than agent `base` has: it has `1000000000_bytes`",
    ),
    (
        code("{}max_memory: unlimited{}"),
        "max_memory",
        "`unlimited` is more than agent `base` has: it has `1000000000_bytes`",
    ),
    (
        code("{}max_disk: 1_gb{}"),
        "max_disk",
        "`1000000000_bytes` is more than agent `base` has: it has `64000000_bytes`",
    ),
    (
        pay("{}max_amount: 5.01_eur{}"),
        "max_amount",
        "`5.01_eur` is more than agent `base` has: it has `[5.00_eur, 10.00_usd]`",
    ),
    (
        pay("{}max_amount: 1.00_gbp{}"),
        "max_amount",
        "`1.00_gbp` is more than agent `base` has: it has `[5.00_eur, 10.00_usd]`",
    ),
    (pay("{}restrict_at: 80%{}"), "restrict_at", "`80%` is more than agent `base` has: it has `75%`"),
    (
        pay('{}restricted_payment_operations: ["charge"]{}'),
        "restricted_payment_operations",
        'it permits "charge", which agent `base` does not',
    ),
    (pay('{}allowed_providers: ["*"]{}'), "allowed_providers", "which agent `base` does not"),
    (
        tool('{}allowed_executed_tools: ["pay*"]{}'),
        "allowed_executed_tools",
        "it permits `pay`, which agent `base` does not",
    ),
    (
        tool('{}allowed_proposed_tools: ["x"]{}'),
        "allowed_proposed_tools",
        "it permits `x`, which agent `base` does not",
    ),
    ('{}rule calm {{ when turn > 99 deny "enough" }}', "rule calm", "agent `base` has a rule of this name"),
]


@pytest.mark.parametrize(
    ("body", "constraint", "message"), [one for one in WIDER if one[1] and not one[1].startswith("rule")]
)
def test_widening_is_a_mistake_with_an_example_and_takes_an_override(
    report, body, constraint, message
) -> None:
    (found,) = report(child(body.replace("{}", "")))
    assert found.startswith(f"`{constraint}` widens what is inherited: ")
    assert message in found
    assert found.endswith(f'= narrow it, or write `override {constraint}: ... because "..."`')
    opened = body.replace("{}", "override ", 1).replace("{}", ' because "asked for"')
    policy = PolicySet.parse(child(opened)).agent("c")
    (override,) = policy.overrides
    assert (override.constraint, override.reason, override.base) == (constraint, "asked for", "base")
    assert override.clause.span.line == BASE.count("\n") + 2
    assert "override" not in policy.canonical
    assert ' because "asked for"' in policy.canonical
    assert PolicySet.parse(policy.canonical).agent("c").digest == policy.digest


def test_an_override_of_denials_replaces_them() -> None:
    base = 'agent "base" { can "code_execution" with constraints { disallowed_imports: ["os", "sys"] } }\n'
    text = child(code('override disallowed_imports: ["os"] because "sys is fine"'), base)
    policy = PolicySet.parse(text).agent("c")
    assert policy.constraints_json()["disallowed_imports"] == ["os"]
    assert [one.constraint for one in policy.overrides] == ["disallowed_imports"]


def test_an_override_of_tools_that_are_payments_replaces_them(report) -> None:
    policy = PolicySet.parse(
        child(tool('override payment_tools: ["pay_x"] because "others are free"'))
    ).agent("c")
    assert policy.constraints_json()["payment_tools"] == ["pay_x"]
    assert [one.constraint for one in policy.overrides] == ["payment_tools"]
    (found,) = report(child(tool('override payment_tools: ["pay_*", "search"] because "x"')))
    assert found.startswith("an override of `payment_tools` that overrides nothing")


def test_a_more_specific_entry_must_not_beat_what_the_parent_denies(report) -> None:
    base = 'agent "base" { can "code_execution" with constraints { allowed_imports: ["*"] disallowed_imports: ["os"] } }\n'
    (found,) = report(child(code('allowed_imports: ["os.path", "math"]'), base))
    assert "it permits `os.path`, which agent `base` does not" in found
    assert report(child(code('allowed_imports: ["o*", "math"]'), base)) == []


def test_without_an_allow_list_all_but_the_denied_is_the_base(report) -> None:
    base = 'agent "base" { can "code_execution" with constraints { disallowed_imports: ["os"] } }\n'
    assert report(child(code('allowed_imports: ["math", "os"]'), base)) == []
    (found,) = report(child(code('allowed_imports: ["os.path"]'), base))
    assert "it permits `os.path`" in found


def test_a_list_of_nothing_widens_nothing() -> None:
    assert given(code("allowed_environment: []"))["allowed_environment"] == []


def test_a_new_grant_takes_an_override(report) -> None:
    base = 'agent "base" { }\n'
    (found,) = report(child('can "tool"', base))
    assert found == (
        '`tool` widens what is inherited: agent `base` has no `can "tool"` @ 3:1 = '
        'narrow it, or write `override can "tool" because "..."`'
    )
    text = child(
        'override can "tool" because "it searches" with constraints { allowed_executed_tools: ["x"] }', base
    )
    policy = PolicySet.parse(text).agent("c")
    assert [(one.constraint, one.reason) for one in policy.overrides] == [("tool", "it searches")]
    assert policy.grants["tool"].reasons == {"": "it searches"}


def test_a_rule_of_the_same_name_takes_an_override(report) -> None:
    rule = 'rule calm because "later" { when turn > 99 deny "enough" }'
    (found,) = report(child(rule))
    assert found.startswith("`rule calm` widens what is inherited: agent `base` has a rule of this name")
    assert found.endswith('write `override rule calm because "..."`')
    policy = PolicySet.parse(child(f"override {rule}")).agent("c")
    assert [(one.constraint, one.reason) for one in policy.overrides] == [("rule calm", "later")]
    assert "turn > 99" in policy.canonical
    assert "turn > 9\n" not in policy.canonical


def test_delegation_stays_intersected_unless_overridden(report) -> None:
    base = 'agent "base" { delegation: intersect }\n'
    (found,) = report(child("delegation: executor", base))
    assert found.startswith(
        "`delegation` widens what is inherited: agent `base` asks for the suggester's policy too"
    )
    policy = PolicySet.parse(child('override delegation: executor because "alone"', base)).agent("c")
    assert policy.settings.delegation == "executor"
    assert [one.constraint for one in policy.overrides] == ["delegation"]


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (code('override allowed_imports: ["pandas"] because "x"'), "`allowed_imports`"),
        (code('override disallowed_imports: ["os"] because "x"'), "`disallowed_imports`"),
        (code('override max_memory: 1_mb because "x"'), "`max_memory`"),
        (code('override max_cpus: unlimited because "x"'), "`max_cpus`"),
        (pay('override max_amount_per_day: 1_usd because "x"'), "`max_amount_per_day`"),
        (pay('override compensation: "none" because "x"'), "`compensation`"),
        ('override can "tool" because "x"', '`can "tool"`'),
        ('override rule new because "x" { when turn > 1 deny "x" }', "`rule new`"),
        ('override delegation: intersect because "x"', "`delegation`"),
        ('override version: "1" because "x"', "`version`"),
    ],
)
def test_an_override_that_overrides_nothing_is_a_mistake(report, body, what) -> None:
    (found,) = report(child(body))
    assert found.startswith(f"an override of {what} that overrides nothing: ")
    assert found.endswith("= remove `override`")


@pytest.mark.parametrize(
    "body",
    [
        code('override max_cpus: 1 because "x"'),
        'override can "tool" because "x"',
        'override rule r because "x" { when turn > 1 deny "x" }',
        'override delegation: executor because "x"',
    ],
)
def test_who_extends_nobody_has_nothing_to_override(report, body) -> None:
    (found,) = report(f'agent "a" {{ {body} }}')
    assert "that overrides nothing" in found


def test_an_override_needs_its_reason(report) -> None:
    (found,) = report(child(code('override allowed_imports: ["sys"]')))
    assert found.startswith("an override of `allowed_imports` without a reason @ ")
    assert found.endswith('= write `because "..."` behind it')


def test_what_passes_when_restricted_is_free_where_nothing_restricts(report) -> None:
    base = f'agent "base" {{ {pay("")} }}\n'
    lists = pay('restrict_at: 50% restricted_payment_operations: ["charge"]')
    assert report(child(lists, base)) == []
    everywhere = 'rule slow { when turn > 1 restrict "slow" }\n'
    (found,) = report(everywhere + child(pay('restricted_payment_operations: ["charge"]'), base))
    assert 'it permits "charge", which agent `base` does not' in found


def test_reasons_of_what_is_joined_are_joined_and_of_what_is_replaced_replaced() -> None:
    base = (
        'agent "base" { can "code_execution" with constraints { '
        'allowed_imports: ["a", "b"] because "two" disallowed_imports: ["x"] because "bad" max_cpus: 1 because "c" } }\n'
    )
    text = child(code('allowed_imports: ["a"] disallowed_imports: ["y"] because "worse" max_cpus: 0.5'), base)
    assert PolicySet.parse(text).agent("c").grants["code_execution"].reasons == {
        "disallowed_imports": "bad; worse"
    }


def test_a_reason_of_a_grant_is_replaced_by_the_childs() -> None:
    base = 'agent "base" { can "tool" because "one" }\n'
    assert PolicySet.parse(child("", base)).agent("c").grants["tool"].reasons == {"": "one"}
    assert PolicySet.parse(child('can "tool" because "two"', base)).agent("c").grants["tool"].reasons == {
        "": "two"
    }


def test_overrides_are_inherited() -> None:
    text = (
        child(code('override max_disk: 1_gb because "big"'))
        + ' agent "d" extends "c" { } agent "e" extends "c", "d" { }'
    )
    for name in "cde":
        assert [one.base for one in PolicySet.parse(text).agent(name).overrides] == ["base"]


# --- several parents ----------------------------------------------------------------------------------------


def two(first: str, second: str, own: str = "") -> str:
    return f'agent "p" {{ {first} }}\nagent "q" {{ {second} }}\nagent "c" extends "p", "q" {{ {own} }}'


def test_what_every_parent_permits_holds_and_denials_are_joined() -> None:
    text = two(
        code(
            'allowed_file_operations: ["read"] allowed_imports: ["math", "os"] disallowed_imports: ["os"] max_cpus: 0.25'
        )
        + " delegation: intersect",
        code(
            'allowed_file_operations: ["read", "write"] allowed_hosts: ["x.com"] disallowed_imports: ["sys"] max_memory: 2_gb'
        )
        + tool(""),
    )
    policy = PolicySet.parse(text).agent("c")
    lists = policy.constraints_json()
    assert lists["allowed_file_operations"] == ["read"]
    assert lists["allowed_imports"] == ["math", "os"]
    assert lists["disallowed_imports"] == ["os", "sys"]
    assert "allowed_hosts" not in lists
    assert sorted(policy.grants) == ["code_execution"]
    assert policy.limits.cpus == 0.25
    assert policy.limits.memory_bytes == PolicySet.parse(two("", "")).agent("c").limits.memory_bytes
    assert policy.settings.delegation == "intersect"


PAYS = pay(
    'allowed_providers: ["stripe"] allowed_payment_operations: ["charge"] max_amount: 10_usd approval_above: 1_usd'
)


@pytest.mark.parametrize(
    ("other", "missing"),
    [
        (pay('allowed_providers: ["*"] allowed_payment_operations: ["*"]'), "max_amount"),
        (pay('allowed_providers: ["*"] max_amount: unlimited'), "allowed_payment_operations"),
        ("", "payment"),
    ],
)
@pytest.mark.parametrize("order", ['"p", "q"', '"q", "p"'])
def test_what_a_parent_lacks_permits_nothing(report, other, missing, order) -> None:
    text = f'agent "p" {{ {PAYS} }}\nagent "q" {{ {other} }}\nagent "c" extends {order} {{ %s }}'
    policy = PolicySet.parse(text % "").agent("c")
    assert missing not in policy.constraints_json()
    assert missing not in policy.grants
    (found, *_) = report(text % PAYS)
    assert found.startswith(f"`{missing}` widens what is inherited: ")
    assert "`q`" in found


def test_of_limits_the_narrowest_holds_and_one_that_stands_by_default_is_one() -> None:
    text = two(
        code("max_cpus: 2 max_memory: unlimited max_disk: 1_mb")
        + pay("max_amount: [9_usd, 9_eur] max_amount_per_day: 20_usd warn_at: 60%"),
        code("max_cpus: unlimited max_memory: 1_mb")
        + pay("max_amount: 8_eur max_payments_per_day: 3_payments warn_at: 50%"),
    )
    policy = PolicySet.parse(text).agent("c")
    given = policy.constraints_json()
    assert (policy.limits.memory_bytes, policy.limits.disk_bytes) == (10**6, 10**6)
    assert policy.limits.cpus == 2
    assert {name: given[name] for name in ("max_amount", "max_amount_per_day", "warn_at")} == {
        "max_amount": "8.00_eur",
        "max_amount_per_day": "20.00_usd",
        "warn_at": "50%",
    }
    assert given["max_payments_per_day"] == "3_payments"


@pytest.mark.parametrize(
    ("first", "second", "what", "own"),
    [
        (
            code('allowed_imports: ["a"]'),
            code('allowed_imports: ["b"]'),
            "`allowed_imports`, where `p` permits `a`, which `q` does not, and `q` permits `b`, which `p` does not",
            code("allowed_imports: []"),
        ),
        (
            pay("max_amount: [1_usd, 2_eur]"),
            pay("max_amount: [2_usd, 1_eur]"),
            "`max_amount`, `[2.00_eur, 1.00_usd]` in `p` and `[1.00_eur, 2.00_usd]` in `q`",
            pay("max_amount: [1_usd, 1_eur]"),
        ),
        (
            pay('compensation: "none"'),
            pay('compensation: "credit"'),
            '`compensation`, `"none"` in `p` and `"credit"` in `q`',
            pay('compensation: "value_loss"'),
        ),
        (
            'rule r { when turn > 1 deny "x" }',
            'rule r { when turn > 1 deny "x" }',
            "rule `r` of `p` and `q`",
            'override rule r because "both" { when turn > 0 deny "x" }',
        ),
        (
            code('allowed_imports: ["os.path"]'),
            code('disallowed_imports: ["os"]'),
            "`allowed_imports`, where `p` permits `os.path`, which `q` does not, and `q` permits `x`, which `p` does not",
            code("allowed_imports: []"),
        ),
        (
            pay('restricted_payment_operations: ["charge"]'),
            pay('restricted_payment_operations: ["refund"]'),
            '`restricted_payment_operations`, where `p` permits "charge", which `q` does not, and `q` permits "refund", which `p` does not',
            pay("restricted_payment_operations: []"),
        ),
        (
            pay('restricted_payment_operations: ["charge"]'),
            pay("restrict_at: 50%"),
            '`restricted_payment_operations`, where `p` permits "charge", which `q` does not, and `q` permits all that is approved, which `p` does not',
            pay("restricted_payment_operations: []"),
        ),
    ],
)
def test_parents_of_whom_none_is_within_the_other_conflict_unless_the_child_settles_it(
    report, first, second, what, own
) -> None:
    (found,) = report(two(first, second))
    assert found.startswith(f"conflicting parents: {what} @ 3:24 = ")
    assert found.endswith(", or extend one of them")
    assert report(two(first, second, own)) == []


def test_what_is_too_much_to_compare_among_parents_is_a_conflict(monkeypatch, report) -> None:
    monkeypatch.setattr(narrowing, "_STEPS", 1)
    (found,) = report(two(code('allowed_hosts: ["*.x.com"]'), code('allowed_hosts: ["a.x.com"]')))
    assert found.startswith("conflicting parents: `allowed_hosts`")
    assert "too much to compare" in found


@pytest.mark.parametrize(
    ("first", "second", "holds"),
    [
        ('restricted_payment_operations: ["*"]', "restrict_at: 50%", None),
        ("restricted_payment_operations: []", "restrict_at: 50%", []),
        ('restricted_payment_operations: ["refund"]', "halt_at: 50%", ["refund"]),
        (
            'restricted_payment_operations: ["refund"]',
            'restricted_payment_operations: ["charge", "refund"]',
            ["refund"],
        ),
    ],
)
def test_what_passes_when_restricted_is_what_every_parent_lets_pass(first, second, holds) -> None:
    for text in (two(pay(first), pay(second)), two(pay(second), pay(first))):
        given = PolicySet.parse(text).agent("c").constraints_json()
        assert given.get("restricted_payment_operations") == holds


def test_a_rule_of_a_grant_that_is_not_inherited_goes_with_it() -> None:
    rule = 'rule r { when turn > 1 deny "x" }'
    text = two(f'can "tool" with constraints {{ {rule} }}', "", "%s")
    policy = PolicySet.parse(text % "").agent("c")
    assert PolicySet.parse(policy.canonical).agent("c").rules.canonical("tool") == []
    assert policy.rules.canonical("tool") == []
    kept = PolicySet.parse(text % 'override can "tool" because "it searches"').agent("c")
    assert kept.rules.canonical("tool") != []


def test_a_grant_that_one_parent_lacks_is_taken_up_as_the_others_have_it(report) -> None:
    text = two(tool('allowed_executed_tools: ["search"] disallowed_executed_tools: ["pay_*"]'), "", "%s")
    assert PolicySet.parse(text % "").agent("c").grants == {}
    (found,) = report(text % 'can "tool"')
    assert found.startswith('`tool` widens what is inherited: agent `q` has no `can "tool"` @ 3:')
    taken = PolicySet.parse(text % 'override can "tool" because "it searches"').agent("c")
    assert taken.constraints_json()["disallowed_executed_tools"] == ["pay_*"]
    assert taken.constraints_json()["allowed_executed_tools"] == ["search"]
    more = 'override can "tool" because "it searches" with constraints { allowed_executed_tools: ["x"] }'
    (found,) = report(text % more)
    assert "it permits `x`, which agent `p` does not" in found


def test_lists_that_permit_the_same_are_both_the_base() -> None:
    text = two(code('allowed_imports: ["a", "a.b"]'), code('allowed_imports: ["a"]'))
    assert PolicySet.parse(text).agent("c").constraints_json()["allowed_imports"] == ["a", "a.b"]


def test_a_more_specific_entry_of_a_child_that_denies_more_is_compared_under_the_parents_denials(
    report,
) -> None:
    base = 'agent "base" { can "code_execution" with constraints { allowed_imports: ["os"] } }\n'
    assert report(child(code('allowed_imports: ["os.path"] disallowed_imports: ["os"]'), base)) == []
    (found,) = report(child(code('allowed_imports: ["sys.x"] disallowed_imports: ["sys"]'), base))
    assert "it permits `sys.x`, which agent `base` does not" in found


def test_an_override_of_one_parent_does_not_hold_against_the_other() -> None:
    text = (
        'agent "top" { can "code_execution" with constraints { max_memory: 1_mb } }\n'
        'agent "l" extends "top" { can "code_execution" with constraints { override max_memory: 2_mb because "x" } }\n'
    )
    both = PolicySet.parse(text + 'agent "c" extends "l", "top" { }').agent("c")
    assert both.limits.memory_bytes == 10**6
    assert both.overrides == ()
    assert PolicySet.parse(text + 'agent "c" extends "l" { }').agent("c").limits.memory_bytes == 2 * 10**6


@pytest.mark.parametrize("order", ['"p", "q"', '"q", "p"'])
def test_who_settles_a_conflict_is_no_wider_than_any_parent(report, order) -> None:
    first, second = (
        code(f'allowed_imports: ["{name}", "c"] max_cpus: {cpus}') for name, cpus in ("a1", "b2")
    )
    parents = f'agent "p" {{ {first} }}\nagent "q" {{ {second} }}\n'
    text = parents + f'agent "r" extends {order} {{ %s }}'
    assert report(text % code('allowed_imports: ["c"] max_cpus: 1')) == []
    found = report(text % code('allowed_imports: ["a"] max_cpus: 2'))
    assert [one.split(" @ ")[0] for one in found] == [
        "`allowed_imports` widens what is inherited: it permits `a`, which agent `q` does not",
        "`max_cpus` widens what is inherited: `2_cpus` is more than agent `p` has: it has `1_cpus`",
    ]
    settled = 'override allowed_imports: ["a"] because "p is right" override max_cpus: 2 because "q is"'
    assert report(text % code(settled)) == []


@pytest.mark.parametrize("order", ['"p", "q"', '"q", "p"'])
def test_who_settles_what_passes_when_restricted_is_no_wider_than_any_parent(report, order) -> None:
    first, second = (
        pay(f'restricted_payment_operations: ["{name}", "refund"]') for name in ("charge", "payout")
    )
    text = f'agent "p" {{ {first} }}\nagent "q" {{ {second} }}\nagent "r" extends {order} {{ %s }}'
    assert report(text % pay('restricted_payment_operations: ["refund"]')) == []
    (found,) = report(text % pay('restricted_payment_operations: ["charge"]'))
    assert 'it permits "charge", which agent' in found


@pytest.mark.parametrize("order", ['"p", "q"', '"q", "p"'])
def test_who_settles_it_takes_up_no_entry_that_another_parent_denies(report, order) -> None:
    first, second = code('allowed_imports: ["os.path", "math"]'), code('disallowed_imports: ["os"]')
    text = f'agent "p" {{ {first} }}\nagent "q" {{ {second} }}\nagent "r" extends {order} {{ %s }}'
    assert report(text % code('allowed_imports: ["math"]')) == []
    (found,) = report(text % code('allowed_imports: ["math", "os.path"]'))
    assert "it permits `os.path`, which agent" in found
    assert report(text % code('override allowed_imports: ["math", "os.path"] because "paths alone"')) == []


def test_parents_that_say_the_same_do_not_conflict(report) -> None:
    same = code('allowed_imports: ["a", "b"] max_cpus: 1')
    other = code('allowed_imports: ["b", "a"] max_cpus: 1.0')
    assert report(two(same, other)) == []
    diamond = 'agent "top" { rule r { when turn > 1 deny "x" } } agent "l" extends "top" {} agent "r" extends "top" {}'
    assert report(diamond + ' agent "c" extends "l", "r" { }') == []


def test_a_denial_that_both_parents_answer_alike_is_no_conflict(report) -> None:
    one = code('allowed_imports: ["os.path"] disallowed_imports: ["os"]')
    assert report(two(one, one)) == []
    assert report(two(code('allowed_imports: ["a"]'), code('disallowed_imports: ["b"]'))) == []


def test_reasons_of_several_parents_stand_together() -> None:
    text = two(code('disallowed_imports: ["x"] because "b"'), code('disallowed_imports: ["y"] because "a"'))
    assert PolicySet.parse(text).agent("c").grants["code_execution"].reasons == {"disallowed_imports": "a; b"}


def test_a_child_is_compared_with_each_of_its_parents(report) -> None:
    (found,) = report(
        two(code('allowed_imports: ["a"]'), code("max_cpus: 1"), code('allowed_imports: ["z"]'))
    )
    assert "it permits `z`, which agent `p` does not" in found


# --- who extends whom ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'agent "coder" {} agent "c" extends "codre" {}',
            ["no agent `codre` to extend @ 1:36 = did you mean `coder`?"],
        ),
        (
            'agent "c" extends "zzz" {}',
            ["no agent `zzz` to extend @ 1:19 = name an agent that there is, or add it"],
        ),
        (
            'agent "a_*" {} agent "c" extends "a_*" {}',
            [
                (
                    "`a_*` is a pattern: an agent extends one that is named @ 1:34 = "
                    "give what they have in common a name of its own, and extend that"
                )
            ],
        ),
        ('agent "a" extends "a" {}', ["agent `a` extends itself: a -> a @ 1:19 = remove one of the steps"]),
        (
            'agent "a" extends "b" {} agent "b" extends "c" {} agent "c" extends "a" {}',
            ["agent `a` extends itself: a -> b -> c -> a @ 1:69 = remove one of the steps"],
        ),
        ('agent "a" {} agent "b" extends "a", "a" {}', ["agent `a` is extended twice @ 1:37 = name it once"]),
    ],
)
def test_a_parent_that_is_none_is_said_in_plain_words(report, text, expected) -> None:
    assert report(text) == expected


def test_a_chain_of_a_thousand_agents_is_read_without_recursion(report) -> None:
    chain = [
        f'agent "a{n}" extends "a{n + 1}" {{ can "code_execution" with constraints {{ disallowed_imports: ["m{n}"] }} }}'
        for n in range(1000)
    ]
    text = "\n".join([*chain, 'agent "a1000" { can "code_execution" }'])
    assert len(PolicySet.parse(text).agent("a0").constraints_json()["disallowed_imports"]) == 1000
    (found,) = report(text.replace('agent "a1000" {', 'agent "a1000" extends "a0" {'))
    assert "extends itself: a0 -> a1 -> a2 -> ... -> a1000 -> a0" in found


def test_a_parent_may_stand_in_another_file_and_behind_its_child(tmp_path) -> None:
    (tmp_path / "a.policy").write_text('agent "c" extends "base" { }')
    (tmp_path / "b.policy").write_text(BASE)
    assert PolicySet.load(tmp_path).agent("c").limits.memory_bytes == 10**9


def test_rules_for_every_agent_keep_their_names(report) -> None:
    (found,) = report('rule r { when turn > 1 deny "x" }\nagent "a" { rule r { when turn > 2 deny "x" } }')
    assert found == (
        "rule `r` is for every agent already @ 2:13 = the first is at a.policy:1; rename one of the two"
    )
    (found,) = report('rule r { when turn > 1 deny "x" }\nrule r { when turn > 1 deny "x" } agent "a" { }')
    assert found == "rule `r` a second time @ 2:1 = the first is at a.policy:1; rename one of the two"


def test_what_is_too_much_to_compare_is_not_taken_for_narrower(monkeypatch, report) -> None:
    monkeypatch.setattr(narrowing, "_STEPS", 1)
    base = 'agent "base" { can "code_execution" with constraints { allowed_hosts: ["*.x.com"] } }\n'
    (found,) = report(child(code('allowed_hosts: ["a.x.com", "b.x.com"]'), base))
    assert "it permits too much to compare it with what is inherited" in found


def test_an_override_of_denials_below_an_allow_list_replaces_them_too() -> None:
    base = 'agent "base" { can "code_execution" with constraints { allowed_imports: ["*"] disallowed_imports: ["os", "sys"] } }\n'
    policy = PolicySet.parse(
        child(code('override disallowed_imports: ["os"] because "sys is fine"'), base)
    ).agent("c")
    assert policy.constraints_json()["disallowed_imports"] == ["os"]
    widened = code(
        'override disallowed_imports: ["os"] because "x" override allowed_imports: ["*", "os.path"] because "y"'
    )
    both = PolicySet.parse(child(widened, base)).agent("c")
    assert [one.constraint for one in both.overrides] == ["allowed_imports", "disallowed_imports"]


def test_a_limit_that_is_none_is_the_only_mistake(report) -> None:
    (found,) = report(child(code("max_memory: 5_gigabite")))
    assert found.startswith("unknown unit `gigabite` of a size")


def test_a_constraint_stands_in_its_own_grant(report) -> None:
    assert report(f'agent "a" {{ {code("max_amount: 1_usd")} }}') == [
        '`max_amount` belongs to `can "payment"` @ 1:53 = move it into `can "payment" with constraints { ... }`'
    ]


def test_a_limit_without_which_nothing_is_permitted_takes_an_override(report) -> None:
    base = f'agent "base" {{ {pay("")} }}\n'
    (found,) = report(child(pay("max_amount: 1_usd"), base))
    assert (
        "`max_amount` widens what is inherited: `1.00_usd` is more than agent `base` has: it has none"
        in found
    )
    assert report(child(pay('override max_amount: 1_usd because "it pays"'), base)) == []


def test_a_denial_that_is_as_specific_as_what_another_parent_allows_wins_without_a_conflict(report) -> None:
    text = two(code('allowed_imports: ["os", "math"]'), code('disallowed_imports: ["os"]'))
    assert report(text) == []
    assert PolicySet.parse(text).agent("c").constraints_json()["disallowed_imports"] == ["os"]


def test_an_entry_beats_every_denial_that_its_parent_beats_and_no_other(report) -> None:
    def text(denied: str) -> str:
        base = f'allowed_imports: ["a.b"] disallowed_imports: {denied}'
        return (
            f'agent "base" {{ can "code_execution" with constraints {{ {base} }} }} agent "c" extends "base"'
            ' { can "code_execution" with constraints { allowed_imports: ["a.b.c"] } }'
        )

    assert report(text('["a"]')) == []
    (found,) = report(text('["a", "a.b"]'))
    assert "it permits `a.b.c`, which agent `base` does not" in found


def test_the_suggester_that_one_parent_asks_for_is_asked_whichever_stands_first() -> None:
    for order in ('"one", "other"', '"other", "one"'):
        text = f'agent "one" {{ }} agent "other" {{ delegation: intersect because "z" }} agent "c" extends {order} {{ }}'
        settings = PolicySet.parse(text).agent("c").settings
        assert (settings.delegation, settings.reason) == ("intersect", "z")


@pytest.mark.parametrize(
    "lists", ['payment_tools: ["x"] {}', '{} payment_tools: ["x"]'], ids=["before", "behind"]
)
def test_every_list_is_compared_whatever_stands_before_it(report, lists) -> None:
    assert report(child(tool(lists.format('allowed_executed_tools: ["search"]')))) == []
    (found,) = report(child(tool(lists.format('allowed_executed_tools: ["*"]'))))
    assert found.startswith("`allowed_executed_tools` widens what is inherited")


def test_an_override_of_a_denial_without_effect_overrides_nothing(report) -> None:
    base = 'agent "base" { can "code_execution" with constraints { allowed_imports: ["a"] disallowed_imports: ["b"] } }'
    (found,) = report(child(code('override disallowed_imports: [] because "x"'), base))
    assert found.startswith("an override of `disallowed_imports` that overrides nothing")


def test_a_reason_of_what_is_joined_is_its_own_where_none_is_inherited() -> None:
    base = 'agent "base" { can "code_execution" with constraints { disallowed_imports: ["b"] } }'
    found = PolicySet.parse(child(code('disallowed_imports: ["c"] because "x"'), base)).agent("c")
    assert 'disallowed_imports: ["b", "c"] because "x"' in found.canonical


@pytest.mark.parametrize(("mine", "theirs"), [("executor", "executor"), ("intersect", "intersect")])
def test_a_delegation_that_is_inherited_may_be_said_again(report, mine, theirs) -> None:
    assert report(child(f"delegation: {mine}", f'agent "base" {{ delegation: {theirs} }}')) == []


def test_what_is_only_recorded_may_be_more_than_what_is_inherited(report) -> None:
    base = f'agent "base" {{ {pay("max_amount: 1.00_usd compensation_timeout: 9_seconds")} }}'
    assert report(child(pay("compensation_timeout: 60_seconds"), base)) == []
    assert len(report(child(pay("max_amount: 2.00_usd"), base))) == 1


def test_a_rule_with_a_mistake_is_the_only_mistake_of_who_inherits_it(report) -> None:
    (found,) = report(child("", 'agent "base" { rule r { when phas == COMMIT deny "m" } }'))
    assert found.startswith("unknown attribute `phas`")


@pytest.mark.parametrize(
    ("top", "widened", "constraint", "holds"),
    [
        (code('disallowed_imports: ["os"]'), code('override disallowed_imports: [] because "x"'), "d", False),
        (
            code('allowed_imports: ["os"]'),
            code('override allowed_imports: ["os", "x"] because "x"'),
            "a",
            False,
        ),
        ("", 'override can "tool" because "x"', "tool", False),
        (
            "",
            'override can "tool" because "x" with constraints { allowed_executed_tools: ["t"] }',
            "tool",
            False,
        ),
        (tool(""), tool('override allowed_executed_tools: ["t"] because "x"'), "allowed", False),
        (
            "delegation: intersect",
            'delegation: intersect override can "tool" because "x"',
            "tool",
            False,
        ),
        ("delegation: intersect", 'override delegation: executor because "x"', "delegation", False),
        (
            'rule r { when turn > 1 deny "x" }',
            'override rule r because "x" { when turn > 2 deny "x" }',
            "rule r",
            True,
        ),
    ],
)
def test_an_override_that_another_parent_undoes_is_told_of_no_more(top, widened, constraint, holds) -> None:
    text = f'agent "top" {{ {top} }}\nagent "l" extends "top" {{ {widened} }}\n'
    alone = PolicySet.parse(text + 'agent "c" extends "l" { }').agent("c")
    assert [one.constraint[: len(constraint)] for one in alone.overrides] == [constraint]
    settled = 'override rule r because "y" { when turn > 2 deny "x" }' if holds else ""
    both = PolicySet.parse(text + f'agent "c" extends "l", "top" {{ {settled} }}').agent("c")
    assert bool(both.overrides) is holds


def test_an_override_that_all_parents_have_is_told_of() -> None:
    text = (
        'agent "top" { can "tool" with constraints { allowed_executed_tools: ["a"] } }\n'
        'agent "l" extends "top" { can "tool" with constraints { override allowed_executed_tools: ["a", "b"] because "x" } '
        'override can "payment" because "y" with constraints { max_amount: 1_usd } }\n'
        'agent "p" extends "l" { can "payment" with constraints { max_amount_per_day: 9_usd } }\n'
        'agent "q" extends "l" { can "payment" with constraints { max_payments_per_day: 9_payments } }\n'
        'agent "c" extends "p", "q" { }'
    )
    told = [one.constraint for one in PolicySet.parse(text).agent("c").overrides]
    assert told == ["allowed_executed_tools", "payment"]


def test_an_override_of_denials_that_what_the_child_allows_would_beat_is_none_for_nothing(report) -> None:
    base = 'agent "base" { can "code_execution" with constraints { allowed_imports: ["*"] disallowed_imports: ["os"] } }\n'
    body = 'allowed_imports: ["os.path"] {}disallowed_imports: []{}'
    assert report(child(code(body.format("override ", ' because "x"')), base)) == []
    (found,) = report(child(code(body.format("", "")), base))
    assert "it permits `os.path`, which agent `base` does not" in found


def test_an_override_goes_and_comes_with_the_grant_that_it_stands_in() -> None:
    text = (
        'agent "top" { can "tool" with constraints { allowed_executed_tools: ["a"] } }\n'
        'agent "l" extends "top" { can "tool" with constraints { override allowed_executed_tools: ["b"] because "x" } }\n'
        'agent "q" { }\nagent "c" extends "l", "q" { %s }'
    )
    assert PolicySet.parse(text % "").agent("c").overrides == ()
    taken = PolicySet.parse(text % 'override can "tool" because "y"').agent("c")
    assert [one.constraint for one in taken.overrides] == ["allowed_executed_tools", "tool"]


def test_a_conflict_is_shown_by_the_parents_that_have_it(report) -> None:
    parents = [
        f'agent "p{n}" {{ {code(f"allowed_imports: {names}")} }}'
        for n, names in enumerate(('["a", "b"]', '["a"]', '["c"]'))
    ]
    (found,) = report("\n".join([*parents, 'agent "c" extends "p0", "p1", "p2" { }']))
    assert found.startswith(
        "conflicting parents: `allowed_imports`, where `p0` permits `a`, which `p2` does not, and `p2` permits `c`, which `p0` does not"
    )


def test_parents_whose_lists_cannot_be_joined_in_time_conflict(monkeypatch, report) -> None:
    def widened(_self, _noun, _old, new):
        return "too much" if new[1] is not None and len(new[1].entries) > 1 else None

    monkeypatch.setattr(narrowing.Narrowing, "widened", widened)
    (found,) = report(
        two(
            code('allowed_imports: ["a"] disallowed_imports: ["x"]'),
            code('allowed_imports: ["a"] disallowed_imports: ["y"]'),
        )
    )
    assert found.startswith("conflicting parents: `allowed_imports` is too much to compare @ 3:24 = ")


def test_the_narrowest_of_several_parents_holds_beside_one_that_says_nothing() -> None:
    limits = {"low": "max_memory: 1_megabyte", "high": "max_memory: unlimited", "silent": ""}
    parents = "\n".join(f'agent "{name}" {{ {code(limit)} }}' for name, limit in limits.items())
    for order in ('"low", "high", "silent"', '"silent", "high", "low"'):
        found = PolicySet.parse(f'{parents} agent "c" extends {order} {{ }}').agent("c")
        assert found.limits.memory_bytes == 1_000_000


@pytest.mark.parametrize("silent", ["", 'compensation: "credit"'])
def test_what_is_only_recorded_is_inherited_of_who_says_it(silent) -> None:
    one, other = pay(f"max_amount: 1.00_usd {silent}"), pay('max_amount: 1.00_usd compensation: "credit"')
    for order in ('"one", "other"', '"other", "one"'):
        text = f'agent "one" {{ {one} }} agent "other" {{ {other} }} agent "c" extends {order} {{ }}'
        assert '    compensation: "credit"\n' in PolicySet.parse(text).agent("c").canonical


def test_a_rule_in_a_grant_of_the_child_settles_those_of_its_parents(report) -> None:
    def agent(head: str, turn: int, how: str = "", why: str = "") -> str:
        return f'{head} {{ {code(f"""{how} rule r {why} {{ when turn > {turn} deny "m" }}""")} }}'

    parents = agent('agent "one"', 1) + agent('agent "other"', 2)
    (found,) = report(f'{parents} agent "c" extends "one", "other" {{ }}')
    assert found.startswith("conflicting parents: rule `r`")
    assert report(parents + agent('agent "c" extends "one", "other"', 3, "override", 'because "x"')) == []
