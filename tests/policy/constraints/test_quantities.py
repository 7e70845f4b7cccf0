"""Amounts, counts and percentages: every spelling, the canonical one, and every slip."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execgate.errors import PolicyError
from execgate.model.context import SCOPES
from execgate.model.money import EXPONENTS, TOKENS, Money, digits
from execgate.policy import PolicySet
from execgate.policy.constraints import CONSTRAINTS, PAYMENT_LIMITS, BadLimitError
from execgate.policy.constraints.quantities import MONEY, PAYMENTS, PERCENT, TIME


def canonical(constraint: str) -> str:
    text = f'agent "a" {{ can "payment" with constraints {{ {constraint} }} }}'
    return PolicySet.parse(text).agent("a").constraints_json()[constraint.partition(":")[0]]


def mistake(constraint: str) -> tuple[str, str | None]:
    with pytest.raises(PolicyError) as caught:
        canonical(constraint)
    return caught.value.message.partition(": ")[2], caught.value.help


@pytest.mark.parametrize(
    ("spelling", "text"),
    [
        ("50.00_usd", "50.00_usd"),
        ("50_usd", "50.00_usd"),
        ("50.0_USD", "50.00_usd"),
        ("050.5_Usd", "50.50_usd"),
        ("1_000_000.25_eur", "1000000.25_eur"),
        ("0_usd", "0.00_usd"),
        ("0.00_usd", "0.00_usd"),
        ("100_jpy", "100_jpy"),
        ("1.5_kwd", "1.500_kwd"),
        ("0.5_eth", "0.5_eth"),
        ("0.000000000000000001_eth", "0.000000000000000001_eth"),
        ("10.500000_usdc", "10.5_usdc"),
        ("999999999999999999_usd", "999999999999999999.00_usd"),
        ("unlimited", "unlimited"),
        ("[50.00_usd]", "50.00_usd"),
        ("[90.00_usd, 100_eur,]", "[100.00_eur, 90.00_usd]"),
        ("[100_eur, 90_usd]", "[100.00_eur, 90.00_usd]"),
    ],
)
@pytest.mark.parametrize("name", ["max_amount", "max_amount_per_day", "approval_above"])
def test_money_has_one_canonical_form(name, spelling, text) -> None:
    assert canonical(f"{name}: {spelling}") == text
    assert canonical(f"{name}: {text}") == text


@pytest.mark.parametrize(
    ("constraint", "text"),
    [
        ("max_payments_per_day: 20_payments", "20_payments"),
        ("max_payments_per_day: 20_payment", "20_payments"),
        ("max_payments_per_day: 20", "20_payments"),
        ("max_payments_per_day: 1_000", "1000_payments"),
        ("max_payments_per_day: 0", "0_payments"),
        ("max_payments_per_day: unlimited", "unlimited"),
        ("warn_at: 75%", "75%"),
        ("warn_at: 75_percent", "75%"),
        ("warn_at: 75.50%", "75.5%"),
        ("warn_at: 0%", "0%"),
        ("warn_at: 100%", "100%"),
        ("warn_at: 100.0%", "100%"),
        ("compensation_timeout: 0.5_min", "30_seconds"),
        ('compensation: "credit"', '"credit"'),
    ],
)
def test_counts_shares_and_words_have_one_canonical_form(constraint, text) -> None:
    assert canonical(constraint) == text
    assert canonical(f"{constraint.partition(':')[0]}: {text}") == text


@pytest.mark.parametrize(
    ("value", "message", "help_"),
    [
        ("50.00", "money without a currency", "did you mean `50.00_usd`?"),
        ("50.00usd", "`50.00usd` is no amount of money", "did you mean `50.00_usd`?"),
        ("50.00_usdd", "unknown currency `usdd`", "did you mean `usd`?"),
        ("50.00_dollars", "unknown currency `dollars`", "did you mean `usd`?"),
        ("1_bitcoin", "unknown currency `bitcoin`", "did you mean `btc`?"),
        (
            "5_qqqqqq",
            "unknown currency `qqqqqq`",
            "a currency is a code of ISO 4217, such as `usd` or `eur`, or a token, such as `usdc` or `eth`",
        ),
        (
            "50.001_usd",
            "`50.001_usd` has more digits than the currency: `usd` has 2 behind the point",
            "write it as in `10.00_usd`",
        ),
        (
            "50.0_jpy",
            "`50.0_jpy` has more digits than the currency: `jpy` has none behind the point",
            "write it as in `10_jpy`",
        ),
        ("0.000000001_btc", None, "write it as in `10_btc`"),
        ("-1_usd", "an amount of money must be 0 or more, got `-1_usd`", "`unlimited` is the word for no limit"),
        ("1e5_usd", "`1e5_usd` is no amount of money", None),
        ("1.2.3_usd", "`1.2.3_usd` is no amount of money", None),
        ("1000000000000000000_usd", None, "`unlimited` is the word for no limit"),
        ("9" * 90 + "_usd", f"`{'9' * 40}` is no amount of money", None),
        ('"50.00_usd"', '`max_amount` takes an amount of money, got the string "50.00_usd"', "did you mean `50.00_usd`?"),
        ("unlimitd", "`max_amount` takes an amount of money, got the word `unlimitd`", "did you mean `unlimited`?"),
        ('"fifty"', None, "write it as in `50.00_usd`, or `unlimited`"),
        ("[]", "a list of amounts that holds none", "write `0_usd`, or `unlimited`"),
        ("[1_usd, 2.00_USD]", "two amounts of one currency: `1.00_usd` and `2.00_usd`", "leave the one that holds"),
        ("[1_usd, 2]", "money without a currency", "did you mean `2_usd`?"),
        ("[1_usd, unlimited]", "`unlimited` stands alone, not in a list", None),
    ],
)  # fmt: skip
def test_a_slip_in_money_is_named(value, message, help_) -> None:
    found, help_found = mistake(f"max_amount: {value}")
    assert message is None or found == message
    assert help_ is None or help_found == help_


@pytest.mark.parametrize(
    ("constraint", "message", "help_"),
    [
        ("max_payments_per_day: 1.5", "`1.5` is no whole number of payments", "write it as in `2_payments`"),
        (
            "max_payments_per_day: -1",
            "a number of payments must be 0 or more, got `-1`",
            "`unlimited` is the word for no limit",
        ),
        (
            "max_payments_per_day: 5_usd",
            "unknown unit `usd` of a number of payments",
            "the units are: `payments`, `payment`",
        ),
        (
            "max_payments_per_day: [1, 2]",
            "`max_payments_per_day` takes a number of payments, got a list",
            "write it as in `10_payments`, or `unlimited`",
        ),
        ("warn_at: 0.75", "a percentage needs its `%`", "did you mean `75%`?"),
        ("warn_at: 75", "a percentage needs its `%`", "did you mean `75%`?"),
        (
            "warn_at: 101%",
            "a percentage is one from 0% to 100%, got `101%`",
            "write a number and `%`, such as `75%`",
        ),
        ("warn_at: 100.0000001%", "a percentage is one from 0% to 100%, got `100.0000001%`", None),
        ("warn_at: -1%", "a percentage is one from 0% to 100%, got `-1%`", None),
        ("warn_at: 75_percent%", "unknown unit `percent` of a percentage", None),
        ("warn_at: 75_usd", "unknown unit `usd` of a percentage", None),
        ("warn_at: 75x%", "`75x` is no percentage", None),
        ("warn_at: unlimited", "`warn_at` is never `unlimited`: leave it out instead", None),
        (
            "warn_at: often",
            "`warn_at` takes a percentage, got the word `often`",
            "write it as in `75%`",
        ),
        ("warn_at: [75%]", "`warn_at` takes a percentage, got a list", "write it as in `75%`"),
        (
            'compensation: "refund"',
            '`compensation` takes a word in quotes, got the string "refund"',
            'did you mean "refund_request"?',
        ),
        (
            "compensation: credit",
            "`compensation` takes a word in quotes, got the word `credit`",
            'did you mean "credit"?',
        ),
        (
            "compensation: []",
            "`compensation` takes a word in quotes, got a list",
            'there are: "refund_request", "credit", "value_loss", "none"',
        ),
        (
            'allowed_currencies: ["usx"]',
            'not a currency: "usx" in `allowed_currencies`',
            "did you mean `usd`?",
        ),
        ('allowed_currencies: [""]', 'not a currency: "" in `allowed_currencies`', None),
        ('allowed_currencies: ["us d"]', 'not a currency: "us d" in `allowed_currencies`', None),
        (
            'allowed_providers: ["strip"]',
            'unknown payment provider: "strip" in `allowed_providers`',
            'did you mean "stripe"?',
        ),
        ('allowed_providers: ["q*"]', 'unknown payment provider: "q*" in `allowed_providers`', None),
        (
            'allowed_payment_operations: ["any"]',
            'not a payment operation: "any" in `allowed_payment_operations`',
            'write "*" for all',
        ),
        (
            'allowed_recipients: [" x"]',
            'not a recipient: " x" in `allowed_recipients`',
            'as in "x"',
        ),
        ('allowed_recipients: [""]', 'not a recipient: "" in `allowed_recipients`', 'as in "acct_*"'),
    ],
)
def test_a_slip_in_what_payments_keep_to_is_named(constraint, message, help_) -> None:
    found, help_found = mistake(constraint)
    assert found == message
    assert help_ is None or help_found == help_


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("USD", "usd"),
        ("*", "*"),
        ("**", "*"),
        ("us*", "us*"),
        ("shib", "shib"),
        ("0x" + "AB" * 20, "0x" + "ab" * 20),
    ],
)
def test_a_currency_of_a_list_has_one_canonical_form(entry, text) -> None:
    assert canonical(f'allowed_currencies: ["{entry}"]') == [text]


@pytest.mark.parametrize(
    ("name", "entry", "text"),
    [
        ("allowed_providers", "str*", "str*"),
        ("allowed_providers", "**", "*"),
        ("disallowed_payment_operations", "pay**", "pay*"),
        ("allowed_recipients", "***", "*"),
        ("allowed_customers", "cus_**1", "cus_*1"),
    ],
)
def test_a_pattern_of_a_list_has_one_canonical_form(name, entry, text) -> None:
    assert canonical(f'{name}: ["{entry}"]') == [text]


def test_no_currency_is_a_token_and_all_have_digits() -> None:
    assert EXPONENTS.keys().isdisjoint(TOKENS)
    assert set(MONEY.units) == {code.lower() for code in (*EXPONENTS, *TOKENS)}
    for code in (*EXPONENTS, *TOKENS):
        smallest = Decimal(1).scaleb(-digits(code))
        assert MONEY.read(f"{smallest:f}_{code.lower()}") == Money(smallest, code)
        with pytest.raises(BadLimitError):
            MONEY.read(f"{smallest.scaleb(-1):f}_{code.lower()}")


currencies = st.sampled_from([*EXPONENTS, *TOKENS])


@st.composite
def amounts(draw) -> Money:
    code = draw(currencies)
    smallest = draw(st.integers(0, 10**18 - 1))
    return Money(Decimal(smallest).scaleb(-digits(code)), code)


@given(amounts())
def test_what_is_shown_of_money_is_read_as_the_same(money) -> None:
    assert MONEY.read(MONEY.show(money)) == money


@given(st.integers(0, 10**12))
def test_what_is_shown_of_a_count_is_read_as_the_same(count) -> None:
    assert PAYMENTS.read(PAYMENTS.show(Decimal(count))) == count


@given(st.decimals(0, 1, places=20))
def test_what_is_shown_of_a_share_is_read_as_the_same(share) -> None:
    assert PERCENT.read(PERCENT.show(share)) == share


@given(st.text("0123456789._-%+eEusdnanif \u0661", max_size=12))
def test_no_text_crashes_the_reading_of_a_limit(text) -> None:
    for quantity in (MONEY, PAYMENTS, PERCENT, TIME):
        try:
            value = quantity.read(text)
        except BadLimitError:
            continue
        assert quantity.read(quantity.show(value)) == value


# --- which limit permits no more ------------------------------------------------------------------------------


def limit(name: str, value: str):
    text = f'agent "a" {{ can "payment" with constraints {{ {name}: {value} }} }}'
    return PolicySet.parse(text).agent("a").grants["payment"].values[name]


@pytest.mark.parametrize(
    ("name", "inner", "outer", "within"),
    [
        ("max_amount", "10_usd", "10.00_usd", True),
        ("max_amount", "10_usd", "unlimited", True),
        ("max_amount", "unlimited", "unlimited", True),
        ("max_amount", "unlimited", "10_usd", False),
        ("max_amount", "10.01_usd", "10_usd", False),
        ("max_amount", "1_eur", "10_usd", False),
        ("max_amount", "1_eur", "[10_usd, 1_eur]", True),
        ("max_amount", "[1_eur, 11_usd]", "[10_usd, 1_eur]", False),
        ("max_payments_per_day", "3", "4", True),
        ("max_payments_per_day", "5", "4", False),
        ("halt_at", "80%", "90%", True),
        ("halt_at", "91%", "90%", False),
    ],
)
def test_a_limit_is_within_another_where_it_permits_no_more(name, inner, outer, within) -> None:
    assert CONSTRAINTS[name].within(limit(name, inner), limit(name, outer)) is within


def test_every_scope_has_its_limits_of_amounts_and_counts() -> None:
    names = {constraint.name for constraint in PAYMENT_LIMITS}
    for scope in SCOPES:
        assert {f"max_amount_per_{scope}", f"max_payments_per_{scope}"} <= names


# --- amounts in named sets --------------------------------------------------------------------------------------


def with_sets(lets: str, value: str) -> str:
    text = f'{lets} agent "a" {{ can "payment" with constraints {{ max_amount: {value} }} }}'
    return PolicySet.parse(text).agent("a").constraints_json()["max_amount"]


@pytest.mark.parametrize(
    ("lets", "value", "text"),
    [
        ("let caps = [10_usd, 5_eur]", "caps", "[5.00_eur, 10.00_usd]"),
        ("let caps = [10_usd]", "[caps, 5_eur]", "[5.00_eur, 10.00_usd]"),
        ("let caps = [10_usd, more] let more = [5_eur]", "caps", "[5.00_eur, 10.00_usd]"),
        ("let caps = [10_usd]", "caps", "10.00_usd"),
    ],
)
def test_a_set_can_hold_amounts(lets, value, text) -> None:
    assert with_sets(lets, value) == text


@pytest.mark.parametrize(
    ("lets", "value", "message", "help_"),
    [
        (
            "let caps = [10]",
            "caps",
            "money without a currency in `max_amount`, which names `caps`",
            "did you mean `10_usd`?",
        ),
        (
            'let caps = ["x"]',
            "[caps]",
            '`max_amount` takes an amount of money, got the string "x" in `max_amount`, which names `caps`',
            None,
        ),
        (
            "let caps = [1_usd]",
            "[caps, 2_usd]",
            "two amounts of one currency: `1.00_usd` and `2.00_usd`",
            "leave the one that holds",
        ),
        (
            "let caps = [1_usd] let all = [caps]",
            "[all, cap]",
            "`max_amount` takes an amount of money, got the word `cap`",
            "did you mean `caps`?",
        ),
        ("let caps = []", "caps", "a list of amounts that holds none", "write `0_usd`, or `unlimited`"),
    ],
)
def test_a_slip_in_a_set_of_amounts_says_who_names_it(lets, value, message, help_) -> None:
    with pytest.raises(PolicyError) as caught:
        with_sets(lets, value)
    assert message in caught.value.rendered
    assert help_ is None or help_ in caught.value.rendered


def test_a_set_is_no_limit_of_another_kind() -> None:
    with pytest.raises(PolicyError, match="takes a number of payments, got the word `caps`"):
        PolicySet.parse(
            'let caps = [1] agent "a" { can "payment" with constraints { max_payments_per_day: caps } }'
        )
