from __future__ import annotations

import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from execgate.receipts import canonical
from execgate.receipts.canonical import MalformedError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters()), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_every_value_has_one_canonical_form_which_is_that_of_rfc_8785(value) -> None:
    plain = canonical.plain(value)
    data = canonical.encode(plain)
    assert data == rfc8785.dumps(plain)
    assert canonical.decode(data) == plain
    assert canonical.plain(plain) == plain


def test_the_sample_of_rfc_8785_is_written_as_the_standard_says() -> None:
    sample = {
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
        "literals": [None, True, False],
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    order = [
        "Carriage Return",
        "One",
        [None, True, False],
        sample["string"],
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ]
    data = canonical.encode(sample)
    assert list(json.loads(data).values()) == order
    assert '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'.encode() in data


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2**53 - 1, 2**53 - 1),
        (2**53, "9007199254740992"),
        (-(2**53), "-9007199254740992"),
        (0.5, "0.5"),
        (float("inf"), "inf"),
        ("\udc80x", "\\udc80x"),
        (("a", {1: 2}), ["a", {"1": 2}]),
    ],
)
def test_what_other_languages_would_read_differently_becomes_a_string(value, expected) -> None:
    assert canonical.plain(value) == expected


def test_an_integer_that_is_too_large_for_decimals_is_written_in_hexadecimal() -> None:
    assert canonical.plain(1 << 20_000) == hex(1 << 20_000)


@pytest.mark.parametrize("value", [b"bytes", {1, 2}, object()])
def test_what_has_no_json_form_is_refused(value) -> None:
    with pytest.raises(TypeError, match="has no canonical form"):
        canonical.plain(value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff",
        b'{"a": 1}',
        b'{"b":1,"a":1}',
        b'{"a":1,"a":1}',
        b'"\\u0041"',
        b'"\\ud800"',
        b"1.0",
        b"1e3",
        b"-0",
        b"NaN",
        b"Infinity",
        b"9007199254740992",
        b"-9007199254740992",
        b"1" * 5000,
        b"[" * 100_000 + b"]" * 100_000,
        b"1\n",
    ],
)
def test_no_other_bytes_are_read(data: bytes) -> None:
    with pytest.raises(MalformedError):
        canonical.decode(data)


@given(st.binary())
def test_base64_has_one_form(data: bytes) -> None:
    assert canonical.decode_base64(canonical.encode_base64(data)) == data


@pytest.mark.parametrize("text", ["QQ", "QR==", "QQ==\n", "Q Q=", "QUI_", "é"])
def test_base64_in_any_other_form_is_refused(text: str) -> None:
    with pytest.raises(MalformedError, match="not base64"):
        canonical.decode_base64(text)
