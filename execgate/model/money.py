"""Money, exactly: decimal digits and a currency, never a float.

Amounts travel in two forms: integers that count the currency's smallest unit (`1999` cents), and decimal
strings in the major unit (`19.99`).  How many digits lie between the two is the currency's exponent
(ISO 4217), which some payment providers define otherwise for a few currencies.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

MAX_DIGITS = 18
"""The most digits that an amount may have on either side of its point."""

_TWO = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW
CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF
IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK
MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP
SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG
YER ZAR ZMW ZWG
"""
_ZERO = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_FOUR = "CLF UYW"

EXPONENTS = MappingProxyType(
    {
        code: exponent
        for exponent, codes in ((2, _TWO), (0, _ZERO), (3, _THREE), (4, _FOUR))
        for code in codes.split()
    }
)
"""The exponent of every active ISO 4217 currency that has one."""

_PROVIDER_EXPONENTS = MappingProxyType(
    {
        # Stripe takes MGA in whole ariary, and ISK and UGX times 100 although neither has a smaller unit; HUF
        # and TWD have two digits even for payouts, which only come in multiples of 100.
        "stripe": {"MGA": 0, "ISK": 2, "UGX": 2},
        "adyen": {"CLP": 2, "CVE": 0, "IDR": 0, "ISK": 2},
        "razorpay": {},
        "square": {},
    }
)
"""Where a provider's minor unit is not the one of ISO 4217."""

OWN = frozenset(_PROVIDER_EXPONENTS)
"""The providers whose minor units are known to be those of ISO 4217 or not; others are taken to be."""

TOKENS = MappingProxyType(
    {
        token: digits
        for digits, tokens in (
            (18, "ETH WETH DAI MATIC POL BNB AVAX FTM CELO"),
            (9, "SOL"),
            (8, "BTC WBTC CBBTC LTC DOGE BCH"),
            (6, "USDC USDT EURC PYUSD XRP"),
        )
        for token in tokens.split()
    }
)
"""How many digits the smallest part of a token stands for: wei, lamports, satoshis, drops."""

_UNITS = MappingProxyType(
    {
        "wei": 0,
        **dict.fromkeys(("kwei", "babbage", "femtoether"), 3),
        **dict.fromkeys(("mwei", "lovelace", "picoether"), 6),
        **dict.fromkeys(("gwei", "shannon", "nanoether", "nano"), 9),
        **dict.fromkeys(("szabo", "microether", "micro"), 12),
        **dict.fromkeys(("finney", "milliether", "milli"), 15),
        "ether": 18,
        "xrp": 6,
    }
)
"""Units in which amounts of a token are written, with the power of ten that leads to its smallest part."""

_AMOUNT = re.compile(rf"(?:0|[1-9][0-9]{{0,{MAX_DIGITS - 1}}})(?:\.[0-9]{{1,{MAX_DIGITS}}})?", re.ASCII)
_CURRENCY = re.compile(r"[A-Za-z][A-Za-z0-9]{1,11}", re.ASCII)


def currency_code(text: str) -> str:
    """Return an ISO 4217 code or a token's name in upper case; ValueError where `text` can be neither."""
    if not isinstance(text, str) or not _CURRENCY.fullmatch(text):
        raise ValueError(f"not a currency: {_brief(text)}")
    return text.upper()


def exponent(currency: str, provider: str | None = None) -> int:
    """Return how many decimal digits the minor unit of `currency` stands for.

    `provider` is the one whose API the amount is meant for (`stripe`), None for ISO 4217 itself.  ValueError
    for a currency or a provider that is not known: a guess would be off by a factor of 100.
    """
    code = currency_code(currency)
    if provider is not None and provider not in _PROVIDER_EXPONENTS:
        raise ValueError(f"the minor units of provider `{provider}` are not known")
    own = _PROVIDER_EXPONENTS[provider] if provider is not None else {}
    if code in own:
        return own[code]
    if code not in EXPONENTS:
        raise ValueError(f"the minor unit of currency `{code}` is not known")
    return EXPONENTS[code]


def token_exponent(token: str) -> int:
    """Return how many decimal digits the smallest part of a token is; ValueError for one not known."""
    found = TOKENS.get(currency_code(token))
    if found is None:
        raise ValueError(f"the smallest part of the token `{_brief(token)}` is not known")
    return found


def digits(currency: str) -> int:
    """Return how many digits an amount of a currency, or of a token, has behind its point.

    ValueError for one that is not known.
    """
    code = currency_code(currency)
    return exponent(code) if code in EXPONENTS else token_exponent(code)


def smallest(amount: Decimal, unit: str | int) -> int:
    """Return an amount in a unit such as `ether`, or with so many digits, as smallest parts: `wei`.

    ValueError for a unit that is not known, and for what is no whole number of smallest parts.
    """
    power = unit if isinstance(unit, int) else _UNITS.get(unit)
    if power is None or not 0 <= power <= MAX_DIGITS * 2:
        raise ValueError(f"the unit {_brief(unit)} is not known")
    if not amount.is_finite() or abs(amount.adjusted()) > MAX_DIGITS * 2:
        raise ValueError("not an amount of a token")
    scaled = amount.scaleb(power)
    if scaled != scaled.to_integral_value():
        raise ValueError("not a whole number of smallest parts")
    return int(scaled)


def major(amount_minor: int, currency: str, provider: str | None = None) -> str:
    """Return an amount in minor units as decimal string in the major unit: `major(1999, "usd")` is `19.99`.

    `provider` as for `exponent`.  ValueError for what is no whole, non-negative number of at most
    MAX_DIGITS digits, and for what `exponent` refuses.
    """
    if isinstance(amount_minor, bool) or not isinstance(amount_minor, int):
        raise ValueError(  # noqa: TRY004 - one error for all that is no amount
            f"not a whole number of minor units: {_brief(amount_minor)}"
        )
    if not 0 <= amount_minor < 10**MAX_DIGITS:
        raise ValueError("an amount has to be at least 0 and at most 18 digits long")
    places = exponent(currency, provider)
    if places == 0:
        return str(amount_minor)
    whole, fraction = divmod(amount_minor, 10**places)
    return f"{whole}.{fraction:0{places}}"


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in the major unit of a currency, never negative.

    Made from parts it takes what `parse` gives; two with the same worth are equal, however many zeros their
    amounts end with.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if (
            not isinstance(self.amount, Decimal)
            or not self.amount.is_finite()
            or self.amount.adjusted() >= MAX_DIGITS  # before it is written out: an exponent can be huge
            or not _AMOUNT.fullmatch(f"{self.amount:f}")
        ):
            raise ValueError(f"not an amount of money: {_brief(self.amount)}")
        if currency_code(self.currency) != self.currency:
            raise ValueError(f"a currency is written in upper case: {_brief(self.currency)}")

    @classmethod
    def parse(cls, amount: str | int, currency: str) -> Money:
        """Return what `amount`, in the major unit, and `currency`, in any case, stand for.

        A string holds ASCII digits with at most one point: no sign, no exponent, no separators, no spaces.
        ValueError for all else: floats, booleans, negative and endless numbers, more than MAX_DIGITS digits
        on a side of the point.
        """
        if isinstance(amount, bool) or not isinstance(amount, (str, int)):
            raise ValueError(  # noqa: TRY004 - one error for all that is no amount
                f"not an amount of money: {_brief(amount)}"
            )
        if isinstance(amount, int):
            if not 0 <= amount < 10**MAX_DIGITS:
                raise ValueError("an amount has to be at least 0 and at most 18 digits long")
            amount = str(amount)
        if not _AMOUNT.fullmatch(amount):
            raise ValueError(f"not an amount of money: {_brief(amount)}")
        return cls(Decimal(amount), currency_code(currency))

    @classmethod
    def from_minor(cls, amount_minor: int, currency: str, provider: str | None = None) -> Money:
        """Return what `amount_minor` minor units are; arguments and errors as for `major`."""
        return cls(Decimal(major(amount_minor, currency, provider)), currency_code(currency))

    def __str__(self) -> str:
        """Return the amount as decimal string, with the digits that its currency is written with."""
        text = format(self.amount, "f")
        whole, _, fraction = text.partition(".")
        fraction = fraction.rstrip("0").ljust(EXPONENTS.get(self.currency, 0), "0")
        return f"{whole}.{fraction}" if fraction else whole


def _brief(value: object) -> str:
    """Return `value` for a message; a hostile one may be megabytes long, or too long a number to print."""
    if isinstance(value, str):
        return repr(value if len(value) <= 40 else value[:40] + "...")
    return f"a value of type {type(value).__name__}"
