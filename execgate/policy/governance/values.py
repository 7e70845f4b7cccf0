"""The values of governance files: words, amounts, shares and times, as the policy language writes them."""

from __future__ import annotations

import re
from decimal import Decimal

from execgate.policy.constraints.quantities import MONEY, PERCENT, BadLimitError
from execgate.policy.governance.reading import Fields, Items, Value, Word
from execgate.policy.problems import Problems, clipped

_NUMBER = re.compile(r"(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,18})?", re.ASCII)
_AMOUNT = re.compile(r"([0-9]+(?:\.[0-9]+)?)[ _]?([A-Za-z][A-Za-z0-9]{2,11})", re.ASCII)
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)[ _]?([A-Za-z]*)", re.ASCII)

_UNITS = {
    **dict.fromkeys(("", "s", "sec", "secs", "second", "seconds"), "seconds"),
    **dict.fromkeys(("ms", "millisecond", "milliseconds"), "milliseconds"),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), "minutes"),
    **dict.fromkeys(("h", "hour", "hours"), "hours"),
}

_TRUTHS = {
    **dict.fromkeys(("true", "yes", "on"), True),
    **dict.fromkeys(("false", "no", "off"), False),
}


def currency_of(text: str) -> str | None:
    """Return the currency that an amount names, in lower case; None where it names none."""
    match = _AMOUNT.fullmatch(text)
    return None if match is None else match[2].lower()


class Values:
    """Reads values; what is none of its kind is a mistake, and something stands in for it."""

    __slots__ = ("_problems",)

    def __init__(self, problems: Problems) -> None:
        self._problems = problems

    def word(self, value: Value, what: str) -> str:
        """Return the text of a value that is to be `what`, "" where it is a list or a mapping."""
        if isinstance(value, Word):
            return value.text
        got = "a list" if isinstance(value, Items) else "a mapping"
        self._problems.at(value.clause, f"expected {what}, got {got}")
        return ""

    def words(self, value: Value) -> list[Word]:
        """Return the words of a list, be it a single one or nothing."""
        if isinstance(value, Word):
            return [] if value.null else [value]
        items = value.items if isinstance(value, Items) else ()
        if isinstance(value, Fields):
            self._problems.at(value.clause, "expected a list, got a mapping")
        words = [item for item in items if isinstance(item, Word)]
        for item in items:
            if not isinstance(item, Word):
                self._problems.at(item.clause, "expected a word")
        return words

    def fields(self, value: Value, what: str) -> Fields:
        """Return the fields of a mapping; of nothing, none."""
        if isinstance(value, Fields):
            return value
        if not (isinstance(value, Word) and value.null):
            self._problems.at(value.clause, f"`{what}` takes fields by name")
        return Fields((), value.clause)

    def truth(self, value: Value) -> bool:
        """Return whether a value says yes; what says neither is taken for it."""
        text = self.word(value, "true or false").strip().lower()
        if text not in _TRUTHS:
            self._problems.at(value.clause, f"expected true or false, got `{clipped(text)}`")
        return _TRUTHS.get(text, True)

    def amount(self, value: Value, currency: str) -> str:
        """Return an amount with its currency as the language writes it."""
        text = self.word(value, "an amount such as `10.00`").strip()
        match = _AMOUNT.fullmatch(text)
        if match is not None:
            text, named = match[1], match[2].lower()
            if named != currency:
                self._problems.at(
                    value.clause,
                    f"an amount in `{named}`, where others are in `{currency}`",
                    "nothing is converted: write all amounts of the file in one currency",
                )
        if self._is_number(value, text, "an amount", "10.00"):
            try:
                return MONEY.show(MONEY.read(f"{text}_{currency}"))
            except BadLimitError as error:
                self._problems.at(value.clause, str(error), error.help)
        return f"0_{currency}"

    def share(self, value: Value) -> str:
        """Return a share of the budget in percent."""
        text = self.word(value, "a share such as `0.75`").strip()
        percent = text.endswith("%")
        if not self._is_number(value, text.removesuffix("%"), "a share", "0.75"):
            return "100%"
        share = Decimal(text.removesuffix("%"))
        if percent:
            share = share.scaleb(-2)
        if share > 1:
            self._problems.at(
                value.clause,
                f"a share of `{text}`: it is a part of the budget, from 0 to 1",
                f"did you mean `{text}%`?" if share <= 100 else None,
            )
        return PERCENT.show(share)

    def duration(self, value: Value) -> str:
        """Return a time as the language writes it."""
        text = self.word(value, "a time such as `30s`").strip()
        match = _DURATION.fullmatch(text)
        unit = _UNITS.get(match[2].lower()) if match else None
        if match is None or unit is None or not Decimal(match[1]):
            self._problems.at(
                value.clause, f"`{clipped(text)}` is no time above 0", "write it as in `30s` or `5m`"
            )
            return "1_seconds"
        return f"{match[1]}_{unit}"

    def _is_number(self, value: Value, text: str, what: str, example: str) -> bool:
        """Return whether `text` is a decimal number as YAML and people read it alike."""
        if _NUMBER.fullmatch(text if not text.startswith(".") else f"0{text}"):
            return True
        help_ = f"write it in digits, such as `{example}`"
        if re.fullmatch(r"0[0-7]+", text, re.ASCII):
            help_ = f"YAML reads a number that starts with 0 as octal; write `{text.lstrip('0') or 0}`"
        self._problems.at(value.clause, f"{what} has to be a number from 0, got `{clipped(text)}`", help_)
        return False
