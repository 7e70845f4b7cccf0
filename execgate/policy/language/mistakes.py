"""Syntax mistakes in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from lark import Token

from execgate.model.source import Span
from execgate.policy.language import tokens as words
from execgate.policy.language.text import PolicyText
from execgate.policy.language.tokens import span
from execgate.policy.problems import clipped, did_you_mean

_SIGNS = {
    "LBRACE": "`{`",
    "RBRACE": "`}`",
    "LSQB": "`[`",
    "RSQB": "`]`",
    "RPAR": "`)`",
    "COLON": "`:`",
    "COMMA": "`,`",
    "EQUAL": "`=`",
    "STRING": "a string in double quotes",
    "NUMBER": "a number with its unit",
    "NAME": "a name",
    "$END": "the end of the file",
}
_VALUE = {"STRING", "NUMBER", "NAME", "LSQB"}
_OPERAND = {*_VALUE, "TRUE", "FALSE", "LPAR"}
_ACTION = {"DENY", "ESCALATE", "WARN", "RESTRICT"}
_COMPARISON = {"COMPARE", "IN", "NOT", "MATCHES"}
# What may come together, and how it is called then; the wider first.
_TOGETHER: tuple[tuple[set[str], tuple[str, ...]], ...] = (
    ({*_OPERAND, "HAS", "NOT"}, ("a condition",)),
    (_OPERAND, ("a value",)),
    (_VALUE, ("a value",)),
    ({"STRING", "NUMBER", "NAME"}, ("an entry",)),
    (
        {"AGENT", "LET", "RULE", "PHASES", "WINDOW", "$END"},
        ("`agent`", "`let`", "`rule`", "`phases`", "`window`", "the end of the file"),
    ),
    ({"CAN", "RULE", "NAME"}, ("`can`", "`rule`", "a setting")),
    ({"RULE", "NAME"}, ("a constraint", "`rule`")),
    (_COMPARISON, ("a comparison",)),
    (_ACTION, ("an action",)),
    ({"CONSTRAINT", "CONSTRAINTS"}, ("`constraints`",)),
)
# May stand in many places and is never what is missing.
_UNSAID = {"OVERRIDE", "BECAUSE", "DOT", "EXTENDS", "ON"}
_ACTIONS = 'a rule ends with `deny "message"`, `escalate "message"`, `warn "message"` or `restrict "message"`'
_COMPARE = "compare with `==`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `not in` or `matches`"
_EXTRA = "there is one `}` too many"
_BEGIN_OUTSIDE = {"AGENT", "LET", "PHASES", "WINDOW", "CAN"}
_GRANT = 'write `can "code_execution" with constraints { ... }`'
# What helps where one kind of token alone fits.
_ALONE = {
    "RPAR": "close it with `)`",
    "WHEN": 'a rule is `rule name { when condition deny "message" }`',
    "LBRACE": "a block starts with `{`",
    "COLON": "a constraint is `name: value`",
    "EQUAL": 'a set is `let name = ["entry", ...]`',
    "LSQB": 'a set is `let name = ["entry", ...]`',
    "IN": "write `not in`",
}
_MEANT = {
    ("COLON", "="): ("COLON", ":", "write `:`, a constraint is `name: value`"),
    ("COLON", "=="): ("COLON", ":", "write `:`, a constraint is `name: value`"),
    ("COLON", "=>"): ("COLON", ":", "write `:`, a constraint is `name: value`"),
    ("COLON", ":="): ("COLON", ":", "write `:`, a constraint is `name: value`"),
    ("EQUAL", ":"): ("EQUAL", "=", 'write `=`, a set is `let name = ["entry", ...]`'),
    ("EQUAL", "=="): ("EQUAL", "=", 'write `=`, a set is `let name = ["entry", ...]`'),
    ("EQUAL", ":="): ("EQUAL", "=", 'write `=`, a set is `let name = ["entry", ...]`'),
    ("COMPARE", "="): ("COMPARE", "==", "write `==`"),
    ("COMPARE", "=>"): ("COMPARE", ">=", "write `>=`"),
    ("COMPARE", "=<"): ("COMPARE", "<=", "write `<=`"),
    ("COMPARE", ":"): ("COMPARE", "==", "write `==`"),
    ("LSQB", "("): ("LSQB", "[", "a list stands in `[` and `]`"),
    ("RSQB", ")"): ("RSQB", "]", "a list stands in `[` and `]`"),
}
"""What is meant where a kind of token fits and a sign stands: its kind, its text and the help."""

_GLUED = {"===": "==", "!==": "!=", "<>": "!="}
_SIGN_KINDS = {"EQUAL", "COMPARE", "COLON"}


def sign(tokens: Sequence[Token], at: int) -> Token:
    """Return a token, with the signs that stand directly behind it where it is one: `=>` is no `=`."""
    token = tokens[at]
    text, start, line, column = str(token), token.start_pos or 0, token.line or 1, token.column or 1
    if token.type in _SIGN_KINDS:
        for following in tokens[at + 1 : at + 3]:
            if following.type not in _SIGN_KINDS or following.start_pos != start + len(text):
                break
            text += following
    return Token(token.type, text, start, line, column, line, column + len(text), start + len(text))


def meant(token: Token, accepted: set[str]) -> tuple[str, str, str] | None:
    """Return kind, text and help of what nobody could have meant otherwise, for a sign or word."""
    for kind in sorted(accepted):
        found = _MEANT.get((kind, str(token)))
        if found is not None:
            return found
    lower = token.lower()
    if token.type == "NAME" and lower != token and lower.upper() in accepted and lower in words.keywords():
        return lower.upper(), lower, f"write `{lower}`"
    if lower == "is" and "COMPARE" in accepted:
        return "COMPARE", "==", "write `==`"
    return None


def early_end(policy: PolicyText, accepted: set[str]) -> tuple[Span, str, str | None]:
    """Return place, message and help where the text ends and something is open."""
    accepted = _as_names(accepted)
    end = policy.text.rstrip()
    line = end.count("\n") + 1
    column = len(end) - (end.rfind("\n") + 1)
    place = Span(line, max(0, column - 1), line, max(1, column))
    return place, f"the text ends too early: expected {_expected(accepted)}", _open(accepted)


def unexpected(tokens: Sequence[Token], at: int, accepted: set[str]) -> tuple[Span, str, str | None]:
    """Return place, message and help of the token that does not fit."""
    accepted = _as_names(accepted)
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
    if token.type == "COLON" and name.type == "NAME" and name.line == token.line:
        if before.type == "COLON":
            # The name of the next constraint was read as the value.
            return span(before), f"expected a value, got the next constraint `{clipped(name)}`", None
        if "RSQB" in accepted:
            # It was read as the next entry.
            message = f"expected `]`, got the next constraint `{clipped(name)}`"
            return span(name), message, "close the list with `]`"
    if (
        name.type == "NAME"
        and not name.islower()
        and name.lower() in {"not", "has"}
        and "COMPARE" in accepted
    ):
        return span(name), f"expected a condition, got `{name}`", f"write `{name.lower()}`"
    if "COMPARE" in accepted and token.type in _OPERAND and token.line == name.line:
        return (
            span(token),
            f"expected {_expected(accepted)}, got `{clipped(token)}`",
            _unlike(token, accepted),
        )
    glued = f"{name}{token}"
    if glued in _GLUED and name.end_pos == token.start_pos:
        message = f"expected a comparison, got `{glued}`"
        return Span(*_start(name), *_end(token)), message, f"write `{_GLUED[glued]}`"
    whole = sign(tokens, at)
    instead = meant(whole, accepted)
    help_ = instead[2] if instead else _hint(token, accepted)
    return span(whole), f"expected {_expected(accepted)}, got `{clipped(whole)}`", help_


def _start(token: Token) -> tuple[int, int]:
    return span(token).line, span(token).column


def _end(token: Token) -> tuple[int, int]:
    return span(token).end_line, span(token).end_column


def _as_names(accepted: set[str]) -> set[str]:
    """Return what is accepted without the words of the language that can be names in a condition."""
    if "NAME" not in accepted:
        return accepted
    return {"NAME"} if "WITH" in accepted and "AGENT" in accepted else accepted - {"AGENT"}


def _expected(accepted: set[str]) -> str:
    left = accepted - _UNSAID or accepted
    said: list[str] = []
    if "WITH" in left:
        # The capability may end here too, but what stands next is most likely part of it.
        left = left - {"CAN", "RULE", "NAME"}
    for kinds, together in _TOGETHER:
        if left >= kinds:
            left = left - kinds
            said += together
    said += (_SIGNS.get(kind, f"`{kind.lower()}`") for kind in sorted(left))
    return said[0] if len(said) == 1 else ", ".join(said[:-1]) + " or " + said[-1]


def _open(accepted: set[str]) -> str | None:
    """Return how to close what is open."""
    if "RBRACE" in accepted:
        return "close the block with `}`"
    if "RPAR" in accepted:
        return "close it with `)`"
    return "close the list with `]`" if "RSQB" in accepted else None


def _unlike(token: Token, accepted: set[str]) -> str:
    """Return the help for a value directly behind another in a condition."""
    instead = meant(token, accepted)
    return instead[2] if instead else f"{_COMPARE}, and join with `and` or `or`"


def _hint(token: Token, accepted: set[str]) -> str | None:
    kind = token.type
    if kind == "NAME":
        return _hint_for_word(str(token), accepted)
    if kind == "STRING" and "NAME" in accepted and "COLON" not in accepted and not accepted >= _VALUE:
        return f"{'the name of a constraint' if 'RBRACE' in accepted else 'a name'} stands without quotes"
    if kind in _BEGIN_OUTSIDE and _open(accepted):
        return _open(accepted)
    if accepted == {"NAME"} and token in words.keywords():
        return f"`{token}` is a word of the language: take another name"
    if kind == "COLON":
        return "remove the `:`"
    if kind == "COMMA" and "RBRACE" in accepted:
        return "remove the comma: constraints stand apart by themselves, and entries in `[` and `]`"
    if kind == "COMPARE" and "NAME" in accepted and "LPAR" in accepted:
        return f"{_COMPARE}; unequal is `!=`"
    if kind == "LBRACE" and "WITH" in accepted:
        return _GRANT
    if kind == "LSQB" and "RSQB" in accepted:
        return "a list holds no lists"
    return _hint_by_place(accepted) or (_EXTRA if kind == "RBRACE" and "$END" in accepted else None)


def _hint_for_word(word: str, accepted: set[str]) -> str | None:
    if "STRING" in accepted and not accepted >= _VALUE:
        return f'write it in quotes: "{word}"'
    fitting = [key.lower() for key in accepted if key.lower() in words.keywords()]
    close = did_you_mean(word, fitting)
    return f"did you mean `{close}`?" if close else _hint_by_place(accepted)


def _hint_by_place(accepted: set[str]) -> str | None:
    """Return what to write where these kinds fit, whatever stands there."""
    if len(accepted) == 1:
        return _ALONE.get(min(accepted))
    if "COMMA" in accepted and "RSQB" in accepted:
        return "entries of a list stand apart with `,`, and `]` closes it"
    if "RPAR" in accepted:
        return "close it with `)`"
    if accepted >= _ACTION:
        return _ACTIONS
    if accepted >= {*_OPERAND, "HAS"}:
        return "a condition compares: `phase != COMMIT`, `cost > 1.00_usd`, `has customer`"
    if "LBRACE" in accepted:
        return "a block starts with `{`"
    return _GRANT if accepted <= {"CONSTRAINT", "CONSTRAINTS"} else None
