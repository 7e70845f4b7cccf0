"""A payment passes where provider, operation and amount are permitted, exactly, and nothing is assumed."""

from __future__ import annotations

import pytest

from execgate.model.context import SCOPES
from execgate.model.values import Hole, Template, Unknown
from execgate.model.vocabulary import (
    ANY_PAYMENT,
    MOVING_OPERATIONS,
    PAYMENT_OPERATIONS,
    PAYMENT_PROVIDERS,
    STILL_OPERATIONS,
)
from execgate.operations.payments import LINES

from .conftest import judged, payment, policy

OPEN = "max_amount: unlimited"


def broken(verdict) -> list[tuple[str, str | None]]:
    return [(violation.constraint, violation.help) for violation in verdict.all_violations]


# --- what grants ----------------------------------------------------------------------------------------------


def test_code_that_may_run_may_not_pay() -> None:
    verdict = judged(policy(), payment())
    (violation,) = verdict.all_violations
    assert verdict.decision.value == "DENY"
    assert violation.constraint == "payment"
    assert violation.message == (
        'agent `a` may not pay 9.50 USD through `stripe` (`charge`): the agent has no `can "payment"`, '
        "which alone grants payments"
    )
    assert violation.help == 'to permit it, add `can "payment" with constraints { ... }` to the agent'


def test_a_grant_alone_permits_no_payment() -> None:
    assert broken(judged(policy(""), payment())) == [
        ("allowed_providers", 'to permit this, add `allowed_providers: ["stripe"]`'),
        ("allowed_payment_operations", 'to permit this, add `allowed_payment_operations: ["charge"]`'),
        ("max_amount", "to permit this, add `max_amount: 9.50_usd`"),
    ]


def test_provider_operation_and_amount_together_permit(pay) -> None:
    assert pay("max_amount: 9.50_usd", payment()).allowed


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"provider": "paypal"}, "allowed_providers"),
        ({"operation": "payout"}, "allowed_payment_operations"),
        ({"operation": ANY_PAYMENT}, "allowed_payment_operations"),
        ({"provider": ""}, "allowed_providers"),
    ],
)
def test_another_provider_or_operation_is_denied(pay, fields, constraint) -> None:
    assert [name for name, _ in broken(pay(OPEN, payment(**fields)))] == [constraint]


def test_what_could_be_any_operation_takes_the_star_and_nothing_against_it() -> None:
    everything = f'allowed_providers: ["*"] allowed_payment_operations: ["*"] {OPEN}'
    assert judged(policy(everything), payment(operation=ANY_PAYMENT)).allowed
    verdict = judged(
        policy(f'{everything} disallowed_payment_operations: ["loan"]'), payment(operation="any")
    )
    assert [name for name, _ in broken(verdict)] == ["disallowed_payment_operations"]


def test_a_payment_without_any_amount_given_has_a_help_that_suffices(pay) -> None:
    assert broken(pay("", payment(None))) == [("max_amount", "to permit this, add `max_amount: unlimited`")]
    assert broken(pay("", payment("1.999"))) == [
        ("max_amount", "to permit this, add `max_amount: unlimited`")
    ]
    assert broken(pay("", payment(None, None, operation="void"))) == [
        ("max_amount", "to permit this, add `max_amount: 0_usd`")
    ]


# --- the amount of one payment -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "amount", "currency", "allowed"),
    [
        ("10.00_usd", "10.00", "USD", True),
        ("10.00_usd", "10.01", "USD", False),
        ("10.00_usd", "10.000000000000000001", "USD", False),
        ("10_usd", "10.00", "usd", True),
        ("[9_eur, 10_usd]", "10", "USD", True),
        ("[9_eur, 10_usd]", "10", "EUR", False),
        ("[10_usd, 9_eur]", "9", "EUR", True),
        ("100_jpy", "100", "JPY", True),
        ("100_jpy", "101", "JPY", False),
        ("1.234_kwd", "1.234", "KWD", True),
        ("1.234_kwd", "1.235", "KWD", False),
        ("0.000000000000000001_eth", "0.000000000000000001", "ETH", True),
        ("0.000000000000000001_eth", "0.000000000000000002", "ETH", False),
        ("50_usd", "49", "BTC", False),
        ("50_usd", "1", "USDC", False),
        ("50_usd", "0", "USD", True),
        ("0_usd", "0", "USD", True),
        ("0_usd", "0.01", "USD", False),
        ("0_usd", "0.000000000000000001", "USD", False),
        ("unlimited", "999999999999999999", "XAF", True),
    ],
)
def test_the_amount_of_one_payment_is_compared_exactly(pay, limit, amount, currency, allowed) -> None:
    assert pay(f"max_amount: {limit}", payment(amount, currency)).allowed is allowed


@pytest.mark.parametrize(
    "amount",
    ["-1", "NaN", "sNaN", "Infinity", "-Infinity", "1e5", "1E-9", "", " 1", "1 ", "+1", "1_000", "1,00", "01",
     ".5", "5.", "\u0661", "\uff11", "0x10", "1" * 19, "1" + "0" * 30, "0." + "0" * 18 + "1", "1\n", "\0"],
)  # fmt: skip
@pytest.mark.parametrize("limit", ["10.00_usd", "unlimited"])
def test_an_amount_that_is_none_satisfies_nothing_not_even_unlimited(pay, said, amount, limit) -> None:
    verdict = pay(f"max_amount: {limit} approval_above: {limit}", payment(amount))
    assert verdict.decision.value == "DENY"
    assert said(verdict)["max_amount"][0] == "forbids"


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"amount": None}, "the call does not say the amount"),
        ({"amount": Unknown("it comes from `input`")}, "the amount is not known: it comes from `input`"),
        (
            {"amount": Template(("1", Hole.NUMBER))},
            "the amount is not known: `1*` depends on a value that is only known when it runs",
        ),
        ({"currency": None}, "the call names no currency"),
        ({"currency": Unknown("why")}, "the currency is not known: why"),
        ({"currency": ""}, "`` is no currency that a limit can name"),
        ({"currency": "0x" + "a" * 40}, f"`0x{'a' * 40}` is no currency that a limit can name"),
    ],
)
def test_what_is_not_known_satisfies_unlimited_alone(pay, said, fields, why) -> None:
    operation = payment(**fields)
    verdict = pay("max_amount: 10.00_usd", operation)
    assert said(verdict)["max_amount"] == ("undecided", why)
    assert broken(verdict) == [
        ("max_amount", "make amount and currency constants; `max_amount: unlimited` takes any")
    ]
    assert pay(OPEN, operation).allowed


def test_a_currency_that_no_limit_names_is_not_converted(pay, said) -> None:
    verdict = pay("max_amount: 10.00_usd", payment("60", "JPY"))
    assert said(verdict)["max_amount"] == ("forbids", "`max_amount` names no amount in JPY")
    assert broken(verdict) == [("max_amount", "to permit this, add `60_jpy` to max_amount")]
    assert broken(pay("max_amount: 10.00_usd", payment("60", "ZZZ"))) == [("max_amount", None)]


# --- what was spent before -----------------------------------------------------------------------------------


@pytest.mark.parametrize("scope", SCOPES)
def test_a_limit_of_each_scope_holds_to_the_smallest_unit(pay, scope) -> None:
    limit = f"{OPEN} max_amount_per_{scope}: 10.00_usd"

    def passes(amount: str, spent: object) -> bool:
        paid = payment(amount, customer="cus_1")
        return pay(limit, paid, customer="cus_1", spent={scope: spent}).allowed

    assert passes("0.50", "9.50 USD")
    assert not passes("0.51", "9.50 USD")
    assert not passes("0.000001", "10.00 USD")
    assert passes("10.00", [])


def test_what_a_limit_says_has_its_sum(pay, said) -> None:
    limit = f"{OPEN} max_amount_per_session: 10.00_usd"
    verdict = pay(limit, payment("0.60"), spent={"session": "9.50 USD"})
    why = "9.50 USD spent this session and 0.60 USD now: 10.10 USD of at most 10.00 USD"
    assert said(verdict)["max_amount_per_session"] == ("forbids", why)
    assert broken(verdict) == [
        ("max_amount_per_session", "to permit this, raise max_amount_per_session to `10.10_usd`")
    ]
    assert verdict.all_violations[0].message == (
        f"agent `a` may not pay 0.60 USD through `stripe` (`charge`): {why}"
    )


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("limit", ["max_amount_per_{}: 10_usd", "max_payments_per_{}: 3_payments"])
def test_a_scope_of_which_nobody_told_denies_unless_it_is_unlimited(pay, said, scope, limit) -> None:
    name = limit.partition(":")[0].format(scope)
    verdict = pay(f"{OPEN} {limit.format(scope)}", payment("1", customer="cus_1"), customer="cus_1")
    assert said(verdict)[name][0] == "undecided"
    how = (
        f'`--context "spent.{scope}=0.00 USD"`, or `Context(spent={{"{scope}": Tally()}})` where nothing was'
    )
    assert broken(verdict) == [(name, f"pass it: {how}")]
    assert pay(f"{OPEN} {name}: unlimited", payment("1")).allowed


def test_a_scope_keeps_currencies_apart(pay) -> None:
    limit = f"{OPEN} max_amount_per_day: [10.00_usd, 9.00_eur]"
    spent = {"day": ["10.00 USD", "1.00 EUR"]}
    assert pay(limit, payment("8.00", "EUR"), spent=spent).allowed
    assert not pay(limit, payment("8.01", "EUR"), spent=spent).allowed
    assert not pay(limit, payment("0.01", "USD"), spent=spent).allowed
    verdict = pay(limit, payment("1", "GBP"), spent={"day": ["2.50 GBP"]})
    assert broken(verdict) == [("max_amount_per_day", "to permit this, add `3.50_gbp` to max_amount_per_day")]


def test_sums_that_no_policy_could_write_are_exact_too(pay, said) -> None:
    most = "999999999999999999"
    tiny = "0.000000000000000001"
    limit = f"{OPEN} max_amount_per_day: {most}_eth"
    verdict = pay(limit, payment(tiny, "ETH"), spent={"day": f"{most} ETH"})
    assert said(verdict)["max_amount_per_day"][1] == (
        f"{most} ETH spent this day and {tiny} ETH now: {most}.000000000000000001 ETH of at most {most} ETH"
    )
    assert not verdict.allowed
    beyond = pay(limit, payment(most, "ETH"), spent={"day": f"{most} ETH"})
    assert broken(beyond) == [("max_amount_per_day", None)]


@pytest.mark.parametrize(
    ("limit", "made", "allowed"),
    [
        ("3_payments", 2, True),
        ("3", 3, False),
        ("1_payment", 0, True),
        ("0", 0, False),
        ("unlimited", 9, True),
    ],
)
def test_payments_are_counted_with_the_one_at_hand(pay, said, limit, made, allowed) -> None:
    verdict = pay(f"{OPEN} max_payments_per_day: {limit}", payment(), spent={"day": {"payments": made}})
    assert verdict.allowed is allowed
    if limit == "3":
        assert said(verdict)["max_payments_per_day"] == ("forbids", "payment 4 this day, of at most 3")
        assert broken(verdict) == [
            ("max_payments_per_day", "to permit this, raise max_payments_per_day to `4_payments`")
        ]


@pytest.mark.parametrize(
    ("pays", "told", "allowed"),
    [
        ("cus_1", "cus_1", True),
        ("cus_1", None, False),
        (None, "cus_1", False),
        (None, None, False),
        ("cus_2", "cus_1", False),
        (Unknown("why"), "cus_1", False),
        (Unknown("why"), None, False),
        (Template(("cus_", Hole.WORD)), None, False),
    ],
)
def test_what_was_spent_for_one_customer_says_nothing_of_another(pay, pays, told, allowed) -> None:
    limit = f"{OPEN} max_amount_per_customer: 10_usd max_payments_per_customer: 3"
    spent = {"customer": {"amounts": ["1.00 USD"], "payments": 1}}
    context = {"spent": spent, **({"customer": told} if told else {})}
    assert pay(limit, payment("1", customer=pays), **context).allowed is allowed


@pytest.mark.parametrize("operation", [payment(None), payment("1", None), payment(None, None), payment("x")])
def test_without_any_limit_what_is_not_known_is_told_to_take_no_limit(pay, said, operation) -> None:
    verdict = pay("", operation)
    assert ("max_amount", "to permit this, add `max_amount: unlimited`") in broken(verdict)
    assert said(verdict)["payment"] == ("silent", "there is no `max_amount`")


def test_the_limits_that_are_kept_are_the_evidence(pay) -> None:
    limits = "max_amount: 10_usd max_amount_per_day: 10_usd max_payments_per_day: 2 approval_above: 9_usd"
    (ruling,) = pay(limits, payment("8"), spent={"day": {"amounts": ["1 USD"], "payments": 1}}).rulings
    assert ruling.permitted
    assert len(ruling.evidence) == len({(clause.span, clause.text) for clause in ruling.evidence})
    assert len({clause.span for clause in ruling.evidence}) == 6  # provider, operation, and these four


def test_what_is_unlimited_permits_by_its_own_place(pay, said) -> None:
    verdict = pay("max_amount: unlimited max_payments_per_day: unlimited", payment("8"))
    assert said(verdict)["max_amount"] == said(verdict)["max_payments_per_day"] == ("permits", "`unlimited`")
    assert len({clause.span for clause in verdict.rulings[0].evidence}) == 4


@pytest.mark.parametrize("scope", [scope for scope in SCOPES if scope != "customer"])
def test_what_was_spent_in_another_scope_holds_whoever_the_customer_is(pay, scope) -> None:
    limit = f"{OPEN} max_amount_per_{scope}: 10.00_usd max_payments_per_{scope}: 3"
    for customer in ("cus_2", Unknown("why")):
        told = {"spent": {scope: {"amounts": ["9.00 USD"], "payments": 1}}, "customer": "cus_1"}
        assert pay(limit, payment("1.00", customer=customer), **told).allowed
        assert not pay(limit, payment("1.01", customer=customer), **told).allowed


def test_an_amount_of_a_token_that_would_suffice_is_told(pay) -> None:
    assert broken(pay("max_amount: 1_eth", payment("2.50", "ETH"))) == [
        ("max_amount", "to permit this, raise max_amount to `2.5_eth`")
    ]


def test_an_amount_is_shown_with_the_digits_of_its_currency_and_no_needless_zeros(pay, said) -> None:
    for amount, shown in [("9.5000", "9.50 USD"), ("9.501", "9.501 USD"), ("9", "9.00 USD")]:
        why = f"{shown} of at most 10.00 USD"
        assert said(pay("max_amount: 10_usd", payment(amount)))["max_amount"] == ("permits", why)


# --- approval ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "decision"),
    [("0.50", "ALLOW"), ("0.51", "ESCALATE"), ("0.500001", "ESCALATE"), ("0", "ALLOW")],
)
def test_more_than_an_amount_needs_approval_whatever_is_left(pay, amount, decision) -> None:
    assert pay(f"{OPEN} approval_above: 0.50_usd", payment(amount)).decision.value == decision


def test_an_approval_says_what_it_is_for(pay, said) -> None:
    verdict = pay(f"{OPEN} approval_above: 0.50_usd", payment("0.60"))
    assert said(verdict)["approval_above"] == ("escalates", "it is more than 0.50 USD")
    assert broken(verdict) == [("approval_above", "have it approved")]
    assert verdict.all_violations[0].escalates
    assert verdict.all_violations[0].message == (
        "agent `a` needs approval to pay 0.60 USD through `stripe` (`charge`): it is more than 0.50 USD"
    )


@pytest.mark.parametrize("operation", [payment("0.10", "EUR"), payment(None), payment("0.10", None)])
def test_what_can_not_be_compared_is_denied_and_not_put_up_for_approval(pay, operation) -> None:
    assert pay(f"{OPEN} approval_above: 0.50_usd", operation).decision.value == "DENY"
    assert pay(f"{OPEN} approval_above: unlimited", operation).allowed


def test_a_denial_comes_before_an_approval(pay) -> None:
    assert pay("max_amount: 1_usd approval_above: 0.50_usd", payment("1.01")).decision.value == "DENY"
    assert pay("max_amount: 1_usd approval_above: 0.50_usd", payment("1.00")).decision.value == "ESCALATE"


# --- who and in what --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lists", "fields", "allowed"),
    [
        ('allowed_currencies: ["usd"]', {"currency": "USD"}, True),
        ('allowed_currencies: ["USD"]', {"currency": "usd"}, True),
        ('allowed_currencies: ["usd"]', {"currency": "USDC"}, False),
        ('allowed_currencies: ["usd*"]', {"currency": "USDC"}, True),
        ('disallowed_currencies: ["btc"]', {"currency": "BTC"}, False),
        ('disallowed_currencies: ["btc"]', {"currency": "EUR"}, True),
        ('disallowed_currencies: ["btc"]', {"currency": None}, False),
        ('disallowed_currencies: ["btc"]', {"currency": Unknown("why")}, False),
        ('allowed_currencies: ["*"]', {"currency": None}, False),
        (f'allowed_currencies: ["0x{"Ab" * 20}"]', {"currency": "0x" + "aB" * 20}, True),
        ('allowed_recipients: ["acct_1"]', {"recipient": "acct_1"}, True),
        ('allowed_recipients: ["acct_1"]', {"recipient": "acct_12"}, False),
        ('allowed_recipients: ["acct_1"]', {"recipient": "ACCT_1"}, False),
        ('allowed_recipients: ["acct_*"]', {"recipient": "acct_9"}, True),
        ('allowed_recipients: ["acct_*"]', {"recipient": Template(("acct_", Hole.WORD))}, True),
        ('allowed_recipients: ["acct_1*"]', {"recipient": Template(("acct_", Hole.WORD))}, False),
        ('allowed_recipients: ["acct_*"]', {"recipient": Template(("acct_", Hole.ANY))}, False),
        ('allowed_recipients: ["*"]', {"recipient": None}, False),
        ('allowed_recipients: ["*"]', {"recipient": Unknown("why")}, False),
        ('disallowed_recipients: ["acct_1"]', {"recipient": None}, False),
        ('disallowed_recipients: ["acct_1"]', {"recipient": "acct_2"}, True),
        ('disallowed_recipients: ["acct_1"]', {"recipient": Template(("acct_", Hole.WORD))}, False),
        ('allowed_recipients: ["*"] disallowed_recipients: ["acct_1"]', {"recipient": "acct_1"}, False),
        ('allowed_customers: ["cus_1"]', {"customer": "cus_1"}, True),
        ('allowed_customers: ["cus_1"]', {"customer": "cus_2"}, False),
        ('allowed_customers: ["cus_1"]', {"customer": None}, False),
        ('disallowed_customers: ["cus_1"]', {"customer": "cus_1"}, False),
        ('disallowed_customers: ["cus_1"]', {"customer": Unknown("why")}, False),
        ("", {"currency": None, "recipient": None, "customer": Unknown("why")}, True),
    ],
)
def test_names_are_judged_where_a_list_asks_for_them(pay, lists, fields, allowed) -> None:
    assert pay(f"{OPEN} {lists}", payment(**fields)).allowed is allowed


def test_the_caller_does_not_speak_for_the_customer_of_a_payment_in_code(pay) -> None:
    assert not pay(f'{OPEN} allowed_customers: ["cus_1"]', payment(), customer="cus_1").allowed


def test_what_a_list_lacks_is_in_the_help(pay) -> None:
    lists = 'allowed_currencies: ["eur"] allowed_recipients: ["acct_1"]'
    verdict = pay(f"{OPEN} {lists}", payment(recipient="acct_2"))
    assert broken(verdict) == [
        ("allowed_currencies", 'to permit this, add "usd" to allowed_currencies'),
        ("allowed_recipients", 'to permit this, add "acct_2" to allowed_recipients'),
    ]
    verdict = pay(f'{OPEN} allowed_recipients: ["acct_1"]', payment(recipient="acct*"))
    assert broken(verdict) == [("allowed_recipients", None)]
    verdict = pay(f'{OPEN} allowed_recipients: ["acct_1"]', payment(recipient=None))
    assert broken(verdict) == [("allowed_recipients", "name the recipient by a constant")]


# --- what moves no money ----------------------------------------------------------------------------------------


def test_every_word_of_the_catalogue_moves_money_or_does_not() -> None:
    assert set(MOVING_OPERATIONS).isdisjoint(STILL_OPERATIONS)
    assert {line.operation for line in LINES} == {*PAYMENT_OPERATIONS, ANY_PAYMENT}
    assert {line.operation for line in LINES if not line.amount} == set(STILL_OPERATIONS)
    assert {line.operation for line in LINES if line.amount} == {*MOVING_OPERATIONS, ANY_PAYMENT}


def test_every_provider_of_the_catalogue_can_be_named() -> None:
    assert {line.provider for line in LINES} == set(PAYMENT_PROVIDERS)


def test_what_moves_no_money_passes_where_no_money_may_be_moved(pay, said) -> None:
    limits = "max_amount: 0_usd max_amount_per_day: 0_usd max_payments_per_day: 0 approval_above: 0_usd"
    verdict = pay(limits, payment(None, None, operation="void"))
    assert verdict.allowed
    assert said(verdict)["max_amount"] == ("permits", "`void` moves no money")
    assert not pay(limits, payment("0.01"), spent={"day": []}).allowed


@pytest.mark.parametrize("word", STILL_OPERATIONS)
def test_what_moves_no_money_still_has_to_be_allowed(word) -> None:
    lists = f'allowed_providers: ["stripe"] allowed_payment_operations: ["{word}"] max_amount: 0_usd'
    operation = payment(None, None, operation=word)
    assert judged(policy(lists), operation).allowed
    assert not judged(policy(lists.replace(word, "charge")), operation).allowed
    assert not judged(policy(f'{lists} allowed_customers: ["cus_1"]'), operation).allowed


def test_what_moves_no_money_needs_no_currency_and_is_judged_by_one_that_it_names(pay) -> None:
    lists = f'{OPEN} allowed_currencies: ["usd"]'
    assert pay(lists, payment(None, None, operation="void")).allowed
    assert not pay(lists, payment(None, "EUR", operation="void")).allowed
