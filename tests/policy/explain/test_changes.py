"""The smallest change: what is told turns the verdict round, and nothing of it can be left out."""

from __future__ import annotations

import itertools
from datetime import datetime, timezone
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from execgate.model.context import SCOPES, Context, Tally
from execgate.model.explanation import Edit
from execgate.model.money import Money
from execgate.model.operation import (
    DatabaseOperation,
    Deserialization,
    DynamicCode,
    EnvironmentAccess,
    FileOperation,
    Gap,
    ModuleImport,
    NetworkCall,
    OpaqueCall,
    PackageInstall,
    PaymentCall,
    ProcessSpawn,
    SystemAccess,
)
from execgate.model.program import Program
from execgate.model.source import Source, Span
from execgate.model.tool import tool_program
from execgate.model.values import Hole, Template, Unknown
from execgate.model.verdict import Decision
from execgate.policy import PolicySet
from execgate.policy.constraints import CONSTRAINTS, ListConstraint
from execgate.policy.explain import explain
from execgate.policy.explain.drafts import Draft
from execgate.policy.explain.entries import _READERS

AT = Span(1, 0, 1, 4)
BASE = {"via": "x", "location": AT}


def set_of(constraints: str, *, capability: str = "code_execution") -> PolicySet:
    return PolicySet.parse(
        f'agent "a" {{\ncan "{capability}" with constraints {{\n{constraints}\n}}\n}}\n', "a.policy"
    )


def change_of(policies: PolicySet, *operations, context: Context | None = None, gaps=(), agent="a"):
    program = Program(Source("code"), operations, gaps)
    return explain(policies, policies.judge(program, agent, context))


def told(change) -> list[str]:
    return [str(edit) for edit in change.edits]


def imports(*names):
    return tuple(ModuleImport(module=name, **BASE) for name in names)


def read(*paths, operation="read", **more):
    return FileOperation(operation=operation, paths=paths, **more, **BASE)


# --- what is told -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("constraints", "operations", "edits"),
    [
        ('allowed_imports: ["json"]', imports("os"), ['add "os" to allowed_imports']),
        (
            'allowed_imports: ["json"]',
            imports("pandas.io", "pandas"),
            ['add "pandas" to allowed_imports'],
        ),
        ('disallowed_imports: ["os"]', imports("os"), ['remove "os" from disallowed_imports']),
        (
            'disallowed_imports: ["os"]',
            imports("os.path"),
            ['add `allowed_imports: ["*", "os.path"]`'],
        ),
        (
            'allowed_imports: ["*"] disallowed_imports: ["os", "os.path"]',
            imports("os.path.x"),
            ['add "os.path.x" to allowed_imports'],
        ),
        (
            'allowed_imports: ["*"] disallowed_imports: ["*", "os", "os.path"]',
            imports("os.path"),
            ['add "os.path" to allowed_imports', 'remove "os.path" from disallowed_imports'],
        ),
        (
            'allowed_imports: ["json"] disallowed_imports: ["os"]',
            imports("os"),
            ['add "os" to allowed_imports', 'remove "os" from disallowed_imports'],
        ),
        (
            'allowed_file_operations: ["read"] allowed_file_paths: ["/data"]',
            (read("/x", "/y", operation="write"),),
            [
                'add "write" to allowed_file_operations',
                'add "/x" to allowed_file_paths',
                'add "/y" to allowed_file_paths',
            ],
        ),
        ("", (read("/x"),), ['add `allowed_file_operations: ["read"]`']),
        (
            'allowed_file_operations: ["read"] allowed_file_paths: ["/data"]',
            (read(Template(("/x/", Hole.NUMBER, ".csv"))),),
            ['add "/x/*.csv" to allowed_file_paths'],
        ),
        (
            'allowed_file_operations: ["delete"] allowed_file_paths: ["/data/*"]',
            (read("/data/x", operation="delete", recursive=True),),
            ['add "/data/x" to allowed_file_paths'],
        ),
        (
            "",
            (
                NetworkCall(destination="a.com", scheme="https", **BASE),
                NetworkCall(destination="a.com", port=8443, scheme="https", **BASE),
            ),
            ['add `allowed_hosts: ["a.com"]`', 'add `allowed_hosts: ["a.com:8443"]`'],
        ),
        (
            "",
            (NetworkCall(destination=None, port=80, method="listen", **BASE),),
            ['add `allowed_hosts: ["0.0.0.0"]`'],
        ),
        (
            "",
            (ProcessSpawn(command=("/opt/x",), shell=False, programs=("/opt/x", "ls"), **BASE),),
            ['add `allowed_commands: ["/opt/x"]`', 'add "ls" to allowed_commands'],
        ),
        (
            "",
            (EnvironmentAccess(operation="list", names=(), **BASE),),
            ['add `allowed_environment: ["*"]`'],
        ),
        (
            'allowed_tables: ["t"] allowed_databases: ["/db"]',
            (DatabaseOperation(operation="select", tables=("s.u",), destination="/x/y.db", **BASE),),
            [
                'add "/x/y.db" to allowed_databases',
                'add "s.u" to allowed_tables',
                'add `allowed_database_operations: ["select"]`',
            ],
        ),
        ("", (DynamicCode(kind="eval", **BASE),), ['add `allowed_dynamic_code: ["eval"]`']),
        ("", (Deserialization(format="pickle", **BASE),), ['add `allowed_deserialization: ["pickle"]`']),
        ("", (SystemAccess(kind="users", **BASE),), ['add `allowed_system_access: ["users"]`']),
        ("", (PackageInstall(packages=("Pandas>=2",), **BASE),), ['add `allowed_packages: ["pandas"]`']),
        (
            'disallowed_opaque_libraries: ["x"]',
            (OpaqueCall(library="x.y", **BASE),),
            ['remove "x" from disallowed_opaque_libraries'],
        ),
    ],
)
def test_the_edits_that_permit_a_program_are_those_and_no_more(constraints, operations, edits):
    change = change_of(set_of(constraints), *operations)
    assert change.decision == "ALLOW"
    assert sorted(told(change)) == sorted(edits)
    assert (change.context, change.faults, change.why) == ((), (), None)


def test_a_grant_that_is_missing_is_part_of_the_change():
    policies = PolicySet.parse('agent "a" { }')
    assert told(change_of(policies)) == ['add `can "code_execution" with constraints { ... }`']
    assert told(change_of(policies, *imports("os"))) == [
        'add `can "code_execution" with constraints { ... }`'
    ]
    change = change_of(policies, DynamicCode(kind="eval", **BASE))
    assert told(change) == [
        'add `can "code_execution" with constraints { ... }`',
        'add `allowed_dynamic_code: ["eval"]`',
    ]


def test_a_gap_is_for_the_code_to_mend_and_the_edits_are_for_the_rest():
    change = change_of(
        set_of('allowed_imports: ["json"]'),
        *imports("os"),
        gaps=(Gap("what `x` is can't be known", AT, "name it"),),
    )
    assert [(fault.why, fault.help) for fault in change.faults] == [("what `x` is can't be known", "name it")]
    assert told(change) == ['add "os" to allowed_imports']


def test_what_is_not_known_under_an_open_list_is_for_the_code_to_mend():
    change = change_of(
        set_of('allowed_hosts: ["*"]'), NetworkCall(destination=Unknown("it is read"), scheme="https", **BASE)
    )
    assert change.edits == ()
    assert [fault.help for fault in change.faults] == [
        "make the address a constant; what follows behind the host's `/` may vary"
    ]
    assert change.why is None


def test_a_call_that_names_no_host_is_for_the_code_to_mend_too():
    change = change_of(set_of('allowed_hosts: ["*"]'), NetworkCall(destination=None, scheme="https", **BASE))
    assert (change.edits, change.why) == ((), None)
    assert [fault.help for fault in change.faults] == [
        "make the address a constant; what follows behind the host's `/` may vary"
    ]


def test_a_list_is_dropped_only_for_what_nothing_else_permits_and_the_code_is_named_beside():
    policies = set_of('allowed_file_operations: ["read"] allowed_file_paths: ["/data"]')
    change = change_of(policies, read(Unknown("it is read")), read("/x"))
    assert told(change) == ["remove allowed_file_paths"]
    assert [fault.help for fault in change.instead] == [
        "make the path a constant, or a constant folder with one name behind it"
    ]


def test_for_what_is_allowed_it_is_one_clause_without_which_it_is_denied():
    policies = set_of('allowed_imports: ["json", "os"]')
    change = change_of(policies, *imports("json"))
    assert (change.decision, told(change)) == ("DENY", ['remove "json" from allowed_imports'])
    assert change.edits[0].clause.span.line == 3


def test_where_two_entries_permit_the_same_it_is_the_grant():
    policies = set_of('allowed_imports: ["*", "json"]')
    assert told(change_of(policies, *imports("json"))) == ["remove code_execution"]
    assert told(change_of(policies)) == ["remove code_execution"]


def test_code_that_could_not_be_read_is_where_it_says():
    policies = set_of("")
    from execgate.judging import judge

    change = explain(policies, judge(Source("def ("), "a", policies))
    assert (change.edits, change.faults[0].location.line, change.why) == ((), 1, None)
    other = explain(policies, judge(Source("x", language="ruby"), "a", policies))
    assert other.faults == ()
    assert "language `ruby`" in other.why


def test_as_many_edits_as_there_are_paths_are_told_up_to_a_dozen():
    policies = set_of('allowed_file_operations: ["read"] allowed_file_paths: ["/data"]')
    twelve = change_of(policies, read(*(f"/x/{number:02}" for number in range(12))))
    assert len(twelve.edits) == 12
    thirteen = change_of(policies, read(*(f"/x/{number:02}" for number in range(13))))
    assert (thirteen.edits, thirteen.faults) == ((), ())
    assert thirteen.why == (
        "no change of the policy alone, or of the context alone, was found that permits all of it"
    )


def test_of_many_operations_those_that_one_edit_permits_go_together():
    policies = set_of('allowed_imports: ["*"] disallowed_imports: ["os", "sys"]')
    names = [f"os.m{number}" for number in range(10)]
    assert told(change_of(policies, *imports(*names, "sys"))) == [
        'remove "os" from disallowed_imports',
        'remove "sys" from disallowed_imports',
    ]


def test_what_can_stand_in_no_list_is_covered_by_its_folder():
    policies = set_of('allowed_file_operations: ["read"] allowed_file_paths: ["/data"]')
    assert told(change_of(policies, read("/x/a?b"))) == ['add "/x" to allowed_file_paths']
    assert told(change_of(policies, read("/" + "x" * 1500))) == ['add "*" to allowed_file_paths']
    assert told(change_of(policies, read("/a?b"))) == ['add "*" to allowed_file_paths']
    unbounded = change_of(policies, read(Template(("/x/", Hole.ANY))))
    assert told(unbounded) == ["remove allowed_file_paths"]


def test_a_database_that_the_code_does_not_name_is_for_no_list():
    policies = set_of('allowed_database_operations: ["select"] allowed_databases: ["/db"]')
    for place in (None, Unknown("read")):
        change = change_of(
            policies, DatabaseOperation(operation="select", tables=(), destination=place, **BASE)
        )
        assert told(change) == ["remove allowed_databases"]


def test_what_does_not_hold_as_a_whole_is_not_told(monkeypatch):
    monkeypatch.setattr(
        "execgate.policy.explain.changes.combined",
        lambda _ways, _permits: (Edit("add", "a", "allowed_imports", ("x",)),),
    )
    change = change_of(set_of('allowed_imports: ["json"]'), *imports("os"))
    assert (change.edits, change.why is None) == ((), False)


def test_every_list_that_allows_has_a_reader():
    nouns = {
        name.removeprefix("allowed_")
        for name, one in CONSTRAINTS.items()
        if isinstance(one, ListConstraint) and name.startswith("allowed_")
    }
    assert nouns == set(_READERS)
    for name in nouns:
        assert f"disallowed_{name}" in CONSTRAINTS


def test_what_an_edit_becomes_as_text_and_as_document():
    edit = Edit("remove", "a", "allowed_imports", ("os",))
    assert edit.to_json() == {
        "verb": "remove",
        "agent": "a",
        "constraint": "allowed_imports",
        "values": ["os"],
        "text": 'remove "os" from allowed_imports',
        "policy": None,
    }
    change = change_of(set_of('allowed_hosts: ["*"]'), NetworkCall(destination=Unknown("why"), **BASE))
    assert change.to_json() == {
        "to": "ALLOW",
        "policy": [],
        "context": {},
        "context_to": None,
        "code": [change.faults[0].to_json()],
        "approval": False,
        "instead": [],
        "why": None,
    }
    assert set(change.faults[0].to_json()) == {"why", "location", "help"}


# --- payments and tools -------------------------------------------------------------------------------------

PAYMENT = PaymentCall(provider="stripe", operation="charge", amount="7.00", currency="usd", **BASE)
BILLING = """
agent "a" {
  can "code_execution"
  can "payment" with constraints {
    allowed_providers: ["stripe"]
    allowed_payment_operations: ["charge"]
    %s
  }
}
"""


def billing(limits: str) -> PolicySet:
    return PolicySet.parse(BILLING % limits, "a.policy")


def spent(amount: str, payments: int = 0) -> Context:
    return Context(spent={"session": Tally((Money(Decimal(amount), "USD"),), payments)})


@pytest.mark.parametrize(
    ("limits", "context", "edits"),
    [
        ("max_amount: 5_usd", None, ["set max_amount to 7.00_usd"]),
        ("max_amount: [5_usd, 3_eur]", None, ["set max_amount to [3.00_eur, 7.00_usd]"]),
        ("max_amount: 3_eur", None, ["set max_amount to [3.00_eur, 7.00_usd]"]),
        (
            "max_amount: unlimited max_amount_per_session: 10_usd",
            spent("9.50"),
            ["set max_amount_per_session to 16.50_usd"],
        ),
        (
            "max_amount: unlimited max_payments_per_session: 3_payments",
            spent("0", 3),
            ["set max_payments_per_session to 4_payments"],
        ),
        ("max_amount: unlimited approval_above: 1_usd", None, ["set approval_above to 7.00_usd"]),
        (
            "max_amount: unlimited max_amount_per_session: 20_usd halt_at: 50%",
            spent("10"),
            ["remove halt_at"],
        ),
        ("", None, ["set max_amount to 7.00_usd"]),
        (
            "max_amount: unlimited max_payments_per_day: 1_payment",
            None,
            ["set max_payments_per_day to unlimited"],
        ),
        (
            'max_amount: unlimited disallowed_providers: ["stripe"]',
            None,
            ['remove "stripe" from disallowed_providers'],
        ),
    ],
)
def test_a_limit_goes_no_higher_than_the_payment_needs(limits, context, edits):
    assert told(change_of(billing(limits), PAYMENT, context=context)) == edits


def test_payments_of_several_amounts_and_currencies_take_one_value_of_a_limit():
    def paying(amount: str, currency: str) -> PaymentCall:
        return PaymentCall(provider="stripe", operation="charge", amount=amount, currency=currency, **BASE)

    several = (paying("7.00", "usd"), paying("9.00", "usd"), paying("3.00", "eur"), paying("100.00", "usd"))
    change = change_of(billing("max_amount: 5_usd"), *several)
    assert told(change) == ["set max_amount to [3.00_eur, 100.00_usd]"]


def test_a_tool_that_is_a_payment_takes_what_it_costs():
    policies = PolicySet.parse(
        """
        agent "a" {
          can "payment" with constraints { max_amount: 1_usd }
          can "tool" with constraints { allowed_executed_tools: ["pay_*"] payment_tools: ["pay_*"] }
        }
        """
    )
    program = tool_program("pay_bill", {})
    cost = Context(cost=Money(Decimal("2.50"), "USD"))
    assert "set max_amount to 2.50_usd" in told(explain(policies, policies.judge(program, "a", cost)))
    assert "set max_amount to unlimited" in told(explain(policies, policies.judge(program, "a", None)))


def test_where_all_is_known_nothing_is_offered_but_other_phases_and_suggesters():
    known = Context(
        phase="COMMIT",
        budget_ratio=Decimal("0.5"),
        spend_velocity=3,
        spent={scope: Tally() for scope in SCOPES},
    )
    change = change_of(billing("max_amount: 1_usd"), PAYMENT, context=known)
    assert (change.context, told(change)) == ((), ["set max_amount to 7.00_usd"])


def test_an_amount_that_is_not_known_takes_unlimited():
    payment = PaymentCall(
        provider="stripe", operation="charge", amount=Unknown("read"), currency="usd", **BASE
    )
    assert told(change_of(billing("max_amount: 5_usd"), payment)) == ["set max_amount to unlimited"]


def test_what_needs_approval_says_so_beside_the_edits():
    change = change_of(billing("max_amount: unlimited approval_above: 1_usd"), PAYMENT)
    assert change.approval
    assert not change_of(billing("max_amount: 1_usd"), PAYMENT).approval


def test_what_was_spent_and_is_not_known_is_told_as_a_change_of_the_context():
    change = change_of(billing("max_amount: unlimited max_amount_per_session: 10_usd"), PAYMENT)
    assert [name for name, _ in change.context] == ["spent"]


def test_a_tool_is_granted_and_listed():
    policies = PolicySet.parse('agent "a" { }')
    for stage, noun in (("execute", "executed"), ("propose", "proposed")):
        verdict = policies.judge(tool_program("search", {}, stage=stage), "a", None)
        assert told(explain(policies, verdict)) == [
            'add `can "tool" with constraints { ... }`',
            f'add `allowed_{noun}_tools: ["search"]`',
        ]


# --- delegation ---------------------------------------------------------------------------------------------

TWO = """
agent "a" { delegation: intersect can "code_execution" with constraints { allowed_imports: ["json"] } }
agent "b" { can "code_execution" with constraints { allowed_imports: ["math"] } }
agent "c" { can "code_execution" }
"""


def test_both_policies_are_edited_where_both_decide():
    policies = PolicySet.parse(TWO, "a.policy")
    change = change_of(policies, *imports("os"), context=Context(suggester="b"))
    assert [(edit.block, str(edit)) for edit in change.edits] == [
        ("a", 'add "os" to allowed_imports'),
        ("b", 'add "os" to allowed_imports'),
    ]
    assert [edit.clause.span.line for edit in change.edits] == [2, 3]


def test_another_suggester_is_a_change_of_the_context():
    policies = PolicySet.parse(TWO, "a.policy")
    change = change_of(policies, *imports("json"), context=Context(suggester="b"))
    assert change.context == (("suggester", "a"),)
    assert told(change) == ['add "json" to allowed_imports']
    unknown = change_of(policies, *imports("json"))
    assert told(unknown) == ["remove delegation"]
    stranger = change_of(policies, *imports("json"), context=Context(suggester="who"))
    assert told(stranger) == ["remove delegation"]


def test_what_the_suggester_permits_is_a_clause_that_decides_too():
    policies = PolicySet.parse(
        TWO.replace('["json"]', '["*", "json"]').replace('["math"]', '["json"]'), "a.policy"
    )
    change = change_of(policies, *imports("json"), context=Context(suggester="b"))
    assert [(edit.block, str(edit)) for edit in change.edits] == [("b", 'remove "json" from allowed_imports')]


# --- rules and phases ---------------------------------------------------------------------------------------

RULES = """
phases { allowed_payment_phase: COMMIT EXPLORE: [COMMIT] COMMIT: [] }
window mornings { zone: "Europe/Berlin" days: ["monday"] hours: "09:00-11:00" }
agent "a" {
  can "code_execution" because "it pays"
  can "payment" with constraints {
    allowed_providers: ["stripe"] because "the only one"
    allowed_payment_operations: ["charge"]
    max_amount: unlimited
    %s
  }
}
"""


def ruled(rule: str) -> PolicySet:
    return PolicySet.parse(RULES % rule, "a.policy")


def test_another_phase_is_told_beside_the_clauses_that_ask_for_it():
    policies = ruled('rule explore { when phase == EXPLORE deny "not yet" }')
    change = change_of(policies, PAYMENT, context=Context(phase="EXPLORE"))
    assert (change.context, change.context_decision) == ((("phase", "COMMIT"),), "ALLOW")
    assert told(change) == ["remove allowed_payment_phase", "remove rule explore"]
    assert [edit.clause.span.line for edit in change.edits] == [2, 10]


def test_a_phase_in_which_only_an_approval_is_missing_is_told_as_that():
    policies = ruled('rule big { when cost > 5_usd escalate "look" }')
    change = change_of(policies, PAYMENT)
    assert (change.context, change.context_decision) == ((("phase", "COMMIT"),), "ESCALATE")
    assert not change.approval
    approved = change_of(policies, PAYMENT, context=Context(phase="COMMIT"))
    assert (approved.context, approved.context_decision, approved.approval) == ((), None, True)
    assert told(approved) == ["remove rule big"]


def test_an_hour_at_which_it_would_pass_is_told():
    policies = ruled('rule late { when not (time in mornings) deny "come back" }')
    for moment in (None, datetime(2026, 1, 6, tzinfo=timezone.utc)):
        change = change_of(policies, PAYMENT, context=Context(phase="COMMIT", time=moment))
        ((name, text),) = change.context
        assert name == "time"
        again = Context(phase="COMMIT", time=datetime.fromisoformat(text))
        assert policies.judge(Program(Source("code"), (PAYMENT,)), "a", again).allowed


def test_all_that_nobody_has_told_is_asked_for_together():
    """Hours and agents are many: what tells nothing new by itself must not keep what does from being tried."""
    rules = """max_amount_per_day: 9_usd
    rule late { when not (time in mornings) deny "come back" }
    rule asked { when suggester != "z" deny "not for you" }"""
    others = "".join(f'agent "b{number}" {{ }}\n' for number in range(40))
    change = change_of(PolicySet.parse(f'{RULES % rules}{others}agent "z" {{ }}', "a.policy"), PAYMENT)
    assert {name: value for name, value in change.context if name != "time"} == {
        "phase": "COMMIT",
        "suggester": "z",
        "spent": {"day": {"amounts": {}, "payments": 0}},
    }
    assert (len(change.context), change.context_decision) == (4, "ALLOW")
    assert change.instead == ()


def test_fields_that_tell_nothing_new_by_themselves_are_tried_together():
    policies = PolicySet.parse(
        """phases { EXPLORE: [DECIDE] DECIDE: [COMMIT] COMMIT: [] }
        rule r on module_import { when phase != COMMIT or suggester != "z" deny "not now" }
        agent "a" { can "code_execution" with constraints { allowed_imports: ["json"] } } agent "z" {}""",
        "a.policy",
    )
    change = change_of(policies, *imports("json"), context=Context(phase="EXPLORE", suggester="a"))
    assert (dict(change.context), change.context_decision) == ({"phase": "COMMIT", "suggester": "z"}, "ALLOW")


def test_a_rule_that_restricts_is_one_clause_among_others():
    policies = ruled(
        'rule small { when cost > 1_usd restrict "only a little" { max_amount: 2_usd } }\n'
        'rule other on payment_call { when true deny "never" }'
    )
    change = change_of(policies, PAYMENT, context=Context(phase="COMMIT"))
    assert told(change) == ["remove rule other", "remove rule small"]


def test_the_policy_of_a_pattern_is_edited_under_its_pattern():
    policies = PolicySet.parse(RULES.replace('"a"', '"a_*"') % "max_amount_per_day: 1_usd")
    day = Context(phase="COMMIT", spent={"day": Tally()})
    change = change_of(policies, PAYMENT, context=day, agent="a_7")
    assert [(edit.block, str(edit)) for edit in change.edits] == [
        ("a_*", "set max_amount_per_day to 7.00_usd")
    ]


# --- laws ---------------------------------------------------------------------------------------------------

LISTS = {
    "imports": ["*", "os", "os.path", "json", "o*"],
    "file_operations": ["read", "write", "*"],
    "file_paths": ["/", "/data", "/data/*", "/etc", "."],
    "hosts": ["*", "a.com", "*.b.com", "https://a.com", "a.com:8443"],
    "commands": ["*", "git", "/opt/x"],
    "environment": ["*", "HOME", "A_*"],
    "dynamic_code": ["eval", "*"],
    "packages": ["*", "x*", "pandas"],
}
texts = st.sampled_from(["/data/x", "/etc/passwd", "x", "/data", "../y", "~/z"])
OPERATIONS = st.one_of(
    st.builds(
        lambda name: ModuleImport(module=name, **BASE),
        st.sampled_from(["os", "os.path", "json", Unknown("why"), Template(("os.", Hole.WORD))]),
    ),
    st.builds(
        lambda word, paths, recursive: read(*paths, operation=word, recursive=recursive),
        st.sampled_from(["read", "write", "delete", Unknown("why")]),
        st.lists(texts | st.just(Template(("/data/", Hole.NUMBER))) | st.just(Unknown("why")), max_size=2),
        st.booleans(),
    ),
    st.builds(
        lambda host, port: NetworkCall(destination=host, port=port, scheme="https", **BASE),
        st.sampled_from(
            ["a.com", "x.b.com", "127.0.0.1", "::1", Unknown("why"), Template((Hole.WORD, ".b.com"))]
        ),
        st.sampled_from([None, 443, 8443]),
    ),
    st.builds(
        lambda programs: ProcessSpawn(command="x", shell=True, programs=tuple(programs), **BASE),
        st.lists(st.sampled_from(["git", "/opt/x", "/usr/bin/git", Unknown("why")]), max_size=2),
    ),
    st.builds(
        lambda names: EnvironmentAccess(operation="read", names=tuple(names), **BASE),
        st.lists(st.sampled_from(["HOME", "A_B", "C"]), min_size=1, max_size=2),
    ),
    st.builds(lambda kind: DynamicCode(kind=kind, **BASE), st.sampled_from(["eval", "exec"])),
    st.builds(
        lambda name: PackageInstall(packages=(name,), **BASE),
        st.sampled_from(["pandas", "x-y", "git+https://x"]),
    ),
)
LISTED = st.fixed_dictionaries(
    {},
    optional={
        f"{word}_{noun}": st.lists(st.sampled_from(known), max_size=3)
        for noun, known in LISTS.items()
        for word in ("allowed", "disallowed")
    },
)


def compiled(lists) -> PolicySet:
    return set_of(
        "\n".join(
            f"{name}: [" + ", ".join(f'"{entry}"' for entry in entries) + "]"
            for name, entries in lists.items()
        )
    )


def decided(policies: PolicySet, edits, program: Program) -> Decision:
    draft = Draft.of(policies.agent("a")).apply(edits)
    return PolicySet.parse(draft.text).judge(program, "a", None).decision


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(LISTED, st.lists(OPERATIONS, max_size=4))
def test_every_change_that_is_told_turns_the_verdict_round_and_needs_all_its_edits(lists, operations):
    policies = compiled(lists)
    program = Program(Source("code"), tuple(operations))
    verdict = policies.judge(program, "a", None)
    change = explain(policies, verdict)
    assert change.decision == ("DENY" if verdict.allowed else "ALLOW")
    if not change.edits:
        assert change.faults or change.why
        return
    if not change.faults:
        assert decided(policies, change.edits, program).value == change.decision
        for edit in change.edits:
            fewer = [other for other in change.edits if other is not edit]
            assert decided(policies, fewer, program).value != change.decision


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(LISTED, st.lists(OPERATIONS.filter(lambda one: one.resolved), max_size=3))
def test_a_program_that_is_known_is_permitted_by_some_edits(lists, operations):
    policies = compiled(lists)
    program = Program(Source("code"), tuple(operations))
    change = explain(policies, policies.judge(program, "a", None))
    nameless = [one for one in operations if any(value == () for _, value in one.arguments())]
    strange = [one for one in operations if isinstance(one, PackageInstall) and "+" in one.packages[0]]
    if not nameless and not strange:
        assert change.edits or change.decision == "DENY"


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=150)
@given(
    st.lists(st.sampled_from(["*", "os", "os.path", "o*"]), max_size=2, unique=True),
    st.lists(st.sampled_from(["*", "os", "os.path", "os.x"]), max_size=3, unique=True),
    st.sampled_from(["os", "os.path", "json", "os.path.x"]),
)
def test_no_fewer_edits_of_the_lists_are_enough(allowed, disallowed, module):
    policies = compiled({"allowed_imports": allowed, "disallowed_imports": disallowed})
    program = Program(Source("code"), imports(module))
    verdict = policies.judge(program, "a", None)
    change = explain(policies, verdict)
    if verdict.allowed:
        return
    possible = [Edit("add", "a", "allowed_imports", (entry,)) for entry in ("os", "os.path", "json", module)]
    possible += [Edit("remove", "a", "disallowed_imports", (entry,)) for entry in disallowed]
    for fewer in itertools.combinations(possible, len(change.edits) - 1):
        assert decided(policies, fewer, program) is not Decision.ALLOW
