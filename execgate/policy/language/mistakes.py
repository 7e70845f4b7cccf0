"""Syntax mistakes in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from lark import Token

from execgate.model.source import Span
from execgate.policy.language.text import PolicyText
from execgate.policy.language.tokens import span
from execgate.policy.problems import clipped, did_you_mean

_WORDS = {
    "AGENT": "`agent`",
    "CAN": "`can`",
    "WITH": "`with`",
    "CONSTRAINT": "`constraints`",
    "CONSTRAINTS": "`constraints`",
    "LBRACE": "`{`",
    "RBRACE": "`}`",
    "LSQB": "`[`",
    "RSQB": "`]`",
    "COLON": "`:`",
    "COMMA": "`,`",
    "STRING": "a string in double quotes",
    "NUMBER": "a number with its unit",
    "NAME": "a name",
    "$END": "the end of the file",
}
_VALUE = {"STRING", "NUMBER", "NAME", "LSQB"}


def early_end(policy: PolicyText, accepted: set[str]) -> tuple[Span, str, str | None]:
    """Return place, message and help where the text ends and something is open."""
    end = policy.text.rstrip()
    line = end.count("\n") + 1
    column = len(end) - (end.rfind("\n") + 1)
    place = Span(line, max(0, column - 1), line, max(1, column))
    return place, f"the text ends too early: expected {_expected(accepted)}", _missing(accepted)


def unexpected(tokens: Sequence[Token], at: int, accepted: set[str]) -> tuple[Span, str, str | None]:
    """Return place, message and help of the token that does not fit."""
    token = tokens[at]
    before, name = tokens[at - 2 : at] if at > 1 else (token, token)
    if accepted == {"COLON"} and before.type == "NUMBER" and name.line == before.line:
        # The unit was read as the name of the next constraint.
        place = Span(*_start(before), *_end(name))
        return (
            place,
            f"a number and its unit are one word, got `{clipped(f'{before} {name}')}`",
            (f"did you mean `{clipped(f'{before}_{name}')}`?"),
        )
    if token.type == "COLON" and before.type == "COLON" and name.type == "NAME":
        # The name of the next constraint was read as the value.
        return span(before), f"expected a value, got the next constraint `{clipped(name)}`", None
    return (
        span(token),
        f"expected {_expected(accepted)}, got `{clipped(token)}`",
        _hint(token, accepted),
    )


def _start(token: Token) -> tuple[int, int]:
    return span(token).line, span(token).column


def _end(token: Token) -> tuple[int, int]:
    return span(token).end_line, span(token).end_column


def _expected(accepted: set[str]) -> str:
    if accepted >= _VALUE:
        accepted = accepted - _VALUE
        words = ["a value", *(word for word in dict.fromkeys(map(_WORDS.get, sorted(accepted))) if word)]
    else:
        words = [word for word in dict.fromkeys(map(_WORDS.get, sorted(accepted))) if word]
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]


def _missing(accepted: set[str]) -> str | None:
    if "RBRACE" in accepted:
        return "close the block with `}`"
    return "close the list with `]`" if "RSQB" in accepted else None


def _hint(token: Token, accepted: set[str]) -> str | None:
    word = str(token)
    if token.type == "NAME" and "STRING" in accepted and not accepted >= _VALUE:
        return f'write it in quotes: "{word}"'
    if token.type == "NAME":
        keywords = [word.strip("`") for key, word in _WORDS.items() if key in accepted and key.isalpha()]
        close = did_you_mean(word, [keyword for keyword in keywords if keyword.isalpha()])
        if close is not None:
            return f"did you mean `{close}`?"
        if "CAN" in accepted:
            return 'constraints stand in a grant: `can "code_execution" with constraints { ... }`'
    if token.type == "STRING" and "NAME" in accepted and "COLON" not in accepted and not accepted >= _VALUE:
        return "the name of a constraint stands without quotes"
    if token.type in {"AGENT", "CAN"} and "RBRACE" in accepted:
        return _missing(accepted)
    if token.type == "COLON" and "COLON" not in accepted:
        return "remove the `:`"
    if "COMMA" in accepted:
        return "entries of a list stand apart with `,`, and `]` closes it"
    if accepted == {"LBRACE"}:
        return "a block starts with `{`"
    if accepted <= {"CONSTRAINT", "CONSTRAINTS"} or (token.type == "LBRACE" and "WITH" in accepted):
        return 'write `can "code_execution" with constraints { ... }`'
    if token.type == "COMMA" and "NAME" in accepted:
        return "constraints stand apart by themselves: remove the comma"
    if token.type == "RBRACE":
        return "there is one `}` too many"
    if token.type == "LSQB" and "RSQB" in accepted:
        return "a list holds no lists"
    return "a constraint is `name: value`" if accepted == {"COLON"} else None
