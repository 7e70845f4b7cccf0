from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execgate.model.money import (
    EXPONENTS,
    MAX_DIGITS,
    Money,
    currency_code,
    exponent,
    major,
    smallest,
    token_exponent,
)

_WHOLE = [
    "BIF",
    "CLP",
    "DJF",
    "GNF",
    "JPY",
    "KMF",
    "KRW",
    "MGA",
    "PYG",
    "RWF",
    "VND",
    "VUV",
    "XAF",
    "XOF",
    "XPF",
]
CURRENCIES = st.sampled_from(sorted(EXPONENTS))
AMOUNTS = st.integers(min_value=0, max_value=10**MAX_DIGITS - 1)
PROVIDERS = st.sampled_from([None, "stripe", "adyen", "square", "razorpay"])


@pytest.mark.parametrize(
    ("amount_minor", "currency", "provider", "expected"),
    [
        (1999, "USD", None, "19.99"),
        (1999, "usd", "stripe", "19.99"),
        (5, "eur", "stripe", "0.05"),
        (0, "eur", "stripe", "0.00"),
        (500, "jpy", "stripe", "500"),
        (1234, "kwd", "stripe", "1.234"),
        (500, "isk", "stripe", "5.00"),
        (500, "isk", None, "500"),
        (500, "ugx", "stripe", "5.00"),
        (500, "mga", "stripe", "500"),
        (500, "mga", None, "5.00"),
        (50000, "huf", "stripe", "500.00"),
        (50000, "twd", "stripe", "500.00"),
        (500, "clp", "adyen", "5.00"),
        (500, "clp", "stripe", "500"),
        (500, "idr", "adyen", "500"),
        (12345, "CLF", None, "1.2345"),
    ],
)
def test_minor_units_become_the_major_unit_of_the_currency_and_provider(
    amount_minor, currency, provider, expected
):
    assert major(amount_minor, currency, provider) == expected


@pytest.mark.parametrize("code", _WHOLE)
def test_stripe_takes_these_in_whole_units(code):
    assert exponent(code, "stripe") == 0


@pytest.mark.parametrize("code", ["BHD", "JOD", "KWD", "OMR", "TND"])
def test_stripe_takes_these_in_thousandths(code):
    assert exponent(code, "stripe") == 3


@pytest.mark.parametrize(
    ("amount_minor", "currency", "provider"),
    [
        (True, "usd", None),
        (1.0, "usd", None),
        ("100", "usd", None),
        (None, "usd", None),
        (-1, "usd", None),
        (10**18, "usd", None),
        pytest.param(10**100_000, "usd", None, id="huge"),
        (100, "zzz", None),
        (100, "", None),
        (100, "us d", None),
        (100, "usd\n", None),
        (100, "\uff35\uff33\uff24", None),
        (100, None, None),
        (100, "usd", "nobody"),
        (100, "usdc", "stripe"),
    ],
)
def test_what_is_no_exact_amount_in_a_known_unit_is_refused(amount_minor, currency, provider):
    with pytest.raises(ValueError, match=r"^[^A-Z\n]{1}.*[^.\n]$"):
        major(amount_minor, currency, provider)


@given(AMOUNTS, CURRENCIES, PROVIDERS)
def test_no_money_is_lost_or_made(amount_minor, currency, provider):
    assert (
        Decimal(major(amount_minor, currency, provider)).scaleb(exponent(currency, provider)) == amount_minor
    )


@given(AMOUNTS, CURRENCIES, PROVIDERS)
def test_money_from_minor_units_reads_back_as_itself(amount_minor, currency, provider):
    money = Money.from_minor(amount_minor, currency.lower(), provider)
    assert Money.parse(str(money), currency) == money
    assert money.currency == currency


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("19.99", "usd", "19.99"),
        ("19.9", "USD", "19.90"),
        ("19", "Usd", "19.00"),
        (19, "usd", "19.00"),
        ("500", "jpy", "500"),
        ("500.0", "jpy", "500"),
        ("0.001", "usd", "0.001"),
        ("1.000000000000000001", "ETH", "1.000000000000000001"),
        ("0.50", "USDC", "0.5"),
        ("0", "usd", "0.00"),
    ],
)
def test_decimal_strings_and_whole_numbers_are_amounts(amount, currency, expected):
    money = Money.parse(amount, currency)
    assert (str(money), money.currency) == (expected, currency.upper())


@pytest.mark.parametrize(
    "amount",
    [
        "NaN", "nan", "sNaN", "Infinity", "inf", "-inf", "-1", "-0", "+1", "1e3", "1E3", "1_000", "1,000",
        "1.000,00", "1'000", "1 000", " 1", "1 ", "1\n", "", ".", ".5", "5.", "1.2.3", "00", "01", "0x10",
        "$5", "5 USD",        "\u0661\u0662", "\uff11", "\u00bd", "1\u00a0000", "1" * 19, "0." + "0" * 19,
        pytest.param("9" * 1_000_000, id="long"),
        True, False, 1.0, float("nan"), float("inf"), None, b"1", Decimal(1), -1, 10**18,
        pytest.param(10**100_000, id="huge"),
    ],
)  # fmt: skip
def test_anything_else_is_no_amount(amount):
    with pytest.raises(ValueError, match="amount") as caught:
        Money.parse(amount, "usd")
    assert len(str(caught.value)) < 100


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        (Decimal("NaN"), "USD"),
        (Decimal(-1), "USD"),
        (Decimal("1E+30"), "USD"),
        (Decimal("1E+999999"), "USD"),
        (Decimal("1E-99"), "USD"),
        (1, "USD"),
        (Decimal(1), "usd"),
        (Decimal(1), "U$D"),
    ],
)
def test_money_can_not_be_made_from_parts_that_parse_would_refuse(amount, currency):
    with pytest.raises(ValueError, match=r"amount|currency"):
        Money(amount, currency)


def test_amounts_of_the_same_worth_are_equal_and_hash_alike():
    assert Money.parse("5", "usd") == Money.parse("5.00", "USD")
    assert len({Money.parse("5", "usd"), Money.parse("5.00", "USD")}) == 1
    assert Money.parse("5", "usd") != Money.parse("5", "eur")


@given(st.text())
def test_every_text_is_an_amount_or_a_value_error(text):
    try:
        money = Money.parse(text, "usd")
    except ValueError:
        return
    assert money.amount == Decimal(text)
    assert text.isascii()


@given(st.text())
def test_a_currency_code_is_upper_case_ascii(text):
    try:
        code = currency_code(text)
    except ValueError:
        return
    assert code.isascii()
    assert code == text.upper()


@pytest.mark.parametrize(("token", "digits"), [("ETH", 18), ("usdc", 6), ("BTC", 8), ("SOL", 9), ("XRP", 6)])
def test_the_smallest_part_of_a_token_is_known(token: str, digits: int) -> None:
    assert token_exponent(token) == digits


@pytest.mark.parametrize("token", ["SHIB", "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2", ""])
def test_a_token_that_is_not_known_has_no_smallest_part(token: str) -> None:
    with pytest.raises(ValueError, match="not"):
        token_exponent(token)


@pytest.mark.parametrize(
    ("amount", "unit", "parts"),
    [
        ("1.5", "ether", 15 * 10**17),
        ("20", "gwei", 20 * 10**9),
        ("7", "wei", 7),
        ("22", "xrp", 22_000_000),
        ("0.01", 6, 10_000),
        ("3", 0, 3),
    ],
)
def test_an_amount_of_a_unit_is_so_many_smallest_parts(amount: str, unit: str | int, parts: int) -> None:
    assert smallest(Decimal(amount), unit) == parts


@pytest.mark.parametrize(
    ("amount", "unit"),
    [("1", "doubloon"), ("1", -1), ("1", 99), ("0.5", "wei"), ("NaN", "ether"), ("1e99", "ether")],
)
def test_what_is_no_whole_number_of_smallest_parts_is_refused(amount: str, unit: str | int) -> None:
    with pytest.raises(ValueError, match="not"):
        smallest(Decimal(amount), unit)
