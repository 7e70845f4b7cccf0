"""Governance files that teams have already, as policies: what becomes of each part, and of each mistake."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest

from execgate.errors import PolicyError
from execgate.model.money import Money
from execgate.policy import PolicySet
from execgate.policy.format import formatted
from execgate.policy.governance import MAX_BYTES, Wanted, imported

TEAM = """\
phases:
  allowed_payment_phase: COMMIT
  transition_rules:
    EXPLORE: [DECIDE]
    DECIDE: [COMMIT]
    COMMIT: []
budget:
  session_limit: 10.00
  single_call_threshold: 0.50
  graduated_gates: {warning: 0.50, restrict: 0.75, halt: 0.90}
rules:
  - id: block_explore_payments
    condition: "phase != COMMIT"
    action: DENY
    message: "Payment tools require COMMIT phase"
  - id: require_approval_high_cost
    condition: "cost > 0.50"
    action: PENDING_APPROVAL
    message: "Cost exceeds threshold; approval required"
  - id: halt_budget_exhaustion
    condition: "budget_ratio > 0.90"
    action: DENY
    message: "Halt threshold reached"
compensation: {enabled: true, default_action: REFUND_REQUEST, timeout: 30s}
"""

DOLLARS = "the file names no currency: its amounts are taken for US dollars; --currency names another"

TOOLS = "every tool that the gate is asked about is taken for a payment; --tool names those that are"

POLICY = f"""\
// Made of team.yaml by `execgate policy import`.
// Note: {DOLLARS}.
// Note: {TOOLS}.

phases {{
  allowed_payment_phase: COMMIT
  EXPLORE: [DECIDE]
  DECIDE: [COMMIT]
  COMMIT: []
}}

agent "*" {{
  can "code_execution"
  can "tool" with constraints {{
    allowed_proposed_tools: ["*"]
    allowed_executed_tools: ["*"]
    payment_tools: ["*"]
  }}
  can "payment" with constraints {{
    allowed_providers: ["*"]
    allowed_payment_operations: ["*"]
    max_amount: unlimited
    max_amount_per_session: 10.00_usd
    approval_above: 0.50_usd
    warn_at: 50%
    restrict_at: 75%
    halt_at: 90%
    compensation: "refund_request"
    compensation_timeout: 30_seconds
  }}
}}

rule block_explore_payments on payment {{
  when phase != COMMIT
  deny "Payment tools require COMMIT phase"
}}

rule require_approval_high_cost on payment {{
  when cost > 0.50_usd
  escalate "Cost exceeds threshold; approval required"
}}

rule halt_budget_exhaustion on payment {{
  when budget_ratio > 0.90
  deny "Halt threshold reached"
}}
"""


def made(text: str | bytes, **wanted: object) -> str:
    data = text.encode() if isinstance(text, str) else text
    return imported(data, "team.yaml", Wanted(**wanted)).text


def notes(text: str, **wanted: object) -> tuple[str, ...]:
    return imported(text.encode(), "team.yaml", Wanted(**wanted)).notes


def mistakes(text: str | bytes) -> list[str]:
    """Return each mistake as `line:column: message / help`."""
    data = text.encode() if isinstance(text, str) else text
    with pytest.raises(PolicyError) as caught:
        imported(data, "team.yaml")
    found = []
    for block in caught.value.rendered.split("\n\n"):
        lines = block.splitlines()
        place = lines[1].partition("team.yaml")[2].removeprefix(":")
        help_ = next((line.partition("help: ")[2] for line in lines if "= help: " in line), None)
        told = lines[0].removeprefix("error: ")
        found.append(f"{place}: {told}" + (f" / {help_}" if help_ else ""))
    return found


def condition(text: str, **more: object) -> str:
    """Return what becomes of a condition."""
    rule = {"id": "r", "condition": text, "action": "DENY", "message": "m"}
    text = made(json.dumps({"currency": "USD", "rules": [rule], **more}))
    found = re.search(r"\n  when\s(.*)\n  deny ", text, re.DOTALL)
    assert found is not None
    return re.sub(r"\(\s+", "(", " ".join(found[1].split()))


def wrong(text: str) -> str:
    (found,) = mistakes(json.dumps({"rules": [{"condition": text, "action": "DENY"}]}))
    return found.partition(": ")[2]


def test_the_file_of_a_team_loads_as_it_is():
    found = imported(TEAM.encode(), "team.yaml")
    assert found.text == POLICY
    assert found.notes == (DOLLARS, TOOLS)


def test_what_comes_out_parses_and_has_its_layout():
    text = made(TEAM, agent="pay_*", tools=("pay_*", "refund"), currency="EUR")
    assert PolicySet.parse(text).agents == ("pay_*",)
    assert formatted(text) == text
    assert 'agent "pay_*" {\n  can "code_execution"\n  can "tool" with constraints {\n' in text
    assert '    payment_tools: ["pay_*", "refund"]\n' in text
    assert "    max_amount_per_session: 10.00_eur\n" in text
    assert "cost > 0.50_eur" in text


def test_the_same_in_json_gives_the_same():
    document = {
        "phases": {
            "allowed_payment_phase": "COMMIT",
            "transition_rules": {"EXPLORE": ["DECIDE"], "DECIDE": ["COMMIT"], "COMMIT": []},
        },
        "budget": {
            "session_limit": "10.00",
            "single_call_threshold": "0.50",
            "graduated_gates": {"warning": 0.5, "restrict": 0.75, "halt": 0.9},
        },
        "rules": [
            {
                "id": "block_explore_payments",
                "condition": "phase != COMMIT",
                "action": "DENY",
                "message": "Payment tools require COMMIT phase",
            },
            {
                "id": "require_approval_high_cost",
                "condition": "cost > 0.50",
                "action": "PENDING_APPROVAL",
                "message": "Cost exceeds threshold; approval required",
            },
            {
                "id": "halt_budget_exhaustion",
                "condition": "budget_ratio > 0.90",
                "action": "DENY",
                "message": "Halt threshold reached",
            },
        ],
        "compensation": {"enabled": True, "default_action": "REFUND_REQUEST", "timeout": "30s"},
    }
    for indent in (None, 2, "\t"):
        assert made(json.dumps(document, indent=indent)) == POLICY


@pytest.mark.parametrize(
    "text",
    [
        TEAM.replace("\n", "\r\n"),
        "\ufeff" + TEAM,
        "governance:\n" + "".join(f"  {line}\n" for line in TEAM.splitlines()),
        TEAM.replace("session_limit", "sessionLimit").replace("phases:", "PHASES:"),
        TEAM.replace("graduated_gates", "graduated-gates").replace("PENDING_APPROVAL", "pending approval"),
        TEAM.replace("30s", "30").replace("0.90}", "90%}").replace("warning: 0.50", "warning: .5"),
        TEAM.replace("allowed_payment_phase: COMMIT", "allowed_payment_phase: [COMMIT]"),
        TEAM.replace("budget:\n", "budget: &b\n").replace("[DECIDE]", "DECIDE"),
        TEAM.replace("COMMIT: []", "COMMIT:"),
        "# ours\n---\n" + TEAM + "...\n",
    ],
)
def test_other_ways_to_write_it_are_the_same(text):
    assert made(text) == POLICY


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (("0.50\n", "0.10\n"), "approval_above: 0.10_usd"),
        (("0.50\n", "0\n"), "approval_above: 0.00_usd"),
        (("10.00", '"10.00 EUR"'), "max_amount_per_session: 10.00_eur"),
        (("10.00", "10000000000000000.01"), "max_amount_per_session: 10000000000000000.01_usd"),
        (
            ("10.00", "10.00\n  currency: JPY").__class__(("10.00", "10\n  currency: CHF")),
            "approval_above: 0.50_chf",
        ),
        (("single_call_threshold", "single_call_limit"), "max_amount: 0.50_usd"),
        (("session_limit", "daily_limit"), "max_amount_per_day: 10.00_usd"),
        (("session_limit", "organization_limit"), "max_amount_per_organisation: 10.00_usd"),
        (("warning: 0.50", "warn: 12.5%"), "warn_at: 12.5%"),
        (("halt: 0.90", "halt: 1"), "halt_at: 100%"),
        (("REFUND_REQUEST", "value-loss"), 'compensation: "value_loss"'),
        (("enabled: true", "enabled: no"), 'compensation: "none"'),
        (("30s", "1.5 h"), "compensation_timeout: 1.5_hours"),
        (
            ("action: DENY", "action: allowed_with_restriction"),
            'restrict "Payment tools require COMMIT phase"',
        ),
        (("action: DENY", "action: ALLOW_WITH_WARNING"), 'warn "Payment tools require COMMIT phase"'),
        (
            ("action: DENY", "action: DENY\n    description: why"),
            'rule block_explore_payments on payment because "why" {',
        ),
        (("id: block_explore", "id: 1 block-explore"), "rule rule_1_block_explore_payments on payment {"),
        (("id: block_explore_payments", "name: deny"), "rule rule_deny on payment {"),
        (("\nrules:", '\nversion: 1.2\ndescription: "ours"\nrules:'), 'version: "1.2"'),
    ],
)
def test_each_part_becomes_its_counterpart(change, line):
    assert change[0] in TEAM
    lines = [found.strip() for found in made(TEAM.replace(*change, 1)).splitlines()]
    assert line in lines


def test_what_is_missing_is_left_out():
    assert made("budget: {session_limit: 5 USD}", tools=()) == (
        "// Made of team.yaml by `execgate policy import`.\n\n"
        'agent "*" {\n  can "code_execution"\n  can "payment" with constraints {\n'
        '    allowed_providers: ["*"]\n    allowed_payment_operations: ["*"]\n'
        "    max_amount: unlimited\n    max_amount_per_session: 5.00_usd\n  }\n}\n"
    )
    assert "max_amount: 2.00_usd\n" in made("budget:", max_amount=Money(Decimal(2), "USD"))
    assert "phases {\n  EXPLORE: [DECIDE]\n" in made("phases: {}\nbudget: {}")
    assert 'compensation: "refund_request"\n' in made("compensation: {enabled: true}")
    assert "rule" not in made("budget: {}\nrules: [~]")


def test_several_phases_for_payments_become_a_rule():
    text = made(TEAM.replace("allowed_payment_phase: COMMIT", "allowed_payment_phase: [DECIDE, COMMIT]"))
    assert "allowed_payment_phase:" not in text
    assert (
        "rule allowed_payment_phases on payment {\n  when phase != DECIDE and phase != COMMIT\n"
        '  deny "payments are made in DECIDE or COMMIT alone"\n}\n'
    ) in text
    none = made(TEAM.replace("allowed_payment_phase: COMMIT", "allowed_payment_phase: []"))
    assert 'when true\n  deny "payments are made in no phase alone"' not in text
    assert "when true" in none


def test_rules_by_name_are_rules_too_and_those_without_one_are_counted():
    text = made(
        """
currency: usd
rules:
  first: {when: cost > 1, action: deny}
"""
    )
    assert 'rule first on payment {\n  when cost > 1.00_usd\n  deny "cost > 1"\n}\n' in text
    text = made("currency: usd\nrules:\n  - {condition: cost > 1, action: deny, reason: no}\n")
    assert 'rule rule_1 on payment {\n  when cost > 1.00_usd\n  deny "no"\n}\n' in text


def test_what_is_not_kept_is_said():
    text = TEAM.replace("    action: DENY\n", "    action: DENY\n    priority: 3\n    enabled: false\n", 1)
    assert notes(text.replace("EXPLORE: [", "EXPLORE: [EXPLORE, ")) == (
        DOLLARS,
        TOOLS,
        "`EXPLORE` leads to itself in the file: to stay in a phase needs no rule",
        "rule block_explore_payments: no priority is kept, for of all rules that hold the strictest decides",
        "rule block_explore_payments: it is not enabled, and left out",
    )
    assert "block_explore_payments on" not in made(text)
    assert notes(TEAM, currency="eur", tools=("pay_*",)) == ()


def test_payments_alone_permit_nothing_and_that_is_said():
    (note,) = notes(TEAM, currency="eur", code=False, tools=())
    assert note == 'a payment in code needs `can "code_execution"` as well, one by a tool `can "tool"`'
    assert notes(TEAM, tools=("pay",)) == (DOLLARS,)


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("phase != COMMIT", "phase != COMMIT"),
        ("phase == 'commit'", "phase == COMMIT"),
        ("COMMIT != phase", "phase != COMMIT"),
        ("0.5 < cost", "cost > 0.50_usd"),
        ("1 >= amount", "cost <= 1.00_usd"),
        ("cost >= '2'", "cost >= 2.00_usd"),
        ("budget_ratio >= 90%", "budget_ratio >= 90%"),
        ("budgetRatio > .9", "budget_ratio > 0.9"),
        ("velocity > 5", "spend_velocity > 5_payments"),
        ("turn > 5", "turn > 5"),
        ("session_spent > 9.5", "spent.session > 9.50_usd"),
        ("spent.day > 9", "spent.day > 9.00_usd"),
        ("provider == 'stripe'", 'provider == "stripe"'),
        ('agent == "a\'b"', 'agent == "a\'b"'),
        ("agent == 'a\"b'", r'agent == "a\"b"'),
        ("cost > 1 and phase == COMMIT", "cost > 1.00_usd and phase == COMMIT"),
        ("cost > 1 && phase == COMMIT || turn > 3", "cost > 1.00_usd and phase == COMMIT or turn > 3"),
        ("cost > 1 AND (turn > 2 OR turn > 3)", "cost > 1.00_usd and (turn > 2 or turn > 3)"),
        ("not turn > 2 and turn > 1", "not (turn > 2) and turn > 1"),
        ("!(turn > 2)", "not (turn > 2)"),
        ("!!(turn > 2)", "not (not (turn > 2))"),
        ("not not turn > 2", "not (not (turn > 2))"),
        ("phase in [EXPLORE, 'DECIDE',]", "(phase == EXPLORE or phase == DECIDE)"),
        ("phase not in (EXPLORE)", "phase != EXPLORE"),
        ("agent not in ['a', 'b']", '(agent != "a" and agent != "b")'),
    ],
)
def test_conditions_are_typed_and_mean_the_same(text, becomes):
    assert condition(text) == becomes


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "a condition without words / write one, such as `cost > 0.50`"),
        ("budget_ration > 1", "unknown name `budget_ration` / did you mean `budget_ratio`?"),
        ("xyzzy > 1", "unknown name `xyzzy`"),
        ("cost = 1", "expected a comparison such as `==` or `>`, got `=` / did you mean `==`?"),
        ("cost > 1 & turn > 2", "expected `and`, `or` or the end, got `&` / did you mean `&&`?"),
        ("cost", "expected a comparison such as `==` or `>`, got the end"),
        ("cost not 5", "expected a comparison such as `==` or `>`, got `5`"),
        ("cost > ", "expected a name, a number or a text, got the end"),
        ("cost > 1 turn", "expected `and`, `or` or the end, got `turn`"),
        ("(cost > 1", "expected `)`, got the end"),
        ("!turn > 2", "expected `(` behind `!`, got `turn`"),
        ("1 < cost < 2", "two comparisons in one / write both, with `and` between: `1 < x and x < 5`"),
        ("1 < 2", "a comparison of two values that never change"),
        ("cost > limit", "`cost` is compared with the word `limit` / compare it with a number"),
        ("cost > 'x'", "`cost` is compared with a text / compare it with a number"),
        ("cost > 1e3", "expected a name, a number or a text, got `1e3`"),
        ("cost > 5%", "`cost` is no share of something / leave the `%` out"),
        ("turn > 1.5", "`turn` counts whole ones, got `1.5`"),
        ("cost > 0.001", "`0.001_usd` has more digits than the currency: `usd` has 2 behind the point"),
        ("phase == COMIT", "unknown phase `COMIT` / did you mean `COMMIT`?"),
        ("phase == xyzzy", "unknown phase `xyzzy` / there are: `EXPLORE`"),
        ("phase == 3", '`phase` is compared with a number / write it in quotes: "3"'),
        ("phase > COMMIT", "`phase` has no order / compare it with `==` or `!=`"),
        ("agent == planner", '`agent` is compared with the word `planner` / write it in quotes: "planner"'),
        ("agent in planner", "expected a list such as `[EXPLORE, DECIDE]`, got `planner`"),
        ("agent in ['a' 'b']", "expected `,` or `]`, got `'b'`"),
        ("5 in [1]", "expected a name, got `5`"),
        ("xyzzy in ['a']", "unknown name `xyzzy`"),
        ("(" * 60 + "turn > 1" + ")" * 60, "nested too deeply / write the condition flat"),
    ],
)
def test_a_condition_that_says_nothing_is_a_mistake(text, told):
    assert wrong(text).startswith(told)


def test_a_mistake_in_a_condition_has_its_column_where_there_is_one():
    assert mistakes(TEAM.replace('"cost > 0.50"', "cost > limit"))[0].startswith("17:23: ")
    assert mistakes(TEAM.replace('"cost > 0.50"', '"cost > limit"'))[0].startswith("17:24: ")
    assert mistakes(TEAM.replace('"cost > 0.50"', '"cost \\x3e limit"'))[0].startswith("17:16: ")
    assert mistakes(TEAM.replace('"cost > 0.50"', ">\n      cost >\n      limit"))[0].startswith("17:16: ")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("10.00", ".inf"), "8:18: an amount has to be a number from 0, got `.inf` / write it in digits, such as `10.00`"),
        (("10.00", "010"), "8:18: an amount has to be a number from 0, got `010` / YAML reads a number that starts with 0 as octal; write `10`"),
        (("10.00", "1e3"), "8:18: an amount has to be a number from 0, got `1e3` / write it in digits, such as `10.00`"),
        (("10.00", "1_000"), "8:18: an amount has to be a number from 0, got `1_000` / write it in digits, such as `10.00`"),
        (("10.00", "-1"), "8:18: an amount has to be a number from 0, got `-1` / write it in digits, such as `10.00`"),
        (("10.00", "yes"), "8:18: an amount has to be a number from 0, got `yes` / write it in digits, such as `10.00`"),
        (("10.00", "[1]"), "8:18: expected an amount such as `10.00`, got a list"),
        (("10.00", "{a: 1}"), "8:18: expected an amount such as `10.00`, got a mapping"),
        (("10.00", "10.001"), "8:18: `10.001_usd` has more digits than the currency: `usd` has 2 behind the point / write it as in `10.00_usd`"),
        (("0.50\n", "1.00 EUR\n  day_limit: 2.00 USD\n"), None),
        (("halt: 0.90", "halt: 90"), "10:58: a share of `90`: it is a part of the budget, from 0 to 1 / did you mean `90%`?"),
        (("halt: 0.90", "halt: x"), "10:58: a share has to be a number from 0, got `x` / write it in digits, such as `0.75`"),
        (("halt:", "stop:"), "10:52: unknown gate `stop` / there are: `warning`, `warn`, `restrict`, `restriction`, `halt`"),
        (("session_limit", "sesion_limit"), "8:3: unknown key `sesion_limit` of the budget / did you mean `session_limit`?"),
        (("budget:", "budgets:"), "7:1: unknown key `budgets` of a governance file / did you mean `budget`?"),
        (("  single_call", "  session_limit: 3\n  single_call"), "9:3: `session_limit` a second time / the first is on line 8"),
        (("  single_call", "  sessionLimit: 3\n  single_call"), "9:3: `sessionLimit` a second time / the first is on line 8"),
        (("session_limit: 10.00", "session_limit: 10.00\n  day_limit: 5\n  daily_limit: 6"), "10:3: `daily_limit` says what another key says already"),
        (("action: DENY", "action: ALLOW"), "14:13: unknown action `ALLOW` / no rule allows: what none denies, and the budget permits, is allowed; leave it out"),
        (("action: DENY", "action: DENI"), "14:13: unknown action `DENI` / did you mean `DENY`?"),
        (("action: DENY", "action: xyzzy"), "14:13: unknown action `xyzzy` / there are `DENY`, `PENDING_APPROVAL`, `WARN` and `RESTRICT`"),
        (("    action: DENY\n", ""), "12:5: rule `block_explore_payments` has no action / add one: `action: DENY`"),
        (('    condition: "phase != COMMIT"\n', ""), '12:5: rule `block_explore_payments` has no condition / add one: `condition: "cost > 0.50"`'),
        (('"phase != COMMIT"', "[x]"), '13:16: rule `block_explore_payments` has no condition / add one: `condition: "cost > 0.50"`'),
        (("id: require_approval_high_cost", "id: block-explore-payments"), "16:9: rule `block-explore-payments` a second time / join the two, or rename one"),
        (("EXPLORE: [DECIDE]", "EXPLORE: [DECID]"), "4:15: unknown phase `DECID` / did you mean `DECIDE`?"),
        (("EXPLORE: [DECIDE]", "EXPLORE: [xyzzy]"), "4:15: unknown phase `xyzzy` / there are: `EXPLORE`, `DECIDE`, `COMMIT`"),
        (("EXPLORE: [DECIDE]", "EX PLORE: [DECIDE]"), "4:5: `EX PLORE` can't name a phase / use letters, digits and `_`"),
        (("EXPLORE: [DECIDE]", "EXPLORE: [[DECIDE]]"), "4:15: expected a word"),
        (("EXPLORE: [DECIDE]", "EXPLORE: {DECIDE: 1}"), "4:14: expected a list, got a mapping"),
        (("phase: COMMIT", "phase: COMIT"), "2:26: unknown phase `COMIT` / did you mean `COMMIT`?"),
        (("REFUND_REQUEST", "xyzzy"), "24:47: unknown compensation `xyzzy` / there are `REFUND_REQUEST`, `CREDIT`, `VALUE_LOSS` and `NONE`"),
        (("30s", "30 moons"), "24:72: `30 moons` is no time above 0 / write it as in `30s` or `5m`"),
        (("30s", "0s"), "24:72: `0s` is no time above 0 / write it as in `30s` or `5m`"),
        (("enabled: true", "enabled: maybe"), "24:25: expected true or false, got `maybe`"),
        (("\nrules:", "\ncurrency: dollars\nrules:"), "11:11: unknown currency `dollars` / did you mean `usd`?"),
        (("budget:", "<<: {a: 1}\nbudget:"), "7:1: `<<` merges nothing here / write the fields out"),
        (("budget:", "? [a]\n: 1\nbudget:"), "7:3: a key has to be a word"),
        (("10.00", "!!python/object:os.system 10"), None),
        (("10.00", "*missing"), None),
        (("[DECIDE]", "[DECIDE"), None),
        (("budget:\n", "budget: 3\nbudge:\n"), None),
    ],
)  # fmt: skip
def test_every_mistake_has_its_place_and_what_to_write_instead(change, told):
    assert change[0] in TEAM
    found = mistakes(TEAM.replace(*change, 1))
    if told is not None:
        assert told in found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ": nothing to import / a governance file has `phases`, `budget` and `rules`"),
        ("# nothing\n", ": nothing to import / a governance file has `phases`, `budget` and `rules`"),
        ("{}", ": nothing to import / a governance file has `phases`, `budget` and `rules`"),
        ("[1]", ": nothing to import / a governance file has `phases`, `budget` and `rules`"),
        ("a: 1\n---\nb: 2\n", "2:1: not YAML: but found another document"),
        ("budget: 3", "1:9: `budget` takes fields by name"),
        ("rules: 3", "1:8: `rules` takes a list of rules"),
        ("rules: [3]", "1:9: `rule` takes fields by name"),
        ("a: " + "[" * 30 + "]" * 30, "1:24: nested too deeply: at most 20 levels are read / write it flat"),
        ("[" * 3000, ": not YAML: nested too deeply"),
        (b"\xff", ": not UTF-8: byte 0xff on line 1 / save the file as UTF-8"),
        ("a: \u202e1", "1:4: a character that can hide or reorder what is shown: `\\u{202e}`"),
        ("a: b: c", "1:5: not YAML: mapping values are not allowed here"),
        ('a: "\ud83d"'.encode("utf-8", "surrogatepass"), ": not UTF-8"),
        (b"x" * (MAX_BYTES + 1), f": too large: {MAX_BYTES + 1:,} bytes, at most {MAX_BYTES:,} are read"),
    ],
)
def test_what_is_no_governance_file_is_said_to_be_none(text, told):
    assert mistakes(text)[0].startswith(told)


def test_aliases_do_not_multiply_a_file():
    bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{name}: &{name} [{','.join(['*' + before] * 10)}]\n"
        for before, name in zip("abcdefg", "bcdefgh", strict=True)
    )
    assert any("too much: at most 10,000 values are read" in told for told in mistakes(bomb))
    assert any("nested too deeply" in told for told in mistakes("a: &a [*a]\n"))


def test_nothing_is_made_of_a_tag():
    (found,) = mistakes("budget: {session_limit: !!python/object/apply:os.getcwd []}")
    assert found.startswith("1:25: a tag, `tag:yaml.org,2002:python/object/apply:os.getcwd`")


def test_texts_stand_in_the_policy_as_they_are():
    message = 'say "no"\n}} deny "x" \\ \U0001f600'
    rule = {"condition": "cost > 1", "action": "DENY", "message": message}
    text = made(json.dumps({"currency": "USD", "rules": [rule]}))
    assert f"  deny {json.dumps(message)}\n" in text
    assert formatted(text) == text


@pytest.mark.parametrize("name", ["a\nb", "\u202ex", ""])
def test_whatever_the_agent_is_called_no_other_policy_comes_out(name):
    with pytest.raises(PolicyError, match="what is made of it is no policy"):
        made(TEAM, agent=name)


def test_what_is_no_currency_is_refused():
    with pytest.raises(ValueError, match="not a currency"):
        Wanted(currency="}")


def test_an_agents_name_can_not_end_its_string():
    name = 'x" { can "code_execution" } agent "y'
    assert PolicySet.parse(made(TEAM, agent=name)).agents == (name,)
